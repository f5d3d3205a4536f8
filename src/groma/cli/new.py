"""`groma new`: an interview that ends with a brief."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groma.cli.console import Console
    from groma.cli.interview import Answers, Question
    from groma.patterns import Pattern


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Ask what a brief needs to say, one question at a time, and write it. An empty answer takes what is offered. "
        "Answers are kept beside the brief until it is written, so an interrupted interview goes on where it stopped. "
        "With --answers nothing is asked. With --survey an empty spreadsheet is written instead, in which somebody can "
        "say how their company works today; what comes back is read by `groma survey`."
    )
    out_option(parser, "the brief", Path("brief.yaml"))
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="answers as YAML (key: answer; `fact.NAME: 6 min` states a fact); nothing is asked",
    )
    parser.add_argument("--capabilities", action="store_true", help="only list what can be asked for")
    parser.add_argument(
        "--survey",
        type=Path,
        metavar="FILE.xlsx",
        help="write the empty spreadsheet of a survey; nothing is asked",
    )
    parser.add_argument("--force", action="store_true", help="replace a brief that is there already")
    examples(
        parser,
        "groma new",
        "groma new --out shop/brief.yaml --answers answers.yaml",
        "groma new --capabilities",
        "groma new --survey our-company.xlsx",
    )


def run(args: Arguments) -> int:
    from groma import api

    library = api.patterns(args.out)
    if args.capabilities:
        return _list(args, library)
    if args.survey is not None:
        return _blank(args.survey, args)
    if args.out.exists() and not args.force:
        raise UserError(f"{args.out}: expected nothing there, found a file; choose another --out, or --force")
    kept = args.out.with_name(f"{args.out.stem}.answers.yaml")
    answers = _given(args.answers, library) if args.answers is not None else _kept(kept)
    if args.answers is None:
        args.console.progress.goes_on = f"The answers so far are kept in {kept}."
        _interview(args.console, answers, library, kept)
    text = brief_text(answers, library)
    from groma.output import write_whole

    write_whole(args.out, text)
    if args.answers is None:
        kept.unlink(missing_ok=True)
    args.console.answer({"brief": str(args.out), "answers": answers})
    args.console.say(
        f"{args.out}: put in what is `unknown` and the facts that are remarks, then: groma design {args.out}"
    )
    return Status.MET


def _blank(path: Path, args: Arguments) -> int:
    """The spreadsheet of a survey, for somebody who never saw a model."""
    from groma.importers.intake import blank_workbook
    from groma.output import write_whole

    if path.suffix.lower() != ".xlsx":
        raise UserError(f"--survey: expected the name of a spreadsheet such as survey.xlsx, found {path}")
    if path.exists() and not args.force:
        raise UserError(f"{path}: expected nothing there, found a file; choose another name, or --force")
    write_whole(path, blank_workbook())
    args.console.answer({"survey": str(path)})
    args.console.say(f"{path}: to be filled in; then put it into a folder of its own and survey that")
    return Status.MET


def _list(args: Arguments, library: Mapping[str, Pattern]) -> int:
    from groma.cli.table import Column

    rows = sorted({(p.gives, p.practice, p.title) for p in library.values()})
    args.console.answer([{"capability": g, "practice": p, "pattern": t} for g, p, t in rows])
    args.console.table((Column("capability"), Column("practice"), Column("pattern")), rows)
    return Status.MET


def _kept(path: Path) -> Answers:
    return _read(path) if path.is_file() else {}


def _read(path: Path) -> Answers:
    from groma.model.position import ModelError, Problem
    from groma.model.source import Mapping, Scalar, parse, read

    root = parse(read(path), str(path))
    if not isinstance(root, Mapping):
        raise ModelError(Problem(root.at, "expected answers: a mapping of keys such as `system` to answers"))
    problems = [
        Problem(v.at, f"{k.value}: expected an answer in one text")
        for k, v in root.entries
        if not isinstance(v, Scalar)
    ]
    if problems:
        raise ModelError(problems)
    return {key.value: value.value for key, value in root.entries if isinstance(value, Scalar)}


def _given(path: Path, library: Mapping[str, Pattern]) -> Answers:
    """The answers of a file, completed by what is offered. Raises UserError for what is missing or wrong."""
    from groma.cli.interview import FACT, next_question, questions
    from groma.model.grammar import did_you_mean

    given = _read(path)
    if any(key.startswith(FACT) for key in given):
        given = {"facts": "yes", **given}
    answers: Answers = {}
    wrong: list[str] = []
    while (question := next_question(answers, library)) is not None:
        answer = given.get(question.key, question.default)
        problem = f"it is not answered: {question.text}" if answer is None else None
        if answer is not None and answer != question.default:
            problem = question.wrong(answer)
        if problem is not None:
            wrong.append(f"{path}: {question.key}: {problem}")
            if question.key == "capability":
                break
        answers[question.key] = answer or ""
    known = [question.key for question in questions(answers, library)]
    if "capability" in answers:
        wrong += [
            f"{path}: there is no question `{key}`{did_you_mean(key, known)}"
            for key in given
            if key not in known
        ]
    if wrong:
        raise UserError("\n".join(wrong))
    return answers


def _interview(console: Console, answers: Answers, library: Mapping[str, Pattern], kept: Path) -> None:
    from groma.cli.interview import next_question
    from groma.model.yamltext import dump
    from groma.output import write_whole

    while (question := next_question(answers, library)) is not None:
        if question.key == "date":
            question = replace(question, default=date.today().isoformat())
        answers[question.key] = _asked(console, question)
        write_whole(kept, dump(dict(answers), blank_between=False))


def _asked(console: Console, question: Question) -> str:
    console.complain(f"\n{question.text}\n  ({question.why})")
    for number, choice in enumerate(question.choices, 1):
        console.complain(f"  {number}. {choice}")
    while True:
        sys.stderr.write(f"[{question.default}] > " if question.default else "> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise UserError(
                f"\nthe answers ended at `{question.key}`: {question.text} What was answered is kept"
            )
        answer = line.strip()
        if not answer and question.default is not None:
            return question.default
        if answer.isdigit() and 1 <= int(answer) <= len(question.choices):
            return question.choices[int(answer) - 1]
        problem = question.wrong(answer)
        if problem is None:
            return answer
        console.complain(f"  {problem}")


def brief_text(answers: Mapping[str, str], library: Mapping[str, Pattern]) -> str:
    """The brief that these answers make: what was said, and `unknown` for what the parts that were named must say."""
    from groma.cli.brief_facts import asked, facts_text, foreign
    from groma.cli.interview import EXCHANGE, FACT, inputs_of
    from groma.model.yamltext import dump

    capability = answers["capability"]
    inputs = inputs_of(capability, library)
    given = {name: answers[f"with.{name}"] for name in inputs if answers.get(f"with.{name}")}
    needs: dict[str, Any] = {}
    if answers.get("need.cost"):
        needs["affordable"] = {"measure": "cost/month", "at_most": answers["need.cost"]}
    if answers.get("need.places"):
        places = [place.strip() for place in answers["need.places"].split(",") if place.strip()]
        needs["in_place"] = {"measure": "residency/personal", "within": places}
    brief: dict[str, Any] = {
        "groma": 1, "system": answers["system"], "currency": answers["currency"],
        **({"date": answers["date"]} if answers.get("date") else {}),
        "practice": next((p.practice for p in library.values() if p.gives == capability), ""),
        "problem": answers["problem"],
    }  # fmt: skip
    rates = {
        code: answers.get(f"{EXCHANGE}{code}") for code in foreign(capability, library, answers["currency"])
    }
    if rates:
        brief["exchange"] = {code: rate or "unknown" for code, rate in rates.items()}
    if needs:
        brief["needs"] = needs
    brief["wishes"] = ["cost/month"]
    brief["wants"] = {"main": {"capability": capability, **({"with": given} if given else {})}}
    brief |= {
        section: named for section, named in _named(given, inputs, library, capability).items() if named
    }
    said = {key.removeprefix(FACT): answer for key, answer in answers.items() if key.startswith(FACT)}
    return dump(brief) + facts_text(asked(capability, library), said, answers.get("date", ""))


SECTIONS = {"person": "people", "place": "places", "component": "components", "data": "data"}


def _named(
    given: Mapping[str, str],
    inputs: Mapping[str, tuple[str, str | None, bool]],
    library: Mapping[str, Pattern],
    capability: str,
) -> dict[str, dict[str, Any]]:
    """What was named, by section, with the operations that the pattern's words ask of parts.

    Data is taken for personal until somebody says that it isn't.
    """
    kinds = {
        name: one.is_
        for pattern in library.values() if pattern.gives == capability
        for name, one in pattern.inputs.items() if one.is_ is not None
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS.values()}
    for name, answer in given.items():
        title, default, _ = inputs[name]
        offers = re.search(r"offers ([\w, ]+)", title)
        component, dot, operation = answer.partition(".")
        kind = kinds.get(name)
        if "CSV" in title:
            continue
        if dot:
            _offer(found["components"], component, [operation])
        elif offers is not None:
            words = re.split(r",\s*|\s+and\s+", offers[1].partition(" with ")[0])
            _offer(found["components"], component, [word.strip() for word in words if word.strip()])
        elif kind == "component":
            _offer(found["components"], component, [])
        elif kind == "place":
            found["places"].setdefault(answer, {"title": title})
        elif kind == "data":
            found["data"].setdefault(
                answer, {"title": title, "class": "personal", "fields": {"id": "string"}}
            )
        elif kind == "person" or (default is None and re.match(r"(who|people)\b", title)):
            found["people"].setdefault(answer, {"role": title})
    return found


def _offer(components: dict[str, Any], name: str, operations: list[str]) -> None:
    part = components.setdefault(name, {"kind": "tool", "existing": True, "price": "unknown"})
    for operation in operations:
        part.setdefault("offers", {}).setdefault(operation, {"work": "unknown"})
