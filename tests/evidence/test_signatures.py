"""Signatures against the answers of libblkid on its own test images."""

from __future__ import annotations

import pytest
from corpus_files import table, unpacked

from forensics.evidence import Unsupported, open_image
from forensics.evidence.signatures import ARCHIVES, container, identify
from forensics.evidence.volumes import volumes

pytestmark = pytest.mark.image
# libblkid's name (and version) -> ours
NAMES = {
    "hfsplus": "hfs+", "crypto_LUKS 1": "LUKS1", "crypto_LUKS 2": "LUKS2", "LVM2_member": "LVM2",
    "linux_raid_member": "mdraid", "ddf_raid_member": "ddf", "isw_raid_member": "isw",
    "zfs_member": "zfs", "VMFS_volume_member": "vmfs_volume", "vfat FAT12": "fat12",
    "vfat FAT16": "fat16", "vfat FAT32": "fat32", "ufs 2": "ufs2",
}  # fmt: skip
# Where we say something else, and why.
OTHER = {
    "images/encrypted/bitlk-togo-aes-cbc-128.img.xz": "BitLocker To Go",
    "images/signature/udf-cd-nero-6.img.xz": "iso9660",  # a bridge disc; TSK reads its ISO side
    "images/signature/cs_fvault2.img.xz": "FileVault2",  # libblkid 2.38 does not know it
    "images/encrypted/small.xz": "FileVault2",
    "images/signature/dos+bsd.img.xz": None,  # an ext3 superblock outside the partitions
    "malformed/ewf/german_utf8.flipped_byte.E01": "fat16",
}
TABLES = {"dos": "mbr", "gpt": "gpt", "sun": "sun"}


@pytest.mark.slow
def test_corpus(shared, tmp_path):
    wrong = {}
    for row in table(shared, "_signature_blkid.csv"):
        if row["path"].endswith(".tar.gz"):
            continue
        name = row["type"]
        versioned = f"{name} {row['version']}"
        wanted = OTHER.get(row["path"], NAMES.get(versioned, NAMES.get(name, name)) or None)
        path = unpacked(shared, row["path"], tmp_path)
        try:
            with open_image(path) as image:
                found = volumes(image)
                assert sum(volume.length for volume in found) == image.size
                archive = image.facts.container in ARCHIVES
        except Unsupported:
            continue  # what lies in it is not seen; test_evidence has the names
        finally:
            if path.parent == tmp_path:
                path.unlink()
        if archive:
            assert [(volume.name, volume.filesystem) for volume in found] == [("p0", None)]
            continue
        scheme = TABLES.get(row["pttype"], "none")
        if scheme != "none" and not name:
            if {volume.scheme for volume in found} not in ({scheme}, {"none"}):
                wrong[row["path"]] = found
        elif found[0].scheme == "none" and found[0].filesystem != wanted:
            wrong[row["path"]] = (wanted, found)
    assert wrong == {}


def test_encryption_and_layers_are_no_file_systems(shared, tmp_path):
    facts = {
        "images/encrypted/bitlk-aes-xts-128.img.xz": ("locked", "BitLocker", "LOCKED"),
        "images/encrypted/bitlk-togo-aes-cbc-128.img.xz": ("locked", "BitLocker To Go", "LOCKED"),
        "images/encrypted/luks1_aes-xts-plain64-sha256.img.xz": ("locked", "LUKS1", "LOCKED"),
        "images/signature/swap-luks.img.xz": ("locked", "LUKS2", "LOCKED"),
        "images/signature/cs_fvault2.img.xz": ("locked", "FileVault2", "LOCKED"),
        "images/signature/lvm2.img.xz": ("unsupported", None, "UNSUPPORTED_FILE_SYSTEM"),
        "images/signature/apfs.img.xz": ("unsupported", None, "UNSUPPORTED_FILE_SYSTEM"),
        "images/encrypted/vc_1-sha512-xts-aes.xz": ("unsupported", None, "NO_FILE_SYSTEM"),
        "images/signature/ext2.img.xz": ("examined", None, None),
    }
    for name, fact in facts.items():
        with open_image(unpacked(shared, name, tmp_path)) as image:
            (volume,) = volumes(image)
        assert (volume.outcome, volume.method, volume.reason) == fact, name


def test_total_on_cut_and_flipped_heads(shared, tmp_path):
    """Any prefix and any flip gives an answer; nothing raises."""
    for name in ("ext4", "ntfs", "fat", "exfat", "zfs", "hfsplus", "luks2", "gpt"):
        data = unpacked(shared, f"images/signature/{name}.img.xz", tmp_path).read_bytes()
        data = data[: 1 << 18]
        for step in range(0, 1500, 7):
            changed = bytearray(data)
            changed[step] ^= 0xFF

            def peek(offset, length, source=bytes(changed)):
                return source[max(offset, 0) : max(offset + length, 0)]

            identify(peek, len(changed))
            container(peek, len(changed))

            def short(offset, length, source=data[:step]):
                return source[max(offset, 0) : max(offset + length, 0)]

            identify(short, step)
            container(short, step)
