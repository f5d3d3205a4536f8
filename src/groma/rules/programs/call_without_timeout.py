"""Calls to another house that may wait for ever."""

from __future__ import annotations

from groma.model.program import Call
from groma.rules.programs.bought_calls import calls_to_suppliers
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Calls to a supplier; those without a timeout or deadline of their own or around them."""
    calls = list(calls_to_suppliers(subject.model))
    hits: list[Hit] = []
    for step, supplier, bounded in calls:
        if not bounded and isinstance(step.action, Call):
            target = f"{step.action.component}.{step.action.operation}"
            name = subject.model.suppliers[supplier].title or supplier
            hits.append(
                Hit(
                    step.path,
                    f"A call to {name} without a limit of time: {target}",
                    "neither `timeout` nor `deadline`",
                    step.at,
                )
            )
    return Look(len(calls), tuple(hits))


RULE = Rule(
    id="call-without-timeout",
    title="Call to another house without a timeout",
    looks_for="Calls to a supplier's component without `timeout` or `deadline`, unless a person starts the flow.",
    why="When the other side hangs, everything that waits for it hangs too, and what it holds is held.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 5 (timeouts)",
    severity="warning",
    tags=("programs", "latency"),
    consequence="Their outage becomes ours; threads and people wait with no end.",
    remedy="State a timeout a little above the slowest answer that is still of use, and what to do then.",
    check=check,
    good="""\
people: {ana: {}}
suppliers: {house: {}}
components: {pay: {kind: tool, supplier: house, offers: {charge: {work: 1 s}}}}
flows:
  buy: {steps: [{call: pay.charge, timeout: 5 s}]}
  look: {by: ana, steps: [{call: pay.charge}]}
""",
    bad="""\
suppliers: {house: {}}
components: {pay: {kind: tool, supplier: house, offers: {charge: {work: 1 s}}}}
flows: {buy: {steps: [{call: pay.charge}]}}
""",
    expected=("call-without-timeout:flows.buy.steps.1",),
)
