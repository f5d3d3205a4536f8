"""What the EU AI Act and the GDPR ask of a model: each article with the elements that meet it, or the gap.

Articles 9 to 15, 19 and 26 are asked of systems that the model calls `regulated` (Annex III, or a product's law);
Article 50 of every system whose words reach people outside. The GDPR is asked where data of class `personal` (or
`health`) are. Dates come from the catalog's tables. This is not legal advice: it shows what the model can show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.information.labels import takes
from groma.analyses.jurisdictions import lies_in
from groma.analyses.residency import stays
from groma.analyses.threats.safety import Safety, safety_of
from groma.analyses.threats.supervision import recorded
from groma.catalog import UnknownEntryError
from groma.model.elements import Data
from groma.model.program import Ask, walk
from groma.model.quantity import Quantity

PERSONAL = frozenset({"personal", "health", "special"})
SIX_MONTHS = 6 * 30.0 * 86400
"""Seconds: what Articles 19 and 26(6) ask of logs, at least; months of thirty days."""
RECORDS = ("audit", "log", "trace", "record")

KNOWN = {"read": "read", "secondary": "read at second hand", "recalled": "recalled"}
"""How an article is known, in words."""

Part = tuple[str, str]
"""(element, what of it counts)."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One article: `met` are elements with what counts, `gaps` what is missing and of which element, with its owner."""

    id: str
    subject: str
    applies_to: str
    applies_from: str
    status: str
    source: str
    met: tuple[Part, ...]
    gaps: tuple[tuple[str, str, str], ...]

    @property
    def verdict(self) -> str:
        """`met`, `partly`, `gap`."""
        if not self.gaps:
            return "met" if self.met else "gap"
        return "partly" if self.met else "gap"


Look = Callable[[Safety], tuple[list[Part], list[Part]]]


def _personal(safety: Safety) -> dict[str, Data]:
    return {n: d for n, d in safety.seen.context.model.data.items() if d.class_ in PERSONAL}


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


def _overseen(safety: Safety) -> tuple[list[Part], list[Part]]:
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


