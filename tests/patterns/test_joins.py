"""Connections of options: made where both of their ends are in the design, left out where one isn't."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.patterns import Space, close, library, open_model, resolve


@pytest.fixture(scope="module")
def space(root: Path) -> Space:
    return resolve(root / "examples/company/business.yaml", library())


def links(space: Space, **chosen: str) -> set[str]:
    """Names of the connections of the design with these answers, what is kept elsewhere."""
    answers = {r.name: next(v.name for v in r.variants if v.keeps) if any(v.keeps for v in r.variants)
               else r.variants[0].name for r in space.roles}  # fmt: skip
    answers |= {role.replace("__", "."): variant for role, variant in chosen.items()}
    return set(close(space, answers).model.connections)


def test_a_connection_is_made_with_both_of_its_ends(space: Space) -> None:
    both = {"invoices__tool": "invoicing_tool", "books__books": "online"}
    assert "invoice_to_books" in links(space, **both)
    for missing in both:
        assert "invoice_to_books" not in links(space, **{k: v for k, v in both.items() if k != missing})


def test_it_is_the_same_whoever_brings_the_other_end(space: Space) -> None:
    for board in ("planning_board", "suite_us"):
        for tool in ("invoicing_tool", "erp"):
            assert "job_to_invoice" in links(space, visits__board=board, invoices__tool=tool)
        assert "job_to_invoice" not in links(space, visits__board=board)


def test_while_choices_are_open_there_are_none(space: Space) -> None:
    assert not open_model(space).connections


def test_every_end_is_one_that_some_design_has(space: Space) -> None:
    model = open_model(space)
    known = {*model.components, *model.alternatives, *model.people}
    for role in space.roles:
        for variant in role.variants:
            for name, link in variant.joins.entries if variant.joins else ():
                ends = [link.get("from").value, link.get("to").value]
                assert set(ends) <= known, (role.name, name.value, ends)
