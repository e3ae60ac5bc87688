"""Is a file that was opened one that holds records? A name alone does not say so.

An empty form may bear the name of the list (domain.md 7.6). Paths of shell and server records begin
at a letter, a device or a share; what is left must be the end of the path of a place with records,
on the medium that the record names, else on the host itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from forensics.correlate.places import Place
from forensics.correlate.rows import Row
from forensics.values import decode_name

Path = tuple[str, ...]
Held = Mapping[str, Mapping[str, frozenset[Path]]]  # last name -> item -> paths that end with it
_ROOT = re.compile(r"[A-Za-z]:|\\\\[^\\]+\\[^\\]+|\\Device\\[^\\]+", re.IGNORECASE)


def named(places: Iterable[Place]) -> Held:
    """The paths of places with records, by their last name and item."""
    found: dict[str, dict[str, set[Path]]] = {}
    for place in places:
        path = _parts(decode_name((place.path or "").split("!")[0]))
        if path:
            found.setdefault(path[-1], {}).setdefault(place.evidence, set()).add(path)
    return {
        name: {item: frozenset(paths) for item, paths in items.items()}
        for name, items in found.items()
    }


def holds(held: Held, row: Row, *, foreign: bool) -> bool | None:
    """Does the file of a row of `opens` hold records? null: one of that name does, elsewhere.

    foreign: its volume is none of the host's own.
    """
    path = row["path"] or ""
    parts = _parts(_ROOT.sub("", path, count=1))
    alike = held.get(parts[-1], {}) if parts else {}
    if not alike:
        return False
    if row["medium"]:
        items = {row["medium"]}
    elif row["medium_serial"] or foreign:
        items = set()  # a medium that nobody has: what that file held cannot be seen
    else:
        items = set(alike) if path.startswith("\\\\") else {row["host"]}
    mine = {known for item in items for known in alike.get(item, ())}
    return True if any(known[-len(parts) :] == parts for known in mine) else None


def _parts(path: str) -> Path:
    plain = unicodedata.normalize("NFKC", path).casefold()
    return tuple(part for part in re.split(r"[/\\]", plain) if part)
