"""From YAML to flow programs: a list item is a step, its main word the action, other keys settings and policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groma.model import program
from groma.model.grammar import (
    FAILED,
    Amount,
    Key,
    Kind,
    Name,
    OneOrMany,
    Program,
    Reader,
    Record,
    Reference,
    Table,
    Text,
    Word,
    bind,
    did_you_mean,
    keys_of,
    what,
)
from groma.model.quantity import JointTable, read_joint_table
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode

MOST_TIMES = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """`component.operation`."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar):
            component, dot, operation = node.value.partition(".")
            if dot and component and operation and "." not in operation:
                return component, operation
        reader.problem(node.at, f"{path}: expected `component.operation`, found {what(node)}")
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[^.]+\.[^.]+$"}


@dataclass(frozen=True, slots=True)
class SizesKind:
    """Sizes by name, or `{from: file.csv, name: column, weight: column}` for sizes drawn together."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, MappingNode):
            reader.problem(
                node.at, f"{path}: expected sizes by name such as `{{input: 1800 ± 900}}`, found {what(node)}"
            )
            return FAILED
        if node.get("from") is not None:
            table = read_joint_table(node, reader.folder)
            if isinstance(table, JointTable):
                return program.Sizes(table=table)
            reader.problem(table.position, f"{path}: {table.message}")
            return FAILED
        amount = Amount("count", units=("count", "size"))
        return program.Sizes(
            tuple(
                (name.value, amount.read(value, f"{path}.{name.value}", reader))
                for name, value in node.entries
            )
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class PromptKind:
    """Tokens by part, with `found` (parts an operation finds), `grows` (tokens by part) and `cut_first` (parts)."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, MappingNode):
            example = "`{instructions: 800 tokens, passages: 1200 tokens, cut_first: [passages]}`"
            reader.problem(node.at, f"{path}: expected tokens by part such as {example}, found {what(node)}")
            return FAILED
        tokens = Table(Amount("count"))
        parts: dict[str, Any] = {}
        grows: dict[str, Any] = {}
        found: dict[str, str] = {}
        cut: tuple[str, ...] = ()
        for name, value in node.entries:
            where = f"{path}.{name.value}"
            if name.value == "grows":
                grows = tokens.read(value, where, reader) or {}
            elif name.value == "found":
                found = Table(Text()).read(value, where, reader) or {}
            elif name.value == "cut_first":
                cut = OneOrMany(Name()).read(value, where, reader)
            elif isinstance(Name().read(name, where, reader), str):
                parts[name.value] = tokens.inner.read(value, where, reader)
        for name in (*grows, *cut):
            if name not in parts and (name in grows or name not in found):
                hint = did_you_mean(name, [*parts, *found])
                reader.problem(node.at, f"{path}: `{name}` isn't one of its parts{hint}")
        for name in found:
            if name in parts:
                reader.problem(
                    node.at, f"{path}: `{name}` is either so many tokens or what is found, not both"
                )
        return program.Prompt(tuple(parts.items()), tuple(grows.items()), cut, node.at, tuple(found.items()))

    def schema(self) -> dict[str, Any]:
        quantity = Amount("count").schema()
        return {
            "type": "object",
            "properties": {
                "grows": {"type": "object", "additionalProperties": quantity},
                "cut_first": OneOrMany(Name()).schema(),
                "found": Table(Text()).schema(),
            },
            "additionalProperties": quantity,
        }


@dataclass(frozen=True, slots=True)
class Branches:
    """A list of branches with shares."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, SequenceNode):
            reader.problem(
                node.at, f"{path}: expected a list of branches with `share` and `steps`, found {what(node)}"
            )
            return FAILED
        return tuple(
            bind(program.Branch, item, f"{path}.{n}", reader, name="", at=item.at)
            for n, item in enumerate(node.items, 1)
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"$ref": "#/$defs/Branch"}}


@dataclass(frozen=True, slots=True)
class Sequences:
    """A list of lists of steps."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, SequenceNode):
            reader.problem(
                node.at, f"{path}: expected a list of branches, each a list of steps, found {what(node)}"
            )
            return FAILED
        return tuple(read_steps(item, f"{path}.{n}", reader) for n, item in enumerate(node.items, 1))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"$ref": "#/$defs/steps"}}


