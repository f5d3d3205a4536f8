"""Random small briefs with their patterns, as texts: shared components, fallbacks, caches, retries, conditional roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from groma.model.load import parse
from groma.model.source import Mapping
from groma.patterns import Space, pattern_of, space_of


@dataclass(frozen=True)
class Texts:
    """A brief and its pattern."""

    brief: str
    pattern: str

    def space(self) -> Space:
        root = parse(self.brief, "brief.yaml")
        assert isinstance(root, Mapping)
        pattern = pattern_of(self.pattern, "pattern.yaml")
        return space_of(root, Path(), {pattern.pattern: pattern})


PATTERN = """
pattern: desk
gives: answer questions
title: A desk
base:
  components:
    agent:
      kind: service
      price: 10 EUR/month
      fails: {{availability: 99.95 %}}
      offers: {{run: {{work: 5 ms, steps: [{{open: retrieve}}, {{open: generate}}]}}}}
    ledger: {{kind: database, price: 30 EUR/month, fails: {{availability: 99.98 %}}, offers: {{note: {{work: 10 ms}}}}}}
  flows:
    answer:
      starts: {{rate: 10/min, busiest: 30/min}}
      steps: [{{call: agent.run}}, {{mark: replied}}, {{call: ledger.note}}]
roles:
  writer:
    title: Which model writes?
    options:
{writers}
  search:
    title: What is looked up?
    options:
      none: {{}}
{searches}
  retry:
    title: What if the model fails?
    options:
      none: {{}}
      again:
        each: {{times: [{times}]}}
        wrap: {{generate: {{retry: {{times: "${{times}}", backoff: {backoff} ms}}}}}}
  spare:
    title: Who answers when the model is out?
    options:
      none: {{}}
      canned:
        adds: {{components: {{faq: {{kind: tool, fails: {{availability: 99 %}}, price: {faq_rent} EUR/month,
          offers: {{find: {{work: 900 ms}}}}}}}}}}
        wrap: {{generate: {{fallback: [{{call: faq.find}}]}}}}
      second:
        {second_when}
        adds: {{components: {{spare: {{kind: llm, fails: {{availability: {spare_up} %}}, price: {spare_rent} EUR/month,
          offers: {{generate: {{work: {spare_work} ms ± {spare_work_half} ms, fails: 1 %, price: {{call: {spare_price} EUR}}}}}}}}}}}}
        wrap: {{generate: {{fallback: [{{call: spare.generate}}]}}}}
  cache:
    title: Are answers kept?
    options:
      none: {{}}
      exact:
        not_with: {{{cache_not_with}}}
        adds: {{components: {{cache: {{kind: cache, fails: {{availability: 99.9 %}}, price: {cache_rent} EUR/month}}}}}}
        wrap: {{generate: {{cache: {{hits: {hits} %, takes: 10 ms, component: cache}}}}}}
  store:
    title: Where are kept answers?
    when: {{cache: [exact]}}
    options:
      memory: {{}}
      disk: {{adds: {{components: {{disk: {{kind: disk, price: {disk_rent} EUR/month, fails: {{availability: 99.99 %}}}}}}}}}}
failure_modes:
  outage: {{cause: the model is out, effect: nobody gets an answer, mitigated_by: {{spare: [second]}}, remains: both out}}
  stale: {{cause: a kept answer is old, effect: wrong answers, only_with: {{cache: [exact]}}, severity: high}}
"""

BRIEF = """
groma: 1
system: Desk {seed}
currency: EUR
facts:
  call: {{value: {call} EUR, known: {call_low} EUR .. {call_high} EUR, source: a guess, date: 2026-01-01}}
needs:
  quick: {{measure: latency/answer@replied/p95, at_most: {quick} s}}
  dependable: {{measure: availability/answer, at_least: {dependable} %}}
  affordable: {{measure: cost/month, at_most: {affordable} EUR/month}}
wishes: [cost/month, {wish}]
wants:
  desk: {{capability: answer questions}}
"""


SPARE_OUT = re.compile(r"      canned:\n(        .*\n){3}")
"""An option that small briefs do without."""


def random_texts(seed: int, **given: object) -> Texts:
    """A brief whose needs are tight enough to rule things out; `given` overrides its numbers,
    and `few=True` leaves so few options that trying everything takes a second."""
    rng = Random(seed)

    def of(*choices: object) -> object:
        return rng.choice(choices)

    few = bool(given.get("few"))
    writers = [
        f"      m{n}: {{adds: {{components: {{model: {{kind: llm, price: {rng.randrange(0, 60)} EUR/month,"
        f" fails: {{availability: {rng.choice([99, 99.5, 99.9, 99.95])} %}}, offers: {{generate: {{"
        f"work: {(work := rng.randrange(300, 3000))} ms ± {work // 2} ms, fails: {rng.choice([0.1, 0.5, 2])} %,"
        f" price: {{call: {'$call' if n == 0 else f'{rng.randrange(1, 30) / 10000} EUR'}}}}}}}}}}}}},"
        f" fill: {{generate: [{{call: model.generate}}]}}}}"
        for n in range(2 if few else rng.randrange(2, 4))
    ]
    searches = [
        f"      s{n}: {{adds: {{components: {{index: {{kind: index, price: {rng.randrange(5, 80)} EUR/month,"
        f" fails: {{availability: {rng.choice([99.5, 99.9])} %}},"
        f" offers: {{query: {{work: {rng.randrange(20, 400)} ms}}}}}}}}}},"
        f" fill: {{retrieve: [{{call: index.query}}]}}}}"
        for n in range(rng.randrange(0, 2) if few else rng.randrange(1, 3))
    ]
    call = rng.randrange(1, 30) / 10000
    numbers: dict[str, object] = {
        "seed": seed,
        "writers": "\n".join(writers), "searches": "\n".join(searches), "backoff": of(50, 200), "times": '"1"' if few else '"1", "2"',
        "second_when": of("title: a second model", "when: {retry: [none]}"),
        "faq_rent": rng.randrange(5, 200), "spare_up": of(99, 99.9), "spare_rent": rng.randrange(0, 40), "spare_work": (work := rng.randrange(200, 2000)),
        "spare_work_half": work // 2, "spare_price": rng.randrange(1, 30) / 10000,
        "cache_not_with": "search: [s0]" if rng.random() < 0.5 and searches else "", "cache_rent": rng.randrange(5, 50), "hits": rng.randrange(5, 40),
        "disk_rent": rng.randrange(1, 9), "call": call, "call_low": call * 0.8, "call_high": call * 1.2,
        "quick": of(3, 5, 8, 12), "dependable": of(98, 99, 99.5, 99.8), "affordable": of(800, 1500, 4000),
        "wish": of("latency/answer@replied/p95", "availability/answer"),
    }  # fmt: skip
    numbers |= given
    pattern = SPARE_OUT.sub("", PATTERN) if few else PATTERN
    return Texts(BRIEF.format(**numbers), pattern.format(**numbers))
