"""Every image of the corpus against TSK 4.11.1: names, digests, times, free bytes.

Where we differ, EXPLAINED says why; a difference that it does not explain fails.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess

import pytest
from walked_images import (
    assert_tiles,
    classes,
    expected,
    hashed,
    medium,
    real_path,
    unpack,
    walked,
)

IMAGES = [
    "images/container/1mb_fat32.dmg.xz", "images/container/CFReDS001.E01", "images/container/ansi.E01",
    "images/container/ext2.E01", "images/container/fat_very_small.dd.xz",
    "images/container/hfsplus.raw.xz", "images/container/imageformat_mmls_1.E01",
    "images/container/iso9660.raw.xz", "images/container/nps-2010-emails.E01",
    "images/container/syslog_image.dd.xz", "images/container/tsk_volume_system.raw.xz",
    "images/dftt/7-ntfs-undel.dd.xz", "images/dftt/8-jpeg-search.dd.xz", "images/dftt/daylight.dd.xz",
    "images/dftt/ext-part-test-2.dd.xz", "images/dftt/fat-img-kw.dd.xz", "images/dftt/image.gen1.zip",
    "images/removable/exfat_encrypted.raw.gz", "images/removable/exfat_lin_part.raw.gz",
    "images/removable/exfat_orphan.raw.gz", "images/removable/exfat_win.raw.gz",
    "images/removable/fat12.raw.gz", "images/removable/fat16.raw.gz",
    "images/removable/fat_deleted_dir.raw.gz", "images/removable/fat_lfn_test.raw.gz",
    "images/removable/fat_unusual_label.raw.gz", "images/removable/ntfs3.raw.gz",
    "images/removable/ntfs_index.raw.gz", "images/signature/exfat.img.xz",
    "images/signature/ext2.img.xz", "images/signature/ext4.img.xz", "images/signature/fat.img.xz",
    "images/signature/fat16_noheads.img.xz", "images/signature/fat32_label_64MB.img.xz",
    "images/signature/fat32_mkdosfs_label1_xp_label2.img.xz", "images/signature/hfsplus.img.xz",
    "images/signature/img_fs_ext4.img.xz", "images/signature/iso-joliet.img.xz",
    "images/signature/iso-unicode-long-label.img.xz", "images/signature/ntfs.img.xz",
    "images/signature/udf-cd-nero-6.img.xz", "malformed/ewf/german_utf8.flipped_byte.E01",
    "malformed/ext/f_16384_block.img.gz", "malformed/ext/f_bad_encryption.img.gz",
    "malformed/ext/f_bad_inode_csum.img.gz", "malformed/ext/f_baddir2.img.gz",
    "malformed/ext/f_badinode.img.gz", "malformed/ext/f_badroot.img.gz",
    "malformed/ext/f_boundscheck.img.bz2", "malformed/ext/f_dirlink.img.gz",
    "malformed/ext/f_dup.img.gz", "malformed/ext/f_extent_bad_node.img.gz",
    "malformed/ext/f_extent_leaf_bad_extent.img.gz", "malformed/ext/f_holedir.img.gz",
    "malformed/ext/f_htree_bad_csum.img.gz", "malformed/ext/f_hugedir_blocks.img.gz",
    "malformed/ext/f_inlinedata_repair.img.gz", "malformed/ext/f_journal.img.gz",
    "malformed/ext/f_lotsbad.img.gz", "malformed/ext/f_orphan.img.gz",
    "malformed/ext/f_recnect_bad.img.gz", "malformed/ext/f_toobig_extent_dir.img.gz",
    "malformed/ext/j_corrupt_journal_block.img.gz",
    "malformed/fs/clusterfuzz-ntfs-fls-5124116049166336.xz", "malformed/fs/fat32_loop.raw.gz",
    pytest.param("images/removable/vss_3_volstor.tar.gz", marks=pytest.mark.slow),
]  # fmt: skip

EXPLAINED = (  # (image, path or inode in the table of TSK, why it is not so in ours)
    ("", r"/\$BadClus:\$Bad", "a hole as large as the volume: never hashed"),
    ("", r".*#\d+-144-\d+", "an index ($O, $Q, $R) is no data stream"),
    ("", r"/\$OrphanFiles/OrphanFile-(1[6-9]|2[0-3])#.*", "reserved records hold no file"),
    ("exfat", r"/\$(ALLOC_BITMAP|UPCASE_TABLE)#.*", "structures of exFAT, claimed as metadata"),
    ("exfat", r"/\$OrphanFiles/\$EMPTY_VOLUME_LABEL#.*", "a label is no file"),
    ("exfat_encrypted", r".*", "ValidDataLength is 0: what TSK hands out was never written"),
    ("", r".* -> .*", "TSK prints the target of a link in its name"),
    ("hfs|gen1", r"/\.HFS\+ Private Directory Data\^#.*", "TSK prints a control as ^"),
    ("hfsplus.img", r"/\$(Extents|Catalog|Allocation)File#.*", "icat fails on it"),
    ("f_bad_encryption", r".*", "the table escapes bytes that are no text; content is locked"),
    ("f_bad_inode_csum", r".*", "garbage inodes that say they are encrypted: locked"),
    ("1mb_fat32", r".*/\._ntfs-lastaccess\.raw\.gz#.*", "only 512 of 4,096 bytes are left"),
    ("ntfs_index", r"/A+ - Copy \(11\)\.txt#0", "left over from moving an entry that is in use"),
    ("ntfs_index|syslog|clusterfuzz", r".*#0", "the name does not say which record it meant"),
    ("clusterfuzz", r".*", "records 1, 7 and 8 are damaged"),
    ("vss", r".*#(0|75)(-.*)?", "left over from moving an entry; content above the cap"),
    ("f_extent", r"/(motd|a)#12", "a damaged map: what it does not give is a gap"),
    ("f_inlinedata", r".*", "links and damaged inline data"),
    (
        "f_journal",
        r"/\$OrphanFiles/OrphanFile-\d+#.*",
        "the root is lost, and so are empty orphans",
    ),
)
EXTRA = (  # what TSK 4.11.1 does not list
    r"/", r".*:rsrc", r"/\$Secure", r"/\$Extend/\$(Quota|ObjId|Reparse)",
    r"/\$OrphanFiles/.*",
)  # fmt: skip
TSK_GIVES_UP = (  # refuses the root, or names differ in how they are printed
    "f_badinode|f_dirlink|f_dup|f_holedir|f_lotsbad|f_recnect_bad|"
    "f_bad_encryption|hfs|gen1|clusterfuzz|f_inlinedata"
)
UNOWNED = {  # bytes in use that no name owns, on images that are not sound
    "exfat_lin_part": 4_096,  # an entry with a name of 256 letters: TSK does not read it
    "exfat_orphan": 40_960,  # a folder deleted without freeing its clusters
    "f_badinode": 1_024, "f_boundscheck": 262_144, "f_extent_bad_node": 6_144,
    "f_extent_leaf_bad_extent": 6_144, "f_holedir": 8_192, "f_lotsbad": 21_504, "fat32_loop": 512,
}  # fmt: skip


@pytest.fixture(scope="session")
def image(shared, tmp_path_factory):
    """relative path -> (path of the image, medium, tables, ledger); each walked once."""
    folder = tmp_path_factory.mktemp("corpus")
    done = {}

    def get(relative):
        if relative not in done:
            path = unpack(shared / "corpus" / relative, folder)
            item = medium(path)
            done[relative] = (path, item, *walked(item))
        return done[relative]

    return get


def explained(relative, row) -> bool:
    label = f"{row['path']}#{row['inode']}"
    return any(
        re.search(where, relative)
        and (re.fullmatch(what, label, re.DOTALL) or re.fullmatch(what, row["path"], re.DOTALL))
        for where, what, _ in EXPLAINED
    )


def same(row, mine) -> bool:
    """Is this row of ours the row of TSK: state, and content where both have a digest."""
    deleted = row["name_state"] != "allocated"
    if (mine["state"] == "deleted") != deleted:
        return False
    digest = row["sha256_recovered"] if deleted else row["sha256"]
    return mine["kind"] == "directory" or len(digest) != 64 or mine["sha256"] == digest


@pytest.mark.image
@pytest.mark.parametrize("relative", IMAGES)
def test_names_and_digests(relative, image, shared):
    path, _, tables, _ = image(relative)
    ours: dict[tuple[int, str], list[dict]] = {}
    for row in hashed(path, tables):
        ours.setdefault((row["start"], real_path(row)), []).append(row)
    theirs = expected(shared, relative)
    strange = [
        (row["path"], row["inode"], row["name_state"], row["sha256"])
        for row in theirs
        if not any(
            same(row, mine)
            for mine in ours.get((int(row["volume_offset_sectors"]) * 512, row["path"]), [])
        )
        and not explained(relative, row)
    ]
    assert not strange
    known = {(int(row["volume_offset_sectors"]) * 512, row["path"]) for row in theirs}
    if not re.search(TSK_GIVES_UP, relative):
        links = {path.split(" -> ")[0] for _, path in known}
        extra = [key for key in ours if key not in known and key[1] not in links]
        assert not [key for key in extra if not any(re.fullmatch(x, key[1]) for x in EXTRA)]


@pytest.mark.image
@pytest.mark.parametrize(
    "relative", [x for x in IMAGES if isinstance(x, str) and "malformed" not in x]
)
def test_times(relative, image, shared):
    """Modified and born of allocated files, to the second; exFAT is not read by TSK as written."""
    _, _, tables, _ = image(relative)
    volumes = tables.table("volumes").to_pylist()
    starts = {row["volume"]: row["start"] for row in volumes if row["filesystem"] != "exfat"}
    names = ["volume", "path", "stream", "state", "modified", "born"]
    ours = {
        (starts[row["volume"]], real_path(row)): row
        for row in tables.table("files").select(names).to_pylist()
        if row["volume"] in starts and row["state"] == "allocated"
    }
    for row in expected(shared, relative):
        mine = ours.get((int(row["volume_offset_sectors"]) * 512, row["path"]))
        for name, theirs in (("modified", row["modified"]), ("born", row["created"])):
            if mine and theirs and row["name_state"] == "allocated" and theirs < "2070":
                assert mine[name] is not None, (row["path"], name)
                want = dt.datetime.strptime(theirs, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
                slip = 2 if name == "born" else 1  # TSK leaves out the odd second of FAT creation
                assert 0 <= (mine[name] - want).total_seconds() < slip, (row["path"], name)


@pytest.mark.image
@pytest.mark.parametrize("relative", IMAGES)
def test_ledger_tiles_and_owns(relative, image):
    _, item, tables, ledger = image(relative)
    assert_tiles(ledger, {"E": item.size})
    name = relative.split("/")[-1].split(".")[0]
    assert classes(ledger).get("unowned", 0) == UNOWNED.get(name, 0)
    assert set(tables.table("coverage")["evidence"].to_pylist()) <= {"E"}


BLKLS_SAYS_MORE = {  # bytes
    "exfat.img.xz": 5_120,  # clusters that the FAT calls bad and the bitmap free
}


@pytest.mark.image
@pytest.mark.parametrize(
    "relative", [x for x in IMAGES if isinstance(x, str) and "malformed" not in x]
)
def test_free_bytes_are_those_of_blkls(relative, image):
    """unallocated + deleted content + its slack = blkls, volume by volume."""
    if not shutil.which("blkls"):
        pytest.skip("sleuthkit is not installed")
    path, item, tables, ledger = image(relative)
    if item.container not in {"raw", "ewf"}:
        pytest.skip("blkls does not read the container")
    for volume in tables.table("volumes").to_pylist():
        if volume["cluster_bytes"] is None or volume["filesystem"] == "iso9660":
            continue  # no file system, or one that has no map
        sector = str(volume["start"] // 512)
        try:
            done = subprocess.run(
                ["blkls", "-o", sector, str(path)], capture_output=True, timeout=30, check=False
            )
        except subprocess.TimeoutExpired:
            continue  # TSK 4.11.1 never ends on fresh exFAT volumes
        if done.returncode:
            continue  # a truncated image
        mine = sum(
            row["length"]
            for row in ledger.select(["volume", "class", "state", "length", "owner"]).to_pylist()
            if row["volume"] == volume["volume"]
            and (row["class"] == "unallocated" or row["state"] == "deleted")
        )
        more = BLKLS_SAYS_MORE.get(relative.split("/")[-1], 0)
        assert mine == len(done.stdout) - more, (volume["volume"], volume["filesystem"])
