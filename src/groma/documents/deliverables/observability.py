"""The observability plan: how we will know that the system does what was promised.

For operations and product. Good when each failure mode has a signal that fires first, with a threshold that was worked
out, the false alarms that it costs and the runbook that it opens.
"""

from __future__ import annotations

from groma.analyses.observability import plan
from groma.analyses.observability.evaluating import drifts, evaluations
from groma.analyses.observability.tracing import volume
from groma.documents.content import Document, Paragraph
from groma.documents.deliverables.alert_sections import alert_tables, budgets, first_signal_table, runbooks
from groma.documents.deliverables.common_sections import FEW, glossary, needs_table, open_points
from groma.documents.deliverables.evaluation_sections import drift_table, evaluation_table, sets_table
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.deliverables.trace_sections import metrics_table, recorded, spans_table, storage_table
from groma.documents.inlines import line

ID = "observability-plan"


def write(subject: Subject) -> Document | None:
    """The whole document; None where nothing runs or no need, part or person can be watched."""
    source = subject.source
    context = source.context
    made = plan(context)
    if not made.alerts:
        return None
    held, slow = evaluations(context), drifts(context)
    shown = (*made.figures, *volume(context), *(f for each in (*held, *slow) for f in each.figures))
    ledger = subject.quoter.ledger
    subject.quoter.join(context.ledger)
    for figure in shown:
        if figure.name not in ledger:
            ledger.write(figure)
    sections = (
        *section(ID, "budgets", "What is promised, and how much may go wrong", budgets(subject, made)),
        *section(
            ID, "first", "What fails, and which signal tells of it first", first_signal_table(subject, made)
        ),
        *section(ID, "alerts", "Alerts and where their thresholds come from", alert_tables(subject, made)),
        *section(ID, "runbooks", "What an alert opens", runbooks(subject, made)),
        *section(ID, "evaluation", "What is evaluated, on how many cases", evaluation_table(subject, held)),
        *section(ID, "sets", "Data sets, and what they can tell", sets_table(subject, context)),
        *section(ID, "drift", "Slow changes", drift_table(subject, slow)),
        *section(ID, "metrics", "What the system has to measure", metrics_table(subject, made)),
        *section(ID, "traces", "Traces", spans_table(subject, source.catalog)),
        *section(ID, "recorded", "What is kept, and what must not be recorded", recorded(subject)),
        *section(ID, "storage", "What recording takes and costs", storage_table(subject, context)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject, FEW)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    quoter = subject.quoter
    active = made.active()
    pages = sum(alert.severity == "page" for alert in active)
    told = [signal for signal in made.signals if signal.figure is not None]
    words = line(
        quoter.count("alerts/active", "Alerts that are watched", len(active), "observability plan"),
        " alerts watch ",
        subject.model.system,
        ": ",
        quoter.count("alerts/pages", "Alerts that wake somebody", pages, "observability plan"),
        " wake somebody, the others open a ticket. Of ",
        quoter.count(
            "modes/all", "Ways to fail that were looked at", len(made.signals), "observability plan"
        ),
        " ways to fail, ",
        quoter.count("modes/told", "Ways to fail that a signal tells of", len(told), "observability plan"),
        " have a signal of their own.",
    )
    table = (needs_table(subject, f"{ID}-needs"),) if ledger.needs else ()
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: how we will know",
        (Paragraph(words), *table),
        sections,
    )


DELIVERABLE = Deliverable(
    ID,
    "Observability plan",
    "For operations and product",
    "How will we know that it works, and that it still does?",
    write,
    ("needs",),
)
