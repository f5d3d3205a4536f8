"""More examples of rules than fit beside them, each with all that is to be found."""

from __future__ import annotations

from dataclasses import dataclass

from groma.rules import Rule, Subject


@dataclass(frozen=True, slots=True)
class Case:
    """A model's body and the ids of the findings of one rule; what else is stated has to hold of every finding."""

    rule: str
    body: str
    found: tuple[str, ...] = ()
    looked_at: int | None = None
    confidence: str = ""
    figures: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()
    """Texts that stand in a title, an evidence, a consequence or a remedy."""

    def differs(self, rule: Rule, subject: Subject) -> str:
        """What is not as it has to be, in words; empty when all is."""
        look = rule.check(subject)
        findings = rule.findings(subject)
        ids = [finding.id for finding in findings]
        if sorted(ids) != sorted(self.found):
            return f"found {ids}"
        if len(ids) > look.looked_at or (self.looked_at is not None and look.looked_at != self.looked_at):
            return f"looked at {look.looked_at}"
        for finding in findings:
            if self.confidence and finding.confidence != self.confidence:
                return f"{finding.id} is {finding.confidence}"
            if self.figures is not None and finding.figures != self.figures:
                return f"{finding.id} quotes {finding.figures}"
        told = "\n".join(f"{f.title}\n{f.evidence[0].text}\n{f.consequence}\n{f.remedy}" for f in findings)
        missing = [text for text in self.says if text not in told]
        return f"doesn't say {missing}" if missing else ""


PEOPLE = "people: {ana: {title: Ana}, ben: {}}\n"
CALLED = "{ask: ana, takes: 1 h}"

