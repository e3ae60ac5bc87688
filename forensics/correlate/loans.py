"""Take-outs of the ledger: which medium was away, from when, until when.

Source: domain.md 6.1, 6.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from forensics.correlate.rows import Row, details, device_serial
from forensics.correlate.times import DAY, earliest, iso
from forensics.values import MICROS_MAX, Interval


@dataclass(frozen=True, slots=True)
class Loan:
    """A row of the take-out ledger: one medium away from its place.

    back: when it was returned; no time while it is out, or where its return is written without a
    date that can be read. due: the last moment at which it had to be back, where the ledger says it.
    """

    row: Row
    serials: frozenset[str]
    back: Interval
    returned: bool
    due: int | None = None

    @property
    def start(self) -> int | None:
        when: Interval = self.row["time"]
        return when.start

    @property
    def until(self) -> int | None:
        return self.back.until

    def holds(self, when: Interval) -> bool:
        """May that time lie in the loan?"""
        if self.start is None or when.start is None or when.until is None:
            return False
        return when.until > self.start and (self.until is None or when.start < self.until)

    def may_hold(self, when: Interval) -> bool:
        """The same where the ledger's date cannot be read."""
        return self.start is None or self.holds(when)

    def near(self, when: Interval) -> bool:
        """Is it within a day of the loan?"""
        wide = Interval((when.start or 0) - DAY, (when.until or 0) + DAY, when.basis)
        return when.start is not None and self.holds(wide)


def loans(papers: Iterable[Row]) -> list[Loan]:
    """The take-outs; the register of media ties their number to a device serial."""
    rows = _once(papers)
    serials: dict[str, set[str]] = {}
    for row in rows:
        if row["paper"] == "media_register" and row["item"] and device_serial(row["serial"]):
            serials.setdefault(row["item"], set()).add(device_serial(row["serial"]) or "")
    out = []
    for row in rows:
        if row["paper"] != "take_out" or row["action"] == "return" or row["kind"] == "note":
            continue
        own = device_serial(row["serial"])
        tied = {own} if own else serials.get(row["item"] or "", set())
        said = details(row["detail"])
        back = row["until"].basis != "none" or "unreadable" in (said.get("until_note") or "")
        due = iso(said.get("due")).start
        out.append(Loan(row, frozenset(tied), row["until"], back, due))
    returns = [row for row in rows if row["paper"] == "take_out" and row["action"] == "return"]
    return [_closed(loan, out, returns) for loan in out]


def _once(papers: Iterable[Row]) -> list[Row]:
    """The rows of papers; of a take-out that a draft and its fair copy have, one."""
    out: dict[object, Row] = {}
    for row in papers:
        same = [row[name] for name in ("item", "serial", "person_token", "action", "time", "until")]
        file = row["address"].partition("!")[0]
        key = (
            (*same,)
            if row["paper"] == "take_out" and row["time"].start is not None
            else row["address"]
        )
        first = out.setdefault(key, row)
        if first is not row and first["address"].partition("!")[0] == file:
            out[row["address"]] = row  # twice in one ledger: it says so
    return list(out.values())


def _closed(loan: Loan, others: Iterable[Loan], returns: Iterable[Row]) -> Loan:
    """A loan whose return stands in a row of its own: the first one before the medium went out again."""
    if loan.returned or loan.start is None:
        return loan
    starts = (other.start for other in others if _is_same(other.row, loan.row))
    again = min((start for start in starts if start and start > loan.start), default=MICROS_MAX)
    later = [
        row["time"]
        for row in returns
        if _is_same(row, loan.row) and loan.start <= (row["time"].start or 0) <= again
    ]
    return replace(loan, back=earliest(later), returned=True) if later else loan


def _is_same(one: Row, two: Row) -> bool:
    """Do two rows of the ledger name one medium?"""
    if one["item"] or two["item"]:
        return bool(one["item"] == two["item"])
    return device_serial(one["serial"]) == device_serial(two["serial"])
