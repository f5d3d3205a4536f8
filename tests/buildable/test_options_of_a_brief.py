"""A brief's own open decision: each option forced and the brief solved again, held against every combination."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from groma.catalog import load_catalog
from groma.design import Blueprint
from groma.design.designer import design
from groma.model.position import ModelError
from groma.model.source import Mapping, parse
from groma.patterns import pattern_of, space_of
from groma.patterns.space import Space

PATTERN = """
pattern: shop
gives: sell things
title: Shop
inputs: {rate: {title: orders}}
base:
  flows: {order: {starts: {rate: "${rate}"}, steps: [{open: pay}]}}
roles:
  till:
    title: Who takes the money?
    options:
      small: {title: A small till, adds: {components: {till: {kind: tool, price: 20 EUR/month, fails: {availability: 99 %}, offers: {pay: {work: 1 s}}}}}, fill: {pay: [{call: till.pay}]}}
      large: {title: A large till, adds: {components: {till: {kind: tool, price: 90 EUR/month, fails: {availability: 99.9 %}, offers: {pay: {work: 1 s}}}}}, fill: {pay: [{call: till.pay}]}}
      poor: {title: A poor till, adds: {components: {till: {kind: tool, price: 5 EUR/month, fails: {availability: 80 %}, offers: {pay: {work: 1 s}}}}}, fill: {pay: [{call: till.pay}]}}
"""

BRIEF = """
groma: 1
system: Small shop
currency: EUR
needs: {up: {measure: availability/order, at_least: 98 %}}
wishes: [cost/month, availability/order]
wants: {shop: {capability: sell things, with: {rate: 10/day}}}
decisions:
  which_till:
    title: Which till?
    status: open
    options: [Small, Large, Poor, Wait]
    shown_by: {Small: till=small, Large: shop.till=large, Poor: till=poor}
    waits: [flows.order]
"""


def space(brief: str = BRIEF) -> Space:
    root = parse(brief, "brief.yaml")
    assert isinstance(root, Mapping)
    return space_of(root, Path(), {"shop": pattern_of(PATTERN, "pattern.yaml")})


@cache
def designed() -> Blueprint:
    made = space()
    return design(made, load_catalog(), made.patterns, robustness=False)


def test_each_option_has_the_figures_of_the_best_design_that_has_it() -> None:
    ledger = designed().ledger
    bills = {n: ledger[f"option/which_till/{n}/cost/month"].value for n in (1, 2)}
    assert bills == {1: pytest.approx(20.0), 2: pytest.approx(90.0)}
    up = {n: ledger[f"option/which_till/{n}/availability/order"].value for n in (1, 2)}
    assert up == {1: pytest.approx(0.99), 2: pytest.approx(0.999)}


def test_an_option_that_breaks_a_need_says_so_and_one_that_nothing_shows_has_no_figures() -> None:
    ledger = designed().ledger
    assert ledger["option/which_till/3/none"].words == "no design with this answer keeps all needs"
    assert not [figure.name for figure in ledger if figure.name.startswith("option/which_till/4/")]


def test_the_decision_stays_open_in_the_proposals() -> None:
    best = designed().best
    assert best is not None
    assert best.model.decisions["which_till"].status == "open"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("till=smal", "has no option `smal`; did you mean `small`?"),
        ("tell=small", "there is no role called `tell`; did you mean `till`?"),
    ],
)
def test_a_wrong_answer_is_told_before_the_work_begins(wrong: str, told: str) -> None:
    made = space(BRIEF.replace("till=small", wrong))
    with pytest.raises(ModelError) as error:
        design(made, load_catalog(), made.patterns, robustness=False)
    assert told in str(error.value.problems[0])