CASES: tuple[Case, ...] = (
    # data
    Case(
        "entered-twice",
        """people: {ana: {}}
components: {crm: {kind: tool, title: Customer list}, books: {kind: tool}, calendar: {kind: tool}}
data: {customers: {title: Customers, held_by: crm}}
connections:
  a: {from: ana, to: crm, carries: [customers], maps: {n: customers.name, c: customers.city, p: customers.place, s: customers.street, t: customers.town, z: customers.zip}}
  b: {from: ana, to: books, carries: [customers], maps: {x: customers.name}}
  c: {from: ana, to: calendar, carries: [customers]}
""",
        ("entered-twice:data.customers",),
        1,
        "certain",
        says=(
            "Customers typed 3 times: Customer list, books, calendar",
            "people type its city, name, place, street, town, zip into crm, books, calendar",
        ),
    ),
    Case(
        "entered-twice",
        """people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}}
connections: {a: {from: ana, to: crm, carries: [customers]}, b: {from: ana, to: books, carries: [customers]}}
""",
        ("entered-twice:data.customers",),
        says=("customers typed twice: crm, books", "people type it into"),
    ),
    Case(
        "lost-between-steps",
        """people: {ana: {}}
components: {crm: {kind: tool}, pad: {kind: tool}, box: {kind: tool}}
data: {notes: {held_by: crm}, talk: {}}
connections:
  by_machine: {from: pad, to: crm, carries: [notes], loss: 2 %}
  not_lost: {from: ana, to: crm, carries: [notes], by_hand: true, loss: 0 %}
  unknown_loss: {from: ana, to: crm, carries: [notes], by_hand: true, loss: unknown}
  watched: {from: ana, to: crm, carries: [notes], by_hand: true, loss: 2 %, on_error: asked again}
  nothing: {from: ana, to: crm, by_hand: true, loss: 2 %}
  kept_nowhere: {from: pad, to: box, carries: [talk]}
""",
        looked_at=5,
    ),
    Case(
        "lost-between-steps",
        """components:
  crm: {kind: tool, offers: {write: {}}}
  phone: {kind: tool, offers: {take: {}, ring: {}}}
  hub: {kind: service, offers: {put: {steps: [{call: phone.take, carries: [calls]}]}}}
data: {calls: {held_by: crm}}
flows:
  asked: {starts: {rate: 1/h}, steps: [{send: phone.take, carries: [calls]}, {call: phone.ring}, {wait: 1 h, carries: [calls]}]}
  inside: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}, {do: record}]}
  record: {steps: [{call: crm.write}]}
  part: {steps: [{call: phone.take, carries: [calls]}]}
  whole: {starts: {rate: 1/h}, steps: [{do: part}, {call: crm.write}]}
  by_it: {by: crm, starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}]}
""",
        ("lost-between-steps:flows.asked.steps.1/calls",),
        5,
        "likely",
    ),
    Case(
        "lost-between-steps",
        """components: {crm: {kind: tool, offers: {write: {}}}, phone: {kind: tool, offers: {take: {}}}}
data: {calls: {held_by: crm}, plans: {held_by: crm}}
flows:
  taken: {carries: [calls, plans], starts: {rate: 1/h}, steps: [{call: phone.take}]}
  written: {carries: [calls], starts: {rate: 1/h}, steps: [{call: crm.write}]}
  alone: {carries: [plans], starts: {rate: 1/h}, steps: [{call: phone.take}]}
""",
        ("lost-between-steps:flows.alone.steps.1/plans", "lost-between-steps:flows.taken.steps.1/plans"),
    ),
    Case(
        "lost-between-steps",
        """components: {crm: {kind: tool}, phone: {kind: tool, offers: {take: {}}}, form: {kind: tool}}
data: {calls: {held_by: crm}}
connections: {c: {from: form, to: crm, carries: [calls]}}
flows: {taken: {carries: [calls], starts: {rate: 1/h}, steps: [{call: phone.take}]}}
""",
        looked_at=2,
    ),
    Case(
        "lost-between-steps",
        """people: {ana: {}}
components: {crm: {kind: tool}, phone: {kind: tool, offers: {take: {}}}, hub: {kind: tool, offers: {put: {}}}}
data: {calls: {held_by: crm}}
connections: {c: {from: hub, to: crm, carries: [calls]}}
flows:
  person_only: {carries: [calls], starts: {rate: 1/h}, steps: [{ask: ana, carries: [calls]}]}
  twice: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [calls]}, {call: phone.take, carries: [calls]}]}
""",
        ("lost-between-steps:flows.twice.steps.1/calls",),
        3,
    ),
    Case(
        "two-systems-of-record",
        """components: {crm: {kind: tool}, books: {kind: tool}, wiki: {kind: tool}}
data: {a: {held_by: [crm, books]}, b: {held_by: [crm, books]}, c: {held_by: [crm, books]}, d: {}}
connections:
  there: {from: crm, to: books, carries: [a, b]}
  back_other: {from: books, to: crm, carries: [d]}
  back_by_hand: {from: books, to: crm, carries: [b], by_hand: true}
  out: {from: crm, to: wiki, carries: [c]}
  home: {from: wiki, to: crm, carries: [c]}
""",
        looked_at=8,
    ),
    Case(
        "two-systems-of-record",
        """components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}, clients: {held_by: books}}
""",
    ),
    Case(
        "sheet-as-database",
        """people: {ana: {}}
components:
  list: {kind: sheet, used_by: ana, offers: {read: {}}}
  excel: {kind: app, does: An Excel file, used_by: ana}
  site: {kind: tool}
  crm: {kind: tool}
data: {rows: {held_by: list}, lines: {held_by: excel}, other: {held_by: crm}, nowhere: {}}
connections:
  a: {from: site, to: crm, carries: [rows, other]}
  b: {from: list, to: site, carries: [other]}
  c: {from: ana, to: list, carries: [rows]}
flows: {one: {steps: [{call: list.read}]}}
""",
        looked_at=2,
    ),
    Case(
        "sheet-as-database",
        """people: {pair: {count: 2 people}}
components: {list: {kind: Spreadsheet, title: The list, used_by: pair}}
data: {rows: {title: Rows, held_by: list}}
""",
        ("sheet-as-database:data.rows",),
        1,
        "certain",
        says=("the database of Rows: The list",),
    ),
    Case(
        "sheet-as-database",
        """people: {pair: {count: 2 people}}
components: {list: {kind: tool, does: Keeps Google Sheets, used_by: pair}}
data: {rows: {held_by: list}}
""",
        ("sheet-as-database:data.rows",),
        1,
        "likely",
    ),
    Case(
        "sheet-as-database",
        """components: {plan: {kind: sheet}, site: {kind: tool}}
connections: {c: {from: plan, to: site, carries: [jobs]}}
data: {jobs: {held_by: plan}}
""",
        ("sheet-as-database:data.jobs",),
        1,
        "certain",
        says=("feed it (c)",),
    ),
    # tools
    Case(
        "tools-not-connected",
        """people: {ana: {}}
components:
  mail: {kind: tool, offers: {receive: {}, other: {}}}
  crm: {kind: app, offers: {write: {}}}
  log: {kind: service, offers: {put: {}}}
data: {leads: {held_by: crm}, jobs: {held_by: crm}}
flows:
  no_person: {carries: leads, steps: [{call: mail.receive}, {call: crm.write}]}
  same_tool: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: mail.other}]}
  approved: {carries: leads, steps: [{call: mail.receive}, {ask: ana, rejects: 5 %}, {call: crm.write}]}
  service: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: log.put}]}
  other_data: {steps: [{call: mail.receive, carries: [jobs]}, {ask: ana}, {call: crm.write, carries: [leads]}]}
""",
        looked_at=0,
    ),
    Case(
        "tools-not-connected",
        """people: {ana: {}}
components: {mail: {kind: tool, title: Post, offers: {receive: {}}}, crm: {kind: app, offers: {write: {}}}}
data: {leads: {held_by: crm}, jobs: {held_by: crm}, old: {held_by: crm}}
flows:
  f:
    carries: leads
    steps:
      - {call: mail.receive, carries: [jobs]}
      - {ask: ana}
      - {ask: ana, approves: [x]}
      - {send: crm.write, carries: [old]}
  g: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: crm.write}]}
""",
        ("tools-not-connected:flows.f.steps.4/mail",),
        1,
        "likely",
        says=("Post and crm don't connect: a person carries leads over",),
    ),
    Case(
        "unused-tool",
        """people: {ana: {}}
components:
  called: {kind: tool, offers: {go: {}}}
  sent: {kind: tool, offers: {go: {}}}
  held: {kind: tool}
  cached: {kind: tool}
  needed: {kind: tool}
  spare: {kind: tool, stands_in_for: called}
  copier: {kind: tool, copies: {rows: {every: 1 h}}}
  carrier: {kind: tool}
  alone: {kind: tool, runs_on: carrier, price: 4 EUR/month}
  starter: {kind: tool}
  reader: {kind: tool}
  power: {kind: tool}
  target: {kind: tool}
  line: {kind: tool}
  host: {kind: host, depends_on: needed, place: room}
  keeper: {kind: tool}
places: {room: {depends_on: power}}
data: {rows: {held_by: keeper, backup: {every: 1 h, to: target, over: line}}, lines: {held_by: host, backup: {every: 1 h}}}
flows:
  a: {by: starter, for: reader, steps: [{call: called.go, cache: {hits: 5 %, component: cached}}, {send: sent.go}]}
  b: {steps: [{hold: held, steps: [{call: called.go, cache: {hits: 5 %}}]}]}
""",
        ("unused-tool:components.alone",),
        15,
        "likely",
        ("cost/component/alone",),
    ),
    Case(
        "unused-tool",
        """people: {ana: {}}
components: {crm: {kind: tool, used_by: ana}, old: {kind: tool, price: 3 EUR/month}, keeper: {kind: tool}}
data: {rows: {held_by: old}}
connections: {c: {from: crm, to: keeper}}
""",
        ("unused-tool:components.old",),
        3,
        "certain",
        ("cost/component/old",),
        ("while other tools say who uses them",),
    ),
    Case(
        "unused-tool",
        "components: {keeper: {kind: tool}}\ndata: {rows: {held_by: keeper}}\n",
        looked_at=1,
    ),
    Case(
        "unused-seats",
        """people: {ana: {}}
components:
  a: {kind: tool, used_by: ana}
  b: {kind: tool, seats: 4}
  c: {kind: tool, seats: unknown, used_by: ana} # nobody knows
  d: {kind: tool, seats: 2 seats, used_by: ana, price: 5 EUR/seat/month}
""".replace("  c: {kind: tool, seats: unknown, used_by: ana} # nobody knows\n", ""),
        ("unused-seats:components.d",),
        1,
        "certain",
        ("seats/d", "seats/d/month"),
        ("2 seats paid for, used by ana",),
    ),
    Case(
        "unused-seats",
        """people: {crew: {count: {value: 3 people, known: 2 people .. 4 people}}}
components: {a: {kind: tool, seats: 4 seats, used_by: crew, price: 5 EUR/seat/month}}
""",
        ("unused-seats:components.a",),
        1,
        "likely",
    ),
    Case(
        "unused-seats",
        """people: {crew: {count: {value: 3 people, known: 2 people .. 4 people}}}
components: {a: {kind: tool, seats: 5 seats, used_by: crew, price: 5 EUR/seat/month}}
""",
        ("unused-seats:components.a",),
        1,
        "certain",
    ),
    Case(
        "account-in-other-name",
        """people: {ana: {title: Ana B.}}
suppliers: {agency: {}}
components:
  a: {kind: tool, registered_to: the Company}
  b: {kind: tool, registered_to: example}
  c: {kind: tool, registered_to: agency}
  d: {kind: tool, registered_to: ana}
""",
        ("account-in-other-name:components.c", "account-in-other-name:components.d"),
        4,
        "certain",
        says=("a is in the name".replace("a is", "c is") + " of agency", "d is in the name of Ana B."),
    ),
    Case(
        "account-in-other-name",
        "components: {a: {kind: tool, registered_to: Mr Smith}}\n",
        ("account-in-other-name:components.a",),
        1,
        "likely",
        says=("a is in the name of Mr Smith",),
    ),
    Case(
        "one-holder",
        "people: {ana: {}}\ncomponents: {a: {kind: tool, holders: ana}, b: {kind: tool}}\n",
        ("one-holder:components.a",),
        1,
    ),
    Case("no-holder", "components: {a: {kind: tool}}\n", looked_at=0),
    Case(
        "holder-outside",
        "suppliers: {s: {}}\npeople: {ana: {}, kim: {title: Kim, works_for: s}}\n"
        "components: {a: {kind: tool, holders: [kim, ana]}}\n",
        ("holder-outside:components.a/kim",),
        2,
        "certain",
        says=("Kim, who works for s", "`holders` names kim\n"),
    ),
    Case(
        "holder-outside",
        "suppliers: {s: {}}\npeople: {ana: {}, kim: {works_for: s}}\ncomponents: {a: {kind: tool, holders: [kim]}}\n",
        ("holder-outside:components.a/kim",),
        1,
        says=("and nobody of the business",),
    ),
    Case(
        "renewal-near",
        """date: "2026-11-21"
suppliers:
  today: {renews: "2026-11-21"}
  yesterday: {renews: "2026-11-20"}
  in_60: {renews: "2027-01-20"}
  in_61: {renews: "2027-01-21"}
components: {a: {kind: tool, supplier: today, price: 3 EUR/month}, b: {kind: tool, price: 3 EUR/month}}
""",
        ("renewal-near:suppliers.in_60", "renewal-near:suppliers.today"),
        3,
        "certain",
    ),
    Case(
        "renewal-near",
        """date: "2026-11-21"
suppliers: {s: {renews: "2026-12-21", notice: 30 day}, t: {title: Tee}}
components: {a: {kind: tool, supplier: s, price: 3 EUR/month}, b: {kind: tool, price: 3 EUR/month}}
""",
        ("renewal-near:suppliers.s",),
        1,
        "certain",
        ("renewal/s", "cost/component/a"),
        ("unless notice is given soon", "30 day before"),
    ),
    Case(
        "renewal-near",
        'date: "2026-11-21"\nsuppliers: {s: {renews: "2026-12-20", notice: 30 day}}\n',
        ("renewal-near:suppliers.s",),
        1,
        "certain",
        says=("notice is too late",),
    ),
    Case(
        "renewal-near",
        'date: "2026-11-21"\nsuppliers: {s: {renews: "2027-01"}}\n',
        ("renewal-near:suppliers.s",),
        1,
        "possible",
    ),
    Case("tool-without-exit", "components: {a: {kind: tool}}\ndata: {d: {held_by: a}}\n", looked_at=0),
    # work
    Case(
        "report-from-many-places",
        """people: {ana: {rate: 40 EUR/h}}
components:
  a: {kind: tool, title: A, offers: {read: {}, write: {effect: once}}}
  b: {kind: tool, offers: {read: {}, write: {effect: once}}}
  c: {kind: database, offers: {read: {}}}
  d: {kind: service, offers: {read: {}}}
data: {rows: {held_by: c}}
flows:
  forty: {title: The forty, starts: {rate: 40/month}, steps: [{call: a.read}, {call: b.read}, {send: c.read}, {ask: ana, takes: 1 min}]}
  often: {starts: {rate: 41/month}, steps: [{call: a.read}, {call: b.read}, {call: c.read}, {ask: ana, takes: 1 min}]}
  unknown: {starts: {rate: unknown}, steps: [{call: a.read}, {call: b.read}, {call: c.read}, {ask: ana, takes: 1 min}]}
  machine: {starts: {rate: 1/month}, steps: [{call: a.read}, {call: b.read}, {call: c.read}]}
  writes: {starts: {rate: 1/month}, steps: [{call: a.read}, {call: b.read}, {call: c.read}, {ask: ana}, {call: a.write}, {call: b.write}]}
  serviced: {starts: {rate: 1/month}, steps: [{call: a.read}, {call: b.read}, {call: d.read}, {ask: ana, takes: 1 min}]}
  written: {starts: {rate: 1/month}, steps: [{call: a.read}, {call: b.write}, {call: c.read}, {ask: ana, takes: 1 min}]}
""",
        ("report-from-many-places:flows.forty",),
        3,
        "certain",
        ("work/forty/hours", "work/forty/month"),
        ("The forty is pulled together from 3 places", "a person reads a, b, c"),
    ),
    Case(
        "report-nobody-needs",
        f"{PEOPLE}flows: {{a: {{starts: {{rate: 1/month}}, steps: [{CALLED}]}}}}\n",
        looked_at=0,
    ),
    Case(
        "report-nobody-needs",
        """people: {ana: {}, ben: {}}
flows:
  needed: {makes: list, for: ben, starts: {rate: 1/month}, steps: [{ask: ana}]}
  work: {starts: {rate: 1/month}, steps: [{ask: ana}]}
  part: {makes: part, steps: [{ask: ana}]}
  idle: {makes: list, worth: 10 EUR, starts: {rate: 1/month}, steps: [{ask: ana}]}
""",
        ("report-nobody-needs:flows.idle",),
        2,
        "likely",
        ("work/idle/hours", "work/idle/month"),
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {rate: 60 EUR/h}}
flows:
  even: {worth: 60 EUR, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}
  little: {worth: 60.5 EUR, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}
  unsure: {worth: {value: 90 EUR, known: 30 EUR .. 150 EUR}, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}
  none: {starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}
""",
        looked_at=3,
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {rate: 60 EUR/h}}
flows: {f: {worth: {value: 55 EUR, known: 40 EUR .. 70 EUR}, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("work-costs-more-than-it-brings:flows.f",),
        1,
        "likely",
        ("brings/f", "work/f/month"),
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {rate: 60 EUR/h}}
flows: {f: {worth: {value: 50 EUR, known: 40 EUR .. 60 EUR}, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("work-costs-more-than-it-brings:flows.f",),
        1,
        "likely",
    ),
    Case(
        "work-costs-more-than-it-brings",
        """people: {ana: {rate: 60 EUR/h}, ben: {}}
flows:
  f: {worth: 59.5 EUR, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}, {ask: ben, takes: 1 h}]}
  g: {worth: 61 EUR, starts: {rate: 1/month}, steps: [{ask: ana, takes: 1 h}, {ask: ben, takes: 1 h}]}
