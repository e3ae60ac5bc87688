"""The seal of a case folder: manifest.json with every output file's SHA-256, and its signature.

What is sealed: every file under the folder but `parts/` (scratch, re-made by a run) and the manifest
itself. custody.jsonl grows after the seal (looking at evidence is logged): the manifest holds the
digest of the bytes it had then, and verification demands that it still *begins* with them and that
the chain of the lines behind them holds.
`verify` reads everything again and trusts nothing in the folder but the key it is given.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from forensics.case import CUSTODY
from forensics.report import minisign, tables

MANIFEST, SIGNATURE, SCRATCH = "manifest.json", "manifest.json.minisig", "parts"
SCHEMA = "forensics-manifest/1"
READ_BYTES = 1 << 20
CUSTODY_START = "0" * 64  # `previous` of the first line


def seal(folder: Path, keys: Path) -> Path:
    """Write manifest.json and its signature; gives the manifest. Links in the folder are refused.

    keys: folder of the signing key, outside the case folder; made on first use.
    """
    key = minisign.key_of(keys)
    entries = []
    for name in _files(folder):
        place = folder / name
        if place.is_symlink():
            raise minisign.BrokenSealError(f"{name} is a link; a sealed folder holds files only")
        size, digest = _digest(place)
        entries.append({"path": name, "size": size, "sha256": digest})
    body = {"schema": SCHEMA, "files": entries}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    (folder / MANIFEST).write_bytes(text.encode())
    comment = f"{SCHEMA} sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    signature = minisign.sign(text.encode(), key, comment)
    (folder / SIGNATURE).write_bytes(signature.encode())
    return folder / MANIFEST


def reseal(folder: Path, keys: Path) -> Path:
    """Seal again after `export/` grew: BrokenSealError where anything else differs from the seal that is there."""
    public = minisign.key_of(keys).public()
    for problem in verify(folder, public):
        if not problem.startswith("export/"):
            raise minisign.BrokenSealError(problem)
    return seal(folder, keys)


def verify(folder: Path, key: minisign.PublicKey) -> list[str]:
    """Everything that is wrong with a sealed case folder, one line each; empty if nothing is.

    Signature, digests, sizes, missing and extra files, paths that lead out, links, the chain of
    custody, the sums of the ledger, the contract of findings. Never raises for what it finds.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        signature = (folder / SIGNATURE).read_bytes().decode("utf-8", "replace")
    except OSError as error:
        return [f"{Path(error.filename).name}: {error.strerror}"]
    out = []
    try:
        minisign.verify(text, signature, key)
    except minisign.BrokenSealError as error:
        out.append(f"{SIGNATURE}: {error}")
    entries = _entries(text)
    if entries is None:
        return [*out, f"{MANIFEST}: not in the format {SCHEMA}"]
    out += _differences(folder, entries)
    if not any(problem.startswith((CUSTODY, "tables/", "report/")) for problem in out):
        out += [*_custody(folder), *_content(folder)]
    return out


def _files(folder: Path) -> list[str]:
    """Paths of all files and links under the folder that belong to the seal, sorted."""
    out = []
    for root, folders, names in os.walk(folder):
        here = Path(root).relative_to(folder)
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        out += [(here / name).as_posix() for name in (*names, *linked)]
        if here == Path():
            folders[:] = [name for name in folders if name != SCRATCH]
    return sorted(set(out) - {MANIFEST, SIGNATURE, SCRATCH})


def _digest(place: Path, limit: int | None = None) -> tuple[int, str]:
    """(bytes, SHA-256) of a file, of its first `limit` bytes if given."""
    total, digest = 0, hashlib.sha256()
    with place.open("rb") as file:
        while limit is None or total < limit:
            step = READ_BYTES if limit is None else min(READ_BYTES, limit - total)
            piece = file.read(step)
            if not piece:
                break
            digest.update(piece)
            total += len(piece)
    return total, digest.hexdigest()


def _entries(text: bytes) -> list[Mapping[str, Any]] | None:
    """The manifest's entries; None where it is no manifest."""
    try:
        body = json.loads(text)
        entries = body["files"]
        good = body["schema"] == SCHEMA and all(
            isinstance(entry["path"], str)
            and isinstance(entry["size"], int)
            and isinstance(entry["sha256"], str)
            for entry in entries
        )
    except (ValueError, TypeError, KeyError):
        return None
    return entries if good else None


