"""More cases that tell a rule from a slip of the hand in it: data, safety, tools and work (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_PHONE = "components: {crm: {kind: tool, offers: {write: {}}}, pad: {kind: tool}, phone: {kind: tool, offers: {take: {}}}}\n"
_PAIR = """components:
  small: {{kind: llm, offers: {{say: {{work: 1 s}}}}}}
  large: {{kind: llm, offers: {{say: {{work: 2 s}}}}}}
{more}flows: {{ask: {{starts: {{rate: 1/min}}, steps: [{steps}]}}}}
"""
_OUT = """data: {mail: {trust: untrusted}}
people: {ana: {}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {read: {work: 1 s}, send: {work: 1 s, effect: once, reaches_out: true, impact: letter}}}
"""
_CANCEL = """data: {{mail: {{trust: untrusted}}}}
people: {{ana: {{}}}}
components:
  bot: {{kind: llm, offers: {{write: {{work: 1 s}}}}}}
  shop: {{kind: tool, offers: {{cancel: {{work: 1 s, effect: {effect}, impact: refund}}}}}}
flows: {{care: {{carries: [mail], steps: [{steps}, {{call: shop.cancel}}]}}}}
"""
_TRAIL = """regulated: [credit]
data: {{trail: {{held_by: [log], records: [flows.care], kept_for: {kept}}}}}
components:
  bot: {{kind: llm, offers: {{write: {{work: 1 s}}}}}}
  log: {{kind: database, offers: {{add: {{work: 1 s, effect: keyed}}}}}}
flows: {{care: {{steps: [{{call: bot.write}}, {{call: log.add, carries: [trail]}}]}}}}
"""
_UNDONE = """components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {undo: {work: 1 s}, pay: {work: 1 s, effect: keyed, impact: refund}}}
"""
_FOUND = """data: {{pages: {{held_by: search, cut: {{texts: 100, length: 900 tokens, passage: 300, overlap: 50}}}}}}
components:
  search: {{kind: index, offers: {{find: {{work: 10 ms, finds: 8}}, look: {{work: 10 ms, finds: 3}}}}}}
  other: {{kind: index, offers: {{find: {{work: 1 s, finds: 8}}}}}}
  bot: {{kind: llm, qualities: {{context: 1100 tokens}}, offers: {{write: {{work: 1 s}}}}}}
  app: {{kind: service, offers: {{go: {{work: 1 s, steps: [{inside}]}}}}}}
flows: {{app: {{steps: [{steps}]}}}}
"""
_FITS = ("found-more-than-read:flows.app.steps.1",)

_ENTERS = """components: {{bot: {{kind: llm, qualities: {{context: {window}}}, offers: {{write: {{work: 1 s}}}}}}}}
flows: {{a: {{steps: [{{call: bot.write, context: {{{parts}}}}}]}}}}
"""
_STUCK = "rules: unknown, passages: 9000 tokens, cut_first: passages"


def _flows(*lines: str) -> str:
    return "flows:\n" + "".join(f"  {line}\n" for line in lines)


def _reads(found: str) -> str:
    step = f"{{call: bot.write, context: {{rules: 800 tokens, found: {{{found}}}}}}}"
    return _FOUND.format(inside="{wait: 1 s}", steps=step)


DATA: tuple[Case, ...] = (
    Case(
        "lost-between-steps",
        "people: {ana: {}}\n"
        + _PHONE
        + """data: {talk: {}, calls: {held_by: crm}}
connections:
  typed: {from: ana, to: pad, carries: [calls]}
  sent: {from: phone, to: pad, carries: [calls]}
  kept: {from: ana, to: crm, carries: [calls]}
""",
        ("lost-between-steps:connections.sent/calls",),
        3,
    ),
    Case(
        "lost-between-steps",
        _PHONE
        + "data: {calls: {held_by: crm}}\n"
        + _flows(
            "kept: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}, {call: crm.write}]}",
            "rung: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}]}",
        ),
        ("lost-between-steps:flows.rung.steps.1/calls",),
        2,
    ),
    Case(
        "lost-between-steps",
        _PHONE
        + "data: {calls: {held_by: crm}}\n"
        + _flows(
            "coarse: {carries: [calls], starts: {rate: 1/h}, steps: [{call: phone.take}]}",
            "written: {carries: [calls], starts: {rate: 1/h}, steps: [{call: crm.write}]}",
            "rung: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}]}",
        ),
        ("lost-between-steps:flows.rung.steps.1/calls",),
        3,
    ),
    Case(
        "lost-between-steps",
        _PHONE
        + "data: {calls: {held_by: crm}}\n"
        + _flows(
            "taken: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}, {do: written}, {do: rung}]}",
            "written: {steps: [{call: crm.write}]}",
            "rung: {steps: [{call: phone.take}]}",
        ),
        (),
        1,
    ),
    Case(
        "copy-beside-original",
        """places: {main: {}, other: {}}
