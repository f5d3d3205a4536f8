"""A small hand-over with every kind of block and picture, its figures free to change: for tests and for the gallery.

All figures are invented; what matters is that each is quoted under one ledger id wherever it appears.
"""

# ruff: noqa: E501 (a sample reads best one thing a line)

from __future__ import annotations

from dataclasses import replace

from groma.documents.charts.chart import (
    Axis,
    Bar,
    Bars,
    Datum,
    Distribution,
    Front,
    Lines,
    Mark,
    NeedGauge,
    Needs,
    Series,
    Stacked,
    Swing,
    Tornado,
)
from groma.documents.content import (
    Bullets,
    Callout,
    Card,
    Cards,
    Code,
    CodeBlock,
    Column,
    Columns,
    Definitions,
    Dependent,
    Derivation,
    Details,
    Document,
    DocumentSet,
    Emphasis,
    Inlines,
    Link,
    Numbered,
    Paragraph,
    Picture,
    Quote,
    Row,
    Section,
    Strong,
    Table,
    line,
)
from groma.documents.diagrams.diagram import Diagram, Edge, Fragment, Group, Message, Node, Sequence

FIGURES: dict[str, tuple[float, str, float | None, float | None]] = {
    "cost/month": (6840.0, "6,840 EUR", 6510.0, 7190.0),
    "cost/model": (3900.0, "3,900 EUR", 3600.0, 4250.0),
    "cost/search": (1120.0, "1,120 EUR", None, None),
    "cost/cluster": (1480.0, "1,480 EUR", None, None),
    "cost/people": (340.0, "340 EUR", 200.0, 500.0),
    "latency/answer@replied/p50": (2.1, "2.1 s", 2.05, 2.16),
    "latency/answer@replied/p95": (5.1, "5.1 s", 4.9, 5.3),
    "latency/answer@replied/p99": (7.4, "7.4 s", 6.9, 8.0),
    "availability/answer": (0.9994, "99.94 %", 0.9991, 0.9997),
    "utilisation/search": (0.31, "31 %", None, None),
    "saturation/search": (3.1, "3.1", None, None),
    "success/answer": (0.987, "98.7 %", 0.982, 0.991),
    "need/quick/target": (6.0, "6 s", None, None),
    "need/affordable/target": (9000.0, "9,000 EUR", None, None),
    "need/dependable/target": (0.999, "99.9 %", None, None),
    "need/successful/target": (0.99, "99 %", None, None),
}


class Figures:
    """The sample's ledger: figures by id, some of them changed."""

    def __init__(self, changed: dict[str, tuple[float, str]] | None = None) -> None:
        self._all = dict(FIGURES)
        for ref, (value, text) in (changed or {}).items():
            _, _, low, high = self._all[ref]
            old = self._all[ref][0]
            spread = (None, None) if low is None or high is None else (low * value / old, high * value / old)
            self._all[ref] = (value, text, *spread)

    def q(self, ref: str) -> Quote:
        return Quote(ref, self._all[ref][1])

    def d(self, ref: str) -> Datum:
        value, text, low, high = self._all[ref]
        return Datum(ref, value, text, low, high)

    def derivations(self) -> tuple[Derivation, ...]:
        return tuple(
            Derivation(
                ref,
                ref.replace("/", " "),
                text if low is None or high is None else f"{text} ({low:g} to {high:g})",
                line("Simulation, 200,000 runs, seed 7; lattice bounds agree to 0.4 %"),
                inputs=("cost/model", "cost/search") if ref == "cost/month" else (),
                sources=(line(Code("brief.yaml:12:5")), line("Published price list, 2026-11-01")),
            )
            for ref, (_, text, low, high) in self._all.items()
        )


