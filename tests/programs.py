"""Random small flow programs as model text, and what they mean, run directly.

`texts` makes models whose flow `main` uses every action and policy; `Run` executes a flow step by step as
docs/programs.md says, without queues. Every random decision goes through one `choice`, so that the same
interpreter enumerates all outcomes of a program with finitely many (`enumerate_runs`) and samples the others
(`sample_runs`). It shares no code with the analyses.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from groma.model import law as laws
from groma.model import program as p
from groma.model.elements import Model
from groma.model.quantity import Quantity

HEAD = """groma: 1
system: random
currency: EUR
people:
  ana: {role: clerk}
components:
"""
POINTS = {
    "a": "{f: {work: 4 ms}, g: {work: 9 ms, fails: 25 %}}",
    "b": "{f: {work: 7 ms, throttled: 10 %}, g: {work: 2 ms, steps: [{call: a.g}]}}",
    "c": "{f: {work: 15 ms, fails: 50 %}, g: {work: 1 ms, per: {rows: 2 ms}}}",
}
SPREAD = {
    "a": "{f: {work: 4 ms ± 4 ms}, g: {work: 9 ms ± 3 ms, fails: 25 %}}",
    "b": "{f: {work: 'uniform(3 ms, 12 ms)', throttled: 10 %}, g: {work: 2 ms, steps: [{call: a.g}]}}",
    "c": "{f: {work: 'lognormal(median 8 ms, p95 30 ms)', fails: 50 %}, g: {work: 1 ms, per: {rows: 2 ms}}}",
}
CONNECTION = "connections:\n  ab: {from: a, to: c, latency: 3 ms, loss: 10 %, gives_up_after: 20 ms}\n"
CALLS = ("a.f", "a.g", "b.f", "b.g", "c.f")


def texts(spread: bool = False, mark: bool = False) -> st.SearchStrategy[str]:
    """Models with one flow `main`; with `spread`, work has continuous laws, else all times are whole milliseconds."""
    offers = SPREAD if spread else POINTS
    head = (
        HEAD
        + "".join(f"  {name}: {{kind: service, offers: {o}}}\n" for name, o in offers.items())
        + CONNECTION
    )
    return st.lists(_steps(2, mark), min_size=1, max_size=3).map(
        lambda steps: (
            head
            + "flows:\n  main:\n    starts: {rate: 1/s}\n    by: a\n    steps: ["
            + ", ".join(steps)
            + "]\n"
        )
    )


def _steps(depth: int, mark: bool) -> st.SearchStrategy[str]:
    def with_policies(action: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        plain = action.map(lambda a: "{" + a + "}")
        return st.one_of(
            plain, st.tuples(action, _policies(depth - 1, mark)).map(lambda t: "{" + ", ".join(t) + "}")
        )

    leaves = [
        st.sampled_from(CALLS).map(lambda c: f"call: {c}"),
        st.just("call: c.g, sizes: {rows: 3}"),
        st.sampled_from(("wait: 5 ms", "send: a.f", "ask: ana, takes: 6 ms, rejects: 20 %")),
    ]
    leaf = st.one_of(*leaves)
    if depth == 0:
        return with_policies(leaf)
    inner = st.lists(_steps(depth - 1, mark), max_size=2).map(lambda s: "[" + ", ".join(s) + "]")
    share = st.sampled_from((20, 50, 75))
    compound = [
        st.tuples(share, inner, inner).map(
            lambda t: (
                f"choose: [{{share: {t[0]} %, steps: {t[1]}}}, {{share: {100 - t[0]} %, steps: {t[2]}}}]"
            )
        ),
        st.tuples(inner, inner, st.sampled_from(("all", "any"))).map(
            lambda t: f"parallel: [{t[0]}, {t[1]}], join: {t[2]}"
        ),
        inner.map(lambda s: f"repeat: {{times: 2, steps: {s}}}"),
        inner.map(lambda s: f"repeat: {{until: 60 %, at_most: 3, steps: {s}}}"),
        inner.map(lambda s: f"steps: {s}"),
        st.sampled_from(("fail: rejected", "fail: failed", "stop: ok")),
    ]
    if mark:
        compound.append(st.just("mark: m"))
    return st.one_of(with_policies(leaf), with_policies(st.one_of(*compound)))


def _policies(depth: int, mark: bool) -> st.SearchStrategy[str]:
    some = [
        st.sampled_from(("timeout: 6 ms", "timeout: 14 ms", "deadline: 25 ms", "hedge: {after: 5 ms}")),
        st.sampled_from(
            ("retry: {times: 1}", "retry: {times: 2, backoff: 3 ms}", "retry: {times: 1, on: [rejected]}")
        ),
        st.sampled_from(
            ("cache: {hits: 30 %, takes: 1 ms}", "guard: {name: check, takes: 2 ms, rejects: 10 %}")
        ),
    ]
    if depth >= 0:
        back = st.lists(_steps(0, mark), max_size=1).map(lambda s: "fallback: [" + ", ".join(s) + "]")
        some.append(back)
    return st.lists(st.one_of(*some), min_size=1, max_size=2, unique_by=lambda s: s.split(":")[0]).map(
        ", ".join
    )


@dataclass(frozen=True)
class End:
    """How something ended, when, and when the mark was passed first (inf: it wasn't)."""

    kind: str
    time: float
    mark: float = math.inf
    calls: tuple[tuple[str, float], ...] = ()
    """Operations called, each with the time at which the flow itself started that call."""


Choice = Callable[[Sequence[tuple[Any, float]]], Any]


class Run:
    """One run of a flow: `choice` draws from finitely many (value, probability), `draw` a time from a law."""

    def __init__(self, model: Model, choice: Choice, draw: Callable[[Any], float]) -> None:
        self.model, self.choice, self.draw = model, choice, draw

    def flow(self, name: str) -> End:
        flow = self.model.flows[name]
        return self.sequence(flow.steps, flow.by)

    def chance(self, share: Any) -> bool:
        if share is None or share.mean == 0:
            return False
        return share.mean == 1 or self.choice([(True, share.mean), (False, 1 - share.mean)])

    def time(self, quantity: Any) -> float:
        return 0.0 if quantity is None else self.draw(quantity.law)

    def sequence(self, steps: tuple[p.Step, ...], caller: str | None) -> End:
        end = End("ok", 0.0)
        for step in steps:
            end = _after(end, self.step(step, caller))
            if end.kind != "ok":
                break
        return end

    def step(self, step: p.Step, caller: str | None) -> End:
        return self.fallback(step, caller)

    def fallback(self, step: p.Step, caller: str | None) -> End:
        end = self.cache(step, caller)
        if step.policies.fallback is None or end.kind not in p.ERROR_KINDS:
            return end
        return _after(end, self.sequence(step.policies.fallback, caller))

    def cache(self, step: p.Step, caller: str | None) -> End:
        cache = step.policies.cache
        if cache is None:
            return self.deadline(step, caller)
        look = End("ok", self.time(cache.takes))
        return look if self.chance(cache.hits) else _after(look, self.deadline(step, caller))

    def deadline(self, step: p.Step, caller: str | None) -> End:
        return _limited(self.retry(step, caller), step.policies.deadline)

    def retry(self, step: p.Step, caller: str | None) -> End:
        retry = step.policies.retry
        end = self.hedge(step, caller)
        if retry is None:
            return end
        for attempt in range(retry.times):
            if end.kind not in retry.on:
                break
            pause = 0.0 if retry.backoff is None else retry.backoff.mean * retry.factor**attempt
            if retry.jitter:
                pause = self.draw(laws.Uniform(pause * (1 - retry.jitter), pause * (1 + retry.jitter)))
            end = _after(_after(end, End("ok", pause)), self.hedge(step, caller))
        return end

    def hedge(self, step: p.Step, caller: str | None) -> End:
        hedge = step.policies.hedge
        first = self.timeout(step, caller)
        if hedge is None or first.time <= hedge.after.mean:
            return first
        second = self.timeout(step, caller)
        start = hedge.after.mean
        both = [first, _after(End("ok", start), second)]
        good = [e for e in both if e.kind not in (*p.ERROR_KINDS, "never")]
        last = min(good, key=lambda e: e.time) if good else max(both, key=lambda e: e.time)
        return End(last.kind, last.time, _first_mark(both, last.time), _calls_by(both, last.time))

    def timeout(self, step: p.Step, caller: str | None) -> End:
        return _limited(self.guards(step, caller), step.policies.timeout)

    def guards(self, step: p.Step, caller: str | None) -> End:
        end = self.action(step, caller)
        for guard in step.policies.guards:
            if end.kind != "ok":
                break
            end = _after(end, End("ok", self.time(guard.takes)))
            end = _after(end, self.sequence(guard.steps, caller))
            if end.kind == "ok" and self.chance(guard.rejects):
                end = End("rejected", end.time, end.mark, end.calls)
        return end

    def action(self, step: p.Step, caller: str | None) -> End:
        match step.action:
            case p.Call(component, operation, sizes):
                return self.call(component, operation, sizes, caller)
            case p.Send():
                return End("ok", 0.0)
            case p.Choose(branches):
                return self.sequence(self.choice([(b.steps, b.share.mean) for b in branches]), caller)  # pyright: ignore
            case p.Parallel(branches, join, _):
                return _joined([self.sequence(b, caller) for b in branches], join)
            case p.Repeat():
                return self.repeat(step.action, caller)
            case p.Ask(_, takes, rejects):
                return End("rejected" if self.chance(rejects) else "ok", self.time(takes))
            case p.Wait(time):
                return End("ok", self.time(time))
            case p.Fail(error):
                return End(error, 0.0)
            case p.Stop():
                return End("stopped", 0.0)
            case p.Mark():
                return End("ok", 0.0, 0.0)
            case p.Group(steps):
                return self.sequence(steps, caller)
            case _:
                raise NotImplementedError(step.action)

    def repeat(self, loop: p.Repeat, caller: str | None) -> End:
        end, rounds = End("ok", 0.0), 0
        most = loop.at_most or 10**6
        count = math.floor(self.time(loop.times) + 0.5) if loop.times is not None else most
        while rounds < min(count, most):
            end = _after(end, self.sequence(loop.steps, caller))
            rounds += 1
            if end.kind != "ok" or (loop.until is not None and rounds < most and self.chance(loop.until)):
                break
        return end

    def call(self, component: str, operation: str, sizes: p.Sizes, caller: str | None) -> End:
        offered = self.model.components[component].offers[operation]
        connection = next(
            (c for c in self.model.connections.values() if (c.from_, c.to) == (caller, component)), None
        )
        if connection is not None and self.chance(connection.loss):
            assert connection.gives_up_after is not None
            return End("unavailable", connection.gives_up_after.mean)
        travel = End("ok", self.time(connection.latency) if connection else 0.0)
        if self.chance(offered.throttled):
            return _after(travel, End("throttled", 0.0))
        work = self.time(offered.work)
        for name, per in offered.per.items():
            work += per.mean * self.time(dict(sizes.amounts)[name])  # pyright: ignore
        end = _after(_after(travel, End("ok", work)), self.sequence(offered.steps, component))
        failed = end.kind == "ok" and self.chance(offered.fails)
        calls = ((f"{component}.{operation}", 0.0), *((name, 0.0) for name, _ in end.calls))
        return End("failed" if failed else end.kind, end.time, end.mark, calls)


def _after(first: End, then: End) -> End:
    calls = (*first.calls, *((name, first.time + start) for name, start in then.calls))
    return End(then.kind, first.time + then.time, min(first.mark, first.time + then.mark), calls)


def _limited(end: End, limit: Quantity | None) -> End:
    """What the flow has started goes on after a limit; what it would have started later doesn't come to be."""
    if limit is None or end.time <= limit.mean * (1 + 1e-12):
        return end
    mark = end.mark if end.mark <= limit.mean else math.inf
    return End("timeout", limit.mean, mark, _calls_by([end], limit.mean))


def _calls_by(ends: list[End], time: float) -> tuple[tuple[str, float], ...]:
    return tuple(call for end in ends for call in end.calls if call[1] <= time * (1 + 1e-12))


def _first_mark(ends: list[End], time: float) -> float:
    return min((end.mark for end in ends if end.mark <= time), default=math.inf)


def _joined(ends: list[End], join: int) -> End:
    """Ok with the k-th ok, in error when that has become impossible; a stop ends everything; the rest is cancelled."""
    good, bad = 0, 0
    last = End("ok", 0.0)
    for end in sorted(ends, key=lambda e: e.time):
        last = end
        good += end.kind == "ok"
        bad += end.kind in p.ERROR_KINDS
        if end.kind == "stopped" or good >= join or bad > len(ends) - join:
            break
    kind = "ok" if good >= join else last.kind
    return End(kind, last.time, _first_mark(ends, last.time), _calls_by(ends, last.time))


class TooMany(Exception):
    """More outcomes than are worth enumerating."""


def enumerate_runs(
    model: Model, flow: str, most: int = 4000, run: type[Run] = Run
) -> list[tuple[float, End]]:
    """Every outcome of a flow whose laws are constants, with its probability."""
    found: list[tuple[float, End]] = []
    todo: list[list[int]] = [[]]
    while todo:
        prefix = todo.pop()
        taken: list[int] = []
        weight = 1.0

        def choice(
            options: Sequence[tuple[Any, float]], prefix: list[int] = prefix, taken: list[int] = taken
        ) -> Any:
            nonlocal weight
            index = prefix[len(taken)] if len(taken) < len(prefix) else 0
            if len(taken) >= len(prefix):
                todo.extend([*taken, other] for other in range(1, len(options)))
            taken.append(index)
            weight *= options[index][1]
            return options[index][0]

        end = run(model, choice, lambda law: law.value).flow(flow)
        found.append((weight, end))
        if len(found) > most:
            raise TooMany
    return found


def sample_runs(model: Model, flow: str, count: int, seed: int, run: type[Run] = Run) -> Iterator[End]:
    """Independent runs."""
    rng = random.Random(seed)

    def choice(options: Sequence[tuple[Any, float]]) -> Any:
        return rng.choices([v for v, _ in options], [w for _, w in options])[0]

    one = run(model, choice, lambda law: draw(law, rng))
    for _ in range(count):
        yield one.flow(flow)


def draw(law: Any, rng: random.Random) -> float:
    """A value of a law of the model."""
    match law:
        case laws.Constant(value):
            return value
        case laws.Gamma(mean, sd):
            return rng.gammavariate((mean / sd) ** 2, sd**2 / mean) if sd else mean
        case laws.LogNormal():
            return rng.lognormvariate(law.mu, law.sigma)
        case laws.Uniform(low, high):
            return rng.uniform(low, high)
        case laws.Triangular(low, mode, high):
            return rng.triangular(low, high, mode)
        case laws.Empirical(values, weights):
            return rng.choices(values, weights)[0]
        case _:
            raise NotImplementedError(law)
