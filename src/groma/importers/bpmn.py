"""BPMN 2.0 (ISO/IEC 19510): the processes of an XML file, who does what in them, and messages between parties.

The XML is read with Python's expat; a document type declaration is refused (entities expand without end), and so are
files with more elements or deeper nesting than any drawn process has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from groma.importers.n8n import WorkflowError
from groma.importers.workflow import Kind, Link, Message, Node, Workflow

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MOST_ELEMENTS = 200_000
DEEPEST = 100

_TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
    }
)
_SUBS = frozenset({"subProcess", "adHocSubProcess", "transaction"})
_GATEWAYS = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"}
)
_OTHER_EVENTS = frozenset({"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
_NODES = _TASKS | _SUBS | _GATEWAYS | _OTHER_EVENTS | {"callActivity", "startEvent", "endEvent"}


@dataclass(slots=True)
class Element:
    """An XML element of the BPMN namespace: what is inside others keeps its parent."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list["Element"])
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags inside, in the order of the text."""
        found: list[Element] = []
        todo = list(reversed(self.children))
        while todo:
            element = todo.pop()
            if element.tag in tags:
                found.append(element)
            todo.extend(reversed(element.children))
        return found


def looks_like(data: bytes) -> bool:
    """Whether a file is BPMN, by the namespace near its beginning."""
    return MODEL.encode() in data[:20_000] or MODEL.encode("utf-16-le") in data[:40_000]


def read_bpmn(data: bytes, file: str) -> tuple[Workflow, ...]:
    """The processes of a file, in its order. Raises WorkflowError for what is no BPMN or no XML."""
    root = _parse(data)
    if root.tag != "definitions":
        raise WorkflowError(f"expected BPMN 2.0 `definitions`, found `{root.tag}`")
    counts = _counts(root)
    parties = {p.get("processRef"): p.get("name") for p in root.all("participant") if p.get("processRef")}
    messages = tuple(
        Message(m.get("sourceRef"), m.get("targetRef"), _name(m)) for m in root.all("messageFlow")
    )
    made = [
        _process(process, file, parties.get(process.get("id"), ""), messages, counts)
        for process in root.all("process")
    ]
    return tuple(made)


def _parse(data: bytes) -> Element:
    root: list[Element] = []
    stack: list[Element] = []
    seen = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        if seen > MOST_ELEMENTS:
            raise WorkflowError(f"expected at most {MOST_ELEMENTS:,} XML elements")
        if len(stack) >= DEEPEST:
            raise WorkflowError(f"expected at most {DEEPEST} XML elements inside each other")
        space, _, tag = name.rpartition(" ")
        element = Element(tag if space == MODEL else f"other:{tag}", attributes, stack[-1] if stack else None)
        if stack:
            if space == MODEL:
                stack[-1].children.append(element)
        else:
            root.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def text(said: str) -> None:
        if stack and len(stack[-1].text) < 1_000:
            stack[-1].text += said

    def doctype(*_: object) -> None:
        raise WorkflowError(
            "expected plain XML, found a document type declaration: entities could expand without end"
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise WorkflowError(
            f"expected XML, found something else (line {error.lineno}, column {error.offset + 1})"
        ) from None
    except ValueError as error:
        if isinstance(error, WorkflowError):
            raise
        raise WorkflowError("expected XML, found something else") from None
    return root[0]


def _counts(root: Element) -> dict[str, int]:
    def number(*tags: str) -> int:
        return len(root.all(*tags))

    return {
        "processes": number("process"), "participants": number("participant"), "lanes": number("lane"),
        "tasks": number(*_TASKS), "subprocesses": number(*_SUBS), "call_activities": number("callActivity"),
        "start_events": number("startEvent"), "end_events": number("endEvent"), "other_events": number(*_OTHER_EVENTS),
        "gateways": number(*_GATEWAYS), "sequence_flows": number("sequenceFlow"),
        "message_flows": number("messageFlow"),
    }  # fmt: skip


def _name(element: Element) -> str:
    return " ".join(element.get("name").split())[:200]


def _process(
    process: Element, file: str, party: str, messages: tuple[Message, ...], counts: dict[str, int]
) -> Workflow:
    lanes = {
        ref.text.strip(): _name(lane)
        for lane in process.all("lane")
        for ref in lane.children
        if ref.tag == "flowNodeRef"
    }
    title = _name(process) or " ".join(party.split())[:200] or process.get("id") or "Process"
    made = _scope(process, file, title, lanes, party)
    return Workflow(
        file, "bpmn", title, made[0], made[1], messages=messages, who=" ".join(party.split())[:200], counts=counts,
        on_error="an error event leads to steps of its own" if _catches(process) else "",
    )  # fmt: skip


def _catches(process: Element) -> bool:
    return any(
        e.children and any(c.tag == "errorEventDefinition" for c in e.children)
        for e in process.all("boundaryEvent")
    )


def _scope(
    scope: Element, file: str, title: str, lanes: dict[str, str], party: str
) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    """The nodes and links directly inside a process or sub-process."""
    nodes = tuple(_node(child, file, lanes, party) for child in scope.children if child.tag in _NODES)
    links: list[Link] = []
    ports: dict[str, int] = {}
    for flow in scope.children:
        if flow.tag == "sequenceFlow":
            source = flow.get("sourceRef")
            port = ports.get(source, 0)
            ports[source] = port + 1
            links.append(Link(source, flow.get("targetRef"), port, _name(flow)))
    for event in scope.children:
        if event.tag == "boundaryEvent" and event.get("attachedToRef"):
            source = event.get("attachedToRef")
            port = max(ports.get(source, 0), 1)
            ports[source] = port + 1
            links.append(Link(source, event.get("id"), port, _name(event) or "it is interrupted"))
    return nodes, tuple(links)


def _node(element: Element, file: str, lanes: dict[str, str], party: str) -> Node:
    tag, key = element.tag, element.get("id")
    kinds: dict[str, Kind] = {
        "startEvent": "start", "endEvent": "end", "parallelGateway": "parallel", "serviceTask": "call",
        "scriptTask": "other",
        "businessRuleTask": "other", "callActivity": "other",
    }  # fmt: skip
    kind: Kind = kinds.get(tag, "choose" if tag in _GATEWAYS else "person" if tag in _TASKS else "other")
    if tag == "intermediateCatchEvent" and any(c.tag == "timerEventDefinition" for c in element.children):
        kind = "wait"
    inner: tuple[Workflow, ...] = ()
    if tag in _SUBS:
        made = _scope(element, file, _name(element), lanes, party)
        inner = (
            Workflow(file, "bpmn", _name(element) or "Part", made[0], made[1], who=lanes.get(key, party)),
        )
    return Node(
        key, _name(element) or tag, kind, tag, who=lanes.get(key, party),
        often=_timer(element) if tag == "startEvent" else "", inner=inner,
    )  # fmt: skip


def _timer(element: Element) -> str:
    """The period of a repeating timer (ISO 8601: `R/P1W`), in words."""
    for cycle in element.all("timeCycle"):
        match = re.fullmatch(r"R\d*/P(?:T(\d{1,3})H|(\d{1,3})([DWMY]))", cycle.text.strip())
        if match:
            words = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}
            return f"{match[1]} hours" if match[1] else f"{match[2]} {words[match[3]]}"
    return ""