def containers(f: Figures) -> Diagram:
    nodes = (
        Node("customer", "person", line("Customer")),
        Node("agent", "person", line("Support agent"), (line("asked when unsure"),)),
        Node("web", "service", line("Help desk page"), (line("static, at the edge"),), "system"),
        Node("gateway", "service", line("API gateway"), (line("3 replicas"),), "cluster"),
        Node(
            "answers", "service", line("Answer service"),
            (line("p95 ", f.q("latency/answer@replied/p95")),), "cluster", emphasis=True,
        ),
        Node("waiting", "queue", line("Escalations"), (line("at least once"),), "cluster"),
        Node("search", "store", line("Search index"), (line("busy ", f.q("utilisation/search")),), "data"),
        Node("tickets", "store", line("Tickets"), (line("PostgreSQL, replica in a second zone"),), "data"),
        Node("model", "model", line("Language model"), (line(f.q("cost/model"), " a month"),), "system"),
        Node("refund", "tool", line("Refund tool"), (line("needs approval"),), "cluster"),
        Node("register", "external", line("Customer register"), (line("supplier's service"),)),
    )  # fmt: skip
    edges = (
        Edge("customer", "web", line("asks")),
        Edge("web", "gateway", line("question")),
        Edge("gateway", "answers"),
        Edge("answers", "search", line("nearest passages")),
        Edge("answers", "model", line("generate, two retries")),
        Edge("answers", "tickets", line("ticket"), "data"),
        Edge("answers", "waiting", line("low confidence"), "async"),
        Edge("waiting", "agent", line("asks"), "async"),
        Edge("agent", "refund", line("approves")),
        Edge("refund", "register", line("refund")),
    )
    groups = (
        Group("system", line("Escalation desk")),
        Group("cluster", line("Cluster, Frankfurt, two zones"), "system"),
        Group("data", line("Data, Frankfurt"), "system"),
    )
    return Diagram("Escalation desk, containers", nodes, edges, groups)


def answer(f: Figures) -> Sequence:
    people = (
        Node("customer", "person", line("Customer")),
        Node("gateway", "service", line("Gateway")),
        Node("search", "store", line("Search")),
        Node("model", "model", line("Language model")),
    )
    steps = (
        Message("customer", "gateway", line("asks a question"), budget=line("20 ms")),
        Message("gateway", "gateway", line("checks who asks")),
        Message("gateway", "search", line("nearest passages"), budget=line("180 ms")),
        Message("search", "gateway", line("passages"), "return"),
        Fragment(
            "alternative",
            (
                (
                    line("confident"),
                    (
                        Message(
                            "gateway",
                            "model",
                            line("generate"),
                            budget=line(f.q("latency/answer@replied/p50")),
                        ),
                        Message("model", "gateway", line("answer"), "return"),
                        Fragment(
                            "loop", ((line("up to twice"), (Message("gateway", "model", line("again")),)),)
                        ),
                    ),
                ),
                (line("else"), (Message("gateway", "customer", line("a person will write"), "send"),)),
            ),
        ),
        Message("gateway", "model", line("Each sentence is checked against its passage"), "note"),
        Message("gateway", "customer", line("answer with sources"), "return"),
    )
    return Sequence("An answer, step by step", people, steps)


def states() -> Diagram:
    return Diagram(
        "States of a run",
        (
            Node("start", "start", ()),
            Node("retrieving", "state", line("retrieving")),
            Node("generating", "state", line("generating")),
            Node("sure", "decision", line("confident?")),
            Node("waiting", "state", line("waiting for a person"), (line("at most 4 h"),)),
            Node("end", "end", ()),
        ),
        (
            Edge("start", "retrieving"),
            Edge("retrieving", "generating", line("passages")),
            Edge("generating", "sure"),
            Edge("sure", "end", line("yes")),
            Edge("sure", "waiting", line("no")),
            Edge("waiting", "end", line("approved")),
            Edge("waiting", "generating", line("again")),
        ),
    )


def front(f: Figures) -> Front:
    def other(name: str, value: float) -> Datum:
        return Datum(name, value, f"{value:g}")

    spread = [(4100, 9.8), (4600, 8.1), (5300, 7.0), (7900, 4.2), (9400, 2.9), (11200, 2.6)]
    worse = [
        (5800, 8.8),
        (7200, 7.9),
        (8300, 6.6),
        (9100, 5.5),
        (10400, 4.4),
        (6300, 7.6),
        (9900, 6.1),
        (11400, 3.6),
    ]
    named = (
        Mark(f.d("cost/month"), f.d("latency/answer@replied/p95"), line("Hybrid search"), recommended=True),
        Mark(other("front/1/c", 5300), other("front/1/l", 7.0), line("Keyword only")),
        Mark(other("front/5/c", 9400), other("front/5/l", 2.9), line("Larger model, two regions")),
    )
    rest = tuple(
        Mark(other(f"front/{n}/c", x), other(f"front/{n}/l", y))
        for n, (x, y) in enumerate(spread)
        if (x, y) not in ((5300, 7.0), (9400, 2.9))
    )
    bad = tuple(
        Mark(other(f"d/{n}/c", x), other(f"d/{n}/l", y), dominated=True) for n, (x, y) in enumerate(worse)
    )
    return Front(
        Axis("Cost", "EUR a month"), Axis("95 of 100 answers within", "s"), named + rest + bad,
        x_target=f.d("need/affordable/target"), y_target=f.d("need/quick/target"),
    )  # fmt: skip


