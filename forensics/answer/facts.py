"""Every fact: one small object that a sentence may rest on, with the addresses that show it.

A fact's id is `F-` and 12 hex of the SHA-256 of its canonical JSON without the id: the same evidence
gives the same facts in every run. Times are `{"from", "until"}` in UTC or null. Kinds and the keys
that readers may rely on: design.md 9; further keys may be added.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from forensics.answer.before import Before
from forensics.answer.held import holds, named
from forensics.case.earlier import DIFFERS
from forensics.correlate.erasures import contradicting
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, content, details, device_serial, stem
from forensics.correlate.times import hull, overlaps, within
from forensics.values import Address, Interval, micros, moment

Fact = dict[str, Any]
WRITES = (
    "file_modified", "file_changed", "file_born", "file_named", "medium_mounted", "medium_written",
)  # fmt: skip
SHOWN = 20  # addresses that one fact lists of many alike


def canonical(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fact(kind: str, addresses: Iterable[str], **keys: object) -> Fact:
    """A fact with its id; addresses must not be empty."""
    where = sorted(set(addresses))
    assert where, f"a fact of kind {kind} without address"
    body: Fact = {"kind": kind, "addresses": where, **keys}
    return {"id": "F-" + hashlib.sha256(canonical(body).encode()).hexdigest()[:12], **body}


def span(when: Interval) -> dict[str, str] | None:
    """An interval as findings.json has it."""
    if when.start is None or when.until is None:
        return None
    return {"from": utc(when.start), "until": utc(when.until)}


def utc(micros_utc: int) -> str:
    return moment(micros_utc).isoformat().replace("+00:00", "Z")


def interval_of(told: Mapping[str, str]) -> Interval:
    """The interval that `span` wrote."""
    start, until = (micros(dt.datetime.fromisoformat(told[key])) for key in ("from", "until"))
    return Interval(start, until, "utc")


def digests(items: Iterable[Row]) -> list[Fact]:
    """One per digest; match null where it was not compared: nothing to compare, or bytes not read."""
    out = []
    for row in items:
        told = [("declared", text) for text in re.split(r"[\s;,]+", row["declared"] or "") if text]
        told += [("stored", text) for text in row["stored"] or ()]
        for against, text in told or [("none", "")]:
            algorithm, _, value = text.rpartition(":")
            compared = against != "none" and (row["verified"] or row["sha256"] is not None)
            match = row["verified"] if compared else None
            if value and algorithm.lower() in ("sha256", "") and row["sha256"]:
                match = value.lower() == row["sha256"].lower()
            out.append(
                fact("digest", [row["evidence"]], evidence=row["evidence"], sha256=row["sha256"],
                     against=against, algorithm=algorithm or None, match=match)
            )  # fmt: skip
    return out


def volumes(
    rows: Iterable[Row],
    files: Mapping[str, Sequence[Row]],
    window: tuple[int, int] | None,
    unlike: Mapping[str, Sequence[str]],
) -> list[Fact]:
    """Volumes, with what their own dates say of use in the window (media only).

    files: medium -> dated names. A written time shows a write; an access date shows a use. unlike: medium
    -> addresses of files that are not as the owner's manifest of before the loss has them; null
    without one.
    """
    out = []
    for row in rows:
        if row["volume"] is None:
            continue
        address = f"{row['evidence']}:{row['volume']}"
        dated = [
            name
            for name in files.get(row["evidence"], ())
            if within(name["time"], window) and _lies_in(name["address"], address)
        ]
        written = [name for name in dated if name["kind"] in WRITES]
        shown = sorted({name["address"] for name in written or dated})[:SHOWN]
        other = [one for one in unlike.get(row["evidence"], ()) if _lies_in(one, address)]
        out.append(
            fact("volume", [address, *shown, *other[:SHOWN]], evidence=row["evidence"], volume=row["volume"],
                 filesystem=row["filesystem"], state=row["outcome"], serial=row["serial"],
                 label=row["label"], bytes=row["length"], time=span(hull(name["time"] for name in dated)),
                 written_in_window=len(written), used_in_window=len(dated),
                 unlike_baseline=len(other) if row["evidence"] in unlike else None)
        )  # fmt: skip
    return out


def _lies_in(address: str, volume: str) -> bool:
    return address.startswith((f"{volume}:", f"{volume}@"))


def persons(places: Iterable[Place], size: int | None) -> list[Fact]:
    """`personal_data` of every place, `register_match` where persons of the register are among them."""
    out = []
    for place in places:
        common = {"evidence": place.evidence, "path": place.path, "state": place.state}
        out.append(
            fact("personal_data", [place.address], **common, kinds=list(place.kinds),
                 persons=place.count, rows=place.rows)
        )  # fmt: skip
        if place.known:
            share = round(len(place.known) / size, 4) if size else None
            out.append(
                fact("register_match", [place.address], **common, persons=len(place.known),
                     share=share, extract=place.extract or "unknown")
            )  # fmt: skip
    return out


def copies(rows: Iterable[Row]) -> list[Fact]:
    return [
        fact(
            "copy", [row["source"], row["target"]], dataset=row["dataset"],
            **{"from": row["source"], "to": row["target"]}, basis=row["basis"],
            method=row["method"], persons=row["persons"], share=row["share"],
            time=span(row["time"]), order_known=row["order_known"],
        )
        for row in rows
    ]  # fmt: skip


def sent(mails: Iterable[Row], places: Iterable[Place]) -> list[Fact]:
    """Records that lie in a message which was sent, or which passed a mail server.

    mails: traces of messages; record_number: of the message in its folder, 0 in a file of its own.
    """
    known = {
        content(row["address"]) + (f"!{row['record_number']}" if row["record_number"] else ""): row
        for row in mails
    }
    out = []
    for place in places:
        parts = content(place.address).split("!")
        row = known.get("!".join(parts[:2])) or known.get(parts[0])
        if row is None or row["kind"] not in ("mail_sent", "mail_received"):
            continue
        said = details(row["detail"])
        out.append(
            fact("sent", [place.address, row["address"]], evidence=place.evidence, path=place.path,
                 method="mail", recipient_token=None, recipients=int(said.get("recipients") or 0),
                 outside=int(said["outside"]) if "outside" in said else None,
                 received=row["kind"] == "mail_received", persons=place.count, time=span(row["time"]))
        )  # fmt: skip
    return out


def connections(
    rows: Iterable[Row], attached: Mapping[tuple[str, str], Sequence[Interval]]
) -> list[Fact]:
    """Host × medium; first and last may lie on both sides of the window, `used` lies in it.

    attached: host and device serial -> arrivals and removals in the window.
    """
    return [
        fact(
            "connection", row["addresses"], host=row["host"], host_name=row["host_name"],
            medium=row["medium"], medium_serial=row["medium_serial"],
            volume_serial=row["volume_serial"], label=row["label"], first=span(row["first"]),
            last=span(row["last"]), removed=span(row["removed"]),
            account=row["accounts"][0] if len(row["accounts"]) == 1 else None,
            accounts=row["accounts"], registered=row["registered"], in_window=row["in_window"],
            sources=row["sources"], families=row["families"],
            used=[span(when) for when in attached.get((row["host"], row["medium_serial"]), ())],
        )
        for row in rows
    ]  # fmt: skip


def opens(
    rows: Iterable[Row], places: Sequence[Place], own: Mapping[str, frozenset[str]],
    window: tuple[int, int] | None,
) -> list[Fact]:  # fmt: skip
    """Openings of files on media, and of places with records; the rest stays in the table `opens`.

    own: volume serials of the host's own disks. medium: the item, or the serial of one not supplied.
    personal: does that file hold records? null: one of its name does, elsewhere. in_window: null
    where only a part of the interval lies in it.
    """
    held = named(places)
    out = []
    for row in rows:
        volume = row["volume_serial"]
        foreign = volume is not None and volume not in own.get(row["host"], frozenset())
        personal = holds(held, row, foreign=foreign)
        if row["time"].start is None or not (
            row["medium_serial"] or row["medium"] or foreign or personal is not False
        ):
            continue
        when = within(row["time"], window) or (None if overlaps(row["time"], window) else False)
        out.append(
            fact("open", [row["address"]], host=row["host"],
                 medium=row["medium"] or row["medium_serial"], medium_serial=row["medium_serial"], volume_serial=volume, path=row["path"],
                 time=span(row["time"]), account=row["account"], source=row["source"],
                 family=row["family"], personal=personal, in_window=when)
        )  # fmt: skip
    return out


def sessions(rows: Iterable[Row], window: tuple[int, int] | None) -> list[Fact]:
    """Sessions that may lie in the window (all of them without one); the table has the rest."""
    return [
        fact("session", [row["address"]], host=row["host"], account=row["account"],
             **{"from": span(row["start"]), "until": span(row["end"])}, source=row["source"],
             type=row["kind"])
        for row in rows
        if window is None or overlaps(hull([row["start"], row["end"]]), window)
    ]  # fmt: skip


def horizons(rows: Iterable[Row]) -> list[Fact]:
    """Classes that are there, and expected ones that are not: their address is where they would be."""
    return [
        fact(
            "horizon", [row["control"] or row["evidence"]], evidence=row["evidence"],
            host=row["evidence"], host_name=row["host"], log=row["log"], family=row["family"],
            present=row["present"], first=span(row["first"]), last=span(row["last"]),
            records=row["records"], gaps=row["gaps"], covers_window=row["covers_window"],
            reason=row["reason"],
        )
        for row in rows
    ]  # fmt: skip


def clocks(rows: Iterable[Row]) -> list[Fact]:
    return [
        fact("clock", [row["host"]], host=row["host"], seconds_min=row["seconds_min"],
             seconds_max=row["seconds_max"], source=row["source"], valid=span(row["valid"]))
        for row in rows
    ]  # fmt: skip


def tamper(
    subject: str,
    what: str,
    when: Interval,
    addresses: Iterable[str],
    window: tuple[int, int] | None,
    *,
    done: Interval | None = None,
    sure: bool = True,
    **more: object,
) -> Fact:
    """A sign of tampering; since_window: did it happen after the window began (yes, no, maybe)?

    done: when it was made, where its own time is another. sure: false where it need not be a sign at all: it bars a negative, and shows nothing.
    """
    since = "maybe"
    made = done or when
    if window is not None and made.start is not None and made.until is not None:
        after = sure and made.start >= window[0]
        since = "yes" if after else "no" if made.until <= window[0] else "maybe"
    more |= {} if sure else {"by_service": True}
    return fact(
        "tamper", addresses, subject=subject, what=what, time=span(when), since_window=since, **more
    )


def mismatches(rows: Iterable[Row]) -> list[Fact]:
    return [
        fact(
            "mismatch", row["addresses"] or [f"papers:/{row['paper']}"], what=row["what"],
            paper=row["paper"], row=row["row"], subject=row["subject"], time=span(row["time"]),
            severity=row["severity"], explanation=row["explanation"],
        )
        for row in rows
    ]  # fmt: skip


def papers(
    rows: Sequence[Row], connections: Iterable[Row], mismatches: Sequence[Row]
) -> list[Fact]:
    """Rows of papers; matched: does a record of a machine agree? null where none could."""
    contradicted = {address for row in mismatches for address in row["addresses"]}
    seen = {row["medium_serial"] for row in connections}
    out = []
    for row in rows:
        matched: bool | None = None
        if row["address"] in contradicted:
            matched = False
        elif row["paper"] == "take_out" and row["time"].start is not None:
            matched = True
        elif row["paper"] == "media_register":
            matched = device_serial(row["serial"]) in seen
        out.append(
            fact("paper", [row["address"]], paper=row["paper"], row=row["row"],
                 entry=row["kind"] or row["action"], item=row["item"], matched=matched,
                 time=span(row["time"]))
        )  # fmt: skip
    return out


def erasures(
    papers: Iterable[Row], items: Iterable[Row], places: Sequence[Place],
    examined: Mapping[str, Mapping[str, int]], files: Mapping[str, Sequence[Row]],
) -> list[Fact]:  # fmt: skip
    """Certificates of erasure for supplied items: bytes looked at, and bytes that still hold records.

    files: medium -> dated names.
    """
    serials = {device_serial(row["serial"]): row["evidence"] for row in items}
    out = []
    for row in papers:
        item = serials.get(device_serial(row["serial"]) or "")
        if row["paper"] != "erasure" or item is None:
            continue
        names = files.get(item, ())
        born = {name["address"]: name["time"] for name in names if name["kind"] == "file_born"}
        left = contradicting(row, (place for place in places if place.evidence == item), born)
        held = {Address.parse(address) for place in left for address in place.addresses}
        out.append(
            fact("erasure", [row["address"], *(place.address for place in left[:SHOWN])],
                 subject=item, method=details(row["detail"]).get("method"),
                 bytes_checked=examined[item].get("examined", 0),
                 bytes_contradicting=sum(where.length or 0 for where in held), time=span(row["time"]))
        )  # fmt: skip
    return out


def locked(
    volumes: Iterable[Row], coverage: Sequence[Row], before: Before, software: Collection[str]
) -> list[Fact]:
    """Volumes and contents that a password or key protects; `protection` says how, and whether it is as it was before.

    What a key of the case file opened was protected on the medium: it has the second fact alone. software:
    addresses of streams that are known software.
    """
    said = {row["address"]: row for row in coverage if row["outcome"] == "locked"}
    out = []
    for row in volumes:
        if row["outcome"] == "locked":
            address = f"{row['evidence']}:{row['volume']}" if row["volume"] else row["evidence"]
            told = said.pop(address, None)
            method = (told or {}).get("method") or row["filesystem"] or row["reason"]
            keys = {
                "evidence": row["evidence"],
                "volume": row["volume"],
                "path": None,
                "method": method,
            }
            out.append(fact("locked", [address], **keys, bytes=row["length"]))
            state = before.of_volume(row["evidence"], row["volume"])
            out.append(fact("protection", [address], **keys, baseline=state))
    out += [
        fact("protection", [f"{row['evidence']}:{row['volume']}" if row["volume"] else row["evidence"]],
             evidence=row["evidence"], volume=row["volume"], path=None, method=row["method"], baseline=row["state"])
        for row in before.unmarked()
    ]  # fmt: skip
    out += [
        fact("protection", found[:SHOWN], evidence=name, volume=None, path=None, method=None,
             baseline=DIFFERS, files=len(found))
        for name, found in before.changed().items()
    ]  # fmt: skip
    opened = {
        row["address"]: row for row in coverage if row["outcome"] == "examined" and row["method"]
    }
    for address, row in sorted((said | opened).items()):
        path = content(address).partition(":/")[2]
        keys = {
            "evidence": row["evidence"], "volume": None, "path": f"/{path}" if path else None,
            "method": row["method"],
        }  # fmt: skip
        if address in said:
            listed = {"known": True} if stem(address) in software else {}
            out.append(fact("locked", [address], **keys, **listed, bytes=row["bytes"]))
        state = before.of_content(row["evidence"], address)
        out.append(fact("protection", [address], **keys, baseline=state))
    return out


def unexamined(ledger: Iterable[Row]) -> list[Fact]:
    """Bytes of the ledger that are not `examined`, by item, class, outcome and reason."""
    sums: dict[tuple[str, str, str, str | None], tuple[int, int, int]] = {}
    for row in ledger:
        key = (row["evidence"], row["class"], row["outcome"] or "skipped", row["reason"])
        total, start, length = sums.get(key, (0, row["start"], row["length"]))
        if row["start"] < start:
            start, length = row["start"], row["length"]
        sums[key] = (total + row["length"], start, length)
    return [
        fact("unexamined", [f"{evidence}@{start}+{length}"], evidence=evidence,
             **{"class": kind}, state=outcome, bytes=total, reason=reason)
        for (evidence, kind, outcome, reason), (total, start, length) in sorted(
            sums.items(), key=repr
        )
        if total
    ]  # fmt: skip
