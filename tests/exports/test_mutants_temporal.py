"""Mutants of what the Temporal export adds are caught: by whole runs of the SDK's workflow instance in virtual time, and
by looks at its questions, its options and its activities."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from exports.harness import Fate, Fault, Straight, World, in_virtual_time, loaded, plain, unloaded
from exports.mutate import in_generated, in_library
from exports.reference import same
from exports.test_mutants import Expected, Trial, Trials, explained, survivors, thinned, worlds
from exports.test_plain import native
from groma.model.elements import Model

pytest.importorskip("temporalio", reason="temporalio isn't installed: pip install -r requirements/dev.txt")

from temporalio.exceptions import ApplicationError

from exports.temporal_server import Server
from exports.test_temporal import Coarse, one, settled

pytestmark = pytest.mark.mutants
ASKED = "flows.answer.steps.8.choose.1.steps.1"
DAY = 24 * 3600.0


def trials(model: Model) -> list[Trial]:
    found: list[Trial] = [
        lambda package: options(package, model), lambda package: questions(package, model),
        lambda package: data_goes_on(package, model), lambda package: replays(package, model),
        lambda package: the_house_is_asked_again(package, model), lambda package: kinds_are_told(package, model),
        lambda package: calls_have_keys(package, model), lambda package: the_house_has_its_words(package, model),
        lambda package: a_limit_of_the_server_is_a_timeout(package, model),
        lambda package: pauses_are_the_first_one_and_grow(package, model),
        lambda package: options_stay_as_they_are(package, model),
    ]  # fmt: skip
    original = loaded(model, "python")
    for fate, expected in thinned(model, list(coarse(model)), 1):
        way = [e.where for e in plain(original, model, "answer", fate)[2].trace if e.what == "state"]
        found.append(lambda package, f=fate, e=expected, w=way: whole_run(package, model, f, e, w))
    unloaded(original)
    return found


def coarse(model: Model) -> Iterator[tuple[Fate, Expected]]:
    """Worlds by the millisecond in which people say yes or no, and can't fail; and in which no luck is drawn a
    millisecond after a retry without a pause, which is the least pause of a server."""
    for fate, expected in worlds(model, Coarse):
        silent = any(f.site in model.people and f.kind not in ("rejected", "slow") for f in fate.faults)
        if not silent and not any(f.site == "model.small" and f.kind != "rejected" for f in fate.faults):
            yield fate, expected


def whole_run(package: str, model: Model, fate: Fate, expected: Expected, way: list[str]) -> bool:
    result, world, _ = one(package, model, fate)
    return (
        result["outcome"] == expected[0]
        and same(native(world.log), native(expected[1]))
        and sorted(result["trace"]) == sorted(way)
    )


class First(Straight, Coarse):
    """The first way, by the millisecond."""


def first_way(**sites: str) -> First:
    """A world that takes the first way and one round, without a cache; sites end as told."""
    return First(0, tuple(Fault(site.replace("_", "."), kind) for site, kind in sites.items()))


def options(package: str, model: Model) -> bool:
    """The limit and the attempts of every activity: the design's, a day where it has none, a minute for the house."""
    seen: dict[str, set[tuple[float, int]]] = {}
    runs = [one(package, model, fate)[2] for fate in (first_way(), first_way(search_query="failed", model_generate="failed"))]  # fmt: skip
    for given in [given for server in runs for given in server.scheduled]:
        limit = given.start_to_close_timeout.ToTimedelta().total_seconds()
        seen.setdefault(given.activity_type, set()).add((limit, given.retry_policy.maximum_attempts))
    return seen == {
        "cache_get": {(60.0, 10)}, "choose": {(60.0, 10)}, "again": {(60.0, 10)}, "notify": {(60.0, 10)},
        "send": {(60.0, 10)}, "tools.search.query": {(0.08, 1)}, "tools.search.keyword": {(DAY, 1)},
        "tools.shop.reserve": {(DAY, 1)}, "tools.shop.refund": {(DAY, 1)}, "tools.model.generate": {(DAY, 1)},
        "tools.model.small": {(DAY, 2)}, "tools.model.judge": {(DAY, 1), (DAY, 2)}, "tools.crm.read": {(DAY, 1)},
        "tools.crm.note": {(DAY, 1)}, "tools.crm.tag": {(DAY, 1)}, "cache_put": {(60.0, 10)},
        "checks.schema": {(60.0, 1)}, "checks.policy": {(60.0, 1)},
    }  # fmt: skip


