"""A small world in virtual time for exported code: what every tool, person, check and decision does is a function of
the seed, of what is asked and of when, so that another implementation meets the same world."""

from __future__ import annotations

import ast
import asyncio
import importlib
import importlib.abc
import importlib.machinery
import random
import selectors
import shutil
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from groma.exporters import Source, exports
from groma.model.elements import Model

SLOW = 50_000.0
"""How long it takes what is `slow` (s)."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes at once: where it would wait, it jumps."""

    def __init__(self, patience: int = 3) -> None:
        self.patience = patience
        """Hundredths of a second to wait for other threads."""
        self.waiting = _Jumping(self)
        super().__init__(self.waiting)
        self.passed = 0.0

    def time(self) -> float:
        return self.passed


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self.loop = loop
        self.turns = self.idle = 0

    def select(self, timeout: float | None = None) -> Any:
        self.turns += 1
        if self.turns > 10_000:
            raise RuntimeError("it doesn't end")
        if timeout is None:
            self.idle += 1
            if self.idle > self.loop.patience:
                raise RuntimeError("it waits for what nobody does")
            return super().select(0.01)
        self.idle = 0
        self.loop.passed += max(0.0, timeout)
        return super().select(0)


def in_virtual_time(work: Coroutine[Any, Any, Any], patience: int = 3) -> Any:
    """Runs work to its end, and what it left running."""
    loop = VirtualLoop(patience)

    async def all_of_it() -> Any:
        try:
            return await work
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if left:
                await asyncio.wait(left, timeout=10 * SLOW)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    try:
        return loop.run_until_complete(all_of_it())
    finally:
        _put_out(loop)


def _put_out(loop: VirtualLoop) -> None:
    """Closes a loop, and ends what hangs in it."""
    loop.waiting.turns = loop.waiting.idle = 0
    hanging = asyncio.all_tasks(loop)
    for task in hanging:
        task.cancel()
    if hanging:
        loop.run_until_complete(asyncio.gather(*hanging, return_exceptions=True))
    loop.close()


Log = list[tuple[float, str, str]]


@dataclass(frozen=True)
class Fault:
    """At `site` (`component.operation`, a person, a check) work ends in `kind` in this share of times."""

    site: str
    kind: str
    share: float = 1.0


@dataclass
class Fate:
    """What happens, told by seed, site and time."""

    seed: int
    faults: tuple[Fault, ...] = ()
    shares: bool = True

    def roll(self, *what: Any) -> random.Random:
        return random.Random(
            "|".join(f"{w:.5f}" if isinstance(w, float) else str(w) for w in (self.seed, *what))
        )

    def work(self, site: str, time: float, mean: float) -> tuple[float, str]:
        """How long it takes, and `ok` or the kind of error."""
        roll = self.roll("work", site, time)
        takes, drawn = mean * roll.uniform(0.5, 1.5), roll.random()
        for fault in self.faults:
            if fault.site == site and drawn < fault.share:
                return (takes + SLOW, "ok") if fault.kind == "slow" else (takes, fault.kind)
        return takes, "ok"

    def option(self, where: str, time: float, shares: list[float]) -> int:
        return self.roll("choose", where, time).choices(range(len(shares)), shares)[0]

    def again(self, where: str, rounds: int, time: float, expected: float) -> bool:
        return self.roll("again", where, rounds, time).random() < expected

    def hit(self, where: str, time: float) -> bool:
        return self.roll("hit", where, time).random() < 0.3


@dataclass
class Straight(Fate):
    """The first way, one round, nothing cached."""

    def option(self, where: str, time: float, shares: list[float]) -> int:
        return 0

    def again(self, where: str, rounds: int, time: float, expected: float) -> bool:
        return False

    def hit(self, where: str, time: float) -> bool:
        return False


