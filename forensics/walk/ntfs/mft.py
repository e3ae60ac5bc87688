"""The $MFT of a volume: where it lies, and what its records say, as columns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from forensics.walk.intervals import NONE, Bools, Ints
from forensics.walk.ntfs import index, records
from forensics.walk.ntfs.records import RECORD_MASK, Attributes, Boot, Bytes, gather, number_at
from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE

BATCH_BYTES = 4 << 20  # of $MFT parsed at once: its columns stay in memory that is warm (measured)
RECORDS_MAX = 1 << 27  # a $MFT of 128 GiB; what lies beyond is one coverage row
SYMLINK, MOUNT_POINT = 0xA000000C, 0xA0000003
_SIGNATURE = 0x454C4946  # "FILE"
_VOLUME_RECORD = 3


class Pieces(NamedTuple):
    """Runs of the $MFT itself: bytes of the medium, and where each begins in the $MFT."""

    start: Ints
    length: Ints
    before: Ints

    def place(self, offset: Ints) -> Ints:
        """Offsets in the $MFT as bytes of the medium."""
        piece = np.searchsorted(self.before, offset, side="right") - 1
        return self.start[piece] + offset - self.before[piece]

    def records(self, boot: Boot) -> int:
        return int(self.length.sum()) // boot.record_bytes


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
            parts[:] = [np.concatenate(parts) if parts else NONE]
        return parts[0]

    def keep(self, rows: Bools) -> None:
        """Only the rows that are True."""
        for name in list(self._parts):
            self._parts[name] = [self[name][rows]]


@dataclass
class Parsed:
    """What the records of a volume say.

    In all groups `record` is the record that holds the attribute and `owner` the file it belongs
    to: the base record of an extension record, else the record itself.
    """

    records: Columns = field(default_factory=Columns)  # number used folder sequence base
    standard: Columns = field(default_factory=Columns)  # record owner times (4)
    names: Columns = field(default_factory=Columns)  # record owner parent times (4) space
    texts: list[str] = field(default_factory=list)  # beside names
    data: Columns = field(default_factory=Columns)  # record owner code away vcn size valid flags …
    stream_names: dict[str, int] = field(default_factory=lambda: {"": 0})
    other: Columns = field(default_factory=Columns)  # record owner type first count: not $DATA
    runs: Columns = field(default_factory=Columns)  # start (cluster or HOLE) length (clusters)
    run_count: int = 0
    reparse: dict[int, tuple[int, str | None]] = field(default_factory=dict)  # owner: tag, target
    entries: list[index.Entries] = field(default_factory=list)  # of folders, inside their records
    label: str | None = None
    dirty: bool = False
    damage: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # reason: records


def mft_pieces(reader: Reader, start: int, boot: Boot) -> Pieces | None:
    """Where the $MFT of the volume at `start` lies: by its own first record, else by the mirror.

    Where the runs of $MFT itself go on in extension records, those lie in the part known so far.
    """
    for cluster in (boot.mft_cluster, boot.mirror_cluster):
        if not 0 < cluster < boot.clusters:
            continue
        at = start + cluster * boot.cluster_bytes
        first = Pieces(*(np.array([number], np.int64) for number in (at, boot.record_bytes, 0)))
        pieces, has_list = _own_runs(reader, start, boot, first)
        while has_list and pieces is not None:
            more, _ = _own_runs(reader, start, boot, pieces)
            if more is None or more.start.size <= pieces.start.size:
                break
            pieces = more
        if pieces is not None:
            return pieces
    return None


def _own_runs(reader: Reader, start: int, boot: Boot, known: Pieces) -> tuple[Pieces | None, bool]:
    """Runs of the $MFT that the records in `known` give; and whether it has an attribute list."""
    pieces: list[tuple[int, Ints, Ints]] = []
    has_list = False
    for number, data in batches(reader, known, boot):
        batch = _batch(data, number, boot)
        found = batch.found
        mine = (batch.owner == 0) & (found.record == 0)
        has_list |= bool((mine & (found.type == records.ATTRIBUTE_LIST)).any())
        mine |= (batch.owner == 0) & (found.record != 0)
        chosen = mine & (found.type == records.DATA) & found.nonresident
        chosen &= (found.name_length == 0) & (found.length >= 0x40)
        at = found.at[chosen]
        runs_at = at + number_at(data, at + 0x20, "<u2")
        which, cluster, count, _ = records.decode_runs(data, runs_at, at + found.length[chosen])
        vcn = number_at(data, at + 0x10, "<i8").tolist()
        pieces += [(first, cluster[which == i], count[which == i]) for i, first in enumerate(vcn)]
    clusters, counts, reached = [NONE], [NONE], 0
    for vcn_first, cluster, count in sorted(pieces, key=lambda piece: piece[0]):
        if vcn_first == reached:
            clusters.append(cluster)
            counts.append(count)
            reached += int(count.sum())
    begin, length = np.concatenate(clusters), np.concatenate(counts)
    good = (begin > 0) & (begin + length <= boot.clusters)
    if not good.size or not good[0]:
        return None, has_list
    begin = start + begin[good] * boot.cluster_bytes
    length = length[good] * boot.cluster_bytes
    return Pieces(begin, length, np.cumsum(length) - length), has_list


def batches(reader: Reader, pieces: Pieces, boot: Boot) -> Any:
    """Pairs (number of the first record, bytes of whole records), writable, in order.

    What cannot be read is zeros, and `reader` knows it.
    """
    total = min(pieces.records(boot), RECORDS_MAX) * boot.record_bytes
    step = BATCH_BYTES // boot.record_bytes * boot.record_bytes
    for offset in range(0, total, step):
        length = min(step, total - offset)
        out = bytearray()
        piece = int(np.searchsorted(pieces.before, offset, side="right")) - 1
        while len(out) < length:
            skip = max(offset - int(pieces.before[piece]), 0)
            want = min(int(pieces.length[piece]) - skip, length - len(out))
            out += reader.read(int(pieces.start[piece]) + skip, want)
            piece += 1
        yield offset // boot.record_bytes, np.frombuffer(out, np.uint8)


# ------------------------------------------------------------------ bytes to columns


class Batch(NamedTuple):
    """Attributes of the records in a piece of the $MFT, fixups applied."""

    found: Attributes
    owner: Ints  # of each attribute
    good: Ints  # places of the sound records
    base: Ints  # their base references
    torn: int  # records whose fixups do not fit
    unended: int  # sound records whose attributes do not end properly


def _batch(data: Bytes, number: int, boot: Boot) -> Batch:
    size = boot.record_bytes
    block = data.reshape(-1, size)
    signed = block.view("<u4")[:, 0] == _SIGNATURE
    good = np.flatnonzero(records.fix_up(block, boot.sector_bytes, signed))
    found, ended = records.attributes(data, good * size, good + number, size)
    base = np.zeros(signed.size, np.int64)
    base[good] = block.view("<i8")[good, 4]
    of_base = base[found.record - number]
    owner = np.where(of_base == 0, found.record, of_base & RECORD_MASK)
    torn = int(signed.sum()) - good.size
    return Batch(found, owner, good, base[good], torn, int((~ended).sum()))


def parse(data: Bytes, number: int, boot: Boot, mft: Pieces, into: Parsed) -> None:
    """Add what the records in `data` say; the first has this number."""
    batch = _batch(data, number, boot)
    found, owner, good, size = batch.found, batch.owner, batch.good, boot.record_bytes
    halves = data.view("<u2")
    flags = halves[(good * size + 0x16) >> 1]
    into.records.add(
        number=good + number,
        used=flags & 1 > 0,
        folder=flags & 2 > 0,
        sequence=halves[(good * size + 0x10) >> 1].astype(np.int64),
        base=batch.base,
    )
    into.damage["FIXUP_MISMATCH"] += batch.torn
    into.damage["ATTRIBUTES_DAMAGED"] += batch.unended
    folders = good[flags & 2 > 0]
    block = data.reshape(-1, size)[folders]
    used = block.view("<u4")[:, 6].astype(np.int64)
    into.entries.append(index.entries(block, folders + number, used))

    content = found.at + halves[(found.at + 0x14) >> 1]
    width = number_at(data, found.at + 0x10, "<u4")
    inside = ~found.nonresident & (content + width <= found.at + found.length)
    chosen = inside & (found.type == records.STANDARD) & (width >= 0x30)
    times = gather(data, content[chosen], 32).view("<u8")
    into.standard.add(record=found.record[chosen], owner=owner[chosen], times=times)
    _parse_names(data, found, owner, content, inside, width, into)
    _parse_runs(data, found, owner, boot, into)
    _parse_data(data, found, owner, mft.place(content + number * size), inside, width, into)
    for at in np.flatnonzero(inside & (found.type == records.REPARSE) & (width >= 8)).tolist():
        raw = data[content[at] : content[at] + width[at]].tobytes()
        into.reparse[int(owner[at])] = reparse_point(raw)
    is_label = inside & (found.type == records.VOLUME_NAME) & (owner == _VOLUME_RECORD)
    for at in np.flatnonzero(is_label).tolist():
        raw = data[content[at] : content[at] + width[at]].tobytes()
        into.label = raw.decode("utf-16-le", "replace") or None
    about = inside & (found.type == records.VOLUME_INFORMATION) & (owner == _VOLUME_RECORD)
    into.dirty |= bool((data[content[about & (width >= 12)] + 10] & 1).any())


def _parse_names(
    data: Bytes, found: Attributes, owner: Ints, content: Ints, inside: Bools, width: Ints,
    into: Parsed,
) -> None:  # fmt: skip
    """Add the $FILE_NAME attributes."""
    chosen = np.flatnonzero(inside & (found.type == records.NAME) & (width >= 0x42))
    units = data[content[chosen] + 0x40].astype(np.int64)
    fits = 0x42 + 2 * units <= width[chosen]
    chosen, units = chosen[fits], units[fits]
    head = gather(data, content[chosen], 0x42)
    into.names.add(
        record=found.record[chosen],
        owner=owner[chosen],
        parent=np.ascontiguousarray(head[:, :8]).view("<i8")[:, 0],
        times=np.ascontiguousarray(head[:, 8:40]).view("<u8"),
        space=head[:, 0x41],
    )
    into.texts += records.texts(data, content[chosen] + 0x42, units)


def _parse_runs(data: Bytes, found: Attributes, owner: Ints, boot: Boot, into: Parsed) -> None:
    """Add the runs of every non-resident attribute; keep for each attribute which are its."""
    away = np.flatnonzero(found.nonresident & (found.length >= 0x40))
    at, stop = found.at[away], found.at[away] + found.length[away]
    runs_at = np.minimum(at + number_at(data, at + 0x20, "<u2"), stop)
    which, cluster, count, sound = records.decode_runs(data, runs_at, stop)
    outside = (cluster != HOLE) & ((cluster < 0) | (cluster + count > boot.clusters))
    sound[which[outside]] = False
    into.damage["RUNS_DAMAGED"] += int((~sound).sum())
    into.runs.add(start=cluster[~outside], length=count[~outside])
    counts = np.bincount(which[~outside], minlength=away.size).astype(np.int64)
    first = np.cumsum(counts) - counts + into.run_count
    into.run_count += int(counts.sum())
    is_data = found.type[away] == records.DATA
    rest, mine = away[~is_data], away[is_data]
    into.other.add(
        record=found.record[rest],
        owner=owner[rest],
        type=found.type[rest],
        first=first[~is_data],
        count=counts[~is_data],
    )
    at = found.at[mine]
    into.data.add(
        record=found.record[mine],
        owner=owner[mine],
        code=_codes(data, found, mine, into.stream_names),
        away=np.ones(mine.size, np.bool_),
        vcn=number_at(data, at + 0x10, "<i8"),
        size=number_at(data, at + 0x30, "<i8"),
        valid=number_at(data, at + 0x38, "<i8"),
        flags=found.flags[mine],
        place=np.zeros(mine.size, np.int64),
        first=first[is_data],
        count=counts[is_data],
        sound=sound[is_data],
    )


def _parse_data(
    data: Bytes, found: Attributes, owner: Ints, place: Ints, inside: Bools, width: Ints,
    into: Parsed,
) -> None:  # fmt: skip
    """Add the resident $DATA attributes; place: where the content lies, bytes of the medium."""
    mine = np.flatnonzero(inside & (found.type == records.DATA))
    none = np.zeros(mine.size, np.int64)
    into.data.add(
        record=found.record[mine],
        owner=owner[mine],
        code=_codes(data, found, mine, into.stream_names),
        away=none > 0,
        vcn=none,
        size=width[mine],
        valid=width[mine],
        flags=found.flags[mine],
        place=place[mine],
        first=none,
        count=none,
        sound=none == 0,
    )


def _codes(data: Bytes, found: Attributes, chosen: Ints, known: dict[str, int]) -> Ints:
    """Numbers of the names of attributes: 0 none, the others as in `known`, which grows."""
    code = np.zeros(chosen.size, np.int64)
    for place in np.flatnonzero(found.name_length[chosen]).tolist():
        attribute = chosen[place]
        first = int(found.at[attribute])
        begin = first + int(found.name_at[attribute])
        end = begin + 2 * int(found.name_length[attribute])
        raw = data[begin : min(end, first + int(found.length[attribute]))].tobytes()
        text = raw[: len(raw) // 2 * 2].decode("utf-16-le", "surrogatepass")
        code[place] = known.setdefault(text, len(known))
    return code


def reparse_point(raw: bytes) -> tuple[int, str | None]:
    """Tag of a reparse point, and the target of a link."""
    tag = int.from_bytes(raw[:4], "little")
    head = {SYMLINK: 20, MOUNT_POINT: 16}.get(tag)
    if head is None or len(raw) < head:
        return tag, None
    offset = int.from_bytes(raw[8:10], "little")
    length = int.from_bytes(raw[10:12], "little")
    return tag, raw[head + offset : head + offset + length].decode("utf-16-le", "replace")
