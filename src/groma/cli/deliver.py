"""`groma deliver ENGAGEMENT`: everything that one client is handed over, behind one page."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.spreading import whole
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.cli.delivery import Outcome, Task
    from groma.documents.landing import Changed, Opened
    from groma.model.engagement import Door, Engagement

CHANGES = "changes.json"
RECORD = "delivery.json"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Do all the jobs of an engagement: survey what exists, design what should be, write what is handed over; one "
        "page has a door for each. What is still as it was written isn't made again; what is made again says what "
        "the change costs."
    )
    parser.add_argument(
        "engagement", type=Path, metavar="ENGAGEMENT", help="a file with `engagement` and `doors`"
    )
    out_option(parser, "everything (unless told: out/ and the name of the file's folder)")
    parser.add_argument("--check", action="store_true", help="only say what is stale, write nothing")
    parser.add_argument(
        "--door", action="append", default=[], metavar="NAME", help="only this door (may be repeated)"
    )
    parser.add_argument("--again", action="store_true", help="make everything again, stale or not")
    parser.add_argument(
        "--jobs", type=whole, default=0, metavar="N", help="jobs at a time (unless told: one a core)"
    )
    examples(
        parser,
        "groma deliver examples/company/engagement.yaml",
        "groma deliver examples/company/engagement.yaml --check",
        "groma deliver engagement.yaml --door business --out handover",
    )


def run(args: Arguments) -> int:
    from groma.cli.delivery import digests, tasks_of, why_stale
    from groma.model.engagement import read_engagement

    path = args.engagement / "engagement.yaml" if args.engagement.is_dir() else args.engagement
    if not path.is_file():
        raise UserError(f"{path}: expected a file with `engagement` and `doors`, found nothing")
    engagement = read_engagement(path)
    out = args.out if args.out is not None else Path("out") / (path.resolve().parent.name or "engagement")
    known = _doors(engagement)
    for name in args.door:
        if name not in known:
            raise UserError(f"--door: there is no door `{name}`; there are {', '.join(known)}")
    tasks = tasks_of(engagement, path.parent, out)
    chosen = [task for task in tasks if not args.door or task.door in args.door]
    record = _record(out)
    stale = _with_followers([t for t in chosen if args.again or why_stale(t, record) != ()], chosen)
    if args.check:
        return _told_stale(args, stale, record)
    before = {task.name: digests(task) for task in stale}
    outcomes = _run(args, stale)
    made = {name: before[name] if outcomes[name].task.kind != "rfp" else digests(outcomes[name].task)
            for name in outcomes if outcomes[name].done}  # fmt: skip
    _write(out, engagement, tasks, outcomes, record | made)
    return _told(args, out, tasks, outcomes)


def _doors(engagement: Engagement) -> dict[str, Door]:
    """The doors, and one for the website."""
    from groma.model.engagement import SITE, Door

    site = engagement.site
    if site is None:
        return dict(engagement.doors)
    return {**engagement.doors, SITE: Door(name=SITE, at=site.at, title=site.title, asks=site.asks)}


def _with_followers(stale: list[Task], chosen: Sequence[Task]) -> list[Task]:
    names = {task.name for task in stale}
    return [task for task in chosen if task.name in names or task.after in names]


def _record(out: Path) -> dict[str, dict[str, str]]:
    """Task -> the files that it was made from, with their digests, as the last run left it."""
    file = out / RECORD
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _told_stale(args: Arguments, stale: Sequence[Task], record: Mapping[str, Mapping[str, str]]) -> int:
    from groma.cli.delivery import why_stale

    told = [(task, why_stale(task, record)) for task in stale]
    args.console.answer(
        {
            "stale": [
                {"folder": str(task.folder), "changed": None if why is None else list(why)}
                for task, why in told
            ]
        }
    )
    for task, why in told:
        reason = "isn't written yet" if why is None else f"is older than {', '.join(why) or task.after}"
        args.console.say(f"{task.folder} {reason}")
    if not stale:
        args.console.say("everything is as it was written")
    return Status.STALE if stale else Status.MET


def _run(args: Arguments, stale: Sequence[Task]) -> dict[str, Outcome]:
    from groma.cli.delivery import run_all
    from groma.workers import cores

    console = args.console
    console.progress.step("survey, design, documents", 0, len(stale) or None)

    def told(outcome: Outcome, done: int) -> None:
        console.progress.step(outcome.task.name, done, len(stale))

    return run_all(stale, args.jobs or cores(), told, cores()) if stale else {}


def _write(
    out: Path,
    engagement: Engagement,
    tasks: Sequence[Task],
    outcomes: Mapping[str, Outcome],
    record: Mapping[str, Mapping[str, str]],
) -> None:
    from groma.documents.html import render_html
    from groma.documents.landing import landing
    from groma.output import write_whole

    out.mkdir(parents=True, exist_ok=True)
    changes = _changes(out, engagement, outcomes)
    doors = [
        _opened(door, [t for t in tasks if t.door == door.name], out) for door in _doors(engagement).values()
    ]
    write_whole(out / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")
    write_whole(out / "index.html", render_html(landing(engagement, doors, changes)))
    if changes:
        from dataclasses import asdict

        write_whole(
            out / CHANGES, json.dumps([asdict(c) for c in changes], indent=1, ensure_ascii=False) + "\n"
        )


def _changes(out: Path, engagement: Engagement, outcomes: Mapping[str, Outcome]) -> list[Changed]:
    """What this run made different; what the last one did where this one had nothing to do."""
    from groma.cli.delivery import figures_of
    from groma.documents.landing import Changed, changes_between

    if not outcomes:
        file = out / CHANGES
        known: Any = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
        return [Changed(**each) for each in known]
    (out / CHANGES).unlink(missing_ok=True)
    made: list[Changed] = []
    for outcome in outcomes.values():
        task, after = outcome.task, figures_of(outcome.task.folder)
        if task.kind == "design" and outcome.done and outcome.before is not None and after is not None:
            title = engagement.doors[task.door].title
            made += changes_between(title, task.folder.relative_to(out).as_posix(), outcome.before, after)
    return made


def _opened(door: Door, tasks: Sequence[Task], out: Path) -> Opened:
    from groma.cli.delivery import TITLES, figures_of
    from groma.documents.landing import Handed, Opened
    from groma.model.figure import Ledger

    handed: dict[str, Handed] = {}
    for task in tasks:
        if not task.page.is_file():
            continue
        files = sorted(file.name for file in task.folder.iterdir() if file.suffix in (".pdf", ".xlsx"))
        titled = tuple((_title(name), name) for name in files)
        folder = task.folder.relative_to(out).as_posix()
        handed[task.kind] = Handed(
            TITLES[task.kind],
            folder,
            figures_of(task.folder) or Ledger(""),
            titled,
            task.page.relative_to(task.folder).as_posix(),
        )
    return Opened(door, handed)


def _title(file: str) -> str:
    name, _, kind = file.rpartition(".")
    return f"{name.replace('-', ' ').capitalize()} ({kind.upper()})"


def _told(args: Arguments, out: Path, tasks: Sequence[Task], outcomes: Mapping[str, Outcome]) -> int:
    console = args.console
    failed = [outcome for outcome in outcomes.values() if not outcome.done]
    console.answer(
        {
            "out": str(out),
            "tasks": [
                {"name": task.name, "folder": str(task.folder), "made": task.name in outcomes,
                 "status": int(outcomes[task.name].status) if task.name in outcomes else None}
                for task in tasks
            ],
        }
    )  # fmt: skip
    for task in tasks:
        outcome = outcomes.get(task.name)
        there = "as it was" if task.page.is_file() else "not written yet"
        word = there if outcome is None else "written" if outcome.done else "not written"
        console.say(f"{task.folder}  {word}")
    for outcome in failed:
        console.note(f"{outcome.task.name}: {outcome.said or f'ended with status {outcome.status}'}")
    console.say(f"\n{out / 'index.html'} has a door for each")
    return max((outcome.status for outcome in failed), default=Status.MET)
