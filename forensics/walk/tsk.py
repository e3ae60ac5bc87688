"""The Sleuth Kit: file systems through pytsk3, one call at a time, each failure a trouble.

libtsk reads through `Img`, which gives it exactly the bytes it asks for and remembers where there
were none. Its virtual names ($MBR, $FAT1, $OrphanFiles) are no files; $OrphanFiles is walked,
for what lies in it has lost its folder. Its FAT times are not used (they follow the TZ of the
process, which is pinned to UTC here for what is left: ISO 9660 and HFS+).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytsk3

from forensics.values import encode_name
from forensics.walk import names as naming
from forensics.walk.collect import Folder, Found
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import DIRECTORY, FILE, HOLE, LINK, OTHER, Trouble

DEPTH_MAX = 256  # folders in folders
NAMES_MAX = 1 << 24  # names of one volume
RUNS_MAX = 1 << 20  # runs of one stream
TROUBLES_MAX = 1_000  # coverage rows of one volume; the last one counts the rest
LINK_MAX = 4_096  # bytes of the target of a link
ORPHAN_BYTES_MAX = 64 << 30  # of a FAT volume searched for lost folders: TSK needs 2.5 s per GiB

# What pytsk3 raises for damage, for a failing read, and for a size that is negative.
Errors = (OSError, RuntimeError, SystemError)

_FILESYSTEMS = {
    pytsk3.TSK_FS_TYPE_NTFS: "ntfs",
    pytsk3.TSK_FS_TYPE_FAT12: "fat12",
    pytsk3.TSK_FS_TYPE_FAT16: "fat16",
    pytsk3.TSK_FS_TYPE_FAT32: "fat32",
    pytsk3.TSK_FS_TYPE_EXFAT: "exfat",
    pytsk3.TSK_FS_TYPE_EXT2: "ext2",
    pytsk3.TSK_FS_TYPE_EXT3: "ext3",
    pytsk3.TSK_FS_TYPE_EXT4: "ext4",
    pytsk3.TSK_FS_TYPE_ISO9660: "iso9660",
    pytsk3.TSK_FS_TYPE_HFS: "hfs+",
    pytsk3.TSK_FS_TYPE_FFS1: "ufs1",
    pytsk3.TSK_FS_TYPE_FFS1B: "ufs1",
    pytsk3.TSK_FS_TYPE_FFS2: "ufs2",
}  # no YAFFS2: libtsk guesses it, and takes any bytes for it
_GUESSED = (
    pytsk3.TSK_FS_TYPE_FAT_DETECT, pytsk3.TSK_FS_TYPE_EXFAT, pytsk3.TSK_FS_TYPE_HFS,
    pytsk3.TSK_FS_TYPE_ISO9660, pytsk3.TSK_FS_TYPE_FFS_DETECT,
)  # fmt: skip
KINDS = {
    int(pytsk3.TSK_FS_META_TYPE_REG): FILE,
    int(pytsk3.TSK_FS_META_TYPE_DIR): DIRECTORY,
    int(pytsk3.TSK_FS_META_TYPE_LNK): LINK,
}
_VIRTUAL = {int(pytsk3.TSK_FS_META_TYPE_VIRT), int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR)}
_NAME_FOLDER = int(pytsk3.TSK_FS_NAME_TYPE_DIR)
_HOLE_FLAGS = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE) | int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER)
_UNALLOCATED_NAME = int(pytsk3.TSK_FS_NAME_FLAG_UNALLOC)
UNALLOCATED_META = int(pytsk3.TSK_FS_META_FLAG_UNALLOC)


class Img(pytsk3.Img_Info):  # type: ignore[misc]
    """The medium as libtsk reads it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader  # before super(): it asks for the size
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def close(self) -> None:
        """Nothing: the reader is the caller's."""

    def read(self, offset: int, length: int) -> bytes:
        return self._reader.read(offset, length)

    def get_size(self) -> int:
        return self._reader.size


