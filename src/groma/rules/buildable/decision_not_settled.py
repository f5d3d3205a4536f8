"""Decisions that aren't made, or not told."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Decision
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All decisions but superseded ones: those not accepted, and what isn't told of them."""
    told = {n: d for n, d in subject.model.decisions.items() if d.status != "superseded"}
    hits = [hit for name, decision in told.items() for hit in _hits(name, decision)]
    return Look(7 * len(told), tuple(hits))


def _hits(name: str, d: Decision) -> Iterator[Hit]:
    title = named(d, name)
    if d.status != "accepted":
        waiting = f"; waiting for it: {', '.join(d.waits)}" if d.waits else ""
        state = "Proposed, not accepted yet" if d.status == "proposed" and d.chosen else "Not decided"
        yield Hit(f"decisions.{name}", f"{state}: {title}", f"`{d.status}`{waiting}", d.at, key="status")
    keys = {
        "title": d.title,
        "options": len(d.options) > 1,
        "chosen": d.chosen or d.status == "open",
        "why": d.why or d.status == "open",
        "owner": d.owner or d.status == "proposed",
        "since": d.since or d.status == "proposed",
        "to_reverse": d.to_reverse,
    }
    missing = [key for key, stated in keys.items() if not stated]
    if missing:
        seen = "no " + ", ".join(f"`{key}`" for key in missing)
        yield Hit(f"decisions.{name}", f"The decision isn't told to its end: {title}", seen, d.at, key="told")


RULE = Rule(
    id="decision-not-settled",
    title="Decision that isn't settled",
    looks_for="Decisions that are open or only proposed; decisions without question, options, answer, reason, "
    "owner, date or what reversing takes.",
    why="What isn't decided is decided by whoever builds it, and nobody knows that it was a decision.",
    source="MADR 4.0; ISO/IEC/IEEE 42010:2022, 5.8 (decisions and rationale)",
    severity="note",
    tags=("ambiguity", "decisions"),
    consequence="It is decided by whoever comes first.",
    remedy="Decide it, or say who decides by when and what waits for it.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {}}
decisions: {tool: {title: Which tool, status: accepted, chosen: a, options: [a, b], why: cheaper, owner: ana,
    since: 2026-10, to_reverse: a day of work}}
""",
    bad="""\
decisions: {tool: {title: Which tool, options: [a, b]}, own: {status: accepted, chosen: x}}
""",
    expected=(
        "decision-not-settled:decisions.own/told",
        "decision-not-settled:decisions.tool/status",
        "decision-not-settled:decisions.tool/told",
    ),
)
