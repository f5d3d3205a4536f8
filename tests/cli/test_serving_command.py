"""`groma serving`: what it answers, from which requests, and how it refuses."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

SERVED = ("--model", "llama-3.1-8b", "--accelerator", "h100_sxm")
CALLS = ("--rate", "2/s", "--input", "900", "--output", "40")


def groma(*words: str, json_: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "groma", "serving", *words, *(("--json",) if json_ else ())]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_answer_as_json_is_that_of_the_table() -> None:
    done = groma(*SERVED, *CALLS, "--ttft", "1s", "--tpot", "40ms", json_=True)
    data = json.loads(done.stdout)
    assert done.returncode == 0
    low, high = data["ttft_s"]["mean_90"]
    assert low < data["ttft_s"]["mean"] < high
    rate, needed = data["sizing"]["rate"], data["sizing"]["accelerators"]
    assert rate["low"] < rate["value"] < rate["high"]
    assert needed["low"] <= needed["value"] and data["sizing"]["demand_per_s"] == 2.0


def test_an_accelerator_never_measured_gets_a_wider_interval_and_is_told_so() -> None:
    known = json.loads(groma(*SERVED, *CALLS, json_=True).stdout)
    other = json.loads(
        groma("--model", "llama-3.1-8b", "--accelerator", "a100_sxm", *CALLS, json_=True).stdout
    )
    for time, wider in (("tpot_s", False), ("ttft_s", True)):
        widths = [d[time]["mean_90"][1] / d[time]["mean"] for d in (known, other)]
        assert widths[1] > widths[0] if wider else widths[1] >= widths[0]
    assert "never measured" in other["interval"] and "never" not in known["interval"]


def test_lengths_of_a_file_are_used(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("input,output\n" + "100,10\n" * 30)
    done = groma(*SERVED, "--rate", "2/s", "--tokens", str(tmp_path / "calls.csv"), json_=True)
    assert json.loads(done.stdout)["requests"] == 30


def timeline(path: Path, count: int) -> Path:
    """Requests to a made-up engine that is slower than the data sheet says."""
    draw = random.Random(3)
    at, lines = 0.0, list[str]()
    for _ in range(count):
        at += draw.expovariate(1.0)
        first = at + 0.2 * draw.uniform(0.8, 1.25)
        row = {"input_toks": 900, "output_toks": 40, "queued_ts": at, "first_token_ts": first}
        lines.append(json.dumps({**row, "last_token_ts": first + 39 * 0.02 * draw.uniform(0.9, 1.1)}))
    path.write_text("\n".join(lines))
    return path


def test_after_a_fit_the_interval_is_that_of_requests_not_fitted(tmp_path: Path) -> None:
    file = timeline(tmp_path / "own.jsonl", 160)
    words = (*SERVED, "--requests", str(file), "--ttft", "1s", "--tpot", "60ms")
    fitted = json.loads(groma(*words, "--fit", "40", json_=True).stdout)
    low, high = fitted["tpot_s"]["mean_90"]
    assert low < 0.02 < high and high / low < 1.5
    assert fitted["sizing"]["rate"]["low"] < fitted["sizing"]["rate"]["value"]
    short = json.loads(groma(*words, "--fit", "100", json_=True).stdout)
    assert "mean_90" not in short["tpot_s"] and short["interval"].startswith("none")
    assert short["sizing"]["rate"]["low"] is None
    assert "no interval is known" in groma(*words, "--fit", "100").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "llama-3.1-9b", "--accelerator", "h100_sxm", *CALLS), "8B"),
        (("--model", "llama-3.1-8b", "--accelerator", "h100_sx", *CALLS), "h100_sxm"),
        (("--model", "llama-3.1-70b", "--accelerator", "h100_sxm", "--format", "bf16", *CALLS), "would do"),
        (
            ("--model", "llama-3.1-8b", "--accelerator", "h100_sx", "--parallel", "3", *CALLS),
            "3 doesn't divide",
        ),
        (("--model", "x", "--accelerator", "h100_sxm", "--rate", "2/y", "--fit", "3"), "--fit: expected 10"),
        (("--model", "x", "--accelerator", "h100_sxm", "--rate", "2/y", "--fit", "3"), "found `2/y`"),
        ((*SERVED, "--rate", "2/s", "--input", "131000", "--output", "200"), "takes 131,072"),
        ((*SERVED, *CALLS, "--cache", "0"), "--cache: expected 1 or more"),
        ((*SERVED, *CALLS, "--budget", "0"), "--budget: expected 1 or more"),
        ((*SERVED, *CALLS, "--sequences", "0"), "--sequences: expected 1 or more"),
    ],
)
def test_what_cannot_be_answered_is_told_with_what_would_do(words: tuple[str, ...], said: str) -> None:
    done = groma(*words)
    assert done.returncode not in (0, 1)
    assert said in done.stderr and "Traceback" not in done.stderr


def test_simulate_says_what_to_state_for_a_model_served_by_oneself(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "groma: 1\nsystem: own\ncurrency: EUR\n"
        "components:\n  llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {}}}\n"
        "flows: {help: {starts: {rate: 2/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}\n"
    )
    command = [sys.executable, "-m", "groma", "simulate", str(tmp_path / "own.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 1) and "Traceback" not in done.stderr
    assert "components.llm.offers.ask.work" in done.stderr and "serving/llm/ttft/mean" in done.stderr
