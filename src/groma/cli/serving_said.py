"""What `groma serving` prints for people, and how it tells a spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groma.cli.parser import Arguments
from groma.cli.table import Column

if TYPE_CHECKING:
    pass


def tell(args: Arguments, data: dict[str, Any]) -> None:
    """Times of requests, and with targets the accelerators that a demand needs."""
    say = args.console.say
    say(
        f"{data['model']} in {data['format']} on {data['parallel']} x {data['accelerator']}, {data['engine']}: "
        f"the cache holds {data['cache_tokens']:,} tokens"
    )
    rows: list[list[str]] = []
    for name, title in (
        ("ttft_s", "first token"),
        ("tpot_s", "between tokens"),
        ("latency_s", "whole answer"),
    ):
        found = data[name]
        if found:
            between = " to ".join(_time(v) for v in found["mean_90"]) if "mean_90" in found else ""
            rows.append([title, *(_time(found[k]) for k in ("mean", "p50", "p95", "p99")), between])
    titles = ("mean", "p50", "p95", "p99")
    args.console.table(
        [Column("time"), *(Column(t, True) for t in titles), Column("mean, 90 % interval")], rows
    )
    say(
        f"{data['tokens_per_s']:.0f} tokens a second written, {data['preemptions']} times a request was thrown out"
    )
    if "against_measured" in data:
        held = data["against_measured"]
        say(
            f"held against {held['requests']} measured requests: time between tokens {held['tpot_mean_error']:.1%} off "
            f"by request, its mean {held['mean_tpot_off']:+.1%}, mean time to the first token "
            f"{held['mean_ttft_off']:+.1%}"
        )
    if "sizing" in data:
        sized = data["sizing"]
        say(f"one instance keeps the targets up to {_range(sized, 'rate', 3)} requests a second")
        say(
            f"{sized['demand_per_s']:.3g} a second need {_range(sized, 'accelerators', 6)} {data['accelerator']}"
        )
        say(f"users with a request in flight on each: {_range(sized, 'in_flight', 3)}")
    say(f"rests on {data['rests_on']}; interval: {data['interval']}")


def _range(sized: dict[str, Any], name: str, digits: int) -> str:
    found = sized[name]
    if not sized["interval_known"]:
        return f"{found['value']:.{digits}g} (no interval is known)"
    low, high = (
        "no number that would do" if found[end] is None else f"{found[end]:.{digits}g}"
        for end in ("low", "high")
    )
    return f"{found['value']:.{digits}g} ({low} to {high})"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1.0 else f"{seconds:.3g} s"


def spread(values: tuple[float, ...], off: tuple[float, float] | None) -> dict[str, Any] | None:
    """Mean and percentiles, with the interval of the mean where the calibration knows one; None of no values."""
    from groma.solvers.serving import percentile

    if not values:
        return None
    mean = sum(values) / len(values)
    found: dict[str, Any] = {
        "mean": mean, "p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "p99": percentile(values, 0.99),
    }  # fmt: skip
    if off is not None:
        found["mean_90"] = [mean * off[0], mean * off[1]]
    return found
