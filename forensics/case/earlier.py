"""What the owner kept of an item from before the loss: a manifest of its files, or a copy of its first bytes.

A manifest has the form of `sha256sum` or of hashdeep; only SHA-256 counts. Any other file is a copy of bytes.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

HEADER_BYTES_MAX = 64 << 20
EQUAL, DIFFERS, SHORT = (
    "equal",
    "differs",
    "short",
)  # short: the copy ends before what holds the keys
_SAMPLE = 1 << 16
_LINE = re.compile(r"\\?([0-9a-fA-F]{64}) [ *](.+)")
_HASHDEEP = "%%%% HASHDEEP"


def header(path: str | Path) -> bytes | None:
    """The copy of bytes; None where the file is a manifest. OSError where it cannot be read."""
    if _is_manifest(Path(path)):
        return None
    with Path(path).open("rb") as file:
        return file.read(HEADER_BYTES_MAX)


def manifest(path: str | Path) -> dict[str, str]:
    """Path -> SHA-256, small letters; empty where the file is a copy of bytes. Paths with slashes, as written."""
    if not _is_manifest(Path(path)):
        return {}
    lines = Path(path).read_text("utf-8", "surrogateescape").lstrip("\ufeff").splitlines()
    if lines[0].startswith(_HASHDEEP):
        return _hashdeep(lines)
    found = (_LINE.fullmatch(line) for line in lines)
    return {_slashed(match[2]): match[1].lower() for match in found if match}


def compared(entries: dict[str, str], path: str, digest: str) -> str | None:
    """EQUAL or DIFFERS for a file of the item; None where the manifest does not surely name it.

    Of a longer path that ends like it, only an equal digest tells: it may name a file of another folder.
    """
    wanted = _slashed(path)
    if wanted in entries:
        return EQUAL if entries[wanted] == digest else DIFFERS
    longer = {value for name, value in entries.items() if name.endswith(f"/{wanted}")}
    return EQUAL if digest in longer else None


def _is_manifest(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.read(_SAMPLE).decode("utf-8", "surrogateescape").lstrip("\ufeff")
    line = first.splitlines()[0] if first else ""
    return line.startswith(_HASHDEEP) or _LINE.fullmatch(line) is not None


def _hashdeep(lines: list[str]) -> dict[str, str]:
    """Rows of a hashdeep file; its second line names the columns."""
    columns = lines[1].removeprefix("%%%% ").split(",") if len(lines) > 1 else []
    rows = csv.reader(line for line in lines if line and line[0] not in "%#")
    out = {}
    for row in rows:
        named = dict(
            zip(
                columns, [*row[: len(columns) - 1], ",".join(row[len(columns) - 1 :])], strict=False
            )
        )
        if "sha256" in named and named.get("filename"):
            out[_slashed(named["filename"])] = named["sha256"].lower()
    return out


def _slashed(path: str) -> str:
    """As a path of an item has it: a backslash is a separator, as Windows tools write it; without a drive."""
    return re.sub(r"^(?:[A-Za-z]:)?/+", "", path.replace("\\", "/").removeprefix("./"))
