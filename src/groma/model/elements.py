"""The elements of a model: people, places, components, connections, data, flows, needs, suppliers, decisions, stages.

Each class is one kind of thing a person writes in a model file. A field's `key(...)` says how it is written, which is
all that the reader, the JSON Schema, the formatter and the reference page need: one description, four readers.
All elements are frozen; references between them are by name and are checked by `groma.model.validate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groma.model.arriving import Bursts, Piece, Recorded, RecordedTimes
from groma.model.grammar import (
    Amount,
    Flag,
    Measure,
    Number,
    OneOrMany,
    PriceTable,
    Program,
    Record,
    Reference,
    Table,
    Text,
    Word,
    key,
)
from groma.model.law import Constant, scaled
from groma.model.position import Position
from groma.model.program import Step
from groma.model.quantity import Quantity, Unknown
from groma.model.scenario import Scenario
from groma.model.units import parse_unit
from groma.model.week import WEEK, Hours, WeekHours

Amounts = Mapping[str, Quantity | Unknown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something about the world that no table of the catalog holds: a latency, a failure rate, a salary."""

    name: str
    at: Position
    value: Quantity = key(Amount("any"), "the quantity, with its unit and spread", required=True)
    source: str = key(Text(), "who says so: a page, a measurement, a contract", required=True)
    date: str = key(Text("date"), "when it was read or measured (YYYY-MM-DD, YYYY-MM or YYYY)", required=True)
    known: Quantity | None = key(Amount("any"), "the range within which the mean value lies (`2 h .. 8 h`)")
    exact: bool = key(Flag(), "true when it is exactly known, such as a contract's price", default=False)
    note: str = key(Text(), "what else matters", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a stakeholder asks: a measure and its target."""

    name: str
    at: Position
    measure: str = key(Measure(), "what is measured, e.g. `latency/answer@replied/p95`", required=True)
    at_most: Quantity | None = key(Amount("any"), "the target, when less is better")
    at_least: Quantity | None = key(Amount("any"), "the target, when more is better")
    is_: str | None = key(Text(), "the target, when it is a word: `always`")
    within: tuple[str, ...] = key(OneOrMany(Text()), "the target, when it is a set of places", default=())
    from_: str | None = key(Text(), "whose need it is")
    why: str = key(Text(), "what it is good for", default="")
    step: Quantity | None = key(
        Amount("any"), "how far one step looser or tighter goes, when the need is priced"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is: a jurisdiction, region, zone, site, room, rack."""

    name: str
    at: Position
    kind: str = key(Text(), "`jurisdiction`, `region`, `zone`, `site`, `room`, `rack`", default="site")
    title: str = key(Text(), "how people call it", default="")
    in_: str | None = key(
        Reference("places"), "the place around it; a two-letter code or EU is a jurisdiction"
    )
    fails: Failure | None = key(Record("Failure"), "how often the whole place is lost, and for how long")
    depends_on: tuple[str, ...] = key(
        OneOrMany(Reference("components")),
        "what must be up for all that is in it: power, cooling",
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a thing fails: its availability, or how often it fails and how long repair takes."""

    at: Position
    availability: Quantity | None = key(Amount("share"), "share of time it is up")
    every: Quantity | None = key(Amount("time"), "mean time between failures")
    repaired_in: Quantity | None = key(Amount("time"), "mean time to repair, detection included")
    crews: int | None = key(
        Number(least=1), "how many of a component's replicas can be repaired at a time; all unless stated"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who something is bought from."""

    name: str
    at: Position
    title: str = key(Text(), "name", default="")
    in_: str | None = key(Reference("places"), "where it is established")
    fails: Failure | None = key(Record("Failure"), "how often everything of this supplier is out at once")
    exit: str = key(Text(), "how to leave: notice, export, what is lost", default="")
    renews: str | None = key(Text("date"), "when its contract is renewed unless somebody gives notice")
    notice: Quantity | None = key(Amount("time"), "how long before that notice has to be given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or a team of alike people."""

    name: str
    at: Position
    title: str = key(Text(), "name", default="")
    role: str = key(Text(), "what they do", default="")
    count: Quantity | None = key(Amount("count"), "how many of them (one unless stated)")
    rate: Quantity | None = key(Amount("money/time"), "what an hour costs, all included")
    hours: Quantity | None = key(Amount("time"), "working hours a week")
    works: tuple[Hours, ...] = key(
        OneOrMany(WeekHours()),
        "when they work: `Mon-Fri 09:00-17:00`; always there unless stated",
        default=(),
    )
    knows: tuple[str, ...] = key(OneOrMany(Text()), "what they know how to do", default=())
    place: str | None = key(Reference("places"), "where they work")
    works_for: str | None = key(
        Reference("suppliers"), "the supplier that employs them; the business itself unless stated"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something a component offers: its own work, what it calls while its thread is held, what it costs."""

    name: str
    at: Position
    title: str = key(Text(), "what it does", default="")
    work: Quantity | Unknown | None = key(
        Amount("time"), "time a server is busy with one call, nested calls not counted"
    )
    per: Amounts = key(
        Table(Amount("time")), "more work for each unit of a size: `{output: 12 ms}`", default={}
    )
    steps: tuple[Step, ...] = key(Program(), "what it calls while it holds its own thread", default=())
    answers: Literal["when done", "at once"] = key(
        Word("when done", "at once"),
        "`at once`: the caller goes on before the nested steps",
        default="when done",
    )
    effect: Literal["none", "idempotent", "keyed", "once"] = key(
        Word("none", "idempotent", "keyed", "once"), "what repeating it does", default="none"
    )
    impact: str | None = key(
        Text(), "name of a high-impact effect, such as `refund`, that approval needs refer to"
    )
    fails: Quantity | Unknown | None = key(Amount("share"), "share of calls that end in `failed`")
    throttled: Quantity | Unknown | None = key(Amount("share"), "share of calls turned away by a rate limit")
    cancels: bool = key(Flag(), "whether work stops when its caller gave up", default=False)
    price: Amounts = key(
        PriceTable("call"),
        "money per call and per unit of a size: `{call: 1 EUR, input: 3 USD/Mtoken}`",
        default={},
    )
    reaches_out: bool = key(
        Flag(),
        "true when it reaches somebody outside: a mail, a reply, a page fetched with what it is asked for",
        default=False,
    )
    request: Mapping[str, str] | None = key(
        Table(Text()), "fields of the request: name -> type or `data.field`; `{}` where it takes none"
    )
    response: Mapping[str, str] | None = key(
        Table(Text()), "fields of the answer: name -> type or `data.field`; `{}` where it gives none"
    )
    allowed: tuple[str, ...] = key(
        OneOrMany(Reference("people", "components")), "people and parts that may ask for it", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """How a component gets more replicas under load, and fewer again: between its `replicas` and `to`."""

    at: Position
    to: int = key(Number(least=2), "how many replicas at the most", required=True)
    aims: Quantity = key(Amount("share"), "utilisation that it aims at", required=True)
    every: Quantity = key(Amount("time"), "how often it looks", required=True)
    after: Quantity | None = key(Amount("time"), "how long a new replica takes until it serves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """A language model that is served by oneself: one replica is one instance over `parallel` accelerators."""

    at: Position
    model: str = key(Text(), "the model: an entry of the table `llm-models`", required=True)
    accelerator: str = key(Text(), "on what: an entry of the table `accelerators`", required=True)
    parallel: int = key(Number(least=1), "accelerators one instance is spread over", default=1)
    engine: Literal["vllm", "sglang", "trtllm"] = key(
        Word("vllm", "sglang", "trtllm"), "whose scheduling and calibration", default="vllm"
    )
    precision: Literal["bf16", "fp8", "fp4", "int4"] | None = key(
        Word("bf16", "fp8", "fp4", "int4"), "format of the weights; as the model is published unless stated"
    )
    ttft: Quantity | None = key(Amount("time"), "most time to the first token")
    tpot: Quantity | None = key(Amount("time"), "most time between tokens")
    kept_by: Quantity | None = key(Amount("share"), "share of the calls that keep both (95 % unless stated)")
    prefix: int = key(Number(), "tokens at the start that all prompts share", default=0)
    sequences: int | None = key(Number(least=1), "most requests running at once")
    budget: int | None = key(Number(least=64), "most tokens of an iteration")
    instead_of: str | None = key(
        Text(), "what would answer otherwise, paid by the token: a component, or a product of the catalog"
    )
    committed: Quantity | Unknown | None = key(
        Amount("money/time"), "what one instance costs under a commitment: `9000 EUR/month`"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """How a component finds vectors that are near to another: how many it keeps, and how."""

    at: Position
    kind: Literal["flat", "hnsw", "ivf"] = key(
        Word("flat", "hnsw", "ivf"),
        "`flat`: compares with all; `hnsw`: a graph of neighbours; `ivf`: lists around centres",
        required=True,
    )
    vectors: Quantity | Unknown | None = key(Amount("count"), "how many vectors it keeps")
    dimensions: int = key(Number(least=1), "numbers in a vector", required=True)
    code: Literal["float32", "float16", "int8", "binary", "product"] = key(
        Word("float32", "float16", "int8", "binary", "product"), "how a number is kept", default="float32"
    )
    code_bytes: int | None = key(Number(least=1), "bytes of a vector where its code is `product`")
    m: int | None = key(Number(least=2), "links of a vector in an `hnsw` graph; twice as many at the bottom")
    ef: int | None = key(Number(least=1), "candidates that a search in an `hnsw` graph keeps")
    lists: int | None = key(Number(least=1), "lists of an `ivf` index")
    probes: int | None = key(Number(least=1), "lists that a search in an `ivf` index looks into")
    made_with: str | None = key(
        Reference("components"), "the model that makes its vectors, of texts and of questions"
    )
    narrows_by: tuple[str, ...] = key(
        OneOrMany(Text()),
        "fields of a question by which what is found is narrowed to what the asker may see",
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the system: a service, a database, a model, a host, a tool, a cable, a spreadsheet."""

    name: str
    at: Position
    kind: str = key(
        Text(), "`service`, `database`, `llm`, `host`, `tool`, `queue`, `link`, ...", required=True
    )
    title: str = key(Text(), "how people call it", default="")
    does: str = key(Text(), "its responsibility, in a sentence", default="")
    product: str | None = key(Text(), "reference into the catalog: `aws/m7g.large@eu-central-1`")
    supplier: str | None = key(Reference("suppliers"), "who it is bought from")
    owner: str | None = key(Reference("people"), "who answers for it")
    existing: bool = key(Flag(), "true when it is there already", default=False)
    place: tuple[str, ...] = key(
        OneOrMany(Reference("places")), "where it is; several: replicas are spread over them", default=()
    )
    runs_on: str | None = key(Reference("components"), "what carries it")
    depends_on: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "what must be up for it to work, beside what it calls", default=()
    )
    replicas: int = key(Number(least=1), "how many of it", default=1)
    enough: int | None = key(Number(least=1), "how many must be up (one unless stated)")
    threads: int | None = key(Number(least=1), "servers in each replica; none stated: no limit (a delay)")
    scales: Scales | None = key(Record("Scales"), "how it gets more replicas under load")
    queue: int | None = key(Number(least=0), "places to wait; none stated: no limit")
    discipline: Literal["fifo", "lifo", "priority", "sharing"] = key(
        Word("fifo", "lifo", "priority", "sharing"), "who is served next", default="fifo"
    )
    serves: Serves | None = key(Record("Serves"), "the language model that it serves by itself")
    fails: Failure | None = key(Record("Failure"), "how one of it fails")
    together: tuple[Quantity, ...] = key(
        OneOrMany(Amount("share")),
        "share of one's failures that take the others along (a common cause); of several shares the first is for a "
        "second one, the next for a third, the last for all the rest",
        default=(),
    )
    takeover: Quantity | None = key(
        Amount("time"), "how long it takes until a spare serves after one failed; at once unless stated"
    )
    noticed: Quantity | None = key(
        Amount("share"), "share of failures that are noticed and taken over; others last until repair"
    )
    offers: Mapping[str, Operation] = key(Table(Record("Operation")), "its operations", default={})
    price: Amounts = key(
        PriceTable("month"), "money per month, hour or year for one of it, or `once` to buy it", default={}
    )
    lasts: Quantity | None = key(
        Amount("time"), "how long what was bought `once` is used: its price is spread over these months"
    )
    ready_in: Quantity | Unknown | None = key(
        Amount("time"),
        "time until it runs once that is decided: built anew after a loss, or started to stand in for another",
    )
    stands_in_for: tuple[str, ...] = key(
        OneOrMany(Reference("components")),
        "components whose work it takes over when they are lost",
        default=(),
    )
    copies: Mapping[str, Backup] = key(
        Table(Record("Backup")), "data that it saves, and how: `{orders: {every: 1 h, ...}}`", default={}
    )
    provides: Amounts = key(
        Table(Amount("any")),
        "resources it has for what runs on it: `{cores: 64, memory: 512 GiB}`",
        default={},
    )
    takes: Amounts = key(Table(Amount("any")), "resources one of it takes from what it runs on", default={})
    index: Index | None = key(Record("Index"), "the vectors that it finds things by")
    effort: Quantity | Unknown | None = key(
        Amount("time/time"), "people's time to keep it alive: `3 h/month`"
    )
    qualities: Amounts = key(Table(Amount("any")), "other stated qualities: `{tau2: 71 %}`", default={})
    needs_knowledge: tuple[str, ...] = key(OneOrMany(Text()), "what somebody must know to run it", default=())
    wants: tuple[str, ...] = key(
        OneOrMany(Text()), "conditions its user must meet (`works with ...`)", default=()
    )
    functions: tuple[str, ...] = key(
        OneOrMany(Text()), "functions of the business that it serves: `quotes`, `bookkeeping`", default=()
    )
    used_by: tuple[str, ...] = key(OneOrMany(Reference("people")), "people who work with it", default=())
    seats: Quantity | None = key(Amount("count"), "how many seats are paid for")
    holders: tuple[str, ...] = key(
        OneOrMany(Reference("people")), "people who can sign in as its administrator", default=()
    )
    registered_to: str = key(
        Text(), "in whose name contract and account are: `business`, a supplier, a person", default=""
    )
    exit: str = key(Text(), "how its data leave it: format, and what is lost", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How one part reaches another."""

    name: str
    at: Position
    from_: str = key(Reference("components", "people"), "caller", required=True)
    to: str = key(Reference("components", "people"), "called", required=True)
    latency: Quantity | Unknown | None = key(Amount("time"), "there and back")
    loss: Quantity | Unknown | None = key(Amount("share"), "share of messages lost")
    gives_up_after: Quantity | None = key(
        Amount("time"), "its own limit: a lost message is noticed after this"
    )
    bandwidth: Quantity | Unknown | None = key(Amount("data rate"), "bytes a second")
    traffic: Quantity | Unknown | None = key(
        Amount("data rate"), "what else passes over it while copies are made or brought back"
    )
    carries: tuple[str, ...] = key(OneOrMany(Reference("data")), "data that pass over it", default=())
    protocol: str = key(Text(), "HTTPS, gRPC, SQL, CSV by mail, ...", default="")
    by_hand: bool = key(Flag(), "true when a person carries it over", default=False)
    fails: Failure | None = key(Record("Failure"), "how it fails")
    when: str = key(Text(), "what sets it off: an event, a time, a person", default="")
    maps: Mapping[str, str] = key(
        Table(Text()),
        "field there -> field here, or how it is made: `{customer_id: customer.id}`",
        default={},
    )
    on_error: str = key(Text(), "what happens to what couldn't be handed over", default="")
    owner: str | None = key(Reference("people"), "who answers for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """How a data set is saved and brought back."""

    at: Position
    every: Quantity = key(Amount("time"), "time between copies", required=True)
    to: str | None = key(Reference("components"), "where copies go")
    replica: bool = key(
        Flag(),
        "true when it repeats every change, deletions too, `every` later: no copy against a mistake",
        default=False,
    )
    moves: Literal["all", "changes"] = key(
        Word("all", "changes"),
        "what one copy moves: all of it, or what changed since the last",
        default="all",
    )
    over: tuple[str, ...] = key(
        OneOrMany(Reference("components", "connections")),
        "lines that copies travel, there and back",
        default=(),
    )
    save_rate: Quantity | Unknown | None = key(
        Amount("data rate"), "how fast it can be made, where lines aren't slower"
    )
    takes: Quantity | Unknown | None = key(
        Amount("time"), "how long making one takes, where that is measured and not worked out"
    )
    window: Quantity | None = key(
        Amount("time"), "time in which one has to be made (the time between two unless stated)"
    )
    rate: Quantity | Unknown | None = key(
        Amount("data rate"), "restore throughput of its source and target, where lines aren't slower"
    )
    detect: Quantity | Unknown | None = key(Amount("time"), "time until the loss is noticed")
    decide: Quantity | Unknown | None = key(Amount("time"), "time until somebody decides to restore")
    verify: Quantity | Unknown | None = key(Amount("time"), "time to check what was restored")
    tested: str | None = key(Text("date"), "when a restore was last tried")
    kept_for: Quantity | Unknown | None = key(Amount("time"), "how long a copy is kept before it is deleted")
    test_every: Quantity | None = key(
        Amount("time"), "how long such a trial counts as recent (a year unless stated)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A kind of data: what is in it, how secret it is, where it lives."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    class_: str = key(Text(), "`public`, `internal`, `personal`, `secret`, ...", default="internal")
    trust: Literal["trusted", "untrusted"] | None = key(
        Word("trusted", "untrusted"),
        "`untrusted`: others write into it (mails of customers, web pages, what a foreign tool answers)",
    )
    kept_for: Quantity | Unknown | None = key(Amount("time"), "how long it is kept before it is deleted")
    held_by: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "where it is kept; the first is the system of record", default=()
    )
    owner: str | None = key(Reference("people"), "who answers for it")
    fields: Mapping[str, str] = key(Table(Text()), "name -> type, or `data.field` it points to", default={})
    size: Quantity | Unknown | None = key(Amount("size"), "how much there is")
    grows: Quantity | Unknown | None = key(Amount("data rate"), "how fast it grows")
    changes: Quantity | Unknown | None = key(
        Amount("data rate"), "how fast it changes: what a copy of the changes moves"
    )
    after: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that must be back before it is brought back", default=()
    )
    backup: Backup | None = key(Record("Backup"), "how it is saved and brought back")
    made_from: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that it is made from: chunks, vectors, features, logs", default=()
    )
    refreshed: Quantity | Unknown | None = key(
        Amount("time"), "time between two times that it is made from them"
    )
    remade: Literal["all", "changes"] = key(
        Word("all", "changes"),
        "what is made then: `all` of it anew, or only what was added or changed (what is gone there stays here)",
        default="all",
    )
    made_in: Quantity | Unknown | None = key(Amount("time"), "how long making it takes")
    deleted_in: Quantity | Unknown | None = key(
        Amount("time"), "how long after its source something is deleted here, by a way of its own"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How often a flow starts."""

    at: Position
    rate: Quantity | Unknown | None = key(Amount("rate"), "mean over a month (what is paid for)")
    busiest: Quantity | Unknown | None = key(
        Amount("rate"), "in the busiest hour (what must be stood); the mean unless stated"
    )
    arrivals: Quantity | None = key(
        Amount("time"), "law of the time between arrivals, scaled to the rate; Poisson unless stated"
    )
    through_the_week: tuple[Piece, ...] = key(
        OneOrMany(Record("Piece", Piece)),
        "hours of the week that are busier than the rest: `{on: Mon-Fri 09:00-17:00, times: 8}`",
        default=(),
    )
    bursts: Bursts | None = key(Record("Bursts", Bursts), "arrivals in bursts")
    replays: Recorded | None = key(
        RecordedTimes(), "arrivals as they were recorded: `{from: FILE.csv, column: NAME}`, in seconds"
    )
    population: Quantity | None = key(
        Amount("count"),
        "customers who come again, in the busiest hour: each thinks, starts a run, and thinks again when it has ended",
    )
    think: Quantity | None = key(Amount("time"), "how long each of the `population` thinks between two runs")

    @property
    def closed(self) -> bool:
        """Whether its runs are those of a fixed number of customers, so that their rate follows from how it serves."""
        return self.population is not None

    @property
    def customers(self) -> int:
        """How many customers there are, nominally; none where runs just arrive."""
        return 0 if self.population is None else max(1, round(self.population.mean))

    @property
    def at_peak(self) -> Quantity | Unknown | None:
        """The rate of the busiest hour: stated, that of the busiest piece of the week or of the record, or the mean.

        None where it follows from how customers are served.
        """
        if self.closed:
            return None
        if self.busiest is not None:
            return self.busiest
        if self.replays is not None:
            busiest = Constant(self.replays.busiest)
            return Quantity(busiest, parse_unit("1/s"), self.at, f"the busiest hour of {self.replays.text}")
        mean = self.rate
        if not self.through_the_week or not isinstance(mean, Quantity):
            return mean
        most = max(1.0, *(piece.times for piece in self.through_the_week)) / self.weight
        known = None if mean.known is None else (mean.known[0] * most, mean.known[1] * most)
        text = f"{mean.text}, {most:.4g} times as many in its busiest hours"
        return replace(mean, law=scaled(mean.law, most), known=known, most=None, exact=None, text=text)

    @property
    def weight(self) -> float:
        """The mean over the week of how many times as often it starts as in hours that no piece names."""
        return 1.0 + sum((piece.times - 1.0) * piece.on.length for piece in self.through_the_week) / WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A program that the system runs at each arrival."""

    name: str
    at: Position
    title: str = key(Text(), "what it is for", default="")
    starts: Start | None = key(Record("Start"), "how often it starts; none for a flow that others run")
    by: str | None = key(Reference("people", "components"), "who starts it")
    steps: tuple[Step, ...] = key(Program(), "what happens", required=True)
    carries: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that all its calls hand over", default=()
    )
    worth: Quantity | Unknown | None = key(Amount("money"), "what one successful run is worth")
    makes: str = key(Text(), "what it makes for somebody to read: a report, a list", default="")
    for_: tuple[str, ...] = key(
        OneOrMany(Reference("people", "components")), "who needs what it makes", default=()
    )
    on_error: str = key(Text(), "what is done when it fails, and by whom", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A choice that was made, or is open."""

    name: str
    at: Position
    title: str = key(Text(), "the question", default="")
    status: Literal["open", "proposed", "accepted", "superseded"] = key(
        Word("open", "proposed", "accepted", "superseded"), "how far it is", default="proposed"
    )
    chosen: str | None = key(Text(), "the option taken")
    options: tuple[str, ...] = key(OneOrMany(Text()), "the options", default=())
    why: str = key(Text(), "the reason", default="")
    owner: str | None = key(Reference("people"), "who decides")
    since: str | None = key(Text("date"), "since when it is open, or when it was decided")
    to_reverse: str = key(Text(), "what reversing it later takes", default="")
    cost_to_reverse: Quantity | Unknown | None = key(Amount("money"), "what reversing it later costs")
    waits: tuple[str, ...] = key(
        OneOrMany(Text()), "elements that wait for it: `flows.invoice`, `needs.affordable`", default=()
    )
    due: str | None = key(Text("date"), "when it has to be made")
    shown_by: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())),
        "option -> what shows its figures: `now` (the model), `stages.NAME`, or answers of a design `role=option`",
        default={},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something that is done against a threat which the structure of the model doesn't show."""

    name: str
    at: Position
    title: str = key(Text(), "what is done", default="")
    against: tuple[str, ...] = key(
        OneOrMany(Text()),
        "threats (`prompt-injection`), ids (`LLM01:2025`, `ASI02`) or articles (`AI Act 12`) that it is meant for",
        required=True,
    )
    on: tuple[str, ...] = key(
        OneOrMany(Text()), "elements that it protects: `components.writer`, `flows.answer`", default=()
    )
    test: str = key(Text(), "how it is shown to work", default="")
    signal: str = key(Text(), "what tells that it works, or fails, while the system runs", default="")
    owner: str | None = key(Reference("people"), "who answers for it")
    evidence: str = key(Text(), "where it can be seen: a record, a report, a setting", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A capability the brief asks for; the designer finds patterns that give it."""

    name: str
    at: Position
    capability: str = key(Text(), "what is wanted: a capability of the patterns", required=True)
    with_: Mapping[str, str] = key(
        Table(Text()), "what the pattern's inputs are here: `{helpdesk: zendesk}`", default={}
    )
    keep: tuple[str, ...] = key(
        OneOrMany(Text()),
        "options that must be taken: `role=option`, `want.role=option` of what a pattern wants",
        default=(),
    )
    refuse: tuple[str, ...] = key(
        OneOrMany(Text()), "options that may not be taken: `role=option`, `want.role=option`", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A state of the system in time (as is, a step, to be), laid over the stage before."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    after: str | None = key(Reference("stages"), "the stage before; the model itself unless stated")
    remove: tuple[str, ...] = key(OneOrMany(Text()), "elements that go: `components.old`", default=())
    adds: tuple[str, ...] = ()
    """Elements it adds or changes (`components.new`): taken from its sections when it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A whole model, read from a file and what it includes."""

    at: Position
    system: str = key(Text(), "the system's name", required=True)
    currency: str = key(Text("currency"), "what money is counted in (ISO 4217)", required=True)
    date: str | None = key(Text("date"), "the date that documents carry")
    author: str = key(Text(), "who answers for the model", default="")
    practice: str = key(
        Text(), "which document set is written: `ai`, `business`, `infrastructure`", default=""
    )
    today: str = key(
        Text(),
        "file of a model of how the work is done today, beside a brief: costs before and after",
        default="",
    )
    planned: bool = key(
        Flag(),
        "true for a design that isn't built: what isn't `existing` can't have been tried, and is a task",
        default=False,
    )
    problem: str = key(Text(), "what is asked, in the client's words", default="")
    background: str = key(Text(), "what a reader should know", default="")
    growth: Quantity | None = key(Amount("share"), "how much more load is expected each year: `30 %`")
    regulated: tuple[str, ...] = key(
        OneOrMany(Text()),
        "what makes it a high-risk system (AI Act, Annex III or a product's law): `credit`, `clinical`, `hiring`, ...",
        default=(),
    )
    out_of_scope: Mapping[str, str] = key(Table(Text()), "what is not part of it -> who owns it", default={})
    exchange: Amounts = key(
        Table(Amount("money")), "what one unit of a foreign currency is worth: `{USD: $usd}`", default={}
    )
    facts: Mapping[str, Fact] = key(
        Table(Record("Fact")), "facts that no table holds, with source, date and range", default={}
    )
    needs: Mapping[str, Need] = key(Table(Record("Need")), "what must hold", default={})
    wishes: tuple[str, ...] = key(
        OneOrMany(Measure()), "measures to be traded, the one to be least first", default=()
    )
    wants: Mapping[str, Want] = key(Table(Record("Want")), "capabilities to be designed", default={})
    people: Mapping[str, Person] = key(Table(Record("Person")), "people and teams", default={})
    places: Mapping[str, Place] = key(Table(Record("Place")), "where things are", default={})
    suppliers: Mapping[str, Supplier] = key(
        Table(Record("Supplier")), "who things are bought from", default={}
    )
    components: Mapping[str, Component] = key(Table(Record("Component")), "parts of the system", default={})
    connections: Mapping[str, Connection] = key(
        Table(Record("Connection")), "how parts reach each other", default={}
    )
    data: Mapping[str, Data] = key(Table(Record("Data")), "data and where they live", default={})
    flows: Mapping[str, Flow] = key(Table(Record("Flow")), "what the system does", default={})
    scenarios: Mapping[str, Scenario] = key(
        Table(Record("Scenario", Scenario)), "disturbances to be simulated", default={}
    )
    decisions: Mapping[str, Decision] = key(Table(Record("Decision")), "choices made or open", default={})
    controls: Mapping[str, Control] = key(
        Table(Record("Control")), "what is done against threats and isn't seen elsewhere", default={}
    )
    stages: Mapping[str, Stage] = key(
        Table(Record("Stage")), "states in time, laid over the model", default={}
    )
    alternatives: Mapping[str, tuple[Alternative, ...]] = field(default_factory=dict[str, Any])
    """Components whose choice is open: name -> the alternatives, exactly one of which will stand."""
    states: Mapping[str, Model] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """The model at each of its stages; at a stage itself only those that open decisions ask for."""
    digest: str = ""
    """SHA-256 over the texts it was read from."""
    files: tuple[str, ...] = ()

    def candidates(self, component: str) -> tuple[Component, ...]:
        """The component of this name, or all that may come to stand for it while the choice is open."""
        known = self.components.get(component)
        if known is not None:
            return (known,)
        return tuple(alternative.component for alternative in self.alternatives.get(component, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A component that stands under a name when `role` takes `variant` in an open model."""

    role: str
    variant: str
    component: Component
