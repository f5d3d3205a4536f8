"""Questions whose answers make a brief: what is asked, why, what is taken when nothing is said, what can't be right.

The questions follow Robertson and Robertson, "Mastering the Requirements Process" (fit criteria: every need has a
measure and a number): first what the system is for, then the capability, then what the pattern for it has to be told,
then the needs, then facts of the client's own. Later questions depend on earlier answers, so they are made one at a
time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from groma.cli.brief_facts import Asked, asked, foreign
from groma.model.grammar import CURRENCY, DATE, NAME, did_you_mean
from groma.model.quantity import Quantity, read_quantity
from groma.model.source import Scalar
from groma.patterns import FactForm, Pattern

Answers = dict[str, str]
FACT = "fact."
"""Begins the key of an answer that states a fact."""
EXCHANGE = "exchange."
"""Begins the key of an answer that says what a foreign currency is worth."""


@dataclass(frozen=True, slots=True)
class Question:
    """`key` names the answer in an answers file; `default` None: it must be answered; `wrong` says what is wrong."""

    key: str
    text: str
    why: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    wrong: Callable[[str], str | None] = lambda _: None


def next_question(answers: Mapping[str, str], library: Mapping[str, Pattern]) -> Question | None:
    """The first question that isn't answered yet, None when all are."""
    return next((q for q in questions(answers, library) if q.key not in answers), None)


def questions(answers: Mapping[str, str], library: Mapping[str, Pattern]) -> Iterator[Question]:
    """All questions that these answers leave to be asked or have answered, in order."""
    yield Question("system", "What is the system called?", "it stands on every document", wrong=_said)
    yield Question(
        "problem", "What is asked, in a sentence or two?", "the documents begin with it: the client's own words",
        wrong=_said,
    )  # fmt: skip
    yield Question(
        "currency", "Which currency is money counted in?", "bills are added up in it", "EUR", wrong=_currency
    )
    capabilities = tuple(sorted({pattern.gives for pattern in library.values()}))
    yield Question(
        "capability",
        "What shall it do?",
        "patterns are found by it",
        choices=capabilities,
        wrong=_one_of(capabilities),
    )
    if "capability" not in answers:
        return
    yield from _inputs(answers["capability"], library)
    yield from _needs(answers)
    yield from _facts(answers, library)


def inputs_of(capability: str, library: Mapping[str, Pattern]) -> dict[str, tuple[str, str | None, bool]]:
    """What patterns for a capability have to be told: name -> (title, default, optional).

    An input is optional where one of the patterns does without it.
    """
    fitting = [pattern for _, pattern in sorted(library.items()) if pattern.gives == capability]
    found: dict[str, tuple[str, str | None, bool]] = {}
    for pattern in fitting:
        for name, given in pattern.inputs.items():
            free = given.optional or given.default is not None or any(name not in p.inputs for p in fitting)
            before = found.get(name)
            title = given.title if before is None or len(given.title) > len(before[0]) else before[0]
            found[name] = (title, given.default, free or (before is not None and before[2]))
    return found


def _inputs(capability: str, library: Mapping[str, Pattern]) -> Iterator[Question]:
    for name, (title, default, optional) in inputs_of(capability, library).items():
        text = f"{name}: {title}?"
        if "CSV" in title:
            yield Question(
                f"with.{name}", text, "the pattern needs it; a file beside the brief", default, wrong=_said
            )
        elif re.search(r"in the mean|in the busiest|how often", title):
            yield Question(
                f"with.{name}",
                text,
                "a rate such as `40/min`; capacity and the bill follow from it",
                default,
                wrong=_rate,
            )
        elif re.match(r"how many\b", title):
            yield Question(f"with.{name}", text, "a number such as `3`", default, wrong=_quantity("any"))
        elif default is not None:
            yield Question(f"with.{name}", text, "the pattern needs it", default)
        else:
            wrong = _name_or_nothing if optional else _name_or_call
            yield Question(
                f"with.{name}",
                text,
                "a name; it becomes an element of the brief",
                "" if optional else None,
                wrong=wrong,
            )


def _needs(answers: Mapping[str, str]) -> Iterator[Question]:
    currency = answers.get("currency", "EUR")
    yield Question(
        "need.cost", f"What may it cost a month, such as `9000 {currency}/month`? (nothing: no limit)",
        "without a limit the designer can only trade, not rule out", "", wrong=_money_or_nothing,
    )  # fmt: skip
    yield Question(
        "need.places", "Where may personal data be, such as `EU`? (nothing: anywhere)",
        "options elsewhere are ruled out before anything is worked out", "",
    )  # fmt: skip


