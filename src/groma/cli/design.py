"""`groma design BRIEF`: from a brief to a blueprint, a folder with everything an architect hands over."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.spreading import whole
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders
from groma.cli.verdicts import finding_as_data, needs_as_data, number, tell_needs

if TYPE_CHECKING:
    from groma.catalog import Catalog
    from groma.design import Blueprint
    from groma.documents.write import Prepared
    from groma.model.elements import Model
    from groma.model.figure import Ledger
    from groma.model.finding import Finding
    from groma.patterns import Space
    from groma.workers import Asked, Crew


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Find the designs that meet the needs of a brief, prove each, and write what an architect hands over into a "
        "folder: documents, models, decisions, figures. The same brief gives the same bytes."
    )
    parser.add_argument("brief", type=Path, metavar="BRIEF", help="a brief, or the folder it lies in")
    out_option(parser, "the blueprint (unless told: out/ and the name of the brief's folder)")
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="ROLE=OPTION",
        help="take this answer (may be repeated)",
    )
    parser.add_argument(
        "--refuse", action="append", default=[], metavar="ROLE=OPTION",
        help="never take this answer (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--no-write", dest="write", action="store_false", help="only say what was found, write nothing"
    )
    parser.add_argument(
        "--jobs", type=whole, metavar="N", help="processes that work at once (unless told: one for each core)"
    )
    catalog_option(parser)
    examples(
        parser,
        "groma design examples/escalation-desk/brief.yaml",
        "groma design examples/escalation-desk --out blueprint",
        "groma design brief.yaml --keep writer=mistral-large --refuse hosting=own",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.workers import Crew, cores

    check_folders("--catalog", args.catalog)
    brief = _brief(args.brief)
    out = args.out if args.out is not None else Path("out") / (brief.resolve().parent.name or "blueprint")
    try:
        space = api.space(brief, keep=args.keep, refuse=args.refuse)
    except api.ChoiceError as error:
        raise UserError(str(error)) from None
    if not space.roles:
        raise UserError(
            f"{brief}: expected a brief with `wants`, found nothing to choose; for a model: groma assess"
        )
    if args.write:
        from groma.output import check_replaceable

        check_replaceable(out)
    console = args.console
    tables = api.catalog(args.catalog)
    with Crew((args.jobs or cores()) - 1) as crew:
        prepared: Asked[Prepared] | None = None

        def recommending(model: Model, figures: Asked[Ledger]) -> None:
            nonlocal prepared
            prepared = api.prepare(model, figures, crew, catalog=tables) if args.write else None

        blueprint = api.design(
            space, catalog=tables, progress=console.progress, crew=crew, recommending=recommending
        )
        console.progress.step("findings", 0)
        found = api.findings(blueprint, catalog=tables)
        if args.write:
            console.progress.step("documents", 0)
            _write(out, brief, space, blueprint, found, tables, prepared, crew)
    console.answer(_as_data(blueprint, found, out if args.write else None))
    if not args.json:
        _tell(args, blueprint, found, out)
    if not blueprint.certificate.complete:
        console.note("interrupted: what is shown is proven, but there may be better designs")
        return Status.INTERRUPTED
    return Status.MET if blueprint.recommended is not None else Status.MISSED


def _brief(given: Path) -> Path:
    if given.is_dir():
        for name in ("brief.yaml", "model.yaml"):
            if (given / name).is_file():
                return given / name
        raise UserError(f"{given}: expected a brief, found a folder without brief.yaml")
    return given


def _write(
    out: Path,
    brief: Path,
    space: Space,
    blueprint: Blueprint,
    found: tuple[Finding, ...],
    tables: Catalog,
    prepared: Asked[Prepared] | None,
    crew: Crew,
) -> None:
    """Everything or nothing; with the files that the proposals' models name, so that each can be assessed again."""
    from dataclasses import replace

    from groma import api
    from groma.model.sources import RECORD, sources, with_own
    from groma.output import whole_folder

    given = replace(space.given, files=tuple(sorted(_texts(brief))))
    today = None
    if given.today:
        before = api.load(brief.parent / given.today)
        today = api.assess(replace(before, wants={}), catalog=tables)
    with whole_folder(out) as scratch:
        files = {
            **api.write(
                blueprint, catalog=tables, brief=given, today=today, found=found, prepared=prepared, crew=crew
            ),
            **_beside(brief, given, blueprint),
        }
        for name, data in sorted(files.items()):
            path = scratch / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        model = "" if blueprint.recommended is None else f"proposals/{blueprint.recommended}.yaml"
        record = with_own(sources(brief, given, out, made="blueprint", recommended=model), files)
        (scratch / RECORD).write_text(record.to_json(), encoding="utf-8")


