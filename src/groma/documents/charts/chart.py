"""What a chart shows, apart from how it is drawn: points, lines, bars and targets, each with its ledger id.

Every datum is a `Datum`: a number for its place, the text a reader sees, and the ledger id both come from. Axes name
quantity and unit. A chart makes one statement; its caption (in `Picture`) says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.documents.inlines import Inlines


@dataclass(frozen=True, slots=True)
class Datum:
    """A value at its place: `value` in the axis unit, `text` as printed, `ref` its ledger id, bounds where known."""

    ref: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """A quantity and its unit; log for spans over decades. `percent` prints 0.25 as 25 %."""

    title: str
    unit: str = ""
    log: bool = False
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a front. `label` names a proposal; unlabelled points are the rest of the front."""

    x: Datum
    y: Datum
    label: Inlines = ()
    recommended: bool = False
    dominated: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """Candidates in two measures, the efficient ones joined by a step line, proposals named."""

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    x_target: Datum | None = None
    y_target: Datum | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A line through data with its band (from each datum's low and high); `x` pairs with `ys` in order."""

    label: str
    xs: tuple[Datum, ...]
    ys: tuple[Datum, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """One measure over another (cost over growth), for up to six series, with an optional limit."""

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    target: Datum | None = None
    target_label: str = "target"
    marks: tuple[tuple[Datum, Inlines], ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution as its cumulative curve: share of runs (0 to 1) within x, with percentiles and a target named."""

    x: Axis
    xs: tuple[float, ...]
    shares: tuple[float, ...]
    ref: str
    percentiles: tuple[tuple[str, Datum], ...] = ()
    target: Datum | None = None
    target_label: str = "target"


@dataclass(frozen=True, slots=True)
class Bar:
    """A named value; the `parts` of a stack come in the order of its series, `total` is printed at the end."""

    label: Inlines
    parts: tuple[Datum, ...]
    total: Datum | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars: a budget, a bill, efforts; longest first is the caller's order."""

    x: Axis
    bars: tuple[Bar, ...]
    target: Datum | None = None
    target_label: str = "budget"


@dataclass(frozen=True, slots=True)
class Stacked:
    """Horizontal bars of several parts, for up to six series told apart by colour and pattern."""

    x: Axis
    series: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Swing:
    """One input of a tornado: the measure with the input at its low and at its high end."""

    label: Inlines
    low: Datum
    high: Datum


@dataclass(frozen=True, slots=True)
class Tornado:
    """How far each unknown input moves a measure from its base, widest swing first (the caller's order)."""

    x: Axis
    base: Datum
    swings: tuple[Swing, ...]


@dataclass(frozen=True, slots=True)
class NeedGauge:
    """A need's figure with its interval against its target; `verdict` is a mark of its own in the ledger.

    `share`: figure and target are parts of one (availability, success), so distance is told by what is missing to one.
    """

    label: Inlines
    figure: Datum | None
    target: Datum
    sense: Literal["at most", "at least"]
    verdict: Literal["met", "missed", "undecided", "not shown"]
    verdict_ref: str
    share: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """All needs one above the other, each on its own scale with the target at the same place."""

    gauges: tuple[NeedGauge, ...]


Chart = Front | Lines | Distribution | Bars | Stacked | Tornado | Needs
