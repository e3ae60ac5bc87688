"""What a person types, done: parse (`usage`), call, print. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from forensics.usage import CUSTODY, DONE, FAILED, INTERRUPTED, PARTLY, REFUSED, parser

# A process is one core: no threads of Arrow's and numpy's own. And no pool of Arrow's beside the heap.
LIBRARIES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}

NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code. Never a traceback for a person's mistake."""
    from forensics.case import DigestMismatch, Interrupted, Refused

    for name, value in LIBRARIES.items():
        os.environ.setdefault(name, value)
    options = parser().parse_args(arguments)
    try:
        code = COMMANDS[options.command](options)
        sys.stdout.flush()
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return REFUSED
    except DigestMismatch as stop:
        print(f"custody: {stop}", file=sys.stderr)
        return CUSTODY
    except (KeyboardInterrupt, Interrupted) as stop:
        return _stopped(str(stop))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return _stopped("no room left where it writes")
        if os.environ.get("FORENSICS_TRACEBACK"):
            raise
        from forensics.work.worker import reason

        print(
            f"failed: {reason(error)}: this is a bug of the program; please report this line",
            file=sys.stderr,
        )
        return FAILED
    return code


def _stopped(why: str) -> int:
    told = f"{why}; " if why else ""
    print(f"stopped: {told}what was done is kept; the same command goes on", file=sys.stderr)
    return INTERRUPTED


# Commands -------------------------------------------------------------------------------------


def _language(options: argparse.Namespace) -> str:
    named = getattr(options, "language", None)
    if named:
        return str(named)
    locale = (
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    return "ja" if locale.startswith("ja") else "en"


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


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

    folder = options.folder
    print(_json(looking.status(folder)) if options.json else looking.status_text(folder))
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

    lines = looking.timeline(options.folder, options.start, options.until, as_json=options.json)
    for line in lines:
        print(line)
    return DONE


def verify(options: argparse.Namespace) -> int:
    from forensics.commands import verify as verifying

    found = verifying.verify(options.folder, options.keys, options.sample, options.public_key)
    code = CUSTODY if found.problems else PARTLY if found.not_redone else DONE
    print(_json({"exit": code, **found.facts()}) if options.json else found.text())
    return code


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


COMMANDS = {
    "demo": demo, "acquire": acquire, "init": init, "run": run_case, "status": status, "show": show,
    "extract": extract, "timeline": timeline, "verify": verify, "export": export, "register": register,
    "schema": schema, "parse": parse, "scan": scan, "doctor": doctor,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
