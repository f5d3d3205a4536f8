"""What the EU AI Act's articles 9 to 15, 19, 26 and 50 look at in a model: what meets them, and what is missing."""

from __future__ import annotations

from collections.abc import Callable

from groma.analyses.threats.safety import Safety
from groma.analyses.threats.supervision import recorded
from groma.model.elements import Data
from groma.model.program import Ask, walk
from groma.model.quantity import Quantity

SIX_MONTHS = 6 * 30.0 * 86400
"""Seconds: what Articles 19 and 26(6) ask of logs, at least; months of thirty days."""
RECORDS = ("audit", "log", "trace", "record")

Part = tuple[str, str]
"""(element, what of it counts)."""
Look = Callable[[Safety], tuple[list[Part], list[Part]]]
"""What meets an article, and what is missing."""


def _risks(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for threat in safety.threats:
        answers = safety.of(threat)
        open_ones = [answer for answer in answers if answer.gap]
        if open_ones:
            gaps.append((open_ones[0].place.element, f"nothing stands against {threat.id} there"))
        else:
            met.append((answers[0].controls[0].element, f"{threat.id} is answered at each of its places"))
    return met, gaps


def _governance(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    model = safety.seen.context.model
    read = sorted(
        {label.data for use in safety.seen.written_by for label in use.handed if label.data in model.data}
    )
    for name in read:
        data = model.data[name]
        lacks = [
            w for w, v in (("owner", data.owner), ("trust", data.trust), ("held_by", data.held_by)) if not v
        ]
        if lacks:
            gaps.append((f"data.{name}", f"a model reads {name}; not stated: {', '.join(lacks)}"))
        else:
            met.append((f"data.{name}", f"owner, trust and system of record of {name} are stated"))
    return met, gaps


def _documented(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for part in safety.seen.writers:
        place = f"components.{part.name}"
        if part.does and part.product:
            met.append((place, f"{part.product}: {part.does}"))
        else:
            gaps.append((place, f"what {part.name} does, or its product, isn't stated"))
    return met, gaps


def _logs(safety: Safety) -> list[tuple[str, Data]]:
    """What says that it is a record; where nothing does, what is called one."""
    data = safety.seen.context.model.data
    said = [(n, d) for n, d in data.items() if d.records]
    return said or [(n, d) for n, d in data.items() if any(w in f"{n} {d.title}".lower() for w in RECORDS)]


def _recorded(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    logs = _logs(safety)
    for name, data in logs:
        kept = data.kept_for
        if isinstance(kept, Quantity) and kept.low >= SIX_MONTHS * (1 - 1e-9):
            met.append((f"data.{name}", f"{name} are kept for {kept.text}"))
        elif isinstance(kept, Quantity):
            gaps.append((f"data.{name}", f"{name} are kept for {kept.text}; six months are asked"))
        else:
            gaps.append(
                (f"data.{name}", "how long they are kept isn't stated (`kept_for`); six months are asked")
            )
    if not logs:
        gaps.append(
            ("data", "no record of runs is described: no data with `records`, or called audit, log or trace")
        )
    for use in safety.seen.acting:
        operation = safety.seen.operation(use)
        if operation is not None and operation.impact is not None and not recorded(safety.seen, use):
            gaps.append((use.path, f"{operation.impact} happens, and some run leaves no record of it"))
    return met, gaps


def _retained(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = _recorded(safety)
    return met, [gap for gap in gaps if "record of it" not in gap[1]]


def _told(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for part in safety.seen.writers:
        if part.qualities:
            met.append((f"components.{part.name}", f"measured: {', '.join(part.qualities)}"))
        else:
            gaps.append(
                (f"components.{part.name}", f"no measured quality of {part.name} is stated for who uses it")
            )
    return met, gaps


def overseen(safety: Safety) -> tuple[list[Part], list[Part]]:
    """Article 14: people who approve, and who can stop what runs."""
    met, gaps = list[Part](), list[Part]()
    for use in safety.seen.acting:
        operation = safety.seen.operation(use)
        if operation is None or operation.impact is None:
            continue
        asked = [c for c in sorted(use.checks) if c.kind == "approval" and operation.impact in c.approves]
        if asked:
            met.append((asked[0].path, f"{asked[0].name} approves {operation.impact}"))
        else:
            gaps.append((use.path, f"{operation.impact} happens without a person's yes on some path"))
    stops = [
        c for c in safety.controls if c.kind in ("switch", "breaker", "limit") or "stop" in c.title.lower()
    ]
    if stops:
        met.append((stops[0].element, f"it can be stopped: {stops[0].title}"))
    else:
        gaps.append(
            ("controls", "no way to stop it is stated: a breaker, a limit, or a control that says stop")
        )
    return met, gaps


def _robust(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    needs = safety.seen.context.model.needs
    for name, need in needs.items():
        if need.measure.split("/")[0] in ("quality", "success", "availability"):
            met.append((f"needs.{name}", f"{need.measure} has a target"))
    if not any(need.measure.startswith("quality/") for need in needs.values()):
        gaps.append(("needs", "no target of accuracy: a need on `quality/...`"))
    return met, gaps


def _deployed(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = _retained(safety)
    model = safety.seen.context.model
    people = sorted(
        {s.action.person for f in model.flows.values() for s in walk(f.steps) if isinstance(s.action, Ask)}
    )
    for name in people:
        person = model.people[name]
        if person.role:
            met.append((f"people.{name}", f"{person.title or name}: {person.role}"))
        else:
            gaps.append((f"people.{name}", f"what {name} answers for isn't stated (`role`)"))
    return met, gaps


def _disclosed(safety: Safety) -> tuple[list[Part], list[Part]]:
    met = list[Part]()
    gaps = [
        (
            use.path,
            f"{use.component}.{use.operation} sends what a model wrote; nothing says that people are told so",
        )
        for use in safety.seen.uses
        if use.written and safety.seen.out(use)
    ]
    return met, gaps


AI_ACT: dict[str, tuple[bool, Look]] = {
    "9": (True, _risks), "10": (True, _governance), "11": (True, _documented), "12": (True, _recorded),
    "19": (True, _retained),
    "13": (True, _told), "14": (True, overseen), "15": (True, _robust), "26": (True, _deployed),
    "50": (False, _disclosed),
}  # fmt: skip
"""Article -> whether it is asked of high-risk systems only, and what is looked at."""
