"""Small programs on parts that fail, write, and ask, for tests by hand."""

from __future__ import annotations

from groma.analyses.context import Context
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads

CATALOG = load_catalog()
PARTS = """groma: 1
system: by hand
currency: EUR
people: {ana: {role: clerk}}
"""
OFFERS = """components:
  a: {kind: service, offers: {f: {work: 1 s}, deep: {steps: [{do: other}]}}}
  b: {kind: service, offers: {f: {work: 1 s, impact: pay, effect: once}}}
  c: {kind: service, offers: {f: {work: 1 s, fails: 50 %}}}
  m: {kind: llm, offers: {f: {work: 1 s, fails: 50 %}}}
  desk: {kind: tool, used_by: [ana], offers: {put: {work: 1 s}}}
flows:
  other: {steps: [{repeat: {times: 2, steps: [{call: a.f}]}}]}
"""
HERE = "flows.main.steps.1"


def context(text: str) -> Context:
    model = loads(PARTS + text)
    return Context(model, CATALOG, Ledger(model.digest))


def flow(steps: str) -> Context:
    return context(f"{OFFERS}  main: {{starts: {{rate: 1/s}}, by: a, steps: [{steps}]}}\n")
