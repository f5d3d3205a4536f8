"""From findings to causes: symptoms, links with their reasons, what each cause costs, what to do, and the verdict.

A symptom may speak for several causes; a cause may have many symptoms. Causes are told in the order of what they cost:
by the middle of the band (or its lower end where nothing bounds it, or where the cause is only possible), those whose
cost isn't known after all others, then by what hangs on them, how bad their symptoms are, and how soon they are mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from groma.analyses.interval import Interval
from groma.analyses.people import Work
from groma.analyses.usage import Usage
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.finding import Confidence, Finding
from groma.progress import UNHEARD, Progress
from groma.rules import Rule, Subject, rules
from groma.survey import money
from groma.survey.cause import Case, Cause, Part, agreed, weaker
from groma.survey.gaps import Gap, gaps_of
from groma.survey.ground import Ground
from groma.survey.registry import all_causes
from groma.survey.staffing import Staffing, staffing
from groma.survey.stakes import StopSet, stop_sets
from groma.survey.verdict import Verdict, serious, verdict

SEVERITY = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Link:
    """A symptom tied to a cause: why, and how surely."""

    symptom: str
    cause: str
    why: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Found:
    """A cause at one element. The strings are names of figures in the ledger; `stake` None where nothing is at risk."""

    cause: Cause
    case: Case
    links: tuple[Link, ...]
    confidence: Confidence
    cost: str
    saving: str
    hours: str
    effort: str
    payback: str
    stake: str | None

    @property
    def id(self) -> str:
        """`knowledge-in-one-head:people.founder`."""
        return name_of(self.cause, self.case)

    @property
    def symptoms(self) -> tuple[Finding, ...]:
        return self.case.symptoms

    @property
    def remedy(self) -> str:
        return self.case.remedy or self.cause.remedy.text


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule, at how many places it looked, and how many it found."""

    rule: Rule
    looked_at: int
    found: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a survey found. `ledger` holds every figure; `unexplained` are symptoms that no cause explains."""

    model: Model
    ledger: Ledger
    findings: tuple[Finding, ...]
    found: tuple[Found, ...]
    unexplained: tuple[Finding, ...]
    looked: tuple[Looked, ...]
    gaps: tuple[Gap, ...]
    sets: tuple[StopSet, ...]
    work: tuple[tuple[Work, str], ...]
    verdict: Verdict
    origins: Mapping[str, str] = field(default_factory=dict[str, str])
    """Element -> where it was said, where the model was made of raw files."""
    staffing: Staffing | None = None
    """Who is needed for it."""
    usage: Usage | None = None
    """What logs of calls of its models say, where there are any."""

    @property
    def total(self) -> str:
        """The name of the figure of what all causes cost."""
        return "survey/cost"

    @property
    def fine(self) -> tuple[Looked, ...]:
        """Rules that looked and found nothing."""
        return tuple(each for each in self.looked if each.looked_at and not each.found)

    @property
    def blind(self) -> tuple[Looked, ...]:
        """Rules that had nothing to look at."""
        return tuple(each for each in self.looked if not each.looked_at)


def said_at(survey: Diagnosis, finding: Finding) -> str:
    """Where what a finding is about was said: file, sheet and row of a raw file, else file and line of the model."""
    first = finding.evidence[0]
    path = first.element
    while path:
        if path in survey.origins:
            return survey.origins[path]
        path = path.rpartition(".")[0]
    return first.element if first.at is None else f"{first.at.file}:{first.at.line}"


def diagnose(
    model: Model,
    ledger: Ledger,
    *,
    catalog: Catalog | None = None,
    only: Iterable[Rule] | None = None,
    known: Iterable[Cause] | None = None,
    observed: Iterable[Finding] = (),
    gaps: Iterable[Gap] = (),
    unheard_of: frozenset[str] = frozenset(),
    progress: Progress = UNHEARD,
) -> Diagnosis:
    """The causes of a closed model; figures are entered into `ledger`.

    `gaps` are what an intake couldn't ask; `unheard_of` are elements that only stand in for what isn't described: what
    rules say of them is left out. `observed` are findings of something else than the model (its website), told as
    symptoms beside those of rules; `known` has the causes that explain them.
    """
    ground = Ground(Subject(model, ledger, catalog))
    chosen = tuple(rules(phase="assess").values() if only is None else only)
    looked: list[Looked] = []
    findings: list[Finding] = []
    for number, rule in enumerate(chosen):
        progress.step("looking for symptoms", number, len(chosen))
        look = rule.check(ground.subject)
        mine = [f for f in rule.told(look) if ground.element(f.evidence[0].element) not in unheard_of]
        findings += mine
        looked.append(Looked(rule, look.looked_at, len(mine)))
    findings += observed
    findings.sort(key=lambda finding: (SEVERITY[finding.severity], finding.id))
    progress.step("tying them to causes", 0)
    found = _found(
        ground,
        tuple(findings),
        tuple((all_causes() if known is None else {c.id: c for c in known}).values()),
        chosen,
    )
    symptom_of = {f.id: tuple(each.id for each in found if f in each.symptoms) for f in findings}
    told = tuple(replace(finding, symptom_of=symptom_of[finding.id]) for finding in findings)
    money.cost(
        ground,
        "survey/cost",
        "What all causes cost in a month, nothing counted twice",
        (p for each in found for p in each.case.parts),
    )
    sets = stop_sets(ground)
    ended = verdict(ground, found, sum(bool(each.looked_at) for each in looked), len(unheard_of))
    ground.context.ledger.write(
        Figure(
            "survey/verdict",
            "What it needs",
            "1",
            words=ended.word,
            method="the rule that the report prints",
            inputs=tuple(dict.fromkeys(ref for _, refs in ended.why for ref in refs)),
        )
    )
    return Diagnosis(
        model,
        ledger,
        told,
        found,
        tuple(f for f in told if not f.symptom_of),
        tuple(looked),
        (*gaps, *gaps_of(ground, found)),
        sets,
        _work(ground),
        ended,
        staffing=staffing(ground, ended, serious(ground, found)),
    )


def name_of(cause: Cause, case: Case) -> str:
    """The id of a cause at an element."""
    return f"{cause.id}:{case.key}" if case.key else cause.id


def _found(
    ground: Ground, findings: tuple[Finding, ...], known: tuple[Cause, ...], chosen: tuple[Rule, ...]
) -> tuple[Found, ...]:
    tags = {rule.id: rule.tags for rule in chosen}
    named = {rule for cause in known for rule in cause.rules}
    found: list[Found] = []
    for cause in known:
        mine = tuple(
            f
            for f in findings
            if f.rule in cause.rules or (f.rule not in named and set(tags.get(f.rule, ())) & set(cause.tags))
        )
        for case in cause.find(ground, mine) if mine else ():
            if case.symptoms:
                found.append(_made(ground, cause, case))
    return tuple(sorted(_needed(found), key=lambda each: _rank(ground, each)))


def _needed(found: list[Found]) -> list[Found]:
    """Without cases that are only possible and whose every symptom a surer case explains."""
    surely = {link.symptom for each in found for link in each.links if link.confidence != "possible"}
    return [
        each
        for each in found
        if each.confidence != "possible" or not {link.symptom for link in each.links} <= surely
    ]


def _made(ground: Ground, cause: Cause, case: Case) -> Found:
    name = name_of(cause, case)
    links = tuple(_link(cause, name, finding) for finding in case.symptoms)
    sure = agreed(tuple((f.rule, link.confidence) for f, link in zip(case.symptoms, links, strict=True)))
    if sure == "possible":
        case = replace(case, parts=tuple(_if_so(part) for part in case.parts))
    cost = money.cost(ground, f"survey/{name}/cost", f"What it costs in a month: {case.title}", case.parts)
    saved = money.saving(ground, name, cause.remedy, cost)
    hours = money.hours(ground, name, cause.remedy, case.worked, case.times)
    paid = money.effort(ground, name, cause.remedy, hours)
    back = money.payback(ground, name, paid, saved)
    stake = money.stake(ground, name, case.flows)
    return Found(
        cause,
        case,
        links,
        sure,
        cost.name,
        saved.name,
        hours.name,
        paid.name,
        back.name,
        stake.name if stake else None,
    )


def _if_so(part: Part) -> Part:
    """The cost of a cause that is only possible: from nothing, where it isn't so, to all of it."""
    return replace(part, text=f"{part.text}, if it is so", amount=Interval(0.0, None, part.amount.high))


