"""The register of media against the media that hosts saw, and against itself (codes: domain.md 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from forensics.correlate.mismatches import mismatch
from forensics.correlate.rows import Row, device_serial
from forensics.values import NO_TIME


def mismatches(connections: Sequence[Row], papers: Iterable[Row]) -> list[Row]:
    """Rows of `mismatches` of the register; none without one."""
    rows = [row for row in papers if row["paper"] == "media_register" and row["kind"] != "note"]
    return [
        *_unregistered(connections, rows), *_never_seen(connections, rows), *_duplicates(rows)
    ]  # fmt: skip


def _unregistered(connections: Sequence[Row], papers: Iterable[Row]) -> list[Row]:
    """Media in no row of the register; one character from an unseen row is likely a slip of the pen."""
    seen = {row["medium_serial"] for row in connections}
    unseen = {serial for row in papers if (serial := device_serial(row["serial"]))} - seen
    out = []
    for row in connections:
        if row["registered"] is False:
            known = row["last"] if row["last"].start is not None else row["first"]
            text = f"attached to {row['host']}, and its serial stands in no row of the register"
            severity = "breach"
            if any(_one_apart(row["medium_serial"], serial) for serial in unseen):
                severity = "clerical"
                text += "; one that no host has seen differs in one character"
            out.append(
                mismatch("medium_unregistered", severity, row["medium_serial"], known, text,
                     row["addresses"], kind="media_register")
            )  # fmt: skip
    return out


def _one_apart(one: str, two: str) -> bool:
    return len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1


def _never_seen(connections: Iterable[Row], papers: Iterable[Row]) -> list[Row]:
    """Registered media that no supplied host saw."""
    seen = {row["medium_serial"] for row in connections}
    out = []
    for row in papers:
        serial = device_serial(row["serial"])
        if serial and serial not in seen:
            text = "registered, and no supplied host has seen it"
            out.append(mismatch("medium_never_seen", "gap", serial, NO_TIME, text, [], row))
    return out


def _duplicates(papers: Iterable[Row]) -> list[Row]:
    """One number, or one serial, in two rows of the register of media.

    A stick that the register of another year has with the same number and serial was carried over.
    """
    out = []
    keys: tuple[Callable[[Row], str | None], ...] = (
        lambda row: row["item"],
        lambda row: device_serial(row["serial"]),
    )
    for key in keys:
        first: dict[str, Row] = {}
        for row in papers:
            value = key(row)
            if value and value in first and _carried_over(first[value], row):
                continue
            if value and value in first:
                text = "the same number or serial stands in another row"
                addresses = [first[value]["address"]]
                out.append(
                    mismatch("duplicate_number", "clerical", value, NO_TIME, text, addresses, row)
                )
            elif value:
                first[value] = row
    return out


def _carried_over(one: Row, two: Row) -> bool:
    """Is it one stick in two registers?"""
    sheets = {(row["address"].partition("!~row")[0], row["sheet"]) for row in (one, two)}
    return (
        len(sheets) == 2
        and one["item"] == two["item"]
        and device_serial(one["serial"]) == device_serial(two["serial"])
    )