@dataclass(frozen=True, slots=True)
class Join:
    """`all`, `any` or how many."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar):
            if node.value in ("all", "any"):
                return node.value
            if node.value.isdigit() and 0 < int(node.value) <= MOST_TIMES:
                return int(node.value)
        reader.problem(node.at, f"{path}: expected `all`, `any` or a number of branches, found {what(node)}")
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}]}


@dataclass(frozen=True, slots=True)
class RetryKind:
    """A number of attempts more, or a mapping."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar) and node.value.isdigit() and int(node.value) <= MOST_TIMES:
            return program.Retry(int(node.value))
        return Record("Retry").read(node, path, reader)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"$ref": "#/$defs/Retry"}]}


@dataclass(frozen=True, slots=True)
class GuardKind:
    """The name of a check, or a mapping that says how good it is."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar):
            return program.Guard(node.value)
        return Record("Guard").read(node, path, reader)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Guard"}]}


def _key(name: str, kind: Kind, text: str) -> Key:
    return Key(name, kind, text, False)


POLICY_KEYS: dict[str, Key] = {
    k.name: k
    for k in (
        _key("fallback", Program(), "steps to run instead when all else ended in error"),
        _key("cache", Record("Cache"), "answers kept"),
        _key("deadline", Amount("time", decided=True), "limit of the whole step with its retries"),
        _key("retry", RetryKind(), "attempts more"),
        _key("breaker", Record("Breaker"), "stop calling what is broken"),
        _key("limit", Record("Limit"), "most calls"),
        _key("hedge", Record("Hedge"), "a second attempt when the first is slow"),
        _key("timeout", Amount("time", decided=True), "limit of one attempt"),
        _key("guard", OneOrMany(GuardKind()), "checks of the result"),
        _key("compensate", Program(), "steps that undo this one"),
    )
}
COMMON_KEYS: dict[str, Key] = {
    "carries": _key("carries", OneOrMany(Reference("data")), "data handed over"),
    "title": _key("title", Text(), "what the step does"),
    "budget": _key(
        "budget", Amount("time", decided=True), "time that it may take, of the latency asked of its flow"
    ),
}


@dataclass(frozen=True, slots=True)
class Form:
    """How one action is written: its main word, the kind of its value, further keys, and how it is made of them."""

    word: str
    kind: Kind
    cls: type[Any] | None
    make: Callable[[Any, dict[str, Any]], Any]
    help: str
    extra: tuple[Key, ...] = ()

    @property
    def keys(self) -> dict[str, tuple[str, Key]]:
        own = dict(keys_of(self.cls)) if self.cls is not None else {}
        return own | {k.name: (k.name, k) for k in self.extra}


def _call(target: tuple[str, str], rest: dict[str, Any]) -> program.Call:
    component, operation = target
    return program.Call(component, operation, **rest)


def _send(target: tuple[str, str], rest: dict[str, Any]) -> program.Send:
    component, operation = target
    return program.Send(component, operation, **rest)


def _parallel(branches: Any, rest: dict[str, Any]) -> program.Parallel:
    join: Any = rest.pop("join", "all")
    count = len(branches or ())
    needed = count if join == "all" else 1 if join == "any" else join
    return program.Parallel(branches or (), needed, **rest)


SIZES = _key("sizes", SizesKind(), "how much the call carries, by size name")

PROMPT = _key("context", PromptKind(), "what enters a model's context window, part by part")

FORMS: dict[str, Form] = {
    form.word: form
    for form in (
        Form("call", Target(), None, _call, "call an operation", (SIZES, PROMPT)),
        Form("send", Target(), program.Send, _send, "start a run of its own", (SIZES,)),
        Form("choose", Branches(), None, lambda b, _: program.Choose(b or ()), "take one branch"),
        Form(
            "parallel", Sequences(), program.Parallel, _parallel, "start all branches",
            (_key("join", Join(), "how many branches must end ok: `all`, `any` or a number"),),
        ),
        Form("repeat", Record("Repeat"), None, lambda value, _: value, "run steps several times"),
        Form("ask", Reference("people"), program.Ask, lambda p, r: program.Ask(p, **r), "ask a person"),
        Form("wait", Amount("time"), None, lambda t, _: program.Wait(t), "let time pass"),
        Form("hold", Reference("components"), program.Hold, lambda c, r: program.Hold(c, **r), "hold a pool or lock"),
        Form("fail", Word(*program.ERROR_KINDS), None, lambda k, _: program.Fail(k), "end in an error"),
        Form("stop", Word("ok"), None, lambda _, __: program.Stop(), "end the run here"),
        Form("do", Reference("flows"), None, lambda f, _: program.Do(f), "run another flow in place"),
        Form("mark", Name(), None, lambda m, _: program.Mark(m), "a point that measures refer to"),
        Form("steps", Program(), None, lambda s, _: program.Group(s or ()), "steps taken together"),
        Form("open", Name(), None, lambda role, _: program.Open(role), "a slot that the design fills"),
    )
}  # fmt: skip


def read_steps(node: Node, path: str, reader: Reader) -> tuple[program.Step, ...]:
    """A list of steps; problems go to the reader."""
    if not isinstance(node, SequenceNode):
        reader.problem(
            node.at,
            f"{path}: expected a list of steps such as `- call: component.operation`, found {what(node)}",
        )
        return ()
    steps = (_read_step(item, f"{path}.{number}", reader) for number, item in enumerate(node.items, 1))
    return tuple(step for step in steps if step is not None)


def _read_step(node: Node, path: str, reader: Reader) -> program.Step | None:
    if not isinstance(node, MappingNode):
        reader.problem(
            node.at, f"{path}: expected a step such as `call: component.operation`, found {what(node)}"
        )
        return None
    words = [name for name, _ in node.entries if name.value in FORMS]
    if len(words) > 1 and any(w.value != "steps" for w in words):
        words = [w for w in words if w.value != "steps"]
    if len(words) != 1:
        _refuse_words(node, path, reader, [w.value for w in words])
        return None
    form = FORMS[words[0].value]
    settings = form.keys
    main: Any = FAILED
    rest: dict[str, Any] = {}
    policies: dict[str, Any] = {}
    common: dict[str, Any] = {}
    for name, value in node.entries:
        where = f"{path}.{name.value}"
        if name.value == form.word:
            main = form.kind.read(value, where, reader)
        elif name.value in settings:
            attribute, how = settings[name.value]
            rest[attribute] = how.kind.read(value, where, reader)
        elif name.value in POLICY_KEYS:
            policies["guards" if name.value == "guard" else name.value] = POLICY_KEYS[name.value].kind.read(
                value, where, reader
            )
        elif name.value in COMMON_KEYS:
            common[name.value] = COMMON_KEYS[name.value].kind.read(value, where, reader)
        else:
            known = [*settings, *POLICY_KEYS, *COMMON_KEYS]
            reader.problem(
                name.at,
                f"{path}: unknown key `{name.value}` of a `{form.word}` step{did_you_mean(name.value, known)}",
            )
    for name, (attribute, how) in settings.items():
        if how.required and attribute not in rest:
            reader.problem(node.at, f"{path}: key `{name}` of a `{form.word}` step is missing: {how.help}")
            rest[attribute] = FAILED
    if main is FAILED:
        return None
    action = form.make(main, rest)
    return program.Step(
        action, node.at, path, program.Policies(**policies) if policies else program.NO_POLICIES, **common
    )


def _refuse_words(node: MappingNode, path: str, reader: Reader, words: list[str]) -> None:
    if words:
        both = " and ".join(f"`{w}`" for w in words)
        reader.problem(node.at, f"{path}: a step does one thing, found {both}: make them two steps")
        return
    first = node.entries[0][0].value if node.entries else ""
    hint = did_you_mean(first, list(FORMS)) or f": {', '.join(f'`{word}`' for word in FORMS)}"
    reader.problem(
        node.at, f"{path}: expected a step that begins with one of the actions, found `{first}`{hint}"
    )
