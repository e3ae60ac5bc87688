"""NTFS: names, times, streams and runs of a whole volume from its $MFT, vectorised.

The layout is in ntfs_records. Attribute lists need no reading: every record is parsed, and the
pieces of an attribute in extension records are joined to the base record's by VCN. A file is
found by its record, not by its folder: a deleted name costs nothing more, and what the folders'
indexes say beyond the records is added by ntfs_index. pytsk3 is the referee in the tests, and
the reader of what is compressed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.values import encode_name
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk.intervals import NONE, Bools, Ints, Ranges, ragged, runs_of
from forensics.walk.reader import Reader
from forensics.walk import ntfs_index
from forensics.walk.names import MaskPath
from forensics.walk.ntfs_index import RECORD_MASK, texts
from forensics.walk.ntfs_records import (
    Attributes,
    Boot,
    Bytes,
    attributes,
    decode_runs,
    fix_up,
    gather,
    number_at,
    read_boot,
)
from forensics.walk.rows import HOLE, Claim, Rows, Runs, Trouble, Walked

BATCH_BYTES = 32 << 20  # of $MFT parsed at once: bounds memory
RECORDS_MAX = 1 << 27  # a $MFT of 128 GiB; what lies beyond is one coverage row
DEPTH_MAX = 256  # folders in folders; what lies deeper, and cycles, are orphans
INDEX_RUN_MAX = 64 << 20  # bytes of one run of an index
INDEX_BYTES_MAX = 4 << 30  # of all indexes of a volume searched for lost names
ROWS_MAX = 1 << 25  # names × streams of one volume

STANDARD, ATTRIBUTE_LIST, NAME, VOLUME_NAME, DATA = 0x10, 0x20, 0x30, 0x60, 0x80
INDEX_ALLOCATION, REPARSE = 0xA0, 0xC0
ROOT, BITMAP, EXTEND, FIRST_USER = 5, 6, 11, 24
DOS_NAME = 2
SYMLINK, MOUNT_POINT, WOF, DEDUP, CLOUD = (
    0xA000000C, 0xA0000003, 0x80000017, 0x80000013, 0x9000001A,
)  # fmt: skip
CLOUD_MASK = 0xFFFF0FFF  # four bits tell providers apart


class Pieces(NamedTuple):
    """Runs of the $MFT itself: bytes of the medium, and where each begins in the $MFT."""

    start: Ints
    length: Ints
    before: Ints

    def place(self, offset: Ints) -> Ints:
        """Offsets in the $MFT as bytes of the medium."""
        piece = np.searchsorted(self.before, offset, side="right") - 1
        return self.start[piece] + offset - self.before[piece]


class Columns:
    """Arrays that grow batch by batch, by name."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Any]] = defaultdict(list)

    def add(self, **columns: Any) -> None:
        for name, column in columns.items():
            self._parts[name].append(column)

    def __getitem__(self, name: str) -> Any:
        parts = self._parts[name]
        if len(parts) != 1:
            joined = np.concatenate(parts) if parts else NONE
            self._parts[name] = [joined]
        return self._parts[name][0]


@dataclass
class Parsed:
    """What the records of a volume say; every group of columns has the record as `owner`."""

    records: Columns  # number, used, folder, sequence, base
    standard: Columns  # owner, times (4 columns)
    names: Columns  # owner, parent, times (4 columns), space, size; text beside it
    texts: list[str]
    data: Columns  # owner, code, nonresident, vcn, size, valid, flags, place, first, count
    stream_names: dict[str, int]
    other: Columns  # owner, type, first, count: runs of attributes that are not $DATA
    runs: Columns  # start (cluster or HOLE), length (clusters)
    reparse: dict[int, tuple[int, str | None]]  # owner -> tag, target
    inside: list[ntfs_index.Entries]  # index entries inside the records of folders
    label: str | None = None
    runs_total: int = 0
    torn: int = 0
    unended: int = 0
    torn_runs: int = 0


