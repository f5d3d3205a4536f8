"""Every cause is found in its bad example and not in its good one; without its evidence it is gone."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

import groma.survey.causes.nobody_owns_it as nobody_owns_it
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, rules
from groma.survey import WITHOUT_CAUSE, Cause, Diagnosis, all_causes
from survey.surveyed import surveyed

ALL = all_causes()
RULES = rules(phase="assess")
"""Rules that causes explain already and that may not be there yet."""


def of(cause: Cause, body: str) -> Diagnosis:
    return surveyed(body, known=[cause])


def has_rules(cause: Cause) -> bool:
    return bool(cause.rules & RULES.keys())


@pytest.mark.parametrize("cause", ALL.values(), ids=list(ALL))
def test_the_bad_example_has_exactly_the_expected_cases(cause: Cause) -> None:
    if not has_rules(cause):
        pytest.skip("the rules it explains aren't there yet")
    found = of(cause, cause.bad).found
    assert tuple(sorted(each.case.key for each in found)) == tuple(sorted(cause.expected))
    assert all(each.links and each.case.title and each.remedy for each in found)


@pytest.mark.parametrize("cause", ALL.values(), ids=list(ALL))
def test_the_good_example_has_none(cause: Cause) -> None:
    assert of(cause, cause.good).found == ()


@pytest.mark.parametrize("cause", ALL.values(), ids=list(ALL))
def test_a_cause_is_gone_without_its_evidence_and_stays_with_any_of_it(cause: Cause) -> None:
    """Of the rules that speak for a case, every subset keeps it but the empty one."""
    whole = of(cause, cause.bad)
    speaking = sorted({symptom.rule for each in whole.found for symptom in each.symptoms})
    for size in range(len(speaking) + 1):
        for left in combinations(speaking, size):
            only = [RULES[name] for name in left]
            told = {
                each.id: {link.symptom for link in each.links}
                for each in surveyed(cause.bad, only=only, known=[cause]).found
            }
            expected: dict[str, set[str]] = {}
            for each in whole.found:
                links = {symptom.id for symptom in each.symptoms if symptom.rule in left}
                if links:
                    expected[each.id] = links
            assert told == expected


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_has_a_cause_or_is_said_to_have_none(rule: object) -> None:
    name: str = rule.id  # type: ignore[attr-defined]
    named = {each for cause in ALL.values() for each in cause.rules}
    assert (name in named) != (name in WITHOUT_CAUSE)
    if name in named:
        found = surveyed(RULES[name].bad, only=[RULES[name]])
        assert found.unexplained == (), "each finding of its own bad example is explained"
        assert {f.id for f in found.findings} == {link.symptom for each in found.found for link in each.links}


def test_causes_name_rules_that_are_there() -> None:
    assert {each for cause in ALL.values() for each in cause.rules} <= RULES.keys()


def test_there_are_causes_for_every_practice_and_each_says_what_it_must() -> None:
    assert len(ALL) >= 12
    for cause in ALL.values():
        assert all(
            (
                cause.title,
                cause.why,
                cause.risk,
                cause.source,
                cause.explains,
                cause.remedy.text,
                cause.remedy.basis,
            )
        )
        assert 0.0 <= cause.remedy.saves[0] <= cause.remedy.saves[1] <= 1.0
        assert 0.0 < cause.remedy.hours[0] <= cause.remedy.hours[1]
        assert len({each.rule for each in cause.explains}) == len(cause.explains)


def test_a_finding_says_which_causes_it_is_a_symptom_of() -> None:
    cause = ALL["no-way-back"]
    found = of(cause, cause.bad)
    told = {finding.id: finding.symptom_of for finding in found.findings if finding.symptom_of}
    assert told == {"no-backup:data.orders": ("no-way-back",)}


def test_three_kinds_of_symptom_make_a_likely_cause_sure_and_two_do_not() -> None:
    from groma.survey.cause import agreed

    assert agreed((("a", "likely"), ("b", "possible"), ("c", "possible"))) == "certain"
    assert agreed((("a", "likely"), ("b", "likely"), ("b", "likely"))) == "likely"
    assert agreed((("a", "possible"), ("b", "possible"), ("c", "possible"))) == "likely"
    assert agreed((("a", "certain"),)) == "certain"


def test_a_case_that_is_only_possible_is_left_out_where_a_surer_one_explains_all_of_it() -> None:
    body = RULES["hot-station"].bad
    both = [ALL["growth-not-planned"], ALL["no-spare"]]
    told = surveyed(body, only=[RULES["hot-station"]], known=both).found
    assert [each.id for each in told] == ["growth-not-planned:components.web"]
    alone = surveyed(body, only=[RULES["hot-station"]], known=[ALL["no-spare"]]).found
    assert [(each.id, each.confidence) for each in alone] == [("no-spare", "possible")]


def test_a_rule_of_ones_own_is_tied_by_what_it_is_about_and_only_possibly() -> None:
    from dataclasses import replace

    own = replace(RULES["no-backup"], id="own")
    told = surveyed(RULES["no-backup"].bad, only=[own], known=[ALL["no-way-back"]])
    assert [each.confidence for each in told.found] == ["possible"]
    nothing = surveyed(RULES["no-backup"].bad, only=[replace(own, tags=("elsewhere",))])
    assert [finding.rule for finding in nothing.unexplained] == ["own"]
    assert nothing.found == ()


def test_a_folder_brings_causes(tmp_path: Path) -> None:
    source = Path(nobody_owns_it.__file__ or "").read_text(encoding="utf-8")
    (tmp_path / "own.py").write_text(source.replace('id="nobody-owns-it"', 'id="own"'), encoding="utf-8")
    assert "own" in all_causes([tmp_path])
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"empty\.py: expected a constant `CAUSE`"):
        all_causes([tmp_path])


def test_an_empty_model_has_no_causes_and_too_little_was_told() -> None:
    found = surveyed("")
    assert found.found == ()
    assert found.verdict.word == "too little told"
    assert loads(EXAMPLE_HEAD).components == {}


MAILED = """\
people: {ana: {rate: 40 EUR/h}}
components:
  mail: {kind: tool, offers: {read: {work: 1 s}}}
  books: {kind: tool, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {look: {work: 1 s}}}
connections: {typed: {from: mail, to: books, by_hand: true}}
flows: {book: {starts: {rate: 9/month}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("steps", "carried"),
    [
        ("{call: mail.read}, {ask: ana, takes: 1 h}, {call: books.write}", [2]),
        ("{call: mail.read}, {call: books.write}, {ask: ana, takes: 1 h}", [3]),
        (
            "{ask: ana, takes: 1 h}, {call: mail.read}, {call: shop.look}, {ask: ana, takes: 1 h}, {call: books.write}",
            [4],
        ),
        ("{ask: ana, takes: 1 h}, {ask: ana, takes: 2 h}, {call: books.write}", [2]),
        ("{ask: ana, takes: 1 h}, {call: mail.read}, {call: shop.look}", []),
        ("{ask: ana, takes: 1 h}", []),
    ],
)
def test_work_that_carries_data_over_is_found_by_the_tools_around_it(steps: str, carried: list[int]) -> None:
    from groma.model.figure import Ledger
    from groma.rules import Subject
    from groma.survey import Ground

    model = loads(EXAMPLE_HEAD + MAILED.replace("STEPS", steps))
    ground = Ground(Subject(model, Ledger(model.digest)))
    assert ground.hand_work("mail", "books") == tuple(f"flows.book.steps.{n}" for n in carried)
