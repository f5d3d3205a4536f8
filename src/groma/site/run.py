"""From a source to everything that was found: gathering, audits of pages on the way, audits of the site at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groma.model.finding import Finding
from groma.progress import UNHEARD, Progress
from groma.site.audit import Audit, Hit, Look, findings
from groma.site.beyond import Beyond, LookBeyond
from groma.site.gather import Bounds, Gathered, Source, crawl
from groma.site.measured import Outcome
from groma.site.readers import Readers
from groma.site.record import Record
from groma.site.registry import all_audits
from groma.site.site import Builder, Site

WEIGHT = {"error": 0, "warning": 1, "note": 2}
TIERS = {"gate": 0, "ranking": 1, "wording": 2}


@dataclass(frozen=True, repr=False)
class Audited:
    """A site with what every audit found in it. `looks` are by audit id, `findings` by tier and severity.

    It isn't written out as text (asyncio does that to what a task gave): that would be every page.
    """

    site: Site
    audits: dict[str, Audit]
    looks: dict[str, Look]
    findings: tuple[Finding, ...]


async def audit_site(
    source: Source,
    bounds: Bounds | None = None,
    *,
    audits: dict[str, Audit] | None = None,
    obey: bool = True,
    measured: Outcome | None = None,
    beyond: LookBeyond | None = None,
    workers: int = 0,
    progress: Progress = UNHEARD,
) -> Audited:
    """Gathers a site and audits it. `obey` keeps to the site's robots.txt; `beyond` looks in a browser and elsewhere.

    `workers` other processes read pages of a large site; they know the audits of the registry only.
    """
    chosen = all_audits() if audits is None else audits
    single = [audit for audit in chosen.values() if audit.page is not None]
    builder = Builder(single)
    known = all_audits()
    readers = Readers(single, source.is_live, workers if all(known.get(a.id) is a for a in single) else 0)
    allows = source.allows

    def visit(record: Record, depth: int) -> None:
        record.links = tuple(link for link in record.links if allows(link[0]))
        builder.add(record)

    try:
        gathered = await crawl(source, bounds or Bounds(), readers.read, visit, obey=obey, progress=progress)
        looked = await beyond(source, gathered, builder.records) if beyond else None
    finally:
        readers.close()
        await source.close()
    return judged(builder, gathered, chosen, measured, progress, looked)


def judged(
    builder: Builder,
    gathered: Gathered,
    chosen: dict[str, Audit],
    measured: Outcome | None,
    progress: Progress,
    beyond: Beyond | None = None,
) -> Audited:
    """Runs the audits of the whole site and makes findings of all hits."""
    site = builder.site(gathered, measured, beyond)
    looks: dict[str, Look] = {}
    for number, audit in enumerate(builder.audits):
        looks[audit.id] = Look(builder.looked[number], tuple(builder.hits[number]))
    for done, audit in enumerate(chosen.values()):
        if audit.site is not None:
            progress.step("audits", done, len(chosen))
            looks[audit.id] = audit.site(site)
    looks = {name: looks[name] for name in chosen}
    found = [finding for name, audit in chosen.items() for finding in findings(audit, looks[name])]
    found = _symptoms(found, looks, chosen)
    found.sort(key=lambda f: (TIERS[chosen[f.rule].tier], WEIGHT[f.severity], -f.found, f.id))
    return Audited(site, chosen, looks, tuple(found))


def _symptoms(found: list[Finding], looks: dict[str, Look], chosen: dict[str, Audit]) -> list[Finding]:
    """Marks findings that another explains: on at least half of their pages it was found too."""
    pages: dict[str, set[str]] = {}
    by_rule: dict[str, list[Finding]] = {}
    hits: dict[str, list[Hit]] = {}
    for finding in found:
        by_rule.setdefault(finding.rule, []).append(finding)
    for finding in found:
        cause = finding.id.partition(":")[2]
        hits[finding.id] = [hit for hit in looks[finding.rule].hits if hit.cause == cause]
        pages[finding.id] = {hit.url for hit in hits[finding.id]}
    marked: list[Finding] = []
    for finding in found:
        reasons = [
            other.id
            for name in chosen[finding.rule].symptom_of
            for other in by_rule.get(name, ())
            if pages[other.id] and len(pages[finding.id] & pages[other.id]) * 2 >= len(pages[finding.id])
        ]
        marked.append(replace(finding, symptom_of=tuple(sorted(reasons))) if reasons else finding)
    return marked
