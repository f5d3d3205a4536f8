"""Budgets that burn, shares that drift and levels that are passed, counted by hand and as published."""

from __future__ import annotations

import math
import re

import pytest
from scipy import stats

from analyses.given import context
from groma.analyses import figure
from groma.analyses.observability import plan
from groma.analyses.observability.alert import Burn, Count
from groma.analyses.observability.evaluating import Drift, drifts, evaluations
from groma.analyses.observability.indicators import bucket
from groma.analyses.observability.storage import series
from groma.analyses.observability.tracing import withheld
from observability.by_hand import DAY, DESK, HOUR, alerts, ends, half_after, of

NEED = """
needs: {up: {measure: availability/f, at_least: 99.9 %}}
components: {a: {kind: s, fails: {availability: 99.95 %}, offers: {x: {}}}}
flows: {f: {starts: {rate: RATE}, steps: [{call: a.x}]}}
"""


def burning(rate: str) -> dict[str, Burn]:
    made = plan(context(NEED.replace("RATE", rate)))
    return {a.name: a.condition for a in made.alerts if isinstance(a.condition, Burn)}


def test_burn_alerts_are_the_workbooks() -> None:
    """The Site Reliability Workbook, chapter 5, table 5-8: 14.4 within 1 h, 6 within 6 h, 1 within 3 days."""
    found = burning("50/s")
    assert {
        name: (burn.windows.long, burn.windows.short, pytest.approx(burn.rate), pytest.approx(burn.ratio))
        for name, burn in found.items()
    } == {
        "up-fast": (HOUR, HOUR / 12, 14.4, 0.0144),
        "up-slow": (6 * HOUR, HOUR / 2, 6.0, 0.006),
        "up-trend": (3 * DAY, 6 * HOUR, 1.0, 0.001),
    }


def test_a_page_also_says_how_often_it_begins_where_as_much_is_bad_as_allowed() -> None:
    made = alerts(plan(context(NEED.replace("RATE", "50/s"))))
    said = {name: of(made[f"up-{name}"], "false-alarms").derivation[2] for name in ("fast", "slow", "trend")}
    assert said["fast"].text == said["slow"].text == "a page: also where as much is bad as the need allows"
    assert said["fast"].value == "0.001"
    assert said["trend"].text.endswith("the budget does burn, and it begins a month")
    assert float(said["trend"].value) > 1.0  # nothing that a page may do


def test_windows_grow_until_a_burning_budget_can_be_told() -> None:
    """Of 10 % that may be bad, 14.4 times as much is more than all: two hours ask for 72 %."""
    wide = alerts(plan(context(NEED.replace("RATE", "1/s").replace("99.9 %", "90 %"))))["up-fast"]
    assert isinstance(wide.condition, Burn)
    assert (wide.condition.windows.long, pytest.approx(wide.condition.ratio)) == (2 * HOUR, 0.72)
    assert of(wide, "burn").value == pytest.approx(7.2)
    assert [line.value for line in of(wide, "threshold").derivation] == [
        "0.1", "2%", "2 h", "1 h asks for 1.44 bad runs of one", "7.2", "0.72",
    ]  # fmt: skip
    assert of(wide, "detection").value == pytest.approx(half_after(0.72 * 2 * HOUR, 1.0))
    assert [line.value for line in of(wide, "detection").derivation] == ["5184", "1"]
    few = alerts(plan(context(NEED.replace("RATE", "2/min"))))["up-fast"].refused
    assert few.startswith("1 h would begin 10 times a month by chance; 2 h would begin 19 times a month")
    assert few.endswith(": no window tells a burning budget from chance")
    # up to the last window within which the share of the budget is more than lasts: 2 % of 30 days, 5 % of them
    tried = alerts(plan(context(NEED.replace("RATE", "20/h"))))
    for name, windows in (("fast", ["1", "2", "3", "6", "12"]), ("slow", ["6", "12", "24"])):
        assert re.findall(r"([0-9.]+) h would begin", tried[f"up-{name}"].refused) == windows


def test_a_lost_part_burns_the_budget() -> None:
    """Whenever it is lost, so are all runs: each alert needs as many bad ones as its share of its window's."""
    made = context(NEED.replace("RATE", "50/s"))
    assert figure(made, "importance/f/components.a/birnbaum").value == 1.0
    (lost,) = (each for each in plan(made).signals if each.mode == "part-a")
    assert lost.figure is not None
    assert [(line.text, float(line.value.split()[0])) for line in lost.figure.derivation] == [
        ("errors-a after", pytest.approx(half_after(3, 50.0), rel=1e-3)),
        ("up-fast after", pytest.approx(half_after(0.0144 * 50 * HOUR, 50.0), rel=1e-3)),
        ("silence-f after", 60.0),
        ("up-slow after", pytest.approx(half_after(0.006 * 50 * 6 * HOUR, 50.0), rel=1e-3)),
        ("up-trend after", pytest.approx(half_after(0.001 * 50 * 3 * DAY, 50.0), rel=1e-3)),
    ]


