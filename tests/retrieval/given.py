"""Figures of a small model written in a test."""

from __future__ import annotations

from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.needs import results
from groma.catalog import load_catalog
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from groma.solvers.retrieval import Measured

HEAD = "groma: 1\nsystem: X\ncurrency: EUR\n"
CATALOG = load_catalog()


def context_of(body: str) -> Context:
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))


def figure_of(body: str, measure: str) -> Figure:
    return figure(context_of(body), measure)


def verdicts(body: str) -> dict[str, str]:
    return {result.need: result.verdict for result in results(context_of(body))}


def hnsw_table() -> list[Measured]:
    """What the catalogue has measured of graphs."""
    rows = CATALOG.entries("hnsw-recall")
    return [
        Measured(
            int(r.text("vectors")), int(r.text("m")), int(r.text("ef")), float(r.text("recall")),
            float(r.text("error")), float(r.text("distances")),
        )
        for r in rows
    ]  # fmt: skip
