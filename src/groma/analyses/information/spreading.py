"""Follows data through every program of a model until nothing new is reached (a fixed point over component and label).

Within a run order counts; between runs what a component kept may come back at any time. A step hands over what it says
it `carries`, else all that the run has; on top of it what models wrote, since nobody can tell what free words hold. An
answer may hold whatever its component keeps, as far as its `response` lets through. Anything may fail anywhere: a
fallback starts with all that the step before it may have gathered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from groma.analyses.context import Context
from groma.analyses.information.labels import (
    WORDS,
    Check,
    Label,
    Labels,
    Point,
    Way,
    blocked,
    both,
    gives,
    is_model,
    is_untrusted,
    joined,
    kept,
    longer,
    missed,
    takes,
)
from groma.model.elements import Component, Operation
from groma.model.position import Position
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Use:
    """One step that uses an operation in a flow: what it may be handed, what of it a model wrote, what was checked."""

    flow: str
    path: str
    at: Position
    component: str
    operation: str
    handed: Labels
    written: Labels
    screens: frozenset[Check]
    checks: frozenset[Check]

    def merged(self, other: Use) -> Use:
        """The same step, met again in another way."""
        return Use(
            self.flow, self.path, self.at, self.component, self.operation,
            both(self.handed, other.handed), both(self.written, other.written),
            self.screens & other.screens, self.checks & other.checks,
        )  # fmt: skip


@dataclass(slots=True)
class Spreading:
    """What was followed: `keeps` (component -> data it may hold), `uses` (flow, step, component) -> use, `asked`
    (person -> data they may see)."""

    context: Context
    keeps: dict[str, dict[str, Way]] = field(default_factory=dict[str, dict[str, Way]])
    uses: dict[tuple[str, str, str], Use] = field(default_factory=dict[tuple[str, str, str], Use])
    asked: dict[tuple[str, str, str], Labels] = field(default_factory=dict[tuple[str, str, str], Labels])
    """(flow, step, person) -> what they are shown."""
    inside: dict[str, dict[str, Way]] = field(default_factory=dict[str, dict[str, Way]])
    """Data -> other data whose words a model may have written into them."""
    _flow: str = ""
    _memo: dict[object, tuple[Point | None, Point | None]] = field(
        default_factory=dict[object, tuple["Point | None", "Point | None"]]
    )
    _open: list[list[Point]] = field(default_factory=list[list[Point]])
    _stops: list[list[Point]] = field(default_factory=list[list[Point]])

    def all(self) -> Spreading:
        """Everything, until nothing new is kept anywhere."""
        self._held()
        model = self.context.model
        while True:
            before = self._known()
            for name, flow in model.flows.items():
                self._flow = name
                self._memo.clear()
                start: Labels = {Label(data): (f"flow {name} starts with {data}",) for data in flow.carries}
                self.program(("flow", name), flow.steps, Point(start, {}))
            if self._known() == before:
                return self

    def _known(self) -> object:
        tables = (self.keeps, self.inside)
        return [{name: frozenset(found) for name, found in table.items()} for table in tables]

    def _held(self) -> None:
        model = self.context.model
        for name, data in model.data.items():
            for holder in data.held_by:
                self.keep(holder, {Label(name): (f"{holder} holds {name}",)})
            if data.backup is not None and data.backup.to is not None:
                self.keep(data.backup.to, {Label(name): (f"{data.backup.to} keeps the backup of {name}",)})
        for name in [*model.components, *model.alternatives]:
            for component in self.context.candidates(name):
                for saved, copy in component.copies.items():
                    self.keep(
                        copy.to or name, {Label(saved): (f"{copy.to or name} keeps a copy of {saved}",)}
                    )
        for connection in model.connections.values():
            for end in (connection.from_, connection.to):
                if end not in model.people:
                    way = f"connection {connection.name} carries it"
                    self.keep(end, {Label(name): (way,) for name in connection.carries})

    def keep(self, component: str, labels: Labels) -> None:
        """A component may hold these from now on."""
        there = self.keeps.setdefault(component, {})
        for label, way in labels.items():
            if not label.data.startswith(WORDS):
                there.setdefault(label.data, way)

    # Programs

    def program(
        self, key: object, steps: tuple[Step, ...], start: Point
    ) -> tuple[Point | None, Point | None]:
        """(its end, all points on the way joined); a `stop` inside ends it. The same start is walked once."""
        memo = (key, start.key)
        if memo not in self._memo:
            self._open.append([start])
            self._stops.append([])
            end = self.steps(steps, start)
            end = joined([end, *self._stops.pop()])
            self._memo[memo] = (end, joined(self._open.pop()))
        return self._memo[memo]

    def steps(self, steps: tuple[Step, ...], point: Point | None) -> Point | None:
        """The point after a sequence; None where no run gets through it."""
        for step in steps:
            if point is None:
                return None
            point = self.step(step, point)
            if point is not None:
                for passed in self._open:
                    passed.append(point)
        return point

    def step(self, step: Step, before: Point) -> Point | None:
        """One step with its policies."""
        policies = step.policies
        passed: list[Point] = [before]
        self._open.append(passed)
        after = self.action(step, before)
        if after is not None:
            for guard in policies.guards:
                after = self.steps(guard.steps, after)
                if after is None:
                    break
                found = {Check("guard", guard.name, step.path, (), *missed(guard.misses), step.at)}
                found |= {blocked(category) for category in guard.blocks}
                after = Point(after.has, after.written, after.screens | found, after.checks | found)
        if after is not None and policies.cache is not None:
            after = self.cached(step, policies.cache.component, before, after)
        self._open.pop()
        partly = joined(passed)
        assert partly is not None
        if policies.fallback is not None:
            after = joined([after, self.steps(policies.fallback, partly)])
        if policies.compensate is not None:
            self.steps(policies.compensate, joined([partly, after]) or partly)
        return after

    def cached(self, step: Step, where: str | None, before: Point, after: Point) -> Point:
        """After a step whose answer may be that of somebody else's run, too: only checked results are kept."""
        gained = {label: way for label, way in after.has.items() if label not in before.has}
        handed = before.has if not step.carries else {Label(name): () for name in step.carries}
        others = longer(kept(both(gained, handed)), f"{step.path}: kept answer")
        if where is not None:
            self.keep(where, others)
        written = kept(after.written)
        return Point(
            both(after.has, others),
            both(after.written, written),
            after.screens & before.screens,
            after.checks,
        )

    def action(self, step: Step, before: Point) -> Point | None:
        match step.action:
            case Call(component, operation):
                return self.call(step, component, operation, before)
            case Send(component, operation):
                self.call(step, component, operation, before)
                return before
            case Choose(branches):
                likely = (b for b in branches if not (isinstance(b.share, Quantity) and b.share.high <= 0.0))
                return joined([self.steps(branch.steps, before) for branch in likely])
            case Parallel(branches, join):
                ends = [self.steps(branch, before) for branch in branches]
                if sum(1 for end in ends if end is not None) < join:
                    return None
                return joined(ends)
            case Repeat(steps=steps):
                return self.repeated(step.action, steps, before)
            case Ask(person=person, approves=approves):
                self.see(step, person, before)
                found = Check("approval", person, step.path, approves, None, None, step.at)
                return Point(before.has, before.written, before.screens, before.checks | {found})
            case Hold(steps=steps) | Group(steps=steps):
                return self.steps(steps, before)
            case Do(flow):
                there = self.context.model.flows[flow]
                more: Labels = {Label(name): (f"flow {flow} carries {name}",) for name in there.carries}
                start = Point(both(before.has, more), before.written, before.screens, before.checks)
                return self.steps(there.steps, start)
            case Open():
                branches = self.context.branches(step.action)
                return joined([self.steps(steps, before) for steps in branches]) if branches else before
            case Stop():
                self._stops[-1].append(before)
                return None
            case Fail():
                return None
            case Wait() | Mark():
                return before
            case _:
                assert_never(step.action)

    def repeated(self, action: Repeat, steps: tuple[Step, ...], before: Point) -> Point | None:
        """Round after round, until a round brings nothing new."""
        point: Point = before
        end = before if _may_be_skipped(action) else None
        while True:
            after = self.steps(steps, point)
            end = joined([end, after])
            again = joined([point, after])
            assert again is not None
            if again.key == point.key:
                return end
            point = again

    def see(self, step: Step, person: str, before: Point) -> None:
        """A person is shown what the step carries, else all that the run has."""
        shown = longer(both(self.handed(step, before), before.written), f"{step.path}: {person} is asked")
        key = (self._flow, step.path, person)
        self.asked[key] = both(self.asked.get(key, {}), shown)

    def handed(self, step: Step, before: Point) -> Labels:
        """What a step says it carries, else all that the run has."""
        if not step.carries:
            return before.has
        found: dict[Label, Way] = {}
        for name in step.carries:
            same = {label: way for label, way in before.has.items() if label.data == name}
            found.update(same or {Label(name): (f"{step.path} carries {name}",)})
        return found

    # Calls

    def call(self, step: Step, component: str, operation: str, before: Point) -> Point | None:
        ends: list[Point | None] = []
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            if offered is not None:
                ends.append(self.called(step, candidate, offered, before))
        return joined(ends)

    def called(self, step: Step, component: Component, operation: Operation, before: Point) -> Point | None:
        """One operation: what it is handed, what it keeps, what its own steps do, what it answers."""
        model = self.context.model
        taken = takes(model, operation)
        own = self.handed(step, before)
        if taken.data is not None and not taken.free:
            own = {label: way for label, way in own.items() if label.data in taken.data}
        station = f"{step.path}: {component.name}.{operation.name}"
        written: Labels = longer(before.written, station) if taken.words else {}
        handed = both(longer(own, station), written)
        self.use(
            Use(self._flow, step.path, step.at, component.name, operation.name, handed, written,
                before.screens, before.checks)
        )  # fmt: skip
        reads = is_model(component)
        if operation.effect != "none" and not reads:
            self.keep(component.name, handed)
            self.written_into(step, component.name, written)
        key = (component.name, operation.name)
        inside = Point(handed, written, before.screens, before.checks)
        end, partly = self.program(key, operation.steps, inside)
        if partly is not None:
            for passed in self._open:
                passed.append(
                    Point(before.has, both(before.written, partly.written), partly.screens, partly.checks)
                )
        if end is None:
            return None
        answered = self.answered(component, operation, end, handed)
        back = self.keeps.get(component.name, {}).keys()
        answered = {label: (*way, f"{station} answers") for label, way in answered.items()}
        free = gives(model, operation).words
        has = both(before.has, answered)
        words = both(before.written, end.written if free else {})
        screens: frozenset[Check] = end.screens
        checks: frozenset[Check] = end.checks
        if any(
            is_untrusted(model, label.data)
            for label in answered
            if label.data in back or label not in before.has
        ):
            screens = frozenset[Check]()  # what is read back may be somebody else's, and new
        if reads:
            checks = frozenset[Check]()
            if free:
                own = {Label(f"{WORDS}{component.name}"): (station,)}
                words = both(words, longer(both(own, both(handed, answered)), f"{station} writes"))
        return Point(has, words, screens, checks)

    def answered(self, component: Component, operation: Operation, end: Point, handed: Labels) -> Labels:
        """What the answer may hold: what it keeps and what it was told, as far as its response lets through."""
        given = gives(self.context.model, operation)
        held: Labels = {Label(name, True): way for name, way in self.keeps.get(component.name, {}).items()}
        every = both(both(end.has, held), handed)
        if given.data is None:
            return every
        named = given.data
        if given.words:
            named |= {other for name in named for other in self.contents(name)}
        found = every if given.free else {label: way for label, way in every.items() if label.data in named}
        known = {label.data for label in found}
        return both(found, {Label(name): () for name in sorted(named) if name not in known})

    def written_into(self, step: Step, component: str, written: Labels) -> None:
        """Words of a model go into the data that the step carries, else into any of which the component is a holder."""
        names = step.carries or [n for n, d in self.context.model.data.items() if component in d.held_by]
        for name in names:
            there = self.inside.setdefault(name, {})
            for label, way in written.items():
                if label.data != name and not label.data.startswith(WORDS):
                    there.setdefault(label.data, way)

    def contents(self, name: str) -> set[str]:
        """All data whose words may stand in these."""
        found: set[str] = set()
        todo = [name]
        while todo:
            for other in self.inside.get(todo.pop(), {}):
                if other not in found:
                    found.add(other)
                    todo.append(other)
        return found

    def use(self, found: Use) -> None:
        key = (found.flow, found.path, found.component)
        known = self.uses.get(key)
        self.uses[key] = found if known is None else known.merged(found)


def _may_be_skipped(action: Repeat) -> bool:
    return action.times is not None and not (isinstance(action.times, Quantity) and action.times.low >= 1.0)


def followed(context: Context) -> Spreading:
    """What was followed, once for a context."""
    key = ("information", tuple(sorted((role, tuple(sorted(v))) for role, v in context.left.items())))
    if key not in context.memo:
        context.memo[key] = Spreading(context).all()
    return context.memo[key]
