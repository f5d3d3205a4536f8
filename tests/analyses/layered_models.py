"""Random models whose threads are held across calls: two or three layers, branches, loops, delays, a second flow; runs
arrive from outside, or customers come again."""

from __future__ import annotations

import random


def layered_model(seed: int, *, comes_again: bool, rate: float = 1.0) -> str:
    """The text of a model, without its head; `rate` is that of its first flow (a second one has a tenth of it)."""
    draw = random.Random(seed)
    layers = draw.choice([2, 2, 3])
    names: list[list[str]] = [[f"c{layer}{n}" for n in range(draw.randint(1, 2))] for layer in range(layers)]
    lines = ["components:"]
    for layer, parts in enumerate(names):
        below = [part for lower in names[layer + 1 :] for part in lower]
        for part in parts:
            threads = draw.choice([1, 1, 2, 3, 8, None] if layer else [1, 2, 3, 4, 8, 16])
            limit = "" if threads is None else f"threads: {threads}, "
            offers = [_operation(draw, op, below) for op in ("a", "b")]
            lines.append(f"  {part}: {{kind: service, {limit}offers: {{{', '.join(offers)}}}}}")
    lines.append("flows:")
    top = names[0]
    for number, name in enumerate(["first", "second"][: draw.choice([1, 1, 2])]):
        steps = [f"{{call: {draw.choice(top)}.{draw.choice('ab')}}}" for _ in range(draw.randint(1, 2))]
        steps.insert(1, "{mark: seen}")
        if draw.random() < 0.5:
            steps.append(f"{{wait: {draw.choice([10, 100])} ms}}")
        if comes_again:
            many, think = draw.choice([1, 2, 3, 5, 10, 20]), draw.choice([100, 300, 1000, 3000])
            starts = f"{{population: {many}, think: {think} ms ± {think} ms}}"
        else:
            starts = f"{{rate: {rate * (1.0 if number == 0 else 0.1):.8g}/s}}"
        lines.append(f"  {name}: {{starts: {starts}, steps: [{', '.join(steps)}]}}")
    return "\n".join(lines) + "\n"


def _operation(draw: random.Random, name: str, below: list[str]) -> str:
    work = draw.choice([0, 5, 10, 20, 50])
    if not below and work == 0:
        work = 10
    steps: list[str] = []
    for _ in range(draw.randint(1, 2) if below else 0):
        call = f"{{call: {draw.choice(below)}.{draw.choice('ab')}}}"
        way = draw.choice(["call", "call", "choose", "repeat", "until", "wait"])
        if way == "choose":
            call = f"{{choose: [{{share: 30 %, steps: [{call}]}}, {{share: 70 %, steps: []}}]}}"
        elif way == "repeat":
            call = f"{{repeat: {{times: 2, steps: [{call}]}}}}"
        elif way == "until":
            call = f"{{repeat: {{until: 50 %, steps: [{call}]}}}}"
        elif way == "wait":
            steps.append("{wait: 5 ms}")
        steps.append(call)
    nested = f", steps: [{', '.join(steps)}]" if steps else ""
    return f"{name}: {{work: {work} ms ± {work} ms{nested}}}" if work else f"{name}: {{work: 0 ms{nested}}}"
