"""NTFS: names, times, streams and runs of a whole volume from its $MFT, vectorised.

The layout is in `records`. Attribute lists need no reading: every record is parsed, and the
pieces of an attribute in extension records are joined to the base record's by VCN. A file is
found by its record, not by its folder: a deleted name costs nothing more, and what the folders'
indexes say beyond the records is added by `index`. pytsk3 is the referee in the tests, and the
reader of what is compressed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.values import encode_name
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk.intervals import Bools, Ints, Ranges, ragged, runs_of
from forensics.walk.names import Mask
from forensics.walk.ntfs import log
from forensics.walk.ntfs.mft import (
    MOUNT_POINT,
    RECORDS_MAX,
    SYMLINK,
    Parsed,
    batches,
    mft_pieces,
    parse,
)
from forensics.walk.ntfs.names import (
    FIRST_USER,
    ROOT,
    TIME_COLUMNS,
    Files,
    Folders,
    Names,
    drop_strays,
    files_of,
    lost_names,
    names_of,
    with_nameless,
)
from forensics.walk.ntfs.records import RECORD_MASK, Boot, read_boot
from forensics.walk.ntfs.streams import Streams, cross, row_runs, streams_of
from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE, Claim, Rows, Trouble, Walked

LOG_FILE, BITMAP, EXTEND = 2, 6, 11
_WOF, _DEDUP, _CLOUD = 0x80000017, 0x80000013, 0x9000001A
_CLOUD_MASK = 0xFFFF0FFF  # four bits tell providers apart
_COMPRESSED, _ENCRYPTED, _SPARSE = 0xFF, 0x4000, 0x8000
_OWN_NAMES = frozenset({"$ObjId", "$Quota", "$Reparse", "$UsnJrnl", "$RmMetadata", "$Deleted"})


def walk(reader: Reader, start: int, length: int, mask: Mask) -> Walked | None:
    """Everything the $MFT of the volume at `start` says; None where no $MFT can be read."""
    boot = read_boot(reader.read(start, 512))
    mft = None if boot is None else mft_pieces(reader, start, boot)
    if boot is None or mft is None:
        return None
    parsed = Parsed()
    for number, data in batches(reader, mft, boot):
        parse(data, number, boot, mft, parsed)
    if not parsed.records["number"].size:
        return None
    troubles = _damage(parsed, boot)
    if mft.records(boot) > RECORDS_MAX:
        lost = (mft.records(boot) - RECORDS_MAX) * boot.record_bytes
        troubles.append(Trouble("partial", "RECORDS_MAX", lost, "/$MFT"))

    files = files_of(parsed.records)
    drop_strays(parsed, files)
    streams = streams_of(parsed, boot.cluster_bytes)
    has_data = np.zeros(files.known.size, np.bool_)
    has_data[streams.owner] = True
    names = with_nameless(names_of(parsed, mask), files, has_data)
    folders = Folders(names, files)
    row_name, row_stream = cross(names, streams, files, troubles)
    rows = _rows(boot, start, parsed, files, streams, names, folders, row_name, row_stream, mask)
    remembered = lost_names(reader, start, boot, parsed, files, folders, troubles, mask)
    return Walked(
        filesystem="ntfs",
        label=parsed.label,
        serial=boot.serial,
        time_basis="utc",
        cluster_bytes=boot.cluster_bytes,
        end=start + min(boot.clusters * boot.cluster_bytes, length),
        rows=rows if remembered is None else table.join(rows, remembered),
        free=_free(reader, start, boot, streams, troubles),
        structures=_structures(reader, start, boot),
        row_metadata=_row_metadata(start, boot, parsed, files, names.owner[row_name]),
        troubles=troubles,
        left_open=parsed.dirty or log.is_open(_log_pages(reader, start, boot, streams)),
    )


def _log_pages(reader: Reader, start: int, boot: Boot, streams: Streams) -> list[bytes]:
    """The two restart pages with which $LogFile begins; none where it cannot be found."""
    of_log = np.flatnonzero((streams.owner == LOG_FILE) & (streams.code == 0) & streams.away)
    runs = (
        [] if not of_log.size else streams.runs.start[streams.runs.offset[of_log[0]] :][:1].tolist()
    )
    if not runs or runs[0] == HOLE:
        return []
    at = start + runs[0] * boot.cluster_bytes
    return [reader.read(at + page, log.HEAD_BYTES) for page in (0, log.PAGE_BYTES)]


def _damage(parsed: Parsed, boot: Boot) -> list[Trouble]:
    """One row for each kind of damage of the records."""
    return [
        Trouble("partial", reason, count * boot.record_bytes, "/$MFT")
        for reason, count in parsed.damage.items()
        if count
    ]


def _rows(
    boot: Boot, start: int, parsed: Parsed, files: Files, streams: Streams, names: Names,
    folders: Folders, row_name: Ints, row_stream: Ints, mask: Mask,
) -> Rows:  # fmt: skip
    count = row_name.size
    owner, none = names.owner[row_name], row_stream < 0

    def of_stream(column: Ints | Bools, otherwise: int) -> Ints:
        """The column of the row's stream; the appended value stands for no stream (-1)."""
        return np.append(column.astype(np.int64), otherwise)[row_stream]

    codes, away = of_stream(streams.code, 0), of_stream(streams.away, 0) > 0
    links = np.bincount(names.owner, minlength=files.known.size)
    kind = np.where(files.folder[owner] & none, table.DIRECTORY, table.FILE).astype(np.int8)
    labels, masked_labels = mask.all([naming.encode(name) for name in parsed.stream_names])
    flags = _flags(of_stream(streams.flags, 0), away)
    flags |= np.where(of_stream(streams.whole, 1) == 0, table.UNRESOLVED, 0)
    flags |= np.where(links[owner] > 1, table.HARD_LINK, 0)
    system = _is_system(names)[row_name] & _is_own_stream(parsed)[codes]
    flags |= np.where(system, table.SYSTEM, 0)
    target = _apply_reparse(parsed, owner, row_stream, streams, kind, flags, mask)
    path, masked, orphan = _paths(names, folders)
    standard = _standard_times(parsed, files)
    times = {
        prefix + name: table.times_from_filetime(np.ascontiguousarray(values[at, column]))
        for prefix, values, at in (("", standard, owner), ("fn_", names.times, row_name))
        for name, column in TIME_COLUMNS
    }
    resident = ~away & ~none
    return Rows(
        path=path.take(pa.array(row_name)),
        masked=masked[row_name] | masked_labels[codes],
        file_id=pa.array(owner).cast(pa.string()),
        stream=pa.array([None, *labels[1:]], pa.string()).take(pa.array(codes)),
        deleted=~files.used[owner],
        orphan=orphan[row_name],
        kind=kind,
        size=of_stream(streams.size, 0),
        valid_size=of_stream(streams.valid, 0),
        resident=resident,
        flags=flags,
        runs=row_runs(streams, start, boot.cluster_bytes, row_stream, resident),
        times=times,
        link_target=pa.array(target, pa.string(), size=count),
    )


