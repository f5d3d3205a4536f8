"""Where the models, tokens, tools and money of traces differ from the design.

Each check needs enough spans and errs on one in a thousand when nothing differs: means by Student's interval, whole
distributions by the exact one-sample Kolmogorov-Smirnov test (Marsaglia, Tsang and Wang 2003, as SciPy has it). Where
several steps call one operation with sizes of their own, only means are held against the hull of what they state.
Attributes are those that the pinned version of the conventions requires, and those without which nothing can be held.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats  # pyright: ignore

from groma.analyses.conformance.genai import (
    ANSWERED_BY,
    INFERENCE,
    MODEL,
    OPERATION,
    TOOL,
    model_asked,
    product_name,
    same_model,
    target_of,
)
from groma.analyses.conformance.traces import Seen
from groma.analyses.context import Context
from groma.analyses.cost.lines import spent
from groma.analyses.cost.prices import SIZE_NAMES, prices
from groma.analyses.growing import growth_of
from groma.analyses.interval import greatest
from groma.analyses.observability.tracing import PINNED, Profile, attributes_of
from groma.analyses.outcome.quantity import law_at
from groma.model.law import Law
from groma.model.model_programs import programs
from groma.model.program import Call, Send, Step, walk
from groma.model.quantity import Quantity
from groma.solvers.distributions import cdf_and_sf

ENOUGH = 30
"""Spans from which on means and distributions are held against the design."""
ALPHA = 1e-3
STEADY = 0.1
"""Spread of what is stated as constant, as a share of the mean, that is told."""
TOKENS = {"input": "gen_ai.usage.input_tokens", "output": "gen_ai.usage.output_tokens"}
What = Literal["model", "tool", "attribute", "tokens", "money"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that traces show otherwise than the design has it; `spans` show it, `span` is the first of them."""

    what: What
    where: str
    found: str
    expected: str
    spans: int
    span: str


def differences(context: Context, spans: Sequence[Seen], profile: Profile = PINNED) -> tuple[Difference, ...]:
    """Every difference, those of one kind together, in the order of the design. `spans` as they were read."""
    asked = [span for span in spans if span.said(OPERATION) in INFERENCE]
    tools = [span for span in spans if span.said(OPERATION) == "execute_tool"]
    by_call: dict[tuple[str, str], list[Seen]] = {}
    for span in asked:
        target = target_of(context.model, span)
        if target is not None:
            by_call.setdefault(target, []).append(span)
    calls = sorted(by_call.items())
    return (
        *_models(context, asked),
        *_tools(context, tools),
        *_attributes(context, asked, tools, profile),
        *(d for call, mine in calls for d in _tokens(context, call, mine)),
        *(d for call, mine in calls for d in _money(context, call, mine)),
    )


def _models(context: Context, asked: Sequence[Seen]) -> Iterator[Difference]:
    """Calls of another model than the component's product."""
    seen: dict[tuple[str, str, str], list[Seen]] = {}
    for span in asked:
        component = model_asked(context.model, span)
        name = str(span.said(MODEL) or span.said(ANSWERED_BY) or "")
        if component is None:
            seen.setdefault((span.service, "a language model of the design", name), []).append(span)
        elif component.product is not None and name and not same_model(product_name(component.product), name):
            seen.setdefault((component.name, product_name(component.product), name), []).append(span)
    for (where, expected, name), mine in sorted(seen.items()):
        yield Difference("model", where, name or "a model without a name", expected, len(mine), mine[0].span)


def _tools(context: Context, tools: Sequence[Seen]) -> Iterator[Difference]:
    """Tools that the design doesn't have."""
    seen: dict[tuple[str, str], list[Seen]] = {}
    for span in tools:
        if target_of(context.model, span) is None:
            seen.setdefault((span.service, str(span.said(TOOL) or "a tool without a name")), []).append(span)
    known = sorted(
        f"{name}.{operation}"
        for name, component in context.model.components.items()
        if component.kind.lower() in ("tool", "api", "service", "database", "index")
        for operation in component.offers
    )
    for (where, tool), mine in sorted(seen.items()):
        yield Difference("tool", where, tool, ", ".join(known) or "no tool", len(mine), mine[0].span)


