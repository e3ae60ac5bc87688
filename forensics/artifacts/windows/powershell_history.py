r"""Commands that were typed into PowerShell: ConsoleHost_history.txt of PSReadLine.

Layout          a line for each command, in UTF-8; one that goes on ends with a grave accent. No times
Source          Microsoft, about_PSReadLine, "Command history"
Proves          this account's shell was given a command that names this path
Does not prove  when; that the command did what it says; that others were not given: the user can edit it
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    basename,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.text import lines
from forensics.values import NO_TIME, Gap

LENGTH_MAX = 4096  # characters of a line that is looked at
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,;|]+")
_PATH = re.compile(r"[A-Za-z]:(?:[\\/].*)?|\\\\[^\\]+\\.+")
# Commands that read the files they name: the last path of those that copy is where it goes.
_COPIES = frozenset(
    [
        "copy-item",
        "copy",
        "cp",
        "cpi",
        "move-item",
        "move",
        "mv",
        "mi",
        "xcopy",
        "robocopy",
        "compress-archive",
        "expand-archive",
        "start-bitstransfer",
    ]
)
_SENDS = frozenset(
    [
        "send-mailmessage",
        "invoke-webrequest",
        "iwr",
        "invoke-restmethod",
        "irm",
        "scp",
        "sftp",
        "curl",
        "curl.exe",
    ]
)
_READS = (
    _COPIES
    | _SENDS
    | frozenset(["get-content", "gc", "cat", "type", "more", "import-csv", "notepad", "7z", "rar"])
)


def parse(content: Content) -> Parsed:
    """Rows `file_read` of the paths that commands read, undated; `leaves` in the detail: to another drive or host."""
    rows: list[Row] = []
    who = account(content.path)
    for number, line in enumerate(lines(content.data)):
        for path, away in _read(line.text[:LENGTH_MAX]):
            if len(rows) >= ROWS_MAX:
                return Parsed(
                    rows, [], [Gap(line.start, len(content.data) - line.start, "ROW_LIMIT")]
                )
            rows.append({
                "kind": "file_read", "time": NO_TIME, "account": who, "path": path, "record_number": number,
                "at": line[:2], "detail": detail(operation="command", leaves="yes" if away else None),
            })  # fmt: skip
    return Parsed(rows, [], [])


def _read(line: str) -> list[tuple[str, bool]]:
    """Paths that the commands of a line read, and whether what they hold goes to another drive or host."""
    words = [word.strip("\"'") for word in _WORD.findall(line)]
    commands = {word.casefold().removesuffix(".exe") for word in words} & _READS
    paths = [word for word in words if _PATH.fullmatch(word)]
    if not commands or not paths:
        return []
    goal = paths[-1] if commands & _COPIES and len(paths) > 1 else None
    sources = paths[:-1] if goal else paths
    sends = bool(commands & _SENDS)
    return [(path, sends or (goal is not None and _root(goal) != _root(path))) for path in sources]


def _root(path: str) -> str:
    """A drive, or a share's host."""
    return path[:2].casefold() if path[1] == ":" else path.split("\\")[2].casefold()


ARTIFACT = Artifact(
    name="powershell_history",
    family="app",
    records=(),
    where=r"/psreadline/[^/]*_history\.txt$",
    claims=lambda path, _head: bool(re.fullmatch(r"(?i)\w*host_history\.txt", basename(path))),
    parse=parse,
    expected=never_expected,
)
