"""Cases at the edges of rules: each holds slips of the hand that nothing else notices (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

EDGES: tuple[Case, ...] = (
    # buildable
    Case(
        "mapping-incomplete",
        """people: {ana: {}}
components:
  crm:
    kind: tool
    offers: {get: {work: 1 s, response: {name: customer.name}}, list: {work: 1 s, response: {id: customer.id}}, odd: {work: 1 s}}
  books:
    kind: tool
    offers:
      add: {work: 1 s, effect: idempotent, request: {name: debtor.name, tax: debtor.tax}, response: {id: debtor.id, tax: debtor.tax}}
      mint: {work: 1 s, effect: idempotent, response: {number: debtor.number, at: date}}
      put: {work: 1 s, effect: idempotent, request: {no: other.x}}
      look: {work: 1 s, request: {since: debtor.since}, response: {note: debtor.note}}
data:
  customer: {held_by: crm, fields: {id: string, name: string, city: string}}
  debtor: {held_by: books, fields: {id: string, name: string, since: date, note: string, tax: string, number: string, memo: optional string}}
  other: {held_by: books, fields: {x: string}}
connections:
  sync: {from: crm, to: books, carries: [customer], maps: {name: customer.name, since: customer.city, nam: the day}}
  bare: {from: crm, to: books}
  typed: {from: ana, to: books, carries: [customer]}
""",
        (
            "mapping-incomplete:connections.sync/debtor.note",
            "mapping-incomplete:connections.sync/debtor.tax",
            "mapping-incomplete:connections.sync/nam",
            "mapping-incomplete:connections.sync/since/from",
            "mapping-incomplete:connections.sync/since/to",
        ),
        17,
        says=("no data it holds has that field; did you mean `name`?",),
    ),
    Case(
        "mapping-incomplete",
        """components:
  crm: {kind: tool, offers: {get: {work: 1 s}}}
  books: {kind: tool, offers: {look: {work: 1 s, request: {since: debtor.since}}, put: {work: 1 s, effect: idempotent}}}
data:
  customer: {held_by: crm, fields: {name: string}}
  debtor: {held_by: books, fields: {name: string}}
connections: {sync: {from: crm, to: books, carries: [customer], maps: {name: customer.name}}}
""",
        (),
        6,
    ),
    Case(
        "operation-without-schema",
        """components:
  crm:
    kind: tool
    offers:
      one: {work: 1 s, request: {}, response: {name: customer.name, at: date, x: nothing.y}}
      put: {work: 1 s, effect: idempotent, request: {}, response: {name: customer.name}}
      count: {work: 1 s, request: {}, response: {many: integer}}
      get: {work: 1 s, request: {by: customer.id}, response: {name: customer.nam, whole: customer}}
data: {customer: {held_by: crm, fields: {id: string, name: string}}}
""",
        (
            "operation-without-schema:components.crm.offers.get/response.name",
            "operation-without-schema:components.crm.offers.one/request.which",
        ),
        20,
        says=("did you mean `name`?",),
    ),
    Case(
        "permission-not-stated",
        """people: {ana: {role: sells, title: Ana}, ben: {role: keeps books}}
components:
  crm:
    kind: tool
    used_by: [ana]
    holders: [ana]
    offers: {add: {work: 1 s, allowed: [ana, ben]}, drop: {work: 1 s, allowed: [ben]}}
  store: {kind: database, offers: {put: {work: 1 s, allowed: [ana]}, get: {work: 1 s, allowed: [robot]}}}
  queue: {kind: queue, offers: {put: {work: 1 s, allowed: [ana]}}}
  robot: {kind: service}
flows:
  a: {by: ana, starts: {rate: 1/h}, steps: [{call: crm.add}, {call: crm.drop}, {send: queue.put}, {wait: 1 s}]}
  b: {starts: {rate: 1/h}, steps: [{call: crm.drop}]}
  c: {by: ben, starts: {rate: 1/h}, steps: [{send: queue.put}]}
