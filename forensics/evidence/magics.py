"""Magic numbers of file systems, encryption and layers at fixed places of a volume.

Layout          the bytes themselves, at an offset from the start of the volume
Source          util-linux libblkid (names, too, where it has one); specifications of the formats
Proves          these bytes stand there
Does not prove  that the structure is whole
"""

from __future__ import annotations

from collections.abc import Callable

# At most `length` bytes from `offset` of the run; fewer at its end.
Peek = Callable[[int, int], bytes]

FILE_SYSTEM, ENCRYPTION, LAYER = "filesystem", "encryption", "layer"

# (name, kind, offset, magic): long enough to be believed alone.
MAGIC: tuple[tuple[str, str, int, bytes], ...] = (
    ("LUKS1", ENCRYPTION, 0, b"LUKS\xba\xbe\x00\x01"),
    ("LUKS2", ENCRYPTION, 0, b"LUKS\xba\xbe\x00\x02"),
    ("vdo", LAYER, 0, b"dmvdo001"),
    ("mdraid", LAYER, 4096, b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00"),
    ("mdraid", LAYER, 0, b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00"),
    ("LVM1_member", LAYER, 0, b"HM\x01\x00"),
    ("LVM1_member", LAYER, 0, b"HM\x02\x00"),
    ("DM_verity_hash", LAYER, 0, b"verity\x00\x00\x01\x00\x00\x00"),
    ("DM_integrity", LAYER, 0, b"integrt\x00"),
    ("stratis", LAYER, 512 + 4, b"!Stra0tis\x86\xff\x02^\x41rh"),
    ("oracleasm", LAYER, 32, b"ORCLDISK"),
    ("ceph_bluestore", LAYER, 0, b"bluestore block device"),
    ("drbdmanage_control_volume", LAYER, 0, b"$DRBDmgr=q"),
    ("drbdproxy_datalog", LAYER, 0, b"DRBDdlh*"),
    ("vmfs_volume", LAYER, 1 << 20, b"\x0d\xd0\x01\xc0"),
    ("VMFS", FILE_SYSTEM, 2 << 20, b"\x5e\xf1\xab\x2f"),
    ("refs", FILE_SYSTEM, 3, b"ReFS\x00\x00\x00\x00"),
    ("apfs", FILE_SYSTEM, 32, b"NXSB"),
    ("xfs", FILE_SYSTEM, 0, b"XFSB"),
    ("btrfs", FILE_SYSTEM, 0x10040, b"_BHRfS_M"),
    *(
        ("bcachefs", FILE_SYSTEM, start + 24, bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef"))
        for start in (4096, 2 << 20)
    ),
    ("reiserfs", FILE_SYSTEM, 0x10034, b"ReIsEr"),
    ("reiserfs", FILE_SYSTEM, 0x2034, b"ReIsErFs"),
    ("reiser4", FILE_SYSTEM, 0x10000, b"ReIsEr4"),
    ("jfs", FILE_SYSTEM, 0x8000, b"JFS1"),
    ("f2fs", FILE_SYSTEM, 1024, b"\x10\x20\xf5\xf2"),
    ("erofs", FILE_SYSTEM, 1024, b"\xe2\xe1\xf5\xe0"),
    ("hpfs", FILE_SYSTEM, 0x2000, b"\x49\xe8\x95\xf9"),
    ("gfs2", FILE_SYSTEM, 0x10000, b"\x01\x16\x19\x70"),
    *(("ocfs2", FILE_SYSTEM, block, b"OCFSV2") for block in (1024, 2048, 4096, 8192)),
    ("ocfs", FILE_SYSTEM, 8192, b"OracleCFS"),
    ("bfs", FILE_SYSTEM, 0, b"\xce\xfa\xad\x1b"),
    ("mpool", FILE_SYSTEM, 0, b"mpoolDev"),
    ("nss", FILE_SYSTEM, 4096, b"SPB5"),
    ("vxfs", FILE_SYSTEM, 1024, b"\xf5\xfc\x01\xa5"),
    ("vxfs", FILE_SYSTEM, 8192, b"\xa5\x01\xfc\xf5"),
    ("zonefs", FILE_SYSTEM, 0, b"SFOZ"),
    ("swsuspend", FILE_SYSTEM, 0, b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c"),  # TuxOnIce
    ("cramfs", FILE_SYSTEM, 0, b"\x45\x3d\xcd\x28"),
    ("cramfs", FILE_SYSTEM, 0, b"\x28\xcd\x3d\x45"),
    ("cramfs", FILE_SYSTEM, 512, b"\x45\x3d\xcd\x28"),
    ("romfs", FILE_SYSTEM, 0, b"-rom1fs-"),
    ("ubifs", FILE_SYSTEM, 0, b"\x31\x18\x10\x06"),
    ("ubi", LAYER, 0, b"UBI#\x01"),
)
