"""Text of PowerPoint presentations of 97 to 2003; ole.py offers it.

Layout          stream `PowerPoint Document`: records u16 version (F: holds records) and instance, u16
                type, u32 bytes. FA0 text in UTF-16, FA8 its low bytes, FBA other strings in UTF-16; 1011 a
                file put into a slide, of instance 1: u32 bytes, zlib
Source          Microsoft [MS-PPT] 2.3.1, 2.9.40, 2.10.34
Proves          the presentation holds this text, slides no longer shown and notes included
Does not prove  that a viewer sees it
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import Buffer, UnpackError, pieces

STREAM_MAX = 256 << 20  # bytes of the presentation's stream, held in memory
_WIDE, _NARROW, _OTHER, _OBJECT = 0xFA0, 0xFA8, 0xFBA, 0x1011
_NO_RECORDS = (
    0x428,
    0x2F14,
)  # table styles, encryption: of no records, though their version says so


def text(data: bytes) -> Iterator[bytes]:
    """Texts in the order of the stream, a line each; UnpackError TRUNCATED where a record is cut."""
    for kind, _, start, size in _records(data):
        if kind in (_WIDE, _NARROW, _OTHER):
            raw = data[start : start + size]
            shown = raw.decode("latin-1" if kind == _NARROW else "utf-16-le", "replace")
            shown = shown.replace("\r", "\n").replace("\v", "\n")
            yield (shown + "\n").encode("utf-8", "replace")


def objects(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """Files inside slides: where each lies, its bytes there, and whether it is packed."""
    try:
        for kind, instance, start, size in _records(data):
            if kind == _OBJECT:
                yield start, size, instance == 1
    except UnpackError:  # the text tells it
        return


def content(data: Callable[[], bytes], start: int, size: int, *, packed: bool) -> Iterator[bytes]:
    """What such a file holds. data: gives the stream."""
    source = Buffer(data())
    if not packed:
        yield from pieces(source, start, size)
        return
    left = int.from_bytes(source.read(start, 4), "little")
    for chunk in streams.decoded(
        pieces(source, start + 4, max(size - 4, 0)), lambda: streams.Zlib(15), open_end=True
    ):
        left -= len(chunk)
        yield chunk
    if left > 0:  # its packed form often lacks an end mark
        raise UnpackError("TRUNCATED")


def _records(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Type, instance, place and bytes of the records that hold no others.

    What does not fit into the record around it ends that one. UnpackError TRUNCATED behind the last.
    """
    at, ends, sound = 0, [len(data)], True
    while at + 8 <= len(data):
        while len(ends) > 1 and at >= ends[-1]:
            ends.pop()
        version, kind, size = struct.unpack_from("<HHI", data, at)
        if not kind and len(ends) == 1:
            break  # what lies behind the last record
        if at + 8 + size > ends[-1] and len(ends) > 1:
            at, sound = ends.pop(), False
            continue
        at += 8
        if version & 15 == 15 and kind not in _NO_RECORDS:
            ends.append(min(at + size, len(data)))  # the records inside come next
            continue
        yield kind, version >> 4, at, size
        at += size
    else:
        sound = sound and at <= len(data) and not data[at:].strip(b"\0")
    if not sound:
        raise UnpackError("TRUNCATED")
