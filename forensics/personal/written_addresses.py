"""Addresses in running text: from the prefecture or the town to the number of the house."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.personal.identifiers import address
from forensics.personal.labels import Candidate, Labels

_TOWN = re.compile(rf"[市区町村](?={address.PLACE}{{0,20}}?[0-9〇一二三四五六七八九十百])")
_TOWN_REACH = 22  # characters of an address up to the first [市区町村]
_ADDRESS = re.compile(f"{address.SHAPE}{address.BUILDING}?")


def in_text(text: str, labels: Labels) -> list[Candidate]:
    """Addresses with the number of a house."""
    out = []
    for match in _matches(text):
        start = match.start() + _lead(match[0])
        start += text.startswith("日", start) and text[start - 1 : start].isdigit()  # of a date
        value = address.value(text[start : match.end()])
        if value:
            labelled = "address" in labels.kinds(start) or "address" in labels.kinds(match.start())
            out.append(Candidate("address", start, match.end(), value, 1.0, labelled))
    return out


def _matches(text: str) -> Iterator[re.Match[str]]:
    """What _ADDRESS.finditer would find; tried only where a town's suffix and a number follow."""
    free = 0  # characters before it are taken or tried
    for town in _TOWN.finditer(text):
        place = max(free, town.start() - _TOWN_REACH)
        while place < town.start():
            match = _ADDRESS.match(text, place)
            if match:
                yield match
                place = match.end()
            else:
                place += 1
        free = max(free, place)


def _lead(found: str) -> int:
    """Characters before the address proper: a label that ran into it (住所は兵庫県…)."""
    own = re.match(r"[^0-9]{0,16}(?:住所|居所|所在地)[はが]", found)
    if own:
        return own.end()
    lead = 0
    for match in re.finditer(r"現住所|住所|居所|所在地|です|から|まで|[はにをのが、。]", found):
        head = found[: match.end()]
        if re.search("[市区町村郡県]", head[:-1]) or match.end() > 12:
            break
        lead = match.end()
    return lead
