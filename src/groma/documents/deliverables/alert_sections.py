"""Chapters on alerts: budgets of the needs, thresholds with their false alarms, first signals, and what each alert
opens."""

from __future__ import annotations

from groma.analyses.observability import Alert, Plan
from groma.analyses.observability.alert import Burn, Level
from groma.documents.content import Blocks, Bullets, Column, Definitions, Details, Paragraph, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.quote import share_text
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.printed import format_quantity
from groma.model.program import Call, Send, walk

RARE = 0.005
"""Alarms a month below which only that is said."""

KINDS = {
    "burn": "Error budgets",
    "failure": "Parts that fail",
    "saturation": "Load",
    "cost": "Money",
    "drift": "Guards",
    "queue": "People's work",
    "control": "Switches and records",
}
"""Kinds of alert with their headings."""


def budgets(subject: Subject, made: Plan) -> Blocks:
    """Each indicator: what is promised, what may be bad in thirty days, and what the design is likely to spend."""
    rows = tuple(
        Row(
            (
                line(Strong(line(subject.quoter.say(f"need/{of.need}", of.need)))),
                line(subject.quoter.say(f"need/{of.need}/target", of.title)),
                line(subject.quoter.say(f"need/{of.need}/target", share_text(of.allowed))),
                line(
                    subject.quoter.say(
                        of.figures[0], f"{share_text(of.likely[0])} to {share_text(of.likely[1])}"
                    )
                ),
            )
        )
        for of in made.indicators
    )
    if not rows:
        return ()
    columns = (
        Column("Need"),
        Column("Good is"),
        Column("May be bad", align="right"),
        Column("Bad by the design's figures", align="right"),
    )
    return (subject.because(Table(columns, rows)),)


def alarms_text(figure: Figure | None) -> str:
    """False alarms as a person counts them: `fewer than one in a year`, `up to 3 a month`."""
    if figure is None or figure.high is None:
        return "not shown"
    month = figure.high * SECONDS_PER_MONTH
    if month < RARE:
        return "less than one in ten years" if month * 120 < 1 else "less than one a year"
    if month < 1 / 12:
        return "less than one a year"
    if month < 0.95:
        return f"at most one in {1 / month:.1f} months"
    return "at most one a month" if month < 1.05 else f"up to {month:.0f} a month"


def alert_tables(subject: Subject, made: Plan) -> Blocks:
    """A table for each kind of alert, then what can't be watched and why."""
    blocks: Blocks = ()
    for kind, heading in KINDS.items():
        alerts = [alert for alert in made.active() if alert.kind == kind]
        if alerts:
            blocks = (*blocks, subject.because(_table(subject, heading, alerts)))
    refused = [alert for alert in made.alerts if alert.condition is None]
    if refused:
        items = tuple(line(Strong(line(a.title)), ": ", a.refused, ".") for a in refused)
        blocks = (
            *blocks,
            subject.because(Paragraph(line("Not watched so, with the reason:")), Bullets(items)),
        )
    return blocks


def _table(subject: Subject, heading: str, alerts: list[Alert]) -> Table:
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Code(alert.name)),
                line("wakes somebody" if alert.severity == "page" else "ticket"),
                _threshold(subject, alert),
                line(
                    quoter.say(
                        alert.figure("window"), _seconds(quoter.ledger.figures.get(alert.figure("window")))
                    )
                )
                if alert.figure("window") in quoter.ledger
                else (),
                line(
                    quoter.say(
                        alert.figure("false-alarms"),
                        alarms_text(quoter.ledger.figures[alert.figure("false-alarms")]),
                    )
                )
                if alert.figure("false-alarms") in quoter.ledger
                else (),
            ),
            alert.made_of[:0],
        )
        for alert in alerts
    )
    columns = (
        Column(heading, share=1.5),
        Column("Who is told", share=1.1),
        Column("Fires at", align="right"),
        Column("Within", align="right"),
        Column("Begins by chance", align="right"),
    )
    return Table(columns, alike(quoter, f"alerts/{heading}", rows))


def _seconds(figure: Figure | None) -> str:
    if figure is None or figure.high is None:
        return ""
    if figure.value is None:
        return f"{format_quantity(figure.low or 0.0, 's')} to {format_quantity(figure.high, 's')}"
    return format_quantity(figure.value, "s")


def _threshold(subject: Subject, alert: Alert) -> Inlines:
    quoter, name = subject.quoter, alert.figure("threshold")
    figure = quoter.ledger[name]
    value = figure.value or 0.0
    if isinstance(alert.condition, Burn):
        burn = f"{alert.condition.rate:.3g} times the budget's own rate"
        text = f"{value * 100:.3g} % bad"
        return line(quoter.say(name, text), " (", quoter.say(alert.figure("burn"), burn), ")")
    if alert.kind == "failure" and alert.name.startswith("silence-"):
        return line(quoter.say(name, "no run"))
    if alert.kind == "failure" and figure.unit == "1":
        return line(quoter.say(name, f"{value:.0f} bad calls"))
    if alert.kind == "drift":
        return line(quoter.say(name, f"{value:.0f} turned down"))
    if alert.kind == "control":
        return line(quoter.say(name, "in use" if isinstance(alert.condition, Level) else "the first"))
    if alert.kind == "queue":
        return line(quoter.say(name, f"{value / 3600:,.0f} h of work"))
    return line(quoter.figure(name))


