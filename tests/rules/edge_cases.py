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
)
