"""The digests of the owner's own papers are compared before anything is answered."""

from __future__ import annotations

from typing import Any

from forensics.case import Case, DigestMismatch

DIFFERS = "DECLARED_DIFFERS"


def check(case: Case, digests: Any) -> None:
    """Ends the run (DigestMismatch, exit 4) where a declared digest differs, unless that is accepted.

    digests: handle of the digest stage. A digest stored in the container that differs does not end
    the run: it is a finding, and the exit code is 4 at the end.
    """
    for row in digests.table("evidence").to_pylist():
        if row["reason"] != DIFFERS:
            continue
        if case.accept_mismatch:
            case.custody("mismatch accepted", evidence=row["evidence"], reason=case.accept_mismatch)
            continue
        case.custody(
            "mismatch", evidence=row["evidence"], declared=row["declared"], sha256=row["sha256"]
        )
        raise DigestMismatch(
            f"{row['evidence']} does not match its declared digest\n"
            f"  declared  {row['declared']}\n"
            f"  read      sha256:{row['sha256']} ({row['size']:,} bytes, all read)\n"
            "stopped before examination; to go on and report the mismatch:\n"
            f'  forensics run {case.source.name} --accept-mismatch "REASON"'
        )
