"""What may be typed: the commands, their options with the limits of each, and what the exit codes say.

Exit codes: 0 done, every byte accounted for and examined; 1 the program failed (a bug); 2 refused:
wrong usage or input, nothing written; 3 done, but some evidence could not be examined; 4 custody:
a digest does not match; 130 interrupted, resumable.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from forensics import __version__

DONE, FAILED, REFUSED, PARTLY, CUSTODY, INTERRUPTED = 0, 1, 2, 3, 4, 130
SECONDS_MAX, COUNT_MAX, MEBIBYTES_MAX = 1_000_000, 100_000, 1 << 24


class _Parser(argparse.ArgumentParser):
    """Wrong usage is refused with one line, like wrong input."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"refused: {message}; see {self.prog} --help\n")
        raise SystemExit(REFUSED)


def parser() -> argparse.ArgumentParser:
    """The command line. What it reads has the name of the command as `command`."""
    top = _Parser(
        prog="forensics",
        description="The forensic leak check that can be trusted when it says nothing found.",
        epilog="example: forensics demo",
    )
    top.add_argument("--version", action="version", version=f"forensics {__version__}")
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    for describe in (
        _demo, _acquire, _init, _run, _status, _show, _extract, _timeline, _verify, _export,
        _register, _schema, _parse, _scan, _doctor,
    ):  # fmt: skip
        describe(commands)
    return top


def _command(commands: Any, name: str, text: str, example: str) -> Any:
    return commands.add_parser(
        name, help=text, description=text, epilog=f"example: forensics {example}"
    )


# Commands -------------------------------------------------------------------------------------


def _demo(commands: Any) -> None:
    sub = _command(commands, "demo", "build and run the shipped case", "demo")
    sub.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("demo-case"),
        help="case folder to write (default: demo-case)",
    )
    _running(sub)


def _acquire(commands: Any) -> None:
    text = "image a device: read once, digests, map of bad sectors"
    sub = _command(commands, "acquire", text, "acquire /dev/sdb usb1.dd")
    sub.add_argument(
        "pairs", nargs="+", type=Path, metavar="SOURCE OUT", help="one or several pairs"
    )
    sub.add_argument(
        "--split", type=_mebibytes, metavar="MIB", help="write segments .001 .002 … of this size"
    )
    sub.add_argument(
        "--examiner", default="", metavar="NAME", help="who acquires; stands in OUT.acquire.json"
    )
    sub.add_argument("--no-verify", action="store_true", help="leave out the second reading")
    _working(sub)


def _init(commands: Any) -> None:
    text = "write a commented case.toml for some images"
    sub = _command(commands, "init", text, "init usb1.E01 pc1.dd")
    sub.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="first segment of each")
    sub.add_argument(
        "--out", type=Path, default=Path("case.toml"), metavar="FILE", help="default: case.toml"
    )
    sub.add_argument("--id", default="case-1", help="id of the case (default: case-1)")


def _run(commands: Any) -> None:
    sub = _command(commands, "run", "run a case", "run case.toml")
    sub.add_argument("case", type=Path, metavar="CASE.toml", help="as forensics init writes it")
    sub.add_argument(
        "--out", type=Path, metavar="CASE", help="case folder (default: ID/ beside case.toml)"
    )
    sub.add_argument("--pipeline", metavar="NAME|FILE.py", help="another story than the case's")
    sub.add_argument(
        "--rules",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="your own YARA rules beside the shipped ones",
    )
    sub.add_argument(
        "--digests",
        action="append",
        default=[],
        choices=("md5", "sha1"),
        help="digests of every content beside SHA-256; may be given twice",
    )
    sub.add_argument(
        "--accept-mismatch",
        type=_reason,
        metavar="REASON",
        help="go on although a declared digest differs",
    )
    _running(sub)


def _status(commands: Any) -> None:
    sub = _command(commands, "status", "how far a case is", "status demo-case")
    _case(sub)
    _json(sub)


def _show(commands: Any) -> None:
    text = "bytes at an address, masked"
    sub = _command(commands, "show", text, "show demo-case 'USB1@0+512'")
    _case(sub)
    sub.add_argument("address", metavar="ADDRESS", help="as the report writes it: quote it")
    sub.add_argument(
        "--reveal", action="store_true", help="unmasked, to a terminal only; writes a custody line"
    )


def _extract(commands: Any) -> None:
    text = "copy contents out of the evidence"
    sub = _command(commands, "extract", text, "extract demo-case 'USB1:p1:/資料/点検手順.txt' out/")
    _case(sub)
    sub.add_argument("addresses", nargs="+", metavar="ADDRESS", help="as the report writes them")
    sub.add_argument(
        "out", type=Path, metavar="DIR", help="folder to copy to; made where it is not"
    )