def growth(f: Figures) -> Lines:
    base = f.d("cost/month").value
    loads = tuple(Datum(f"load/{n}", n, f"{n}×") for n in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0))

    def costs(name: str, per: float, fixed: float) -> tuple[Datum, ...]:
        made: list[Datum] = []
        for load in loads:
            value = fixed + per * load.value
            made.append(
                Datum(f"cost/{name}/{load.value}", value, f"{value:,.0f} EUR", value * 0.93, value * 1.08)
            )
        return tuple(made)

    return Lines(
        Axis("Load", "times today's"), Axis("Cost", "EUR a month"),
        (
            Series("Hybrid search", loads, costs("hybrid", base * 0.7, base * 0.3)),
            Series("Keyword only", loads, costs("keyword", 3600, 1700)),
            Series("Larger model", loads, costs("large", 5600, 3800)),
        ),
        target=f.d("need/affordable/target"), target_label="budget",
        marks=((f.d("saturation/search"), line("search saturates at ", f.q("saturation/search"), "×")),),
    )  # fmt: skip


def latency(f: Figures) -> Distribution:
    median = f.d("latency/answer@replied/p50").value
    xs = tuple(n * 0.1 for n in range(101))
    shares = tuple(1 / (1 + (median / x) ** 3.3) if x else 0.0 for x in xs)
    return Distribution(
        Axis("Time to the reply", "s"), xs, shares, "latency/answer@replied",
        (
            ("half within", f.d("latency/answer@replied/p50")),
            ("p95", f.d("latency/answer@replied/p95")),
        ),
        f.d("need/quick/target"), "target",
    )  # fmt: skip


def needs(f: Figures) -> Needs:
    return Needs(
        (
            NeedGauge(
                line("Quick"), f.d("latency/answer@replied/p95"), f.d("need/quick/target"),
                "at most", "met", "need/quick/verdict",
            ),
            NeedGauge(
                line("Affordable"), f.d("cost/month"), f.d("need/affordable/target"),
                "at most", "met", "need/affordable/verdict",
            ),
            NeedGauge(
                line("Dependable"), f.d("availability/answer"), f.d("need/dependable/target"),
                "at least", "met", "need/dependable/verdict", share=True,
            ),
            NeedGauge(
                line("Successful"), f.d("success/answer"), f.d("need/successful/target"),
                "at least", "undecided", "need/successful/verdict", share=True,
            ),
            NeedGauge(
                line("Personal data stays in the EU"), None, Datum("need/eu/target", 1.0, "all of it"),
                "at least", "not shown", "need/eu/verdict",
            ),
        )
    )  # fmt: skip


def bill(f: Figures) -> Bars:
    names = (("Language model", "cost/model"), ("Cluster", "cost/cluster"), ("Search", "cost/search"))
    bars = tuple(Bar(line(name), (f.d(ref),)) for name, ref in names)
    return Bars(Axis("Cost", "EUR a month"), (*bars, Bar(line("People, on call"), (f.d("cost/people"),))))


def stacked(f: Figures) -> Stacked:
    def bar(name: str, factor: float) -> Bar:
        parts = tuple(
            Datum(f"{ref}/{name}", f.d(ref).value * factor, f"{f.d(ref).value * factor:,.0f}")
            for ref in ("cost/model", "cost/cluster", "cost/search", "cost/people")
        )
        total = sum(part.value for part in parts)
        return Bar(line(name), parts, Datum(f"cost/month/{name}", total, f"{total:,.0f}"))

    kinds = ("Language model", "Cluster", "Search", "People")
    return Stacked(
        Axis("Cost", "EUR a month"), kinds, (bar("Today", 1), bar("Next year", 1.6), bar("In two years", 2.3))
    )


