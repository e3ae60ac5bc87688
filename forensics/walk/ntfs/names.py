"""Names and folders of an NTFS volume: by the records, and by the indexes of the folders."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.values import encode_name
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk.intervals import NONE, Bools, Ints
from forensics.walk.names import Mask
from forensics.walk.ntfs import index
from forensics.walk.ntfs.mft import BATCH_BYTES, Columns, Parsed
from forensics.walk.ntfs.records import INDEX_ALLOCATION, RECORD_MASK, Boot
from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE, Rows, Runs, Trouble

DEPTH_MAX = 256  # folders in folders; what lies deeper, and cycles, are orphans
INDEX_RUN_MAX = 64 << 20  # bytes of one run of an index
INDEX_BYTES_MAX = 4 << 30  # of all indexes of a volume searched for lost names
ROOT, FIRST_USER = 5, 24
DOS_NAME = 2
LOST = "lost"  # file_id of a name that does not say which record it meant
TIME_COLUMNS = (("born", 0), ("modified", 1), ("changed", 2), ("accessed", 3))


class Files(NamedTuple):
    """Facts of the records, by record number."""

    known: Bools  # there is a sound record
    used: Bools
    folder: Bools
    sequence: Ints
    base: Ints  # reference; 0: it is one itself

    def has(self, number: Ints) -> Bools:
        """Is there a sound record of this number."""
        inside = (number >= 0) & (number < self.known.size)
        return np.asarray(inside & self.known[np.where(inside, number, 0)])

    def holds(self, reference: Ints) -> Bools:
        """Is the record still the one that the reference means: deletion adds 1 to the sequence."""
        number, sequence = reference & RECORD_MASK, (reference >> 48) & 0xFFFF
        at = np.where(self.has(number), number, 0)
        same = self.sequence[at] == sequence
        freed = ~self.used[at] & (self.sequence[at] == ((sequence + 1) & 0xFFFF))
        return np.asarray(self.has(number) & (same | freed))


def files_of(records: Columns) -> Files:
    number = records["number"]
    count = int(number.max()) + 1

    known, used, folder = (np.zeros(count, np.bool_) for _ in range(3))
    sequence, base = (np.zeros(count, np.int64) for _ in range(2))
    known[number], used[number], folder[number] = True, records["used"], records["folder"]
    sequence[number], base[number] = records["sequence"], records["base"]
    return Files(known, used, folder, sequence, base)


def drop_strays(parsed: Parsed, files: Files) -> None:
    """Forget attributes of extension records whose base record is another file by now."""
    base = files.base
    owner = np.where(files.has(base & RECORD_MASK), base & RECORD_MASK, 0)
    fits = files.holds(base) & (files.base[owner] == 0) & (files.used[owner] == files.used)
    fits |= base == 0
    for columns in (parsed.standard, parsed.data, parsed.other):
        columns.keep(fits[columns["record"]])
    keep = fits[parsed.names["record"]]
    if not keep.all():
        parsed.texts = [parsed.texts[i] for i in np.flatnonzero(keep).tolist()]
        parsed.names.keep(keep)


class Names(NamedTuple):
    """Names of files, sorted by owner; text encoded and masked."""

    owner: Ints
    parent: Ints
    times: npt.NDArray[np.uint64]
    text: list[str]
    masked: Bools


def names_of(parsed: Parsed, mask: Mask) -> Names:
    """Long names: the 8.3 twin of a name goes, unless the file has no other."""
    owner, keep = parsed.names["owner"], parsed.names["space"] != DOS_NAME
    if not keep.all():
        keep |= ~np.isin(owner, owner[keep])
    order = np.flatnonzero(keep)[np.argsort(owner[keep], kind="stable")]
    encoded = naming.encode_all(parsed.texts)
    text, masked = mask.all([encoded[i] for i in order.tolist()])
    return Names(
        owner[order], parsed.names["parent"][order], parsed.names["times"][order], text, masked
    )


def with_nameless(names: Names, files: Files, has_data: Bools) -> Names:
    """Files that have content and no name get the name TSK gives them, in no folder."""
    lost = files.known & (files.base == 0) & (has_data | files.folder)
    lost[names.owner] = False
    lost[:FIRST_USER] = False
    owner = np.flatnonzero(lost)
    if not owner.size:
        return names
    order = np.argsort(np.concatenate((names.owner, owner)), kind="stable")
    text = names.text + [f"OrphanFile-{number}" for number in owner.tolist()]
    return Names(
        np.concatenate((names.owner, owner))[order],
        np.concatenate((names.parent, np.full(owner.size, -1, np.int64)))[order],
        np.concatenate((names.times, np.zeros((owner.size, 4), np.uint64)))[order],
        [text[i] for i in order.tolist()],
        np.concatenate((names.masked, np.zeros(owner.size, np.bool_)))[order],
    )


class Folder(NamedTuple):
    """A folder as the beginning of paths: "" is the root."""

    path: str
    masked: bool
    orphan: bool


class Folders:
    """Folders by file reference, each found once."""

    def __init__(self, names: Names, files: Files) -> None:
        self._names, self._files = names, files
        self._found: dict[int, Folder] = {}

    def of(self, references: Ints) -> list[Folder]:
        return [self._folder(reference) for reference in references.tolist()]

    def _folder(self, reference: int) -> Folder:
        chain: list[tuple[int, int]] = []
        here, answer = reference, Folder(naming.ORPHANS, masked=False, orphan=True)
        seen = set()
        while len(chain) < DEPTH_MAX:
            if here in self._found:
                answer = self._found[here]
                break
            if here & RECORD_MASK == ROOT:
                answer = Folder("", masked=False, orphan=False)
                break
            row = self._row(here)
            if row is None or here in seen:
                self._found[here] = answer
                break
            seen.add(here)
            chain.append((here, row))
            here = int(self._names.parent[row])
        for key, row in reversed(chain):
            masked = answer.masked or bool(self._names.masked[row])
            answer = Folder(f"{answer.path}/{self._names.text[row]}", masked, answer.orphan)
            self._found[key] = answer
        return answer

    def _row(self, reference: int) -> int | None:
        """The first name of the folder that a reference means."""
        record = reference & RECORD_MASK
        if not self._files.holds(np.array([reference], np.int64))[0]:
            return None
        row = int(np.searchsorted(self._names.owner, record))
        if row == self._names.owner.size or self._names.owner[row] != record:
            return None
        return row if self._files.folder[record] else None


# ------------------------------------------------------------------ names without a record


def _entries(
    reader: Reader, start: int, boot: Boot, parsed: Parsed, troubles: list[Trouble]
) -> list[index.Entries]:
    """Entries of all folders: those inside the records, and those of the index blocks."""
    found = list(parsed.entries)
    data: list[bytes] = []
    folder: list[Ints] = []
    total = 0

    def flush() -> None:
        if data:
            raw = np.frombuffer(b"".join(data), np.uint8)
            block, used = index.blocks(raw, boot.index_bytes, boot.sector_bytes)
            found.append(index.entries(block, np.concatenate(folder), used))
            data.clear()
            folder.clear()

    held = 0
    for attribute in np.flatnonzero(parsed.other["type"] == INDEX_ALLOCATION).tolist():
        first = int(parsed.other["first"][attribute])
        runs = slice(first, first + int(parsed.other["count"][attribute]))
        part = b"".join(
            reader.read(start + at * boot.cluster_bytes, length * boot.cluster_bytes)
            for at, length in zip(
                parsed.runs["start"][runs].tolist(),
                parsed.runs["length"][runs].tolist(),
                strict=True,
            )
            if at != HOLE and length * boot.cluster_bytes <= INDEX_RUN_MAX
        )
        count = len(part) // boot.index_bytes
        total += len(part)
        if total > INDEX_BYTES_MAX:
            troubles.append(Trouble("partial", "INDEX_BYTES_MAX"))
            break
        data.append(part[: count * boot.index_bytes])
        folder.append(np.full(count, parsed.other["owner"][attribute], np.int64))
        held += len(part)
        if held > BATCH_BYTES:
            flush()
            held = 0
    flush()
    return found


def lost_names(
    reader: Reader, start: int, boot: Boot, parsed: Parsed, files: Files, folders: Folders,
    troubles: list[Trouble], mask: Mask,
) -> Rows | None:  # fmt: skip
    """Rows of the names that folders remember and no record has: deleted, or records destroyed.

    A name that a record still has, born in the same instant in the same folder, is no other file:
    folders leave copies of their entries behind when they are rearranged.
    """
    entry = index.join(_entries(reader, start, boot, parsed, troubles))
    names = parsed.names
    known_text, text = _arrow(parsed.texts), _arrow(entry.text)
    by_record = _keys(entry.parent, text, entry.file & RECORD_MASK)
    known = _keys(names["parent"], known_text, names["owner"])
    is_known = pc.is_in(by_record, value_set=known)
    own = _keys(entry.parent, text, _born(entry.times))
    known = _keys(names["parent"], known_text, _born(names["times"]))
    is_known = pc.or_(is_known, pc.is_in(own, value_set=known))
    new = np.flatnonzero(~is_known.to_numpy(zero_copy_only=False))
    first: dict[str, int] = {}
    for place in new[np.argsort(~entry.live[new], kind="stable")].tolist():
        first.setdefault(own[place].as_py(), place)
    entry = index.take(entry, np.array(sorted(first.values()), np.int64))
    record = entry.file & RECORD_MASK
    record = np.where(record < files.known.size, record, 0)
    is_long = entry.space != DOS_NAME
    alone = (record > 0) & ~np.isin(record, record[is_long]) & ~files.has(record)
    entry = index.take(entry._replace(file=record), np.flatnonzero(is_long | alone))
    return _index_rows(entry, files, folders, mask) if entry.file.size else None


def _born(times: npt.NDArray[np.uint64]) -> Ints:
    return np.ascontiguousarray(times[:, 0]).view(np.int64)


def _keys(parent: Ints, text: pa.Array, number: Ints) -> pa.Array:
    """What tells names apart: folder, a number, name."""
    numbers = [pa.array(column).cast(pa.string()) for column in (parent & RECORD_MASK, number)]
    return pc.binary_join_element_wise(*numbers, text, "/")


def _arrow(names: list[str]) -> pa.Array:
    """Names as Arrow text; half a surrogate pair is no text and is encoded."""
    try:
        return pa.array(names, pa.string())
    except UnicodeEncodeError:
        return pa.array([name if name.isascii() else encode_name(name) for name in names])


def _index_rows(entry: index.Entries, files: Files, folders: Folders, mask: Mask) -> Rows:
    count = entry.file.size
    text, masked = mask.all([naming.encode(name) for name in entry.text])
    found = folders.of(entry.folder | files.sequence[entry.folder] << 48)
    record = entry.file
    size = np.where(entry.is_folder, 0, entry.size)
    nothing = {name: table.no_times(count) for name, _ in TIME_COLUMNS}
    times = {
        f"fn_{name}": table.times_from_filetime(np.ascontiguousarray(entry.times[:, at]))
        for name, at in TIME_COLUMNS
    }
    paths = [f"{folder.path}/{name}" for folder, name in zip(found, text, strict=True)]
    return Rows(
        path=pa.array(paths, pa.string()),
        masked=masked | np.array([folder.masked for folder in found], np.bool_),
        file_id=pc.if_else(pa.array(record > 0), pa.array(record).cast(pa.string()), LOST),
        stream=pa.nulls(count, pa.string()),
        deleted=~entry.live | files.has(record),
        orphan=np.array([folder.orphan for folder in found], np.bool_),
        kind=np.where(entry.is_folder, table.DIRECTORY, table.FILE).astype(np.int8),
        size=size,
        valid_size=size,
        resident=np.zeros(count, np.bool_),
        flags=np.full(count, table.UNRESOLVED, np.int64),
        runs=Runs(np.zeros(count + 1, np.int64), NONE, NONE),
        times=nothing | times,
        link_target=pa.nulls(count, pa.string()),
    )
