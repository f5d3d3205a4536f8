"""Mutants of the rules' checks, each a slip of the hand (see `mutation.operators`), and the examples and companies.

    .venv/bin/python tools/rule_mutants.py [RULE ...]

A mutant is caught when an example of the rule, a case of `tests/rules/cases.py`, or a company of the rule tests gives
other findings than it should, or when a test of `TESTS` that calls the rule fails. One that changes nothing anybody
could see is declared in `tools/mutation/equal.toml`, with the reason (`--entries` prints survivors in that form). The
exit status is 1 if a mutant survived that isn't declared.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutation import checks
from mutation.meeting import Check, Meeting, Table

from companies import PLANTS, clean, planted
from groma.catalog import load_catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Subject, rules
from rules.cases import Case
from rules.test_cases import EVERY

ROOT = Path(__file__).parents[1]
KNOWN = rules()
TESTS = ("rules/test_rules.py", "buildable", "retrieval/test_refresh.py", "analyses/test_recovery.py")
OF_A_HIT = ("key", "figures", "confidence")
"""What of a hit is more than a text, beside the element."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A model and what the rule has to say of it."""

    model: Model
    case: Case


def said(call: ast.Call) -> Iterable[ast.expr]:
    """Texts of a hit."""
    if not isinstance(call.func, ast.Name) or call.func.id != "Hit":
        return ()
    return *call.args[1:], *(word.value for word in call.keywords if word.arg not in OF_A_HIT)


@lru_cache(maxsize=2)
def trials(name: str) -> list[Trial]:
    """What the tests hold the rule against: examples, cases, and companies, which are there to be assessed."""
    rule = KNOWN[name]
    cases = [Case(rule.id, rule.bad, rule.expected), Case(rule.id, rule.good)]
    cases += [case for case in EVERY if case.rule == rule.id]
    made = [Trial(loads(EXAMPLE_HEAD + case.body), case) for case in cases]
    if "assess" not in rule.phases:
        return made
    for number, plant in enumerate(PLANTS):
        company, expected = planted(7_000 + number, [plant])
        mine = frozenset(name for name in expected if name.startswith(f"{rule.id}:"))
        if mine or number % 5 == 0:
            made.append(Trial(loads(company.text), Case(rule.id, "", tuple(mine))))
    made += [Trial(loads(clean(seed).text), Case(rule.id, "")) for seed in range(8)]
    return made


def right(name: str, check: Check) -> bool:
    """Whether a rule's check finds in every trial what it must."""
    rule, catalog = replace(KNOWN[name], check=check), load_catalog()
    return not any(
        trial.case.differs(rule, Subject(trial.model, Ledger(trial.model.digest), catalog))
        for trial in trials(name)
    )


def put(name: str, check: Check) -> None:
    """Puts a check in the place of a rule's."""
    vars(sys.modules[KNOWN[name].check.__module__])["RULE"] = replace(KNOWN[name], check=check)


def main() -> int:
    """Tells what survived and the share that was caught."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("rules", nargs="*", help="ids of rules (all of them)")
    options.add_argument("--entries", action="store_true", help="survivors as entries of equal.toml, too")
    asked = options.parse_args()
    names = asked.rules or list(KNOWN)
    table = Table({name: rule.check for name, rule in KNOWN.items()}, put, right)
    every = [mutant for name in names for mutant in checks.mutants(name, table.checks[name], said)]
    meeting = Meeting(table, checks.undeclared(every))
    meeting.run([ROOT / "tests" / name for name in TESTS])
    return meeting.summary(len(every), f"{len(names)} rules", asked.entries)


if __name__ == "__main__":
    sys.exit(main())
