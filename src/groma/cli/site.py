"""`groma site VERB TARGET`: why a website isn't found or cited, what to change, and whether the change works.

`design` and `build` are in `site_plan`, `check` and `prove` in `site_check`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli import site_check
from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.site import Audited, Bounds, Outcome, Source, Store

FAILS_ON = ("error", "warning", "note")
VERBS = ("audit", "check", "prove", "design", "build")
MEANINGS = {
    Status.MET: "nothing was found that fails the audit",
    Status.MISSED: "something was found that fails the audit",
    Status.UNDECIDED: "nothing was found that fails the audit, but not every page could be read",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Gather a website and audit it: a live one from its address, a built folder, or a file of answers kept by an "
        "earlier audit (offline). Tells causes before symptoms, in the order of what they block: gates that keep pages "
        "from being found at all, then what is weighed, then what is unproven. Keeps to robots.txt, stays on the "
        "site's hosts, and goes on where it stopped when it is interrupted (with --keep or --out). "
        "`design` plans a site from what a business says of itself (addresses, menus, links, markup, briefs) "
        "and `build` writes it: pages, structured data, robots.txt, sitemap.xml, rules for hosts."
    )
    parser.add_argument(
        "verb",
        choices=VERBS,
        help="audit: say why; check: the same for a pipeline; prove: make the changes in a copy and audit again; "
        "design: plan a site; build: write it",
    )
    parser.add_argument(
        "target",
        metavar="TARGET",
        help="an address, a folder, or a file kept with --keep; design, build: the site.yaml of a business",
    )
    out_option(parser, "the report (index.html, report.pdf, audit.xlsx, audit.json and tables)")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="keep the answers here, or go on with them (default: OUT.answers)",
    )
    parser.add_argument("--base", default="", metavar="URL", help="the address a folder will be published at")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="audit: a further host of the site (may be repeated); build: nginx, netlify, cloudflare or vercel",
    )
    parser.add_argument("--pages", type=int, default=10_000, metavar="N", help="read at most so many (10000)")
    parser.add_argument(
        "--seconds", type=float, default=0.0, metavar="N", help="gather at most so long (no end)"
    )
    parser.add_argument(
        "--depth", type=int, default=50, metavar="N", help="follow at most so many clicks (50)"
    )
    parser.add_argument("--at-once", type=int, default=8, metavar="N", help="requests at the same time (8)")
    parser.add_argument(
        "--ignore-robots", action="store_true", help="read what robots.txt refuses (your own site)"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="AUDIT",
        help="only this audit or group (may be repeated)",
    )
    parser.add_argument(
        "--search-console",
        type=Path,
        metavar="FILE",
        help="clicks by page, as Search Console exports them (CSV)",
    )
    parser.add_argument(
        "--log",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a server's log, also .gz: who came",
    )
    parser.add_argument(
        "--citations",
        type=Path,
        metavar="FILE",
        help="answers of engines that were recorded (CSV: date, engine, question, cited)",
    )
    parser.add_argument(
        "--fails-on",
        choices=FAILS_ON,
        default="error",
        help="end with status 1 from this severity on (error)",
    )
    parser.add_argument(
        "--render",
        action="store_true",
        help="also look at pages in an installed Chromium: what only scripts bring",
    )
    parser.add_argument(
        "--render-pages", type=int, default=20, metavar="N", help="so many pages in the browser at most (20)"
    )
    parser.add_argument(
        "--follow-sameas", action="store_true", help="also ask other hosts for the profiles that sameAs names"
    )
    site_check.check_options(parser)
    examples(
        parser,
        "groma site audit https://www.example.com/ --out out/audit",
        "groma site audit build/ --base https://www.example.com/",
        "groma site audit out/audit.answers --only entities --json",
        "groma site audit http://localhost:8000/ --fails-on warning --pages 500",
        "groma site design examples/company/site/site.yaml",
        "groma site build examples/company/site/site.yaml --out out/site --host netlify",
        "groma site check build/ --baseline site-baseline.json --sarif site.sarif",
        "groma site check build/ --history audits.jsonl --date 2026-11-28",
        "groma site prove build/ --out out/proof",
    )


def run(args: Arguments) -> int:
    if args.verb in ("design", "build"):
        from groma.cli.site_plan import run as run_plan

        return run_plan(args)
    import asyncio

    from groma.output import check_replaceable
    from groma.site import StoreError, all_audits, audit_site
    from groma.site.browser import BrowserError

    if args.out is not None:
        check_replaceable(args.out)
    chosen = _chosen(args, all_audits())
    bounds = _bounds(args)
    if args.verb != "check":
        site_check.refuse_others(args)
    if args.verb == "prove":
        from groma.cli import site_prove

        return site_prove.run(args, bounds, chosen)
    known = site_check.known_of(args) if args.verb == "check" else None
    measured = _measured(args)
    try:
        audited = asyncio.run(_audit(args, bounds, chosen, measured, audit_site))
    except (StoreError, _Missing, BrowserError) as error:
        raise UserError(str(error)) from None
    if args.out is not None:
        _write(args, audited)
    if known is not None:
        return site_check.finish(args, audited, known)
    status = _status(args, audited)
    _answer(args, audited, status)
    return status


class _Missing(Exception):
    """A package that a live audit needs isn't there."""


