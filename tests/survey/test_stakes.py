"""The smallest sets that stop more than half, against trying every set of people away."""

from __future__ import annotations

from itertools import combinations

import pytest

from survey.surveyed import surveyed

FLOWS = {"a": (100, ("ana",)), "b": (80, ("ana", "ben")), "c": (70, ("cem",)), "d": (60, ("ben",))}
"""Flow -> worth of a run, people who know what its one step needs."""


def body(flows: dict[str, tuple[int, tuple[str, ...]]], stated: bool = True) -> str:
    people = {
        p: [f"k{name}" for name, (_, able) in flows.items() if p in able] for p in ("ana", "ben", "cem")
    }
    lines = [
        "people:",
        *(f"  {p}: {{rate: 40 EUR/h, knows: [{', '.join(k)}]}}" for p, k in people.items()),
        "flows:",
    ]
    for name, (worth, able) in flows.items():
        money = f"worth: {worth} EUR, " if stated else ""
        lines.append(
            f"  {name}: {{{money}starts: {{rate: 1/month}}, steps: [{{ask: {able[0]}, takes: 1 h, needs_knowledge: [k{name}]}}]}}"
        )
    return "\n".join(lines) + "\n"


def by_trying(
    flows: dict[str, tuple[int, tuple[str, ...]]], stated: bool = True
) -> dict[frozenset[str], float]:
    value = {name: worth if stated else 1 for name, (worth, _) in flows.items()}
    whole = sum(value.values())
    for size in (1, 2, 3):
        found: dict[frozenset[str], float] = {}
        for away in combinations(("ana", "ben", "cem"), size):
            stopped = sum(value[name] for name, (_, able) in flows.items() if set(able) <= set(away))
            if stopped * 2 > whole:
                found[frozenset(f"people.{p}" for p in away)] = stopped / whole
        if found:
            return found
    return {}


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize(
    "flows",
    [
        FLOWS,
        {"a": (100, ("ana",)), "b": (10, ("ben",))},
        {"a": (50, ("ana",)), "b": (50, ("ben",))},
        {"a": (51, ("ana",)), "b": (49, ("ben", "cem"))},
        {"a": (10, ("ana", "ben", "cem"))},
        {"a": (10, ("ana", "ben")), "b": (30, ("ben", "cem")), "c": (20, ("cem", "ana"))},
    ],
)
def test_sets_are_those_that_trying_finds(
    flows: dict[str, tuple[int, tuple[str, ...]]], stated: bool
) -> None:
    found = surveyed(body(flows, stated))
    told = {frozenset(each.parts): found.ledger[each.figure].value for each in found.sets}
    expected = by_trying(flows, stated)
    assert told == {parts: pytest.approx(share) for parts, share in expected.items()}


def test_a_key_without_which_all_stops_is_such_a_set() -> None:
    text = """\
people: {ana: {}}
components:
  domain: {kind: domain, owner: ana, fails: {availability: 99.9 %}}
  shop: {kind: tool, owner: ana, depends_on: [domain], offers: {buy: {work: 1 s}}}
flows: {buy: {worth: 9 EUR, starts: {rate: 1/h}, steps: [{call: shop.buy}]}}
"""
    assert [each.parts for each in surveyed(text).sets] == [("components.domain",)]
