"""A medium's bytes made readable: containers, volumes, file systems, digests, acquisition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.case import earlier
from forensics.evidence import headers
from forensics.evidence.check import check
from forensics.evidence.facts import SECTOR_BYTES, Facts, Unreadable, Unsupported, joined
from forensics.evidence.files import Files
from forensics.evidence.image import Image, open_image
from forensics.evidence.signatures import ARCHIVES
from forensics.values import Gap
from forensics.work import alive

if TYPE_CHECKING:
    from forensics.case import Case, Item

__all__ = ["Image", "Medium", "Unreadable", "Unsupported", "check", "digest", "open_all", "open_image",
           "open_medium"]  # fmt: skip

BORDER_BYTES = 1 << 20  # of each end of a segment, for the identity
READ_BYTES = 1 << 20  # of one step of the digest
RAW = ("raw", "split_raw")
FILES = "collection"  # role of an item that is files, not a medium
NOT_COMPARED = "BASELINE_NOT_COMPARED"  # a copy of bytes of which no volume of the medium is known
MAPPED = "UNREADABLE_SECTOR"  # reason of a gap that the acquisition's own map names


@dataclass(frozen=True, slots=True)
class Medium:
    """An item of evidence, opened or not; also the unit of `digest`.

    image: absolute path of the first segment; image_text: as in case.toml. stored, declared:
    (algorithm, hex). gaps: as in Facts. reason: why it could not be opened; size is then that of
    the file, and container the name of what was recognised. baseline: path of what the owner kept
    from before the loss.
    """

    id: str
    role: str
    label: str
    image: str
    image_text: str
    container: str
    size: int
    sector_size: int
    segments: tuple[str, ...]
    stored: tuple[tuple[str, str], ...]
    declared: tuple[tuple[str, str], ...]
    acquired: str | None
    serial: str | None
    authorised: bool | None
    timezone: str | None
    gaps: tuple[Gap, ...]
    reason: str | None
    identity: str
    baseline: str | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def address(self) -> str:
        return self.id

    @property
    def bytes(self) -> int:
        return self.size

    @property
    def unopened(self) -> str:
        """The outcome of a medium that could not be opened."""
        return "unsupported" if self.reason == "UNSUPPORTED" else "unreadable"

    @property
    def is_archive(self) -> bool:
        return self.reason is None and self.container in ARCHIVES

    @property
    def packed(self) -> bool:
        """Is it an archive where a medium is expected? Its members are read, no medium among them."""
        return self.is_archive and self.role != FILES


def open_all(case: Case) -> tuple[Medium, ...]:
    """Every item of evidence of a case; one that cannot be opened is a Medium with a reason."""
    return tuple(_medium(item) for item in case.evidence)


def open_medium(medium: Medium) -> Image:
    """The medium's bytes. Raises as open_image does, and Unsupported if it has a reason."""
    if medium.reason is not None:
        raise Unsupported(medium.container, medium.reason)
    return open_image(Path(medium.image))


def _medium(item: Item) -> Medium:
    path = item.image.absolute()
    reason = None
    try:
        with open_image(path) as image:
            facts = image.facts
    except Unsupported as error:
        facts, reason = _unopened(path, error.container), error.reason
    except OSError:
        facts, reason = _unopened(path, "folder" if path.is_dir() else "unreadable"), "UNREADABLE"
    if path.is_dir():
        reason = "UNSUPPORTED"
    elif reason is None and facts.size == 0:
        reason = "TRUNCATED"  # an image without a byte is none of a medium
    return Medium(
        item.id, item.role, item.label, str(path), item.image_text, facts.container, facts.size,
        facts.sector_size, facts.segments, facts.stored, item.digests, facts.acquired,
        item.serial, item.authorised, item.timezone, facts.gaps, reason,
        _identity(facts, item, reason), str(item.baseline) if item.baseline else None,
    )  # fmt: skip


def _unopened(path: Path, container: str) -> Facts:
    try:
        size = path.stat().st_size if path.is_file() else 0
    except OSError:
        size = 0
    return Facts(container, size, SECTOR_BYTES, (str(path),) if size else ())


def _identity(facts: Facts, item: Item, reason: str | None) -> str:
    """A digest of all that results depend on, without reading the whole medium.

    Container facts without folders (a case may be moved), digests, the role, and of each segment its
    size, modification time and both ends.
    """
    named = (facts.container, facts.size, facts.sector_size, facts.stored, facts.gaps, item.digests)
    state = hashlib.sha256(repr((*named, item.role, reason)).encode())
    if item.baseline:
        with item.baseline.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    for segment in facts.segments:
        path = Path(segment)
        try:
            with path.open("rb") as file:
                head = file.read(BORDER_BYTES)
                size = file.seek(0, 2)
                file.seek(max(size - BORDER_BYTES, 0))
                tail = file.read(BORDER_BYTES)
            state.update(repr((path.name, size, path.stat().st_mtime_ns)).encode() + head + tail)
        except OSError:
            state.update(b"unreadable")
    return state.hexdigest()


