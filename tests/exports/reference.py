"""What a program does in a world, run directly from its meaning (docs/programs.md): times first, then what is cut.

It shares nothing with the exports: every part is worked out to its end as if nobody ever gave up, with the time of each
thing it asks of the world, and whoever gives up at some time takes what would have come later away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from exports.harness import Fate, Log
from groma.model import program as p
from groma.model.elements import Model

NEAR = 1e-7


class Tie(Exception):
    """Two things at the same instant, whose order no meaning fixes."""


@dataclass(frozen=True)
class End:
    """How something ended, when, what it asked of the world until then, and what it would undo."""

    kind: str
    time: float
    log: tuple[tuple[float, str, str], ...] = ()
    undo: tuple[tuple[float, p.Step], ...] = ()
    states: tuple[tuple[float, str], ...] = ()

    def then(self, after: End) -> End:
        return End(
            after.kind, after.time, self.log + after.log, self.undo + after.undo, self.states + after.states
        )

    def cut(self, time: float) -> End:
        for at, *_ in (*self.log, *self.undo, *self.states):
            if abs(at - time) < NEAR:
                raise Tie
        return replace(
            self,
            log=tuple(entry for entry in self.log if entry[0] < time),
            undo=tuple(entry for entry in self.undo if entry[0] < time),
            states=tuple(entry for entry in self.states if entry[0] < time),
        )


class Reference:
    """Runs of a model's flows; what policies remember (breakers, limits, budgets) stays from run to run."""

    def __init__(self, model: Model, fate: Fate) -> None:
        self.model, self.fate = model, fate
        self.memory: dict[tuple[str, str], list[tuple[float, Any]]] = {}
        self.approved: set[str] = set()
        self.over = 0.0
        """When the last run ended."""

    def run(self, flow: str, time: float = 0.0) -> tuple[str, Log]:
        self.approved.clear()
        end = self.sequence(self.model.flows[flow].steps, time)
        kind = "ok" if end.kind == "stopped" else end.kind
        log = list(end.log)
        self.over = end.time
        if kind != "ok":
            now = end.time
            done = [entry for entry in end.undo if entry[0] <= now]
            for _, step in sorted(done, key=lambda entry: entry[0], reverse=True):
                undone = self.sequence(step.policies.compensate or (), now)
                now = undone.time
                log += undone.log
            self.over = now
        return kind, sorted(log)

    def sequence(self, steps: tuple[p.Step, ...], time: float) -> End:
        end = End("ok", time)
        for step in steps:
            end = end.then(self.step(step, end.time))
            if end.kind != "ok":
                break
        return end

    def step(self, step: p.Step, time: float) -> End:
        policies = step.policies
        end = self.cache(step, time)
        if policies.fallback is not None and end.kind in p.ERROR_KINDS:
            end = end.then(self.sequence(policies.fallback, end.time))
        if policies.compensate is not None and end.kind == "ok":
            end = replace(end, undo=(*end.undo, (end.time, step)))
        return end

    def cache(self, step: p.Step, time: float) -> End:
        if step.policies.cache is None:
            return self.deadline(step, time)
        hit = self.fate.hit(step.path, time)
        looked = End("ok", time, ((time, f"cache {hit}", step.path),))
        if hit:
            return looked
        end = looked.then(self.deadline(step, time))
        return end if end.kind != "ok" else replace(end, log=(*end.log, (end.time, "keep", step.path)))

    def limited(self, step: p.Step, end: End, start: float, limit: Any) -> End:
        if limit is None:
            return end
        over = start + limit.mean
        if abs(end.time - over) < NEAR:
            raise Tie
        if end.time < over:
            return end
        for (_, path), entries in self.memory.items():
            if path.startswith(step.path):
                entries[:] = [entry for entry in entries if entry[0] < over]
        return replace(end.cut(over), kind="timeout", time=over)

    def deadline(self, step: p.Step, time: float) -> End:
        return self.limited(step, self.retry(step, time), time, step.policies.deadline)

    def retry(self, step: p.Step, time: float) -> End:
        retry = step.policies.retry
        if retry is None:
            return self.breaker(step, time)
        budget = self.memory.setdefault(("budget", step.path), [])
        budget.append((time, "call"))
        end = self.breaker(step, time)
        for attempt in range(retry.times):
            if end.kind not in retry.on:
                break
            if retry.budget is not None:
                saved = 10.0
                for _, what in budget:
                    saved = min(10.0, saved + retry.budget.mean) if what == "call" else saved - 1
                if saved < 1.0:
                    break
                budget.append((end.time, "retry"))
            pause = 0.0 if retry.backoff is None else retry.backoff.mean * retry.factor**attempt
            pause *= 1 + retry.jitter / 2  # the fake draws three quarters of the way
            if pause:
                waited = End("ok", end.time + pause, ((end.time, "sleep", f"{pause:.6f}"),))
                end = end.then(waited)
            end = end.then(self.breaker(step, end.time))
        return end

    def breaker(self, step: p.Step, time: float) -> End:
        breaker = step.policies.breaker
        if breaker is None:
            return self.limit(step, time)
        known = self.memory.setdefault(("breaker", step.path), [])
        until, records = None, list[tuple[float, bool]]()
        for at, (what, bad) in known:
            if what == "probe":
                until = at + breaker.half_open_after.mean if bad else None
                records = []
                continue
            if until is not None:
                continue
            records.append((at, bad))
            slot = int(at * 10 / breaker.window.mean)
            recent = [b for t, b in records if int(t * 10 / breaker.window.mean) > slot - 10]
            if bad and len(recent) >= 10 and sum(recent) >= breaker.opens_at.mean * len(recent):
                until = at + breaker.half_open_after.mean
        if until is not None and time < until:
            return End("unavailable", time)
        end = self.limit(step, time)
        known.append((end.time, ("probe" if until is not None else "call", end.kind in breaker.on)))
        return end

    def limit(self, step: p.Step, time: float) -> End:
        limit = step.policies.limit
        if limit is not None:
            known = self.memory.setdefault(("limit", step.path), [])
            tokens, last = float(limit.burst), known[0][0] if known else time
            for at, _ in [*known, (time, None)]:
                tokens = min(float(limit.burst), tokens + (at - last) * limit.rate.mean)
                last = at
                enough = tokens >= 1.0
                tokens -= enough
            known.append((time, None))
            if not enough:  # pyright: ignore[reportPossiblyUnboundVariable]
                return End("throttled", time)
        return self.hedge(step, time)

    def hedge(self, step: p.Step, time: float) -> End:
        hedge = step.policies.hedge
        if hedge is None:
            return self.timeout(step, time)
        attempts = [self.timeout(step, time)]
        while len(attempts) <= hedge.at_most:
            begin = time + hedge.after.mean * len(attempts)
            good = min((e.time for e in attempts if e.kind not in p.ERROR_KINDS), default=float("inf"))
            over = min(good, max(e.time for e in attempts))
            if abs(over - begin) < NEAR:
                raise Tie
            if over < begin:
                break
            attempts.append(self.timeout(step, begin))
        well = [e for e in attempts if e.kind not in p.ERROR_KINDS]
        last = min(well, key=lambda e: e.time) if well else max(attempts, key=lambda e: e.time)
        if any(e is not last and abs(e.time - last.time) < NEAR for e in attempts):
            raise Tie
        rest = [e if e is last else e.cut(last.time) for e in attempts]
        return End(
            last.kind,
            last.time,
            tuple(x for e in rest for x in e.log),
            tuple(x for e in rest for x in e.undo),
        )

    def timeout(self, step: p.Step, time: float) -> End:
        return self.limited(step, self.guards(step, time), time, step.policies.timeout)

    def guards(self, step: p.Step, time: float) -> End:
        end = self.action(step, time)
        for guard in step.policies.guards:
            if end.kind != "ok":
                break
            end = end.then(self.sequence(guard.steps, end.time))
            if end.kind == "ok":
                takes, kind = self.fate.work(guard.name, end.time, 0.01)
                end = end.then(End(kind, end.time + takes, ((end.time, "check", guard.name),)))
        return end

    def action(self, step: p.Step, time: float) -> End:
        match step.action:
            case p.Call(component, operation):
                offered = self.model.components[component].offers[operation]
                needs = any(n.measure == f"approval/{offered.impact}" for n in self.model.needs.values())
                if needs and offered.impact not in self.approved:
                    return End("rejected", time)
                takes, kind = self.fate.work(f"{component}.{operation}", time, offered.work.mean)  # pyright: ignore
                return End(kind, time + takes, ((time, "call", f"{component}.{operation}"),))
            case p.Send():
                return End("ok", time, ((time, "send", step.path),))
            case p.Choose(branches):
                way = self.fate.option(step.path, time, [b.share.mean for b in branches])  # pyright: ignore
                chosen = End("ok", time, ((time, f"choose {way + 1}", step.path),))
                return chosen.then(self.sequence(branches[way].steps, time))
            case p.Parallel(branches, join, left_over):
                return self.parallel(
                    [self.sequence(b, time) for b in branches], time, join, left_over == "run on"
                )
            case p.Repeat():
                return self.repeat(step, step.action, time)
            case p.Ask(person, _, _, approves):
                takes, kind = self.fate.work(person, time, 100.0)
                if kind == "ok":
                    self.approved |= set(approves)
                return End(kind, time + takes, ((time, "ask", person),))
            case p.Wait(wait):
                seconds = wait.mean  # pyright: ignore
                return End("ok", time + seconds, ((time, "sleep", f"{seconds:.6f}"),))
            case p.Fail(kind):
                return End(kind, time)
            case p.Stop():
                return End("stopped", time)
            case p.Do(flow):
                return self.sequence(self.model.flows[flow].steps, time)
            case p.Group(steps) | p.Hold(_, steps):
                return self.sequence(steps, time)
            case p.Mark():
                return End("ok", time)
            case p.Open():
                raise NotImplementedError

    def parallel(self, ends: list[End], start: float, join: int, run_on: bool) -> End:
        if not ends or join == 0:
            return End("ok", start)
        good = bad = 0
        last = ends[0]
        for end in sorted(ends, key=lambda e: e.time):
            last = end
            good += end.kind == "ok"
            bad += end.kind in p.ERROR_KINDS
            if end.kind == "stopped" or good >= join or bad > len(ends) - join:
                break
        if any(e is not last and abs(e.time - last.time) < NEAR for e in ends):
            raise Tie
        keep = run_on and last.kind != "stopped"
        if last.time - start < NEAR:
            raise Tie
        rest = [e if e is last or e.time < last.time or keep else e.cut(last.time) for e in ends]
        kind = "ok" if good >= join else last.kind
        return End(
            kind, last.time, tuple(x for e in rest for x in e.log), tuple(x for e in rest for x in e.undo)
        )

    def repeat(self, step: p.Step, loop: p.Repeat, time: float) -> End:
        end, rounds = End("ok", time), 0
        fixed = None if loop.times is None else int(loop.times.mean + 0.5)  # pyright: ignore
        most = min(loop.at_most or 10**6, 10**6 if fixed is None else fixed)
        while rounds < most:
            if rounds and loop.until is not None:
                expected = 1.0 - loop.until.mean  # pyright: ignore
                if expected < 1.0:
                    more = self.fate.again(step.path, rounds, end.time, expected)
                    end = replace(end, log=(*end.log, (end.time, f"again {more}", step.path)))
                    if not more:
                        break
            end = end.then(self.sequence(loop.steps, end.time))
            rounds += 1
            if end.kind != "ok":
                break
        return end


def same(one: Log, other: Log) -> bool:
    """Whether the same was asked of the world at the same times, in whatever order within an instant."""
    if len(one) != len(other):
        return False

    def rows(log: Log) -> list[tuple[float, str, str]]:
        return sorted((round(time, 4), what, where) for time, what, where in log)

    return all(
        a[1:] == b[1:] and abs(a[0] - b[0]) < 1e-3 for a, b in zip(rows(one), rows(other), strict=True)
    )
