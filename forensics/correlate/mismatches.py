"""Where papers and machines do not agree, both ways (codes: domain.md 6.4).

A paper's time may be a day, a machine's time an instant: they disagree only where the intervals do
not overlap. severity: `breach` two sources show a broken rule; `gap` a record is missing; `clerical`
likely a typing mistake, listed all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from forensics.correlate import accounts
from forensics.correlate.connections import Arrival
from forensics.correlate.loans import Loan, loans
from forensics.correlate.persons import Persons
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, details, device_serial
from forensics.correlate.times import hull, iso, overlaps
from forensics.values import NO_TIME, Interval


def mismatches(
    connections: Sequence[Row], arrivals: Sequence[Arrival], sessions: Sequence[Row],
    opens: Sequence[Row], papers: Sequence[Row], held: Mapping[str, Sequence[Place]],
    window: tuple[int, int] | None, unread: Collection[str] = (),
) -> list[Row]:  # fmt: skip
    """Rows of `mismatches`. Each check runs only where its papers were supplied.

    held: device serial of a supplied medium -> the places on it with records of persons. unread: kinds
    of papers that could not be read whole: what they lack may stand in the rest.
    """
    papers = [row for row in papers if row["kind"] != "note"]
    have = {row["paper"] for row in papers}
    out: list[Row] = []
    if "take_out" in have:
        ledger = loans(papers)
        if "take_out" not in unread:
            out += _without_takeout(arrivals, ledger, window)
        out += _without_connection(arrivals, ledger, connections)
        out += _returns(ledger)
        out += _overlapping(ledger)
        out += _approvals(ledger)
        out += _claims(ledger, held)
        out += _contents(ledger, held)
    out += _blanks(papers)
    if "accounts" in have and "accounts" not in unread:
        out += _accounts(sessions, opens, papers)
    return out


def mismatch(
    what: str, severity: str, subject: str | None, when: Interval, text: str,
    addresses: Iterable[str], paper: Row | None = None, kind: str | None = None,
) -> Row:  # fmt: skip
    """One row of `mismatches`. paper: the row of a paper that is concerned; kind: else its paper."""
    both = {*addresses, *([paper["address"]] if paper else [])}
    return {
        "what": what,
        "paper": paper["paper"] if paper else kind,
        "row": paper["row"] if paper else None,
        "subject": subject or "unknown",
        "severity": severity,
        "time": when,
        "explanation": text,
        "addresses": sorted(both),
    }


def _without_takeout(
    arrivals: Sequence[Arrival], ledger: Sequence[Loan], window: tuple[int, int] | None
) -> list[Row]:
    """Arrivals of media that the ledger should know: outside their loans, or without any near them.

    By a loan of the neighbouring day in which no host dates an arrival the row's day is likely a slip
    of the pen; not so of what may lie in the window: there nothing is excused.
    The ledger may have begun later than the use of the medium: what lies before its first row breaks
    no rule that it could show.
    """
    known = {serial for loan in ledger for serial in loan.serials}
    began = min((loan.start for loan in ledger if loan.start is not None), default=None)
    out = []
    for use in arrivals:
        mine = [loan for loan in ledger if use.serial in loan.serials]
        when = use.time
        if use.serial not in known and use.item is None:
            continue  # not a medium of this ledger: medium_unregistered says it
        unclear = [loan for loan in ledger if not loan.serials]
        if any(loan.may_hold(when) for loan in (*mine, *unclear)):
            continue
        near = next((loan for loan in mine if loan.near(when)), None)
        what = "connected_outside_takeout" if near else "connected_without_takeout"
        severity, text = "breach", "while the ledger does not have it taken out"
        if near and not overlaps(when, window) and not _is_used(near, arrivals):
            severity, text = (
                "clerical",
                "within a day of a take-out in which no host dates an arrival",
            )
        elif began is not None and when.start is not None and when.start < began:
            severity, text = "gap", "before the first take-out that the ledger has"
        out.append(
            mismatch(what, severity, use.serial or use.item, when, f"attached to {use.host} {text}",
                 use.addresses, near.row if near else None, "take_out")
        )  # fmt: skip
    return out


def _is_used(loan: Loan, arrivals: Iterable[Arrival]) -> bool:
    """Does a host date an arrival in the loan?"""
    return any(use.serial in loan.serials and loan.holds(use.time) for use in arrivals)


def _without_connection(
    arrivals: Sequence[Arrival], ledger: Iterable[Loan], connections: Iterable[Row]
) -> list[Row]:
    """Loans in which no supplied host dates an arrival: a gap, since the host may not be supplied."""
    spans = [(row["medium_serial"], _between(row)) for row in connections]
    out = []
    for loan in ledger:
        if loan.start is None or not loan.serials:
            continue
        maybe = any(serial in loan.serials and loan.holds(span) for serial, span in spans)
        if not _is_used(loan, arrivals) and not maybe:
            text = "taken out, and no supplied host dates an arrival in that time"
            subject = min(loan.serials, default=loan.row["item"])
            out.append(
                mismatch(
                    "takeout_without_connection",
                    "gap",
                    subject,
                    loan.row["time"],
                    text,
                    [],
                    loan.row,
                )
            )
    return out


def _between(row: Row) -> Interval:
    """First to last: what lies between is unknown where only the last arrival is kept."""
    if row["first"].start is None or row["last"].until is None:
        return NO_TIME
    return Interval(row["first"].start, row["last"].until, row["first"].basis)


def _returns(ledger: Iterable[Loan]) -> list[Row]:
    out = []
    for loan in ledger:
        subject = min(loan.serials, default=loan.row["item"])
        if loan.start is not None and not loan.returned:
            text = "taken out, and no return is written"
            out.append(
                mismatch("not_returned", "gap", subject, loan.row["time"], text, [], loan.row)
            )
        elif loan.due is not None and (loan.back.start or 0) >= loan.due:
            text = "the return is written after the time at which it was due"
            out.append(mismatch("returned_late", "breach", subject, loan.back, text, [], loan.row))
        elif loan.until is not None and loan.start is not None and loan.until <= loan.start:
            text = "the return is written before the take-out"
            out.append(
                mismatch("not_returned", "clerical", subject, loan.row["time"], text, [], loan.row)
            )
    return out


_BLANK = {
    ("take_out", "approver"): ("approval_missing", "taken out, and no approval is written"),
    ("take_out", "erase_check"): (
        "erasure_missing",
        "brought back, and no erasure of the data is written",
    ),
    ("approvals", "number"): (
        "subcontract_unapproved",
        "applied for, and no number of an approval is written",
    ),
    ("erasure", "witness"): (
        "attendant_missing",
        "certified as erased, and no attendant is written",
    ),
}


def _blanks(papers: Iterable[Row]) -> list[Row]:
    """Rows without a sign-off that their paper has a column for.

    A ledger of many rows without any may have it elsewhere, as a seal that is a picture.
    """
    out = []
    entries = [row for row in papers if row["action"] != "return"]
    empty = [set((details(row["detail"]).get("blank") or "").split(",")) for row in entries]
    for row, roles in zip(entries, empty, strict=True):
        for role in sorted(roles):
            what, text = _BLANK.get((row["paper"], role), ("", ""))
            signed = any(
                other["paper"] == row["paper"] and role not in blank
                for other, blank in zip(entries, empty, strict=True)
            )
            out_still = what == "erasure_missing" and row["until"].start is None
            if what and not out_still and (signed or row["paper"] != "take_out"):
                subject = device_serial(row["serial"]) or row["item"] or _office(row)
                out.append(mismatch(what, "gap", subject, row["time"], text, [], row))
    return out


def _office(row: Row) -> str | None:
    said = details(row["detail"])
    return said.get("office") or said.get("subject")


def _approvals(ledger: Iterable[Loan]) -> list[Row]:
    """Take-outs that were approved afterwards."""
    out = []
    for loan in ledger:
        approved = iso(details(loan.row["detail"]).get("approved"))
        end = loan.row["time"].until
        if approved.start is not None and end is not None and approved.start >= end:
            subject = min(loan.serials, default=loan.row["item"])
            text = "the approval is written for a time after the take-out"
            out.append(
                mismatch("approval_after_takeout", "breach", subject, approved, text, [], loan.row)
            )
    return out


_YES = re.compile(r"有|あり|済|はい|yes|○|◯|〇|✓|レ|AES", re.IGNORECASE)
_NO = re.compile(r"無|なし|未|否|不|no\b", re.IGNORECASE)


def _claims(ledger: Iterable[Loan], held: Mapping[str, Sequence[Place]]) -> list[Row]:
    """Take-outs written as encrypted, of a medium whose own files show records without a key.

    Members of archives do not count: a key may have opened them.
    """
    out = []
    for loan in ledger:
        said = details(loan.row["detail"]).get("encryption") or ""
        if not _YES.search(said) or _NO.search(said):
            continue
        for serial in sorted(loan.serials):
            plain = [place.address for place in held.get(serial, ()) if "!" not in place.address][
                :20
            ]
            if plain:
                text = "taken out as encrypted, and records of persons can be read without a key"
                when = loan.row["time"]
                out.append(
                    mismatch(
                        "encryption_claim_false", "breach", serial, when, text, plain, loan.row
                    )
                )
    return out


_NUMBER = re.compile(r"([0-9][0-9,]*)\s*(?:件|人|名)")
NUMBER_MIN = 10  # fewer are files or papers, not persons
NUMBER_SHARE = 1.05  # headers, totals, a row too many: no difference


def _contents(ledger: Iterable[Loan], held: Mapping[str, Sequence[Place]]) -> list[Row]:
    """Media that hold more persons than their last take-out says; held: device serial -> its places.

    Only what lies there as files counts: what was deleted need not have gone with it. One list of
    the number that is written is enough.
    """
    by_start = sorted(ledger, key=lambda loan: loan.start or 0)
    last = {serial: loan for loan in by_start for serial in loan.serials if loan.start is not None}
    out = []
    for serial, loan in sorted(last.items()):
        said = unicodedata.normalize("NFKC", details(loan.row["detail"]).get("contents") or "")
        numbers = [int(text.replace(",", "")) for text in _NUMBER.findall(said)]
        files = [place for place in held.get(serial, ()) if place.state == "allocated"]
        most = NUMBER_SHARE * sum(numbers)
        if sum(numbers) < NUMBER_MIN or any(
            number <= NUMBER_SHARE * place.count and place.count <= NUMBER_SHARE * number
            for place in files
            for number in numbers
        ):
            continue
        persons = Persons.union(place.persons for place in files)
        if len(persons) > most:
            text = (
                f"the ledger says {sum(numbers)}, and files hold records of {len(persons)} persons"
            )
            where = [place.address for place in files][:20]
            out.append(
                mismatch("content_differs", "gap", serial, loan.row["time"], text, where, loan.row)
            )
    return out


def _overlapping(ledger: Sequence[Loan]) -> list[Row]:
    """One medium in two loans at once."""
    out = []
    for place, one in enumerate(ledger):
        for two in ledger[place + 1 :]:
            same = one.serials & two.serials or (
                one.row["item"] and one.row["item"] == two.row["item"]
            )
            first, then = sorted((one, two), key=lambda loan: loan.start or 0)
            if not same or None in (first.start, first.back.start):
                continue
            start, until = (
                then.row["time"].until,
                first.back.start,
            )  # surely out, surely not yet back
            if start < until and one.row["address"] != two.row["address"]:
                when = Interval(start, until, one.row["time"].basis)
                subject = min(one.serials | two.serials, default=one.row["item"])
                text = "two take-outs of one medium at the same time"
                out.append(
                    mismatch(
                        "takeout_overlap",
                        "clerical",
                        subject,
                        when,
                        text,
                        [two.row["address"]],
                        one.row,
                    )
                )
    return out


def _accounts(sessions: Iterable[Row], opens: Iterable[Row], papers: Sequence[Row]) -> list[Row]:
    """Accounts that used a host and that the list of accounts does not have, or had ended before."""
    known = accounts.listed(papers)
    used: dict[tuple[str, str], list[tuple[Interval, str]]] = {}
    for row in sessions:
        if row["kind"] == "service":
            continue  # of a program: its account is no person's
        used.setdefault((row["host"], row["account"] or ""), []).append(
            (row["start"], row["address"])
        )
    for row in opens:
        if row["family"] == "net":
            used.setdefault((row["host"], row["account"] or ""), []).append(
                (row["time"], row["address"])
            )
    out = []
    for (host, account), times in sorted(used.items()):
        if not account or accounts.is_on_no_list(account):
            continue
        entries = known.get(accounts.name_of(account))
        first = min(times, key=lambda use: (use[0].start or 0, use[1]))
        if not entries:
            text = f"an account used {host} and is not listed"
            out.append(
                mismatch("account_unknown", "breach", account, hull(when for when, _ in times), text,
                     [first[1]], kind="accounts")
            )  # fmt: skip
            continue
        late = [use for use in times if not accounts.is_valid(known, account, use[0])]
        if late:
            text = f"an account used {host} after it had ended"
            when = hull(when for when, _ in late)
            out.append(
                mismatch(
                    "account_after_end",
                    "breach",
                    account,
                    when,
                    text,
                    [late[0][1]],
                    accounts.last_row(entries),
                )
            )
    return out
