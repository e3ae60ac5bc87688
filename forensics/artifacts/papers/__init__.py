"""Papers of the owner: registers, take-out lists, room logs, certificates as rows of `papers`.

Layout          CSV in any Japanese encoding, or every sheet of an XLSX, XLS or ODS workbook; title
                rows, headers of one or two lines (by meaning, columns.py), 〃 and 同上, eras, widths
Source          domain knowledge 6 of this tool; the forms of 電磁的記録媒体登録簿, 持出管理簿
Proves          the paper says so
Does not prove  that it was so, when it was written, or that the rows are complete
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from forensics.artifacts.artifact import Row, detail, serial
from forensics.artifacts.papers import times
from forensics.artifacts.papers.cells import Sheet, UnreadableError, is_ditto, sheets
from forensics.artifacts.papers.columns import KINDS, forms, header, of_sheet, roles
from forensics.values import NO_TIME, Gap, Interval, encode_name, moment

__all__ = ["KINDS", "read"]

_ACTIONS = {
    "media_register": "registered", "take_out": "take_out", "room_log": "passed", "cards": "lent",
    "accounts": "granted", "approvals": "approved", "erasure": "erased",
}  # fmt: skip
_PERSONS = ("person", "approver", "return_check", "erase_check", "witness", "issuer")
_TEXTS = (
    "office", "model", "capacity", "encryption", "purpose", "contents", "transport", "state",
    "result", "method", "software", "subject", "number", "personal_data", "reason",
)  # fmt: skip
_SIGNED = (
    "approver",
    "witness",
    "erase_check",
    "number",
)  # a column for them, and nothing in the cell, is said
_CAPTION = re.compile(
    r"^(?:s/n|sn(?=[:.#№])|serial(?:no)?(?=[:.#])|シリアル(?:番号)?|製造番号)[:.#№]*", re.IGNORECASE
)
_OUT = re.compile(
    r"紛失|亡失|未返|未了|未回収|持ち?出し?中|貸出中|使用中|not returned|lost", re.IGNORECASE
)
_BACK = re.compile(
    r"返|戻|持ち?帰|^入|return|^in$"
)  # one line for each way: this one tells of the way back
_OFFICE = re.compile(r"(?:課|部|係|室|局|署|班|所|社|㈱|\(株\)|センター|担当|グループ)$")
_VARIANTS = str.maketrans("髙﨑濵邉邊齋齊槗德", "高崎浜辺辺斎斎橋徳")


def read(
    kind: str, name: str, data: bytes, token: Callable[[str], str]
) -> tuple[list[Row], list[Gap]]:
    """Rows of `papers` of one file, and gaps.

    kind: one of KINDS. name: of the file, for addresses. token: keyed token of a person's name (the
    name never enters a row). Times are `local:unknown`, or `local:noyear` where neither cell nor
    title says the year. A file or sheet that cannot be read is a gap of all its bytes.
    """
    whole = Gap(0, len(data), "PAPER_UNREADABLE")
    try:
        found = sheets(data)
    except UnreadableError:
        return [], [whole]
    rows: list[Row] = []
    gaps: list[Gap] = []
    for sheet in found:
        asked = forms(kind, sheet.rows)
        for number, labels, values in asked:
            page = replace(sheet, rows=[*[[]] * (number - 2), labels, values])
            rows += _Reader(kind, name, page, roles(kind, labels), max(number - 1, 1), token).rows()
        top = None if asked else header(kind, sheet.rows)
        if top is not None:
            rows += _Reader(kind, name, sheet, top[1], top[0], token).rows()
        if sheet.cut:
            gaps.append(Gap(0, len(data), "ROW_LIMIT"))
        elif top is None and not asked and any(any(row) for row in sheet.rows):
            gaps.append(Gap(0, len(data), "NO_HEADER"))
    return rows, gaps or ([] if rows or any(sheet.rows for sheet in found) else [whole])


def _end(when: Interval) -> str | None:
    """The last moment of a wall clock time of known year, ISO."""
    if when.until is None or when.basis != "local:unknown":
        return None
    return moment(when.until).replace(tzinfo=None).isoformat()


def _begin(when: Interval) -> str | None:
    """The first moment of a wall clock time of known year, ISO."""
    if when.start is None or when.basis != "local:unknown":
        return None
    return moment(when.start).replace(tzinfo=None).isoformat()


def _is_blank(text: str | None) -> bool:
    """Is there a cell, and nothing in it but a stroke?"""
    return text is not None and bool(re.fullmatch(r"[\sー―—–‐\-]*|なし|無し?|未了?", text))


def _until(cells: dict[str, str]) -> dict[str, str]:
    """What a cell of a moment says where it is a span, `9:00~17:00`: its begin, and its end where no cell is for that."""
    for role in ("both", "time"):
        first, mark, last = re.sub(
            r"\s*(?:から|[~〜～―–])\s*", "~", cells.get(role) or ""
        ).partition("~")
        if mark and first:
            ends = ("until_both", "until_date", "until_time")
            clock_only = role == "time" or not times.date(last)[0]
            free = last and not any(cells.get(end) for end in ends)
            return {role: first} | (
                {"until_time" if clock_only else "until_both": last} if free else {}
            )
    return {}


class _Reader:
    """One sheet on its way to rows; keeps the last row for `as above`."""

    def __init__(
        self, kind: str, name: str, sheet: Sheet, columns: dict[str, int], top: int,
        token: Callable[[str], str],
    ) -> None:  # fmt: skip
        self.kind, self.sheet, self.columns, self.top, self.token = kind, sheet, columns, top, token
        self.address = f"papers:/{encode_name(name)}"
        if sheet.number is not None:
            self.address += f"!~sheet:{sheet.number}"
        titles = [cell for row in sheet.rows[: top - 1] for cell in row]
        years = (times.year_of(text) for text in (sheet.name, *titles, name))
        self.year = next((year for year in years if year), None)
        self.names: dict[str, str] = {}
        self.medium = (
            of_sheet(kind, sheet.rows[: top - 1], sheet.name or "")
            if kind == "take_out" and not {"item", "serial"} & set(columns)
            else {}
        )

    def rows(self) -> list[Row]:
        cells: dict[str, str] = {}
        found = []
        for number, row in enumerate(self.sheet.rows[self.top :], self.top + 1):
            if not any(row) or len(roles(self.kind, row)) >= max(2, len(self.columns) - 1):
                continue
            before = cells
            cells = self.medium | {
                role: row[place] if place < len(row) else "" for role, place in self.columns.items()
            }
            for role, text in cells.items():
                if is_ditto(text):
                    cells[role] = before.get(role, "")
            found.append((number, row, cells))
            for role in _PERSONS:
                self._person(cells.get(role, ""))
        return [self._row(number, row, cells) for number, row, cells in found]

    def _row(self, number: int, row: list[str], cells: dict[str, str]) -> Row:
        cells = cells | _until(cells)
        time, time_note = self._time(cells, "both", "date", "time", None)
        until, until_note = self._time(cells, "until_both", "until_date", "until_time", time)
        due, _ = self._time(cells, "due_both", "due_date", "due_time", time)
        approved, _ = self._time(cells, "", "approved_date", "", time)
        if cells.get("period"):
            time, until = self._period(cells["period"], time)
        number_text = cells.get("serial", "")
        rounded = bool(re.fullmatch(r"\d(\.\d+)?e\+?\d+", number_text, re.IGNORECASE))
        empty = not any(
            cells.get(role) and role in self.columns
            for role in ("item", "serial", "person", "number", "subject")
        )
        total = any(re.match(r"(合計|総計|小計|計$)", cell) for cell in row)
        more: dict[str, Any] = {
            role: self._masked(cells[role]) for role in _TEXTS if cells.get(role)
        }
        if self.kind in ("cards", "room_log"):  # one prints full names, the other what has room
            more |= self._other_names(cells.get("person", ""))
        for role in _PERSONS[1:]:
            more[role] = self._person(cells.get(role, ""))
        return {
            "paper": self.kind, "sheet": self.sheet.name, "row": number,
            "kind": "note" if empty or total else "entry",
            "item": cells.get("item", "").upper() or None if self.kind not in ("cards", "accounts", "room_log") else cells.get("item") or None,
            "serial": serial(_CAPTION.sub("", number_text.replace(" ", ""))) or None if not rounded else None,
            "person_token": self._person(cells.get("person", "")),
            "room": self._masked(cells.get("room", "")) or None,
            "action": self._action(cells),
            "raw_time": " ".join(
                self._masked(cells[role])
                for role in ("both", "date", "time", "until_both", "until_date", "until_time", "period")
                if cells.get(role)
            ) or None,
            "time": time, "until": until,
            "detail": detail(
                **more, time_note=time_note, until_note=until_note, due=_end(due), approved=_begin(approved),
                blank=",".join(role for role in _SIGNED if _is_blank(cells.get(role))) or None,
                serial_problem="NO_SERIAL" if rounded else None,
                serial_rounded=number_text.upper() if rounded else None,
                hidden="yes" if self.sheet.hidden else None,
            ),
            "address": f"{self.address}!~row:{number}",
        }  # fmt: skip

    def _action(self, cells: dict[str, str]) -> str:
        text = cells.get("action", "").lower()
        if self.kind == "take_out":
            return "return" if _BACK.search(text) else _ACTIONS[self.kind]
        if re.search(r"入|in", text):
            return "enter"
        return "leave" if re.search(r"退|出|out", text) else _ACTIONS[self.kind]

    def _time(
        self, cells: dict[str, str], both: str, day: str, clock: str, start: Interval | None
    ) -> tuple[Interval, str | None]:
        """Interval of the cells of one moment; a time alone is of the day of `start`."""
        text = cells.get(both) or cells.get(day) or ""
        if both.startswith("until") and _OUT.search(text):
            return NO_TIME, "not_returned"
        found, rest = times.date(text)
        at = times.clock(cells.get(clock) or rest) if cells.get(clock) or rest.strip() else None
        if found is None:
            if at and start and start.start is not None:
                midnight = start.start - start.start % 86_400_000_000
                moved = midnight + at.start * 1_000_000
                return Interval(moved, moved + at.width * 1_000_000, start.basis), None
            return NO_TIME, "unreadable" if text or cells.get(clock) else None
        time = times.when(found, at, self.year)
        note = "year_from_title" if found.year is None and self.year else found.note
        if cells.get(clock) and at is None:
            note = "time_unreadable"
        return time, "unreadable" if time.start is None else note

    def _period(self, text: str, time: Interval) -> tuple[Interval, Interval]:
        first, _, last = re.sub(r"\s*(から|[~〜～―–])\s*", "~", text).partition("~")
        begin, end = times.date(first)[0], times.date(last)[0]
        start = times.when(begin, None, self.year) if begin else time
        return start, times.when(end, None, self.year) if end else NO_TIME

    def _person(self, text: str) -> str | None:
        """Token of a person's name; blanks, variants of characters and titles do not count."""
        plain = re.sub(r"\s|(様|殿|さん|氏|印)$", "", text.translate(_VARIANTS))
        if (
            len(plain) < 2
            or not re.search(r"[^\W\d_]", plain)
            or plain in ("なし", "済み", "有り", "無し")
        ):
            return None
        if text not in self.names:
            self.names[text] = self.token(plain)
        return self.names[text]

    def _other_names(self, text: str) -> dict[str, str]:
        """Tokens of what else a person's cell may mean.

        `also`: the name without the office before it. `family`: the family name, or what may be it where
        no blank parts the name.
        """
        words = text.translate(_VARIANTS).split()
        while len(words) > 1 and _OFFICE.search(words[0]):
            words = words[1:]
        whole = "".join(words)
        heads = words[:1] if len(words) > 1 else [whole[:size] for size in (2, 3)]
        family = {self.token(head) for head in heads if 2 <= len(head) < len(whole)}
        own = self._person(text)
        also = self._person(whole) if own else None
        out = {
            "family": ",".join(sorted(family)) if own else "",
            "also": also if also != own else "",
        }
        return {name: said for name, said in out.items() if said}

    def _masked(self, text: str) -> str:
        """Free text with the names of this sheet's person columns, whole or family, as tokens."""
        for name in sorted(self.names, key=len, reverse=True):
            parts = name.translate(_VARIANTS).split()
            whole = r"\s*".join(re.escape(char) for char in "".join(parts))
            pattern = f"{whole}|{re.escape(parts[0])}" if len(parts[0]) > 1 else whole
            matches = list(re.finditer(pattern, text.translate(_VARIANTS)))
            for match in reversed(matches):
                text = text[: match.start()] + self.names[name] + text[match.end() :]
        return text
