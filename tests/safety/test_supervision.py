"""Content policy, audit trail and switches: figures against counting by hand and a simulated screening test."""

from __future__ import annotations

import random

import pytest
from safety_reading import context
from test_threats import DESK

from groma.analyses import figure
from groma.analyses.content import shares
from groma.analyses.stopping import longest_away
from groma.analyses.threats import about, obligations, safety_of, traced
from groma.model.load import loads
from groma.model.position import ModelError
from groma.model.program import Guard

HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"
MONTH = 730 * 3600.0

BLOCKED = DESK.replace(
    "{call: bot.say}",
    "{call: bot.say, guard: [{name: wording, blocks: [promises], rejects: 9 %, misses: 20 %, false_alarms: 5 %}], "
    "fallback: [{ask: ben, takes: 6 min}, {stop: ok}]}",
)


def guard(rejects: str, misses: str, alarms: str) -> Guard:
    model = loads(
        HEAD
        + BLOCKED.replace(
            "rejects: 9 %, misses: 20 %, false_alarms: 5 %",
            f"rejects: {rejects}, misses: {misses}, false_alarms: {alarms}",
        )
    )
    return model.flows["care"].steps[1].policies.guards[0]


def value(body: str, measure: str) -> float | None:
    return figure(context(body), measure).value


# --- content policy ---------------------------------------------------------------------------------------------------


def test_what_is_wrongly_turned_down_is_that_of_a_simulated_screening_test() -> None:
    """Rogan and Gladen's estimate against a million results of which the truth is known."""
    rng = random.Random(7)
    bad_share, misses, alarms, n = 0.08, 0.2, 0.05, 400_000
    down = wrong = through = 0
    for _ in range(n):
        if rng.random() < bad_share:
            caught = rng.random() >= misses
            down, through = down + caught, through + (not caught)
        else:
            alarm = rng.random() < alarms
            down, wrong = down + alarm, wrong + alarm
    found = shares(guard(f"{100 * down / n} %", "20 %", "5 %"))
    assert found is not None and found.false_alarms.value is not None and found.let_through.value is not None
    assert found.false_alarms.value == pytest.approx(wrong / n, rel=0.03)
    assert found.let_through.value == pytest.approx(through / n, rel=0.06)


def test_the_ends_are_those_of_every_corner() -> None:
    found = shares(guard("{value: 9 %, known: 7 % .. 11 %}", "{value: 20 %, known: 10 % .. 30 %}",
                         "{value: 4 %, known: 2 % .. 6 %}"))  # fmt: skip
    assert found is not None

    def split(t: float, m: float, f: float) -> tuple[float, float]:
        bad = (t - f) / (1 - m - f)
        return (1 - bad) * f, bad * m

    corners = [split(t, m, f) for t in (0.07, 0.11) for m in (0.1, 0.3) for f in (0.02, 0.06)]
    assert found.false_alarms.low == pytest.approx(min(c[0] for c in corners))
    assert found.false_alarms.high == pytest.approx(max(c[0] for c in corners))
    assert found.let_through.low == pytest.approx(min(c[1] for c in corners))
    assert found.let_through.high == pytest.approx(max(c[1] for c in corners))


@pytest.mark.parametrize(("rejects", "misses"), [("3 %", "20 %"), ("90 %", "20 %")])
def test_shares_that_contradict_each_other_give_no_figure(rejects: str, misses: str) -> None:
    """Fewer turned down than the false alarms alone, or more than if everything were bad."""
    assert shares(guard(rejects, misses, "5 %")) is None
    body = BLOCKED.replace("rejects: 9 %", f"rejects: {rejects}")
    found = figure(context(body), "content/care/false_alarms")
    assert found.value is None and found.high is None and "contradict" in found.reason


def test_a_month_of_the_policy_is_counted() -> None:
    rate = 10 / 60
    bad = (0.09 - 0.05) / (1 - 0.2 - 0.05)
    alarms = rate * (1 - bad) * 0.05
    assert value(BLOCKED, "content/care/turned_down") == pytest.approx(rate * 0.09)
    assert value(BLOCKED, "content/care/false_alarms") == pytest.approx(alarms)
    assert value(BLOCKED, "content/care/let_through") == pytest.approx(rate * bad * 0.2)
    assert value(BLOCKED, "content/care/people") == pytest.approx(alarms * 360 * MONTH / 3600)
    # a retry that is turned down and asked again is checked as often as it is tried: 1 + 9 %
    again = BLOCKED.replace("guard: [", "retry: {times: 1, on: [rejected]}, guard: [")
    assert value(again, "content/care/turned_down") == pytest.approx(rate * 0.09 * 1.09)


