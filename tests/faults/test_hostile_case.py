"""A case folder from elsewhere, and evidence whose names lead out of folders or drive terminals."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures.disk import Node
from fixtures.fat import exfat_volume
from forensics.report import minisign
from tests.conftest import forensics
from tests.faults import runs

WHEN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
UNSAFE = {
    chr(code)
    for code in (
        *range(0x20),
        0x7F,
        *range(0x80, 0xA0),
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}
UNSAFE -= {"\n"}

Files = list[dict[str, Any]]


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _linked(case: Path, files: Files) -> None:
    (case / "report" / "passwd").symlink_to(case.parent / "outside.txt")
    files.append(_entry("report/passwd", b"outside"))


def _linked_folder(case: Path, files: Files) -> None:
    (case / "export").symlink_to(case.parent)
    files.append(_entry("export/outside.txt", b"outside"))


def _linked_table(case: Path, _files: Files) -> None:
    place = case / "tables" / "hits" / "hits.parquet"
    place.rename(case.parent / "hits.parquet")
    place.symlink_to(case.parent / "hits.parquet")


def _fifo(case: Path, files: Files) -> None:
    os.mkfifo(case / "report" / "pipe")
    files.append(_entry("report/pipe", b""))


EDITS: dict[str, tuple[Callable[[Path, Files], None], str]] = {  # (edit, what verify must name)
    "a path that climbs": (lambda _, files: files.append(_entry("../outside.txt", b"outside")), "../outside.txt"),
    "a path that climbs later": (lambda _, files: files.append(_entry("report/../../outside.txt", b"outside")), "report/../.."),
    "an absolute path": (lambda case, files: files.append(_entry(str(case.parent / "outside.txt"), b"outside")), "outside.txt"),
    "a path with a backslash": (lambda _, files: files.append(_entry("..\\outside.txt", b"outside")), "outside.txt"),
    "a path that drives the terminal": (lambda _, files: files.append(_entry("a\x1b[2Jb\u202e", b"")), "a<U+001B>[2Jb<U+202E>"),
    "a link to a file": (_linked, "report/passwd"),
    "a link to a folder": (_linked_folder, "export/outside.txt"),
    "a table that is a link": (_linked_table, "tables/hits/hits.parquet"),
    "a pipe": (_fifo, "report/pipe"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(EDITS))
def test_verify_names_what_leads_out_and_touches_nothing(
    demo_case: Path, tmp_path: Path, what: str
) -> None:
    edit, named = EDITS[what]
    case = shutil.copytree(demo_case, tmp_path / "case", ignore=shutil.ignore_patterns("parts"))
    (tmp_path / "outside.txt").write_bytes(b"outside")
    manifest = json.loads((case / "manifest.json").read_text())
    edit(case, manifest["files"])
    text = json.dumps(manifest).encode()
    (case / "manifest.json").write_bytes(text)
    key = minisign.key_of(demo_case.parent / "keys")
    (case / "manifest.json.minisig").write_bytes(minisign.sign(text, key, "x").encode())
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    done = forensics(
        "verify", case, "--sample", 0, "--keys", demo_case.parent / "keys", folder=demo_case.parent
    )
    assert done.returncode == 4, done.stderr
    assert [
        line for line in done.stdout.splitlines() if line.startswith("PROBLEM") and named in line
    ], done.stdout
    assert not UNSAFE & set(done.stdout + done.stderr)
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


class Hostile(NamedTuple):
    home: Path
    case: Path
    addresses: list[str]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """A stick whose names climb, are absolute, and hold controls and bidirectional characters."""
    home = tmp_path_factory.mktemp("hostile") / "a" / "b"
    home.mkdir(parents=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (
            "../../climbs.txt",
            "/absolute.txt",
            "..\\..\\back.txt",
            "a\x1b[31m\u202e.txt",
        ):
            archive.writestr(zipfile.ZipInfo(name), b"inside\r\n" * 10)
    names = (
        "../../x.txt",
        "..",
        "\u202egnp.exe",
        "a\x1b[2J\r\nb.txt",
        "nul\x01\x7f.txt",
        "$(touch x).txt",
        "-rf",
    )
    nodes = [Node(name, b"inside\r\n" * 10, WHEN) for name in names]
    nodes.append(Node("in.zip", packed.getvalue(), WHEN))
    (home / "e1.dd").write_bytes(exfat_volume(nodes, 4 << 20, label="H", serial=1))
    source = runs.case_file(home, {"E1": home / "e1.dd"})
    done = forensics("run", source, "--out", "case", "--workers", 0, folder=home)
    assert done.returncode in (0, 3), done.stderr
    found = [row["address"] for row in runs.rows(home / "case", "contents")]
    return Hostile(home, home / "case", [address for address in found if address.startswith("E1:")])


def test_names_are_shown_escaped(hostile: Hostile) -> None:
    odd = [address for address in hostile.addresses if "%" in address or "\u202e" in address]
    assert len(odd) >= 4
    said = forensics("timeline", hostile.case, folder=hostile.home)
    shown = [
        forensics("show", hostile.case, f"{address}@0+16", folder=hostile.home) for address in odd
    ]
    for done in (said, *shown):
        assert done.returncode == 0, done.stderr
        assert not UNSAFE & set(done.stdout + done.stderr), done.stdout
    assert any("202E" in done.stdout for done in (said, *shown))


def test_extract_writes_into_its_folder_only(hostile: Hostile) -> None:
    assert len(hostile.addresses) >= 8
    root = hostile.home.parent.parent
    before = {path for path in root.rglob("*") if path.is_file()}
    done = forensics("extract", hostile.case, *hostile.addresses, "out", folder=hostile.home)
    assert done.returncode == 0, done.stderr
    assert not UNSAFE & set(done.stdout + done.stderr)
    written = {path for path in root.rglob("*") if path.is_file()} - before
    assert len(written) == len(hostile.addresses)
    assert all(path.parent == hostile.home / "out" for path in written)
    assert not [path for path in written if set(path.name) & (UNSAFE | set("/\\$("))]


def test_extract_follows_no_link_that_lies_in_wait(hostile: Hostile, tmp_path: Path) -> None:
    """The name that it would write is a link to elsewhere: refused, and elsewhere stays as it was."""
    address, out = hostile.addresses[0], tmp_path / "out"
    assert forensics("extract", hostile.case, address, out, folder=hostile.home).returncode == 0
    (name,) = [path.name for path in out.iterdir()]
    (out / name).unlink()
    (out / name).symlink_to(tmp_path / "elsewhere")
    assert forensics("extract", hostile.case, address, out, folder=hostile.home).returncode == 2
    assert not (tmp_path / "elsewhere").exists()
