"""case.toml and the case folder: reading one, writing the other, and the custody log.

A case is refused with one line (Refused, exit 2) before anything is written; after that, what goes
wrong is a coverage row. Keys lie outside the case folder, so that it can be handed over whole.
"""

from __future__ import annotations

from forensics.case.case import Case, Item, Register, lock, read_table
from forensics.case.custody import CUSTODY, case_id_of, default_keys_folder, log, secret
from forensics.case.folder import check_own, nearest
from forensics.case.keys import passwords
from forensics.case.reader import (
    CASE_ID,
    PAPERS,
    ROLES,
    init_text,
    load,
    stories,
)
from forensics.case.refused import DigestMismatch, Interrupted, Refused

__all__ = [
    "CASE_ID", "CUSTODY", "PAPERS", "ROLES", "Case", "DigestMismatch", "Interrupted", "Item", "Refused", "Register",
    "case_id_of", "check_own", "default_keys_folder", "init_text", "load", "lock", "log", "nearest", "passwords",
    "read_table", "secret", "stories",
]  # fmt: skip
