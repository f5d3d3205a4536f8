"""What a component says in a record of its own: how it scales, which language model it serves, what it finds by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.model.grammar import Amount, Number, OneOrMany, Reference, Text, Word, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """How a component gets more replicas under load, and fewer again: between its `replicas` and `to`."""

    at: Position
    to: int = key(Number(least=2), "how many replicas at the most", required=True)
    aims: Quantity = key(Amount("share"), "utilisation that it aims at", required=True)
    every: Quantity = key(Amount("time"), "how often it looks", required=True)
    after: Quantity | None = key(Amount("time"), "how long a new replica takes until it serves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """A language model that is served by oneself: one replica is one instance over `parallel` accelerators."""

    at: Position
    model: str = key(Text(), "the model: an entry of the table `llm-models`", required=True)
    accelerator: str = key(Text(), "on what: an entry of the table `accelerators`", required=True)
    parallel: int = key(Number(least=1), "accelerators one instance is spread over", default=1)
    engine: Literal["vllm", "sglang", "trtllm"] = key(
        Word("vllm", "sglang", "trtllm"), "whose scheduling and calibration", default="vllm"
    )
    precision: Literal["bf16", "fp8", "fp4", "int4"] | None = key(
        Word("bf16", "fp8", "fp4", "int4"), "format of the weights; as the model is published unless stated"
    )
    ttft: Quantity | None = key(Amount("time"), "most time to the first token")
    tpot: Quantity | None = key(Amount("time"), "most time between tokens")
    kept_by: Quantity | None = key(Amount("share"), "share of the calls that keep both (95 % unless stated)")
    prefix: int = key(Number(), "tokens at the start that all prompts share", default=0)
    sequences: int | None = key(Number(least=1), "most requests running at once")
    budget: int | None = key(Number(least=64), "most tokens of an iteration")
    instead_of: str | None = key(
        Text(), "what would answer otherwise, paid by the token: a component, or a product of the catalog"
    )
    committed: Quantity | Unknown | None = key(
        Amount("money/time"), "what one instance costs under a commitment: `9000 EUR/month`"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """How a component finds vectors that are near to another: how many it keeps, and how."""

    at: Position
    kind: Literal["flat", "hnsw", "ivf"] = key(
        Word("flat", "hnsw", "ivf"),
        "`flat`: compares with all; `hnsw`: a graph of neighbours; `ivf`: lists around centres",
        required=True,
    )
    vectors: Quantity | Unknown | None = key(Amount("count"), "how many vectors it keeps")
    dimensions: int = key(Number(least=1), "numbers in a vector", required=True)
    code: Literal["float32", "float16", "int8", "binary", "product"] = key(
        Word("float32", "float16", "int8", "binary", "product"), "how a number is kept", default="float32"
    )
    code_bytes: int | None = key(Number(least=1), "bytes of a vector where its code is `product`")
    m: int | None = key(Number(least=2), "links of a vector in an `hnsw` graph; twice as many at the bottom")
    ef: int | None = key(Number(least=1), "candidates that a search in an `hnsw` graph keeps")
    lists: int | None = key(Number(least=1), "lists of an `ivf` index")
    probes: int | None = key(Number(least=1), "lists that a search in an `ivf` index looks into")
    made_with: str | None = key(
        Reference("components"), "the model that makes its vectors, of texts and of questions"
    )
    narrows_by: tuple[str, ...] = key(
        OneOrMany(Text()),
        "fields of a question by which what is found is narrowed to what the asker may see",
        default=(),
    )
