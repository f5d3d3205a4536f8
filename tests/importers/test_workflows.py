"""Workflow files: published cases with counts from elsewhere, and the programs that come of drawn graphs."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.importers.bpmn import read_bpmn
from groma.importers.make import read_make
from groma.importers.n8n import WorkflowError, parse_json, read_n8n
from groma.importers.structure import program, starts
from groma.importers.workflow import Link, Node, Workflow
from importers.folders import PEOPLE, reading, said


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_n8n_workflows_are_counted_as_published(shared_cases: Path) -> None:
    cases = shared_cases / "automations"
    for row in rows(cases / "expected-n8n.csv"):
        found = read_n8n(parse_json((cases / "n8n" / row["file"]).read_bytes()), row["file"])
        expected = {k: int({"true": "1", "false": "0"}.get(row[k], row[k])) for k in found.counts}
        assert found.counts == expected, row["file"]


def test_bpmn_models_are_counted_as_published(shared_cases: Path) -> None:
    cases = shared_cases / "automations"
    for row in rows(cases / "expected-bpmn.csv"):
        found = read_bpmn((cases / "bpmn" / row["file"]).read_bytes(), row["file"])
        assert len(found) == int(row["processes"])
        assert found[0].counts == {k: int(row[k]) for k in found[0].counts}, row["file"]


def test_every_published_case_becomes_a_model_that_loads(shared_cases: Path, tmp_path: Path) -> None:
    cases = shared_cases / "automations"
    paths = sorted([*(cases / "n8n").iterdir(), *(cases / "bpmn").iterdir()])
    for number, path in enumerate(paths):
        at = tmp_path / str(number)
        at.mkdir()
        (at / path.name).write_bytes(path.read_bytes())
        _, model = reading(at, people_csv=PEOPLE)
        assert all(flow.steps for flow in model.flows.values()), path.name
        assert model.flows or model.connections, path.name


def test_an_approval_process_keeps_its_choices(shared_cases: Path, tmp_path: Path) -> None:
    data = (shared_cases / "automations/bpmn/C.1.1.bpmn").read_bytes()
    intake, model = reading(tmp_path, c_bpmn=data, people_csv=PEOPLE)
    (flow,) = model.flows.values()
    assert [step.title for step in flow.steps] == [
        "Assign Approver",
        "Approve Invoice",
        "Invoice approved?",
        "Prepare Bank Transfer",
        "Archive Invoice",
    ]
    assert "what is repeated was read as done once" in said(intake)


def made(edges: list[tuple[str, str, int]], choices: str = "", parallel: str = "") -> Workflow:
    ids = sorted({end for source, target, _ in edges for end in (source, target)})
    nodes = [
        Node(id_, id_, "choose" if id_ in choices else "parallel" if id_ in parallel else "person")
        for id_ in ids
    ]
    return Workflow("w", "bpmn", "w", tuple(nodes), tuple(Link(s, t, p) for s, t, p in edges))


def one(node: Node) -> list[dict[str, Any]]:
    return [] if node.kind in ("choose", "parallel") else [{"wait": "1 s", "title": node.id}]


def waited(value: Any) -> set[str]:
    """Titles of the waits that stand for nodes, at any depth."""
    if isinstance(value, dict) and "wait" in value:
        return {value["title"]}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set[str]().union(*map(waited, inner))


def told(steps: list[dict[str, Any]]) -> Any:
    return [
        [told(branch["steps"]) for branch in s["choose"]]
        if "choose" in s
        else {"all": [told(w) for w in s["parallel"]]}
        if "parallel" in s
        else s["title"]
        for s in steps
    ]


def test_ways_end_where_they_meet_again() -> None:
    drawn = made(
        [("a", "x", 0), ("x", "b", 0), ("x", "c", 1), ("b", "y", 0), ("c", "y", 0), ("y", "d", 0)],
        choices="xy",
    )
    assert told(program(drawn, drawn.nodes[0], one)[0]) == ["a", [["b"], ["c"]], "d"]


def test_a_way_that_ends_and_a_loop() -> None:
    ends = made([("a", "x", 0), ("x", "b", 0), ("x", "c", 1), ("c", "d", 0)], choices="x")
    assert told(program(ends, ends.nodes[0], one)[0]) == ["a", [["b"], ["c", "d"]]]
    loop = made([("a", "b", 0), ("b", "x", 0), ("x", "a", 0), ("x", "d", 1)], choices="x")
    steps, cut = program(loop, next(n for n in loop.nodes if n.id == "a"), one)
    assert cut and told(steps)[:2] == ["a", "b"] and "d" in str(told(steps))


def test_parallel_ways_stand_side_by_side() -> None:
    drawn = made(
        [("a", "p", 0), ("p", "b", 0), ("p", "c", 1), ("b", "q", 0), ("c", "q", 0), ("q", "d", 0)],
        parallel="pq",
    )
    assert told(program(drawn, drawn.nodes[0], one)[0]) == ["a", {"all": [["b"], ["c"]]}, "d"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.integers(0, 2)),
        min_size=1,
        max_size=16,
    )
)
def test_any_graph_becomes_a_program_in_which_every_reachable_step_stands(
    edges: list[tuple[str, str, int]],
) -> None:
    drawn = made(list(dict.fromkeys(edges)), choices="bdf")
    for start in starts(drawn):
        steps, _ = program(drawn, start, one)
        reached, todo = {start.id}, [start.id]
        while todo:
            at = todo.pop()
            for source, target, _ in edges:
                if source == at and target not in reached:
                    reached.add(target)
                    todo.append(target)
        assert {id_ for id_ in reached if id_ not in "bdf"} == set(re.findall(r"'([a-h])'", str(told(steps))))


N8N = {
    "name": "Enquiry to sheet",
    "nodes": [
        {"id": "1", "name": "Form", "type": "n8n-nodes-base.webhook", "parameters": {}},
        {
            "id": "2",
            "name": "Row",
            "type": "n8n-nodes-base.googleSheets",
            "parameters": {"columns": {"value": {"Name": "={{ $json.name }}"}}},
        },
        {"id": "3", "name": "Mail", "type": "n8n-nodes-base.emailSend", "parameters": {}},
        {
            "id": "4",
            "name": "Daily",
            "type": "n8n-nodes-base.scheduleTrigger",
            "parameters": {"rule": {"interval": [{"field": "days", "daysInterval": 1}]}},
        },
    ],
    "connections": {
        "Form": {"main": [[{"node": "Row", "type": "main", "index": 0}]]},
        "Row": {"main": [[{"node": "Mail", "type": "main", "index": 0}]]},
        "Daily": {"main": [[{"node": "Mail", "type": "main", "index": 0}]]},
    },
}


def test_an_n8n_workflow_becomes_flows_and_connections_with_what_they_carry(tmp_path: Path) -> None:
    intake, model = reading(tmp_path, w_json=json.dumps(N8N), t_csv="Tool,Purpose\nOutlook,mail\n")
    assert sorted(model.flows) == ["enquiry_to_sheet_daily", "enquiry_to_sheet_form"]
    assert model.flows["enquiry_to_sheet_daily"].starts.rate.text == "7/week"  # type: ignore[union-attr]
    sheet, mail = (
        model.connections["enquiry_to_sheet_to_google_sheets"],
        model.connections["enquiry_to_sheet_to_outlook"],
    )
    assert (
        sheet.maps == {"name": "$json.name"}
        and mail.protocol == "mail"
        and not mail.on_error
        and mail.owner is None
    )
    (data,) = mail.carries
    assert model.data[data].class_ == "personal"
    asked = {gap.key for gap in intake.gaps}
    assert {"connections.enquiry_to_sheet_to_outlook.on_error", "flows.enquiry_to_sheet_form.rate"} <= asked


def test_an_error_path_is_seen(tmp_path: Path) -> None:
    _, model = reading(tmp_path, w_json=json.dumps({**N8N, "settings": {"errorWorkflow": "x"}}))
    assert all(c.on_error for c in model.connections.values())
    assert all(f.on_error for f in model.flows.values())


def test_a_scenario_of_make_keeps_its_routes() -> None:
    route = [
        {"flow": [{"id": 3, "module": "google-sheets:addRow"}]},
        {"flow": [{"id": 4, "module": "slack:CreateMessage"}]},
    ]
    data = {
        "name": "S",
        "flow": [
            {"id": 1, "module": "gateway:CustomWebHook"},
            {"id": 2, "module": "builtin:BasicRouter", "routes": route},
        ],
    }
    found = read_make(data, "s.json")
    assert [node.service for node in found.nodes] == ["", "", "Google Sheets", "Slack"]
    steps, _ = program(found, starts(found)[0], lambda n: [{"title": n.service}] if n.kind == "call" else [])
    assert [[s["title"] for s in branch["steps"]] for branch in steps[0]["choose"]] == [
        ["Google Sheets"],
        ["Slack"],
    ]


LAUGHS = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>'


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (LAUGHS, "document type declaration"),
        (b"<a>" * 200, "inside each other"),
        (b"<a/>", "expected BPMN 2.0 `definitions`"),
        (b"<a>", "line 1"),
        (b"", "expected XML"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "at most 200,000"),
    ],
    ids=["laughs", "deep", "other", "open", "empty", "many"],
)
def test_hostile_xml_is_refused_in_words(data: bytes, found: str) -> None:
    with pytest.raises(WorkflowError, match=found):
        read_bpmn(data, "x.bpmn")


def test_hostile_json_is_refused_in_words() -> None:
    for data in (b"[" * 100_000, b"\xff\xfe", b'{"nodes": [1]', b""):
        with pytest.raises(WorkflowError):
            parse_json(data)
    for nodes in ([1], [{"type": "x"}] * 2_001):
        with pytest.raises(WorkflowError):
            read_n8n({"nodes": nodes, "connections": {}}, "x.json")


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda s: st.lists(s, max_size=4) | st.dictionaries(st.text(max_size=8), s, max_size=4), max_leaves=12)  # fmt: skip
NODE = st.dictionaries(
    st.sampled_from(["id", "name", "type", "parameters", "credentials", "onError"]),
    JSON | st.sampled_from(["a", "b", "n8n-nodes-base.if"]),
)


@given(
    st.lists(NODE, max_size=5),
    st.dictionaries(
        st.sampled_from("ab"),
        st.dictionaries(
            st.just("main"),
            st.lists(
                st.lists(st.fixed_dictionaries({"node": st.sampled_from("ab")}), max_size=2), max_size=2
            ),
        )
        | JSON,
    ),
    JSON,
)
def test_any_nodes_and_connections_are_read_or_refused(nodes: Any, connections: Any, settings: Any) -> None:
    found = read_n8n({"nodes": nodes, "connections": connections, "settings": settings}, "x.json")
    ids = {node.id for node in found.nodes}
    for start in starts(found):
        steps, _ = program(found, start, one)
        passed = waited(steps)
        assert passed <= ids
        assert start.id in passed or not one(start)
