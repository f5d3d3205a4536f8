"""What the layered network says of shares doesn't hang on the unit of time; of one customer nobody waits."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.layered.estimate import Estimate, busy, layered, response

HELD = """
components:
  web: {{kind: service, threads: 4, offers: {{page: {{work: {0:g} s ± {0:g} s, steps: [{{call: db.read}}]}}}}}}
  db: {{kind: database, threads: 1, offers: {{read: {{work: {1:g} s ± {1:g} s}}}}}}
flows: {{visit: {{starts: {{rate: {2:g}/s}}, steps: [{{call: web.page}}]}}}}
"""
ALONE = """
components: {desk: {kind: service, threads: 2, offers: {serve: {work: 500 ms ± 500 ms}}}}
flows: {visit: {starts: {population: 1, think: 1 s ± 1 s}, steps: [{call: desk.serve}, {wait: 100 ms}]}}
"""


def test_a_system_in_other_units_of_time_has_the_same_shares() -> None:
    of_a_second, of_hours = (
        busy(context(HELD.format(0.01 * unit, 0.02 * unit, 35 / unit)), "components.web")
        for unit in (1.0, 1e4)
    )
    assert of_a_second.low == pytest.approx(
        35 * 0.03
    )  # those who ask hold a thread for their own work and the read
    for end in ("low", "value", "high"):
        assert getattr(of_hours, end) == pytest.approx(getattr(of_a_second, end), rel=1e-6)


def test_one_customer_keeps_a_server_busy_for_the_share_of_its_cycle_and_only_its_time_may_be_off() -> None:
    """By hand: 0.5 s of a cycle of 1 + 0.5 + 0.1 s; without a wait, times were seen off by a tenth."""
    c = context(ALONE)
    held, taken = busy(c, "components.desk"), response(c, "visit", None)
    assert (held.low, held.value, held.high) == pytest.approx((0.5 / 1.66, 0.5 / 1.6, 1.1 * 0.5 / 1.54))
    assert (taken.low, taken.value, taken.high) == pytest.approx((0.54, 0.6, 0.66))
    assert taken.error == pytest.approx(0.1)
    assert Estimate(0.0, 0.0, 0.0, (), True).error == 0.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("rate: 35/s", "rate: 35/s, arrivals: 28.57 ms ± 10 ms"), "Poisson"),
        (("work: 0.02 s ± 0.02 s", "work: {value: 0.02 s ± 0.02 s, max: 1 s}"), "isn't exponential"),
    ],
)
def test_other_arrivals_and_work_that_is_cut_off_are_refused(change: tuple[str, str], reason: str) -> None:
    text = HELD.format(0.01, 0.02, 35.0)
    assert change[0] in text
    found = context(text.replace(*change))
    assert response(found, "visit", None) is None
    assert reason in layered(found).reason
