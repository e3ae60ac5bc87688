"""Data streams of an NTFS volume: pieces joined by VCN, and what their clusters are."""

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
