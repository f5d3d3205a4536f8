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
  mixed: {held_by: [open, shut], made_from: [letters, letters, prices]}
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
        says=(
            "in 1 to 1 of all runs what enters is longer than the window; after cutting passages in at most 1 of all runs",
            "what enters is longer than the window\n",
        ),
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
        says=(
            "without passages it doesn't fit in 1 of all runs or more",
            "nothing says which of rules, passages is cut first",
        ),
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
        says=(
            "Small set is too small to tell a drop of 5 points",
            "tiny is too small to tell a drop of 20 points",
            "it tells no drop",
            "points or more",
        ),
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
  bare: {kind: index, takes: {memory: 1 MiB}, index: {kind: hnsw, dimensions: 8, m: 16, ef: 64}}
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
    *(
        Case(
            "evaluation-too-small",
            f"""components: {{writer: {{kind: llm, offers: {{write: {{work: 1 s}}}}}}}}
evaluations: {{set: {{judges: components.writer, metric: approved, threshold: 90 %, {size}}}}}
""",
            ("evaluation-too-small:evaluations.set",),
            1,
            figures=figures,
        )
        for size, figures in (
            ("cases: 50", ("evaluated/set/needed", "evaluated/set/tells")),
            ("cases: 1, tells: 20 %", ("evaluated/set/needed",)),
        )
    ),
    Case(
        "index-outgrows-memory",
        """components:
  small: {kind: index, takes: {memory: 1 MiB}, index: {kind: flat, vectors: 180000, dimensions: 1024}}
""",
        ("index-outgrows-memory:components.small/components.small.takes.memory",),
        1,
        says=("it takes 0.687 to 0.687 GiB; components.small.takes.memory is 1 MiB",),
    ),
    Case(
        "model-changed-without-reindex",
        """components:
  one: {kind: embedder, product: mistral/mistral-embed}
  two: {kind: embedder, product: mistral/mistral-embed}
  vectors: {kind: index, index: {kind: flat, dimensions: 1024, made_with: one}}
data: {chunks: {held_by: vectors}}
stages:
  next: {components: {vectors: {kind: index, index: {kind: flat, dimensions: 1024, made_with: two}}}}
  then: {after: next, data: {more: {held_by: vectors}}}
""",
        ("model-changed-without-reindex:components.vectors/next",),
        2,
    ),
    Case(
        "model-without-fallback",
        """people: {ana: {}}
components:
  brain: {kind: llm, offers: {say: {work: 1 s}}}
  shop: {kind: service, offers: {look: {work: 1 s}}}
flows:
  first: {starts: {rate: 1/h}, on_error: ana is told, steps: [{call: brain.say}]}
  later: {starts: {rate: 1/h}, steps: [{choose: [{share: 50 %, steps: [{call: brain.say}]}, {share: 50 %, steps: [{call: shop.look}]}]}]}
  none: {starts: {rate: 1/h}, steps: [{call: shop.look}, {call: brain.say, fallback: []}]}
""",
        ("model-without-fallback:flows.later.steps.1.choose.1.steps.1",),
        3,
        says=("flows.later -> flows.later.steps.1 -> flows.later.steps.1.choose.1.steps.1 calls brain.say",),
    ),
    Case(
        "served-time-differs",
        """components:
  llm:
    kind: llm
    serves: {model: llama-3.1-8b, accelerator: h100_sxm}
    offers: {ask: {work: 20 s}, other: {}, unsure: {work: unknown}}
  typed: {kind: service, offers: {ask: {work: 20 ms}}}
flows: {help: {starts: {rate: 2/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
        ("served-time-differs:components.llm.offers.ask.work",),
        1,
        "likely",
        ("serving/llm/ttft/mean", "serving/llm/tpot/mean"),
        says=("a mean call is typed as 20 s; simulated it takes ",),
    ),
    Case(
        "served-time-differs",
        """components:
  llm:
    kind: llm
    serves: {model: llama-3.1-8b, accelerator: h100_sxm}
    offers: {ask: {work: 50 ms, per: {output: 80 ms, input: 1 us, pages: 9 s}}}
flows: {help: {starts: {rate: 2/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
        ("served-time-differs:components.llm.offers.ask.work",),
        1,
        says=("a mean call is typed as 8.05",),
    ),
    Case(
        "served-time-differs",
        """components:
  llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {work: 20 ms}}}
  sized: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {work: 20 ms}}}
flows: {help: {starts: {rate: 2/s}, steps: [{call: sized.ask}]}}
""",
        (),
        2,
    ),
    Case(
        "too-few-instances",
        """components:
  plain: {kind: service, offers: {ask: {work: 1 s}}}
  idle: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm, tpot: 40 ms}, offers: {ask: {}}}
  llm: {kind: llm, title: Our model, serves: {model: llama-3.1-8b, accelerator: h100_sxm, tpot: 40 ms}, offers: {ask: {}}}
flows: {help: {starts: {rate: 90/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
        ("too-few-instances:components.llm",),
        1,
        "certain",
        ("serving/llm/instances",),
        says=("1 are there",),
    ),
    Case(
        "regulated-data-unseen",
        """people: {nurse: {}}
components:
  brain: {kind: llm, offers: {say: {work: 1 s}}}
  shop: {kind: service, offers: {look: {work: 1 s}}}
data: {findings: {class: health, title: Findings}, loans: {class: credit}, notes: {class: internal}}
flows:
  plain: {starts: {rate: 1/h}, steps: [{call: shop.look, carries: findings}]}
  open: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: notes}]}
  ask: {starts: {rate: 1/h}, steps: [{call: shop.look, carries: [loans, notes]}, {call: brain.say, carries: findings}]}
  seen: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}, {ask: nurse, takes: 1 min}]}
  last: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}]}
