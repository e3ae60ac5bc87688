"""The planted self-test: synthetic records in every encoding and carrier must be found in this run.

Without it no negative is said: a detector that finds nothing may be blind. The carriers go through
the unpackers that the examination uses.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

from forensics import personal
from forensics.examine.search import Options
from forensics.unpack import Budget, Buffer, find


def control_rows(options: Options) -> list[dict[str, Any]]:
    """Rows of `controls`; none where this run does not look for personal data."""
    if options.key_file is None:
        return []
    settings = personal.Settings(Path(options.key_file).read_bytes(), rules=options.rules)
    return personal.controls(settings, {"zip": (_zip, _open), "gzip": (gzip.compress, _open)})


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("control.csv", data)
    return out.getvalue()


def _open(data: bytes) -> bytes:
    """What the examination hands to the detector: the content of the first member."""
    unpacker = find(data[:4096])
    assert unpacker, "the control's carrier is not recognised"
    member = next(iter(unpacker.members(Buffer(data), Budget(len(data)))))
    assert member.chunks, "the control's carrier does not open"
    return b"".join(member.chunks())
