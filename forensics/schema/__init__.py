"""The tables of a case: what columns they have (`tables`), and how they are made and kept (`arrow`)."""

from __future__ import annotations

from forensics.schema.arrow import concat, sort, take, to_arrow, write
from forensics.schema.tables import BY_NAME, TABLES, VERSION

__all__ = ["BY_NAME", "TABLES", "VERSION", "concat", "sort", "take", "to_arrow", "write"]
