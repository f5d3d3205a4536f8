"""What `groma simulate` prints: for people, and as data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from groma.cli.parser import Arguments
from groma.cli.table import Column

if TYPE_CHECKING:
    from groma.analyses.simulation import Answer, Edge, Watched


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer as JSON."""
    seen, tried, limit = answer.seen, answer.tried, answer.edge
    data: dict[str, Any] = {
        "scenario": seen.name, "title": seen.title, "lasts_s": seen.lasts, "bucket_s": seen.width,
        "events_end_s": None if math.isinf(seen.ends) else seen.ends, "comes_back": seen.comes_back,
        "stands_still": list(seen.still),
        "metastable": seen.metastable, "holds_undisturbed": seen.holds, "back_after_s": seen.back_after,
        "flows": [
            {
                "flow": c.flow, "comes_back": c.back_after is not None, "back_after_s": c.back_after,
                "replications_back": c.came_back, "lost_runs": c.lost, "lost_runs_95": [c.lost_low, c.lost_high],
                "worst_goodput": c.worst, "offered_per_s": list(c.offered), "goodput_per_s": list(c.good),
                "undisturbed_per_s": list(c.undisturbed),
            }
            for c in seen.courses
        ],
    }  # fmt: skip
    if tried:
        data["saved_by"] = [
            {
                "policy": s.policy,
                "comes_back": s.comes_back,
                "back_after_s": s.back_after,
                "lost_runs": s.lost,
            }
            for s in tried
        ]
    if limit is not None:
        data["comes_back_up_to_load"] = limit.safe
        data["does_not_from_load"] = limit.lost
    return data


def tell(args: Arguments, found: list[Answer]) -> None:
    """A row for each scenario, and how many don't come back."""
    columns = [
        Column("scenario"),
        Column("comes back"),
        Column("runs lost", True),
        Column("worst goodput", True),
    ]
    if args.threshold:
        columns.append(Column("up to load", True))
    if args.saved_by:
        columns.append(Column("what saves it"))
    rows: list[tuple[str, ...]] = []
    for each in found:
        seen, tried, limit = each.seen, each.tried, each.edge
        lost = (
            (f"{seen.lost:.0f}", f"{seen.worst * 100:.0f} %") if seen.courses else ("not known", "not known")
        )
        row = [seen.title, _back(seen), *lost]
        if args.threshold:
            row.append(_edge(limit))
        if args.saved_by:
            saves = sorted((s for s in tried if s.comes_back), key=lambda s: s.lost)
            row.append("; ".join(s.policy for s in saves) or ("nothing that was tried" if tried else ""))
        rows.append(tuple(row))
    args.console.table(tuple(columns), rows)
    bad = sum(each.seen.metastable for each in found)
    if bad:
        args.console.say(
            f"\n{bad} of {len(found)} don't come back: the load is as before and goodput isn't (metastable)"
        )
    for told in dict.fromkeys(told for each in found for told in each.seen.still):
        args.console.say(f"\nIt comes to a standstill: {told}")


def _back(seen: Watched) -> str:
    from groma.model.printed import format_quantity

    if seen.still:
        return "stands still, even undisturbed" if seen.still_undisturbed else "stands still"
    if not seen.courses:
        return "too few runs to tell"
    if not seen.holds:
        return "not even undisturbed"
    if seen.back_after is None:
        return "no" if math.isfinite(seen.ends) else "not while it lasts"
    if seen.back_after <= 0.0:
        return "at once" if math.isfinite(seen.ends) else "stands it"
    return f"after {format_quantity(seen.back_after, 's')}"


def _edge(limit: Edge | None) -> str:
    if limit is None or limit.safe is None:
        return "none tried"
    return f"{limit.safe:.3g} x" if limit.lost is not None else f"more than {limit.safe:.3g} x"
