"""Chapters of the orchestration design on limits: what each policy allows, and the certificate of each flow."""

from __future__ import annotations

from groma.analyses import Context, figure
from groma.analyses.orchestration import machine_of
from groma.analyses.orchestration.certificate import figures, lacking, step_figure, turns
from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.machines import numbers, words_of
from groma.documents.quote import DESIGN
from groma.documents.steps_in_words import clause
from groma.model.elements import Flow, Model
from groma.model.program import Policies, Step, walk

SHARES = ("p50", "p95", "p99")
WORDS = {"calls": "calls", "cost": "money", "time": "time"}


def policies(subject: Subject, context: Context, flows: tuple[Flow, ...]) -> Blocks:
    """Each step with a policy: its attempts, pauses, limits of time, what runs instead, how it is undone, at worst."""
    rows: list[Row] = []
    for flow in flows:
        machine = machine_of(context, flow.name, nested=False)
        shown = numbers(machine)
        names: dict[str, tuple[str, str]] = {}
        for state in machine.states:
            if state.kind not in ("retry", "cache", "guard", "breaker", "limit", "hedge"):
                names.setdefault(state.path, (shown[state.id], words_of(subject.model, state)))
        for step in walk(flow.steps):
            if not step.policies.none:
                rows.append(_row(subject, context, flow, step, *_name(step, names)))
    if not rows:
        return ()
    columns = (
        Column("State", share=0.7),
        Column("Step", share=1.7),
        Column("Attempts", share=1.9),
        Column("Limits"),
        Column("Checked, kept, held back", share=1.2),
        Column("Instead"),
        Column("Undone by"),
        Column("At most, calls", align="right"),
        Column("At most, time", align="right"),
    )
    return (subject.because(Table(columns, alike(subject.quoter, "policies", rows, place=0))),)


