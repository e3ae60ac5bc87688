"""Names and folders of an NTFS volume, from its records and from the indexes of its folders."""

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


