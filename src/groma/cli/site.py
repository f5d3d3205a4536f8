"""`groma site VERB TARGET`: why a website isn't found or cited, what to change, and whether the change works.

Each verb is in a file of its own: `site_audit`, `site_check`, `site_prove`; `design` and `build` in `site_plan`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli import site_audit, site_check
from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option

if TYPE_CHECKING:
    from groma.site import Bounds

VERBS = ("audit", "check", "prove", "design", "build")


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
        choices=site_audit.FAILS_ON,
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
        from groma.cli import site_plan

        return site_plan.run(args)
    from groma.output import check_replaceable

    if args.out is not None:
        check_replaceable(args.out)
    chosen = _chosen(args)
    bounds = _bounds(args)
    if args.verb == "check":
        return site_check.run(args, bounds, chosen)
    site_check.refuse_others(args)
    if args.verb == "prove":
        from groma.cli import site_prove

        return site_prove.run(args, bounds, chosen)
    return site_audit.run(args, bounds, chosen)


def _chosen(args: Arguments) -> dict[str, Any]:
    from groma.site import GROUPS, all_audits

    known = all_audits()
    for name in args.only:
        if name not in known and name not in GROUPS:
            from groma.model.grammar import did_you_mean

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
