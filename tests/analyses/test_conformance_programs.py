"""Which traces a program can have made, and where others leave it: steps, policies and limits one by one.

Every trace is a few calls whose times are counted by hand from docs/programs.md; at each limit one trace keeps it and
one breaks it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import HEAD
from groma.analyses.conformance import Conformance, Seen, conform
from groma.model.load import loads

PARTS = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}
  b: {kind: s, offers: {f: {work: 1 s ± 1 s, fails: 10 %}}}
  c: {kind: s, offers: {f: {work: 1 s ± 1 s}}}
  d: {kind: s, offers: {f: {work: 1 s ± 1 s}}}
"""


def flow(steps: str) -> str:
    return HEAD + PARTS + f"flows: {{run: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n"


def trace(calls: str, until: float, ended: str = "ok", begin: float = 0.0) -> tuple[Seen, ...]:
    """The run and its calls, written `a 0 1` (a.f from 0 to 1 s) or `b 1 2 failed`; the spans count from 1."""
    spans = [Seen("t", "0", None, "run", "run", begin, begin + until, ended)]
    for number, call in enumerate((c for c in calls.split(",") if c.strip()), 1):
        service, first, last, *end = call.split()
        name = "ask" if service == "ana" else "f"
        spans.append(
            Seen(
                "t",
                str(number),
                "0",
                service,
                name,
                begin + float(first),
                begin + float(last),
                *(end or ["ok"]),
            )
        )
    return tuple(spans)


def replayed(steps: str, calls: str, until: float, ended: str = "ok", slack: float = 1e-6) -> Conformance:
    (found,) = conform(loads(flow(steps)), trace(calls, until, ended), slack)
    return found


A, B, C, D = (f"{{call: {part}.f}}" for part in "abcd")
CUT = f"{A}, {{call: b.f, timeout: 100 ms, fallback: [{C}]}}"
RETRY = "{call: b.f, retry: {times: 2, backoff: 100 ms, on: [failed]}}"
JITTER = "{call: b.f, retry: {times: 1, backoff: 100 ms, jitter: 0.4}}"
BUDGET = "{call: b.f, retry: {times: 1, budget: 10 %}}"
EVERY = "{call: b.f, retry: {times: 1, on: [timeout, unavailable, throttled, rejected, failed]}}"
HEDGE = f"{A}, {{call: b.f, hedge: {{after: 100 ms, at_most: 2}}}}"
ASK = f"{A}, {{ask: ana, timeout: 100 ms, fallback: [{C}]}}"
SPARE = "{choose: [{share: 0.5, steps: [%s]}, {share: 0.5, steps: [%s]}]}"
BOTH = f"{A}, {{parallel: [[{B}], [{C}]]}}, {D}"
ANY = f"{A}, {{parallel: [[{B}], [{C}]], join: any}}, {D}"
STOP = f"{{parallel: [[{A}, {{stop: ok}}], [{B}, {{wait: 1 s}}]]}}, {C}"
EIGHT = ", ".join(["{send: a.f}"] * 8)
SHORT = SPARE % (A, B)
WAYS = f"{{choose: [{{share: 40 %, steps: [{A}, {B}, {{wait: 9 s}}]}}, {{share: 60 %, steps: [{SHORT}]}}]}}"


