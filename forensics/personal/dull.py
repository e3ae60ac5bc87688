"""Text that can hold no record, told by its bytes: it need not be decoded.

Every record has digits, a mail address, a table's separator, or a label of names or a word of text.py beside it.
True is said only of what no reading of text.py, tables.py or fixed.py would accept; a property test holds it.
"""

from __future__ import annotations

import re

from forensics.personal.text import LABELS_OF_NAMES, SPECIAL

# Digits, @, separators, and ESC; a trail byte of CP932 that looks like one of them counts too.
_TELLING = bytes(byte in b"0123456789@,\t;|<\x1b" for byte in range(256))
# Full-width letters and digits of CP932, EUC-JP and UTF-8 (there also half-width signs).
_FULL_WIDTH = re.compile(rb"\x82[\x4f-\x9a]|\xa3[\xb0-\xfa]|\xef[\xbc\xbd]")
_LABELS = tuple(
    form.encode(codec)
    for label in LABELS_OF_NAMES
    for form in {label, label.replace(" ", "\u3000")}
    for codec in ("utf-8", "cp932", "euc_jp")
)
_WORDS = tuple(word.encode() for word in SPECIAL)
_ZEROS = re.compile(rb"\0{4,}")
_ZEROS_MAX = 2  # more may be UTF-16


def dull(piece: bytes) -> bool:
    """Does no reading of these bytes in an encoding of one or more bytes a character make a record."""
    if 1 in piece.translate(_TELLING) or _FULL_WIDTH.search(piece):
        return False
    if piece.count(0) > _ZEROS_MAX and _ZEROS.sub(b"", piece).count(0) > _ZEROS_MAX:
        return False
    if any(label in piece for label in _LABELS):
        return False
    lower = piece.lower()
    return not any(word in lower for word in _WORDS)
