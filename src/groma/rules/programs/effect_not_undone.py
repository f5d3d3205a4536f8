"""Lasting effects after which a run can fail, with nothing that undoes them."""

from __future__ import annotations

from groma.analyses.orchestration.checks import effects_not_undone
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every call with an impact or an effect `once` or `keyed`; those after which the run can end failed as it is."""
    return look(subject, effects_not_undone(subject.context), "An effect that stays although the run fails")


RULE = Rule(
    id="effect-not-undone",
    title="Effect that stays although the run fails",
    looks_for="Calls with an `impact`, or an `effect` of `once` or `keyed`, after which a fault that the model states "
    "ends the run as failed, without `compensate` on the step or around it.",
    why="Half of a business transaction is worse than none: money is gone, a mail is out, and the records say failed.",
    source="Garcia-Molina and Salem, Sagas, SIGMOD 1987",
    severity="warning",
    tags=("programs", "consistency"),
    consequence="What was done and what is recorded differ until somebody notices and puts it right by hand.",
    remedy="Say how it is undone (`compensate`), do it last, or give what follows a `fallback` that ends the run well.",
    phases=("assess", "build"),
    check=check,
    good="""\
components:
  pay: {kind: tool, offers: {charge: {work: 1 s, effect: keyed}, back: {work: 1 s, effect: keyed}}}
  store: {kind: tool, offers: {ship: {work: 1 s, fails: 1 %}}}
flows: {buy: {steps: [{call: pay.charge, compensate: [{call: pay.back}]}, {call: store.ship}]}}
""",
    bad="""\
components:
  pay: {kind: tool, offers: {charge: {work: 1 s, effect: keyed}}}
  store: {kind: tool, offers: {ship: {work: 1 s, fails: 1 %}}}
flows: {buy: {steps: [{call: pay.charge}, {call: store.ship}]}}
""",
    expected=("effect-not-undone:flows.buy.steps.1",),
)
