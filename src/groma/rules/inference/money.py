"""Where a rule of this group is about one figure of money: its check, so that each rule only says what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groma.model.figure import Figure
from groma.model.printed import format_quantity
from groma.rules.rule import Hit, Look
from groma.rules.subject import Subject

Say = Callable[[str], tuple[str, str]]


def looked(
    subject: Subject,
    section: str,
    names: Iterable[str],
    part: str,
    say: Say,
    wrong: Callable[[Figure], bool | None],
) -> Look:
    """One figure `inference/NAME/part` of each; `wrong` says True (certainly), False (no) or None (probably).

    Subjects whose figure isn't shown aren't counted, nor is their figure entered.
    """
    from groma.analyses import figure as figure_of

    count, hits = 0, list[Hit]()
    scratch = subject.context.with_partial({})
    for name in names:
        measure = f"inference/{name}/{part}"
        if figure_of(scratch, measure).value is None:
            continue
        count, figure = count + 1, subject.figure(measure)
        found = wrong(figure)
        if found is False:
            continue
        element = getattr(subject.model, section)[name]
        title, text = say(element.title or name)
        amount = (
            format_quantity(abs(figure.value or 0.0), figure.unit)
            if figure.unit != "1"
            else f"{figure.value:.1%}"
        )
        hits.append(
            Hit(
                f"{section}.{name}", title, f"{text}: {amount}", element.at,
                figures=(figure.name,), confidence="certain" if found else "likely",
            )
        )  # fmt: skip
    return Look(count, tuple(hits))


def above(least: float) -> Callable[[Figure], bool | None]:
    """Wrong where the figure is above: certainly if its low end is."""

    def wrong(figure: Figure) -> bool | None:
        if figure.value is None or figure.value <= least:
            return False
        return True if figure.low is not None and figure.low > least else None

    return wrong


def below_zero(figure: Figure) -> bool | None:
    """Wrong where the figure is negative: certainly if its high end is."""
    if figure.value is None or figure.value >= 0.0:
        return False
    return True if figure.high is not None and figure.high < 0.0 else None