""",
        ("work-costs-more-than-it-brings:flows.f",),
        2,
        "certain",
    ),
    Case(
        "long-wait-for-person",
        """people: {ana: {title: Ms Boss}}
flows:
  day: {starts: {rate: 1/month}, steps: [{wait: 24 h}, {ask: ana, takes: 6 h}]}
  short: {starts: {rate: 1/month}, steps: [{wait: 23.9 h}, {ask: ana, takes: 1 h}]}
  work: {starts: {rate: 1/month}, steps: [{wait: 24 h}, {ask: ana, takes: 6.1 h}]}
  others: {starts: {rate: 1/month}, steps: [{wait: 9 day, title: the authority}, {ask: ana, takes: 1 h}]}
  unknown: {starts: {rate: 1/month}, steps: [{wait: unknown}, {ask: ana, takes: 1 h}]}
""",
        ("long-wait-for-person:flows.day.steps.2",),
        4,
        "likely",
        ("waits/flows.day.steps.2", "waits/flows.day.steps.2/runs"),
    ),
    Case(
        "long-wait-for-person",
        """people: {ana: {title: Ms Boss}}
flows: {f: {title: Order, worth: 5 EUR, starts: {rate: 1/month}, steps: [{wait: 2 day, title: ms boss is away}, {ask: ana}]}}
""",
        ("long-wait-for-person:flows.f.steps.2",),
        1,
        "certain",
        tuple(f"waits/flows.f.steps.2{of}" for of in ("", "/runs", "/worth")),
        ("Order lies before Ms Boss",),
    ),
    Case(
        "one-person-approves-all",
        """people: {crew: {count: 2 people}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: crew, approves: purchase}]}
  pay: {starts: {rate: 9/month}, steps: [{ask: crew, approves: payment}]}