def tools(**given: Any) -> Any:
    """Tools by `component_operation`; all else answers nothing."""

    class Component:
        def __init__(self, name: str) -> None:
            self.name = name

        def __getattr__(self, operation: str) -> Any:
            async def nothing(request: dict[str, Any], *, key: str = "") -> None:
                return None

            return given.get(f"{self.name}_{operation}", nothing)

    class All:
        def __getattr__(self, name: str) -> Component:
            return Component(name)

    return All()


def ran(
    package: str, model: Model, fate: Fate, *, answers: Any = None, data: Any = None, **given: Any
) -> tuple[dict[str, Any], list[Any], Server]:
    """A run with tools of one's own; `answers(server, question)` are signals for whoever is asked."""
    world = World(package, model, fate)
    asked: list[Any] = []

    async def notify(question: dict[str, Any]) -> None:
        asked.append((question, server.query("waiting")))
        (answers or yes)(server, question)

    async def put(where: str, delivery: str, work: Any) -> None:
        await work()

    outbox = SimpleNamespace(put=put)
    made = world.module("activities").Activities(tools(**given), world.checks(), outbox, notify, world, world)
    by_name = {a.__temporal_activity_definition.name: a for a in made.all()}

    async def perform(name: str, arguments: list[Any]) -> Any:
        return await by_name[name](*arguments)

    async def go() -> Any:
        nonlocal server
        server = Server(world.module("workflow").Answer, perform)
        return await server.run(data or {"question": "why"})

    server: Any = None
    return in_virtual_time(go(), 20), asked, server


def yes(server: Server, question: dict[str, Any]) -> None:
    server.signal("answer", question["place"], {"approved": True})


def questions(package: str, model: Model) -> bool:
    """What is asked is open until it is answered; the first verdict counts, and only on what was asked."""

    def answers(server: Server, question: dict[str, Any]) -> None:
        server.signal("answer", f"{ASKED}#2", {"approved": False})  # nobody asked: dropped
        server.signal("answer", ASKED, {"approved": False})
        server.signal(
            "answer", question["place"], {"approved": True, "data": {"said": "lead"}, "note": "fine"}
        )
        server.signal("answer", question["place"], {"approved": False})

    result, asked, server = ran(package, model, first_way(), answers=answers)
    place = f"{ASKED}#1"
    question = {
        "run": "run", "where": ASKED, "role": "lead", "title": "may it be paid back", "approves": ["refund"],
        "data": {"question": "why"}, "place": place,
    }  # fmt: skip
    open_then = asked == [(question, {place: question})] and server.query("waiting") == {}
    good = result["outcome"] == "ok" and result["data"]["said"] == "lead" and result["where"] == ""

    def no(server: Server, question: dict[str, Any]) -> None:
        server.signal(
            "answer", question["place"], {"approved": "yes", "data": {"said": "no"}, "note": "so it is"}
        )

    result, _, _ = ran(package, model, first_way(), answers=no)
    bare, _, _ = ran(package, model, first_way(), answers=lambda s, q: s.signal("answer", q["place"], {}))
    return (
        open_then
        and good
        and (result["outcome"], result["where"], result["why"]) == ("rejected", ASKED, "so it is")
        and "said" not in result["data"]
        and (bare["outcome"], bare["why"]) == ("rejected", "")
    )


def data_goes_on(package: str, model: Model) -> bool:
    """Requests have what the run knows of them, answers are known from then on, sent work has its request."""
    seen: list[Any] = []

    def answering(**gives: Any) -> Any:
        async def operation(request: dict[str, Any], *, key: str = "") -> dict[str, Any]:
            seen.append((request, key))
            return gives

        return operation

    async def strange(request: dict[str, Any]) -> list[int]:
        return [1]  # no answer that has names

    result, _, _ = ran(
        package, model, first_way(), data={"question": "why", "amount": 5},
        search_query=answering(passages=[1, 2]), model_generate=answering(answer="so"),
        shop_refund=answering(receipt="r1"), log_write=answering(), crm_tag=strange,
    )  # fmt: skip
    return seen == [
        ({"question": "why"}, ""),
        ({"question": "why", "passages": [1, 2]}, ""),
        ({"amount": 5}, "run/s8_1_2_shop_refund"),
        ({"answer": "so"}, ""),
    ] and result["data"] == {
        "question": "why",
        "amount": 5,
        "passages": [1, 2],
        "answer": "so",
        "receipt": "r1",
    }


def replays(package: str, model: Model) -> bool:
    """A process that takes over asks for the same."""
    world = World(package, model, first_way())
    for fate in (first_way(), first_way(model_generate="slow")):
        _, _, server = one(package, model, fate)

        async def again(server: Any = server) -> bool:
            return Server(world.module("workflow").Answer, server.activity).replay(server.history)

        if not in_virtual_time(again()):
            return False
    return True


