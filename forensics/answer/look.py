"""From tables to the world that questions look at."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from forensics import artifacts, schema
from forensics.answer import facts, signs
from forensics.answer.before import before
from forensics.answer.held import holds, named
from forensics.answer.known import known
from forensics.answer.world import World
from forensics.correlate import foreign, times, unread
from forensics.correlate.loans import loans
from forensics.correlate.places import Place, places
from forensics.correlate.rows import Row, content, device_serial, rows, stem, volume_serial
from forensics.values import NO_TIME, OUTCOMES, Interval, decode_name

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case

OF_TRACES = (*signs.RECORDED, "medium_mounted", "medium_written")
USED = ("file_read", "file_written", "file_listed", "session_start")
PLUGS = ("device_connected", "device_first_installed", "device_removed")
MAILS = ("mail_sent", "mail_received", "mail_draft")
OF_FILES = ("file_modified", "file_accessed", "file_changed", "file_born")


def look(case: Case, tables: Mapping[str, pa.Table]) -> World:
    """The world of one case. tables: those of all rooms; a missing one counts as empty."""
    have = {
        name: tables.get(name, schema.to_arrow(name, []))
        for name in schema.BY_NAME
        if name not in ("answers", "facts")
    }
    small = {name: rows(name, have[name]) for name in SMALL}
    papers = times.papers_in_utc(small["papers"], times.Clock(case.timezone))
    roles = {row["evidence"]: row["role"] for row in small["evidence"]}
    media = [name for name, role in roles.items() if role not in ("pc", "server")]
    traced = _events(have["events"], list(roles), OF_TRACES)
    dated: dict[str, list[Row]] = {name: [] for name in media}
    for row in [
        *_events(have["events"], media, OF_FILES),
        *traced,
        *_undated(have["files"], media),
        *_named(have["files"], media),
    ]:
        if row["evidence"] in dated:
            dated[row["evidence"]].append(row)
    supplied = [row for row in small["evidence"] if row["evidence"] in media]
    ledger = have["ledger"]
    held = places(small["records"], have["people"], have["contents"])
    own: dict[str, set[str]] = {}
    for row in small["volumes"]:
        serial = volume_serial(row["serial"])
        if serial and row["evidence"] not in media:
            own.setdefault(row["evidence"], set()).add(serial)
    size = case.register_persons or _register_size(small["records"])
    troubles = [row for row in small["coverage"] if row["outcome"] != "examined"]
    opened = [row["address"] for row in small["coverage"] if row["method"]]
    earlier = before(case, small["baselines"], small["evidence"], have["contents"], opened)
    tied = _tied(have["traces"])
    software = known(case.hash_sets, have["contents"])
    made = [
        *facts.digests(small["evidence"]),
        *facts.volumes(small["volumes"], dated, case.window, earlier.unlike(have["contents"])),
        *facts.persons(held, size),
        *facts.copies(small["copies"]),
        *facts.sent(_mails(have["traces"]), held),
        *facts.connections(
            small["connections"], _attached(have["events"], list(roles), case.window)
        ),
        *facts.opens(
            small["opens"],
            held,
            {host: frozenset(found) for host, found in own.items()},
            case.window,
        ),
        *facts.sessions(small["sessions"], case.window),
        *facts.horizons(small["horizons"]),
        *facts.clocks(small["clocks"]),
        *signs.recorded(traced, case.window),
        *signs.reformatted(supplied, small["volumes"], tied, dated, case.window),
        *signs.emptied(held, dated, small["volumes"], case.window),
        *signs.inconsistent(dated, case.window),
        *signs.erasers(_events(have["events"], list(roles), ("program_run",)), case.window),
        *signs.wiped(small["evidence"], small["volumes"], case.window),
        *facts.mismatches(small["mismatches"]),
        *facts.papers(papers, small["connections"], small["mismatches"]),
        *facts.erasures(papers, small["evidence"], held, _bytes(ledger, small["evidence"]), dated),
        *facts.locked(small["volumes"], small["coverage"], earlier, software),
        *facts.unexamined(_unexamined(ledger)),
    ]
    return World(
        case=case,
        items={row["evidence"]: row for row in small["evidence"]},
        bytes=_bytes(ledger, small["evidence"]),
        excused=_excused(ledger, software),
        reasons=_reasons(ledger, small["evidence"]),
        troubled=frozenset(
            {content(row["address"]) for row in troubles}
            | {stem(row["address"]) for row in troubles}
        ),
        places=held,
        files={name: tuple(found) for name, found in dated.items()},
        connections=small["connections"],
        opens=small["opens"],
        horizons=small["horizons"],
        papers=papers,
        mixed_up=signs.mixed_up(supplied, small["volumes"], tied),
        absent_hosts=_absent_hosts(have, small["settings"], roles, case.window),
        loans=loans(papers),
        carrying=_hosts(small["opens"], held, _leaving(have["traces"])),
        undated=_hosts([row for row in small["opens"] if row["time"].start is None], held),
        half_read=unread.papers(case, (row for row in troubles if row["evidence"] == "papers")),
        recorded={item.name: frozenset(item.records) for item in artifacts.ARTIFACTS},
        register_size=size,
        controls_ok=bool(small["controls"])
        and all((row["found"] or 0) >= (row["planted"] or 0) > 0 for row in small["controls"]),
        facts=sorted(
            {fact["id"]: fact for fact in made}.values(), key=lambda f: (f["kind"], f["id"])
        ),
    )


SMALL = (
    "evidence", "volumes", "records", "coverage", "controls", "settings", "connections", "sessions",
    "opens", "baselines", "copies", "horizons", "clocks", "papers", "mismatches",
)  # fmt: skip


def _events(events: pa.Table, items: list[str], kinds: tuple[str, ...]) -> list[Row]:
    """Events of some items and kinds: the table is large, so it is cut before it becomes rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = pc.is_in(events.column("evidence").cast("string"), pa.array(items, pa.string()))
    wanted = pc.is_in(events.column("kind").cast("string"), pa.array(kinds, pa.string()))
    return rows("events", events.filter(pc.and_(mine, wanted)))


