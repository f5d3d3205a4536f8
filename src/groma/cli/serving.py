"""`groma serving`: how fast a self-hosted language model answers, and how many accelerators a demand needs."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.serving_said import spread, tell
from groma.cli.status import Status
from groma.cli.target import catalog_option, check_folders

if TYPE_CHECKING:
    from groma.catalog import Catalog
    from groma.solvers.serving import Costs, Observed, Policy, Requests, Timeline

ENGINES = ("vllm", "sglang", "trtllm")
FORMS = ("bf16", "fp8", "fp4", "int4")
SAMPLE = 400
"""Requests simulated where lengths are given as two numbers."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Simulate a self-hosted language model on accelerators of the catalog: time to the first token (TTFT), time "
        "between tokens (TPOT), and with targets the rate one instance keeps and the accelerators a demand needs. "
        "Intervals are what held for 90 % of measured runs of groups (model, system, engine) left out of the fit. "
        "With --requests a file of requests is replayed; if it says when tokens really came, --fit N calibrates on "
        "its first N requests and holds the simulation against the others."
    )
    parser.add_argument("--model", required=True, metavar="MODEL", help="a model of the table llm-models")
    parser.add_argument(
        "--accelerator", required=True, metavar="NAME", help="an entry of the table accelerators"
    )
    parser.add_argument(
        "--parallel", type=int, default=1, metavar="N", help="accelerators an instance spreads over (1)"
    )
    parser.add_argument(
        "--engine", choices=ENGINES, default="vllm", help="whose scheduling and calibration (vllm)"
    )
    parser.add_argument("--format", choices=FORMS, help="of the weights (as the model is published)")
    parser.add_argument("--rate", metavar="N/s", help="requests a second, arriving at random")
    parser.add_argument("--input", type=int, metavar="N", help="tokens in, every request")
    parser.add_argument("--output", type=int, metavar="N", help="tokens out, every request")
    parser.add_argument(
        "--tokens", type=Path, metavar="FILE", help="lengths of requests, together (csv or jsonl)"
    )
    parser.add_argument(
        "--requests", type=Path, metavar="FILE", help="requests with their times (csv or jsonl)"
    )
    parser.add_argument("--fit", type=int, metavar="N", help="calibrate on the first N of --requests")
    parser.add_argument("--ttft", metavar="TIME", help="target on the time to the first token (2s, 300ms)")
    parser.add_argument("--tpot", metavar="TIME", help="target on the time between tokens (50ms)")
    parser.add_argument(
        "--share", type=float, default=0.95, metavar="P", help="of requests that keep them (0.95)"
    )
    parser.add_argument(
        "--cache", type=int, metavar="TOKENS", help="tokens the cache holds (from the memory)"
    )
    parser.add_argument("--budget", type=int, metavar="TOKENS", help="tokens of an iteration (8192)")
    parser.add_argument("--sequences", type=int, metavar="N", help="most requests running at once (1024)")
    parser.add_argument(
        "--prefix", type=int, default=0, metavar="TOKENS", help="start that all prompts share (0)"
    )
    catalog_option(parser)
    examples(
        parser,
        "groma serving --model llama-3.1-8b --accelerator h100_sxm --rate 3/s --input 1800 --output 210",
        "groma serving --model llama-3.1-8b --accelerator h100_sxm --rate 30/s --input 1800 --output 210 "
        "--ttft 2s --tpot 50ms",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.catalog import UnknownEntryError
    from groma.solvers.serving import ServingError

    check_folders("--catalog", args.catalog)
    catalog = api.catalog(args.catalog)
    problems = [*_asked(args), *_named(args, catalog)]
    if problems:
        raise UserError("; ".join(problems))
    try:
        data = _answer(args, catalog)
    except (UnknownEntryError, ServingError) as error:
        raise UserError(str(error)) from None
    args.console.answer(data)
    tell(args, data)
    return Status.MET


def _asked(args: Arguments) -> list[str]:
    """What is wrong with the options by themselves."""
    problems: list[str] = []
    ways = [name for name in ("tokens", "requests") if getattr(args, name) is not None]
    if args.input is not None or args.output is not None:
        ways.append("input")
        if args.input is None or args.output is None or args.input < 1 or args.output < 1:
            problems.append("--input, --output: expected both, each one token or more")
    if len(ways) != 1:
        problems.append("expected one of --input with --output, --tokens FILE, or --requests FILE")
    if args.rate is None and args.requests is None:
        problems.append("--rate: say how many requests come a second, like 3/s")
    if not 1 <= args.parallel <= 64:
        problems.append(f"--parallel: expected 1 to 64, found {args.parallel}")
    if not 0.0 < args.share < 1.0:
        problems.append(f"--share: expected a number between 0 and 1, found {args.share}")
    for name in ("cache", "budget", "sequences"):
        given = getattr(args, name)
        if given is not None and given < 1:
            problems.append(f"--{name}: expected 1 or more, found {given}")
    if args.prefix < 0:
        problems.append(f"--prefix: expected 0 or more tokens, found {args.prefix}")
    if args.fit is not None and (args.requests is None or args.fit < 10):
        problems.append("--fit: expected 10 or more requests of a file given with --requests")
    for option, text in (("--rate", args.rate), ("--ttft", args.ttft), ("--tpot", args.tpot)):
        try:
            if text is not None:
                _rate(text) if option == "--rate" else _seconds(option, text)
        except UserError as error:
            problems.append(str(error))
    return problems


def _named(args: Arguments, catalog: Catalog) -> list[str]:
    """What the catalog doesn't know, or knows that it can't be."""
    from groma.catalog import UnknownEntryError
    from groma.catalog.serving import served_on, served_shape
    from groma.solvers.serving import ServingError

    problems: list[str] = []
    try:
        shape = served_shape(catalog.tables, args.model)
        if 1 <= args.parallel <= 64 and shape.heads % args.parallel:
            problems.append(
                f"--parallel: {shape.name} has {shape.heads} heads, which {args.parallel} doesn't divide"
            )
        longest = args.input + args.output if args.input and args.output else 0
        if 0 < shape.max_context < longest:
            problems.append(
                f"--input, --output: {longest:,} tokens in all, but {shape.name} takes {shape.max_context:,}"
            )
    except (UnknownEntryError, ServingError) as error:
        problems.append(f"--model: {error}")
    try:
        served_on(catalog.tables, args.accelerator)
    except (UnknownEntryError, ServingError) as error:
        problems.append(f"--accelerator: {error}")
    return problems


def _answer(args: Arguments, catalog: Catalog) -> dict[str, Any]:
    from dataclasses import replace

    from groma.catalog.serving import (
        calibration,
        served_format,
        served_on,
        served_shape,
        spreads,
        was_measured,
    )
    from groma.solvers import serving as s

    tables = catalog.tables
    shape, machine = served_shape(tables, args.model), served_on(tables, args.accelerator)
    form = s.FORMATS[args.format] if args.format else served_format(tables, args.model)
    layout = s.Layout(args.parallel)
    capacity = s.kv_capacity(shape, machine, form, layout) if args.cache is None else args.cache
    policy = s.POLICIES[args.engine]
    policy = replace(policy, budget=policy.budget if args.budget is None else args.budget)
    most = min(policy.sequences, policy.budget) if args.sequences is None else args.sequences
    policy = replace(policy, sequences=most)
    costs = s.costs(shape, machine, form, layout, args.engine, calibration(tables), policy.budget)
    off: dict[str, tuple[float, float]] | None = spreads(tables, machine.name)
    requests, observed = _requests(args)
    if args.prefix:
        requests = replace(requests, shared=args.prefix)
    rests = "the shared calibration (table serving-coefficients)"
    interval = "what 90 % of measured groups left out of the fit lay between"
    if not was_measured(tables, machine.name):
        interval = (
            f"{machine.name} was never measured: what 95 % of the runs of every accelerator left out of the fit lay "
            "between, which promises nothing of this one"
        )
    data: dict[str, Any] = {
        "model": shape.name, "accelerator": machine.name, "parallel": args.parallel, "engine": args.engine,
        "format": form.name, "cache_tokens": capacity, "requests": len(requests.inputs),
    }  # fmt: skip
    if args.fit is not None:
        if observed is None:
            raise UserError(f"{args.requests}: --fit needs first_token_ts and last_token_ts of every request")
        costs = s.calibrate_on(requests, observed, costs, policy, capacity, args.fit).on(costs)
        rests = f"a calibration on the first {args.fit} requests of {args.requests.name}"
    run = s.simulate(requests, costs, policy, capacity)
    if args.fit is not None and observed is not None:
        off = s.held_out_reach(requests, observed, run, args.fit)
        interval = (
            "none: fewer than 100 requests of the file are left beside those fitted"
            if off is None
            else "what means of stretches of the requests not fitted lay between, 90 %"
        )
    data |= {
        "ttft_s": spread(run.ttft, None if off is None else off["ttft"]),
        "tpot_s": spread(run.tpot, None if off is None else off["tpot"]),
        "latency_s": spread(run.latency, None), "queueing_s": spread(run.queueing, None),
        "tokens_per_s": run.throughput, "preemptions": run.preemptions, "rests_on": rests,
        "interval": interval,
    }  # fmt: skip
    if observed is not None:
        fitted = int(args.fit or 0)
        held = s.closeness(requests, observed, run, fitted if fitted < len(requests.inputs) else 0)
        data["against_measured"] = {
            "requests": held.requests, "tpot_mean_error": held.tpot, "mean_tpot_off": held.tpot_of_mean,
            "mean_ttft_off": held.ttft_of_mean, "mean_latency_off": held.latency_of_mean,
        }  # fmt: skip
    if args.ttft is not None or args.tpot is not None:
        data["sizing"] = _sized(
            args, requests, run, (costs, policy, capacity), None if off is None else off["tpot"]
        )
    if args.requests is not None:
        data["timeline"] = [
            {"arrival_s": a, "scheduled_s": b, "first_token_s": c, "last_token_s": d}
            for a, b, c, d in zip(run.arrivals, run.scheduled, run.first, run.last, strict=True)
        ]
        data["states"] = [
            {"second": x.second, "running": x.running, "waiting": x.waiting, "kv_share": x.kv_share}
            for x in run.states
        ]
    return data


def _requests(args: Arguments) -> tuple[Requests, Observed | None]:
    from groma.importers.serving_requests import read_lengths, read_requests
    from groma.solvers.serving import at_rate, poisson

    if args.requests is not None:
        requests, observed = read_requests(args.requests)
        if args.rate is not None:
            if observed is not None:
                raise UserError("--rate: the requests of the file come when it says; leave --rate out")
            requests = at_rate(requests, _rate(args.rate))
        return requests, observed
    if args.tokens is not None:
        inputs, outputs = read_lengths(args.tokens)
    else:
        inputs, outputs = (args.input,) * SAMPLE, (args.output,) * SAMPLE
    return poisson(inputs, outputs, _rate(args.rate)), None


def _sized(
    args: Arguments,
    requests: Requests,
    run: Timeline,
    engine: tuple[Costs, Policy, int],
    off: tuple[float, float] | None,
) -> dict[str, Any]:
    from dataclasses import asdict

    from groma.solvers.serving import Targets, sizing

    targets = Targets(
        _seconds("--ttft", args.ttft) if args.ttft else None,
        _seconds("--tpot", args.tpot) if args.tpot else None,
        args.share,
    )
    span = requests.arrivals[-1] - requests.arrivals[0]
    demand = _rate(args.rate) if args.rate else (len(requests.arrivals) - 1) / max(span, 1e-9)
    found = asdict(sizing(requests, *engine, targets, demand, args.parallel, off))
    endless = {
        name: {end: None if value == math.inf else value for end, value in between.items()}
        for name, between in found.items()
    }
    return {"demand_per_s": demand, **endless, "interval_known": off is not None}


def _rate(text: str) -> float:
    number, _, unit = text.partition("/")
    try:
        value = float(number) / {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0}[unit.strip()]
    except (ValueError, KeyError):
        value = math.nan
    if not 0.0 < value < 1e6:
        raise UserError(f"--rate: expected requests a second like 3/s, or 90/min, found `{text}`")
    return value


def _seconds(option: str, text: str) -> float:
    for unit, size in (("ms", 0.001), ("s", 1.0)):
        if text.endswith(unit):
            try:
                value = float(text.removesuffix(unit)) * size
            except ValueError:
                break
            if 0.0 < value < math.inf:
                return value
    raise UserError(f"{option}: expected a time like 2s or 50ms, found `{text}`")
