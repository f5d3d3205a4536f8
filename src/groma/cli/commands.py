"""The table of commands: what help shows without importing any of them.

A command is a row here and a file of its name beside this one, with

    configure(parser)   description, examples (`examples(parser, ...)` of parser.py), arguments
    run(args) -> int    the work; answers through `args.console`, ends with a `Status`
"""

from __future__ import annotations

from typing import NamedTuple

GROUPS = ("Design", "Look", "Workshop")
"""In the order of help."""


class Command(NamedTuple):
    """A row: `name` is the word typed and the file's name, `summary` one line without a full stop."""

    name: str
    group: str
    summary: str

    @property
    def module(self) -> str:
        return f"groma.cli.{self.name}"


COMMANDS = (
    Command("new", "Design", "ask what a brief needs to say, and write it"),
    Command("design", "Design", "from a brief to proven designs and their documents"),
    Command("deliver", "Design", "all the jobs of a client, behind one page"),
    Command("assess", "Design", "hold a model against its needs"),
    Command("survey", "Design", "why it is as it is: causes, what they cost, what must change"),
    Command("check", "Design", "what a builder would have to guess; what a neighbour does"),
    Command("review", "Design", "hold somebody else's design document against what a builder needs"),
    Command("simulate", "Design", "put a model through scenarios: does it come back, what is lost"),
    Command("sweep", "Design", "figures over ranges of facts and of load, as a table"),
    Command("write", "Design", "write the documents of a model"),
    Command("export", "Design", "files that other programs run or read, from a design"),
    Command("serving", "Design", "how fast a self-hosted model answers, and how many GPUs it needs"),
    Command("import", "Design", "an existing LangGraph application as a model"),
    Command("rfp", "Design", "a request for proposals from a design, with the bidders' workbook"),
    Command("bids", "Design", "read bids back, hold them against the gates, score them"),
    Command("diff", "Look", "what differs between two models"),
    Command("site", "Look", "audit, design and build a website that is found"),
    Command("conform", "Look", "hold traces of a system against its model's programs"),
    Command("trace", "Look", "from a need to threats, controls, tests, signals, and back"),
    Command("evaluate", "Look", "score answers of a data set, and say whether a target is shown"),
    Command("explain", "Look", "explain a figure, finding, rule, measure or key"),
    Command("tree", "Look", "look at the fault tree of a flow or of an Open-PSA file"),
    Command("catalog", "Look", "list, search and show products, prices, hardware, models"),
    Command("fmt", "Workshop", "put model files into one layout, comments kept"),
    Command("schema", "Workshop", "print the JSON Schema of the model language, for editors"),
    Command("completion", "Workshop", "print the completion script of a shell"),
)  # fmt: skip
"""In the order of help; within a group, the order in which a newcomer needs them."""


def find(name: str) -> Command | None:
    """The command called `name`, None if there is none."""
    return next((command for command in COMMANDS if command.name == name), None)
