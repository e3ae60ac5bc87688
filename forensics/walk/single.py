"""An item of evidence that is a file and no medium: an archive, a mailbox, a list.

It has one name, that of its file. No times: those of the file are of the machine it lies on.
"""

from __future__ import annotations

from forensics.evidence.volumes import Volume
from forensics.walk import names as naming
from forensics.walk.collect import Collector, Found
from forensics.walk.intervals import EMPTY
from forensics.walk.names import Mask
from forensics.walk.rows import FILE, Walked


def walk(name: str, volume: Volume, mask: Mask) -> Walked:
    """The file of that name, which is all bytes of the volume."""
    text, masked = mask.name(naming.encode(name))
    found = Found(
        f"/{text}", masked, False, name.encode("utf-8", "surrogateescape"), 0, 0, False, FILE
    )
    collector = Collector()
    collector.add(found, size=volume.length, runs=[(volume.start, volume.length)])
    return Walked(
        filesystem="",
        label=None,
        serial=None,
        time_basis="none",
        cluster_bytes=1,
        end=volume.start + volume.length,
        rows=collector.rows({}),
        free=EMPTY,
    )
