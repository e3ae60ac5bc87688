"""What a worker does with one unit of the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from forensics import personal
from forensics.artifacts import papers
from forensics.evidence import open_medium
from forensics.examine import raw, split
from forensics.examine.content import Examiner
from forensics.examine.controls import control_rows
from forensics.examine.plan import (
    TIMES,
    Controls,
    ExamineUnit,
    FileBatch,
    Paper,
    RawWindow,
    find_in_plan,
    read_plan,
)
from forensics.examine.rows import Counts, Rows
from forensics.examine.search import Options
from forensics.examine.spots import Origin
from forensics.values import NO_TIME, Address, Interval, encode_name
from forensics.walk.stream import NotOpen, VolumeReader, open_volume
from forensics.work import alive

COMPANION_BYTES_MAX = 64 << 20
FREE_TEXT = ("sheet", "room", "raw_time", "detail")  # of a paper's row: people write what they like


def contents(unit: ExamineUnit, options: Options) -> dict[str, list[dict[str, Any]]]:
    """Examine a unit: tables contents, coverage, hits, counts, records, people, traces, …"""
    match unit:
        case FileBatch():
            return _files(unit, options)
        case RawWindow():
            return raw.window(unit, options)
        case Paper():
            return _paper(unit, options)
        case Controls():
            return {"controls": control_rows(options)}


def _files(unit: FileBatch, options: Options) -> dict[str, list[dict[str, Any]]]:
    plan = read_plan(unit.plan, unit.group).slice(unit.first, len(unit.rows)).to_pylist()
    rows, counts = Rows(), Counts()
    examiner = Examiner(options, rows, counts, unit.medium.size)
    with open_medium(unit.medium) as image:
        volume = open_volume(image, unit.volume_start)
        for row, (_, name) in zip(plan, unit.rows, strict=True):
            alive()
            address = Address.parse(name)
            origin = Origin(
                _path(row), partial(_times, row), _companion(volume, unit.plan, row["path"])
            )
            try:
                stream = volume.open(row)
            except NotOpen as error:
                examiner.not_open(address, row, error)
            else:
                near = split.beside(unit.plan, row)
                part = split.part_of(row, near, volume, unit.medium.size)
                examiner.stream(address, stream, row["state"], origin, part)
                if unit.medium.packed:  # it may hold a medium, which nobody has walked
                    why = ("unsupported", "UNSUPPORTED", unit.medium.container)
                    rows.trouble(address, stream.size, *why)
    rows.add(
        "coverage",
        address=unit.address,
        evidence=unit.medium.id,
        bytes=unit.bytes,
        outcome="examined",
        reason="FILES",
    )
    return {**rows.given(), "counts": counts.rows()}


def _path(row: dict[str, Any]) -> str | None:
    """The path that artefacts are looked for by; alternate streams are no artefacts of their file."""
    return None if row["stream"] else row["path"]


def _times(row: dict[str, Any]) -> dict[str, Interval]:
    return {
        name: NO_TIME
        if row[name] is None
        else Interval(row[name], row[f"{name}_until"], row[f"{name}_basis"])
        for name in TIMES
    }


def _companion(volume: VolumeReader, plan: str, path: str) -> Callable[[str], bytes | None]:
    """Reads a file that lies beside an artefact (a hive's transaction log), or None."""

    def read(name: str) -> bytes | None:
        wanted = str(PurePosixPath(path).parent / encode_name(name))
        rows = find_in_plan(plan, wanted)
        if not rows or rows[0]["size"] > COMPANION_BYTES_MAX:
            return None
        try:
            stream = volume.open(rows[0])
        except NotOpen:
            return None
        data, gaps = stream.read_gaps(0, stream.size)
        return None if gaps else data

    return read


def _paper(unit: Paper, options: Options) -> dict[str, list[dict[str, Any]]]:
    assert options.key_file
    key = Path(options.key_file).read_bytes()

    def token(person: str) -> str:
        return "p:" + hashlib.blake2b(person.encode(), key=key, digest_size=8).hexdigest()

    name = Path(unit.path).name
    found, gaps = papers.read(unit.kind, name, Path(unit.path).read_bytes(), token)
    for row in found:  # persons that stand in no column of persons
        row |= {column: personal.mask_text(row[column]) for column in FREE_TEXT if row[column]}
    rows = Rows({"papers": found})
    place = Address.parse(unit.address)
    for gap in gaps:
        rows.trouble(place, gap.length, "partial", gap.reason)
    return rows.given()
