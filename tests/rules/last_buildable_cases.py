"""Cases that tell a rule about what can be built from a slip of the hand in it (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_DECIDED = "title: CRM, options: [a, b], why: cheap, owner: ana, since: '2026-01-01', to_reverse: a day"

LAST_BUILDABLE: tuple[Case, ...] = (
    Case(
        "flow-without-trigger",
        """flows:
  inner: {steps: [{wait: 1 s}]}
  own: {starts: {rate: 1/h}, steps: [{wait: 1 s}]}
  outer: {steps: [{do: inner}, {do: own}]}
""",
        (
            "flow-without-trigger:flows.outer/by",
            "flow-without-trigger:flows.outer/for",
            "flow-without-trigger:flows.outer/starts",
            "flow-without-trigger:flows.own/by",
            "flow-without-trigger:flows.own/for",
        ),
        6,
    ),
    Case(
        "hand-over-not-described",
        """people: {ana: {}}
components: {a: {kind: tool}, b: {kind: tool}}
connections:
  typed: {from: ana, to: a}
  told: {from: b, to: ana}
  sent: {from: a, to: b}
""",
        tuple(
            f"hand-over-not-described:connections.sent/{key}"
            for key in ("carries", "owner", "protocol", "when")
        ),
        4,
    ),
    Case(
        "copy-without-target",
        """components: {db: {kind: database}, tape: {kind: backup, copies: {rows: {every: 1 h}}}}
connections: {wire: {from: db, to: tape, bandwidth: 1 Gbit/s}}
data: {bare: {}, rows: {held_by: db, backup: {every: 1 h, over: wire}}}
""",
        (
            *(
                f"copy-without-target:components.tape.copies.rows/{key}"
                for key in ("decide", "detect", "rate", "verify")
            ),
            *(f"copy-without-target:data.rows.backup/{key}" for key in ("decide", "detect", "to", "verify")),
        ),
        10,
    ),
    Case(
        "call-without-limit",
        """components: {a: {kind: tool, offers: {go: {}}}}
flows: {f: {steps: [{call: a.go, deadline: 1 s}, {steps: [{call: a.go}], timeout: 1 s}, {call: a.go}]}}
""",
        ("call-without-limit:flows.f.steps.3/timeout",),
        3,
    ),
    Case(
        "asked-for-nothing",
        "people: {ana: {knows: [tax]}}\nflows: {f: {steps: [{ask: ana, title: Sign, needs_knowledge: [tax]}]}}\n",
        (),
        2,
    ),
    Case(
        "call-carries-nothing",
        """data: {orders: {fields: {id: text}}}
components:
  a: {kind: tool, offers: {go: {request: {order: orders.id}}}}
  b: {kind: tool, offers: {go: {steps: [{call: a.go}]}}}
""",
        ("call-carries-nothing:components.b.offers.go.steps.1/orders",),
        1,
    ),
    *(
        Case(
            "decision-not-settled",
            f"people: {{ana: {{}}}}\ndecisions: {{d: {{status: {said}, {_DECIDED}}}}}\n",
            found,
            7,
            says=says,
        )
        for said, found, says in (
            ("accepted, chosen: a", (), ()),
            ("open", ("decision-not-settled:decisions.d/status",), ("Not decided: CRM", "`open`\n")),
            ("open, chosen: a", ("decision-not-settled:decisions.d/status",), ("Not decided: CRM",)),
            (
                "proposed",
                ("decision-not-settled:decisions.d/status", "decision-not-settled:decisions.d/told"),
                ("Not decided: CRM", "no `chosen`"),
            ),
            (
                "proposed, chosen: a",
                ("decision-not-settled:decisions.d/status",),
                ("Proposed, not accepted yet: CRM",),
            ),
        )
    ),
    Case(
        "part-without-place",
        """places: {hall: {}, land: {kind: jurisdiction}, de: {kind: jurisdiction}, room: {in: de}}
components: {host: {kind: host, place: room}, app: {kind: service, runs_on: host}, bare: {kind: service}}
""",
        (
            "part-without-place:components.bare/place",
            "part-without-place:places.hall/in",
        ),
        7,
    ),
    Case(
        "part-without-purpose",
        """suppliers: {s: {}}
components:
  own: {kind: service, does: It counts}
  bought: {kind: service, does: It counts, supplier: s}
  named: {kind: service, does: It counts, supplier: s, title: Counter}
  exact: {kind: service, does: It counts, supplier: s, product: google/gemini-2.5-flash@eu}
""",
        ("part-without-purpose:components.bought/product",),
        7,
    ),
    Case("purpose-not-stated", "", (), 0),
    Case(
        "purpose-not-stated",
        "flows: {f: {steps: [{wait: 1 s}]}}\n",
        tuple(
            f"purpose-not-stated:model/{key}"
            for key in ("author", "date", "needs", "out_of_scope", "problem")
        ),
        5,
    ),
    Case(
        "purpose-not-stated",
        "needs: {n: {measure: cost/month, at_most: 1 EUR}}\n",
        tuple(f"purpose-not-stated:model/{key}" for key in ("author", "date", "out_of_scope", "problem")),
        5,
    ),
    Case(
        "no-acceptance-test",
        "flows: {a: {steps: [{wait: 1 s}]}, b: {starts: {rate: 1/h}, steps: [{wait: 1 s}]}}\n",
        ("no-acceptance-test:flows.a", "no-acceptance-test:flows.b"),
        2,
        says=("when b is done\nmissing: `by`\n",),
    ),
    Case(
        "mapping-incomplete",
        """components: {a: {kind: s}, b: {kind: s, offers: {put: {effect: once, request: {x: kept.id}}}}}
