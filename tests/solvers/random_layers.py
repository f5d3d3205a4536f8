"""Random layered models: two or three layers, shared processors, several threads, mixed counts of calls."""

from __future__ import annotations

import random

from groma.solvers.queueing import Call, Entry, LayeredNetwork, Processor, Task


def random_network(seed: int, most_customers: int = 10) -> LayeredNetwork:
    draw = random.Random(seed)
    layers = draw.choice([2, 3])
    processors = [Processor("users", None)]
    for p in range(draw.randint(1, 3)):
        many = draw.choice([1, 1, 1, 2])
        processors.append(
            Processor(f"p{p}", many, draw.choice([1.0, 2.0]), draw.choice(["fifo", "fifo", "ps"]))
        )
    names: list[list[list[str]]] = []
    for layer in range(layers):
        tasks = draw.randint(1, 2)
        names.append([[f"t{layer}{t}e{e}" for e in range(draw.randint(1, 2))] for t in range(tasks)])
    made: list[Task] = []
    for layer, tasks in enumerate(names):
        below = [e for lower in names[layer + 1 :] for task in lower for e in task]
        for t, entries in enumerate(tasks):
            processor = draw.choice(processors[1:]).name
            threads = draw.choice([1, 1, 2, 3, None])
            built: list[Entry] = []
            for entry in entries:
                targets = draw.sample(below, min(len(below), draw.randint(1, 2))) if below else []
                calls = tuple(
                    Call(e, draw.choice([0.5, 1.0, 2.0, 3.0]), draw.choice(["fixed", "geometric"]))
                    for e in sorted(targets)
                )
                built.append(Entry(entry, draw.choice([0.1, 0.3, 0.5, 1.0]), calls))
            made.append(Task(f"t{layer}{t}", processor, tuple(built), threads))
    for r in range(draw.choice([1, 1, 2])):
        top = [e for task in names[0] for e in task]
        chosen = sorted(draw.sample(top, min(len(top), draw.randint(1, 2))))
        calls = tuple(Call(e, draw.choice([0.5, 1.0])) for e in chosen)
        made.append(
            Task(
                f"users{r}",
                "users",
                (Entry(f"users{r}e", 0.01, calls),),
                min(draw.randint(1, 10), most_customers),
                reference=True,
                think_time=draw.choice([0.5, 2.0, 5.0, 15.0]),
            )
        )
    return LayeredNetwork(tuple(processors), tuple(made))
