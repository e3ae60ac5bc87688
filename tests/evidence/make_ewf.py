"""A minimal EWF-E01 writer: what a test needs to damage, laid out like EnCase 6 does."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path


def adler(data):
    return struct.pack("<I", zlib.adler32(data))


def section(kind, at, body, following=None):
    head = kind.ljust(16, b"\0") + struct.pack(
        "<QQ", at + 76 + len(body) if following is None else following, 76 + len(body)
    )
    head += bytes(40)
    return head + adler(head) + body


def volume_body(size, chunk_sectors, sector, set_id):
    chunks = -(-size // (chunk_sectors * sector))
    body = struct.pack("<B3xIIIQ", 1, chunks, chunk_sectors, sector, size // sector)
    body = body.ljust(64, b"\0") + set_id
    body = body.ljust(1048, b"\0")
    return body + adler(body)


def table_body(entries, base):
    head = struct.pack("<I4xQ4x", len(entries), base)
    packed = struct.pack(f"<{len(entries)}I", *entries)
    return head + adler(head) + packed + adler(packed)


def make_ewf(
    data, chunk_sectors=4, sector=512, table_chunks=5, segment_tables=2, errors=(), set_id=b"s" * 16
):
    """Segment files, in order, of an image of `data` (whole sectors).

    Every third chunk is stored, the others are compressed; `table_chunks` chunks per table,
    `segment_tables` tables per segment.
    """
    unit = chunk_sectors * sector
    chunks = [data[at : at + unit] for at in range(0, len(data), unit)]
    groups = [chunks[at : at + table_chunks] for at in range(0, len(chunks), table_chunks)]
    files = [groups[at : at + segment_tables] for at in range(0, len(groups), segment_tables)]
    out, number = [], 0
    for index, tables in enumerate(files, 1):
        file = b"EVF\t\r\n\xff\0\1" + struct.pack("<HH", index, 0)
        kind = b"volume" if index == 1 else b"data"
        if index == 1:
            header = zlib.compress(b"1\nmain\nc\tn\tm\tu\n1\t2\t2022 6 21 19 30 0\t0\n")
            file += section(b"header", len(file), header)
        file += section(kind, len(file), volume_body(len(data), chunk_sectors, sector, set_id))
        for table in tables:
            base, body, entries = len(file), b"", []
            for chunk in table:
                offset = 76 + len(body)
                if number % 3 == 2:
                    body += chunk + adler(chunk)
                else:
                    body += zlib.compress(chunk, 1)
                    offset |= 1 << 31
                entries.append(offset)
                number += 1
            file += section(b"sectors", len(file), body)
            for kind in (b"table", b"table2"):
                file += section(kind, len(file), table_body(entries, base))
        if index < len(files):
            file += section(b"next", len(file), b"", len(file))
        else:
            if errors:
                head = struct.pack("<I", len(errors)).ljust(516, b"\0")
                rows = b"".join(struct.pack("<II", *row) for row in errors)
                file += section(b"error2", len(file), head + adler(head) + rows + adler(rows))
            body = hashlib.md5(data).digest() + hashlib.sha1(data).digest() + bytes(40)
            file += section(b"digest", len(file), body + adler(body))
            file += section(b"done", len(file), b"", len(file))
        out.append(file)
    return out


def write_set(folder: Path, files, stem="a") -> Path:
    for number, data in enumerate(files, 1):
        (folder / f"{stem}.E{number:02}").write_bytes(data)
    return folder / f"{stem}.E01"
