"""Needs, flows and hand-overs from which no acceptance test can be worked out."""

from __future__ import annotations

from groma.analyses.acceptance import acceptance, to_be_tested
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Needs, flows and hand-overs; those that give no test at all, with what would have to be stated."""
    elements = to_be_tested(subject.model)
    derived = acceptance(subject.model)
    given = {test.element for test in derived.tests}
    hits: list[Hit] = []
    for element in elements:
        if element not in given:  # then something is missing to it
            gaps = [gap for gap in derived.gaps if gap.element == element]
            missing = ", ".join(dict.fromkeys(f"`{key}`" for gap in gaps for key in gap.missing))
            title = f"No test says when {element.partition('.')[2].replace('_', ' ')} is done"
            hits.append(Hit(element, title, f"missing: {missing}", gaps[0].at))
    return Look(len(elements), tuple(hits))


RULE = Rule(
    id="no-acceptance-test",
    title="Need, flow or hand-over that no test can accept",
    looks_for="Needs, flows and connections between components from which no test (given, when, then) can be derived.",
    why="What no test can accept is done when somebody says so.",
    source="ISO/IEC/IEEE 29119-4:2021, 5.2.10 (scenario testing); North, Introducing BDD, 2006",
    severity="warning",
    tags=("ambiguity", "needs"),
    consequence="Builder and client argue about whether it is finished.",
    remedy="State what is missing: what starts it, what must be seen then, and what happens when it fails.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customer: {held_by: crm, fields: {name: string}}, debtor: {held_by: books, fields: {name: string}}}
connections: {sync: {from: crm, to: books, carries: [customer], when: a customer orders, maps: {name: customer.name}}}
""",
    bad="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {sync: {from: crm, to: books}}
""",
    expected=("no-acceptance-test:connections.sync",),
)
