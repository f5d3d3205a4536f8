"""Every place of a small desk with every threat there, what stands against it, who owns it: read off by hand."""

from __future__ import annotations

import pytest
from safety_reading import context
from test_threats import DESK

from groma.analyses.threats import obligations, safety_of, signals_of
from groma.analyses.threats.prices import costs_of
from groma.analyses.threats.tracing import traced

READS, SENDS, PAYS = (f"flows.care.steps.{n}" for n in (2, 3, 4))
OUT = {"output-handling", "excessive-agency", "privilege", "no-stop"}
THREATS = {
    READS: {"prompt-injection", "consumption", "cascade"},
    SENDS: {*OUT, "data-leak", "misinformation"},
    PAYS: {*OUT, "no-trace"},
    "components.bot": {"supply-chain", "hidden-context"},
    "components.spare": {"supply-chain"},
}
"""The bot reads what others wrote; what it writes is sent outside, where it may leak or mislead, and pays money."""


def stands(body: str) -> dict[str, dict[str, list[str]]]:
    """Kinds of controls by threat by place."""
    found: dict[str, dict[str, list[str]]] = {}
    for answer in safety_of(context(body)).answers:
        found.setdefault(answer.place.element, {})[answer.threat.id] = sorted(c.kind for c in answer.controls)
    return found


def test_every_threat_of_every_place() -> None:
    found = stands(DESK)
    assert {place: set(threats) for place, threats in found.items()} == THREATS
    controls = {
        (place, t): kinds for place, threats in found.items() for t, kinds in threats.items() if kinds
    }
    assert controls == {("components.bot", "supply-chain"): ["way out of the contract"]}


GUARD = ", guard: [{name: w, misses: 5 %}]"


YES = "ask: ana, approves: [refund]}\n      - {call: shop.refund"
TWICE = YES.replace("{call", "{ask: ben, approves: [refund]}\n      - {call")
AFTER, LAST = "flows.care.steps.5", "flows.care.steps.6"
OTHER = "call: bot.say, fallback: [{call: spare.say}]"


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        (
            "call: crm.find", "call: crm.find" + GUARD,
            {(place, t): ["input check"] for place, t in ((READS, "prompt-injection"), (SENDS, "data-leak"))},
        ),
        (
            "call: shop.refund", YES,
            {
                **{(AFTER, threat): ["approval"] for threat in OUT},
                (AFTER, "no-trace"): [], (PAYS, "persuasion"): [],
            },
        ),
        (
            "call: shop.refund", TWICE,
            {
                **{(LAST, threat): ["approval", "approval"] for threat in OUT},
                (LAST, "no-trace"): [], (PAYS, "persuasion"): ["second approval"],
                (AFTER, "persuasion"): ["second approval"],
            },
        ),
        (
            "call: shop.refund", TWICE.replace("ben, approves: [refund]", "ben, approves: [pay]"),
            {
                **{(LAST, threat): ["approval"] for threat in OUT},
                (LAST, "no-trace"): [], (PAYS, "persuasion"): [], (AFTER, "persuasion"): [],
            },
        ),
        (
            "impact: refund, ", "impact: refund, allowed: [ana], ",
            {(PAYS, "excessive-agency"): ["permission"], (PAYS, "privilege"): ["permission"]},
        ),
        (
            "call: bot.say", OTHER,
            {
                (READS, "cascade"): ["other supplier"],
                ("components.bot", "supply-chain"): ["other supplier", "way out of the contract"],
                ("components.spare", "hidden-context"): [],
                **{(READS + ".fallback.1", threat): [] for threat in THREATS[READS]},
            },
        ),
    ],
)  # fmt: skip
def test_a_control_stands_where_it_acts_and_nowhere_else(
    old: str, new: str, more: dict[tuple[str, str], list[str]]
) -> None:
    assert changes(DESK.replace(old, new)) == more


def changes(body: str) -> dict[tuple[str, str], list[str]]:
    before = stands(DESK)
    return {
        (place, threat): kinds
        for place, threats in stands(body).items()
        for threat, kinds in threats.items()
        if kinds != before.get(place, {}).get(threat)
    }


def test_a_gap_belongs_to_the_owner_of_the_part_or_else_of_the_data() -> None:
    owned = DESK.replace("  bot: {", "  bot: {owner: ben, ", 1).replace(
        "  spare: {", "  spare: {owner: ana, ", 1
    )
    safety = safety_of(context(owned))
    owners = {answer.place.element: safety.owner(answer.place) for answer in safety.answers}
    assert owners == {
        READS: "ben", "components.bot": "ben", "components.spare": "ana", SENDS: "ana", PAYS: "ana"
    }  # fmt: skip
    assert {a.place.element for a in safety.of(safety.answers[0].threat)} == {READS}
    exit_ = next(c for a in safety.answers for c in a.controls)
    assert [threat.id for threat in safety.against(exit_)] == ["supply-chain"]


