"""A large brief with its pattern, as texts: more than a million combinations of ten questions."""

from __future__ import annotations

from design.briefs import Texts


def large_texts(quick: float = 9.0, dependable: float = 99.6, affordable: float = 4000.0) -> Texts:
    """An answering service: models of three suppliers, retrieval, reranking, guard, retries, spare, cache, hosting."""
    models = {
        "small": (0.6, 0.3, 0.002, 99.5), "medium": (1.2, 0.6, 0.006, 99.7), "large": (2.4, 1.2, 0.02, 99.8),
        "thrifty": (1.8, 1.2, 0.001, 99.0), "careful": (3.2, 1.4, 0.03, 99.9), "local": (2.0, 0.5, 0.0005, 99.6),
        "quick": (0.4, 0.2, 0.009, 99.4),
    }  # fmt: skip

    def model(name: str, component: str, slot: str) -> str:
        work, spread, price, up = models[name]
        rent = "price: 420 EUR/month, " if name == "local" else ""
        return (
            f"{{adds: {{components: {{{component}: {{kind: llm, {rent}fails: {{availability: {up} %}}, offers: {{generate: "
            f"{{work: {work} s ± {spread} s, fails: 0.4 %, price: {{call: {price} EUR}}}}}}}}}}}}, {slot}}}"
        )

    writers = "\n".join(
        f"      {n}: {model(n, 'model', 'fill: {generate: [{call: model.generate}]}')}" for n in models
    )
    spares = "\n".join(
        f"      {n}: {model(n, 'spare', 'wrap: {generate: {fallback: [{call: spare.generate}]}}')}"
        for n in ("small", "medium", "thrifty", "local")
    )

    def priced(kind: str, names: dict[str, tuple[int, float, float]], operation: str, slot: str) -> str:
        return "\n".join(
            f"      {n}: {{adds: {{components: {{{kind}: {{kind: service, price: {rent} EUR/month, "
            f"fails: {{availability: {up} %}}, offers: {{{operation}: {{work: {work} ms ± {work / 2} ms}}}}}}}}}}, "
            f"fill: {{{slot}: [{{call: {kind}.{operation}}}]}}}}"
            for n, (rent, work, up) in names.items()
        )

    pattern = f"""
pattern: service
gives: answer questions
title: An answering service
base:
  components:
    agent:
      kind: service
      runs_on: host
      price: 0 EUR/month
      fails: {{availability: 99.99 %}}
      offers: {{run: {{work: 8 ms, steps: [{{open: retrieve}}, {{open: rank}}, {{open: generate}}, {{open: check}}]}}}}
  flows:
    answer:
      starts: {{rate: 20/min, busiest: 60/min}}
      steps: [{{call: agent.run}}, {{mark: replied}}, {{open: record}}]
roles:
  writer: {{title: Which model writes?, options: {{
{",".join(line.strip() for line in writers.splitlines())} }}}}
  spare:
    title: Which model when that is out?
    options:
      none: {{}}
{spares}
  retry:
    title: What if a call fails?
    options:
      none: {{}}
      again: {{each: {{times: ["1", "2", "3"]}}, wrap: {{generate: {{retry: {{times: "${{times}}", backoff: 200 ms}}}}}}}}
  patience:
    title: How long is waited?
    options:
      endless: {{}}
      limited: {{each: {{after: ["4", "6", "8", "10", "12"]}}, wrap: {{generate: {{timeout: "${{after}} s"}}}}}}
  cache:
    title: Are answers kept?
    options:
      none: {{}}
      kept:
        each: {{size: ["12", "25"]}}
        adds: {{components: {{cache: {{kind: cache, fails: {{availability: 99.9 %}}, price: "${{size}} EUR/month"}}}}}}
        wrap: {{generate: {{cache: {{hits: "${{size}} %", takes: 12 ms, component: cache}}}}}}
  search:
    title: Where is looked up?
    options:
{priced("index", {"basic": (25, 120, 99.5), "managed": (90, 60, 99.9), "cluster": (240, 40, 99.99), "files": (4, 400, 99.8)}, "query", "retrieve")}
  ranker:
    title: Are findings ranked?
    options:
      none: {{}}
{priced("ranker", {"cross": (60, 220, 99.7), "light": (15, 90, 99.6)}, "rank", "rank")}
  guard:
    title: Who checks the answer?
    options:
      none: {{}}
{priced("guard", {"rules": (5, 15, 99.95), "classifier": (45, 110, 99.7), "hosted": (110, 70, 99.9)}, "check", "check")}
  record:
    title: Where is it recorded?
    options:
{priced("log", {"table": (10, 8, 99.95), "stream": (70, 4, 99.99), "files": (2, 20, 99.7)}, "write", "record")}
  hosting:
    title: What does the agent run on?
    options:
      one: {{adds: {{components: {{host: {{kind: host, price: 35 EUR/month, fails: {{availability: 99.7 %}}}}}}}}}}
      two: {{adds: {{components: {{host: {{kind: host, price: 35 EUR/month, replicas: 2, fails: {{availability: 99.7 %}}}}}}}}}}
      big: {{adds: {{components: {{host: {{kind: host, price: 120 EUR/month, fails: {{availability: 99.95 %}}}}}}}}}}
"""
    brief = f"""
groma: 1
system: Answering service
currency: EUR
needs:
  quick: {{measure: latency/answer@replied/p95, at_most: {quick} s}}
  dependable: {{measure: availability/answer, at_least: {dependable} %}}
  affordable: {{measure: cost/month, at_most: {affordable} EUR/month}}
wishes: [cost/month, latency/answer@replied/p95]
wants:
  desk: {{capability: answer questions}}
"""
    return Texts(brief, pattern)