@dataclass
class World:
    """Fakes for one run, with a log of what was asked of them and when."""

    package: str
    model: Model
    fate: Fate
    log: Log = field(default_factory=list[tuple[float, str, str]])
    keys: list[str] = field(default_factory=list[str])
    now: Callable[[], float] = lambda: asyncio.get_running_loop().time()

    def module(self, name: str) -> Any:
        return importlib.import_module(f"{self.package}.{name}")

    def note(self, what: str, where: str) -> float:
        time = self.now()
        self.log.append((time, what, where))
        if len(self.log) > 5_000:
            raise RuntimeError("it doesn't end")
        return time

    async def work(self, what: str, site: str, mean: float) -> None:
        time = self.note(what, site)
        takes, kind = self.fate.work(site, time, mean)
        await asyncio.sleep(takes)
        if kind != "ok":
            raise self.module("world").StepError(kind, site)

    def tools(self) -> Any:
        return _Tools(self)

    def checks(self) -> Any:
        return _Checks(self)

    async def ask(self, question: Any) -> Any:
        time = self.note("ask", question.role)
        takes, kind = self.fate.work(question.role, time, 100.0)
        await asyncio.sleep(takes)
        if kind not in ("ok", "rejected"):
            raise self.module("world").StepError(kind, question.role)
        return self.module("world").Verdict(kind == "ok")

    async def choose(self, where: str, options: Any, data: Any) -> int:
        time = self.now()
        way = self.fate.option(where, time, [option.share for option in options])
        self.note(f"choose {way + 1}", where)
        return way

    async def again(self, where: str, rounds: int, expected: float, data: Any) -> bool:
        more = self.fate.again(where, rounds, self.now(), expected)
        self.note(f"again {more}", where)
        return more

    async def sleep(self, seconds: float) -> None:
        self.note("sleep", f"{seconds:.6f}")
        await asyncio.sleep(seconds)

    async def get(self, where: str, asked: str) -> dict[str, Any] | None:
        hit = self.fate.hit(where, self.now())
        self.note(f"cache {hit}", where)
        return {} if hit else None

    async def put(self, where: str, *rest: Any) -> None:
        if rest[0] == "at least once" or rest[0] == "at most once":
            self.note("send", where)
        else:
            self.note("keep", where)

    def ports(self) -> Any:
        """Ports of the exported package."""
        return self.module("machine").Ports(
            tools=self.tools(), checks=self.checks(), desk=self, decider=self, clock=_Clock(self),
            random=_Middle(), outbox=self, caches=self,
        )  # fmt: skip


class _Middle(random.Random):
    """The middle of what could be drawn, a little to one side so that a jitter left out shows."""

    def uniform(self, a: float, b: float) -> float:
        return a + 0.75 * (b - a)


@dataclass
class _Clock:
    world: World

    def now(self) -> float:
        return self.world.now()

    async def sleep(self, seconds: float) -> None:
        await self.world.sleep(seconds)


@dataclass
class _Tools:
    world: World

    def __getattr__(self, component: str) -> Any:
        return _Tool(self.world, component)


@dataclass
class _Tool:
    world: World
    component: str

    def __getattr__(self, operation: str) -> Any:
        offered = self.world.model.components[self.component].offers[operation]

        async def call(request: dict[str, Any], *, key: str = "") -> dict[str, Any]:
            if offered.effect == "keyed":
                assert key, f"{operation} is asked without a key"
                self.world.keys.append(key)
            await self.world.work("call", f"{self.component}.{operation}", offered.work.mean)  # pyright: ignore
            return {}

        return call


@dataclass
class _Checks:
    world: World

    def __getattr__(self, name: str) -> Any:
        async def passes(data: dict[str, Any]) -> bool:
            time = self.world.note("check", name)
            takes, kind = self.world.fate.work(name, time, 0.01)
            await asyncio.sleep(takes)
            if kind not in ("ok", "rejected"):
                raise self.world.module("world").StepError(kind, name)
            return kind == "ok"

        return passes


_count = 0
_exports: dict[tuple[str, str], Any] = {}


def _made(format_: str, digest: str, model: Model) -> Any:
    if (format_, digest) not in _exports:
        _exports[format_, digest] = exports()[format_].make(Source(model, None, None))  # pyright: ignore[reportArgumentType]
    return _exports[format_, digest]


