r"""Programs that ran, and the files and volumes they touched when they started: prefetch (.pf).

Layout          "MAM\4", u32 size, then LZXPRESS Huffman (Windows 10 and later), or plain. u32 version
                (17 XP, 23 Vista, 7, 26: 8, 30: 10, 31: 11), "SCCA", name at 16 (UTF-16), hash 76,
                metrics 84, file names 100 (offset, bytes; UTF-16 with NULs), volumes 108 (offset,
                count). Last runs: FILETIME at 120 (17), 128 (23), 8 × at 128 (26 and later). Runs: u32
                at 144 (17), 152 (23), 208 (26, and 30 with metrics at 304), 200. Volume (40, 104, 96
                bytes): offset and characters of its name, FILETIME created 8, u32 serial 16
Source          libyal/libscca "Windows Prefetch File (PF) format"
Proves          the program ran, lately at these times; in one of its runs it touched these files within
                its first seconds, and these volumes were there. Told are files of other volumes than
                the system's, and those of users
Does not prove  by whom; in which run; that a file was read to the end. Off on servers; a program that
                was open already leaves nothing
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, never_expected
from forensics.artifacts.text import iso, utf16z
from forensics.artifacts.windows import xpress
from forensics.values import NO_TIME, Gap, Interval, from_filetime

HEAD = 212  # bytes up to the last field that is read
SIZE_MAX = 32 << 20  # bytes of an unpacked file
VOLUMES_MAX = 64
NAMES_MAX = 20_000
NAME_MAX = 29  # characters of the name of a program; a longer one is cut
_VOLUME_SIZES = {17: 40, 23: 104, 26: 104, 30: 96, 31: 96}
_LAST = {17: (120, 1), 23: (128, 1), 26: (128, 8), 30: (128, 8), 31: (128, 8)}  # place, number
_PROFILE = re.compile(r"\\(?:users|documents and settings)\\", re.IGNORECASE)
_SETTINGS = re.compile(
    r"\\(?:appdata|application data|local settings|cookies|start menu)\\|\\(?:ntuser[^\\]*|desktop\.ini)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Volume:
    name: str  # `\VOLUME{01d…-1a2b3c4d}` or `\DEVICE\HARDDISKVOLUME2`
    created: int  # FILETIME
    serial: str


def parse(content: Content) -> Parsed:
    gaps: list[Gap] = []
    data = _plain(content.data, gaps)
    version = _u32(data, 0)
    if len(data) < HEAD or data[4:8] != b"SCCA" or version not in _LAST:
        reason = "VERSION" if len(data) >= HEAD else "TRUNCATED"
        return Parsed([], [], [*gaps, Gap(0, len(content.data), reason)])
    names = _names(data, gaps, len(content.data))
    volumes = _volumes(data, version, gaps, len(content.data))
    rows = list(_rows(data, version, names, volumes))
    return Parsed([row | {"at": (0, len(content.data))} for row in rows], [], gaps)


def _plain(data: bytes, gaps: list[Gap]) -> bytes:
    """The file unpacked; a gap where it cannot be, or not to its end."""
    if data[:3] != b"MAM":
        return data
    size, start = _u32(data, 4), 12 if data[3:4] == b"\x84" else 8  # 84: with a checksum
    plain = xpress.unpack(data[start:], min(size, SIZE_MAX))
    if len(plain) < size:
        gaps.append(Gap(0, len(data), "BAD_PACKING"))
    return plain


def _names(data: bytes, gaps: list[Gap], length: int) -> list[str]:
    start, size = _u32(data, 100), _u32(data, 104)
    if start + size > len(data):
        gaps.append(Gap(0, length, "NAMES_SHORT"))
    raw = data[start : start + size]
    text = raw[: len(raw) & ~1].decode("utf-16-le", "replace")
    names = [name for name in text.split("\0") if name]
    if len(names) > NAMES_MAX:
        gaps.append(Gap(0, length, "ROW_LIMIT"))
    return names[:NAMES_MAX]


def _volumes(data: bytes, version: int, gaps: list[Gap], length: int) -> list[_Volume]:
    start, count, size = _u32(data, 108), _u32(data, 112), _VOLUME_SIZES[version]
    found = []
    for at in range(start, start + min(count, VOLUMES_MAX) * size, size):
        if at + size > len(data):
            gaps.append(Gap(0, length, "VOLUMES_SHORT"))
            break
        place, characters, created, serial = struct.unpack_from("<IIQI", data, at)
        name = utf16z(data[start + place : start + place + 2 * characters])
        found.append(_Volume(name, created, f"{serial:08X}"))
    return found


def _rows(data: bytes, version: int, names: list[str], volumes: list[_Volume]) -> Iterator[Row]:
    program = utf16z(data[16:76])
    whole = len(program) < NAME_MAX
    path = next((name for name in names if _is_program(name, program, whole=whole)), program)
    runs = _u32(data, _runs_at(version, _u32(data, 84)))
    place, number = _LAST[version]
    last = [raw for raw in struct.unpack_from(f"<{number}Q", data, place) if raw]
    home = _serial(path, volumes)
    said = {"runs": runs, "hash": f"{_u32(data, 76):08X}", "program": program}
    for raw in last:
        yield {
            "kind": "program_run", "time": from_filetime(raw), "time_raw": str(raw), "path": path,
            "volume_serial": home, "detail": detail(**said),
        }  # fmt: skip
    when = _when(last, runs)
    system = next((_serial(name, volumes) for name in names if name.endswith("\\NTDLL.DLL")), home)
    for volume in volumes:
        if volume.serial != system:
            created = iso(from_filetime(volume.created))
            yield {
                "kind": "volume_seen", "time": when, "volume_serial": volume.serial,
                "detail": detail(**said, volume_created=created, name=volume.name),
            }  # fmt: skip
    for name in names:
        serial = _serial(name, volumes)
        theirs = serial != system or (_PROFILE.search(name) and not _SETTINGS.search(name))
        if serial is not None and theirs and name != path:
            yield {
                "kind": "file_touched", "time": when, "path": name, "volume_serial": serial,
                "detail": detail(**said),
            }  # fmt: skip


def _is_program(name: str, program: str, *, whole: bool) -> bool:
    last = name.rpartition("\\")[2]
    return last == program or (not whole and last.startswith(program))


def _when(last: list[int], runs: int) -> Interval:
    """From the first run to the last, where all of them are told; else it is not known."""
    times = [time for raw in last if (time := from_filetime(raw)).start is not None]
    if not times or runs > len(times):
        return NO_TIME
    return Interval(
        min(time.start or 0 for time in times), max(time.until or 0 for time in times), "utc"
    )


def _runs_at(version: int, metrics: int) -> int:
    if version < 26:
        return {17: 144, 23: 152}[version]
    return 208 if version == 26 or metrics == 304 else 200


def _serial(name: str, volumes: list[_Volume]) -> str | None:
    """Serial of the volume that a file lies on."""
    return next((one.serial for one in volumes if name.startswith(one.name + "\\")), None)


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


ARTIFACT = Artifact(
    name="prefetch",
    family="app",
    records=("program_run",),
    where=r"/windows/prefetch/[^/]+\.pf$",
    claims=lambda path, head: (
        head[4:8] == b"SCCA" or (head[:3] == b"MAM" and path.lower().endswith(".pf"))
    ),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