def digest(medium: Medium, options: object = None) -> dict[str, list[dict[str, Any]]]:  # noqa: ARG001 # every stage has options
    """Reads the whole medium once, as it will be examined: tables `evidence`, `coverage` and `baselines`.

    SHA-256 and each algorithm of a declared or stored digest. What cannot be read is one coverage
    row per range and reason; the medium then has no digest, and is not verified: a stored digest
    that agrees does not excuse a bad chunk.
    """
    if medium.reason is not None:
        return {"evidence": [_row(medium, {}, medium.reason)], "coverage": [_not_opened(medium)]}
    copy = earlier.header(medium.baseline) if medium.baseline else None
    algorithms = {"sha256", *(name for name, _ in (*medium.declared, *medium.stored))}
    states = {name: hashlib.new(name) for name in sorted(algorithms)}
    gaps: list[Gap] = []
    try:
        with open_medium(medium) as image:
            for data, found in _pieces(image):
                alive()
                gaps += found
                if not gaps:
                    for state in states.values():
                        state.update(data)
            notes = image.notes
            baselines = headers.compare(image, copy) if copy else []
            unused = copy is not None and not baselines
    except (Unsupported, OSError):  # it was there when the case was opened
        row = _coverage(medium, Gap(0, medium.size, "UNREADABLE"))
        return {"evidence": [_row(medium, {}, "UNREADABLE")], "coverage": [row]}
    gaps = joined(gaps)
    digests = {} if gaps else {name: state.hexdigest() for name, state in states.items()}
    coverage = [_coverage(medium, gap) for gap in gaps]
    coverage += [_noted(medium, note) for note in notes]
    coverage += [
        {**_not_opened(medium), "bytes": 0, "outcome": "skipped", "reason": NOT_COMPARED}
    ] * unused
    reason = gaps[0].reason if gaps else None
    held = [{"evidence": medium.id, **row} for row in baselines]
    return {"evidence": [_row(medium, digests, reason)], "coverage": coverage, "baselines": held}


def _pieces(image: Image) -> Iterator[tuple[bytes, list[Gap]]]:
    """All of a medium; large gaps that are known are not read (a damaged table may claim 2 TiB)."""
    known = [gap for gap in image.facts.gaps if gap.length > READ_BYTES]
    offset = 0
    while offset < image.size:
        alive()
        end = max((gap.start + gap.length for gap in known if gap.start <= offset), default=0)
        if end > offset:
            reason = next(gap.reason for gap in known if gap.start + gap.length == end)
            yield b"", [Gap(offset, end - offset, reason)]
        else:
            end = min(offset + READ_BYTES, image.size)
            yield image.read_gaps(offset, end - offset)
        offset = end


def _row(medium: Medium, digests: dict[str, str], reason: str | None) -> dict[str, Any]:
    compared = [("DECLARED_DIFFERS", name, value) for name, value in medium.declared]
    compared += [("STORED_DIFFERS", name, value) for name, value in medium.stored]
    differing = [code for code, name, value in compared if digests.get(name) != value.lower()]
    if medium.reason is not None:
        verified: bool | None = None if not compared else False
    elif reason is None and medium.packed and differing:
        # What is declared may be of the medium inside, which nobody has read.
        digests, verified, reason = {}, False, "UNSUPPORTED"
    elif reason is None:
        verified = None if not compared else not differing
        reason = differing[0] if differing else None
    else:
        verified = _file_agrees(medium)
    return {
        "evidence": medium.id,
        "role": medium.role,
        "label": medium.label,
        "container": medium.container,
        "image": medium.image_text,
        "segments": len(medium.segments),
        "size": medium.size,
        "sector_size": medium.sector_size,
        "sha256": digests.get("sha256"),
        "declared": " ".join(f"{name}:{value}" for name, value in medium.declared) or None,
        "stored": [f"{name}:{value}" for name, value in medium.stored],
        "verified": verified,
        "serial": medium.serial,
        "authorised": medium.authorised,
        "acquired": medium.acquired,
        "reason": reason,
    }


def _file_agrees(medium: Medium) -> bool:
    """Parts of the medium could not be read. The file may still be the one that was acquired.

    Where the acquisition itself mapped all of them, the bytes of the raw file, zeros of unread
    sectors included, are hashed and compared with what is declared. A file that is short, or that
    lacks a segment, is not the evidence that was declared.
    """
    mapped = all(gap.reason == MAPPED for gap in medium.gaps)
    if medium.container not in RAW or not medium.declared or not mapped:
        return False
    states = {name: hashlib.new(name) for name, _ in medium.declared}
    files = Files([Path(segment) for segment in medium.segments])
    try:
        for number in range(len(medium.segments)):
            for offset in range(0, files.size(number), READ_BYTES):
                data = files.pread(number, offset, READ_BYTES)
                alive()
                for state in states.values():
                    state.update(data)
    except OSError:
        return False
    finally:
        files.close()
    return all(states[name].hexdigest() == value.lower() for name, value in medium.declared)


def _not_opened(medium: Medium) -> dict[str, Any]:
    return {"address": medium.id, "evidence": medium.id, "bytes": medium.size, "outcome": medium.unopened,
            "reason": medium.reason, "method": None}  # fmt: skip


def _coverage(medium: Medium, gap: Gap) -> dict[str, Any]:
    return {"address": f"{medium.id}@{gap.start}+{gap.length}", "evidence": medium.id,
            "bytes": gap.length, "outcome": "unreadable", "reason": gap.reason, "method": None}  # fmt: skip


def _noted(medium: Medium, note: str) -> dict[str, Any]:
    """Damage of the container that took no byte of the medium: said, and no more."""
    outcome = "partial" if note == "LONGER_THAN_MEDIUM" else "examined"
    return {"address": medium.id, "evidence": medium.id, "bytes": 0, "outcome": outcome,
            "reason": note, "method": None}  # fmt: skip
