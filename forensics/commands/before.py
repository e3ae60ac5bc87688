"""What is made before a case runs: a case file for images, fingerprints of the owner's register."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from forensics.case import CASE_ID, Refused, default_keys_folder, init_text, secret


def init(images: Sequence[Path], out: Path, case_id: str) -> None:
    """Write a commented case.toml that names the images relative to itself."""
    _check("--id", case_id, out)
    for image in images:
        _check_file(image)
    base = out.resolve().parent
    named = [Path(os.path.relpath(image.resolve(), base)) for image in images]
    out.write_text(init_text(case_id, named), "utf-8")


def register(file: Path, case_id: str, out: Path, keys: Path | None) -> int:
    """Turn the owner's register into keyed fingerprints; gives the number of its persons."""
    from forensics.personal import owner_list
    from forensics.personal import register as registers

    _check("--case-id", case_id, out)
    _check_file(file)
    key = secret(keys or default_keys_folder(), f"{case_id}.token")
    try:
        return registers.build(file, {}, key, out).persons
    except owner_list.RegisterError as error:
        raise Refused(str(error)) from None


def _check(option: str, case_id: str, out: Path) -> None:
    if not CASE_ID.fullmatch(case_id):
        raise Refused(f"{option} {case_id!r}: letters, digits, _ and -, at most 64")
    if out.exists():
        raise Refused(f"{out} exists; name another file with --out")
    if not out.resolve().parent.is_dir():
        raise Refused(f"{out.resolve().parent}: no such folder")


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise Refused(f"{path}: no such file")
