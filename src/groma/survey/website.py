"""The website among the causes: what its audits found, as symptoms of why people who look don't come to ask.

What the audits of a site call causes are symptoms here; behind them stand four reasons, one for each part of the way:
the site isn't found, it doesn't say who one is, it lets visitors down, it doesn't let them ask. What that costs is
money only where the model says how many enquiries don't come (the fact `website_enquiries_lost`) and what one brings:
work that hangs on enquiries brings so much a month, from so many enquiries. Nothing else is guessed. What is told as
a note, or whose effect is unproven, is no symptom: it stands in the site's own report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of
from groma.model.figure import Figure, Line
from groma.model.finding import Confidence, Finding
from groma.model.month import SECONDS_PER_MONTH
from groma.site import Audit, Audited, all_audits
from groma.site.diagnosis import causes
from groma.survey.cause import Case, Cause, Explains, Part, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import quoted

LOST = "website_enquiries_lost"
"""The fact that says how many enquiries a month don't come because of the website."""
ENQUIRY = "survey/website/enquiry"
"""The figure of what one enquiry brings."""
JUDGEMENT = "judgement: a small site whose files can be changed; the patches of its audit say where"


@dataclass(frozen=True, slots=True)
class Website:
    """An audited site, and the work that hangs on its enquiries: the flow that takes them in, then what follows."""

    audited: Audited
    flows: tuple[str, ...] = ()

    def symptoms(self) -> tuple[Finding, ...]:
        """What no other finding of the site explains and is known to matter, named after where it was seen."""
        return tuple(
            replace(cause.finding, symptom_of=())
            for cause in causes(self.audited)
            if cause.audit.tier != "wording" and cause.finding.severity != "note"
        )

    def causes(self) -> tuple[Cause, ...]:
        """The reasons behind them."""
        return tuple(_cause(reason, self) for reason in REASONS)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and which audits speak for it."""

    id: str
    title: str
    case: str
    why: str
    risk: str
    source: str
    speaks: Callable[[Audit], bool]
    sure: Confidence
    remedy: str
    hours: tuple[float, float]
    by: str = "software engineer"


def _cause(reason: Reason, website: Website) -> Cause:
    explains = tuple(
        Explains(audit.id, _clause(audit.consequence), reason.sure)
        for audit in all_audits().values()
        if reason_of(audit) is reason
    )

    order = {finding.id: place for place, finding in enumerate(website.symptoms())}

    def find(ground: Ground, findings: tuple[Finding, ...]) -> tuple[Case, ...]:
        if not findings:
            return ()
        flows = tuple(flow for flow in website.flows if flow in ground.model.flows)
        ordered = sorted(findings, key=lambda f: order[f.id])
        seen = quoted((f.title.partition(":")[0] for f in ordered), most=2)
        return (
            Case(
                key="",
                title=f"{reason.case}: {seen}",
                symptoms=tuple(ordered),
                parts=(enquiries_lost(ground, flows),),
                flows=flows,
            ),
        )

    return Cause(
        id=reason.id,
        title=reason.title,
        why=reason.why,
        risk=reason.risk,
        source=reason.source,
        explains=explains,
        find=find,
        remedy=Remedy(reason.remedy, reason.hours, reason.by, (0.0, 1.0), JUDGEMENT),
        good="",
        bad="",
        expected=(),
    )


def _clause(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")


def reason_of(audit: Audit) -> Reason:
    """The one reason that an audit's findings speak for."""
    return next(reason for reason in REASONS if reason.speaks(audit))


def enquiries_lost(ground: Ground, flows: Sequence[str]) -> Part:
    """Money of the enquiries that don't come, the same amount whichever reason names it."""
    evidence = Evidence(ground.context)
    fact = ground.model.facts.get(LOST)
    lost = Interval(0.0, None, math.inf)
    if fact is None:
        evidence.miss(f"facts.{LOST}", "state how many enquiries a month don't come because of the website")
    else:
        evidence.note(f"facts.{LOST}", fact.value)
        lost = mean_of(fact.value).scaled(SECONDS_PER_MONTH)
    each = enquiry_worth(ground, flows)
    if each.low is None:
        for fact_missing in each.missing:
            evidence.miss(fact_missing)
    else:
        evidence.use(each.name)
    worth = Interval(each.low or 0.0, each.value, math.inf if each.high is None else each.high)
    return Part(
        "website/enquiries",
        "enquiries that don't come, times what one brings",
        lost * worth,
        "failed",
        evidence.inputs,
        evidence.missing,
    )


