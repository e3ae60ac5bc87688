"""Which views of a piece of content are worth reading: stretches of one encoding, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.personal import ebcdic
from forensics.personal.encodings import CP290, CP932, EUC, UTF8, Encoding
from forensics.personal.likely import guess
from forensics.personal.telling import is_utf8, stretches
from forensics.personal.view import BARE, ESCAPE, View, bare_jis_view, jis_view, view
from forensics.personal.wide import wides


def views_of(piece: bytes, start: int, *, wide_only: bool = False) -> Iterator[list[View]]:
    """For each stretch of one encoding in a piece of content the views worth reading, likeliest first.

    wide_only: nothing but UTF-16 was seen in the piece.
    """
    escaped = b"\x1b" in piece and ESCAPE.search(piece) is not None
    if escaped:
        yield [jis_view(piece, start)]
    elif b"$" in piece and BARE.search(piece):
        escaped = True
        yield [bare_jis_view(piece, start)]
    if escaped and b"\0" not in piece and piece.isascii():
        return
    found = wides(piece)
    for wide in found:
        yield [view(piece[wide.start : wide.end], start + wide.start, wide.encoding)]
    if wide_only:
        return
    taken = [core for wide in found for core in wide.cores]
    for begin, end in ebcdic.transfers(piece):
        yield [view(piece[begin:end], start + begin, CP290)]
        taken.append((begin, end))
    place = 0
    for begin, end in [*sorted(taken), (len(piece), len(piece))]:
        for offset, stretch, encodings in _stretches(piece[place:begin]):
            if encodings:
                yield [view(stretch, start + place + offset, encoding) for encoding in encodings]
            elif not escaped:
                yield [
                    View(
                        "ascii",
                        start + place + offset,
                        stretch.decode("latin-1"),
                        None,
                        data=stretch,
                    )
                ]
        place = max(place, end)


Stretch = tuple[int, bytes, tuple[Encoding, ...]]


def _stretches(piece: bytes) -> Iterator[Stretch]:
    """(offset, bytes, encodings) of runs of lines in one encoding; most pieces are one run."""
    if not piece:
        return
    if piece.isascii():
        yield 0, piece, ()
        return
    if is_utf8(piece):
        yield 0, piece, (UTF8,)
        return
    known = stretches(piece)
    if not known:
        yield 0, piece, guess(piece)
    for begin, end, encoding in known:
        yield begin, piece[begin:end], (_NARROW[encoding],)


_NARROW = (UTF8, CP932, EUC)
