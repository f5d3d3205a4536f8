"""`groma import`, and `groma survey` of a folder with a LangGraph application: read as text, whatever it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groma.cli.main import main
from groma.importers.intake import read_folder
from groma.model import program as p
from groma.model.load import loads

AGENT = """
from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy, interrupt
model = ChatOpenAI(model="gpt-4o")
def answer(state): return {"text": model.invoke(state["question"])}
def approve(state): return interrupt("may it be sent?")
graph = StateGraph(dict)
graph.add_node("answer", answer, retry_policy=RetryPolicy(max_attempts=3, jitter=False))
graph.add_node("approve", approve)
graph.add_edge(START, "answer")
graph.add_conditional_edges("answer", check, {"good": "approve", "again": "answer"})
graph.add_edge("approve", END)
app = graph.compile(checkpointer=saver)
app.invoke({}, {"recursion_limit": 12})
"""
HOSTILE = """
import os, sys
from langgraph.graph import StateGraph
open("HACKED", "w").write("import")
os.system("touch HACKED")
def run(): open("HACKED", "w")
class Trap(type):
    def __init__(cls, *a): open("HACKED", "w")
class Sprung(metaclass=Trap): pass
name = [open("HACKED", "w") for _ in (1,)]
graph = StateGraph(__import__("os").system("touch HACKED"))
@run()
def node(state, default=open("HACKED", "w")): return eval("open('HACKED', 'w')")
graph.add_node(f"{open('HACKED', 'w')}", node)
graph.add_node("x'; import os  # ${all}", node)
graph.add_node("node", node)
graph.add_edge("__start__", "node")
graph.add_edge("node", exec("open('HACKED', 'w')"))
graph.add_conditional_edges("node", lambda s: __import__("os").system("touch HACKED"))
sys.exit(7)
"""


def drawn() -> str:
    nodes = [{"id": name, "data": {}} for name in ("__start__", "answer", "__end__")]
    edges = [{"source": "__start__", "target": "answer"}, {"source": "answer", "target": "__end__"}]
    return json.dumps({"nodes": nodes, "edges": edges})


def test_a_source_becomes_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("agent.py").write_text(AGENT)
    assert main(["import", "agent.py"]) == 0
    said = capsys.readouterr()
    model = loads(said.out)
    (flow,) = model.flows.values()
    (loop,) = [s.action for s in p.walk(flow.steps) if isinstance(s.action, p.Repeat)]
    assert loop.at_most == 12  # a run has twelve steps, and a round takes one
    calls = {s.action.operation: s for s in p.walk(flow.steps) if isinstance(s.action, p.Call)}
    retry = calls["answer"].policies.retry
    assert retry is not None and retry.times == 2
    assert sum(isinstance(s.action, p.Ask) for s in p.walk(flow.steps)) == 1
    assert "How often does it run?" in said.err

    assert main(["import", "agent.py", "--out", "today.yaml"]) == 0
    assert "written to today.yaml" in capsys.readouterr().out
    assert Path("today.yaml").read_text(encoding="utf-8") == said.out

    assert main(["import", "agent.py", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == said.out
    assert {"flows.graph.starts.rate", "components.gpt_4o.offers.generate.work"} <= {
        question["key"] for question in told["questions"]
    }


def test_a_drawn_graph_becomes_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "graph.json"
    path.write_text(drawn())
    assert main(["import", str(path)]) == 0
    said = capsys.readouterr()
    assert [s.action.operation for s in p.walk(loads(said.out).flows["graph"].steps)] == ["answer"]  # pyright: ignore
    assert "give the source text" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(:\n", "agent.py:1:7: expected Python"),
        ("x = 1\n", "agent.py:1:1: expected a file that builds a StateGraph"),
        ('{"nodes": 1', "agent.py:1:12: expected JSON"),
        ('{"nodes": []}', "agent.py:1:1: expected the JSON of `get_graph().to_json()`"),
        ("\udcff", "agent.py:1:1: expected UTF-8"),
        ("(" * 3000, "agent.py:1:"),
        ("#" * 4_000_001, "agent.py:1:1: expected a file of at most 4,000,000 bytes"),
    ],
)
def test_what_is_broken_is_refused_with_its_place(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.py"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert main(["import", str(path)]) == 2
    said = capsys.readouterr()
    assert told in said.err and "Traceback" not in said.err and not said.out
    assert main(["import", str(tmp_path / "none.py")]) == 2
    assert "can't be read" in capsys.readouterr().err
    assert main(["import", str(tmp_path)]) == 2
    assert "can't be read" in capsys.readouterr().err


def test_nothing_of_a_hostile_source_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agent.py").write_text(HOSTILE)
    (tmp_path / "langgraph.py").write_text("open('HACKED', 'w')")  # what an import of it would find
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["import", "agent.py"]) == 0
    said = capsys.readouterr()
    model = loads(said.out)
    titles = {o.title for c in model.components.values() for o in c.offers.values()}
    assert {"node", "x'; import os  # ${all}"} <= titles
    assert "a node whose name is worked out while it runs: left out" in said.err
    assert main(["survey", str(tmp_path)]) in (0, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agent.py", "langgraph.py"]


def test_a_folder_with_an_application_gets_its_flow_read(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "agent.py").write_text(AGENT)
    (tmp_path / "app" / "agent_again.py").write_text(AGENT)
    (tmp_path / "graph.json").write_text(drawn())
    (tmp_path / "util.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("StateGraph(:\n")
    (tmp_path / "people.csv").write_text("Name,Role,Hourly rate\nReviewer,founder,60 EUR/h\n")
    intake = read_folder(tmp_path)
    model = loads(intake.text)
    asked = {
        name: [s.action.person for s in p.walk(flow.steps) if isinstance(s.action, p.Ask)]
        for name, flow in model.flows.items()
    }
    assert sorted(asked.values()) == [[], ["reviewer_2"], ["reviewer_3"]]  # no application asks the founder
    assert model.people["reviewer_2"].title == "Whoever answers an interrupt"
    assert {c.title for c in model.components.values() if c.kind == "llm"} == {"gpt-4o"}
    said = "\n".join(map(str, intake.notes))
    assert "broken.py: left out: broken.py:1:12: expected Python" in said
    assert "left out: a Python file that builds no LangGraph application" in said
    assert str(intake.origins["flows.graph"]).endswith("agent.py, row 7")
    alone = tmp_path / "app"
    assert read_folder(alone).text.count("practice: ai") == 1 and "practice: business" in intake.text


def test_a_survey_of_an_application_tells_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agent.py").write_text(AGENT)
    assert main(["survey", str(tmp_path), "--json"]) in (0, 1)
    assert "graph" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "told"),
    [("model.yaml", "groma assess"), ("today.csv", "groma survey"), ("design.docx", "groma review")],
)
def test_a_file_of_another_kind_is_told_which_command_reads_it(
    name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_text("groma: 1\n", encoding="utf-8")
    assert main(["import", str(file)]) == 2
    said = capsys.readouterr().err
    assert "expected a Python file" in said and told in said and "Traceback" not in said
