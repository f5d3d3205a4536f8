"""A small brief with its pattern, whose design takes a second: what the deliverables are tried on."""

# ruff: noqa: E501 (options of a pattern read best on a line each)
from __future__ import annotations

from functools import cache
from pathlib import Path

from groma.catalog import load_catalog
from groma.design import Blueprint, design
from groma.model.load import parse
from groma.model.source import Mapping
from groma.patterns import pattern_of, space_of

PATTERN = """
pattern: desk
gives: answer questions
practice: ai
title: Desk
inputs: {rate: {title: questions}}
base:
  components:
    agent:
      kind: service
      title: Desk service
      does: Runs the steps of a case
      place: fra
      fails: {availability: 99.95 %}
      price: 40 EUR/month
      offers:
        run: {title: handle the case, work: 5 ms, request: {question: text}, response: {answer: text}, steps: [{open: retrieve}, {open: generate}]}
  data:
    case: {title: Case, class: personal, held_by: [zendesk], fields: {id: string, body: text}}
  flows:
    answer:
      title: Answer a question
      starts: {rate: "${rate}", busiest: 40/min}
      carries: [case]
      steps:
        - call: agent.run
        - mark: replied
        - choose:
            - {share: 90 %, when: it was answered, steps: []}
            - {share: 10 %, when: a person is wanted, steps: [{ask: ana, takes: 5 min, title: takes it over}]}
roles:
  writer:
    title: Which model writes?
    options:
      big: {title: Big model, why: Better answers., adds: {components: {model: {kind: llm, title: Big model, place: fra, fails: {availability: 99.9 %}, offers: {generate: {work: 2 s ± 0.5 s, price: {call: $call}}}}}}, fill: {generate: [{call: model.generate, title: write the answer}]}}
      small: {title: Small model, why: Cheap., against: Fails more often., to_reverse: Change an endpoint., adds: {components: {model: {kind: llm, title: Small model, place: fra, fails: {availability: 99 %}, offers: {generate: {work: 1 s ± 0.25 s, price: {call: 0.004 EUR}}}}}}, fill: {generate: [{call: model.generate, title: write the answer}]}}
  retry:
    title: Is a failed attempt tried again?
    options:
      none: {title: No}
      once: {title: Once, wrap: {generate: {retry: {times: 1, backoff: 200 ms}, timeout: 8 s}}}
  cache:
    title: Are answers kept?
    options:
      none: {title: No}
      own: {title: In a cache of its own, adds: {components: {cache: {kind: cache, title: Answer cache, place: fra, fails: {availability: 99.9 %}, price: 20 EUR/month}}}, wrap: {generate: {cache: {hits: 20 %, takes: 10 ms, component: cache}}}}
  search:
    title: Where are passages looked for?
    options:
      keyword: {title: In the help desk, fill: {retrieve: [{call: zendesk.search, title: look for passages}]}}
failure_modes:
  wrong: {cause: The model writes what isn't true, effect: A customer is misled, response: A person looks at complaints, remains: Wrong answers nobody complains about, severity: high, mitigated_by: {cache: [own]}}
"""

BRIEF = """
groma: 1
system: {system}
currency: EUR
date: "2026-11-21"
author: Head of support
practice: {practice}
problem: Answer what customers ask.
out_of_scope: {{Telephone: contact centre}}
facts:
  call: {{value: {call} EUR, known: {low} EUR .. {high} EUR, source: a price list, date: "2026-01"}}
  questions: {{value: {rate}/min, source: case counts, date: "2026-10", exact: true}}
needs:
  quick: {{measure: latency/answer@replied/p95, at_most: 6 s, from: support lead, why: people wait}}
  dependable: {{measure: availability/answer@replied, at_least: {dependable} %}}
  affordable: {{measure: cost/month, at_most: 9000 EUR/month}}
  in_eu: {{measure: residency/personal, within: [EU]}}
wishes: [cost/month, availability/answer@replied]
people: {{ana: {{title: Ana, role: answers what is left, count: 40 people, rate: 30 EUR/h, hours: 38 h, knows: [billing], place: fra}}}}
places: {{fra: {{kind: region, title: Frankfurt, in: EU}}}}
components:
  zendesk: {{kind: tool, title: {tool}, existing: true, place: fra, price: 0 EUR/month, fails: {{availability: 99.9 %}}, offers: {{search: {{work: 100 ms}}}}}}
wants:
  desk: {{capability: answer questions, with: {{rate: $questions}}}}
"""


@cache
def blueprint(
    call: float = 0.02,
    rate: float = 10.0,
    dependable: float = 98.5,
    system: str = "Small desk",
    practice: str = "ai",
    tool: str = "Zendesk",
    robust: bool = False,
) -> Blueprint:
    """The design of the brief with these numbers."""
    text = BRIEF.format(
        call=call,
        low=call * 0.9,
        high=call * 1.1,
        rate=rate,
        dependable=dependable,
        system=system,
        practice=practice,
        tool=tool,
    )
    root = parse(text, "brief.yaml")
    assert isinstance(root, Mapping)
    pattern = pattern_of(PATTERN, "pattern.yaml")
    library = {pattern.pattern: pattern}
    return design(space_of(root, Path(), library), load_catalog(), library, robustness=robust)
