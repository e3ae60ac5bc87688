"""Looking at a finished case, and at single files: status, show, extract, timeline, export, scan."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from forensics import case as cases
from forensics import schema
from forensics.case import Case, Refused
from forensics.terminal import shown
from forensics.values import Address, AddressError, decode_name

if TYPE_CHECKING:
    from forensics.artifacts import Parsed

PIECE_BYTES = 1 << 20
LINES_AT_ONCE = 1 << 14  # of a timeline
LOOKS = ("verified", "revealed", "extracted", "exported")  # lines of custody behind those of a run
LIBRARIES = (
    "pytsk3", "libewf-python", "yara-python", "python-magic", "pylibmagic", "dask", "distributed", "pandas",
    "numpy", "pyarrow", "duckdb", "deflate", "hyperscan", "jinja2", "jsonschema", "cryptography",
    "python-calamine", "xlsxwriter",
)  # fmt: skip


def _custody(folder: Path) -> list[dict[str, Any]]:
    """The lines of the custody log; one that a crash cut never was written."""
    if cases.case_id_of(folder) is None:
        raise Refused(f"{folder} is no case folder")
    whole, _, _ = (folder / cases.CUSTODY).read_bytes().rpartition(b"\n")
    try:
        lines = [json.loads(line) for line in whole.split(b"\n")]
        good = all(isinstance(line["event"] + line["time"], str) for line in lines)
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise Refused(f"{folder / cases.CUSTODY} is no custody log")
    return lines


def open_case_of(folder: Path, keys: Path | None) -> Case:
    """The case that a folder was written for, with its evidence; Refused where that is gone."""
    runs = [line for line in _custody(folder) if line["event"] == "run"]
    if not runs or not isinstance(runs[-1].get("source"), str):
        raise Refused(f"{folder / cases.CUSTODY} names no case file")
    source = Path(runs[-1]["source"])
    if not source.is_file():
        raise Refused(f"{source} is gone; the evidence is needed for this")
    return cases.load(source, folder, keys, digests=tuple(runs[-1].get("digests", ())))


def finished(folder: Path) -> bool:
    """Whether a run of the case has ever come to its end; Refused where it is no case folder."""
    return any(line["event"] == "finished" for line in _custody(folder))


def status(folder: Path) -> dict[str, Any]:
    """How far a case is: case, finished, last event of its run, time of that, exit (null: none yet), units done."""
    lines = _custody(folder)
    last = next((line for line in reversed(lines) if line["event"] not in LOOKS), lines[-1])
    return {
        "case": cases.case_id_of(folder),
        "finished": last["event"] == "finished",
        "last": last["event"],
        "time": last["time"],
        "exit": last.get("exit"),
        "units": sum(1 for _ in (folder / "parts").glob("*/*/done.json")),
    }


def status_text(folder: Path) -> str:
    """One paragraph: finished or interrupted, and when."""
    said = status(folder)
    when = _told(said["time"], _zone(folder))
    if said["finished"]:
        return f"{said['case']}   finished {when}   exit {said['exit']}   {said['units']} units"
    return (
        f"{said['case']}   not finished; last: {shown(said['last'])} {when}   {said['units']} units done\n"
        "no answer yet: an unfinished run says nothing about the case"
    )


def _told(time: str, zone: ZoneInfo) -> str:
    """A time of the custody log as people read it; as it stands where it is none."""
    try:
        return dt.datetime.fromisoformat(time).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError):
        return shown(time)


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except AddressError as error:
        raise Refused(str(error)) from None


def show(folder: Path, text: str, keys: Path | None, *, reveal: bool) -> str:
    """The bytes at an address: where, then a dump of offset, hex and text."""
    from forensics.examine import resolve

    address, case = _address(text), open_case_of(folder, keys)
    dump = resolve.look(case, address, reveal=reveal)
    if reveal:
        case.custody("revealed", address=text)
    name = shown(decode_name(address.path or "")) if address.path else ""
    head = f"{shown(text)}" + (f"      name: {name}" if name and name not in text else "")
    tail = (
        ""
        if reveal
        else "\nmasked: digits in runs, characters beyond ASCII, and what the rules find"
    )
    return f"{head}\n{dump}{tail}"


def extract(folder: Path, texts: Sequence[str], out: Path, keys: Path | None) -> Iterator[str]:
    """Copy contents out of the evidence into a folder; names are our own, never paths of evidence."""
    from forensics.examine import resolve

    addresses = [_address(text) for text in texts]
    case = open_case_of(folder, keys)
    if out.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"{out} lies in the case folder; the case must stay as it was sealed")
    if not cases.nearest(out).is_dir():
        raise Refused(f"{out} is no folder")
    for number, (text, address) in enumerate(zip(texts, addresses, strict=True), 1):
        target = out / f"{number:04d}-{_safe_name(address)}"
        if os.path.lexists(target):
            raise Refused(f"{target} exists")
        with resolve.content(case, address) as source, _new(target) as file:
            start = address.offset or 0
            end = (
                source.size if address.length is None else min(source.size, start + address.length)
            )
            lost = 0
            for offset in range(start, end, PIECE_BYTES):
                data, gaps = source.read_gaps(offset, min(PIECE_BYTES, end - offset))
                lost += sum(gap.length for gap in gaps)
                file.write(data)
        case.custody("extracted", address=text, bytes=end - start, unreadable=lost)
        yield f"{target}  {end - start} bytes" + (
            f"  {lost} of them unreadable, written as zeros" if lost else ""
        )


def _new(target: Path) -> IO[bytes]:
    """A new file, made with its folder only when there is something to write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.open("xb")


