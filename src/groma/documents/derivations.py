"""From the ledger to the appendix: how each quoted thing was come by, down to the lines of the model and its sources.

Every ref that a document set quotes gets exactly one entry; so does everything those were worked out from, so that no
way back ends in nothing.
"""

from __future__ import annotations

from groma.documents.content import Derivation
from groma.documents.inlines import Inlines, line
from groma.documents.quote import DESIGN, Quoter, figure_text, printed_unit, spoken
from groma.model.elements import Model
from groma.model.figure import Figure, Input, Result
from groma.model.printed import format_quantity, format_range


def derivations(quoter: Quoter, model: Model, refs: tuple[str, ...]) -> tuple[Derivation, ...]:
    """Entries for `refs` and all that lies behind them: the design first, then needs, figures, inputs, by name."""
    made: dict[str, Derivation] = {}
    waiting = [DESIGN, *refs]
    while waiting:
        ref = waiting.pop()
        if ref not in made:
            entry = _entry(quoter, model, ref)
            made[ref] = entry
            waiting.extend(entry.inputs)
    return tuple(made[ref] for ref in sorted(made, key=lambda ref: (_rank(quoter, ref), ref)))


def _rank(quoter: Quoter, ref: str) -> int:
    if ref == DESIGN:
        return 0
    if ref.startswith("need/"):
        return 1
    return 2 if ref in quoter.ledger else 3


def _entry(quoter: Quoter, model: Model, ref: str) -> Derivation:
    if ref == DESIGN:
        return _design(quoter, model)
    if ref.startswith("need/"):
        return _need(quoter, model, ref)
    if ref in quoter.ledger:
        return _figure(quoter, quoter.ledger[ref])
    if ref in quoter.ledger.inputs:
        return _input(quoter.ledger.inputs[ref])
    return Derivation(
        ref, ref, quoter.used.get(ref, "not shown"), line("This analysis has not been made for this model.")
    )


def _design(quoter: Quoter, model: Model) -> Derivation:
    choices = tuple(figure.name for figure in quoter.named("choice/"))
    how = "The parts, steps and data that the model describes" + (
        "; it follows from the choices below." if choices else "."
    )
    sources = tuple(line(f"{file}") for file in model.files)
    return Derivation(
        DESIGN,
        "The design",
        f"version {model.digest[:12] or 'unknown'}",
        line(how),
        choices,
        sources,
        line("The version is the hash of the texts that the model was read from."),
    )


def _need(quoter: Quoter, model: Model, ref: str) -> Derivation:
    name, _, part = ref.removeprefix("need/").partition("/")
    result = quoter.needs.get(name)
    need = model.needs.get(name)
    sources = (line(f"{need.at}"),) if need is not None else ()
    text = quoter.used.get(ref, result.verdict if result else "not shown")
    if part == "target":
        asked = f"asked by {need.from_}" if need and need.from_ else "asked of the system"
        if result and result.accompanies:
            asked = f"comes with the need `{result.accompanies}`, so that giving up early never looks fast"
        return Derivation(ref, f"Target of {name}", text, line(f"A target, {asked}."), (), sources)
    inputs = () if result is None else (result.figure, f"need/{name}/target")
    if part == "margin":
        how = "Distance of the worst end of the figure from the target, as a share of what the target allows."
        return Derivation(ref, f"Margin of {name}", text, line(how), inputs, sources)
    how = "Met or missed only if the whole interval of the figure lies on one side of the target."
    return Derivation(
        ref, f"Verdict on {name}", text, line(how), inputs, sources, line(result.why if result else "")
    )


def _figure(quoter: Quoter, figure: Figure) -> Derivation:
    known = quoter.ledger.inputs
    inputs = list(figure.inputs)
    sources: list[Inlines] = []
    for step in figure.derivation:
        value = f": {step.value}" if step.value else ""
        sources.append(line(f"{step.text}{value}"))
        inputs += [ref for ref in step.refs if ref in known or ref in quoter.ledger]
    second = _second(figure, figure.second)
    sources.append(second)
    if figure.valid:
        sources.append(line(f"Holds as long as: {'; '.join(figure.valid)}."))
    if figure.envelope is not None:
        words = figure.envelope.words
        sources.append(line(f"{words[0].upper()}{words[1:]}."))
    if figure.missing:
        sources.append(line(f"To show it, state: {'; '.join(figure.missing)}."))
    return Derivation(
        figure.name,
        figure.title or figure.name,
        _with_interval(figure),
        line(f"{figure.method or 'Stated'}."),
        tuple(dict.fromkeys(i for i in inputs if i != figure.name)),
        tuple(sources),
        line(figure.reason),
    )


def _second(figure: Figure, second: Result | None) -> Inlines:
    if second is None:
        return line("One method.")
    unit, scale = printed_unit(figure)
    if second.low is None or second.high is None:
        shown = "no figure" if second.value is None else format_quantity(second.value * scale, unit)
    elif second.low == second.high:
        shown = format_quantity(second.low * scale, unit)
    else:
        shown = format_range(second.low * scale, second.high * scale, unit)
    level = f", {second.level * 100:g} % interval" if second.level else ""
    seed = f", seed {second.seed}" if second.seed else ""
    disputed = (
        f" The two dispute each other; the likely reason: {figure.disputed}." if figure.disputed else ""
    )
    return line(f"Second method, {second.method}: {spoken(shown)}{level}{seed}.{disputed}")


def _with_interval(figure: Figure) -> str:
    text = figure_text(figure)
    low, high = figure.low, figure.high
    if figure.value is None or low is None or high is None or low == high:
        return text
    unit, scale = printed_unit(figure)
    return f"{text} (within {spoken(format_range(low * scale, high * scale, unit))})"


def _input(given: Input) -> Derivation:
    known = (
        f"known to lie within {given.low:g} and {given.high:g} in its base unit"
        if given.low is not None and given.high is not None
        else ""
    )
    sources = [line(given.where)] if given.where else []
    if given.source:
        sources.append(line(given.source + (f", {given.date}" if given.date else "")))
    kind = given.name.partition("/")[0]
    words = {"fact": "A stated fact", "model": "As the model says", "catalog": "From the catalog"}.get(
        kind, "An input"
    )
    return Derivation(
        given.name,
        given.name.partition("/")[2] or given.name,
        given.text,
        line(words + "."),
        (),
        tuple(sources),
        line(known),
    )
