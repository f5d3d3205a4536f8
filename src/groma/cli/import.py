"""`groma import FILE`: an existing LangGraph application as a model, to be assessed and filled in.

Files of other kinds have ways of their own into a model; which, is told instead of reading them as what they aren't.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status

ELSEWHERE = {
    ".yaml": "a model file needs no import: `groma assess FILE`; answers of an interview go with `groma survey FOLDER`",
    ".bpmn": "a workflow goes with the files of its business: `groma survey FOLDER`",
    ".xlsx": "spreadsheets go with the files of their business: `groma survey FOLDER`",
    ".docx": "a design document is read by `groma review FILE`",
}
"""Kinds of files that another command reads, by how their names end."""
ALIKE = {".yml": ".yaml", ".csv": ".xlsx", ".xls": ".xlsx", ".ods": ".xlsx", ".md": ".docx", ".pdf": ".docx"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Read a LangGraph application into a model: from a Python file that builds a StateGraph (its text is read, never "
        "run), or from the JSON of `app.get_graph().to_json()`. Loops become `repeat`, conditional edges `choose`; what a "
        "graph doesn't say stays unknown and is asked."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a Python or JSON file")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write the model to a file")
    examples(parser, "groma import agent.py", "groma import graph.json --out today.yaml")


def run(args: Arguments) -> int:
    from groma.importers.langgraph import GraphError, model_text, read

    path: Path = args.file
    ending = path.suffix.lower()
    if (ending := ALIKE.get(ending, ending)) in ELSEWHERE:
        raise UserError(
            f"{path}: expected a Python file that builds a StateGraph, or the JSON of `app.get_graph().to_json()`; "
            f"{ELSEWHERE[ending].replace('FILE', str(path))}"
        )
    try:
        with path.open("rb") as file:
            data = file.read(4_000_001)
    except OSError as error:
        raise UserError(f"{path}: can't be read: {error.strerror or error}") from None
    try:
        found = model_text(read(data, path.name))
    except GraphError as error:
        raise UserError(str(error)) from None
    args.console.answer(
        {
            "status": int(Status.MET),
            "model": found.text,
            "notes": [str(note) for note in found.notes],
            "questions": [{"key": gap.key, "question": gap.question, "why": gap.why} for gap in found.gaps],
        }
    )
    if args.out is not None:
        from groma.output import write_whole

        write_whole(args.out, found.text)
        args.console.say(f"written to {args.out}")
    elif not args.json:
        args.console.say(found.text.rstrip("\n"))
    for note in found.notes:
        args.console.note(str(note))
    for gap in found.gaps:
        args.console.note(f"{gap.key}: {gap.question} ({gap.why}; for example {gap.example})")
    return Status.MET
