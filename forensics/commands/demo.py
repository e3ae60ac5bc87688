"""The shipped demo case: its evidence is unpacked beside the case folder."""

from __future__ import annotations

import lzma
import shutil
from pathlib import Path

from forensics.case import Refused, check_own
from forensics.share import share

ID = "S-DEMO"
PIECE_BYTES = 1 << 20


def unpack(folder: Path) -> Path:
    """Unpack the demo's evidence to FOLDER-evidence; gives its case.toml."""
    if folder.name in ("", ".."):
        raise Refused(f"{folder}: name the case folder to write")
    check_own(folder, ID)
    home = folder.with_name(f"{folder.name}-evidence")
    demo = share("fixtures") / "demo"
    for path in sorted(demo.rglob("*")):
        if not path.is_file():
            continue
        target = home / path.relative_to(demo)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".xz":
            _unpack(path, target.with_suffix(""))
        else:
            shutil.copyfile(path, target)
    return home / "case.toml"


def _unpack(packed: Path, target: Path) -> None:
    """Unpack with holes for zeros; what is there already, whole and equal, is left alone."""
    if target.exists():
        return
    draft = target.with_name(f".{target.name}.tmp")
    with lzma.open(packed) as source, draft.open("wb") as out:
        while piece := source.read(PIECE_BYTES):
            if piece.strip(b"\0"):
                out.write(piece)
            else:
                out.seek(len(piece), 1)
        out.truncate()
    draft.replace(target)
