"""A flaw put into a brief is told by the designer itself: by needs that can't be met, or by what is found in what it
recommends. All answers are fixed, so that one design is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groma import api
from groma.design import Blueprint, design

from .ai_designs import CATALOG, posed

pytestmark = pytest.mark.slow


def designed(
    root: Path,
    folder: Path,
    name: str,
    *,
    without: str = "",
    edit: tuple[str, str] = ("", ""),
    **changed: str,
) -> Blueprint:
    space, answers = posed(root, folder, name, without, edit, **changed)
    roles = tuple(
        replace(
            role, variants=tuple(v for v in role.variants if v.name == answers[role.name]) or role.variants
        )
        for role in space.roles
    )
    there = {(role.name, variant.name) for role in roles for variant in role.variants}
    exclusions = tuple(each for each in space.exclusions if each <= there)
    return design(replace(space, roles=roles, exclusions=exclusions), CATALOG, {}, robustness=False)


def grave(blueprint: Blueprint) -> set[str]:
    return {found.rule for found in api.findings(blueprint, catalog=CATALOG) if found.severity == "error"}


def test_personal_data_outside_the_region_that_a_need_states_are_refused(root: Path, tmp_path: Path) -> None:
    """The desk's own helpdesk keeps cases in the US: which need, where the data would be, and what it would take."""
    abroad = ("Zendesk's EU data centre, in: EU", "Zendesk's data centre, in: US")
    found = designed(root, tmp_path, "escalation-desk", edit=abroad)
    assert found.best is None and found.conflicts is not None
    assert found.conflicts.sets == (("in_eu",),)
    cannot, offer = found.conflicts.questions
    assert (
        cannot.startswith("in_eu (residency/personal EU) can't be met by any design: designs have ")
        and "US" in cannot
    )
    assert offer.startswith("Could in_eu be given up?")


def test_a_decision_that_may_be_booked_twice_is_told_of_what_is_recommended(
    root: Path, tmp_path: Path
) -> None:
    twice = ("decide: {work: $core_write, effect: keyed,", "decide: {work: $core_write, effect: once,")
    found = designed(root, tmp_path, "credit-assistant", edit=twice)
    assert found.best is not None and grave(found) == {"retry-of-once"}


def test_an_open_way_out_is_told_of_what_is_recommended(root: Path, tmp_path: Path) -> None:
    """Pages of strangers, customers' papers and a search outside meet in one model, by a fixed decision; the need that
    would refuse it isn't stated."""
    found = designed(root, tmp_path, "research-product", without="confidential", places_to_look="web")
    assert found.best is not None and "trifecta-open" in grave(found)
