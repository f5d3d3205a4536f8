"""Every rule finds exactly what its bad example holds, and nothing in its good one."""

from __future__ import annotations

from pathlib import Path

import pytest

import groma.rules.people.component_without_owner as component_without_owner
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import load, loads
from groma.rules import EXAMPLE_HEAD, Rule, Subject, rules, run

ALL = rules()
CATALOG = load_catalog()


def ids(rule: Rule, body: str) -> tuple[str, ...]:
    model = loads(EXAMPLE_HEAD + body)
    return tuple(f.id for f in run(model, Ledger(model.digest), catalog=CATALOG, only=[rule]))


@pytest.mark.parametrize("rule", ALL.values(), ids=list(ALL))
def test_the_bad_example_gives_exactly_the_expected_findings(rule: Rule) -> None:
    assert ids(rule, rule.bad) == tuple(sorted(rule.expected))
    assert rule.expected


@pytest.mark.parametrize("rule", ALL.values(), ids=list(ALL))
def test_the_good_example_gives_none(rule: Rule) -> None:
    assert ids(rule, rule.good) == ()


def test_every_kind_of_rule_is_there_and_says_what_it_must() -> None:
    assert len(ALL) >= 20
    for rule in ALL.values():
        told = (rule.title, rule.looks_for, rule.why, rule.source, rule.consequence, rule.remedy, *rule.tags)
        assert all(told), rule.id


@pytest.mark.parametrize("rule", ALL.values(), ids=list(ALL))
def test_a_finding_carries_its_denominator_its_place_and_figures_of_the_ledger(rule: Rule) -> None:
    model = loads(EXAMPLE_HEAD + rule.bad)
    ledger = Ledger(model.digest)
    for finding in run(model, ledger, catalog=CATALOG, only=[rule]):
        assert finding.found == len(rule.expected) <= finding.looked_at
        assert finding.evidence[0].at is not None
        assert all(name in ledger for name in finding.figures)
        assert finding.consequence and finding.remedy


def test_findings_keep_their_ids_when_the_model_is_written_in_another_order() -> None:
    one = "components:\n  a: {kind: tool}\n  b: {kind: tool}\n"
    other = "# moved\n\ncomponents:\n  b: {kind: tool}\n  a: {kind: tool}\n"
    rule = ALL["component-without-owner"]
    assert ids(rule, one) == ids(rule, other) != ()


def test_an_empty_model_has_no_findings() -> None:
    model = loads(EXAMPLE_HEAD)
    assert run(model, Ledger(model.digest), catalog=CATALOG) == ()


def test_the_worst_come_first() -> None:
    body = ALL["retry-of-once"].bad
    model = loads(EXAMPLE_HEAD + body)
    found = [finding.severity for finding in run(model, Ledger(model.digest), catalog=CATALOG)]
    order = {"error": 0, "warning": 1, "note": 2}
    assert found == sorted(found, key=order.__getitem__)
    assert len(set(found)) > 1


def test_a_recording_says_how_often_a_flow_starts(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("t\n0\n1\n3\n", encoding="utf-8")
    (tmp_path / "model.yaml").write_text(
        EXAMPLE_HEAD
        + "growth: 1 %\nflows: {f: {starts: {replays: {from: seen.csv, column: t}}, steps: [{stop: ok}]}}\n",
        encoding="utf-8",
    )
    model = load(tmp_path / "model.yaml")
    assert not run(model, Ledger(model.digest), catalog=CATALOG, only=[ALL["size-not-stated"]])


def test_a_folder_beside_the_model_brings_rules(tmp_path: Path) -> None:
    source = Path(component_without_owner.__file__ or "").read_text(encoding="utf-8")
    (tmp_path / "own.py").write_text(
        source.replace('id="component-without-owner"', 'id="own"'), encoding="utf-8"
    )
    assert "own" in rules([tmp_path])
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"empty\.py: expected a constant `RULE`"):
        rules([tmp_path])


def test_no_rule_fires_more_often_than_it_looked() -> None:
    for rule in ALL.values():
        for body in (rule.good, rule.bad):
            model = loads(EXAMPLE_HEAD + body)
            for other in ALL.values():
                look = other.check(Subject(model, Ledger(model.digest), CATALOG))
                assert len(look.hits) <= look.looked_at, (rule.id, other.id)


def test_what_replicas_have_in_common_stands_alone_but_a_takeover_does_not() -> None:
    flow = "flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}\n"
    fails = "fails: {every: 30 days, repaired_in: 1 h}, offers: {get: {work: 1 ms}}"
    rule = ALL["single-point-of-failure"]
    taken = f"components:\n  web: {{kind: s, replicas: 2, takeover: 1 min, {fails}}}\n{flow}"
    assert ids(rule, taken) == ()
    shared = f"components:\n  web: {{kind: s, replicas: 2, together: 5 %, {fails}}}\n{flow}"
    model = loads(EXAMPLE_HEAD + shared)
    (found,) = run(model, Ledger(model.digest), catalog=CATALOG, only=[rule])
    assert found.id == "single-point-of-failure:components.web"
    assert found.title == "Everything hangs on what all of web have in common"


def test_a_prompt_whose_sizes_stand_in_a_table_reads_the_longest_of_them(tmp_path: Path) -> None:
    rule = rules()["found-more-than-read"]
    body = rule.bad.replace(
        "context: {rules: 800 tokens, passages: 1200 tokens}", "sizes: {from: t.csv, input: n}"
    )
    for longest, found in ((2399, rule.expected), (2400, ())):
        (tmp_path / "t.csv").write_text(f"n\n9\n{longest}\n", "utf-8")
        (tmp_path / "m.yaml").write_text(EXAMPLE_HEAD + body, "utf-8")
        model = load(tmp_path / "m.yaml")
        assert tuple(f.id for f in run(model, Ledger(model.digest), catalog=CATALOG, only=[rule])) == found
