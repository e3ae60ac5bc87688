"""What a person types: parse, call, print. Nothing heavy is imported before it is needed.

Exit codes: 0 done, every byte accounted for and examined; 1 the program failed (a bug); 2 refused:
wrong usage or input, nothing written; 3 done, but some evidence could not be examined; 4 custody:
a digest does not match; 130 interrupted, resumable.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from forensics import __version__

SECONDS_MAX, COUNT_MAX, MEBIBYTES_MAX = 1_000_000, 100_000, 1 << 24
# A process is one core: no threads of Arrow's and numpy's own. And no pool of Arrow's beside the heap.
LIBRARIES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
DONE, FAILED, REFUSED, PARTLY, CUSTODY, INTERRUPTED = 0, 1, 2, 3, 4, 130


class _Parser(argparse.ArgumentParser):
    """Wrong usage is refused with one line, like wrong input."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"refused: {message}; see {self.prog} --help\n")
        raise SystemExit(REFUSED)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = _Parser(
        prog="forensics",
        description="The forensic leak check that can be trusted when it says nothing found.",
        epilog="example: forensics demo",
    )
    top.add_argument("--version", action="version", version=f"forensics {__version__}")
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
    ) -> Any:
        sub = commands.add_parser(
            name, help=text, description=text, epilog=f"example: forensics {example}"
        )
        sub.set_defaults(run=run)
        return sub

    def working(sub: Any) -> None:
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
        sub.add_argument("--json", action="store_true", help="print JSON lines for programs")

    def running(sub: Any) -> None:
        working(sub)
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

    sub = command("demo", demo, "build and run the shipped case", "demo")
    sub.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("demo-case"),
        help="case folder to write (default: demo-case)",
    )
    running(sub)

    sub = command(
        "acquire",
        acquire,
        "image a device: read once, digests, map of bad sectors",
        "acquire /dev/sdb usb1.dd",
    )
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
    working(sub)

    sub = command(
        "init", init, "write a commented case.toml for some images", "init usb1.E01 pc1.dd"
    )
    sub.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="first segment of each")
    sub.add_argument(
        "--out", type=Path, default=Path("case.toml"), metavar="FILE", help="default: case.toml"
    )
    sub.add_argument("--id", default="case-1", help="id of the case (default: case-1)")

    sub = command("run", run_case, "run a case", "run case.toml")
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
    running(sub)

    sub = command("status", status, "how far a case is", "status demo-case")
    _case(sub)

    sub = command("show", show, "bytes at an address, masked", "show demo-case 'USB1@0+512'")
    _case(sub)
    sub.add_argument("address", metavar="ADDRESS", help="as the report writes it: quote it")
    sub.add_argument(
        "--reveal", action="store_true", help="unmasked, to a terminal only; writes a custody line"
    )

    sub = command(
        "extract",
        extract,
        "copy contents out of the evidence",
        "extract demo-case 'USB1:p1:/a.txt' out/",
    )
    _case(sub)
    sub.add_argument("addresses", nargs="+", metavar="ADDRESS", help="as the report writes them")
    sub.add_argument(
        "out", type=Path, metavar="DIR", help="folder to copy to; made where it is not"
    )

    sub = command(
        "timeline", timeline, "dated facts, one line each", "timeline demo-case --from 2022-06-21"
    )
    _case(sub)
    sub.add_argument(
        "--from", dest="start", metavar="TIME", help="ISO date or time; without zone: the case's"
    )
    sub.add_argument("--until", metavar="TIME", help="likewise; a date includes that day")

    sub = command(
        "verify",
        verify,
        "check digests, signature, sums, and redo a sample of units",
        "verify demo-case",
    )
    _case(sub)
    sub.add_argument(
        "--sample", type=_count, default=8, metavar="N", help="units to redo (default 8; 0: none)"
    )
    sub.add_argument(
        "--public-key", metavar="KEY", help="minisign public key that must have signed"
    )

    sub = command(
        "export",
        export,
        "lists in the field's formats (internal: real paths)",
        "export demo-case bodyfile",
    )
    _case(sub)
    sub.add_argument(
        "format",
        metavar="FORMAT",
        help="bodyfile mactime timesketch dfxml hashdeep sha256sum csv xlsx",
    )
    sub.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write to (default: export/ of the case)"
    )

    sub = command(
        "register",
        register,
        "turn the owner's register into keyed fingerprints",
        "register build register.csv --case-id 2022-06-A --out register.index",
    )
    sub.add_argument("action", choices=("build",), help="the one thing to do")
    sub.add_argument(
        "file", type=Path, metavar="FILE", help="CSV in any Japanese encoding, or XLSX"
    )
    sub.add_argument("--case-id", required=True, metavar="ID", help="the case whose key is used")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="index to write")
    sub.add_argument("--keys", type=Path, metavar="DIR", help="where keys are kept")

    sub = command("schema", schema, "tables and their columns", "schema files")
    sub.add_argument("table", nargs="?", metavar="TABLE", help="default: the list of tables")

    sub = command(
        "parse", parse, "one artefact, no case: rows as JSON lines", "parse SYSTEM setupapi.dev.log"
    )
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="named as on its system")

    sub = command(
        "scan",
        scan,
        "personal data in plain files, no case: masked hits and persons",
        "scan folder/",
    )
    sub.add_argument("paths", nargs="+", metavar="FILE|DIR|-", help="-: standard input")
    sub.add_argument("--json", action="store_true", help="one JSON line per file")

    command("doctor", doctor, "what this installation can and cannot open", "doctor")
    return top


