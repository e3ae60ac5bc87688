"""Hand-made tables for the tests of correlate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from forensics import schema
from forensics.case import Case, Item
from forensics.values import Interval, interval, micros

WINDOW = (
    micros(dt.datetime(2022, 6, 21, 10, 30, tzinfo=dt.UTC)),
    micros(dt.datetime(2022, 6, 24, 3, tzinfo=dt.UTC)),
)


def utc(*when, width=1, basis="utc") -> Interval:
    """A time of given width in microseconds."""
    return interval(micros(dt.datetime(*when, tzinfo=dt.UTC)), width, basis)


def local(*when, width=1) -> Interval:
    return utc(*when, width=width, basis="local:unknown")


def case(*items: Item, window=WINDOW, timezone="Asia/Tokyo", register=None) -> Case:
    here = Path("case")
    return Case(
        id="c", source=here / "case.toml", folder=here, keys_folder=here, evidence=items, title="c",
        timezone=timezone, window=window, register_persons=register,
    )  # fmt: skip


def item(name, role="medium", **more) -> Item:
    return Item(name, role, Path(name), name, **more)


def tables(**rows):
    """Arrow tables from rows."""
    return {name: schema.to_arrow(name, found) for name, found in rows.items()}


def trace(evidence, kind, when=None, **more):
    """A row of `traces` with an address of its own."""
    row = {"evidence": evidence, "kind": kind, "source": "usb_devices", "family": "pnp"} | more
    row.setdefault("address", f"{evidence}:p1:/hive@{len(repr((kind, when, sorted(more))))}+8")
    return row if when is None else row | {"time": when}