def _safe_name(address: Address) -> str:
    last = decode_name((*address.members, address.path or address.evidence)[0]).rsplit("/", 1)[-1]
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in last)[:80] or "content"


def timeline(
    folder: Path, start: str | None, until: str | None, *, as_json: bool = False
) -> Iterator[str]:
    """Dated facts in order, one line each: time in the case's zone, width, kind, place.

    as_json: each line an object of the columns of `events`, times in UTC.
    """
    import pyarrow.compute as pc

    zone = _zone(folder)
    place = folder / "tables" / "events" / "events.parquet"
    if not place.is_file():
        raise Refused(f"{folder} has no timeline; run the case first")
    events = cases.read_table(place)
    if start:
        events = events.filter(pc.greater(events.column("time_until"), _moment(start, zone)))
    if until:
        whole_day = dt.timedelta(days=len(until) == len("2022-06-21"))
        events = events.filter(pc.less(events.column("time"), _moment(until, zone) + whole_day))
    for batch in events.to_batches(max_chunksize=LINES_AT_ONCE):
        for row in batch.to_pylist():
            yield (
                json.dumps(row, default=dt.datetime.isoformat, ensure_ascii=False)
                if as_json
                else _event(row, zone)
            )


def _event(row: dict[str, Any], zone: ZoneInfo) -> str:
    """A row of `events` as one line."""
    time, told = row["time"], "no time"
    if time:
        told = f"{_local(time, zone)}  +{(row['time_until'] - time).total_seconds():.6f}s"
    return f"{told}  {row['kind']}  {shown(row['text'] or row['path'] or '')}  {shown(row['address'] or '')}"


def _local(time: dt.datetime, zone: ZoneInfo) -> str:
    """ISO 8601 with the offset of the zone; UTC where that would leave the calendar."""
    try:
        return time.astimezone(zone).isoformat(timespec="microseconds")
    except OverflowError:
        return time.isoformat(timespec="microseconds")


def _zone(folder: Path) -> ZoneInfo:
    """The zone that the last run's case file names, else UTC."""
    names = [line.get("timezone") for line in _custody(folder) if line["event"] == "run"]
    try:
        return ZoneInfo((names and names[-1]) or "UTC")
    except (KeyError, ValueError, OSError, TypeError):
        raise Refused(f"{folder / cases.CUSTODY} names no time zone") from None


def _moment(text: str, zone: ZoneInfo) -> dt.datetime:
    """A moment, in the zone where it names none; a year that leaves the calendar is no moment."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Refused(f"{text!r} is no ISO date or time") from None


def export(folder: Path, name: str, out: Path | None, keys: Path | None) -> str:
    """Write one list in a format of the field. File lists are walked anew: real paths, internal.

    Without `out` it goes to export/ of the case, which is sealed again.
    """
    from forensics import evidence, walk
    from forensics.report import export as exporting
    from forensics.report import seal
    from forensics.work import Crew

    formats = {format_.name: format_ for format_ in exporting.FORMATS}
    if name not in formats:
        raise Refused(f"unknown format {name}; there are: {', '.join(formats)}")
    case = open_case_of(folder, keys)
    tables = {table.name: case.table(table.name) for table in schema.TABLES}
    if "files" in formats[name].needs:
        units = walk.units(evidence.open_all(case), mask=False)
        with tempfile.TemporaryDirectory() as parts, Crew(Path(parts), workers=0) as crew:
            tables["paths"] = crew.each(walk.files, units).table("files")
    target = exporting.export(case, name, tables, out or folder / "export")
    case.custody("exported", format=name, file=target.name)
    if out is None:
        seal.reseal(case.folder, case.keys_folder)
    return str(target)


def schema_text(name: str | None) -> str:
    """A table's columns, or the list of tables."""
    if name is None:
        return "\n".join(f"{table.name:12} {table.row}" for table in schema.TABLES)
    if name not in schema.BY_NAME:
        raise Refused(
            f"unknown table {name}; there are: {', '.join(t.name for t in schema.TABLES)}"
        )
    table = schema.BY_NAME[name]
    lines = [
        f"{table.name}: one row is {table.row}",
        f"proves: {table.proves}",
        f"does not prove: {table.not_proves}",
        "",
    ]
    lines += [f"  {column.name:18} {column.type:8} {column.doc}" for column in table.columns]
    return "\n".join(
        [*lines, "", f"sorted by {', '.join(table.key)}; schema version {schema.VERSION}"]
    )


