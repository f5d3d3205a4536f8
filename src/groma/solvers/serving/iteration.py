"""How long one iteration of an engine takes: a roofline with few calibrated coefficients.

Work of an iteration over n tokens of which some are prompt: weights read once (of a mixture, the experts that n tokens
touch), cache read for each decoding token, operations of the matrices and of attention, two all-reduces a layer within
a tensor group, and fixed costs a layer, a step and a sequence. Each is the ideal time (work over the rate of the data
sheet) times a coefficient that was fitted. Reading and computing overlap, so the longer one counts (Williams, Waterman
and Patterson, "Roofline", 2009), rounded off where they meet as the root of the sum of squares; experts are a roofline
of their own, since their small matrices are used worse than those all tokens go through. A cached number counts as two
bytes however it is kept: eight bits hold twice the tokens, but are unpacked about as slowly as sixteen are read.

Expected share of experts that n tokens touch, each choosing k of E alike: 1 - (1 - k/E)^n. Some experts are chosen more
often than others, so n counts as `reach` times n, which is fitted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from groma.solvers.serving.shape import Accelerator, Format, Layout, Shape, dense_bytes, kv_bytes

Array = NDArray[np.float64]

BASE = {
    "weights": 1.2,
    "experts": 1.4,
    "cache": 1.2,
    "matrices": 1.6,
    "mixtures": 1.8,
    "attention": 2.0,
    "link": 1.5,
    "hop": 5e-6,
    "layer": 3e-5,
    "expert_layer": 1e-5,
    "latent_layer": 1e-5,
    "step": 1e-3,
    "sequence": 1e-5,
    "start": 2e-2,
    "start_token": 2e-6,
    "lag": 1.0,
    "skew": 0.5,
    "reach": 0.7,
    "apart": 1.2,
}
"""Names of the coefficients and where a fit starts: factors on ideal times (of weights and of experts read, of cache
read, of operations in matrices and in experts, of attention, of what is moved between accelerators); seconds of a hop
of an all-reduce, a layer, what mixtures and latent attention add to it, a step, a sequence; seconds that a request
and each token of its prompt spend outside of the engine's steps, and the steps that pass until an answer is seen; the
power of the number of data groups by which a prompt takes longer, since one group reads it while the others wait; how
many of the tokens choose anew among experts; and the factor on experts that are kept whole, of which one has more."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A calibration: `base` by name, and factors on the time of a step for an engine, a format, a family of
    accelerators, a class of models and two pairs of these (`step/vllm`, `step/vllm@sm9`, `step/fp8@mixture`), likewise
    on its fixed costs (`fixed/vllm`), on the time of a prompt (`prompt/vllm`) and, by engine, family and kind of
    attention, of cached tokens (`cache/latent`); an engine has some on what passes outside of it (`start/vllm`,
    `lag/vllm`). What has none has 1."""

    base: dict[str, float] = field(default_factory=lambda: dict(BASE))
    factors: dict[str, float] = field(default_factory=dict[str, float])

    def factor(self, what: str, *marks: str) -> float:
        return math.prod(self.factors.get(f"{what}/{mark}", 1.0) for mark in marks)


@dataclass(frozen=True, slots=True)
class Costs:
    """The time of an iteration as numbers the scheduler adds up: `tokens[n]` for n tokens in the batch, then seconds
    for each cached token that decoding reads, each pair (prompt token, token before it), each sequence; `prompt` is the
    factor on what the prompt adds. Outside of the engine a request spends `start` seconds, `start_token` for each token
    of its prompt, and `lag` times what lies between its own tokens."""

    tokens: tuple[float, ...]
    cached: float
    pair: float
    sequence: float
    prompt: float = 1.0
    start: float = 0.0
    start_token: float = 0.0
    lag: float = 0.0

    def of(self, decoding: int, cached: float, prompt: int, pairs: float) -> float:
        """Seconds of an iteration: `decoding` tokens over `cached` in all, `prompt` tokens with `pairs`."""
        own = self.tokens[decoding]
        extra = (self.tokens[decoding + prompt] - own + self.pair * pairs) * self.prompt
        return own + self.cached * cached + self.sequence * decoding + extra


def marks(shape: Shape, accelerator: Accelerator, form: Format, engine: str) -> tuple[str, ...]:
    """What a calibration knows factors for; the class of model is dense, mixture or latent mixture. Of pairs, an engine
    has its own kernels on each family, and a format its own ones for experts."""
    kind, family = "mixture" if shape.experts else "dense", accelerator.family or accelerator.name
    whole = ("latent-" if shape.latent else "") + kind
    return engine, form.name, family, whole, f"{engine}@{family}", f"{form.name}@{kind}"


def cache_marks(shape: Shape, accelerator: Accelerator, engine: str) -> tuple[str, ...]:
    """Those of reading the cache, which the kernels of attention do whatever the weights are."""
    return engine, accelerator.family or accelerator.name, "latent" if shape.latent else "heads"


@dataclass(frozen=True, slots=True)
class Ideal:
    """Ideal times of one system or, as columns, of several: seconds of all weights read, of all experts read, share of
    the experts a token takes (`chosen`), seconds a token of operations outside of experts and in them, of what it moves
    over the links, counts of hops and layers, seconds of a cached token and of a pair, data groups, experts apart."""

    weights: Array
    experts: Array
    chosen: Array
    matrices: Array
    mixtures: Array
    link: Array
    hops: Array
    layers: Array
    expert_layers: Array
    latent_layers: Array
    cached: Array
    pair: Array
    data: Array
    apart: Array

    def at(self, index: NDArray[np.int64]) -> Ideal:
        """The rows of an index."""
        return Ideal(*(getattr(self, one.name)[index] for one in fields(self)))


def ideal(systems: Sequence[tuple[Shape, Accelerator, Format, Layout]]) -> Ideal:
    """The ideal times of systems, one a row."""
    return Ideal(*(np.array(column) for column in zip(*(_ideal(*one) for one in systems), strict=True)))


def _ideal(shape: Shape, accelerator: Accelerator, form: Format, layout: Layout) -> tuple[float, ...]:
    parts, bandwidth, thin = layout.accelerators, accelerator.bandwidth, dense_bytes(shape, form)
    mixed = shape.expert_params > 0.0
    chosen = shape.experts_active / shape.experts if mixed else 0.0
    active = shape.expert_params * chosen
    rate = accelerator.rate("bf16" if thin > form.weight_bytes else form.computes_in)
    between = (parts - 1) / parts
    return (
        (shape.params - shape.expert_params) * thin / layout.tensor / bandwidth,
        shape.expert_params * form.weight_bytes / parts / bandwidth,
        chosen,
        2.0 * (shape.params_active - active) / parts / rate,
        2.0 * active / parts / accelerator.rate(form.computes_in),
        2.0 * shape.layers * shape.hidden * 2.0 * 2.0 * between / layout.data / accelerator.link,
        2.0 * shape.layers * math.log2(parts),
        float(shape.layers),
        float(shape.layers * mixed),
        float(shape.layers * shape.latent),
        kv_bytes(shape, replace(form, kv_bytes=2.0), layout) / bandwidth / layout.data,
        4.0 * shape.layers * shape.heads * shape.head_dim / accelerator.rate("bf16") / parts,
        float(layout.data),
        float(layout.apart),
    )


def covered(chosen: Array | float, tokens: Array) -> Array:
    """Share of the experts that so many tokens are expected to touch, of which each takes a share `chosen`."""
    return -np.expm1(np.log1p(-np.minimum(chosen, 1.0 - 1e-12)) * tokens)


def of_tokens(found: Ideal, base: dict[str, float], tokens: Array, fixed: Array | float = 1.0) -> Array:
    """Seconds of the part that depends on the number of tokens alone; `fixed` is a factor on the fixed costs."""
    dense = np.hypot(found.weights * base["weights"], found.matrices * tokens * base["matrices"])
    touched = covered(found.chosen, tokens * base["reach"])
    experts = np.hypot(found.experts * touched * base["experts"], found.mixtures * tokens * base["mixtures"])
    uneven = 1.0 + (base["apart"] - 1.0) * found.apart
    layers = (
        found.layers * base["layer"]
        + found.expert_layers * base["expert_layer"]
        + found.latent_layers * base["latent_layer"]
    )
    costs = found.hops * base["hop"] + layers + base["step"]
    return dense + experts * uneven + found.link * tokens * base["link"] + costs * fixed


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
    base, known = coefficients.base, marks(shape, accelerator, form, engine)
    step, fixed, prompt = (coefficients.factor(w, *known) for w in ("step", "fixed", "prompt"))
    cache = coefficients.factor("cache", *cache_marks(shape, accelerator, engine))
    found = ideal([(shape, accelerator, form, layout)])
    counts = np.arange(0, budget + 1, dtype=float)
    counts[0] = 1.0
    outside = coefficients.factor("start", engine)
    return Costs(
        tuple((of_tokens(found, base, counts, fixed) * step).tolist()),
        float(found.cached[0]) * base["cache"] * cache * step,
        float(found.pair[0]) * base["attention"] * step,
        base["sequence"] * step * fixed,
        prompt * layout.data ** base["skew"],
        base["start"] * outside,
        base["start_token"] * outside,
        base["lag"] * coefficients.factor("lag", engine),
    )
