"""`groma simulate`: what it says, how it ends, the same bytes however it is spread."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.compiled

STORM = """groma: 1
system: storm
currency: EUR
components:
  db: {kind: database, threads: 27, offers: {query: {work: 90 ms}}}
flows:
  main:
    starts: {rate: 280/s}
    steps: [{call: db.query, timeout: 1 s, retry: {times: 1}}]
scenarios:
  out: {title: The database hangs, lasts: 200 s, events: {from: 20 s, for: 10 s, stalled: db}}
"""


def groma(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "groma", "simulate", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.yaml").write_text(STORM)
    return tmp_path


def test_a_system_that_does_not_come_back_is_told_with_what_saves_it(folder: Path) -> None:
    done = groma(folder, "model.yaml", "--scenario", "out", "--saved-by", "--replications", "2")
    assert done.returncode == 1, done.stderr
    assert "The database hangs" in done.stdout
    assert "no retries" in done.stdout
    assert "1 of 1 don't come back" in done.stdout


def test_the_threshold_is_searched(folder: Path) -> None:
    (folder / "model.yaml").write_text(
        STORM.replace("280/s", "100/s").replace("lasts: 200 s", "lasts: 1500 s")
    )
    done = groma(folder, "model.yaml", "--scenario", "out", "--threshold", "--replications", "1", "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)
    assert found["comes_back_up_to_load"] == pytest.approx(1.5, rel=0.02)


def test_the_same_bytes_in_one_process_and_in_two(folder: Path) -> None:
    for jobs in ("1", "2"):
        done = groma(folder, "model.yaml", "--replications", "2", "--jobs", jobs, "--out", f"{jobs}.json")
        assert done.returncode in (0, 1), done.stderr
    assert (folder / "1.json").read_bytes() == (folder / "2.json").read_bytes()
    assert not list(folder.glob("*.journal"))


def test_what_is_finished_is_not_done_again(folder: Path) -> None:
    done = groma(folder, "model.yaml", "--replications", "2", "--out", "whole.json")
    from groma.analyses.simulation import Plan, PutThrough, scenarios_of
    from groma.model.load import load
    from groma.workers import Journal, spread

    assert done.returncode == 1
    model = load(folder / "model.yaml")
    work = PutThrough(model, scenarios_of(model), Plan(replications=2))
    journal = Journal(folder / "part.json.journal")
    from groma import __version__

    name = work.named("out", f"{__version__} ")
    spread(work, ["out"], journal=journal, names=[name])
    kept = (
        (folder / "part.json.journal").read_text().replace('"lost":', '"lost":1')
    )  # seen again if it is taken
    (folder / "part.json.journal").write_text(kept)
    groma(folder, "model.yaml", "--replications", "2", "--out", "part.json")
    part, whole = (json.loads((folder / f"{n}.json").read_text())["scenarios"] for n in ("part", "whole"))
    assert [s["scenario"] for s in part] == [s["scenario"] for s in whole]
    assert part[0] != whole[0]
    assert part[1:] == whole[1:]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("model.yaml", "--scenario", "ot"), "there is no scenario and no file `ot`; did you mean `out`?"),
        (("model.yaml", "--replications", "0"), "--replications: expected 1 to 1000, found 0"),
        (("model.yaml", "--load", "0"), "--load: expected a factor such as 2, found 0"),
        (("nothing.yaml",), "nothing.yaml"),
    ],
)
def test_mistakes_are_told_in_words(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = groma(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_facts_are_named(folder: Path) -> None:
    (folder / "model.yaml").write_text(STORM.replace("work: 90 ms", "work: unknown"))
    done = groma(folder, "model.yaml")
    assert done.returncode == 2
    assert "components.db.offers.query.work" in done.stderr


def test_scenarios_are_listed(folder: Path) -> None:
    done = groma(folder, "model.yaml", "--list", "--json")
    assert [s["scenario"] for s in json.loads(done.stdout)] == [
        "out", "lost-db", "slow-db", "stalled-db", "load-2", "load-10",
    ]  # fmt: skip


def test_a_standstill_is_told_as_one_with_its_reason(folder: Path) -> None:
    """Three lines of which each run takes two: at 20 a second they are soon held by three that wait."""
    (folder / "model.yaml").write_text(
        STORM[: STORM.index("components:")]
        + "components: {lines: {kind: pool, threads: 3}}\nflows: {main: {starts: {rate: 20/s}, steps: "
        "[{hold: lines, steps: [{wait: 50 ms}, {hold: lines, steps: [{wait: 50 ms}]}]}]}}\n"
    )
    done = groma(folder, "model.yaml", "--scenario", "load-2", "--replications", "1")
    assert done.returncode == 1, done.stderr
    assert "stands still, even undisturbed" in done.stdout and "metastable" not in done.stdout
    assert "It comes to a standstill: lines is asked for at flows.main.steps.1.steps.2" in done.stdout
    calm = groma(folder, "model.yaml", "--scenario", "load-2", "--load", "0.001", "--json")
    (found,) = json.loads(calm.stdout)
    assert found["stands_still"] == []
    assert "It may come to a standstill: lines is asked for" in calm.stderr
