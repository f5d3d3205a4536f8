"""From a brief and patterns to a design space: the questions, their possible answers, and what rules what out.

Resolving is and-or: a wanted capability is given by one of the patterns for it; a pattern has roles, each played by one
of its options, in one of the option's variants (its parameters), and may want further capabilities. A question that
does not arise takes the answer `absent`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from groma.model.elements import Model, Want
from groma.model.grammar import Reader, did_you_mean, keys_of
from groma.model.load import model_of, tree
from groma.model.position import ModelError, Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode
from groma.patterns.pattern import FailureMode, Option, Pattern, RoleForm
from groma.patterns.trees import facts_named, put_in

ABSENT = "absent"
MOST_NAMED = 8
"""Answers that a message names at the most."""
DEEPEST_WANTS = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """One possible answer to a question: an option with its parameters, and what it brings as trees."""

    name: str
    option: str
    title: str
    why: str = ""
    against: str = ""
    to_reverse: str = ""
    keeps: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    adds: MappingNode | None = None
    joins: MappingNode | None = None
    fill: Mapping[str, tuple[Node, ...]] = field(default_factory=dict[str, tuple[Node, ...]])
    wrap: Mapping[str, MappingNode] = field(default_factory=dict[str, MappingNode])


@dataclass(frozen=True, slots=True)
class Role:
    """A question of the design; `variants` are its possible answers in the order of the pattern."""

    name: str
    title: str
    why: str
    want: str
    pattern: str
    variants: tuple[Variant, ...]

    def variant(self, name: str) -> Variant:
        return next(v for v in self.variants if v.name == name)

    def of_option(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the variants of these options."""
        return tuple(v.name for v in self.variants if v.option in options)


Literal = tuple[str, str]
"""(role, variant)"""


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An option that can't be taken here, and why."""

    role: str
    option: str
    reason: str


@dataclass(frozen=True, slots=True)
class Risk:
    """A failure mode of a pattern in use, with the roles' full names."""

    mode: FailureMode
    want: str
    pattern: str
    mitigated_by: Mapping[str, tuple[str, ...]]
    only_with: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Space:
    """Everything a brief leaves to be chosen. `exclusions` are sets of answers that can't hold together."""

    brief: MappingNode
    folder: Path
    texts: Mapping[str, str]
    given: Model
    """The brief as a model by itself."""
    roles: tuple[Role, ...]
    exclusions: tuple[frozenset[Literal], ...]
    bases: tuple[tuple[frozenset[Literal], MappingNode], ...]
    """Elements of each pattern, with the answers under which they stand (none: always)."""
    risks: tuple[Risk, ...]
    not_offered: tuple[NotOffered, ...]
    patterns: Mapping[str, Pattern]

    def role(self, name: str) -> Role:
        return next(role for role in self.roles if role.name == name)

    @property
    def combinations(self) -> int:
        """Number of combinations of answers, before exclusions."""
        total = 1
        for role in self.roles:
            total *= len(role.variants)
        return total

    def allowed(self, assignment: Mapping[str, str]) -> bool:
        """Whether no exclusion is broken by these (possibly partial) answers."""
        taken = set(assignment.items())
        return not any(clause <= taken for clause in self.exclusions)


def resolve(path: Path, patterns: Mapping[str, Pattern]) -> Space:
    """The design space of a brief. Raises ModelError with every problem found."""
    root = tree(path)
    return space_of(root, path.parent, patterns)


def space_of(root: MappingNode, folder: Path, patterns: Mapping[str, Pattern]) -> Space:
    """The design space of a brief's merged tree."""
    given = model_of(root, folder, {}, check=False)
    builder = _Builder(given, patterns)
    for want in given.wants.values():
        builder.check_answers(want, builder.want(want, frozenset(), 0))
    if builder.problems:
        raise ModelError(builder.problems)
    return Space(
        root,
        folder,
        {},
        given,
        tuple(builder.roles),
        tuple(dict.fromkeys(builder.exclusions)),
        tuple(builder.bases),
        tuple(builder.risks),
        tuple(builder.not_offered),
        {name: patterns[name] for name in sorted(builder.used)},
    )