def test_what_the_design_says_is_bad_of_each_kind_of_need() -> None:
    """1 % fails: 99 % of runs end well. Latency: 100 ms surely, so at most as many are slower as p99 leaves over."""
    made = context("""
needs:
  well: {measure: success/f, at_least: 95 %}
  seen: {measure: success/f@seen, at_least: 90 %}
  soon: {measure: latency/f/p95, at_most: 1 s}
  up: {measure: availability/f, at_least: 99 %}
components: {a: {kind: s, fails: {availability: 99.95 %}, offers: {x: {work: 100 ms, fails: 1 %}}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {mark: seen}]}}
""")
    for each in ("p95", "p99"):
        figure(made, f"latency/f/{each}")
    found = {each.need: each for each in plan(made).indicators}
    assert {name: (each.kind, each.objective, pytest.approx(each.allowed)) for name, each in found.items()} == {
        "well": ("success", 0.95, 0.05), "seen": ("success", 0.9, 0.1),
        "soon": ("latency", 0.95, 0.05), "up": ("availability", 0.99, 0.01),
    }  # fmt: skip
    assert (
        found["well"].likely == pytest.approx((0.01, 0.01)) == found["seen"].likely
    )  # of runs that find everything up
    assert found["up"].likely == pytest.approx((0.0005, 0.0005))
    assert found["soon"].likely == (0.0, pytest.approx(0.01))
    assert [
        (each.total.series, each.good and each.good.where, each.bad and each.bad.where)
        for each in found.values()
    ] == [
        ("flow_runs_total", (("flow", ("f",)), ("outcome", ("ok",))), None),
        ("flow_runs_total", (("flow", ("f",)), ("mark", ("seen",))), None),
        ("flow_reached_seconds_count", (("flow", ("f",)), ("mark", ("end",)), ("le", ("1.0",))), None),
        ("flow_runs_total", None, (("flow", ("f",)), ("outcome", ("unavailable",)))),
    ]  # fmt: skip


def test_shares_that_drift_are_told_as_published() -> None:
    """Montgomery, "Introduction to Statistical Quality Control": with k = 0.5 charts on both sides begin once in 370 at
    h = 4.77; a shift of one deviation is told after 8.4 at h = 4 and 10.4 at h = 5."""
    found = {each.name: each for each in drifts(context(DESK))}
    assert list(found) == ["care-guard-form", "care-guard-words", "returns-cache"]
    cache = {each.name.rpartition("/")[2]: each for each in found["returns-cache"].figures}
    assert cache["shift"].value == pytest.approx(math.sqrt(0.4 * 0.6 / 1440))
    assert cache["false-alarms"].value == pytest.approx(1 / (365 * DAY), rel=1e-3)
    assert cache["limit"].value == pytest.approx(4.77, abs=0.02)
    assert cache["detection"].value is not None and 8.4 < cache["detection"].value / DAY < 10.4
    for name, share, a_day in (("care-guard-form", 0.02, 2 * DAY), ("care-guard-words", 0.05, 2 * DAY)):
        assert found[name].figures[0].value == pytest.approx(math.sqrt(share * (1 - share) / a_day))
        assert len(found[name].figures[0].valid) == 1
    # fewer than ten events a day, whichever are rarer: 8.64 turned down, 14.4 that aren't
    for share, rate, lines in (("2 %", "0.3/min", 2), ("99 %", "1/min", 1), ("99.5 %", "1/min", 2)):
        few = DESK.replace("rate: 2/s", f"rate: {rate}").replace("rejects: 2 %", f"rejects: {share}")
        assert (
            len(
                next(drifts for drifts in drifts_of(few) if drifts.name == "care-guard-form").figures[0].valid
            )
            == lines
        )
    assert "care-guard-form" not in {
        each.name for each in drifts_of(DESK.replace("rejects: 2 %", "rejects: 100 %"))
    }
    assert "care-guard-form" not in {
        each.name for each in drifts_of(DESK.replace("rejects: 2 %", "rejects: unknown"))
    }
    assert drifts_of(DESK.replace("rate: 2/s", "rate: unknown").replace("rate: 1/min", "rate: unknown")) == ()


def drifts_of(text: str) -> tuple[Drift, ...]:
    return drifts(context(text))


