r"""ar archives (.a, .deb): members as they lie there.

Layout          `!<arch>\\n`, then per file 60 bytes: 16 name, 12 time, 6 and 6 owner, 8 mode, 10 bytes
                (decimal), "`\\n"; content padded to 2. Names: `name/`; `/123` a place in the member `//`;
                `#1/20` the first 20 bytes of the content. `/`, `//`, `__.SYMDEF` are tables
Source          System V "ar.h"; BSD and GNU manual pages of ar
Proves          the archive holds these files
Does not prove  that content is as it was packed: there is no checksum
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    stored,
)

MAGIC = b"!<arch>\n"
_HEAD = 60
_NAMES_MAX = 16 << 20  # bytes of the table of long names
_NAME_MAX = 4096


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    at, names = len(MAGIC), b""
    while at < source.size:
        head = source.read(at, _HEAD)
        size = re.fullmatch(rb"(\d{1,10}) *", head[48:58])
        if len(head) < _HEAD or head[58:] != b"`\n" or not size:
            raise UnpackError("HEADER_DAMAGED" if len(head) == _HEAD else "TRUNCATED")
        data, end = at + _HEAD, at + _HEAD + int(size[1])
        raw = head[:16].rstrip(b" ")
        if raw == b"//":
            names = source.read(data, min(end - data, _NAMES_MAX))
        elif match := re.fullmatch(rb"#1/(\d{1,4})", raw):
            length = min(int(match[1]), _NAME_MAX, end - data)
            raw, data = source.read(data, length).rstrip(b"\0"), data + length
        elif match := re.fullmatch(rb"/(\d{1,8})", raw):
            raw = names[int(match[1]) :].split(b"\n", 1)[0][:_NAME_MAX]
        if raw not in (b"//", b"/", b"/SYM64/"):
            yield stored(file_name(raw.removesuffix(b"/")), source, data, end - data, "ar")
        at = end + end % 2


UNPACKER = Unpacker("ar", lambda head: head[: len(MAGIC)] == MAGIC, bounded(_members))
