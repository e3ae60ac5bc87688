"""What the tests of faults share: case files, runs, and what holds of every case whatever its evidence."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pyarrow import parquet

FULL = bool(os.environ.get("FULL"))  # the counts of the issue instead of CI's samples
PACKED = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
PIECE_BYTES = 1 << 20


def unpacked(path: Path) -> bytes:
    """The bytes of a small sample without the corpus' own packing."""
    with PACKED.get(path.suffix, open)(path, "rb") as source:
        return bytes(source.read())


def unpack(path: Path, folder: Path) -> Path:
    """The sample without packing, holes for zeros; as it is where the packing itself is malformed."""
    opener = PACKED.get(path.suffix, open)
    target = folder / (path.stem if path.suffix in PACKED else path.name)
    try:
        with opener(path, "rb") as source, target.open("wb") as out:
            write_sparse(out, iter(lambda: source.read(PIECE_BYTES), b""))
    except (OSError, EOFError, lzma.LZMAError):
        target.unlink()
        target = folder / path.name
        target.write_bytes(path.read_bytes())
    return target


def write_sparse(out: Any, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        if piece.strip(b"\0"):
            out.write(piece)
        else:
            out.seek(len(piece), os.SEEK_CUR)
    out.truncate()


def case_file(folder: Path, media: Mapping[str, Path], extra: str = "") -> Path:
    """A case.toml with an item of evidence per medium."""
    place = folder / "case.toml"
    items = [
        f'[[evidence]]\nid = {json.dumps(name)}\nrole = "medium"\nimage = {json.dumps(str(path))}\n'
        for name, path in media.items()
    ]
    place.write_text(
        '[case]\nid = "FAULT"\ntimezone = "Asia/Tokyo"\n' + extra + "".join(items), "utf-8"
    )
    return place


def start(*arguments: object, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """The command line in a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "forensics", *map(str, arguments)],
        cwd=folder, env={**os.environ, "FORENSICS_KEYS": str(folder / "keys"), "LANG": "C.UTF-8", **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def signalled(process: subprocess.Popen[str], number: signal.Signals, *, group: bool = True) -> int:
    """Send a signal to a started command (to its whole group); gives the exit code."""
    with suppress(ProcessLookupError):  # it was done before
        (os.killpg if group else os.kill)(process.pid, number)
    process.communicate(timeout=60)
    return process.returncode


def outputs(case: Path) -> dict[str, str]:
    """Path -> SHA-256 of everything that must be the same on repetition."""
    return {
        path.relative_to(case).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in ("tables", "report")
        for path in sorted((case / name).rglob("*"))
        if path.is_file()
    }


def rows(case: Path, table: str) -> list[dict[str, Any]]:
    return parquet.ParquetFile(case / "tables" / table / f"{table}.parquet").read().to_pylist()


def not_tiled(ledger: list[dict[str, Any]], sizes: Mapping[str, int]) -> list[str]:
    """Evidence whose ledger rows do not tile it."""
    ends = dict.fromkeys(sizes, 0)
    bad = set()
    for row in sorted(ledger, key=lambda row: (row["evidence"], row["start"])):
        name = row["evidence"]
        if row["start"] != ends[name] or row["length"] <= 0:
            bad.add(name)
        ends[name] = row["start"] + row["length"]
    return sorted(bad | {name for name, size in sizes.items() if ends[name] != size})


def twice(coverage: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Troubles that are said more than once."""
    said = Counter((row["address"], row["outcome"], row["reason"]) for row in coverage)
    return sorted(trouble for trouble, number in said.items() if number > 1)
