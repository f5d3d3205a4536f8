"""Who stops it and when, and which effects surely leave a record: by hand, where less than all is known."""

from __future__ import annotations

import pytest
from safety_reading import context
from test_supervision import MONTH, NOTE, SWITCH, TRAIL
from test_threats import DESK

from groma.analyses import figure
from groma.analyses.records import proven, records_of
from groma.analyses.stopping import then
from groma.model.figure import Figure
from groma.model.program import Step


def ends(body: str, measure: str) -> tuple[float | None, float | None, float | None]:
    found = figure(context(body), measure)
    return found.low, found.value, found.high


# --- switches ---------------------------------------------------------------------------------------------------------


def switch(what: str, body: str = SWITCH % "components.post") -> Figure:
    return figure(context(body), f"stopping/care/{what}")


def test_the_fastest_page_tells() -> None:
    """14.4 % bad of an hour's 600 runs before 6 % of six hours' 3600: 87 before 216, at one each six seconds."""
    used = [name for name in switch("attended").inputs if name.endswith("/detection")]
    assert used == ["alerts/works-fast/detection"]
    assert switch("attended").low == pytest.approx(
        600 + 87 * 6, rel=0.01
    )  # the median of so many is near their mean


def test_what_is_always_there_waits_for_nobody_and_a_law_takes_its_most() -> None:
    there = SWITCH.replace("by: [ben]", "by: [ana]") % "components.post"
    assert switch("worst", there).value == switch("attended", there).value
    assert switch("worst").value is None  # somewhere between at once and 64 hours later
    varies = there.replace("within: 10 min", 'within: "uniform(5 min, 15 min)"')
    told = (switch("attended", there).value or 0.0) - 600
    assert switch("attended", varies).value == pytest.approx(told + 600)
    assert (switch("worst", varies).value, switch("worst", varies).high) == (None, pytest.approx(told + 900))


def test_figures_of_switches_are_named_by_what_they_are() -> None:
    of = {what: switch(what) for what in ("attended", "worst", "effects")}
    assert [each.unit for each in of.values()] == ["s", "s", "1"]
    assert of["worst"].method == "times one after the other"
    assert of["effects"].method == "rate of the busiest hour times that time"
    none = {what: switch(what, DESK_ALONE) for what in of}
    assert [each.unit for each in none.values()] == ["s", "s", "1"]
    assert {each.reason for each in none.values()} == {"no switch is stated"}


DESK_ALONE = (SWITCH % "components.post").partition("controls:")[0]


def test_a_switch_counts_for_the_flow_that_it_stops() -> None:
    """A flow that only asks is stopped by its name; another isn't."""
    talk = "  talk: {starts: {rate: 1/h}, steps: [{ask: ana, takes: 1 min}]}\n"
    body = SWITCH.replace("controls:", talk + "controls:") % "flows.talk"
    assert figure(context(body), "stopping/talk/attended").reason != "no switch is stated"
    assert figure(context(body), "stopping/care/attended").reason == "no switch is stated"


def test_ends_that_nobody_knows_are_not_shown() -> None:
    no_need = SWITCH.partition("\n")[2] % "components.post"
    found = switch("attended", no_need)
    assert (found.low, found.value, found.high) == (600.0, None, None)
    unknown = switch("attended", no_need.replace("within: 10 min", "within: unknown"))
    assert (unknown.low, unknown.high) == (None, None)
    rare = (SWITCH % "components.post").replace(
        "{call: post.send}",
        "{choose: [{share: {value: 5 %, known: 0 % .. 10 %}, steps: [{call: post.send}]}, "
        "{share: {value: 95 %, known: 90 % .. 100 %}, steps: []}]}",
    )
    found = switch("effects", rare)
    assert found.low == 0.0 and found.high is not None and found.high > 0.0


def test_the_nearest_fallback_stands_in() -> None:
    model = context(
        SWITCH.replace(
            "{call: post.send}",
            "{fallback: [{ask: ana}], steps: [{fallback: [{ask: ben}], steps: [{call: post.send}]}]}",
        )
        % "components.post"
    ).model
    outer: Step = model.flows["care"].steps[2]
    inner = outer.action.steps[0]  # pyright: ignore
    assert then((outer, inner)) == inner.policies.fallback
    assert then((outer, inner.action.steps[0])) == outer.policies.fallback
    assert then(()) is None


# --- records ----------------------------------------------------------------------------------------------------------

REFUND = "      - {call: shop.refund}\n"
FLOWS = "  noting: {steps: [{call: crm.note, carries: [trail]}]}\n"
FILED = (
    "shop: {kind: tool, place: here, offers: {file: {steps: [{call: crm.note, carries: [trail]}]}, refund: "
)
REFUNDING = "desk: {kind: tool, offers: {pay: {steps: [{call: shop.refund}]}}}\n  shop: {"