def open_volume(reader: Reader, start: int, hint: str | None = None) -> tuple[Any, str] | None:
    """The file system that begins at byte `start` and its name; None where libtsk knows none.

    hint: what the signature says. It goes first: of remains of an older file system libtsk may find
    those. NTFS and ext are opened by their hint alone, where our own reader has found them sound: of
    a damaged boot sector libtsk believes that a record has 2 GiB, and asks for them.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    kinds = [kind for kind, name in _FILESYSTEMS.items() if name == hint]
    for kind in dict.fromkeys((*kinds, *_GUESSED)):
        try:
            system = pytsk3.FS_Info(Img(reader), offset=start, type=kind)
        except Errors:
            continue
        name = _FILESYSTEMS.get(system.info.ftype)
        if name is not None:
            return system, name
    return None


class Stream(NamedTuple):
    """An attribute of a file as TSK gives it; runs (start in the medium or HOLE, length), bytes."""

    type: int
    name: bytes
    size: int
    resident: bool
    compressed: bool
    runs: list[tuple[int, int]]


@dataclass
class Walk:
    """One walk over all names of a volume. `troubles` grows while it runs."""

    system: Any
    start: int
    length: int
    mask: Mask
    orphans: bool = True
    troubles: list[Trouble] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)  # folders listed, by inum
    unreadable: set[int] = field(default_factory=set)  # folders that could not be
    count: int = 0  # names seen

    def names(self) -> Iterator[Found]:
        """All names, folders before what they hold; hostile loops end by named limits."""
        if self.system.info.last_inum == 0:
            self.trouble("NO_FILES", "/")  # libtsk would count up to 2^64 (ISO 9660)
            return
        root = self.system.info.root_inum
        folders = [Folder(root, "", masked=False, orphan=False, depth=0)]
        if self.orphans:
            lost = self.system.info.last_inum
            folders.insert(0, Folder(lost, naming.ORPHANS, masked=False, orphan=True, depth=1))
        yield from self.below(folders)

    def below(self, folders: list[Folder]) -> Iterator[Found]:
        """All names in the folders and below; a folder that was listed before is not again."""
        stack = list(folders)
        self.seen |= {folder.inum for folder in folders}
        while stack:
            folder = stack.pop()
            for entry in self._entries(folder):
                self.count += 1
                if self.count > NAMES_MAX:
                    self.trouble("NAMES_MAX", folder.path or "/")
                    return
                found = self._found(entry, folder)
                if found is None:
                    continue
                yield found
                if found.kind != DIRECTORY or found.file is None:
                    continue
                if found.inum in self.seen:
                    self.trouble("FOLDER_TWICE", found.path)
                elif folder.depth >= DEPTH_MAX:
                    self.trouble("DEPTH_MAX", found.path)
                else:
                    self.seen.add(found.inum)
                    stack.append(
                        Folder(
                            found.inum, found.path, found.masked, folder.orphan, folder.depth + 1
                        )
                    )

    def trouble(self, reason: str, place: str, size: int = 0) -> None:
        if len(self.troubles) < TROUBLES_MAX:
            self.troubles.append(Trouble("partial", reason, size, place))
        elif self.troubles[-1].reason != "TROUBLES_MAX":
            self.troubles[-1] = Trouble("partial", "TROUBLES_MAX")

    def _entries(self, folder: Folder) -> Iterator[Any]:
        try:
            listing = iter(self.system.open_dir(inode=folder.inum))
        except Errors:
            self._unreadable(folder)
            return
        while True:
            try:
                entry = next(listing)
            except StopIteration:
                return
            except Errors:
                self._unreadable(folder)
                return
            yield entry

    def _unreadable(self, folder: Folder) -> None:
        self.unreadable.add(folder.inum)
        self.trouble("FOLDER_UNREADABLE", folder.path or "/")

    def _found(self, entry: Any, folder: Folder) -> Found | None:
        """The name as a Found; None for `.`, `..` and the virtual names of TSK."""
        name = entry.info.name
        raw = name.name
        if raw in {b".", b".."} or raw is None:
            return None
        meta, file = entry.info.meta, entry
        inum = int(name.meta_addr)
        deleted = bool(int(name.flags) & _UNALLOCATED_NAME)
        if meta is None and inum:
            try:
                file = self.system.open_meta(inode=inum)
                meta = file.info.meta
            except Errors:
                meta = None
        if meta is None:
            file = None
        elif int(meta.type) in _VIRTUAL:
            return None
        text, hidden = self.mask.name(naming.encode(raw))
        kind = KINDS.get(int(meta.type), OTHER) if meta is not None else FILE
        if meta is None and int(name.type) == _NAME_FOLDER:
            kind = DIRECTORY
        if meta is not None and deleted and not int(meta.flags) & UNALLOCATED_META:
            file = meta = None  # the record belongs to another file now
        return Found(
            f"{folder.path}/{text}",
            folder.masked or hidden,
            folder.orphan,
            raw,
            inum,
            folder.inum,
            deleted or meta is None or bool(int(meta.flags) & UNALLOCATED_META),
            kind,
            known=file is not None,
            file=file,
            meta=meta,
        )

    def streams(self, found: Found) -> list[Stream]:
        """All attributes of the file behind a name."""
        out: list[Stream] = []
        if found.file is None:
            return out
        try:
            for attribute in found.file:
                info = attribute.info
                flags = int(info.flags)
                out.append(
                    Stream(
                        int(info.type),
                        info.name or b"",
                        max(int(info.size), 0),
                        bool(flags & 4),
                        bool(flags & 0x20),
                        self._runs(attribute, found),
                    )
                )
        except Errors:
            self.trouble("ATTRIBUTES_UNREADABLE", f"{found.path}#{found.inum}")
        return out

    def _runs(self, attribute: Any, found: Found) -> list[tuple[int, int]]:
        block = self.system.info.block_size
        out: list[tuple[int, int]] = []
        for run in attribute:
            if len(out) >= RUNS_MAX:
                self.trouble("RUNS_MAX", f"{found.path}#{found.inum}")
                break
            length = int(run.len) * block
            if int(run.flags) & _HOLE_FLAGS:
                out.append((HOLE, length))
                continue
            at = int(run.addr) * block
            inside = max(min(length, self.length - at), 0)
            if inside:
                out.append((self.start + at, inside))
            if inside < length:
                self.trouble("RUN_PAST_END", f"{found.path}#{found.inum}", length - inside)
                break
        return out

    def link_target(self, found: Found) -> str | None:
        """Target of a symbolic link, encoded and masked like a path."""
        size = min(max(int(found.meta.size), 0), LINK_MAX)
        try:
            raw = found.file.read_random(0, size) if size else b""
        except Errors:
            self.trouble("LINK_UNREADABLE", f"{found.path}#{found.inum}")
            return None
        text = encode_name(raw)
        return self.mask.path(text)
