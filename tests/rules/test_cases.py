"""Each rule on more examples: what is at its edges, how sure it is, which figures it quotes, how many it looked at."""

from __future__ import annotations

import pytest

from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Subject, rules
from rules.cases import CASES, Case
from rules.edge_cases import EDGES
from rules.held_cases import HELD
from rules.last_buildable_cases import LAST_BUILDABLE
from rules.last_cases import LAST
from rules.last_data_cases import LAST_DATA
from rules.last_part_cases import LAST_PARTS
from rules.last_safety_cases import LAST_SAFETY
from rules.more_cases import MORE
from rules.supervision_cases import SUPERVISION
from rules.wording_cases import WORDING

CATALOG = load_catalog()
ALL = rules()
EVERY = (
    *CASES,
    *MORE,
    *EDGES,
    *SUPERVISION,
    *WORDING,
    *LAST,
    *LAST_BUILDABLE,
    *LAST_DATA,
    *LAST_PARTS,
    *LAST_SAFETY,
    *HELD,
)


@pytest.mark.parametrize("case", EVERY, ids=[f"{case.rule}-{n}" for n, case in enumerate(EVERY)])
def test_a_rule_says_what_it_has_to(case: Case) -> None:
    model = loads(EXAMPLE_HEAD + case.body)
    assert case.differs(ALL[case.rule], Subject(model, Ledger(model.digest), CATALOG)) == ""