def _differences(folder: Path, entries: list[Mapping[str, Any]]) -> Iterator[str]:
    named = [entry["path"] for entry in entries]
    for entry in entries:
        why = _refused(folder, entry["path"]) or _changed(folder, entry)
        if why:
            yield f"{entry['path']}: {why}"
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{name}: named twice in the manifest"
    for name in _files(folder):
        if name not in set(named):
            yield f"{name}: not in the manifest"


def _refused(folder: Path, name: str) -> str | None:
    """Why a path of a manifest is not even looked at."""
    path = PurePosixPath(name)
    if (
        not name
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or path.as_posix() != name
    ):
        return "leads out of the folder or is no plain path; refused"
    place = folder
    for part in path.parts:
        place = place / part
        if place.is_symlink():
            return "is or lies behind a link; refused"
    return None


def _changed(folder: Path, entry: Mapping[str, Any]) -> str | None:
    place = folder / entry["path"]
    try:
        if not stat.S_ISREG(place.lstat().st_mode):
            return "is no regular file"
        limit = entry["size"] if entry["path"] == CUSTODY else None
        size, digest = _digest(place, limit)
    except OSError as error:
        return str(error.strerror)
    if size != entry["size"]:
        return f"has {size} bytes, sealed with {entry['size']}"
    return None if digest == entry["sha256"] else "its SHA-256 differs from the seal"


def _custody(folder: Path) -> Iterator[str]:
    """Breaks of the chain: each line names the SHA-256 of the line before it."""
    place = folder / CUSTODY
    if not place.is_file():
        yield f"{CUSTODY}: missing"
        return
    previous = CUSTODY_START
    for number, line in enumerate(place.read_bytes().splitlines(keepends=True), 1):
        try:
            said = json.loads(line)["previous"]
        except (ValueError, TypeError, KeyError):
            yield f"{CUSTODY} line {number}: is no line of a chain"
            return
        if said != previous:
            yield f"{CUSTODY} line {number}: does not follow from the line before it"
            return
        previous = hashlib.sha256(line).hexdigest()


def _content(folder: Path) -> Iterator[str]:
    """What digests cannot say: ledger tiles each medium, and findings keep their contract."""
    place = folder / "report" / "findings.json"
    if not place.is_file():
        return  # a story without answers
    try:
        findings = json.loads(place.read_bytes())
    except ValueError:
        yield "report/findings.json: is no JSON"
        return
    from forensics.report import findings as canon

    for problem in canon.problems(findings):
        yield f"report/findings.json: {problem}"
        return
    yield from _ledger(folder, findings)


def _ledger(folder: Path, findings: Mapping[str, Any]) -> Iterator[str]:
    place = folder / "tables" / "ledger" / "ledger.parquet"
    if not place.is_file():
        yield "tables/ledger: missing"
        return
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    found = parquet.ParquetFile(place).read()
    sums: dict[str, dict[str, int]] = {}
    for evidence, _, outcome, length in tables.sums(found):
        own = sums.setdefault(evidence, {})
        own[outcome] = own.get(outcome, 0) + length
    names = found.column("evidence").cast(pa.string())
    ends = {}
    for evidence in sums:
        own_rows = found.filter(pc.equal(names, evidence))
        starts = own_rows.column("start").to_numpy()
        stops = starts + own_rows.column("length").to_numpy()
        ends[evidence] = int(stops[-1])
        if starts[0] != 0 or (starts[1:] != stops[:-1]).any() or (stops <= starts).any():
            yield f"tables/ledger: rows do not tile {evidence}"
    for item in findings["evidence"]:
        if ends.get(item["id"], 0) != item["size"]:
            yield f"tables/ledger: {item['id']} sums to {ends.get(item['id'], 0)}, size is {item['size']}"
        said = {outcome: number for outcome, number in item["coverage"].items() if number}
        if sums.get(item["id"], {}) != said:
            yield f"tables/ledger: {item['id']} differs from its coverage in findings.json"
