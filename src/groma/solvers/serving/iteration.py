"""How long one iteration of an engine takes: a roofline with few calibrated coefficients.

Work of an iteration over n tokens of which some are prompt: weights read once (of a mixture, the experts that n tokens
touch), cache read for each decoding token, operations of the matrices and of attention, two all-reduces a layer within
a tensor group, and fixed costs a layer, a step and a sequence. Each is the ideal time (work over the rate of the data
sheet) times a coefficient that was fitted; reading and computing overlap, so the longer one counts (Williams, Waterman
and Patterson, "Roofline", 2009), rounded off where they meet, with an exponent that is fitted too.

Expected share of experts that n tokens touch, each choosing k of E alike: 1 - (1 - k/E)^n.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groma.solvers.serving.shape import Accelerator, Format, Layout, Shape, kv_bytes

Array = NDArray[np.float64]

BASE = {
    "weights": 1.3,
    "cache": 1.5,
    "matrices": 1.6,
    "attention": 3.0,
    "link": 2.0,
    "hop": 6e-6,
    "layer": 2.5e-5,
    "step": 1e-3,
    "sequence": 1e-5,
    "round": 2.0,
    "start": 1e-2,
    "skew": 0.5,
}
"""Names of the coefficients and where a fit starts: factors on ideal times; seconds of a hop of an all-reduce, a layer,
a step, a sequence; the exponent of the rounding; seconds that a request spends outside of the engine's steps; the
power of the number of data groups by which a prompt takes longer, since one group reads it while the others wait."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A calibration: `base` by name, and factors on the time of a step for an engine, a format, a family of
    accelerators and a class of models (`step/vllm`), likewise on its fixed costs (`fixed/vllm`) and on the time of a
    prompt (`prompt/vllm`); what has none has 1."""

    base: dict[str, float] = field(default_factory=lambda: dict(BASE))
    factors: dict[str, float] = field(default_factory=dict[str, float])

    def factor(self, what: str, *marks: str) -> float:
        return math.prod(self.factors.get(f"{what}/{mark}", 1.0) for mark in marks)


@dataclass(frozen=True, slots=True)
class Costs:
    """The time of an iteration as numbers the scheduler adds up: `tokens[n]` for n tokens in the batch, then seconds
    for each cached token that decoding reads, each pair (prompt token, token before it), each sequence; `prompt` is the
    factor on what the prompt adds, `start` the seconds a request spends outside of the engine."""

    tokens: tuple[float, ...]
    cached: float
    pair: float
    sequence: float
    prompt: float = 1.0
    start: float = 0.0

    def of(self, decoding: int, cached: float, prompt: int, pairs: float) -> float:
        """Seconds of an iteration: `decoding` tokens over `cached` in all, `prompt` tokens with `pairs`."""
        own = self.tokens[decoding] if decoding else self.tokens[0]
        extra = (self.tokens[decoding + prompt] - own + self.pair * pairs) * self.prompt if prompt else 0.0
        return own + self.cached * cached + self.sequence * decoding + extra


def marks(shape: Shape, accelerator: Accelerator, form: Format, engine: str) -> tuple[str, ...]:
    """What a calibration knows factors for; the class of model is dense, mixture or latent mixture."""
    kind = ("latent-" if shape.latent else "") + ("mixture" if shape.experts else "dense")
    return engine, form.name, accelerator.family or accelerator.name, kind


def covered(shape: Shape, tokens: Array) -> Array:
    """Share of the routed experts that so many tokens are expected to touch."""
    if not shape.experts:
        return np.zeros_like(tokens, dtype=float)
    return 1.0 - (1.0 - shape.experts_active / shape.experts) ** tokens


def ideal_tokens(
    shape: Shape, accelerator: Accelerator, form: Format, layout: Layout, tokens: Array
) -> dict[str, Array]:
    """Ideal seconds of n tokens by the name of their coefficient; `hop`, `layer` and `step` are counts."""
    own = shape.params - shape.expert_params
    read = form.weight_bytes * (
        own / layout.tensor + shape.expert_params * covered(shape, tokens) / layout.accelerators
    )
    operations = 2.0 * shape.params_active * tokens / layout.accelerators
    parts = layout.accelerators
    hops = 2.0 * shape.layers * math.log2(parts) if parts > 1 else 0.0
    moved = 2.0 * shape.layers * tokens / layout.data * shape.hidden * 2.0 * 2.0 * (parts - 1) / parts
    ones = np.ones_like(tokens, dtype=float)
    return {
        "weights": read / accelerator.bandwidth,
        "matrices": operations / accelerator.rate(form.computes_in),
        "link": moved / accelerator.link,
        "hop": hops * ones,
        "layer": shape.layers * ones,
        "step": ones,
    }


def combined(ideal: dict[str, Array], base: dict[str, float], fixed: Array | float = 1.0) -> Array:
    """Seconds of the part that depends on the number of tokens alone; `fixed` is a factor on the fixed costs."""
    power = base["round"]
    read, computed = ideal["weights"] * base["weights"], ideal["matrices"] * base["matrices"]
    longest = np.maximum(read, computed)
    work = longest * ((read / longest) ** power + (computed / longest) ** power) ** (1.0 / power)
    costs = ideal["hop"] * base["hop"] + ideal["layer"] * base["layer"] + ideal["step"] * base["step"]
    return work + ideal["link"] * base["link"] + costs * fixed


def per_cached(shape: Shape, accelerator: Accelerator, form: Format, layout: Layout) -> float:
    """Ideal seconds to read one cached token, where it is spread over the data groups evenly."""
    return kv_bytes(shape, form, layout) / accelerator.bandwidth / layout.data


def per_pair(shape: Shape, accelerator: Accelerator, layout: Layout) -> float:
    """Ideal seconds of attention between two tokens: two products of a head each, in bf16."""
    operations = 4.0 * shape.layers * shape.heads * shape.head_dim
    return operations / accelerator.rate("bf16") / layout.accelerators


def costs(
    shape: Shape,
    accelerator: Accelerator,
    form: Format,
    layout: Layout,
    engine: str,
    coefficients: Coefficients,
    budget: int,
) -> Costs:
    """The costs of every iteration up to `budget` tokens."""
    base, found = coefficients.base, marks(shape, accelerator, form, engine)
    factor, fixed = coefficients.factor("step", *found), coefficients.factor("fixed", *found)
    counts = np.arange(0, budget + 1, dtype=float)
    counts[0] = 1.0
    tokens = combined(ideal_tokens(shape, accelerator, form, layout, counts), base, fixed) * factor
    return Costs(
        tuple(tokens.tolist()),
        per_cached(shape, accelerator, form, layout) * base["cache"] * factor,
        per_pair(shape, accelerator, layout) * base["attention"] * factor,
        base["sequence"] * factor * fixed,
        coefficients.factor("prompt", *found) * layout.data ** base["skew"],
        base["start"] * coefficients.factor("start", engine),
    )
