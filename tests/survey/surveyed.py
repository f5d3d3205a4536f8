"""How tests of the survey get a diagnosis of a text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Rule
from groma.survey import Cause, Diagnosis, Found, diagnose

CATALOG = load_catalog()


def surveyed(
    body: str,
    *,
    head: str = EXAMPLE_HEAD,
    only: Iterable[Rule] | None = None,
    known: Iterable[Cause] | None = None,
) -> Diagnosis:
    model = loads(head + body)
    return diagnose(model, Ledger(model.digest), catalog=CATALOG, only=only, known=known)


@cache
def assessed(body: str) -> Diagnosis:
    model = loads(EXAMPLE_HEAD + body)
    return diagnose(model, assess(model, CATALOG, twice=False), catalog=CATALOG)


def one(diagnosis: Diagnosis, ident: str) -> Found:
    (found,) = [each for each in diagnosis.found if each.id == ident]
    return found


def cost(diagnosis: Diagnosis, ident: str) -> Figure:
    return diagnosis.ledger[one(diagnosis, ident).cost]