""",
        (
            "permission-not-stated:components.crm/used_by.ben",
            "permission-not-stated:flows.a.steps.2/allowed",
            "permission-not-stated:flows.c.steps.1/allowed",
        ),
        15,
        says=("`crm.drop` is called by ana, who may not ask for it", "ben may ask for something"),
    ),
    Case(
        "decision-not-settled",
        """people: {ana: {}}
components: {crm: {kind: tool}}
decisions:
  old: {title: Which, status: superseded}
  half: {title: Half, status: accepted, chosen: a, options: [a], owner: ana, since: 2026-10, to_reverse: a day, why: it is}
  asked: {title: Asked, status: open, options: [a, b], to_reverse: a day, owner: ana, since: 2026-10, waits: [components.crm]}
  offered: {title: Offered, status: proposed, chosen: a, why: cheap, options: [a, b], to_reverse: a day}
  dark: {title: Dark, status: accepted, options: [a, b]}
""",
        (
            "decision-not-settled:decisions.asked/status",
            "decision-not-settled:decisions.dark/told",
            "decision-not-settled:decisions.half/told",
            "decision-not-settled:decisions.offered/status",
        ),
        28,
        says=(
            "no `options`",
            "`open`; waiting for it: components.crm",
            "no `chosen`, `why`, `owner`, `since`, `to_reverse`",
        ),
    ),
    # retrieval
    Case(
        "retrieval-without-permissions",
        """people: {ana: {}, ben: {}}
components:
  files: {kind: store}
  open: {kind: vector store, offers: {find: {work: 1 s}, put: {work: 1 s}}}
  shut: {kind: service, index: {kind: hnsw, vectors: 1000, dimensions: 8, narrows_by: [who]}, offers: {find: {work: 1 s, request: {q: string}}, ask: {work: 1 s, request: {q: string, who: string}}, any: {work: 1 s}}}
  plain: {kind: index, offers: {find: {work: 1 s}}}
  other: {kind: service, offers: {find: {work: 1 s}}}
data:
  letters: {held_by: files, class: personal, owner: ana}
  prices: {held_by: files, class: internal, owner: ben}
  mixed: {held_by: [open, shut], made_from: [letters, prices, letters]}
  one: {held_by: plain, class: internal, owner: ben}
flows:
  a: {by: ana, starts: {rate: 1/h}, steps: [{wait: 1 s}, {call: other.find}, {call: plain.find}, {call: open.find}]}
  b: {starts: {rate: 1/h}, steps: [{call: shut.ask}, {call: shut.any}, {call: shut.find}, {send: open.put}]}
""",
        (
            "retrieval-without-permissions:flows.a.steps.4",
            "retrieval-without-permissions:flows.b.steps.3",
        ),
        5,
        says=(
            "flows.a started by ana -> ",
            "flows.b started -> ",
            "nothing narrows what is found",
            "the question doesn't carry who",
            "may get letters (personal, ana), prices (internal, ben); ",
        ),
    ),
    Case(
        "retrieval-without-permissions",
        """people: {ana: {}, ben: {}}
components: {open: {kind: vector store, offers: {find: {work: 1 s}}}}
data:
  letters: {held_by: open, class: personal, owner: ana}
  prices: {held_by: open, class: personal}
flows:
  a: {by: ana, starts: {rate: 1/h}, steps: [{call: open.find}]}
""",
        ("retrieval-without-permissions:flows.a.steps.1",),
        1,
        says=("letters (personal, ana), prices (personal, nobody owns it)",),
    ),
    # programs
    Case(
        "model-without-fallback",
        """people: {ana: {}}
components:
  brain: {kind: LLM, title: Brain, offers: {say: {work: 1 s}, other: {work: 1 s}}}
  spare: {kind: llm, offers: {say: {work: 1 s}}}
  desk: {kind: service, offers: {answer: {steps: [{call: brain.say}]}}}
  shop: {kind: service, offers: {look: {work: 1 s}}}