def _name(step: Step, names: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """The number of a step's state and its words; of a group's, those of the first state in it."""
    known = names.get(step.path)
    if known:
        return known
    first = next((each for path, each in names.items() if path.startswith(f"{step.path}.")), None)
    return (f"from {first[0]}", f"all from “{first[1]}”") if first else ("", step.path)


def _row(subject: Subject, context: Context, flow: Flow, step: Step, state: str, name: str) -> Row:
    quoter, model = subject.quoter, subject.model
    most: list[Inlines] = []
    for of in ("calls", "time"):
        made = step_figure(context, step, flow.by, of)
        if made.name not in quoter.ledger:
            quoter.ledger.write(made)
        most.append(line(quoter.figure(made.name)) if quoter.shown(made.name) else line("no bound"))
    p = step.policies
    said = (_attempts(p), _limits(p), _gates(p), _steps(model, p.fallback), _steps(model, p.compensate))
    quoted = tuple(line(quoter.say(DESIGN, text)) if text else line() for text in said)
    return Row((line(state), line(Strong(line(name))), *quoted, *most))


def _attempts(p: Policies) -> str:
    parts: list[str] = []
    if p.retry is not None:
        pause = (
            f" after {p.retry.backoff.text}, then {p.retry.factor:g} times as long" if p.retry.backoff else ""
        )
        parts.append(f"{p.retry.times} more{pause}, on {', '.join(p.retry.on)}")
    if p.hedge is not None:
        parts.append(f"another beside it after {p.hedge.after.text}")
    return "; ".join(parts)


def _limits(p: Policies) -> str:
    parts = [f"{p.timeout.text} an attempt"] if p.timeout is not None else []
    return "; ".join([*parts, *([f"{p.deadline.text} in all"] if p.deadline is not None else [])])


def _gates(p: Policies) -> str:
    parts = [f"check: {guard.name}" for guard in p.guards]
    parts += ["cache"] if p.cache is not None else []
    parts += (
        [f"breaker at {p.breaker.opens_at.text} in {p.breaker.window.text}"] if p.breaker is not None else []
    )
    parts += [f"at most {p.limit.rate.text}"] if p.limit is not None else []
    return "; ".join(parts)


def _steps(model: Model, steps: tuple[Step, ...] | None) -> str:
    return "" if steps is None else clause(model, steps) or "goes on without"


def bounds(subject: Subject, context: Context, flows: tuple[Flow, ...]) -> Blocks:
    """Each flow's certificate: the most it can cost, call and take; how a run comes to it, or why nothing bounds it."""
    quoter, blocks = subject.quoter, list[Block]()
    rows: list[Row] = []
    for flow in flows:
        for made in figures(context, flow.name):
            if made.name not in quoter.ledger:
                quoter.ledger.write(made)
        expected = f"cost/{flow.name}/run"
        if expected not in quoter.ledger:
            figure(context, expected)
        cells = [line(Strong(line(flow.title or flow.name)))]
        for of in ("calls", "cost", "time"):
            name = f"bound/{flow.name}/{of}"
            cells.append(line(quoter.figure(name)) if quoter.shown(name) else line("no bound"))
        cells.append(line(quoter.figure(expected)) if quoter.shown(expected) else line("not shown"))
        rows.append(Row(tuple(cells)))
    columns = (
        Column("Flow", share=1.6),
        Column("Calls", align="right"),
        Column("Money", align="right"),
        Column("Time", align="right"),
        Column("Expected money", align="right"),
    )
    blocks.append(subject.because(Table(columns, tuple(rows))))
    blocks += _spread(subject, context, flows)
    for flow in flows:
        blocks += _proof(subject, context, flow)
    return tuple(blocks)


def _spread(subject: Subject, context: Context, flows: tuple[Flow, ...]) -> list[Block]:
    """What runs spend beside the most: the mean, and what half, nineteen of twenty and ninety-nine of a hundred runs
    don't exceed; of what differs from run to run."""
    quoter, rows = subject.quoter, list[Row]()
    for flow in flows:
        for of, mean in (("calls", f"calls/{flow.name}/mean"), ("cost", f"cost/{flow.name}/run")):
            names = [mean, *(f"{of}/{flow.name}/{share}" for share in SHARES)]
            for name in names:
                if name not in quoter.ledger:
                    figure(context, name)
            shown = [name for name in names if quoter.shown(name)]
            ends = {(quoter.ledger[name].low, quoter.ledger[name].high) for name in shown[1:]}
            if len(shown) < 2 or (
                len(ends) == 1 and quoter.ledger[shown[1]].low == quoter.ledger[shown[1]].high
            ):
                continue
            most = f"bound/{flow.name}/{of}"
            cells = [line(quoter.figure(name)) if quoter.shown(name) else line("not shown") for name in names]
            cells.append(line(quoter.figure(most)) if quoter.shown(most) else line("no bound"))
            rows.append(Row((line(Strong(line(flow.title or flow.name))), line(WORDS[of]), *cells)))
    if not rows:
        return []
    columns = (
        Column("Flow", share=1.6),
        Column("Of a run"),
        Column("Mean", align="right"),
        *(Column(f"{share[1:]} % of runs", align="right") for share in SHARES),
        Column("Most", align="right"),
    )
    named = ", ".join(dict.fromkeys(f"“{flow.title or flow.name}”" for flow in flows))
    head = line(
        f"What a run of {named} spends, however it ends: in the mean, and so many runs no more than that."
    )
    return [subject.because(Table(columns, tuple(rows), head))]


def _proof(subject: Subject, context: Context, flow: Flow) -> list[Block]:
    quoter, blocks = subject.quoter, list[Block]()
    title = flow.title or flow.name
    way = turns(context, flow.name, "calls")
    if way and quoter.shown(f"bound/{flow.name}/calls"):
        head = line(
            "The run of “", title, "” that makes ", quoter.figure(f"bound/{flow.name}/calls"), " calls:"
        )
        items = tuple(line(quoter.say(DESIGN, f"{turn.path}: {turn.words}".replace("`", ""))) for turn in way)
        blocks += [Paragraph(head), subject.because(Bullets(items))]
    for of in ("calls", "cost", "time"):
        reasons = lacking(context, flow.name, of)
        if reasons:
            head = line(f"What keeps the {WORDS[of]} of “{title}” from having a bound:")
            items = tuple(line(quoter.say(DESIGN, reason.replace("`", ""))) for reason in reasons)
            blocks += [Paragraph(head), subject.because(Bullets(items))]
    return blocks