def enquiry_worth(ground: Ground, flows: Sequence[str]) -> Figure:
    """What one enquiry brings on average: what the work that hangs on enquiries brings in a month, by the enquiries."""
    title, unit, method = (
        "What one enquiry brings on average",
        ground.model.currency,
        "worth a month by enquiries",
    )
    known = ground.context.ledger.figures.get(ENQUIRY)
    if known is not None:
        return known
    if not flows:
        missing = ("site.flows: name the flow that takes enquiries in, and the work that follows from it",)
        why = "it isn't stated which work hangs on enquiries"
        return ground.context.ledger.write(
            Figure(ENQUIRY, title, unit, method=method, missing=missing, reason=why)
        )
    worth, refs, missing = ground.stake(flows)
    often = ground.runs(flows[0])
    start = ground.model.flows[flows[0]].starts
    evidence = Evidence(ground.context)
    evidence.note(
        f"flows.{flows[0]}.starts.rate", None if start is None else start.rate, "state how often it happens"
    )
    refs, missing = (*refs, *evidence.inputs), (*missing, *evidence.missing)
    if not worth.high or not often.low or not math.isfinite(often.high):
        why = "what the work brings, or how often somebody asks, isn't stated"
        return ground.context.ledger.write(
            Figure(ENQUIRY, title, unit, method=method, missing=missing, reason=why)
        )
    lines = tuple(
        Line(f"{ground.name_of(f'flows.{flow}')}: runs a month times what one is worth") for flow in flows
    )
    by = Line(
        f"divided by the runs a month of {ground.name_of(f'flows.{flows[0]}')}",
        "",
        tuple(dict.fromkeys(refs)),
    )
    value = worth.value / often.value if worth.value is not None and often.value else None
    return ground.context.ledger.write(
        Figure(
            ENQUIRY,
            title,
            unit,
            value,
            worth.low / often.high,
            worth.high / often.low if math.isfinite(worth.high) else None,
            method=method,
            inputs=tuple(dict.fromkeys(refs)),
            derivation=(*lines, by),
            missing=missing,
            reason="as far as it is stated what the work brings" if missing else "",
        )
    )


REASONS = (
    Reason(
        "website-hard-to-ask",
        "Visitors find it hard to ask",
        "The website doesn't let visitors ask",
        "The site was made to be looked at; nobody walked the way of somebody who wants to ask.",
        "Who has found the firm and wants it leaves without having asked, and nobody hears of it.",
        "Nielsen, Designing Web Usability, 1999, chapter 4; the sources of each audit",
        lambda audit: audit.group == "enquiry",
        "likely",
        "Put telephone, form and booking one click from every page, and send a test enquiry through each once a month.",
        (2.0, 16.0),
    ),
    Reason(
        "website-not-found",
        "Those who look can't find the website",
        "The website is kept from being found or quoted",
        "Gates were shut at some time for a reason that nobody remembers, or nobody saw that they are shut.",
        "Whoever searches, or asks an assistant, meets somebody else.",
        "Google Search Central, How Search works (crawling, indexing); RFC 9309; the sources of each audit",
        lambda audit: audit.tier == "gate",
        "certain",
        "Open the gates that the site's report names, in its order, and look again as each crawler.",
        (2.0, 24.0),
    ),
    Reason(
        "website-says-little",
        "The website doesn't say plainly who you are and what you do",
        "The website doesn't say plainly what you do",
        "Pages were written once, each by somebody else, and were never held against what the business does.",
        "Engines and people guess; what they guess may be somebody else's answer.",
        "Google Search Central, Creating helpful content and structured data guidelines; the sources of each audit",
        lambda audit: audit.group in ("entities", "passages"),
        "likely",
        "Say on one page each what is offered, for whom and where, with the facts in text and in markup alike.",
        (8.0, 60.0),
    ),
    Reason(
        "website-neglected",
        "Nobody looks after the website",
        "The website lets visitors and crawlers down",
        "It was handed over once and belongs to nobody since.",
        "Visitors meet errors and leave; pages lose their place to those that are looked after.",
        "Google Search Central, SEO starter guide; WCAG 2.2; the sources of each audit",
        lambda audit: True,
        "likely",
        "Name somebody who answers for the site, mend what its report lists, check changes before they are published.",
        (4.0, 40.0),
    ),
)
