"""Where data are, what is left after a loss, how long recovery takes, what people do: against arithmetic by hand."""

from __future__ import annotations

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.dependence import absences, knowledge
from groma.analyses.jurisdictions import jurisdiction_of, lies_in
from groma.analyses.residency import outside, stays

PLACES = """
places:
  fra: {in: DE, kind: region}
  rack: {in: fra, kind: rack}
  virginia: {in: US, kind: region}
  cellar: {kind: room}
"""


def test_places_lie_in_their_chain_and_in_the_unions_of_their_country() -> None:
    model = context(PLACES).model
    assert lies_in(model, "rack") == ("rack", "fra", "DE", "EU", "EEA")
    assert jurisdiction_of(model, "rack") == "DE"
    assert jurisdiction_of(model, "cellar") is None
    assert "EU" not in lies_in(model, "CH") and "EEA" in lies_in(model, "NO")


DATA = (
    PLACES
    + """
people:
  ana: {place: fra}
components:
  web: {kind: s, place: fra, offers: {x: {steps: [{call: mail.send}]}}}
  mail: {kind: s, place: virginia, offers: {send: {}}}
  db: {kind: db, runs_on: host, offers: {q: {}}}
  host: {kind: host, place: rack}
  audit: {kind: s, place: virginia, offers: {log: {}}}
data:
  customer: {class: personal, held_by: db}
  note: {class: internal, held_by: audit}
flows:
  f:
    starts: {rate: 1/s}
    steps:
      - {call: web.x, carries: customer}
      - {call: audit.log, carries: note}
      - {ask: ana, takes: 1 min}
"""
)


def test_data_pass_through_nested_calls_but_not_where_a_step_carries_something_else() -> None:
    found = {stay.holder: stay.jurisdiction for stay in stays(context(DATA), "personal")}
    assert found == {"components.db": "DE", "components.web": "DE", "components.mail": "US"}
    assert figure(context(DATA), "residency/personal").words == "DE, US"
    surely, maybe = outside(context(DATA), "personal", ("EU",))
    assert [stay.holder for stay in surely] == ["components.mail"] and not maybe


def test_a_nested_call_that_says_what_it_carries_hands_over_no_more() -> None:
    text = DATA.replace("{call: mail.send}", "{call: mail.send, carries: note}")
    assert figure(context(text), "residency/personal").words == "DE"


def test_a_place_nobody_knows_is_missing() -> None:
    text = DATA.replace("place: virginia, offers: {send: {}}", "place: cellar, offers: {send: {}}")
    found = figure(context(text), "residency/personal")
    assert found.words is None
    assert found.missing == ("places.cellar.in: state the jurisdiction around it",)
    assert found.reason == "known: DE; not known where the rest is"
    assert figure(context(DATA), "residency/personal").reason == ""
    nowhere = "components: {db: {kind: db}}\ndata: {c: {class: personal, held_by: db}}\n"
    lost = figure(context(nowhere), "residency/personal")
    assert lost.reason == "known: none; not known where the rest is"


def test_an_open_choice_is_outside_only_if_every_alternative_is() -> None:
    text = """
places: {fra: {in: DE}, us: {in: US}}
components:
  b: {kind: s, offers: {x: {}}}
  here: {kind: s, place: fra, offers: {x: {}}}
  there: {kind: s, place: us, offers: {x: {}}}
data: {c: {class: personal, held_by: b}}
"""
    c = opened(text, "b", "r", here="here", there="there")
    assert [len(part) for part in outside(c, "personal", ("EU",))] == [0, 1]
    assert [len(part) for part in outside(c.with_partial({"r": "there"}), "personal", ("EU",))] == [1, 0]
    assert [len(part) for part in outside(c.with_partial({"r": "here"}), "personal", ("EU",))] == [0, 0]


def test_headroom_after_the_largest_member_is_lost() -> None:
    text = """
components:
  pool: {kind: cluster}
  big: {kind: host, runs_on: pool, provides: {memory: 64 GiB}}
  small: {kind: host, runs_on: pool, replicas: 2, provides: {memory: 32 GiB}}
  app: {kind: s, runs_on: pool, replicas: 3, takes: {memory: 8 GiB}}
  db: {kind: s, runs_on: big, takes: {memory: 16 GiB .. 24 GiB}}
  inside: {kind: s, runs_on: app, takes: {memory: 4 GiB}}
"""
    found = figure(context(text), "headroom/pool/memory")
    assert found.value == pytest.approx((64 - 24 - 20) / 64)
    assert (found.low, found.high) == pytest.approx(((64 - 24 - 24) / 64, (64 - 24 - 16) / 64))
    unknown = figure(context(text + "  more: {kind: s, runs_on: pool}\n"), "headroom/pool/memory")
    assert (unknown.value, unknown.low) == (None, None)
    assert unknown.high == found.high
    assert unknown.reason == "at most: 2 of 3 say what they take"


def test_a_pool_of_one_has_nothing_left() -> None:
    text = """
components:
  host: {kind: host, provides: {cores: 8 cores}}
  a: {kind: s, runs_on: host, takes: {cores: 2 cores}}
"""
    found = figure(context(text), "headroom/host/cores")
    assert (found.value, found.low, found.high) == (None, None, 0.0)
    assert "one member" in found.reason


