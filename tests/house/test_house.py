"""The house is as design and style say: held by reading the sources."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

from forensics.share import ROOMS

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path for path in (CHECKOUT / "forensics").rglob("*.py") if "_share" not in path.parts
)
TREES = {path: ast.parse(path.read_text("utf-8")) for path in SOURCES}
# who may import a library that decides what a room is
ONLY = {
    "dask": {"work"},
    "distributed": {"work"},
    "pytsk3": {"evidence", "walk"},
    "pyewf": {"evidence", "walk"},
    "yara": {"personal"},
    "hyperscan": {"personal"},
    "jinja2": {"report"},
}
PARALLEL = {
    "values",
    "schema",
    "share",
    "work",
    "personal",
    "unpack",
    "artifacts",
    "evidence",
    "walk",
    "examine",
}
FORBIDDEN = {"dissect", "extract_msg", "weasyprint", "pyqcow"}


def room_of(path: Path) -> str:
    first = path.relative_to(CHECKOUT / "forensics").parts[0]
    return first.removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_imports_point_upwards_only(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__", "pipelines"):
        return
    assert room in ROOMS, f"{room} has no place in the order of rooms"
    for name in imports(TREES[path]):
        head, *rest = name.split(".")
        if head == "forensics" and rest and rest[0] in ROOMS and rest[0] != room:
            assert ROOMS.index(rest[0]) < ROOMS.index(room), f"{room} imports {rest[0]}"
        assert room in ONLY.get(head, {room}), f"{room} imports {head}"
        assert head not in FORBIDDEN
        if room in PARALLEL:
            assert head != "pandas", "workers import no pandas"


def swallows(handler: ast.ExceptHandler) -> bool:
    """The handler catches everything."""
    names = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
        if handler.type
        else {"all"}
    )
    return bool(names & {"all", "Exception", "BaseException"})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_only_work_and_examine_catch_everything(path: Path) -> None:
    if room_of(path) in ("work", "examine"):
        return
    allowed = (
        {"cli.py": 1, "run.py": 1}.get(path.name, 0) if room_of(path) in ("cli", "commands") else 0
    )
    found = [
        node.lineno
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    ]
    assert len(found) <= allowed, f"catches everything in lines {found}"


LISTS = {
    "forensics.artifacts": ("ARTIFACTS", "ARTIFACT"),
    "forensics.unpack": ("UNPACKERS", "UNPACKER"),
    "forensics.personal.identifiers": ("IDENTIFIERS", "IDENTIFIER"),
    "forensics.answer": ("QUESTIONS", "QUESTION"),
}


@pytest.mark.parametrize("package", list(LISTS))
def test_the_explicit_lists_are_complete(package: str) -> None:
    """A module with a value of its kind that its package's tuple does not name is forgotten."""
    listed, single = LISTS[package]
    home = importlib.import_module(package)
    named = getattr(home, listed)
    assert isinstance(named, tuple)
    for module in pkgutil.walk_packages(home.__path__, f"{package}."):
        loaded = importlib.import_module(module.name)
        for name in (single, listed):
            value = getattr(loaded, name, None)
            for one in value if isinstance(value, tuple) else (value,) if value is not None else ():
                assert one in named, f"{module.name} is missing in {listed}"


def test_artefact_pages_have_their_four_headings() -> None:
    from forensics.artifacts import ARTIFACTS

    for artifact in ARTIFACTS:
        page = importlib.import_module(artifact.parse.__module__).__doc__ or ""
        for heading in ("Layout", "Source", "Proves", "Does not prove"):
            assert heading in page, f"{artifact.name}: its page has no {heading!r}"


def test_stories_are_short() -> None:
    for story in (CHECKOUT / "pipelines").glob("*.py"):
        assert len(story.read_text("utf-8").splitlines()) <= 80, story.name


def test_no_module_is_named_for_nothing() -> None:
    assert not {p.stem for p in SOURCES} & {
        "utils",
        "util",
        "helpers",
        "helper",
        "misc",
        "common",
        "manager",
    }


def test_test_files_have_names_of_their_own() -> None:
    """pytest takes two files of one name for one module."""
    names = [path.name for path in (CHECKOUT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))