""",
        looked_at=2,
    ),
    Case(
        "one-person-approves-all",
        """people: {ana: {title: Ana}, ben: {}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: ana, approves: purchase}, {ask: ana, approves: more}]}
  talk: {starts: {rate: 9/month}, steps: [{ask: ana}]}
""",
        looked_at=2,
    ),
    Case(
        "one-person-approves-all",
        """people: {ana: {title: Ana, knows: [x]}, ben: {knows: [x]}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: ana, approves: purchase, needs_knowledge: [x]}]}
  pay: {starts: {rate: 9/month}, steps: [{ask: ana, approves: payment}]}
""",
        looked_at=2,
    ),
    Case(
        "one-person-approves-all",
        """people: {ana: {title: Ana}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: ana, approves: purchase}]}
  pay: {starts: {rate: 9/month}, steps: [{ask: ana, approves: payment}]}
""",
        ("one-person-approves-all:people.ana",),
        2,
        "certain",
        ("asked_of/ana/approvals",),
        (
            "All approvals wait for Ana",
            "first in flows.buy.steps.1",
            "While Ana is away, nothing of it goes on: buy, pay.",
        ),
    ),
    Case(
        "overloaded-person",
        """people: {ana: {hours: 42 h}, ben: {}}
flows:
  full: {starts: {rate: 182.5/month}, steps: [{ask: ana, takes: 1 h}]}
  free: {starts: {rate: 900/month}, steps: [{ask: ben, takes: 1 h}]}
