"""Sparse files in tar archives, in every form, against their whole content and Python's own reader."""

from __future__ import annotations

import io
import tarfile

import pytest
from packers import TEXT
from test_unpack import contents, short

HOLE = 3 << 20
PIECES = [(0, TEXT[:600]), (HOLE, b"middle"), (2 * HOLE, TEXT[:100])]
WHOLE = 2 * HOLE + 5000
CONTENT = b"".join(
    data + bytes(end - begin - len(data))
    for (begin, data), end in zip(PIECES, [HOLE, 2 * HOLE, WHOLE], strict=True)
)
DATA = b"".join(data for _, data in PIECES)


def header(name: str, kind: bytes, size: int, fields: dict[int, bytes] | None = None) -> bytes:
    """fields: bytes to be set, by their place."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    raw = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    for place, value in (fields or {}).items():
        raw[place : place + len(value)] = value
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def old_gnu(pieces: list[tuple[int, bytes]]) -> bytes:
    """Four pieces in the header, up to 21 in each block behind it."""
    told = [b"%011o\0%011o\0" % (begin, len(data)) for begin, data in pieces]
    more = [told[at : at + 21] for at in range(4, len(told), 21)]
    fields = {386: b"".join(told[:4]), 482: b"\1" if more else b"\0", 483: b"%011o\0" % WHOLE}
    blocks = [
        b"".join(part).ljust(504, b"\0") + (b"\1" if number + 1 < len(more) else b"\0") + bytes(7)
        for number, part in enumerate(more)
    ]
    data = b"".join(data for _, data in pieces)
    return header("s", b"S", len(data), fields) + b"".join(blocks) + padded(data)


def pax(records: list[tuple[str, object]], data: bytes) -> bytes:
    body = b""
    for key, value in records:
        text = f" {key}={value}\n".encode()
        size = next(n for n in range(len(text), len(text) + 9) if n == len(text) + len(str(n)))
        body += str(size).encode() + text
    return header("p", b"x", len(body)) + padded(body) + header("s", b"0", len(data)) + padded(data)


PLACES = [(begin, len(data)) for begin, data in PIECES] + [(WHOLE, 0)]
ZERO = [("GNU.sparse.size", WHOLE), ("GNU.sparse.numblocks", 4)]
EACH = [
    (f"GNU.sparse.{key}", number)
    for place in PLACES
    for key, number in zip(("offset", "numbytes"), place, strict=True)
]
LIST = ",".join(str(number) for place in PLACES for number in place)
LINES = padded(b"".join(b"%d\n" % n for n in (4, *(n for place in PLACES for n in place))))
FORMS = {
    "old GNU": old_gnu([*PIECES, (WHOLE, b"")]),
    "old GNU, extended": old_gnu([(begin, b"x") for begin in range(0, 60000, 1000)]),
    "pax 0.0": pax([*ZERO, *EACH], DATA),
    "pax 0.1": pax([*ZERO, ("GNU.sparse.map", LIST), ("GNU.sparse.name", "s")], DATA),
    "pax 1.0": pax(
        [("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), ("GNU.sparse.realsize", WHOLE), ("GNU.sparse.name", "s")],
        LINES + DATA,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_sparse_files_have_their_holes(form):
    archive = FORMS[form] + header("next", b"0", 3) + padded(b"abc") + bytes(1024)
    with tarfile.open(fileobj=io.BytesIO(archive)) as peer:
        file = peer.extractfile("s")
        assert file
        whole = file.read()
    assert form == "old GNU, extended" or whole == CONTENT
    found = contents(archive)
    assert [(name, outcome) for name, _, outcome, *_ in found] == [("s", "examined"), ("next", "examined")]  # fmt: skip
    assert found[0][1] == whole


@pytest.mark.parametrize(
    ("archive", "found"),
    [
        (pax([("GNU.sparse.size", 10), ("GNU.sparse.map", "0,5,3,5")], b"0123456789"), ("s", 10, "partial", "DAMAGED")),
        (pax([("GNU.sparse.size", 4), ("GNU.sparse.map", "0,5")], b"01234"), ("s", 5, "partial", "DAMAGED")),
        (pax([("GNU.sparse.size", "x"), ("GNU.sparse.map", "0,5")], b"01234"), ("s", 5, "partial", "DAMAGED")),
        (pax([("GNU.sparse.size", 9), ("GNU.sparse.map", "0,5,7")], b"01234"), ("s", 5, "partial", "DAMAGED")),
        (pax([("GNU.sparse.major", 1), ("GNU.sparse.realsize", 5)], b"9\n0\n"), ("s", 4, "partial", "DAMAGED")),
        (pax([("GNU.sparse.size", 1 << 58)], b""), ("s", 0, "partial", "BUDGET_BYTES")),
    ],
)  # fmt: skip
def test_a_damaged_map_leaves_the_data_as_it_lies(archive, found):
    assert short(archive + bytes(1024)) == [found]


def test_extended_headers_of_solaris_name_the_next():
    body = "19 path=名簿.csv\n".encode()
    assert len(body) == 19
    archive = header("p", b"X", len(body)) + padded(body) + header("x", b"0", 3) + padded(b"abc")
    assert short(archive + bytes(1024)) == [("名簿.csv", 3, "examined", None)]


def test_remarks_in_a_map_are_passed_over():
    records = [("GNU.sparse.major", 1), ("GNU.sparse.realsize", 9), ("GNU.sparse.name", "s")]
    archive = pax(records, padded(b"#remark\n1\n4\n5\n") + b"01234")
    assert contents(archive + bytes(1024))[0][:2] == ("s", b"\0\0\0\x0001234")
