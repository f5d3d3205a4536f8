"""Take any one thing out of the finished blueprint: reading it or the check tells; what doesn't is told here and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import yaml

from buildable.finished import FILE, Place, places, told, tree, without
from groma.model.elements import (
    Backup,
    Component,
    Connection,
    Data,
    Decision,
    Flow,
    Model,
    Need,
    Operation,
    Person,
    Supplier,
)
from groma.model.elements import (
    Place as Somewhere,
)
from groma.model.grammar import keys_of
from groma.model.load import loads

SILENT = {
    r"practice": "it chooses which documents are written, not what is built",
    r"out_of_scope\.[^.]+": "a shorter list of what isn't part of it has one reading",
    r"needs\.[^.]+": "a whole need: what is left is a blueprint that promises less, without a hole",
    r"(people|places|components|data|flows)\.[^.]+\.title": "the name stands for it (it must be there where something is bought)",
    r"components\..+\.offers\.[^.]+\.title": "the operation's name stands for it",
    r"people\.[^.]+\.rate": "what an hour costs enters figures; no need of this blueprint hangs on it",
    r"places\.[^.]+\.kind": "the language says what a place is unless stated",
    r"components\.[^.]+\.holders\.\d": "one administrator less is another rule, and a definite one",
    r"components\..+\.allowed\.\d": "a right less is another rule, and a definite one, where nothing in the blueprint uses it",
    r"components\.[^.]+\.functions\.\d": "a function less has one reading",
    r"components\.vault\.fails(\.availability)?": "no need of this blueprint hangs on how often the vault fails",
    r"connections(\.[^.]+)?": "a whole hand-over: what is left has no hole",
    r"data\.invoice\.class": "what is written is what holds unless stated",
    r"flows\.account": "a whole flow: what is left has no hole",
    r"flows\..+\.steps\.\d": "a whole step: what is left is another program, without a hole",
    r"flows\..+\.needs_knowledge(\.\d)?": "who may stand in for somebody; the person who is asked is named",
    r"decisions(\.[^.]+)?": "a whole decision: what is left has no hole",
}
"""What may go without a word, as a pattern of places, with the reason."""


def named(path: Place) -> str:
    return ".".join(str(name) for name in path)


def reason(path: Place) -> str | None:
    return next((pattern for pattern in SILENT if re.fullmatch(pattern, named(path))), None)


SECTIONS = sorted({str(path[0]) for path in places()})


def test_nothing_is_left_to_guess_in_the_finished_blueprint() -> None:
    assert told(FILE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_whatever_is_taken_out_is_told(section: str) -> None:
    silent = [path for path in places() if path[0] == section and not told(without(path))]
    assert [named(path) for path in silent if reason(path) is None] == []


def test_every_exception_is_needed() -> None:
    """Each pattern fits something that really goes without a word, so that the list holds nothing for comfort."""
    fitting = Counter(pattern for path in places() if (pattern := reason(path)) and not told(without(path)))
    assert set(fitting) == set(SILENT)


def test_most_places_are_told() -> None:
    every = list(places())
    assert len(every) > 300
    assert sum(reason(path) is None for path in every) > 0.8 * len(every)


UNUSED = {
    Model: {
        "background": "what a reader should know; nothing is built from it", "today": "how it is done before",
        "exchange": "bills in one currency; a foreign price without it leaves the bill unknown, which `need-not-settled` tells",
        "wishes": "what the designer trades", "wants": "a brief's, not a blueprint's",
        "scenarios": "disturbances to be simulated, not built", "regulated": "asked of AI systems by the rules of safety",
        "controls": "asked of AI systems by the rules of safety", "stages": "states in time, each a blueprint of its own",
        "telemetry": "what is recorded of it; the observability plan asks",
        "evaluations": "asked of what answers freely, by the rules of evaluation",
    },
    Need: {"is_": "another form of target", "why": "a reason; nothing is built from it", "step": "for pricing a need"},
    Person: {"works_for": "nobody from outside works on it", "count": "one unless stated", "works": "always there unless stated", "place": "nothing is built from it"},
    Somewhere: {"fails": "a figure", "depends_on": "a figure"},
    Supplier: {"fails": "a figure"},
    Operation: {
        "per": "a figure", "steps": "what it calls itself; its own rules look into it", "answers": "`when done` unless stated",
        "impact": "a name for approval needs", "fails": "a figure", "throttled": "a figure", "cancels": "no unless stated",
        "reaches_out": "no unless stated", "price": "a figure", "finds": "it finds no passages",
    },
    Component: {
        "product": "the title names it here", "existing": "no unless stated", "runs_on": "in place of `place`",
        "depends_on": "a figure", "replicas": "one unless stated", "enough": "one unless stated", "threads": "no limit unless stated",
        "scales": "it doesn't unless stated", "queue": "no limit unless stated", "discipline": "first come first served unless stated",
        "together": "a figure", "takeover": "at once unless stated", "noticed": "a figure", "lasts": "a figure",
        "stands_in_for": "it doesn't unless stated", "copies": "in place of `data.backup`", "provides": "a figure",
        "takes": "a figure", "qualities": "a figure", "needs_knowledge": "who can run it: told in the hand-over",
        "wants": "a condition for the designer", "index": "it has no vector index", "serves": "it runs no model itself",
    },
    Connection: {
        "latency": "a figure", "loss": "a figure", "gives_up_after": "a figure", "bandwidth": "a figure",
        "traffic": "a figure", "by_hand": "no unless stated", "fails": "a figure",
    },
    Data: {
        "changes": "a figure", "after": "no order unless stated", "cut": "how passages are counted: a figure", "trust": "trusted unless stated",
        "made_from": "nothing is made of other data", "refreshed": "with `made_from`", "remade": "with `made_from`",
        "made_in": "with `made_from`", "deleted_in": "with `made_from`", "made_by": "with `made_from`", "served_as": "with `made_from`",
        "records": "asked of AI systems by the rules of safety", "kept_for": "asked of AI systems by the rules of safety",
    },
    Backup: {
        "replica": "no unless stated", "moves": "all unless stated", "over": "in place of `rate`", "save_rate": "a figure",
        "takes": "a figure", "window": "the time between two unless stated", "tested": "nothing is built yet",
        "test_every": "a year unless stated", "kept_for": "with a deletion that has to reach copies",
    },
    Flow: {"makes": "nothing is made to be read here", "carries": "each step says what it carries", "worth": "a figure"},
    Decision: {
        "cost_to_reverse": "for open ones", "waits": "for open ones", "due": "for open ones", "shown_by": "for open ones",
    },
}  # fmt: skip
"""Keys of the language that the finished blueprint doesn't use, with what holds of them."""


@pytest.mark.parametrize("cls", list(UNUSED), ids=lambda cls: cls.__name__)
def test_every_key_of_the_language_is_in_the_blueprint_or_told_why_not(cls: type[Any]) -> None:
    written = {key.rstrip("_") for key in UNUSED[cls]}
    used = {str(name) for path in places() for name in path}
    model = loads(FILE.read_text(encoding="utf-8"))
    assert is_dataclass(model) and fields(model)
    missing = {key for key in keys_of(cls) if key not in used} - written
    assert missing == set()
    assert written <= set(keys_of(cls))


def test_taking_out_and_writing_again_changes_nothing_else() -> None:
    again = yaml.safe_dump(tree(), sort_keys=False, allow_unicode=True, width=1000)
    assert told(again) == []
