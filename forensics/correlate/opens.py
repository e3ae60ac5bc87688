"""Files that were opened, as shell artefacts and servers' audit logs name them.

A path on a letter is tied to a medium by its volume serial, or by the letter where the host ties
that letter to one device only. A file of the host's own disk has no medium.
Source: domain.md 4.3, 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable

from forensics.correlate.media import Media, letter
from forensics.correlate.rows import Row, details, volume_serial
from forensics.correlate.times import Clock, iso, resolve

KINDS = ("file_opened", "file_read")


def opens(
    media: Media, traces: Iterable[Row], clocks: dict[str, Clock], settings: Iterable[Row]
) -> list[Row]:
    """Rows of `opens`, one per trace of an opening; of a share whose folder is known the path there.

    An account that a record knows by its number (`uid:1002`) has the name that the host gives it.
    """
    out = []
    settings = list(settings)
    people = {
        (row["evidence"], f"uid:{number}"): name
        for row in settings
        if row["name"] == "user_name"
        for number, _, name in [(row["value"] or "").partition("=")]
    }
    shares = {
        (row["evidence"], name.casefold()): folder.rstrip("/")
        for row in settings
        if row["name"] == "share_path"
        for name, _, folder in [(row["value"] or "").partition("=")]
    }
    for row in traces:
        if row["kind"] not in KINDS:
            continue
        volume = volume_serial(row["volume_serial"])
        own = volume is not None and volume in media.own.get(row["evidence"], frozenset())
        shared = row["kind"] == "file_read" and not letter(row)  # a server's share
        item, serial = (None, None) if own or shared else media.of(row)
        said, clock = details(row["detail"]), clocks.get(row["evidence"], Clock())
        path, folder = row["path"], shares.get((row["evidence"], said.get("share", "").casefold()))
        if shared and folder and path and not path.startswith("/"):
            path = f"{folder}/{path}"
        out.append(
            {
                "host": row["evidence"],
                "account": people.get((row["evidence"], row["account"] or ""), row["account"]),
                "medium": item,
                "medium_serial": serial,
                "volume_serial": volume,
                "path": path,
                "size": row["size"],
                "time": row["time"],
                "target_created": resolve(iso(said.get("target_created")), clock),
                "target_modified": resolve(iso(said.get("target_modified")), clock),
                "source": row["source"],
                "family": row["family"],
                "address": row["address"],
            }
        )
    return out
