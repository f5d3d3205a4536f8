"""Models from text for the tests of the analyses."""

from __future__ import annotations

from dataclasses import replace

from groma.analyses import Context
from groma.catalog import load_catalog
from groma.model.elements import Alternative, Model, Operation
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import Call, Repeat, Sizes

CATALOG = load_catalog()
HEAD = "groma: 1\nsystem: t\ncurrency: EUR\n"


def context(text: str) -> Context:
    """A context on the model of a text that lacks its head."""
    return on(loads(HEAD + text))


def on(model: Model) -> Context:
    return Context(model, CATALOG, Ledger(model.digest))


def opened(text: str, name: str, role: str, **variants: str) -> Context:
    """The model with component `name` open: `role` takes a variant, each standing for another component of the text."""
    model = loads(HEAD + text)
    options = tuple(
        Alternative(role=role, variant=variant, component=replace(model.components[stands], name=name))
        for variant, stands in variants.items()
    )
    parts = {n: c for n, c in model.components.items() if n not in (name, *variants.values())}
    return on(replace(model, components=parts, alternatives={name: options}))


def loop(text: str) -> Repeat:
    """The loop of one call whose end a text states: `times: 3`, say."""
    model = loads(
        f"{HEAD}components: {{a: {{kind: s, offers: {{f: {{}}}}}}}}\n"
        f"flows: {{main: {{steps: [{{repeat: {{steps: [{{call: a.f}}], {text}}}}}]}}}}\n"
    )
    action = model.flows["main"].steps[0].action
    assert isinstance(action, Repeat)
    return action


def sizes(text: str) -> Sizes:
    """What one call of a model carries: `in: 3 tokens`, say."""
    model = loads(
        f"{HEAD}components: {{m: {{kind: llm, offers: {{g: {{}}}}}}}}\n"
        f"flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: m.g, sizes: {{{text}}}}}]}}}}\n"
    )
    call = model.flows["f"].steps[0].action
    assert isinstance(call, Call)
    return call.sizes


def operation(text: str) -> Operation:
    """The one operation of a component."""
    model = loads(f"{HEAD}components: {{m: {{kind: s, offers: {{g: {{{text}}}}}}}}}\n")
    return model.components["m"].offers["g"]