def tornado(f: Figures) -> Tornado:
    base = f.d("cost/month")

    def swing(name: str, low: float, high: float) -> Swing:
        return Swing(
            line(name),
            Datum(f"swing/{name}/low", base.value * low, f"{base.value * low:,.0f}"),
            Datum(f"swing/{name}/high", base.value * high, f"{base.value * high:,.0f}"),
        )

    swings = (
        swing("Questions a minute", 0.72, 1.41),
        swing("Tokens per answer", 0.85, 1.24),
        swing("Share answered from cache", 1.09, 0.93),
        swing("Exchange rate", 0.97, 1.03),
    )
    return Tornado(Axis("Cost", "EUR a month"), base, swings)


def sample(changed: dict[str, tuple[float, str]] | None = None, name: str = "Escalation desk") -> DocumentSet:
    """The set; `changed` gives figures other values and texts, `name` is the system's (which may be hostile)."""
    f = Figures(changed)
    meta: tuple[tuple[str, Inlines], ...] = (
        ("System", line(name)),
        ("Version", line(Quote("model/version", "4f1c 9a02"))),
        ("Date", line("1 November 2026")),
        ("Author", line("A. Architect")),
    )
    documents = (_blueprint(f, name, meta), _specification(f, name, meta), _handover(f, name, meta))
    return DocumentSet(name, "A design that is proven before it is built", meta, documents, f.derivations())


def _blueprint(f: Figures, name: str, meta: tuple[tuple[str, Inlines], ...]) -> Document:
    summary = (
        Paragraph(
            line(
                "We propose ", Strong(line("hybrid search with one language model in Frankfurt")), ". It costs ",
                f.q("cost/month"), " a month, answers 95 of 100 questions within ", f.q("latency/answer@replied/p95"),
                ", and meets four of five needs. The fifth can't be judged before the supplier states where its logs are kept.",
            )
        ),
        Cards(
            (
                Card("Cost a month", line(f.q("cost/month")), line("budget ", f.q("need/affordable/target")), "#cost"),
                Card("95 of 100 replies within", line(f.q("latency/answer@replied/p95")), line("asked for 6 s"), "#latency"),
                Card("Available", line(f.q("availability/answer")), line("asked for 99.9 %")),
                Card("Room to grow", line(f.q("saturation/search"), "×"), line("then search saturates first")),
            )
        ),
        Picture(
            "needs", needs(f), line("Four of five needs are met with room to spare; success is too close to call."),
            line("Each need's figure with its interval against its target"),
        ),
    )  # fmt: skip
    sections = (
        Section("choice", "What there is to choose", 1, (
            Paragraph(line("Three designs are worth a decision. No other is cheaper ", Emphasis(line("and")), " faster.")),
            Picture(
                "front", front(f),
                line("Hybrid search is the knee: below it every saved euro costs more than a second."),
                line("Cost a month against time to reply; three proposals named"), wide=True,
            ),
            Callout("decision", line("Approve hybrid search, or ask for the larger model at 2,560 EUR a month more."), "Decide now"),
        )),
        Section("risks", "Risks that matter", 1, (
            Bullets((
                line("Search is the first to saturate, at ", f.q("saturation/search"), " times today's load."),
                line("One supplier holds the model. Leaving takes three weeks; see ", Link("#exit", line("Exit")), "."),
            )),
            Callout("risk", line("Backups have never been restored in a drill.")),
            Callout("good", line("No personal data leaves Frankfurt, on any path.")),
            Callout("open", line("Where the supplier keeps its logs isn't known. Ask before signing.")),
        )),
    )  # fmt: skip
    return Document(
        "blueprint", "Blueprint", "What is proposed, what it costs, what to decide", meta, summary, sections,
        "For the person who decides", "What should we build, and what does it take?",
    )  # fmt: skip


