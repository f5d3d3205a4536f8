"""Every rule finds exactly what its bad example holds, and nothing in its good one."""

from __future__ import annotations

import pytest

from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Rule, rules, run

ALL = rules()
CATALOG = load_catalog()


def ids(rule: Rule, body: str) -> tuple[str, ...]:
    model = loads(EXAMPLE_HEAD + body)
    return tuple(f.id for f in run(model, Ledger(model.digest), catalog=CATALOG, only=[rule]))


@pytest.mark.parametrize("rule", ALL.values(), ids=list(ALL))
def test_the_bad_example_gives_exactly_the_expected_findings(rule: Rule) -> None:
    assert ids(rule, rule.bad) == tuple(sorted(rule.expected))
    assert rule.expected


@pytest.mark.parametrize("rule", ALL.values(), ids=list(ALL))
def test_the_good_example_gives_none(rule: Rule) -> None:
    assert ids(rule, rule.good) == ()
