"""The benchmark of the register, small: everybody is found in every carrier, and nobody else."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from fixtures import carriers, people

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RESIDENTS, PLANTED = 4800, 480
MISREAD = {"/業務/book.xlsx", "/業務/list.db"}  # read raw as well: names may join the wrong rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        bench = importlib.import_module("register")
    residents = people.register(bench.SEED, RESIDENTS)
    case = bench.examined(tmp_path_factory.mktemp("carriers"), residents, PLANTED, 4 << 10)
    return case, bench.compared(case, residents), residents


def test_all_are_found_at_the_right_place_and_nobody_by_chance(run) -> None:
    _, found, _ = run
    assert found["planted"] == PLANTED
    assert (found["right_place"], found["by_chance"]) == (PLANTED, 0)
    assert found["not_exact"].keys() <= MISREAD


def written(case: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the case folder as text; tables by their values, workbooks by their parts."""
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            table = parquet.ParquetFile(path).read()
            columns = (table.column(name) for name in table.column_names)
            yield path, "\n".join(str(c.cast(pa.string()).to_pylist()) if pa.types.is_dictionary(c.type)
                                  else str(c.to_pylist()) for c in columns)  # fmt: skip
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield path, "\n".join(book.read(name).decode() for name in book.namelist())
        else:
            yield path, path.read_bytes().decode("utf-8", "replace")


def test_nothing_that_was_planted_stands_in_any_output(run) -> None:
    case, _, residents = run
    planted = residents[:: RESIDENTS // PLANTED]
    secrets = set().union(*(person.secrets() for person in planted[::12]))
    assert len(secrets) > 200
    for path, text in written(case):
        if not path.name.endswith(".index"):  # keyed fingerprints, no text
            assert not [secret for secret in secrets if secret in text], path


@pytest.mark.parametrize("form", list(carriers.FORMS))
def test_forms_are_what_they_say(form: str) -> None:
    made = carriers.FORMS[form](people.register(1, 30))
    assert made == carriers.FORMS[form](people.register(1, 30)) or form.startswith("book")
    assert len(made) > 500