@pytest.mark.parametrize(
    ("steps", "calls", "until", "ended", "deviates"),
    [
        # a wait begins where the call before it ended
        (f"{A}, {{wait: 1 s}}, {B}", "a 0 1, b 2 3", 3, "ok", None),
        (f"{A}, {{wait: 1 s}}, {B}", "a 0 1, b 1.5 3", 3, "ok", "2"),
        # a limit counts from where its step begins, whatever else began before; then the fallback may come
        (CUT, "a 0 1, b 1 1.1", 1.1, "ok", None),
        (CUT, "a 0 1, b 1 1.2", 1.2, "ok", "0"),
        (CUT, "a 0 1, b 1 1.5, c 1.1 1.2", 1.2, "ok", None),
        (CUT, "a 0 1, b 1 1.5, c 1.05 1.2", 1.2, "ok", "3"),
        (
            f"{{parallel: [[{{wait: 500 ms}}, {{call: b.f, timeout: 100 ms}}], [{A}]]}}",
            "a 0 1, b 0.5 0.55",
            1,
            "ok",
            None,
        ),
        # each pause is twice the one before, from the end of the attempt before
        (RETRY, "b 0 1 failed, b 1.1 2 failed, b 2.2 3", 3, "ok", None),
        (RETRY, "b 0 1 failed, b 1.05 2", 2, "ok", "2"),
        (RETRY, "b 0 1 failed, b 1.1 2 failed, b 2.15 3", 3, "ok", "3"),
        # a pause may be shorter by its jitter
        (JITTER, "b 0 1 failed, b 1.07 2", 2, "ok", None),
        (JITTER, "b 0 1 failed, b 1.05 2", 2, "ok", "2"),
        # an error stands without a retry only where no token may be left, or its kind may not be retried
        (BUDGET, "b 0 1 failed", 1, "failed", None),
        (RETRY, "b 0 1 failed", 1, "failed", "0"),
        (RETRY, "b 0 1 error", 1, "error", None),
        (EVERY, "b 0 1 error", 1, "error", "0"),
        (EVERY, "b 0 1 error, b 1 2 error", 2, "error", None),
        # hedges start 100 ms after one another, from where the step begins
        (HEDGE, "a 0 1, b 1 2, b 1.1 1.5, b 1.2 1.3", 1.3, "ok", None),
        (HEDGE, "a 0 1, b 1 2, b 1.05 1.5", 1.5, "ok", "3"),
        (HEDGE, "a 0 1, b 1 2, b 1.1 1.5, b 1.15 1.3", 1.3, "ok", "4"),
        # messages and people: what was sent or asked counts beside what came before
        ("{send: a.f}, {send: b.f}, " + C, "a 0 5, b 0 5, c 0 1", 1, "ok", None),
        ("{send: a.f}, " + C, "c 0 1", 1, "ok", None),
        (A + ", {ask: ana}, " + C, "a 0 1, ana 1 2, c 2 3", 3, "ok", None),
        (ASK, "a 0 1, ana 1 2, c 1.1 1.2", 1.2, "ok", None),
        (ASK, "a 0 1, ana 1 2, c 1.05 1.2", 1.2, "ok", "3"),
        # of ways to the same calls the quickest counts, whichever is written first
        (SPARE % ("{wait: 1 s}", "") + ", " + A, "a 0.1 1", 1, "ok", None),
        (SPARE % ("", "{wait: 1 s}") + ", " + A, "a 0.1 1", 1, "ok", None),
        # branches: the last of all, or the first of any; a stop in one ends the run, whatever the others did till then
        (BOTH, "a 0 1, b 1 2, c 1 3, d 3 4", 4, "ok", None),
        (BOTH, "a 0 1, b 1 2, c 1 3, d 2 4", 4, "ok", "4"),
        (ANY, "a 0 1, b 1 2, c 1 3, d 2 4", 4, "ok", None),
        (STOP, "a 0 1, b 0 1", 1, "ok", None),
        (STOP, "a 0 1, b 0 1, c 2 3", 3, "ok", "3"),
        (STOP, "a 0 1, b 0 1", 0.5, "ok", "0"),
        (f"{{parallel: [[{A}], [{B}]]}}, {C}", "a 0 1, b 0 1", 1, "ok", "0"),
        # the first branch called the last of nine calls alike: only that one ended before b began
        (f"{{parallel: [[{A}, {B}], [{EIGHT}]]}}", "a 0 9, " * 8 + "a 0 1, b 2 3", 9, "ok", None),
        # rounds: as many as are stated (halves up), no more than the bound, else any number
        (f"{{repeat: {{times: 0, steps: [{A}]}}}}, {B}", "b 0 1", 1, "ok", None),
        (f"{{repeat: {{times: 2, steps: [{A}]}}}}", "a 0 1, a 1 2", 2, "ok", None),
        (f"{{repeat: {{times: 2, steps: [{A}]}}}}", "", 2, "ok", "0"),
        (f"{{repeat: {{times: 2, steps: [{A}]}}}}", "a 0 1", 2, "ok", "0"),
        (f"{{repeat: {{times: 2, steps: [{A}]}}}}", "a 0 1, a 1 2, a 2 3", 3, "ok", "3"),
        (f"{{repeat: {{times: 2.5, steps: [{A}]}}}}", "a 0 1, a 1 2, a 2 3", 3, "ok", None),
        (f"{{repeat: {{times: 5, at_most: 2, steps: [{A}]}}}}", "a 0 1, a 1 2", 2, "ok", None),
        (f"{{repeat: {{times: 3, steps: [{{wait: 1 s}}]}}}}, {A}", "a 3 4", 4, "ok", None),
        (f"{{repeat: {{times: 3, steps: [{{wait: 1 s}}]}}}}, {A}", "a 2.5 4", 4, "ok", "1"),
        (f"{{repeat: {{times: 2 ± 1, steps: [{A}]}}}}", "", 0, "ok", None),
        (f"{{repeat: {{times: 2 ± 1, steps: [{A}]}}}}", "a 0 1, a 1 2, a 2 3", 3, "ok", None),
        (f"{{repeat: {{until: 50 %, steps: [{A}]}}}}", "", 0, "ok", "0"),
        (f"{{repeat: {{until: 50 %, steps: [{A}]}}}}", "a 0 1, a 1 2", 2, "ok", None),
        (f"{{repeat: {{until: 50 %, steps: [{{wait: 1 s}}]}}}}, {A}", "a 1 2", 2, "ok", None),
        # two short rounds make the calls of a slow one sooner: a third round may follow
        (f"{{repeat: {{until: 50 %, steps: [{WAYS}]}}}}", "a 0 1, b 1 2, a 2 3", 3, "ok", None),
        # a spread wait may be short, a known range of rounds have more than the fewest, a share of nothing never comes
        (f"{{wait: 1 s ± 1 s}}, {A}", "a 0.2 1", 1, "ok", None),
        (f"{{repeat: {{times: 2 .. 4, steps: [{A}]}}}}", "a 0 1, a 1 2, a 2 3", 3, "ok", None),
        (f"{{choose: [{{share: 0 %, steps: [{A}]}}, {{share: 100 %, steps: [{B}]}}]}}", "a 0 1", 1, "ok", "1"),
        # a call explains one step alone, of its own component; a guard rejects where it says so
        (f"{{parallel: [[{A}], [{A}]]}}", "a 0 1", 1, "ok", "0"),
        (A, "b 0 1", 1, "ok", "1"),
        ("{call: a.f, guard: {name: check, takes: 0 s, rejects: 10 %}}", "a 0 1", 1, "rejected", None),
        ("{call: a.f, guard: {name: check, takes: 0 s, rejects: 0 %}}", "a 0 1", 1, "rejected", "0"),
        (A, "a 0 1", 1, "error", "0"),
        # only what can fail ends as failed
        (f"{B}", "b 0 1 failed", 1, "failed", None),
        (f"{{call: a.f, fallback: [{C}]}}", "a 0 1 failed, c 1 2", 2, "ok", "1"),
    ],
)  # fmt: skip
def test_programs_make_these_traces_and_no_others(
    steps: str, calls: str, until: float, ended: str, deviates: str | None
) -> None:
    found = replayed(steps, calls, until, ended)
    where = None if found.deviation is None else found.deviation.span
    assert (found.verdict, where) == ("conforms" if deviates is None else "deviates", deviates), found


