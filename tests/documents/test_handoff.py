"""The handoff: parts start after what they stand on, nobody's parts are named, what happens without a part is told."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from desk_brief import BRIEF, PATTERN

from groma.documents.content import Bullets, Callout, Numbered, Row, Table, walk
from groma.documents.deliverables import handoff
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.handoff_runbooks import order, runbooks
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import line, plain
from groma.documents.markdown import render_markdown
from groma.documents.quote import Quoter
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.source import Mapping, parse
from groma.patterns import close, pattern_of, space_of

MODEL = """
groma: 1
system: Small shop
currency: EUR
people: {ana: {title: Ana}}
suppliers: {lab: {title: Lab}}
components:
  web: {kind: service, title: Web shop, runs_on: host, replicas: 3, enough: 2, owner: ana,
    offers: {show: {work: 1 ms, steps: [{call: api.find}]}}}
  api: {kind: service, title: Interface, runs_on: host, depends_on: [vault],
    offers: {find: {work: 1 ms, steps: [{call: store.read}]}}}
  store: {kind: database, title: Store, owner: ana,
    offers: {read: {work: 1 ms}, copy: {title: take the copy of yesterday, work: 1 ms}}}
  vault: {kind: service, title: Vault, owner: ana}
  host: {kind: server, title: Host, owner: ana}
  writer: {kind: llm, title: Writer, supplier: lab, owner: ana, offers: {say: {work: 1 s}}}
flows:
  buy:
    title: Buy something
    starts: {rate: 1/min}
    steps:
      - {call: web.show}
      - {call: writer.say, timeout: 4 s,
         retry: {times: 2}, fallback: [{call: store.copy}, {ask: ana, takes: 5 min, title: looks at it}]}
"""
NEEDS = {("web", "host"), ("api", "host"), ("api", "vault"), ("web", "api"), ("api", "store")}
"""(part, what must be there before it), read off the model by hand."""


def subject(text: str = MODEL) -> Subject:
    model = loads(text)
    return Subject(model, Quoter(Ledger(model.digest)))


def text(of: str = MODEL) -> str:
    made = handoff.write(subject(of))
    assert made is not None
    return render_markdown(made).decode()


def started(names: tuple[str, ...], needs: set[tuple[str, str]]) -> bool:
    """Whether each part finds what it needs when it is started, one after another."""
    running = set[str]()
    for name in names:
        if any(below not in running for part, below in needs if part == name):
            return False
        running.add(name)
    return True


def test_parts_are_started_after_what_they_stand_on_and_call() -> None:
    model = loads(MODEL)
    assert sorted(order(model)) == sorted(model.components)
    assert started(order(model), NEEDS)
    assert not started(tuple(reversed(order(model))), NEEDS)


def named(part: int, of: int) -> str:
    """Names whose alphabet isn't the order of starting."""
    return f"p{(part * 7 + 3) % of:02}"


def random_parts(seed: int, count: int = 9) -> tuple[Model, set[tuple[str, str]]]:
    """Parts of which each stands on, depends on, or calls some of those made before it."""
    chance = random.Random(seed)
    lines, needs = list[str](), set[tuple[str, str]]()
    for part in range(count):
        below = [named(p, count) for p in range(part) if chance.random() < 0.3]
        carriers, called = below[::2], below[1::2]
        steps = ", ".join(f"{{call: {name}.do}}" for name in called)
        told = f"offers: {{do: {{work: 1 ms, steps: [{steps}]}}}}"
        on = f"runs_on: {carriers[0]}, depends_on: [{', '.join(carriers[1:])}], " if carriers else ""
        lines.append(f"  {named(part, count)}: {{kind: service, {on}{told}}}")
        needs |= {(named(part, count), name) for name in below}
    chance.shuffle(lines)
    calls = ", ".join(f"{{call: {named(p, count)}.do}}" for p in range(count))
    head = "groma: 1\nsystem: Any\ncurrency: EUR\ncomponents:\n"
    flow = f"\nflows: {{all: {{starts: {{rate: 1/h}}, steps: [{calls}]}}}}\n"
    return loads(head + "\n".join(lines) + flow), needs


@pytest.mark.parametrize("seed", range(25))
def test_parts_of_any_system_without_circles_find_what_they_need(seed: int) -> None:
    model, needs = random_parts(seed, 10)
    assert needs and sorted(order(model)) == sorted(model.components)
    assert started(order(model), needs)


def test_a_circle_stops_nobody_else_from_being_started_in_order() -> None:
    circle = MODEL.replace("title: Vault, owner", "title: Vault, depends_on: [api], owner")
    assert circle != MODEL
    apart = {("web", "host"), ("web", "api"), ("api", "host"), ("api", "store")}
    names = order(loads(circle))
    assert started(names, apart)
    assert names.index("vault") == names.index("api") + 1  # the two stand together, by name


def test_the_page_starts_parts_in_that_order_with_how_many_must_answer() -> None:
    found = next(b for b in walk(runbooks(subject(), "d")) if isinstance(b, Numbered))
    said = [plain(item) for item in found.items]
    titles = [loads(MODEL).components[name].title for name in order(loads(MODEL)) if name != "writer"]
    assert [each.partition(" on ")[0].partition(":")[0] for each in said] == titles
    assert "Web shop on Host: 3 of it; go on when 2 answer, for “Buy something”." in said
    assert "There before anything is started: Writer." in text()


