"""Spans of OpenTelemetry's conventions for generative AI, under the names that the design has for what they call.

An inference span (`chat MODEL`) is written by the service that asks, an `execute_tool NAME` span by whoever runs the
tool: both are calls of a component of the design. The component is the one whose product is the model that was asked
for, else the only language model there is; a tool is found as `component.operation`, by the only operation of its name,
or as a component with one operation. What a span of this kind does below is its own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from groma.analyses.conformance.traces import Seen
from groma.analyses.observability.metrics import language_models
from groma.model.elements import Component, Model
from groma.model.model_programs import programs
from groma.model.program import Call, Send, walk

OPERATION, MODEL, TOOL = "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.tool.name"
ANSWERED_BY = "gen_ai.response.model"
INFERENCE = frozenset({"chat", "generate_content", "text_completion", "embeddings"})


def as_designed(model: Model, spans: Sequence[Seen]) -> tuple[Seen, ...]:
    """The spans, with calls of models and tools under the names of the design; what it doesn't know stays."""
    called: dict[tuple[str, str], tuple[str, str]] = {}
    for span in spans:
        target = target_of(model, span)
        if target is not None:
            called[span.trace, span.span] = target
    inside = {key: name for key, (name, _) in called.items()}
    found: list[Seen] = []
    for span in spans:  # in the order they began: callers come before what they call
        here, above = (span.trace, span.span), (span.trace, span.parent or "")
        if here in called:
            service, name = called[here]
            found.append(replace(span, service=service, name=name))
            continue
        known = model.components.get(span.service)
        if above in inside and (known is None or span.name not in known.offers):
            inside[here] = inside[above]
            found.append(replace(span, service=inside[above]))
        else:
            found.append(span)
    return tuple(found)


def target_of(model: Model, span: Seen) -> tuple[str, str] | None:
    """The component and operation that a span of generative AI calls; None for other spans and unknown targets."""
    what = span.said(OPERATION)
    if what in INFERENCE:
        component = model_asked(model, span)
        operation = None if component is None else _operation(model, component, str(what))
        return None if component is None or operation is None else (component.name, operation)
    if what == "execute_tool":
        return tool_of(model, span)
    return None


def model_asked(model: Model, span: Seen) -> Component | None:
    """The component of the design that an inference span asks."""
    known = [model.components[name] for name in language_models(model)]
    own = [each for each in known if each.name == span.service]
    if own:
        return own[0]
    asked = str(span.said(MODEL) or span.said(ANSWERED_BY) or "")
    fitting = [
        each for each in known if each.product is not None and same_model(product_name(each.product), asked)
    ]
    if len(fitting) == 1:
        return fitting[0]
    called = {component for component, _ in _called(model)} & {each.name for each in known}
    return model.components[next(iter(called))] if len(called) == 1 and not fitting else None


def tool_of(model: Model, span: Seen) -> tuple[str, str] | None:
    """The operation that an `execute_tool` span runs."""
    tool = span.said(TOOL)
    if not isinstance(tool, str):
        return None
    part, _, operation = tool.partition(".")
    if operation and part in model.components and operation in model.components[part].offers:
        return part, operation
    named = [(c.name, o) for c in model.components.values() for o in c.offers if o == tool]
    if len(named) == 1:
        return named[0]
    component = model.components.get(tool)
    if component is not None and len(component.offers) == 1:
        return tool, next(iter(component.offers))
    return None


def product_name(product: str) -> str:
    """The model's name in a reference into the catalog: `gpt-4o` of `openai/gpt-4o@eu`."""
    return product.rpartition("/")[2].partition("@")[0]


def same_model(designed: str, seen: str) -> bool:
    """Whether a name that was seen is the designed model: itself, or dated (`gpt-4o-2024-08-06`)."""
    a, b = designed.casefold(), seen.casefold().rpartition("/")[2]
    rest = b.removeprefix(f"{a}-").replace("-", "").replace("v", "").replace(":", "")
    return a == b or (b.startswith(f"{a}-") and rest.isdigit())


def _operation(model: Model, component: Component, what: str) -> str | None:
    """The only operation of its kind, or the only one that is called."""
    embeds = what == "embeddings"
    fitting = [name for name in component.offers if ("embed" in f"{component.name} {name}".lower()) == embeds]
    if len(fitting) == 1:
        return fitting[0]
    called = {operation for name, operation in _called(model) if name == component.name}
    left = [name for name in fitting or component.offers if name in called]
    return left[0] if len(left) == 1 else None


def _called(model: Model) -> Iterator[tuple[str, str]]:
    for _, steps in programs(model):
        for step in walk(steps):
            if isinstance(step.action, Call | Send):
                yield step.action.component, step.action.operation
