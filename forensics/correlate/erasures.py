"""Certificates of erasure against the bytes, and against what was done with the medium since.

A certificate is a claim of its date: what was written later does not contradict it, nor what was
deleted from a medium that was used again.
Source: domain.md 6.4, 6.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from forensics.correlate.connections import Arrival
from forensics.correlate.mismatches import mismatch
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, device_serial, stem
from forensics.values import MICROS_MAX, NO_TIME, Interval

SHOWN = 20  # addresses that one mismatch lists


def contradicting(
    certificate: Row, held: Iterable[Place], born: Mapping[str, Interval]
) -> list[Place]:
    """The places with records that are older than the certificate, or may be.

    born: stream address -> when it was created where it lies, UTC.
    """
    end = certificate["time"].until
    starts = [(place, born.get(stem(place.address), NO_TIME).start) for place in held]
    older = [place for place, start in starts if start is None or end is None or start < end]
    if len(older) == len(starts):
        return older
    return [place for place, start in starts if place in older and start is not None]


def mismatches(
    arrivals: Sequence[Arrival], papers: Iterable[Row], held: Mapping[str, Sequence[Place]],
    born: Mapping[str, Interval],
) -> list[Row]:  # fmt: skip
    """Certificates that the bytes, or later use, contradict; and those of media that nobody knows."""
    rows = [row for row in papers if row["kind"] != "note"]
    known = {use.serial for use in arrivals} | set(held)
    known |= {device_serial(row["serial"]) for row in rows if row["paper"] == "media_register"}
    out = _scrapped(arrivals, rows)
    for row in rows:
        serial = device_serial(row["serial"])
        if row["paper"] != "erasure" or serial is None:
            continue
        if serial not in known:
            text = "the certificate names a serial that no register and no host knows"
            out.append(
                mismatch("erasure_serial_unknown", "gap", serial, row["time"], text, [], row)
            )
        left = contradicting(row, held.get(serial, ()), born)
        if left:
            text = "certified as erased, and records of persons can be recovered"
            where = sorted(place.address for place in left)[:SHOWN]
            out.append(
                mismatch("erasure_contradicted", "breach", serial, row["time"], text, where, row)
            )
        later = [
            use
            for use in arrivals
            if use.serial == serial
            and row["time"].until is not None
            and (use.time.start or 0) >= row["time"].until
        ]
        if later:
            text = f"attached to {later[0].host} after it was certified as erased"
            one = later[0]
            out.append(
                mismatch("erasure_before_use", "breach", serial, one.time, text, one.addresses, row)
            )
    return out


def _scrapped(arrivals: Iterable[Arrival], papers: Iterable[Row]) -> list[Row]:
    """Media that were used after the register has them scrapped: no row of it has them since."""
    ends: dict[str, list[Row]] = {}
    for row in papers:
        serial = device_serial(row["serial"])
        if row["paper"] == "media_register" and serial:
            ends.setdefault(serial, []).append(row)
    out = []
    for use in sorted(arrivals, key=lambda use: (use.time.start or 0, use.host)):
        mine = ends.get(use.serial or "", [])
        last = max(mine, key=lambda row: row["until"].until or MICROS_MAX, default=None)
        if (
            last is not None
            and last["until"].until is not None
            and (use.time.start or 0) >= last["until"].until
        ):
            text = f"attached to {use.host} after the register has it scrapped"
            out.append(
                mismatch(
                    "erasure_before_use", "breach", use.serial, use.time, text, use.addresses, last
                )
            )
    return out
