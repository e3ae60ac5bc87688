"""Planted controls: synthetic persons as rows of each encoding and separator, found again or not.

No real person: invented municipality, numbers with true check digits from a fixed generator.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from forensics.personal.encodings import BY_NAME

if TYPE_CHECKING:
    from forensics.personal.detect import Detector

ENCODINGS = tuple(BY_NAME)
SEPARATORS = (",", "\t", ";")
ROWS = 8
_SURNAMES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村"]
_GIVEN = ["和子", "健一", "美咲", "誠", "京子", "大輔", "幸子", "直樹"]
_HEADER = ("個人番号", "氏名", "生年月日", "住所", "電話番号")

Carrier = Callable[[bytes], bytes]


def plant(encoding: str, separator: str = ",") -> bytes:
    """ROWS synthetic residents with a header, in this encoding."""
    rng = random.Random(f"{encoding}{separator}")  # noqa: S311 - a fixed plant, not a secret
    lines = [separator.join(_HEADER)]
    for number in range(ROWS):
        body = f"{rng.randrange(10**11):011d}"
        lines.append(separator.join((
            body + _digit(body), f"{_SURNAMES[number]}　{_GIVEN[number]}",
            f"{rng.randrange(1930, 2005)}/{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}",
            f"例題県見晴市港町{rng.randrange(1, 9)}丁目{rng.randrange(1, 30)}番{rng.randrange(1, 20)}号",
            f"090-{rng.randrange(1000, 10000)}-{rng.randrange(1000, 10000)}",
        )))  # fmt: skip
    return ("\r\n".join(lines) + "\r\n").encode(BY_NAME[encoding])


def _digit(body: str) -> str:
    from forensics.personal.checks import my_number

    return next(digit for digit in "0123456789" if my_number(body + digit))


def control_rows(
    detector: Detector, carriers: Mapping[str, tuple[Carrier, Carrier]]
) -> list[dict[str, Any]]:
    """Rows of the table `controls`: what of each plant is found.

    carriers: name -> (wrap, open): wrap puts bytes into the carrier, open gets back what the examination
    would hand to the detector. The plain carrier is (bytes, bytes).
    """
    out = []
    for carrier, (wrap, unwrap) in sorted(carriers.items()):
        for encoding in ENCODINGS:
            found = 0
            for separator in SEPARATORS:
                result = detector.detect([unwrap(wrap(plant(encoding, separator)))])
                found += len({token for record in result.records for token in record.persons})
            out.append({"detector": "personal", "carrier": carrier, "encoding": encoding,
                        "planted": ROWS * len(SEPARATORS), "found": found})  # fmt: skip
    return out
