"""What is watched of a small desk, counted by hand: calls, guards, pauses, spans, series, and who is told first."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from analyses.given import context, opened
from groma.analyses import figure
from groma.analyses.observability import plan
from groma.analyses.observability.metrics import instruments, language_models, steps_of
from groma.analyses.observability.span_sizes import encoded_bytes
from groma.analyses.observability.storage import series
from groma.analyses.observability.tracing import spans, volume
from observability.by_hand import DAY, DESK, LOOKS, MONTH, alerts, ends, half_after, least_count, of


def test_calls_that_go_wrong_are_counted_by_hand() -> None:
    """Of two calls of `take` a second 2 % are turned away, and of the others 1 % fail; all calls of a part count."""
    found = alerts(plan(context(DESK)))
    web, bad = found["errors-web"], 2 * 0.02 + 2 * 0.98 * 0.01
    limit = least_count(bad, 600.0)
    assert ends(of(web, "threshold")) == (limit,) * 3
    assert of(web, "window").value == 600.0
    assert ends(of(web, "detection")) == pytest.approx((half_after(limit, LOOKS + 2),) * 3)
    alarms = bad * float(stats.poisson.pmf(limit - 1, bad * 600))
    assert ends(of(web, "false-alarms")) == (pytest.approx(alarms), None, pytest.approx(alarms))
    assert found["errors-bus"].figures[0].value == 3.0  # nothing fails by what is stated: three at least
    assert of(found["errors-bus"], "detection").value == pytest.approx(half_after(3, 2.0))
    assert of(web, "threshold").derivation[0].value == "6.01 to 6.01"


def one_call(rate: str, of: str = "") -> str:
    """A flow of one call that comes at a rate."""
    return (
        f"components: {{a: {{kind: s, offers: {{x: {{{of}}}}}}}}}\n"
        f"flows: {{f: {{starts: {{rate: {rate}}}, steps: [{{call: a.x}}]}}}}\n"
    )


@pytest.mark.parametrize(
    ("rate", "window"),
    [("1/min", 600.0), ("13/h", 1800.0), ("7/h", 3600.0), ("1/h", 6 * 3600.0), ("8/day", DAY)],
)
def test_windows_are_the_shortest_of_which_half_is_enough(rate: str, window: float) -> None:
    """Three calls are half of what comes in the window: six in 10 min, half an hour, an hour, a quarter, a day."""
    assert of(alerts(plan(context(one_call(rate))))["errors-a"], "window").value == window


def test_too_few_calls_and_unknown_shares_are_refused() -> None:
    few = alerts(plan(context(one_call("5/day"))))["errors-a"]
    assert few.refused == "even in a day chance gives as many errors as an outage: too few calls"
    unknown = alerts(plan(context(one_call("1/s", "fails: unknown"))))["errors-a"]
    assert unknown.refused == "not stated: components.a.offers.x.fails"


def test_guards_of_one_step_have_limits_of_their_own() -> None:
    found = alerts(plan(context(DESK)))
    for name, share in (("form", 0.02), ("words", 0.05)):
        limit = least_count(2 * share, DAY)
        guard = found[f"guard-care-{name}"]
        assert ends(of(guard, "threshold")) == (limit,) * 3
        alarms = 2 * share * float(stats.poisson.pmf(limit - 1, 2 * share * DAY))
        assert ends(of(guard, "false-alarms")) == (pytest.approx(alarms), None, pytest.approx(alarms))
        assert of(guard, "threshold").derivation[0].value == f"{2 * share * DAY:.4g} to {2 * share * DAY:.4g}"
    unknown = alerts(plan(context(DESK.replace("rejects: 5 %", "rejects: unknown"))))["guard-care-words"]
    assert unknown.refused == "not stated: flows.care.steps.1.guard.2.rejects"


def test_what_is_done_twice_is_asked_twice_and_all_operations_fail_together() -> None:
    text = """
components: {a: {kind: s, offers: {x: {fails: 1 %}, y: {fails: 2 %}}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{do: g}, {do: g}, {call: a.y}]}
  g: {steps: [{call: a.x, guard: [{name: form, rejects: 2 %}], fallback: []}]}