def parse(files: Sequence[Path]) -> bool:
    """Print the rows of artefacts as JSON lines, gaps to standard error; True where gaps were.

    A packed log is read as what it holds, a jump list by its streams.
    """
    from forensics.artifacts import ARTIFACTS, Content
    from forensics.unpack import UnpackError

    troubles = False
    for path in files:

        def companion(name: str, folder: Path = path.parent) -> bytes | None:
            beside = folder / name
            return beside.read_bytes() if beside.is_file() else None

        known = False
        try:
            for name, data in _parts(str(path.resolve()), _bytes(path)):
                content = Content(data, name, {}, companion)
                for artifact in ARTIFACTS:
                    if artifact.claims(name, data[:4096]):
                        known = True
                        troubles |= _print(path, artifact.name, artifact.parse(content))
        except UnpackError as error:
            troubles = True
            print(f"{path}: {error.reason}", file=sys.stderr)
        if not known:
            print(f"{path}: no artefact that is known", file=sys.stderr)
        troubles |= not known
    return troubles


def _parts(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file and, out of a compound or packed one, what it holds; with the paths that parsers get."""
    from forensics import unpack
    from forensics.examine.spots import COMPOUND, PACKED
    from forensics.unpack.unpacker import Budget, Buffer

    yield path, data
    unpacker = unpack.find(data[:4096])
    if unpacker is None or unpacker.name not in (COMPOUND, *PACKED):
        return
    for member in unpacker.members(Buffer(data), Budget(len(data))):
        ending = PACKED.get(unpacker.name)
        name = path.removesuffix(ending) if ending else f"{path}!{member.name}"
        if member.chunks is not None:
            yield name, b"".join(member.chunks())


def _print(path: Path, source: str, parsed: Parsed) -> bool:
    """True: something could not be read."""
    for table, rows in (("traces", parsed.traces), ("settings", parsed.settings)):
        for row in rows:
            told = {"table": table, "source": source, **row}
            print(json.dumps(told, ensure_ascii=False, default=str))
    for gap in parsed.gaps:
        print(f"{path}: {source}: bytes {gap.start}+{gap.length}: {gap.reason}", file=sys.stderr)
    return bool(parsed.gaps)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


def scan(paths: Sequence[str], *, as_json: bool) -> bool:
    """Personal data in plain files: masked hits and persons; True where something was not read."""
    from forensics.examine.plain import scan_file

    troubles = False
    for path in _plain_files(paths):
        result = scan_file(path)
        troubles |= bool(result["not_read"])
        if as_json:
            print(json.dumps(result, ensure_ascii=False, sort_keys=True))
            continue
        kinds = (
            ", ".join(f"{kind} {number}" for kind, number in sorted(result["hits"].items()))
            or "nothing"
        )
        print(f"{shown(str(result['file']))}: persons {result['persons']}; {kinds}")
        for line in result["not_read"]:
            print(f"  not read: {shown(line)}")
    return troubles


def _plain_files(paths: Sequence[str]) -> Iterator[str]:
    """Regular files below the paths, in order; links are not followed, devices not opened."""
    for path in paths:
        if path == "-":
            yield path
            continue
        try:
            mode = os.lstat(path).st_mode
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}") from None
        if stat.S_ISREG(mode):
            yield path
        elif stat.S_ISDIR(mode):
            for root, folders, names in os.walk(path):
                folders.sort()
                for name in sorted(names):
                    inner = Path(root) / name
                    if stat.S_ISREG(inner.lstat().st_mode):
                        yield str(inner)
        else:
            raise Refused(
                f"{path} is neither a file nor a folder (links and devices are not followed)"
            )


def doctor() -> str:
    """Versions of what is installed, and what it can and cannot open."""
    from forensics.artifacts import ARTIFACTS
    from forensics.unpack import UNPACKERS

    lines = [f"Python {sys.version.split()[0]}"]
    for name in LIBRARIES:
        try:
            lines.append(f"  {name:18} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            note = (
                "missing; the scan is slower, its findings are the same"
                if name == "hyperscan"
                else "MISSING"
            )
            lines.append(f"  {name:18} {note}")
    lines += [
        "containers    raw, split raw, E01 (own reader); named but not opened: VMDK, VHD, VHDX, qcow2, AFF4, AD1, DMG …",
        "file systems  FAT12/16/32, exFAT, NTFS, ext2/3/4, HFS+, ISO 9660 and what else libtsk opens; named: APFS, XFS, Btrfs …",
        "locked        BitLocker, LUKS, FileVault: named, not opened",
        f"members       {', '.join(unpacker.name for unpacker in UNPACKERS)}",
        f"artefacts     {', '.join(artifact.name for artifact in ARTIFACTS)}",
    ]
    return "\n".join(lines)
