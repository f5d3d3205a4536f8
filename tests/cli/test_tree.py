"""`tree`: a flow's fault tree, or one from a file, with what it says held against the published trees."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from groma.cli.main import main
from groma.solvers.faulttrees import Probability, probability, read_openpsa

TREES = Path(__file__).parents[2] / "../shared/cases/fault-trees"

MODEL = """
groma: 1
system: Shop
currency: EUR
components:
  web: {kind: service, replicas: 2, fails: {availability: 99 %}, offers: {get: {}}}
  db: {kind: database, fails: {availability: 99.9 %}, offers: {read: {}}}
flows:
  order: {starts: {rate: 1/s}, steps: [{call: web.get}, {mark: seen}, {call: db.read}]}
  other: {starts: {rate: 1/s}, steps: [{call: web.get}]}
"""

FILE = """<opsa-mef><define-fault-tree name="t">
<define-gate name="top"><or><event name="a"/><and><event name="b"/><event name="c"/></and></or></define-gate>
</define-fault-tree><model-data>
<define-basic-event name="a"><float value="0.01"/></define-basic-event>
<define-basic-event name="b"><exponential><float value="1e-3"/><system-mission-time/></exponential></define-basic-event>
<define-basic-event name="c"><float value="0.3"/></define-basic-event>
</model-data></opsa-mef>
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(MODEL)
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "plant.xml"
    path.write_text(FILE)
    return path


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["tree", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_flow_is_looked_at_and_taken_elsewhere(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "order.xml"
    data = answer(capsys, str(model), "--flow", "order", "--write", str(out))
    down = 1 - (1 - 0.01**2) * 0.999
    assert data["probability"] == {"value": pytest.approx(down), "complement": pytest.approx(1 - down)}
    assert data["cut_sets"]["by_order"] == {"1": 1, "2": 1}  # type: ignore[index]
    first = data["importance"][0]  # type: ignore[index]
    assert first["event"] == "components.db"
    assert first["risk_achievement"] == pytest.approx(1 / down)
    assert first["risk_reduction"] == pytest.approx(down / 0.01**2)
    again = read_openpsa(out.read_text())
    same = probability(again.top(), again.probabilities)
    assert isinstance(same, Probability)
    assert same.value == pytest.approx(down, rel=1e-12)
    marked = answer(capsys, str(model), "--flow", "order@seen")
    assert marked["probability"]["value"] == pytest.approx(0.01**2)  # type: ignore[index]


def test_a_file_is_read_with_its_mission_time(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from math import exp

    data = answer(capsys, str(tree), "--mission-time", "1000", "--rows", "1")
    b = 1 - exp(-1)
    assert data["probability"]["value"] == pytest.approx(0.01 + 0.99 * b * 0.3)  # type: ignore[index]
    assert [cut["events"] for cut in data["cut_sets"]["first"]] == [["b", "c"]]  # type: ignore[index]
    assert main(["tree", str(tree), "--mission-time", "1000"]) == 0
    said = capsys.readouterr().out
    assert "plant" not in said
    assert "2 minimal cut sets (1 of 1, 1 of 2)" in said


@pytest.mark.cases
@pytest.mark.skipif(not TREES.exists(), reason="the published trees aren't here")
def test_the_published_trees_have_their_published_figures(capsys: pytest.CaptureFixture[str]) -> None:
    for row in csv.DictReader((TREES / "expected.csv").read_text().splitlines()):
        data = answer(capsys, str(TREES / row["file"]), "--rows", "1")
        assert data["events"] == int(row["variables"])
        assert data["cut_sets"]["count"] == int(row["minimal_cut_sets"])  # type: ignore[index]
        assert data["probability"]["value"] == pytest.approx(float(row["p_top"]), rel=2e-5)  # type: ignore[index]


def test_what_nobody_states_gives_bounds_and_says_so(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model.write_text(
        MODEL.replace("db: {kind: database, fails: {availability: 99.9 %},", "db: {kind: database,")
    )
    data = answer(capsys, str(model), "--flow", "order")
    assert data["probability"]["low"] == pytest.approx(1e-4)  # type: ignore[index]
    assert data["probability"]["high"] == 1.0  # type: ignore[index]
    assert "components.db" in data["probability"]["why"]  # type: ignore[index]
    assert data["importance"] == []
    assert main(["tree", str(model), "--flow", "order"]) == 0
    assert (
        "probability between 0.0001 and 1: no probability is known of components.db"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["MODEL"], "--flow: say which: the model has `order`, `other`"),
        (["MODEL", "--flow", "ordr"], "--flow: there is no flow `ordr`; did you mean `order`?"),
        (["MODEL", "--flow", "order@sen"], "--flow: flow `order` has no mark `sen`; did you mean `seen`?"),
        (["MODEL", "--gate", "top"], "--gate:"),
        (["FILE"], "plant.xml: line 5: <system-mission-time>: the mission time isn't stated"),
        (["FILE", "--mission-time", "1", "--gate", "g"], "there is no gate g; top gates are top"),
        (["FILE", "--flow", "order"], "--flow:"),
        (["FILE", "--rows", "0"], "--rows: expected 1 or more"),
        (["missing.xml"], "missing.xml: no such file"),
    ],
)
def test_mistakes_are_said(
    words: list[str], message: str, model: Path, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = {"MODEL": str(model), "FILE": str(tree)}
    assert main(["tree", *(named.get(word, word) for word in words)]) == 2
    assert message in capsys.readouterr().err