"""
    found = alerts(plan(context(text)))
    assert of(found["guard-f-form"], "threshold").value == least_count(2 * 0.02, DAY)
    lines = of(found["errors-a"], "threshold").derivation
    assert [line.value for line in lines[:2]] == ["3 to 3", "0.04 a second"]


def test_pauses_that_come_once_a_month_are_silence() -> None:
    """Once a minute, a pause of w comes exp(-w / 60) / 60 times a second: 641 s once a month, 11 whole minutes."""
    silent = alerts(plan(context(DESK)))["silence-returns"]
    assert ends(of(silent, "window")) == ends(of(silent, "detection")) == (660.0,) * 3
    assert ends(of(silent, "false-alarms")) == (
        pytest.approx(math.exp(-11) / 60), None, pytest.approx(math.exp(-11) / 60)
    )  # fmt: skip
    assert of(alerts(plan(context(DESK)))["silence-care"], "window").value == 60.0
    rare = alerts(plan(context(DESK.replace("1/min}", "5/day}"))))["silence-returns"]
    assert rare.refused == "quiet times of more than a day are nothing unusual at this rate"


def test_spans_of_a_month_counted_by_hand() -> None:
    """Those turned away leave a span, too: five of a run of `care`; of `returns` 1 + 0.6 + 0.1 + 2."""
    found = {each.name: ends(each) for each in volume(context(DESK))}
    assert found["traces/care/spans"] == pytest.approx((5.0,) * 3)
    assert found["traces/returns/spans"] == pytest.approx((3.7,) * 3)
    assert found["traces/care/share"] == found["traces/returns/share"] == (0.25,) * 3
    assert found["traces/month/spans"] == pytest.approx(((2 * 5 + 3.7 / 60) * MONTH,) * 3)
    kept = (2 * 5 * 0.25 + 3.7 / 60 * (0.1 + 0.9 * 0.25)) * MONTH
    assert found["traces/month/kept"] == pytest.approx((kept,) * 3)


def test_runs_that_ask_twice_are_kept_no_more_than_all_of_them() -> None:
    """A question of one run in ten and one of each other: 60 % of them at the most, and a quarter of the rest."""
    text = DESK.replace(
        "      - {call: writer.write",
        """\
      - choose: [{share: 50 %, steps: [{ask: ana, takes: 1 min}]}, {share: 50 %, steps: []}]
      - {call: writer.write""",
    )
    found = {each.name: ends(each) for each in volume(context(text))}
    kept = (2 * 5 * 0.25 + 4.2 / 60 * (0.6 + 0.4 * 0.25)) * MONTH
    assert found["traces/month/kept"] == pytest.approx((kept,) * 3)


def test_a_thousand_ordinary_runs_a_day_are_kept_where_nothing_is_stated() -> None:
    found = {each.name: each for each in volume(context(DESK.replace("telemetry: {keeps: 25 %}", "")))}
    assert found["traces/care/share"].value == pytest.approx(1000 / (2 * DAY))
    assert found["traces/returns/share"].value == pytest.approx(1000 / 1440)
    assert [line.value for line in found["traces/care/share"].derivation] == ["1.728e+05", "1000"]
    stated = next(each for each in volume(context(DESK)) if each.name == "traces/care/share")
    assert [line.value for line in stated.derivation] == ["1.728e+05", "0.25"]


def test_the_least_that_traces_take_counted_by_hand() -> None:
    """Runs, calls and questions at the least that a message with their required attributes takes."""
    own = [("groma.flow", 1), ("groma.step", 1), ("peer.service", 1), ("error.type", 1)]

    def call(name: str) -> int:
        return encoded_bytes(len(name), [(len(key), n) for key, n in own])

    def run(name: str) -> int:
        return encoded_bytes(len(name), [(len("groma.flow"), 1), (len("groma.outcome"), 1)], root=True)

    text = DESK.replace("writer.write, ", "web.look, ").replace("      - call: writer.check\n", "")
    ask = encoded_bytes(
        len("ask ana"), [(len(key), 1) for key in ("groma.flow", "groma.step", "groma.answer")]
    )
    # of a part's operations the one with the shortest span: both names of `web` are as long
    care = run("care") + 3 * call("web.look") + call("bus.put")
    returns = run("returns") + (0.6 + 1) * call("web.look") + 0.1 * ask
    found = figure(context(text), "telemetry/traces/unsampled")
    assert found.low == pytest.approx((2 * care + returns / 60) * MONTH)


def test_series_of_two_flows_counted_by_hand() -> None:
    """Histograms have a series for each of ten buckets, one for the rest, their sum and their count."""
    text = DESK.replace("call: writer.check", "{call: writer.check, cache: {hits: 10 %, takes: 1 ms}}")
    found = series(context(text).model)
    runs, reached, calls = 2, 3 * 13, 5 + 5 * 13  # a mark, two ends; five operations
    tokens, times, spent = 2 * 2 * 13, 2 * 13, 1  # of two operations of a model, in and out
    assert found.low == runs + reached + calls + 2 + 2 + tokens + times + spent
    # ten ends of runs and calls are known at most; guards and caches say two things, three steps fall back
    ends_ = 6
    high = 2 * ends_ + reached + 5 * ends_ + 5 * 13 + 2 * 2 + 2 * 2 + 3 + tokens + times + 3 + 2
    assert found.high == high and found.value is None


def test_lost_parts_are_told_by_the_quickest_alert() -> None:
    made = plan(context(DESK))
    signals = {each.mode: each for each in made.signals}
    assert [m for m in signals if m.startswith("part-")] == ["part-bus", "part-web", "part-writer"]
    web = signals["part-web"]
    assert (web.title, web.element, web.alert) == ("Web is lost", "components.web", "errors-web")
    assert web.others == ("silence-care", "silence-returns")  # both flows call it first
    assert web.figure is not None
    limit = least_count(2 * 0.02 + 2 * 0.98 * 0.01, 600.0)
    assert ends(web.figure) == pytest.approx((half_after(limit, LOOKS + 2),) * 3)
    assert [line.text for line in web.figure.derivation] == [
        "errors-web after", "silence-care after", "silence-returns after",
    ]  # fmt: skip
    assert signals["part-bus"].others == () == signals["part-writer"].others
    assert (signals["queue-ana"].alert, signals["cost-hour"].alert) == ("queue-ana", None)
    assert signals["queue-ana"].figure is not None and signals["queue-ana"].figure.value == 7 * DAY
    assert figure(context(DESK), "first/part-web").value == web.figure.value
    with pytest.raises(ValueError, match=r"`first/none` isn't one of .* \(first/guard-care-form, first/"):
        figure(context(DESK), "first/none")


def test_parts_that_are_open_are_not_instrumented_yet() -> None:
    text = """
components: {a: {kind: s, offers: {x: {}}}, b: {kind: s, offers: {x: {}}}, c: {kind: s, offers: {x: {}}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {call: c.x}]}}
"""
    made = {
        metric.name: metric for metric in instruments(opened(text, "a", "store", one="b", other="b").model)
    }
    assert made["component_calls_total"].made_of == ("components.c",)


def test_flows_that_are_done_in_place_count_once() -> None:
    """Also where one does another that it is done by itself."""
    model = context("""
