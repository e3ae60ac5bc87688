"""What is protected, held against what the owner kept of it from before the loss."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from forensics.case import earlier
from forensics.correlate.rows import Row, rows, stem
from forensics.values import Address, decode_name

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case


class Before:
    """Compares volumes by copies of their headers, contents by a manifest of files.

    headers: rows of `baselines`. items: rows of `evidence`. manifests: evidence -> path -> SHA-256. digests: stream
    address -> SHA-256, of what is protected.
    """

    def __init__(
        self, headers: Sequence[Row], items: Iterable[Row],
        manifests: Mapping[str, dict[str, str]], digests: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._headers = [row for row in headers if row["state"] != earlier.SHORT]
        self._whole = {
            row["evidence"] for row in items
            if row["sha256"] and row["sha256"] in manifests.get(row["evidence"], {}).values()
        }  # fmt: skip
        self._manifests = manifests
        self._digests = digests

    def of_volume(self, evidence: str, volume: str | None) -> str | None:
        """`equal`, `differs`, or None: nothing to compare with."""
        found = {row["state"] for row in self._headers if (row["evidence"], row["volume"]) == (evidence, volume)}  # fmt: skip
        return found.pop() if found else self._of_medium(evidence)

    def of_content(self, evidence: str, address: str) -> str | None:
        """The same of the stream that is a content, or that it lies in."""
        place = Address.parse(stem(address))
        digest = self._digests.get(str(place))
        path = decode_name(place.path) if place.path else ""
        entries = self._manifests.get(evidence, {})
        found = earlier.compared(entries, path, digest) if path and digest else None
        return found or self._of_medium(evidence)

    def gone(self) -> list[Row]:
        """Headers whose volumes are encrypted no more."""
        return [row for row in self._headers if row["volume"] is None]

    def _of_medium(self, evidence: str) -> str | None:
        """Where the digest of the whole medium was kept and is the same, so is all on it."""
        return earlier.EQUAL if evidence in self._whole else None


def before(
    case: Case, headers: Sequence[Row], items: Sequence[Row], contents: pa.Table, protected: Collection[str]
) -> Before:  # fmt: skip
    """What the case file names as `baseline`. protected: addresses of contents."""
    manifests = {
        item.id: earlier.manifest(item.baseline) for item in case.evidence if item.baseline
    }
    manifests = {name: entries for name, entries in manifests.items() if entries}
    if not manifests:
        return Before(headers, items, {}, {})
    return Before(headers, items, manifests, _digests(contents, {stem(address) for address in protected}))  # fmt: skip


def _digests(contents: pa.Table, streams: Collection[str]) -> dict[str, str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = pc.is_in(contents.column("address"), pa.array(sorted(streams), pa.string()))
    return {
        row["address"]: row["sha256"]
        for row in rows("contents", contents.filter(mine))
        if row["sha256"]
    }
