"""Models and accelerators as the serving solver takes them, and its stored calibration.

A model may be named by its own name (`llama-3.1-8b`) if one entry alone has it. Routed experts hold
(total - active) x E / (E - k) parameters, since active ones differ from all in the experts left out. Latent attention
computes in the heads its family publishes (192 for keys, 128 for values), which the configuration's head size doesn't
say.
"""

from __future__ import annotations

import re
from functools import lru_cache

from groma.catalog.fact import Fact
from groma.catalog.nearest import nearest
from groma.catalog.problems import UnknownEntryError
from groma.catalog.table import Entry
from groma.catalog.tables import Tables
from groma.solvers.serving.iteration import Coefficients
from groma.solvers.serving.shape import (
    FORMATS,
    GIB,
    Accelerator,
    Format,
    ServingError,
    Shape,
)

_LATENT_HEAD = 160


def served_shape(tables: Tables, name: str) -> Shape:
    """The shape of a model. Raises UnknownEntryError with the nearest names, ServingError where the table says too
    little to count its weights or its cache."""
    return _shape(_entry(tables, "llm-models", "model_id", name))


def served_format(tables: Tables, name: str) -> Format:
    """The format a model is published in."""
    quantisation = _entry(tables, "llm-models", "model_id", name).text("quantisation").lower()
    for word, form in (("fp4", "fp4"), ("int4", "int4"), ("compressed", "int4"), ("fp8", "fp8")):
        if word in quantisation:
            return FORMATS[form]
    return FORMATS["bf16"]


def served_window(tables: Tables, name: str) -> Fact | None:
    """The most positions a model takes, of prompt and answer together; None where no model or no number is known."""
    try:
        entry = _entry(tables, "llm-models", "model_id", name)
    except UnknownEntryError:
        return None
    return entry.fact("max_positions") if entry.text("max_positions") else None


def served_on(tables: Tables, name: str) -> Accelerator:
    """An accelerator by its id. Raises UnknownEntryError with the nearest ids."""
    entry = _entry(tables, "accelerators", "id", name)
    rates = (("bf16", "bf16_tflops_dense"), ("fp8", "fp8_tflops_dense"), ("fp4", "fp4_tflops_dense"))
    generation = entry.text("sm_version")
    return Accelerator(
        name=entry.text("id"),
        memory=_number(entry, "memory_gib") * GIB,
        bandwidth=_number(entry, "memory_bandwidth_gb_s") * 1e9,
        flops=tuple((form, _number(entry, column) * 1e12) for form, column in rates if entry.text(column)),
        link=_number(entry, "intra_node_gb_s_one_way") * 1e9,
        reserved=_number(entry, "reserved_memory_gib") * GIB,
        family=f"sm{int(generation) // 10}" if generation.isdigit() else "other",
    )


def calibration(tables: Tables) -> Coefficients:
    """The coefficients that `tools/serving_calibration.py` fitted."""
    base: dict[str, float] = {}
    factors: dict[str, float] = {}
    for entry in tables.entries("serving-coefficients"):
        kind, _, name = entry.text("name").partition(":")
        (base if kind == "base" else factors)[name] = _number(entry, "value")
    return Coefficients(base, factors)


def spreads(tables: Tables, accelerator: str | None = None) -> dict[str, tuple[float, float]]:
    """For `ttft` and `tpot` what the truth over the prediction lay between in 90 % of groups left out; for an
    accelerator that was never measured (`was_measured`), 95 % of the runs of the worst accelerator left out."""
    wanted = "interval" if accelerator is None or was_measured(tables, accelerator) else OTHERS
    found: dict[str, tuple[float, float]] = {}
    for entry in tables.entries("serving-errors", group=wanted):
        found[entry.text("quantity")] = (_number(entry, "low"), _number(entry, "high"))
    return found


OTHERS = "interval, other accelerator"
"""The rows of `serving-errors` for accelerators that nobody measured."""


def was_measured(tables: Tables, accelerator: str) -> bool:
    """Whether the calibration saw runs on an accelerator (its id)."""
    return any(
        entry.text("group") == f"accelerator {accelerator}" for entry in tables.entries("serving-errors")
    )


def _shape(entry: Entry) -> Shape:
    name = entry.text("model_id")
    missing = [
        column
        for column in (
            "layers",
            "hidden_size",
            "attention_heads",
            "params_total_b_estimated",
            "kv_elements_per_token",
        )
        if not entry.text(column)
    ]
    if missing:
        raise ServingError(
            f"{name}: the table doesn't say {', '.join(missing)}; nothing can be sized without"
        )
    total = _number(entry, "params_total_b_estimated") * 1e9
    active = _number(entry, "params_active_b_estimated") * 1e9
    experts, chosen = (int(entry.text(column) or 0) for column in ("experts_total", "experts_active"))
    latent = entry.text("kv_scope").startswith("latent")
    return Shape(
        name=name,
        layers=int(_number(entry, "layers")),
        hidden=int(_number(entry, "hidden_size")),
        heads=int(_number(entry, "attention_heads")),
        head_dim=_LATENT_HEAD if latent else int(_number(entry, "head_dim")),
        kv_heads=int(entry.text("kv_heads") or 1),
        kv_elements=_number(entry, "kv_elements_per_token"),
        params=total,
        params_active=active,
        experts=experts,
        experts_active=chosen,
        expert_params=(total - active) * experts / (experts - chosen) if experts > chosen else 0.0,
        latent=latent,
        max_context=int(entry.text("max_positions") or 0),
    )


@lru_cache(maxsize=256)
def _plain(name: str) -> str:
    """A model's own name without vendor, `Meta-`, `-Instruct` and the format it is published in."""
    own = name.lower().rsplit("/", 1)[-1].removeprefix("meta-")
    return re.sub(r"-(instruct|nvfp4|fp8|bf16)$", "", own)


def _entry(tables: Tables, table: str, key: str, name: str) -> Entry:
    entries = tables.entries(table)
    names = [entry.text(key) for entry in entries]
    for same in (str.strip, str.lower, _own, _plain):
        found = [entry for entry, known in zip(entries, names, strict=True) if same(known) == same(name)]
        if found:
            return found[0]
    raise UnknownEntryError(f"the table `{table}` has no entry `{name}`", nearest(name, names, least=0.15))


def _own(name: str) -> str:
    return name.lower().rsplit("/", 1)[-1]


def _number(entry: Entry, column: str) -> float:
    text = entry.text(column)
    if not text:
        raise ServingError(f"{entry.row.cells[0]}: {column} isn't known, and nothing can be sized without")
    return float(text)
