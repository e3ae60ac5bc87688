"""The tables `files`, `spans` and `coverage` of a walked volume, the same for all file systems.

From the columns of `rows`: addresses, extents trimmed to the size, and what content, slack and
metadata claim of the medium.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics import schema
from forensics.values import NO_TIME
from forensics.walk.intervals import Bools, Ints, Ranges, complement, intersect
from forensics.walk.rows import (
    BASES,
    COMPRESSED,
    FILE,
    FLAGS,
    HARD_LINK,
    HOLE,
    KINDS,
    NO_BASIS,
    NOT_UNMOUNTED,
    SYSTEM,
    TWIN,
    Claim,
    Rows,
    Runs,
    Trouble,
    Walked,
)


def addresses(evidence: str, volume: str, rows: Rows) -> pa.Array:
    """Addresses of all rows.

    The file id stands in one where the path alone may name several files: where it is masked, where
    the file is deleted, and where another name of the volume has the same path (`twin`).
    """
    named = rows.masked | rows.deleted | (rows.flags & TWIN > 0)
    empty = pa.scalar("")
    file_id = pc.if_else(pa.array(named), pc.binary_join_element_wise("#", rows.file_id, ""), empty)
    stream = pc.fill_null(pc.binary_join_element_wise(":", rows.stream, ""), "")
    return pc.binary_join_element_wise(f"{evidence}:{volume}:", rows.path, file_id, stream, "")


def flag_twins(rows: Rows) -> None:
    """Set `twin` on allocated rows whose path and stream are not unique in the volume."""
    live = np.flatnonzero(~rows.deleted)
    if live.size == 0:
        return
    names = pc.binary_join_element_wise(
        rows.path.take(pa.array(live)), pc.fill_null(rows.stream.take(pa.array(live)), ""), ":"
    )
    codes = names.dictionary_encode()
    if len(codes.dictionary) < live.size:
        indices = codes.indices.to_numpy(zero_copy_only=False)
        rows.flags[live[np.bincount(indices)[indices] > 1]] |= TWIN


def tables(evidence: str, volume: str, start: int, length: int, walked: Walked) -> dict[str, Any]:
    """The tables of one walked volume that begins at byte `start` of the medium."""
    rows = walked.rows
    flag_twins(rows)
    owner = addresses(evidence, volume, rows)
    return {
        "files": _files(evidence, volume, rows, owner),
        "spans": _spans(evidence, volume, Ranges(*_pair(start, start + length)), walked, owner),
        "coverage": coverage(evidence, volume, [*walked.troubles, *_notes(walked)]),
    }


def _pair(start: int, end: int) -> tuple[Ints, Ints]:
    return np.array([start], np.int64), np.array([end], np.int64)


def _notes(walked: Walked) -> list[Trouble]:
    """What is to be known of a volume and takes no byte of it.

    Names and maps are as the volume has them. The last changes may be in a journal only, which is not applied but
    swept raw, as are the blocks it speaks of: nothing is unread, so this bars no negative.
    """
    return [Trouble("examined", NOT_UNMOUNTED)] if walked.left_open else []


def coverage(
    evidence: str, volume: str | None, troubles: Iterable[Trouble]
) -> list[dict[str, Any]]:
    base = evidence if volume is None else f"{evidence}:{volume}"
    out = []
    for trouble in troubles:
        place = trouble.place or ""
        glue = ":" if place.startswith("/") else ""
        out.append(
            {
                "address": base + glue + place,
                "evidence": evidence,
                "bytes": trouble.bytes,
                "outcome": trouble.outcome,
                "reason": trouble.reason,
            }
        )
    return out


# ------------------------------------------------------------------ files


def _files(evidence: str, volume: str, rows: Rows, address: pa.Array) -> pa.Table:
    count = rows.size.size
    columns: dict[str, Any] = {
        "evidence": pa.repeat(evidence, count),
        "volume": pa.repeat(volume, count),
        "path": rows.path,
        "masked": pa.array(rows.masked),
        "file_id": rows.file_id,
        "stream": rows.stream,
        "state": _codes(rows.deleted.astype(np.int32), ("allocated", "deleted")),
        "orphan": pa.array(rows.orphan),
        "kind": _codes(rows.kind.astype(np.int32), KINDS),
        "size": pa.array(rows.size),
        "valid_size": pa.array(rows.valid_size),
        "resident": pa.array(rows.resident),
        "flags": _flag_lists(rows.flags),
        "extents": _extents(rows),
        "link_target": rows.link_target,
        "address": address,
    }
    for name, times in rows.times.items():
        unknown = times.basis == NO_BASIS
        columns[name] = _stamps(times.start, unknown)
        columns[f"{name}_until"] = _stamps(times.until, unknown)
        columns[f"{name}_basis"] = _codes(times.basis.astype(np.int32), BASES)
        if times.raw is not None and not name.startswith("fn_"):
            columns[f"{name}_raw"] = pa.array(times.raw)
    none = NO_TIME.basis
    arrays = []
    for wanted in schema.BY_NAME["files"].arrow():
        column = columns.get(wanted.name)
        if column is None and wanted.name.endswith("_basis"):
            column = _codes(np.zeros(count, np.int32), (none,))
        if column is None:
            column = pa.nulls(count, wanted.type)
        if column.type != wanted.type:
            column = column.cast(wanted.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema.BY_NAME["files"].arrow())


def _codes(index: npt.NDArray[np.int32], values: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(values, pa.string()))


def _stamps(micros: Ints, unknown: Bools) -> pa.Array:
    return pa.array(micros, mask=unknown).view(pa.timestamp("us", "UTC"))


def _flag_lists(flags: Ints) -> pa.Array:
    values, index = np.unique(flags, return_inverse=True)
    lists = [[name for bit, name in enumerate(FLAGS) if value >> bit & 1] for value in values]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(index))


def _extents(rows: Rows) -> pa.Array:
    """Runs trimmed to the size; those of compressed streams whole."""
    offset, start, length = rows.runs
    row, before = _places(rows.runs)
    limit = np.where(rows.flags & COMPRESSED > 0, np.iinfo(np.int64).max, rows.size)
    length = np.clip(limit[row] - before, 0, length)
    keep = length > 0
    kept = np.concatenate(([0], np.cumsum(keep)))[offset].astype(np.int32)
    pairs = pa.StructArray.from_arrays(
        [pa.array(start[keep]), pa.array(length[keep])], names=["start", "length"]
    )
    return pa.ListArray.from_arrays(pa.array(kept), pairs)


def _places(runs: Runs) -> tuple[Ints, Ints]:
    """For each run: the row it belongs to, and its offset in the stream, bytes."""
    counts = np.diff(runs.offset)
    row = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    total = np.concatenate(([0], np.cumsum(runs.length)))
    return row, total[:-1] - total[runs.offset[:-1]][row]


# ------------------------------------------------------------------ spans


def _spans(evidence: str, volume: str, whole: Ranges, walked: Walked, owner: pa.Array) -> pa.Table:
    parts = [
        *_base_spans(whole, walked),
        *_row_spans(walked, owner.take(pa.array(_first_names(walked.rows)))),
        _structure_spans(walked.structures),
    ]
    start = np.concatenate([part[0] for part in parts])
    end = np.minimum(start + np.concatenate([part[1] for part in parts]), whole.end)
    start = np.maximum(start, whole.start)
    length = end - start
    count = start.size
    arrays = [
        pa.repeat(evidence, count),
        pa.repeat(volume, count),
        pa.array(start),
        pa.array(length),
        pa.concat_arrays([_repeat(part[2], part[0].size) for part in parts]),
        pa.concat_arrays([_owners(part[3], part[0].size) for part in parts]),
        pa.concat_arrays([_repeat(part[4], part[0].size) for part in parts]),
    ]
    wanted = schema.BY_NAME["spans"].arrow()
    arrays = [
        array.dictionary_encode().cast(kind.type) if pa.types.is_dictionary(kind.type) else array
        for array, kind in zip(arrays, wanted, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=wanted).filter(pa.array(length > 0))


_Part = tuple[Ints, Ints, str, "pa.Array | str | None", "str | None"]


def _repeat(value: str | None, count: int) -> pa.Array:
    return pa.nulls(count, pa.string()) if value is None else pa.repeat(value, count)


def _owners(owner: pa.Array | str | None, count: int) -> pa.Array:
    return owner if isinstance(owner, pa.Array) else _repeat(owner, count)


def _structure_spans(claims: list[Claim]) -> _Part:
    start, length, name = zip(*claims, strict=True) if claims else ((), (), ())
    owners = pa.array(name, pa.string())
    return np.array(start, np.int64), np.array(length, np.int64), "metadata", owners, None


def _base_spans(whole: Ranges, walked: Walked) -> list[_Part]:
    """What the bytes are where nothing better is known: in use, free, or past the file system."""
    end = np.minimum(whole.end, walked.end)
    past: _Part = (end, whole.end - end, "slack", "VOLUME_SLACK", None)
    if walked.free is None:
        return [(whole.start, end - whole.start, "unallocated", "NO_MAP", None), past]
    free = walked.free
    used = complement(free, int(whole.start[0]), int(end[0]))
    return [
        (used.start, used.end - used.start, "unowned", None, None),
        (free.start, free.end - free.start, "unallocated", None, None),
        past,
    ]


def _first_names(rows: Rows) -> Ints:
    """For each row the first one of its stream: the name under which a file of several is examined."""
    out = np.arange(rows.size.size, dtype=np.int64)
    linked = np.flatnonzero(rows.flags & HARD_LINK)
    if not linked.size:
        return out
    at = pa.array(linked)
    state = pa.array(rows.deleted[linked]).cast(pa.string())
    streams = pc.binary_join_element_wise(
        rows.file_id.take(at), state, pc.fill_null(rows.stream.take(at), ""), ":"
    ).dictionary_encode()
    code = streams.indices.to_numpy(zero_copy_only=False)
    out[linked] = linked[np.unique(code, return_index=True)[1]][code]
    return out


def _row_spans(walked: Walked, owner: pa.Array) -> list[_Part]:
    """Content, slack and metadata of the rows.

    The content of a stream ends at its size or, where less was ever written, at its valid size;
    what follows in its clusters is slack. What is no file is metadata: a folder's names, a link's
    target. Deleted streams claim only what the map says is free.
    """
    rows = walked.rows
    row, before = _places(rows.runs)
    real = (rows.runs.start != HOLE) & ~rows.resident[row]
    row, before = row[real], before[real]
    start, length = rows.runs.start[real], rows.runs.length[real]
    written = np.minimum(rows.size, rows.valid_size)
    limit = np.where(rows.flags & COMPRESSED > 0, np.iinfo(np.int64).max, written)
    content = np.clip(limit[row] - before, 0, length)
    is_metadata = (rows.kind != FILE) | (rows.flags & SYSTEM > 0)
    live, meta = ~rows.deleted[row], is_metadata[row]
    parts: list[_Part] = []

    def claim(chosen: Bools, first: Ints, count: Ints, kind: str, state: str | None) -> None:
        chosen = chosen & (count > 0)
        parts.append((first[chosen], count[chosen], kind, owner.take(pa.array(row[chosen])), state))

    def claim_free(chosen: Bools, first: Ints, count: Ints, kind: str) -> None:
        picked = np.flatnonzero(chosen & (count > 0))
        begin, stop = first[picked], first[picked] + count[picked]
        index = np.arange(picked.size, dtype=np.int64)
        if walked.free is not None:
            index, begin, stop = intersect(begin, stop, walked.free)
        owners = owner.take(pa.array(row[picked[index]]))
        parts.append((begin, stop - begin, kind, owners, "deleted"))

    claim(live & meta, start, length, "metadata", None)
    claim(live & ~meta, start, content, "content", "allocated")
    claim(live & ~meta, start + content, length - content, "slack", "allocated")
    claim_free(~live & ~meta, start, content, "content")
    claim_free(~live & ~meta, start + content, length - content, "slack")
    of_row, first, count = walked.row_metadata
    parts.append((first, count, "metadata", owner.take(pa.array(of_row)), None))
    of_row, first, count = walked.row_slack
    parts.append((first, count, "slack", owner.take(pa.array(of_row)), "allocated"))
    return parts
