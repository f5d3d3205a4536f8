"""Cases that tell a rule about parts, tools, people or programs from a slip in it (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_PAIR = """components:
  small: {{kind: llm, offers: {{say: {{work: 1 s}}}}}}
  large: {{kind: llm, offers: {{say: {{work: 2 s}}}}}}
{more}flows: {{ask: {{starts: {{rate: 1/min}}, steps: [{steps}]}}}}
"""


LAST_PARTS: tuple[Case, ...] = (
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
        """components:
  crm: {kind: tool, offers: {go: {}}}
  nas: {kind: tool}
  box: {kind: host, copies: {rows: {every: 1 h, to: nas}}}
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
        "not-the-architects",
        "flows: {patches: {title: Install updates, steps: [{wait: 1 h}]}}\n",
        ("not-the-architects:flows.patches/patching",),
        None,
        "likely",
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
