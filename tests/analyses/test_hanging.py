"""On how few the value hangs: every set tried by hand on random companies, and the ends of a weighted mean."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest

from groma.analyses.context import Context
from groma.analyses.hanging import Hanging, hanging, share_stopped
from groma.analyses.interval import Interval, point
from groma.analyses.registry import figure
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads

CATALOG = load_catalog()
HEAD = "groma: 1\nsystem: x\ncurrency: EUR\n"


def context(body: str) -> Context:
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))


def sets(found: Hanging) -> set[frozenset[str]]:
    return {frozenset(each.elements) for each in found.sets}


# --- against every set, tried by hand --------------------------------------------------------------------------------


def made(rng: random.Random) -> tuple[str, list[tuple[int, list[tuple[float, list[frozenset[str]]]]]]]:
    """A model, and what it means: for each flow its worth and, for each way of a run, (share, what must be there: of
    each set at least one element)."""
    people = ["ana", "ben", "cem", "dan"][: rng.randint(2, 4)]
    topics = ["a", "b", "c"]
    knows = {who: [t for t in topics if rng.random() < 0.5] for who in people}
    houses = ["h", "i", "j"]
    tools = {name: rng.choice(houses) for name in ("t", "u", "v")}
    text = "people:\n" + "".join(f"  {who}: {{knows: [{', '.join(knows[who])}]}}\n" for who in people)
    text += "suppliers: {h: {}, i: {}, j: {}}\ncomponents:\n"
    text += "".join(
        f"  {t}: {{kind: tool, supplier: {house}, offers: {{o: {{}}}}}}\n" for t, house in tools.items()
    )
    text += "flows:\n"
    meaning: list[tuple[int, list[tuple[float, list[frozenset[str]]]]]] = []

    def step() -> tuple[str, list[frozenset[str]]]:
        kind = rng.random()
        if kind < 0.4:
            who, topic = rng.choice(people), rng.choice(topics)
            able = {f"people.{who}"} | {f"people.{p}" for p in people if topic in knows[p]}
            return f"{{ask: {who}, needs_knowledge: [{topic}]}}", [frozenset(able)]
        one = rng.choice(list(tools))
        if kind < 0.7:
            return f"{{call: {one}.o}}", [frozenset({f"suppliers.{tools[one]}"})]
        other = rng.choice(list(tools))
        either = frozenset({f"suppliers.{tools[one]}", f"suppliers.{tools[other]}"})
        return f"{{call: {one}.o, fallback: [{{call: {other}.o}}]}}", [either]

    for number in range(rng.randint(1, 4)):
        worth = rng.randint(1, 9)
        first, must = step()
        if rng.random() < 0.5:
            share = rng.choice([20, 40, 70])
            one, left = step()
            other, right = step()
            steps = (
                f"[{first}, {{choose: [{{share: {share} %, steps: [{one}]}}, {{share: {100 - share} %, "
                f"steps: [{other}]}}]}}]"
            )
            ways = [(share / 100, must + left), (1 - share / 100, must + right)]
        else:
            steps, ways = f"[{first}]", [(1.0, must)]
        text += f"  f{number}: {{starts: {{rate: 10/month}}, worth: {worth} EUR, steps: {steps}}}\n"
        meaning.append((worth, ways))
    return text, meaning


def by_hand(
    meaning: list[tuple[int, list[tuple[float, list[frozenset[str]]]]]],
) -> dict[frozenset[str], float]:
    """Every minimal set of at most three that stops more than half, with the share that it stops."""
    elements = sorted({e for _, ways in meaning for _, must in ways for some in must for e in some})
    whole = sum(worth for worth, _ in meaning)
    found: dict[frozenset[str], float] = {}
    for size in (1, 2, 3):
        for some in map(frozenset, combinations(elements, size)):
            stopped = sum(
                worth * share
                for worth, ways in meaning
                for share, must in ways
                if any(one_of <= some for one_of in must)
            )
            if stopped / whole > 0.5 + 1e-9 and not any(before < some for before in found):
                found[some] = stopped / whole
    return found


@pytest.mark.parametrize("seed", range(60))
def test_the_minimal_sets_are_those_that_trying_every_set_by_hand_gives(seed: int) -> None:
    text, meaning = made(random.Random(seed))
    wanted = by_hand(meaning)
    if any(abs(share - 0.5) < 1e-6 for share in wanted.values()):
        pytest.skip("exactly half")
    found = hanging(context(text))
    assert {frozenset(each.elements): each.share.value for each in found.sets} == pytest.approx(wanted)
    assert found.searched == 3


@pytest.mark.parametrize("seed", range(40))
def test_the_ends_of_a_share_are_those_of_all_corners(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(1, 6)
    lost = [rng.choice([0.0, 0.3, 1.0, rng.random()]) for _ in range(count)]
    worth = [Interval(a := rng.uniform(0.1, 5), a * 1.2, a * rng.uniform(1.2, 4)) for _ in range(count)]
    found = share_stopped(lost, worth)
    corners = [
        sum(w * each for w, each in zip(weights, lost, strict=True)) / sum(weights)
        for weights in product(*((w.low, w.high) for w in worth))
    ]
    assert found.low == pytest.approx(min(corners))
    assert found.high == pytest.approx(max(corners))
    assert found.value == pytest.approx(
        sum((w.value or 0) * each for w, each in zip(worth, lost, strict=True))
        / sum(w.value or 0 for w in worth)
    )


def test_a_share_of_nothing_is_not_known() -> None:
    assert share_stopped([1.0], [point(0.0)]).value is None


# --- what stops what -------------------------------------------------------------------------------------------------

FLOW = "flows: {f: {starts: {rate: 10/month}, worth: 5 EUR, steps: [%s]}}\n"


def stopped_by(parts: str, step: str = "{call: t.o}") -> set[frozenset[str]]:
    return sets(hanging(context(parts + FLOW % step)))


@pytest.mark.parametrize(
    ("tool", "stops"),
    [
        ("supplier: h", {"suppliers.h"}),
        ("registered_to: i", {"suppliers.i"}),
        ("registered_to: ana", {"people.ana"}),
        ("registered_to: business", None),
        ("holders: [ana]", {"people.ana"}),
        ("holders: [ana, ben]", None),
        ("holders: [two]", None),
        ("needs_knowledge: [x]", {"people.ana"}),
        ("needs_knowledge: [y]", None),
        ("depends_on: [name]", {"components.name"}),
        ("runs_on: box", {"suppliers.i"}),
        ("holders: [kim]", {"people.kim"}),
    ],
)
def test_a_tool_stops_with_what_it_cannot_go_on_without(tool: str, stops: set[str] | None) -> None:
    parts = (
        "people: {ana: {knows: [x]}, ben: {}, two: {count: 2 people}, kim: {works_for: i}}\n"
        "suppliers: {h: {}, i: {}}\n"
        f"components: {{name: {{kind: Domain}}, box: {{kind: host, supplier: i}}, t: {{kind: tool, {tool}, offers: {{o: {{}}}}}}}}\n"
    )
    wanted = set() if stops is None else {frozenset(stops)}
    if "kim" in tool:
        wanted.add(frozenset({"suppliers.i"}))  # who employs her may be gone, too
    assert stopped_by(parts) == wanted


def test_knowledge_is_asked_for_and_approvals_are_the_persons_own() -> None:
    parts = (
        "people: {ana: {knows: [x]}, ben: {knows: [x]}, trio: {count: 3 people}, many: {count: 4 people}}\n"
    )
    both = {frozenset({"people.ana", "people.ben"})}
    assert stopped_by(parts, "{ask: ana, needs_knowledge: [x]}") == both
    assert stopped_by(parts, "{ask: ana}") == set()
    assert stopped_by(parts, "{ask: ana, approves: [pay]}") == {frozenset({"people.ana"})}
    assert stopped_by(parts, "{ask: trio, approves: [pay]}") == {frozenset({"people.trio"})}
    assert stopped_by(parts, "{ask: many, approves: [pay]}") == set()


def test_a_team_counts_as_many_as_it_has_heads() -> None:
    parts = "people: {pair: {count: 2 people, knows: [x]}, ana: {knows: [x]}, ben: {knows: [x]}}\n"
    assert stopped_by(parts, "{ask: pair, needs_knowledge: [x]}") == set()  # four heads
    assert stopped_by(parts, "{ask: pair, approves: [pay]}") == {frozenset({"people.pair"})}


def test_exactly_half_is_not_more_than_half() -> None:
    body = "people: {ana: {}, ben: {}}\nflows:\n" + "".join(
        f"  f{who}: {{starts: {{rate: 1/month}}, worth: 5 EUR, steps: [{{ask: {who}, approves: [x]}}]}}\n"
        for who in ("ana", "ben")
    )
    assert sets(hanging(context(body))) == {frozenset({"people.ana", "people.ben"})}


def test_the_figures_say_the_share_the_money_and_how_many() -> None:
    body = (
        "people: {ana: {knows: [x]}, ben: {}}\nflows:\n"
        "  a: {starts: {rate: 10/month}, worth: {value: 30 EUR, known: 20 EUR .. 40 EUR}, steps: [{ask: ana, needs_knowledge: [x]}]}\n"
        "  b: {starts: {rate: 10/month}, worth: 10 EUR, steps: [{ask: ben}]}\n"
        "  c: {starts: {rate: 10/month}, steps: [{ask: ben}]}\n"
    )
    here = context(body)
    share = figure(here, "hangs/people.ana/share")
    assert (share.value, share.low, share.high) == pytest.approx((0.75, 200 / 300, 400 / 500))
    assert share.missing == ("flows.c.worth: state what one run is worth (0 if nothing)",)
    money = figure(here, "hangs/people.ana/month")
    assert (money.value, money.low, money.high, money.unit) == (
        pytest.approx(300),
        pytest.approx(200),
        pytest.approx(400),
        "EUR/month",
    )
    assert figure(here, "hangs/sets").value == figure(here, "hangs/fewest").value == 1
    assert {i.name for i in here.ledger.inputs_of("hangs/people.ana/share")} >= {
        "model/flows.a.worth",
        "model/flows.b.worth",
    }
    with pytest.raises(ValueError, match="stops more than half"):
        figure(here, "hangs/people.ben/share")


def test_where_nothing_stops_half_the_fewest_are_more_than_were_tried() -> None:
    here = context("people: {ana: {}}\n" + FLOW % "{ask: ana}")
    assert figure(here, "hangs/fewest").words == "more than 3"
    assert figure(here, "hangs/sets").value == 0


def test_without_worth_nothing_is_said() -> None:
    here = context("people: {ana: {}}\nflows: {f: {starts: {rate: 1/month}, steps: [{ask: ana}]}}\n")
    assert figure(here, "hangs/sets").status == "not shown"
    assert figure(here, "hangs/sets").missing == (
        "flows.f.worth: state what one run is worth (0 if nothing)",
    )


def test_a_branch_of_unknown_share_is_refused() -> None:
    body = "people: {ana: {}}\n" + FLOW % (
        "{choose: [{share: unknown, steps: [{ask: ana, approves: [x]}]}, {share: 10 %, steps: []}]}"
    )
    assert hanging(context(body)).reason.startswith("f: the share of a branch isn't known")
