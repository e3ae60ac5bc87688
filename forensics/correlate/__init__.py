"""Tables to tables: events, connections, sessions, opens, copies, horizons, clocks, mismatches.

Rows-to-rows code: it never opens evidence, and it does not answer: it says what fits together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forensics import schema
from forensics.correlate import (
    clocks,
    connections,
    copies,
    entries,
    erasures,
    events,
    foreign,
    horizons,
    jump_lists,
    media,
    mismatches,
    names,
    opens,
    places,
    registers,
    rooms,
    sessions,
    times,
    unread,
)  # fmt: skip
from forensics.correlate.rows import Row, rows, table

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case


INPUTS = (
    "volumes", "files", "contents", "coverage", "records", "people", "traces", "settings", "papers",
)  # fmt: skip


def all(case: Case, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:  # noqa: A001  # design.md 5
    """The tables that follow from `tables` (those of INPUTS; a missing one counts as empty).

    Times are resolved to UTC; what cannot be resolved stays without time. The order of rows does
    not matter.
    """
    from forensics import artifacts

    have = {name: tables.get(name, schema.to_arrow(name, [])) for name in INPUTS}
    hosts = [item.id for item in case.evidence if item.role in media.HOSTS]
    others = [item.id for item in case.evidence if item.role not in media.HOSTS]
    told = rows("settings", have["settings"])
    folders = foreign.hives(told)
    told = foreign.without(told, folders, frozenset())
    settings = [*told, *entries.zones(have["files"], hosts)]
    volumes = rows("volumes", have["volumes"])
    mounted = schema.to_arrow(
        "traces",
        [*entries.mounts(have["files"], others), *entries.superblocks(volumes, others)],
    )
    have["traces"] = schema.concat("traces", [have["traces"], mounted])
    known = times.clocks(case, settings)
    named = host_names(settings)
    traces = in_utc(have, known)
    files = times.resolve_columns(have["files"], (*events.FILE_TIMES, "fn_born"), known)
    said = rows("traces", traces)
    mine = foreign.without(said, folders, foreign.logs(said, settings))
    if len(mine) < len(said):
        said, traces = mine, _of_addresses(traces, {row["address"] for row in mine})
    said = jump_lists.dated(said)
    papers = times.papers_in_utc(rows("papers", have["papers"]), known[times.PAPERS])
    tied = media.media(case, volumes, said)
    used = connections.uses(tied, said, hosts)
    half = unread.papers(case, rows("coverage", _of_papers(have["coverage"])))
    joined = connections.connections(case, used, named, papers, half)
    logged_on = sessions.sessions(said)
    opened = opens.opens(tied, said, known, settings)
    held = places.places(rows("records", have["records"]), have["people"], have["contents"])
    sources = names.find(
        files, [place.address for place in held] + [row["address"] for row in said]
    )
    lying = {
        serial: [place for place in held if place.evidence == name]
        for name, serial in tied.declared.items()
    }
    born = {address: row["born"] for address, row in sources.items()}
    hives = {address: row["modified"] for address, row in sources.items()}
    found = {
        "connections": joined,
        "sessions": logged_on,
        "opens": opened,
        "copies": copies.copies(case, held, sources, volumes),
        "horizons": horizons.horizons(
            case, said, known, named, artifacts.ARTIFACTS, hives, settings
        ),
        "clocks": clocks.clocks(case, known),
        "mismatches": [
            *mismatches.mismatches(
                joined,
                connections.arrivals(used),
                logged_on,
                opened,
                papers,
                lying,
                case.window,
                half,
            ),
            *registers.mismatches(joined, papers),
            *erasures.mismatches(connections.arrivals(used), papers, lying, born),
            *rooms.mismatches(logged_on, papers),
        ],
    }
    out = {name: table(name, made) for name, made in found.items()}
    resolved = table("papers", papers)
    return {"events": events.events(files, traces, resolved, named), "papers": resolved, **out}


def _of_addresses(traces: pa.Table, addresses: set[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(addresses), pa.string())
    return traces.filter(pc.is_in(traces.column("address"), wanted))


def _of_papers(coverage: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    return coverage.filter(
        pc.fill_null(pc.equal(coverage.column("evidence").cast("string"), times.PAPERS), False)
    )


def timeline(case: Case, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The table `events` of file names alone, for stories that read nothing else."""
    known = times.clocks(case, [])
    files = times.resolve_columns(tables["files"], events.FILE_TIMES, known)
    none = {name: schema.to_arrow(name, []) for name in ("traces", "papers")}
    return events.events(files, none["traces"], none["papers"], {})


def host_names(settings: list[Row]) -> dict[str, str]:
    """Evidence id -> the computer's own name, as its settings say it."""
    out: dict[str, str] = {}
    for row in settings:
        if row["name"] in ("computer_name", "hostname") and row["value"]:
            out.setdefault(row["evidence"], row["value"])
    return out


def in_utc(tables: Mapping[str, pa.Table], known: Mapping[str, times.Clock]) -> pa.Table:
    """`traces` with years, zones and clock offsets resolved."""
    import pyarrow.compute as pc

    traces = tables["traces"]
    bare = pc.fill_null(pc.equal(traces.column("time_basis").cast("string"), "local:noyear"), False)
    without = rows("traces", traces.filter(bare))
    logs = names.find(tables["files"], [row["address"] for row in without])
    modified = {address: row["modified"] for address, row in logs.items()}
    dated = schema.to_arrow("traces", times.with_years(without, modified))
    whole = schema.concat("traces", [traces.filter(pc.invert(bare)), dated])
    return times.resolve_columns(whole, ("time",), known)