def walk(reader: Reader, start: int, length: int, mask_path: MaskPath | None) -> Walked | None:
    """Everything the $MFT of the volume at `start` says; None where no $MFT can be read."""
    boot = read_boot(reader.read(start, 512))
    if boot is None:
        return None
    mft = mft_pieces(reader, start, boot)
    if mft is None:
        return None
    troubles: list[Trouble] = []
    parsed = Parsed(
        *(Columns() for _ in range(3)), [], Columns(), {"": 0}, Columns(), Columns(), {}, []
    )
    size = int(mft.length.sum()) // boot.record_bytes * boot.record_bytes
    if size > RECORDS_MAX * boot.record_bytes:
        troubles.append(Trouble("partial", "RECORDS_MAX", size - RECORDS_MAX * boot.record_bytes))
        size = RECORDS_MAX * boot.record_bytes
    step = BATCH_BYTES // boot.record_bytes * boot.record_bytes
    for offset in range(0, size, step):
        data = read_pieces(reader, mft, offset, min(step, size - offset))
        _parse(data, offset // boot.record_bytes, boot, mft, parsed)
    if not parsed.records["number"].size:
        return None
    return _assemble(reader, start, length, boot, mft, parsed, troubles, mask_path)


def mft_pieces(reader: Reader, start: int, boot: Boot) -> Pieces | None:
    """Where the $MFT lies: from its own first record, else from the mirror."""
    for cluster in (boot.mft_cluster, boot.mirror_cluster):
        at = start + cluster * boot.cluster_bytes
        if not 0 < cluster < boot.clusters:
            continue
        first = Pieces(*(np.array([x], np.int64) for x in (at, boot.record_bytes, 0)))
        pieces, listed = _own_runs(reader, start, boot, first)
        while listed and pieces is not None:
            more, _ = _own_runs(reader, start, boot, pieces)
            if more is None or more.start.size <= pieces.start.size:
                break
            pieces = more
        if pieces is not None:
            return pieces
    return None


def _own_runs(reader: Reader, start: int, boot: Boot, known: Pieces) -> tuple[Pieces | None, bool]:
    """Runs of $MFT's content that the records in `known` give; and whether there is a list."""
    pieces: list[tuple[int, Ints, Ints]] = []
    listed = False
    size = int(known.length.sum())
    step = BATCH_BYTES // boot.record_bytes * boot.record_bytes
    for offset in range(0, min(size, RECORDS_MAX * boot.record_bytes), step):
        data = read_pieces(reader, known, offset, min(step, size - offset))
        found, base = _records(data, offset // boot.record_bytes, boot)[:2]
        mine = (found.record == 0) | (base[found.record - offset // boot.record_bytes] == 0)
        own = found.record - offset // boot.record_bytes
        is_first = (found.record == 0) if offset == 0 else np.zeros(own.size, np.bool_)
        mine = is_first | ((base[own] & RECORD_MASK) == 0) & (base[own] != 0)
        listed |= bool((is_first & (found.type == ATTRIBUTE_LIST)).any())
        chosen = mine & (found.type == DATA) & found.nonresident & (found.name_length == 0)
        at = found.at[chosen]
        if not at.size:
            continue
        runs_at = at + number_at(data, at + 0x20, "<u2")
        index, cluster, count, _ = decode_runs(data, runs_at, at + found.length[chosen])
        vcn = number_at(data, at + 0x10, "<i8")
        pieces += [(int(v), cluster[index == i], count[index == i]) for i, v in enumerate(vcn)]
    cluster, count, expected = [NONE], [NONE], 0
    for vcn_first, clusters, counts in sorted(pieces, key=lambda piece: piece[0]):
        if vcn_first == expected:
            cluster.append(clusters)
            count.append(counts)
            expected += int(counts.sum())
    clusters, counts = np.concatenate(cluster), np.concatenate(count)
    good = (clusters > 0) & (clusters + counts <= boot.clusters)
    if not good.size or not good[0]:
        return None, listed
    clusters, counts = clusters[good], counts[good] * boot.cluster_bytes
    return Pieces(start + clusters * boot.cluster_bytes, counts, np.cumsum(counts) - counts), listed


def read_pieces(reader: Reader, pieces: Pieces, offset: int, length: int) -> Bytes:
    """Bytes of the $MFT, writable; what cannot be read is zeros, and `reader` knows it."""
    out = bytearray()
    first = int(np.searchsorted(pieces.before, offset, side="right")) - 1
    for index in range(first, pieces.start.size):
        skip = max(offset - int(pieces.before[index]), 0)
        want = min(int(pieces.length[index]) - skip, length - len(out))
        if want <= 0:
            break
        out += reader.read(int(pieces.start[index]) + skip, want)
    return np.frombuffer(out, np.uint8)


# ------------------------------------------------------------------ bytes to columns


def _records(data: Bytes, number: int, boot: Boot) -> tuple[Attributes, Ints, Ints, Bools, Bools]:
    """Attributes of the records in `data`, the first of which has this number.

    Also, for each record: its base reference, which have the signature, which are sound, and
    which end properly. Applies the fixups to `data`.
    """
    size = boot.record_bytes
    block = data[: data.size // size * size].reshape(-1, size)
    signed = block.view("<u4")[:, 0] == 0x454C4946
    sound = fix_up(block, boot.sector_bytes, signed)
    good = np.flatnonzero(sound)
    found, ended = attributes(data, good * size, good + number, size)
    base = np.zeros(signed.size, np.int64)
    base[good] = block.view("<i8")[good, 4]
    all_ended = np.ones(signed.size, np.bool_)
    all_ended[good] = ended
    return found, base, signed, sound, all_ended


def _parse(data: Bytes, number: int, boot: Boot, mft: Pieces, into: Parsed) -> None:
    """Add what the records in `data` say."""
    found, base, signed, sound, ended = _records(data, number, boot)
    size = boot.record_bytes
    good = np.flatnonzero(sound)
    halves = data.view("<u2")
    flags = halves[(good * size + 0x16) >> 1]
    into.records.add(
        number=good + number,
        used=flags & 1 > 0,
        folder=flags & 2 > 0,
        sequence=halves[(good * size + 0x10) >> 1].astype(np.int64),
        base=base[good],
    )
    folders = good[flags & 2 > 0]
    if folders.size:
        block = data[: data.size // size * size].reshape(-1, size)[folders]
        used = block.view("<u4")[:, 6].astype(np.int64)
        into.inside.append(ntfs_index.entries(block, folders + number, used))
    into.torn += int(signed.sum() - good.size)
    into.unended += int((~ended).sum())
    base_of = base[found.record - number]
    owner = np.where(base_of == 0, found.record, base_of & RECORD_MASK)
    content = found.at + halves[(found.at + 0x14) >> 1]
    stop = found.at + found.length
    width = number_at(data, found.at + 0x10, "<u4")
    inside = ~found.nonresident & (content + width <= stop)

    chosen = inside & (found.type == STANDARD) & (width >= 0x30)
    block = gather(data, content[chosen], 0x24)
    times = np.ascontiguousarray(block[:, :32]).view("<u8")
    into.standard.add(owner=owner[chosen], times=times)

    chosen = inside & (found.type == NAME) & (width >= 0x42)
    at, wide, of = content[chosen], width[chosen], owner[chosen]
    units = data[at + 0x40].astype(np.int64)
    fits = 0x42 + 2 * units <= wide
    at, units, of = at[fits], units[fits], of[fits]
    block = gather(data, at, 0x42)
    into.names.add(
        owner=of,
        parent=np.ascontiguousarray(block[:, :8]).view("<i8")[:, 0],
        times=np.ascontiguousarray(block[:, 8:40]).view("<u8"),
        space=block[:, 0x41],
    )
    into.texts += texts(data, at + 0x42, units)

    _parse_data(data, found, owner, content, inside, width, number, boot, mft, into)
    for index in np.flatnonzero(inside & (found.type == REPARSE) & (width >= 8)):
        raw = data[content[index] : content[index] + width[index]].tobytes()
        into.reparse[int(owner[index])] = reparse_point(raw)
    if number == 0:
        for index in np.flatnonzero(inside & (found.type == VOLUME_NAME) & (owner == 3)):
            raw = data[content[index] : content[index] + width[index]].tobytes()
            into.label = raw.decode("utf-16-le", "replace") or None


def _parse_data(
    data: Bytes, found: Attributes, owner: Ints, content: Ints, inside: Bools, width: Ints,
    number: int, boot: Boot, mft: Pieces, into: Parsed,
) -> None:  # fmt: skip
    """Add the $DATA attributes, and the runs of every non-resident attribute."""
    long = found.nonresident & (found.length >= 0x40)
    listed = np.flatnonzero(long)
    at = found.at[listed]
    stop = at + found.length[listed]
    runs_at = np.minimum(at + number_at(data, at + 0x20, "<u2"), stop)
    index, cluster, count, sound = decode_runs(data, runs_at, stop)
    outside = (cluster != HOLE) & ((cluster < 0) | (cluster + count > boot.clusters))
    sound[index[outside]] = False
    index, cluster, count = index[~outside], cluster[~outside], count[~outside]
    into.torn_runs += int((~sound).sum())
    counts = np.bincount(index, minlength=listed.size).astype(np.int64)
    firsts = np.cumsum(counts) - counts + into.runs_total
    into.runs.add(start=cluster, length=count)
    into.runs_total += cluster.size
    first, total = np.zeros(found.at.size, np.int64), np.zeros(found.at.size, np.int64)
    first[listed], total[listed] = firsts, counts
    broken = np.zeros(found.at.size, np.bool_)
    broken[listed] = ~sound

    other = listed[found.type[listed] != DATA]
    into.other.add(
        owner=owner[other], type=found.type[other], first=first[other], count=total[other]
    )

    chosen = np.flatnonzero((found.type == DATA) & (long | inside))
    at, away = found.at[chosen], long[chosen]
    far = np.where(away, at, 0)
    code = np.zeros(chosen.size, np.int64)
    for place in np.flatnonzero(found.name_length[chosen]):
        begin = int(at[place] + found.name_at[chosen[place]])
        end = begin + 2 * int(found.name_length[chosen[place]])
        name = data[begin : min(end, int(at[place] + found.length[chosen[place]]))].tobytes()
        text = name.decode("utf-16-le", "surrogatepass" if len(name) % 2 == 0 else "replace")
        code[place] = into.stream_names.setdefault(text, len(into.stream_names))
    into.data.add(
        owner=owner[chosen],
        code=code,
        away=away,
        vcn=np.where(away, number_at(data, far + 0x10, "<i8"), 0),
        size=np.where(away, number_at(data, far + 0x30, "<i8"), width[chosen]),
        valid=np.where(away, number_at(data, far + 0x38, "<i8"), width[chosen]),
        flags=found.flags[chosen],
        place=mft.place(content[chosen] + number * boot.record_bytes),
        first=first[chosen],
        count=total[chosen],
        broken=broken[chosen],
    )


def reparse_point(raw: bytes) -> tuple[int, str | None]:
    """Tag of a reparse point, and the target of a link."""
    tag = int.from_bytes(raw[:4], "little")
    head = {SYMLINK: 20, MOUNT_POINT: 16}.get(tag)
    if head is None or len(raw) < head:
        return tag, None
    offset = int.from_bytes(raw[8:10], "little")
    length = int.from_bytes(raw[10:12], "little")
    return tag, raw[head + offset : head + offset + length].decode("utf-16-le", "replace")


# ------------------------------------------------------------------ columns to rows


@dataclass
class Index:
    """Facts of the records, by record number."""

    known: Bools
    used: Bools
    folder: Bools
    sequence: Ints
    base: Ints

    def holds(self, number: Ints, sequence: Ints) -> Bools:
        """Is the record still the one that a reference means: deletion adds 1 to the sequence."""
        inside = (number >= 0) & (number < self.known.size)
        at = np.where(inside, number, 0)
        same = self.sequence[at] == sequence
        next_one = ~self.used[at] & (self.sequence[at] == ((sequence + 1) & 0xFFFF))
        return inside & self.known[at] & (same | next_one)


def _index(records: Columns) -> Index:
    number = records["number"]
    count = int(number.max()) + 1
    columns = [np.zeros(count, kind) for kind in (np.bool_, np.bool_, np.bool_, np.int64, np.int64)]
    columns[0][number] = True
    for column, name in zip(columns[1:], ("used", "folder", "sequence", "base"), strict=True):
        column[number] = records[name]
    return Index(*columns)


class Streams(NamedTuple):
    """Data streams, sorted by owner and code (0: the unnamed one); runs in clusters."""

    owner: Ints
    code: Ints
    away: Bools  # not resident
    size: Ints
    valid: Ints
    flags: Ints
    place: Ints
    whole: Bools  # the pieces follow each other, and hold the size
    runs: Runs


def _streams(parsed: Parsed, index: Index, cluster_bytes: int) -> Streams:
    """Join the pieces of each stream by VCN."""
    data = parsed.data
    order = np.lexsort((data["vcn"], data["code"], data["owner"]))
    owner, code, vcn = (data[name][order] for name in ("owner", "code", "vcn"))
    first, count = data["first"][order], data["count"][order]
    head = np.ones(order.size, np.bool_)
    head[1:] = (owner[1:] != owner[:-1]) | (code[1:] != code[:-1])
    heads = np.flatnonzero(head)
    which = ragged(first, count)
    start, length = parsed.runs["start"][which], parsed.runs["length"][which]
    reached = np.concatenate(([0], np.cumsum(length)))
    ends = np.cumsum(count)
    clusters = reached[ends] - reached[ends - count]
    follows = np.zeros(order.size, np.bool_)
    follows[heads] = vcn[heads] == 0
    later = np.flatnonzero(~head)
    follows[later] = vcn[later] == vcn[later - 1] + clusters[later - 1]
    follows &= ~data["broken"][order]
    if not heads.size:
        return Streams(
            NONE,
            NONE,
            NONE > 0,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE > 0,
            Runs(np.zeros(1, np.int64), NONE, NONE),
        )
    sound = np.logical_and.reduceat(follows, heads)
    total = np.add.reduceat(clusters, heads) * cluster_bytes
    runs = Runs(np.concatenate(([0], np.cumsum(np.add.reduceat(count, heads)))), start, length)
    away = data["away"][order][heads]
    size = data["size"][order][heads]
    whole = sound & (size >= 0) & (~away | (total >= size))
    size = np.where(size < 0, 0, size)
    return Streams(
        owner[heads], code[heads], away, size,
        np.clip(data["valid"][order][heads], 0, size),
        data["flags"][order][heads].astype(np.int64), data["place"][order][heads], whole, runs,
    )  # fmt: skip


class Names(NamedTuple):
    """Names of files, sorted by owner; path parts encoded and masked."""

    owner: Ints
    parent: Ints
    times: npt.NDArray[np.uint64]
    text: list[str]
    masked: Bools


def _names(parsed: Parsed, index: Index, mask_path: MaskPath | None) -> Names:
    """Long names: the 8.3 twin of a name goes, unless the file has no other."""
    owner, space = parsed.names["owner"], parsed.names["space"]
    keep = space != DOS_NAME
    if not keep.all():
        keep |= ~np.isin(owner, owner[keep])
    keep &= index.known[np.minimum(owner, index.known.size - 1)] & (owner < index.known.size)
    order = np.flatnonzero(keep)[np.argsort(owner[keep], kind="stable")]
    encoded = naming.encode_all(parsed.texts, "".join(parsed.texts))
    text, masked = naming.mask_all([encoded[i] for i in order.tolist()], mask_path)
    return Names(
        owner[order], parsed.names["parent"][order], parsed.names["times"][order], text, masked
    )


class Folders:
    """Paths of folders by file reference, found once each."""

    def __init__(self, names: Names, index: Index) -> None:
        self._names, self._index = names, index
        self._found: dict[int, tuple[str, bool, bool]] = {}  # path, masked, orphan

    def path(self, reference: int) -> tuple[str, bool, bool]:
        """Path without trailing slash ("" for the root), is it masked, is it lost."""
        chain: list[tuple[int, int]] = []
        here = reference
        answer = (naming.ORPHANS, False, True)
        seen = set()
        while len(chain) < DEPTH_MAX:
            if here in self._found:
                answer = self._found[here]
                break
            record = here & RECORD_MASK
            if record == ROOT:
                answer = ("", False, False)
                break
            row = self._row(record, here >> 48 & 0xFFFF)
            if row is None or here in seen:
                self._found[here] = answer
                break
            seen.add(here)
            chain.append((here, row))
            here = int(self._names.parent[row])
        for key, row in reversed(chain):
            path, masked, orphan = answer
            masked |= bool(self._names.masked[row])
            answer = (f"{path}/{self._names.text[row]}", masked, orphan)
            self._found[key] = answer
        return answer

    def _row(self, record: int, sequence: int) -> int | None:
        """The first name of the folder that a reference means."""
        index = self._index
        if record >= index.known.size or not index.folder[record]:
            return None
        if not index.holds(np.array([record]), np.array([sequence]))[0]:
            return None
        row = int(np.searchsorted(self._names.owner, record))
        if row == self._names.owner.size or self._names.owner[row] != record:
            return None
        return row


def _assemble(
    reader: Reader, start: int, length: int, boot: Boot, mft: Pieces, parsed: Parsed,
    troubles: list[Trouble], mask_path: MaskPath | None,
) -> Walked:  # fmt: skip
    index = _index(parsed.records)
    streams = _streams(parsed, index, boot.cluster_bytes)
    names = _with_nameless(_names(parsed, index, mask_path), index, streams)
    folders = Folders(names, index)
    parents, which = np.unique(names.parent, return_inverse=True)
    found = [folders.path(reference) for reference in parents.tolist()]
    row_name, row_stream = _cross(names, streams, index, troubles)
    rows = _rows(
        boot,
        start,
        parsed,
        index,
        streams,
        names,
        found,
        which,
        row_name,
        row_stream,
        mft,
        mask_path,
    )
    lost = _lost_names(reader, start, boot, parsed, index, folders, troubles, mask_path)
    if lost is not None:
        rows = table.join(rows, lost)
    bitmap = _bitmap(reader, start, boot, streams, troubles)
    return Walked(
        filesystem="ntfs",
        label=parsed.label,
        serial=boot.serial,
        time_basis="utc",
        cluster_bytes=boot.cluster_bytes,
        end=start + min(boot.clusters * boot.cluster_bytes, length),
        rows=rows,
        free=bitmap,
        structures=_structures(reader, start, boot),
        row_metadata=_row_metadata(start, boot, parsed, index, names, row_name),
        troubles=troubles + _damage(parsed, boot),
    )


def _damage(parsed: Parsed, boot: Boot) -> list[Trouble]:
    """One row for each kind of damage of the records."""
    kinds = (
        (parsed.torn, "FIXUP_MISMATCH"),
        (parsed.unended, "ATTRIBUTES_DAMAGED"),
        (parsed.torn_runs, "RUNS_DAMAGED"),
    )
    return [
        Trouble("partial", reason, count * boot.record_bytes, "/$MFT")
        for count, reason in kinds
        if count
    ]


def _with_nameless(names: Names, index: Index, streams: Streams) -> Names:
    """Records that have content and no name get the name TSK gives them."""
    has_data = np.zeros(index.known.size, np.bool_)
    has_data[streams.owner[streams.owner < has_data.size]] = True
    named = np.zeros(index.known.size, np.bool_)
    named[names.owner] = True
    lost = index.known & (index.base == 0) & (has_data | index.folder) & ~named
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


def _cross(
    names: Names, streams: Streams, index: Index, troubles: list[Trouble]
) -> tuple[Ints, Ints]:
    """Rows as (name, stream): each name with each stream of its file; stream -1 where none.

    A folder has one row without a stream. A file without unnamed content too: its name stood there.
    """
    low = np.searchsorted(streams.owner, names.owner, side="left")
    high = np.searchsorted(streams.owner, names.owner, side="right")
    at = np.minimum(low, max(streams.owner.size - 1, 0))
    unnamed = (high > low) & (streams.code[at] == 0) if streams.owner.size else high > low
    unnamed &= ~index.folder[names.owner]
    skip = (
        (high > low) & (streams.code[at] == 0) & index.folder[names.owner]
        if streams.owner.size
        else unnamed
    )
    counts = high - low - skip + ~unnamed
    if counts.sum() > ROWS_MAX:
        troubles.append(Trouble("partial", "ROWS_MAX", 0))
        counts = np.where(np.cumsum(counts) > ROWS_MAX, 0, counts)
    row_name = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    nth = ragged(np.zeros(counts.size, np.int64), counts) - ~unnamed[row_name]
    row_stream = np.where(nth < 0, -1, low[row_name] + skip[row_name] + nth)
    return row_name, row_stream


def _rows(
    boot: Boot, start: int, parsed: Parsed, index: Index, streams: Streams, names: Names,
    found: list[tuple[str, bool, bool]], which: Ints, row_name: Ints, row_stream: Ints,
    mft: Pieces, mask_path: MaskPath | None,
) -> Rows:  # fmt: skip
    count = row_name.size
    owner = names.owner[row_name]
    none = row_stream < 0
    at = np.where(none, 0, row_stream)

    def of_stream(column: Ints, otherwise: int = 0) -> Ints:
        if not column.size:
            return np.full(count, otherwise, np.int64)
        return np.where(none, otherwise, column[at])

    flags = np.zeros(count, np.int64)
    attribute = of_stream(streams.flags)
    away = of_stream(streams.away.astype(np.int64)) > 0
    flags |= np.where(attribute & 0x8000, table.SPARSE, 0)
    flags |= np.where(attribute & 0x4000, table.ENCRYPTED, 0)
    flags |= np.where((attribute & 0xFF > 0) & away, table.COMPRESSED, 0)
    flags |= np.where(of_stream(streams.whole.astype(np.int64), 1) == 0, table.UNRESOLVED, 0)
    links = np.bincount(names.owner, minlength=index.known.size)
    flags |= np.where(links[owner] > 1, table.HARD_LINK, 0)

    folder_text = pa.array([path for path, _, _ in found], pa.string())
    text = pa.array(names.text, pa.string())
    is_root = names.owner == ROOT
    name_path = pc.binary_join_element_wise(folder_text.take(pa.array(which)), text, "/")
    name_path = pc.if_else(pa.array(is_root), "/", name_path)
    lost = np.array([orphan for _, _, orphan in found], np.bool_)[which] & ~is_root
    hidden = np.array([masked for _, masked, _ in found], np.bool_)[which] | names.masked
    path = name_path.take(pa.array(row_name))

    kind = np.where(index.folder[owner] & none, table.DIRECTORY, table.FILE).astype(np.int8)
    target: list[str | None] = [None] * count
    _apply_reparse(parsed.reparse, owner, row_stream, streams, kind, flags, target, mask_path)

    codes = of_stream(streams.code)
    stream_text, masked_code = naming.mask_all(
        [naming.encode(name) for name in parsed.stream_names], mask_path
    )
    labels = pa.array([None, *stream_text[1:]], pa.string())
    flags |= np.where(
        _is_system(names, owner, codes, list(parsed.stream_names), row_name), table.SYSTEM, 0
    )

    resident = ~away & ~none
    runs = _row_runs(streams, start, boot.cluster_bytes, row_stream, resident, mft)
    standard = _by_owner(parsed.standard, index)
    time_columns = {
        name: table.times_from_filetime(np.ascontiguousarray(standard[owner, column]))
        for name, column in _TIME_COLUMNS
    } | {
        f"fn_{name}": table.times_from_filetime(np.ascontiguousarray(names.times[row_name, column]))
        for name, column in _TIME_COLUMNS
    }  # fmt: skip
    return Rows(
        path=path,
        masked=hidden[row_name] | masked_code[codes],
        file_id=pa.array(owner).cast(pa.string()),
        stream=labels.take(pa.array(codes)),
        deleted=~index.used[owner],
        orphan=lost[row_name],
        kind=kind,
        size=of_stream(streams.size),
        valid_size=of_stream(streams.valid),
        resident=resident,
        flags=flags,
        runs=runs,
        times=time_columns,
        link_target=pa.array(target, pa.string()),
    )


_TIME_COLUMNS = (("born", 0), ("modified", 1), ("changed", 2), ("accessed", 3))


def _by_owner(standard: Columns, index: Index) -> npt.NDArray[np.uint64]:
    out = np.zeros((index.known.size, 4), np.uint64)
    inside = standard["owner"] < index.known.size
    out[standard["owner"][inside]] = standard["times"][inside]
    return out


_OWN_FOLDERS = frozenset({"$ObjId", "$Quota", "$Reparse", "$UsnJrnl", "$RmMetadata", "$Deleted"})


def _is_system(
    names: Names, owner: Ints, codes: Ints, stream_names: list[str], row_name: Ints
) -> Bools:
    """Files of the file system itself. A named stream counts only with a name of the system's:
    whoever hides a stream at $MFT has not hidden it from us."""
    extend = (names.parent & RECORD_MASK) == EXTEND
    mine = names.owner < FIRST_USER
    for row in np.flatnonzero(extend).tolist():
        mine[row] |= names.text[row] in _OWN_FOLDERS
    inner = np.isin(names.parent & RECORD_MASK, names.owner[mine & extend])
    known = np.array([not name or name.startswith("$") for name in stream_names])
    return (mine | inner)[row_name] & known[codes]


def _apply_reparse(
    points: dict[int, tuple[int, str | None]], owner: Ints, row_stream: Ints, streams: Streams,
    kind: npt.NDArray[np.int8], flags: Ints, target: list[str | None], mask_path: MaskPath | None,
) -> None:  # fmt: skip
    """Links get their target; content that the system keeps elsewhere gets the flag for it."""
    if not points:
        return
    for row in np.flatnonzero(np.isin(owner, np.array(list(points), np.int64))).tolist():
        tag, text = points[int(owner[row])]
        stream = int(row_stream[row])
        if tag in {SYMLINK, MOUNT_POINT} and (stream < 0 or streams.code[stream] == 0):
            kind[row] = table.LINK
            if text is not None:
                path, hidden = naming.mask_name(encode_name(text), mask_path)
                target[row] = path if hidden else encode_name(text)
        elif (tag in {WOF, DEDUP} or tag & CLOUD_MASK == CLOUD & CLOUD_MASK) and stream >= 0:
            sparse = streams.away[stream] and streams.flags[stream] & 0x8000
            if streams.code[stream] == 0 and sparse:
                flags[row] |= table.PLACEHOLDER


def _row_runs(
    streams: Streams, start: int, cluster_bytes: int, row_stream: Ints, resident: Bools, mft: Pieces
) -> Runs:
    """Runs of each row in bytes of the medium; of a resident stream, its place in the record."""
    held = np.where(row_stream < 0, 0, row_stream)
    if not streams.owner.size:
        return Runs(np.zeros(row_stream.size + 1, np.int64), NONE, NONE)
    counts = np.diff(streams.runs.offset)[held]
    counts = np.where(row_stream < 0, 0, np.where(resident, 1, counts))
    which = ragged(np.where(resident, 0, streams.runs.offset[held]), counts)
    row = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    inside = resident[row]
    which = np.where(inside, 0, which)
    if streams.runs.start.size:
        first, length = streams.runs.start[which], streams.runs.length[which]
    else:
        first, length = np.zeros(which.size, np.int64), np.zeros(which.size, np.int64)
    place = np.where(first == HOLE, HOLE, start + first * cluster_bytes)
    return Runs(
        np.concatenate(([0], np.cumsum(counts))),
        np.where(inside, streams.place[held][row], place),
        np.where(inside, streams.size[held][row], length * cluster_bytes),
    )


# ------------------------------------------------------------------ names without a record


def _indexes(
    reader: Reader, start: int, boot: Boot, parsed: Parsed, troubles: list[Trouble]
) -> list[ntfs_index.Entries]:
    """Entries of all folders: those inside the records, and those of the index blocks."""
    found = list(parsed.inside)
    chosen = np.flatnonzero(parsed.other["type"] == INDEX_ALLOCATION)
    data: list[bytes] = []
    folder: list[Ints] = []
    held = total = 0

    def flush() -> None:
        if data:
            raw = np.frombuffer(b"".join(data), np.uint8)
            block, used = ntfs_index.blocks(raw, boot.index_bytes, boot.sector_bytes)
            found.append(ntfs_index.entries(block, np.concatenate(folder), used))

    for attribute in chosen.tolist():
        first, count = (int(parsed.other[name][attribute]) for name in ("first", "count"))
        part = b"".join(
            reader.read(start + at * boot.cluster_bytes, length * boot.cluster_bytes)
            for at, length in zip(
                parsed.runs["start"][first : first + count].tolist(),
                parsed.runs["length"][first : first + count].tolist(),
                strict=True,
            )
            if at != HOLE and length * boot.cluster_bytes <= INDEX_RUN_MAX
        )
        part = part[: len(part) // boot.index_bytes * boot.index_bytes]
        total += len(part)
        if total > INDEX_BYTES_MAX:
            troubles.append(Trouble("partial", "INDEX_BYTES_MAX"))
            break
        data.append(part)
        owner = parsed.other["owner"][attribute]
        folder.append(np.full(len(part) // boot.index_bytes, owner, np.int64))
        held += len(part)
        if held > BATCH_BYTES:
            flush()
            data, folder, held = [], [], 0
    flush()
    return found


def _lost_names(
    reader: Reader, start: int, boot: Boot, parsed: Parsed, index: Index, folders: Folders,
    troubles: list[Trouble], mask_path: MaskPath | None,
) -> Rows | None:  # fmt: skip
    """Rows of the names that folders remember and no record has: deleted, or records destroyed."""
    parts = _indexes(reader, start, boot, parsed, troubles)
    if not parts:
        return None
    entry = ntfs_index.Entries(
        *(np.concatenate(column) for column in list(zip(*parts, strict=True))[:-1]),
        [text for part in parts for text in part.text],
    )

    def keys(record: Ints, parent: Ints, text: list[str]) -> pa.Array:
        numbers = [pa.array(column & RECORD_MASK).cast(pa.string()) for column in (record, parent)]
        return pc.binary_join_element_wise(*numbers, _arrow_text(text), "/")

    known = keys(parsed.names["owner"], parsed.names["parent"], parsed.texts)
    own = keys(entry.file, entry.parent, entry.text)
    new = np.flatnonzero(~pc.is_in(own, value_set=known).to_numpy(zero_copy_only=False))
    if not new.size:
        return None
    once = np.sort(
        np.unique(own.take(pa.array(new)).to_numpy(zero_copy_only=False), return_index=True)[1]
    )
    new = new[once]
    record = entry.file & RECORD_MASK
    long_name = set(record[new][entry.space[new] != DOS_NAME].tolist())
    chosen = [
        i for i in new.tolist()
        if entry.space[i] != DOS_NAME or int(record[i]) not in long_name and not index.known[min(record[i], index.known.size - 1)]
    ]  # fmt: skip
    return _index_rows(entry, np.array(chosen, np.int64), index, folders, mask_path)


def _arrow_text(names: list[str]) -> pa.Array:
    """Names as Arrow text; half surrogate pairs, which are no text, are encoded."""
    try:
        return pa.array(names, pa.string())
    except UnicodeEncodeError:
        return pa.array([name if name.isascii() else encode_name(name) for name in names])


def _index_rows(
    entry: ntfs_index.Entries, chosen: Ints, index: Index, folders: Folders, mask_path: MaskPath | None
) -> Rows:  # fmt: skip
    count = chosen.size
    encoded = [naming.encode(entry.text[i]) for i in chosen.tolist()]
    text, masked = naming.mask_all(encoded, mask_path)
    of_folder = entry.folder[chosen]
    reference = of_folder | index.sequence[of_folder] << 48
    found = [folders.path(value) for value in reference.tolist()]
    record = entry.file[chosen] & RECORD_MASK
    gone = (record >= index.known.size) | ~index.known[np.minimum(record, index.known.size - 1)]
    size = np.where(entry.is_folder[chosen], 0, entry.size[chosen])
    times = np.ascontiguousarray(entry.times[chosen].T)
    columns = {f"fn_{name}": table.times_from_filetime(times[at]) for name, at in _TIME_COLUMNS}
    none = {name: table.no_times(count) for name, _ in _TIME_COLUMNS}
    return Rows(
        path=pa.array(
            [f"{path}/{name}" for (path, _, _), name in zip(found, text, strict=True)], pa.string()
        ),
        masked=masked | np.array([hidden for _, hidden, _ in found], np.bool_),
        file_id=pa.array(record).cast(pa.string()),
        stream=pa.nulls(count, pa.string()),
        deleted=~(gone & entry.live[chosen]),
        orphan=np.array([lost for _, _, lost in found], np.bool_),
        kind=np.where(entry.is_folder[chosen], table.DIRECTORY, table.FILE).astype(np.int8),
        size=size,
        valid_size=size,
        resident=np.zeros(count, np.bool_),
        flags=np.full(count, table.UNRESOLVED, np.int64),
        runs=Runs(np.zeros(count + 1, np.int64), NONE, NONE),
        times=none | columns,
        link_target=pa.nulls(count, pa.string()),
    )


# ------------------------------------------------------------------ what the bytes are


def _bitmap(
    reader: Reader, start: int, boot: Boot, streams: Streams, troubles: list[Trouble]
) -> Ranges | None:
    """Free clusters by $Bitmap, as bytes of the medium."""
    of_bitmap = np.flatnonzero((streams.owner == BITMAP) & (streams.code == 0))
    if not of_bitmap.size:
        troubles.append(Trouble("partial", "NO_MAP"))
        return None
    stream = int(of_bitmap[0])
    low, high = streams.runs.offset[stream], streams.runs.offset[stream + 1]
    data = b"".join(
        bytes(int(n) * boot.cluster_bytes)
        if at == HOLE
        else reader.read(start + int(at) * boot.cluster_bytes, int(n) * boot.cluster_bytes)
        for at, n in zip(streams.runs.start[low:high], streams.runs.length[low:high], strict=True)
    )[: int(streams.size[stream])]
    if len(data) * 8 < boot.clusters:
        troubles.append(
            Trouble("partial", "MAP_SHORT", (boot.clusters - len(data) * 8) * boot.cluster_bytes)
        )
    used = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: boot.clusters]
    free = runs_of(used == 0)
    return Ranges(start + free.start * boot.cluster_bytes, start + free.end * boot.cluster_bytes)


def _structures(reader: Reader, start: int, boot: Boot) -> list[Claim]:
    """What no attribute owns: the copy of the boot sector after the last cluster."""
    last = start + boot.volume_bytes
    if last + boot.sector_bytes <= reader.size and reader.read(last, 11)[3:] == b"NTFS    ":
        return [Claim(last, boot.sector_bytes, "BOOT_COPY")]
    return []


def _row_metadata(
    start: int, boot: Boot, parsed: Parsed, index: Index, names: Names, row_name: Ints
) -> tuple[Ints, Ints, Ints]:
    """Clusters of the attributes that are not $DATA, with the first row of their file."""
    owner, first, count = (parsed.other[name] for name in ("owner", "first", "count"))
    row_owner = names.owner[row_name]
    row = np.searchsorted(row_owner, owner)
    at = np.minimum(row, max(row_owner.size - 1, 0))
    good = (row < row_owner.size) & (owner < index.known.size)
    if row_owner.size:
        good &= row_owner[at] == owner
        good &= index.used[np.minimum(owner, index.known.size - 1)]
    row, first, count = row[good], first[good], count[good]
    which = ragged(first, count)
    cluster, length = parsed.runs["start"][which], parsed.runs["length"][which]
    real = cluster != HOLE
    return (
        np.repeat(row, count)[real],
        start + cluster[real] * boot.cluster_bytes,
        length[real] * boot.cluster_bytes,
    )
