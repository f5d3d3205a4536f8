"""The measured runs of the table `serving-measurements` as the calibration takes them.

How a run was made isn't in the table but published by those who made it. The dumps of InferenceX (their scripts
`benchmark_lib.sh` and one for each model and engine) send ten requests for each place in flight, all places at once at
the start, with lengths at random from 0.8 of the nominal ones up; TensorRT-LLM, and SGLang on Blackwell, keep the cache
in eight bits there, and SGLang on Blackwell looks for new requests every ten steps. The other runs are sweeps with
lengths all alike. An engine that mixes prompts with decoding spreads such requests out (those read first write on while
the others are read), so their lengths count as a tenth apart; one that reads prompts by themselves keeps them bunched.

Left out is, by what the table says and never by how well a run is predicted:
- what isn't one instance: more than 16 tensor parts, a number that doesn't divide the heads (whole clusters listed as
  one), contexts in flight beyond the memory of all accelerators, or a router before the engine;
- models with heads that predict several tokens, in dumps that don't say whether these were used, unless the dump that
  says it lists the same engine version, format and day (elsewhere the same set-up is there twice, one of them at up to
  twice the speed);
- runs whose requests waited longer than they were served (a limit on admission that isn't published);
- the same measurement listed again, also under the name of another model of the same shape.

The time to the first token isn't used (`Measurement.admitted`) where contexts at their longest don't fit the memory
that engines take, and where runs that differ in nothing but the length of answers contradict each other by more than
half: a request doesn't know how long its answer will be, so the longer time holds a warm-up, or, where it grows with
the answers, all of them a wait for others to end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from groma.catalog.serving import served_format, served_on, served_shape
from groma.catalog.table import Entry
from groma.catalog.tables import Tables
from groma.solvers.serving import (
    FORMATS,
    POLICIES,
    Accelerator,
    Format,
    Layout,
    Load,
    Measurement,
    Policy,
    ServingError,
    Shape,
    kv_bytes,
    kv_capacity,
)

SAYS_METHOD = "db-dump/2026-04-27"
"""The dump that holds no runs with tokens predicted ahead."""

PREDICTS_AHEAD = ("DeepSeek", "Qwen3.5", "GLM-5")
"""Names of models that are published with heads for it."""

CONTRADICTS = 1.5
"""Times to the first token of runs that differ in the length of answers only: how far apart they may lie."""


def measurements(tables: Tables) -> tuple[Measurement, ...]:
    """The measured runs of known models, each once, in the order of the table."""
    return tuple(_agreeing(_judged(tables)))


def left_out(tables: Tables) -> dict[str, int]:
    """How many runs of the table aren't used, by reason."""
    judged = _judged(tables)
    found = Counter(reason for _, reason in judged if reason)
    found["time to the first token only"] = sum(not row.admitted for row in _agreeing(judged))
    return dict(sorted(found.items()))


def _judged(tables: Tables) -> list[tuple[Measurement | None, str]]:
    """Every entry as a run, with the reason why it isn't used, if there is one."""
    entries = tables.entries("serving-measurements")
    said = {_setting(entry) for entry in entries if entry.text("dump") == SAYS_METHOD}
    shapes: dict[Shape, str] = {}
    seen: set[tuple[object, ...]] = set()
    found: list[tuple[Measurement | None, str]] = []
    for entry in entries:
        if not all(entry.text(column) for column in ("concurrency", "silicon_ttft_ms", "silicon_tpot_ms")):
            found.append((None, "requests in flight not stated"))
            continue
        row = _measured(tables, entry)
        name = shapes.setdefault(replace(row.shape, name="", max_context=0), row.shape.name)
        row = replace(row, shape=replace(row.shape, name=name))
        reason = _reason(row, entry, said)
        if not reason:
            key = (*row.group, row.form.name, row.layout, row.load, row.ttft, row.tpot)
            reason = "listed twice" if key in seen else ""
            seen.add(key)
        found.append((row, reason))
    return found


