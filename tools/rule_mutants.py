"""Mutants of the rules' checks, each a slip of the hand (see `mutation.operators`), and the examples and companies.

    .venv/bin/python tools/rule_mutants.py [RULE ...]

A mutant is caught when an example of the rule, a case of `tests/rules/cases.py`, or a company of the rule tests gives
other findings than it should. One that changes nothing anybody could see is declared in `tools/mutation/equal.toml`,
with the reason (`--entries` prints survivors in that form). The exit status is 1 if a mutant survived that isn't
declared.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutation import checks

from companies import PLANTS, clean, planted
from groma.catalog import load_catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Rule, Subject, rules
from rules.cases import CASES, Case
from rules.more_cases import MORE

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


def trials(rule: Rule) -> list[Trial]:
    """What the tests hold the rule against: examples, cases, and companies, which are there to be assessed."""
    cases = [Case(rule.id, rule.bad, rule.expected), Case(rule.id, rule.good)]
    cases += [case for case in (*CASES, *MORE) if case.rule == rule.id]
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


def differs(rule: Rule, each: list[Trial]) -> bool:
    """Whether a trial tells it from what the rule has to be."""
    catalog = load_catalog()
    return any(
        trial.case.differs(rule, Subject(trial.model, Ledger(trial.model.digest), catalog)) for trial in each
    )


def survivors(rule: Rule, tried: list[checks.Mutant]) -> list[checks.Mutant]:
    """Mutants of a rule that nothing catches."""
    original, each = sys.modules[rule.check.__module__], trials(rule)
    if differs(rule, each):
        raise SystemExit(f"{rule.id}: isn't as its examples say, without a mutant")
    return [
        m
        for m in tried
        if not checks.caught(lambda m=m: differs(replace(rule, check=m.executed(original).check), each))
    ]


def main() -> int:
    """Tells what survived and the share that was caught."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("rules", nargs="*", help="ids of rules (all of them)")
    options.add_argument("--entries", action="store_true", help="survivors as entries of equal.toml, too")
    asked = options.parse_args()
    known = rules()
    names = asked.rules or list(known)
    every = tried = 0
    survived: list[checks.Mutant] = []
    for name in names:
        found = list(checks.mutants(name, sys.modules[known[name].check.__module__], said))
        left = checks.undeclared(found)
        every, tried = every + len(found), tried + len(left)
        survived += survivors(known[name], left)
    return checks.told(every, tried, survived, f"{len(names)} rules", asked.entries)


if __name__ == "__main__":
    sys.exit(main())
