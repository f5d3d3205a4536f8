"""Cases that tell a rule about data or retrieval from a slip of the hand in it (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_PHONE = """components:
  crm: {kind: tool, offers: {write: {}}}
  pad: {kind: tool}
  phone: {kind: tool, offers: {take: {}}}
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

LAST_DATA = (*DATA, *READ)
