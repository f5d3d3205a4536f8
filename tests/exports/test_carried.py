"""The modules that every export carries, part by part; and every mutant of them is caught."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from exports.harness import Fate, World, in_virtual_time, loaded
from exports.test_plain import HERE
from groma import api
from groma.model.elements import Model


class Parts:
    """The carried modules of a package, and a run to try them with."""

    def __init__(self, package: str, model: Model) -> None:
        self.made = World(package, model, Fate(0))
        self.world, self.machine, self.policies = map(self.made.module, ("world", "machine", "policies"))
        self.ports = self.made.ports()
        self.run = self.machine.Run("r", self.ports)

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def lasting(
        self, seconds: float, kind: str = "ok", began: list[float] | None = None
    ) -> Callable[[], Any]:
        async def work() -> None:
            if began is not None:
                began.append(round(self.now(), 6))
            await asyncio.sleep(seconds)
            if kind == "stop":
                raise self.world.Stopped
            if kind != "ok":
                raise self.world.StepError(kind, "there", "so")

        return work

    async def end(self, work: Awaitable[Any]) -> str:
        try:
            await work
        except self.world.StepError as error:
            return error.kind
        except self.world.Stopped:
            return "stopped"
        return "ok"


async def what_goes_wrong_has_a_kind(p: Parts) -> None:
    for error, kind in ((TimeoutError("x"), "timeout"), (ConnectionRefusedError("x"), "unavailable"), (KeyError("x"), "failed")):  # fmt: skip

        async def work(error: Exception = error) -> None:
            raise error

        with pytest.raises(p.world.StepError) as told:
            await p.world.told(work(), "here")
        assert (told.value.kind, told.value.where) == (kind, "here") and "x" in told.value.why
    assert await p.end(p.world.told(p.lasting(1, "stop")(), "here")) == "stopped"

    async def suspend() -> None:
        raise asyncio.QueueFull

    with pytest.raises(asyncio.QueueFull):
        await p.world.told(suspend(), "here", (asyncio.QueueFull,))
    assert set(p.world.THROUGH) == {p.world.StepError, p.world.Stopped}
    bare = p.world.StepError("failed")
    assert (bare.where, bare.why) == ("", "") and bare.args == ("failed", "", "")


async def a_cache_forgets(p: Parts) -> None:
    clock = SimpleNamespace(now=p.now)
    cache = p.world.MemoryCaches(clock)
    assert await cache.get("s", "a") is None
    await cache.put("s", "a", {"n": 1}, 10.0, 2)
    await asyncio.sleep(9.0)
    assert await cache.get("s", "a") == {"n": 1} and await cache.get("other", "a") is None
    await asyncio.sleep(1.0)
    assert await cache.get("s", "a") is None and "a" not in cache.kept["s"]
    for name in "ab":
        await cache.put("s", name, {"n": name}, None, 2)
    assert await cache.get("s", "a") == {"n": "a"}  # used last
    await cache.put("s", "c", {"n": "c"}, None, 2)
    assert [await cache.get("s", name) is not None for name in "abc"] == [True, False, True]
    await cache.put("s", "a", {"n": "new"}, None, 2)
    await cache.put("s", "d", {"n": "d"}, None, 2)
    assert [await cache.get("s", name) is not None for name in "acd"] == [True, False, True]
    for n in range(30):
        await cache.put("all", str(n), {}, None, None)
    assert len(cache.kept["all"]) == 30


async def an_outbox_goes_on(p: Parts) -> None:
    outbox, done = p.world.TaskOutbox(), list[float]()

    async def work() -> None:
        await asyncio.sleep(5.0)
        done.append(p.now())
        raise ValueError

    heard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    await outbox.put("s", "at least once", work)
    begun = p.now()
    assert len(outbox.tasks) == 1 and not done
    await asyncio.sleep(6.0)
    assert done == [begun + 5.0] and not outbox.tasks
    await outbox.put("s", "at least once", work)
    await asyncio.sleep(1.0)
    next(iter(outbox.tasks)).cancel()
    await asyncio.sleep(1.0)
    assert not outbox.tasks
    import gc

    gc.collect()
    assert not heard


async def a_decider_draws_what_is_expected(p: Parts) -> None:
    decider = p.world.SharesDecider(7)
    options = [p.world.Option("a", 0.9), p.world.Option("b", 0.1)]
    ways = [await decider.choose("s", options, {}) for _ in range(500)]
    assert 420 < ways.count(0) < 480 and set(ways) == {0, 1}
    assert 420 < sum([await decider.again("s", 1, 0.9, {}) for _ in range(500)]) < 480
    other, same = p.world.SharesDecider(), p.world.SharesDecider(1)
    assert [await other.again("s", 1, 0.5, {}) for _ in range(20)] == [
        await same.again("s", 1, 0.5, {}) for _ in range(20)
    ]
    same.random = SimpleNamespace(random=lambda: 0.0)
    assert not await same.again("s", 1, 0.0, {}), "what is never expected doesn't happen"


async def the_clock_is_the_computers(p: Parts) -> None:
    import time

    clock = p.world.SystemClock()
    assert abs(clock.now() - time.monotonic()) < 1.0
    before = p.now()
    await clock.sleep(3.0)
    assert p.now() == before + 3.0


async def ports_come_with_simple_ones(p: Parts) -> None:
    ports = p.machine.Ports(tools=None, checks=None, desk=None)
    assert isinstance(ports.decider, p.world.SharesDecider) and isinstance(ports.outbox, p.world.TaskOutbox)
    cache = ports.cache()
    assert isinstance(cache, p.world.MemoryCaches) and ports.cache() is cache and cache.clock is ports.clock
    assert ports.keep("a", "b", list) is ports.keep("a", "b", list) is not ports.keep("a", "c", list)
    assert ports.through == p.world.THROUGH
    own = p.machine.Ports(tools=None, checks=None, desk=None, caches=cache)
    assert own.cache() is cache
    event, outcome, verdict = p.machine.Event(1.0, "a", "b"), p.machine.Outcome("ok"), p.world.Verdict(True)
    assert (event.more, outcome.where, outcome.why, verdict.note, verdict.data) == ("", "", "", "", {})


async def what_was_told_stays(p: Parts) -> None:
    machine, world = p.machine, p.world
    told = (
        (machine.Event(1.0, "a", "b"), "what"), (machine.Outcome("ok"), "kind"), (world.Verdict(True), "approved"),
        (machine.Machine("m", None, {}, {}), "start"), (world.Question("r", "w", "l", "", (), {}), "where"),
    )  # fmt: skip
    for thing, name in told:
        with pytest.raises(AttributeError):
            setattr(thing, name, "another")


async def a_run_knows_what_was_answered(p: Parts) -> None:
    asked: list[Any] = []

    async def operation(request: dict[str, Any], *, key: str = "none") -> dict[str, Any]:
        asked.append((request, key))
        return {"receipt": 7}

    async def silent(request: dict[str, Any]) -> None:
        asked.append((request, ""))

    run = p.machine.Run("r", p.ports, {"amount": 5, "other": 1})
    await run.call("here", operation, ("amount", "unknown"), "k")
    await run.call("here", operation, ())
    await run.call("here", silent, ("receipt",))
    assert asked == [({"amount": 5}, "k"), ({}, "none"), ({"receipt": 7}, "")]
    assert run.data == {"amount": 5, "other": 1, "receipt": 7}
    p.ports.outbox = p.world.TaskOutbox()
    await run.send("there", operation, ("amount", "unknown"), "at least once", "k")
    await run.send("there", operation, ("amount",), "at least once")
    assert len(asked) == 3
    await asyncio.sleep(1.0)
    assert asked[3:] == [({"amount": 5}, "k"), ({"amount": 5}, "none")]
    trace = [(event.what, event.where, event.more) for event in run.trace]
    assert trace == [("call", "here", "")] * 3 + [("send", "there", "")] * 2
    assert run.asked(("amount", "unknown")) == '{"amount": 5}'
    run.data["set"] = {1}
    assert run.asked(None) == '{"amount": 5, "other": 1, "receipt": 7, "set": "{1}"}'
    run.data = {"b": 1, "a": 2}
    assert run.asked(None) == run.asked(("b", "a")) == '{"a": 2, "b": 1}'  # in whatever order it became known


async def a_person_allows_or_not(p: Parts) -> None:
    asked: list[Any] = []

    async def ask(question: Any) -> Any:
        asked.append(question)
        return p.world.Verdict(question.title == "please", {"why": "fine"}, "a word")

    p.ports.desk = SimpleNamespace(ask=ask)
    run = p.machine.Run("r", p.ports, {"a": 1})
    with pytest.raises(p.world.StepError) as no:
        run.require("here", "refund")
    assert (no.value.kind, no.value.where) == ("rejected", "here")
    with pytest.raises(p.world.StepError) as no:
        await run.ask("here", "lead", "no", ("refund",))
    assert (no.value.kind, no.value.where, no.value.why) == ("rejected", "here", "a word")
    assert not run.approved and run.data == {"a": 1}
    await run.ask("here", "lead", "please", ("refund",))
    run.require("here", "refund")
    assert run.approved == {"refund"} and run.data == {"a": 1, "why": "fine"}
    question = asked[1]
    assert (question.run, question.where, question.role, question.approves) == (
        "r",
        "here",
        "lead",
        ("refund",),
    )
    assert question.data == {"a": 1}
    await run.ask("here", "lead", "please")
    assert asked[-1].approves == ()
    assert [(event.what, event.where, event.more) for event in run.trace] == [("ask", "here", "lead")] * 3

    async def suspend(question: Any) -> Any:
        raise asyncio.QueueFull

    p.ports.desk, p.ports.through = SimpleNamespace(ask=suspend), (asyncio.QueueFull,)
    with pytest.raises(asyncio.QueueFull):
        await run.ask("here", "lead")


async def a_choice_is_one_of_its_options(p: Parts) -> None:
    options = [p.world.Option("a", 0.5), p.world.Option("b", 0.5)]
    for way, fine in ((-1, False), (0, True), (1, True), (2, False)):

        async def choose(*given: Any, way: int = way) -> int:
            return way

        p.ports.decider = SimpleNamespace(choose=choose)
        p.run.trace.clear()
        assert await p.end(p.run.choose("s", options)) == ("ok" if fine else "failed")
        assert [(e.what, e.where, e.more) for e in p.run.trace] == (
            [("choose", "s", str(way + 1))] if fine else []
        )
    with pytest.raises(p.world.StepError) as odd:
        await p.run.choose("s", options)
    assert odd.value.where == "s" and "from 0 to 1, found 2" in odd.value.why


async def a_check_says_why(p: Parts) -> None:
    async def passes(data: Any) -> bool:
        return "good" in data

    with pytest.raises(p.world.StepError) as no:
        await p.run.check("s", "schema", passes)
    assert (no.value.kind, no.value.where) == ("rejected", "s") and "schema" in no.value.why
    p.run.data["good"] = 1
    await p.run.check("s", "schema", passes)
    assert [(e.what, e.where, e.more) for e in p.run.trace] == [("check", "s", "schema")] * 2


async def a_place_has_a_key_of_its_own(p: Parts) -> None:
    here = p.machine.Here()
    assert here.key(p.run, "a") == "r/a"
    assert (here.done("l"), here.another("l"), here.another("l"), here.another("k")) == (
        0,
        "again",
        "again",
        "again",
    )
    assert here.done("l") == 2 and here.key(p.run, "a") == "r/a[k=1,l=2]"
    assert here.leave("l") == "done" and here.done("l") == 0 and here.leave("none") == "done"
    assert p.machine.Here("r/x").key(p.run, "a") == "r/x/a"


async def a_pool_has_so_many_places(p: Parts) -> None:
    async def hold() -> float:
        async with p.run.holding("pool", 2):
            await asyncio.sleep(1.0)
            return p.now()

    begun = p.now()
    assert sorted(await asyncio.gather(*(hold() for _ in range(5)))) == [
        begun + n for n in (1.0, 1.0, 2.0, 2.0, 3.0)
    ]
    async with p.run.holding("other", None):
        pass


async def what_was_done_is_undone(p: Parts) -> None:
    from enum import Enum

    S = Enum("S", {"A": "a", "B": "b", "C": "c"})
    did: list[tuple[str, str]] = []

    def work(name: str, kind: str = "ok") -> Any:
        async def enter(run: Any, here: Any) -> str:
            did.append((name, here.key(run, name)))
            await p.lasting(0.0, kind)()
            return "ok"

        return enter

    def machine(name: str, state: Any, kind: str = "ok") -> Any:
        return p.machine.Machine(name, state, {state: work(name, kind)}, {(state, "ok"): None})

    undo = {
        "one": machine("one", S.A, "failed"),
        "two": machine("two", S.B),
        "three": machine("three", S.C, "stop"),
    }
    p.run.undo[:] = ["two", "one", "three"]
    outcome = await p.machine.carry_out(p.run, machine("main", S.A, "timeout"), undo)
    assert (outcome.kind, outcome.where, outcome.why) == ("timeout", "there", "so")
    assert did == [
        ("main", "r/main"),
        ("three", "r/undo 2/three"),
        ("one", "r/undo 1/one"),
        ("two", "r/undo 0/two"),
    ]
    assert not p.run.undo
    trace = [(e.what, e.where, e.more) for e in p.run.trace]
    assert trace == [
        ("state", "a", ""), ("error", "there", "timeout"), ("undo", "three", ""), ("state", "c", ""), ("undo", "one", ""),
        ("state", "a", ""), ("not undone", "one", "failed"), ("undo", "two", ""), ("state", "b", ""),
    ]  # fmt: skip
    p.run.undo[:] = ["two"]
    for kind in ("ok", "stop"):
        assert await p.machine.carry_out(p.run, machine("main", S.A, kind), undo) == p.machine.Outcome("ok")
    assert p.run.undo == ["two"] and await p.machine.play(p.run, machine("x", S.A)) is None
    assert p.run.trace[-1].time == p.now()


async def a_limit_of_time_is_a_timeout(p: Parts) -> None:
    with pytest.raises(p.world.StepError) as over:
        await p.policies.within(2.0, "s", p.lasting(3.0))()
    assert (over.value.kind, over.value.where) == ("timeout", "s")
    assert await p.end(p.policies.within(2.0, "s", p.lasting(1.0, "failed"))()) == "failed"


async def a_retry_waits_longer_each_time(p: Parts) -> None:
    began: list[float] = []
    run, start = p.run, p.now()
    given = {"times": 3, "backoff": 1.0, "factor": 3.0, "jitter": 0.4, "on": ("failed",)}
    assert await p.end(p.policies.retried(run, "s", p.lasting(1.0, "failed", began), **given)()) == "failed"
    pauses = [1.2, 3.6, 10.8]  # times 1.2: the drawn point between 0.6 and 1.4
    assert began == [round(start + n + sum(pauses[:n]), 6) for n in range(4)]
    assert [(e.what, e.where, e.more) for e in run.trace] == [("retry", "s", "failed")] * 3
    began.clear()
    await p.end(p.policies.retried(run, "s", p.lasting(1.0, "timeout", began), **given)())
    assert len(began) == 1
    before = len(p.made.log)
    quick = {**given, "backoff": 0.0, "jitter": 0.0, "times": 1}
    await p.end(p.policies.retried(run, "t", p.lasting(1.0, "failed"), **quick)())
    assert len(p.made.log) == before  # no pause of no length


async def a_budget_saves_up_to_ten(p: Parts) -> None:
    given = {"times": 1, "backoff": 0.0, "factor": 1.0, "jitter": 0.0, "on": ("failed",), "budget": 0.25}
    counts: list[int] = []
    for _ in range(20):
        began: list[float] = []
        await p.end(p.policies.retried(p.run, "s", p.lasting(1.0, "failed", began), **given)())
        counts.append(len(began))
    left, expected = 10.0, []
    for _ in range(20):
        left = min(10.0, left + 0.25)
        expected.append(2 if left >= 1.0 else 1)
        left -= left >= 1.0
    assert counts == expected and 1 in counts
    free = {**given, "budget": None}
    for _ in range(15):
        began = []
        await p.end(p.policies.retried(p.run, "free", p.lasting(1.0, "failed", began), **free)())
        assert len(began) == 2


async def a_breaker_opens_and_probes(p: Parts) -> None:
    given = {"opens_at": 0.5, "window": 100.0, "half_open_after": 30.0, "on": ("failed",)}

    async def go(kind: str, takes: float = 0.0, where: str = "s") -> tuple[str, int]:
        began: list[float] = []
        return await p.end(p.policies.broken(p.run, where, p.lasting(takes, kind, began), **given)()), len(
            began
        )

    for n in range(9):
        assert await go("failed" if n < 4 else "ok") == ("failed" if n < 4 else "ok", 1)
    assert await go("rejected") == ("rejected", 1)  # of another kind: not bad
    assert await go("ok") == ("ok", 1)
    for _ in range(2):
        assert (await go("failed"))[1] == 1
    assert (await go("failed"))[1] == 1  # 7 of 14: it opens
    assert await go("ok") == ("unavailable", 0)
    await asyncio.sleep(29.9)
    assert await go("ok") == ("unavailable", 0)
    await asyncio.sleep(0.1)
    probe = asyncio.ensure_future(go("failed", 5.0))
    await asyncio.sleep(1.0)
    assert await go("ok") == ("unavailable", 0)  # one probe at a time
    assert await probe == ("failed", 1)
    await asyncio.sleep(29.0)
    assert await go("ok") == ("unavailable", 0)
    await asyncio.sleep(1.0)
    probe = asyncio.ensure_future(go("ok", 5.0))
    await asyncio.sleep(1.0)
    probe.cancel()
    await asyncio.sleep(1.0)
    assert await go("ok") == ("ok", 1)  # a cancelled probe lets another one in, which closes it
    for _ in range(9):
        assert await go("failed") == ("failed", 1)  # what was counted before is forgotten
    await asyncio.sleep(150.0)
    for _ in range(9):
        assert await go("failed") == ("failed", 1)  # the window has turned
    slow = [asyncio.ensure_future(go("failed", 3.0)) for _ in range(3)]
    await asyncio.sleep(1.0)
    assert await go("failed") == ("failed", 1)  # the tenth: it opens
    opened = p.now()
    await asyncio.gather(*slow)  # began before it opened: it changes nothing
    await asyncio.sleep(opened + 30.0 - p.now())
    assert await go("ok") == ("ok", 1)
    for _ in range(12):
        assert await go("ok", where="t") == ("ok", 1)


async def the_window_of_a_breaker_turns_in_tenths(p: Parts) -> None:
    breaker = p.policies.Breaker(0.5, 100.0)
    for at in [*range(0, 50, 10), *range(50, 90, 10)]:
        breaker.ended(float(at), False, True, 30.0)
    assert breaker.until is None
    breaker.ended(100.0, False, True, 30.0)  # the first one is out of the window: nine are in it
    assert breaker.until is None
    breaker.ended(109.0, False, False, 30.0)
    assert breaker.until is None  # what ends well opens nothing
    breaker.ended(109.5, False, True, 30.0)
    assert breaker.until == 139.5
    assert sorted(breaker.counts) == [*list(range(1, 9)), 10]
    other = p.policies.Breaker(0.5, 100.0)
    for _ in range(6):
        other.ended(5.0, False, False, 30.0)
    for _ in range(5):
        other.ended(5.0, False, True, 30.0)
    assert other.until is None
    other.ended(5.0, False, True, 30.0)
    assert other.until == 35.0


async def a_rate_limit_has_a_burst(p: Parts) -> None:
    async def go() -> str:
        return await p.end(p.policies.limited(p.run, "s", p.lasting(0.0), rate=0.5, burst=3)())

    assert [await go() for _ in range(4)] == ["ok", "ok", "ok", "throttled"]
    await asyncio.sleep(1.5)
    assert await go() == "throttled"
    await asyncio.sleep(0.5)
    assert [await go() for _ in range(2)] == ["ok", "throttled"]
    await asyncio.sleep(100.0)
    assert [await go() for _ in range(4)] == ["ok", "ok", "ok", "throttled"]
    with pytest.raises(p.world.StepError) as over:
        await p.policies.limited(p.run, "s", p.lasting(0.0), rate=0.5, burst=3)()
    assert over.value.where == "s"


async def a_hedge_takes_the_first_that_ends_well(p: Parts) -> None:
    async def race(plan: list[tuple[float, str]], at_most: int = 2) -> tuple[str, list[float], float]:
        began, start = list[float](), p.now()

        async def work() -> None:
            seconds, kind = plan[len(began)]
            began.append(round(p.now() - start, 6))
            await p.lasting(seconds, kind)()

        end = await p.end(p.policies.hedged(p.run, "s", work, after=2.0, at_most=at_most)())
        return end, began, round(p.now() - start, 6)

    assert await race([(1.0, "ok")]) == ("ok", [0.0], 1.0)
    assert not p.run.trace
    assert await race([(9.0, "ok"), (9.0, "ok"), (1.0, "ok")]) == ("ok", [0.0, 2.0, 4.0], 5.0)
    assert [(e.what, e.where) for e in p.run.trace] == [("hedge", "s")] * 2
    assert await race([(9.0, "ok"), (8.0, "ok")], 1) == ("ok", [0.0, 2.0], 9.0)
    assert await race([(1.0, "failed")]) == ("failed", [0.0], 1.0)
    assert await race([(3.0, "failed"), (9.0, "ok"), (9.0, "ok")]) == ("ok", [0.0, 2.0, 4.0], 11.0)
    assert await race([(3.5, "failed"), (9.0, "ok"), (9.0, "ok")]) == ("ok", [0.0, 2.0, 4.0], 11.0)
    assert await race([(5.0, "failed"), (5.0, "timeout")], 1) == ("timeout", [0.0, 2.0], 7.0)
    assert await race([(5.0, "stop"), (9.0, "ok")], 1) == ("stopped", [0.0, 2.0], 5.0)
    left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
    assert all(task.cancelling() for task in left)

    heard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    begun: list[float] = []

    async def first_stays() -> None:
        begun.append(p.now())
        try:
            await asyncio.sleep(9.0 if len(begun) == 1 else 1.0)
        except asyncio.CancelledError:
            raise p.world.StepError("failed") from None  # the one given up ends in an error of its own

    assert await p.end(p.policies.hedged(p.run, "s", first_stays, after=2.0, at_most=1)()) == "ok"
    await asyncio.sleep(5.0)
    import gc

    gc.collect()
    assert len(begun) == 2 and not heard


async def what_was_cached_is_put_back(p: Parts) -> None:
    p.ports.caches = p.world.MemoryCaches(p.ports.clock)
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1
        p.run.data["answer"] = calls

    async def go(fields: Any) -> int:
        await p.policies.cached(p.run, "s", work, fields=fields, lives=60.0, holds=5)()
        return p.run.data["answer"]

    p.run.data["question"] = "a"
    assert await go(("question",)) == 1
    p.run.data["answer"] = 0
    assert await go(("question",)) == 1 and calls == 1
    assert [(e.what, e.where) for e in p.run.trace] == [("hit", "s")]
    p.run.data["question"] = "b"
    assert await go(("question",)) == 2
    kept = p.ports.caches.kept["s"]
    assert [answer for _, answer in kept.values()] == [{"answer": 1}, {"answer": 2}]
    assert all(until == 60.0 for until, _ in kept.values())


async def branches_are_joined(p: Parts) -> None:
    from enum import Enum

    S = Enum("S", {"A": "a"})
    places: list[str] = []

    def machine(seconds: float, kind: str) -> Any:
        async def work(run: Any, here: Any) -> str:
            places.append(here.key(run, "a"))
            try:
                await p.lasting(seconds, kind)()
                ended.append(seconds)
            except p.world.StepError:
                ended.append(seconds)
                raise
            return "ok"

        return p.machine.Machine("m", S.A, {S.A: work}, {(S.A, "ok"): None})

    async def join(plan: list[tuple[float, str]], join: int, run_on: bool = False) -> tuple[str, float]:
        ended.clear()
        start = p.now()
        end = await p.end(
            p.policies.joined(p.run, [machine(*one) for one in plan], "r/p", join=join, run_on=run_on)
        )
        return end, round(p.now() - start, 6)

    ended: list[float] = []
    heard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    assert await join([(1.0, "ok"), (2.0, "ok"), (3.0, "ok")], 2) == ("ok", 2.0)
    await asyncio.sleep(5.0)
    assert ended == [1.0, 2.0] and places == ["r/p/1/a", "r/p/2/a", "r/p/3/a"]
    assert await join([(1.0, "ok"), (2.0, "ok"), (3.0, "failed")], 2, True) == ("ok", 2.0)
    tasks = p.ports.keep("tasks", "run on", set)
    assert len(tasks) == 1
    await asyncio.sleep(5.0)
    assert ended == [1.0, 2.0, 3.0] and not tasks
    assert await join([(1.0, "failed"), (2.0, "timeout"), (3.0, "ok")], 2) == ("timeout", 2.0)
    await asyncio.sleep(5.0)
    assert ended == [1.0, 2.0]
    assert await join([(1.0, "failed"), (2.0, "ok"), (3.0, "ok")], 2) == ("ok", 3.0)
    assert await join([(1.0, "failed"), (2.0, "timeout"), (3.0, "ok")], 2, True) == ("timeout", 2.0)
    await asyncio.sleep(5.0)
    assert ended == [1.0, 2.0, 3.0]
    assert await join([(1.0, "stop"), (3.0, "ok")], 2, True) == ("stopped", 1.0)
    await asyncio.sleep(5.0)
    assert ended == []
    assert await join([], 0) == ("ok", 0.0)
    assert await join([(1.0, "failed"), (1.0, "timeout")], 1) == ("timeout", 1.0)
    assert await join([(1.0, "ok"), (9.0, "ok")], 3) == ("failed", 1.0)  # three of two never end
    import gc

    gc.collect()
    assert not heard


CHECKS = [
    what_goes_wrong_has_a_kind, a_cache_forgets, an_outbox_goes_on, a_decider_draws_what_is_expected,
    what_was_told_stays, the_clock_is_the_computers, ports_come_with_simple_ones, a_run_knows_what_was_answered, a_person_allows_or_not,
    a_choice_is_one_of_its_options, a_check_says_why, a_place_has_a_key_of_its_own, a_pool_has_so_many_places,
    what_was_done_is_undone, a_limit_of_time_is_a_timeout, a_retry_waits_longer_each_time, a_budget_saves_up_to_ten,
    a_breaker_opens_and_probes, the_window_of_a_breaker_turns_in_tenths, a_rate_limit_has_a_burst,
    a_hedge_takes_the_first_that_ends_well, what_was_cached_is_put_back, branches_are_joined,
]  # fmt: skip


def tried(check: Callable[[Parts], Awaitable[None]], package: str, model: Model) -> bool:
    async def go() -> None:
        await check(Parts(package, model))

    in_virtual_time(go())
    return True


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_part(check: Callable[[Parts], Awaitable[None]]) -> None:
    model = api.load(HERE / "everything.yaml")
    assert tried(check, loaded(model, "python"), model)
