"""A guard that stands at several steps is watched once: its results come together in one count."""

from __future__ import annotations

import pytest

from groma.analyses import Context
from groma.analyses.observability import plan
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.solvers.monitoring import count_limit

HEAD = (
    "groma: 1\nsystem: Example\ncurrency: EUR\ncomponents: {a: {kind: service, offers: {x: {work: 1 ms}}}}\n"
)
CALL = "{call: a.x, guard: [{name: form, rejects: 2 %}]}"
MONTH, DAY = 730 * 3600.0, 86400.0


def limits(steps: str) -> list[float]:
    model = loads(f"{HEAD}flows: {{f: {{starts: {{rate: 1/min}}, steps: [{steps}]}}}}\n")
    alerts = plan(Context(model, load_catalog(), Ledger(model.digest))).alerts
    names = [alert.name for alert in alerts]
    assert len(names) == len(set(names))
    found = [alert for alert in alerts if alert.name.startswith("guard-")]
    return [alert.figures[0].value or 0.0 for alert in found]


@pytest.mark.parametrize(
    ("steps", "times"),
    [
        (CALL, 1.0),
        (f"{{parallel: [[{CALL}], [{CALL}], [{CALL}]], join: all}}", 3.0),
        (f"{{repeat: {{times: 4, steps: [{CALL}]}}, fallback: []}}", (1 - 0.98**4) / 0.02),
    ],
)
def test_the_limit_is_that_of_all_its_results(steps: str, times: float) -> None:
    """Of four rounds that end with the first rejection, 1 + 0.98 + ... are asked for: a geometric sum."""
    expected = count_limit(times * 0.02 / 60, DAY, 1 / MONTH)
    assert limits(steps) == [expected]