def _chosen(args: Arguments, known: dict[str, Any]) -> dict[str, Any]:
    from groma.model.grammar import did_you_mean
    from groma.site import GROUPS

    for name in args.only:
        if name not in known and name not in GROUPS:
            hint = did_you_mean(name, [*known, *GROUPS]) or f"; groups are {', '.join(GROUPS)}"
            raise UserError(f"--only: there is no audit or group `{name}`{hint}")
    if not args.only:
        return known
    return {name: audit for name, audit in known.items() if name in args.only or audit.group in args.only}


def _bounds(args: Arguments) -> Bounds:
    from groma.site import Bounds

    for name, least in (("pages", 1), ("depth", 0), ("at_once", 1), ("seconds", 0), ("render_pages", 1)):
        if getattr(args, name) < least:
            option = name.replace("_", "-")
            raise UserError(f"--{option}: expected at least {least}, found {getattr(args, name):g}")
    return Bounds(pages=args.pages, seconds=args.seconds, depth=args.depth, concurrency=min(args.at_once, 64))


async def _audit(
    args: Arguments, bounds: Bounds, chosen: dict[str, Any], measured: Outcome, audit_site: Any
) -> Audited:
    """The source is made here, since a live one belongs to the running loop."""
    source, store = _source(args, bounds)
    try:
        audited = await audit_site(
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
        return audited
    finally:
        if store is not None:
            store.close()


def audited_offline(args: Arguments, path: Path) -> Audited:
    """A folder (published at `--base`) or kept answers, audited by every audit; nothing is asked for."""
    import asyncio

    from groma.site import Folder, Store, StoreError, audit_site

    store: Store | None = None
    if path.is_dir():
        source: Source = Folder(path, base_of(args))
    elif path.is_file():
        try:
            store = Store(path)
        except StoreError as error:
            raise UserError(str(error)) from None
        source = _kept(path, store)
    else:
        raise UserError(f"{path}: expected a folder or a file of answers, found nothing")
    try:
        return asyncio.run(audit_site(source, progress=args.console.progress))
    finally:
        if store is not None:
            store.close()


def _kept(path: Path, store: Store) -> Source:
    from groma.site import Recorded

    start = store.about("start")
    if not start:
        raise UserError(f"{path}: holds no answers of a site")
    return Recorded(store, None, start)


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


def base_of(args: argparse.Namespace) -> str:
    """The address that a folder will be published at, as stated; empty where it isn't."""
    from groma.site.gather.crawl import start_of

    if args.base and start_of(args.base) is None:
        raise UserError(f"--base: expected an address such as https://www.example.com/, found `{args.base}`")
    return args.base


def _source(args: Arguments, bounds: Bounds) -> tuple[Source, Store | None]:
    from groma.site import Folder, Live, MissingExtraError, Recorded, Store, going_on
    from groma.site.gather.crawl import start_of

    path = Path(args.target)
    if path.is_dir():
        return Folder(path, base_of(args), hosts=args.host), None
    if path.is_file():
        store = Store(path)
        return _kept(path, store), store
    start = start_of(args.target)
    if start is None or (":" not in args.target and "." not in args.target):
        raise UserError(
            f"{args.target}: expected an address such as https://www.example.com/, a folder, or a file of answers; "
            "there is nothing of that name"
        )
    try:
        live = Live(start, hosts=args.host, concurrency=bounds.concurrency, seconds=bounds.per_page_seconds)
    except MissingExtraError as error:
        raise _Missing(str(error)) from None
    keep = args.keep or (args.out.with_name(args.out.name + ".answers") if args.out else None)
    if keep is None:
        args.console.progress.goes_on = "Nothing was kept; with --keep FILE it goes on where it stopped."
        return live, None
    store = going_on(keep)
    known = store.about("start")
    if known and known != start:
        raise UserError(f"{keep}: holds answers of {known}; choose another --keep or remove it")
    store.note("start", start)
    args.console.progress.goes_on = f"What was read is kept in {keep}: start it again to go on."
    return Recorded(store, live, start), store


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