@pytest.mark.parametrize(
    ("old", "asked"), [("", {"50", "22"}), ("reaches_out: true, ", {"22"}), ("impact: refund, ", {"50"})]
)
def test_two_articles_are_asked_only_of_words_sent_and_impacts_done(old: str, asked: set[str]) -> None:
    body = "regulated: [credit]\n" + DESK.replace(old, "")
    assert {o.id.split()[-1] for o in obligations(context(body))} & {"50", "22"} == asked


def test_a_gap_of_an_article_is_told_whom_it_belongs_to() -> None:
    """The part's or the data's owner, else the author."""
    body = "regulated: [credit]\nauthor: Mo\n" + DESK.replace("  bot: {", "  bot: {owner: ben, ", 1)
    found = {o.id: {(element, owner) for element, _, owner in o.gaps} for o in obligations(context(body))}
    assert found["AI Act 11"] == {("components.bot", "ben"), ("components.spare", "Mo")}
    assert found["GDPR 17"] == {("data.case", "ana"), ("data.orders", "Mo")}
    assert found["GDPR 28"] == {("suppliers.lab", "Mo")}
    assert found["GDPR 25"] == {
        ("components.crm.offers.find", "Mo"), ("components.bot.offers.say", "ben"),
        ("components.post.offers.send", "Mo"), ("components.shop.offers.refund", "Mo"),
    }  # fmt: skip
    assert found["GDPR 32"] == {("components.crm", "Mo")}


@pytest.mark.parametrize(
    ("measure", "elements"),
    [
        ("cost/month, at_most: 9 EUR", ("flows.care",)),
        ("residency/personal, within: [EU]", ("data.case", "data.orders")),
        ("availability/care, at_least: 99 %", ("flows.care",)),
        ("throughput/shop, at_least: 1/s", ("components.shop",)),
    ],
)
def test_a_need_that_no_threat_touches_stands_with_what_meets_it(
    measure: str, elements: tuple[str, ...]
) -> None:
    """No model, no threat; a flow that doesn't start by itself costs nothing of its own."""
    body = DESK.replace("kind: llm", "kind: tool").replace(
        "flows:\n", "flows:\n  idle: {steps: [{wait: 1 s}]}\n"
    )
    body = body.replace("components:\n", "  prices: {class: internal, held_by: [crm]}\ncomponents:\n")
    (chain,) = traced(context(f"needs: {{n: {{measure: {measure}}}}}\n" + body))
    assert (chain.needs, chain.elements, chain.gap) == (("needs.n",), elements, "")


@pytest.mark.parametrize(
    ("policy", "signals"),
    [
        ("timeout: 2 s", ["calls.timeout"]),
        ("deadline: 2 s", ["calls.timeout"]),
        ("limit: {rate: 5/s}", ["calls.throttled"]),
        ("breaker: {opens_at: 50 %, window: 1 min, half_open_after: 10 s}", ["breaker.open"]),
        ("fallback: []", ["fallback.used"]),
    ],
)
def test_a_policy_gives_its_own_signal(policy: str, signals: list[str]) -> None:
    found = signals_of(context(DESK.replace("{call: bot.say}", f"{{call: bot.say, {policy}}}")).model)
    assert list(found[READS]) == [f'{word}{{step="{READS}"}}' for word in signals]


@pytest.mark.parametrize(
    ("call", "threat", "words", "atlas"),
    [
        ("crm.find", "prompt-injection", ("what comes in", "planted instructions"), "AML.M0015"),
        (
            "bot.say",
            "output-handling",
            ("what goes out", "private data and unsupported statements"),
            "AML.M0020",
        ),
    ],
)
def test_a_guard_says_what_it_checks_and_is_tested_with(
    call: str, threat: str, words: tuple[str, str], atlas: str
) -> None:
    body = DESK.replace(f"call: {call}", f"call: {call}{GUARD}")
    found = next(c for a in safety_of(context(body)).answers if a.threat.id == threat for c in a.controls)
    assert found.says == f"`w` checks {words[0]}; it misses 5 %"
    assert found.test.startswith(f"Send a fixed set with {words[1]} through")
    assert found.atlas == atlas


