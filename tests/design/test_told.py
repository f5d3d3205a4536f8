"""What the client is told (prices, flips, decisions, conflicts, proposals), each against proving every design."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from functools import cache

import pytest

from design.briefs import random_texts
from design.test_exactness import Tried, tried
from groma.catalog import load_catalog
from groma.design import Blueprint, design
from groma.design.enumerate import meeting_needs, simplest_least
from groma.design.prices import stepped
from groma.design.problem import HELD, Held, held_by, loss
from groma.design.prove import Proof
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity
from groma.patterns import Space
from groma.workers import Asked

FEASIBLE = 10
OTHERS = (1, 2, 6, 15, 18)


def space_of(seed: int) -> Space:
    wish = ("latency/answer@replied/p95", "availability/answer")[seed % 2]
    return random_texts(seed, few=True, wish=wish).space()


@cache
def blueprint(seed: int) -> Blueprint:
    return design(space_of(seed), load_catalog(), {}, first_tolerance=0.001, robustness=False)


def least_with(
    case: Tried, keeps: Callable[[Proof, Held], bool], takes: Callable[[Proof], bool] = lambda p: True
) -> float:
    """The least first wish of the designs that keep every need by this judgement, in plain enumeration."""
    first = case.solver.task.wishes[0]
    fitting = [p for p in case.proofs if takes(p) and all(keeps(p, h) for h in case.solver.task.held)]
    return min((p.losses[first] for p in fitting), default=math.inf)


@pytest.mark.parametrize("seed", [FEASIBLE, *OTHERS])
def test_the_price_of_a_need_is_the_change_of_the_least_cost(seed: int) -> None:
    case, found = tried(seed), blueprint(seed)
    now = least_with(case, lambda p, h: p.meets(h))
    assert found.prices
    for price in found.prices:
        held = case.solver.task.of(price.need)
        limit = math.inf if price.target is None else loss(held.measure, price.target)

        def keeps(p: Proof, h: Held, held: Held = held, limit: float = limit) -> bool:
            return p.losses[h.name] <= limit if h == held else p.meets(h)

        then = least_with(case, keeps)
        if then == math.inf:
            assert price.extra is None
        else:
            assert price.extra == pytest.approx(then - now, abs=0.002 * now)
            assert (price.extra <= 0) == (price.side != "tighter" or price.extra == 0)


@pytest.mark.parametrize("seed", [FEASIBLE, *OTHERS])
def test_the_next_best_of_a_decision_is_the_least_without_the_option(seed: int) -> None:
    case, found = tried(seed), blueprint(seed)
    now = least_with(case, lambda p, h: p.meets(h))
    assert found.decisions
    for decision in found.decisions:
        role = case.solver.space.role(decision.role)
        option = role.variant(decision.chosen).option

        def other(p: Proof, role: str = decision.role, option: str = option) -> bool:
            answer = case.solver.space.role(role).variant(p.answers[role]).option
            return answer not in (option, "absent")

        then = least_with(case, lambda p, h: p.meets(h), other)
        if then == math.inf:
            assert decision.extra is None
            assert decision.next_best is None
        else:
            assert decision.extra == pytest.approx(then - now, abs=0.002 * now)


def test_a_flip_is_the_nearest_target_at_which_another_design_is_better() -> None:
    seen = 0
    for seed in (FEASIBLE, *OTHERS):
        case, found = tried(seed), blueprint(seed)
        now = least_with(case, lambda p, h: p.meets(h))
        for flip in found.flips:
            held = case.solver.task.of(flip.need)
            target = loss(held.measure, flip.target)
            if flip.side == "looser":
                seen += 1
                cheaper = [
                    p.losses[held.name]
                    for p in case.proofs
                    if p.losses[case.solver.task.wishes[0]] < now * 0.99
                    and all(p.meets(h) for h in case.solver.task.held if h != held)
                ]
                assert target == pytest.approx(min(cheaper), rel=1e-6)
            else:
                assert found.best is not None
                reached = next(p for p in case.proofs if dict(p.answers) == found.best.answers).losses[
                    held.name
                ]
                assert target == pytest.approx(reached, rel=1e-9)
    assert seen > 0


@pytest.mark.parametrize("seed", [0, 3, 5, 19])
def test_conflicts_are_the_minimal_sets_that_no_design_meets(seed: int) -> None:
    case = tried(seed)
    assert not case.fitting
    found = blueprint(seed)
    assert found.recommended is None and found.conflicts is not None
    stated = [h for h in case.solver.task.held if not h.accompanies]
    impossible = [
        frozenset(h.need for h in some)
        for n in range(len(stated) + 1)
        for some in itertools.combinations(stated, n)
        if not any(all(p.meets(h) for h in some) for p in case.proofs)
    ]
    minimal = {s for s in impossible if not any(t < s for t in impossible)}
    assert {frozenset(s) for s in found.conflicts.sets} == minimal
    assert found.conflicts.questions
    for relaxed in found.conflicts.relaxations:
        held = case.solver.task.of(relaxed.need)
        rest = [p for p in case.proofs if all(p.meets(h) for h in stated if h != held)]
        nearest = min((p.losses[held.name] for p in rest), default=math.inf)
        if relaxed.target is None:
            assert nearest == math.inf
        else:
            assert loss(held.measure, relaxed.target) == pytest.approx(nearest, rel=1e-6)


def test_harder_needs_and_dearer_parts_never_make_it_cheaper() -> None:
    def cost(**given: object) -> float:
        found = design(
            random_texts(2, **({"few": True, "affordable": 4000} | given)).space(),
            load_catalog(),
            {},
            robustness=False,
        )
        return found.best.values["cost/month"] if found.best else math.inf

    tighter = [cost(quick=quick) for quick in (12, 5, 3)]
    assert tighter == sorted(tighter)
    surer = [cost(dependable=d) for d in (98, 99.5, 99.9)]
    assert surer == sorted(surer)
    assert len({*tighter, *surer}) > 1
    dearer = [cost(call=c, call_low=c, call_high=c) for c in (0.0001, 0.01)]
    assert dearer == sorted(dearer)
    assert len({*dearer}) == 2


def test_the_same_brief_gives_the_same_bytes() -> None:
    text = blueprint(FEASIBLE).to_json()
    again = design(space_of(FEASIBLE), load_catalog(), {}, first_tolerance=0.001, robustness=False)
    assert again.to_json() == text
    assert json.loads(text)["recommended"] == "cheapest"


def test_the_recommended_design_is_told_of_while_the_front_is_still_sought() -> None:
    stages: list[str] = []
    told: list[tuple[str, Model, Asked[Ledger]]] = []

    class Hears:
        def step(self, text: str, done: int, total: int | None = None) -> None:
            stages.append(text)

    found = design(
        space_of(FEASIBLE),
        load_catalog(),
        {},
        progress=Hears(),
        robustness=False,
        first_tolerance=0.001,
        recommending=lambda model, figures: told.append((stages[-1], model, figures)),
    )
    ((stage, model, figures),) = told
    assert stage.startswith("the front")
    assert found.best is not None
    assert model == found.best.model
    assert figures.result().needs == found.best.ledger.needs
    worth = format_quantity(found.best.values["cost/month"], "EUR/month")
    assert [worth in text for text in stages] == sorted(worth in text for text in stages)
    assert f"recommended: {worth}" in stages[-1]


def test_proposals_are_models_that_meet_the_needs_when_read_again() -> None:
    found = blueprint(FEASIBLE)
    assert found.proposals
    for proposal in found.proposals:
        again = loads(proposal.text)
        assert again.components == proposal.model.components
        assert {d.chosen for d in again.decisions.values()} <= set(proposal.answers.values())
        verdicts = {r.need: r.verdict for r in proposal.ledger.needs}
        assert set(verdicts.values()) == {"met"}


@pytest.mark.parametrize(
    ("measure", "limit", "step", "looser", "tighter"),
    [
        ("cost/month", "at_most: 600 EUR/month", "50 EUR/month", 650.0, 550.0),
        ("people/hours", "at_most: 140 h/month", "10 h/month", 150.0, 130.0),
        ("latency/f/p95", "at_most: 8 s", "500 ms", 8.5, 7.5),
        ("availability/f", "at_least: 99.5 %", "0.1 %", 0.994, 0.996),
    ],
)
def test_a_step_of_a_need_counts_in_the_unit_of_its_target(
    measure: str, limit: str, step: str, looser: float, tighter: float
) -> None:
    """600 EUR a month and a step of 50 EUR a month: 650 or 550, whatever the unit inside is."""
    model = loads(
        "groma: 1\nsystem: S\ncurrency: EUR\ncomponents: {c: {kind: tool, offers: {do: {work: 1 s}}}}\n"
        "flows: {f: {starts: {rate: 1/h}, steps: [{call: c.do}]}}\n"
        f"needs: {{n: {{measure: {measure}, {limit}, step: {step}}}}}\n"
    )
    need = model.needs["n"]
    held = held_by(need, model.currency)
    assert held is not None and isinstance(need.step, Quantity)
    assert stepped(held, need.step, "looser", model.currency) == pytest.approx(looser)
    assert stepped(held, need.step, "tighter", model.currency) == pytest.approx(tighter)


def test_figures_of_the_designer_stand_in_its_ledger() -> None:
    found = blueprint(FEASIBLE)
    best = found.best
    assert best is not None
    ledger = found.ledger
    assert ledger["design/combinations"].value == found.space.combinations
    assert ledger["front/1/cost/month"].value == pytest.approx(best.values["cost/month"])
    for role, answer in best.answers.items():
        assert ledger[f"choice/{role}"].words == (best.titles[role] or answer)
    for decision in found.decisions:
        assert ledger[f"decision/{decision.role}/extra"].value == decision.extra
    for figure in ledger:
        for ref in (*figure.inputs, *(r for line in figure.derivation for r in line.refs)):
            assert ref in ledger.inputs or ref in ledger


class Interrupts:
    """A listener who presses Ctrl-C when so many designs are proven."""

    def __init__(self, after: int) -> None:
        self.after, self.pressed = after, False

    def step(self, text: str, done: int, total: int | None = None) -> None:
        proven = [int(word) for word in text.replace("(", " ").split() if word.isdigit()]
        if not self.pressed and proven and proven[0] >= self.after:
            self.pressed = True
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 2, 3])
def test_interrupting_leaves_a_valid_answer_with_its_gap(after: int) -> None:
    case = tried(FEASIBLE)
    space = space_of(FEASIBLE)
    told: list[Model] = []
    found = design(
        space,
        load_catalog(),
        {},
        progress=Interrupts(after),
        robustness=False,
        recommending=lambda model, figures: told.append(model),
    )
    assert not found.front or (found.best is not None and told[-1] == found.best.model)
    least = simplest_least(meeting_needs(case.proofs, case.solver.task), case.solver.task, space)
    assert least is not None
    assert not found.certificate.complete
    first = case.solver.task.wishes[0]
    for point in found.front:
        proof = next(p for p in case.proofs if p.answers == point.answers)
        assert all(proof.meets(h) for h in case.solver.task.held)
    if found.front:
        assert found.front[0].values[first] - found.certificate.gap <= least.losses[first] * 1.001
    else:
        assert found.certificate.gap == math.inf


def test_risks_say_what_is_taken_against_them() -> None:
    for seed in (FEASIBLE, *OTHERS):
        found = blueprint(seed)
        assert found.best is not None
        names = {risk.name: risk for risk in found.risks}
        assert ("stale" in names) == (found.best.answers["desk.cache"] == "exact")
        second = found.best.answers["desk.spare"] == "second"
        assert names["outage"].mitigated_by == (("desk.spare=second",) if second else ())
        assert names["outage"].open == (not second)


def test_wishes_that_a_need_holds_appear_once_in_each_role() -> None:
    task = tried(0).solver.task
    assert set(task.wishes) & {h.measure for h in task.held} == {"cost/month", "latency/answer@replied/p95"}
    assert all(h.name.endswith(HELD) for h in task.held)