def _reason(row: Measurement, entry: Entry, said: set[tuple[str, ...]]) -> str:
    tensor, load = row.layout.tensor, row.load
    if entry.text("router"):
        return "behind a router"
    context = load.concurrency * (load.read + load.written / 2) * kv_bytes(row.shape, row.form, row.layout)
    if tensor > 16 or row.shape.heads % tensor or context / row.layout.data >= row.accelerator.memory:
        return "not one instance"
    ahead = any(name in row.shape.name for name in PREDICTS_AHEAD) and row.protocol == "benchmark"
    if ahead and entry.text("dump") != SAYS_METHOD and _setting(entry) not in said:
        return "tokens perhaps predicted ahead"
    return "" if row.ttft < row.tpot * (load.written - 1) else "waited longer than served"


def _setting(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.text(c) for c in ("system", "backend", "backend_version", "precision", "measured_on"))


def _agreeing(judged: Sequence[tuple[Measurement | None, str]]) -> list[Measurement]:
    """The runs that are used, those marked whose time to the first token others of the same set-up contradict."""
    kept = [row for row, reason in judged if row is not None and not reason]
    alike: dict[tuple[object, ...], list[Measurement]] = defaultdict(list)
    for row in kept:
        alike[_but_answers(row)].append(row)
    found: list[Measurement] = []
    for row in kept:
        others = sorted(alike[_but_answers(row)], key=lambda one: (one.load.written, one.ttft))
        least = min(one.ttft for one in others)
        grows = (
            others[-1].load.written > others[0].load.written
            and others[-1].ttft > CONTRADICTS * others[0].ttft
        )
        found.append(replace(row, admitted=row.admitted and not grows and row.ttft <= CONTRADICTS * least))
    return found


def _but_answers(row: Measurement) -> tuple[object, ...]:
    return (*row.group, row.form.name, row.layout, row.protocol, row.load.concurrency, row.load.read)


def _measured(tables: Tables, entry: Entry) -> Measurement:
    model, precision, engine = entry.text("model_path"), entry.text("precision"), entry.text("backend")
    shape, machine = served_shape(tables, model), served_on(tables, entry.text("system"))
    form = FORMATS[precision] if precision else served_format(tables, model)
    protocol = "sweep" if "epnone" in entry.text("id") else "benchmark"
    policy = POLICIES[engine]
    if protocol == "benchmark":
        between = (0.8, 1.0)
        eager = engine == "sglang" and machine.family == "sm10"
        if eager:
            policy = replace(policy, budget=16384, poll=10)
        if eager or engine == "trtllm":
            form = replace(form, kv_bytes=1.0)
    else:
        between = (0.9, 1.1) if policy.mixed else (1.0, 1.0)
    load = Load(*(int(entry.text(column)) for column in ("concurrency", "isl", "osl")), between=between)
    layout = _layout(entry)
    room, needed = _room(shape, machine, form, layout, load, policy)
    return Measurement(
        id=entry.text("id"),
        shape=shape,
        accelerator=machine,
        form=form,
        layout=layout,
        engine=engine,
        load=load,
        policy=policy,
        capacity=min(room, needed),
        ttft=float(entry.text("silicon_ttft_ms")) / 1000.0,
        tpot=float(entry.text("silicon_tpot_ms")) / 1000.0,
        protocol=protocol,
        admitted=room >= needed,
    )


def _room(
    shape: Shape, machine: Accelerator, form: Format, layout: Layout, load: Load, policy: Policy
) -> tuple[int, int]:
    """Tokens the cache holds (of two requests at least, since these ran), and those all in flight take at the end."""
    longest = int((load.read + load.written) * load.between[1]) + 2 * policy.block
    try:
        room = kv_capacity(shape, machine, form, layout)
    except ServingError:
        room = 0
    return max(room, 2 * longest), max(load.concurrency, 2) * longest


def _layout(entry: Entry) -> Layout:
    """Parts of an instance. Where tensor and data parts multiply to experts' parts though one of them alone is the
    number of accelerators (`tp 64` beside experts 8 by 8, `tp 4, dp 4` beside 16 experts' parts on a node of 8), the
    source counts one group twice: the instance has as many accelerators as one of the two."""
    tensor, data, parts, experts = (
        max(1, int(entry.text(name) or 1))
        for name in ("tp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size")
    )
    apart = experts > 1
    if parts == experts > 1 and tensor * data == parts * experts:
        tensor, data = (parts, 1) if tensor > 1 else (1, parts)
    elif tensor == data > 1 and experts == tensor * data:
        tensor = 1
    return Layout(tensor, data, apart)