def test_what_checking_takes_and_costs() -> None:
    body = BLOCKED.replace("rejects: 9 %", "takes: 2 s, steps: [{call: spare.judge}], rejects: 9 %").replace(
        "spare: {kind: llm, supplier: other, place: here, offers: {say: {work: 1 s}}}",
        "spare: {kind: llm, supplier: other, place: here, offers: {judge: {work: 3 s, price: 0.01 EUR}, "
        "say: {work: 1 s}}}",
    )
    assert value(body, "content/care/takes") == pytest.approx(2 + 3)
    assert value(body, "content/care/cost") == pytest.approx(10 / 60 * MONTH * 0.01)
    assert value(BLOCKED, "content/care/cost") == 0.0


def test_a_way_out_without_the_guard_is_one_way_past() -> None:
    assert value(BLOCKED, "unblocked/promises") == 0.0
    second = BLOCKED + "  remind: {steps: [{call: bot.say}, {call: post.send}]}\n"
    assert value(second, "unblocked/promises") == 1.0
    assert (
        value(second, "unblocked/promises@in") == 1.0
    )  # mails of strangers reach the model, unblocked, in `care`
    assert value(BLOCKED, "unblocked/insults") == 2.0  # nothing blocks them: in and out


@pytest.mark.parametrize(("other", "past"), [("insults", 0.0), ("promises", 1.0)])
def test_each_way_may_have_a_guard_of_its_own(other: str, past: float) -> None:
    ways = (
        "{choose: [{share: 0.4, steps: [{call: bot.say, guard: [{name: first, blocks: [insults]}]}]}, "
        f"{{share: 0.6, steps: [{{call: spare.say, guard: [{{name: second, blocks: [{other}]}}]}}]}}]}}"
    )
    assert value(DESK.replace("{call: bot.say}", ways), "unblocked/insults@out") == past


def test_what_counts_on_the_way_in_and_on_the_way_out() -> None:
    screened = DESK.replace(
        "{call: crm.find}", "{call: crm.find, guard: [{name: screen, blocks: [insults]}]}"
    )
    assert value(screened, "unblocked/insults") == value(screened, "unblocked/insults@in") == 0.0
    assert (
        value(screened, "unblocked/insults@out") == 1.0
    )  # a screen before the model says nothing of what it writes
    read = screened.replace("{call: post.send}", "{ask: ana, approves: [mail]}\n      - {call: post.send}")
    assert value(read, "unblocked/insults@out") == 0.0  # somebody reads each and says yes
    other = read.replace("reaches_out: true", "reaches_out: true, impact: letter")
    assert value(other, "unblocked/insults@out") == 1.0  # to something else


# --- audit trail ------------------------------------------------------------------------------------------------------

TRAIL = (
    DESK.replace(
        "note: {work: 1 s, effect: idempotent, response: {}}",
        "note: {work: 1 s, effect: keyed, response: {}}",
    )
    .replace(
        "    place: here\n    offers: {find",
        "    place: here\n    price: {stored: 0.5 EUR/GB/month}\n    offers: {find",
    )
    .replace(
        "data:\n",
        "data:\n  trail: {title: Trail of refunds, owner: ana, held_by: [crm], records: [refund], kept_for: 200 d, "
        "size: 1 GB}\n",
    )
    + "      - {call: crm.note, carries: [trail], sizes: {record: 4 kB}}\n"
)


def test_bytes_and_money_of_a_record() -> None:
    rate = 10 / 60 * 4000
    assert value(TRAIL, "records/trail/month") == pytest.approx(rate * MONTH)
    assert value(TRAIL, "records/trail/stored") == pytest.approx(rate * 200 * 86400)  # Little's law
    assert value(TRAIL, "records/trail/cost") == pytest.approx(rate * 200 * 86400 / 1e9 * 0.5)
    assert value(TRAIL, "records/trail/kept") == 200 * 86400
    grows = TRAIL.replace(", sizes: {record: 4 kB}", "").replace("size: 1 GB", "size: 1 GB, grows: 1 MB/day")
    assert value(grows, "records/trail/month") == pytest.approx(1e6 / 86400 * MONTH)
    unknown = figure(context(TRAIL.replace(", sizes: {record: 4 kB}", "")), "records/trail/month")
    assert unknown.value is None and "data.trail.grows" in unknown.missing[0]


