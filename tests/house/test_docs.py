"""What the docs say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from forensics import schema
from forensics.cli import COMMANDS
from forensics.commands.look import schema_text
from forensics.usage import parser

CHECKOUT = Path(__file__).resolve().parents[2]
README = (CHECKOUT / "README.md").read_text("utf-8")


def commands() -> dict[str, str]:
    actions = next(a for a in parser()._subparsers._group_actions if a.choices)
    return {choice.dest: choice.help for choice in actions._choices_actions}


def test_every_command_is_in_the_readme_with_its_own_words() -> None:
    for name, text in commands().items():
        assert f"| `{name}` | {text} |" in README, name


def test_every_command_is_done() -> None:
    assert list(COMMANDS) == list(commands())


def test_the_readme_names_the_commands_that_speak_to_programs() -> None:
    choices = next(a for a in parser()._subparsers._group_actions if a.choices).choices
    speaking = {name for name, sub in choices.items() if "--json" in sub.format_help()}
    said = re.search(r"With `--json`,\s+(.*?) print JSON", README, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", said[1])) == speaking


def test_the_readme_begins_with_two_commands_of_one_line() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert all(block.count("\n") == 1 for block in blocks[:2])


def test_the_page_of_tables_is_the_schema() -> None:
    page = (CHECKOUT / "docs" / "tables.md").read_text("utf-8")
    for table in schema.TABLES:
        assert schema_text(table.name) in page, (
            f"docs/tables.md is old: scripts/build_docs.py ({table.name})"
        )
