"""Text that can hold no record, told by its bytes: it need not be decoded.

Every record has digits, a mail address, a table's separator, or a label of names or a word of text.py beside it.
True is said only of what no reading of text.py, tables.py or fixed.py would accept; a property test holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from forensics.personal.literals import finder, literal
from forensics.personal.text import LABELS_OF_NAMES, SPECIAL

_SIGNS = b"0123456789@,\t;|<\x1b"  # a trail byte of CP932 that looks like one counts too
_IS_SIGN = bytes(byte in _SIGNS for byte in range(256))
# Full-width letters and digits of CP932, EUC-JP and UTF-8 (there also half-width signs): lead, first and last trail.
_FULL_WIDTH = ((0x82, 0x4F, 0x9A), (0xA3, 0xB0, 0xFA), (0xEF, 0xBC, 0xBD))
_MARKS = frozenset([b"\xff\xfe", b"\xfe\xff"])  # of UTF-16: full-width text has no zeros
_ZEROS_MAX = 2  # more may be UTF-16


def dull(piece: bytes) -> bool:
    """Does no reading of these bytes in an encoding of one or more bytes a character make a record."""
    if piece[:2] in _MARKS:
        return False
    return not (_FINDER or tells)(piece) and _zeros(piece) <= _ZEROS_MAX


def tells(piece: bytes) -> bool:
    """Does it hold what some record has; as _FINDER says it."""
    return (
        1 in piece.translate(_IS_SIGN) or _full_width(piece)
        or _holds(piece, _BY_LABEL) or _holds(piece.lower(), _BY_WORD)
    )  # fmt: skip


def _zeros(piece: bytes) -> int:
    """How many zeros it holds, but for runs of four or more."""
    if piece.count(0) <= _ZEROS_MAX:
        return 0
    zero = np.frombuffer(piece, np.uint8) == 0
    lengths = np.diff(np.flatnonzero(np.diff(zero, prepend=False, append=False)))[::2]
    return int(lengths[lengths < 4].sum())


def _full_width(piece: bytes) -> bool:
    values = np.frombuffer(piece, np.uint8)
    leads, trails = values[:-1], values[1:]
    return any(
        bool(((leads == lead) & (trails - np.uint8(first) <= last - first)).any())
        for lead, first, last in _FULL_WIDTH
    )


def _by_pair(words: Iterable[tuple[bytes, int]]) -> dict[tuple[int, int], list[bytes]]:
    """Words by two bytes of theirs that say, in one look for several words, that they are nowhere."""
    out: dict[tuple[int, int], list[bytes]] = {}
    for word, place in words:
        out.setdefault((word[place], word[place + 1]), []).append(word)
    return out


_LABELS = tuple(
    (form.encode(codec), place)
    for label in LABELS_OF_NAMES
    for form in sorted({label, label.replace(" ", "\u3000")})
    for codec, place in (("utf-8", 1), ("cp932", 0), ("euc_jp", 0))
)
_BY_LABEL = _by_pair(_LABELS)
_BY_WORD = _by_pair((word.encode(), 0) for word in SPECIAL)


def _holds(piece: bytes, by_pair: Mapping[tuple[int, int], list[bytes]]) -> bool:
    """Does it hold any of the words."""
    values = np.frombuffer(piece, np.uint8)
    firsts, seconds = values[:-1], values[1:]
    return any(
        bool(((firsts == first) & (seconds == second)).any())
        and any(word in piece for word in words)
        for (first, second), words in by_pair.items()
    )


_FINDER = finder((
    b"[%s]" % b"".join(literal(bytes([sign])) for sign in _SIGNS),
    *(b"\\x%02x[\\x%02x-\\x%02x]" % bounds for bounds in _FULL_WIDTH),
    *(literal(label) for label, _ in _LABELS),
    *(b"(?i)" + literal(word.encode()) for word in SPECIAL),
))  # fmt: skip
