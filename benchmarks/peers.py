"""Against the field's tools on the same images; outputs are checked against the truth first.

    python benchmarks/peers.py FOLDER [JOB …]

FOLDER holds what `make_images.py FOLDER --e01` of the corpus made: NAME.img, NAME.truth.csv, NAME.E01.
Jobs: timeline, manifest, e01_read, e01_verify. The peers: sleuthkit, ewf-tools (Debian), pyewf.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from pairs import pairs, versions
from pyarrow import parquet

ROUNDS = int(os.environ.get("ROUNDS", "5"))
FORENSICS = f"{sys.executable} -m forensics"
READ_OURS = (
    "from pathlib import Path; from forensics.evidence import open_image\n"
    "i = open_image(Path({path!r}))\n"
    "for o in range(0, i.size, 1 << 20): i.read(o, min(1 << 20, i.size - o))"
)
READ_PYEWF = (
    "import pyewf; h = pyewf.handle(); h.open(pyewf.glob({path!r})); n = h.get_media_size()\n"
    "for o in range(0, n, 4 << 20): h.read_buffer_at_offset(min(4 << 20, n - o), o)"
)
VERIFY_OURS = (
    "import hashlib; from pathlib import Path; from forensics.evidence import open_image\n"
    "i = open_image(Path({path!r})); m = hashlib.new(i.facts.stored[0][0])\n"
    "for o in range(0, i.size, 1 << 20): m.update(i.read(o, min(1 << 20, i.size - o)))\n"
    "assert m.hexdigest() == i.facts.stored[0][1]"
)


def case_of(image: Path, folder: Path) -> Path:
    path = folder / f"{image.stem}.toml"
    path.write_text(
        f'[case]\nid = "{image.stem}"\ntimezone = "UTC"\n[[evidence]]\nid = "E1"\nrole = "pc"\nimage = "{image}"\n'
    )
    return path


def story(image: Path, name: str, folder: Path) -> str:
    out = folder / f"{image.stem}-{name}"
    return (
        f"rm -rf {out}; {FORENSICS} run {case_of(image, folder)} --out {out} --keys {folder}/keys "
        f"--pipeline {name} --workers 0"
    )


def script(text: str, e01: Path, folder: Path) -> str:
    """A command that runs a few lines of Python on an E01."""
    code = text.format(path=str(e01))
    place = folder / f"{hashlib.sha256(code.encode()).hexdigest()[:12]}.py"
    place.write_text(code)
    return f"{sys.executable} {place}"


def truth(image: Path) -> dict[str, tuple[int, str, bool]]:
    with image.with_suffix(".truth.csv").open(encoding="utf-8") as file:
        return {
            "/" + r["path"]: (int(r["size"]), r["sha256"], r["deleted"] == "1")
            for r in csv.DictReader(file)
        }


def table(folder: Path, name: str) -> list[dict[str, object]]:
    return parquet.ParquetFile(folder / "tables" / name / f"{name}.parquet").read().to_pylist()


def check_timeline(image: Path, folder: Path) -> str:
    """Every live path and every deleted name of the truth is in `files`."""
    rows = table(folder / f"{image.stem}-timeline", "files")
    live = {r["path"] for r in rows if r["state"] == "allocated"}
    gone = {r["path"] for r in rows if r["state"] == "deleted"}
    wanted = truth(image)
    missing = [p for p, (_, _, deleted) in wanted.items() if p not in (gone if deleted else live)]
    assert not missing, f"{len(missing)} paths of the truth are missing, such as {missing[:3]}"
    return f"{len(wanted)} of {len(wanted)} paths"


def check_manifest(image: Path, folder: Path) -> str:
    """Every live file has its digest; deleted ones are counted."""
    home = folder / f"{image.stem}-manifest"
    digests = {r["address"]: r["sha256"] for r in table(home, "contents")}
    found = {
        (r["path"], r["state"]): digests.get(r["address"])
        for r in table(home, "files")
        if r["kind"] == "file"
    }
    wanted = truth(image)
    wrong = [
        p
        for p, (size, sha, deleted) in wanted.items()
        if not deleted and size and found.get((p, "allocated")) != sha
    ]
    assert not wrong, f"{len(wrong)} digests are wrong, such as {wrong[:3]}"
    back = sum(
        found.get((p, "deleted")) == sha for p, (_, sha, deleted) in wanted.items() if deleted
    )
    lost = sum(deleted for _, _, deleted in wanted.values())
    return f"{len(wanted) - lost} live digests equal, {back} of {lost} deleted ones"


def main() -> None:
    home = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:] or ["timeline", "manifest", "e01_read", "e01_verify"]
    work = home / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for name in ("ntfs-pc", "ext4-server"):
        image, e01 = home / f"{name}.img", home / f"{name}.E01"
        commands = {
            "timeline": (
                f"fls -r -p -m / {image} > body && mactime -d -y -b body > mactime.csv",
                story(image, "timeline", work),
            ),
            "manifest": (f"rm -f x.xml; fiwalk -X x.xml {image}", story(image, "manifest", work)),
            "e01_read": (script(READ_PYEWF, e01, work), script(READ_OURS, e01, work)),
            "e01_verify": (f"ewfverify -q {e01}", script(VERIFY_OURS, e01, work)),
        }
        for job in wanted:
            peer, ours = commands[job]
            result = pairs(peer, ours, work, ROUNDS)
            checked = {"timeline": check_timeline, "manifest": check_manifest}.get(job)
            row = {"job": job, "image": name, **{k: round(v, 3) for k, v in result.items()}}
            if checked:
                row["checked"] = checked(image, work)
            print(json.dumps(row), flush=True)
    print(versions())


if __name__ == "__main__":
    main()