class _Builder:
    def __init__(self, given: Model, patterns: Mapping[str, Pattern]) -> None:
        self.given = given
        self.library = patterns
        self.problems: list[Problem] = []
        self.roles: list[Role] = []
        self.exclusions: list[frozenset[Literal]] = []
        self.bases: list[tuple[frozenset[Literal], MappingNode]] = []
        self.risks: list[Risk] = []
        self.not_offered: list[NotOffered] = []
        self.used: set[str] = set()

    def want(self, want: Want, under: frozenset[Literal], depth: int) -> frozenset[str]:
        """Resolve a wanted capability that arises only under some answers (none: always).

        Gives the answers there are, as `keep` and `refuse` name them, whether or not they are offered here.
        """
        fitting = [p for _, p in sorted(self.library.items()) if want.capability in (p.gives, p.pattern)]
        if not fitting:
            known = sorted({p.gives for p in self.library.values()})
            hint = did_you_mean(want.capability, known) or f" ({', '.join(f'`{k}`' for k in known)})"
            self.problems.append(
                Problem(want.at, f"wants.{want.name}: no pattern gives `{want.capability}`{hint}")
            )
            return frozenset()
        if depth > DEEPEST_WANTS:
            self.problems.append(Problem(want.at, f"wants.{want.name}: patterns want each other without end"))
            return frozenset()
        if len(fitting) == 1:
            return self._pattern(want, fitting[0], under, want.name, depth)
        name = f"{want.name}.pattern"
        variants = tuple(Variant(p.pattern, p.pattern, p.title, p.why) for p in fitting)
        variants = tuple(v for v in variants if not _ruled_out(want, "pattern", v)) or variants
        self._add_role(Role(name, f"Which design for {want.capability}?", "", want.name, "", variants), under)
        answers = {f"pattern={pattern.pattern}" for pattern in fitting}
        for pattern in fitting:
            if pattern.pattern in {v.name for v in variants}:
                prefix = f"{want.name}.{pattern.pattern}"
                answers |= self._pattern(want, pattern, under | {(name, pattern.pattern)}, prefix, depth)
            else:
                answers |= _answers(pattern)
        return frozenset(answers)

    def check_answers(self, want: Want, known: frozenset[str]) -> None:
        """Every entry of a want's `keep` and `refuse` has to be an answer to a question of its design."""
        if not known:
            return
        for word, entries in (("keep", want.keep), ("refuse", want.refuse)):
            for entry in entries:
                if entry not in known:
                    role = entry.partition("=")[0]
                    same = sorted(each for each in known if each.partition("=")[0] == role)
                    hint = did_you_mean(entry, sorted(known))
                    if not hint and same:
                        hint = f" ({', '.join(f'`{each}`' for each in same[:MOST_NAMED])})"
                    self.problems.append(
                        Problem(want.at, f"wants.{want.name}.{word}: no such answer, `{entry}`{hint}")
                    )

    def _add_role(self, role: Role, under: frozenset[Literal], conditional: bool = False) -> None:
        """Enter a role that arises only under these answers (and, if conditional, under conditions of its own)."""
        if under or conditional:
            role = replace(role, variants=(*role.variants, Variant(ABSENT, ABSENT, "does not arise")))
        if under and not conditional:
            self.exclusions.append(under | {(role.name, ABSENT)})
        for other, answer in sorted(under):
            for alternative in self._variants(other):
                if alternative != answer:
                    self.exclusions.extend(
                        frozenset({(other, alternative), (role.name, v.name)})
                        for v in role.variants
                        if v.name != ABSENT
                    )
        self.roles.append(role)

    def _variants(self, role: str) -> tuple[str, ...]:
        return next((tuple(v.name for v in r.variants) for r in self.roles if r.name == role), ())

    def _pattern(
        self, want: Want, pattern: Pattern, under: frozenset[Literal], prefix: str, depth: int
    ) -> frozenset[str]:
        self.used.add(pattern.pattern)
        inputs = self._inputs(want, pattern)
        if inputs is None:
            return frozenset()
        if pattern.base is not None:
            base = put_in(pattern.base, inputs, self.problems)
            assert isinstance(base, MappingNode)
            self.bases.append((under, base))
        full = {role: f"{prefix}.{role}" for role in pattern.roles}
        forms: dict[str, tuple[RoleForm, Role]] = {}
        for name, form in pattern.roles.items():
            variants = tuple(
                v
                for option in form.options.values()
                for v in self._variants_of(want, full[name], name, option, inputs)
            )
            if not variants:
                reasons = self._reasons(full[name])
                self.problems.append(
                    Problem(want.at, f"wants.{want.name}: nothing is left for role `{name}` ({reasons})")
                )
                continue
            role = Role(full[name], form.title, form.why, want.name, pattern.pattern, variants)
            self._add_role(role, under, conditional=bool(form.when))
            forms[name] = (form, self.roles[-1])
        self._conditions(forms, full, under)
        for mode in pattern.failure_modes.values():
            self.risks.append(
                Risk(
                    mode, want.name, pattern.pattern,
                    {full[r]: o for r, o in mode.mitigated_by.items()},
                    {full[r]: o for r, o in mode.only_with.items()},
                )
            )  # fmt: skip
        further = (
            frozenset[str]()
            if pattern.wants is None
            else self._further(want, pattern.wants, inputs, under, prefix, depth)
        )
        return _answers(pattern) | further

    def _reasons(self, role: str) -> str:
        """Why the options of a role aren't offered; options (in all their variants) with one reason stand together."""
        options: dict[str, dict[str, None]] = {}
        for left_out in self.not_offered:
            if left_out.role == role:
                options.setdefault(left_out.reason, {})[left_out.option.partition("/")[0]] = None
        return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in options.items())

    def _further(
        self,
        above: Want,
        wants: MappingNode,
        inputs: Mapping[str, str],
        under: frozenset[Literal],
        prefix: str,
        depth: int,
    ) -> frozenset[str]:
        """Capabilities that a pattern wants in turn; what the want `above` keeps or refuses of them is theirs."""
        node = put_in(wants, inputs, self.problems)
        reader = Reader()
        kind = keys_of(Model)["wants"][1].kind
        found: dict[str, Want | None] = kind.read(node, "wants", reader) or {}
        self.problems.extend(reader.problems)
        answers: set[str] = set()
        for name, want in found.items():
            if want is not None and not reader.problems:
                keep, refuse = (
                    (
                        *own,
                        *(entry.removeprefix(f"{name}.") for entry in given if entry.startswith(f"{name}.")),
                    )
                    for own, given in ((want.keep, above.keep), (want.refuse, above.refuse))
                )
                further = replace(want, name=f"{prefix}.{name}", keep=keep, refuse=refuse)
                answers |= {f"{name}.{each}" for each in self.want(further, under, depth + 1)}
        return frozenset(answers)

    def _inputs(self, want: Want, pattern: Pattern) -> dict[str, str] | None:
        values = dict(want.with_)
        for name in values:
            if name not in pattern.inputs:
                self.problems.append(
                    Problem(
                        want.at,
                        f"wants.{want.name}.with: pattern `{pattern.pattern}` has no input `{name}`"
                        f"{did_you_mean(name, pattern.inputs)}",
                    )
                )
        missing = [
            name for name, given in pattern.inputs.items()
            if name not in values and given.default is None and not given.optional
        ]  # fmt: skip
        for name in missing:
            self.problems.append(
                Problem(want.at, f"wants.{want.name}.with: `{name}` is missing: {pattern.inputs[name].title}")
            )
        if missing:
            return None
        for name, given in pattern.inputs.items():
            if name not in values and given.default is not None:
                values[name] = given.default
        return values

    def _variants_of(
        self, want: Want, role: str, short: str, option: Option, inputs: Mapping[str, str]
    ) -> Iterator[Variant]:
        absent = [name for name in option.given if name not in inputs]
        if absent:
            self.not_offered.append(NotOffered(role, option.name, f"the brief names no {', '.join(absent)}"))
            return
        names = list(option.each)
        for values in itertools.product(*(option.each[name] for name in names)):
            parameters = dict(zip(names, values, strict=True))
            label = "/".join((option.name, *values))
            variant = Variant(
                label,
                option.name,
                option.title or option.name,
                option.why,
                option.against,
                option.to_reverse,
                option.keeps,
                parameters,
            )
            if _ruled_out(want, short, variant):
                self.not_offered.append(NotOffered(role, label, "the brief rules it out"))
                continue
            words = {**inputs, **parameters}
            problems: list[Problem] = []
            adds = None if option.adds is None else put_in(option.adds, words, problems)
            joins = None if option.joins is None else put_in(option.joins, words, problems)
            fill = None if option.fill is None else put_in(option.fill, words, problems)
            wrap = None if option.wrap is None else put_in(option.wrap, words, problems)
            self.problems.extend(problems)
            if problems:
                return
            unknown = sorted(
                fact for node in (adds, joins, fill, wrap) if node is not None
                for fact in facts_named(node) if fact not in self.given.facts
            )  # fmt: skip
            if unknown:
                self.not_offered.append(
                    NotOffered(role, label, f"no fact {', '.join(dict.fromkeys(unknown))} is stated")
                )
                continue
            yield replace(
                variant,
                title=_put_words(variant.title, words),
                adds=adds if isinstance(adds, MappingNode) else None,
                joins=joins if isinstance(joins, MappingNode) else None,
                fill=self._slots(fill),
                wrap=self._policies(wrap),
            )

    def _slots(self, node: Node | None) -> dict[str, tuple[Node, ...]]:
        found: dict[str, tuple[Node, ...]] = {}
        for key, value in node.entries if isinstance(node, MappingNode) else ():
            if isinstance(value, SequenceNode):
                found[key.value] = value.items
            else:
                self.problems.append(Problem(value.at, f"fill.{key.value}: expected a list of steps"))
        return found

    def _policies(self, node: Node | None) -> dict[str, MappingNode]:
        found: dict[str, MappingNode] = {}
        for key, value in node.entries if isinstance(node, MappingNode) else ():
            if isinstance(value, MappingNode):
                found[key.value] = value
            else:
                self.problems.append(Problem(value.at, f"wrap.{key.value}: expected policies"))
        return found

    def _conditions(
        self, forms: Mapping[str, tuple[RoleForm, Role]], full: Mapping[str, str], under: frozenset[Literal]
    ) -> None:
        """Exclusions from `when` and `not_with`, of roles and of options."""
        for form, role in forms.values():
            if form.when:
                arises = [
                    [(full[other], v) for v in forms[other][1].of_option(options)]
                    for other, options in form.when.items() if other in forms
                ]  # fmt: skip
                for answers in itertools.product(*arises):
                    self.exclusions.append(under | {*answers, (role.name, ABSENT)})
                for other, options in form.when.items():
                    self._only_if(
                        role.name,
                        [v.name for v in role.variants if v.name != ABSENT],
                        forms,
                        full,
                        other,
                        options,
                    )
            for option in form.options.values():
                own = list(role.of_option((option.name,)))
                for other, options in option.when.items():
                    self._only_if(role.name, own, forms, full, other, options)
                for other, options in option.not_with.items():
                    if other in forms:
                        for answer in forms[other][1].of_option(options):
                            self.exclusions.extend(
                                frozenset({(role.name, v), (full[other], answer)}) for v in own
                            )

    def _only_if(
        self, role: str, variants: list[str], forms: Mapping[str, tuple[RoleForm, Role]], full: Mapping[str, str],
        other: str, options: tuple[str, ...],
    ) -> None:  # fmt: skip
        if other not in forms:
            return
        target = forms[other][1]
        allowed = set(target.of_option(options))
        for answer in target.variants:
            if answer.name not in allowed:
                self.exclusions.extend(frozenset({(role, v), (full[other], answer.name)}) for v in variants)


def _put_words(text: str, words: Mapping[str, str]) -> str:
    scalar = Scalar(text, "'", "", 1, 1, 1, 1)
    put = put_in(scalar, words, [])
    return put.value if isinstance(put, Scalar) else text


def _answers(pattern: Pattern) -> frozenset[str]:
    """The answers to a pattern's own questions: `role=option`, `role=option/value` where it comes in variants."""
    return frozenset(
        f"{role}={'/'.join((option.name, *values))}"
        for role, form in pattern.roles.items()
        for option in form.options.values()
        for values in ((), *itertools.product(*option.each.values()))
    )


def _ruled_out(want: Want, role: str, variant: Variant) -> bool:
    """Whether `keep` or `refuse` of the want leaves this answer out (`role=option` or `role=variant`)."""
    kept = [entry.partition("=")[2] for entry in want.keep if entry.partition("=")[0] == role]
    refused = [entry.partition("=")[2] for entry in want.refuse if entry.partition("=")[0] == role]
    names = (variant.name, variant.option)
    return (bool(kept) and not any(n in kept for n in names)) or any(n in refused for n in names)
