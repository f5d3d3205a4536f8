"""What a study says, as tables: how figures spread, which facts move them, how much load they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groma.cli.table import Column

if TYPE_CHECKING:
    from groma.cli.console import Console
    from groma.model.figure import Figure, Ledger

KINDS = frozenset({"chance", "envelope", "spread", "swing", "variance"})
MOST_FACTS = 3


def study_of(ledger: Ledger) -> list[Figure]:
    """The figures that a study adds."""
    return [figure for figure in ledger if figure.name.partition("/")[0] in KINDS]


def tell_study(console: Console, ledger: Ledger) -> None:
    """The tables of a study; a sentence where nothing hangs on a range."""
    from groma.documents.quote import figure_text

    spread = [
        f.name.removeprefix("spread/").removesuffix("/most") for f in ledger if _is(f, "spread", "most")
    ]
    if not spread:
        console.say("\nno figure that a need or wish asks for hangs on a fact that is only known to a range")
    else:
        console.say(
            "\nover what isn't known better, if stated values are the likeliest and facts independent"
        )
        rows = [
            (
                m,
                _interval(ledger[m]),
                figure_text(ledger[f"spread/{m}/most"]),
                _chances(ledger, m),
                _facts(ledger, m),
            )
            for m in spread
        ]
        columns = ("figure", "in any case", "nine in ten", "need met", "moved most by")
        console.table([Column(name) for name in columns], rows)
    stood = [need for need in ledger.needs if f"envelope/{need.need}/met" in ledger]
    if stood:
        console.say("\nload that is stood, as times that of the busiest hour")
        rows = [
            (n.need, *(_up_to(ledger[f"envelope/{n.need}/{k}"]) for k in ("met", "shown"))) for n in stood
        ]
        console.table([Column(name) for name in ("need", "met up to", "shown up to")], rows)


def _is(figure: Figure, kind: str, last: str) -> bool:
    return figure.name.startswith(f"{kind}/") and figure.name.endswith(f"/{last}")


def _interval(figure: Figure) -> str:
    """Both guaranteed ends, however near they are."""
    from dataclasses import replace

    from groma.documents.quote import figure_text

    return figure_text(figure if figure.exact else replace(figure, value=None))


def _chances(ledger: Ledger, measure: str) -> str:
    from groma.documents.quote import figure_text

    chances = [n for n in ledger.needs if n.figure == measure and f"chance/{n.need}" in ledger]
    return ", ".join(figure_text(ledger[f"chance/{n.need}"]) for n in chances)


def _facts(ledger: Ledger, measure: str) -> str:
    """The facts that swing a figure most, with their share of its variance where that is known."""
    from groma.documents.quote import figure_text

    start = f"swing/{measure}/"
    names = [
        f.name.removeprefix(start).removesuffix("/low")
        for f in ledger
        if f.name.startswith(start) and _is(f, "swing", "low")
    ]
    told: list[str] = []
    for name in names[:MOST_FACTS]:
        share = ledger.figures.get(f"variance/{measure}/{name}/all")
        told.append(name.partition("/")[2] + (f" ({figure_text(share)})" if share is not None else ""))
    return ", ".join(told) or "nothing"


def _up_to(figure: Figure) -> str:
    if figure.high is None:
        return f"at least {figure.low:g}"
    return f"{figure.low:.3g}" if figure.low else "no load tried"