def test_a_chain_names_all_that_its_place_uses_and_that_nobody_owns_it() -> None:
    chains = {(c.element, c.threat): c for c in traced(context(DESK))}
    leak = chains[SENDS, "data-leak"]
    assert leak.elements == (
        SENDS, "flows.care", "components.post", "components.post.offers.send", "data.case", "data.orders"
    )  # fmt: skip
    assert leak.gap == "nothing stands against it: input check, output check, approval"
    assert chains["components.spare", "supply-chain"].gap.endswith("; nobody owns it")


OPENS = ", breaker: {opens_at: 50 %, window: 1 min, half_open_after: 10 s}"


@pytest.mark.parametrize(
    ("old", "new", "stops"),
    [
        ("", "", False),
        ("call: bot.say", "call: bot.say" + OPENS, True),
        ("call: bot.say", "call: bot.say, timeout: 2 s", False),
        ("flows:\n", "controls: {off: {title: A stop button, against: [LLM06:2025], on: [flows.care]}}\nflows:\n",
         True),
        ("flows:\n", "controls: {off: {title: Training, against: [LLM06:2025], on: [flows.care]}}\nflows:\n", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_way_to_stop_it(old: str, new: str, stops: bool) -> None:
    body = "regulated: [credit]\n" + (DESK.replace(old, new) if old else DESK)
    found = {o.id: o for o in obligations(context(body))}["AI Act 14"]
    assert ("controls" not in {element for element, *_ in found.gaps}) is stops


def test_only_what_is_handed_personal_data_is_asked_about_them() -> None:
    """Prices are nobody's: the spare model and its supplier meet nothing else."""
    body = DESK.replace("components:\n", "  prices: {class: internal, held_by: [shop]}\ncomponents:\n", 1)
    body += "  quote: {starts: {rate: 1/h}, carries: [prices], steps: [{call: spare.say}]}\n"
    body = body.replace("impact: refund, ", "impact: refund, request: {order: orders.id}, ")
    needs = "needs: {up: {measure: availability/care, at_least: 99 %}, "
    needs += "soon: {measure: latency/care/p95, at_most: 1 h}}\n"
    found = {o.id: o for o in obligations(context("regulated: [credit]\n" + needs + body))}
    assert [element for element, *_ in found["GDPR 28"].gaps] == ["suppliers.lab"]
    assert {element for element, *_ in found["GDPR 25"].gaps} == {
        "components.crm.offers.find", "components.bot.offers.say", "components.post.offers.send"
    }  # fmt: skip
    assert [element for element, _ in found["GDPR 25"].met] == ["components.shop.offers.refund"]
    assert [(element, why) for element, why, _ in found["GDPR 32"].gaps] == [
        ("components.crm", "it holds case, orders; who may ask for it isn't stated (`allowed`)")
    ]
    assert [element for element, _ in found["AI Act 15"].met] == ["needs.up"]


@pytest.mark.parametrize(
    ("takes", "ends"),
    [("2 s", (None, 2.0, None)), ("2 s .. 4 s", (None, 3.0, None)), ("unknown", (0.0, None, None))],
)
def test_what_a_guard_adds_to_the_mean(
    takes: str, ends: tuple[float | None, float | None, float | None]
) -> None:
    """One guard that turns nothing down on the way of every run; at least nothing where its time isn't known."""
    body = DESK.replace("call: bot.say", f"call: bot.say, guard: [{{name: w, rejects: 0 %, takes: {takes}}}]")
    found = next(f for f in costs_of(context(body), "care") if f.name == "checks/latency/care/mean")
    assert (found.low, found.value, found.high) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("loop", "bounds"),
    [
        ("until: 50 %, at_most: 3", ["at most 3 rounds"]),
        ("times: 4", ["at most 4 rounds"]),
        ("until: 50 %", []),
    ],
)
def test_rounds_of_a_model_are_bounded_where_a_number_is_stated(loop: str, bounds: list[str]) -> None:
    body = DESK.replace("{call: bot.say}", f"{{repeat: {{{loop}, steps: [{{call: bot.say}}]}}}}")
    answers = [a for a in safety_of(context(body)).answers if a.threat.id == "consumption"]
    assert {c.title for a in answers for c in a.controls} == {*bounds}


@pytest.mark.parametrize(("title", "called"), [("ben: {}", "ben"), ("ben: {title: Ben Ode}", "Ben Ode")])
def test_who_says_yes_as_well_is_called_by_name(title: str, called: str) -> None:
    body = DESK.replace("ben: {}", title).replace("call: shop.refund", TWICE)
    found = {
        c.title for a in safety_of(context(body)).answers if a.threat.id == "persuasion" for c in a.controls
    }
    assert found == {f"{called} as well", "ana as well"}
