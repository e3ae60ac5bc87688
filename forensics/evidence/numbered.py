"""Segments of a raw image by names that no convention has: `usb_000.dd` `usb_001.dd`, `usb.a` `usb.b`, `xaa` `xab`.

Layout          as raw has it; the count stands at the end of the name, or before its last extension
Source          GNU coreutils, `split` (any prefix, any suffix)
Proves          the files lie beside each other under names that are counted up
Does not prove  that they are of one medium: they are believed only where the first one is short by its own table, all
                are equally long, the last one no longer, and none of the others begins a medium of its own
"""

from __future__ import annotations

import re
from pathlib import Path

from forensics.evidence import tables
from forensics.evidence.files import Files

_FIRST = re.compile(r"(?P<before>.*?)(?P<count>(?<![0-9])0*[01]|a{1,3})(?P<after>\.[A-Za-z][A-Za-z0-9]*)?")  # fmt: skip
_SEGMENTS_MAX = 10_000


def numbered(path: Path) -> list[Path]:
    """The files that go on where `path` ends, `path` first; none but `path` where there are none."""
    match = _FIRST.fullmatch(path.name)
    out = [path]
    if match is None:
        return out
    size = path.stat().st_size
    while len(out) < _SEGMENTS_MAX:
        count = _count(match["count"], len(out))
        following = path.with_name(f"{match['before']}{count}{match['after'] or ''}")
        if not count or not following.is_file() or not 0 < following.stat().st_size <= size:
            break
        if _begins_a_medium(following):
            return [path]
        out.append(following)
        if following.stat().st_size < size:
            break
    return out


def _count(first: str, step: int) -> str:
    """The count that is `step` behind the first one, as wide at least; nothing behind the last letters."""
    if first.isdigit():
        return f"{int(first) + step:0{len(first)}}"
    letters = ""
    for _ in first:
        step, place = divmod(step, 26)
        letters = chr(ord("a") + place) + letters
    return "" if step else letters


def _begins_a_medium(path: Path) -> bool:
    """Is there a table or boot sector of its own?"""
    files = Files([path])

    def peek(offset: int, length: int) -> bytes:
        return files.pread(0, offset, length) if offset >= 0 else b""

    try:
        return tables.claimed_size(peek, files.size(0)) > 0
    except OSError:
        return True
    finally:
        files.close()