@pytest.mark.parametrize(
    ("steps", "calls", "until"),
    [
        (f"{A}, {{wait: 1 s}}, {B}", "a 0 1, b {} 3", 2.0),
        (CUT, "a 0 1, b 1 1.5, c {} 1.2", 1.1),
        (HEDGE, "a 0 1, b 1 2, b {} 1.5", 1.1),
    ],
)
def test_clocks_that_differ_by_the_slack_are_no_deviation(steps: str, calls: str, until: float) -> None:
    for early, verdict in ((0.009, "conforms"), (0.011, "deviates")):
        assert replayed(steps, calls.format(until - early), 3, slack=0.01).verdict == verdict
    late = [replayed(CUT, f"a 0 1, b 1 {end}", end, slack=0.01).verdict for end in (1.109, 1.111)]
    assert late == ["conforms", "deviates"]


def test_a_trace_with_too_many_ways_is_left_undecided() -> None:
    """Sixteen messages that may each be lost or not: 2^16 sets of calls, passed four times, are over 100,000 states."""
    offers = ", ".join(f"g{n}: {{work: 1 s}}" for n in range(16))
    sends = ", ".join(f"{{send: m.g{n}}}" for n in range(16))
    text = f"components: {{m: {{kind: s, offers: {{{offers}}}}}}}\n"
    model = loads(HEAD + text + f"flows: {{run: {{starts: {{rate: 1/s}}, steps: [{sends}]}}}}\n")
    sent = tuple(Seen("t", f"{n + 1:02}", "0", "m", f"g{n}", 0.0, 1.0, "ok") for n in range(16))
    run = Seen("t", "0", None, "run", "run", 0.0, 1.0, "ok")
    assert conform(model, (run, *sent))[0].verdict == "undecided"