def _beside(brief: Path, given: Model, blueprint: Blueprint) -> dict[str, bytes]:
    """The files that the proposals' models name (facts, traces), so that each can be assessed where it lies."""
    from groma.model.sources import files_of

    if not blueprint.proposals:
        return {}
    return {
        f"proposals/{source.relative_to(brief.parent).as_posix()}": source.read_bytes()
        for source in files_of(brief, given)
        if source != brief
    }


def _texts(brief: Path) -> list[str]:
    """The names of the files of a brief, relative to its folder."""
    from groma.model.load import load

    return list(load(brief, check=False).files)


def _as_data(blueprint: Blueprint, found: tuple[Finding, ...], out: Path | None) -> dict[str, Any]:
    return {
        "system": blueprint.space.system,
        "combinations": blueprint.space.combinations,
        "complete": blueprint.certificate.complete,
        "proofs": blueprint.certificate.proofs,
        "recommended": blueprint.recommended,
        "wishes": list(blueprint.wishes),
        "front": [
            {"answers": dict(p.answers), "values": {w: number(v) for w, v in p.values.items()}}
            for p in blueprint.front
        ],
        "proposals": [
            {
                "name": p.name, "title": p.title, "answers": dict(p.answers),
                "values": {w: number(v) for w, v in p.values.items()},
                "needs": needs_as_data(p.ledger, p.ledger.needs),
            }
            for p in blueprint.proposals
        ],
        "prices": [
            {"need": p.need, "side": p.side, "target": number(p.target), "extra": number(p.extra)}
            for p in blueprint.prices
        ],
        "findings": [finding_as_data(each) for each in found],
        "questions": list(blueprint.conflicts.questions) if blueprint.conflicts else [],
        "out": None if out is None else str(out),
    }  # fmt: skip


def _tell(args: Arguments, blueprint: Blueprint, found: tuple[Finding, ...], out: Path) -> None:
    from groma.documents.quote import figure_text

    console, certificate = args.console, blueprint.certificate
    console.say(
        f"{blueprint.space.system}: {blueprint.space.combinations:,} combinations, {certificate.proofs} proven, "
        f"{len(blueprint.front)} on the front"
    )
    best = blueprint.best
    if best is None:
        against = blueprint.conflicts
        questions = against.questions if against else ()
        unshown_only = against is not None and against.unanswerable and not any(against.sets)
        console.say(
            "\nNo design can be told from another yet: figures are missing."
            if unshown_only
            else "\nThe needs can't be met together."
        )
        unshown = (
            f"No design has a figure for every wish ({', '.join(blueprint.wishes)}): state what is missing."
        )
        for told in questions or certificate.log[-3:] or (unshown,):
            console.say(f"  {told}")
        for broken in [line for line in certificate.log if "no valid model" in line][:3]:
            console.say(f"  {broken}")
        if args.write:
            console.say(f"\n{out / 'index.html'} shows what was tried")
        return
    figures = best.ledger.figures
    titles = [figures[wish].title if wish in figures else wish for wish in blueprint.wishes]
    console.say()
    console.table(
        (Column("proposal"), *(Column(title) for title in titles)),
        [
            (
                p.title + (" (recommended)" if p.name == blueprint.recommended else ""),
                *(figure_text(p.ledger.figures.get(wish)) for wish in blueprint.wishes),
            )
            for p in blueprint.proposals
        ],
    )
    console.say("\nNeeds of the recommended proposal")
    tell_needs(console, best.ledger, best.ledger.needs)
    _tell_findings(args, found)
    if args.write:
        console.say(
            f"\n{out / 'index.html'} shows everything; groma assess {out} checks it against its model"
        )


def _tell_findings(args: Arguments, found: tuple[Finding, ...]) -> None:
    """What rules find in the recommended proposal: the grave ones, and how many others there are."""
    if not found:
        return
    grave = [finding for finding in found if finding.severity == "error"]
    others = len(found) - len(grave)
    console = args.console
    console.say()
    if grave:
        said = (
            f"{len(grave)} grave {'finding' if len(grave) == 1 else 'findings'} in the recommended proposal"
        )
        console.say(console.toned(said, "bad"))
        for finding in grave:
            console.say(f"  {finding.title} [{finding.rule}]")
    if others:
        where = "the architecture document tells each" if args.write else "--json tells each"
        one = others == 1
        console.say(f"{others} {'finding that is' if one else 'findings that are'} less grave: {where}")
