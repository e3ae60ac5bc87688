"""When kinds that stand together are a person: scores and the rule of at least two independent kinds.

Start values in log-odds-like units: shape with its own separator 0.4, check digit 0.5, own context word
within 40 characters before or column header 1.6, kanji name of the dictionary with a space 2.0, joined 1.2,
kana pair 2.0, labelled or era birth date 1.0, bare one 0.5, fixed telephone 0.8, mobile 1.2, address with
house number 1.0, known postcode 0.3, company words within 40 characters before -1.2.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from forensics.personal.identifiers import BY_KIND

ACCEPT = 2.4
LABEL = 1.6
SAMPLE_GIVEN = ("太郎", "花子", "一郎", "次郎", "タロウ", "ハナコ")  # of filled-in forms
SAMPLES_MAX = (
    4  # different persons of an example; more of them are a list, whatever word stands near
)
PLACEHOLDER = re.compile(
    r"(?<!\d)0{2,4}-0{4}|(?<!\d)0[6-9]0-0000-|[○〇]{2}|(?<!\d)1234-?5678|XXXX|xxxx"
)
NAMES = frozenset({"name", "name_kana", "surname", "surname_kana"})
_ANCHORS = NAMES | {"name_romaji", "mrz"}
_LABELLED_ANCHORS = frozenset({"my_number", "resident_code", "atena_number"})
_FORM = frozenset({"birth_date", "address", "phone"})
STRONG = frozenset(kind for kind, item in BY_KIND.items() if item.strong)
PUBLIC = frozenset(kind for kind, item in BY_KIND.items() if item.public)


def accepted(kinds: AbstractSet[str], labelled: AbstractSet[str | None]) -> bool:
    """Do these kinds, standing together about one person, make a record.

    At least two independent kinds, one of which names a person (a name or a number of persons), or a
    strong number under its own label. A name in kanji and in kana are two writings of one fact only when
    nothing else stands beside them, and then both must be there. A birth date, an address and a telephone,
    each under its own label, are a person whose name is in no dictionary.
    """
    own = {kind for kind in kinds if kind not in PUBLIC}
    if any(kind in STRONG and kind in labelled for kind in own):
        return True
    if own & labelled >= _FORM:
        return True
    anchors = (own & _ANCHORS) | (own & labelled & _LABELLED_ANCHORS)
    return bool(anchors) and len(own) >= 2