def _attributes(
    context: Context, asked: Sequence[Seen], tools: Sequence[Seen], profile: Profile
) -> Iterator[Difference]:
    """Required attributes, and those that the checks need, that spans lack."""
    embeds = [span for span in asked if span.said(OPERATION) == "embeddings"]
    infers = [span for span in asked if span.said(OPERATION) != "embeddings"]
    for kind, mine, more in (
        ("span.gen_ai.inference.client", infers, (MODEL, *TOKENS.values())),
        ("span.gen_ai.embeddings.client", embeds, (MODEL, TOKENS["input"])),
        ("span.gen_ai.execute_tool.internal", tools, ()),
    ):
        required = [name for name, level in attributes_of(context.catalog, kind) if level == "required"]
        for name in dict.fromkeys((*required, *more)):
            spelt = profile.name(name)
            lacking = [span for span in mine if span.said(spelt) is None and span.ended == "ok"]
            if not lacking:
                continue
            other = [p for p in (name, "gen_ai.system") if all(s.said(p) is not None for s in lacking)]
            found = f"`{other[0]}` in its place" if other and name == "gen_ai.provider.name" else "nothing"
            where = ", ".join(sorted({span.service for span in lacking}))
            expected = f"`{spelt}` (conventions {profile.version})"
            yield Difference("attribute", where, found, expected, len(lacking), lacking[0].span)


def _tokens(context: Context, call: tuple[str, str], mine: Sequence[Seen]) -> Iterator[Difference]:
    """Tokens outside what the steps state that make this call."""
    steps = [
        step
        for _, program in programs(context.model)
        for step in walk(program)
        if isinstance(step.action, Call | Send) and (step.action.component, step.action.operation) == call
    ]
    for size, attribute in TOKENS.items():
        measured = [(float(v), s.span) for s in mine if isinstance(v := s.said(attribute), float)]
        stated = [_stated(step, size) for step in steps]
        sizes = [each for each in stated if each is not None]
        if not measured or not sizes or len(sizes) < len(stated):
            continue
        grows = size == "input" and any(growth_of(step.action) for step in steps)
        where = f"{call[0]}.{call[1]}, {size}"
        yield from _beyond(where, measured, sizes, grows)
        yield from _spread(where, measured, sizes, grows)


def _stated(step: Step, size: str) -> Quantity | None:
    assert isinstance(step.action, Call | Send)
    amounts = dict(step.action.sizes.amounts)
    found = next((amounts[name] for name in SIZE_NAMES[size] if name in amounts), None)
    return found if isinstance(found, Quantity) else None


def _beyond(
    where: str, measured: list[tuple[float, str]], sizes: list[Quantity], grows: bool
) -> Iterator[Difference]:
    most = max(greatest(each) for each in sizes)
    over = [(tokens, span) for tokens, span in measured if tokens > most]
    if over and not grows and any(not each.constant for each in sizes):
        yield Difference(
            "tokens",
            where,
            f"up to {max(over)[0]:,.0f} tokens",
            f"at most {most:,.0f}",
            len(over),
            over[0][1],
        )


