"""ext volumes made here by e2fsprogs: what a sound one has in use is owned, and no name is invented."""

from __future__ import annotations

import shutil
import struct

import pytest
from test_made import sh
from walked_images import assert_tiles, classes, medium, real_path, walked

from forensics.walk.ext.names import entries, possible, without_index

PLACES = "/sbin:/usr/sbin:/usr/bin"
pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool, path=PLACES) for tool in ("mke2fs", "debugfs", "e2fsck")),
    reason="needs e2fsprogs",
)


def made(folder, *options: str, script: str = "", size: str = "8M", tree=None):
    image = folder / "made.img"
    source = ["-d", str(tree)] if tree else []
    sh("mke2fs", "-q", "-F", "-t", "ext4", *options, *source, str(image), size)
    if script:
        sh("debugfs", "-w", str(image), input=script.encode())
    return image


def names(tables):
    return {real_path(row): row for row in tables.table("files").to_pylist()}


@pytest.mark.parametrize("block", ["1024", "4096"])
def test_clusters_of_many_blocks(block, tmp_path):
    """The group of clusters of 1024-byte blocks begins at block 0; its superblock is block 1."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"a" * 3000)
    (tree / "b").write_bytes(b"b" * 70_000)
    (tree / "link").symlink_to("a")
    script = "ea_set link user.x " + "y" * 600 + "\n"
    image = made(
        tmp_path, "-O", "bigalloc", "-b", block, "-C", "16384", tree=tree, script=script
    )  # fmt: skip
    tables, ledger = walked(medium(image))
    assert tables.table("coverage").num_rows == 0
    rows = names(tables)
    assert {"/a", "/b", "/link"} <= set(rows)
    assert rows["/link"]["link_target"] == "a"
    found = classes(ledger)
    assert "unowned" not in found
    assert found["slack"] >= 16384 - 3000
    assert_tiles(ledger, {"E": image.stat().st_size})


def test_attributes_kept_in_inodes_are_owned(tmp_path):
    """Such an inode has no name, and a count of references where its time of change would be."""
    tree, value = tmp_path / "tree", tmp_path / "value"
    tree.mkdir()
    (tree / "a").write_bytes(b"a")
    value.write_bytes(b"v" * 1024)
    script = f"ea_set -f {value} a user.x\n"
    image = made(tmp_path, "-O", "ea_inode", "-b", "1024", tree=tree, script=script)
    tables, ledger = walked(medium(image))
    (orphan,) = [row for path, row in names(tables).items() if path.startswith("/$Orphan")]
    assert (orphan["size"], orphan["state"]) == (1024, "allocated")
    assert "unowned" not in classes(ledger)


def test_a_hash_tree_is_no_list_of_removed_names(tmp_path):
    tree = tmp_path / "tree"
    (tree / "many").mkdir(parents=True)
    wanted = {f"/many/{number:04}-{'n' * 40}" for number in range(3000)}
    for path in wanted:
        (tree / path[1:]).touch()
    image = made(tmp_path, "-b", "1024", "-N", "4000", tree=tree, size="16M")
    assert "unindexed" not in str(sh("e2fsck", "-fyD", str(image)))
    tables, _ = walked(medium(image))
    listed = {path for path in names(tables) if path.startswith("/many/")}
    assert listed == wanted
    assert tables.table("coverage").num_rows == 0


def test_no_name_has_a_zero_or_a_slash():
    """What the slack holds besides removed names (pairs of a tree that was moved) is none."""
    block = struct.pack("<IHBB", 2, 1024, 1, 2) + b".\0\0\0"
    for name in (b"a\0b", b"a/b", b"a.b"):
        block += struct.pack("<IHBB", 12, 12, 3, 1) + name + b"\0"
    found = entries(block.ljust(1024, b"\0"), 99, typed=True)
    assert [name for _, name, _, _ in found if possible(name)] == [b".", b"a.b"]


def test_names_from_before_the_tree_are_kept():
    """Behind the pairs of a root of one level lie names that were there before it."""
    old = b"\x0c\0\0\0\x10\0\x05\x01older\0\0\0"
    root = bytearray(b"\x02\0\0\0\x0c\0\x01\x02.\0\0\0\x02\0\0\0\xf4\x03\x02\x02..\0\0")
    root += bytes(4) + b"\x01\x08\0\0" + b"\x7c\0\x02\0\x01\0\0\0" + b"\x0b\0\0\0\x10\0\x01\x01"
    root = root.ljust(64, b"\0") + old
    block = bytes(root.ljust(1024, b"\0"))
    assert [name for _, name, _, _ in entries(without_index(block), 99, typed=True)] == [
        b".", b"..", b"older",
    ]  # fmt: skip
    node = bytearray(b"\0\0\0\0\0\x04\0\0" + b"\x7f\0\x02\0\x01\0\0\0" + old).ljust(1024, b"\0")
    assert list(entries(without_index(bytes(node)), 99, typed=True)) == []
    assert without_index(bytes(1024)) == bytes(1024)


def test_the_owner_of_a_file_of_several_names_is_the_name_it_is_examined_under(tmp_path):
    """That is the first in the order of `files`, whatever sorts first: else its bytes pass for not reached."""
    (tmp_path / "content").write_bytes(b"c" * 3000)
    script = f"write {tmp_path / 'content'} z.txt\nln z.txt a.txt\nsif z.txt links_count 2\n"
    tables, ledger = walked(medium(made(tmp_path, script=script)))
    linked = [row["address"] for row in tables.table("files").to_pylist() if row["size"] == 3000]
    assert linked == ["E:p0:/z.txt", "E:p0:/a.txt"]
    owners = {row["owner"] for row in ledger.to_pylist() if row["class"] == "content"}
    assert owners == {"E:p0:/z.txt"}


GROUPS = ("-b", "1024", "-g", "1024", "-O", "^resize_inode")


def damaged(tmp_path, start, length, fill=b"\0", **more):
    """A volume of 8 groups of 1 MiB with a file in it; a range of it is overwritten."""
    tree = tmp_path / "tree"
    tree.mkdir(exist_ok=True)
    (tree / "a").write_bytes(b"a" * 3000)
    image = made(tmp_path, *GROUPS, tree=tree, **more)
    with image.open("r+b") as file:
        file.seek(start)
        file.write(fill * length)
    tables, ledger = walked(medium(image))
    assert_tiles(ledger, {"E": image.stat().st_size})
    return tables, classes(ledger)


@pytest.mark.parametrize("fill", [b"\0", b"\xff"])
def test_damaged_descriptors_are_had_from_their_copy(fill, tmp_path):
    sound, _ = damaged(tmp_path, 0, 0)
    tables, found = damaged(tmp_path, 2048, 512, fill)
    (trouble,) = tables.table("coverage").to_pylist()
    assert (trouble["outcome"], trouble["reason"]) == ("partial", "DESCRIPTORS_DAMAGED")
    assert names(tables)["/a"]["extents"] == names(sound)["/a"]["extents"]
    assert "unowned" not in found


def test_a_wiped_superblock_is_had_from_its_copy(tmp_path):
    """mke2fs puts the first copy at block 8193 of 1024 bytes where groups have the usual size."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"a" * 3000)
    image = made(tmp_path, "-b", "1024", tree=tree, size="24M")
    data = bytearray(image.read_bytes())
    for fill, expected in ((b"\0" * 1024, ["SUPERBLOCK_DAMAGED"]), (bytes(range(256)) * 4, None)):
        data[1024:2048] = fill
        image.write_bytes(data)
        tables, ledger = walked(medium(image))
        assert_tiles(ledger, {"E": len(data)})
        reasons = [row["reason"] for row in tables.table("coverage").to_pylist()]
        assert reasons == (expected or ["NO_FILE_SYSTEM"])
        assert ("/a" in names(tables)) == bool(expected)


