"""Metrics of a data set of cases, with intervals, and what they say of a target.

A case is a mapping with `output` and, by metric, `expected` (a text or several), `retrieved` and `relevant` (lists of
ids), `verdict` (a person's word), or `schema` (required keys of a JSON object with their types). Shares get Wilson's
interval for the page and the exact one for the verdict; means of scores get a bootstrap interval with a fixed seed.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from groma.solvers.monitoring import cases_against_target, clopper_pearson, wilson

Case = Mapping[str, Any]
Verdict = Literal["met", "missed", "undecided", "not asked"]
RESAMPLES = 2000
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list, "object": dict,
}  # fmt: skip


class UnusableCase(ValueError):
    """What a metric expected in a case, and what it found."""


@dataclass(frozen=True, slots=True)
class Score:
    """A metric over all cases; `hits` where it is a share of cases. `more`: cases still needed to decide, None if
    nobody knows."""

    metric: str
    cases: int
    value: float
    low: float
    high: float
    hits: int | None
    verdict: Verdict = "not asked"
    more: int | None = None


def exact(case: Case) -> float:
    """Whether the output is one of the texts expected, but for case and white space."""
    return float(_plain(_text(case, "output")) in {_plain(each) for each in _expected(case)})


def valid(case: Case) -> float:
    """Whether the output is a JSON object with the keys and types of `schema`."""
    given: Any = case.get("schema")
    if not isinstance(given, Mapping):
        raise UnusableCase(f"`schema`: expected keys with types, found {given!r:.40}")
    schema = cast("Mapping[str, Any]", given)
    try:
        found: Any = json.loads(_text(case, "output"))
    except (ValueError, RecursionError):
        return 0.0
    if not isinstance(found, dict):
        return 0.0
    answer = cast("dict[str, Any]", found)
    for name, kind in schema.items():
        if kind not in TYPES:
            raise UnusableCase(f"`schema.{name}`: expected one of {', '.join(TYPES)}, found {kind!r:.40}")
        value = answer.get(name)
        if not isinstance(value, TYPES[kind]) or (kind in ("number", "integer") and isinstance(value, bool)):
            return 0.0
    return 1.0


def approved(case: Case) -> float:
    """Whether the person who read it said yes."""
    word = case.get("verdict")
    if word in (True, "yes", "good", "grounded"):
        return 1.0
    if word in (False, "no", "bad", "ungrounded"):
        return 0.0
    raise UnusableCase(f"`verdict`: expected yes or no, found {word!r:.40}")


def recall_at(k: int) -> Callable[[Case], float]:
    """The share of what is relevant that is among the first k retrieved."""

    def metric(case: Case) -> float:
        relevant, retrieved = set(_ids(case, "relevant")), _ids(case, "retrieved")
        if not relevant:
            raise UnusableCase("`relevant`: expected at least one id, found none")
        return len(relevant & set(retrieved[:k])) / len(relevant)

    return metric


def ndcg_at(k: int) -> Callable[[Case], float]:
    """Discounted cumulative gain of the first k over the best order's (Järvelin and Kekäläinen 2002),
    relevance yes or no."""

    def metric(case: Case) -> float:
        relevant, retrieved = set(_ids(case, "relevant")), _ids(case, "retrieved")
        if not relevant:
            raise UnusableCase("`relevant`: expected at least one id, found none")
        seen: set[str] = set()
        gain = 0.0
        for rank, found in enumerate(retrieved[:k], 1):
            if found in relevant and found not in seen:
                gain += 1.0 / math.log2(rank + 1)
            seen.add(found)
        best = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
        return gain / best

    return metric


def rouge_l(case: Case) -> float:
    """ROUGE-L F1 against the best of the texts expected (package rouge-score)."""
    from rouge_score.rouge_scorer import RougeScorer  # pyright: ignore[reportMissingTypeStubs]

    scorer: Any = RougeScorer(["rougeL"])
    return max(
        float(scorer.score(each, _text(case, "output"))["rougeL"].fmeasure) for each in _expected(case)
    )


def chrf(case: Case) -> float:
    """chrF of one sentence as a share (package sacrebleu)."""
    from sacrebleu import sentence_chrf

    return sentence_chrf(_text(case, "output"), _expected(case)).score / 100.0


METRICS: dict[str, Callable[[Case], float]] = {
    "exact": exact, "valid": valid, "approved": approved, "rouge-l": rouge_l, "chrf": chrf,
    **{f"recall@{k}": recall_at(k) for k in (1, 3, 5, 10, 20)}, **{f"ndcg@{k}": ndcg_at(k) for k in (1, 3, 5, 10, 20)},
}  # fmt: skip
SHARES = frozenset({"exact", "valid", "approved"})
"""Metrics that are yes or no for each case."""


def scored(metric: str, cases: Sequence[Case], target: float | None = None) -> Score:
    """The metric with its 95 % interval, and whether it shows the target met or missed. Raises UnusableCase,
    KeyError."""
    if not cases:
        raise UnusableCase("expected at least one case, found none")
    values = [METRICS[metric](case) for case in cases]
    mean = math.fsum(values) / len(values)
    if metric in SHARES:
        hits = round(sum(values))
        low, high = wilson(hits, len(values))
        sure = clopper_pearson(hits, len(values))
    else:
        hits = None
        low, high = sure = _bootstrapped(values)
    verdict: Verdict = "not asked"
    more: int | None = None
    if target is not None:
        verdict = "met" if sure[0] >= target else "missed" if sure[1] < target else "undecided"
        if verdict == "undecided" and hits is not None and target < mean < 1.0:
            needed = cases_against_target(target, mean, alpha=0.025)
            more = None if needed is None else max(1, needed - len(values))
    return Score(metric, len(values), mean, low, high, hits, verdict, more)


def _bootstrapped(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of means of samples drawn again (Efron 1979), the seed fixed."""
    draw, count = random.Random(1), len(values)
    means = sorted(math.fsum(draw.choices(values, k=count)) / count for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _text(case: Case, name: str) -> str:
    found = case.get(name)
    if not isinstance(found, str):
        raise UnusableCase(f"`{name}`: expected a text, found {found!r:.40}")
    return found


def _expected(case: Case) -> list[str]:
    found: Any = case.get("expected")
    texts: list[Any] = (
        [found] if isinstance(found, str) else cast("list[Any]", found) if isinstance(found, list) else []
    )
    if not texts or not all(isinstance(each, str) for each in texts):
        raise UnusableCase(f"`expected`: expected a text or several, found {found!r:.40}")
    return texts


def _ids(case: Case, name: str) -> list[str]:
    found: Any = case.get(name)
    if not isinstance(found, list):
        raise UnusableCase(f"`{name}`: expected a list of ids, found {found!r:.40}")
    ids = cast("list[Any]", found)
    return [str(each) for each in ids]
