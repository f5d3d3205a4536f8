"""Work that is spread: the same answer wherever it ran, whatever died meanwhile, and when it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from groma.workers import ClusterError, Done, Failed, Journal, spread
from workers.jobs import fussy, kills_always, kills_once, number, refuses_json, slow

HERE = Path(__file__).resolve().parents[1]


def in_bytes(outcomes: object) -> bytes:
    return repr(outcomes).encode()


def test_values_come_in_the_order_of_their_items_with_all_their_digits() -> None:
    found = spread(number, range(40))
    assert found == [Done(number(item)) for item in range(40)]


def test_a_pool_gives_the_same_bytes_as_one_process() -> None:
    assert in_bytes(spread(fussy, range(60), jobs=2)) == in_bytes(spread(fussy, range(60)))


def test_a_failure_is_a_value_and_stops_nobody() -> None:
    found = spread(fussy, range(1, 15))
    assert found[6] == Failed("ValueError", "seven divides 7")
    assert sum(isinstance(outcome, Done) for outcome in found) == 12
    (refused,) = [o for o in spread(refuses_json, range(3)) if isinstance(o, Failed)]
    assert refused.kind == "TypeError"


def test_a_process_killed_on_the_way_costs_nothing(tmp_path: Path) -> None:
    mark = str(tmp_path / "dead")
    found = spread(kills_once, [(item, mark) for item in range(30)], jobs=2)
    assert Path(mark).exists()
    assert found == [Done(item + 1) for item in range(30)]


def test_an_item_that_always_kills_is_told_and_the_others_are_done() -> None:
    found = spread(kills_always, range(8), jobs=2)
    assert [isinstance(outcome, Done) for outcome in found] == [item != 3 for item in range(8)]
    assert isinstance(found[3], Failed) and found[3].kind == "WorkerLost"


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_goes_on_from_its_journal_with_the_same_bytes(tmp_path: Path, jobs: int) -> None:
    path, names = tmp_path / "journal", [f"item {item}" for item in range(30)]
    whole = spread(number, range(30))
    seen: list[int] = []

    def interrupt(work: str, done: int, total: int | None) -> None:
        seen.append(done)
        if done >= 11:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spread(number, range(30), jobs=jobs, journal=Journal(path), names=names, hears=interrupt)
    kept = Journal(path)
    assert 11 <= len(kept) < 30
    asked: list[tuple[int, int | None]] = []
    found = spread(
        number,
        range(30),
        journal=kept,
        names=names,
        hears=lambda work, done, total: asked.append((done, total)),
    )
    assert asked[0] == (len(Journal(path)) - (len(asked) - 1), 30)
    assert len(asked) == 30 - asked[0][0] + 1  # only what was left was worked out
    assert in_bytes(found) == in_bytes(whole)
    assert in_bytes(spread(number, range(30), journal=Journal(path), names=names)) == in_bytes(whole)


def test_a_torn_line_is_worked_out_again(tmp_path: Path) -> None:
    path, names = tmp_path / "journal", ["a", "b", "c"]
    spread(number, range(3), journal=Journal(path), names=names)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        journal = Journal(path)
        assert len(journal) == whole[:cut].count(b"\n")
        found = spread(number, range(3), journal=journal, names=names)
        assert found == spread(number, range(3))
        assert path.read_bytes() == whole


def test_what_stands_under_another_name_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    spread(number, [1, 2], journal=Journal(path), names=["one", "two"])
    assert spread(number, [8, 2], journal=Journal(path), names=["other", "two"])[0] == Done(number(8))


def test_failures_are_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    spread(fussy, [6, 7], journal=Journal(path), names=["a", "b"])
    assert len(Journal(path)) == 1
    assert "failed" not in path.read_text()


def test_a_killed_process_goes_on_where_it_was(tmp_path: Path) -> None:
    """SIGKILL of the whole: what was written stays, and the rest is done next time."""
    path = tmp_path / "journal"
    program = (
        "from pathlib import Path; from workers.jobs import slow; from groma.workers import *; import sys; "
        "n = [str(i) for i in range(400)]; "
        "print(spread(slow, range(400), journal=Journal(Path(sys.argv[1])), names=n))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    started = subprocess.Popen([sys.executable, "-c", program, str(path)], env=env, stdout=subprocess.DEVNULL)
    while not path.exists() or path.stat().st_size < 500:
        assert started.poll() is None
        time.sleep(0.01)
    started.send_signal(signal.SIGKILL)
    started.wait()
    kept = len(Journal(path))
    assert 0 < kept < 400
    found = spread(slow, range(400), journal=Journal(path), names=[str(i) for i in range(400)])
    assert found == [Done(slow(item)) for item in range(400)]


def test_a_journal_needs_a_name_for_each_item(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a name for each of the 2 items, found 1"):
        spread(number, [1, 2], journal=Journal(tmp_path / "j"), names=["a"])


def test_a_local_cluster_gives_the_same_bytes_with_a_worker_killed_on_the_way(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        pids = [nanny.pid for nanny in cluster.workers.values()]
        killed = threading.Event()

        def kill(work: str, done: int, total: int | None) -> None:
            if done and not killed.is_set():
                os.kill(pids[0], signal.SIGKILL)
                killed.set()

        address = cluster.scheduler_address
        found = spread(slow, range(400), cluster=address, jobs=2, hears=kill)
        assert killed.is_set()
        names = [str(item) for item in range(400)]
        journal = Journal(tmp_path / "journal")
        assert spread(slow, range(400), cluster=address, journal=journal, names=names) == found
    assert in_bytes(found) == in_bytes([Done(slow(item)) for item in range(400)])
    again = spread(slow, range(400), journal=Journal(tmp_path / "journal"), names=names)
    assert in_bytes(again) == in_bytes(found)


def test_a_cluster_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("groma.workers.cluster.PATIENCE", "1s")
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers there"):
        spread(number, [1], cluster="tcp://127.0.0.1:9")


def test_without_dask_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'groma\[cluster\]'"):
        spread(number, [1], cluster="local")


def test_outcomes_are_json(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    spread(number, [1], journal=Journal(path), names=["ä/b"])
    assert json.loads(path.read_text())["done"] == number(1)