def _case(sub: Any) -> None:
    sub.add_argument("folder", type=Path, metavar="CASE", help="case folder")
    sub.add_argument("--keys", type=Path, metavar="DIR", help="where keys are kept")


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code. Never a traceback for a person's mistake."""
    from forensics.case import DigestMismatch, Refused

    for name, value in LIBRARIES.items():
        os.environ.setdefault(name, value)
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return REFUSED
    except DigestMismatch as stop:
        print(f"custody: {stop}", file=sys.stderr)
        return CUSTODY
    except KeyboardInterrupt:
        print("stopped: what was done is kept; the same command goes on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if os.environ.get("FORENSICS_TRACEBACK"):
            raise
        from forensics.work.worker import reason

        print(
            f"failed: {reason(error)}: this is a bug of the program; please report this line",
            file=sys.stderr,
        )
        return FAILED
    return code


# Commands -------------------------------------------------------------------------------------


def _language(options: argparse.Namespace) -> str:
    named = getattr(options, "language", None)
    if named:
        return str(named)
    locale = (
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    return "ja" if locale.startswith("ja") else "en"


def demo(options: argparse.Namespace) -> int:
    """Unpack the shipped evidence beside the case folder and run the leak check on it."""
    from forensics.commands.demo import unpack

    options.case = unpack(options.folder)
    options.out = options.folder
    options.pipeline, options.rules, options.accept_mismatch, options.digests = None, [], None, []
    return run_case(options)


def run_case(options: argparse.Namespace) -> int:
    from forensics.commands import run as running

    return running.run(
        running.Request(
            source=options.case,
            out=options.out,
            keys=options.keys,
            pipeline=options.pipeline,
            rules=tuple(options.rules),
            accept_mismatch=options.accept_mismatch,
            digests=tuple(sorted(options.digests)),
            workers=options.workers,
            scheduler=options.scheduler,
            unit_seconds=options.unit_seconds,
            unit_memory_bytes=options.unit_memory << 20,
            language=_language(options),
            json=options.json,
        )
    )


def acquire(options: argparse.Namespace) -> int:
    from forensics.case import Refused
    from forensics.commands import acquire as acquiring

    if len(options.pairs) % 2:
        raise Refused("acquire needs pairs of SOURCE and OUT")
    lines, good = acquiring.acquire(
        acquiring.Request(
            pairs=tuple(zip(options.pairs[::2], options.pairs[1::2], strict=True)),
            segment_bytes=options.split << 20 if options.split else None,
            examiner=options.examiner,
            verify=not options.no_verify,
            workers=options.workers,
            scheduler=options.scheduler,
            unit_seconds=options.unit_seconds,
            language=_language(options),
            json=options.json,
        )
    )
    for line in lines:
        print(line)
    return DONE if good else PARTLY


def init(options: argparse.Namespace) -> int:
    from forensics.commands import before

    before.init(options.images, options.out, options.id)
    print(f"{options.out} written; edit it, then: forensics run {options.out}")
    return DONE


def status(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    print(looking.status(options.folder))
    return DONE


def show(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    if options.reveal and not sys.stdout.isatty():
        from forensics.case import Refused

        raise Refused("--reveal writes to a terminal only")
    print(looking.show(options.folder, options.address, options.keys, reveal=options.reveal))
    return DONE


def extract(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    for line in looking.extract(options.folder, options.addresses, options.out, options.keys):
        print(line)
    return DONE


def timeline(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    for line in looking.timeline(options.folder, options.start, options.until):
        print(line)
    return DONE


def verify(options: argparse.Namespace) -> int:
    from forensics.commands import verify as verifying
    from forensics.terminal import shown

    found = verifying.verify(options.folder, options.keys, options.sample, options.public_key)
    for line in filter(None, (found.checked, found.redone, found.not_redone)):
        print(line)
    for line in found.problems:
        print(f"PROBLEM  {shown(line)}")
    if found.problems:
        return CUSTODY
    return PARTLY if found.not_redone else DONE


def export(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    print(looking.export(options.folder, options.format, options.out, options.keys))
    return DONE


def register(options: argparse.Namespace) -> int:
    from forensics.commands import before

    persons = before.register(options.file, options.case_id, options.out, options.keys)
    print(f"{options.out}: {persons} persons as keyed fingerprints")
    return DONE


def schema(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    print(looking.schema_text(options.table))
    return DONE


def parse(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    return PARTLY if looking.parse(options.files) else DONE


def scan(options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    return PARTLY if looking.scan(options.paths, as_json=options.json) else DONE


def doctor(_options: argparse.Namespace) -> int:
    from forensics.commands import look as looking

    print(looking.doctor())
    return DONE


if __name__ == "__main__":
    sys.exit(main())
