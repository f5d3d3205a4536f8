"""More examples, of rules about copies, loops, reserves, recovery and retries: at their edges."""

from __future__ import annotations

from rules.cases import Case

COPIED = """components: {db: {kind: database}, tape: {kind: backup}}
data: {orders: {held_by: db, size: 1 GB, backup: {every: 24 h, TIMES, to: tape}}}
"""
LINE = """components:
  line: {kind: link, provides: {bandwidth: 128 Mbit/s}}
  db: {kind: database}
  v:
    kind: backup
    copies:
      d: {every: 0.2 s .. 0.6 s, moves: changes, over: line}
      e: {every: 0.2 s, moves: changes, over: line}
data: {d: {title: The data, held_by: db, size: 1 GB, changes: 7 MB/s}, e: {held_by: db, size: 1 GB, changes: 7 MB/s}}
"""
LOOP = "flows: {a: {steps: [{repeat: {HOW, steps: [{wait: 1 s}]}}]}}\n"
POOL = """components:
  hosts: {kind: host, title: Our hosts, replicas: 2, provides: {memory: 64 GiB, power: 500 W}}
  app: {kind: service, runs_on: hosts, takes: {memory: TAKEN}}
  aside: {kind: service, takes: {power: 900 W}}
"""
RECOVERED = """needs: {soon: {measure: MEASURE, at_most: ASKED}}
components: {db: {kind: database, ready_in: 0 s, offers: {q: {}}}, vault: {kind: backup}}
flows: {sell: {starts: {rate: 1/min}, steps: [{call: db.q}]}}
data:
  orders: {held_by: db, size: 360 GB, backup: {every: 200 ms, takes: 100 ms, to: vault, rate: 100 MB/s, STAGES}}
"""
STAGES = "detect: 0 s, decide: 0 s, verify: 0 s, tested: 2026-05"
LAYERS = """components:
  db: {kind: database, offers: {read: {work: 1 ms}}}
  app: {kind: service, offers: {get: {work: 1 ms, steps: [{call: db.read, retry: INNER}]}}}
"""
ONCE = """components:
  books: {kind: tool, offers: {enter: {work: 1 s, effect: once}, note: {work: 1 s}}}
  desk: {kind: service, offers: {close: {work: 1 s, steps: [{call: books.enter}]}}}
"""


def copied(times: str, **more: object) -> Case:
    found = ("copy-outgrows-window:data.orders",) if more else ()
    return Case("copy-outgrows-window", COPIED.replace("TIMES", times), found, **{"looked_at": 1, **more})  # pyright: ignore


def looped(how: str, found: bool) -> Case:
    ids = ("loop-without-bound:flows.a.steps.1",) if found else ()
    return Case("loop-without-bound", LOOP.replace("HOW", how), ids, 1)


def pooled(taken: str, confidence: str = "", **changes: str) -> Case:
    body = POOL.replace("TAKEN", taken)
    for old, new in changes.items():
        body = body.replace(old, new)
    if not confidence:
        return Case("no-reserve", body, (), 1)
    said = (
        "Our hosts: nothing in reserve" if confidence == "certain" else "Our hosts: maybe nothing in reserve"
    )
    figures = ("headroom/hosts/memory",)
    return Case("no-reserve", body, ("no-reserve:components.hosts/memory",), 1, confidence, figures, (said,))


def recovered(
    measure: str, asked: str, *says: str, stages: str = STAGES, kept: str = "", looked_at: int = 1
) -> Case:
    body = RECOVERED.replace("MEASURE", measure).replace("ASKED", asked).replace("STAGES", stages)
    body = body.replace("vault: {kind: backup", f"vault: {{kind: backup{kept}")
    what = measure.rpartition("/")[2]
    found = (f"recovery-asked-missed:data.orders/{what}",) if says else ()
    return Case("recovery-asked-missed", body, found, looked_at, says=says)


def layered(inner: int, flow: str, *says: str, looked_at: int = 1) -> Case:
    body = LAYERS.replace("INNER", str(inner)) + flow
    found = ("retry-amplification:components.app.offers.get.steps.1",) if says else ()
    return Case("retry-amplification", body, found, looked_at, says=says)


def once(flows: str, *found: str, looked_at: int = 1, says: tuple[str, ...] = ()) -> Case:
    ids = tuple(f"retry-of-once:{path}" for path in found)
    return Case("retry-of-once", ONCE + flows, ids, looked_at, says=says)


BOUGHT = """suppliers: {house: {}}
components: {pay: {kind: tool, supplier: house, offers: {charge: {work: 1 s}}}}
flows: {buy: {steps: [{call: pay.charge}]}}
"""
CALL = "call-without-timeout:flows.buy.steps.1"
BUSY = """components: {web: {kind: service, threads: 1, offers: {get: {work: WORK}}}}
flows: {visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}}
"""
NESTED = "components.desk.offers.close.steps.1"

