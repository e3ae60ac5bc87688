"""Reading case.toml: every value checked, and what is wrong said with its line."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import stat
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forensics.case import earlier
from forensics.case.case import Case, Item, Register
from forensics.case.custody import CUSTODY, case_id_of, default_keys_folder
from forensics.case.refused import Refused
from forensics.share import share
from forensics.values import EVIDENCE_ID, micros

FILE_BYTES_MAX = 4 << 20  # of case.toml: an image that was named instead is not read
ROLES = ("medium", "pc", "server", "collection")
RESERVED = ("papers", "case")  # an address and a subject of their own
OFFSET_HOURS_MAX = 1_000_000  # a century: a clock without battery says 1970 or 1980
YEARS = 1980, 2199  # of dates that a person writes: what lies outside is a slip
PAPERS = ("media_register", "take_out", "room_log", "cards", "accounts", "approvals", "erasure")
CASE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
DIGESTS = {"sha256": 64, "sha1": 40, "md5": 32}  # hex digits
KEYS = {
    "": {"case", "window", "evidence", "register", "known", "papers"},
    "case": {"id", "title", "examiner", "timezone", "languages", "pipeline"},
    "window": {"from", "until"},
    "evidence": {
        "id", "role", "image", "label", *DIGESTS, "serial", "authorised", "timezone",
        "clock_offset", "clock_checked", "keys", "baseline",
    },
    "register": {"file", "columns"},
    "known": {"hash_sets"},
    "papers": set(PAPERS),
}  # fmt: skip


def load(
    source: Path,
    out: Path | None = None,
    keys_folder: Path | None = None,
    *,
    rules: tuple[Path, ...] = (),
    accept_mismatch: str | None = None,
    digests: tuple[str, ...] = (),
) -> Case:
    """The case that `source` (case.toml) names; Refused with one line where it cannot be one."""
    try:
        with source.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        if len(raw) > FILE_BYTES_MAX:
            raise Refused(f"{source}: is no case file; `forensics init {source}` writes one")
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise Refused(f"{source}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{source}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{source}: {error}") from None
    reader = _Reader(source, text)
    reader.known_keys("", data)
    head, first = reader.section(data, "case"), reader.at("case")
    case_id = first.text(head, "case", "id")
    if not CASE_ID.fullmatch(case_id):
        raise first.refusal("id", f"{case_id!r} is no id (letters, digits, _ and -, at most 64)")
    evidence = reader.evidence(data)
    folder = (out or source.parent / case_id).resolve()
    case = Case(
        id=case_id,
        source=source.resolve(),
        folder=folder,
        keys_folder=(keys_folder or default_keys_folder()).resolve(),
        evidence=evidence,
        title=first.text(head, "case", "title", case_id),
        examiner=first.text(head, "case", "examiner", ""),
        timezone=first.zone(head),
        languages=first.languages(head),
        pipeline=first.pipeline(head),
        window=reader.window(data),
        register=reader.register(data),
        hash_sets=reader.hash_sets(data),
        papers=reader.papers(data),
        rules=rules,
        accept_mismatch=accept_mismatch,
        digests=digests,
    )
    _check_folder(case)
    return case


def _check_folder(case: Case) -> None:
    """The case folder is new or this case's own, and holds no evidence."""
    folder = case.folder
    inputs = [item.image for item in case.evidence] + [case.source]
    if any(path.resolve().is_relative_to(folder) for path in inputs):
        raise Refused(f"{folder} holds evidence or the case file; name another folder with --out")
    files = [Path(key[5:]) for key in case.keys if key.startswith("file:")]
    if any(path.is_relative_to(folder) for path in (case.keys_folder, *files)):
        raise Refused(f"keys must lie outside the case folder {folder}")
    if not nearest(case.keys_folder).is_dir():
        raise Refused(f"--keys {case.keys_folder} is no folder")
    check_own(folder, case.id)


