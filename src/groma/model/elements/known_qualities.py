"""Qualities of a component that the engine reads by name; any other name is a quality of the client's own."""

from __future__ import annotations

from collections.abc import Mapping

from groma.model.grammar import Amount, Known

KNOWN_QUALITIES: Mapping[str, Known] = {
    "accuracy": Known(
        Amount("share"), "share of its answers that are right: `92 %`; routes and cascades weigh it"
    ),
    "context": Known(
        Amount("count"), "tokens that its window holds: `200000 tokens`; the catalog's unless stated"
    ),
    "prefix_kept": Known(Amount("time"), "how long a provider keeps the shared start of prompts: `5 min`"),
    "recall": Known(
        Amount("share"), "share of the right passages that it finds, on your own questions: `93 % .. 96 %`"
    ),
    "request_limit": Known(Amount("rate"), "calls that a provider lets through: `500/min`"),
    "token_limit": Known(
        Amount("rate"), "tokens, in and out, that a provider lets through: `400000 tokens/min`"
    ),
    "unsure": Known(
        Amount("share"), "share of questions that it hands to the next model of a cascade: `25 %`"
    ),
}
"""Name to how it is written and what reads it."""
