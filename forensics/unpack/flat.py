"""Documents that are one XML file (fodt, fods, fodp; Word 2003 XML, `pkg:package`): their text.

Layout          XML; what a word processor has in several runs is whole in `~text`
Source          OASIS OpenDocument 1.2 part 1, 3.1.2; Microsoft WordprocessingML; ECMA-376 part 2, annex on flat packages
Proves          the text stood in the document, notes and deletions included
Does not prove  that a reader saw it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from forensics.unpack import office
from forensics.unpack.office_xml import text_told
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded, pieces

_CLAIM = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}<\?xml[^>]{0,200}>[^\0]{0,2000}?<(?:office:document|w:wordDocument|pkg:package)\b"
)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    whole = Member("", source.size, chunks=partial(pieces, source))
    chunks = partial(office.texts, {"": whole}, [""])
    yield Member("~text", method="text", chunks=chunks, derived=True)


UNPACKER = Unpacker("flat", lambda head: bool(_CLAIM.match(head)), bounded(_members), text_told)
