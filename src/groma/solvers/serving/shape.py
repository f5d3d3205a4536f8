"""What is served on what: the shape of a model, an accelerator, and how the one is spread over several of the other.

Plain numbers: bytes, elements, operations each second, seconds. Nothing here knows a catalog or a model file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GIB = 2**30


class ServingError(ValueError):
    """What was asked can't be answered; the message says what was expected, what was found and what would do."""


@dataclass(frozen=True, slots=True)
class Format:
    """How numbers are stored and multiplied: bytes a weight, bytes an element of the cache, which rate computes."""

    name: str
    weight_bytes: float
    kv_bytes: float
    computes_in: str


FORMATS = {
    "bf16": Format("bf16", 2.0, 2.0, "bf16"),
    "fp8": Format("fp8", 1.0, 2.0, "fp8"),
    "fp4": Format("fp4", 0.5625, 2.0, "fp4"),
    "int4": Format("int4", 0.5625, 2.0, "bf16"),
}
"""Four-bit formats carry a scale of one byte for sixteen weights. The cache is in bf16 unless the engine is told."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder: counts of its parts. `kv_elements` are numbers stored per token over all layers (one latent vector
    and its rotary part with latent attention, `latent`); parameters are in units, not billions.
    `experts` and `experts_active` are 0 without a mixture; `expert_params` those of all routed experts together."""

    name: str
    layers: int
    hidden: int
    heads: int
    head_dim: int
    kv_heads: int
    kv_elements: float
    params: float
    params_active: float
    experts: int = 0
    experts_active: int = 0
    expert_params: float = 0.0
    latent: bool = False
    max_context: int = 0

    def __post_init__(self) -> None:
        counts = (self.layers, self.hidden, self.heads, self.head_dim, self.kv_elements, self.params)
        if not all(math.isfinite(v) and v > 0 for v in counts) or not 0 < self.params_active <= self.params:
            raise ServingError(
                f"{self.name}: expected positive sizes and active parameters among all of them"
            )
        if not 0 <= self.expert_params < self.params:
            raise ServingError(f"{self.name}: the experts can't hold all parameters or fewer than none")


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One accelerator: bytes of memory (and of it, not usable), bytes a second of memory and of its links (one way),
    operations a second by number format; a format it doesn't have is missing."""

    name: str
    memory: float
    bandwidth: float
    flops: tuple[tuple[str, float], ...]
    link: float
    reserved: float = 0.0
    family: str = ""

    def rate(self, computes_in: str) -> float:
        """Operations a second of a format, of the next wider one where it isn't there (weights are then unpacked)."""
        rates = dict(self.flops)
        for name in ("fp4", "fp8", "bf16")[("fp4", "fp8", "bf16").index(computes_in) :]:
            if name in rates:
                return rates[name]
        raise ServingError(f"{self.name}: no rate of {computes_in} or wider is known")


@dataclass(frozen=True, slots=True)
class Layout:
    """One instance: `tensor` parts of every matrix, times `data` groups that share the experts but not the requests;
    with `apart` each accelerator keeps whole experts instead of a part of each."""

    tensor: int = 1
    data: int = 1
    apart: bool = False

    @property
    def accelerators(self) -> int:
        return self.tensor * self.data


def dense_bytes(shape: Shape, form: Format) -> float:
    """Bytes of a weight outside of the experts: mixtures in four bits keep sixteen there, as they are published."""
    return 2.0 if shape.experts and form.weight_bytes < 1.0 else form.weight_bytes


def weight_bytes(shape: Shape, form: Format, layout: Layout = Layout()) -> float:
    """Bytes of weights on each accelerator: experts are spread over all of them, the rest over a tensor group."""
    shared = (shape.params - shape.expert_params) * dense_bytes(shape, form) / layout.tensor
    return shared + shape.expert_params * form.weight_bytes / layout.accelerators


def kv_bytes(shape: Shape, form: Format, layout: Layout = Layout()) -> float:
    """Bytes of cache a token takes on each accelerator of its group; heads are split as far as there are any, a latent
    vector is kept whole on each."""
    parts = 1 if shape.latent else min(layout.tensor, shape.kv_heads)
    return shape.kv_elements * form.kv_bytes / parts


def kv_capacity(
    shape: Shape, accelerator: Accelerator, form: Format, layout: Layout = Layout(), share: float = 0.9
) -> int:
    """Tokens that fit into the cache of one instance when `share` of the memory is given to the engine.

    Raises ServingError, saying how many accelerators would do, when the weights don't fit.
    """
    if not 0.0 < share <= 1.0:
        raise ServingError(f"the share of memory must lie above 0 and up to 1, not {share}")
    room = accelerator.memory * share - accelerator.reserved - weight_bytes(shape, form, layout)
    tokens = math.floor(room / kv_bytes(shape, form, layout)) * layout.data if room > 0 else 0
    if tokens < 1:
        needed = fewest(shape, accelerator, form, share)
        remedy = f"{needed} would do" if needed else "no number up to 64 would do"
        raise ServingError(
            f"{shape.name} in {form.name} takes {weight_bytes(shape, form, layout) / GIB:.1f} GiB of each "
            f"{accelerator.name}, which has {(accelerator.memory * share - accelerator.reserved) / GIB:.1f} GiB for it "
            f"({layout.accelerators} of them): {remedy} in parallel"
        )
    return tokens


def fewest(shape: Shape, accelerator: Accelerator, form: Format, share: float = 0.9) -> int:
    """The smallest power of two of accelerators that holds the weights and 8192 tokens of cache; 0 if 64 don't."""
    room = accelerator.memory * share - accelerator.reserved
    for tensor in (1, 2, 4, 8, 16, 32, 64):
        layout = Layout(tensor)
        if weight_bytes(shape, form, layout) + 8192 * kv_bytes(shape, form, layout) <= room:
            return tensor
    return 0
