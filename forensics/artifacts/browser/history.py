"""What a browser visited, opened and downloaded: Chrome and Edge (History), Firefox (places.sqlite).

Layout          SQLite. Chrome: urls, visits (visit_time: microseconds since 1601 UTC), downloads
                (target_path, start_time, received_bytes), downloads_url_chains; the first versions:
                full_path, start_time in Unix seconds. Firefox: moz_places, moz_historyvisits
                (visit_date: microseconds since 1970 UTC), moz_annos `downloads/destinationFileURI`,
                before: moz_downloads (target, startTime, currBytes)
Source          chromium components/history; mozilla-central toolkit/components/places
Proves          this profile opened the page, or the local file (`file:`), at that time; the file was
                received and written to this path. Of addresses what follows `?` and `#` is left out
Does not prove  what was sent to a page; who sat there. Private windows leave nothing; Chrome keeps 90
                days
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from urllib.parse import unquote

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    basename,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.browser.tables import Tables, is_database
from forensics.unpack.sqlite_pages import Value
from forensics.values import NO_TIME, Gap, Interval, from_filetime, interval

_NAMES = re.compile(r"history|places\.sqlite|downloads\.sqlite")
_DESTINATION = "downloads/destinationFileURI"


def parse(content: Content) -> Parsed:
    gaps: list[Gap] = []
    tables = Tables(content, gaps)
    who = account(content.path)
    found = chain(_chrome(tables), _chrome_files(tables), _firefox(tables), _firefox_files(tables))
    rows = [row | {"account": who} for row in islice(found, ROWS_MAX)]
    if len(rows) == ROWS_MAX:
        gaps.append(Gap(0, len(content.data), "ROW_LIMIT"))
    return Parsed(rows, [], gaps)


def _chrome(tables: Tables) -> Iterator[Row]:
    urls = {record.get("id"): record for record, _ in tables.rows("urls")}
    for record, at in tables.rows("visits"):
        raw = record.get("visit_time")
        yield _visit(urls.get(record.get("url"), {}).get("url"), _webkit(raw), raw, at)


def _chrome_files(tables: Tables) -> Iterator[Row]:
    sources = {
        record.get("id"): record.get("url") for record, _ in tables.rows("downloads_url_chains")
    }
    for record, at in tables.rows("downloads"):
        raw, first = record.get("start_time"), "full_path" in record
        time = _unix(raw, 1_000_000) if first else _webkit(raw)
        path = record.get("full_path") if first else record.get("target_path")
        url = record.get("url") if first else sources.get(record.get("id"))
        yield _download(path, url, record.get("received_bytes"), (time, raw), at)


def _firefox(tables: Tables) -> Iterator[Row]:
    urls = {record.get("id"): record.get("url") for record, _ in tables.rows("moz_places")}
    for record, at in tables.rows("moz_historyvisits"):
        raw = record.get("visit_date")
        yield _visit(urls.get(record.get("place_id")), _unix(raw, 1), raw, at)


def _firefox_files(tables: Tables) -> Iterator[Row]:
    urls = {record.get("id"): record.get("url") for record, _ in tables.rows("moz_places")}
    names = {
        record.get("id"): record.get("name") for record, _ in tables.rows("moz_anno_attributes")
    }
    for record, at in tables.rows("moz_annos"):
        if names.get(record.get("anno_attribute_id")) == _DESTINATION:
            raw, url = record.get("dateAdded"), urls.get(record.get("place_id"))
            yield _download(record.get("content"), url, None, (_unix(raw, 1), raw), at)
    for record, at in tables.rows("moz_downloads"):
        raw, size = record.get("startTime"), record.get("currBytes")
        yield _download(record.get("target"), record.get("source"), size, (_unix(raw, 1), raw), at)


def _visit(url: Value, time: Interval, raw: Value, at: tuple[int, int]) -> Row:
    text = url if isinstance(url, str) else ""
    local = text.lower().startswith("file:")
    path = _path(text) if local else re.split("[?#]", text, maxsplit=1)[0]
    return {
        "kind": "file_opened" if local else "page_visited", "time": time, "time_raw": str(raw),
        "path": path or None, "letter": _letter(path), "at": at,
    }  # fmt: skip


def _download(
    path: Value, url: Value, size: Value, when: tuple[Interval, Value], at: tuple[int, int]
) -> Row:
    target = _path(path) if isinstance(path, str) else ""
    source = re.split("[?#]", url, maxsplit=1)[0] if isinstance(url, str) else None
    return {
        "kind": "file_downloaded", "time": when[0], "time_raw": str(when[1]), "path": target or None,
        "letter": _letter(target), "at": at, "detail": detail(url=source),
        "size": size % 2**63 if isinstance(size, int) else None,
    }  # fmt: skip


def _path(url: str) -> str:
    r"""A path of the system out of `file:///E:/a.csv`, `file://server/share`, or as it is."""
    if not url.lower().startswith("file:"):
        return url
    path = unquote(re.split("[?#]", url[5:], maxsplit=1)[0])
    if re.match(r"///[A-Za-z]:", path):
        return path[3:].replace("/", "\\")
    return path[2:] if path.startswith("///") else path.replace("/", "\\")


def _letter(path: str) -> str | None:
    return path[0].upper() if path[1:2] == ":" and path[0].isalpha() else None


def _webkit(raw: Value) -> Interval:
    return from_filetime(raw * 10) if isinstance(raw, int) else NO_TIME


def _unix(raw: Value, unit: int) -> Interval:
    """unit: of the number, in microseconds."""
    return interval(raw * unit, unit, "utc") if isinstance(raw, int) and raw else NO_TIME


ARTIFACT = Artifact(
    name="browser_history",
    family="app",
    records=("page_visited", "file_downloaded"),
    where=r"/user data/[^/]+/history$|/profiles/[^/]+/places\.sqlite$",
    claims=lambda path, head: is_database(head) and bool(_NAMES.fullmatch(basename(path))),
    parse=parse,
    expected=never_expected,
)
