"""Reading case.toml: what each section must say, and the draft of one."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from forensics.case import earlier
from forensics.case.case import Case, Item, Register
from forensics.case.custody import default_keys_folder
from forensics.case.folder import check_folder
from forensics.case.refused import Refused
from forensics.case.written import Written
from forensics.share import share
from forensics.values import EVIDENCE_ID

FILE_BYTES_MAX = 4 << 20  # of case.toml: an image that was named instead is not read
ROLES = ("medium", "pc", "server", "collection")
RESERVED = ("papers", "case")  # an address and a subject of their own
OFFSET_HOURS_MAX = 1_000_000  # a century: a clock without battery says 1970 or 1980
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
    text, data = _read(source)
    written = Written(source, text, KEYS)
    written.known_keys("", data)
    head, first = written.section(data, "case"), written.at("case")
    case_id = first.text(head, "case", "id")
    if not CASE_ID.fullmatch(case_id):
        raise first.refusal("id", f"{case_id!r} is no id (letters, digits, _ and -, at most 64)")
    case = Case(
        id=case_id,
        source=source.resolve(),
        folder=(out or source.parent / case_id).resolve(),
        keys_folder=(keys_folder or default_keys_folder()).resolve(),
        evidence=_evidence(written, data),
        title=first.text(head, "case", "title", case_id),
        examiner=first.text(head, "case", "examiner", ""),
        timezone=first.zone(head),
        languages=_languages(first, head),
        pipeline=_pipeline(first, head),
        window=_window(written, data),
        register=_register(written, data),
        hash_sets=_hash_sets(written, data),
        papers=_papers(written, data),
        rules=rules,
        accept_mismatch=accept_mismatch,
        digests=digests,
    )
    check_folder(case)
    return case


def _read(source: Path) -> tuple[str, dict[str, Any]]:
    """The text of a case file and what it says."""
    try:
        with source.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        if len(raw) > FILE_BYTES_MAX:
            raise Refused(f"{source}: is no case file; `forensics init {source}` writes one")
        text = raw.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise Refused(f"{source}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{source}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{source}: {error}") from None


def _languages(reader: Written, data: dict[str, Any]) -> tuple[str, ...]:
    value = data.get("languages", ["ja", "en"])
    if not isinstance(value, list) or not value or any(one not in ("ja", "en") for one in value):
        raise reader.refusal("languages", 'languages must be a list of "ja" and "en"')
    return tuple(dict.fromkeys(value))


def _pipeline(reader: Written, data: dict[str, Any]) -> str:
    name = reader.text(data, "case", "pipeline", "leak_check")
    shipped = stories()
    if name not in shipped:
        near = difflib.get_close_matches(name, shipped, 1, 0)[0]
        raise reader.refusal("pipeline", f'unknown pipeline "{name}"; nearest: "{near}"')
    return name


def _window(written: Written, data: dict[str, Any]) -> tuple[int, int] | None:
    section, reader = written.section(data, "window", needed=False), written.at("window")
    if "window" not in data:
        return None
    start, until = (reader.moment(section, "window", key) for key in ("from", "until"))
    if until <= start:
        raise reader.refusal("until", "the window ends before it begins")
    return start, until


def _evidence(written: Written, data: dict[str, Any]) -> tuple[Item, ...]:
    tables = data.get("evidence")
    if isinstance(tables, dict):
        raise written.refusal("evidence", "write [[evidence]] with two brackets, one for each item")
    if not isinstance(tables, list) or not tables:
        raise Refused(f"{written.source.name}: at least one [[evidence]] is needed")
    items: list[Item] = []
    for number, table in enumerate(tables):
        reader = written.at("evidence", number)
        item = _item(reader, table)
        if item.id.casefold() in RESERVED:
            raise reader.refusal("id", f'evidence id "{item.id}" is reserved')
        for other in items:
            if item.id.casefold() == other.id.casefold():
                raise reader.refusal("id", f'evidence id "{item.id}" is used twice')
            if item.image == other.image:
                raise reader.refusal("image", f"{item.image_text} is already {other.id}")
        items.append(item)
    return tuple(items)


def _item(reader: Written, table: Any) -> Item:
    if not isinstance(table, dict):
        raise reader.refusal("evidence", "[[evidence]] must be a list of sections")
    reader.known_keys("evidence", table)
    name = reader.text(table, "evidence", "id")
    if not EVIDENCE_ID.fullmatch(name):
        raise reader.refusal("id", f"{name!r} is no id (letters, digits, _ and -, at most 32)")
    role = reader.text(table, "evidence", "role")
    if role not in ROLES:
        near = difflib.get_close_matches(role, ROLES, 1, 0)[0]
        why = f'unknown role "{role}"; nearest: "{near}" of {", ".join(ROLES)}'
        raise reader.refusal("role", why)
    authorised = table.get("authorised")
    if not isinstance(authorised, bool | None):
        raise reader.refusal("authorised", '"authorised" must be true or false')
    checked = table.get("clock_checked")
    return Item(
        id=name,
        role=role,
        image=reader.file("image", reader.text(table, "evidence", "image")),
        image_text=str(table["image"]),
        label=reader.text(table, "evidence", "label", ""),
        digests=_digests(reader, table),
        serial=reader.text(table, "evidence", "serial", "") or None,
        authorised=authorised,
        timezone=reader.zone(table),
        clock_offset_seconds=_offset(reader, table),
        clock_checked=None
        if checked is None
        else reader.moment(table, "evidence", "clock_checked"),
        keys=_keys(reader, table),
        baseline=_baseline(reader, table["baseline"]) if "baseline" in table else None,
    )


def _baseline(reader: Written, value: Any) -> Path:
    path = reader.file("baseline", value)
    if not earlier.usable(path):
        raise reader.refusal(
            "baseline", f"{value} is neither a list of SHA-256 nor a copy of bytes"
        )
    return path


def _digests(reader: Written, table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    out = []
    for algorithm, digits in DIGESTS.items():
        value = table.get(algorithm)
        if value is None:
            continue
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", value):
            raise reader.refusal(algorithm, f'"{algorithm}" must be {digits} hex digits')
        out.append((algorithm, value.lower()))
    return tuple(out)


def _offset(reader: Written, table: dict[str, Any]) -> float | None:
    value = table.get("clock_offset")
    if value is None:
        return None
    form = r"([+-]?)(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)"
    match = re.fullmatch(form, value) if isinstance(value, str) else None
    if not match or int(match[2]) > OFFSET_HOURS_MAX:
        raise reader.refusal("clock_offset", '"clock_offset" must look like "-00:03:20"')
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + float(match[4])
    return -seconds if match[1] == "-" else seconds


def _keys(reader: Written, table: dict[str, Any]) -> tuple[str, ...]:
    value = table.get("keys", [])
    good = isinstance(value, list) and all(
        isinstance(key, str) and re.match(r"(env|file):.", key) for key in value
    )
    if not good:
        raise reader.refusal("keys", '"keys" must be references: env:NAME or file:path')
    return tuple(_reference(reader, key) for key in value)


def _reference(reader: Written, key: str) -> str:
    kind, _, name = key.partition(":")
    return f"file:{reader.file('keys', name)}" if kind == "file" else key


def _register(written: Written, data: dict[str, Any]) -> Register | None:
    section, reader = written.section(data, "register", needed=False), written.at("register")
    if "register" not in data:
        return None
    file = reader.file("file", reader.text(section, "register", "file"))
    columns = section.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        raise reader.refusal("columns", '[register.columns] maps headers to kinds: "氏名" = "name"')
    return Register(file, tuple(sorted(columns.items())))


def _hash_sets(written: Written, data: dict[str, Any]) -> tuple[Path, ...]:
    value = written.section(data, "known", needed=False).get("hash_sets", [])
    if not isinstance(value, list):
        raise written.refusal("hash_sets", '"hash_sets" must be a list of files')
    return written.at("known").files("hash_sets", value)


def _papers(written: Written, data: dict[str, Any]) -> dict[str, tuple[Path, ...]]:
    section, reader = written.section(data, "papers", needed=False), written.at("papers")
    return {
        kind: reader.files(kind, value if isinstance(value, list) else [value])
        for kind, value in sorted(section.items())
    }


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
