"""Checking a case again: its seal, its sums, and a random sample of its units against the evidence."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from forensics import evidence, examine, walk
from forensics.case import Refused, default_keys_folder
from forensics.commands.look import open_case_of
from forensics.report import minisign, seal
from forensics.work import Crew, Handle


def verify(
    folder: Path, keys: Path | None, sample: int, public_key: str | None
) -> tuple[list[str], list[str]]:
    """Problems, and what was checked; both as lines."""
    key = _public_key(keys, public_key)
    problems = seal.verify(folder, key)
    checked = [f"digests, signature, custody chain and ledger sums of {folder}"]
    if not sample:
        return problems, checked
    try:
        case = examine.prepared(open_case_of(folder, keys))
    except Refused as refusal:
        return problems, [*checked, f"no unit was redone: {refusal}"]
    found, redone = _redo(case, sample)
    case.custody("verified", problems=len(problems) + len(found), redone=redone)
    return problems + found, [*checked, f"{redone} units redone against the evidence"]


def _public_key(keys: Path | None, text: str | None) -> minisign.PublicKey:
    """The key that must have signed: the one given, else our own."""
    try:
        if text:
            return minisign.read_public(Path(text).read_text() if Path(text).is_file() else text)
        return minisign.key_of(keys or default_keys_folder()).public()
    except (ValueError, OSError) as error:
        raise Refused(f"--public-key: {error}") from None


def _redo(case: Any, sample: int) -> tuple[list[str], int]:
    """Do whole media and some units again, elsewhere, and compare their tables with the case's parts."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as elsewhere, Crew(case.parts, workers=0) as kept:
        again = Crew(Path(elsewhere), workers=0)
        media = evidence.open_all(case)
        stored = {row["evidence"]: row for row in case.table("evidence").to_pylist()}
        read = again.each(evidence.digest, media).table("evidence").to_pylist()
        problems += [
            f"{row['evidence']}: the medium has another SHA-256 than the case says"
            for row in read
            if stored.get(row["evidence"], {}).get("sha256") != row["sha256"]
        ]
        digests = kept.each(evidence.digest, media)
        walked = kept.each(walk.files, walk.units(media))
        units = examine.units(case, media, walked, walk.ledger(media, digests, walked))
        chosen = random.SystemRandom().sample(units, min(sample, len(units)))
        options = examine.options(case)
        for unit in chosen:
            old, new = (
                _tables(crew.each(examine.contents, [unit], options)) for crew in (kept, again)
            )
            problems += [
                f"{unit.address}: table {name} differs when done again"
                for name in sorted(old.keys() | new.keys())
                if name not in old or name not in new or not old[name].equals(new[name])
            ]
    return problems, len(chosen)


def _tables(handle: Handle) -> dict[str, Any]:
    return {name: handle.table(name) for name in handle.names()}
