"""A city's register against a stick: are its people found, each at the right place, and nobody else?

    python benchmarks/register.py [PERSONS [PLANTED]]

Makes a register of PERSONS (460,517) synthetic residents, plants PLANTED (3,000) of them in every
form of fixtures/carriers.py, deleted, in slack and in free clusters, and runs the leak check.
Bars: 99.5 % found at the right place, intact lists exact, nobody of the register by chance, no list
called another extract's.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pairs import versions
from pyarrow import parquet

from fixtures import carriers, people
from forensics import case as cases
from forensics import cli
from forensics.personal.matching import Index

SEED = 7


def examined(folder: Path, residents: list[people.Person], planted: int, cluster: int) -> Path:
    """The case folder of a leak check on a stick with `planted` of the residents."""
    step = len(residents) // planted
    image, self_told = carriers.stick(residents[::step][:planted], cluster)
    (folder / "stick.img").write_bytes(image)
    rows = (person.row() for person in residents)
    (folder / "register.csv").write_text(people.table(rows), "utf-8")
    (folder / "case.toml").write_text(
        '[case]\nid = "R"\n[[evidence]]\nid = "E1"\nrole = "medium"\nimage = "stick.img"\n'
        '[register]\nfile = "register.csv"\n'
    )
    (folder / "planted.json").write_text(
        json.dumps({place: [p.code for p in who] for place, who in self_told.items()})
    )
    cli.main(["run", str(folder / "case.toml"), "--keys", str(folder / "keys"), "--workers", "0"])
    return folder / "R"


def compared(case: Path, residents: list[people.Person]) -> dict[str, object]:
    """Of each place how many were found there; who else was."""
    key = cases.secret(case.parent / "keys", "R.token")
    index = Index.load(next((case / "parts").glob("register-*.index")), key)
    number = {person.code: index.token(row) for row, person in enumerate(residents)}
    wanted = json.loads((case.parent / "planted.json").read_text())
    table = parquet.ParquetFile(case / "tables" / "people" / "people.parquet").read()
    rows = zip(table["address"].to_pylist(), table["token"].to_pylist(), strict=True)
    found: dict[str, set[str]] = {}
    for address, token in rows:
        path = address.partition(":p0:")[2].split("#")[0].split("!")[0].split("@")[0]
        found.setdefault(path or "raw", set()).add(token)
    expected: dict[str, set[str]] = {}
    for place, codes in wanted.items():
        expected.setdefault(place if place.startswith("/") else "raw", set()).update(
            number[code] for code in codes
        )
    total = sum(map(len, expected.values()))
    right = sum(len(who & found.get(place, set())) for place, who in expected.items())
    known = set().union(*expected.values())
    by_chance = {t for who in found.values() for t in who if t.startswith("r:")} - known
    inexact = {
        place: [len(who), len(found.get(place, set())), len(who & found.get(place, set()))]
        for place, who in expected.items()
        if found.get(place, set()) != who
    }
    records = parquet.ParquetFile(case / "tables" / "records" / "records.parquet")
    called = Counter(records.read(["extract"])["extract"].to_pylist())
    return {"planted": total, "right_place": right, "share": round(right / total, 4),
            "by_chance": len(by_chance), "not_exact": inexact, "other_extract": called["other"]}  # fmt: skip


def main() -> None:
    count, planted = (int(a) for a in [*sys.argv[1:], *("460517", "3000")[len(sys.argv) - 1 :]])
    residents = people.register(SEED, count)
    with tempfile.TemporaryDirectory() as home:
        began = time.process_time()
        case = examined(Path(home), residents, planted, 32 << 10)
        row = {"register": count, "cpu_s": round(time.process_time() - began, 1)}
        print(json.dumps(row | compared(case, residents), ensure_ascii=False))
    print(versions())


if __name__ == "__main__":
    main()