components: {db: {kind: database, replicas: 2, place: [main, other]}, tape: {kind: backup, place: main}}
data: {orders: {held_by: db, backup: {every: 24 h, to: tape}}}
""",
        (),
        1,
    ),
    Case(
        "copy-outgrows-window",
        """components: {db: {kind: database}, tape: {kind: backup}}
data: {orders: {held_by: db, backup: {every: 9 h, window: 6 h, takes: {value: 3 h, known: 0 h .. 7 h}, to: tape}}}
""",
        ("copy-outgrows-window:data.orders",),
        1,
        "possible",
    ),
    Case(
        "lost-between-steps",
        _PHONE
        + """data: {notes: {}, calls: {held_by: crm}}
connections: {other: {from: phone, to: pad, carries: [notes]}, sent: {from: phone, to: pad, carries: [calls]}}
""",
        ("lost-between-steps:connections.sent/calls",),
        2,
    ),
    Case(
        "copy-beside-original",
        """components: {db: {kind: database, place: EU}, tape: {kind: backup, place: EU}}
data: {orders: {held_by: db, backup: {every: 24 h, to: tape}}}
""",
        (),
        1,
    ),
    Case(
        "copy-outgrows-window",
        """components: {db: {kind: database}, tape: {kind: backup}}
connections: {wire: {from: db, to: tape, bandwidth: 100 Mbit/s}}
data:
  orders:
    held_by: db
    changes: {value: 5 MB/s, known: 1 MB/s .. 20 MB/s}
    backup: {every: 24 h, window: 30 h, moves: changes, to: tape, over: wire}
""",
        (),
        1,
    ),
    Case(
        "regulated-data-unseen",
        """components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
data: {findings: {class: health}}
flows:
  ask:
    starts: {rate: 1/h}
    steps: [{call: brain.say, carries: findings}, {call: brain.say, guard: [{name: words}]}]
""",
        (),
        1,
    ),
    Case(
        "recovery-asked-missed",
        """needs: {soon: {measure: recovery/orders/rto, at_most: 4 h}}
components: {db: {kind: database}, vault: {kind: backup}}
data: {orders: {held_by: db, backup: {every: 1 h, to: vault}}}
""",
        (),
        1,
    ),
    Case(
        "recovery-asked-missed",
        "needs: {soon: {measure: recovery/orders/rto, at_most: 4 h}}\ndata: {orders: {}}\n",
        (),
        1,
    ),
    Case(
        "no-copy-outside-supplier",
        """suppliers: {s: {}, t: {title: Tee}}
