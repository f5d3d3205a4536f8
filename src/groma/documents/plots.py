"""Charts of a design from its ledger, each captioned with what it shows; None where there is nothing to see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from groma.documents.charts.chart import Axis, Bar, Bars, Datum, Front, Lines, Mark, NeedGauge, Needs, Series
from groma.documents.content import Picture
from groma.documents.inlines import Inlines, line
from groma.documents.measures_in_words import measure_title
from groma.documents.quote import Quoter, figure_text, share_text
from groma.model.elements import Model
from groma.model.figure import Figure, NeedResult

MOST_BARS = 12


def datum(figure: Figure, value: float | None = None) -> Datum | None:
    """A figure as a datum, at its nominal value or the middle of its range; None where it can't be placed."""
    low, high = figure.low, figure.high
    at = value if value is not None else figure.value
    if at is None and low is not None and high is not None:
        at = (low + high) / 2
    if at is None or not math.isfinite(at):
        return None
    bounded = (
        low is not None and high is not None and math.isfinite(low) and math.isfinite(high) and low < high
    )
    return Datum(figure.name, at, figure_text(figure), low if bounded else None, high if bounded else None)


def needs_chart(quoter: Quoter, model: Model, ident: str) -> Picture | None:
    """Needs that are numbers, each on its own scale with the target at the same place."""
    gauges: list[NeedGauge] = []
    for result in quoter.ledger.needs:
        gauge = _gauge(quoter, result)
        if gauge is not None:
            gauges.append(gauge)
    if len(gauges) < 2:
        return None
    missed = [g for g in gauges if g.verdict == "missed"]
    tight = [
        r
        for r in quoter.ledger.needs
        if r.verdict == "met" and r.target.value is not None and r.margin is not None
    ]
    if missed:
        words = line(
            quoter.say(missed[0].verdict_ref, need_title(model, missed[0].verdict_ref)), " misses its target."
        )
    elif tight:
        nearest = min(tight, key=lambda r: r.margin_low if r.margin_low is not None else r.margin or 0.0)
        ref = f"need/{nearest.need}"
        words = line(
            quoter.say(ref, need_title(model, ref)),
            " has the least to spare: ",
            quoter.figure(nearest.figure),
            " where ",
            quoter.target(nearest),
            " is asked.",
        )
    else:
        words = line("No need that is a number is known to be met yet.")
    return Picture(ident, Needs(tuple(gauges)), words, line("Needs against their targets"))


def _gauge(quoter: Quoter, result: NeedResult) -> NeedGauge | None:
    figure = quoter.ledger.figures.get(result.figure)
    if result.target.value is None or result.target.sense not in ("at_most", "at_least") or figure is None:
        return None
    quoter.target(result)
    target = Datum(f"need/{result.need}/target", result.target.value, bare_target(quoter, result))
    verdict = "undecided" if result.verdict == "disputed" else result.verdict
    name = quoter.say(f"need/{result.need}/target", result.need.replace("_", " "))
    quoter.verdict(result)
    sense = "at most" if result.target.sense == "at_most" else "at least"
    share = figure.unit == "1" and figure.name.split("/")[0] in ("availability", "success")
    return NeedGauge(line(name), datum(figure), target, sense, verdict, f"need/{result.need}", share)


def bare_target(quoter: Quoter, result: NeedResult) -> str:
    """The target's value alone, where the picture says `at most` itself."""
    text = quoter.target(result).text
    return text.removeprefix("at most ").removeprefix("at least ")


def need_title(model: Model, ref: str) -> str:
    """A need by its name, as it opens a sentence."""
    words = need_name(model, ref)
    return words[:1].upper() + words[1:]


def need_name(model: Model, ref: str) -> str:
    """A need by its name within a sentence; a place it names keeps its capitals."""
    name = ref.removeprefix("need/").partition("/")[0]
    need = model.needs.get(name)
    places = {place.lower(): place for place in (need.within if need else ())}
    return " ".join(places.get(word, word) for word in name.replace("_", " ").split(" "))


