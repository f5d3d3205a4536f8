"""Measures: what can be asked of a model, as `kind/subject[@mark]/statistic`.

latency/FLOW[@MARK]/mean|pNN     s       time from arrival to the end (or a mark) of successful runs
success/FLOW[@MARK]              1       share of runs that end ok (or reach the mark)
availability/FLOW[@MARK]         1       chance that the parts that are up can carry a run to its end (or mark)
saturation/FLOW                  1/s     rate of the flow at which its first part saturates
utilisation/COMPONENT            1       share of its servers that are busy in the busiest hour
throughput/COMPONENT             1/s     calls it gets in the busiest hour
cost/month                       money/s bill of a month, beside people's time
cost/FLOW/run                    money   expected bill of one run;  cost/FLOW/bound: the most any run can cost
cost/FLOW/pNN                    money   what this share of runs costs at most, however they end
calls/FLOW/mean|pNN              1       calls made by one run
people/month, people/hours       money/s people's time in a month, as money and as time
dependence/month|hours           money/s time of a month for work that only one person can do, as money and as time
effort/month                     1       time to keep the system alive
residency/CLASS                  words   places that data of the class reach
approval/IMPACT                  words   whether each effect of the impact is approved first
exposure/LABEL@SINK              1       ways by which data (of a name or class, or `untrusted`) can reach a sink
trifecta/FLOW                    1       ways out past which untrusted content may carry private data unchecked
headroom/COMPONENT/RESOURCE      1       share of a pool's resource left after losing one of its members
recovery/DATA/rpo|rto            s       data lost, and time until they are back, after the worst loss they may suffer
recovery/DATA@EVENT/rpo|rto      s       the same after one loss: `corrupted`, a component, a place or a supplier
recovery/FLOW[@EVENT]/rpo|rto    s       the same until the flow runs again (`flows.FLOW` where data have its name)
recovery/DATA/window             s       how long a copy takes to be made
recovery/DATA/rpo_required       s       what the strictest of its dependants asks (and rto_required)
copies/LINE                      1       share of a line's free bandwidth that copies take
quality/COMPONENT/NAME           any     a stated quality
serving/COMPONENT/ttft|tpot/pNN  s       time to the first token, between tokens, of a model served by oneself
serving/COMPONENT/throughput     1/s     calls a second that its instances keep within their targets
serving/COMPONENT/instances      1       instances that the busiest hour needs; `users`: in flight on one of them
inference/SUBJECT/WHAT           any     economics of model calls (docs/serving.md lists them)
memory/INDEX                     B       memory of a vector index;  recall/INDEX: share that it finds of the ten nearest
passages/DATA                    1       passages that the texts are cut into of which data are made
freshness/DATA, deletion/DATA    s       how old what it shows can be; how long until what is deleted is gone everywhere
skew/DATA                        s       how far features to learn from and those to be asked with differ in age
evaluated/SET/needed|tells       1       cases that a data set needs;  the least drop that its cases tell
evaluated/SET/age|told_after     s       how old its cases are;  how long a drop lasts until it is told
telemetry/KIND/day|month|stored  B       bytes of `traces`, `logs`, `metrics` or `all`: taken in, and kept
telemetry/KIND/cost              money/s what they cost a month
content/FLOW/WHAT                1/s     content `turned_down` by guards that block it, good (`false_alarms`), bad
                                         `let_through`
content/FLOW/people|takes|cost   any     people's time for good content turned down; what checking takes and costs
unblocked/CATEGORY[@in|@out]     1       ways of such content into or out of a model past what blocks it
records/DATA/month|stored|cost   B       what a record takes in, keeps and costs;  `kept`: how long
stopping/FLOW/attended|worst     s       until a switch has stopped it;  `effects`: how many happen until then
context/STEP/share|tokens        1       part of a model's context window that a call fills at its fullest
context/STEP/overflow|stuck      1       chance that a run fills more than all of it;  even when what may be cut is
context/STEP/fits                1       passages of those found that fit beside all the rest at its longest
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "latency": (3, ("mean", "pNN")),
    "success": (2, ()),
    "availability": (2, ()),
    "saturation": (2, ()),
    "utilisation": (2, ()),
    "throughput": (2, ()),
    "cost": (0, ()),
    "calls": (3, ("mean", "pNN")),
    "people": (2, ("month", "hours")),
    "dependence": (2, ("month", "hours")),
    "effort": (2, ("month",)),
    "residency": (2, ()),
    "approval": (2, ()),
    "exposure": (2, ()),
    "trifecta": (2, ()),
    "headroom": (3, ()),
    "recovery": (3, ("rpo", "rto", "window", "rpo_required", "rto_required")),
    "copies": (2, ()),
    "quality": (3, ()),
    "serving": (0, ("ttft", "tpot", "throughput", "instances", "users")),
    "inference": (
        3,
        (
            "own",
            "api",
            "saves",
            "breakeven",
            "always",
            "when",
            "commitment",
            "prefix",
            "caching",
            "batch",
            "throttled",
            "accounts",
            "cascade",
        ),
    ),
    "memory": (2, ()),
    "recall": (2, ()),
    "passages": (2, ()),
    "freshness": (2, ()),
    "deletion": (2, ()),
    "skew": (2, ()),
    "context": (3, ("share", "tokens", "overflow", "stuck", "fits")),
    "content": (3, ("turned_down", "false_alarms", "let_through", "people", "takes", "cost")),
    "unblocked": (2, ()),
    "records": (3, ("month", "stored", "cost", "kept")),
    "stopping": (3, ("attended", "worst", "effects")),
    "telemetry": (3, ("day", "month", "stored", "cost", "unsampled")),
    "evaluated": (3, ("needed", "tells", "age", "told_after", "false_alarms")),
}
"""Kind -> number of parts (0: see the parser) and the words its last part may be."""

LESS_IS_BETTER = frozenset(
    {
        "latency",
        "cost",
        "calls",
        "people",
        "dependence",
        "effort",
        "utilisation",
        "recovery",
        "copies",
        "residency",
        "exposure",
        "trifecta",
        "memory",
        "passages",
        "freshness",
        "deletion",
        "skew",
        "context",
        "content",
        "unblocked",
        "records",
        "stopping",
        "evaluated",
        "telemetry",
    }
)
MORE_IS_BETTER = frozenset({"kept", "fits"})
"""Last words of such measures of which more is better all the same."""
SERVED = {"ttft": True, "tpot": True, "instances": True, "throughput": False, "users": False}
INFERENCE = {
    "own": True,
    "api": True,
    "throttled": True,
    "accounts": True,
    "breakeven": True,
    "always": True,
    "commitment": True,
}
"""What is measured -> whether less of it is better."""


_PERCENTILE = re.compile(r"p(\d{1,2})(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class ParsedMeasure:
    """A measure taken apart; `percentile` is a share (0.95) for `p95`."""

    text: str
    kind: str
    subject: str
    mark: str | None = None
    statistic: str = ""

    @property
    def percentile(self) -> float | None:
        found = _PERCENTILE.fullmatch(self.statistic)
        return float(f"{found[1]}.{found[2] or 0}") / 100 if found else None

    @property
    def less_is_better(self) -> bool:
        if self.kind in ("serving", "inference"):
            known = SERVED if self.kind == "serving" else INFERENCE
            return known.get(self.text.split("/")[2], False)
        return self.kind in LESS_IS_BETTER and self.text.rpartition("/")[2] not in MORE_IS_BETTER


def parse_measure(text: str) -> ParsedMeasure | str:
    """The measure, or what is wrong with it in words."""
    parts = text.split("/")
    kind = parts[0]
    if kind not in KINDS:
        from groma.model.source import nearest

        near = nearest(kind, list(KINDS))
        return f"`{kind}` is not a kind of measure ({', '.join(KINDS)})" + (
            f"; did you mean `{near}`?" if near else ""
        )
    if kind == "cost":
        of_run = len(parts) == 3 and (parts[2] in ("run", "bound") or _PERCENTILE.fullmatch(parts[2]))
        if not ((len(parts) == 2 and parts[1] == "month") or of_run) or not all(parts):
            return (
                f"`{text}`: cost is written `cost/month`, `cost/FLOW/run`, `cost/FLOW/bound` or a percentile of runs "
                "such as `cost/FLOW/p95`"
            )
        return ParsedMeasure(text, kind, parts[1], None, parts[2] if len(parts) == 3 else "month")
    if kind == "serving":
        return _serving(text, parts)
    wanted, last = KINDS[kind]
    form = "/".join(
        [kind.split("/")[0], "SUBJECT", "|".join(last) or "STATISTIC"][:wanted]
        if wanted == 3
        else [kind, "|".join(last) or "SUBJECT"]
    )
    if len(parts) != wanted or not all(parts):
        return f"`{text}`: {kind} is written `{form}`"
    if wanted == 2 and last and parts[1] not in last:
        return f"`{text}`: {kind} is written `{form}`"
    subject, _, mark = parts[1].partition("@")
    statistic = parts[2] if wanted == 3 else ""
    measure = ParsedMeasure(text, kind, subject, mark or None, statistic)
    if kind in ("latency", "calls") and statistic != "mean" and measure.percentile is None:
        return f"`{text}`: expected `mean` or a percentile such as `p95`, found `{statistic}`"
    if kind == "exposure" and not (measure.mark and subject):
        return f"`{text}`: exposure is written `exposure/DATA@SINK`, such as `exposure/personal@outside`"
    if wanted == 3 and kind not in ("latency", "calls", "headroom", "quality") and statistic not in last:
        spelt = ", ".join(f"`{word}`" for word in last[:-1]) + f" or `{last[-1]}`"
        return f"`{text}`: expected {spelt}, found `{statistic}`"
    if kind == "unblocked" and mark and mark not in ("in", "out"):
        return f"`{text}`: content is blocked on its way `in` or `out`, found `{mark}`"
    if kind == "telemetry" and subject not in ("traces", "logs", "metrics", "all"):
        return f"`{text}`: telemetry is of `traces`, `logs`, `metrics` or `all`, found `{subject}`"
    return measure


def _serving(text: str, parts: list[str]) -> ParsedMeasure | str:
    form = "`serving/COMPONENT/ttft/pNN`, `.../tpot/pNN`, `.../throughput`, `.../instances` or `.../users`"
    timed = len(parts) == 4 and parts[2] in ("ttft", "tpot")
    plain = len(parts) == 3 and parts[2] in ("throughput", "instances", "users")
    if not (timed or plain) or not all(parts):
        return f"`{text}`: serving is written {form}"
    measure = ParsedMeasure(text, parts[0], parts[1], None, parts[-1])
    if timed and parts[3] != "mean" and measure.percentile is None:
        return f"`{text}`: expected `mean` or a percentile such as `p95`, found `{parts[3]}`"
    return measure
