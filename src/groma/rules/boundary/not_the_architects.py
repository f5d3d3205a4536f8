"""Work that is asked for and that isn't the architect's: operating, tickets, patches, contracts, projects, ..."""

from __future__ import annotations

from groma.analyses.neighbours import Asked, asked, neighbours
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """The problem, wants, needs and flows that no person starts; activities of neighbours that they ask for."""
    found = asked(subject.model, neighbours(subject.context.catalog))
    hits = tuple(_hit(each) for _, each in found if each is not None)
    return Look(len(found), hits)


def _hit(each: Asked) -> Hit:
    neighbour = each.neighbour
    return Hit(
        each.element,
        f"Asked of the architect: {neighbour.title[:1].lower()}{neighbour.title[1:]}. "
        f"That is done by: {neighbour.owner}",
        f"`{each.word}` in: {each.text}",
        each.at,
        remedy=f"Ask {neighbour.owner}, or name it in `out_of_scope` with who does it.",
        confidence="certain" if each.element.startswith("wants.") else "likely",
        key=neighbour.activity,
    )


RULE = Rule(
    id="not-the-architects",
    title="Work that a neighbour does",
    looks_for="A problem, wants, needs, or flows that nobody starts, which ask for operating, tickets, monitoring, "
    "patches, scripts, contracts, suppliers, projects, training or the ownership of a process.",
    why="An architect says how it is built and what must hold. What is done every day afterwards needs somebody who "
    "does it every day.",
    source="table `neighbours` of the catalog: ITIL 4 practices (2019), SFIA 9 skills (2024)",
    severity="note",
    tags=("boundary",),
    consequence="It is expected of the blueprint, isn't in it, and nobody is found who does it.",
    remedy="Ask the neighbour who owns it, or name it in `out_of_scope` with who does it.",
    phases=("brief", "assess", "build"),
    check=check,
    good="""\
problem: Which tools, and who does what? Nobody wants to run the servers, and monitoring is there already.
out_of_scope: {Patching: operations}
needs: {cheap: {measure: cost/month, at_most: 9 EUR/month, why: we want patches for this money}}
""",
    bad="""\
problem: Which tools? You should also take over the monitoring and answer tickets, und bitte die Verträge verwalten.
flows: {patches: {title: Install updates, steps: [{wait: 1 h}]}}
""",
    expected=(
        "not-the-architects:flows.patches/patching",
        "not-the-architects:model/contracts",
        "not-the-architects:model/monitoring",
        "not-the-architects:model/ticketing",
    ),
)