components: {db: {kind: database, supplier: s}, tape: {kind: backup, supplier: s}}
data: {loose: {backup: {every: 24 h, to: tape}}, orders: {held_by: db, backup: {every: 24 h, to: tape}}}
""",
        ("no-copy-outside-supplier:data.orders/s",),
        1,
        says=("No copy of orders is outside s",),
    ),
)

SAFETY: tuple[Case, ...] = (
    Case(
        "output-unvalidated",
        _OUT
        + "flows: {a: {steps: [{call: bot.write}, {ask: ana, takes: 1 min, approves: [refund]}, {call: post.send}]}}\n",
        ("output-unvalidated:flows.a.steps.3/a",),
        1,
    ),
    Case(
        "output-unvalidated",
        _OUT
        + "flows: {a: {carries: [mail], steps: [{call: post.read, guard: [{name: screen}]}, {call: bot.write}, {call: post.send}]}}\n",
        ("output-unvalidated:flows.a.steps.3/a",),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(effect="idempotent", steps="{call: bot.write}"),
        ("untrusted-into-tool:flows.care.steps.2/care",),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(effect="once", steps="{call: bot.write, guard: [{name: words}]}"),
        (),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(
            effect="once", steps="{call: bot.write}, {ask: ana, takes: 1 min, approves: [refund]}"
        ),
        (),
        1,
    ),
    Case(
        "effect-without-record",
        _UNDONE
        + "data: {trail: {records: [refund]}}\nflows: {a: {steps: [{call: bot.write}, {call: shop.pay}]}}\n",
        ("effect-without-record:flows.a.steps.2/a",),
        1,
        says=("trail should show it",),
    ),
    Case("record-kept-too-short", _TRAIL.format(kept="15551999.99 s"), (), 1),
    Case(
        "record-kept-too-short",
        _TRAIL.format(kept="{value: 9 d, known: 1 d .. 179.99999988 d}"),
        ("record-kept-too-short:data.trail",),
        1,
        "possible",
    ),
    Case(
        "record-kept-too-short",
        "regulated: [credit]\ndata: {trail: {records: [flows.care], kept_for: 9 d}}\nflows: {care: {steps: [{wait: 1 s}]}}\n",
        (),
        0,
    ),
    Case(
        "effect-without-switch",
        _UNDONE
        + "flows: {a: {steps: [{call: bot.write}, {steps: [{call: shop.pay}], compensate: [{call: shop.undo}]}]}}\n",
        ("effect-without-switch:flows.a.steps.2.steps.1/a",),
        1,
    ),
    Case(
        "article-unmet",
        "regulated: [credit]\n" + _UNDONE + "flows: {a: {steps: [{call: bot.write}]}}\n",
        (
            "article-unmet:components.bot/ai-act-11",
            "article-unmet:components.bot/ai-act-13",
            "article-unmet:controls/ai-act-10",
            "article-unmet:controls/ai-act-14",
            "article-unmet:data/ai-act-12",
            "article-unmet:data/ai-act-19",
            "article-unmet:data/ai-act-26",
            "article-unmet:flows.a.steps.1/ai-act-9",
            "article-unmet:needs/ai-act-15",
        ),
        9,
        says=("nothing in the model shows it; applies from",),
    ),
    Case(
        "threat-without-control",
        """components: {bot: {kind: llm, product: google/gemini-2.5-flash@eu, offers: {write: {work: 1 s}}}}
flows: {a: {starts: {rate: 1/min}, steps: [{call: bot.write, timeout: 9 s, limit: {rate: 9/min}, sizes: {output: 100}}]}}
""",
        ("threat-without-control:components.bot/supply-chain",),
    ),
    Case(
        "unapproved-impact",
        _UNDONE + "flows: {a: {steps: [{wait: 1 s, fallback: [{call: shop.pay}]}]}}\n",
        ("unapproved-impact:flows.a.steps.1.fallback.1/refund",),
        1,
        says=("flows.a.steps.1 fails and its fallback runs\n",),
    ),
)

READ: tuple[Case, ...] = (
    Case("found-more-than-read", _reads("passages: other.find"), (), 1),
    Case("found-more-than-read", _reads("a: search.find, b: search.look"), (), 1),
    Case("found-more-than-read", _reads("a: search.find, b: other.find"), _FITS, 1, "certain"),
    Case("found-more-than-read", _reads("a: other.find, b: search.find"), _FITS, 1, "certain"),
    Case(
        "found-more-than-read",
        _FOUND.format(
            inside="{call: search.find}, {call: bot.write, sizes: {input: 900 tokens}}",
            steps="{call: search.find}",
        ),
        (),
        0,
    ),
    Case(
        "found-more-than-read",
        _FOUND.format(
            inside="{wait: 1 s}",
            steps="{call: search.find}, {call: bot.write, sizes: {input: unknown, output: 9 tokens}}",
        ),
        (),
        1,
    ),
    Case(
        "model-changed-without-reindex",
        """components: {small: {kind: embedder, product: mistral/mistral-embed}, vectors: {kind: index}}
data: {chunks: {held_by: vectors}}
stages: {next: {components: {vectors: {kind: index, index: {kind: flat, dimensions: 8, made_with: small}}}}}
""",
        (),
        0,
    ),
    Case(
        "model-changed-without-reindex",
        """components:
  small: {kind: embedder, product: mistral/mistral-embed}
  vectors: {kind: index, index: {kind: flat, dimensions: 8}}
data: {chunks: {held_by: vectors}}
stages: {next: {components: {vectors: {kind: index, index: {kind: flat, dimensions: 8, made_with: small}}}}}
""",
        ("model-changed-without-reindex:components.vectors/next",),
        1,
        says=("None (no product stated) -> small (mistral/mistral-embed)",),
    ),
    Case(
        "copy-without-deletion-path",
        """needs: {fresh: {measure: freshness/cases, at_most: 1 h}}
