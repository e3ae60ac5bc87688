"""Where bytes are UTF-16, seen by the zeros beside other bytes and by how they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import UTF16BE, UTF16LE, Encoding
from forensics.personal.fold import fold_points
from forensics.personal.likely import code_weights
from forensics.personal.masks import runs

_Counts = tuple[NDArray[np.int64], NDArray[np.int64]]  # one a sector
_READABLE = 100  # plausibility of five kanji


@dataclass(frozen=True, slots=True)
class Wide:
    """UTF-16 in a piece: bytes start to end to read as such; cores: those of them that are nothing else."""

    encoding: Encoding
    start: int
    end: int
    cores: tuple[tuple[int, int], ...]


_SECTOR = 512
_WIDE_MIN, _WIDE_SHARE = 3, 0.02  # zeros beside other bytes in a sector of UTF-16
_WIDE_CORE = 0.1  # and in one that is nothing else
_WIDE_AROUND = 4  # sectors read along on both sides
_NO_TEXT = 4  # zeros in a row
_SPACE = 0x30  # beside a zero
_FULL_WIDTH = 0xFF  # beside 10 to 19: full-width digits
_ODD_MAX = 5  # characters that no Japanese text has, in a sector that is all UTF-16


def wides(piece: bytes) -> list[Wide]:
    """Where a piece holds UTF-16, seen by zeros at every second byte, in which byte order."""
    least = _WIDE_MIN if len(piece) % _SECTOR else int(_SECTOR // 2 * _WIDE_SHARE) + 1
    tail = len(piece) - len(piece.rstrip(b"\0"))
    single = piece.count(0) - (tail if tail >= _NO_TEXT else 0)  # and those of runs within
    single += piece.count(_FULL_WIDTH)
    if marked := _marked(piece):
        return marked
    if len(piece) < 16 or single < least:
        return []
    (even, odd), (even_spaces, odd_spaces) = _zeros(piece)
    if max(even.max(), odd.max()) < _WIDE_MIN:
        return []
    sizes = np.full(len(even), _SECTOR // 2)
    sizes[-1] = len(piece) // 2 - (len(even) - 1) * (_SECTOR // 2)
    out: list[Wide] = []
    for little, zeros, others in ((True, odd, even - even_spaces), (False, even, odd - odd_spaces)):
        seen = (zeros >= np.maximum(_WIDE_MIN, sizes * _WIDE_SHARE)) & (zeros >= others)
        dense = seen & (zeros > sizes * _WIDE_CORE)
        for first, last in _spans(seen, 2 * _WIDE_AROUND):
            out += _texts(piece, first, seen[first:last], dense[first:last], little=little)
    return sorted(out, key=lambda wide: wide.start)


def _marked(piece: bytes) -> list[Wide]:
    """A piece whose first bytes say that it is UTF-16, and that reads as such up to its end, whatever its widths."""
    if piece[:2] not in _ORDERS:
        return []
    encoding, kind = _ORDERS[piece[:2]]
    end = len(piece) & ~1
    folded = fold_points(np.frombuffer(piece[2:end], kind).astype(np.uint32))
    weights = code_weights().take(folded, mode="clip")
    if int((weights < 0).sum()) * _ODD_SHARE > len(weights) or int(weights.sum(dtype=np.int64)) <= 0:  # fmt: skip
        return []
    return [Wide(encoding, 0, end, ((0, end),))]


_ORDERS = {b"\xff\xfe": (UTF16LE, "<u2"), b"\xfe\xff": (UTF16BE, ">u2")}
_ODD_SHARE = 50  # one character in so many may be one that no Japanese text has


def _zeros(piece: bytes) -> tuple[_Counts, _Counts]:
    """Zeros at even and at odd places of each sector, but for runs of _NO_TEXT or more; and FF beside full-width digits.

    The second pair counts those of them that may be the half of an ideographic space (3000) of the other byte order.
    """
    values = np.frombuffer(piece, np.uint8)
    zero = np.zeros(len(piece) + -len(piece) % _SECTOR, bool)
    zero[: len(piece)] = values == 0
    full = values == _FULL_WIDTH
    if full.any():
        digit = values - np.uint8(0x10) < 10
        zero[1 : len(piece)] |= full[1:] & digit[:-1]
        zero[: len(piece) - 1] |= full[:-1] & digit[1:]
    other = ~(zero[:-3] & zero[1:-2] & zero[2:-1] & zero[3:])
    single = zero.copy()
    for shift in range(_NO_TEXT):
        single[shift : len(other) + shift] &= other
    spaces = single.copy()
    thirty = np.zeros(len(single), bool)
    thirty[: len(piece)] = values == _SPACE
    spaces[::2] &= thirty[1::2]
    spaces[1::2] &= thirty[::2]
    return _by_parity(single), _by_parity(spaces)


def _by_parity(mask: NDArray[np.bool_]) -> _Counts:
    """How many even and how many odd places of each sector are true."""
    even = mask[::2].reshape(-1, _SECTOR // 2).sum(axis=1, dtype=np.int64)
    odd = mask[1::2].reshape(-1, _SECTOR // 2).sum(axis=1, dtype=np.int64)
    return even, odd


def _spans(mask: NDArray[np.bool_], bridge: int) -> list[tuple[int, int]]:
    """Runs of true, joined over at most `bridge` false places."""
    out: list[tuple[int, int]] = []
    for first, last in runs(mask) if mask.any() else ():
        if out and first - out[-1][1] <= bridge:
            out[-1] = (out[-1][0], last)
        else:
            out.append((first, last))
    return out


def _texts(
    piece: bytes, first: int, seen: NDArray[np.bool_], dense: NDArray[np.bool_], *, little: bool
) -> Iterator[Wide]:
    """Sectors from the first on as UTF-16 where they read as text: zeros at odd places are LE, or BE one byte on."""
    last = first + len(seen)
    options = [(UTF16LE, "<u2", 0), (UTF16BE, ">u2", 1)]
    if not little:
        options = [(UTF16BE, ">u2", 0), (UTF16LE, "<u2", 1)]
    weights = np.zeros((2, len(seen) * (_SECTOR // 2)), np.int64)
    for row, (_, kind, skip) in zip(weights, options, strict=True):
        data = piece[first * _SECTOR + skip : last * _SECTOR + skip]
        codes = np.frombuffer(data[: len(data) & ~1], kind)
        _wide_weights().take(codes, out=row[: len(codes)], mode="clip")
    sums = np.add.reduce(weights.reshape(2, -1, _SECTOR // 2), axis=2)
    good, bad, odd_characters = (sums >> place * _WEIGHT_BITS & (1 << _WEIGHT_BITS) - 1 for place in range(3))  # fmt: skip
    per_sector = good + -bad // 5
    strict = good - bad
    main = int(strict[1].sum() > strict[0].sum())
    readable = seen & (per_sector[main] > -_SECTOR // 2)
    other = (strict[1 - main] > strict[main]) & (per_sector[1 - main] > _READABLE)
    for option, begin, end in [*((main, *span) for span in _spans(readable, 2 * _WIDE_AROUND)),
                               *((1 - main, *span) for span in _spans(other, 2 * _WIDE_AROUND))]:  # fmt: skip
        encoding, _, skip = options[option]
        pure = dense[begin:end] & (odd_characters[option][begin:end] <= _ODD_MAX)
        cores = (_core(span, first + begin, len(piece)) for span in _spans(pure, 0))
        yield Wide(encoding, max(0, first + begin - _WIDE_AROUND) * _SECTOR + skip,
                   min(len(piece), (first + end + _WIDE_AROUND) * _SECTOR + skip),
                   tuple(core for core in cores if core[0] < core[1]))  # fmt: skip


_WEIGHT_BITS = 16  # of each of three sums in one number


@cache
def _wide_weights() -> NDArray[np.int64]:
    """What a code of UTF-16 adds to three sums of a sector: its weight in favour, or against, and one if against."""
    weights = code_weights()[:0x10000].astype(np.int64)
    weights[[0x3000, 0x3009, 0x300A, 0x300D, *range(0x3020, 0x3040)]] = (
        0  # kana beside ASCII in the other byte order
    )
    weights[0xFEFF] = 20  # the mark of the byte order
    weights[0xFF01:0xFF5F] = 4  # half-width kana beside ASCII in it
    table = np.where(weights > 0, weights, (-weights << _WEIGHT_BITS) + ((weights < 0).astype(np.int64) << 2 * _WEIGHT_BITS))  # fmt: skip
    table.setflags(write=False)
    return table


def _core(span: tuple[int, int], first: int, size: int) -> tuple[int, int]:
    """Bytes of sectors of pure UTF-16, without those at which another text may begin."""
    begin, end = span[0] + first, span[1] + first
    return (
        (begin + (begin > 0)) * _SECTOR,
        size if end * _SECTOR >= size else (end - 1) * _SECTOR,
    )
