"""`groma site design MODEL` and `groma site build MODEL`: a website's layer underneath, from what the business says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.site import Site
    from groma.site.plan import Old, Plan, SiteDesign


def run(args: Arguments) -> int:
    from groma.output import check_replaceable
    from groma.site.plan import design_site, read_plan

    path = Path(args.target)
    if not path.is_file():
        raise UserError(
            f"{path}: expected the file that describes the site (site.yaml); there is no such file"
        )
    if args.verb == "build" and args.out is None:
        raise UserError("groma site build: expected --out DIR, the folder to be written")
    if args.out is not None:
        check_replaceable(args.out)
    plan = read_plan(path)
    design = design_site(plan)
    return _design(args, plan, design, path) if args.verb == "design" else _build(args, design)


def _design(args: Arguments, plan: Plan, design: SiteDesign, path: Path) -> int:
    from groma.site.plan import gaps, inventory, other_values
    from groma.site.plan.tables import as_data, design_files

    site = _existing(args, plan, path)
    olds = inventory(plan, design.structure, site) if site else ()
    others = other_values(plan, site) if site else ()
    if args.out is not None:
        _write(args.out, {name: text.encode() for name, text in design_files(design, olds, others).items()})
    if args.json:
        args.console.answer(as_data(design, olds, others))
        return Status.MET
    found, console = design.structure, args.console
    console.say(f"{plan.site}: {len(plan.pages)} pages, {len(found.moves)} redirects")
    sure = "the best there is" if found.is_best else f"no choice exceeds {found.bound:.4f}"
    console.say(
        f"PageRank weighted with priorities: {found.plain:.4f} with the plain menu, {found.value:.4f} as designed; "
        f"{sure}"
    )
    for name, page in sorted(plan.pages.items(), key=lambda item: (-item[1].priority, item[0])):
        console.say(
            f"  {page.priority:4.1f}  {100 * found.before[name]:5.1f} % -> {100 * found.after[name]:5.1f} %  "
            f"{found.paths[name]}"
        )
    if site is not None:
        _say_existing(args, design, olds, others, gaps(plan, olds))
    for line in design.left_out:
        console.say(f"left out of the markup: {line}")
    for remark in design.remarks:
        console.say(f"to do: {remark}")
    if args.out is not None:
        console.note(f"written to {args.out}: briefs, pages.csv, redirects.csv, inventory.csv, design.json")
    return Status.MET


def _say_existing(
    args: Arguments,
    design: SiteDesign,
    olds: tuple[Old, ...],
    others: tuple[tuple[str, str, str, str], ...],
    new: tuple[str, ...],
) -> None:
    console = args.console
    fates = {fate: sum(old.fate == fate for old in olds) for fate in ("stays", "moves", "lost")}
    console.say(
        f"today {len(olds)} pages: {fates['stays']} stay, {fates['moves']} move, {fates['lost']} lead nowhere yet; "
        f"{len(new)} planned pages have nothing before them"
    )
    for old in olds:
        if old.fate == "lost":
            hint = f"; perhaps to {old.to}" if old.to else ""
            console.say(f"  to do: {old.path} ({old.title or 'no title'}) needs a redirect or a page{hint}")
    for page, key, there, planned in others:
        console.say(f"  today {page} says {key} {there}; the plan says {planned}")


def _build(args: Arguments, design: SiteDesign) -> int:
    from groma.model.position import ModelError
    from groma.site.build import HOSTS, broken, claims, site_files
    from groma.site.plan.tables import table

    host = args.host[-1] if args.host else None
    if host is not None and host not in HOSTS:
        raise UserError(f"--host: expected one of {', '.join(HOSTS)}, found `{host}`")
    files = site_files(design, host)
    ledger = claims(design, files)
    problems = list(broken(ledger))
    if problems:
        raise ModelError(problems)
    rows = ((c.page, c.id, c.property, c.text, c.at, c.source) for c in ledger)
    files["ledger.csv"] = table(("page", "node", "property", "text", "said at", "source"), rows).encode()
    _write(args.out, files)
    summary: dict[str, Any] = {
        "pages": len(design.plan.pages),
        "files": len(files),
        "claims": len(ledger),
        "host": host,
        "remarks": [str(remark) for remark in design.remarks],
    }
    if args.json:
        args.console.answer(summary)
        return Status.MET
    args.console.say(
        f"{design.plan.site}: {summary['pages']} pages, {summary['files']} files; {len(ledger)} claims in markup, "
        "each in the page's text and traced to its line"
    )
    args.console.say("llms.txt is written too: no engine is known to use it.")
    args.console.note(f"written to {args.out}: site/ is what is published")
    return Status.MET


def _existing(args: Arguments, plan: Plan, path: Path) -> Site | None:
    """What there is today, gathered from a folder or an audit's answers; nothing is asked for."""
    import asyncio

    from groma.site import Folder, Recorded, Store, StoreError, audit_site

    if plan.existing is None:
        return None
    there = path.parent / plan.existing
    if there.is_dir():
        source, store = Folder(there, plan.base.text), None
    else:
        try:
            store = Store(there)
        except StoreError as error:
            raise UserError(str(error)) from None
        source = Recorded(store, None, store.about("start") or plan.base.text)
    try:
        audited = asyncio.run(audit_site(source, audits={}, obey=False, progress=args.console.progress))
    finally:
        if store is not None:
            store.close()
    return audited.site


def _write(out: Path, files: dict[str, bytes]) -> None:
    from groma.output import whole_folder

    with whole_folder(out) as folder:
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
