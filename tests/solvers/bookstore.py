"""Reads shared/cases/queueing/bookstore-model.json (milliseconds) as a layered network (seconds)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groma.solvers.queueing import Call, Entry, LayeredNetwork, Processor, Task


def bookstore(path: Path, customers: int) -> LayeredNetwork:
    model = json.loads(path.read_text())
    processors = tuple(
        Processor(
            name, None if p["multiplicity"] == "infinite" else p["multiplicity"], p["rate"], p["scheduling"]
        )
        for name, p in model["processors"].items()
    )
    tasks = tuple(_task(name, task, model["entries"], customers) for name, task in model["tasks"].items())
    return LayeredNetwork(processors, tasks)


def _task(name: str, task: dict[str, Any], entries: dict[str, Any], customers: int) -> Task:
    many = {"N": customers, "infinite": None}.get(task["multiplicity"], task["multiplicity"])
    known = [entries[e] for e in task["entries"]]
    think = known[0].get("think_time_ms", 0.0) / 1000.0
    made = tuple(_entry(e, entries[e]) for e in task["entries"])
    return Task(name, task["processor"], made, many, task["kind"] == "reference", think)


def _entry(name: str, entry: dict[str, Any]) -> Entry:
    sync = entry.get("sync", {})
    loops = {
        lower: "geometric" if "_C" in lower.removesuffix(lower.split("_")[-1]) else "fixed" for lower in sync
    }
    one_of = (
        len(sync) > 1 and all(mean < 1.0 for mean in sync.values()) and abs(sum(sync.values()) - 1.0) < 1e-4
    )
    return Entry(
        name,
        entry["demand_ms"] / 1000.0,
        tuple(Call(lower, mean, loops[lower]) for lower, mean in sync.items()),  # type: ignore[arg-type]
        tuple(Call(lower, mean) for lower, mean in entry.get("async", {}).items()),
        tuple(Call(lower, mean) for lower, mean in entry.get("forward", {}).items()),
        choice=one_of,
    )
