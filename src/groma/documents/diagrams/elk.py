"""Runs the Eclipse Layout Kernel (elkjs, shipped unmodified under `vendor/`) inside V8 by way of mini-racer.

One engine per process, started at the first diagram (about 0.3 s) and closed at exit: an open V8 keeps the interpreter
from ending. Layouts are kept by the content of what was asked, so the same diagram in five documents is laid out once.
Layered layout after Schulze, Spoenemann and von Hanxleden, "Drawing layered graphs with port constraints" (2014).
"""

from __future__ import annotations

import atexit
import json
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any

from groma.documents.diagrams.diagram_error import DiagramError

_PRELUDE = (
    "var self = globalThis; var replies = []; self.postMessage = function (reply) { replies.push(reply); };"
)
_CALL = """
function layout(text) {
  replies = [];
  self.onmessage({data: {id: 1, cmd: 'layout', graph: JSON.parse(text), layoutOptions: {}, options: {}}});
  return JSON.stringify(replies[replies.length - 1]);
}
self.onmessage({data: {id: 0, cmd: 'register', algorithms: ['layered', 'box', 'rectpacking']}});
"""
_lock = Lock()


@lru_cache(maxsize=1)
def _engine() -> Any:
    from py_mini_racer import MiniRacer

    engine: Any = MiniRacer()
    atexit.register(engine.close)
    worker = (
        files("groma.documents.diagrams").joinpath("vendor/elk-worker.min.js").read_text(encoding="utf-8")
    )
    for script in (_PRELUDE, worker, _CALL):
        engine.eval(script + ";0")
    return engine


@lru_cache(maxsize=256)
def _layout(request: str) -> str:
    with _lock:
        return _engine().call("layout", request)


def layout(graph: dict[str, Any]) -> dict[str, Any]:
    """An ELK JSON graph with positions filled in (px). Raises `DiagramError` with ELK's own words where it refuses."""
    reply: dict[str, Any] = json.loads(_layout(json.dumps(graph, sort_keys=True)))
    if "error" in reply:
        raise DiagramError(f"the layout engine refused a diagram: {str(reply['error'])[:300]}")
    return reply["data"]
