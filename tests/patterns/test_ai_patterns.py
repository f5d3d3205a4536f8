"""The shipped AI patterns: they parse, resolve and close, name what exists, and carry choices that needs can refuse."""

from __future__ import annotations

import csv
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from groma.analyses import Context, figure
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import load
from groma.model.position import ModelError
from groma.patterns import Space, close, library, open_model, pattern_of, resolve
from groma.patterns.trees import scalars

from .ai_spaces import DATA, EXAMPLE, answers, literals, space_for

PATTERNS = library()
NAMES = sorted(path.stem for path in DATA.glob("*.yaml"))
SIMPLEST = {
    "desk.writer": "gemini_flash", "desk.second": "none", "desk.delivery": "whole", "desk.persistence": "again",
    "desk.check": "rules", "desk.cache": "none",
    "desk.last_resort": "handover", "desk.screen": "rules", "desk.machines": "several/2/westeurope",
    "desk.search.pattern": "retrieval-existing-database", "desk.memory.store": "none",
    "desk.approval.approval": "person", "desk.approval.record": "existing", "desk.watch.traces": "database",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Space:
    return resolve(EXAMPLE / "brief.yaml", PATTERNS)


def closes_everywhere(space: Space) -> int:
    """Close one random design around every answer to every question; the number of designs."""
    rng = random.Random(20261121)
    done = 0
    for role, variant in literals(space):
        chosen = answers(space, rng, {role: variant})
        assert chosen is not None, f"nothing goes with {role}={variant}"
        model = close(space, chosen).model
        assert "open:" not in close(space, chosen).text
        assert model.flows
        done += 1
    return done


def test_there_are_enough_patterns_and_each_says_why_and_whence() -> None:
    assert len(NAMES) >= 10
    for name in NAMES:
        pattern = PATTERNS[name]
        assert pattern.practice == "ai"
        assert len(pattern.why) > 80 and pattern.source, name
        assert pattern.failure_modes, name
        for mode in pattern.failure_modes.values():
            assert mode.cause and mode.effect and mode.response and mode.remains, (name, mode.name)


def test_a_failure_mode_that_names_no_role_of_its_pattern_is_refused() -> None:
    text = (DATA / "conversation-memory.yaml").read_text(encoding="utf-8")
    with pytest.raises(ModelError, match="there is no role `shelf`"):
        pattern_of(text.replace("mitigated_by: {store:", "mitigated_by: {shelf:"), "broken.yaml")
    with pytest.raises(ModelError, match="has no option `nowhere`"):
        pattern_of(
            text.replace("mitigated_by: {store: none}", "mitigated_by: {store: nowhere}"), "broken.yaml"
        )


@pytest.mark.parametrize("name", [n for n in NAMES if n != "escalation-desk"])
def test_every_answer_of_every_pattern_closes_into_a_valid_model(name: str, tmp_path: Path) -> None:
    space = space_for(PATTERNS[name], PATTERNS, tmp_path)
    assert not space.not_offered
    open_model(space)
    assert closes_everywhere(space) >= 1


def test_every_answer_of_the_escalation_desk_closes_into_a_valid_model(desk: Space) -> None:
    assert desk.combinations > 1_000_000
    ruled_out = {n.option.partition("/")[0] for n in desk.not_offered}
    rejected = {"none", "handover_in_time", "hedged", "larger", "sonnet", "haiku"}
    assert ruled_out == rejected  # what the client ruled out, nothing else
    open_model(desk)
    assert closes_everywhere(desk) > 40


def test_every_product_is_in_the_catalog(desk: Space, tmp_path: Path) -> None:
    catalog = load_catalog()
    spaces = [desk]
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        if name != "escalation-desk":
            spaces.append(space_for(PATTERNS[name], PATTERNS, folder))
    named: set[str] = set()
    for space in spaces:
        for role in space.roles:
            for variant in role.variants:
                if variant.adds is not None:
                    texts = [scalar.value for scalar in scalars(variant.adds)]
                    named |= {b for a, b in pairwise(texts) if a == "product"}
    assert len(named) >= 15
    for ref in sorted(named):
        assert catalog.product(ref).prices, ref


def test_every_fact_of_the_example_has_source_date_and_range() -> None:
    facts = load(EXAMPLE / "brief.yaml").facts
    assert len(facts) > 60
    for fact in facts.values():
        assert fact.source and re.fullmatch(r"\d{4}(-\d\d){0,2}", fact.date), fact.name
        assert fact.exact != (fact.known is not None), f"{fact.name}: a range, or exactly known"


def test_shares_of_a_case_sum_to_one_at_their_means() -> None:
    facts = load(EXAMPLE / "brief.yaml").facts
    for names in (("answered_share", "handover_share", "refund_share"), ("small_refunds", "large_refunds")):
        assert sum(facts[name].value.mean for name in names) == pytest.approx(1.0, abs=1e-12)


def test_needs_bite(desk: Space) -> None:
    """Each deliberately bad choice breaks the need that is there for it, and the plain design breaks none of them."""
    catalog = load_catalog()
    rng = random.Random(7)

    def words(changed: dict[str, str], measure: str) -> str:
        chosen = answers(desk, rng, {**SIMPLEST, **changed})
        assert chosen is not None
        return figure(Context(close(desk, chosen).model, catalog, Ledger("")), measure).words or ""

    def share(changed: dict[str, str], measure: str) -> float:
        chosen = answers(desk, rng, {**SIMPLEST, **changed})
        assert chosen is not None
        low = figure(Context(close(desk, chosen).model, catalog, Ledger("")), measure).low
        assert low is not None
        return low

    assert words({}, "approval/refund") == "always"
    assert words({"desk.approval.approval": "small_ones_alone"}, "approval/refund") != "always"
    assert "US" not in words({}, "residency/personal")
    assert "US" in words({"desk.writer": "gpt"}, "residency/personal")
    assert share({}, "availability/answer@replied") > 0.999
    assert share({"desk.last_resort": "none"}, "availability/answer@replied") < 0.999
    assert share({"desk.machines": "one/westeurope"}, "availability/answer@replied") < 0.999


def test_the_restated_trace_keeps_what_the_trace_says() -> None:
    """Counts and means of the published trace (19,366 conversations, 1154.70 tokens in, 211.13 out)."""
    rows = list(csv.DictReader((EXAMPLE / "tokens.csv").open(encoding="utf-8")))
    total = sum(int(row["weight"]) for row in rows)
    assert total == 19_366
    for column, mean in (("input", 1154.6974), ("output", 211.1259)):
        assert sum(float(r[column]) * int(r["weight"]) for r in rows) / total == pytest.approx(mean, abs=0.01)
    gaps = list(csv.DictReader((EXAMPLE / "gaps.csv").open(encoding="utf-8")))
    count = sum(int(row["weight"]) for row in gaps)
    assert count == 19_365
    assert 1 / (sum(float(r["gap"]) * int(r["weight"]) for r in gaps) / count) == pytest.approx(
        5.5301, abs=1e-3
    )