def _link(cause: Cause, name: str, finding: Finding) -> Link:
    tie = cause.link(finding)
    if tie is None:
        return Link(finding.id, name, "it is about the same kind of thing", "possible")
    return Link(finding.id, name, tie.why, weaker(tie.sure, finding.confidence))


def _rank(ground: Ground, each: Found) -> tuple[int, float, float, int, int, float, str]:
    ledger = ground.context.ledger
    figure = ledger[each.cost]
    cost = figure.low if each.confidence == "possible" else middle(figure)
    stake = 0.0 if each.stake is None else middle(ledger[each.stake]) or 0.0
    worst = min(SEVERITY[symptom.severity] for symptom in each.symptoms)
    takes = sum(each.cause.remedy.hours)
    return (0 if cost else 1, -(cost or 0.0), -stake, worst, -len(each.symptoms), takes, each.id)


def middle(figure: Figure) -> float | None:
    """Where a figure stands among others: its value, the middle of its band, or its lower end; None if unknown."""
    if figure.value is not None:
        return figure.value
    if figure.low is None or figure.high is None:
        return figure.low
    return (figure.low + figure.high) / 2


def _work(ground: Ground) -> tuple[tuple[Work, str], ...]:
    """Work that people are asked for, with the figure of what it costs in a month, dearest first."""
    found: list[tuple[Work, str]] = []
    for path in ground.asks:
        parts = ground.worked(path)
        if parts:
            what = parts[0].text.partition(": ")[2]
            figure = money.cost(ground, f"survey/work/{path}", f"People's time in a month: {what}", parts)
            found.append((ground.work[path][0], figure.name))
    ledger = ground.context.ledger
    return tuple(sorted(found, key=lambda each: (-(middle(ledger[each[1]]) or 0.0), each[1])))