def _flags(attribute: Ints, away: Bools) -> Ints:
    flags = np.where(attribute & _SPARSE, table.SPARSE, 0)
    flags |= np.where(attribute & _ENCRYPTED, table.ENCRYPTED, 0)
    flags |= np.where((attribute & _COMPRESSED > 0) & away, table.COMPRESSED, 0)
    return flags.astype(np.int64)


def _paths(names: Names, folders: Folders) -> tuple[pa.Array, Bools, Bools]:
    """Path of each name, whether it is masked, and whether its folder is lost."""
    parents, which = np.unique(names.parent, return_inverse=True)
    found = folders.of(parents)
    before = pa.array([folder.path for folder in found], pa.string()).take(pa.array(which))
    path = pc.binary_join_element_wise(before, pa.array(names.text, pa.string()), "/")
    is_root = names.owner == ROOT
    path = pc.if_else(pa.array(is_root), "/", path)
    masked = np.array([folder.masked for folder in found], np.bool_)[which] | names.masked
    orphan = np.array([folder.orphan for folder in found], np.bool_)[which]
    return path, masked, orphan & ~is_root


def _standard_times(parsed: Parsed, files: Files) -> npt.NDArray[np.uint64]:
    out = np.zeros((files.known.size, 4), np.uint64)
    out[parsed.standard["owner"]] = parsed.standard["times"]
    return out


