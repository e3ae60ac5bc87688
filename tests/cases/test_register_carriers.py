"""The benchmark of the register, small: everybody is found in every carrier, and nobody else."""

from __future__ import annotations

import base64
import importlib
import json
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from fixtures import carriers, people

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RESIDENTS, PLANTED = 6000, 600


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        bench = importlib.import_module("register")
    residents = people.register(bench.SEED, RESIDENTS)
    case = bench.examined(tmp_path_factory.mktemp("carriers"), residents, PLANTED, 4 << 10)
    return case, bench.compared(case, residents), residents


def test_all_are_found_at_the_right_place_and_nobody_by_chance(run) -> None:
    _, found, _ = run
    assert found["planted"] == PLANTED
    assert (found["right_place"], found["by_chance"]) == (PLANTED, 0)
    assert not found["not_exact"]
    assert found["other_extract"] == 0


def written(case: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of the case folder; tables by their values, workbooks by their parts."""
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            yield path, str(parquet.ParquetFile(path).read().to_pydict()).encode("utf-8", "replace")
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield path, b"\n".join(map(book.read, book.namelist()))
        elif path.suffix != ".index":  # keyed fingerprints, no text
            yield path, path.read_bytes()


CODECS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")


def forms(secret: str) -> set[bytes]:
    """The secret as bytes in each encoding and transfer form."""
    plain = {secret.replace("髙", "高").encode(codec) for codec in CODECS}
    percent = urllib.parse.quote(secret).encode()
    escaped = json.dumps(secret).encode()[1:-1]
    inner = base64.b64encode(secret.encode())[:-4]  # whole groups, where it begins with one
    return plain | {people.cp932(secret), percent, percent.lower(), escaped, inner}


def test_nothing_that_was_planted_stands_in_any_output(run) -> None:
    """Not in the names of files either: one list lies beside a file with a resident's name."""
    case, _, residents = run
    planted = residents[:: RESIDENTS // PLANTED]
    secrets = set().union(*(person.secrets() for person in planted[::25]))
    assert len(secrets) > 150
    needles = set().union(*map(forms, secrets))
    files = dict(written(case))
    assert any("控え_".encode() in data for data in files.values())
    for path, data in files.items():
        assert not [needle for needle in needles if needle in data], path


@pytest.mark.parametrize("form", list(carriers.FORMS))
def test_forms_are_what_they_say(form: str) -> None:
    made = carriers.FORMS[form](people.register(1, 30))
    assert made == carriers.FORMS[form](people.register(1, 30)) or form.startswith("book")
    assert len(made) > 500