""",
        (
            "regulated-data-unseen:flows.ask/findings",
            "regulated-data-unseen:flows.ask/loans",
            "regulated-data-unseen:flows.last/findings",
        ),
        3,
        says=("Findings goes through brain, and nobody looks", "`loans` is credit"),
    ),
    Case(
        "failure-unanswered",
        """people: {ana: {}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}, books: {kind: tool}}
connections:
  typed: {from: ana, to: crm}
  told: {from: crm, to: ana}
  sync: {from: crm, to: books}
  safe: {from: crm, to: books, on_error: ana types it}
flows:
  idle: {steps: [{call: crm.add}]}
  asked: {starts: {rate: 1/day}, steps: [{ask: ana, takes: 1 min}]}
  safe: {starts: {rate: 1/day}, steps: [{call: crm.add, fallback: [{ask: ana, takes: 1 min}]}]}
  sent: {starts: {rate: 1/day}, steps: [{ask: ana, takes: 1 min}, {send: crm.add}]}
  half: {starts: {rate: 1/day}, steps: [{call: crm.add, fallback: [{ask: ana, takes: 1 min}]}, {call: crm.add}]}
""",
        (
            "failure-unanswered:connections.sync/on_error",
            "failure-unanswered:flows.half/on_error",
            "failure-unanswered:flows.sent/on_error",
        ),
        4,
    ),
    Case(
        "retry-overload",
        """components:
  db: {kind: database, title: Base, threads: 3, offers: {read: {work: 100 ms}}}
  free: {kind: database, offers: {read: {work: 100 ms}}}
  over: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}
  mixed: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}
  bound: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}
  broken: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}
  twice: {kind: database, threads: 5, offers: {read: {work: 100 ms}}}
  asked: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}
flows:
  show: {starts: {rate: 20/s}, steps: [{wait: 1 s}, {call: db.read, timeout: 1 s, retry: {times: 1}}]}
  b: {starts: {rate: 20/s}, steps: [{call: free.read, timeout: 1 s, retry: {times: 1}}]}
  c: {starts: {rate: 20/s}, steps: [{call: bound.read, timeout: 1 s, retry: {times: 1, budget: 10 %}}]}
  d: {starts: {rate: 20/s}, steps: [{call: broken.read, timeout: 1 s, retry: {times: 1}, breaker: {opens_at: 50 %, window: 10 s, half_open_after: 5 s}}]}
  e: {starts: {rate: 20/s}, steps: [{call: twice.read, timeout: 1 s, retry: {times: 2}}]}
  f: {starts: {rate: 20/s}, steps: [{call: asked.read}]}
  g: {starts: {rate: 10/s}, steps: [{call: mixed.read, timeout: 1 s, retry: {times: 3}}, {call: mixed.read}]}
  h: {starts: {rate: 40/s}, steps: [{call: over.read, timeout: 1 s, retry: {times: 1}}]}