def test_parts_without_an_owner_are_called_out() -> None:
    made = handoff.write(subject())
    assert made is not None
    told = [plain(b.inlines) for b in walk(made.sections) if isinstance(b, Callout)]
    assert told == ["Name an owner before it goes live: Interface."]
    assert "1 of these have nobody" in text()
    owned = MODEL.replace("title: Interface,", "title: Interface, owner: ana,")
    assert "Name an owner" not in text(owned) and "have nobody" not in text(owned)


def test_what_is_done_without_a_part_names_its_fallback() -> None:
    def degrading(of: str) -> list[str]:
        found = [b for b in walk(runbooks(subject(of), "d")) if isinstance(b, Bullets)]
        return [plain(item) for block in found for item in block.items]

    clause = "Store: take the copy of yesterday, then Ana: looks at it"
    assert degrading(MODEL) == [f"Writer, after 4 s, after 3 attempts: {clause}."]
    without = MODEL.replace(
        ", fallback: [{call: store.copy}, {ask: ana, takes: 5 min, title: looks at it}]", ""
    )
    assert without != MODEL and degrading(without) == []
    bare = MODEL.replace("[{call: store.copy}, {ask: ana, takes: 5 min, title: looks at it}]", "[]")
    assert degrading(bare) == ["Writer, after 4 s, after 3 attempts: it goes on without."]


def test_a_key_with_a_fallback_behind_it_is_told_apart() -> None:
    assert "the fallback carries on" in text() and "quiet hour" not in text()
    without = text(MODEL.replace(", fallback: [{call: store.copy}", ", compensate: [{call: store.copy}"))
    assert "quiet hour" in without and "the fallback carries on" not in without


def test_nothing_stands_behind_what_a_fallback_calls() -> None:
    spare = (
        "  spare: {kind: llm, title: Spare, supplier: lab, owner: ana, offers: {say: {work: 1 s}}}\nflows:"
    )
    other = MODEL.replace("flows:", spare).replace("{call: store.copy}", "{call: spare.say}")
    rows = {plain(row.cells[0]): plain(row.cells[-1]) for row in table(other, "Key of").rows}
    assert rows["Writer"] == "the fallback carries on"
    assert rows["Spare"].startswith("nothing else answers")


def table(of: str, column: str) -> Table:
    """The table of the runbooks that has a column of this name."""
    found = [b for b in walk(runbooks(subject(of), "d")) if isinstance(b, Table)]
    return next(each for each in found if column in [c.title for c in each.columns])


def test_there_is_none_for_a_model_in_which_nothing_starts() -> None:
    assert handoff.write(subject(MODEL.replace("    starts: {rate: 1/min}\n", ""))) is None


@cache
def designed(kept: str) -> Subject:
    """The small desk of the other tests, with its cache or without."""
    brief = BRIEF.format(
        call=0.02,
        low=0.018,
        high=0.022,
        rate=10.0,
        dependable=98.5,
        system="Desk",
        practice="ai",
        tool="Help",
    )
    root = parse(brief, "brief.yaml")
    assert isinstance(root, Mapping)
    pattern = pattern_of(PATTERN, "pattern.yaml")
    space = space_of(root, Path(), {pattern.pattern: pattern})
    chosen = {"writer": "big", "retry": "once", "cache": kept, "search": "keyword"}
    model = close(space, {f"desk.{role}": option for role, option in chosen.items()}).model
    return Subject(model, Quoter(Ledger(model.digest)))


def test_runbooks_follow_the_parts_that_a_design_took() -> None:
    def said(kept: str) -> list[str]:
        found = [b for b in walk(runbooks(designed(kept), "d")) if isinstance(b, Numbered)]
        return [plain(item) for block in found for item in block.items]

    with_, without = said("own"), said("none")
    assert [each for each in with_ if each not in without] == [
        "Answer cache in Frankfurt: go on when it answers, for “Answer a question”."
    ]
    assert [each for each in with_ if not each.startswith("Answer cache")] == without
    assert with_.index("Answer cache in Frankfurt: go on when it answers, for “Answer a question”.") < next(
        number for number, each in enumerate(with_) if each.startswith("Desk service")
    )  # its caller comes after it


def test_rows_of_which_all_but_the_place_is_the_same_are_one_that_counts_them() -> None:
    quoter = Quoter(Ledger("x"))
    told = [("think", "a 1", "5 s"), ("note", "a 2", "5 s"), ("think", "a 3", "5 s"), ("think", "a 4", "6 s")]
    rows = [Row(tuple(line(cell) for cell in cells), (cells[1],)) for cells in told]
    found = alike(quoter, "steps", rows, place=1)
    assert [tuple(plain(cell) for cell in row.cells) for row in found] == [
        ("think", "a 1, and 1 alike", "5 s"), ("note", "a 2", "5 s"), ("think", "a 4", "6 s"),
    ]  # fmt: skip
    assert found[0].refs == ("a 1", "a 3") and found[1].refs == ("a 2",)
    assert [figure.value for figure in quoter.named("count/alike/steps/")] == [1.0]
    assert len(alike(quoter, "whole", rows)) == 4  # no place: rows are alike only where all is
    doubled = alike(quoter, "doubled", [rows[0], *rows, rows[0]])
    assert [plain(row.cells[0]) for row in doubled] == ["think, and 2 alike", "note", "think", "think"]
