"""`groma site check TARGET`: an audit for pipelines. Baselines, history, SARIF and JUnit."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.site import Audited, Bounds
    from groma.site.audit import Hit
    from groma.site.pipeline import Changed
    from groma.site.proof import Key

SHOWN = 20
MOST_RESULTS = 5000
"""Results in one SARIF file; code hosts show no more of one run."""

OPTIONS = ("sarif", "junit", "baseline", "write_baseline", "history", "date")


def check_options(parser: argparse.ArgumentParser) -> None:
    """Options of `check`."""
    group = parser.add_argument_group("check", "only with `check`")
    group.add_argument(
        "--sarif", type=Path, metavar="FILE", help="write the problems as SARIF, for code review"
    )
    group.add_argument(
        "--junit", type=Path, metavar="FILE", help="write the audits as JUnit XML, for build servers"
    )
    group.add_argument(
        "--baseline", type=Path, metavar="FILE", help="fail only on problems that aren't in here"
    )
    group.add_argument("--write-baseline", type=Path, metavar="FILE", help="write all problems as known ones")
    group.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="add this audit, and tell what changed since the last (with --date)",
    )
    group.add_argument("--date", default="", metavar="DATE", help="the day of this audit, such as 2026-11-28")


def refuse_others(args: argparse.Namespace) -> None:
    """Options of `check` with another verb are a mistake to be told."""
    for name in OPTIONS:
        if getattr(args, name):
            raise UserError(
                f"--{name.replace('_', '-')}: belongs to `groma site check`, not to `{args.verb}`"
            )


def run(args: Arguments, bounds: Bounds, chosen: dict[str, Any]) -> int:
    """Audits, writes what is asked for, tells what fails."""
    from groma.cli import site_audit

    known = _known(args)
    return _finish(args, site_audit.audited(args, bounds, chosen), known)


def _known(args: argparse.Namespace) -> Counter[Key]:
    """The baseline, read before anything is gathered; also checks the history's date."""
    from groma.site.pipeline import KeysError, is_date, read_baseline

    if args.history is not None and not is_date(args.date):
        raise UserError(f"--history: needs --date with a day such as 2026-11-28, found `{args.date}`")
    if args.baseline is None:
        return Counter()
    try:
        return read_baseline(args.baseline.read_text(encoding="utf-8"))
    except (KeysError, UnicodeDecodeError) as error:
        raise UserError(f"{args.baseline}: {error}") from None


def _finish(args: argparse.Namespace, audited: Audited, known: Counter[Key]) -> int:
    """Writes what is asked for, tells what fails, gives the status."""
    from groma.output import write_whole
    from groma.site.pipeline import as_findings, baseline_text, fails, new_hits

    hits = new_hits(audited, known)
    failing = fails(audited, hits, args.fails_on)
    changed = _history(args, audited)
    place = _places(args)
    if args.sarif is not None:
        from groma.exporters.sarif import sarif_of_findings

        rules = [(name, a.title, a.remedy) for name, a in audited.audits.items()]
        folder = Path(args.target).as_posix() if Path(args.target).is_dir() else ""
        found = as_findings(audited, hits[:MOST_RESULTS], place)
        write_whole(args.sarif, sarif_of_findings(rules, found, "" if folder == "." else folder))
    if args.junit is not None:
        from groma.exporters import junit_of_rules

        by_audit: dict[str, list[tuple[str, Hit, Key]]] = {}
        for row in failing:
            by_audit.setdefault(row[0], []).append(row)
        rows = (
            (
                name,
                audit.title,
                audited.looks[name].looked_at,
                as_findings(audited, by_audit.get(name, ()), place),
            )
            for name, audit in audited.audits.items()
        )
        write_whole(args.junit, junit_of_rules(audited.site.gathered.start, rows, kind="found"))
    if args.write_baseline is not None:
        write_whole(args.write_baseline, baseline_text(audited))
    status = _status(audited, failing)
    args.console.answer(_as_data(args, audited, status, hits, failing, changed, known))
    if not args.json:
        _tell(args, audited, hits, failing, changed, known, place)
    return status


