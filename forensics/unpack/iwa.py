"""iWork documents' archives (.iwa in Pages, Numbers, Keynote): one content, the objects of the document.

Layout          chunks: 00 | u24 bytes | Snappy as it is: varint bytes that come out (64 KiB at most), tags; what comes
                out is one after the other: varint bytes, protocol buffer that begins 08, and objects; texts are UTF-8
Source          S. O'Brien, "iWork '13 file format"; Snappy format description
Proves          the document held these objects
Does not prove  that they are shown: an object of an older state looks the same; there is no checksum
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

CHUNK_MAX = 1 << 16  # bytes that come out of one chunk
_PACKED_MAX = CHUNK_MAX + CHUNK_MAX // 6 + 32  # bytes of it, by the Snappy format
# A chunk that begins with a literal of at least two bytes: a short length, and the first field of a protocol buffer.
_HEAD = re.compile(
    rb"\0(...)(?:[\x02-\x7f]|[\x80-\xff][\x00-\x7f]|[\x80-\xff]{2}[\x01-\x04])"
    rb"(?:[\x04-\xec]|\xf0.|\xf4..)[\x02-\x7f]\x08",
    re.DOTALL,
)


def _size(packed: bytes) -> int:
    """Bytes that come out, by the varint at the start; UnpackError DAMAGED where it has no end or is too large."""
    size = 0
    for place, byte in enumerate(packed[:3]):
        size |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            if size > CHUNK_MAX:
                break
            return size
    raise UnpackError("DAMAGED")


def _decoded(source: Source) -> Iterator[bytes]:
    import pyarrow as pa

    at = 0
    while at < source.size:
        head = source.read(at, 4)
        length = int.from_bytes(head[1:], "little")
        if head[0] or length > _PACKED_MAX:
            raise UnpackError("DAMAGED")
        packed = source.read(at + 4, length)
        if len(head) < 4 or len(packed) < length:
            raise UnpackError("TRUNCATED")
        try:
            yield pa.decompress(packed, _size(packed), "snappy", asbytes=True)
        except (OSError, pa.ArrowException) as error:
            raise UnpackError("DAMAGED") from error
        at += 4 + length


def _claims(head: bytes) -> bool:
    match = _HEAD.match(head)
    if match is None:
        return False
    length = int.from_bytes(match[1], "little")
    follows = head[4 + length : 5 + length]
    return 4 <= length <= _PACKED_MAX and follows in (b"", b"\0")


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member("", method="iwa", chunks=partial(_decoded, source))


UNPACKER = Unpacker("iwa", _claims, bounded(_members))
