"""Flow programs: what a run does, step by step.

Every engine is a reader of these few node types; `docs/programs.md` fixes what they mean. A `Step` is an action with
policies around it, always nested in one order whatever the order they are written in:

    fallback ( cache ( deadline ( retry ( breaker ( limit ( hedge ( timeout ( guard ( action )))))))))

Readers match over `Action`; the type checker lists the readers that miss a new node type.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groma.model.grammar import Amount, Number, OneOrMany, Program, Real, Reference, Text, Word, key
from groma.model.position import Position
from groma.model.quantity import JointTable, Quantity, Unknown

ErrorKind = Literal["timeout", "unavailable", "throttled", "rejected", "failed"]
ERROR_KINDS: tuple[ErrorKind, ...] = ("timeout", "unavailable", "throttled", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a call carries, by size name (tokens, bytes, pages): independent laws, or one joint table."""

    amounts: tuple[tuple[str, Quantity | Unknown], ...] = ()
    table: JointTable | None = None
    """When given, its columns are the sizes, drawn together row by row."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What enters a model's context window, part by part (in tokens), and what is cut first when it is too much.

    `grows` are parts that get so much longer with each round of the loop around the call; `found` are parts that are
    the passages which a call of an operation (`component.operation`) has found.
    """

    parts: tuple[tuple[str, Quantity | Unknown], ...] = ()
    grows: tuple[tuple[str, Quantity | Unknown], ...] = ()
    cut_first: tuple[str, ...] = ()
    at: Position | None = None
    found: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Call an operation `component.operation` and wait for its answer."""

    component: str
    operation: str
    sizes: Sizes = Sizes()
    context: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Start an operation as a run of its own; the caller goes on at once."""

    component: str
    operation: str
    sizes: Sizes = Sizes()
    delivery: Literal["at most once", "at least once"] = key(
        Word("at most once", "at least once"),
        "whether it may be lost or may come twice",
        default="at least once",
    )


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a choice, taken with probability `share`; `when` says in words what is looked at."""

    share: Quantity | Unknown = key(Amount("share"), "how often it is taken", required=True)
    steps: tuple[Step, ...] = key(Program(), "what happens then", required=True)
    when: str = key(Text(), "what is looked at", default="")


@dataclass(frozen=True, slots=True)
class Choose:
    """Exactly one branch is taken in each run; shares sum to one."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """All branches start together; goes on when `join` of them are done ("all", "any" or a number)."""

    branches: tuple[tuple[Step, ...], ...]
    join: int
    """How many branches must end ok."""
    left_over: Literal["cancel", "run on"] = key(
        Word("cancel", "run on"), "what becomes of branches not waited for", default="cancel"
    )


@dataclass(frozen=True, slots=True)
class Repeat:
    """Run `steps` so many `times`, or until done with chance `until` after each round; `at_most` bounds it."""

    steps: tuple[Step, ...] = key(Program(), "what is repeated", required=True)
    times: Quantity | Unknown | None = key(Amount("count"), "how often")
    until: Quantity | Unknown | None = key(Amount("share"), "chance that a round is the last")
    at_most: int | None = key(Number(least=1), "the bound")


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a person: they work on it for `takes`, and may reject it; `approves` names the impacts their yes allows."""

    person: str
    takes: Quantity | Unknown | None = key(Amount("time"), "how long they work on it")
    rejects: Quantity | Unknown | None = key(Amount("share"), "how often they say no")
    approves: tuple[str, ...] = key(OneOrMany(Text()), "impacts that their yes allows", default=())
    needs_knowledge: tuple[str, ...] = key(OneOrMany(Text()), "what they must know for it", default=())


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    time: Quantity | Unknown


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold one unit of a pool or lock (a component) around `steps`."""

    component: str
    steps: tuple[Step, ...] = key(Program(), "what happens meanwhile", required=True)


@dataclass(frozen=True, slots=True)
class Fail:
    """End in an error of a kind."""

    error: ErrorKind


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run here, ok."""


@dataclass(frozen=True, slots=True)
class Do:
    """Run another flow's steps in place."""

    flow: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that measures can refer to."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Steps taken together, so that policies can be put around them all."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A choice of the *design* that is not made yet: every run of the finished system takes the same alternative.

    Not to be mixed up with `Choose`, which is made anew in each run. A slot of a pattern that nothing fills yet has no
    alternatives. Figures of a model with open choices are intervals that enclose every way of making them.
    """

    role: str
    alternatives: tuple[tuple[str, tuple[Step, ...]], ...] = ()


Action = Call | Send | Choose | Parallel | Repeat | Ask | Wait | Hold | Fail | Stop | Do | Mark | Group | Open


@dataclass(frozen=True, slots=True)
class Retry:
    """Up to `times` attempts more, after a pause that grows by `factor` and is spread by `jitter` (a share)."""

    times: int = key(Number(least=0), "attempts more, after the first", required=True)
    backoff: Quantity | None = key(Amount("time", decided=True), "pause before the first attempt more")
    factor: float = key(Real(), "how the pause grows", default=2.0)
    jitter: float = key(Real(), "how far the pause is spread, as a share of it", default=0.0)
    on: tuple[ErrorKind, ...] = key(
        OneOrMany(Word(*ERROR_KINDS)),
        "kinds of error",
        default=("timeout", "unavailable", "throttled", "failed"),
    )
    budget: Quantity | None = key(Amount("share", decided=True), "most retries, as a share of calls")


@dataclass(frozen=True, slots=True)
class Breaker:
    """Opens when `opens_at` of the calls in `window` ended badly; half-opens after `half_open_after`."""

    opens_at: Quantity = key(
        Amount("share", decided=True), "share of bad ends at which it opens", required=True
    )
    window: Quantity = key(Amount("time", decided=True), "over which time they are counted", required=True)
    half_open_after: Quantity = key(
        Amount("time", decided=True), "when it lets one call through again", required=True
    )
    on: tuple[ErrorKind, ...] = key(
        OneOrMany(Word(*ERROR_KINDS)),
        "kinds of error that count",
        default=("timeout", "unavailable", "failed"),
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `rate` calls, with bursts of `burst`; over it `throttled`."""

    rate: Quantity = key(Amount("rate", decided=True), "most calls", required=True)
    burst: int = key(Number(least=1), "calls let through at once", default=1)