def the_house_is_asked_again(package: str, model: Model) -> bool:
    """A decider that can't be reached nine times out of ten is reached; after ten times it is an error of its kind."""
    for fails, end in ((9, "ok"), (10, "unavailable")):
        world = World(package, model, first_way())
        left = fails

        async def choose(where: str, given: Any, data: Any) -> int:
            nonlocal left
            left -= 1
            if left >= 0:
                raise ConnectionError
            return 0

        world.choose = choose  # pyright: ignore[reportAttributeAccessIssue]
        made = world.module("activities").Activities(
            tools(), world.checks(), world, decider=world, caches=world
        )
        by_name = {a.__temporal_activity_definition.name: a for a in made.all()}

        async def perform(name: str, given: list[Any], by_name: Any = by_name) -> Any:
            if name == "notify":
                yes(server, given[0])
            return await by_name[name](*given)

        async def go(world: World = world, perform: Any = perform) -> Any:
            nonlocal server
            server = Server(world.module("workflow").Answer, perform)
            return await server.run({})

        server: Any = None
        result = in_virtual_time(go(), 20)
        if (result["outcome"], result["where"] == "choose") != (end, end != "ok"):
            return False
    return True


def kinds_are_told(package: str, model: Model) -> bool:
    """An activity's error says its kind and why; one without a kind is `failed`."""
    world = World(package, model, Fate(0))
    activities, step_error = world.module("activities"), world.module("world").StepError

    async def told(error: Exception) -> tuple[str | None, str]:
        async def work(request: Any) -> None:
            raise error

        try:
            await activities.asked(work, {}, "")
        except ApplicationError as found:
            return found.type, found.message
        return None, ""

    async def go() -> list[tuple[str | None, str]]:
        return [
            await told(error)
            for error in (
                TimeoutError("late"),
                ConnectionError(),
                KeyError("x"),
                step_error("throttled", "", "full"),
            )
        ]

    ends = in_virtual_time(go()) == [
        ("timeout", "late"), ("unavailable", "unavailable"), ("failed", "KeyError: 'x'"), ("throttled", "full")
    ]  # fmt: skip
    result, _, _ = one(package, model, first_way(shop_reserve="throttled"))
    kindless = kindless_run(package, model)
    return (
        ends
        and (result["outcome"], result["where"], result["why"])
        == ("throttled", "flows.answer.steps.2", "throttled")
        and kindless == ("failed", "flows.answer.steps.2", "no kind")
    )


def kindless_run(package: str, model: Model) -> tuple[str, str, str]:
    async def reserve(name: str, given: list[Any]) -> Any:
        if name == "tools.shop.reserve":
            raise ApplicationError("no kind")
        return {} if name != "cache_get" else None

    async def go() -> Any:
        return await Server(World(package, model, Fate(0)).module("workflow").Answer, reserve).run({})

    result = in_virtual_time(go(), 20)
    return result["outcome"], result["where"], result["why"]


def a_limit_of_the_server_is_a_timeout(package: str, model: Model) -> bool:
    """An activity that the server gives up ends in a timeout of its step."""

    async def reserve(name: str, given: list[Any]) -> Any:
        if name == "tools.shop.reserve":
            await asyncio.sleep(2 * DAY)
        return {} if name != "cache_get" else None

    async def go() -> Any:
        result = await Server(World(package, model, Fate(0)).module("workflow").Answer, reserve).run({})
        return result, asyncio.get_running_loop().time()

    result, time = in_virtual_time(go(), 20)
    return (
        (result["outcome"], result["where"]) == ("timeout", "flows.answer.steps.2")
        and DAY <= time < DAY + 1
    )  # fmt: skip


def pauses_are_the_first_one_and_grow(package: str, model: Model) -> bool:
    """The retry policies that the server gets, number by number."""
    _, _, server = one(package, model, first_way(model_generate="failed"))
    found = {
        given.activity_type: (
            given.retry_policy.initial_interval.ToTimedelta().total_seconds(),
            given.retry_policy.backoff_coefficient,
            given.retry_policy.maximum_interval.ToTimedelta().days,
            tuple(given.retry_policy.non_retryable_error_types),
        )
        for given in server.scheduled
        if given.activity_type in ("tools.model.small", "tools.model.judge")
    }
    return found == {
        "tools.model.small": (0.001, 2.0, 365, ("rejected",)),
        "tools.model.judge": (0.01, 2.0, 365, ("rejected",)),
    }


def options_stay_as_they_are(package: str, model: Model) -> bool:
    try:
        World(package, model, Fate(0)).module("support").Options().timeout = None
    except AttributeError:
        return True
    return False