def first_signal_table(subject: Subject, made: Plan) -> Blocks:
    """Each way to fail with the alert that fires first and how long that takes."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(signal.title))),
                line(Code(signal.alert)) if signal.alert else line("nothing tells of it"),
                line(quoter.say(signal.figure.name, _seconds(signal.figure))) if signal.figure else (),
                line(", ".join(signal.others)),
            )
        )
        for signal in made.signals
    )
    if not rows:
        return ()
    silent = [s for s in made.signals if s.alert is None]
    quickest = min(
        (s for s in made.signals if s.figure and s.figure.high is not None),
        key=lambda s: (s.figure and s.figure.high) or 0.0,
        default=None,
    )
    caption: Inlines = ()
    if quickest is not None and quickest.figure is not None:
        caption = line(
            "Told soonest: ",
            quickest.title,
            ", after ",
            quoter.say(quickest.figure.name, _seconds(quickest.figure)),
            ".",
        )
    if silent:
        caption = line(caption, " Nothing tells of: ", ", ".join(s.title for s in silent), ".")
    columns = (
        Column("What fails", share=1.6),
        Column("First signal", share=1.2),
        Column("Told after", align="right"),
        Column("Then also", share=1.4),
    )
    blocks: Blocks = (subject.because(Table(columns, alike(quoter, "signals", rows), caption)),)
    if subject.blueprint is not None and subject.blueprint.risks:
        noticed = tuple(
            (line(risk.cause), line(risk.detection)) for risk in subject.blueprint.risks if risk.detection
        )
        if noticed:
            words = line("How the patterns in use say that their own ways to fail are noticed")
            blocks = (*blocks, subject.because(Details(words, (Definitions(noticed),))))
    return blocks


def runbooks(subject: Subject, made: Plan) -> Blocks:
    """For each runbook the alerts that open it, and where to look: parts, shares of the downtime, what the design
    does by itself."""
    opened: dict[str, list[Alert]] = {}
    for alert in made.active():
        opened.setdefault(alert.runbook, []).append(alert)
    entries = tuple((line(Code(name)), _steps(subject, alerts)) for name, alerts in opened.items())
    return (subject.because(Definitions(entries)),) if entries else ()


def _steps(subject: Subject, alerts: list[Alert]) -> Inlines:
    quoter, model, first = subject.quoter, subject.model, alerts[0]
    words = line("Opened by ", ", ".join(dict.fromkeys(alert.name for alert in alerts)), ". ")
    if isinstance(first.condition, Burn):
        of = first.condition.indicator
        spends = sorted(
            (f for f in quoter.named(f"spends/{of.flow}/") if f.value),
            key=lambda f: (-(f.value or 0.0), f.name),
        )[:3]
        if spends and of.kind == "availability":
            words = line(words, "Look first at what spends the downtime: ")
            for nth, figure in enumerate(spends):
                part = figure.name.split("/", 2)[2].partition(".")[2]
                words = line(
                    words,
                    ", " if nth else "",
                    name_of(model, part.partition("#")[0]),
                    " (",
                    quoter.figure(figure.name),
                    " a month)",
                )
            words = line(words, ".")
        elif of.kind == "latency":
            words = line(
                words,
                f"Compare the time of each call of {of.flow} with its budget; "
                "the slowest against its usual is the cause.",
            )
        else:
            words = line(
                words, f"See by `outcome` how runs of {of.flow} end, then which part's calls end so."
            )
        return words
    if first.name.startswith("errors-"):
        part = model.components[first.name.removeprefix("errors-")]
        named = name_of(model, part.name)
        owner = (
            f"{name_of(model, part.owner)} answers for {named}"
            if part.owner
            else f"Find an owner for {named}, on which {_callers(subject, part.name)} hangs"
        )
        held = _answers(subject, part.name)
        supplier = f" Supplier: {name_of(model, part.supplier)}." if part.supplier else ""
        return line(words, f"{owner}.{supplier} ", held)
    return line(words, f"{first.says[:1].upper()}{first.says[1:]}.")


def _callers(subject: Subject, component: str) -> str:
    """The flows that call a part, by their titles; what else stands on it otherwise."""
    titles = [
        f"“{flow.title or flow.name}”"
        for flow in subject.model.flows.values()
        if any(
            isinstance(s.action, Call | Send) and s.action.component == component for s in walk(flow.steps)
        )
    ]
    return " or ".join(titles) or "what it serves"


def _answers(subject: Subject, component: str) -> str:
    """What the program does by itself when calls of a part fail."""
    found: list[str] = []
    for flow in subject.model.flows.values():
        for step in walk(flow.steps):
            inside = any(
                isinstance(s.action, Call) and s.action.component == component for s in walk((step,))
            )
            if inside and step.policies.fallback is not None:
                found.append(f"{flow.name} falls back from {step.path.rpartition('flows.')[2]}")
            if (
                isinstance(step.action, Call)
                and step.action.component == component
                and step.policies.retry is not None
            ):
                found.append(f"{flow.name} tries {step.action.operation} again {step.policies.retry.times}x")
    if not found:
        named = name_of(subject.model, component)
        return f"No step catches a failure of {named}: runs that need it fail until it is back."
    return "By itself the system answers so: " + "; ".join(dict.fromkeys(found)) + "."
