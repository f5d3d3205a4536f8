"""`groma diff A B`: what differs between two models, in elements, in figures, in needs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders, target_of
from groma.cli.verdicts import figure_as_data

if TYPE_CHECKING:
    from groma.model.difference import Difference

SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Show what differs between two models: elements added, removed and changed; figures whose intervals no longer "
        "meet; needs whose verdict flips. Layout, comments and the order of elements make no difference."
    )
    parser.add_argument("before", type=Path, metavar="A", help="a model file, or a folder that Groma wrote")
    parser.add_argument("after", type=Path, metavar="B", help="the same, for what it became")
    parser.add_argument("--stage-before", metavar="NAME", help="A as it is at this stage")
    parser.add_argument("--stage-after", metavar="NAME", help="B as it is at this stage")
    parser.add_argument("--check", action="store_true", help="exit 1 if a need is worse in B than in A")
    catalog_option(parser)
    examples(
        parser,
        "groma diff old/model.yaml model.yaml",
        "groma diff model.yaml model.yaml --stage-after next-year",
        "groma diff main/model.yaml model.yaml --check --json",
    )


RANK = {"met": 0, "undecided": 1, "disputed": 1, "not shown": 1, "missed": 2}


def run(args: Arguments) -> int:
    from groma import api

    check_folders("--catalog", args.catalog)
    before = api.load(target_of(args.before).path, stage=args.stage_before)
    after = api.load(target_of(args.after).path, stage=args.stage_after)
    found = _compared(args, before, after)
    args.console.answer(_as_data(found))
    if not args.json:
        _tell(args, found)
    worse = any(
        RANK["met" if change.before is None else change.before.verdict] < RANK[change.after.verdict]
        for change in found.needs
        if change.after is not None
    )
    return Status.MISSED if args.check and worse else Status.MET


def _compared(args: Arguments, before: Any, after: Any) -> Difference:
    """Briefs have no figures yet: only their elements are compared."""
    from groma import api
    from groma.model.difference import difference
    from groma.model.figure import Ledger

    if before.wants or after.wants:
        return difference(before, after, Ledger(before.digest), Ledger(after.digest))
    tables = api.catalog(args.catalog)
    args.console.progress.step("figures", 0, 2)
    first = api.assess(before, catalog=tables)
    args.console.progress.step("figures", 1, 2)
    return api.diff(first, api.assess(after, catalog=tables))


def _as_data(found: Difference) -> dict[str, Any]:
    return {
        "elements": [{"element": c.element, "how": c.how, "keys": list(c.keys)} for c in found.elements],
        "figures": [
            {"name": c.name, "before": figure_as_data(c.before), "after": figure_as_data(c.after)}
            for c in found.figures
        ],
        "needs": [
            {
                "need": c.need,
                "before": None if c.before is None else c.before.verdict,
                "after": None if c.after is None else c.after.verdict,
            }
            for c in found.needs
        ],
    }


def _tell(args: Arguments, found: Difference) -> None:
    from groma.documents.quote import figure_text

    console = args.console
    if found.empty:
        console.say("nothing differs")
        return
    for change in found.elements:
        keys = f": {', '.join(change.keys)}" if change.keys else ""
        console.say(f"{SIGNS[change.how]} {change.element}{keys}")
    if found.figures:
        console.say()
        columns = (Column("figure"), Column("before"), Column("after"))
        console.table(columns, [(c.name, figure_text(c.before), figure_text(c.after)) for c in found.figures])
    for change in found.needs:
        before = "not asked" if change.before is None else change.before.verdict
        after = "not asked" if change.after is None else change.after.verdict
        console.say(f"\nneed {change.need}: {before} -> {after}")
