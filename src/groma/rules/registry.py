"""Where rules come from: the files of this package, installed packages, and a `rules` folder beside the model.

A rule is a module with a constant `RULE`. A package offers rules through the entry point group `groma.rules`: a `Rule`
or a callable that gives rules. Files of a folder are Python and are run as such: name only folders that you trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.finding import Finding
from groma.plugins import offered
from groma.rules.rule import Phase, Rule
from groma.rules.subject import Subject

ENTRY_POINTS = "groma.rules"


def rules(folders: Iterable[Path] = (), *, phase: Phase | None = None) -> dict[str, Rule]:
    """All rules by id, sorted: shipped, then installed, then those of the folders; later ones replace earlier ones.

    With a `phase` only those that are asked then.

    Raises ValueError for a file of a folder without a rule.
    """
    import groma.rules as package

    found = {rule.id: rule for rule in offered(Rule, "RULE", package, ENTRY_POINTS, folders)}
    return {name: rule for name, rule in sorted(found.items()) if phase is None or phase in rule.phases}


WEIGHT = {"error": 0, "warning": 1, "note": 2}


def run(
    model: Model,
    ledger: Ledger,
    *,
    catalog: Catalog | None = None,
    only: Iterable[Rule] | None = None,
) -> tuple[Finding, ...]:
    """The findings of all rules asked of a model that is assessed (or of `only` some), worst first, then by id.

    Figures that show consequences are entered into the ledger.
    """
    chosen = rules(phase="assess").values() if only is None else only
    return ranked(checked(model, ledger, catalog=catalog, only=chosen))


@dataclass(frozen=True, slots=True)
class Checked:
    """What one rule looked at in a model, and what it found there."""

    rule: Rule
    looked_at: int
    findings: tuple[Finding, ...]


def checked(
    model: Model, ledger: Ledger, *, catalog: Catalog | None = None, only: Iterable[Rule]
) -> tuple[Checked, ...]:
    """Each rule with how many places it looked at, those included where nothing is found."""
    subject = Subject(model, ledger, catalog)
    looks = ((rule, rule.check(subject)) for rule in only)
    return tuple(Checked(rule, look.looked_at, rule.told(look)) for rule, look in looks)


def ranked(found: Iterable[Checked]) -> tuple[Finding, ...]:
    """All their findings, worst first, then by id."""
    findings = (finding for each in found for finding in each.findings)
    return tuple(sorted(findings, key=lambda finding: (WEIGHT[finding.severity], finding.id)))