def test_a_record_costs_nothing_more_where_its_holder_is_paid_by_the_month_alone() -> None:
    """As stated; where nobody says what the holder costs, or not how much, it isn't known."""
    paid = TRAIL.replace("{stored: 0.5 EUR/GB/month}", "20 EUR/month")
    found = figure(context(paid), "records/trail/cost")
    assert (found.low, found.value, found.high) == (0.0, 0.0, 0.0)
    assert any("by the month" in each for each in found.valid)
    for price in ("{}", "{month: unknown}"):
        unknown = figure(context(TRAIL.replace("{stored: 0.5 EUR/GB/month}", price)), "records/trail/cost")
        assert unknown.high is None and any("crm.price" in each for each in unknown.missing)
    both = TRAIL.replace("{stored: 0.5", "{month: 20 EUR, stored: 0.5")
    assert value(both, "records/trail/cost") == value(TRAIL, "records/trail/cost")


NOTE = "      - {call: crm.note, carries: [trail], sizes: {record: 4 kB}}\n"


@pytest.mark.parametrize(
    ("instead", "always"),
    [
        (NOTE, True),
        ("      - {steps: [{call: crm.note, carries: [trail]}]}\n", True),
        ("      - {parallel: [[{call: crm.note, carries: [trail]}], [{call: bot.say}]], join: all}\n", True),
        ("      - {parallel: [[{call: crm.note, carries: [trail]}], [{call: bot.say}]], join: 1}\n", False),
        ("      - {choose: [{share: 50 %, steps: [{call: crm.note, carries: [trail]}]}, {share: 50 %, steps: "
         "[]}]}\n", False),
        ("      - {choose: [{share: 50 %, steps: [{call: crm.note, carries: [trail]}]}, {share: 50 %, steps: "
         "[{call: crm.note, carries: [trail]}]}]}\n", True),
        ("      - {call: crm.note, carries: [trail], fallback: [{ask: ben}]}\n", False),
        ("      - {call: crm.note}\n", False),
        ("      - {call: post.send, carries: [trail]}\n", False),
        ("      - {stop: ok}\n" + NOTE, True),
        ("      - {repeat: {until: 50 %, at_most: 2, steps: [{call: crm.note, carries: [trail]}]}}\n", True),
    ],
)  # fmt: skip
def test_a_record_counts_where_every_run_writes_it(instead: str, always: bool) -> None:
    assert NOTE in TRAIL
    body = TRAIL.replace(NOTE, instead)
    kinds = {
        c.kind for a in safety_of(context(body)).answers if a.threat.id == "no-trace" for c in a.controls
    }
    assert ("record" in kinds) is always


def test_an_effect_inside_a_stopped_branch_leaves_no_later_record() -> None:
    inside = "      - {choose: [{share: 50 %, steps: [{call: shop.refund}, {stop: ok}]}, {share: 50 %, steps: []}]}\n"
    body = TRAIL.replace("      - {call: shop.refund}\n", inside)
    assert any(a.gap for a in safety_of(context(body)).answers if a.threat.id == "no-trace")
    before = body.replace(NOTE, "").replace(inside, NOTE + inside)
    assert not any(a.gap for a in safety_of(context(before)).answers if a.threat.id == "no-trace")


def test_articles_on_records_look_at_them() -> None:
    asked = {o.id: o for o in obligations(context("regulated: [credit]\n" + TRAIL))}
    assert (asked["AI Act 12"].verdict, asked["AI Act 19"].verdict) == ("met", "met")
    bare = {o.id: o for o in obligations(context("regulated: [credit]\n" + TRAIL.replace(NOTE, "")))}
    assert "leaves no record" in bare["AI Act 12"].gaps[0][1] and bare["AI Act 19"].verdict == "met"
    short = {o.id: o for o in obligations(context("regulated: [credit]\n" + TRAIL.replace("200 d", "90 d")))}
    assert short["AI Act 19"].verdict == "gap" and short["AI Act 12"].verdict == "gap"


