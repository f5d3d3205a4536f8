"""Restate the Azure LLM inference trace as two small tables: joint token lengths, and gaps between arrivals.

Source: Azure Public Dataset, AzureLLMInferenceTrace_conv.csv (CC-BY-4.0), described in Patel et al., "Splitwise:
Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024. The requests are cut into groups of equal size,
first by input, then inside each group by output, and each group becomes one row: its mean input, its mean output, its
count. So both means and the total count are kept exactly (up to the printed digits), and so are the quantiles up to
the width of a group; the largest values are averaged away, so the table proves no worst case. Gaps are grouped alike.

Usage: python tools/restate_trace.py TRACE.csv FOLDER
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

INPUT_GROUPS = 24
OUTPUT_GROUPS = 14
GAP_GROUPS = 200


def groups(ordered: Sequence[T], count: int) -> list[Sequence[T]]:
    """Consecutive groups whose sizes differ by at most one."""
    cuts = [len(ordered) * i // count for i in range(count + 1)]
    return [ordered[a:b] for a, b in pairwise(cuts) if a < b]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def tokens(requests: Sequence[tuple[int, int]]) -> list[tuple[float, float, int]]:
    """(mean input, mean output, count) of each group of (input, output)."""
    rows: list[tuple[float, float, int]] = []
    for of_input in groups(sorted(requests), INPUT_GROUPS):
        by_output = sorted(of_input, key=lambda request: (request[1], request[0]))
        for group in groups(by_output, OUTPUT_GROUPS):
            rows.append((mean([r[0] for r in group]), mean([r[1] for r in group]), len(group)))
    return rows


def gaps(times: Sequence[datetime]) -> list[tuple[float, int]]:
    """(mean gap in seconds, count) of each group of gaps between successive arrivals."""
    found = sorted((b - a).total_seconds() for a, b in pairwise(times))
    return [(mean(group), len(group)) for group in groups(found, GAP_GROUPS)]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text[:26])


def main(trace: Path, folder: Path) -> None:
    with trace.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    requests = [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in rows]
    with (folder / "tokens.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("input", "output", "weight"))
        out.writerows((f"{i:.2f}", f"{o:.2f}", n) for i, o, n in tokens(requests))
    with (folder / "gaps.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("gap", "weight"))
        out.writerows((f"{gap:.6f}", n) for gap, n in gaps([_time(row["TIMESTAMP"]) for row in rows]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