components:
  a: {kind: s, offers: {x: {}}}
  paid: {kind: s, offers: {y: {price: {call: 1 EUR}}}}
  read: {kind: s, offers: {y: {price: {input: 1 EUR/Mtoken}}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{do: g}, {do: g}, {call: a.x}]}
  g: {steps: [{call: paid.y}]}
""").model
    steps = steps_of(model, model.flows["f"])
    assert [step.path for step in steps] == [
        "flows.f.steps.1", "flows.f.steps.2", "flows.f.steps.3", "flows.g.steps.1",
    ]  # fmt: skip
    assert language_models(model) == ("read",)  # the other is paid by the call


def test_spans_of_models_have_attributes_that_the_conventions_ask_for() -> None:
    """Of an inference the first two are required; what people wrote is opted into, and is left out."""
    made = context(DESK)
    (span,) = (each for each in spans(made.model, made.catalog) if each.name == "chat writer")
    assert span.attributes[:3] == (
        ("gen_ai.operation.name", "required"), ("gen_ai.provider.name", "required"),
        ("error.type", "conditionally_required"),
    )  # fmt: skip
    assert {level for _, level in span.attributes} == {"required", "conditionally_required", "recommended"}
    assert not any("messages" in name for name, _ in span.attributes)


def test_what_is_only_sent_to_is_instrumented_and_models_have_metrics_of_their_own() -> None:
    made = {metric.name: metric for metric in plan(context(DESK)).metrics}
    assert made["component_calls_total"].made_of == ("components.bus", "components.web", "components.writer")
    assert made["gen_ai_client_token_usage"].made_of == ("components.writer",)
    assert made["component_calls_total"].series == ("component_calls_total",)
    assert made["component_call_seconds"].series == (
        "component_call_seconds_bucket", "component_call_seconds_count", "component_call_seconds_sum",
    )  # fmt: skip
    assert made["cache_lookups_total"].made_of == ("flows.returns.steps.1",)
    assert made["fallbacks_total"].made_of == (
        "flows.care.steps.1", "flows.care.steps.3", "flows.returns.steps.4",
    )  # fmt: skip
