"""Content of a row of `files`: plain runs straight from the medium, the rest through libtsk.

Plain is what the extents say: holes and what was never written (beyond valid_size) read as zeros,
content inside an NTFS record gets its fixups. Compressed streams, and those whose runs the walk
could not follow, go through pytsk3.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from forensics.evidence import Image, Unreadable
from forensics.evidence.facts import clipped
from forensics.values import Gap
from forensics.walk import copies
from forensics.walk import names as naming
from forensics.walk.ntfs import mft, records
from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE

TIMES_MEDIUM = 4  # that much of a stream is read: a size beyond it is a damaged or hollow one …
STREAM_BYTES_MIN = 256 << 20  # … but never less than this
RECORDS_BYTES = 1 << 16
_HFS_TYPES = {None: (0x1100,), "rsrc": (0x1101,)}
_NTFS_DATA, _PLAIN_DATA = 128, 1


class NotOpen(ValueError):  # noqa: N818
    """Content that cannot be read, whatever the medium: outcome, reason, method as in `coverage`."""

    def __init__(self, outcome: str, reason: str, method: str | None = None) -> None:
        self.outcome, self.reason, self.method = outcome, reason, method
        super().__init__(reason)


Mft = tuple[list[tuple[int, int, int]], "Stream"]  # (start, length, offset in it) …, content
ReadGaps = Callable[[int, int], tuple[bytes, list[Gap]]]


class Stream:
    """The content of one stream. Offsets, also those of gaps, are offsets in the stream."""

    def __init__(self, size: int, read_gaps: ReadGaps) -> None:
        self.size = size
        self._read_gaps = read_gaps

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes.

        Unreadable names what of them is no data; ValueError if the range is not in the stream.
        """
        data, gaps = self.read_gaps(offset, length)
        if gaps:
            raise Unreadable(gaps)
        return data

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        """Exactly `length` bytes, and the gaps in them (zero-filled: no data)."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ValueError(f"range {offset}+{length} is not in a stream of {self.size} bytes")
        data, gaps = self._read_gaps(offset, length)
        assert len(data) == length, (offset, length, len(data))
        return data, gaps


def readable_bytes(size: int, medium_bytes: int | None) -> int:
    """How much of a stream is read: a damaged inode may claim 2^60 bytes on a small medium."""
    if medium_bytes is None:
        return size
    return min(size, max(TIMES_MEDIUM * medium_bytes, STREAM_BYTES_MIN))


def read_inside(image: Image, offset: int, length: int) -> tuple[bytes, list[Gap]]:
    """Exactly `length` bytes of the medium; what lies past its end is a gap."""
    inside = max(min(length, image.size - offset), 0)
    data, gaps = image.read_gaps(offset, inside) if inside else (b"", [])
    if inside == length:
        return data, gaps
    lost = Gap(offset + inside, length - inside, "PAST_END")
    return data + bytes(length - inside), [*gaps, lost]


def plain(image: Image, extents: Sequence[tuple[int, int]], size: int, valid_size: int) -> Stream:
    """A stream that is its extents: (start in the medium or HOLE, length), bytes, in file order."""
    if len(extents) == 1 and extents[0][0] != HOLE and extents[0][1] >= size == valid_size:
        return Stream(size, _one_run(image, extents[0][0]))
    before = [0, *accumulate(length for _, length in extents)]

    def read_gaps(offset: int, length: int) -> tuple[bytes, list[Gap]]:
        parts: list[bytes] = []
        gaps: list[Gap] = []
        end = offset + length
        written = min(end, valid_size)
        index = bisect_right(before, offset) - 1
        while offset < written and index < len(extents):
            start = extents[index][0]
            count = min(before[index + 1], written) - offset
            if count > 0 and start == HOLE:
                parts.append(bytes(count))
            elif count > 0:
                at = start + offset - before[index]
                data, found = read_inside(image, at, count)
                parts.append(data)
                gaps += [Gap(gap.start - at + offset, gap.length, gap.reason) for gap in found]
            offset += max(count, 0)
            index += 1
        if offset < written:
            gaps.append(Gap(offset, written - offset, "NO_RUN"))
            offset = written
        held = sum(map(len, parts))
        parts.append(bytes(length - held))
        return b"".join(parts), gaps

    return Stream(size, read_gaps)


def _one_run(image: Image, start: int) -> ReadGaps:
    def read_gaps(offset: int, length: int) -> tuple[bytes, list[Gap]]:
        data, found = read_inside(image, start + offset, length)
        return data, [Gap(gap.start - start, gap.length, gap.reason) for gap in found]

    return read_gaps


def open_volume(image: Image, start: int, *, mask: bool = True) -> VolumeReader:
    """A handle on the volume that begins at byte `start`; opens what it needs when it needs it.

    mask: as in the walk that wrote the rows; the names of streams are masked alike.
    """
    return VolumeReader(image, start, mask=mask)


class VolumeReader:
    """Opens streams of the rows of one volume."""

    def __init__(self, image: Image, start: int, *, mask: bool) -> None:
        self._image, self._start, self._mask = image, start, mask
        self._reader = Reader(copies.at(image, start))
        self._boot = records.read_boot(self._reader.read(start, 512))
        self._mft: Mft | None = None
        self._records: tuple[int, bytes, list[Gap]] = (0, b"", [])  # offset in it, of some of them
        self._system: Any = None

    def open(self, row: Mapping[str, Any]) -> Stream:
        """The content of a row of `files`; NotOpen says why there is none to read.

        Needs the columns file_id, stream, state, size, valid_size, resident, flags, extents.
        """
        flags = row["flags"] or ()
        size, valid_size = row["size"], row["valid_size"]
        if "encrypted" in flags:
            raise NotOpen("locked", "LOCKED", "EFS" if self._boot else "fscrypt")
        if "placeholder" in flags:
            raise NotOpen("unsupported", "PLACEHOLDER")
        extents = [
            (extent["start"], extent["length"]) if isinstance(extent, dict) else tuple(extent)
            for extent in row["extents"] or ()
        ]
        if size == 0:
            return plain(self._image, (), 0, 0)
        if row["resident"] and extents and self._boot:
            return self._resident(extents[0][0], size)
        odd = "compressed" in flags or (row["resident"] and not extents)
        if odd or ("unresolved" in flags and self._boot and row["extents"]):
            return self._through_tsk(row)
        if not extents:
            outcome = "skipped" if row["state"] == "deleted" else "unreadable"
            raise NotOpen(outcome, "NO_RUN")
        return plain(self._image, extents, size, valid_size)

    def _resident(self, place: int, size: int) -> Stream:
        """Content inside an NTFS record: the record with its fixups, from that place on."""
        boot = self._boot
        assert boot is not None
        if self._mft is None:
            self._mft = self._open_mft(boot)
        pieces, content = self._mft
        for start, length, before in pieces:
            if start <= place < start + length:
                skip = (before + place - start) % boot.record_bytes
                data, gaps = self._near(content, before + place - start - skip, boot.record_bytes)
                break
        else:
            raise NotOpen("unreadable", "NO_RECORD")
        record = records.fixed_record(data, boot.sector_bytes)
        if gaps or record is None or skip + size > len(record):
            raise NotOpen("unreadable", gaps[0].reason if gaps else "FIXUP_MISMATCH")
        inside = record[skip : skip + size]
        return Stream(size, lambda at, n: (inside[at : at + n], []))

    def _near(self, content: Stream, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        """A piece of the $MFT: its neighbours are read along, for they are asked for next."""
        low, data, gaps = self._records
        if not low <= offset <= low + len(data) - length:
            low = offset // RECORDS_BYTES * RECORDS_BYTES
            size = max(min(RECORDS_BYTES, content.size - low), offset + length - low)
            self._records = low, data, gaps = low, *content.read_gaps(low, size)
        skip = offset - low
        return data[skip : skip + length], clipped(gaps, offset, length) if gaps else []

    def _open_mft(self, boot: records.Boot) -> Mft:
        pieces = mft.mft_pieces(self._reader, self._start, boot)
        if pieces is None:
            raise NotOpen("unreadable", "NO_RECORD")
        runs = list(zip(*(column.tolist() for column in pieces), strict=True))
        size = sum(length for _, length, _ in runs) // boot.record_bytes * boot.record_bytes
        return runs, plain(self._image, [run[:2] for run in runs], size, size)

    def _through_tsk(self, row: Mapping[str, Any]) -> Stream:
        from forensics.walk import tsk

        if self._system is None:
            opened = tsk.open_volume(self._reader, self._start, "ntfs" if self._boot else None)
            if opened is None:
                raise NotOpen("unsupported", "NO_FILE_SYSTEM")
            self._system = opened
        system, filesystem = self._system
        try:
            file = system.open_meta(inode=int(row["file_id"]))
            attribute = self._attribute(file, filesystem, row["stream"])
        except tsk.Errors as error:
            raise NotOpen("unreadable", type(error).__name__) from None
        if attribute is None:
            raise NotOpen("unreadable", "NO_STREAM")
        kind, number = attribute
        reader = self._reader

        def read_gaps(offset: int, length: int) -> tuple[bytes, list[Gap]]:
            reader.gaps.clear()
            try:
                data = file.read_random(offset, length, kind, number) if length else b""
            except tsk.Errors as error:
                return bytes(length), [Gap(offset, length, type(error).__name__)]
            gaps = [Gap(offset, length, gap.reason) for gap in reader.gaps][:1]
            if len(data) < length:
                gaps = gaps or [Gap(offset + len(data), length - len(data), "SHORT_READ")]
            return data[:length] + bytes(length - len(data)), gaps

        return Stream(row["size"], read_gaps)

    def _attribute(self, file: Any, filesystem: str, stream: str | None) -> tuple[int, int] | None:
        """Type and id of the attribute behind a stream name of the table."""
        mask = naming.Mask(wanted=self._mask)
        for attribute in file:
            info = attribute.info
            kind, name = int(info.type), info.name or b""
            if filesystem == "ntfs":
                text = mask.name(naming.encode(name))[0] if name else None
                fits = kind == _NTFS_DATA and text == stream
            elif filesystem == "hfs+":
                fits = kind in _HFS_TYPES.get(stream, ())
            else:
                fits = kind == _PLAIN_DATA
            if fits:
                return kind, int(info.id)
        return None
