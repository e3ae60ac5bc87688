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
from forensics.terminal import shown
from forensics.work import Crew, Handle


@dataclass(frozen=True, slots=True)
class Verified:
    """What is wrong (lines), how many units were redone, and why none where that was asked for."""

    folder: Path
    problems: list[str]
    redone: int | None = None  # None: not asked for, or not possible
    not_redone: str | None = None

    def facts(self) -> dict[str, Any]:
        """For a program."""
        return {
            "problems": self.problems,
            "units_redone": self.redone,
            "not_redone": self.not_redone,
        }

    def text(self) -> str:
        """For a person: what was checked and redone, then a line for each problem."""
        lines = [f"digests, signature, custody chain and ledger sums of {self.folder}"]
        if self.redone is not None:
            units = f"{self.redone} unit{'s' * (self.redone != 1)}"
            lines.append(f"{units} redone against the evidence")
        if self.not_redone:
            lines.append(f"no unit was redone: {self.not_redone}")
        return "\n".join([*lines, *(f"PROBLEM  {shown(line)}" for line in self.problems)])


def verify(folder: Path, keys: Path | None, sample: int, public_key: str | None) -> Verified:
    """Check the seal of a case folder, and redo a sample of its units where the evidence is there."""
    if not (folder / seal.MANIFEST).exists() and not finished(folder):
        raise Refused(f"{folder}: the run has not finished; there is no seal to check")
    problems = seal.verify(folder, _public_key(keys, public_key))
    if not sample:
        return Verified(folder, problems)
    try:
        case = examine.prepared(open_case_of(folder, keys))
    except Refused as refusal:
        return Verified(folder, problems, not_redone=str(refusal))
    found, redone = _redo(case, sample)
    case.custody("verified", problems=len(problems) + len(found), redone=redone)
    return Verified(folder, problems + found, redone)


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
