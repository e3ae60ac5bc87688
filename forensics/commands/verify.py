"""Checking a case again: its seal, its sums, and a random sample of its units against the evidence."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics import evidence, examine, walk
from forensics.case import Refused, default_keys_folder
from forensics.commands.look import finished, open_case_of
from forensics.report import minisign, seal
from forensics.work import Crew, Handle


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, what is wrong, and why nothing was redone where that was asked for; lines."""

    checked: str
    problems: list[str]
    redone: str = ""
    not_redone: str = ""


def verify(folder: Path, keys: Path | None, sample: int, public_key: str | None) -> Verified:
    """Check the seal of a case folder, and redo a sample of its units where the evidence is there."""
    if not (folder / seal.MANIFEST).exists() and not finished(folder):
        raise Refused(f"{folder}: the run has not finished; there is no seal to check")
    problems = seal.verify(folder, _public_key(keys, public_key))
    checked = f"digests, signature, custody chain and ledger sums of {folder}"
    if not sample:
        return Verified(checked, problems)
    try:
        case = examine.prepared(open_case_of(folder, keys))
    except Refused as refusal:
        return Verified(checked, problems, not_redone=f"no unit was redone: {refusal}")
    found, redone = _redo(case, sample)
    case.custody("verified", problems=len(problems) + len(found), redone=redone)
    said = f"{redone} unit{'s' * (redone != 1)} redone against the evidence"
    return Verified(checked, problems + found, said)


def _public_key(keys: Path | None, text: str | None) -> minisign.PublicKey:
    """The key that must have signed: the one given, else our own."""
    try:
        if text:
            return minisign.read_public(Path(text).read_text() if Path(text).is_file() else text)
        folder = keys or default_keys_folder()
        if not (folder / "signing.key").is_file():  # one that is made now has signed nothing
            raise Refused(f"no signing key in {folder}; name the signer's with --public-key")
        return minisign.key_of(folder).public()
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
            if row["evidence"] in stored and stored[row["evidence"]]["sha256"] != row["sha256"]
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
