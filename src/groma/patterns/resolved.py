"""From a brief and patterns to a design space: the questions, their possible answers, and what rules what out.

Resolving is and-or: a wanted capability is given by one of the patterns for it; a pattern has roles, each played by one
of its options, in one of the option's variants (its parameters), and may want further capabilities. A question that
does not arise takes the answer `absent`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from groma.model.elements import Model, Want
from groma.model.grammar import Reader, did_you_mean, keys_of
from groma.model.load import model_of, tree
from groma.model.position import ModelError, Problem
from groma.model.source import Mapping as MappingNode
from groma.patterns.answers import answers_of, ruled_out, unknown_answers
from groma.patterns.conditions import conditions
from groma.patterns.described import FactForm
from groma.patterns.needed import asked_for, facts_of_base
from groma.patterns.pattern import Option, Pattern, RoleForm
from groma.patterns.space import ABSENT, Literal, NotOffered, Risk, Role, Space, Variant
from groma.patterns.trees import put_in
from groma.patterns.variants import variants_of

DEEPEST_WANTS = 8


def resolve(path: Path, patterns: Mapping[str, Pattern]) -> Space:
    """The design space of a brief. Raises ModelError with every problem found."""
    root = tree(path)
    return space_of(root, path.parent, patterns)


def space_of(root: MappingNode, folder: Path, patterns: Mapping[str, Pattern]) -> Space:
    """The design space of a brief's merged tree."""
    given = model_of(root, folder, {}, check=False)
    builder = _Builder(given, patterns)
    for want in given.wants.values():
        answers = builder.want(want, frozenset(), 0)
        builder.problems.extend(unknown_answers(want, answers))
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
    """What has been found of the design space so far, and what is wrong with the brief."""

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
        offered = {p.pattern: Variant(p.pattern, p.pattern, p.title, p.why) for p in fitting}
        left = [p for p in fitting if not ruled_out(want, "pattern", offered[p.pattern])] or fitting
        able = [p for p in left if not _absent(want, p)] or left
        for pattern in left:
            if pattern not in able:
                reason = f"the brief names no {', '.join(_absent(want, pattern))}"
                self.not_offered.append(NotOffered(name, pattern.pattern, reason))
        variants = tuple(offered[p.pattern] for p in able)
        self._add_role(Role(name, f"Which design for {want.capability}?", "", want.name, "", variants), under)
        answers = {f"pattern={pattern.pattern}" for pattern in fitting}
        for pattern in fitting:
            if pattern.pattern in {v.name for v in variants}:
                prefix = f"{want.name}.{pattern.pattern}"
                answers |= self._pattern(want, pattern, under | {(name, pattern.pattern)}, prefix, depth)
            else:
                answers |= answers_of(pattern)
        return frozenset(answers)

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
        absent = sorted(facts_of_base(pattern) - set(self.given.facts))
        if absent:
            told = asked_for(dict.fromkeys(absent, ()), pattern.facts)
            message = (
                f"wants.{want.name}: every design of `{pattern.pattern}` needs facts that aren't stated{told}"
            )
            self.problems.append(Problem(want.at, message))
        if pattern.base is not None:
            base = put_in(pattern.base, inputs, self.problems)
            assert isinstance(base, MappingNode)
            self.bases.append((under, base))
        full = {role: f"{prefix}.{role}" for role in pattern.roles}
        forms: dict[str, tuple[RoleForm, Role]] = {}
        for name, form in pattern.roles.items():
            variants = tuple(
                variant
                for option in form.options.values()
                for variant in self._variants_of(want, full[name], option, inputs, pattern.facts)
            )
            if not variants:
                told = self._nothing_left(full[name], pattern)
                message = f"wants.{want.name}: nothing is left for role `{name}` ({form.title}): {told}"
                self.problems.append(Problem(want.at, message))
                continue
            role = Role(full[name], form.title, form.why, want.name, pattern.pattern, variants)
            self._add_role(role, under, conditional=bool(form.when))
            forms[name] = (form, self.roles[-1])
        self.exclusions.extend(conditions(forms, full, under))
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
        return answers_of(pattern) | further

    def _nothing_left(self, role: str, pattern: Pattern) -> str:
        """Why no option of a role is offered; options (in all their variants) with one reason stand together."""
        reasons: dict[str, dict[str, None]] = {}
        missing: dict[str, dict[str, None]] = {}
        for left_out in self.not_offered:
            if left_out.role == role:
                option = left_out.option.partition("/")[0]
                for fact in left_out.missing:
                    missing.setdefault(fact, {})[option] = None
                if not left_out.missing:
                    reasons.setdefault(left_out.reason, {})[option] = None
        told = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
        if not missing:
            return told
        by_need = dict(sorted(missing.items(), key=lambda item: (-len(item[1]), item[0])))
        facts = (
            f"an option needs all of its facts, and these aren't stated{asked_for(by_need, pattern.facts)}"
        )
        return f"{told}; {facts}" if told else facts

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
        missing = _absent(want, pattern)
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
        self, want: Want, role: str, option: Option, inputs: Mapping[str, str], forms: Mapping[str, FactForm]
    ) -> Iterator[Variant]:
        for found in variants_of(want, role, option, inputs, self.given.facts, forms):
            match found:
                case Variant():
                    yield found
                case NotOffered():
                    self.not_offered.append(found)
                case Problem():
                    self.problems.append(found)


def _absent(want: Want, pattern: Pattern) -> list[str]:
    """Inputs that a pattern can't do without and that the brief doesn't give."""
    return [
        name for name, given in pattern.inputs.items()
        if name not in want.with_ and given.default is None and not given.optional
    ]  # fmt: skip
