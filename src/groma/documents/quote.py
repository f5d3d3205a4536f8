"""The only way a number of a design is printed: a quote of the ledger, rounded to what its interval supports.

A point is printed where the interval is at most a fifth of the value wide, else a range; what isn't known is said in
words, never as a number. The `Quoter` remembers what was quoted, so that every quote gets its derivation
(`derivations`), and enters amounts of the model that documents show although no figure was made from them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from groma.documents.inlines import Inlines, Quote, line
from groma.model.figure import Figure, Input, Ledger, NeedResult, Target
from groma.model.printed import format_quantity, format_range
from groma.model.quantity import Quantity, Unknown

DESIGN = "design"
"""The ledger id of everything that stands on a page because the design is as it is: parts, steps, choices."""

WIDEST = 0.2
"""An interval wider than this share of its value is printed as a range."""

SAME = 1e-6
"""Ends nearer to each other than this share of the value are one point, apart by rounding of floats only."""

SHARES = frozenset(
    {
        "availability",
        "alone",
        "chance",
        "copies",
        "cutset",
        "error_budget",
        "goodput",
        "headroom",
        "load",
        "quality",
        "recall",
        "success",
        "utilisation",
        "variance",
    }
)
"""Kinds of measure that are shares of one where they carry no unit."""

NEAR_ONE = frozenset({"availability", "success"})
"""Kinds of measure of which the distance from one is what counts."""

SHARES_OF_PARTS = frozenset(
    {
        "birnbaum",
        "fussell_vesely",
        "diagnostic",
        "differential",
        "share",
        "throttled",
        "commitment",
        "overflow",
        "stuck",
    }
)
"""Last words of measures that are shares."""


class Quoter:
    """Quotes one design: its own ledger, extended by what the documents add. `used` are the refs quoted so far."""

    def __init__(self, ledger: Ledger, *more: Ledger) -> None:
        self.ledger = ledger.extended(())
        for other in more:
            self.join(other)
        self.used: dict[str, str] = {}
        self.needs = {result.need: result for result in self.ledger.needs}

    def join(self, other: Ledger) -> None:
        """What another ledger has and this one hasn't."""
        for given in other.inputs.values():
            self.ledger.enter(given)
        for figure in other:
            if figure.name not in self.ledger:
                self.ledger.write(figure)

    def say(self, ref: str, text: str) -> Quote:
        """`text` as a quote of `ref`; for words that depend on it (a verdict, a name)."""
        self.used.setdefault(ref, text)
        return Quote(ref, text)

    def figure(self, name: str, like: str = "") -> Quote:
        """The figure as a person reads it; `like` names the measure it is one of, where its own name doesn't say."""
        return self.say(name, figure_text(self.ledger.figures.get(name), like))

    def monthly(self, name: str) -> Quote:
        """A figure of a month where the words around it say so already."""
        return self.say(name, figure_text(self.ledger.figures.get(name)).removesuffix(" a month"))

    def difference(self, name: str) -> Quote:
        """A figure that is a difference, without its sign: the sentence says more or less."""
        figure = self.ledger.figures.get(name)
        if figure is None or figure.value is None:
            return self.figure(name)
        unit, scale = printed_unit(figure)
        return self.say(name, spoken(format_quantity(abs(figure.value) * scale, unit)))

    def ratio(self, ref: str, value: float) -> Quote:
        """A share or factor worked out from figures when the sentence was written, under the ref it belongs to."""
        return self.say(ref, share_text(value))

    def low(self, name: str) -> Quote:
        return self._end(name, upper=False)

    def high(self, name: str) -> Quote:
        return self._end(name, upper=True)

    def _end(self, name: str, *, upper: bool) -> Quote:
        figure = self.ledger.figures.get(name)
        end = None if figure is None else figure.high if upper else figure.low
        if figure is None or end is None or not math.isfinite(end):
            return self.say(name, "not shown")
        unit, scale = printed_unit(figure)
        return self.say(name, spoken(format_quantity(end * scale, unit)))

    def input(self, name: str) -> Quote:
        """An input of the ledger as it is written in the model."""
        given = self.ledger.inputs.get(name)
        return self.say(name, "not shown" if given is None else given.text)

    def choice(self, role: str) -> Quote:
        """The answer taken to a question of the design."""
        return self.figure(f"choice/{role}")

    def amount(self, path: str, amount: Quantity | Unknown | None) -> Inlines:
        """An amount that stands in the model, entered as an input; nothing where nothing is stated."""
        if amount is None:
            return ()
        if isinstance(amount, Unknown):
            return line("not known")
        known = amount.known or (None, None)
        name = f"fact/{amount.fact}" if amount.fact else f"model/{path}"
        given = Input(
            name, amount.text, str(amount.at), amount.source or "", amount.date or "", known[0], known[1]
        )
        self.ledger.enter(given)
        return line(self.say(name, amount.text))

    def count(self, name: str, title: str, number: int, source: str) -> Quote:
        """A number of parts of the model, entered as a figure (`count/...`)."""
        value = float(number)
        if f"count/{name}" not in self.ledger:
            self.ledger.write(
                Figure(f"count/{name}", title, "1", value, value, value, method="counted", reason=source)
            )
        return self.say(f"count/{name}", str(number))

    def verdict(self, result: NeedResult) -> Quote:
        return self.say(f"need/{result.need}", result.verdict)

    def target(self, result: NeedResult) -> Quote:
        unit = self.ledger[result.figure].unit if result.figure in self.ledger else "1"
        return self.say(f"need/{result.need}/target", target_text(result.target, unit))

    def margin(self, result: NeedResult) -> Inlines:
        """How much of the target is left; nothing where that isn't a number."""
        figure = self.ledger.figures.get(result.figure)
        if figure is None or figure.words is not None or result.target.value is None:
            return ()
        margin = result.margin_low if result.margin_low is not None else result.margin
        if margin is None or not math.isfinite(margin):
            return ()
        return line(self.say(f"need/{result.need}/margin", margin_text(figure, result, margin)))

    def shown(self, name: str) -> bool:
        """Whether the ledger can say anything of this figure."""
        return name in self.ledger and self.ledger[name].status != "not shown"

    def named(self, prefix: str) -> tuple[Figure, ...]:
        """Figures whose name starts with `prefix`, in the ledger's order."""
        return tuple(figure for figure in self.ledger if figure.name.startswith(prefix))

    def exact(self, name: str) -> Quote:
        """An amount to be reckoned with: its value as it stands, whatever its interval would support."""
        figure = self.ledger.figures.get(name)
        if figure is None or figure.value is None:
            return self.figure(name)
        return self.say(name, figure_text(replace(figure, low=figure.value, high=figure.value)))

    def ends(self, name: str) -> Quote:
        """A figure from end to end, however narrow its interval is."""
        figure = self.ledger[name]
        if figure.low is None or figure.high is None or figure.exact:
            return self.figure(name)
        return self.say(name, figure_text(replace(figure, value=None)))

    def listed(self, names: Iterable[str]) -> Inlines:
        """Figures in a row, separated by commas."""
        parts: list[Inlines] = []
        for name in names:
            parts.append(line(", " if parts else "", self.figure(name)))
        return line(*parts)