def _kept(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for name, data in _personal(safety).items():
        if isinstance(data.kept_for, Quantity):
            met.append((f"data.{name}", f"deleted after {data.kept_for.text}"))
        else:
            gaps.append((f"data.{name}", "how long it is kept isn't stated (`kept_for`)"))
    return met, gaps


def _decided(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = _overseen(safety)
    return [m for m in met if "approves" in m[1]], [g for g in gaps if "person's yes" in g[1]]


def _designed(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    names = _personal(safety).keys()
    seen: set[str] = set()
    for use in safety.seen.uses:
        operation = safety.seen.operation(use)
        place = f"components.{use.component}.offers.{use.operation}"
        if operation is None or place in seen or not names & {label.data for label in use.handed}:
            continue
        seen.add(place)
        if operation.request is not None and (takes(safety.seen.context.model, operation).data is not None):
            met.append((place, "its request names the fields that it takes"))
        else:
            gaps.append((place, "it may be handed personal data, and no `request` says which fields"))
    return met, gaps


def _processors(safety: Safety) -> tuple[list[Part], list[Part]]:
    gaps = list[Part]()
    names = _personal(safety).keys()
    for use in safety.seen.uses:
        part = safety.seen.component(use.component)
        if part is not None and part.supplier and names & {label.data for label in use.handed}:
            gap = (
                f"suppliers.{part.supplier}",
                "it processes personal data; no contract is stated",
            )
            if gap not in gaps:
                gaps.append(gap)
    return [], gaps


def _inventory(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for name, data in _personal(safety).items():
        if data.owner and data.held_by:
            met.append((f"data.{name}", f"{data.owner} owns it, {data.held_by[0]} is its system of record"))
        else:
            lacks = [w for w, v in (("owner", data.owner), ("held_by", data.held_by)) if not v]
            gaps.append((f"data.{name}", f"not stated: {', '.join(lacks)}"))
    return met, gaps


def _secured(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    model = safety.seen.context.model
    names = _personal(safety).keys()
    for holder in sorted({holder for data in _personal(safety).values() for holder in data.held_by}):
        part = model.components.get(holder)
        if part is None:
            continue
        if part.offers and all(operation.allowed for operation in part.offers.values()):
            met.append((f"components.{holder}", "each of its operations says who may ask for it"))
        else:
            held = ", ".join(sorted(n for n in names if holder in model.data[n].held_by))
            gaps.append(
                (f"components.{holder}", f"it holds {held}; who may ask for it isn't stated (`allowed`)")
            )
    return met, gaps


def _breach(safety: Safety) -> tuple[list[Part], list[Part]]:
    return [], [("controls", "no signal of a breach, and nobody who reports it within 72 hours")]


def _assessed(safety: Safety) -> tuple[list[Part], list[Part]]:
    return [], [("controls", "no impact assessment is stated")]


def _moved(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    context = safety.seen.context
    for data_class in sorted({data.class_ for data in _personal(safety).values()}):
        for stay in stays(context, data_class):
            chain = () if stay.place is None else lies_in(context.model, stay.place)
            inside = {"EU", "EEA"} & set(chain) or (stay.jurisdiction or "") in ("EU", "EEA")
            if inside:
                met.append((stay.holder, f"{data_class} data stay in {stay.place}"))
            else:
                gaps.append(
                    (stay.holder, f"{data_class} data come to {stay.place or 'a place nobody states'}")
                )
    return met, gaps


AI_ACT: dict[str, tuple[bool, Look]] = {
    "9": (True, _risks), "10": (True, _governance), "11": (True, _documented), "12": (True, _recorded),
    "19": (True, _retained),
    "13": (True, _told), "14": (True, _overseen), "15": (True, _robust), "26": (True, _deployed),
    "50": (False, _disclosed),
}  # fmt: skip
"""Article -> whether it is asked of high-risk systems only, and what is looked at."""
GDPR: dict[str, tuple[bool, Look]] = {
    "5": (False, _kept), "17": (False, _kept), "22": (False, _decided), "25": (False, _designed),
    "28": (False, _processors), "30": (False, _inventory), "32": (False, _secured), "33": (False, _breach),
    "35": (True, _assessed), "44": (False, _moved),
}  # fmt: skip


def obligations(context: Context) -> tuple[Obligation, ...]:
    """Every article that is asked of this model; none where no model writes freely."""
    safety = safety_of(context)
    if not safety.seen.writers:
        return ()
    asked = [("AI Act", "eu-ai-act", article, *how) for article, how in AI_ACT.items()]
    if _personal(safety):
        asked += [("GDPR", "gdpr", article, *how) for article, how in GDPR.items()]
    high = bool(context.model.regulated)
    return tuple(
        _one(safety, law, table, article, look)
        for law, table, article, only_high, look in asked
        if (high or not only_high) and _applies(safety, law, article)
    )


def _applies(safety: Safety, law: str, article: str) -> bool:
    if (law, article) == ("AI Act", "50"):
        return any(use.written and safety.seen.out(use) for use in safety.seen.uses)
    if (law, article) == ("GDPR", "22"):
        return any((o := safety.seen.operation(use)) is not None and o.impact for use in safety.seen.acting)
    return True


def _one(safety: Safety, law: str, table: str, article: str, look: Look) -> Obligation:
    met, gaps = look(safety)
    name = f"{law} {article}"
    for control_name, control in safety.seen.context.model.controls.items():
        if name.lower() in (each.lower() for each in control.against):
            met.append((f"controls.{control_name}", control.title or control_name))
            gaps = [gap for gap in gaps if control.on and not any(gap[0].startswith(on) for on in control.on)]
    try:
        entry = safety.seen.context.catalog.entry(table, article)
        subject, to, since = entry.text("subject"), entry.text("applies_to"), entry.text("applies_from")
        status = (
            entry.text("date_status") if table == "eu-ai-act" else f"{KNOWN[entry.evidence]}, check the text"
        )
        source = entry.source
    except UnknownEntryError:
        subject, to, since, status, source = "", "", "", "not in the catalog", ""
    owned = tuple((element, text, _owner(safety, element)) for element, text in dict.fromkeys(gaps))
    return Obligation(name, subject, to, since, status, source, tuple(dict.fromkeys(met)), owned)


def _owner(safety: Safety, element: str) -> str:
    model = safety.seen.context.model
    section, _, rest = element.partition(".")
    name = rest.partition(".")[0]
    if section == "data" and name in model.data and model.data[name].owner:
        return model.data[name].owner or ""
    if section == "components" and name in model.components and model.components[name].owner:
        return model.components[name].owner or ""
    return model.author