""",
        (
            "retry-overload:flows.e.steps.1",
            "retry-overload:flows.show.steps.2",
        ),
        3,
        says=("every call may be tried 3 times", "keep Base overloaded"),
    ),
    Case(
        "untrusted-into-tool",
        """data: {mail: {trust: untrusted}, note: {}}
people: {ana: {}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  shop:
    kind: tool
    offers:
      again: {work: 1 s, effect: idempotent, request: {order: text}}
      typed: {work: 1 s, effect: keyed, request: {order: id}}
      cancel: {work: 1 s, effect: once, request: {order: text}}
flows:
  own: {carries: [note], steps: [{call: writer.write}, {call: shop.cancel}]}
  care: {carries: [mail], steps: [{call: writer.write}, {call: shop.again}, {call: shop.typed}, {call: shop.cancel}]}
""",
        ("untrusted-into-tool:flows.care.steps.4/care",),
        2,
        says=("mail reaches shop.cancel through a model, unchecked",),
    ),
    Case(
        "need-not-settled",
        """people: {ana: {}}
needs:
  up_time: {measure: availability/visit, at_least: 99 %, from: ana}
  quick: {measure: latency/visit/p95, at_most: 1 s}
  met: {measure: availability/visit, at_least: 50 %, from: ana}
components: {web: {kind: service, fails: {availability: 98 %}, offers: {get: {}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
        (
            "need-not-settled:needs.quick/figure",
            "need-not-settled:needs.quick/from",
            "need-not-settled:needs.up_time/figure",
        ),
        6,
        says=("`up time` is missed by this design", "Who accepts `quick` isn't stated"),
    ),
    Case(
        "size-not-stated",
        """growth: 10 %
people: {ana: {hours: 38 h}, ben: {}, cid: {}}
suppliers: {house: {}}
components:
  crm: {kind: tool, offers: {add: {}, idle: {}, each: {per: {rows: 1 ms}}, inner: {steps: [{call: crm.sent}]}, sent: {work: unknown}}}
  bought: {kind: tool, supplier: house, seats: 3}
  rented: {kind: service, supplier: house}
  llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {}}}
data: {customer: {held_by: crm, size: unknown, grows: 1 GB/year}}
flows:
  a: {starts: {rate: unknown}, steps: [{call: crm.add}, {send: crm.each, sizes: {rows: 2}}, {call: crm.inner}, {call: llm.ask}, {ask: ben, takes: 5 min}]}
""",
        (
            "size-not-stated:components.crm.offers.add/work",
            "size-not-stated:components.crm.offers.sent/work",
            "size-not-stated:data.customer/size",
            "size-not-stated:flows.a/rate",
            "size-not-stated:people.ben/hours",
        ),
    ),
    Case(
        "call-carries-nothing",
        """people: {ana: {}}
components:
  crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name, city: customer.city, at: date, no: order.id}}, bare: {work: 1 s}}}
data: {customer: {held_by: crm, fields: {name: string, city: string}}, order: {fields: {id: string}}}
flows:
  a: {carries: [customer], steps: [{ask: ana}, {call: crm.bare}, {send: crm.add}]}
  b: {carries: [customer, order], steps: [{call: crm.add}, {steps: [{call: crm.add}]}]}
""",
        ("call-carries-nothing:flows.a.steps.3/order",),
        6,
    ),
    Case(
        "effect-not-stated",
        """people: {ana: {}}
components:
  crm:
    kind: tool
    offers:
      add: {work: 1 s, request: {name: customer.name, city: customer.city}}
      find: {work: 1 s, request: {name: customer.name}}
      bare: {work: 1 s}
      put: {work: 1 s, effect: idempotent, request: {name: customer.name, city: customer.city}}
  other: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name, city: customer.city}}}}
data: {customer: {held_by: crm, fields: {name: string, city: string}}}
flows:
  a:
    steps:
      - {ask: ana, carries: [customer]}
      - {call: other.add, carries: [customer]}
      - {call: crm.find, carries: [customer]}
      - {call: crm.bare, carries: [customer]}
      - {call: crm.put, carries: [customer]}
      - {send: crm.add, carries: [customer]}
      - {call: crm.add, carries: [customer]}
""",
        ("effect-not-stated:components.crm.offers.add/effect",),
        3,
    ),
    Case(
        "no-kill-switch",
        """components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed}}}
flows:
  a: {steps: [{call: bot.write}, {call: shop.cancel}]}
  b: {steps: [{call: bot.write, breaker: {opens_at: 50 %, window: 10 s, half_open_after: 5 s}}, {call: shop.cancel}]}
  c: {steps: [{call: bot.write}, {call: shop.cancel}, {call: shop.cancel, limit: {rate: 10/min}}]}
  d: {steps: [{call: bot.write}]}
controls: {told: {title: Told, against: [injection], test: read ten, signal: share}}
""",
        ("no-kill-switch:flows.a",),
        3,
    ),
    Case(
        "no-kill-switch",
        """components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed}}}
flows: {a: {steps: [{call: bot.write}, {call: shop.cancel}]}}
controls: {told: {title: A switch, against: [rogue], test: pull it, signal: time to stop}}
""",
        (),
        1,
    ),
    Case(
        "output-unvalidated",
        """people: {ana: {}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true, impact: letter}, note: {work: 1 s}}}
flows:
  plain: {steps: [{call: post.send}]}
  asked: {steps: [{call: writer.write}, {ask: ana, takes: 1 min, approves: [letter]}, {call: post.send}]}
  other: {steps: [{call: writer.write}, {call: post.note}]}
  tell: {steps: [{call: writer.write}, {call: post.send}]}
""",
        ("output-unvalidated:flows.tell.steps.2/tell",),
        2,
    ),
    Case(
        "unapproved-impact",
        """people: {ana: {}}
components: {pay: {kind: tool, offers: {refund: {work: 1 s, impact: refund}, close: {work: 1 s, impact: close}, look: {work: 1 s}}}}
flows:
  care: {steps: [{call: pay.look}, {call: pay.refund}, {ask: ana, takes: 2 min, approves: [close]}, {call: pay.close}, {call: pay.refund}]}
""",
        ("unapproved-impact:flows.care.steps.2/refund", "unapproved-impact:flows.care.steps.5/refund"),
        2,
        "certain",
        ("approval/refund",),
    ),
    Case(
        "personal-without-retention",
        """components: {box: {kind: store}, bot: {kind: llm, offers: {write: {work: 1 s}}}}
data:
  mail: {title: Mail, class: personal, held_by: [box]}
  passing: {class: personal}
  prices: {class: internal, held_by: [box]}
  letters: {class: personal, held_by: [box], kept_for: 90 d}
""",
        ("personal-without-retention:data.mail",),
        2,
    ),
    Case(
        "personal-without-retention",
        """components: {box: {kind: store}}
data: {mail: {class: personal, held_by: [box]}}
""",
        (),
        0,
    ),
    Case(
        "exit-not-stated",
        """suppliers: {house: {title: House}, other: {title: Other, renews: 2027-01-01, notice: 30 days}}
components:
  own: {kind: service}
  bought: {kind: service, product: mistral/mistral-embed}
  crm: {kind: service, supplier: other, price: 20 EUR/month, registered_to: business}
  mail: {kind: tool, supplier: house, product: mistral/mistral-embed, registered_to: business}
  more: {kind: tool, supplier: house, price: 2 EUR/month, registered_to: business}
data: {customer: {held_by: crm}, order: {}}
""",
        (
            "exit-not-stated:components.bought/supplier",
            "exit-not-stated:components.crm/exit",
            "exit-not-stated:suppliers.house/notice",
            "exit-not-stated:suppliers.house/renews",
        ),
        16,
    ),
    Case(
        "field-nobody-fills",
        """components:
  crm: {kind: tool, offers: {look: {work: 1 s, request: {fax: customer.fax}}, add: {work: 1 s, effect: once, response: {id: customer.id}}, put: {work: 1 s, effect: once, request: {name: customer.name, x: order.number}}}}
  books: {kind: tool}
data:
  order: {fields: {number: string}}
  customer: {held_by: crm, fields: {id: string, name: string, fax: string, memo: optional string}}
  debtor: {held_by: books, fields: {name: string, number: string}}
connections: {sync: {from: crm, to: books, carries: [customer], maps: {name: customer.name}}}
""",
        ("field-nobody-fills:data.customer/fax", "field-nobody-fills:data.debtor/number"),
        5,
    ),
    Case(
        "no-reserve",
        """components:
  hosts: {kind: host, title: Hosts, replicas: 2, provides: {memory: 64 GiB, disk: 1 TB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 64 GiB}}
  lone: {kind: host, provides: {memory: 64 GiB}}
  one: {kind: service, depends_on: [lone], takes: {memory: 1 GiB}}
  free: {kind: host, provides: {memory: 64 GiB}}
""",
        ("no-reserve:components.lone/memory",),
        2,
        "certain",
        says=("one member, and nothing to move to",),
    ),
    Case(
        "no-reserve",
        """components:
  hosts: {kind: host, title: Hosts, replicas: 2, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: {value: 60 GiB, known: 50 GiB .. 70 GiB}}}
""",
        ("no-reserve:components.hosts/memory",),
        1,
        "possible",
        ("headroom/hosts/memory",),
        says=("Hosts: maybe nothing in reserve of memory", "the others hold less than what is taken"),
    ),
    Case(
        "copy-without-deletion-path",
        """needs: {gone: {measure: deletion/orders, at_most: 30 d}, up: {measure: availability/a, at_least: 99 %}}
components: {crm: {kind: tool, offers: {look: {work: 1 s}}}, vault: {kind: store}}
data:
  cases: {title: Cases, held_by: crm, kept_for: 365 days, backup: {every: 24 h, to: vault}}
  orders: {held_by: crm, backup: {every: 24 h, to: vault}}
  free: {held_by: crm, backup: {every: 24 h, to: vault}}
flows: {a: {starts: {rate: 1/h}, steps: [{call: crm.look}]}}
""",
        (
            "copy-without-deletion-path:data.cases/data.cases.backup.kept_for",
            "copy-without-deletion-path:data.orders/data.orders.backup.kept_for",
        ),
    ),
    Case(
        "retry-of-once",
        """people: {ana: {}}
components:
  books: {kind: tool, offers: {enter: {work: 1 s, effect: once}, note: {work: 1 s, effect: keyed}}}
  desk: {kind: service, offers: {close: {work: 1 s, steps: [{call: books.enter}]}}}
flows:
  zero: {steps: [{call: books.enter, retry: 0}]}
  plain: {steps: [{call: books.enter}, {ask: ana, retry: 2}, {call: books.note, retry: 2}]}
  sent: {steps: [{send: books.enter, delivery: at least once}]}
  sure: {steps: [{send: books.enter, delivery: at most once}]}
  hedged: {steps: [{call: books.enter, hedge: {after: 1 s}}]}
  run: {steps: [{do: part, retry: 1}]}
  part: {steps: [{call: books.enter}]}
  back: {steps: [{call: books.note, retry: 1, fallback: [{call: books.enter}]}]}
""",
        (
            "retry-of-once:flows.hedged.steps.1",
            "retry-of-once:flows.part.steps.1",
            "retry-of-once:flows.sent.steps.1",
        ),
        8,
        says=(
            "a hedge at flows.hedged.steps.1",
            "its delivery, at least once, at flows.sent.steps.1",
            "a retry at flows.run.steps.1",
        ),
    ),
    Case(
        "retry-amplification",
        """components:
  db: {kind: database, offers: {read: {work: 1 ms}}}
  app: {kind: service, offers: {get: {work: 1 ms, steps: [{call: db.read, retry: 1}]}, more: {work: 1 ms, steps: [{call: db.read, retry: 3}]}}}
flows:
  four: {steps: [{call: app.get, retry: 1}]}
  one: {steps: [{call: db.read, retry: 9}]}
  sent: {steps: [{steps: [{send: app.more}], retry: 2}]}
  run: {steps: [{do: part, retry: 2}]}
  part: {steps: [{call: db.read, retry: 2}]}
""",
        ("retry-amplification:components.app.offers.more.steps.1", "retry-amplification:flows.part.steps.1"),
        says=(
            "4 at components.app.offers.more.steps.1 = 12, through app.more",
            "3 at flows.run.steps.1 x 3 at flows.part.steps.1 = 9, through part",
        ),
    ),
)
