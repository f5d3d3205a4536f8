"""Workflows of other programs to flows, the tools they reach, and connections with what they carry."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from groma.importers.intake.amounts import Often, often
from groma.importers.intake.draft import Draft
from groma.importers.intake.names import folded, slug, stem
from groma.importers.intake.numbers import Spread, rounded
from groma.importers.intake.people import People
from groma.importers.intake.records import Records
from groma.importers.intake.tools import OPERATION, Tools
from groma.importers.intake.types import Origin
from groma.importers.intake.work import Flows
from groma.importers.structure import Steps, program, starts
from groma.importers.workflow import Node, Workflow

ENGINES = {"n8n": "n8n", "make": "Make"}
MOST_STARTS = 10


def add_workflow(
    workflow: Workflow, draft: Draft, people: People, tools: Tools, records: Records, flows: Flows
) -> None:
    """A flow for each start of the workflow, and a connection for each tool that it reaches."""
    at = Origin(workflow.file)
    reader = _Reader(workflow, draft, people, tools, at)
    begun = starts(workflow)
    for start in begun[:MOST_STARTS]:
        title = workflow.name if len(begun) == 1 else f"{workflow.name} ({start.title})"
        steps, cut = program(workflow, start, reader.steps)
        if cut:
            draft.note(at, f"`{title}`: what is repeated was read as done once")
        if steps:
            _flow(workflow, title, start, steps, draft, flows, at)
    if not workflow.active:
        draft.note(at, f"`{workflow.name}` is switched off in this export; it was read all the same")
    if workflow.format in ENGINES:
        _connections(workflow, draft, tools, records, at)
    else:
        _messages(workflow, draft, people, reader, at)


class _Reader:
    """Steps of one node."""

    def __init__(self, workflow: Workflow, draft: Draft, people: People, tools: Tools, at: Origin) -> None:
        self.workflow, self.draft, self.people, self.tools, self.at = workflow, draft, people, tools, at
        self.engine = ENGINES.get(workflow.format)

    def who(self, node: Node) -> str | None:
        return self.people.meant(node.who, self.at) if node.who else None

    def steps(self, node: Node) -> Steps:
        match node.kind:
            case "call":
                tool = self.tools.meant(node.service, self.at) if node.service else None
                if tool is not None:
                    return [{"call": f"{tool}.{OPERATION}", "title": node.title}]
                if self.engine is None:
                    return [{"wait": "unknown", "title": node.title}]
                self.draft.note(
                    self.at, f"`{node.title}` calls something that the file doesn't name: left out"
                )
                return []
            case "person":
                who = self.who(node)
                if who is None:
                    return [{"wait": "unknown", "title": node.title}]
                return [{"ask": who, "takes": "unknown", "title": node.title}]
            case "wait":
                return [{"wait": "unknown", "title": node.title}]
            case _:
                return [
                    step
                    for part in node.inner
                    for start in starts(part)[:1]
                    for step in program(part, start, self.steps)[0]
                ]


def _flow(
    workflow: Workflow, title: str, start: Node, steps: Steps, draft: Draft, flows: Flows, at: Origin
) -> None:
    name = slug(title, "workflow")
    told = (_by_the_clock(start.often) or often(f"every {start.often}")) if start.often else None
    rate = draft.rate_fact(f"{name}_rate", told, at) if told is not None else "unknown"
    body: dict[str, Any] = {"title": title, "starts": {"rate": rate}, "steps": steps}
    if workflow.on_error:
        body["on_error"] = workflow.on_error
    name = draft.element("flows", name, at, body)
    flows.titles[name] = title
    for number in range(1, len(steps) + 1):
        draft.origins[f"flows.{name}.steps.{number}"] = at


def _by_the_clock(text: str) -> Often | None:
    """A clock that goes on at night and at weekends: `2 hours` is twelve times each of seven days."""
    match = re.fullmatch(r"(\d+) (days|hours|minutes)", text)
    if match is None or int(match[1]) == 0:
        return None
    a_week = rounded(Decimal({"days": 7, "hours": 168, "minutes": 10_080}[match[2]]) / int(match[1]))
    return Often(Spread(a_week, a_week), "week")


def _connections(workflow: Workflow, draft: Draft, tools: Tools, records: Records, at: Origin) -> None:
    engine = tools.meant(ENGINES[workflow.format], at)
    assert engine is not None
    fields = {name: made for node in workflow.nodes for name, made in node.fields.items()}
    data = _data(workflow, fields, draft, records, at)
    done: set[tuple[str, bool]] = set()
    for node in workflow.nodes:
        if not node.service or node.kind not in ("start", "call"):
            continue
        tool = tools.meant(node.service, at)
        inwards = node.kind == "start"
        if tool is None or tool == engine or (tool, inwards) in done:
            continue
        done.add((tool, inwards))
        body: dict[str, Any] = {"from": tool if inwards else engine, "to": engine if inwards else tool}
        if data is not None:
            body["carries"] = [data]
        body["protocol"] = "mail" if node.mails else "API"
        begun = starts(workflow)
        if begun:
            body["when"] = begun[0].title
        if node.fields:
            body["maps"] = {slug(k, "field"): v for k, v in node.fields.items() if v}
        if workflow.on_error:
            body["on_error"] = workflow.on_error
        elif node.caught:
            body["on_error"] = "goes on without it"
        draft.element(
            "connections",
            f"{slug(workflow.name, 'workflow')[:28].rstrip('_')}_{'from' if inwards else 'to'}_{tool}"[:60],
            at,
            body,
        )


def _data(
    workflow: Workflow, fields: dict[str, str], draft: Draft, records: Records, at: Origin
) -> str | None:
    """The data that it carries: listed data that its name speaks of, else data of its own where it writes fields."""
    said = folded(workflow.name)
    named = [n for n, title in records.titles.items() if len(stem(title)) > 4 and stem(title) in said]
    found = max(named, key=lambda n: len(records.titles[n]), default=None)
    if found is None and fields:
        found = records.meant(f"What `{workflow.name}` carries"[:80].replace("`", ""), at)
    if found is not None and fields:
        draft.put("data", found, "fields", {slug(name, "field"): "text" for name in fields}, at)
        if re.search(
            r"name|mail|phone|telefon|address|adresse|plz|zip|birth|geburt", " ".join(fields).lower()
        ):
            draft.sections["data"][found]["class"] = "personal"
    return found


def _messages(workflow: Workflow, draft: Draft, people: People, reader: _Reader, at: Origin) -> None:
    """Messages that leave this process, as connections between people."""
    own = {node.id: node for node in workflow.nodes}
    for message in workflow.messages:
        source = own.get(message.source)
        target = next((n for n in own.values() if n.id == message.target), None)
        if source is None and target is None:
            continue
        if source is not None and target is None and source.who and message.title:
            who = reader.who(source)
            if who is not None:
                draft.note(
                    at,
                    f"`{message.title}` goes from {people.titles[who]} to somebody the file draws elsewhere",
                )
