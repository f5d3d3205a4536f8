"""Alerts on how fast error budgets burn: several windows, several rates, thresholds from the needs.

The Site Reliability Workbook (2018), chapter 5, method 6: an alert fires when a share `b` of the budget of period `T`
went within the long window `w`, so at burn rate b T / w, and when the short window (a twelfth) still burns as fast.
Where the flow's traffic is low a page's window is widened until chance, with errors just as frequent as the need
allows, makes it begin at most once a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import point
from groma.analyses.observability.alert import ALARMS_A_MONTH, Alert, Burn, Severity
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.draft import Draft
from groma.analyses.observability.indicators import PERIOD, Indicator, traffic
from groma.model.figure import Figure, Line
from groma.model.month import SECONDS_PER_MONTH
from groma.solvers.monitoring import Pair, burn_rate, ratio_alarms, ratio_detection

HOUR, DAY = 3600.0, 86400.0
SHORT = 12.0
"""How many short windows are in a long one."""

LADDER = (HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 3 * DAY)
"""Windows that are tried, from the policy's own upwards."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of the workbook's table: the share of the budget, the window it went in, who is told."""

    name: str
    share: float
    window: float
    severity: Severity


POLICIES = (
    Policy("fast", 0.02, HOUR, "page"),
    Policy("slow", 0.05, 6 * HOUR, "page"),
    Policy("trend", 0.10, 3 * DAY, "ticket"),
)


def burn_alerts(
    context: Context, found: tuple[Indicator, ...], policies: tuple[Policy, ...] = POLICIES
) -> Iterator[Alert]:
    """The alerts of each indicator, refused ones with their reason."""
    for indicator in found:
        widened: set[float] = set()
        for policy in policies:
            alert = _alert(context, indicator, policy)
            if isinstance(alert.condition, Burn):
                if alert.condition.windows.long in widened:
                    continue  # a policy widened to a window that another already watches says nothing more
                widened.add(alert.condition.windows.long)
            yield alert


def _alert(context: Context, of: Indicator, policy: Policy) -> Alert:
    evidence = Evidence(context)
    rate = traffic(context, of.flow, evidence)
    for figure in of.figures:
        evidence.use(figure)
    page = policy.severity == "page"
    draft = Draft(
        f"{of.need}-{policy.name}",
        f"The error budget of {of.need} burns {'too fast' if page else 'steadily'}",
        "burn",
        policy.severity,
        f"budget-{of.need}",
        of.made_of,
    )
    if rate.value is None or rate.value <= 0.0:
        return draft.refused(
            f"flows.{of.flow}.starts.rate isn't known: nobody knows how many runs a window holds"
        )
    tried: list[str] = []
    for window in (w for w in LADDER if w >= policy.window):
        burn = burn_rate(policy.share, window, PERIOD)
        ratio, windows = burn * of.allowed, Pair(window, window / SHORT)
        if ratio > 1.0:
            tried.append(f"{window / HOUR:g} h asks for {ratio:.3g} bad runs of one")
            continue
        if burn < 1.0:
            break
        limit, exact = ratio_alarms(rate.value, of.allowed, ratio, windows)
        if page and limit * SECONDS_PER_MONTH > ALARMS_A_MONTH:
            tried.append(
                f"{window / HOUR:g} h would begin {limit * SECONDS_PER_MONTH:.2g} times a month by chance"
            )
            continue
        condition = Burn(of, ratio, windows, burn, policy.share)
        return _watched(draft, condition, rate.value, (limit, exact), tried, evidence.inputs)
    if tried:
        return draft.refused("; ".join(tried) + ": no window tells a burning budget from chance")
    return draft.refused("no window is as wide")


def _watched(
    draft: Draft,
    burn: Burn,
    rate: float,
    at_limit: tuple[float, bool],
    tried: list[str],
    inputs: tuple[str, ...],
) -> Alert:
    """`rate`: runs a second; `at_limit`: false alarms a second where as much is bad as the need allows, whether that
    is exact; `tried` says which narrower windows wouldn't do."""
    of, ratio, windows = burn.indicator, burn.ratio, burn.windows
    hours = f"{windows.long / HOUR:g} h"
    narrower = tuple(Line("narrower windows", each) for each in tried)
    derivation = (
        Line("what the need allows to be bad", f"{of.allowed:.6g}", of.figures),
        Line("share of the budget of 30 days that may go before somebody is told", f"{burn.share:.0%}"),
        Line("within", hours),
        *narrower,
        Line("burn rate = share x 30 days / window", f"{burn.rate:.6g}"),
        Line("threshold = burn rate x what is allowed", f"{ratio:.6g}"),
    )
    method = "burn rate of the error budget (SRE Workbook, chapter 5)"
    figures = (
        draft.threshold("Share of bad runs", ratio, "1", Basis(method, inputs, derivation)),
        Basis(method, inputs, derivation[1:5]).figure(
            draft.figure("burn"), f"Budgets a period at which {draft.name} fires", "1", point(burn.rate)
        ),
        draft.window(windows.long, Basis(method, inputs, narrower), f"Long window of {draft.name}"),
        _chance_alarms(draft, burn, rate, at_limit, inputs),
        draft.detection(
            "an outage of everything lasts",
            point(ratio_detection(rate, 1.0, ratio, windows)),
            Basis(
                "time until enough bad runs came (gamma law, median)",
                inputs,
                (
                    Line("bad runs that the long window needs", f"{max(1, ratio * rate * windows.long):.4g}"),
                    Line("runs a second", f"{rate:.4g}"),
                ),
            ),
        ),
    )
    says = (
        f"{burn.share:.0%} of the error budget of 30 days went within {hours}: at this rate it lasts "
        f"{30 / burn.rate:.3g} days"
    )
    return draft.fires(burn, says, figures)


def _chance_alarms(
    draft: Draft, burn: Burn, rate: float, at_limit: tuple[float, bool], inputs: tuple[str, ...]
) -> Figure:
    of = burn.indicator
    alarms = [
        ratio_alarms(rate, share, burn.ratio, burn.windows)[0]
        for share in dict.fromkeys(min(likely, of.allowed) for likely in of.likely)
    ]
    if draft.severity == "page":
        alarms.append(at_limit[0])
        said = Line("a page: also where as much is bad as the need allows", f"{of.allowed:.6g}")
    else:
        said = Line(
            "where as much is bad as the need allows, the budget does burn, and it begins a month",
            f"{at_limit[0] * SECONDS_PER_MONTH:.4g}",
        )
    lines = (
        Line(
            "at the share of bad runs that the design's figures say",
            f"{of.likely[0]:.4g} to {of.likely[1]:.4g}",
            of.figures,
        ),
        Line("begins a month, at most", f"{max(alarms) * SECONDS_PER_MONTH:.4g}"),
        said,
    )
    how = "exact" if at_limit[1] else "good runs taken at their mean"
    method = f"up-crossings of the share in two sliding windows, Poisson runs ({how})"
    valid = (
        "runs arrive independently of one another, at their mean rate",
        "evaluated all the time: rules evaluated each minute begin no more often",
    )
    return draft.chance_alarms(alarms, Basis(method, inputs, lines, valid))
