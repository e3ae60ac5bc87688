"""What a run of bytes is by its content: image containers, file systems, encryption, layers.

Layout          magic numbers at fixed offsets from the start (or from the end: RAID members, VHD,
                DMG), each with the checks that its specification allows
Source          util-linux libblkid (the answers of its own test images), libyal format documents,
                Microsoft fatgen103, exFAT and NTFS boot sectors, kernel Documentation/filesystems
Proves          these bytes carry this structure's signature
Does not prove  that the structure is whole, or that unrecognised bytes are empty: VeraCrypt and
                plain dm-crypt have no signature, and none is claimed
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from forensics.evidence.magics import ENCRYPTION, FILE_SYSTEM, LAYER, MAGIC, Peek
from forensics.evidence.raids import board_member, member, replica


@dataclass(frozen=True, slots=True)
class Signature:
    """name: as in column `filesystem` (or `method`, for encryption). size: bytes, if it says."""

    name: str
    kind: str
    size: int | None = None


CONTAINER_MAGIC: tuple[tuple[str, int, bytes], ...] = (
    ("ewf", 0, b"EVF\t\r\n\xff\x00"),
    ("ewf-l01", 0, b"LVF\t\r\n\xff\x00"),
    ("ewf-ex01", 0, b"EVF2\r\n\x81\x00"),
    ("ewf-lx01", 0, b"LEF2\r\n\x81\x00"),
    ("ad1", 0, b"ADSEGMENTEDFILE\x00"),
    ("adcrypt", 0, b"ADCRYPT\x00"),
    ("aff", 0, b"AFF10\r\n\x00"),
    ("aff", 0, b"AFM"),
    ("qcow2", 0, b"QFI\xfb\x00\x00\x00\x02"),
    ("qcow2", 0, b"QFI\xfb\x00\x00\x00\x03"),
    ("qcow", 0, b"QFI\xfb"),
    ("qed", 0, b"QED\0"),
    ("vmdk", 0, b"KDMV"),
    ("vmdk", 0, b"COWD"),
    ("vmdk", 0, b"# Disk DescriptorFile"),
    ("vhdx", 0, b"vhdxfile"),
    ("vhd", 0, b"conectix"),
    ("vdi", 64, b"\x7f\x10\xda\xbe"),
    ("parallels", 0, b"WithoutFreeSpace"),
    ("parallels", 0, b"WithouFreSpacExt"),
    ("wim", 0, b"MSWIM\x00\x00\x00"),
    ("dmg-encrypted", 0, b"encrcdsa"),
    ("sparseimage", 0, b"sprs"),
    ("android-sparse", 0, b"\x3a\xff\x26\xed\x01\x00"),
    ("partclone", 0, b"partclone-image"),
    ("ntfsclone", 0, b"\x00ntfsclone-image"),
    ("gzip", 0, b"\x1f\x8b\x08"),
    ("xz", 0, b"\xfd7zXZ\x00"),
    ("bzip2", 0, b"BZh"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"),
    ("lz4", 0, b"\x04\x22\x4d\x18"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("zip", 0, b"PK\x03\x04"),
    ("zip", 0, b"PK\x05\x06"),
    ("tar", 257, b"ustar"),
)
CONTAINER_TRAILER: tuple[tuple[str, int, bytes], ...] = (
    ("vhd", 512, b"conectix"),  # fixed: raw bytes, then a footer
    ("vhd", 511, b"conectix"),  # Virtual PC before 2004
    ("dmg", 512, b"koly\0\0\0\4\0\0\2\0"),
    ("dmg-encrypted", 8, b"cdsaencr"),
)
TRAILER_BYTES = 512
# Files packed as files, not an image of a medium: read as they are, and opened as what they are.
ARCHIVES = frozenset({"gzip", "xz", "bzip2", "zstd", "lz4", "7z", "rar", "zip", "tar"})
AFF4_MEMBERS = (b"container.description", b"version.txt", b"information.turtle", b"aff4%3A")


def container(peek: Peek, size: int) -> str | None:
    """The name of the image or archive format that a file is in; None: take it as raw."""
    tail = peek(size - TRAILER_BYTES, TRAILER_BYTES) if size > TRAILER_BYTES else b""
    for name, distance, magic in CONTAINER_TRAILER:  # first: a DMG may begin with packed blocks
        if tail[-distance:].startswith(magic):
            return name
    head = peek(0, 512)
    for name, offset, magic in CONTAINER_MAGIC:
        if head[offset : offset + len(magic)] == magic:
            if name == "zip" and any(member in head[26:160] for member in AFF4_MEMBERS):
                return "aff4"
            if name != "bzip2" or head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
                return name
    return None


def identify(peek: Peek, size: int) -> Signature | None:
    """What a volume of `size` bytes is, by its content; None if nothing known.

    Encryption and layers come before file systems: BitLocker To Go has a FAT in front, a RAID
    member the file system of the array.
    """
    for check in CHECKS:
        found = check(peek, size)
        if found is not None:
            return found
    return None


def locked(peek: Peek, size: int) -> Signature | None:
    """The encryption that begins here, by a first sector alone that says so."""
    return next((found for check in LOCKS if (found := check(peek, size))), None)


BITLOCKER_GUIDS = (
    bytes.fromhex("3bd66749292ed84a8399f6a339e3d001"),  # BitLocker
    bytes.fromhex("3b4da89280dd0e4d9e4eb1e3284eaed8"),  # used space only
)


def _bitlocker(peek: Peek, _size: int) -> Signature | None:
    head = peek(0, 512)
    if head[3:11] == b"-FVE-FS-":
        return Signature("BitLocker", ENCRYPTION)
    if head[424:440] in BITLOCKER_GUIDS and head[3:11] == b"MSWIN4.1":
        return Signature("BitLocker To Go", ENCRYPTION)
    return None


def _core_storage(peek: Peek, _size: int) -> Signature | None:
    """CoreStorage physical volume: version 1, block type 0x10, `CS`, checksum algorithm 1."""
    head = peek(0, 512)
    if head[88:90] == b"CS" and head[8:12] == b"\x01\x00\x10\x00":
        return Signature("FileVault2", ENCRYPTION)
    return None


def _magic(kind: str) -> Callable[[Peek, int], Signature | None]:
    rows = [row for row in MAGIC if row[1] == kind]

    def check(peek: Peek, _size: int) -> Signature | None:
        for name, _, offset, magic in rows:
            if peek(offset, len(magic)) == magic:
                return Signature(name, kind)
        return None

    return check


def _lvm(peek: Peek, _size: int) -> Signature | None:
    head = peek(0, 2048)
    for start in range(0, 2048, 512):
        if head[start : start + 8] == b"LABELONE" and head[start + 24 : start + 32] == b"LVM2 001":
            return Signature("LVM2", LAYER)
    return None


def _layer(name_of: Callable[[Peek, int], str | None]) -> Callable[[Peek, int], Signature | None]:
    def check(peek: Peek, size: int) -> Signature | None:
        name = name_of(peek, size)
        return Signature(name, LAYER) if name else None

    return check


def _bcache(peek: Peek, _size: int) -> Signature | None:
    """The magic of bcache and of the first bcachefs is one; each says elsewhere where it lies."""
    head = peek(4096, 512)
    if head[24:40] != bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81"):
        return None
    if head[0x68:0x70] == b"\x08" + bytes(7) != head[8:16]:
        return Signature("bcachefs", FILE_SYSTEM)
    return Signature("bcache", LAYER)


def _luks_copy(peek: Peek, _size: int) -> Signature | None:
    """The second header of LUKS2: what still opens it where the first one is damaged."""
    for power in range(9):
        if peek(0x4000 << power, 8) == b"SKUL\xba\xbe\x00\x02":
            return Signature("LUKS2", ENCRYPTION)
    return None


def _zfs(peek: Peek, _size: int) -> Signature | None:
    """Four or more uberblocks in the first label (128 of 1 KiB from 128 KiB)."""
    ring = peek(128 << 10, 128 << 10)
    magics = (b"\x0c\xb1\xba\x00\x00\x00\x00\x00", b"\x00\x00\x00\x00\x00\xba\xb1\x0c")
    if sum(ring[at : at + 8] in magics for at in range(0, len(ring), 1024)) >= 4:
        return Signature("zfs", LAYER)
    return None


def _exfat(peek: Peek, _size: int) -> Signature | None:
    head = peek(0, 512).ljust(512, b"\0")
    if head[3:11] != b"EXFAT   " or any(head[11:64]) or not 9 <= head[108] <= 12:
        return None
    return Signature("exfat", FILE_SYSTEM, struct.unpack_from("<Q", head, 72)[0] << head[108])


def _ntfs(peek: Peek, _size: int) -> Signature | None:
    head = peek(0, 512).ljust(512, b"\0")
    if head[3:11] != b"NTFS    ":
        return None
    sector_bytes, sectors = (
        struct.unpack_from("<H", head, 11)[0],
        struct.unpack_from("<Q", head, 40)[0],
    )
    if sector_bytes not in (256, 512, 1024, 2048, 4096) or not sectors:
        return None
    return Signature("ntfs", FILE_SYSTEM, sectors * sector_bytes)  # a backup boot sector may follow


def _fat(peek: Peek, _size: int) -> Signature | None:
    """FAT by its parameter block; 12, 16 or 32 by the number of clusters (fatgen103, page 14)."""
    head = peek(0, 512)
    if len(head) < 512 or (head[510:] != b"\x55\xaa" and head[0] not in (0xEB, 0xE9)):
        return None
    sector_bytes, cluster_sectors, reserved, fats, roots, small, media, fat_sectors = (
        struct.unpack_from("<HBHBHHBH", head, 11)
    )
    large, fat32_sectors = struct.unpack_from("<II", head, 32)
    total, table = small or large, fat_sectors or fat32_sectors
    if not total and not fat_sectors:  # FAT32 beyond 2 TiB: u64 sectors in place of the type text
        total = struct.unpack_from("<Q", head, 82)[0]
    if (
        sector_bytes not in (512, 1024, 2048, 4096)
        or cluster_sectors not in (1, 2, 4, 8, 16, 32, 64, 128)
        or not reserved
        or fats not in (1, 2, 3, 4)
        or (media != 0xF0 and media < 0xF8)
        or not total
        or not table
    ):
        return None
    first = reserved + fats * table + -(-roots * 32 // sector_bytes)
    clusters = (total - first) // cluster_sectors
    if clusters < 1 or (fat_sectors and not roots):
        return None
    if not fat_sectors:
        name = "fat32" if small or large else "fat64"
    else:
        name = "fat12" if clusters < 4085 else "fat16"
    return Signature(name, FILE_SYSTEM, total * sector_bytes)


def _ext(peek: Peek, _size: int) -> Signature | None:
    head = peek(1024, 1024)
    if len(head) < 512 or head[56:58] != b"\x53\xef":
        return None
    (blocks,) = struct.unpack_from("<I", head, 4)
    first, shift = struct.unpack_from("<II", head, 20)
    (group,) = struct.unpack_from("<I", head, 32)
    compatible, incompatible, read_only = struct.unpack_from("<III", head, 92)
    if incompatible & 0x80:
        blocks |= struct.unpack_from("<I", head, 0x150)[0] << 32
    if incompatible & 0x8:
        name = "jbd"  # a journal device
    elif incompatible & ~(0x2 | 0x4 | 0x10) or read_only & ~(0x1 | 0x2 | 0x4):
        name = "ext4"
    else:
        name = "ext3" if compatible & 0x4 else "ext2"
    sane = blocks and shift <= 6 and first <= 1 and 0 < group <= 8 * (1024 << shift)
    return Signature(name, FILE_SYSTEM, blocks * (1024 << shift) if sane else None)


def _hfs(peek: Peek, _size: int) -> Signature | None:
    head = peek(1024, 512)
    if head[:4] in (b"H+\x00\x04", b"HX\x00\x05"):
        block, blocks = struct.unpack_from(">II", head.ljust(48, b"\0"), 40)
        sane = 512 <= block <= 1 << 20 and not block & (block - 1)
        name = "hfs+" if head[:2] == b"H+" else "hfsx"
        return Signature(name, FILE_SYSTEM, block * blocks if sane else None)
    if head[:2] == b"BD" and len(head) == 512 and head[36] < 28:  # a Pascal string: the name
        return Signature("hfs+" if head[124:126] == b"H+" else "hfs", FILE_SYSTEM)
    return None


def _optical(peek: Peek, _size: int) -> Signature | None:
    """ISO 9660 or UDF by the volume recognition sequence; a bridge disc is named for its ISO side."""
    if peek(32769, 5) == b"CD001":
        return Signature("iso9660", FILE_SYSTEM, _optical_size(peek(32768, 2048)))
    for step in (2048, 4096):
        for index in range(16):
            if peek(32768 + index * step + 1, 4) == b"NSR0":
                return Signature("udf", FILE_SYSTEM)
    return None


def _optical_size(descriptor: bytes) -> int | None:
    """u32 blocks at 80 and u16 bytes of one at 128 of the primary descriptor, in both byte orders."""
    if len(descriptor) < 132 or descriptor[0] != 1:
        return None
    blocks, big = struct.unpack_from("<I", descriptor, 80)[0], descriptor[84:88]
    block, other = struct.unpack_from("<H", descriptor, 128)[0], descriptor[130:132]
    same = big == blocks.to_bytes(4, "big") and other == block.to_bytes(2, "big")
    return blocks * block if same and block in (512, 1024, 2048) else None


def _ufs(peek: Peek, _size: int) -> Signature | None:
    for start in (8192, 65536, 0, 262144):
        magic = peek(start + 1372, 4)
        if magic in (b"\x54\x19\x01\x00", b"\x00\x01\x19\x54"):
            return Signature("ufs1", FILE_SYSTEM)
        if magic in (b"\x19\x01\x54\x19", b"\x19\x54\x01\x19"):
            return Signature("ufs2", FILE_SYSTEM)
    return None


def _nilfs(peek: Peek, _size: int) -> Signature | None:
    """Superblock: u32 revision 2 | u16 minor | u16 0x3434 | u16 bytes."""
    head = peek(1024, 16)
    if head[:4] == b"\x02\x00\x00\x00" and head[6:8] == b"\x34\x34":
        return Signature("nilfs2", FILE_SYSTEM)
    return None


SUSPENDED = (b"S1SUSPEND", b"S2SUSPEND", b"ULSUSPEND", b"LINHIB000")


def _swap(peek: Peek, _size: int) -> Signature | None:
    """Pages, or (packed, as a rule) the memory of a machine that was put to sleep."""
    for page in (4096, 8192, 16384, 32768, 65536):
        mark = peek(page - 10, 10)
        if mark in (b"SWAPSPACE2", b"SWAP-SPACE"):
            return Signature("swap", FILE_SYSTEM)
        if mark[:9] in SUSPENDED:
            return Signature("swsuspend", FILE_SYSTEM)
    return None


def _squashfs(peek: Peek, _size: int) -> Signature | None:
    """u32 magic | ... 28 u16 version; before version 4 another format, in either byte order."""
    head = peek(0, 30)
    if head[:4] not in (b"hsqs", b"sqsh") or len(head) < 30:
        return None
    new = head[:4] == b"hsqs" and int.from_bytes(head[28:30], "little") >= 4
    return Signature("squashfs" if new else "squashfs3", FILE_SYSTEM)


def _befs(peek: Peek, _size: int) -> Signature | None:
    """32 u32 "BFS1" | 36 "BIGE" | ... 68 u32 0xDD121031, at 0 or behind a boot sector."""
    for start in (0, 512):
        head = peek(start, 72)
        for magic, order in ((b"BFS1", ">I"), (b"1SFB", "<I")):
            second = struct.pack(order, 0xDD121031)
            if head[32:36] == magic and head[68:72] == second:
                return Signature("befs", FILE_SYSTEM)
    return None


XFS_LOG_SECTORS = 512  # searched for the head of a log


def _xfs_log(peek: Peek, _size: int) -> Signature | None:
    """Record of a log: u32 0xFEEDBABE | u32 | u32 version 1, 2 | u32 bytes ... 300 u32 1, 2, 3."""
    raw = peek(0, XFS_LOG_SECTORS * 512)
    for at in range(0, len(raw) - 511, 512):
        if raw[at : at + 4] != b"\xfe\xed\xba\xbe":
            continue
        _, version, length = struct.unpack_from(">III", raw, at + 4)
        (form,) = struct.unpack_from(">I", raw, at + 300)
        if version in (1, 2) and 0 < length < 1 << 31 and form in (1, 2, 3):
            return Signature("xfs_external_log", FILE_SYSTEM)
    return None


MINIX = {0x137F: 1, 0x138F: 1, 0x2468: 2, 0x2478: 2}


def _minix(peek: Peek, size: int) -> Signature | None:
    """Two bytes of magic only: zones, maps and sizes must make sense too."""
    head = peek(1024, 32)
    if len(head) < 32:
        return None
    for order in "<>":
        version = MINIX.get(struct.unpack_from(f"{order}H", head, 16)[0])
        if version:
            inodes, zones, imap, zmap, first, shift = struct.unpack_from(f"{order}HHHHHH", head)
            if version == 2:
                zones = struct.unpack_from(f"{order}I", head, 20)[0]
            fits = first >= 2 + imap + zmap and zones <= size // 1024
        elif struct.unpack_from(f"{order}H", head, 24)[0] == 0x4D5A:
            inodes, _, imap, zmap, first, shift = struct.unpack_from(f"{order}IHHHHH", head)
            fits = first >= 2 + imap + zmap
        else:
            continue
        if inodes and imap and zmap and not shift and fits:
            return Signature("minix", FILE_SYSTEM)
    return None


LOCKS: tuple[Callable[[Peek, int], Signature | None], ...] = (
    _bitlocker, _core_storage, _magic(ENCRYPTION),
)  # fmt: skip
CHECKS: tuple[Callable[[Peek, int], Signature | None], ...] = (
    *LOCKS, _lvm, _magic(LAYER), _bcache, _layer(member),
    _zfs, _exfat, _ntfs, _optical, _hfs, _magic(FILE_SYSTEM), _squashfs, _befs, _fat, _ext, _ufs,
    # From here on what a new use of the disk may have left over: files that read go before it.
    _nilfs, _luks_copy, _swap, _minix, _layer(board_member), _layer(replica), _xfs_log,
)  # fmt: skip
BOOT_SECTOR = frozenset(
    {"fat12", "fat16", "fat32", "exfat", "ntfs", "refs", "BitLocker", "BitLocker To Go"}
)  # begin with a boot sector of their own, which ends in 55 AA like an MBR
