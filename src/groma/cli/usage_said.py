"""What logs of calls and bills tell, said and as data: for `groma survey --usage`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError

if TYPE_CHECKING:
    from groma.analyses.usage import Bill, Call, Usage
    from groma.catalog import Catalog
    from groma.cli.console import Console
    from groma.model.figure import Ledger


def read(
    console: Console, paths: list[Path], ledger: Ledger | None = None, catalog: Catalog | None = None
) -> Usage | None:
    """What the files tell together; None without any. Figures go into `ledger`. Raises UserError with all mistakes."""
    from groma.analyses.usage import looked_at
    from groma.importers.usage import UsageError, read_usage

    if not paths:
        return None
    calls: list[Call] = []
    bills: list[Bill] = []
    mistakes: list[str] = []
    for number, path in enumerate(paths):
        console.progress.step("reading logs", number, len(paths))
        try:
            read = read_usage(path)
        except UsageError as error:
            mistakes.append(str(error))
            continue
        calls += read.calls
        bills += read.bills
        for note in read.notes:
            console.note(note)
    if mistakes:
        raise UserError("\n".join(mistakes))
    return looked_at(calls, bills, ledger, catalog)


def tell(console: Console, usage: Usage) -> None:
    """The inflection point first, then what growth is made of, then savings."""
    from groma.analyses.usage.told import WORDS

    least = "at least " if usage.unpriced else ""
    console.say(f"\n{console.toned('usage', 'strong')}: {usage.calls:,} calls, {least}{usage.cost:,.2f} USD")
    grown = usage.growth
    if grown is not None:
        turned = (
            "cost grows faster than usage"
            if grown.faster_than_usage
            else "cost doesn't grow faster than usage"
        )
        console.say(
            f"  {turned}: {grown.cost[0]:,.2f} to {grown.cost[1]:,.2f} USD, {grown.requests[0]:,} to "
            f"{grown.requests[1]:,} requests ({grown.periods[0]}, {grown.periods[1]})"
        )
        for factor, effect in sorted(grown.effects.items(), key=lambda pair: -abs(pair[1])):
            console.say(f"    {effect:+,.2f} USD by {WORDS[factor]}")
    for month, factor in usage.bills:
        console.say(f"  bill of {month}: {factor:.2f} times the month before")
    for saving in usage.savings:
        if saving.high > 0:
            console.say(
                f"  {saving.low:,.2f} to {saving.high:,.2f} USD: {saving.title.lower()} ({saving.how})"
            )
    if usage.payers:
        console.say("  who it goes to: " + ", ".join(f"{who} {paid:,.2f} USD" for who, paid in usage.payers))
    for line in usage.blind:
        console.say(f"  not shown: {line}")


def as_data(usage: Usage) -> dict[str, Any]:
    """The same as data; savings overlap, so there is no sum."""
    grown = usage.growth
    return {
        "calls": usage.calls,
        "currency": "USD",
        "cost": usage.cost,
        "calls_without_cost": usage.unpriced,
        "growth": None
        if grown is None
        else {
            "periods": list(grown.periods),
            "cost": list(grown.cost),
            "requests": list(grown.requests),
            "faster_than_usage": grown.faster_than_usage,
            "effects": grown.effects,
        },
        "tokens_each_turn": usage.slope,
        "savings": [
            {
                "id": s.id,
                "title": s.title,
                "low": s.low,
                "high": s.high,
                "calls": s.calls,
                "share": s.share,
                "how": s.how,
            }
            for s in usage.savings
        ],
        "payers": [{"who": who, "cost": paid} for who, paid in usage.payers],
        "bills": [{"month": month, "times_the_month_before": factor} for month, factor in usage.bills],
        "not_shown": list(usage.blind),
    }
