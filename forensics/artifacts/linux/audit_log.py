"""Files that processes opened by the records of the Linux audit daemon: audit.log.

Layout          `type=T msg=audit(SECONDS.MS:SERIAL): key=value …`; the records of one serial are one event: SYSCALL
                says what and whose, CWD where, PATH which file, EXECVE the words of a command. Values in
                quotes, or in hexadecimal where they hold blanks or what is not ASCII
Source          linux-audit documentation, "Audit event fields"; man auditd(8), ausearch(8)
Proves          a process of this login opened this path then, or was started with these words
Does not prove  who sat there; bytes copied; what no rule told the kernel to record
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.linux.commands import leaves, reads
from forensics.artifacts.linux.syslog import widen
from forensics.artifacts.text import Line, Reach, Record, lines
from forensics.values import Gap, Interval, interval

_LINE = re.compile(r"(?:node=\S+ )?type=(?P<type>\w+) msg=audit\((?P<time>\d{9,11}\.\d{1,6}):(?P<serial>\d+)\): ?(?P<rest>.*)")  # fmt: skip
_FIELD = re.compile(r'(\w+)=("[^"]*"|\'[^\']*\'|\S*)')
# System call, by architecture, that opens a file -> the argument that holds its flags.
_OPENS = {
    "c000003e": {"2": "a1", "257": "a2"}, "c00000b7": {"56": "a2"}, "40000003": {"5": "a1", "295": "a2"},
}  # fmt: skip
WRITING = 3  # the bits of O_ACCMODE
UNSET = ("4294967295", "-1", "unset")
MILLISECOND = 1000  # microseconds
EVENT_LINES_MAX = 64

Fields = dict[str, str]
Event = list[tuple[Line, re.Match[str], Fields]]


def parse(content: Content) -> Parsed:
    rows: list[Row] = []
    reach = Reach()
    gaps: list[Gap] = []
    for number, event in enumerate(_events(content.data, gaps)):
        line, match, _ = event[0]
        if len(rows) >= ROWS_MAX:
            gaps.append(Gap(line.start, len(content.data) - line.start, "ROW_LIMIT"))
            break
        time = _time(match["time"])
        reach.add(Record(time, line.start, line.length))
        where: Row = {"time": time, "time_raw": match["time"], "record_number": number, "at": line[:2]}  # fmt: skip
        rows += [row | where for row in _rows([(found["type"], said) for _, found, said in event])]
    return Parsed(rows + reach.rows(content.times.get("modified")), [], gaps)


def _events(data: bytes, gaps: list[Gap]) -> Iterator[Event]:
    """Records of one serial that stand together."""
    event: Event = []
    for line in lines(data):
        match = _LINE.fullmatch(line.text)
        if match is None:
            if line.text.strip():
                widen(gaps, line.start, line.length)
            continue
        if event and (event[0][1]["serial"] != match["serial"] or len(event) >= EVENT_LINES_MAX):
            yield event
            event = []
        event.append((line, match, _fields(match["rest"])))
    if event:
        yield event


def _fields(text: str) -> Fields:
    return dict(_FIELD.findall(text.replace("\x1d", " ")))


def _text(value: str) -> str:
    """What a value says: without its quotes, or out of its hexadecimal."""
    if value[:1] in ('"', "'"):
        return value[1:-1]
    if re.fullmatch(r"(?:[0-9A-F]{2})+", value):
        return bytes.fromhex(value).decode("utf-8", "replace")
    return value


def _rows(event: list[tuple[str, Fields]]) -> list[Row]:
    call = next((said for kind, said in event if kind == "SYSCALL"), {})
    folder = next((_text(said.get("cwd", "")) for kind, said in event if kind == "CWD"), None)
    login = call.get("auid", "")
    user = call.get("uid", "") if login in UNSET else login
    more: Row = {"account": f"uid:{user}" if user.isdecimal() else None}
    out: list[Row] = []
    for kind, said in event:
        if kind == "EXECVE":
            words = [_text(said[name]) for name in sorted(_arguments(said), key=lambda name: int(name[1:]))]  # fmt: skip
            line = " ".join(f"'{word}'" for word in words)
            what = detail(operation="command", leaves="yes" if leaves(line) else None)
            out += [more | {"kind": "file_read", "path": path, "detail": what} for path in reads(line, folder)]  # fmt: skip
    flags = _OPENS.get(call.get("arch", ""), {}).get(call.get("syscall", ""))
    if flags is None:
        return out
    writes = int(call.get(flags, "0") or "0", 16) & WRITING if _is_hex(call.get(flags)) else 0
    kind = "access_failed" if call.get("success") == "no" else "file_written" if writes else "file_read"  # fmt: skip
    what = detail(operation="open", program=_text(call.get("exe", "")) or None)
    for record, said in event:
        name = _text(said.get("name", ""))
        if record == "PATH" and said.get("nametype") != "PARENT" and name not in ("", "(null)"):
            path = posixpath.normpath(posixpath.join(folder or "", name))
            out.append(more | {"kind": kind, "path": path, "detail": what})
    return out


def _arguments(said: Fields) -> list[str]:
    return [name for name in said if re.fullmatch(r"a\d{1,4}", name)]


def _is_hex(value: str | None) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F]{1,16}", value or ""))


def _time(text: str) -> Interval:
    seconds, _, part = text.partition(".")
    return interval(int(seconds) * 1_000_000 + int(part.ljust(6, "0")), MILLISECOND, "utc")


def _claims(_path: str, head: bytes) -> bool:
    if b"msg=audit(" not in head:
        return False
    first = next(lines(head), None)
    return bool(first and _LINE.fullmatch(first.text))


ARTIFACT = Artifact(
    name="audit_log",
    family="security",
    records=(),  # what the rules did not name it does not tell: its silence is no evidence
    where=r"/var/log/audit/audit\.log[^/]*$",
    claims=_claims,
    parse=parse,
    expected=never_expected,
)
