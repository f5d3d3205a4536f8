"""The rules find every problem planted in made-up companies, several at once too, and nothing else in any."""

from __future__ import annotations

import re
from pathlib import Path

from companies import PLANTS, clean, planted
from companies.scored import Score, none_planted, one_planted, several_planted
from groma.rules import rules

COMPANIES = Path(__file__).parents[1] / "companies"


def exact(score: Score) -> None:
    assert (score.wrong, score.missed) == ([], [])
    assert score.precision == score.recall == 1.0


def test_nothing_is_found_in_clean_companies() -> None:
    score = none_planted(range(40))
    exact(score)
    assert (score.companies, score.right, score.kinds) == (40, 0, set())


def test_each_kind_of_problem_is_found_and_nothing_beside_it() -> None:
    score = one_planted(range(7_000, 7_000 + len(PLANTS)))
    exact(score)
    assert score.kinds == {plant.rule for plant in PLANTS}


def test_several_problems_in_one_company_are_all_found() -> None:
    score = several_planted(range(9_000, 9_040))
    exact(score)
    assert score.right >= 2 * score.companies


def test_forty_kinds_are_planted_and_each_is_a_rule() -> None:
    kinds = {plant.rule for plant in PLANTS}
    assert len(kinds) >= 40
    assert kinds <= rules().keys()


def test_a_plant_that_implies_another_finding_says_why() -> None:
    for number, plant in enumerate(PLANTS):
        _, expected = planted(number, [plant])
        others = {name for name in expected if not name.startswith(f"{plant.rule}:")}
        assert bool(others) == bool(plant.implies), plant.name
        assert any(name.startswith(f"{plant.rule}:") for name in expected)


def test_companies_are_of_many_shapes_and_the_same_seed_gives_the_same() -> None:
    companies = [clean(seed) for seed in range(60)]
    assert len({company.trade.name for company in companies}) == 8
    assert min(c.heads for c in companies) <= 6 < 35 <= max(c.heads for c in companies)
    assert len({len(c.section("flows")) for c in companies}) >= 4
    assert len({company.text for company in companies}) == 60
    assert all(company.text == clean(seed).text for seed, company in enumerate(companies))


def test_what_is_clean_is_written_without_a_look_at_the_rules() -> None:
    for name in ("clean", "decoys", "plant", "trades"):
        assert not re.search(r"^\s*(from|import) groma", (COMPANIES / f"{name}.py").read_text(), re.M)


def test_a_finding_that_is_not_there_and_one_that_is_missed_count() -> None:
    score = Score()
    score.add("x", frozenset({"a:1", "b:2"}), frozenset({"a:1", "c:3"}))
    assert (score.wrong, score.missed) == (["x: c:3"], ["x: b:2"])
    assert score.precision == score.recall == 0.5
    assert score.kinds == {"a"}