# --- switches ---------------------------------------------------------------------------------------------------------

SWITCH = (
    "needs: {works: {measure: success/care, at_least: 99 %%}}\n"
    + DESK.replace("ben: {}", "ben: {works: [Mon-Fri 09:00-17:00]}")
    + "controls: {off: {title: The mails stop, against: [rogue], stops: [%s], by: [ben], within: 10 min, test: drill, "
    "signal: switch.used}}\n"
)


def test_the_longest_time_without_anybody() -> None:
    model = context(SWITCH % "components.post").model
    assert longest_away(model, ("ben",)) == (24 - 17 + 48 + 9) * 3600.0
    assert longest_away(model, ("ben", "ana")) == 0.0  # ana is always there unless stated
    two = loads(
        HEAD
        + "people: {a: {works: [Mon-Fri 06:00-14:00]}, b: {works: [Mon-Sat 13:00-22:00, Sun 12:00-20:00]}}\n"
    )
    assert longest_away(two, ("a", "b")) == 15 * 3600.0  # from Friday 22:00 to Saturday 13:00


def test_time_until_it_stands_still_and_what_happens_until_then() -> None:
    there = context(SWITCH % "components.post")
    attended, worst, effects = (figure(there, f"stopping/care/{w}") for w in ("attended", "worst", "effects"))
    told = [there.ledger[name] for name in attended.inputs if name.endswith("/detection")]
    assert len(told) == 1 and told[0].value is not None
    assert attended.value == pytest.approx(told[0].value + 600)
    assert worst.low == pytest.approx(told[0].value + 600) and worst.high == pytest.approx(
        told[0].value + 600 + 64 * 3600
    )
    assert effects.high == pytest.approx(
        10 / 60 * (worst.high or 0.0)
    )  # one mail a run; the refund isn't stopped
    both = figure(context(SWITCH % "components.bot"), "stopping/care/effects")
    assert both.high == pytest.approx(2 * (effects.high or 0.0))  # without the model's words neither happens


@pytest.mark.parametrize(
    ("stops", "bare"),
    [
        ("components.post", {"4"}),
        ("components.post.offers.send, components.shop.offers.refund", set[str]()),
        ("flows.care", set[str]()),
        ("components.bot", set[str]()),
        ("components.crm", {"3", "4"}),
    ],
)
def test_a_switch_stands_against_what_it_stops(stops: str, bare: set[str]) -> None:
    answers = safety_of(context(SWITCH % stops)).answers
    assert {a.place.element.rpartition(".")[2] for a in answers if a.threat.id == "no-stop" and a.gap} == bare


def test_from_threat_to_switch_to_test_to_signal() -> None:
    chains = about(traced(context(SWITCH % "components.post")), "no-stop")
    found = next(c for c in chains if c.control == "controls.off")
    assert (found.kind, found.test, found.signals[0]) == ("switch", "drill", "switch.used")
    record = next(c for c in about(traced(context(TRAIL)), "no-trace") if c.kind == "record")
    assert 'record.missing{data="trail"}' in record.signals and "ten rows" in record.test


def test_needs_reach_what_they_ask_for() -> None:
    needs = (
        "needs:\n  kept: {measure: records/trail/kept, at_least: 6 months}\n"
        "  polite: {measure: unblocked/promises, at_most: 0}\n"
    )
    body = needs + TRAIL.replace("{call: bot.say}", "{call: bot.say, guard: [{name: w, blocks: [promises]}]}")
    chains = traced(context(body))
    assert "record" in {c.kind for c in chains if "needs.kept" in c.needs}
    assert "output check" in {c.kind for c in chains if "needs.polite" in c.needs}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (SWITCH % "components.pots", "did you mean `components.post`"),
        (SWITCH % "components.post.sendd", "controls.off.stops"),
        ((SWITCH % "components.post").replace("by: [ben], ", ""), "controls.off.by: say who"),
        (TRAIL.replace("records: [refund]", "records: [refnd]"), "did you mean `refund`"),
    ],
)
def test_what_isnt_there_is_told(body: str, told: str) -> None:
    with pytest.raises(ModelError) as error:
        loads(HEAD + body)
    assert told in str(error.value)
