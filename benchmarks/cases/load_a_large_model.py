"""A model of 10,000 components with 30,000 connections: read, resolved and validated, beside PyYAML's own C loader.

PyYAML only builds dictionaries (no positions, no duplicate-key check, no units, no references), so a ratio below 1 is
what the rest costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from case import Case, Contender

COMPONENTS = 10_000
CONNECTIONS = 30_000


def text() -> str:
    """The model's text: components in a chain of hosts, connections by a fixed rule."""
    parts = [
        "groma: 1",
        "system: Large",
        "currency: EUR",
        "places: {fra: {kind: region, in: EU}}",
        "components:",
    ]
    for n in range(COMPONENTS):
        runs_on = f", runs_on: c{n // 10}" if n else ""
        parts.append(
            f"  c{n}: {{kind: service, place: fra, replicas: {n % 4 + 1}, threads: 8{runs_on}, "
            f"offers: {{get: {{work: {n % 50 + 1} ms ± 1 ms}}}}, price: {n % 90 + 10} EUR/month}}"
        )
    parts.append("connections:")
    for n in range(CONNECTIONS):
        a, b = n % COMPONENTS, (n * 7919 + 1) % COMPONENTS
        parts.append(f"  k{n}: {{from: c{a}, to: c{b}, latency: {n % 20 + 1} ms, protocol: HTTPS}}")
    return "\n".join(parts) + "\n"


def _ours() -> Callable[[], Any]:
    from groma.model.load import loads

    source = text()

    def run() -> tuple[int, int]:
        model = loads(source)
        return len(model.components), len(model.connections)

    return run


def _pyyaml() -> Callable[[], Any]:
    import yaml

    source = text()

    def run() -> tuple[int, int]:
        data: dict[str, dict[str, Any]] = yaml.load(source, Loader=yaml.CSafeLoader)
        return len(data["components"]), len(data["connections"])

    return run


CASES = (
    Case(
        "load and validate 10,000 components with 30,000 connections",
        Contender("groma: read, resolve, validate", _ours),
        (Contender("PyYAML CSafeLoader: dictionaries only", _pyyaml),),
    ),
)
