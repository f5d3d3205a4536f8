"""Cases of the rules on records, switches, content, features and passages found: what is at their edges."""

from __future__ import annotations

from rules.cases import Case

PARTS = """people: {ana: {}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {pay: {work: 1 s, effect: keyed, impact: refund}, look: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}, file: {work: 1 s, effect: keyed}}}
  log: {kind: database, offers: {add: {work: 1 s, effect: keyed}}}
"""
SEARCH = """data:
  pages: {title: Pages, held_by: search, cut: {texts: 100, length: 900 tokens, passage: 300, overlap: 50}}
  notes: {held_by: search}
components:
  search: {kind: index, offers: {find: {work: 10 ms, finds: 8}, look: {work: 10 ms}}}
  writer: {kind: llm, qualities: {context: %s}, offers: {write: {work: 1 s}}}
"""

SUPERVISION: tuple[Case, ...] = (
    Case(
        "effect-without-record",
        PARTS
        + """data: {trail: {title: The trail, held_by: [log], records: [refund]}}
flows:
  a: {steps: [{call: bot.write}, {call: shop.pay}, {call: log.add, carries: [trail]}]}
  b: {steps: [{call: bot.write}, {call: shop.pay}, {call: shop.look}]}
  c: {steps: [{call: bot.write}, {call: post.send}, {call: shop.pay}]}
  d: {steps: [{call: shop.pay}]}
""",
        ("effect-without-record:flows.b.steps.2/b", "effect-without-record:flows.c.steps.3/c"),
        3,
        "certain",
        says=("The refund leaves no record on some path", "The trail should show it, but no step"),
    ),
    Case(
        "effect-without-record",
        PARTS + "flows: {a: {steps: [{call: bot.write}, {call: shop.pay}, {call: log.add}]}}\n",
        ("effect-without-record:flows.a.steps.2/a",),
        1,
        says=("no data say `records: [refund]`",),
    ),
    *(
        Case(
            "record-kept-too-short",
            PARTS
            + f"""regulated: [credit]
data:
  long: {{held_by: [log], records: [refund], kept_for: 180 d}}
  other: {{held_by: [log], kept_for: 1 d}}
  trail: {{title: The trail, held_by: [log], records: [refund]{kept}}}
flows: {{a: {{steps: [{{call: bot.write}}, {{call: shop.pay}}, {{call: log.add, carries: [trail, long]}}]}}}}
""",
            ("record-kept-too-short:data.trail",),
            2,
            how,
            ("records/trail/kept",),
            (said,),
        )
        for kept, how, said in (
            (", kept_for: 179 d", "certain", "kept for 179 d"),
            (", kept_for: {value: 200 d, known: 150 d .. 300 d}", "possible", "kept for 200 d"),
            ("", "possible", "no `kept_for`"),
        )
    ),
    Case(
        "record-kept-too-short",
        PARTS
        + """data: {trail: {held_by: [log], records: [refund], kept_for: 1 d}}
flows: {a: {steps: [{call: bot.write}, {call: shop.pay}, {call: log.add, carries: [trail]}]}}
""",
        (),
        0,
    ),
    Case(
        "effect-without-switch",
        PARTS
        + """flows:
  a: {steps: [{call: bot.write}, {ask: ana, approves: [refund]}, {call: shop.pay}, {call: shop.pay}]}
  b: {steps: [{call: bot.write, guard: [{name: words}]}, {call: post.file}, {call: shop.pay}, {call: post.send}]}
  c: {steps: [{call: bot.write}, {call: post.send, compensate: [{call: post.file}]}]}
""",
        ("effect-without-switch:flows.b.steps.3/b", "effect-without-switch:flows.b.steps.4/b"),
        4,
        "certain",
        says=("Nobody can stop shop.pay at once", "Nobody can stop post.send at once"),
    ),
    Case(
        "effect-without-switch",
        PARTS
        + """controls: {off: {against: [no-stop], stops: [flows.a, components.shop], by: [ana], test: t, signal: s}}
flows:
  a: {steps: [{call: bot.write}, {call: post.send}]}
  b: {steps: [{call: bot.write}, {call: shop.pay}, {call: post.send}]}
""",
        ("effect-without-switch:flows.b.steps.3/b",),
        3,
    ),
    Case(
        "content-unblocked",
        PARTS
        + """data: {mail: {trust: untrusted}}
flows:
  a:
    carries: [mail]
    steps:
      - {call: shop.look, guard: [{name: screen, blocks: [orders]}]}
      - {call: bot.write, guard: [{name: words, blocks: [promises, insults]}]}
      - call: post.send
  b: {carries: [mail], steps: [{call: bot.write, guard: [{name: tone, blocks: [insults]}]}, {call: post.send}]}
""",
        ("content-unblocked:flows.b.steps.1/b-in", "content-unblocked:flows.b.steps.2/b-out"),
        3,
        says=(
            "not blocked here: orders",
            "not blocked here: promises",
            "content reaches a model past what blocks it",
        ),
    ),
    Case(
        "features-computed-twice",
        """components: {store: {kind: database}, lake: {kind: storage}, one: {kind: service}, two: {kind: service}}
data:
  raw: {held_by: store}
  a: {title: Online, held_by: store, made_from: raw, made_by: one, refreshed: 1 h}
  same: {held_by: lake, made_from: raw, made_by: one, refreshed: 1 h, served_as: a}
  b: {title: Learned, held_by: lake, made_from: raw, made_by: two, refreshed: 1 h, served_as: a}
  c: {held_by: lake, made_from: [raw, b], refreshed: 1 h, served_as: a}
""",
        ("features-computed-twice:data.b", "features-computed-twice:data.c"),
        3,
        "certain",
        says=("Learned and Online are not the same features", "two makes the one, one the other"),
    ),
    Case(
        "features-computed-twice",
        """components: {store: {kind: database}, lake: {kind: storage}, one: {kind: service}}
data:
  raw: {held_by: store}
  a: {held_by: store, made_from: raw, made_by: one, refreshed: 1 h}
  b: {held_by: lake, made_from: raw, refreshed: 1 h, served_as: a}
""",
        ("features-computed-twice:data.b",),
        1,
        "possible",
        ("skew/b",),
        ("perhaps not the same features", "a part that isn't stated"),
    ),
    Case(
        "found-more-than-read",
        SEARCH % "4000 tokens"
        + """flows:
  a: {steps: [{call: search.find}, {call: writer.write, sizes: {output: 2500 tokens}, context: {rules: 2399 tokens}}]}
  b: {steps: [{call: search.find}, {call: writer.write, sizes: {input: 2400 tokens, output: 9 tokens}}]}
  c: {steps: [{call: search.look}, {call: writer.write, sizes: {input: 2399 tokens}}]}
  d: {steps: [{call: writer.write, sizes: {input: 9 tokens}}, {call: search.find}]}
  e:
    steps:
      - choose:
          - {share: 50 %, steps: [{call: search.find}]}
          - {share: 50 %, steps: [{call: writer.write, sizes: {input: 9 tokens}}]}
""",
        ("found-more-than-read:flows.a.steps.2/search.find",),
        2,
        "possible",
        (),
        (
            "writer.write has no room for what is found",
            "8 passages of up to 300 tokens of Pages",
            "at most 2399 tokens",
        ),
    ),
    *(
        Case(
            "found-more-than-read",
            SEARCH
            % window
            + "flows: {a: {steps: [{call: search.find}, {call: writer.write, context: {rules: 800 tokens, "
            "found: {passages: search.find}}}]}}\n",
            ("found-more-than-read:flows.a.steps.2",) if how else (),
            1,
            how,
            ("context/flows.a.steps.2/fits",) if how else None,
            (said,) if how else (),
        )
        for window, how, said in (
            ("1100 tokens", "certain", "can't read all that is found"),
            ("1099 tokens", "certain", "8 passages of at most 300 tokens (Pages); 0 to 5 fit"),
            ("{value: 3200 tokens, known: 1099 tokens .. 3200 tokens}", "possible", "0 to 8 fit"),
            ("{value: 3200 tokens, known: 1100 tokens .. 3200 tokens}", "", ""),
            ("1208 tokens", "", ""),
        )
    ),
    Case(
        "found-more-than-read",
        SEARCH % "4000 tokens"
        + "flows: {a: {steps: [{call: writer.write, context: {rules: 800 tokens, found: {passages: search.find}}}]}}\n",
        (),
        1,
    ),
)