""",
        looked_at=1,
    ),
    Case(
        "overloaded-person",
        """people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: {value: 190/month, known: 182.5/month .. 200/month}}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("overloaded-person:people.ana",),
        1,
        "likely",
        ("load/ana",),
    ),
    Case(
        "overloaded-person",
        """people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: 190/month}, steps: [{ask: ana, takes: 1 h}, {ask: ana}]}}
""",
        ("overloaded-person:people.ana",),
        1,
        "certain",
    ),
    Case(
        "overloaded-person",
        "people: {ana: {hours: 42 h}}\nflows: {f: {starts: {rate: 190/month}, steps: [{ask: ana}]}}\n",
        looked_at=1,
    ),
    Case(
        "growth-breaks-it",
        "people: {ana: {hours: 42 h}}\nflows: {f: {starts: {rate: 180/month}, steps: [{ask: ana, takes: 1 h}]}}\n",
        looked_at=0,
    ),
    Case(
        "growth-breaks-it",
        """growth: 100 %
people: {ana: {hours: 42 h}, ben: {}, cem: {hours: 42 h}, dan: {hours: 42 h}}
components:
  web: {kind: service, threads: 1, offers: {get: {work: 1 ms}}}
  wide: {kind: service, offers: {get: {work: 1 ms}}}
  grows: {kind: service, threads: 1, scales: {to: 5, aims: 70 %, every: 1 min}, offers: {get: {work: 1 ms}}}
flows:
  in_24: {starts: {rate: 45.7/month}, steps: [{ask: ana, takes: 1 h}]}
  in_25: {starts: {rate: 44/month}, steps: [{ask: cem, takes: 1 h}]}
  full: {starts: {rate: 200/month}, steps: [{ask: dan, takes: 1 h}]}
""",
        ("growth-breaks-it:people.ana",),
        4,
        "certain",
        ("full/people.ana",),
        ("100 % more a year",),
    ),
    Case(
        "growth-breaks-it",
        """growth: 100 %
people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: 45.625/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("growth-breaks-it:people.ana",),
        1,
        "certain",
    ),
    Case(
        "growth-breaks-it",
        """growth: 100 %
people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: 180/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("growth-breaks-it:people.ana",),
        1,
        "certain",
    ),
    Case(
        "growth-breaks-it",
        """growth: {value: 50 %, known: 10 % .. 60 %}
people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: 100/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
        ("growth-breaks-it:people.ana",),
        1,
        "likely",
    ),
    Case(
        "growth-breaks-it",
        """growth: 50 %
people: {ana: {hours: 42 h}}
flows: {f: {starts: {rate: 150/month}, steps: [{ask: ana, takes: 1 h}, {ask: ana}]}}
""",
        ("growth-breaks-it:people.ana",),
        1,
        "certain",
    ),
    Case(
        "growth-breaks-it",
        "growth: 0 %\npeople: {ana: {hours: 42 h}}\nflows: {f: {starts: {rate: 100/month}, steps: [{ask: ana, takes: 1 h}]}}\n",
        looked_at=1,
    ),
    Case(
        "value-hangs-on-few",
        """people: {ana: {title: Ana, knows: [x]}, ben: {title: Ben, knows: [x]}, crew: {count: 18 people}}
flows: {f: {worth: 9 EUR, starts: {rate: 9/month}, steps: [{ask: ana, needs_knowledge: [x]}]}}
""",
        ("value-hangs-on-few:people.ana/people.ben",),
        2,
        "certain",
        ("hangs/people.ana+people.ben/share", "hangs/people.ana+people.ben/month"),
        ("hangs on Ana and Ben",),
    ),
    Case(
        "value-hangs-on-few",
        """people: {ana: {knows: [x]}, ben: {knows: [x]}, crew: {count: 17 people}}
flows: {f: {worth: 9 EUR, starts: {rate: 9/month}, steps: [{ask: ana, needs_knowledge: [x]}]}}
""",
        looked_at=2,
    ),
    Case(
        "value-hangs-on-few",
        """people: {ana: {knows: [x]}, crew: {count: 40 people}}
suppliers: {s: {}}
components: {t: {kind: tool, supplier: s, offers: {o: {}}}}
flows: {f: {worth: 9 EUR, starts: {rate: 9/month}, steps: [{call: t.o, fallback: [{ask: ana, needs_knowledge: [x]}]}]}}
""",
        looked_at=2,
    ),
    Case(
        "value-hangs-on-few",
        """people: {ana: {knows: [x]}}
flows:
  f: {worth: 9 EUR, starts: {rate: 9/month}, steps: [{ask: ana, needs_knowledge: [x]}]}
  g: {starts: {rate: 9/month}, steps: [{ask: ana}]}
""",
        ("value-hangs-on-few:people.ana",),
        1,
        "likely",
        says=("hangs on ana",),
    ),
    Case(
        "value-hangs-on-few",
        """people: {ana: {knows: [x]}}
flows:
  f: {worth: {value: 11 EUR, known: 10 EUR .. 12 EUR}, starts: {rate: 9/month}, steps: [{ask: ana, needs_knowledge: [x]}]}
  g: {worth: 10 EUR, starts: {rate: 9/month}, steps: [{ask: ana}]}
""",
        ("value-hangs-on-few:people.ana",),
        1,
        "likely",
        says=("these stop: f\n",),
    ),
    # decisions
    Case("stalled-decision", 'decisions: {a: {status: open, due: "2020-01-01"}}\n', looked_at=0),
    Case(
        "stalled-decision",
        'date: "2026-11"\ndecisions: {a: {status: open, due: "2026-11-10"}}\n',
        looked_at=1,
    ),
    Case(
        "stalled-decision",
        """date: "2026-11-21"
decisions:
  today: {status: open, due: "2026-11-21"}
  month: {status: open, due: "2026-11"}
  in_90: {status: open, since: "2026-08-23", waits: decisions.today}
  in_91: {status: open, since: "2026-08-22", waits: decisions.today}
""",
        ("stalled-decision:decisions.in_91",),
        4,
        "likely",
        says=("; decisions.today wait for it",),
    ),
    Case(
        "stalled-decision",
        'date: "2026-11-21"\ndecisions: {a: {title: Which?, status: open, due: "2026-11-20"}}\n',
        ("stalled-decision:decisions.a",),
        1,
        "certain",
        says=("Not decided: Which?", "due 2026-11-20\n"),
    ),
    Case(
        "overlapping-tools",
        "components: {a: {kind: tool, title: One, does: Plans}, b: {kind: tool, does: plans}}\n",
        ("overlapping-tools:components.a/b",),
        1,
        "likely",
        says=("for one function: One, b", "all say `plans`"),
    ),
    # rules that are older
    Case(
        "by-hand-hand-over",
        """people: {ana: {}}
components: {a: {kind: tool, title: Aaa}, b: {kind: tool}}
connections:
  hand: {from: a, to: b, by_hand: true}
  out: {from: ana, to: b, by_hand: true}
  read: {from: b, to: ana, by_hand: true}
""",
        ("by-hand-hand-over:connections.hand",),
        1,
        says=("Carried by hand: Aaa to b", "data that are not named"),
    ),
    Case(
        "manual-work",
        """people: {ana: {rate: 40 EUR/h}, ben: {}}
components: {crm: {kind: tool, owner: ana, effort: 99 h/month}}
flows:
  two_days: {starts: {rate: 16/month}, steps: [{ask: ana, takes: 1 h}]}
  maybe: {starts: {rate: {value: 18/month, known: 15/month .. 20/month}}, steps: [{ask: ana, takes: 1 h}]}
  more: {starts: {rate: 16.5/month}, steps: [{ask: ana, takes: 1 h, title: write it}]}
""",
        ("manual-work:flows.more.steps.1",),
        3,
        "certain",
        ("people/hours", "people/month"),
        ("Work by hand: write it",),
    ),
    Case(
        "manual-work",
        "people: {ben: {}}\nflows: {f: {starts: {rate: 30/month}, steps: [{ask: ben, takes: 1 h}]}}\n",
        ("manual-work:flows.f.steps.1",),
        1,
        "certain",
        ("people/hours",),
    ),
    Case(
        "only-one-person",
        """people: {ana: {title: Ana, rate: 9 EUR/h, knows: [x]}, ben: {}}
flows: {f: {title: Quotes, starts: {rate: 3/month}, steps: [{ask: ana, takes: 1 h, needs_knowledge: [x]}]}}
""",
        ("only-one-person:flows.f.steps.1/x",),
        1,
        "certain",
        ("dependence/hours/ana", "dependence/month/ana"),
        ("Only Ana can do it: x", "flow `Quotes` stops"),
    ),
    Case(
        "only-one-person",
        "people: {ana: {knows: [x]}, ben: {}}\ncomponents: {nas: {kind: storage, title: Disks, needs_knowledge: [x]}}\n",
        ("only-one-person:components.nas/x",),
        1,
        "certain",
        ("dependence/hours/ana",),
        ("nobody keeps `Disks` alive", "Only ana"),
    ),
    Case(
        "only-one-person",
        """people: {ana: {knows: [x]}}
components: {nas: {kind: storage, needs_knowledge: [x]}}
flows: {f: {starts: {rate: 3/month}, steps: [{ask: ana, takes: 1 h, needs_knowledge: [x]}]}}
""",
        ("only-one-person:components.nas/x", "only-one-person:flows.f.steps.1/x"),
        says=("flow `f` stops", "nobody keeps `nas` alive"),
    ),
    Case(
        "held-twice",
        """components:
  a: {kind: tool, title: Aaa}
  b: {kind: tool, offers: {put: {}}}
  c: {kind: tool}
  hub: {kind: service, offers: {go: {steps: [{call: b.put, carries: [inside]}]}}}
data:
  one: {held_by: [a]}
  none: {}
  called: {held_by: [a, b]}
  sent: {held_by: [a, b]}
  flowing: {held_by: [a, b]}
  inside: {held_by: [a, b]}
  asked: {title: Asked, held_by: [a, b, c]}
connections: {x: {from: a, to: c, carries: [asked]}}
flows:
  f: {carries: [flowing], steps: [{call: b.put, carries: [called]}, {send: b.put, carries: [sent]}]}
""",
        ("held-twice:data.asked",),
        5,
        "certain",
        says=("Asked are kept apart in Aaa, b", "from a to b"),
    ),
    Case(
        "old-fact",
        """date: "2026-11-21"
facts:
  year: {value: 1 h, source: x, date: "2025-11-21"}
  older: {value: 1 h, source: x, date: "2025-11-20"}
  month: {value: 1 h, source: x, date: "2025-11"}
""",
        ("old-fact:facts.older",),
        3,
        "certain",
    ),
    Case("old-fact", 'facts: {a: {value: 1 h, source: x, date: "2001"}}\n', looked_at=0),
    Case(
        "old-fact", 'date: "2026-11"\nfacts: {a: {value: 1 h, source: x, date: "2025-11-20"}}\n', looked_at=1
    ),
    Case(
        "fact-without-range",
        """facts:
  beside: {value: 2 h, known: 1 h .. 3 h, source: x, date: "2026"}
  as_range: {value: 1 h .. 3 h, source: x, date: "2026"}
  recalled: {value: 2 h, source: recalled, date: "2026"}
""".replace('  as_range: {value: 1 h .. 3 h, source: x, date: "2026"}\n', ""),
        ("fact-without-range:facts.recalled",),
        2,
        says=("has no range and is recalled",),
    ),
    Case(
        "supplier-without-exit",
        "suppliers: {s: {title: House}, t: {}}\ncomponents: {a: {kind: tool, title: Aaa, supplier: s}, b: {kind: tool, supplier: s}}\n",
        ("supplier-without-exit:suppliers.s",),
        1,
        says=("No way out of House", "supplies Aaa, b"),
    ),
    Case(
        "untested-restore",
        """date: "2026-11-21"
components: {a: {kind: tool}, nas: {kind: storage, copies: {d: {every: 1 h, tested: "2026-08", test_every: 60 day}}}}
data: {d: {title: Rows, held_by: a}}
""",
        ("untested-restore:data.d/nas",),
        1,
        says=("The copy of Rows by nas is a hope", "more than 60 day ago"),
    ),
    Case(
        "untested-restore",
        """date: "2026-11-21"
components: {a: {kind: tool}, nas: {kind: storage}}
data: {d: {held_by: a, backup: {every: 1 h, to: nas, tested: "2025-01"}}}
""",
        ("untested-restore:data.d",),
        1,
        says=("The copy of d is a hope", "more than a year ago"),
    ),
    Case(
        "outside-allowed-places",
        """needs: {cheap: {measure: cost/month, at_most: 9 EUR/month}, in_eu: {measure: residency/personal, within: [EU]}}
places: {iowa: {kind: region, in: US}}
components: {crm: {kind: tool, place: iowa, price: 1 EUR/month}}
data: {customers: {class: personal, held_by: crm}}
""",
        ("outside-allowed-places:components.crm/in_eu",),
        1,
        "certain",
        says=("Personal data come to crm, in US",),
    ),
    Case(
        "outside-allowed-places",
        """needs: {in_eu: {measure: residency/personal, within: [EU]}}
components: {crm: {kind: tool}}
data: {customers: {class: personal, held_by: crm}}
""",
        ("outside-allowed-places:components.crm/in_eu",),
        1,
        "possible",
        says=("in a place that isn't known",),
    ),
    Case(
        "no-copy-outside-supplier",
        """suppliers: {cloud: {title: Cloud}, other: {}}
components:
  db: {kind: database, supplier: cloud}
  a: {kind: backup, supplier: cloud, copies: {rows: {every: 1 h}, both: {every: 1 h}}}
  b: {kind: backup, supplier: other, copies: {both: {every: 1 h}}}
data: {rows: {held_by: db}, both: {held_by: db}, bare: {held_by: db}, nowhere: {}}
""",
        ("no-copy-outside-supplier:data.rows/cloud",),
        2,
        says=("outside Cloud",),
    ),
    Case(
        "copy-beside-original",
        """places: {main: {title: Main}, other: {}}
components:
  db: {kind: database, place: main}
  a: {kind: backup, place: main, copies: {rows: {every: 1 h}, both: {every: 1 h}}}
  b: {kind: backup, place: other, copies: {both: {every: 1 h}}}
data: {rows: {held_by: db}, both: {held_by: db}, bare: {held_by: db}, nowhere: {}}
""",
        ("copy-beside-original:data.rows",),
        2,
    ),
    Case(
        "hot-station",
        """components:
  full: {kind: service, threads: 1, offers: {get: {work: 80 ms}}}
  free: {kind: service, offers: {get: {work: 900 ms}}}
  maybe: {kind: service, threads: 1, offers: {get: {work: {value: 82 ms, known: 70 ms .. 90 ms}}}}
flows: {visit: {starts: {rate: 10/s}, steps: [{call: full.get}, {call: free.get}, {call: maybe.get}]}}
""",
        ("hot-station:components.maybe",),
        2,
        "likely",
        ("utilisation/maybe",),
    ),
    Case(
        "hot-station",
        """components: {full: {kind: service, threads: 1, offers: {get: {work: 90 ms}}}}
flows: {visit: {starts: {rate: 10/s}, steps: [{call: full.get}]}}
""",
        ("hot-station:components.full",),
        1,
        "certain",
    ),
    Case(
        "single-point-of-failure",
        """components:
  web: {kind: service, title: The web, fails: {availability: 99 %}, offers: {get: {work: 1 ms}}}
  free: {kind: service, fails: {availability: 99 %}, offers: {get: {work: 1 ms}}}
flows:
  visit: {title: Visits, starts: {rate: 1/min}, steps: [{call: web.get, cache: {hits: 50 %}}]}
  look: {starts: {rate: 1/min}, steps: [{call: web.get}]}
""",
        ("single-point-of-failure:components.web",),
        1,
        "certain",
        ("availability/visit", "availability/look"),
        ("Everything hangs on The web", "of visit, look", "runs of `Visits`, `look` fail"),
    ),
    Case(
        "single-point-of-failure",
        """components: {shards: {kind: database, replicas: 3, enough: 3, fails: {availability: 99 %}, offers: {get: {work: 1 ms}}}}
flows: {look: {starts: {rate: 1/min}, steps: [{call: shards.get}]}}
""",
        ("single-point-of-failure:components.shards",),
        1,
        says=("hangs on each one of shards", "of look, 3 times"),
    ),
    Case(
        "single-point-of-failure",
        """components:
  pair: {kind: database, replicas: 2, together: 5 %, fails: {every: 30 day, repaired_in: 1 h}, offers: {get: {work: 1 ms}}}
flows: {look: {starts: {rate: 1/min}, steps: [{call: pair.get}]}}
""",
        ("single-point-of-failure:components.pair",),
        1,
        says=("hangs on what all of pair have in common",),
    ),
    Case(
        "single-point-of-failure",
        """components:
  pair: {kind: database, replicas: 2, takeover: 1 min, fails: {every: 30 day, repaired_in: 1 h}, offers: {get: {work: 1 ms}}}
flows: {look: {starts: {rate: 1/min}, steps: [{call: pair.get}]}}
""",
    ),
)
