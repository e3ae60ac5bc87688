"""Images of disks and volumes that lie as files in a medium: named, so that nobody takes them for read.

Layout          containers and encryption: see signatures. Raw images: a file system or partition table from the
                first byte on, in a file of whole sectors
Source          as signatures and tables
Proves          an image of this kind is here; its files are packed, or lie in pieces of the bytes that are here
Does not prove  what is in it
"""

from __future__ import annotations

from forensics.evidence.facts import SECTOR_BYTES
from forensics.evidence.magics import ENCRYPTION, LAYER, Peek
from forensics.evidence.signatures import ARCHIVES, Signature, container, identify, locked
from forensics.evidence.tables import CLAIMS, partition_table, shifted

RAW_BYTES_MIN = 1 << 15  # a boot sector kept in a file is no volume
LOCKED_CONTAINERS = frozenset({"adcrypt", "dmg-encrypted"})
# Believed of any file: what is left out has a short mark, or is no place for files.
RAW = CLAIMS | {"apfs", "btrfs", "erofs", "f2fs", "LVM2", "refs", "squashfs", "udf", "xfs"}
TEXTS = (b"AFM", b"# Disk DescriptorFile")  # begin text that hides nothing


def image_in(peek: Peek, size: int) -> Signature | None:
    """What image the file of `size` bytes is; None if it is none. Its kind is ENCRYPTION where it is locked."""
    name = container(peek, size)
    if name and name not in ARCHIVES and not peek(0, 32).startswith(TEXTS):
        return Signature(name, ENCRYPTION if name in LOCKED_CONTAINERS else LAYER)
    found = None if name else locked(peek, size)
    if name or found or size < RAW_BYTES_MIN or size % SECTOR_BYTES:
        return found
    found = identify(peek, size)
    if found is None:
        return _disk(peek, size)
    return found if _is_sure(found) else None


def _is_sure(found: Signature) -> bool:
    """Is a signature believed of any file? Marks that are short count where the sizes beside them do."""
    weak = found.name in CLAIMS - {"iso9660"} and not found.size
    return found.kind == ENCRYPTION or (found.name in RAW and not weak)


def _disk(peek: Peek, size: int) -> Signature | None:
    """A partition table, where a volume that it names is known by its content."""
    table = partition_table(peek, size)
    if table is None:
        return None
    for start, length, _ in table.entries:
        found = identify(shifted(peek, start), length)
        if found and _is_sure(found):
            return Signature(table.scheme, LAYER)
    return None