def figure_text(figure: Figure | None, like: str = "") -> str:
    """A figure as text: words, a point, a range, a bound, or that it can't be shown."""
    if figure is None:
        return "not shown"
    if figure.words is not None:
        return figure.words
    if figure.disputed and figure.second is not None:
        other = figure.second
        first = figure_text(replace(figure, disputed=""), like)
        second = figure_text(
            replace(figure, value=other.value, low=other.low, high=other.high, disputed=""), like
        )
        return f"{first} or {second} (disputed)"
    unit, scale = printed_unit(figure, like)
    low, high, value = (
        None if end is None else end * scale for end in (figure.low, figure.high, figure.value)
    )
    if low is not None and high is not None and math.isfinite(low) and math.isfinite(high):
        if value is not None and high - low <= WIDEST * _counted(figure, like, abs(value), scale):
            known_apart = high - low > SAME * abs(value)
            return spoken(format_quantity(value, unit, (low, high) if known_apart else None))
        return spoken(format_range(low, high, unit).replace("–", " to "))
    if low is not None and math.isfinite(low) and (low > 0 or value is None):
        return "at least " + spoken(format_quantity(low, unit))
    if high is not None and math.isfinite(high):
        return "at most " + spoken(format_quantity(high, unit))
    if value is not None and math.isfinite(value):
        return spoken(format_quantity(value, unit))
    return "not shown"


def _counted(figure: Figure, like: str, value: float, one: float) -> float:
    """What an interval is wide or narrow against: the value, or its distance from `one` where that is what counts."""
    near_one = not NEAR_ONE.isdisjoint((like or figure.name).split("/"))
    return min(value, one - value) if near_one and figure.unit == "1" and value < one else value


def printed_unit(figure: Figure, like: str = "") -> tuple[str, float]:
    """The unit a figure is printed in and how many of it one of the figure's own is: shares are printed in percent."""
    name = like or figure.name
    share = figure.unit == "1" and (
        name.split("/")[0] in SHARES
        or name.rpartition("/")[2] in SHARES_OF_PARTS
        or any(f"/{kind}/" in name for kind in SHARES)
    )
    return ("%", 100.0) if share else (figure.unit, 1.0)


def spoken(text: str) -> str:
    """`310.00 EUR/month` as a sentence says it: `310 EUR a month`."""
    text = text.replace(".00 ", " ").replace("to -", "to −")
    text = f"−{text[1:]}" if text.startswith("-") else text
    for unit in ("month", "year"):
        if text.endswith(f"/{unit}") and " " in text:
            return f"{text.removesuffix(f'/{unit}')} a {unit}"
    return text


def target_text(target: Target, unit: str) -> str:
    """What a need asks, as it was written where that is known."""
    if target.text:
        return spoken(target.text.partition(" (")[0].removeprefix("is "))
    if target.words:
        return ", ".join(target.words)
    return "" if target.value is None else spoken(format_quantity(target.value, unit))


def margin_text(figure: Figure, result: NeedResult, margin: float) -> str:
    """The distance from the target: `12 % to spare`, `8 % over`, `5.9 times what is allowed`."""
    if abs(margin) < 0.005:
        return "just met" if result.verdict == "met" else "at the target"
    at_worst = "" if result.verdict in ("met", "missed") else " at worst"
    if margin > 0:
        return f"{share_text(margin)} to spare{at_worst}"
    if result.target.sense == "at_least" and figure.name.split("/")[0] not in ("availability", "success"):
        return (f"{share_text(-margin)} short" if margin > -1 else "far short") + at_worst
    if margin <= -1:
        return f"{1 - margin:.2g} times what is allowed{at_worst}"
    return f"{share_text(-margin)} over{at_worst}"


def share_text(value: float) -> str:
    """A share for a sentence: two digits, so that it doesn't claim more than figures support."""
    percent = value * 100
    if percent >= 99.5:
        return f"{percent:.0f} %"
    return f"{percent:.0f} %" if percent >= 9.5 else f"{percent:.1g} %"