@dataclass(frozen=True, slots=True)
class Hedge:
    """A second attempt after `after`; the first answer wins."""

    after: Quantity = key(Amount("time", decided=True), "when the second attempt starts", required=True)
    at_most: int = key(Number(least=1), "attempts more", default=1)


@dataclass(frozen=True, slots=True)
class Cache:
    """A hit skips what is inside and takes `takes`; a false hit is a wrong answer.

    The share of hits is stated (`hits`), or follows from what is asked for and kept: `keys`, `holds`, `popularity`.
    """

    hits: Quantity | Unknown | None = key(Amount("share"), "share of hits, where it is known")
    keys: int | None = key(Number(least=1), "how many different things are asked for")
    holds: int | None = key(Number(least=1), "how many of them it keeps; the one used longest ago goes first")
    popularity: float | None = key(
        Real(), "how popularity falls with rank: the n-th is asked for in proportion to 1 / n to this power"
    )
    lives: Quantity | None = key(
        Amount("time", decided=True), "how long one is kept at most, counted from when it was put in"
    )
    takes: Quantity | Unknown | None = key(Amount("time"), "time of a look-up")
    false_hits: Quantity | Unknown | None = key(Amount("share"), "share of hits that are wrong")
    wrong_costs: Quantity | Unknown | None = key(Amount("money"), "what a wrong hit costs")
    component: str | None = key(Reference("components"), "where it is kept, if that can fail or be paid for")

    @property
    def keyed(self) -> bool:
        """Whether its share of hits follows from its keys."""
        return self.hits is None


@dataclass(frozen=True, slots=True)
class Guard:
    """A check of the result that turns some down; `misses` and `false_alarms` say how good it is; may call."""

    name: str = key(Text(), "what is checked", required=True)
    blocks: tuple[str, ...] = key(
        OneOrMany(Text()),
        "kinds of content that it turns down, as the content policy calls them: `abuse`, `legal advice`",
        default=(),
    )
    takes: Quantity | Unknown | None = key(Amount("time"), "how long it takes")
    rejects: Quantity | Unknown | None = key(Amount("share"), "share of results it turns down")
    misses: Quantity | Unknown | None = key(Amount("share"), "share of bad results it lets through")
    false_alarms: Quantity | Unknown | None = key(Amount("share"), "share of good results it turns down")
    steps: tuple[Step, ...] = key(Program(), "calls it makes", default=())


@dataclass(frozen=True, slots=True)
class Policies:
    """What is put around a step; see the module for their order."""

    fallback: tuple[Step, ...] | None = None
    cache: Cache | None = None
    deadline: Quantity | None = None
    retry: Retry | None = None
    breaker: Breaker | None = None
    limit: Limit | None = None
    hedge: Hedge | None = None
    timeout: Quantity | None = None
    guards: tuple[Guard, ...] = ()
    compensate: tuple[Step, ...] | None = None

    @property
    def none(self) -> bool:
        return self == NO_POLICIES


NO_POLICIES = Policies()


@dataclass(frozen=True, slots=True)
class Step:
    """An action with its policies; `path` names it (`flows.answer.steps.3`), `carries` is the data handed over."""

    action: Action
    at: Position
    path: str
    policies: Policies = NO_POLICIES
    carries: tuple[str, ...] = ()
    title: str = ""
    budget: Quantity | None = None
    """Time that it may take, of the latency asked of its flow."""


def whole_rounds(times: float) -> int:
    """Rounds of a number that needn't be whole: the nearest one, halves up."""
    return math.floor(times + 0.5)


def inner_steps(step: Step) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The step sequences directly inside a step, each with a word for where it stands: action first, then policies."""
    match step.action:
        case Choose(branches):
            for number, branch in enumerate(branches, 1):
                yield f"branch {number}", branch.steps
        case Parallel(branches=sequences):
            for number, steps in enumerate(sequences, 1):
                yield f"branch {number}", steps
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            yield "steps", steps
        case Open(_, alternatives):
            for variant, steps in alternatives:
                yield variant, steps
        case Call() | Send() | Ask() | Wait() | Fail() | Stop() | Do() | Mark():
            pass
    for guard in step.policies.guards:
        if guard.steps:
            yield f"guard {guard.name}", guard.steps
    if step.policies.fallback is not None:
        yield "fallback", step.policies.fallback
    if step.policies.compensate is not None:
        yield "compensate", step.policies.compensate


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step of a program, outer before inner, in the order written; shared parts are visited once."""
    seen: set[int] = set()
    todo = list(reversed(steps))
    while todo:
        step = todo.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        yield step
        for _, inner in reversed(list(inner_steps(step))):
            todo.extend(reversed(inner))