RECOVERY = """
components: {db: {kind: db, ready_in: 0 s}}
data:
  orders:
    held_by: db
    size: 360 GB
    backup:
      {every: 4 h, takes: 30 min, rate: 50 MB/s .. 100 MB/s, detect: 10 min, decide: 20 min, verify: 30 min,
       tested: 2026-05-02}
"""


def test_recovery_is_the_sum_of_its_stages() -> None:
    c = context(RECOVERY)
    assert figure(c, "recovery/orders/rpo").value == 4.5 * 3600  # begun every 4 h, and one takes half an hour
    found = figure(c, "recovery/orders/rto")
    assert (found.low, found.high) == pytest.approx((3600 + 3600, 3600 + 7200))
    assert found.value == pytest.approx(3600 + 360e9 / 75e6)
    assert "a restore was last tried 2026-05-02" in found.valid
    untold = figure(context(RECOVERY.replace(", decide: 20 min", "")), "recovery/orders/rto")
    assert (untold.value, untold.low, untold.high) == (None, pytest.approx(3600 + 2400), None)
    assert untold.missing == ("data.orders.backup.decide",)


PEOPLE = """
exchange: {USD: 0.9 EUR}
people:
  agent: {count: 2, rate: 30 EUR/h, hours: 40 h, knows: [refunds]}
  ana: {rate: 60 USD/h, knows: [billing, refunds]}
suppliers: {acme: {}, other: {}}
components:
  desk: {kind: s, owner: ana, effort: 5 h/month, supplier: acme, offers: {x: {}}}
  spare: {kind: s, owner: ana, effort: 1 h/month, supplier: other, needs_knowledge: billing, offers: {x: {}}}
flows:
  f:
    starts: {rate: 10/day}
    worth: 20 EUR
    steps:
      - {call: desk.x, fallback: [{call: spare.x}]}
      - choose:
        - {share: 30 %, steps: [{ask: agent, takes: 6 min ± 4 min, needs_knowledge: refunds}]}
        - {share: 10 %, steps: [{ask: ana, takes: 30 min, needs_knowledge: billing}]}
        - {share: 60 %, steps: []}
"""


def test_people_are_counted_in_hours_money_and_load() -> None:
    c = context(PEOPLE)
    runs = 10 / 24 * 730
    agent, ana = runs * 0.3 * 0.1, runs * 0.1 * 0.5 + 6
    assert figure(c, "people/hours").value == pytest.approx(agent + ana)
    assert figure(c, "people/month").value == pytest.approx(agent * 30 + ana * 54)
    assert figure(c, "load/agent").value == pytest.approx(agent / (2 * 40 * 730 / 168))
    assert figure(c, "load/ana").value is None  # nobody says how much she works
    assert bounds(c, "people/month")[0] == pytest.approx(agent * 30 + ana * 54)
    assert figure(c, "effort/month").value == pytest.approx(6)


def test_what_stops_when_somebody_is_away_and_what_it_is_worth() -> None:
    c = context(PEOPLE)
    found = {absence.parts: absence for absence in absences(c)}
    worth = 10 / 24 * 730 * 20
    assert set(found) == {("people.ana",), ("suppliers.acme", "suppliers.other")}
    assert found[("people.ana",)].money.value == pytest.approx(0.1 * worth)
    assert found[("suppliers.acme", "suppliers.other")].money.value == pytest.approx(worth)
    assert [(k.topic, k.known_by, k.people) for k in knowledge(c)] == [
        ("billing", ("ana",), 1),
        ("refunds", ("agent", "ana"), 3),
    ]


@pytest.mark.parametrize(("heads", "away"), [(1, 1), (2, 2), (3, 3), (4, 0)])
def test_a_team_is_away_when_everybody_in_it_is(heads: int, away: int) -> None:
    """By hand: as many at once as there are heads; four or more are taken to be never away together."""
    team = f"people: {{team: {{count: {heads}}}}}\n"
    team += "flows: {f: {starts: {rate: 1/day}, steps: [{ask: team, takes: 1 h}]}}\n"
    assert [len(found.parts) for found in absences(context(team), 4)] == ([away] if away else [])


def test_who_stands_beneath_a_part_stops_every_flow_and_their_worth_adds_up() -> None:
    """By hand: 10 and 20 runs a month of 20 USD and 5 EUR, a dollar being 0.9 EUR."""
    text = """
exchange: {USD: 0.9 EUR}
suppliers: {cloud: {}}
components:
  host: {kind: host, supplier: cloud}
  app: {kind: s, runs_on: host, offers: {x: {}}}
flows:
  sell: {starts: {rate: 10/month}, worth: 20 USD, steps: [{call: app.x}]}
  ship: {starts: {rate: 20/month}, worth: 5 EUR, steps: [{call: app.x}]}
"""
    (found,) = absences(context(text))
    assert found.parts == ("suppliers.cloud",)
    assert [(s.flow, s.money.value) for s in found.stops] == [
        ("sell", pytest.approx(10 * 20 * 0.9)),
        ("ship", pytest.approx(20 * 5.0)),
    ]
    assert found.money.value == pytest.approx(280.0)
