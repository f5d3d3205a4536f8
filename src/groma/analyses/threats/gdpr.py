"""What the GDPR's articles look at in a model that holds data of persons: what meets them, and what is missing."""

from __future__ import annotations

from groma.analyses.information.labels import takes
from groma.analyses.jurisdictions import lies_in
from groma.analyses.residency import stays
from groma.analyses.threats.ai_act import Look, Part, overseen
from groma.analyses.threats.safety import Safety
from groma.model.elements import Data
from groma.model.quantity import Quantity

PERSONAL = frozenset({"personal", "health", "special"})


def personal(safety: Safety) -> dict[str, Data]:
    """Data of persons, by name."""
    return {n: d for n, d in safety.seen.context.model.data.items() if d.class_ in PERSONAL}


def _kept(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    for name, data in personal(safety).items():
        if isinstance(data.kept_for, Quantity):
            met.append((f"data.{name}", f"deleted after {data.kept_for.text}"))
        else:
            gaps.append((f"data.{name}", "how long it is kept isn't stated (`kept_for`)"))
    return met, gaps


def _decided(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = overseen(safety)
    return [m for m in met if "approves" in m[1]], [g for g in gaps if "person's yes" in g[1]]


def _designed(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    names = personal(safety).keys()
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
    names = personal(safety).keys()
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
    for name, data in personal(safety).items():
        if data.owner and data.held_by:
            met.append((f"data.{name}", f"{data.owner} owns it, {data.held_by[0]} is its system of record"))
        else:
            lacks = [w for w, v in (("owner", data.owner), ("held_by", data.held_by)) if not v]
            gaps.append((f"data.{name}", f"not stated: {', '.join(lacks)}"))
    return met, gaps


def _secured(safety: Safety) -> tuple[list[Part], list[Part]]:
    met, gaps = list[Part](), list[Part]()
    model = safety.seen.context.model
    names = personal(safety).keys()
    for holder in sorted({holder for data in personal(safety).values() for holder in data.held_by}):
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
    for data_class in sorted({data.class_ for data in personal(safety).values()}):
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


GDPR: dict[str, tuple[bool, Look]] = {
    "5": (False, _kept), "17": (False, _kept), "22": (False, _decided), "25": (False, _designed),
    "28": (False, _processors), "30": (False, _inventory), "32": (False, _secured), "33": (False, _breach),
    "35": (True, _assessed), "44": (False, _moved),
}  # fmt: skip
