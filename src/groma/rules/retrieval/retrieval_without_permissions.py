"""An index over data of several owners or classes that anybody's question searches whole."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Component, Data
from groma.model.program import Call
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Calls to indexes; those to mixed data that the search doesn't carry what the asker may see."""
    looked = 0
    hits: list[Hit] = []
    for component in subject.components():
        if component.index is None and component.kind.lower() not in ("index", "vector store"):
            continue
        sources = list(_sources(subject, component))
        mixed = len({(data.class_, data.owner) for data in sources}) > 1
        for path, step in subject.steps:
            action = step.action
            if not isinstance(action, Call) or action.component != component.name:
                continue
            looked += 1
            why = _open(component, action.operation) if mixed else ""
            if not why:
                continue
            flow = subject.model.flows.get(path.removeprefix("flows."))
            asker = "" if flow is None or flow.by is None else f" by {flow.by}"
            reached = ", ".join(
                f"{data.name} ({data.class_}, {data.owner or 'nobody owns it'})" for data in sources
            )
            hits.append(
                Hit(
                    step.path,
                    f"{component.title or component.name} is searched whole, whoever asks",
                    f"{path} started{asker} -> {step.path} calls {component.name}.{action.operation} -> may "
                    f"get {reached}; {why}",
                    step.at,
                )
            )
    return Look(looked, tuple(hits))


def _sources(subject: Subject, component: Component) -> Iterator[Data]:
    """The first data that what an index holds is made from; what isn't made from others stands for itself."""
    todo = [data.name for data in subject.model.data.values() if component.name in data.held_by]
    seen: set[str] = set()
    while todo:
        data = subject.model.data[todo.pop(0)]
        if data.name in seen:
            continue
        seen.add(data.name)
        if data.made_from:
            todo += data.made_from
        else:
            yield data


def _open(component: Component, operation: str) -> str:
    """Why a search isn't narrowed; empty when it is."""
    narrows = () if component.index is None else component.index.narrows_by
    if not narrows:
        return "nothing narrows what is found to what the asker may see (`narrows_by`)"
    request = component.offers[operation].request if operation in component.offers else None
    lacking = [] if request is None else [field for field in narrows if field not in request]
    return f"the question doesn't carry {', '.join(lacking)}" if lacking else ""


RULE = Rule(
    id="retrieval-without-permissions",
    title="Retrieval without the asker's rights",
    looks_for="Calls to an index over data of several classes or owners that isn't narrowed by the asker's rights.",
    why="A model quotes whatever is found: who may ask then may read everything.",
    source="OWASP Top 10 for LLM Applications 2025, LLM08 (vector and embedding weaknesses); GDPR Article 25",
    severity="error",
    tags=("data", "retrieval", "safety"),
    consequence="One asker's answer quotes another's documents.",
    remedy="Keep the source's rights with each vector, narrow the search by them (`narrows_by`) and let the "
    "question carry them, "
    "or keep an index for each group.",
    check=check,
    good="""\
people: {ana: {}, law: {}}
components:
  vectors:
    kind: index
    index: {kind: flat, dimensions: 1024, narrows_by: groups}
    offers: {search: {work: 5 ms, request: {text: string, groups: list}}}
data:
  pages: {owner: ana}
  contracts: {class: secret, owner: law}
  chunks: {made_from: [pages, contracts], held_by: vectors}
flows: {ask: {by: ana, steps: [{call: vectors.search}]}}
""",
    bad="""\
people: {ana: {}, law: {}}
components:
  vectors: {kind: index, index: {kind: flat, dimensions: 1024}, offers: {search: {work: 5 ms}}}
data:
  pages: {owner: ana}
  contracts: {class: secret, owner: law}
  chunks: {made_from: [pages, contracts], held_by: vectors}
flows: {ask: {by: ana, steps: [{call: vectors.search}]}}
""",
    expected=("retrieval-without-permissions:flows.ask.steps.1",),
)