def test_saturation_copies_and_work_by_hand() -> None:
    """Four threads of 20 ms stand 200 runs a second; 80 % of them are 96,000 in ten minutes."""
    made = alerts(
        plan(
            context("""
people: {ana: {title: Ana, hours: 30 h, count: 2 people}}
components: {a: {kind: s, threads: 4, offers: {x: {work: 20 ms}}}}
data: {case: {held_by: [a], backup: {every: 6 h}}}
flows:
  f:
    starts: {rate: 159/s}
    steps: [{call: a.x}, {choose: [{share: 1 %, steps: [{ask: ana, takes: 1 min}]}, {share: 99 %, steps: []}]}]
""")
        )
    )
    load = made["saturation-f"]
    assert isinstance(load.condition, Count) and load.condition.limit == 96_000
    assert of(load, "threshold").value == pytest.approx(160.0)
    assert of(load, "false-alarms").high == pytest.approx(159 * float(stats.poisson.pmf(95_999, 159 * 600)))
    assert (
        ends(of(made["copy-case"], "threshold"))
        == ends(of(made["copy-case"], "detection"))
        == (12 * HOUR,) * 3
    )
    assert of(made["queue-ana"], "threshold").value == 60 * HOUR
    # 1.59 of them a second, a minute each, keep 95.4 people busy: as many as 267 who work 60 hours of 168
    assert [line.value for line in of(made["queue-ana"], "threshold").derivation] == ["60 h", "267"]


def test_shares_of_runs_that_are_judged_are_evaluated() -> None:
    """Of needs on success those on a mark: a run that ends well is no answer to whether it was right."""
    made = context("""
needs:
  well: {measure: success/f, at_least: 50 %}
  seen: {measure: success/f@seen, at_least: 50 %}
components: {a: {kind: s, offers: {x: {work: 100 ms, fails: 10 %}}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {mark: seen}]}}
evaluations:
  whole: {judges: [flows.f], metric: seen, threshold: 50 %}
  part: {judges: [components.a.x], metric: seen, threshold: 50 %}
""")
    (found,) = evaluations(made)
    assert [each.name for each in found.sets] == ["whole"]
    assert (found.need, found.title, found.element, found.target) == ("seen", "seen of f", "flows.f", 0.5)
    assert found.expected == pytest.approx(0.9)
    # of 9 cases 8 are needed: P(8 of 9 at 0.5) = 10/512 and P(8 of 9 at 0.9) = 0.775; of 8 cases 7 of them
    (cases,) = found.figures
    law = {n: next(k for k in range(n + 2) if stats.binom(n, 0.5).sf(k - 1) <= 0.05) for n in range(1, 30)}
    power = {n: float(stats.binom(n, 0.9).sf(k - 1)) for n, k in law.items()}
    assert cases.value == max(n for n, p in power.items() if p < 0.8) + 1


@pytest.mark.parametrize(("seconds", "text"), [(60.0, "60.0"), (60, "60.0"), (0.25, "0.25"), (2.5, "2.5")])
def test_boundaries_are_written_as_prometheus_does(seconds: float, text: str) -> None:
    assert bucket(seconds) == text


def test_what_is_expected_of_a_quality_is_stated_and_of_a_mark_its_lower_end() -> None:
    made = context("""
needs:
  right: {measure: quality/a/right, at_least: 50 %}
  seen: {measure: success/f@seen, at_least: 50 %}
components:
  a:
    kind: s
    qualities: {right: {value: 92 %, known: 90 % .. 95 %}}
    offers: {x: {work: 100 ms, fails: {value: 10 %, known: 5 % .. 20 %}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {mark: seen}]}}
""")
    assert {each.need: each.expected for each in evaluations(made)} == {
        "right": pytest.approx(0.92), "seen": pytest.approx(0.8),
    }  # fmt: skip


def test_buckets_are_those_of_latency_needs_and_copies_have_an_age() -> None:
    made = context("""
needs:
  soon: {measure: latency/f/p95, at_most: 4 s}
  other: {measure: latency/g/p95, at_most: 7 s}
  back: {measure: recovery/case/rto, at_most: 8 s}
components: {a: {kind: s, offers: {x: {work: 1 ms}}}}
data: {case: {held_by: [a], backup: {every: 6 h}}, note: {held_by: [a]}, log: {held_by: [a]}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}, g: {steps: [{call: a.x}]}}
""")
    metrics = {metric.name: metric for metric in plan(made).metrics}
    assert set(metrics["flow_reached_seconds"].buckets) - set(metrics["component_call_seconds"].buckets) == {
        4.0
    }
    assert metrics["copy_age_seconds"].made_of == ("data.case",)
    # runs end in six ways at most, calls too; times have ten buckets and three more, one more for the need
    assert series(made.model).high == 6 + 14 + 6 + 13 + 1 + 1


def test_what_holds_people_is_withheld() -> None:
    model = context("""
data: {case: {class: Personal data}, notes: {class: public}, ill: {class: health}}
components: {a: {kind: s, offers: {x: {}}}}
flows: {f: {steps: [{call: a.x}]}}
""").model
    assert withheld(model) == ("data.case", "data.ill")