def test_a_deviation_tells_seconds_after_the_trace_began_and_what_could_be() -> None:
    """The trace begins at 5 s: a stray call half a second in, an end at 1 s, a second root 2 s in, a stop."""
    model = loads(flow(f"{A}, {B}"))
    stray, short = (trace(calls, 3, begin=5.0) for calls in ("a 0 1, b 0.5 2", "a 0 1"))
    other = Seen("t", "9", None, "other", "other", 7.0, 8.0, "ok")
    whole = trace("a 0 1, b 1 2", 3, begin=5.0)
    told = [conform(model, each)[0].deviation for each in (stray, short, (*whole, other))]
    assert [(d and (d.span, d.after, d.found, d.expected, d.within)) for d in told] == [
        ("2", 0.5, "b.f", ("b.f",), "run"),
        ("0", 3.0, "run ends `ok`", ("b.f",), "run"),
        ("9", 2.0, "other", (), "other"),
    ]
    stopped = replayed("{stop: ok}", "", 1, "failed").deviation
    assert stopped is not None
    assert stopped.expected == ("ok",)


OPERATIONS = """
components:
  a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}
  w:
    kind: s
    offers:
      now: {work: 1 s, answers: at once, steps: [{call: a.f}]}
      then: {work: 1 s, steps: [{call: a.f}]}
      busy: {work: 1 s, throttled: 10 %, steps: [{call: a.f}]}
      frail: {work: 1 s, fails: 10 %, steps: [{call: a.f}]}
"""


@pytest.mark.parametrize(
    ("operation", "calls", "ended", "conforms"),
    [
        # what answers at once ends before its steps, and an outage may keep it from them; others end after them
        ("now", 1, "ok", True), ("then", 1, "ok", False), ("now", 0, "ok", True), ("then", 0, "ok", False),
        ("now", 2, "ok", False),
        # an outage cuts an operation off anywhere, but explains no call
        ("then", 0, "unavailable", True), ("then", 1, "unavailable", True), ("then", 2, "unavailable", False),
        # turned away and failed only where it says so
        ("then", 1, "throttled", False), ("busy", 1, "throttled", True),
        ("then", 1, "failed", False), ("frail", 1, "failed", False), ("frail", 0, "failed", False),
    ],
)  # fmt: skip
def test_operations_end_as_they_say(operation: str, calls: int, ended: str, conforms: bool) -> None:
    """An operation from 0 to 1 s, whose calls begin when it ends."""
    model = loads(HEAD + OPERATIONS)
    spans = (
        Seen("t", "0", None, "w", operation, 0.0, 1.0, ended),
        *(Seen("t", str(n), "0", "a", "f", float(n), n + 1.0, "ok") for n in range(1, calls + 1)),
    )
    assert (conform(model, spans)[0].verdict == "conforms") is conforms