def check_own(folder: Path, case_id: str) -> None:
    """Refused where a case folder is neither new nor of this case."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    if _hardly_begun(folder):
        return
    owner = case_id_of(folder)
    if owner != case_id:
        whose = f"belongs to case {owner}" if owner else "holds something else"
        raise Refused(f"{folder} {whose}; name another folder with --out")


def nearest(folder: Path) -> Path:
    """The folder itself where it is, else the nearest above it that is."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _hardly_begun(folder: Path) -> bool:
    """Empty, or left by a run that was killed before its first line of custody was whole."""
    custody = folder / CUSTODY
    if {path.name for path in folder.iterdir()} - {"parts", CUSTODY}:
        return False
    return not custody.is_file() or b"\n" not in custody.read_bytes()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values and says where one is wrong: file, line, and the nearest valid name."""

    source: Path
    written: str
    within: tuple[int, int] | None = None  # characters of the section that is read

    def refusal(self, key: str, why: str) -> Refused:
        where = f"{self.source.name}"
        line = self._line(key)
        return Refused(f"{where} line {line}: {why}" if line else f"{where}: {why}")

    def _line(self, key: str) -> int | None:
        """The line of a key in the section that is read, else that section's own."""
        pattern = re.compile(
            rf"^[ \t]*(\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*(=|\]|\.)", re.MULTILINE
        )
        start, end = self.within or (0, len(self.written))
        match = pattern.search(self.written, start, end)
        if not match and not self.within:
            return None
        return self.written.count("\n", 0, match.start() if match else start) + 1

    def at(self, section: str, number: int = 0) -> _Reader:
        """The reader of one section, the `number`th of its name: lines are looked for there."""
        heads = list(re.finditer(r"^[ \t]*\[+[ \t]*([^]\n]*?)[ \t]*]", self.written, re.MULTILINE))
        places = [place for place, head in enumerate(heads) if head[1] == section]
        if number >= len(places):
            return replace(self, within=None)  # written in another way: inline, or with dots
        place = places[number]
        end = heads[place + 1].start() if place + 1 < len(heads) else len(self.written)
        return replace(self, within=(heads[place].start(), end))

    def known_keys(self, section: str, data: dict[str, Any]) -> None:
        for key in data:
            if key not in KEYS[section]:
                near = difflib.get_close_matches(key, KEYS[section], 1, 0)
                hint = f'; nearest: "{near[0]}"' if near else ""
                raise self.refusal(key, f'unknown key "{key}"{hint}')

    def section(self, data: dict[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
        value = data.get(name)
        if value is None:
            if needed:
                raise Refused(f"{self.source.name}: section [{name}] is missing")
            return {}
        if not isinstance(value, dict):
            raise self.refusal(name, f"[{name}] must be a section, once")
        self.at(name).known_keys(name, value)
        return value

    def text(self, data: dict[str, Any], section: str, key: str, default: str | None = None) -> str:
        value = data.get(key, default)
        if value is None:
            raise self.refusal(section, f'[{section}] needs "{key}"')
        if not isinstance(value, str):
            raise self.refusal(key, f'"{key}" must be text')
        return value

    def zone(self, data: dict[str, Any]) -> str | None:
        name = data.get("timezone")
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError, TypeError):
            raise self.refusal("timezone", f"{name!r} is no time zone (IANA name)") from None
        return str(name)

    def languages(self, data: dict[str, Any]) -> tuple[str, ...]:
        value = data.get("languages", ["ja", "en"])
        if (
            not isinstance(value, list)
            or not value
            or any(one not in ("ja", "en") for one in value)
        ):
            raise self.refusal("languages", 'languages must be a list of "ja" and "en"')
        return tuple(dict.fromkeys(value))

    def pipeline(self, data: dict[str, Any]) -> str:
        name = self.text(data, "case", "pipeline", "leak_check")
        shipped = stories()
        if name not in shipped:
            near = difflib.get_close_matches(name, shipped, 1, 0)[0]
            raise self.refusal("pipeline", f'unknown pipeline "{name}"; nearest: "{near}"')
        return name

    def window(self, data: dict[str, Any]) -> tuple[int, int] | None:
        section, reader = self.section(data, "window", needed=False), self.at("window")
        if "window" not in data:
            return None
        start, until = (reader.moment(section, "window", key) for key in ("from", "until"))
        if until <= start:
            raise reader.refusal("until", "the window ends before it begins")
        return start, until

    def moment(self, data: dict[str, Any], section: str, key: str) -> int:
        value = data.get(key)
        if value is None:
            raise self.refusal(section, f'[{section}] needs "{key}"')
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise self.refusal(key, f'"{key}" must be a date and time with its offset')
        if not YEARS[0] <= value.year <= YEARS[1]:
            raise self.refusal(key, f'"{key}" must lie in the years {YEARS[0]} to {YEARS[1]}')
        return micros(value)

    def file(self, key: str, value: Any) -> Path:
        if not isinstance(value, str) or not value:
            raise self.refusal(key, f'"{key}" must be the path of a file')
        path = self.source.parent / value
        try:
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode) or stat.S_ISDIR(mode)):
                raise self.refusal(key, f"{value} is no file")  # to open a FIFO would wait for ever
            with path.open("rb"):
                return path.resolve()
        except OSError as error:
            raise self.refusal(key, f"{value}: {error.strerror}") from None
        except ValueError:
            raise self.refusal(key, f"{value!r} is no path") from None

    def evidence(self, data: dict[str, Any]) -> tuple[Item, ...]:
        tables = data.get("evidence")
        if isinstance(tables, dict):
            raise self.refusal(
                "evidence", "write [[evidence]] with two brackets, one for each item"
            )
        if not isinstance(tables, list) or not tables:
            raise Refused(f"{self.source.name}: at least one [[evidence]] is needed")
        items: list[Item] = []
        for number, table in enumerate(tables):
            reader = self.at("evidence", number)
            item = reader.item(table)
            if item.id.casefold() in RESERVED:
                raise reader.refusal("id", f'evidence id "{item.id}" is reserved')
            for other in items:
                if item.id.casefold() == other.id.casefold():
                    raise reader.refusal("id", f'evidence id "{item.id}" is used twice')
                if item.image == other.image:
                    raise reader.refusal("image", f"{item.image_text} is already {other.id}")
            items.append(item)
        return tuple(items)

    def item(self, table: Any) -> Item:
        if not isinstance(table, dict):
            raise self.refusal("evidence", "[[evidence]] must be a list of sections")
        self.known_keys("evidence", table)
        name = self.text(table, "evidence", "id")
        if not EVIDENCE_ID.fullmatch(name):
            raise self.refusal("id", f"{name!r} is no id (letters, digits, _ and -, at most 32)")
        role = self.text(table, "evidence", "role")
        if role not in ROLES:
            near = difflib.get_close_matches(role, ROLES, 1, 0)[0]
            why = f'unknown role "{role}"; nearest: "{near}" of {", ".join(ROLES)}'
            raise self.refusal("role", why)
        authorised = table.get("authorised")
        if not isinstance(authorised, bool | None):
            raise self.refusal("authorised", '"authorised" must be true or false')
        checked = table.get("clock_checked")
        return Item(
            id=name,
            role=role,
            image=self.file("image", self.text(table, "evidence", "image")),
            image_text=str(table["image"]),
            label=self.text(table, "evidence", "label", ""),
            digests=self._digests(table),
            serial=self.text(table, "evidence", "serial", "") or None,
            authorised=authorised,
            timezone=self.zone(table),
            clock_offset_seconds=self._offset(table),
            clock_checked=None
            if checked is None
            else self.moment(table, "evidence", "clock_checked"),
            keys=self._keys(table),
            baseline=self._baseline(table["baseline"]) if "baseline" in table else None,
        )

    def _baseline(self, value: Any) -> Path:
        path = self.file("baseline", value)
        if not earlier.usable(path):
            raise self.refusal(
                "baseline", f"{value} is neither a list of SHA-256 nor a copy of bytes"
            )
        return path

    def _digests(self, table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        out = []
        for algorithm, digits in DIGESTS.items():
            value = table.get(algorithm)
            if value is None:
                continue
            if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", value):
                raise self.refusal(algorithm, f'"{algorithm}" must be {digits} hex digits')
            out.append((algorithm, value.lower()))
        return tuple(out)

    def _offset(self, table: dict[str, Any]) -> float | None:
        value = table.get("clock_offset")
        if value is None:
            return None
        form = r"([+-]?)(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)"
        match = re.fullmatch(form, value) if isinstance(value, str) else None
        if not match or int(match[2]) > OFFSET_HOURS_MAX:
            raise self.refusal("clock_offset", '"clock_offset" must look like "-00:03:20"')
        seconds = int(match[2]) * 3600 + int(match[3]) * 60 + float(match[4])
        return -seconds if match[1] == "-" else seconds

    def _keys(self, table: dict[str, Any]) -> tuple[str, ...]:
        value = table.get("keys", [])
        good = isinstance(value, list) and all(
            isinstance(key, str) and re.match(r"(env|file):.", key) for key in value
        )
        if not good:
            raise self.refusal("keys", '"keys" must be references: env:NAME or file:path')
        return tuple(map(self._reference, value))

    def _reference(self, key: str) -> str:
        kind, _, name = key.partition(":")
        return f"file:{self.file('keys', name)}" if kind == "file" else key

    def register(self, data: dict[str, Any]) -> Register | None:
        section, reader = self.section(data, "register", needed=False), self.at("register")
        if "register" not in data:
            return None
        file = reader.file("file", reader.text(section, "register", "file"))
        columns = section.get("columns", {})
        if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
            raise reader.refusal(
                "columns", '[register.columns] maps headers to kinds: "氏名" = "name"'
            )
        return Register(file, tuple(sorted(columns.items())))

    def hash_sets(self, data: dict[str, Any]) -> tuple[Path, ...]:
        value = self.section(data, "known", needed=False).get("hash_sets", [])
        if not isinstance(value, list):
            raise self.refusal("hash_sets", '"hash_sets" must be a list of files')
        return self.at("known").files("hash_sets", value)

    def papers(self, data: dict[str, Any]) -> dict[str, tuple[Path, ...]]:
        section, reader = self.section(data, "papers", needed=False), self.at("papers")
        return {
            kind: reader.files(kind, value if isinstance(value, list) else [value])
            for kind, value in sorted(section.items())
        }

    def files(self, key: str, values: list[Any]) -> tuple[Path, ...]:
        """The files of a list, each named once: a paper read twice would contradict itself."""
        files = [self.file(key, value) for value in values]
        for number, file in enumerate(files):
            if file in files[:number]:
                raise self.refusal(key, f"{values[number]} is named twice")
        return tuple(files)


def stories() -> list[str]:
    """Names of the shipped pipelines."""
    return sorted(path.stem for path in share("pipelines").glob("[a-z]*.py"))


def init_text(case_id: str, images: list[Path]) -> str:
    """A commented case.toml for some images, to be edited."""
    head = f"""\
# What is to be examined, and what is known about it. Every line may be edited; `forensics run` refuses what it
# does not understand. Paths are relative to this file.

[case]
{f'id = "{case_id}"':38} # letters, digits, _ and -; names the case folder
title = ""                             # as it shall stand on the report
examiner = ""
timezone = "Asia/Tokyo"                # used where a source is in local time and names no zone
languages = ["ja", "en"]               # the first one leads
pipeline = "leak_check"

# [window]                             # when the medium was outside its owner's control
# from  = 2022-06-21T19:30:00+09:00
# until = 2022-06-24T12:00:00+09:00
"""
    items = []
    for number, image in enumerate(images, 1):
        items.append(f"""
[[evidence]]
{f'id = "E{number}"':38} # short and unique; stands in every address
role = "medium"                        # medium | pc | server | collection
image = {json.dumps(str(image), ensure_ascii=False)}
label = ""                             # what people call it
# sha256 = ""                          # as written down at acquisition; compared
# serial = ""                          # device serial as the owner knows it
# authorised = true                    # was it allowed to hold the data
# timezone = "Asia/Tokyo"              # for FAT and local logs of this item
# clock_offset = "-00:03:20"           # device clock minus true time
# clock_checked = 2022-06-25T09:00:00+09:00
# keys = ["env:E{number}_KEY", "file:key.txt"]  # passwords of archives and documents, never in clear: a
                                       # variable, or a file beside this one with one in each line
# baseline = "before.sha256"           # kept from before the loss: a manifest (sha256sum, hashdeep), or a copy of
                                       # the first bytes of an encrypted volume; says whether its protection changed
""")
    tail = """
# [register]                           # the owner's own list of the people concerned
# file = "register.csv"                # CSV in any Japanese encoding, or XLSX
# [register.columns]                   # where the headers do not say it: header = kind
# "対象者" = "name"

# [known]
# hash_sets = ["nsrl.txt"]             # lists of published software: a locked file of theirs bars no negative

# [papers]                             # one file or a list each
# media_register = "papers/media.csv"
# take_out = "papers/take_out.csv"
"""
    return head + "".join(items) + tail
