"""The facts of a new brief: what is usual is stated, what only the client knows is left as remarks to be filled in.

A remark that is a fact begins with `#` right before its name, so that taking the `#` away is enough; other remarks have
a blank after it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.model.source import Mapping as MappingNode
from groma.model.source import Scalar
from groma.model.yamltext import Value, entry
from groma.patterns import FactForm, Pattern, uses
from groma.patterns.trees import scalars

WIDTH = 110
MOST_QUESTIONS = 3
"""Questions of a design that a heading names as waiting for a fact; the others are counted."""
EVERY_DESIGN = "every design"
SAID = "answer to groma new"
NO_DATE = "YYYY-MM"


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that some pattern of the brief asks for; `form` None: nothing says what it is."""

    name: str
    form: FactForm | None
    needed_for: str
    """Which choices of the design wait for it, in words."""


def asked(capability: str, library: Mapping[str, Pattern]) -> list[Asked]:
    """The facts that designs of a capability may ask for: those that all need first, then by their questions."""
    forms: dict[str, FactForm] = {}
    always: dict[str, None] = {}
    waiting: dict[str, dict[str, None]] = {}
    for pattern in _reached(capability, library):
        forms |= dict(pattern.facts)
        for use in uses(pattern).values():
            needs = waiting.setdefault(use.fact, {})
            if use.always:
                always[use.fact] = None
            for role, options in use.options.items():
                needs[_question(pattern, role, options)] = None
    return [
        *(Asked(fact, forms.get(fact), EVERY_DESIGN) for fact in always),
        *(
            Asked(fact, forms.get(fact), _words(needs))
            for fact, needs in waiting.items()
            if fact not in always
        ),
    ]


def foreign(capability: str, library: Mapping[str, Pattern], own: str) -> list[str]:
    """Other currencies in which designs of a capability may be priced; products of the catalog are in USD."""
    found: set[str] = set()
    for pattern in _reached(capability, library):
        found |= {form.like.unit.currency or own for form in pattern.facts.values()}
        options = (option for role in pattern.roles.values() for option in role.options.values())
        if any(
            scalar.value == "product" for o in options if o.adds is not None for scalar in scalars(o.adds)
        ):
            found.add("USD")
    return sorted(found - {own})


def _question(pattern: Pattern, role: str, options: tuple[str, ...]) -> str:
    """A question with the answers that wait for a fact."""
    form = pattern.roles[role]
    if len(options) == len(form.options):
        return f"{form.title} (every answer)"
    titles = [_title(pattern, role, option) for option in options]
    return f"{form.title} ({' / '.join(titles)})"


def _title(pattern: Pattern, role: str, option: str) -> str:
    title = pattern.roles[role].options[option].title
    return option if not title or "${" in title else title


def _words(questions: Mapping[str, None]) -> str:
    told = list(questions)[:MOST_QUESTIONS]
    more = len(questions) - len(told)
    return "; ".join(told) + (f"; and {more} more question{'' if more == 1 else 's'}" if more else "")


def facts_text(facts: list[Asked], said: Mapping[str, str], date: str) -> str:
    """The section `facts:` of a brief, with what was `said` of some of them; nothing where no fact is asked for."""
    if not facts:
        return ""
    own = [fact for fact in facts if said.get(fact.name)]
    usual = [
        fact for fact in facts if fact not in own and fact.form is not None and fact.form.usual is not None
    ]
    left = [fact for fact in facts if fact not in own and fact not in usual]
    lines = [
        "",
        *_remark(
            "What no table holds. An option of a design is offered when all of its facts are stated.", ""
        ),
    ]
    lines.append("facts:")
    if own:
        lines += [
            "",
            *_remark(
                "What you said. Where you know only a range, put `known: 5 min .. 7 min` beside a value."
            ),
        ]
        for fact in own:
            lines += _stated(fact, {"value": said[fact.name], "source": SAID, "date": date})
    if usual:
        lines += ["", *_remark("Usual ranges: put your own in their place."), ""]
        for fact in usual:
            lines += _stated(fact, _usual(fact.form)) if fact.form is not None else []
    if left:
        lines += ["", *_remark(FILL_IN)]
        lines += _left(left, date or NO_DATE)
    return "\n".join(lines) + "\n"


HEAD = "What no table holds. An option of a design is offered when all of its facts are stated."
FILL_IN = (
    "Only you can say these. The numbers show how each is written and are nobody's. Take the # away, put your own "
    "number, and say where it is from and as of when. Where you know only a range, add `known: LOW .. HIGH`."
)


def _usual(form: FactForm) -> dict[str, Value]:
    """What is usual as a fact: the typical value in its range, or what is published as it is."""
    usual = form.usual
    assert usual is not None
    known: dict[str, Value] = {"exact": True} if usual.known is None else {"known": usual.text}
    note: dict[str, Value] = {"note": form.note} if form.note else {}
    return {"value": form.like.text, **known, "source": form.source, "date": form.date, **note}


def _stated(fact: Asked, value: Mapping[str, Value]) -> list[str]:
    title = [] if fact.form is None else _remark(fact.form.title)
    return [*title, *entry(fact.name, value, 2)]


def _left(facts: list[Asked], date: str) -> Iterator[str]:
    """Facts as remarks, under headings of what waits for them."""
    groups: dict[str, list[Asked]] = {}
    for fact in facts:
        groups.setdefault(fact.needed_for, []).append(fact)
    for needed_for, several in groups.items():
        yield ""
        yield from _remark(f"--- For: {needed_for}")
        for fact in several:
            like = "unknown"
            if fact.form is not None:
                like = fact.form.like.text
                yield from _remark(fact.form.title + (f" [{fact.form.ask}]" if fact.form.ask else ""))
            value = {"value": like, "source": "own figure", "date": date}
            (line,) = entry(fact.name, value, 0)
            yield f"  #{line}"


def _remark(text: str, pad: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"{pad}# ", subsequent_indent=f"{pad}# ", break_long_words=False
    )


def _reached(capability: str, library: Mapping[str, Pattern]) -> list[Pattern]:
    """The patterns for a capability and for what those want further, by name."""
    found: dict[str, Pattern] = {}
    todo = [capability]
    while todo:
        wanted = todo.pop()
        for name, pattern in library.items():
            if pattern.gives == wanted and name not in found:
                found[name] = pattern
                todo += [further.value for further in _capabilities(pattern)]
    return [found[name] for name in sorted(found)]


def _capabilities(pattern: Pattern) -> Iterator[Scalar]:
    for _, want in pattern.wants.entries if pattern.wants is not None else ():
        named = want.get("capability") if isinstance(want, MappingNode) else None
        if isinstance(named, Scalar):
            yield named