def _spread(
    where: str, measured: list[tuple[float, str]], sizes: list[Quantity], grows: bool
) -> Iterator[Difference]:
    """Means, then the shape."""
    if len(measured) < ENOUGH:
        return
    values = np.array([tokens for tokens, _ in measured])
    low, high = mean_between(values)
    least, most = min(each.low for each in sizes), max(each.high for each in sizes)
    first = measured[0][1]
    if high < least or (low > most and not grows):
        found = f"{values.mean():,.0f} tokens in the mean ({low:,.0f} to {high:,.0f})"
        stated = f"{least:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}"
        yield Difference("tokens", where, found, f"{stated} in the mean", len(measured), first)
        return
    if grows or len(sizes) != 1:
        return
    (stated_,) = sizes
    if stated_.constant:
        if stated_.known is None and values.std() > STEADY * values.mean():
            found = f"from {values.min():,.0f} to {values.max():,.0f} tokens"
            yield Difference("tokens", where, found, f"always {stated_.text}", len(measured), first)
        return
    away = min(distance(values, law_at(stated_, mean)) for mean in {stated_.low, stated_.mean, stated_.high})
    if away > float(stats.kstwo.isf(ALPHA, len(values))):  # pyright: ignore
        found = f"half between {np.quantile(values, 0.25):,.0f} and {np.quantile(values, 0.75):,.0f} tokens"
        yield Difference("tokens", where, found, f"spread as {stated_.text}", len(measured), first)


def mean_between(values: NDArray[np.float64]) -> tuple[float, float]:
    """Student's interval of a mean, wrong once in a thousand."""
    mean, count = float(values.mean()), len(values)
    if count < 2:
        return -math.inf, math.inf
    times = float(stats.t.isf(ALPHA / 2, count - 1))  # pyright: ignore
    half = times * float(values.std(ddof=1)) / math.sqrt(count)
    return mean - half, mean + half


def distance(values: NDArray[np.float64], law: Law) -> float:
    """The greatest distance between the empirical distribution function of whole tokens and a law's."""
    points, counts = np.unique(values, return_counts=True)
    upto = np.cumsum(counts) / len(values)
    above = cdf_and_sf(law, points + 0.5)[0]
    below = cdf_and_sf(law, np.maximum(points - 0.5, 0.0))[0]
    return float(max(np.abs(upto - above).max(), np.abs(np.concatenate(([0.0], upto[:-1])) - below).max()))


def _money(context: Context, call: tuple[str, str], mine: Sequence[Seen]) -> Iterator[Difference]:
    """Money of the tokens of a call, at the design's prices, against what the design expects."""
    component, operation = call
    terms = prices(context, context.model.components[component]).of(operation)
    rates = {
        long: t.amount
        for t in terms
        for long, short in SIZE_NAMES.items()
        if t.size in short and t.per == "size"
    }
    if not rates or any(t.prompts_above or t.per not in ("size", "call") for t in terms):
        return
    worth: list[float] = []
    for span in mine:
        tokens = {size: span.said(TOKENS[size]) for size in rates}
        if all(isinstance(n, float) for n in tokens.values()):
            once = math.fsum(t.amount.value or 0.0 for t in terms if t.per == "call")
            worth.append(
                once + math.fsum((rates[s].value or 0.0) * float(n or 0.0) for s, n in tokens.items())
            )
    if len(worth) < ENOUGH or any(rate.value is None for rate in rates.values()):
        return
    uses = [
        each
        for name in context.model.flows
        for each in spent(context, name)
        if (each.use.name, each.use.operation) == call and each.flow == name
    ]
    expected = [each.price.amount for each in uses if each.price.pieces and not each.price.missing]
    if not expected or len(expected) < len(uses):
        return
    low, high = mean_between(np.array(worth))
    least, most = min(e.low for e in expected), max(e.high for e in expected)
    if high < least * (1 - 1e-9) or low > most * (1 + 1e-9):
        money = context.model.currency
        per = 1000.0
        stated = f"{least * per:.4g}" if least == most else f"{least * per:.4g} to {most * per:.4g}"
        yield Difference(
            "money", f"{component}.{operation}",
            f"{np.mean(worth) * per:.4g} {money} for 1,000 calls ({low * per:.4g} to {high * per:.4g})",
            f"{stated} {money} for 1,000 calls", len(worth), mine[0].span,
        )  # fmt: skip
