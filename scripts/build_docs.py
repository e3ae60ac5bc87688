"""Writes docs/tables.md from the schema. A test compares."""

from __future__ import annotations

from pathlib import Path

from forensics import schema
from forensics.commands.look import schema_text

HEAD = "# Tables\n\nMade from `forensics/schema/tables.py` by `scripts/build_docs.py`; `forensics schema TABLE` prints the same.\n"


def main() -> None:
    parts = [
        f"## {table.name}\n\n```text\n{schema_text(table.name)}\n```\n" for table in schema.TABLES
    ]
    page = Path(__file__).resolve().parents[1] / "docs" / "tables.md"
    page.write_text("\n".join([HEAD, *parts]), "utf-8")


if __name__ == "__main__":
    main()