def _status(audited: Audited, failing: list[Any]) -> Status:
    if failing:
        return Status.MISSED
    return Status.MET if audited.site.is_complete and audited.site.pages else Status.UNDECIDED


def _history(args: argparse.Namespace, audited: Audited) -> Changed | None:
    """Reads the history, adds this audit to its end."""
    from groma.site.pipeline import KeysError, changed_since, history_line

    if args.history is None:
        return None
    try:
        lines: list[str] = []
        if args.history.exists():
            with args.history.open(encoding="utf-8") as stream:
                lines = stream.readlines()
        changed = changed_since(lines, audited, args.date)
    except (KeysError, UnicodeDecodeError) as error:
        raise UserError(f"{args.history}: {error}") from None
    args.history.parent.mkdir(parents=True, exist_ok=True)
    gap = "\n" if lines and not lines[-1].endswith("\n") else ""
    with args.history.open("a", encoding="utf-8", newline="") as stream:
        stream.write(gap + history_line(audited, args.date))
    return changed


def _places(args: argparse.Namespace) -> Any:
    if not Path(args.target).is_dir():
        return None
    from groma.cli.site_source import base_of
    from groma.site import Folder
    from groma.site.places import Places

    return Places(Folder(Path(args.target), base_of(args), hosts=args.host)).of


def _as_data(
    args: argparse.Namespace, audited: Audited, status: Status, hits: list[Any], failing: list[Any],
    changed: Changed | None, known: Counter[Key],
) -> dict[str, Any]:  # fmt: skip
    from groma.cli.site_audit import MEANINGS

    data: dict[str, Any] = {
        "status": int(status),
        "meaning": MEANINGS[status],
        "start": audited.site.gathered.start,
        "complete": audited.site.is_complete,
        "pages": len(audited.site.pages),
        "problems": sum(len(look.hits) for look in audited.looks.values()),
        "known": sum(known.values()),
        "new": len(hits),
        "failing": [
            {"audit": name, "url": hit.url, "seen": hit.text, "quote": hit.quote, "key": "/".join(key)}
            for name, hit, key in failing
        ],
    }
    if args.history is not None:
        data["changed"] = None if changed is None else {
            "since": changed.since,
            "new": [list(key) for key in changed.new],
            "gone": [list(key) for key in changed.gone],
            "moved": [[list(old), list(new)] for old, new in changed.moved],
        }  # fmt: skip
    return data


def _tell(
    args: argparse.Namespace, audited: Audited, hits: list[Any], failing: list[Any], changed: Changed | None,
    known: Counter[Key], place: Any,
) -> None:  # fmt: skip
    say = args.console.say
    total = sum(len(look.hits) for look in audited.looks.values())
    beside = f", {len(hits)} of them not in the baseline" if args.baseline is not None else ""
    say(f"{audited.site.gathered.start}: {len(audited.site.pages)} pages, {total} problems{beside}")
    for name, hit, _ in failing[:SHOWN]:
        at = place(hit) if place else None
        severity = hit.severity or audited.audits[name].severity
        say(f"{at or hit.url}: {severity}: {audited.audits[name].title}: {hit.text} [{name}]")
    if len(failing) > SHOWN:
        say(f"and {len(failing) - SHOWN} more (--json tells all)")
    if not failing:
        say("Nothing fails the check.")
    gone = sum((known - Counter(_keys(audited))).values()) if known else 0
    if gone:
        say(f"{gone} known problems are gone: write the baseline anew with --write-baseline.")
    if args.history is not None:
        if changed is None:
            say("The first audit of this site in the history.")
        else:
            say(
                f"Since {changed.since}: {len(changed.new)} new, {len(changed.gone)} gone, {len(changed.moved)} moved."
            )
            for word, keys in (("new", changed.new), ("gone", changed.gone)):
                for key in keys[:SHOWN]:
                    say(f"  {word}: {key.audit} {key.url}")
            for old, new in changed.moved[:SHOWN]:
                say(f"  moved: {old.audit} {old.url} -> {new.url}")


def _keys(audited: Audited) -> Counter[Key]:
    from groma.site.proof import keys_of

    return keys_of(audited)
