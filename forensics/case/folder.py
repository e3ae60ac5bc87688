"""The case folder: new or this case's own, and apart from the evidence and the keys."""

from __future__ import annotations

from pathlib import Path

from forensics.case.case import Case
from forensics.case.custody import CUSTODY, case_id_of
from forensics.case.refused import Refused


def check_folder(case: Case) -> None:
    """The case folder is new or this case's own, and holds no evidence."""
    folder = case.folder
    inputs = [item.image for item in case.evidence] + [case.source]
    if any(path.resolve().is_relative_to(folder) for path in inputs):
        raise Refused(f"{folder} holds evidence or the case file; name another folder with --out")
    files = [Path(key[5:]) for key in case.keys if key.startswith("file:")]
    if any(path.is_relative_to(folder) for path in (case.keys_folder, *files)):
        raise Refused(f"keys must lie outside the case folder {folder}")
    if not nearest(case.keys_folder).is_dir():
        raise Refused(f"--keys {case.keys_folder} is no folder")
    check_own(folder, case.id)


def check_own(folder: Path, case_id: str) -> None:
    """Refused where a case folder is neither new nor of this case."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    if _hardly_begun(folder):
        return
    owner = case_id_of(folder)
    if owner != case_id:
        whose = f"belongs to case {owner}" if owner else "holds something else"
        raise Refused(f"{folder} {whose}; name another folder with --out")


def nearest(folder: Path) -> Path:
    """The folder itself where it is, else the nearest above it that is."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _hardly_begun(folder: Path) -> bool:
    """Empty, or left by a run that was killed before its first line of custody was whole."""
    custody = folder / CUSTODY
    if {path.name for path in folder.iterdir()} - {"parts", CUSTODY}:
        return False
    return not custody.is_file() or b"\n" not in custody.read_bytes()