def _undated(files: pa.Table, media: list[str]) -> list[Row]:
    """Files that are there, and bear no date of a write: something without a clock made them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = pc.and_(
        pc.equal(files.column("state").cast("string"), "allocated"),
        pc.equal(files.column("kind").cast("string"), "file"),
    )
    bare = pc.and_(files.column("born").is_null(), files.column("modified").is_null())
    mine = pc.is_in(files.column("evidence").cast("string"), pa.array(media, pa.string()))
    wanted = pc.and_(pc.and_(there, bare), pc.and_(mine, pc.greater(files.column("size"), 0)))
    names = ("evidence", "path", "address")
    found = files.filter(pc.fill_null(wanted, False)).select(list(names)).to_pylist()
    return [{**row, "kind": "file_modified", "time": NO_TIME} for row in found]


def _named(files: pa.Table, media: list[str]) -> list[Row]:
    """Names of NTFS that were made later than their file says it was born: by the file system, not by a program."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = pc.is_in(files.column("evidence").cast("string"), pa.array(media, pa.string()))
    wanted = pc.and_(mine, pc.less(files.column("born_until"), files.column("fn_born")))
    found = rows("files", files.filter(pc.fill_null(wanted, False)))
    kept = ("evidence", "path", "address")
    return [
        {**{name: row[name] for name in kept}, "kind": "file_named", "time": row["fn_born"]}
        for row in found
        if (row["fn_born"].start or 0) - (row["born"].until or 0) > times.SECOND
    ]


def _attached(
    events: pa.Table, items: list[str], window: tuple[int, int] | None
) -> dict[tuple[str, str], list[Interval]]:
    """Host and device serial -> when it arrived or was removed in the window, each time once."""
    found: dict[tuple[str, str], set[Interval]] = {}
    for row in _events(events, items, PLUGS):
        serial = device_serial(row["medium"])
        if serial and times.within(row["time"], window):
            found.setdefault((row["evidence"], serial), set()).add(row["time"])
    return {
        key: sorted(mine, key=lambda when: (when.start or 0, when.until or 0, when.basis or ""))
        for key, mine in found.items()
    }


def _absent_hosts(
    have: Mapping[str, pa.Table], settings: list[Row], roles: Mapping[str, str],
    window: tuple[int, int] | None,
) -> tuple[str, ...]:  # fmt: skip
    """Names of clients (no bare addresses, no domains) that used a server in the window, and are no item.

    So are computers whose hives lie on a host and know of a device in the window.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    servers = [name for name, role in roles.items() if role == "server"]
    used = [
        row["address"]
        for row in _events(have["events"], servers, USED)
        if window is None or times.overlaps(row["time"], window)
    ]
    traces = have["traces"]
    mine = traces.filter(pc.is_in(traces.column("address"), pa.array(used, pa.string())))
    names = {name.split(".")[0] for name in pc.unique(mine.column("host")).to_pylist() if name}
    folders = foreign.hives(settings)
    names |= _elsewhere(traces, folders, window)
    settings = foreign.without(settings, folders, frozenset())
    known = {row["value"] for row in settings if row["name"] in foreign.NAMES}
    known_folded = {(name or "").split(".")[0].casefold() for name in (*known, *roles)}
    clear = [name for name in names if re.fullmatch(r"[A-Za-z][\w-]{0,62}", name)]
    return tuple(sorted(name for name in clear if name.casefold() not in known_folded))


def _elsewhere(
    traces: pa.Table, folders: Mapping[str, str], window: tuple[int, int] | None
) -> set[str]:
    """Computers whose hives lie in the folders and date a device in the window; hives tell UTC."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not folders:
        return set()
    plugs = pc.is_in(traces.column("kind").cast("string"), pa.array(PLUGS, pa.string()))
    return {
        name.split(".")[0]
        for row in rows("traces", traces.filter(plugs))
        if (name := foreign.lies_in(folders, row["address"]))
        and (window is None or times.overlaps(row["time"], window))
    }