@pytest.mark.parametrize(
    ("instead", "surely"),
    [
        (REFUND + "      - {do: noting}\n", True),
        (REFUND + "      - {call: shop.file}\n", True),
        (REFUND + "      - {call: shop.file, fallback: [{ask: ben}]}\n", False),
        ("      - {send: shop.refund}\n" + NOTE, True),
        (REFUND + "      - {send: crm.note, carries: [trail]}\n", True),
        ("      - {call: desk.pay}\n" + NOTE, True),
        ("      - {call: desk.pay}\n", False),
        (REFUND + "      - {repeat: {times: 0 .. 3, steps: [{call: crm.note, carries: [trail]}]}}\n", False),
        (REFUND + "      - {repeat: {times: 2, steps: [{call: crm.note, carries: [trail]}]}}\n", True),
        ("      - {parallel: [[{call: shop.refund}], [{call: crm.note, carries: [trail]}]], join: all}\n", True),
        ("      - {parallel: [[{call: shop.refund}], [{call: crm.note, carries: [trail]}]], join: 1}\n", False),
        # a fallback that writes none may step in before it is written, but not after
        ("      - {fallback: [{ask: ben}], steps: [{call: shop.refund}, {call: crm.note, carries: [trail]}]}\n", False),
        ("      - {fallback: [{ask: ben}], steps: [{call: crm.note, carries: [trail]}, {call: shop.refund}]}\n", True),
        ("      - {fallback: [{call: crm.note, carries: [trail]}], "
         "steps: [{call: shop.refund}, {call: crm.note, carries: [trail]}]}\n", True),
        ("      - {fallback: [{ask: ben}], steps: [{steps: [{call: shop.refund}, "
         "{call: crm.note, carries: [trail]}]}]}\n", False),
        ("      - {fallback: [{ask: ben}], steps: [{call: shop.refund}, {call: crm.note, carries: [trail]}]}\n" + NOTE,
         True),
        ("      - {call: bot.say, fallback: [{call: shop.refund}, {call: crm.note, carries: [trail]}]}\n", True),
    ],
)  # fmt: skip
def test_an_effect_surely_leaves_a_record(instead: str, surely: bool) -> None:
    assert REFUND + NOTE in TRAIL and "  shop: {kind: tool, place: here, offers: {refund: " in TRAIL
    body = (
        TRAIL.replace(REFUND + NOTE, instead)
        .replace("shop: {kind: tool, place: here, offers: {refund: ", FILED)
        .replace("  shop: {", "  " + REFUNDING)
        + FLOWS
    )
    model = context(body).model
    found = proven(model, model.flows["care"], model.data["trail"])
    assert bool(found) is surely


def test_which_data_are_the_record_of_an_effect() -> None:
    """Those that name its impact, its operation or its flow, and no others."""
    named = {
        "i": "refund",
        "o": "components.shop.refund",
        "f": "components.shop.offers.refund",
        "flow": "flows.care",
    }
    other = {"x": "letter", "y": "components.post.send"}
    data = "".join(
        f"  {name}: {{held_by: [crm], records: [{of}], kept_for: 1 d}}\n"
        for name, of in {**named, **other}.items()
    )
    text = DESK.replace("data:\n", f"data:\n{data}").replace(
        "reaches_out: true", "reaches_out: true, impact: letter"
    )
    model = context(text).model
    assert {each.name for each in records_of(model, "shop", "refund", "care")} == set(named)
    assert {each.name for each in records_of(model, "post", "send")} == set(other)
    assert records_of(model, "bot", "say") == ()


def test_records_of_flows_of_several_holders_and_of_less_than_all_runs() -> None:
    rate = 10 / 60 * 4000
    half = TRAIL.replace(
        NOTE, "      - {choose: [{share: 50 %, steps: [{call: crm.note, carries: [trail], sizes: {record: 4 kB}}]}, "
        "{share: 50 %, steps: []}]}\n"
    )  # fmt: skip
    assert ends(half, "records/trail/month") == pytest.approx((rate / 2 * MONTH,) * 3)
    both = TRAIL.replace("held_by: [crm], records", "held_by: [crm, vault], records").replace(
        "  bot: {", "  vault: {kind: database, price: {stored: 1.5 EUR/GB/month}}\n  bot: {", 1
    )
    assert ends(both, "records/trail/cost") == pytest.approx((rate * 200 * 86400 / 1e9 * 2.0,) * 3)
    assert [figure(context(TRAIL), f"records/trail/{what}").method for what in ("kept", "month")] == [
        "as stated", "runs times what each leaves",
    ]  # fmt: skip
    unknown = figure(context(TRAIL.replace("kept_for: 200 d, ", "")), "records/trail/kept")
    assert (unknown.low, unknown.high) == (None, None)
    named = TRAIL.replace("records: [refund]", "records: [flows.care]")
    model = context(named).model
    assert {s.action.component for s in proven(model, model.flows["care"], model.data["trail"])} >= {"shop"}  # pyright: ignore