components: {crm: {kind: tool}, vault: {kind: store}}
data: {cases: {held_by: crm, backup: {every: 24 h, to: vault}}}
""",
        (),
        0,
    ),
    Case(
        "copy-without-deletion-path",
        """components: {crm: {kind: tool}, vectors: {kind: index}}
data:
  cases: {held_by: crm, kept_for: 365 days}
  chunks: {held_by: vectors, made_from: cases, refreshed: 1 h, remade: changes}
""",
        (),
        1,
    ),
    *(
        Case(rule, _ENTERS.format(window=window, parts=parts), found, 1, how)
        for rule, window, parts, found, how in (
            ("context-overflow", "8000 tokens", "rules: 5000 ± 500 tokens", (), ""),
            ("context-overflow", "8000 tokens", _STUCK, ("context-overflow:flows.a.steps.1",), "certain"),
            ("context-without-cut-order", "8000 tokens", _STUCK, (), ""),
            (
                "context-without-cut-order",
                "{value: 8000 tokens, known: 7000 tokens .. 8000 tokens}",
                "rules: 5000 ± 500 tokens",
                ("context-without-cut-order:flows.a.steps.1",),
                "possible",
            ),
        )
    ),
    *(
        Case(
            "index-outgrows-memory",
            f"""components:
  vectors: {{kind: index, takes: {{memory: {room}}}, index: {{kind: flat, vectors: 1048576, dimensions: 1024}}}}
""",
            ("index-outgrows-memory:components.vectors/components.vectors.takes.memory",) if how else (),
            1,
            how,
        )
        for room, how in (("4 GiB", ""), ("{value: 3.5 GiB, known: 3 GiB .. 4 GiB}", "possible"))
    ),
    Case(
        "evaluation-too-small",
        """components: {bot: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.bot, metric: approved, threshold: 90 %, cases: 299}}
""",
        (),
        1,
    ),
    Case(
        "deleted-but-still-indexed",
        """components: {wiki: {kind: tool}, vectors: {kind: index}, brief: {kind: index}}
data:
  pages: {held_by: wiki}
  chunks: {held_by: vectors, made_from: pages, refreshed: 1 h, remade: changes}
  sums: {held_by: brief, made_from: chunks, refreshed: 1 h, remade: changes}
""",
        ("deleted-but-still-indexed:data.chunks",),
        2,
    ),
    Case(
        "retrieval-without-permissions",
        """components:
  vectors: {kind: index, index: {kind: flat, dimensions: 8}, offers: {find: {work: 1 s}}}
  app: {kind: service, offers: {go: {work: 1 s, steps: [{call: vectors.find}]}}}
data: {a: {class: open, held_by: vectors}, b: {class: closed, held_by: vectors}}
""",
        ("retrieval-without-permissions:components.app.offers.go.steps.1",),
        1,
    ),
)

PARTS: tuple[Case, ...] = (
    Case("models-each-their-way", _PAIR.format(more="", steps="{call: small.say}"), (), 1),
    Case(
        "models-each-their-way",
        _PAIR.format(more="", steps="{call: small.say, deadline: 3 s}, {call: large.say, timeout: 3 s}"),
        (),
        2,
    ),
    Case(
        "models-each-their-way",
        _PAIR.format(more="  way: {kind: gateway}\n", steps="{call: small.say}, {call: large.say}"),
        (),
        2,
    ),
    Case(
        "no-reserve",
        """components:
  hosts: {kind: host, replicas: 3, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: unknown}}
""",
        (),
        1,
    ),
    Case(
        "no-reserve",
        """components:
  hosts: {kind: host, replicas: 2, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 100 GiB}}
""",
        ("no-reserve:components.hosts/memory",),
        1,
        says=("hosts: nothing in reserve of memory",),
    ),
    Case(
        "overlapping-tools",
        "components: {a: {kind: tool}, b: {kind: tool}}\n",
        (),
        0,
    ),
    Case(
        "overlapping-tools",
        """components:
  a: {kind: tool, functions: [quotes, books, mail, stock, time, calls, wages]}
  b: {kind: tool, functions: [wages, calls, time, stock, mail, books, quotes]}
""",
        ("overlapping-tools:components.a/b",),
        7,
        says=("all say `books`, `calls`, `mail`, `quotes`, `stock`, `time`, `wages`",),
    ),
    Case(
        "tools-not-connected",
        """people: {ana: {}}