def _is_system(names: Names) -> Bools:
    """Which names are files of the file system itself."""
    in_extend = (names.parent & RECORD_MASK) == EXTEND
    mine = names.owner < FIRST_USER
    for row in np.flatnonzero(in_extend).tolist():
        mine[row] |= names.text[row] in _OWN_NAMES
    below = np.isin(names.parent & RECORD_MASK, names.owner[mine & in_extend])
    return np.asarray(mine | below)


def _is_own_stream(parsed: Parsed) -> Bools:
    """Which stream names the system uses: who hides a stream at $MFT has not hidden it from us."""
    return np.array([not name or name.startswith("$") for name in parsed.stream_names], np.bool_)


def _apply_reparse(
    parsed: Parsed, owner: Ints, row_stream: Ints, streams: Streams, kind: npt.NDArray[np.int8],
    flags: Ints, mask: Mask,
) -> list[str | None]:  # fmt: skip
    """Targets of links; content that the system keeps elsewhere gets the flag for it."""
    target: list[str | None] = [None] * owner.size
    points = np.array(list(parsed.reparse), np.int64)
    for row in np.flatnonzero(np.isin(owner, points)).tolist():
        tag, text = parsed.reparse[int(owner[row])]
        stream = int(row_stream[row])
        if stream >= 0 and streams.code[stream]:
            continue
        if tag in {SYMLINK, MOUNT_POINT}:
            kind[row] = table.LINK
            encoded = None if text is None else encode_name(text)
            target[row] = encoded and mask.path(encoded)
        elif _is_elsewhere(tag) and stream >= 0 and streams.flags[stream] & _SPARSE:
            flags[row] |= table.PLACEHOLDER
    return target


def _is_elsewhere(tag: int) -> bool:
    return tag in {_WOF, _DEDUP} or tag & _CLOUD_MASK == _CLOUD & _CLOUD_MASK


# ------------------------------------------------------------------ what the bytes are


def _free(
    reader: Reader, start: int, boot: Boot, streams: Streams, troubles: list[Trouble]
) -> Ranges | None:
    """Free clusters by $Bitmap, as bytes of the medium."""
    of_bitmap = np.flatnonzero((streams.owner == BITMAP) & (streams.code == 0) & streams.away)
    if not of_bitmap.size:
        troubles.append(Trouble("partial", "NO_MAP"))
        return None
    stream = int(of_bitmap[0])
    runs = slice(streams.runs.offset[stream], streams.runs.offset[stream + 1])
    need = min((boot.clusters + 7) // 8, int(streams.size[stream]))
    data = bytearray()
    for cluster, count in zip(streams.runs.start[runs], streams.runs.length[runs], strict=True):
        length = min(int(count) * boot.cluster_bytes, need - len(data))
        at = start + int(cluster) * boot.cluster_bytes
        data += bytes(length) if cluster == HOLE else reader.read(at, length)
    if len(data) * 8 < boot.clusters:
        missing = (boot.clusters - len(data) * 8) * boot.cluster_bytes
        troubles.append(Trouble("partial", "MAP_SHORT", missing))
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
    start: int, boot: Boot, parsed: Parsed, files: Files, row_owner: Ints
) -> tuple[Ints, Ints, Ints]:
    """Clusters of the attributes that are not $DATA, with the first row of their file."""
    owner, first, count = (parsed.other[name] for name in ("owner", "first", "count"))
    row = np.searchsorted(row_owner, owner)
    good = np.append(row_owner, -1)[row] == owner
    good &= files.used[owner]
    which = ragged(first[good], count[good])
    cluster, length = parsed.runs["start"][which], parsed.runs["length"][which]
    real = cluster != HOLE
    return (
        np.repeat(row[good], count[good])[real],
        start + cluster[real] * boot.cluster_bytes,
        length[real] * boot.cluster_bytes,
    )
