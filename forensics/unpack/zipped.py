"""ZIP archives; those that hold a document are read as one, whatever they begin with.

Layout          see zip_entries
Source          PKWARE APPNOTE.TXT 6.3; WinZip AES (extra field 9901)
Proves          these bytes were packed under this name; a central entry and a local header agree
Does not prove  the time of packing. Names without the UTF-8 flag may be of any code page
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack import office
from forensics.unpack import zip_entries as archive
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    found, problem = archive.entries(source)
    if any(office.is_document(entry.name) for entry in found):
        yield from office.members(source, budget)
        return
    if problem:
        yield Member("", None, "partial", problem)
    for entry in found:
        if not (entry.name.endswith("/") and not entry.size):
            yield archive.member(source, entry, budget.passwords)


_SPLIT = (b"PK\x07\x08" + archive.LOCAL, b"PK00" + archive.LOCAL)
UNPACKER = Unpacker(
    name="zip",
    claims=lambda head: head[:4] in (archive.LOCAL, archive.END) or head[:8] in _SPLIT,
    members=bounded(_members),
)
