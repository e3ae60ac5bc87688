"""Running a case: refuse early, say what there is to do, run the story, seal what it wrote."""

from __future__ import annotations

import difflib
import gc
import hashlib
import importlib
import json
import os
import resource
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from forensics import __version__
from forensics import case as cases
from forensics.case import Case, Interrupted, Refused, Register
from forensics.terminal import Terminal
from forensics.work import Crew, Limits
from forensics.work.cluster import check_scheduler
from forensics.work.worker import collect_seldom, without_pandas

if TYPE_CHECKING:
    from forensics import evidence

ROOM_BYTES = 256 << 20  # disk room that a run needs at least …
ROOM_SHARE = 0.02  # … and for each byte of evidence
ANSWER_SECONDS = 10.0  # of a scheduler that is at work


@dataclass(frozen=True, slots=True)
class Request:
    """What the person asked for."""

    source: Path
    out: Path | None = None
    keys: Path | None = None
    pipeline: str | None = None
    rules: tuple[Path, ...] = ()
    accept_mismatch: str | None = None
    digests: tuple[str, ...] = ()
    workers: int | None = None
    scheduler: str | None = None
    unit_seconds: float = 300.0
    unit_memory_bytes: int = 1536 << 20
    language: str = "en"
    json: bool = False


def run(request: Request) -> int:
    """Run a case; gives the exit code."""
    without_pandas()
    collect_seldom()
    from forensics import evidence

    for folder in request.rules:
        if not folder.is_dir():
            raise Refused(f"--rules {folder}: no such folder")
    case = cases.load(
        request.source,
        request.out,
        request.keys,
        rules=request.rules,
        accept_mismatch=request.accept_mismatch,
        digests=request.digests,
    )
    if case.rules:
        from forensics import personal

        try:
            personal.open_detector(personal.Settings(bytes(32), rules=tuple(map(str, case.rules))))
        except ValueError as error:
            raise Refused(f"--rules: {error}") from None
    if case.register and case.register.columns:
        _check_columns(case.register)
    if request.scheduler:
        if any(key.startswith("env:") for key in case.keys):
            raise Refused("keys: workers of a scheduler do not see env:, name a file")
        reach(request.scheduler)
    story, source = _story(request.pipeline or case.pipeline)
    media = evidence.open_all(case)
    size = sum(medium.size for medium in media)
    _check_room(case, size)
    progress = Terminal(request.language)
    cpu = _cpu_seconds()
    if case.register or case.keys:
        from forensics import examine

        case = examine.prepared(case)
    with cases.lock(case):
        _announce(case, len(media), size, request, progress)
        case.custody(
            "run", case=case.id, source=str(case.source), software=__version__, pipeline=story.__name__,
            pipeline_sha256=source, accept_mismatch=case.accept_mismatch,
            timezone=case.timezone, languages=list(case.languages),
            case_file_sha256=hashlib.sha256(case.source.read_bytes()).hexdigest(),
        )  # fmt: skip
        for medium in media:
            case.custody(
                "received", evidence=medium.id, image=medium.image_text, segments=len(medium.segments),
                bytes=medium.size, container=medium.container, declared=dict(medium.declared), identity=medium.identity,
            )  # fmt: skip
        limits = Limits(request.unit_seconds, request.unit_memory_bytes)
        with (
            Crew(case.parts, request.workers, request.scheduler, limits, progress, source) as crew,
            _stays(media),
        ):
            code = story(case, crew)
            _note_units(case, crew)
        case.custody("finished", exit=code)
        _seal(case)
    progress.close(_cpu_seconds() - cpu)
    _answer(case, code, request)
    gc.freeze()  # what is left ends with the process, and is not searched for cycles first
    return code


@contextmanager
def _stays(media: Sequence[evidence.Medium]) -> Iterator[None]:
    """Work whose evidence goes away (a drive pulled, a share lost) is interrupted, and neither failed nor finished."""
    failure = None
    try:
        yield
    except OSError as error:
        failure = error
    segments = (name for medium in media if medium.reason is None for name in medium.segments)
    gone = next((name for name in segments if not Path(name).exists()), None)
    if gone:
        raise Interrupted(f"{gone} is gone") from failure
    if failure:
        raise failure


def _story(name: str) -> tuple[Callable[[Case, Crew], int], str]:
    """The story's function and the SHA-256 of its source. A file stays out of sys.modules.

    (Put there, Dask's workers look for a module that they do not have, and the client hangs.)
    """
    if name.endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise Refused(f"--pipeline {name}: no such file")
        module = ModuleType(path.stem)
        module.__file__ = str(path)
        try:  # compiled here: the import system would write its cache beside the person's file
            exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102
        except Exception as error:  # noqa: BLE001  # the person's own code, whatever it raises
            raise Refused(f"--pipeline {name}: {type(error).__name__}: {error}") from None
    else:
        shipped = cases.stories()
        if name not in shipped:
            raise Refused(f"unknown pipeline {name}; there are: {', '.join(shipped)}")
        module = importlib.import_module(f"forensics.pipelines.{name}")
        path = Path(str(module.__file__))
    function = getattr(module, path.stem, None)
    if not callable(function):
        raise Refused(f"{path.name} must define the function {path.stem}(case, crew)")
    return function, hashlib.sha256(path.read_bytes()).hexdigest()