def calls_have_keys(package: str, model: Model) -> bool:
    """Every operation and check answers by its own name, with a key where there is one; nothing is listed twice."""
    world = World(package, model, Fate(0))
    called: list[Any] = []

    class Part:
        def __init__(self, path: str) -> None:
            self.path = path

        def __getattr__(self, name: str) -> Part:
            return Part(f"{self.path}.{name}")

        async def __call__(self, *given: Any, **more: Any) -> Any:
            called.append((self.path, given, more))
            return {"by": self.path}

    async def put(where: str, delivery: str, work: Any) -> None:
        await work()

    outbox = SimpleNamespace(put=put)
    made = world.module("activities").Activities(Part("tools"), Part("checks"), outbox)
    listed = made.all()
    by_name = {a.__temporal_activity_definition.name: a for a in listed}
    operations = [f"tools.{c}.{o}" for c, there in model.components.items() for o in there.offers]

    async def go() -> bool:
        for name in operations:
            if await by_name[name]({"a": 1}, "") != {"by": name}:
                return False
            await by_name[name]({"a": 1}, "k")
            await made.send("w", name, "at least once", {"a": 1}, "k")
        said = [await by_name[f"checks.{name}"]({"b": 2}) for name in ("schema", "policy")]
        return said == [True, True]

    house = {"choose", "again", "cache_get", "cache_put", "notify", "send"}
    names = {*operations, "checks.schema", "checks.policy", *house}
    wanted: list[Any] = []
    for name in operations:
        wanted += [(name, ({"a": 1},), {}), *[(name, ({"a": 1},), {"key": "k"})] * 2]
    wanted += [(f"checks.{name}", ({"b": 2},), {}) for name in ("schema", "policy")]
    return in_virtual_time(go()) and set(by_name) == names and len(listed) == len(names) and called == wanted


def the_house_has_its_words(package: str, model: Model) -> bool:
    """What the house is asked reaches it as it was; sent work is asked of its operation, with its key."""
    world = World(package, model, Fate(0))
    heard: list[Any] = []

    class House:
        def __getattr__(self, name: str) -> Any:
            async def hear(*given: Any) -> Any:
                heard.append((name, *given))
                return {"choose": 1, "again": True, "get": {"a": 1}}.get(name)

            return hear

    class Outbox:
        async def put(self, where: str, delivery: str, work: Any) -> None:
            heard.append((where, delivery, await work()))

    async def write(request: dict[str, Any], *, key: str = "none") -> Any:
        return request, key

    async def go() -> list[Any]:
        activities, house = world.module("activities"), House()
        made = activities.Activities(
            tools(log_write=write, shop_refund=write), house, Outbox(), house.tell, house, house
        )
        gave = [
            await made.choose("w", [["a", 0.5], ["b", 0.5]], {"d": 1}),
            await made.again("w", 2, 0.25, {"d": 1}),
            await made.cache_get("w", "q"),
        ]
        await made.cache_put("w", "q", {"a": 1}, 5.0, 7)
        await made.tell({"place": "p"})
        await made.send("w", "tools.log.write", "at least once", {"r": 1}, "")
        await made.send("w", "tools.shop.refund", "at most once", {"r": 1}, "k")
        simple = activities.Activities(tools(), house, Outbox())
        await simple.tell({"place": "p"})
        world_ = world.module("world")
        kept = type(simple.decider) is world_.SharesDecider and type(simple.caches) is world_.MemoryCaches
        clock = kept and type(simple.caches.clock) is world_.SystemClock
        return [*gave, clock, isinstance(heard[0][2][0], world_.Option)]

    return in_virtual_time(go()) == [1, True, {"a": 1}, True, True] and heard == [
        ("choose", "w", [("a", 0.5), ("b", 0.5)], {"d": 1}),
        ("again", "w", 2, 0.25, {"d": 1}),
        ("get", "w", "q"),
        ("put", "w", "q", {"a": 1}, 5.0, 7),
        ("tell", {"place": "p"}),
        ("w", "at least once", ({"r": 1}, "none")),
        ("w", "at most once", ({"r": 1}, "k")),
    ]


def test_temporal(capsys: pytest.CaptureFixture[str]) -> None:
    model = settled()
    tried = Trials(trials(model))
    count, missed = survivors(model, "temporal", ["workflow"], tried, in_generated, anywhere=True)
    more, others = survivors(model, "temporal", ["support", "activities"], tried, in_library, anywhere=True)
    missed += others
    with capsys.disabled():
        print(f" temporal: {count + more - len(missed)} of {count + more} mutants caught", end="")
    explained(missed, {})
    assert count > 10 and more > 100
