"""The $MFT of a volume: where it lies, and what its records say, as columns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from forensics.walk.intervals import NONE, Bools, Ints
from forensics.walk.ntfs import index
from forensics.walk.ntfs.records import (
    DATA,
    HOLE_CLUSTER,
    Attributes,
    Boot,
    Bytes,
    attributes,
    decode_runs,
    fix_up,
    gather,
    number_at,
    texts,
)
from forensics.walk.reader import Reader

BATCH_BYTES = 32 << 20  # of $MFT parsed at once: bounds memory
RECORDS_MAX = 1 << 27  # a $MFT of 128 GiB; what lies beyond is one coverage row


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