flows:
  one: {starts: {rate: 1/h}, steps: [{call: brain.say, fallback: [{call: brain.other}]}]}
  two: {starts: {rate: 1/h}, steps: [{call: brain.say, fallback: [{call: brain.other}, {call: spare.say}]}]}
  three: {starts: {rate: 1/h}, steps: [{call: shop.look}, {call: desk.answer}, {call: desk.answer}]}
  four: {starts: {rate: 1/h}, steps: [{do: part}, {do: part}]}
  five: {starts: {rate: 1/h}, on_error: ana is told, steps: [{call: brain.say}]}
  part: {steps: [{call: spare.say}]}
""",
        (
            "model-without-fallback:components.desk.offers.answer.steps.1",
            "model-without-fallback:flows.one.steps.1",
            "model-without-fallback:flows.part.steps.1",
        ),
        says=(
            "flows.three -> flows.three.steps.2 -> components.desk.offers.answer.steps.1 calls brain.say",
            "Nothing stands in for Brain",
        ),
    ),
    Case(
        "model-without-fallback",
        """components:
  brain: {kind: llm, offers: {say: {work: 1 s}}}
  spare: {kind: llm, offers: {say: {work: 1 s}}}
flows:
  any: {starts: {rate: 1/h}, steps: [{parallel: [[{call: brain.say}], [{call: spare.say}]], join: 1}]}
  all: {starts: {rate: 1/h}, steps: [{parallel: [[{call: brain.say}], [{call: spare.say}]]}]}
""",
        (
            "model-without-fallback:flows.all.steps.1.parallel.1.1",
            "model-without-fallback:flows.all.steps.1.parallel.2.1",
        ),
        4,
    ),
    Case(
        "prototype-in-use",
        """people: {ana: {}}
needs: {quick: {measure: latency/ask/p95, at_most: 5 s}}
components:
  brain: {kind: llm, offers: {say: {work: 1 s}}}
  watch: {kind: telemetry}
  shop: {kind: service, offers: {look: {work: 1 s}}}
flows:
  ask: {starts: {rate: 1/h}, steps: [{call: brain.say}]}
  plain: {starts: {rate: 1/h}, steps: [{call: shop.look}]}
  late: {starts: {rate: 1/h}, steps: [{call: brain.say}]}
  helped: {starts: {rate: 1/h}, steps: [{call: brain.say}, {ask: ana, takes: 1 min}]}
  timed: {starts: {rate: 1/h}, steps: [{call: brain.say, deadline: 5 s}, {call: brain.say}]}
  safe: {starts: {rate: 1/h}, steps: [{call: brain.say, fallback: [{call: shop.look}]}, {call: brain.say}]}
""",
        (
            "prototype-in-use:flows.ask",
            "prototype-in-use:flows.helped",
            "prototype-in-use:flows.late",
            "prototype-in-use:flows.safe",
            "prototype-in-use:flows.timed",
        ),
        5,
        says=(
            "3 of 5 are missing: no quality of the answers of brain is stated; no call of a model has a timeout; nothing else is done",
            "3 of 5 are missing: no need is stated for it; no quality of the answers of brain is stated; no call of a model has a timeout",
            "3 of 5 are missing: no need is stated for it; no quality of the answers of brain is stated; nothing else is done",
        ),
    ),
    Case(
        "prototype-in-use",
        """needs: {good: {measure: quality/brain/accuracy, at_least: 90 %}}
components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
flows:
  ask: {starts: {rate: 1/h}, steps: [{call: brain.say, timeout: 2 s}]}
""",
        ("prototype-in-use:flows.ask",),
        1,
        says=(
            "3 of 5 are missing: no need is stated for it; nothing else is done, and nobody asked, when a model fails; nothing watches it",
        ),
    ),
    Case(
        "context-overflow",
        """components:
  writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}
  vague: {kind: llm, qualities: {context: {value: 8000 tokens, known: 7000 tokens .. 9000 tokens}}, offers: {write: {work: 1 s}}}
