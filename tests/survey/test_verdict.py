"""Each verdict can be reached, and turns where its rule says that it turns."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from groma import api
from groma.survey.verdict import together
from survey.surveyed import surveyed

TIDY = """\
people: {ana: {rate: 40 EUR/h, knows: [a]}, ben: {rate: 40 EUR/h, knows: [a]}}
components: {crm: {kind: tool, title: Customers, owner: ana, registered_to: business, holders: [ana, ben], used_by: [ana], functions: [sales], exit: CSV, price: 10 EUR/month, fails: {availability: 99.9 %}, offers: {add: {work: 1 s}}}}
flows: {sell: {title: Sell, worth: 100 EUR, for: [ben], on_error: ana asks again, starts: {rate: 20/month}, steps: [{ask: ana, takes: MINUTES, title: talk}, {call: crm.add}]}}
"""


def word(body: str) -> str:
    return surveyed(body).verdict.word


def test_nothing_to_do_where_nothing_costs_a_day() -> None:
    assert word(TIDY.replace("MINUTES", "10 min")) == "nothing to do"


def test_what_an_outage_costs_decides_whether_it_matters() -> None:
    """2,000 EUR a month, down 0.1 % of the time: 2 EUR. A day of Ana's is 320 EUR; unknown isn't little."""
    assert word(TIDY.replace("MINUTES", "10 min").replace("99.9 %", "80 %")) == "a developer or a consultant"
    assert (
        word(TIDY.replace("MINUTES", "10 min").replace("worth: 100 EUR, ", ""))
        == "a developer or a consultant"
    )


def test_a_developer_where_one_thing_is_done_by_hand() -> None:
    assert word(TIDY.replace("MINUTES", "90 min")) == "a developer or a consultant"


def test_a_cause_begins_to_matter_where_it_surely_costs_more_than_a_day() -> None:
    """Manual work is told from 16 h a month on, which is two days: it matters as soon as it is told."""
    assert word(TIDY.replace("MINUTES", "48 min")) == "nothing to do"
    assert word(TIDY.replace("MINUTES", "49 min")) == "a developer or a consultant"


def test_a_project_where_changing_the_work_takes_a_quarter_of_a_year() -> None:
    """16 h and a tenth of 4,640 h a month are 480 h."""
    body = TIDY.replace("20/month", "RATE/month").replace("MINUTES", "1 h")
    assert word(body.replace("RATE", "4000")) == "a developer or a consultant"
    assert word(body.replace("RATE", "4800")) == "a project"


def test_less_than_a_project_is_said_only_where_the_most_that_it_takes_is_less() -> None:
    """With 20 talks of 90 min it is at most a week or two; with 4,000 h a month to change it may be years."""

    def told(body: str) -> str:
        return " ".join(words for words, _ in surveyed(body).verdict.why)

    assert "are less than a project" in told(TIDY.replace("MINUTES", "90 min"))
    open_ended = told(TIDY.replace("20/month", "4000/month").replace("MINUTES", "1 h"))
    assert "may be less than a project, and may be more" in open_ended
    assert "are less than" not in open_ended


JOINED = """\
people: {ana: {rate: 40 EUR/h}, ben: {rate: 40 EUR/h}}
suppliers: {house: {title: The house, exit: CSV, fails: {availability: 99 %}}}
components:
  mail: {kind: tool, owner: ana, supplier: house, registered_to: business, holders: [ana, ben], used_by: [ana], functions: [post], exit: mbox, price: 1 EUR/month, fails: {availability: 100 %}, offers: {read: {work: 1 s}}}
  books: {kind: tool, owner: ben, supplier: house, registered_to: business, holders: [ana, ben], used_by: [ana], functions: [books], exit: CSV, price: 1 EUR/month, fails: {availability: 100 %}, offers: {write: {work: 1 s}}}
connections: {typed: {from: mail, to: books, owner: ana, on_error: told, carries: [bills], by_hand: true}}
data: {bills: {owner: ana, held_by: [mail, books]}}
flows: {book: {title: Book, for: [ben], on_error: ana looks, starts: {rate: 100/month}, steps: [{call: mail.read}, {ask: ana, takes: 15 min}, {call: books.write}]}}
"""


def test_an_architecture_where_three_causes_change_the_same_parts() -> None:
    found = surveyed(JOINED)
    assert found.verdict.word == "an architecture"
    kinds = {each.partition(":")[0] for each in found.verdict.joined}
    assert {"tools-do-not-speak", "no-system-of-record", "one-supplier"} <= kinds
    assert len(kinds) >= 3


def test_two_causes_on_the_same_parts_are_no_architecture_yet() -> None:
    body = JOINED.replace(
        "suppliers: {house: {title: The house, exit: CSV, fails: {availability: 99 %}}}\n", ""
    ).replace("supplier: house, ", "")
    assert {each.cause.id for each in surveyed(body).found if each.cause.structural} == {
        "tools-do-not-speak",
        "no-system-of-record",
    }
    assert word(body) == "a developer or a consultant"


def test_parts_not_chosen_yet_count_like_causes(root: Path) -> None:
    assert api.survey(root / "examples/two-sites").verdict.word == "an architecture"


def test_too_little_told_where_no_work_is_described(root: Path) -> None:
    assert api.survey(root / "examples/escalation-desk").verdict.word == "too little told"


def test_thresholds_and_what_decided_are_figures() -> None:
    for body in (TIDY.replace("MINUTES", "10 min"), JOINED, ""):
        found = surveyed(body)
        refs = [ref for _, refs in found.verdict.why for ref in refs]
        assert refs
        assert all(ref in found.ledger for ref in refs)


def test_causes_are_together_when_a_chain_of_shared_parts_joins_them() -> None:
    """Against the components of the graph, found by spreading from every cause."""
    chance = random.Random(4)
    for _ in range(300):
        given = [
            (f"{chance.choice('abcd')}:{n}", frozenset(chance.sample(range(9), chance.randint(0, 3))))
            for n in range(7)
        ]
        texts = [(ident, frozenset(map(str, elements))) for ident, elements in given]
        best = 0
        for ident, _elements in texts:
            reached = {ident}
            while True:
                more = {
                    o for o, e in texts if o not in reached and any(e & f for i, f in texts if i in reached)
                }
                if not more:
                    break
                reached |= more
            best = max(best, len({each[0] for each in reached}))
        group = together(texts)
        assert len({each.partition(":")[0] for each in group}) == best


@pytest.mark.parametrize("body", ["", TIDY.replace("MINUTES", "10 min"), JOINED])
def test_the_same_model_gives_the_same_diagnosis(body: str) -> None:
    one, other = surveyed(body), surveyed(body)
    assert one.ledger.to_json() == other.ledger.to_json()
    assert [each.id for each in one.found] == [each.id for each in other.found]


def test_a_small_cost_with_a_fact_missing_isnt_surely_small() -> None:
    more = "flows: {ask: {title: Ask, for: [ben], on_error: again, starts: {rate: 9/month}, steps: [{call: crm.add}]}, "
    body = TIDY.replace("MINUTES", "10 min").replace("flows: {", more)
    assert word(body) == "a developer or a consultant"
    assert word(body.replace("title: Ask, ", "title: Ask, worth: 1 EUR, ")) == "nothing to do"
