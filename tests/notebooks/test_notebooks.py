"""Every notebook runs on the finished demo case, and is kept without outputs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stripped(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.slow
@pytest.mark.filterwarnings("default::DeprecationWarning")  # of Jupyter's own libraries
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_the_demo_case(path: Path, demo_case: Path, tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    book = nbformat.read(path, as_version=4)
    own = {
        "FORENSICS_CASE": str(demo_case),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR", "FORENSICS_KEYS"):
        own[name] = str(tmp_path / name.lower())
    client = nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env={**os.environ, **own})
    pictures = [
        output
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if {"image/svg+xml", "image/png"} & set(output.get("data", {}))
    ]
    assert len(pictures) >= 3


def test_the_readme_runs_on_the_demo_case(demo_case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of its session, typed beside the demo, shows something."""
    readme = (NOTEBOOKS[0].parents[1] / "README.md").read_text("utf-8")
    block = re.search(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(demo_case.parent)
    names: dict[str, object] = {}
    for line in block[1].splitlines():
        if line.startswith("case."):
            shown = eval(line, names)
            assert getattr(shown, "svg", None) or len(shown)
        else:
            exec(line, names)


def test_a_table_of_hits_or_records_is_followed_by_the_bytes_outside_it() -> None:
    for path in NOTEBOOKS:
        cells = [
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
        ]
        for place, source in enumerate(cells):
            if "from hits" in source or 'table("records")' in source:
                assert cells[place + 1] == "case.outside()", f"{path.name}, code cell {place}"