def bill_chart(
    quoter: Quoter, names: Iterable[str], titles: Sequence[str], ident: str, what: str
) -> Picture | None:
    """A bill by its lines, longest first; the rest is added up in the last bar's caption."""
    found = [(t, quoter.ledger[n]) for n, t in zip(names, titles, strict=True) if quoter.shown(n)]
    data = [(t, f, d) for t, f in found if (d := datum(f)) is not None and d.value > 0]
    data.sort(key=lambda each: (-each[2].value, each[0]))
    if len(data) < 2:
        return None
    whole = sum(d.value for _, _, d in data)
    first = data[0]
    ref = first[1].name
    caption = line(
        quoter.say(ref, first[0]),
        " takes ",
        quoter.say(ref, share_text(first[2].value / whole)),
        f" of {what}.",
    )
    bars = tuple(Bar(line(quoter.say(f.name, t)), (d,), d) for t, f, d in data[:MOST_BARS])
    unit = data[0][1].unit
    return Picture(ident, Bars(Axis(what[:1].upper() + what[1:], unit), bars), caption, line(f"Bars: {what}"))


def spending_chart(
    quoter: Quoter, subject: str, title: str, ident: str, names: dict[str, str]
) -> Picture | None:
    """What each part spends of a flow's downtime."""
    prefix = f"spends/{subject}/"
    found = quoter.named(prefix)
    labels = [
        names.get(figure.name.removeprefix(prefix), figure.name.removeprefix(prefix)) for figure in found
    ]
    picture = bill_chart(quoter, [f.name for f in found], labels, ident, f"the downtime of {title}")
    if picture is None or not isinstance(picture.source, Bars):
        return picture
    minutes = tuple(
        Bar(
            bar.label, tuple(_scaled(d, 60) for d in bar.parts), _scaled(bar.total, 60) if bar.total else None
        )
        for bar in picture.source.bars
    )
    return Picture(ident, Bars(Axis("Downtime", "minutes a month"), minutes), picture.caption, picture.alt)


def _scaled(d: Datum, by: float) -> Datum:
    low = None if d.low is None else d.low / by
    high = None if d.high is None else d.high / by
    return Datum(d.ref, d.value / by, d.text, low, high)


def percentile_chart(quoter: Quoter, model: Model, subject: str, ident: str) -> Picture | None:
    """The percentiles of a time against its target, as bars with their intervals."""
    found = [f for f in quoter.named(f"latency/{subject}/") if f.status != "not shown"]
    found.sort(key=lambda f: f.name.rpartition("/")[2])  # mean, p50, p95, p99
    data = [(f, d) for f in found if (d := datum(f)) is not None]
    if len(data) < 2:
        return None
    results = [
        r for r in quoter.ledger.needs if r.figure in {f.name for f, _ in data} and r.target.value is not None
    ]
    target = None
    if results:
        asked = results[0]
        target = Datum(f"need/{asked.need}/target", asked.target.value or 0.0, bare_target(quoter, asked))
    bars = tuple(Bar(line(f.name.rpartition("/")[2]), (d,), d) for f, d in data)
    if results:
        asked = results[0]
        caption = line(
            "The ",
            asked.figure.rpartition("/")[2],
            " is ",
            quoter.figure(asked.figure),
            " where ",
            quoter.target(asked),
            " is asked: ",
            quoter.verdict(asked),
            ".",
        )
    else:
        last = data[-1][0]
        caption = line(f"The {last.name.rpartition('/')[2]} is ", quoter.figure(last.name), ".")
    return Picture(
        ident, Bars(Axis("Time", "s"), bars, target, "target"), caption, line("Percentiles of the time taken")
    )