def test_a_folder_that_does_not_name_itself_is_told(tmp_path):
    """A feature bit that is lost makes another format of the names; the files are found without them."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"a" * 3000)
    image = made(tmp_path, tree=tree)
    data = bytearray(image.read_bytes())
    data[1024 + 0x60] &= ~2
    image.write_bytes(data)
    tables, _ = walked(medium(image))
    told = {(row["address"], row["reason"]) for row in tables.table("coverage").to_pylist()}
    assert ("E:p0:/", "FOLDER_UNREADABLE") in told
    assert 3000 in {row["size"] for row in tables.table("files").to_pylist()}


@pytest.mark.parametrize("held", [0, 1, 15, None])
def test_descriptors_of_a_meta_group_are_had_from_its_other_groups(held, tmp_path):
    """16 groups of 1 MiB share a block of descriptors, kept in the first, second and last of them."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"a" * 3000)
    options = ("-b", "1024", "-g", "1024", "-O", "meta_bg,^resize_inode,^flex_bg,64bit")
    image = made(tmp_path, *options, tree=tree, size="24M")
    before = names(walked(medium(image))[0])["/a"]["extents"]
    data = bytearray(image.read_bytes())
    for copy in {0, 1, 15} - {held}:
        block = 1 + copy * 1024 + (copy < 2)  # behind the superblock, where the group has one
        data[block * 1024 : (block + 1) * 1024] = b"\xff" * 1024
    image.write_bytes(data)
    tables, ledger = walked(medium(image))
    reasons = [row["reason"] for row in tables.table("coverage").to_pylist()]
    if held is None:
        assert "MAP_SHORT" in reasons
        return
    assert reasons == ["DESCRIPTORS_DAMAGED"] * (held > 0)
    assert names(tables)["/a"]["extents"] == before
    assert "unowned" not in classes(ledger)


def test_bad_blocks_are_owned(tmp_path):
    """The inode that lists them has neither type nor links."""
    (tmp_path / "bad").write_text("100\n2000\n2001\n")
    image = made(tmp_path, "-b", "1024", "-l", str(tmp_path / "bad"), size="4M")
    _, ledger = walked(medium(image))
    assert "unowned" not in classes(ledger)
    owned = [row for row in ledger.to_pylist() if row["owner"] == "BAD_BLOCKS"]
    assert sum(row["length"] for row in owned) == 3 * 1024


def test_the_file_of_orphans_and_those_of_quotas_are_no_lost_files(tmp_path):
    image = made(tmp_path, "-O", "orphan_file,quota,project", "-b", "1024", size="16M")
    tables, ledger = walked(medium(image))
    assert not [path for path in names(tables) if path.startswith("/$Orphan")]
    assert "unowned" not in classes(ledger)


def test_the_target_of_a_link_is_metadata(tmp_path):
    """From 60 bytes on it has a block of its own, which is examined as no content: a sound volume is whole."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to("t" * 60)
    image = made(tmp_path, "-b", "1024", tree=tree)
    tables, ledger = walked(medium(image))
    (row,) = [row for row in ledger.to_pylist() if (row["owner"] or "").endswith("/link")]
    assert (row["class"], row["length"]) == ("metadata", 1024)
    assert names(tables)["/link"]["link_target"] == "t" * 60
    assert "content" not in classes(ledger)