def _timeline(commands: Any) -> None:
    text = "dated facts, one line each"
    sub = _command(commands, "timeline", text, "timeline demo-case --from 2024-03-05")
    _case(sub)
    sub.add_argument(
        "--from", dest="start", metavar="TIME", help="ISO date or time; without zone: the case's"
    )
    sub.add_argument("--until", metavar="TIME", help="likewise; a date includes that day")
    _json(sub)


def _verify(commands: Any) -> None:
    text = "check digests, signature, sums, and redo a sample of units"
    sub = _command(commands, "verify", text, "verify demo-case")
    _case(sub)
    sub.add_argument(
        "--sample", type=_count, default=8, metavar="N", help="units to redo (default 8; 0: none)"
    )
    sub.add_argument(
        "--public-key", metavar="KEY", help="minisign public key that must have signed"
    )
    _json(sub)


def _export(commands: Any) -> None:
    text = "lists in the field's formats (internal: real paths)"
    sub = _command(commands, "export", text, "export demo-case bodyfile")
    _case(sub)
    sub.add_argument(
        "format",
        metavar="FORMAT",
        help="bodyfile mactime timesketch dfxml hashdeep sha256sum csv xlsx",
    )
    sub.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write to (default: export/ of the case)"
    )


def _register(commands: Any) -> None:
    text = "turn the owner's register into keyed fingerprints"
    example = "register build register.csv --case-id 2022-06-A --out register.index"
    sub = _command(commands, "register", text, example)
    sub.add_argument("action", choices=("build",), help="the one thing to do")
    sub.add_argument(
        "file", type=Path, metavar="FILE", help="CSV in any Japanese encoding, or XLSX"
    )
    sub.add_argument("--case-id", required=True, metavar="ID", help="the case whose key is used")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="index to write")
    sub.add_argument("--keys", type=Path, metavar="DIR", help="where keys are kept")


def _schema(commands: Any) -> None:
    sub = _command(commands, "schema", "tables and their columns", "schema files")
    sub.add_argument("table", nargs="?", metavar="TABLE", help="default: the list of tables")


def _parse(commands: Any) -> None:
    text = "one artefact, no case: rows as JSON lines"
    sub = _command(commands, "parse", text, "parse SYSTEM setupapi.dev.log")
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="named as on its system")


def _scan(commands: Any) -> None:
    text = "personal data in plain files, no case: masked hits and persons"
    sub = _command(commands, "scan", text, "scan folder/")
    sub.add_argument("paths", nargs="+", metavar="FILE|DIR|-", help="-: standard input")
    _json(sub)


def _doctor(commands: Any) -> None:
    _command(commands, "doctor", "what this installation can and cannot open", "doctor")


# What several commands take -------------------------------------------------------------------


def _case(sub: Any) -> None:
    sub.add_argument("folder", type=Path, metavar="CASE", help="case folder")
    sub.add_argument("--keys", type=Path, metavar="DIR", help="where keys are kept")


def _working(sub: Any) -> None:
    sub.add_argument(
        "--workers",
        type=_count,
        metavar="N",
        help="0: plain loop, no containment; default: processors",
    )
    sub.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler: tls://… or tcp:// on loopback"
    )
    sub.add_argument(
        "--unit-seconds",
        type=_seconds,
        default=300.0,
        metavar="S",
        help="end a unit after so long without a sign of life (default 300)",
    )
    sub.add_argument(
        "--language", choices=("ja", "en"), help="of what is printed; default: the locale's"
    )
    _json(sub)


def _json(sub: Any) -> None:
    sub.add_argument("--json", action="store_true", help="print JSON lines for programs")


def _running(sub: Any) -> None:
    _working(sub)
    sub.add_argument(
        "--keys", type=Path, metavar="DIR", help="where keys are kept; outside the case folder"
    )
    sub.add_argument(
        "--unit-memory",
        type=_mebibytes,
        default=1536,
        metavar="MIB",
        help="memory of one worker (default 1536)",
    )


def _count(text: str) -> int:
    return int(_number(text, int, 0, COUNT_MAX))


def _seconds(text: str) -> float:
    return _number(text, float, 0.001, SECONDS_MAX)


def _mebibytes(text: str) -> int:
    return int(_number(text, int, 1, MEBIBYTES_MAX))


def _number(text: str, kind: type[int | float], least: float, most: float) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = most + 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {least:,} to {most:,}")
    return number


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(
            "a reason in words is needed: it stands in the custody log"
        )
    return text
