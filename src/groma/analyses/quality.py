"""A stated quality of a component, such as a task score: `qualities` of the model with its provenance.

Qualities are never worked out or compared across sources here: what isn't stated isn't shown.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, hull
from groma.model.figure import Figure
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """`quality/COMPONENT/NAME`, in the canonical unit of what is stated."""
    _, name, quality = measure.split("/")
    evidence = Evidence(context)
    found: list[Interval] = []
    unit = "1"
    for component in context.candidates(name):
        stated = component.qualities.get(quality)
        found.append(
            evidence.mean(f"components.{name}.qualities.{quality}", stated, "state it with its source")
        )
        if isinstance(stated, Quantity):
            unit = stated.unit.canonical.symbol
            evidence.line(f"{quality} of {name}", stated.text, *evidence.inputs[-1:])
    whole = hull(found) if found else Interval(0.0, None, math.inf)
    known = bool(found) and not evidence.missing
    return Figure(
        measure,
        f"{quality[:1].upper()}{quality[1:]} of {name}",
        unit,
        value=whole.value if known else None,
        low=whole.low if known else None,
        high=whole.high if known else None,
        method="as stated",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else "not stated for every alternative" if len(found) > 1 else "not stated",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """The best and the least that can be shown whatever is chosen.

    What isn't stated isn't shown, and no need is met by what isn't shown: where nobody states it, the best is zero.
    """
    _, name, quality = measure.split("/")
    stated = [component.qualities.get(quality) for component in context.candidates(name)]
    known = [q for q in stated if isinstance(q, Quantity)]
    least = min(q.low for q in known) if known and len(known) == len(stated) else -math.inf
    return max((q.high for q in known), default=0.0), least
