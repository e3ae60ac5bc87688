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


