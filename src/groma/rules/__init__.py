"""Findings about a model, one rule a file, in folders by what they look at.

All practices share these rules, since a founder, a host and a prompt are elements of one graph. `rules(folders)` finds
them, `run(model, ledger)` gives the findings; a `Rule` says what it looks for and why, with an example of each kind.
"""

from groma.rules.registry import Checked, checked, ranked, rules, run
from groma.rules.rule import EXAMPLE_HEAD, Hit, Look, Phase, Rule
from groma.rules.subject import Subject

__all__ = [
    "EXAMPLE_HEAD",
    "Checked",
    "Hit",
    "Look",
    "Phase",
    "Rule",
    "Subject",
    "checked",
    "ranked",
    "rules",
    "run",
]