def _facts(answers: Mapping[str, str], library: Mapping[str, Pattern]) -> Iterator[Question]:
    """Rates of exchange, whether facts are asked for one by one, as of when, and each: first what isn't usual."""
    own = answers.get("currency", "EUR")
    for code in foreign(answers["capability"], library, own):
        yield Question(
            f"{EXCHANGE}{code}", f"What is 1 {code} worth, in {own}? (nothing: unknown)",
            f"some prices are in {code} and don't count without it; your bank says", "", wrong=_money_in(own),
        )  # fmt: skip
    facts = asked(answers["capability"], library)
    if facts:
        yield Question(
            "facts", f"Shall your own figures be asked for one by one ({len(facts)} of them, each may be left out)?",
            "what isn't answered is left in the brief with a remark on what it is", "no", ("no", "yes"),
            wrong=_one_of(("no", "yes")),
        )  # fmt: skip
    wanted = answers.get("facts") == "yes"
    yield Question(
        "date", "As of which day or month?", "it stands on the brief and beside each figure of yours",
        None if wanted else "", wrong=_date if wanted else _date_or_nothing,
    )  # fmt: skip
    if wanted:
        for fact in sorted(facts, key=lambda each: each.form is not None and each.form.usual is not None):
            yield _fact(fact)


def _fact(fact: Asked) -> Question:
    form = fact.form
    if form is None:
        return Question(
            f"{FACT}{fact.name}", f"{fact.name}?", f"for {fact.needed_for}", "", wrong=_any_or_nothing
        )
    usual = f"usual: {form.usual.text}" if form.usual is not None else f"written such as `{form.like.text}`"
    why = "; ".join(part for part in (usual, form.ask, "nothing: left out") if part)
    return Question(f"{FACT}{fact.name}", f"{form.title}?", why, "", wrong=_like(form))


def _said(answer: str) -> str | None:
    return None if answer.strip() else "it can't be left out"


def _currency(answer: str) -> str | None:
    return None if CURRENCY.fullmatch(answer) else "expected three capital letters such as EUR"


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str | None]:
    def wrong(answer: str) -> str | None:
        return None if answer in choices else f"expected one of those above{did_you_mean(answer, choices)}"

    return wrong


def _quantity(dimension: str) -> Callable[[str], str | None]:
    def wrong(answer: str) -> str | None:
        found = read_quantity(Scalar(answer, "'", "", 1, 1, 1, 1), (dimension,))
        return None if isinstance(found, Quantity) else getattr(found, "message", "expected a quantity")

    return wrong


def _rate(answer: str) -> str | None:
    return _quantity("rate")(answer)


def _date(answer: str) -> str | None:
    return None if DATE.fullmatch(answer) else "expected a day or a month such as 2026-11-21 or 2026-11"


def _date_or_nothing(answer: str) -> str | None:
    return _date(answer) if answer else None


def _any_or_nothing(answer: str) -> str | None:
    return _quantity("any")(answer) if answer else None


def _like(form: FactForm) -> Callable[[str], str | None]:
    """What is wrong with an answer that should be written as the example of a fact."""

    def wrong(answer: str) -> str | None:
        if not answer:
            return None
        found = read_quantity(Scalar(answer, "'", "", 1, 1, 1, 1))
        if isinstance(found, Quantity) and found.unit.dimension == form.like.unit.dimension:
            return None
        return f"expected an amount such as `{form.like.text}`, found `{answer}`"

    return wrong


def _money_in(currency: str) -> Callable[[str], str | None]:
    def wrong(answer: str) -> str | None:
        if not answer:
            return None
        found = read_quantity(Scalar(answer, "'", "", 1, 1, 1, 1), ("money",))
        if isinstance(found, Quantity) and found.unit.currency == currency:
            return None
        return f"expected an amount such as `0.90 {currency}`, found `{answer}`"

    return wrong


def _money_or_nothing(answer: str) -> str | None:
    return _quantity("money/time")(answer) if answer else None


def _name_or_call(answer: str) -> str | None:
    parts = answer.split(".")
    good = len(parts) <= 2 and all(NAME.fullmatch(part) for part in parts)
    return None if good else "expected a name: letters, digits, `_`, `-`"


def _name_or_nothing(answer: str) -> str | None:
    return _name_or_call(answer) if answer else None
