"""What is protected, held against what the owner kept of it from before the loss."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from forensics.case import earlier
from forensics.correlate.rows import Row, rows, stem
from forensics.values import Address, decode_name

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case

# Types of content that a password can protect inside, column `mime` of `contents`.
LOCKABLE = (
    "application/zip", "application/pdf", "application/x-7z-compressed", "application/vnd.rar",
    "application/x-ole-storage", "application/vnd.oasis.opendocument",
    *(f"application/vnd.openxmlformats-officedocument.{kind}"
      for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")),
)  # fmt: skip


class Before:
    """Compares volumes by copies of their headers, contents by a manifest of files.

    headers: rows of `baselines`. items: rows of `evidence`. manifests: evidence -> path -> SHA-256. digests: stream
    address -> SHA-256, of what is protected. lockable: the same of what could be, and is not.
    """

    def __init__(
        self, headers: Sequence[Row], items: Iterable[Row],
        manifests: Mapping[str, dict[str, str]], digests: Mapping[str, str], lockable: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._headers = [row for row in headers if row["state"] != earlier.SHORT]
        self._whole = {
            row["evidence"] for row in items
            if row["sha256"] and row["sha256"] in manifests.get(row["evidence"], {}).values()
        }  # fmt: skip
        self._manifests = manifests
        self._digests = digests
        self._lockable = lockable

    def of_volume(self, evidence: str, volume: str | None) -> str | None:
        """`equal`, `differs`, or None: nothing to compare with."""
        found = {row["state"] for row in self._headers if (row["evidence"], row["volume"]) == (evidence, volume)}  # fmt: skip
        return found.pop() if found else self._of_medium(evidence)

    def of_content(self, evidence: str, address: str) -> str | None:
        """The same of the stream that is a content, or that it lies in."""
        digest = self._digests.get(stem(address))
        found = self._listed(evidence, stem(address), digest) if digest else None
        return found or self._of_medium(evidence)

    def unmarked(self) -> list[Row]:
        """Headers of volumes that are encrypted no more, or that have no mark by which they could be known."""
        return [
            row
            for row in self._headers
            if row["volume"] is None or row["method"] == earlier.UNMARKED
        ]

    def changed(self) -> dict[str, list[str]]:
        """Evidence -> addresses of files that differ from the manifest, and can have lost a password since.

        What a manifest lists may have been protected; it does not say so.
        """
        out: dict[str, list[str]] = {}
        for address, digest in sorted(self._lockable.items()):
            evidence = address.partition(":")[0]
            if self._listed(evidence, address, digest) == earlier.DIFFERS:
                out.setdefault(evidence, []).append(address)
        return out

    def unlike(self, contents: pa.Table) -> dict[str, list[str]]:
        """Medium -> addresses of files that the manifest has with other bytes; of a root, where one of its files is gone.

        Only media of which it surely names a file. A name that was masked may be any of those that are gone.
        """
        out: dict[str, list[str]] = {name: [] for name in self._whole}
        for evidence, entries in self._manifests.items():
            there = _there(contents, evidence)
            paths = {address: decode_name(Address.parse(address).path or "") for address in there}
            told = {
                address: earlier.compared(entries, paths[address], there[address])
                for address in there
            }
            if not any(told.values()):
                continue
            out[evidence] = [address for address, state in told.items() if state == earlier.DIFFERS]
            named = {_folded(path) for path in paths.values()}
            listed = {_folded(path) for path in entries}
            masked = any("#" in address for address in there)
            if not masked and named & listed and listed - named:
                root = next(address for address in sorted(told) if told[address])
                out[evidence].append(root.partition(":/")[0] + ":/")
        return out

    def _listed(self, evidence: str, stream: str, digest: str) -> str | None:
        """What the manifest says of a stream; None where it does not name it."""
        path = Address.parse(stream).path
        entries = self._manifests.get(evidence, {})
        return earlier.compared(entries, decode_name(path), digest) if path else None

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
        return Before(headers, items, {}, {}, {})
    mine = {stem(address) for address in protected}
    lockable = {
        address: digest
        for address, digest in _digests(contents, "mime", LOCKABLE).items()
        if stem(address) == address and address not in mine
    }
    return Before(headers, items, manifests, _digests(contents, "address", mine), lockable)


def _folded(path: str) -> str:
    """A path as file systems compare it that keep no case, or compose its characters."""
    return unicodedata.normalize("NFC", earlier.slashed(path)).casefold()


def _there(contents: pa.Table, evidence: str) -> dict[str, str]:
    """Address -> SHA-256 ("" where it could not be made) of the files that are there, not of what is in them."""
    import pyarrow.compute as pc

    mine = pc.and_(
        pc.equal(contents.column("evidence").cast("string"), evidence),
        pc.equal(contents.column("state").cast("string"), "allocated"),
    )
    found = contents.filter(pc.fill_null(mine, False)).select(["address", "sha256"]).to_pylist()
    return {
        row["address"]: row["sha256"] or "" for row in found
        if row["address"] == stem(row["address"]) and Address.parse(row["address"]).path
    }  # fmt: skip


def _digests(contents: pa.Table, column: str, values: Collection[str]) -> dict[str, str]:
    """SHA-256 by address, of the contents with one of the values in a column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = contents.column(column).cast(pa.string())
    mine = pc.is_in(texts, pa.array(sorted(values), pa.string()))
    return {
        row["address"]: row["sha256"]
        for row in rows("contents", contents.filter(mine))
        if row["sha256"]
    }