def _check_columns(register: Register) -> None:
    """[register.columns] names headers that the register has, and kinds that there are."""
    from forensics.personal import columns, headers, identifiers, owner_list

    parts = [part for names in headers.PARTS.values() for part in names]
    kinds = sorted(filter(None, {*identifiers.BY_KIND, *columns.EXTRA, *parts}))
    try:
        known = [
            cell.strip() for cell in owner_list.read(register.file, dict(register.columns)).header
        ]
    except owner_list.RegisterError as error:
        raise Refused(f"register {error}") from None
    for header, kind in register.columns:
        for name, names in ((kind, kinds), (header, known)):
            if name not in names:
                near = difflib.get_close_matches(name, names, 1, 0)
                hint = f'; nearest: "{near[0]}"' if near else ""
                raise Refused(f'[register.columns] "{header}" = "{kind}": unknown "{name}"{hint}')


def reach(address: str) -> None:
    """Refused where a scheduler may not be used, or nobody answers there."""
    place = urlsplit(check_scheduler(address))
    try:
        socket.create_connection((place.hostname or "", place.port or 0), ANSWER_SECONDS).close()
    except (OSError, ValueError) as error:
        raise Refused(f"--scheduler {address}: {error}") from None


def _check_room(case: Case, size: int) -> None:
    folder = cases.nearest(case.folder)
    if not os.access(folder, os.W_OK):
        raise Refused(f"{case.folder} cannot be written")
    needed, free = int(ROOM_BYTES + ROOM_SHARE * size), shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(f"{case.folder} has room for {free:,} bytes; this case may need {needed:,}")


def _announce(case: Case, items: int, size: int, request: Request, progress: Terminal) -> None:
    workers = os.cpu_count() or 1 if request.workers is None else request.workers
    if request.language == "ja":
        line = f"{case.id}   {items}点、{size:,}バイト、{workers}並列   記録先: {case.folder.name}"
    else:
        line = f"{case.id}   {items} item{'s' * (items != 1)}, {size:,} bytes, {workers} worker{'s' * (workers != 1)}   case folder: {case.folder.name}"
    print(line, file=progress.out)


def _note_units(case: Case, crew: Crew) -> None:
    """Seconds per stage go to custody: nowhere else does time stand that the run took."""
    from forensics.work import parts

    for stage, places in sorted(crew.used.items()):
        markers = [parts.marker(place) for place in places]
        seconds = sum(marker.get("cpu_seconds", 0.0) for marker in markers)
        states = sorted({marker["state"] for marker in markers})
        case.custody(
            "stage", stage=stage, units=len(markers), cpu_seconds=round(seconds, 3), states=states
        )


def _seal(case: Case) -> None:
    from forensics.report import seal

    seal.seal(case.folder, case.keys_folder)


def _answer(case: Case, code: int, request: Request) -> None:
    findings = case.folder / "report" / "findings.json"
    if not findings.is_file():
        print(json.dumps({"exit": code}) if request.json else f"tables: {case.folder / 'tables'}")
        return
    found = json.loads(findings.read_text("utf-8"))
    if request.json:
        print(json.dumps(_summary(found, code, case), ensure_ascii=False, sort_keys=True))
        return
    from forensics.report.terminal import one_page
    from forensics.report.words import Words

    print()
    print(one_page(found, request.language))
    print(f"  {_places(case, request.language)}")
    if code:
        print(f"\n{Words(request.language).ui(f't_exit_{code}')}")


def _places(case: Case, language: str) -> str:
    leading = case.folder / "report" / "report.html"
    return f"報告書  {leading}" if language == "ja" else f"report  {leading}"


def _summary(found: dict[str, Any], code: int, case: Case) -> dict[str, Any]:
    q01 = next(
        a["verdict"] for a in found["answers"] if a["question"] == "Q01" and a["subject"] == "case"
    )
    lost = sum(
        size
        for item in found["evidence"]
        for state, size in item["coverage"].items()
        if state != "examined"
    )
    ids = {item["id"] for item in found["evidence"]}
    missing = sorted(
        {
            a["subject"]
            for a in found["answers"]
            if a["verdict"] == "not_examined" and a["question"] == "Q03"
        }
        - ids
    )
    return {
        "exit": code, "q01": q01, "not_examined_bytes": lost, "not_supplied": missing,
        "report": str(case.folder / "report" / "report.html"),
    }  # fmt: skip


def _cpu_seconds() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
