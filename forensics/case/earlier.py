"""What the owner kept of an item from before the loss: a manifest of its files, or a copy of its first bytes.

A manifest has the form of `sha256sum` (also with --tag) or of hashdeep; only SHA-256 counts. Any other file is a copy
of bytes, if it can be one.
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
UNMARKED = "VeraCrypt or alike, without a mark"  # method of a volume that only its copy makes known
_SAMPLE = 1 << 16
SECTOR_BYTES = 512
_CONTROLS = {*range(0x20)} - {*b"\t\n\r\f\x1b"}
_LINE = re.compile(r"(?P<escaped>\\?)(?P<digest>[0-9a-fA-F]{64}) [ *](?P<name>.+)")
_TAGGED = re.compile(r"(?P<escaped>\\?)SHA256 ?\((?P<name>.+)\) ?= (?P<digest>[0-9a-fA-F]{64})")
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
    lines = _text(Path(path).read_bytes()).splitlines()
    if _first(lines).startswith(_HASHDEEP):
        return _hashdeep(lines)
    found = (_line(line) for line in lines)
    return {slashed(_name(match)): match["digest"].lower() for match in found if match}


def usable(path: str | Path) -> bool:
    """Is it a manifest with a SHA-256 in it, or may it be a copy of bytes? A text is none, nor is less than a sector."""
    if _is_manifest(Path(path)):
        return bool(manifest(path))
    with Path(path).open("rb") as file:
        sector = file.read(SECTOR_BYTES)
    return len(sector) == SECTOR_BYTES and bool(_CONTROLS & {*sector})


def compared(entries: dict[str, str], path: str, digest: str) -> str | None:
    """EQUAL or DIFFERS for a file of the item; None where the manifest does not surely name it.

    Of a longer path that ends like it, only an equal digest tells: it may name a file of another folder.
    """
    wanted = slashed(path)
    if wanted in entries:
        return EQUAL if entries[wanted] == digest else DIFFERS
    longer = {value for name, value in entries.items() if name.endswith(f"/{wanted}")}
    return EQUAL if digest in longer else None


def _is_manifest(path: Path) -> bool:
    with path.open("rb") as file:
        line = _first(_text(file.read(_SAMPLE)).splitlines())
    return line.startswith(_HASHDEEP) or _line(line) is not None


def _text(raw: bytes) -> str:
    """UTF-16 (a redirection of PowerShell), UTF-8, or what Windows writes in Japan."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"", "utf-8"),
        (b"", "cp932"),
    ):
        if raw.startswith(mark):
            try:
                return raw.decode(encoding).lstrip("\ufeff")
            except UnicodeDecodeError:
                continue
    return raw.decode("utf-8", "surrogateescape")


def _first(lines: list[str]) -> str:
    """The first line that says something; a remark may stand before it."""
    return next((line for line in lines if line.strip() and line[0] != "#"), "")


def _line(line: str) -> re.Match[str] | None:
    return _LINE.fullmatch(line) or _TAGGED.fullmatch(line)


def _name(match: re.Match[str]) -> str:
    """A line that begins with a backslash has doubled those in its name."""
    return match["name"].replace("\\\\", "\\") if match["escaped"] else match["name"]


def _hashdeep(lines: list[str]) -> dict[str, str]:
    """Rows of a hashdeep file; its second line names the columns."""
    heads = [line for line in lines if line.startswith("%%%% ") and not line.startswith(_HASHDEEP)]
    columns = heads[0].removeprefix("%%%% ").split(",") if heads else []
    rows = csv.reader(line for line in lines if line and line[0] not in "%#")
    out = {}
    for row in rows:
        named = dict(
            zip(
                columns, [*row[: len(columns) - 1], ",".join(row[len(columns) - 1 :])], strict=False
            )
        )
        if "sha256" in named and named.get("filename"):
            out[slashed(named["filename"])] = named["sha256"].lower()
    return out


def slashed(path: str) -> str:
    """As a path of an item has it: a backslash is a separator, as Windows tools write it; without a drive."""
    return re.sub(r"^(?:[A-Za-z]:)?/+", "", path.replace("\\", "/").removeprefix("./"))
