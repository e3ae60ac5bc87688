"""The crew: same rows whoever works, one row for each planted trouble, and nothing done twice."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from forensics.case import Interrupted, Refused
from forensics.work import Crew, Limits
from forensics.work import crew as crew_module
from forensics.work.cluster import check_scheduler
from forensics.work.crew import Silent

sys.path.insert(0, str(Path(__file__).parent))
import planted

GOOD = [planted.Items(n, (n * 2 + 100, n * 2 + 101)) for n in range(6)]
BAD = [planted.Items(n, tuple(range(n * 4, n * 4 + 4))) for n in range(8)]


def rows(handle: object) -> list[dict[str, object]]:
    return handle.table("coverage").to_pylist()


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def test_loop_and_cluster_give_the_same_rows(tmp_path: Path) -> None:
    results = []
    for workers in (0, 1, 2):
        with Crew(tmp_path / str(workers), workers) as crew:
            results.append(rows(crew.each(planted.work, GOOD)))
    assert results[0] == results[1] == results[2]
    assert len(results[0]) == 12


@pytest.mark.slow
def test_each_planted_trouble_is_one_row_and_all_others_are_done(tmp_path: Path) -> None:
    with Crew(tmp_path, 2, limits=Limits(seconds=4)) as crew:
        found = rows(crew.each(planted.work, BAD))
    bad = {row["address"]: (row["outcome"], row["reason"]) for row in found if row["reason"]}
    assert len(found) == 32
    assert bad.keys() == {f"E1@{item}+1" for item in (13, 14, 15, 16, 17)}
    assert bad["E1@14+1"] == ("timed_out", "DEADLINE")
    assert bad["E1@13+1"] == bad["E1@17+1"] == ("failed", "CRASHED")
    assert str(bad["E1@15+1"][1]).startswith("MemoryError")
    assert str(bad["E1@16+1"][1]).startswith("ValueError ")


@pytest.mark.slow
def test_workers_that_dask_gives_up_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "LOOK_SECONDS", 0.5)
    found: list[dict[str, object]] = []

    def work() -> None:
        with Crew(tmp_path, 2) as crew:
            crew.each(planted.work, GOOD[:1])
            cluster = crew._cluster
            for name in list(cluster.workers):  # as Dask does it with one that is slow to come back
                cluster.sync(cluster.workers.pop(name).close)
            found.extend(rows(crew.each(planted.work, GOOD)))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(120)
    assert len(found) == 12


@pytest.mark.slow
def test_a_cluster_that_does_not_come_up_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    real, tries = distributed.LocalCluster, []

    def cluster(**options: object) -> object:
        tries.append(options)
        if len(tries) < 3:
            raise RuntimeError("Nanny failed to start.")
        return real(**options)

    monkeypatch.setattr(distributed, "LocalCluster", cluster)
    with Crew(tmp_path, 1) as crew:
        assert len(rows(crew.each(planted.work, GOOD[:1]))) == 2


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    with Crew(tmp_path, 0) as crew:
        first = crew.each(planted.work, GOOD)
        stamps = [place.stat().st_mtime_ns for place in first.places]
        again = crew.each(planted.work, GOOD)
    assert again == first
    assert stamps == [place.stat().st_mtime_ns for place in again.places]


def test_other_options_are_other_work(tmp_path: Path) -> None:
    with Crew(tmp_path, 0) as crew:
        assert crew.each(planted.work, GOOD, "a") != crew.each(planted.work, GOOD, "b")


def test_in_the_plain_loop_an_exception_is_one_row_too(tmp_path: Path) -> None:
    with Crew(tmp_path, 0) as crew:
        found = rows(crew.each(planted.work, [planted.Items(0, (1, planted.RAISE, 3, 4))]))
    assert [row["outcome"] for row in found].count("failed") == 1
    assert len(found) == 4
    assert "evidence" not in str([row["reason"] for row in found])


def test_a_scheduler_elsewhere_must_use_tls() -> None:
    assert check_scheduler("tcp://127.0.0.1:8786")
    assert check_scheduler("tls://cluster.example:8786")
    with pytest.raises(Refused):
        check_scheduler("tcp://cluster.example:8786")


@pytest.mark.slow
def test_a_schedulers_address_works_like_the_loop(tmp_path: Path) -> None:
    from distributed import LocalCluster

    place = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, **place) as cluster,
        Crew(tmp_path / "s", scheduler=cluster.scheduler_address) as crew,
    ):
        found = rows(crew.each(planted.work, GOOD))
    with Crew(tmp_path / "l", 0) as crew:
        assert rows(crew.each(planted.work, GOOD)) == found


class _Told(Silent):
    """Notes which stages had nobody to work for them."""

    def __init__(self) -> None:
        self.unmanned_stages: list[str] = []

    def unmanned(self, name: str) -> None:
        self.unmanned_stages.append(name)


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_and_one_that_goes_away_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(crew_module, "LOOK_SECONDS", 0.2)
    told, raised = _Told(), []
    place = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    cluster = LocalCluster(n_workers=0, **place)

    def work() -> None:
        with (
            pytest.raises(Interrupted, match="went away") as error,
            Crew(tmp_path, scheduler=cluster.scheduler_address, progress=told) as crew,
        ):
            crew.each(planted.work, GOOD)
        raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not told.unmanned_stages:
        thread.join(0.1)
    cluster.close()
    thread.join(120)
    assert set(told.unmanned_stages) == {"planted.work"}
    assert raised