def written(
    model: Model, format_: str, folder: Path, change: Callable[[str, str], str] = lambda _, t: t
) -> str:
    """Writes an export and makes it importable; gives the name of its package. `change` may mutate a file's text."""
    global _count
    _count += 1
    files = _made(format_, model.digest, model)
    package = f"exported_{_count}"
    for file in files:
        if "/" in file.path:
            path = folder / package / file.path.partition("/")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(change(path.name, file.text), encoding="utf-8")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    return package


class _InMemory(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports exports that were never written: code that didn't change is compiled once."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str, str], CodeType] = {}
        self.packages: dict[str, dict[str, CodeType]] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        package, _, module = fullname.partition(".")
        if package in self.packages and (module or "__init__") in self.packages[package]:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=not module)
        return None

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        package, _, name = module.__name__.partition(".")
        exec(self.packages[package][name or "__init__"], module.__dict__)


_memory = _InMemory()
sys.meta_path.append(_memory)


def text_of(model: Model, format_: str, name: str) -> str:
    """The text of one module of an export."""
    files = _made(format_, model.digest, model)
    return next(file.text for file in files if file.path.endswith(f"/{name}.py"))


def loaded(model: Model, format_: str, changed: Mapping[str, ast.Module] | None = None) -> str:
    """Makes an export importable without writing it; gives the name of its package. `changed` replaces modules."""
    global _count
    _count += 1
    package, codes = f"loaded_{_count}", dict[str, CodeType]()
    for file in _made(format_, model.digest, model):
        _folder, _, path = file.path.partition("/")
        if not path.endswith(".py"):
            continue
        name = path.removesuffix(".py")
        if changed and name in changed:
            codes[name] = compile(changed[name], f"<{name}>", "exec")
            continue
        key = (format_, model.digest, name)
        if key not in _memory.compiled:
            _memory.compiled[key] = compile(file.text, f"<{name}>", "exec")
        codes[name] = _memory.compiled[key]
    _memory.packages[package] = codes
    return package


def unloaded(package: str) -> None:
    """Takes an export out of memory."""
    _memory.packages.pop(package, None)
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def forgotten(package: str, folder: Path) -> None:
    """Takes an export out of memory and off the disk."""
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]
    shutil.rmtree(folder / package, ignore_errors=True)


def plain(package: str, model: Model, flow: str, fate: Fate) -> tuple[str, Log, Any]:
    """One run of the plain export: how it ended, what was asked of the world, and the run."""
    world = World(package, model, fate)

    async def go() -> Any:
        function = getattr(world.module("workflow"), flow)
        return await function("run", {}, world.ports())

    run, outcome = in_virtual_time(go())
    return outcome.kind, world.log, run


def plain_many(package: str, model: Model, flow: str, fate: Fate, count: int) -> tuple[list[str], Log]:
    """Runs one after the other that share what policies remember."""
    world = World(package, model, fate)

    async def go() -> list[str]:
        function = getattr(world.module("workflow"), flow)
        ports = world.ports()
        return [(await function(f"run {n}", {}, ports))[1].kind for n in range(count)]

    return in_virtual_time(go()), world.log


def langgraph(
    package: str, model: Model, flow: str, fate: Fate, *, checkpoint: bool = False
) -> tuple[str, Log, Any]:
    """One run of the LangGraph export with the same fakes."""
    world = World(package, model, fate)
    graph = world.module(f"graph_{flow}")
    saver = None
    if checkpoint:
        from langgraph.checkpoint.memory import InMemorySaver

        saver = InMemorySaver()
    compiled = graph.build().compile(checkpointer=saver)

    async def go() -> Any:
        carry_out = world.module("support").carry_out
        return await carry_out(compiled, graph.UNDO, graph.LIMIT, "run", {}, world.ports())

    run, outcome = in_virtual_time(go())
    return outcome.kind, world.log, run
