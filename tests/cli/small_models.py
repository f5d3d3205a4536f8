"""Small models and a small brief with its own pattern, for tests of commands."""

from __future__ import annotations

from pathlib import Path

SHOP = """\
groma: 1
system: Shop
currency: EUR

needs:
  quick: {measure: latency/order/p95, at_most: 200 ms}
  up: {measure: availability/order, at_least: 99.9 %}
  cheap: {measure: cost/month, at_most: LIMIT}

people:
  ana: {role: founder}

components:
  api:
    kind: service
    owner: ana
    threads: 8
    price: {month: 12 EUR/month .. 25 EUR/month}
    fails: {availability: 99.95 %}
    offers:
      take: {work: 4 ms ± 1 ms}

flows:
  order:
    starts: {rate: 10/min}
    steps:
      - call: api.take
"""
"""Its bill lies between 12 and 25 EUR a month, so that LIMIT decides the verdict of `cheap`."""

BRIEF = """\
groma: 1
system: Toy
currency: EUR
include: facts.yaml
needs:
  quick: {measure: latency/answer/p95, at_most: 1 s}
wishes: [cost/month, latency/answer/p95]
wants:
  desk: {capability: answer questions, with: {rate: 10/min}}
"""

FACTS = "facts:\n  writes: {value: 100 ms, source: measured, date: 2026-11}\n"

PATTERN = """\
pattern: toy-answer
gives: answer questions
title: Toy
inputs:
  rate: {title: questions in the mean over a month}
base:
  flows:
    answer: {starts: {rate: "${rate}"}, steps: [{open: generate}]}
roles:
  writer:
    title: Which model writes?
    options:
      big:
        adds: {components: {model: {kind: llm, price: 90 EUR/month, offers: {generate: {work: 20 ms}}}}}
        fill: {generate: [{call: model.generate}]}
      small:
        adds: {components: {model: {kind: llm, price: 30 EUR/month, offers: {generate: {work: $writes}}}}}
        fill: {generate: [{call: model.generate}]}
"""


def shop(folder: Path, limit: str = "30 EUR/month", name: str = "model.yaml") -> Path:
    path = folder / name
    path.write_text(SHOP.replace("LIMIT", limit), encoding="utf-8")
    return path


def brief(folder: Path) -> Path:
    """A brief with its facts and a `patterns` folder beside it: two designs, both on the front."""
    (folder / "patterns").mkdir(parents=True)
    (folder / "patterns" / "toy.yaml").write_text(PATTERN, encoding="utf-8")
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    path = folder / "brief.yaml"
    path.write_text(BRIEF, encoding="utf-8")
    return path
