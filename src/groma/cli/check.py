"""`groma check MODEL`: what a builder would have to guess, and what is asked for that isn't the architect's work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.target import check_folders, model_options, target_of
from groma.cli.verdicts import finding_as_data

if TYPE_CHECKING:
    from groma.api import Check
    from groma.model.finding import Finding
    from groma.rules import Checked

SHOWN = 5
"""Findings of one rule that are told without `--all`."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look at a blueprint as a builder would: which field, size, trigger, limit, answer to a failure, owner, "
        "permission, way out or acceptance test isn't stated, and which words have two readings. Of a brief, only what "
        "it asks for that a neighbour of the architect does. Ends with 0 if nothing is left to guess, else with 1; "
        "notes (`--strict` leaves no exception) don't count."
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="a model, a brief, or a folder that Groma wrote"
    )
    model_options(parser)
    parser.add_argument("--all", action="store_true", help=f"tell every finding, not {SHOWN} of each rule")
    parser.add_argument("--strict", action="store_true", help="let notes count as well")
    parser.add_argument(
        "--tests", action="store_true", help="also the acceptance tests that follow from what is stated"
    )
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write the rules as JUnit XML, for build servers"
    )
    parser.add_argument(
        "--sarif", type=Path, metavar="FILE", help="write the findings as SARIF, for code review"
    )
    examples(
        parser,
        "groma check model.yaml",
        "groma check out/escalation-desk --all",
        "groma check model.yaml --tests --json",
        "groma check model.yaml --sarif guesses.sarif",
    )


def run(args: Arguments) -> int:
    from groma import api

    check_folders("--catalog", args.catalog)
    check_folders("--rules", args.rules)
    target = target_of(args.model)
    model = api.load(target.path, stage=args.stage)
    args.console.progress.step("what is stated and what isn't", 0)
    done = api.check(model, catalog=api.catalog(args.catalog), rules=args.rules)
    _write_reports(args, done, target.path)
    counted = [f for f in done.findings if args.strict or f.severity != "note"]
    status = Status.MISSED if counted else Status.MET
    args.console.answer(_as_data(args, done, status))
    if not args.json:
        _tell(args, done)
    return status


def _write_reports(args: Arguments, done: Check, path: Path) -> None:
    from groma.output import write_whole

    if args.junit is not None:
        from groma.exporters import junit_of_rules

        rows = ((c.rule.id, c.rule.title, c.looked_at, c.findings) for c in done.checked)
        write_whole(args.junit, junit_of_rules(done.model.system, rows))
    if args.sarif is not None:
        from groma.exporters import sarif

        folder = path.parent.as_posix()
        text = sarif(done.model, done.ledger, done.findings, "" if folder == "." else folder)
        write_whole(args.sarif, text)


def _as_data(args: Arguments, done: Check, status: Status) -> dict[str, Any]:
    data: dict[str, Any] = {
        "system": done.model.system,
        "model": done.model.digest,
        "stage": args.stage,
        "status": int(status),
        "brief": bool(done.model.wants),
        "looked_at": done.looked_at,
        "rules": [
            {"rule": c.rule.id, "title": c.rule.title, "looked_at": c.looked_at, "found": len(c.findings)}
            for c in done.checked
        ],
        "findings": [finding_as_data(finding) for finding in done.findings],
    }
    if args.tests:
        from groma.analyses.acceptance import acceptance

        derived = acceptance(done.model)
        data["tests"] = [
            {
                "id": t.id, "element": t.element, "kind": t.kind, "given": t.given, "when": t.when, "then": t.then,
                "accepted_by": list(t.accepted_by), "where": str(t.at),
            }
            for t in derived.tests
        ]  # fmt: skip
        data["not_testable"] = [{"id": gap.id, "missing": list(gap.missing)} for gap in derived.gaps]
    return data


def _tell(args: Arguments, done: Check) -> None:
    console = args.console
    system, number = done.model.system, len(done.findings)
    found = sorted((c for c in done.checked if c.findings), key=lambda c: (-len(c.findings), c.rule.id))
    if done.model.wants:
        console.say(f"{system} is a brief: only what it asks of the architect's neighbours is looked for.")
        console.say(
            f"{number or 'Nothing'} is asked of them, in {done.looked_at} texts looked at. Once it is designed, check "
            "the folder that the design leaves."
        )
    elif not found:
        console.say(f"{system}: nothing is left to guess.")
        console.say(f"{done.looked_at} places were looked at by {len(done.checked)} rules.")
    else:
        console.say(f"{system}: {number} {'thing is' if number == 1 else 'things are'} left to guess.")
        console.say(f"{done.looked_at} places were looked at by {len(done.checked)} rules.")
    for checked in found:
        _tell_rule(args, checked)
    if args.tests:
        _tell_tests(args, done)


def _tell_rule(args: Arguments, checked: Checked) -> None:
    console = args.console
    told = checked.findings if args.all else checked.findings[:SHOWN]
    console.say(f"\n{checked.rule.title}: {len(checked.findings)} of {checked.looked_at} [{checked.rule.id}]")
    for finding in told:
        console.say(f"  {finding.title}{_place(finding)}")
    if len(told) < len(checked.findings):
        console.say(f"  and {len(checked.findings) - len(told)} more (--all tells them)")
    console.say(f"  To do: {checked.rule.remedy}")


def _tell_tests(args: Arguments, done: Check) -> None:
    from groma.analyses.acceptance import acceptance

    derived = acceptance(done.model)
    args.console.say(
        f"\n{len(derived.tests)} acceptance tests follow, {len(derived.gaps)} can't be derived yet"
    )
    for test in derived.tests:
        args.console.say(f"  {test.id}")
        args.console.say(f"    given {test.given}")
        args.console.say(f"    when {test.when}")
        args.console.say(f"    then {test.then}")
    for gap in derived.gaps:
        args.console.say(f"  {gap.id}: not testable, missing {', '.join(gap.missing)}")


def _place(finding: Finding) -> str:
    return next((f" ({e.at})" for e in finding.evidence if e.at is not None), "")