UP = "fails: {availability: 99 %}"


@pytest.mark.parametrize(
    ("kind", "part", "offered", "more"),
    [
        ("unavailable", "", "", f"connections: {{l: {{from: w, to: a, {UP}}}}}"),
        ("unavailable", "", "", "connections: {l: {from: w, to: a, loss: 1 %}}"),
        ("unavailable", "", "", f"places: {{p: {{{UP}}}}}"),
        ("unavailable", "", "", f"suppliers: {{p: {{{UP}}}}}"),
        ("unavailable", UP + ",", "", ""),
        ("throttled", "threads: 1, queue: 5,", "", ""),
        ("throttled", "", ", throttled: 10 %", ""),
    ],
)
def test_a_call_comes_to_nothing_unseen_only_where_something_can_fail(
    kind: str, part: str, offered: str, more: str
) -> None:
    """A run without a span of its call that ended in an error: each cause alone explains its kind and no other."""
    run = (Seen("t", "0", None, "run", "run", 0.0, 1.0, kind),)
    flows = "flows: {run: {starts: {rate: 1/s}, by: w, steps: [{call: a.f}]}}\n"
    parts = "components:\n  w: {kind: s, offers: {g: {work: 1 s}}}\n  a: {kind: s, %s offers: {f: {work: 1 s%s}}}\n"
    sound = "connections: {l: {from: w, to: a, latency: 1 ms}}\n"
    caused = loads(HEAD + parts % (part, offered) + flows + more + "\n")
    other = {"unavailable": "throttled", "throttled": "unavailable"}[kind]
    assert conform(caused, run)[0].verdict == "conforms"
    assert conform(caused, (replace(run[0], ended=other),))[0].verdict == "deviates"
    assert conform(loads(HEAD + parts % ("", "") + flows + sound), run)[0].verdict == "deviates"


def test_questions_are_known_by_person_and_title_and_own_operations_by_name() -> None:
    asks = loads(flow("{ask: ana, title: sign}"))
    nested = "components: {w: {kind: s, offers: {f: {work: 1 s, steps: [{call: w.g}]}, g: {work: 1 s}}}}\n"
    flows = (
        "flows: {run: {starts: {rate: 1/s}, steps: [{do: other}]}, other: {by: w, steps: [{call: w.f}]}}\n"
    )

    def verdicts(service: str, name: str) -> list[str]:
        asked = Seen("t", "1", "0", service, name, 0.0, 1.0, "ok")
        run = Seen("t", "0", None, "run", "run", 0.0, 1.0, "ok")
        return [conform(asks, spans)[0].verdict for spans in ((run, asked), (asked,))]

    assert verdicts("ana", "sign") == ["conforms", "conforms"]
    assert verdicts("ana", "ask") == verdicts("bob", "sign") == ["deviates", "deviates"]
    below = (
        Seen("t", "0", "77", "run", "run", 0.0, 1.0, "ok"),
        Seen("t", "1", "0", "w", "f", 0.0, 1.0, "ok"),
        Seen("t", "2", "1", "w", "g", 0.1, 0.9, "ok"),
        Seen("t", "3", "0", "compensation", "undo", 0.1, 0.9, "ok"),
    )
    found = conform(loads(HEAD + nested + flows), below)[0]
    assert (found.verdict, found.runs) == ("conforms", "run")
