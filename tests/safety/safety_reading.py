"""Small models for the tests of this folder."""

from __future__ import annotations

from groma.analyses import Context
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads

CATALOG = load_catalog()
HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"


def context(body: str) -> Context:
    """A context of a model with this body."""
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))
