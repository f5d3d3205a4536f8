"""Pools held within themselves, whichever way that comes about, and ways on which it can't."""

from __future__ import annotations

from rules.cases import Case

_RULE = "pool-held-within-itself"
_PARTS = """components:
  lines: {{kind: pool, threads: {lines}}}
  lock: {{kind: pool, threads: {lock}}}
  app: {{kind: service, {app}offers: {{get: {{work: 1 s, steps: [{get}]}}, put: {{work: 1 s}}}}}}
  mid: {{kind: service, offers: {{pass: {{work: 1 s{mid}, steps: [{through}]}}}}}}
flows:
  other: {{steps: [{other}]}}
  main: {{{starts}steps: [{steps}]}}
"""


def _body(steps: str, **more: str | int) -> str:
    told: dict[str, str | int] = {
        "lines": 3, "lock": 1, "app": "", "get": "", "mid": "", "through": "", "other": "", "starts": "", **more,
    }  # fmt: skip
    return _PARTS.format(steps=steps, **told)


def _hit(place: str, name: str) -> tuple[str, ...]:
    return (f"{_RULE}:{place}/{name}",)


LINES_THEN_LOCK = "{hold: lines, steps: [{hold: lock, steps: [{wait: 1 s}]}]}"
LOCK_THEN_LINES = "{hold: lock, steps: [{hold: lines, steps: [{wait: 1 s}]}]}"
TWICE = "{hold: lines, steps: [{hold: lines, steps: [{wait: 1 s}]}]}"
MAIN = "flows.main.steps.1"
HELD: tuple[Case, ...] = (
    Case(_RULE, _body(TWICE), _hit(MAIN, "lines"), 2, says=("3 runs at once", "up to 2 are safe")),
    Case(_RULE, _body(TWICE, lines=1), _hit(MAIN, "lines"), 2, says=("a single run",)),
    Case(
        _RULE,
        _body("{hold: lines, steps: [" + TWICE + "]}", lines=5),
        _hit(MAIN, "lines"),
        3,
        says=("wants 3 at once", "3 runs at once", "up to 2 are safe"),
    ),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{do: other}]}", other="{hold: lines, steps: [{wait: 1 s}]}"),
        _hit(MAIN, "lines"),
        2,
        says=("through other",),
    ),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{call: app.get}]}", get="{hold: lines, steps: [{wait: 1 s}]}"),
        _hit(MAIN, "lines"),
        2,
        says=("through app.get",),
    ),
    Case(
        _RULE,
        _body("{call: app.get}", app="threads: 4, ", get="{call: mid.pass}", through="{call: app.put}"),
        _hit(MAIN, "app"),
        2,
        says=("components.mid.offers.pass.steps.1, through app.get > mid.pass", "4 runs at once"),
    ),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{parallel: [[{wait: 1 s}], [{hold: lines, steps: [{wait: 1 s}]}]]}]}"),
        _hit(MAIN, "lines"),
        2,
    ),
    Case(
        _RULE,
        _body(
            "{hold: lines, steps: [{wait: 1 s, guard: {name: look, steps: [{hold: lines, steps: [{wait: 1 s}]}]}}]}"
        ),
        _hit(MAIN, "lines"),
        2,
    ),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{fail: failed, fallback: [{hold: lines, steps: [{wait: 1 s}]}]}]}"),
        _hit(MAIN, "lines"),
        2,
    ),
    # Nothing is held any more, or somebody else waits.
    Case(_RULE, _body("{hold: lines, steps: [{wait: 1 s}]}, {hold: lines, steps: [{wait: 1 s}]}"), (), 2),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{wait: 1 s}], fallback: [{hold: lines, steps: [{wait: 1 s}]}]}"),
        (),
        2,
    ),
    Case(
        _RULE,
        _body("{hold: lines, steps: [{send: app.get}]}", get="{hold: lines, steps: [{wait: 1 s}]}"),
        (),
        2,
    ),
    Case(
        _RULE,
        _body(
            "{call: app.get}",
            app="threads: 4, ",
            get="{call: mid.pass}",
            mid=", answers: at once",
            through="{call: app.put}",
        ),
        (),
        2,
    ),
    Case(_RULE, _body("{call: app.get}", get="{call: mid.pass}", through="{call: app.put}"), (), 0),
    Case(
        _RULE,
        _body(
            "{call: app.get}",
            app="threads: 4, discipline: sharing, ",
            get="{call: mid.pass}",
            through="{call: app.put}",
        ),
        (),
        2,
    ),
    # A time limit ends the wait.
    Case(_RULE, _body("{hold: lines, steps: [{hold: lines, deadline: 2 s, steps: [{wait: 1 s}]}]}"), (), 2),
    Case(_RULE, _body("{steps: [" + TWICE + "], timeout: 2 s}"), (), 2),
    Case(_RULE, _body("{hold: lines, deadline: 9 s, steps: [{hold: lines, steps: [{wait: 1 s}]}]}"), (), 2),
    Case(
        _RULE,
        _body(
            "{hold: lines, steps: [{call: app.get, timeout: 2 s}]}", get="{hold: lines, steps: [{wait: 1 s}]}"
        ),
        (),
        2,
    ),
    # One around a call doesn't: what it came to goes on.
    Case(
        _RULE,
        _body("{call: app.get, timeout: 2 s}", get=TWICE),
        _hit("components.app.offers.get.steps.1", "lines"),
        2,
    ),
    # Too few can be at it at once.
    Case(_RULE, _body("{hold: lock, steps: [" + TWICE + "]}", lines=2), (), 3),
    Case(
        _RULE,
        _body("{hold: lock, steps: [" + TWICE + "]}", lines=2, lock=2),
        _hit(MAIN + ".steps.1", "lines"),
        3,
    ),
    Case(
        _RULE,
        _body("{hold: lock, steps: [{parallel: [[" + TWICE + "], [" + TWICE + "]]}]}", lines=2),
        (_hit(MAIN + ".steps.1.parallel.1.1", "lines") + _hit(MAIN + ".steps.1.parallel.2.1", "lines")),
        5,
    ),
    Case(_RULE, _body(TWICE, starts="starts: {population: 2, think: 1 s}, "), (), 2),
    # In turns, with another pool or with threads; in the same order everywhere it can't come to that.
    Case(
        _RULE,
        _body(LINES_THEN_LOCK, other=LOCK_THEN_LINES),
        ("pool-held-within-itself:flows.main.steps.1/lines and lock",),
        4,
        says=("lock at flows.main.steps.1.steps.1 while", "with 3 of lines, 1 of lock, 4 runs at once"),
    ),
    Case(_RULE, _body(LINES_THEN_LOCK, other=LINES_THEN_LOCK), (), 4),
    Case(
        _RULE,
        _body(
            "{hold: lock, steps: [{call: app.get}]}",
            app="threads: 2, ",
            get="{hold: lock, steps: [{wait: 1 s}]}",
            other="{call: app.get}",
        ),
        ("pool-held-within-itself:flows.main.steps.1/lock",),
        4,
        says=("a single run", "through app.get"),
    ),
    Case(_RULE, _body(TWICE, starts="starts: {population: 3, think: 1 s}, "), _hit(MAIN, "lines"), 2),
)
