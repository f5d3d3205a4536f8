"""What must hold of needs: one target each, written as its measure is measured."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model, Need
from groma.model.grammar import did_you_mean
from groma.model.measure import parse_measure
from groma.model.position import Problem
from groma.model.quantity import Quantity
from groma.model.validate_names import JURISDICTIONS, known_place

UNITS_OF: dict[str, tuple[str, ...]] = {
    "latency": ("time",),
    "success": ("share",),
    "availability": ("share",),
    "saturation": ("rate",),
    "utilisation": ("share",),
    "throughput": ("rate",),
    "cost": ("money", "money/time"),
    "calls": ("count",),
    "people": ("money", "money/time", "time", "time/time"),
    "dependence": ("money", "money/time", "time", "time/time"),
    "effort": ("time", "time/time"),
    "headroom": ("share",),
    "recovery": ("time",),
    "copies": ("share",),
    "exposure": ("count",),
    "trifecta": ("count",),
    "memory": ("size",),
    "recall": ("share",),
    "passages": ("count",),
    "freshness": ("time",),
    "deletion": ("time",),
    "skew": ("time",),
    "context": ("share", "count"),
    "content": ("rate", "time", "time/time", "money", "money/time"),
    "unblocked": ("count",),
    "records": ("size", "money", "money/time", "time"),
    "stopping": ("time", "count"),
    "telemetry": ("size", "money", "money/time"),
    "evaluated": ("share", "count", "time", "rate"),
}
"""What a measure is measured as."""

UNITS_OF_PART: dict[str, tuple[str, ...]] = {
    "serving/ttft": ("time",),
    "serving/tpot": ("time",),
    "serving/throughput": ("rate",),
    "inference/throttled": ("share",),
    "inference/breakeven": ("rate",),
    "inference/always": ("rate",),
    "inference/own": ("money/time",),
    "inference/api": ("money/time",),
    "inference/saves": ("money/time",),
}
"""What a part of a measure is measured as."""

EXAMPLES = {
    "time": "6 s", "share": "99.9 %", "rate": "40/min", "money": "900 EUR", "money/time": "900 EUR/month",
    "time/time": "8 h/month", "count": "0", "size": "4 GB",
}  # fmt: skip


def needs(model: Model) -> Iterator[Problem]:
    """Every problem of needs, but for what their measures are of."""
    for name, need in model.needs.items():
        targets = [k for k in ("at_most", "at_least", "is_") if getattr(need, k) is not None] + [
            "within"
        ] * bool(need.within)
        if len(targets) != 1:
            found = " and ".join(f"`{t.rstrip('_')}`" for t in targets) or "none"
            yield Problem(
                need.at,
                f"needs.{name}: expected one target (`at_most`, `at_least`, `is` or `within`), found {found}",
            )
            continue
        yield from _target(model, need, targets[0])


def _target(model: Model, need: Need, target: str) -> Iterator[Problem]:
    measure = parse_measure(need.measure)
    if isinstance(measure, str):
        return
    wants_word = measure.kind == "approval"
    wants_set = measure.kind == "residency"
    if wants_word != (target == "is_") or wants_set != (target == "within"):
        right = (
            "is: always"
            if wants_word
            else "within: [EU]"
            if wants_set
            else "at_most"
            if measure.less_is_better
            else "at_least"
        )
        yield Problem(
            need.at,
            f"needs.{need.name}: a need on `{measure.kind}` is written with `{right}`, not `{target.rstrip('_')}`",
        )
        return
    if wants_word and need.is_ != "always":
        yield Problem(need.at, f"needs.{need.name}: expected `is: always`, found `{need.is_}`")
    for place in need.within:
        if not known_place(model, place):
            hint = did_you_mean(place, [*model.places, *sorted(JURISDICTIONS)])
            message = f"there is no place `{place}`{hint or ': a place of the model, a country code or EU'}"
            yield Problem(need.at, f"needs.{need.name}.within: {message}")
    quantity = need.at_most or need.at_least
    if quantity is None or not isinstance(quantity, Quantity):  # pyright: ignore[reportUnnecessaryIsInstance]
        return
    units = UNITS_OF.get(measure.kind) or UNITS_OF_PART.get("/".join(measure.text.split("/")[::2][:2]))
    if units and not any(quantity.unit.is_a(unit) for unit in units):
        example = EXAMPLES[units[0]]
        yield Problem(
            quantity.at,
            f"needs.{need.name}: `{measure.kind}` is measured as a {units[0]} such as `{example}`, "
            f"found `{quantity.text}`",
        )
