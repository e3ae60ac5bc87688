"""Images made here by other people's drivers, with known content: everything is found, bit for bit.

They need the tools of the file systems and, for NTFS and exFAT, a mount; where those are missing
the tests skip. The benchmark's generator makes the larger set, with its own table of truth.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import shutil
import subprocess
import sys

import pytest
from walked_images import assert_tiles, classes, hashed, medium, real_path, walked


def need(*tools: str) -> None:
    missing = [
        tool
        for tool in tools
        if not shutil.which(tool, path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
    ]
    if missing or os.geteuid() or not os.path.exists("/dev/fuse"):
        pytest.skip(
            f"cannot make the image here: {' '.join(missing) or 'needs root and /dev/fuse'}"
        )


def sh(*command: str, **more) -> bytes:
    env = {**os.environ, "PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"}
    return subprocess.run(
        command, check=True, capture_output=True, timeout=120, env=env, **more
    ).stdout


def mount(image, folder):
    return sh(
        "mount.ntfs-3g", "-o", "rw,compression,streams_interface=windows", str(image), str(folder)
    )


@pytest.fixture(scope="module")
def odd_ntfs(tmp_path_factory):
    """A fragmented NTFS volume with 512-byte clusters, and the digests of what is in it."""
    need("mkntfs", "mount.ntfs-3g", "umount")
    home = tmp_path_factory.mktemp("ntfs")
    image, folder = home / "odd.img", home / "mount"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(24 << 20)
    sh("mkntfs", "-F", "-q", "-Q", "-c", "512", "-L", "ODD", str(image))
    chance = random.Random(1)
    mount(image, folder)
    (folder / "fill").mkdir()
    for number in range(3000):
        (folder / "fill" / f"{number:05}").write_bytes(chance.randbytes(3000))
    sh("umount", str(folder))
    mount(image, folder)
    for number in range(0, 3000, 2):
        (folder / "fill" / f"{number:05}").unlink()
    sh("umount", str(folder))
    mount(image, folder)
    with (folder / "big.bin").open("wb") as file:  # fills the holes: attribute lists
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        for _ in range((free - (3 << 20)) // 65536):
            file.write(chance.randbytes(65536))
    (folder / "ads.txt").write_bytes(b"main")
    (folder / "ads.txt:hidden").write_bytes(b"secret" * 100)
    (folder / "ads.txt:large").write_bytes(chance.randbytes(50_000))
    os.link(folder / "ads.txt", folder / "hard link.txt")
    with (folder / "sparse.bin").open("wb") as file:
        file.seek(300_000)
        file.write(b"end")
        file.truncate(900_000)
    (folder / "packed").mkdir()
    os.setxattr(folder / "packed", "system.ntfs_attrib_be", (0x810).to_bytes(4, "big"))
    (folder / "packed" / "text.txt").write_bytes(b"hello compression " * 20_000)
    (folder / "packed" / "noise.bin").write_bytes(chance.randbytes(100_000))
    (folder / "%:!@#田.txt".replace(":", "")).write_bytes(b"name")
    truth = {
        f"/{path.relative_to(folder)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    sh("umount", str(folder))
    truth["/ads.txt:hidden"] = hashlib.sha256(b"secret" * 100).hexdigest()
    return image, truth


@pytest.mark.slow
def test_ntfs_with_everything(odd_ntfs):
    image, truth = odd_ntfs
    tables, ledger = walked(medium(image))
    rows = hashed(image, tables)
    ours = {real_path(row): row for row in rows if row["state"] == "allocated"}
    assert {path: ours[path]["sha256"] for path in truth} == truth
    assert len(ours["/big.bin"]["extents"]) > 100
    flags = {path: set(ours[path]["flags"]) for path in ours}
    assert flags["/ads.txt"] == flags["/hard link.txt:hidden"] == {"hard_link"}
    assert flags["/packed/text.txt"] == {"compressed"}
    assert flags["/sparse.bin"] == {"sparse"}
    assert ours["/ads.txt"]["resident"]
    deleted = [row for row in rows if row["state"] == "deleted" and "/fill/" in row["path"]]
    assert len(deleted) >= 1480  # some records were used again
    assert_tiles(ledger, {"E": image.stat().st_size})
    assert "unowned" not in classes(ledger)


@pytest.mark.slow
def test_our_streams_are_those_of_pytsk3(odd_ntfs):
    """The referee: every data stream of every file, read by libtsk."""
    pytsk3 = pytest.importorskip("pytsk3")
    image, _ = odd_ntfs
    system = pytsk3.FS_Info(pytsk3.Img_Info(str(image)))
    rows = hashed(image, walked(medium(image))[0])
    rows = [
        row
        for row in rows
        if row["state"] == "allocated" and row["sha256"] and "/fill/" not in row["path"]
    ]
    assert len(rows) > 20
    for row in rows:
        file = system.open_meta(inode=int(row["file_id"]))
        wanted = (row["stream"] or "").encode()
        found = [a for a in file if int(a.info.type) == 128 and (a.info.name or b"") == wanted]
        if not found:
            assert row["size"] == 0
            continue
        info = found[0].info
        content = file.read_random(0, info.size, info.type, info.id) if info.size else b""
        assert hashlib.sha256(content).hexdigest() == row["sha256"], row["path"]


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("mke2fs", path="/sbin:/usr/sbin:/usr/bin"), reason="needs mke2fs"
)
def test_ext4_with_everything(tmp_path):
    """Inline content, holes, blocks that were allocated and never written, long links."""
    tree, image = tmp_path / "tree", tmp_path / "odd.img"
    tree.mkdir()
    chance = random.Random(2)
    body = chance.randbytes(30_000)
    (tree / "body.bin").write_bytes(body)
    (tree / "short.txt").write_bytes(b"hi")
    (tree / "inline.txt").write_bytes(b"x" * 100)
    (tree / "link").symlink_to("body.bin")
    (tree / "long").symlink_to("y" * 80)
    sh("mke2fs", "-q", "-F", "-t", "ext4", "-O", "inline_data", "-d", str(tree), str(image), "16M")
    script = "fallocate /body.bin 100 120\nset_inode_field /body.bin size 200000\n"
    sh("debugfs", "-w", str(image), input=script.encode())
    tables, ledger = walked(medium(image))
    rows = {real_path(row): row for row in hashed(image, tables)}
    whole = body + bytes(200_000 - len(body))
    assert rows["/body.bin"]["sha256"] == hashlib.sha256(whole).hexdigest()
    assert rows["/short.txt"]["sha256"] == hashlib.sha256(b"hi").hexdigest()
    assert rows["/inline.txt"]["sha256"] == hashlib.sha256(b"x" * 100).hexdigest()
    assert rows["/short.txt"]["resident"]
    targets = dict(
        zip(
            tables.table("files")["path"].to_pylist(),
            tables.table("files")["link_target"].to_pylist(),
            strict=True,
        )
    )
    assert (targets["/link"], targets["/long"]) == ("body.bin", "y" * 80)
    assert_tiles(ledger, {"E": 16 << 20})
    assert "unowned" not in classes(ledger)
    assert classes(ledger)["slack"] >= 21 * 1024  # the blocks never written


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.parametrize("name", ["ntfs-pc", "ext4-server", "usb-fat32", "usb-exfat", "dense"])
def test_the_benchmark_images_are_found_whole(name, shared, tmp_path):
    """100 % of live paths and digests; every deleted content; in use is what names own."""
    generator = shared / "bench" / "make_images.py"
    command = [sys.executable, str(generator), str(tmp_path), "--only", name, "--scale", "0.05"]
    done = subprocess.run(
        [*command, "--residents", "20000"], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode or "SKIPPED" in done.stdout:
        pytest.skip(f"cannot make the image here: {done.stdout[-200:]}")
    image = tmp_path / f"{name}.img"
    tables, ledger = walked(medium(image))
    rows = hashed(image, tables)
    live = {real_path(row): row["sha256"] for row in rows if row["state"] == "allocated"}
    gone = {row["sha256"] for row in rows if row["state"] == "deleted"}
    with (tmp_path / f"{name}.truth.csv").open(newline="") as file:
        truth = list(csv.DictReader(file))
    missing = [
        row["path"]
        for row in truth
        if (
            row["sha256"] not in gone
            if row["deleted"] == "1"
            else live.get(f"/{row['path']}") != row["sha256"]
        )
    ]
    assert not missing
    assert_tiles(ledger, {"E": image.stat().st_size})
    assert "unowned" not in classes(ledger)