flows:
  a:
    steps:
      - {call: writer.write, context: {rules: 800 tokens, passages: 4000 tokens}}
      - {call: writer.write, context: {rules: 9000 tokens, passages: 1000 tokens, cut_first: passages}}
      - {call: vague.write, context: {rules: 7900 tokens, passages: 100 tokens}}
      - {call: writer.write, context: {rules: 7000 tokens, passages: 1001 tokens}}
      - {call: writer.write, context: {rules: 7000 tokens, passages: 1000 tokens}}
""",
        (
            "context-overflow:flows.a.steps.2",
            "context-overflow:flows.a.steps.4",
        ),
        5,
        says=("in 1 to 1 of all runs what enters is longer than the window; after cutting passages in at most 1 of all runs",),
    ),
    Case(
        "context-overflow",
        """components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 9000 tokens, passages: 1000 tokens}}]}}
""",
        ("context-overflow:flows.a.steps.1",),
        1,
        "certain",
    ),
    Case(
        "context-overflow",
        """components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - repeat:
          until: {value: 50 %, known: 10 % .. 100 %}
          at_most: 6
          steps: [{call: writer.write, context: {rules: 800 tokens, history: 100 tokens, grows: {history: 2000 tokens}}}]
""",
        ("context-overflow:flows.a.steps.1.repeat.steps.1",),
        1,
        "possible",
    ),
    Case(
        "context-without-cut-order",
        """components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - {call: writer.write, context: {rules: 800 tokens, passages: 4000 tokens}}
      - {call: writer.write, context: {rules: 800 tokens, passages: 9000 tokens, cut_first: passages}}
      - {call: writer.write, context: {rules: 9000 tokens, passages: 1000 tokens, cut_first: passages}}
      - {call: writer.write, context: {rules: 800 tokens, passages: 9000 tokens}}
""",
        ("context-without-cut-order:flows.a.steps.3", "context-without-cut-order:flows.a.steps.4"),
        4,
        "certain",
        says=("without passages it doesn't fit in 1 of all runs or more", "nothing says which of rules, passages is cut first"),
    ),
    Case(
        "context-without-cut-order",
        """components: {writer: {kind: llm, qualities: {context: {value: 8000 tokens, known: 7000 tokens .. 9000 tokens}}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 7900 tokens, passages: 100 tokens}}]}}
""",
        ("context-without-cut-order:flows.a.steps.1",),
        1,
        "possible",
    ),
    Case(
        "budget-exceeded",
        """needs: {quick: {measure: latency/ask/p95, at_most: 2 s}, slow: {measure: latency/plain/p95, at_most: 9 s}}
components: {shop: {kind: service, offers: {look: {work: 1 s}, stay: {work: 3 s}}}}
flows:
  ask:
    starts: {rate: 1/h}
    steps:
      - {call: shop.look}
      - {call: shop.look, budget: 1 s}
      - {call: shop.stay, budget: 1 s}
      - {call: shop.look, budget: 100 ms}
  plain: {starts: {rate: 1/h}, steps: [{call: shop.look}]}
""",
        (
            "budget-exceeded:flows.ask.steps.3/quick",
            "budget-exceeded:flows.ask.steps.4/quick",
            "budget-exceeded:needs.quick",
        ),
        4,
    ),
    Case(
        "budget-exceeded",
        """needs: {quick: {measure: latency/ask/p95, at_most: 2 s}}
components: {shop: {kind: service, offers: {look: {work: 1 s}}}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: shop.look, budget: 1500 ms}, {call: shop.look, budget: 500 ms}]}}
""",
        ("budget-exceeded:flows.ask.steps.2/quick",),
        3,
    ),
    Case(
        "evaluation-too-small",
        """components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations:
  counted: {judges: components.writer, metric: approved, cases: 20}
  open: {judges: components.writer, metric: approved, threshold: 90 %}
  large: {judges: components.writer, metric: approved, threshold: 90 %, cases: 4000}
  small: {title: Small set, judges: components.writer, metric: approved, threshold: 90 %, cases: 50}
  tiny: {judges: components.writer, metric: approved, threshold: 90 %, cases: 1, tells: 20 %}
