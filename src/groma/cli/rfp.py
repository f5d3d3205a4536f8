"""`groma rfp MODEL`: a request for proposals from a design, with the workbook that bidders fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import Target, catalog_option, check_folders, ledger_of, target_of

if TYPE_CHECKING:
    from groma.catalog import Catalog
    from groma.model.elements import Model
    from groma.model.figure import Ledger
    from groma.procurement import Request, Terms

SEND = "send"
"""The folder of what goes to bidders."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write a request for proposals for what a design buys: numbered requirements whose "
        "thresholds are needs and figures of the design, "
        "a price sheet, the evaluation model with all its formulas, and the workbook that bidders "
        "fill in. What goes to bidders lies in "
        "`send`; the rest, with what you expect to pay, stays with you. A blueprint's folder isn't "
        "designed again; a brief is designed first."
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="a model, a brief, or a folder that Groma wrote"
    )
    out_option(parser, "the request (unless told: out/ and the name of the model's folder, with -rfp)")
    parser.add_argument(
        "--lot",
        action="append",
        default=[],
        metavar="NAME",
        help="ask for this part only, or for all parts that answer this question of the design (may be repeated)",
    )
    parser.add_argument(
        "--terms", type=Path, metavar="FILE", help="what you decide: contract, weights, exit, schedule, ..."
    )
    parser.add_argument(
        "--after", type=Path, metavar="FOLDER", help="an earlier edition, whose numbers are kept"
    )
    catalog_option(parser)
    examples(
        parser,
        "groma rfp out/two-sites --terms examples/two-sites/terms.yaml --out out/rfp",
        "groma rfp model.yaml --lot storage --lot backup",
        "groma rfp out/two-sites --after out/rfp --out out/rfp-2",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.documents.procurement import write_request
    from groma.output import check_replaceable, whole_folder
    from groma.procurement import RequestError, no_terms, read_terms, request_of

    check_folders("--catalog", args.catalog)
    target = target_of(args.model)
    if target.stale:
        return _stale(args, target)
    out: Path = (
        args.out
        if args.out is not None
        else Path("out") / f"{args.model.resolve().name.removesuffix('.yaml')}-rfp"
    )
    check_replaceable(out)
    terms = read_terms(args.terms) if args.terms is not None else no_terms()
    tables = api.catalog(args.catalog)
    try:
        path, model, ledger, beside = _designed(args, target, tables)
        roles = _roles(target) if args.lot else {}
        request = request_of(
            model,
            ledger,
            tables,
            terms,
            file=path,
            lot=_parts(args.lot, roles, model),
            before=_before(args.after),
        )
    except RequestError as error:
        raise UserError(str(error)) from None
    args.console.progress.step("documents", 0)
    files = _files(request, beside, write_request(request, model, ledger, terms))
    with whole_folder(out) as scratch:
        for name, data in sorted(files.items()):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(data)
    args.console.answer(_as_data(request, out, files))
    if not args.json:
        _tell(args, request, terms, out)
    return Status.MET


def _stale(args: Arguments, target: Target) -> int:
    changed = ", ".join(f"{change.file} {change.how}" for change in target.stale)
    args.console.answer(
        {
            "status": int(Status.STALE),
            "meaning": Status.STALE.meaning,
            "stale": [{"file": c.file, "how": c.how} for c in target.stale],
        }
    )
    args.console.say(f"{args.model} is stale: since it was written, {changed}. Design it again first.")
    return Status.STALE


def _designed(
    args: Arguments, target: Target, tables: Catalog
) -> tuple[str, Model, Ledger, dict[str, bytes]]:
    """The model's file name, the model with its figures, and the files that a request keeps of it."""
    from groma import api
    from groma.model.load import load, loads
    from groma.procurement import model_files

    model = load(target.path)
    if model.wants:
        blueprint = api.design(target.path, catalog=tables, progress=args.console.progress)
        best = blueprint.best
        if best is None:
            raise UserError(
                f"{target.path}: no design meets the needs, so there is nothing to ask for; see: "
                f"groma design {target.path}"
            )
        name = f"{best.name}.yaml"
        from groma.model.sources import files_of

        files = {
            file.relative_to(target.path.parent).as_posix(): file.read_bytes()
            for file in files_of(target.path, model)
            if file.suffix not in (".yaml", ".yml")
        }
        return name, best.model, best.ledger, files | {name: best.text.encode()}
    files = model_files(target.path, model)
    text = files[target.path.name].decode()
    if text != target.path.read_text(encoding="utf-8"):
        model = loads(text, file=target.path.name, folder=target.path.parent)
    return target.path.name, model, ledger_of(target, model, tables), files


def _roles(target: Target) -> dict[str, tuple[str, ...]]:
    """Questions of the brief behind a folder (or of the brief itself) -> the parts that answer them."""
    from groma import api
    from groma.model.sources import recorded
    from groma.patterns import open_model

    path = target.path
    if target.folder is not None:
        record = recorded(target.folder)
        if record is None or record.made != "blueprint":
            return {}
        path = target.folder / record.model
    space = api.space(path)
    found: dict[str, list[str]] = {}
    if space.roles:
        for component, alternatives in open_model(space).alternatives.items():
            for role in sorted({alternative.role for alternative in alternatives}):
                for name in (role, role.rpartition(".")[2]):
                    if component not in found.setdefault(name, []):
                        found[name].append(component)
    return {name: tuple(parts) for name, parts in found.items()}


def _parts(named: list[str], roles: dict[str, tuple[str, ...]], model: Model) -> tuple[str, ...]:
    parts: list[str] = []
    for name in named:
        answered = [part for part in roles.get(name, ()) if _bought(model, part)]
        parts += answered or [name]
    return tuple(dict.fromkeys(parts))


def _bought(model: Model, part: str) -> bool:
    return part in model.components and not model.components[part].existing


def _before(folder: Path | None) -> Request | None:
    from groma.procurement import REQUEST, RequestError, from_json

    if folder is None:
        return None
    path = folder / REQUEST
    if not path.is_file():
        raise RequestError(
            f"--after: expected a folder that groma rfp wrote, found none with {REQUEST} at {folder}"
        )
    return from_json(path.read_text(encoding="utf-8"))


def _files(request: Request, beside: dict[str, bytes], made: Any) -> dict[str, bytes]:
    from groma.documents.write import files
    from groma.procurement import MODEL, REQUEST, RESPONSE, response_sheet, to_json

    written = files(made)
    sent = {
        name for name in written if name.endswith((".pdf", ".docx", ".md")) or name.startswith("diagrams/")
    }
    found = {f"{SEND}/{name}" if name in sent else name: data for name, data in written.items()}
    found[f"{SEND}/{RESPONSE}"] = response_sheet(request)
    found[REQUEST] = to_json(request).encode()
    if request.terms:
        found["terms.yaml"] = request.terms.encode()
    return found | {f"{MODEL}/{name}": data for name, data in beside.items()}


def _as_data(request: Request, out: Path, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "out": str(out),
        "edition": request.fingerprint,
        "system": request.system,
        "lot": list(request.lot),
        "months": request.months,
        "requirements": [
            {
                "id": r.id,
                "key": r.key,
                "kind": r.kind,
                "chapter": r.chapter,
                "text": r.text,
                "asked": r.threshold.text if r.threshold else None,
                "from": list(r.source),
            }
            for r in request.requirements
        ],
        "prices": [
            {"id": p.id, "key": p.key, "unit": p.unit, "quantity": float(p.quantity), "borne": p.bears}
            for p in request.lines
        ],
        "criteria": [{"key": s.key, "weight": float(s.weight)} for s in request.scales],
        "defaults": list(request.defaults),
        "files": sorted(files),
    }


def _tell(args: Arguments, request: Request, terms: Terms, out: Path) -> None:
    console = args.console
    gates = sum(r.kind == "gate" for r in request.requirements)
    console.say(
        f"{request.system}: {len(request.requirements)} requirements, {gates} of them gates, "
        f"{len(request.asked)} prices, "
        f"{request.months} months\n"
    )
    chapters = dict.fromkeys(r.chapter for r in request.requirements)
    console.table(
        (Column("chapter"), Column("requirements"), Column("gates")),
        [
            (
                chapter,
                str(sum(r.chapter == chapter for r in request.requirements)),
                str(sum(r.chapter == chapter and r.kind == "gate" for r in request.requirements)),
            )
            for chapter in chapters
        ],
    )
    console.say()
    console.table(
        (Column("criterion"), Column("weight")), [(s.title, f"{float(s.weight):.1%}") for s in request.scales]
    )
    if request.defaults:
        console.say(f"\nNobody has stated: {', '.join(request.defaults)} (--terms)")
    if not request.scored_on_price:
        console.say(
            "No points can be given for the price yet: state full_points_at and no_points_at in the terms"
        )
    console.say(
        f"\n{out / SEND} goes to bidders; {out / 'index.html'} shows it; then: groma bids {out} BID.xlsx ..."
    )
