"""Papers of which a part could not be read: what is not in the rest may stand there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, stem
from forensics.values import encode_name

if TYPE_CHECKING:
    from forensics.case import Case


def papers(case: Case, coverage: Iterable[Row]) -> frozenset[str]:
    """Kinds of papers with a file that was not read whole. coverage: rows with trouble."""
    troubled = {stem(row["address"]) for row in coverage if row["outcome"] != "examined"}
    return frozenset(
        kind
        for kind, paths in case.papers.items()
        if any(f"papers:/{encode_name(path.name)}" in troubled for path in paths)
    )