def _specification(f: Figures, name: str, meta: tuple[tuple[str, Inlines], ...]) -> Document:
    items = (
        ("Language model", "cost/model"),
        ("Cluster", "cost/cluster"),
        ("Search", "cost/search"),
        ("People", "cost/people"),
    )
    rows = tuple(Row((line(label), line("Frankfurt"), line(f.q(ref)))) for label, ref in items)
    summary = (
        Paragraph(
            line("Eleven components in one region. Every line of the bill below is derived in the appendix.")
        ),
    )
    sections = (
        Section("structure", f"Structure of {name}", 1, (
            Paragraph(line("The answer service is the only component that calls the model.")),
            Picture("containers", containers(f), line("Only the answer service speaks to the model."), line("Containers")),
            Section("flow", "An answer, step by step", 2, (
                Picture("answer", answer(f), line("The model takes most of the budget."), line("Sequence of an answer")),
                Picture("states", states(), line("Every run ends, at the latest after a person's answer."), line("States")),
            )),
        )),
        Section("cost", "What it costs", 1, (
            Table(
                (Column("Component"), Column("Place"), Column("Cost", "EUR a month", "right")),
                (*rows, Row((line("Sum"), (), line(f.q("cost/month"))), total=True)),
                line("The model is more than half of the bill."), "bill-table",
            ),
            Picture("bill", bill(f), line("The model is more than half of the bill."), line("Cost by component")),
            Picture("stacked", stacked(f), line("In two years the model alone costs what all does today."), line("Cost by year")),
            Picture("growth", growth(f), line("The budget holds until 1.4 times today's load."), line("Cost over load")),
            Picture("tornado", tornado(f), line("Only the load can move the bill beyond its budget."), line("Sensitivity")),
        )),
        Section("latency", "How fast it answers", 1, (
            Picture("latency-curve", latency(f), line("Five in a hundred wait longer than the target."), line("Latency")),
            Columns((
                (Paragraph(line(Strong(line("What is counted.")), " From the question to the first full reply.")),),
                (Paragraph(line(Strong(line("What is not.")), " Questions handed to a person.")),),
            )),
            Details(line("How this was worked out"), (
                Paragraph(line("Simulated with common random numbers, and bounded on a lattice. Both agree.")),
                CodeBlock("yaml", "flows:\n  answer:\n    starts: {rate: 40/min, peak: 3x}\n    steps:\n      - call: gateway.accept"),
            )),
            Dependent(("choice/cache",), (Paragraph(line("A cache answers every fifth question.")),)),
        )),
        Section("exit", "Exit", 1, (
            Numbered((line("Export the index."), line("Point the gateway at the second supplier."), line("Cancel."))),
            Definitions((
                (line("p95"), line("The time within which 95 of 100 runs end.")),
                (line("Saturation"), line("The load at which a part can't keep up. Set in ", Code("limits.yaml"), ".")),
            )),
        )),
    )  # fmt: skip
    return Document(
        "specification", "Infrastructure specification", "What runs where, how big, at what cost", meta, summary, sections,
        "For platform engineers and finance", "What must be built, and why this much?",
    )  # fmt: skip


def _handover(f: Figures, name: str, meta: tuple[tuple[str, Inlines], ...]) -> Document:
    summary = (Paragraph(line("A stranger can be on call after a day.")),)
    sections = (
        Section("runbook", "If search is slow", 1, (
            Paragraph(line("At today's load search is busy ", f.q("utilisation/search"), " of the time.")),
            CodeBlock("console", "$ kubectl scale deploy/search --replicas 3"),
        )),
    )  # fmt: skip
    return Document("handoff", "Handoff documentation", "How to keep it alive", meta, summary, sections)


def hostile(name: str) -> DocumentSet:
    """The sample with a hostile name in every place that takes text."""
    made = sample(name=name)
    words = line(name, Strong(line(name)), Code(name), Quote(name, name), Link("#blueprint", line(name)))
    nodes = tuple(Node(f"{name}{n}", "service", line(name), (words,), name) for n in range(3))
    diagram = Diagram(name, nodes, (Edge(f"{name}0", f"{name}1", words),), (Group(name, line(name)),))
    section = Section("hostile", name, 1, (
        Paragraph(words),
        Bullets((words,)),
        Numbered((words,)),
        Callout("note", words, name),
        CodeBlock(name, name, (name,)),
        Table((Column(name, name), Column(name, name, "right")), (Row((words, words)),), words),
        Cards((Card(name, words, words, "#blueprint"),)),
        Definitions(((words, words),)),
        Details(words, (Paragraph(words),)),
        Picture("hostile-diagram", diagram, words, words),
        Picture("hostile-bars", Bars(Axis(name, name), (Bar(words, (Datum(name, 3.0, name),)),)), words, words),
    ))  # fmt: skip
    document = replace(
        made.documents[0], title=name, subtitle=name, question=name, reader=name, sections=(section,)
    )
    derivation = Derivation(name, name, name, words, (name, "nowhere"), (words,), words)
    return replace(made, documents=(document,), derivations=(derivation,), subtitle=name)
