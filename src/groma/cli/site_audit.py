"""`groma site audit TARGET`: why a website isn't found or cited, told in the order of what it blocks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments
from groma.cli.site_source import Missing, source_of
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.site import Audited, Bounds, Outcome

FAILS_ON = ("error", "warning", "note")
GARBAGE = 50_000
"""Objects after which circles of garbage are looked for: pages have none, and a large site is long to look through."""

MEANINGS = {
    Status.MET: "nothing was found that fails the audit",
    Status.MISSED: "something was found that fails the audit",
    Status.UNDECIDED: "nothing was found that fails the audit, but not every page could be read",
}


def run(args: Arguments, bounds: Bounds, chosen: dict[str, Any]) -> int:
    """Audits, writes the report where it is wanted, tells; MISSED when something fails the audit."""
    found = audited(args, bounds, chosen)
    status = _status(args, found)
    _answer(args, found, status)
    return status


def audited(args: Arguments, bounds: Bounds, chosen: dict[str, Any]) -> Audited:
    """The target, audited; the report is written where it is wanted."""
    import asyncio
    import gc

    from groma.site import StoreError
    from groma.site.browser import BrowserError

    measured = _measured(args)
    gc.set_threshold(GARBAGE)
    try:
        found = asyncio.run(_audit(args, bounds, chosen, measured))
    except (StoreError, Missing, BrowserError) as error:
        raise UserError(str(error)) from None
    if args.out is not None:
        _write(args, found)
    return found


async def _audit(args: Arguments, bounds: Bounds, chosen: dict[str, Any], measured: Outcome) -> Audited:
    """The source is made here, since a live one belongs to the running loop."""
    from groma.site import audit_site

    source, store = source_of(args, bounds)
    try:
        found = await audit_site(
            source,
            bounds,
            audits=chosen,
            measured=measured,
            beyond=_beyond(args),
            obey=not args.ignore_robots,
            workers=_workers(),
            progress=args.console.progress,
        )
        if store is not None and source.is_live and not Path(args.target).is_file():
            store.finish()
        return found
    finally:
        if store is not None:
            store.close()


def _beyond(args: Arguments) -> Any:
    """What to look at beyond the site's answers."""
    from groma.site.beyond import looking
    from groma.site.browser import BrowserError, installed

    if args.render and not installed():
        raise BrowserError(
            "--render: there is no Chromium or Chrome here; on Debian: apt-get install chromium"
        )
    return looking(
        pages=args.render_pages if args.render else 0, follow=args.follow_sameas, obey=not args.ignore_robots,
        progress=args.console.progress,
    )  # fmt: skip


def _measured(args: Arguments) -> Outcome:
    """What the owner measured, read before anything is asked for."""
    import gzip

    from groma.site import MeasuredError, Outcome, search_console, visits
    from groma.site.citations import read_citations
    from groma.site.crawlers import crawlers

    file = args.search_console
    try:
        clicks, impressions = (
            search_console(file.read_text(encoding="utf-8", errors="replace")) if file else ({}, {})
        )
        came: dict[str, Any] = {}
        for file in args.log:
            opened = gzip.open if file.suffix == ".gz" else open
            with opened(file, "rt", encoding="utf-8", errors="replace") as stream:
                for token, visit in visits(stream, crawlers()).items():
                    came[token] = visit if token not in came else came[token].joined(visit)
        file = args.citations
        answers = read_citations(file.read_text(encoding="utf-8", errors="replace")) if file else ()
    except MeasuredError as error:
        raise UserError(f"{file}: {error}") from None
    return Outcome(clicks, impressions, came, answers)


def _workers() -> int:
    """Processes beside this one: as many as there are cores left, a few at most."""
    import os

    return min(4, (os.cpu_count() or 1) - 1)


def _status(args: Arguments, audited: Audited) -> Status:
    failing = FAILS_ON[: FAILS_ON.index(args.fails_on) + 1]
    if any(finding.severity in failing for finding in audited.findings):
        return Status.MISSED
    return Status.MET if audited.site.is_complete and audited.site.pages else Status.UNDECIDED


def _write(args: Arguments, audited: Audited) -> None:
    import json

    from groma.documents.deliverables.site_report import site_report
    from groma.documents.deliverables.site_workbook import site_workbook
    from groma.documents.pdf import render_pdf
    from groma.documents.printable import anchor
    from groma.output import whole_folder
    from groma.site.figures import figures
    from groma.site.report import html
    from groma.site.summary import as_data, hits_table, pages_table, verdicts_table

    counted = figures(audited)
    with whole_folder(args.out) as folder:
        (folder / "index.html").write_text(html(audited, counted, anchor), encoding="utf-8")
        (folder / "ledger.json").write_text(counted.to_json(), encoding="utf-8")
        (folder / "report.pdf").write_bytes(render_pdf(site_report(audited)))
        (folder / "audit.xlsx").write_bytes(site_workbook(audited))
        data = json.dumps(as_data(audited), ensure_ascii=False, indent=2)
        (folder / "audit.json").write_text(data + "\n", encoding="utf-8")
        (folder / "hits.csv").write_text(hits_table(audited), encoding="utf-8")
        (folder / "pages.csv").write_text(pages_table(audited), encoding="utf-8")
        with (folder / "robots.csv").open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(verdicts_table(audited))


def _answer(args: Arguments, audited: Audited, status: Status) -> None:
    from groma.site.diagnosis import TIER_WORDS, causes, cited
    from groma.site.summary import as_data

    console = args.console
    if args.json:
        console.answer({"status": int(status), "meaning": MEANINGS[status], **as_data(audited)})
        return
    site = audited.site
    found = causes(audited)
    console.say(
        f"{site.gathered.start}: {len(site.pages)} pages, {len(site.indexable)} of them may be indexed; "
        f"{len(found)} causes from {len(audited.audits)} audits"
    )
    for reason in _incomplete(audited):
        console.say(f"  {reason}")
    for tier, words in TIER_WORDS.items():
        mine = [cause for cause in found if cause.audit.tier == tier]
        if mine:
            console.say(f"\n{tier}: {words}")
        for cause in mine:
            finding = cause.finding
            share = f", {100 * cause.weight:.0f} % of link weight" if cause.weight >= 0.005 else ""
            console.say(
                f"  {finding.severity}: {finding.title} "
                f"({finding.found} of {finding.looked_at}{share}) [{finding.rule}]"
            )
            console.say(f"      {finding.evidence[0].element}: {finding.evidence[0].text}")
            for symptom in cause.symptoms:
                console.say(f"      explains: {symptom.title} ({symptom.found})")
    for share in cited(audited):
        console.say(
            f"\nmeasured: {share.engine} cites the site in {share.cited} of {share.asked} answers, "
            f"{share.low:.0%} to {share.high:.0%} ({share.since} to {share.until})"
        )
        for url, count in share.pages[:5]:
            console.say(f"      {url}: {count}")
    if args.out is not None:
        console.note(f"written to {args.out}: index.html says why and what to do")


def _incomplete(audited: Audited) -> list[str]:
    gathered = audited.site.gathered
    reasons = [f"not complete: {gathered.ended}"] if gathered.ended else []
    if gathered.refused:
        reasons.append(f"robots.txt refuses {len(gathered.refused)} addresses to this crawler (GromaBot)")
    if gathered.traps:
        reasons.append(f"{len(gathered.traps)} address patterns without end were left")
    return reasons