MORE: tuple[Case, ...] = (
    copied("window: 6 h, takes: 6 h"),
    copied("window: 6 h, takes: 5 h .. 6 h"),
    copied("window: 6 h, takes: 5 h .. 7 h", confidence="possible", says=("up to 7 h; the window is 6 h",)),
    copied("window: 6 h, takes: 7 h .. 9 h", confidence="certain", says=("at least 7 h; the window is 6 h",)),
    copied("takes: 25 h", confidence="certain", says=("at least 25 h; the time between two is 24 h",)),
    copied("takes: 7 h"),
    Case("copy-outgrows-window", COPIED.replace("TIMES", "window: 6 h"), (), 0),
    Case("copy-outgrows-window", LINE, (), 2),
    Case(
        "copy-outgrows-window",
        LINE.replace("changes: 7", "changes: 40"),
        ("copy-outgrows-window:data.d/v", "copy-outgrows-window:data.e/v"),
        2,
        "certain",
        says=("A copy of The data takes", "the time between two is 0.2 s .. 0.6 s"),
    ),
    looped("times: 3", found=False),
    looped("times: 3 ± 2", found=True),
    looped("times: {value: 3 ± 2, max: 9}", found=False),
    looped("times: unknown", found=True),
    looped("times: 3 ± 2, at_most: 9", found=False),
    pooled("64 GiB"),
    pooled("65 GiB", "certain"),
    pooled("{value: 64 GiB, known: 60 GiB .. 70 GiB}", "possible"),
    pooled("{value: 60 GiB, known: 50 GiB .. 64 GiB}"),
    pooled("unknown"),
    pooled("65 GiB", "certain", **{"runs_on: hosts": "depends_on: [hosts]"}),
    pooled("10 GiB", "certain", **{"replicas: 2, ": ""}),
    pooled("unknown", "certain", **{"replicas: 2, ": ""}),
    pooled("10 GiB", "certain", **{"replicas: 2, ": "", "memory: 64 GiB": "memory: unknown"}),
    pooled("10 GiB", **{"memory: 64 GiB": "memory: unknown"}),
    recovered("recovery/orders/rto", "1 h"),
    recovered(
        "recovery/orders@db/rto",
        "59 min",
        "at least 60 min; need `soon` asks 59 min\n",
        "orders come back later",
    ),
    recovered("recovery/orders@vault/rto", "59 min"),
    recovered("recovery/sell/rto", "35 min", "at least 60 min; need `soon` through flows.sell asks 35 min"),
    recovered("recovery/orders/rpo", "300 ms"),
    recovered("recovery/orders/rpo", "250 ms", "at least 300 ms", "orders lose more than what depends"),
    recovered("recovery/orders@db/rto", "4 h", "never; need `soon` asks 4 h", kept=", runs_on: db"),
    Case(
        "recovery-asked-missed",
        RECOVERED.replace(
            "MEASURE, at_most: ASKED}",
            "recovery/orders/rto, at_most: 50 min}, later: {measure: recovery/sell/rto, at_most: 40 min}",
        ).replace("STAGES", STAGES),
        ("recovery-asked-missed:data.orders/rto",),
        2,
        says=("need `later` through flows.sell asks 40 min (and 1 more ask for less than that)",),
    ),
    layered(
        2, "flows: {show: {steps: [{call: app.get, retry: 2}]}}\n", "become 9 calls of db.read", looked_at=2
    ),
    layered(
        1, "flows: {show: {steps: [{call: app.get, retry: 2}]}}\n", "become 6 calls of db.read", looked_at=2
    ),
    layered(1, "flows: {show: {steps: [{call: app.get, retry: 1}]}}\n", looked_at=2),
    layered(9, "flows: {show: {steps: [{call: app.get, retry: 0}]}}\n", looked_at=1),
    layered(9, "flows: {show: {steps: [{call: app.get}]}}\n", looked_at=1),
    layered(
        2,
        "flows: {show: {steps: [{steps: [{call: app.get}], retry: 1}]}}\n",
        "become 6 calls of db.read",
        "attempts multiply: 2 at flows.show.steps.1 x 3 at components",
        looked_at=2,
    ),
    layered(
        2,
        "flows: {one: {steps: [{call: app.get, retry: 2}]}, two: {steps: [{call: app.get, retry: 2}]}}\n",
        "attempts multiply: 3 at flows.one.steps.1 x 3 at components",
        looked_at=3,
    ),
    layered(
        2,
        "flows: {one: {steps: [{call: app.get, retry: 2}]}, two: {steps: [{call: app.get, retry: 4}]}}\n",
        "One request may become 15 calls",
        "attempts multiply: 5 at flows.two.steps.1 x 3 at components",
        looked_at=3,
    ),
    layered(
        2,
        "flows: {one: {steps: [{do: two, retry: 1}]}, two: {steps: [{call: app.get}]}}\n",
        "become 6 calls of db.read",
        "2 at flows.one.steps.1 x 3 at components",
        looked_at=2,
    ),
    layered(
        2, "flows: {show: {steps: [{call: db.read, retry: 3, fallback: [{call: app.get}]}]}}\n", looked_at=2
    ),
    once("flows: {pay: {steps: [{call: books.enter}]}}\n", looked_at=2),
    once("flows: {pay: {steps: [{call: books.enter, retry: 0}]}}\n", looked_at=2),
    once("flows: {pay: {steps: [{call: books.note, retry: 2}]}}\n"),
    once(
        "flows: {pay: {steps: [{call: books.enter, hedge: {after: 2 s}}]}}\n",
        "flows.pay.steps.1",
        looked_at=2,
        says=("repeated: books.enter", "books.enter is repeated by a hedge at flows.pay.steps.1"),
    ),
    once(
        "flows: {pay: {steps: [{call: books.enter, retry: 1, hedge: {after: 2 s}}]}}\n",
        "flows.pay.steps.1",
        looked_at=2,
        says=("repeated by a retry at flows.pay.steps.1",),
    ),
    once(
        "flows: {pay: {steps: [{do: more, retry: 1}]}, more: {steps: [{call: desk.close, retry: 1}]}}\n",
        NESTED,
        says=("books.enter is repeated by a retry at flows.pay.steps.1",),
    ),
    once("flows: {pay: {steps: [{call: books.note, retry: 1, fallback: [{call: desk.close}]}]}}\n"),
    once(
        "flows: {pay: {steps: [{steps: [{call: books.note, fallback: [{call: desk.close}]}], retry: 1}]}}\n",
        NESTED,
        says=("by a retry at flows.pay.steps.1",),
    ),
    Case(
        "recovery-asked-missed",
        RECOVERED.replace("MEASURE", "recovery/orders/rto")
        .replace("ASKED", "1 s")
        .replace("360 GB", "unknown")
        .replace("STAGES", STAGES),
        (),
        1,
    ),
    Case(
        "call-without-timeout",
        BOUGHT,
        (CALL,),
        1,
        says=("A call to house without a limit of time: pay.charge",),
    ),
    Case(
        "call-without-timeout",
        BOUGHT.replace("house: {}", "house: {title: The House}"),
        (CALL,),
        1,
        says=("A call to The House without",),
    ),
    Case("hot-station", BUSY.replace("WORK", "unknown"), (), 1),
    Case(
        "hot-station",
        BUSY.replace("WORK", "{value: 90 ms, known: 80 ms .. 100 ms}"),
        ("hot-station:components.web",),
        1,
        "likely",
    ),
    Case(
        "hot-station",
        BUSY.replace("WORK", "{value: 90 ms, known: 81 ms .. 99 ms}"),
        ("hot-station:components.web",),
        1,
        "certain",
    ),
    Case(
        "hot-station",
        BUSY.replace("WORK", "90 ms")
        .replace("get: {", "see: {work: unknown}, get: {")
        .replace("[{", "[{call: web.see}, {"),
        ("hot-station:components.web",),
        1,
        "certain",
    ),
    Case(
        "outside-allowed-places",
        """needs:
  up: {measure: availability/personal, at_least: 90 %}
  in_eu: {measure: residency/personal, within: [EU]}
places: {iowa: {kind: region, in: US}}
components: {crm: {kind: tool, place: iowa, offers: {get: {}}}}
data: {customers: {class: personal, held_by: crm}}
flows: {personal: {starts: {rate: 1/s}, steps: [{call: crm.get}]}}
""",
        ("outside-allowed-places:components.crm/in_eu",),
        1,
    ),
    Case(
        "single-point-of-failure",
        """components:
  hosts: {kind: host, replicas: 2, together: 10 %, fails: {availability: 99 %}}
  both: {kind: service, replicas: 2, enough: 2, runs_on: hosts, offers: {get: {}}}
  either: {kind: service, replicas: 2, runs_on: hosts, offers: {get: {}}}
flows:
  two: {starts: {rate: 1/min}, steps: [{call: both.get}]}
  one: {starts: {rate: 1/min}, steps: [{call: either.get}]}
""",
        ("single-point-of-failure:components.both", "single-point-of-failure:components.hosts"),
        3,
        says=("hangs on each one of hosts", "a cut set of order one of two, one, 3 times"),
    ),
    Case(
        "unmeasured-need",
        """needs: {up: {measure: availability/visit, at_least: 99 %}}
components:
  a: {kind: tool, offers: {x: {}}}
  b: {kind: tool, offers: {x: {}}}
  c: {kind: tool, offers: {x: {}}}
  d: {kind: tool, offers: {x: {}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: a.x}, {call: b.x}, {call: c.x}, {call: d.x}]}}
""",
        ("unmeasured-need:needs.up",),
        1,
        says=(
            "4 facts that it needs are missing",
            "components.c.fails: state its availability, or how often it fails and how long repair takes.",
        ),
    ),
)
