"""`groma survey MODEL|FOLDER`: why it is as it is, what that costs, and what must change."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from groma.cli import usage_said
from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status
from groma.cli.survey_said import as_data, tell
from groma.cli.target import check_folders, model_options
from groma.cli.write import formats_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groma.cli.console import Console
    from groma.survey import Diagnosis, Gap, TakenIn
    from groma.survey.website import Website

MOST_TRIES = 3


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Find out why it is as it is. What rules find in a model are symptoms; they are tied to causes, each with what "
        "it costs a month, what it puts at risk, what to do, what that takes and when it has paid for itself. A folder "
        "of raw files (tables of tools, people, recurring work) is made a model first; a brief is looked at as it "
        "stands today. It ends in one verdict: nothing to do, a developer or a consultant, an architecture, a project. "
        "The exit status is 0 whatever the verdict is: it says that the survey was made."
    )
    parser.add_argument(
        "target",
        type=Path,
        nargs="?",
        metavar="MODEL|FOLDER",
        help="a model, a brief, or a folder of raw files (may be left out beside --usage)",
    )
    parser.add_argument(
        "--usage",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="calls of language models (LiteLLM spend logs, Langfuse observations) or bills (CSV): where "
        "cost grows, what could be saved",
    )
    out_option(parser, "the report (index.html, audit.pdf, ...) and the model that was made")
    parser.add_argument(
        "--format", default="html,pdf,docx,md", metavar="LIST", help="which of html, pdf, docx, md (all)"
    )
    parser.add_argument(
        "--interview",
        action="store_true",
        help="first ask what wasn't told, one question at a time (answers are kept among raw files)",
    )
    parser.add_argument(
        "--site",
        metavar="FOLDER|FILE",
        help="the business's website, as a folder or answers kept by `groma site audit`: what is wrong with it joins",
    )
    parser.add_argument(
        "--base", default="", metavar="URL", help="the address that the folder of --site is published at"
    )
    parser.add_argument(
        "--enquiry",
        action="append",
        default=[],
        metavar="FLOW",
        help="the flow that takes enquiries in, then those that follow from it (may be repeated)",
    )
    model_options(parser)
    parser.add_argument(
        "--causes",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="causes of your own (Python: they are run)",
    )
    examples(
        parser,
        "groma survey today.yaml --out out/survey",
        "groma survey company/ --interview --out out/survey",
        "groma survey model.yaml --json",
        "groma survey company/ --site website/ --base https://www.example.com/ --enquiry answer_enquiry",
        "groma survey model.yaml --usage spend_logs.csv --usage bills.csv",
        "groma survey --usage observations.jsonl --json",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.output import check_replaceable
    from groma.survey import NoIntakeError, take_in

    for option, folders in (("--catalog", args.catalog), ("--rules", args.rules), ("--causes", args.causes)):
        check_folders(option, folders)
    if args.target is None:
        return _only_usage(args)
    formats = formats_of(args.format)
    if args.out is not None:
        check_replaceable(args.out)
    args.console.progress.step("reading", 0)
    try:
        taken = take_in(args.target)
    except NoIntakeError as error:
        raise UserError(str(error)) from None
    tables = api.catalog(args.catalog)
    website = _website(args)

    def surveyed(given: TakenIn) -> Diagnosis:
        return api.survey(
            given,
            stage=args.stage,
            catalog=tables,
            rules=args.rules,
            causes=args.causes,
            website=website,
            progress=args.console.progress,
        )

    if args.interview:
        taken = _interview(args.console, taken, surveyed)
    found = surveyed(taken)
    _check_flows(args, found)
    usage = usage_said.read(args.console, args.usage, found.ledger, tables)
    found = replace(found, usage=usage)
    if args.out is not None:
        _write(args, taken, found, formats)
    args.console.answer(
        as_data(found, taken) | ({} if usage is None else {"usage": usage_said.as_data(usage)})
    )
    if not args.json:
        tell(args.console, found, taken)
        if usage is not None:
            usage_said.tell(args.console, usage)
        if args.out is not None:
            args.console.note(
                f"written to {args.out}: begin with {args.out / ('index.html' if 'html' in formats else '')}"
            )
    return Status.MET


def _website(args: Arguments) -> Website | None:
    """The audited site of --site, read offline."""
    if args.site is None:
        if args.base or args.enquiry:
            raise UserError("--base and --enquiry need --site")
        return None
    from groma.cli.site_source import audited_offline
    from groma.survey.website import Website

    return Website(audited_offline(args, Path(args.site)), tuple(args.enquiry))


def _check_flows(args: Arguments, found: Diagnosis) -> None:
    from groma.model.grammar import did_you_mean

    for flow in args.enquiry:
        if flow not in found.model.flows:
            raise UserError(f"--enquiry: there is no flow `{flow}`{did_you_mean(flow, found.model.flows)}")


def _only_usage(args: Arguments) -> int:
    """Logs without a model: what they tell by themselves."""
    usage = usage_said.read(args.console, args.usage)
    if usage is None:
        raise UserError(
            "expected a model, a brief, a folder of raw files, or --usage with a log; found none of them"
        )
    if args.out is not None or args.interview:
        raise UserError(
            "expected a model, a brief or a folder beside --out and --interview; found --usage alone"
        )
    args.console.answer({"usage": usage_said.as_data(usage)})
    if not args.json:
        usage_said.tell(args.console, usage)
    return Status.MET


# --- the interview ---------------------------------------------------------------------------------------------------


def _interview(console: Console, taken: TakenIn, surveyed: Callable[[TakenIn], Diagnosis]) -> TakenIn:
    """What was given, with the answers in it; the same where nothing was answered.

    Questions of the raw files come first, since their answers make the model anew; then what figures of causes miss.
    Each answer to the former is kept in the interview file at once, so that it isn't asked again.
    """
    from groma.output import write_whole

    asked: set[str] = set()
    while gap := next((g for g in taken.gaps if g.key and g.key not in asked and taken.asks(g)), None):
        asked.add(gap.key)
        before, taken = taken, _asked(console, taken, gap)
        kept = taken.interview() if taken is not before else None
        if kept is not None:
            write_whole(*kept)
            console.note(f"kept in {kept[0]}")
    for gap in surveyed(taken).gaps:
        if not gap.key and taken.asks(gap):
            taken = _asked(console, taken, gap)
    return taken


def _asked(console: Console, taken: TakenIn, gap: Gap) -> TakenIn:
    """With the answer; unchanged for an empty one, or one that is wrong three times."""
    from groma.survey import AnswerError

    console.complain(f"\n{gap.question}\n  ({gap.why}; nothing: leave it open)")
    for _ in range(MOST_TRIES):
        sys.stderr.write("> ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if not answer:
            return taken
        try:
            return taken.answered(gap, answer)
        except AnswerError as error:
            console.complain(f"  {error}")
    return taken


# --- what is written and said ----------------------------------------------------------------------------------------


def _write(args: Arguments, taken: TakenIn, found: Diagnosis, formats: tuple[str, ...]) -> None:
    from groma import api
    from groma.model.sources import RECORD, sources, with_own
    from groma.output import whole_folder
    from groma.survey import TODAY

    with whole_folder(args.out) as scratch:
        args.console.progress.step("report", 0)
        files = api.write(found, formats=formats)
        if taken.text is not None:
            files = files | {TODAY: taken.text.encode()}
        for name, data in sorted(files.items()):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(data)
        if taken.text is None:
            record = with_own(sources(taken.path, found.model, args.out, made="documents"), files)
            (scratch / RECORD).write_text(record.to_json(), encoding="utf-8")