components: {mail: {kind: tool, offers: {receive: {}}}, crm: {kind: tool, offers: {write: {}}}}
connections: {back: {from: crm, to: mail}}
data: {leads: {held_by: crm}}
flows: {lead: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: crm.write}]}}
""",
        (),
        1,
    ),
    Case(
        "renewal-near",
        'date: "2026-11-21"\nsuppliers: {s: {renews: "2026-11"}}\n',
        ("renewal-near:suppliers.s",),
        1,
        "certain",
        says=("renews unless notice is given soon",),
    ),
    Case(
        "stalled-decision",
        """date: "2026-11-21"
decisions:
  crm: {status: open, due: "2026-12-15", waits: decisions.erp}
  erp: {status: open, due: "2026-12-15", since: "2026-08", waits: decisions.crm}
""",
        (),
        2,
    ),
    Case(
        "unused-seats",
        "people: {crew: {count: unknown}}\ncomponents: {crm: {kind: tool, seats: 5, used_by: crew}}\n",
        (),
        1,
    ),
    Case(
        "unused-tool",
        """components: {crm: {kind: tool, offers: {go: {}}}, nas: {kind: tool}, box: {kind: host, copies: {rows: {every: 1 h, to: nas}}}}
data: {rows: {}}
flows: {a: {steps: [{call: crm.go}]}}
""",
        (),
        2,
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {rate: 60 EUR/h}}
flows: {repair: {worth: 90 EUR, starts: {rate: 9/month}, steps: [{ask: ana, takes: unknown}]}}
""",
        (),
        1,
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {}}
flows: {repair: {worth: 9 USD, starts: {rate: 9/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        (),
        1,
    ),
    Case(
        "growth-breaks-it",
        """growth: {value: 20 %, known: 0 % .. 30 %}
people: {ana: {hours: 38 h}}
flows: {quote: {starts: {rate: 70/month}, steps: [{ask: ana, takes: 2 h}]}}
""",
        ("growth-breaks-it:people.ana",),
        1,
        "likely",
    ),
    Case(
        "single-point-of-failure",
        """components:
  a: {kind: s, replicas: 2, takeover: 1 min, fails: {every: 30 days, repaired_in: 1 h}, offers: {get: {work: 1 ms}}}
  web: {kind: s, fails: {every: 30 days, repaired_in: 1 h}, offers: {get: {work: 1 ms}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: a.get}, {call: web.get}]}}
""",
        ("single-point-of-failure:components.web",),
        2,
    ),
    Case(
        "long-wait-for-person",
        """people: {ana: {}}
flows: {a: {starts: {rate: 9/month}, steps: [{wait: 9 day, title: the customer decides}, {ask: ana, takes: 1 h}]}}
""",
        (),
        0,
    ),
    Case(
        "not-the-architects",
        "wants: {patching: {capability: somebody installs updates on the servers}}\n",
        ("not-the-architects:wants.patching/patching",),
        None,
        "certain",
    ),
    Case(
        "retry-amplification",
        """components: {db: {kind: database, offers: {read: {work: 1 ms}}}}
flows: {show: {steps: [{steps: [{call: db.read, retry: 2}], retry: 2}]}}
""",
        ("retry-amplification:flows.show.steps.1.steps.1",),
        1,
        says=(" = 9\n",),
    ),
    Case(
        "retry-of-once",
        """components: {books: {kind: tool, offers: {enter: {work: 1 s, effect: once}}}}
flows: {pay: {steps: [{send: books.enter, delivery: at least once, retry: 2}]}}
""",
        ("retry-of-once:flows.pay.steps.1",),
        1,
        says=("is repeated by a retry at flows.pay.steps.1",),
    ),
    Case(
        "model-without-fallback",
        """components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
flows:
  a: {starts: {rate: 1/min}, steps: [{steps: [{wait: 1 s}, {call: brain.say}], fallback: [{call: brain.say}]}]}
""",
        (
            "model-without-fallback:flows.a.steps.1.fallback.1",
            "model-without-fallback:flows.a.steps.1.steps.2",
        ),
        2,
        says=("flows.a -> flows.a.steps.1.steps.2 calls brain.say",),
    ),
    Case(
        "too-few-instances",
        """components: {llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {}}}}
flows: {help: {starts: {rate: 20/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
        (),
        1,
    ),
    Case(
        "too-few-instances",
        """components: {llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {}}}}
flows: {help: {starts: {rate: 30/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
        ("too-few-instances:components.llm",),
        1,
        "likely",
    ),
)

LATER = (*DATA, *SAFETY, *READ, *PARTS)