def front_chart(quoter: Quoter, blueprint: object, ident: str) -> Picture | None:
    """Cost against the wish that varies most over the front, with the proposals named."""
    from groma.design import Blueprint

    assert isinstance(blueprint, Blueprint)
    wishes = blueprint.wishes
    if len(wishes) < 2 or len(blueprint.front) < 2:
        return None
    first, other = wishes[0], _moving(blueprint)
    named = {tuple(sorted(p.answers.items())): p for p in blueprint.proposals}
    marks: list[Mark] = []
    for number, point in enumerate(blueprint.front, 1):
        proposal = named.get(tuple(sorted(point.answers.items())))
        base = f"proposal/{proposal.name}" if proposal else f"front/{number}"
        pair = [quoter.ledger.figures.get(f"{base}/{wish}") for wish in (first, other)]
        data = [None if figure is None else datum(figure) for figure in pair]
        if data[0] is None or data[1] is None:
            continue
        label: Inlines = line(quoter.say(data[0].ref, proposal.title)) if proposal else ()
        recommended = proposal is not None and proposal.name == blueprint.recommended
        dominated = any(_beaten(point.values, q.values, (first, other)) for q in blueprint.front)
        marks.append(Mark(data[0], data[1], label, recommended, dominated and proposal is None))
    if len(marks) < 2:
        return None
    units = [quoter.ledger[marks[0].x.ref].unit, quoter.ledger[marks[0].y.ref].unit]
    axes = [
        Axis(measure_title(w), "" if u == "1" else u, percent=u == "1")
        for w, u in zip((first, other), units, strict=True)
    ]
    ends = sorted(marks, key=lambda m: (m.x.value, m.y.value))
    quickest = min(marks, key=lambda m: (m.y.value, m.x.value))
    if (
        quickest is not ends[0]
    ):  # what costs more without being better here is better in a wish that isn't drawn
        ends = [ends[0], quickest]
    caption = line(
        "At one end stand ",
        quoter.say(ends[0].x.ref, ends[0].x.text),
        " and ",
        quoter.say(ends[0].y.ref, ends[0].y.text),
        f" ({measure_title(other).lower()}), at the other ",
        quoter.say(ends[-1].x.ref, ends[-1].x.text),
        " and ",
        quoter.say(ends[-1].y.ref, ends[-1].y.text),
        ".",
    )
    for mark in marks:
        quoter.say(mark.x.ref, mark.x.text)
        quoter.say(mark.y.ref, mark.y.text)
    return Picture(
        ident,
        Front(axes[0], axes[1], tuple(marks)),
        caption,
        line("Designs that nothing beats, in two wishes"),
    )


def _moving(blueprint: object) -> str:
    """The wish beside the first whose values differ most over the front, for its size."""
    from groma.design import Blueprint

    assert isinstance(blueprint, Blueprint)

    def spread(wish: str) -> float:
        values = [
            point.values[wish] for point in blueprint.front if math.isfinite(point.values.get(wish, math.nan))
        ]
        return (max(values) - min(values)) / (abs(max(values)) or 1.0) if values else 0.0

    return max(
        blueprint.wishes[1:], key=lambda wish: (spread(wish) > 0.01, wish.startswith("latency"), spread(wish))
    )


def _beaten(values: object, other: object, wishes: tuple[str, str]) -> bool:
    from collections.abc import Mapping
    from typing import cast

    from groma.model.measure import ParsedMeasure, parse_measure

    mine, its = cast("Mapping[str, float]", values), cast("Mapping[str, float]", other)
    better = False
    for wish in wishes:
        parsed = parse_measure(wish)
        sign = 1.0 if isinstance(parsed, ParsedMeasure) and parsed.less_is_better else -1.0
        if sign * its[wish] > sign * mine[wish] + 1e-12:
            return False
        better = better or sign * its[wish] < sign * mine[wish] - 1e-12
    return better


def growth_chart(quoter: Quoter, names: Sequence[tuple[str, str]], ident: str) -> Picture | None:
    """The bill over demand for each proposal (`demand/FACTOR/NAME/cost/month`)."""
    series: list[Series] = []
    for name, title in names:
        pairs: list[tuple[Datum, Datum]] = []
        for figure in quoter.named("demand/"):
            parts = figure.name.split("/", 3)
            if len(parts) == 4 and parts[2] == name and parts[3] == "cost/month":
                y = datum(figure)
                if y is not None:
                    factor = float(parts[1])
                    pairs.append((Datum(figure.name, factor, f"{factor:g} times"), y))
        pairs.sort(key=lambda pair: pair[0].value)
        if len(pairs) > 1:
            series.append(Series(title, tuple(x for x, _ in pairs), tuple(y for _, y in pairs)))
    if not series:
        return None
    unit = quoter.ledger[series[0].ys[0].ref].unit
    now = next((n for n, x in enumerate(series[0].xs) if x.value == 1), 0)
    first, last = series[0].ys[now], series[0].ys[-1]
    growth = series[0].xs[-1].value / series[0].xs[now].value
    head = f"With {growth:g} times the demand “{series[0].label}” "
    then, today = quoter.say(last.ref, last.text), quoter.say(first.ref, first.text)
    if first.text == last.text:
        caption = line(head, "still costs ", then, ".")
    else:
        caption = line(head, "costs ", then, " instead of ", today, ".")
    chart = Lines(Axis("Demand", "times today's"), Axis("Bill", unit), tuple(series))
    return Picture(ident, chart, caption, line("The bill over demand"))
