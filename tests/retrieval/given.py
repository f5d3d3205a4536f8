"""Figures of a small model written in a test."""

from __future__ import annotations

from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.needs import results
from groma.catalog import load_catalog
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

HEAD = "groma: 1\nsystem: X\ncurrency: EUR\n"
CATALOG = load_catalog()


def context_of(body: str) -> Context:
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))


def figure_of(body: str, measure: str) -> Figure:
    return figure(context_of(body), measure)


def verdicts(body: str) -> dict[str, str]:
    return {result.need: result.verdict for result in results(context_of(body))}
