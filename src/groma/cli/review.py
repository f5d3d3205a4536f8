"""`groma review DOCUMENT`: somebody else's design, held against what a builder needs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.cli.console import Console
    from groma.survey.review import Review

SHOWN = 15
"""Unbuildable places that are told without `--all`."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Read a design document that somebody else wrote (Markdown, DOCX, HTML) and hold it against "
        "what the deliverables "
        "must contain: what is there and where, what is missing and what breaks without it, and what can't be built as "
        "it is written. What stops a builder comes first; there is no score. Words are told by signs (a number with a "
        "unit, a table with the right columns, a schema), in English and German: what is said in "
        "other ways is listed as "
        "missing. Ends with 1 if something is missing that a builder can't do without, else with 0."
    )
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help="a .md, .txt, .html or .docx file")
    parser.add_argument(
        "--for",
        dest="practice",
        choices=("ai", "business", "infrastructure"),
        default="ai",
        help="what is designed, which decides what must be there (ai)",
    )
    parser.add_argument("--all", action="store_true", help=f"tell everything, not {SHOWN} unbuildable places")
    examples(
        parser,
        "groma review design.md",
        "groma review offer.docx --for infrastructure --all",
        "groma review plan.html --for business --json",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.importers.designs import DesignError

    args.console.progress.step("reading", 0)
    try:
        done = api.review(args.document, practice=args.practice)
    except DesignError as error:
        raise UserError(str(error)) from None
    args.console.answer(_as_data(done))
    if not args.json:
        _tell(args.console, done, whole=args.all)
    return Status.MISSED if done.blocked else Status.MET


def _tell(console: Console, done: Review, *, whole: bool) -> None:
    blocking = [each for each in done.missing if each.content.blocks]
    asked = len(done.present) + len(done.missing)
    console.say(f"{done.design.file}: {len(done.present)} of {asked} contents are there")
    for words, missing in (
        ("missing, and a builder has to stop or guess:", blocking),
        ("missing as well:", [each for each in done.missing if not each.content.blocks]),
    ):
        if missing:
            console.say(f"\n{console.toned(words, 'strong')}")
        for each in missing:
            console.say(f"  {each.content.title}  [{each.content.deliverable}]")
            console.say(f"      without it: {each.content.breaks}")
            if each.promised is not None:
                console.say(f"      {each.promised}: “{each.heading}” speaks of it, but doesn't say it")
    if done.guesses:
        console.say(f"\n{console.toned('unbuildable as it is written:', 'strong')}")
        for guess in done.guesses if whole else done.guesses[:SHOWN]:
            console.say(f"  {guess.at}: “{guess.words}”: {guess.wrong}; {guess.instead}")
        if not whole and len(done.guesses) > SHOWN:
            console.say(f"  and {len(done.guesses) - SHOWN} more (--all)")
    if done.present:
        console.say(f"\n{console.toned('there:', 'strong')}")
        for present in done.present:
            console.say(f"  {present.content.title}  ({present.at})")
    for note in done.design.notes:
        console.note(note)


def _as_data(done: Review) -> dict[str, Any]:
    return {
        "document": done.design.file,
        "for": done.practice,
        "blocked": done.blocked,
        "present": [
            {
                "id": p.content.id,
                "deliverable": p.content.deliverable,
                "what": p.content.title,
                "at": str(p.at),
            }
            for p in done.present
        ],
        "missing": [
            {
                "id": m.content.id,
                "deliverable": m.content.deliverable,
                "what": m.content.title,
                "why": m.content.why,
                "breaks": m.content.breaks,
                "blocking": m.content.blocks,
                "promised_at": None if m.promised is None else str(m.promised),
            }
            for m in done.missing
        ],
        "unbuildable": [
            {
                "check": g.check,
                "at": str(g.at),
                "words": g.words,
                "wrong": g.wrong,
                "instead": g.instead,
                "blocking": g.blocks,
            }
            for g in done.guesses
        ],
        "notes": list(done.design.notes),
    }
