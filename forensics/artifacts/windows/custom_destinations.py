"""Jump lists that programs write themselves: customDestinations-ms.

Layout          little-endian. Header, categories, then links: each after the LNK class id
                00021401-…; ended by BABFFBAB
Source          libyal/dtformats "Jump lists format"
Proves          the program offered these targets to this account: files lately used, or tasks
Does not prove  when each was opened
"""

from __future__ import annotations

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, never_expected
from forensics.artifacts.windows import lnk
from forensics.values import Gap

LINKS_MAX = 10_000
_END = b"\xab\xfb\xbf\xba"


def parse(content: Content) -> Parsed:
    data = content.data
    rows: list[Row] = []
    gaps: list[Gap] = []
    at = data.find(lnk.MAGIC)
    for _ in range(LINKS_MAX):
        if at < 0:
            break
        after = data.find(lnk.MAGIC, at + lnk.HEADER)
        body = data[at : after if after >= 0 else len(data)]
        damage: list[Gap] = []
        link = lnk.read(body, damage)
        gaps += [Gap(at + gap.start, gap.length, gap.reason) for gap in damage]
        if link.filetimes:
            rows += lnk.rows(link, content, (at, min(link.end, len(body))))
        at = after
    if data[-4:] != _END and len(data) > 12:
        gaps.append(Gap(len(data), 0, "TRUNCATED"))
    return Parsed(rows, [], gaps)


ARTIFACT = Artifact(
    name="custom_destinations",
    family="shell",
    records=(),
    where=r"/recent/customdestinations/[0-9a-f]+\.customdestinations-ms$",
    claims=lambda path, _head: path.lower().endswith(".customdestinations-ms"),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