def _register_size(records: list[Row]) -> int | None:
    """Persons of the register, by the share that a record says it holds."""
    told = [row for row in records if row["register_persons"] and row["register_share"]]
    best = max(told, key=lambda row: row["register_persons"], default=None)
    return None if best is None else round(best["register_persons"] / best["register_share"])


def _leaving(traces: pa.Table) -> frozenset[str]:
    """Addresses of commands that name another device or host as where their output goes."""
    import pyarrow.compute as pc

    found = pc.match_substring(traces.column("detail"), "leaves=yes")
    return frozenset(traces.filter(pc.fill_null(found, False)).column("address").to_pylist())


def _hosts(
    opens: Sequence[Row], held: Sequence[Place], at: Collection[str] | None = None
) -> frozenset[str]:
    """Hosts on which a file with records, one of its name, or its folder was read; at: by what stands there."""
    files = named(held)
    folders = {
        (place.evidence, above)
        for place in held
        for above in accumulate(
            decode_name((place.path or "").split("!")[0]).split("/"), "{}/{}".format
        )
    }
    return frozenset(
        row["host"]
        for row in opens
        if (at is None or row["address"] in at)
        and (
            holds(files, row, foreign=False) is not False
            or (row["host"], _slashed(row["path"] or "")) in folders
        )
    )


def _slashed(path: str) -> str:
    """A path of Windows as the file system's own: without its letter."""
    return "/" + re.sub(r"^[A-Za-z]:", "", path).replace("\\", "/").strip("/")


def _mails(traces: pa.Table) -> list[Row]:
    """Traces of messages; their dates are UTC, by the sender's clock."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mails = pc.is_in(traces.column("kind").cast("string"), pa.array(MAILS, pa.string()))
    return rows("traces", traces.filter(mails))


def _tied(traces: pa.Table) -> list[Row]:
    """Traces that name a device and a volume together; those that do so have times in UTC."""
    import pyarrow.compute as pc

    both = pc.and_(
        traces.column("medium_serial").is_valid(), traces.column("volume_serial").is_valid()
    )
    return rows("traces", traces.filter(both))


def _bytes(ledger: pa.Table, items: list[Row]) -> dict[str, dict[str, int]]:
    """Item -> outcome -> bytes; what no ledger row covers was skipped."""
    out: dict[str, dict[str, int]] = {row["evidence"]: {} for row in items}
    for evidence, outcome, total in _sums(ledger, ["evidence", "outcome"]):
        if evidence in out and total:
            mine = out[evidence]
            mine[outcome or "skipped"] = mine.get(outcome or "skipped", 0) + total
    for row in items:
        missing = (row["size"] or 0) - sum(out[row["evidence"]].values())
        if missing > 0:
            out[row["evidence"]]["skipped"] = out[row["evidence"]].get("skipped", 0) + missing
    assert {name for found in out.values() for name in found} <= set(OUTCOMES)
    return out


def _sums(ledger: pa.Table, keys: list[str]) -> list[tuple[Any, ...]]:
    """Sums of `length` by text columns."""
    import pyarrow as pa

    columns = [ledger.column(name).cast(pa.string()) for name in keys]
    table = pa.table([*columns, ledger.column("length")], names=[*keys, "length"])
    grouped = table.group_by(keys).aggregate([("length", "sum")])
    return sorted(
        zip(*(grouped.column(name).to_pylist() for name in [*keys, "length_sum"]), strict=True),
        key=repr,
    )


def _excused(ledger: pa.Table, software: Collection[str]) -> dict[tuple[str, str], int]:
    """Locked bytes of each item that belong to known software."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not software:
        return {}
    mine = pc.is_in(ledger.column("owner"), pa.array(sorted(software), pa.string()))
    sums = _sums(ledger.filter(pc.fill_null(mine, False)), ["evidence", "outcome"])
    return {(item, outcome): total for item, outcome, total in sums if outcome == "locked"}


def _reasons(ledger: pa.Table, items: list[Row]) -> dict[str, frozenset[str]]:
    """Item -> reason codes of what was not examined."""
    out: dict[str, set[str]] = {row["evidence"]: {row["reason"]} - {None} for row in items}
    for evidence, outcome, reason, _ in _sums(ledger, ["evidence", "outcome", "reason"]):
        if outcome != "examined" and reason and evidence in out:
            out[evidence].add(reason)
    return {name: frozenset(found) for name, found in out.items()}


def _unexamined(ledger: pa.Table) -> list[Row]:
    import pyarrow.compute as pc

    outcome = pc.fill_null(ledger.column("outcome").cast("string"), "skipped")
    return rows("ledger", ledger.filter(pc.not_equal(outcome, "examined")))