""",
        ("evaluation-too-small:evaluations.small", "evaluation-too-small:evaluations.tiny"),
        3,
        says=("Small set is too small to tell a drop of 5 points", "tiny is too small to tell a drop of 20 points", "it tells no drop", "points or more"),
    ),
    Case(
        "evaluation-stale",
        """date: 2026-10-01
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations:
  timeless: {judges: components.writer, metric: approved, drawn: 2020-01-15}
  undated: {judges: components.writer, metric: approved, lives: 90 d}
  due: {judges: components.writer, metric: approved, drawn: 2026-09-01, lives: 30 d}
  old: {title: Old set, judges: components.writer, metric: approved, drawn: 2026-01-15, lives: 90 d}
  older: {judges: components.writer, metric: approved, drawn: 2025-01-15, lives: 90 d}
""",
        ("evaluation-stale:evaluations.old", "evaluation-stale:evaluations.older"),
        3,
    ),
    Case(
        "index-outgrows-memory",
        """components:
  large: {kind: host, provides: {memory: 64 GiB}}
  small: {kind: host, provides: {memory: 256 MiB}}
  plain: {kind: service, takes: {memory: 1 MiB}}
  unknown: {kind: index, takes: {memory: 1 MiB}, index: {kind: hnsw, dimensions: 8, m: 16, ef: 64}}
  fits: {kind: index, runs_on: large, takes: {memory: 4 GiB}, index: {kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64}}
  both: {kind: index, runs_on: small, takes: {memory: 512 MiB}, provides: {memory: 600 MiB}, index: {kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64}}
""",
        (
            "index-outgrows-memory:components.both/components.both.provides.memory",
            "index-outgrows-memory:components.both/components.both.takes.memory",
            "index-outgrows-memory:components.both/components.small.provides.memory",
        ),
        5,
        "certain",
        ("memory/both",),
    ),
    Case(
        "index-outgrows-memory",
        """components: {both: {kind: index, takes: {memory: {value: 1 GiB, known: 512 MiB .. 9 GiB}}, index: {kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64}}}
""",
        ("index-outgrows-memory:components.both/components.both.takes.memory",),
        1,
        "possible",
        ("memory/both",),
    ),
    Case(
        "model-changed-without-reindex",
        """components:
  one: {kind: embedder, product: mistral/mistral-embed}
  two: {kind: embedder, product: mistral/mistral-embed}
  plain: {kind: service}
  bare: {kind: index, index: {kind: flat, dimensions: 8}}
  vectors: {kind: index, index: {kind: flat, dimensions: 1024, made_with: one}}
  others: {kind: index, title: Others, index: {kind: flat, dimensions: 1024, made_with: two}}
data:
  elsewhere: {held_by: plain}
  chunks: {held_by: vectors, refreshed: 24 h, remade: all}
  whole: {held_by: others, remade: all}
  rest: {held_by: others, refreshed: 24 h, remade: changes}
  good: {held_by: others, refreshed: 24 h, remade: all}
stages:
  next: {components: {others: {kind: index, title: Others, index: {kind: flat, dimensions: 1024, made_with: one}}}}
  then: {after: next, components: {late: {kind: index, index: {kind: flat, dimensions: 8, made_with: one}}, one: {kind: embedder, product: openai/text-embedding-3-small}}}
""",
        (
            "model-changed-without-reindex:components.others/next",
            "model-changed-without-reindex:components.others/then",
        ),
        4,
        says=(
            "Stage next gives Others another model",
            "two (mistral/mistral-embed) -> one (mistral/mistral-embed); data.whole isn't made anew whole, data.rest isn't made anew whole",
        ),
    ),
)