data: {rows: {held_by: a, fields: {id: text}}, kept: {held_by: b, fields: {id: text}}}
connections: {c: {from: a, to: b, carries: [rows], maps: {id: nope}}}
""",
        ("mapping-incomplete:connections.c/id/from",),
        says=("`id` is taken from what isn't there",),
    ),
    Case(
        "size-not-stated",
        "people: {ana: {hours: 8 h}}\nflows: {f: {steps: [{ask: ana, takes: 1 h}]}}\n",
        (),
        2,
    ),
    Case(
        "size-not-stated",
        """growth: 1 %
components: {a: {kind: tool, offers: {go: {}}}}
flows: {f: {starts: {rate: 1/h}, steps: [{send: a.go}]}}
""",
        ("size-not-stated:components.a.offers.go/work",),
        3,
    ),
    Case(
        "personal-fields-unclassed",
        "data: {bare: {class: internal}, people: {class: internal, fields: {email: text}}}\n",
        ("personal-fields-unclassed:data.people/class",),
        1,
    ),
    Case(
        "no-backup",
        """components: {db: {kind: database}}
data: {loose: {}, open: {held_by: db, class: public}, rows: {held_by: db}}
""",
        ("no-backup:data.rows",),
        1,
    ),
    Case(
        "loop-without-bound",
        "flows: {f: {steps: [{repeat: {until: 50 %, steps: [{wait: 1 s}]}}]}}\n",
        ("loop-without-bound:flows.f.steps.1",),
        1,
    ),
    Case(
        "operation-without-schema",
        """data: {o: {fields: {id: text}}}
components:
  a:
    kind: tool
    offers:
      empty: {request: {}, response: {x: o.id}}
      lost: {response: {y: o.nope}}
      told: {request: {x: o.id}, response: {}}
      silent: {request: {}}
""",
        (
            "operation-without-schema:components.a.offers.empty/request.which",
            "operation-without-schema:components.a.offers.lost/request",
            "operation-without-schema:components.a.offers.lost/response.y",
            "operation-without-schema:components.a.offers.silent/response",
        ),
        15,
    ),
    Case(
        "permission-not-stated",
        """people: {ana: {role: all}}
components:
  a: {kind: s, offers: {go: {allowed: [ana]}, free: {}}}
  b: {kind: s, offers: {go: {allowed: [ana], steps: [{call: a.go}]}}}
flows: {f: {by: ana, steps: [{call: a.free}, {call: a.go}, {wait: 1 s}]}}
""",
        ("permission-not-stated:components.a.offers.free/allowed",),
        5,
    ),
    Case(
        "field-nobody-fills",
        """components: {a: {kind: s, offers: {put: {effect: once, request: {x: other.id}}}}}
data: {rows: {held_by: a, fields: {id: text}}, other: {fields: {id: text}}}
""",
        ("field-nobody-fills:data.rows/id",),
        1,
    ),
    Case(
        "vague-words",
        """components: {a: {kind: s, does: It counts}}
needs: {n: {measure: cost/month, at_most: 1 EUR, why: as fast as possible}}
""",
        (),
        1,
    ),
    Case(
        "no-kill-switch",
        """people: {ana: {}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {pay: {work: 1 s, effect: keyed}}}
controls: {off: {against: [no-stop], stops: [flows.a], by: [ana], test: t, signal: s}}
flows: {a: {steps: [{call: bot.write}, {call: shop.pay}]}}
""",
        (),
        1,
    ),
    Case(
        "mapping-incomplete",
        """people: {ana: {}}
components: {a: {kind: s}}
data: {rows: {held_by: a, fields: {id: text}}}
connections: {c: {from: a, to: ana, carries: [rows]}}
""",
        (),
        0,
    ),
    *(
        Case(
            "need-not-settled",
            f"""people: {{ana: {{}}}}
needs: {{up: {{measure: {measure}, from: ana}}}}
components: {{web: {{kind: service, offers: {{get: {{work: 1 ms}}}}}}}}
flows: {{visit: {{starts: {{rate: 1/min}}, steps: [{{call: web.get}}]}}}}
""",
            ("need-not-settled:needs.up/figure",) if figure else (),
            2,
            figures=figure,
            says=says,
        )
        for measure, figure, says in (
            ("availability/visit, at_least: 99 %", ("availability/visit",), ("State components.web.fails",)),
            ("latency/visit/mean, at_most: 1 s", None, ()),
        )
    ),
    Case(
        "need-not-settled",  # success that the latency brings isn't a need of its own
        """people: {ana: {}}
needs: {quick: {measure: latency/visit/mean, at_most: 1 s, from: ana}}
components: {web: {kind: service, offers: {get: {work: 1 ms, fails: 5 %}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
        (),
        2,
    ),
)
