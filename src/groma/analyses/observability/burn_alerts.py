"""Alerts on how fast error budgets burn: several windows, several rates, thresholds from the needs.

The Site Reliability Workbook (2018), chapter 5, method 6: an alert fires when a share `b` of the budget of period
`T` went within the
long window `w`, so at burn rate b T / w, and when the short window (a twelfth) still burns as fast. Where the
flow's traffic is low
a page's window is widened until chance, with errors just as frequent as the need allows, makes it begin at most
once a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.observability.indicators import PERIOD, Indicator, traffic
from groma.analyses.observability.plan import ALARMS_A_MONTH, MONTH, Alert, Burn, Severity
from groma.model.figure import Figure, Line
from groma.solvers.monitoring import Pair, burn_rate, ratio_alarms, ratio_detection

HOUR, DAY = 3600.0, 86400.0
SHORT = 12.0
"""How many short windows are in a long one."""

LADDER = (HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY)
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
    name = f"{of.need}-{policy.name}"
    evidence = Evidence(context)
    rate = traffic(context, of.flow, evidence)
    for figure in of.figures:
        evidence.use(figure)
    title = f"The error budget of {of.need} burns {'too fast' if policy.severity == 'page' else 'steadily'}"
    runbook = f"budget-{of.need}"

    def refused(why: str) -> Alert:
        return Alert(name, title, "burn", policy.severity, None, "", runbook, of.made_of, (), why)

    if rate.value is None or rate.value <= 0.0:
        return refused(f"flows.{of.flow}.starts.rate isn't known: nobody knows how many runs a window holds")
    tried: list[str] = []
    for window in (w for w in LADDER if w >= policy.window):
        burn = burn_rate(policy.share, window, PERIOD)
        ratio, windows = burn * of.allowed, Pair(window, window / SHORT)
        if ratio > 1.0:
            tried.append(f"{window / HOUR:g} h asks for {ratio:.3g} bad runs of one")
            continue
        if burn < 1.0 - 1e-9:
            break
        limit, exact = ratio_alarms(rate.value, of.allowed, ratio, windows)
        if policy.severity == "page" and limit * MONTH > ALARMS_A_MONTH:
            tried.append(f"{window / HOUR:g} h would begin {limit * MONTH:.2g} times a month by chance")
            continue
        return _watched(
            context, of, policy, name, title, runbook, burn, windows, (limit, exact), tried, evidence
        )
    return refused(
        "; ".join(tried) + ": no window tells a burning budget from chance"
        if tried
        else "no window is as wide"
    )


def _watched(
    context: Context,
    of: Indicator,
    policy: Policy,
    name: str,
    title: str,
    runbook: str,
    burn: float,
    windows: Pair,
    at_limit: tuple[float, bool],
    tried: list[str],
    evidence: Evidence,
) -> Alert:
    ratio, rate = burn * of.allowed, of.rate.value or 0.0
    ends = [
        ratio_alarms(rate, share, ratio, windows)[0]
        for share in dict.fromkeys(min(p, of.allowed) for p in of.likely)
    ]
    if policy.severity == "page":
        ends.append(at_limit[0])
    alarms = (min(ends), max(ends))
    refs = (*evidence.inputs,)
    hours = f"{windows.long / HOUR:g} h"
    derivation = (
        Line("what the need allows to be bad", f"{of.allowed:.6g}", of.figures),
        Line("share of the budget of 30 days that may go before somebody is told", f"{policy.share:.0%}"),
        Line("within", hours),
        *(Line("narrower windows", each) for each in tried),
        Line("burn rate = share x 30 days / window", f"{burn:.6g}"),
        Line("threshold = burn rate x what is allowed", f"{ratio:.6g}"),
    )
    how = "exact" if at_limit[1] else "good runs taken at their mean"
    detection = ratio_detection(rate, 1.0, ratio, windows)
    method = "burn rate of the error budget (SRE Workbook, chapter 5)"
    figures = (
        Figure(
            f"alerts/{name}/threshold",
            f"Share of bad runs at which {name} fires",
            "1",
            ratio,
            ratio,
            ratio,
            method=method,
            inputs=refs,
            derivation=derivation,
        ),
        Figure(
            f"alerts/{name}/burn",
            f"Budgets a period at which {name} fires",
            "1",
            burn,
            burn,
            burn,
            method=method,
            inputs=refs,
            derivation=derivation[1:5],
        ),
        Figure(
            f"alerts/{name}/window",
            f"Long window of {name}",
            "s",
            windows.long,
            windows.long,
            windows.long,
            method=method,
            inputs=refs,
            derivation=tuple(Line("narrower windows", each) for each in tried),
        ),
        Figure(
            f"alerts/{name}/false-alarms",
            f"How often {name} begins by chance",
            "1/s",
            None,
            alarms[0],
            alarms[1],
            method=f"up-crossings of the share in two sliding windows, Poisson runs ({how})",
            inputs=refs,
            derivation=(
                Line(
                    "at the share of bad runs that the design's figures say",
                    f"{of.likely[0]:.4g} to {of.likely[1]:.4g}",
                    of.figures,
                ),
                Line("begins a month, at most", f"{alarms[1] * MONTH:.4g}"),
                Line("a page: also where as much is bad as the need allows", f"{of.allowed:.6g}")
                if policy.severity == "page"
                else Line(
                    "where as much is bad as the need allows, the budget does burn, and it begins a month",
                    f"{at_limit[0] * MONTH:.4g}",
                ),
            ),
            valid=(
                "runs arrive independently of one another, at their mean rate",
                "evaluated all the time: rules evaluated each minute begin no more often",
            ),
        ),
        Figure(
            f"alerts/{name}/detection",
            f"How long an outage of everything lasts until {name} fires",
            "s",
            detection,
            detection,
            detection,
            method="time until enough bad runs came (gamma law, median)",
            inputs=refs,
            derivation=(
                Line("bad runs that the long window needs", f"{max(1, ratio * rate * windows.long):.4g}"),
                Line("runs a second", f"{rate:.4g}"),
            ),
        ),
    )
    says = (
        f"{policy.share:.0%} of the error budget of 30 days went within {hours}: at this rate it lasts "
        f"{30 / burn:.3g} days"
    )
    return Alert(
        name,
        title,
        "burn",
        policy.severity,
        Burn(of, ratio, windows, burn, policy.share),
        says,
        runbook,
        of.made_of,
        figures,
    )
