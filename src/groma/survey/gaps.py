"""What wasn't told and would change a figure of the survey: which element, the question, why it matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.survey.ground import Ground

if TYPE_CHECKING:
    from groma.survey.diagnose import Found


@dataclass(frozen=True, slots=True)
class Gap:
    """A question. `element` is the path in the model that an answer would fill, empty where there is none; `key` is the
    intake's own name of the question, where an intake asks it."""

    element: str
    question: str
    why: str
    default: str = ""
    key: str = ""


QUESTIONS: dict[str, tuple[str, str]] = {
    "worth": ("What does doing “{}” once bring, such as 90 EUR?", "what stops with it can be told as money"),
    "rate": (
        "What does an hour of “{}” cost, all included, such as 40 EUR/h?",
        "their work can be told as money",
    ),
    "takes": ("How long does this step of “{}” take, such as 20 min?", "the work of a month follows from it"),
    "effort": ("How much time does it take to keep “{}” going, such as 2 h/month?", "it is paid every month"),
    "price": (
        "What does “{}” cost, such as 30 EUR/month (0 if it is free)?",
        "what nobody uses is paid all the same",
    ),
    "owner": ("Who answers for “{}”?", "its work is somebody's"),
    "fails": (
        "How much of the time is “{}” up, such as 99.5 %?",
        "what an outage costs follows from it",
    ),
    "starts.rate": ("How often does “{}” happen, such as 30/month?", "the work of a month follows from it"),
    "seats": (
        "How many seats of “{}” are paid for, such as 5 seats?",
        "seats that nobody uses are paid all the same",
    ),
}
"""Last key of a path -> what is asked of the element, and why it matters."""


def gaps_of(ground: Ground, found: Iterable[Found]) -> tuple[Gap, ...]:
    """The facts that figures of causes miss, each asked once, in the order of the causes."""
    asked: dict[str, Gap] = {}
    ledger = ground.context.ledger
    for each in found:
        for name in (each.cost, each.stake, each.effort):
            for line in ledger[name].missing if name else ():
                path, _, hint = line.partition(":")
                if path not in asked:
                    asked[path] = _asked(ground, path.strip(), hint.strip(), each.case.title)
    return tuple(asked.values())


def _asked(ground: Ground, path: str, hint: str, title: str) -> Gap:
    for ending, (question, why) in QUESTIONS.items():
        if path.endswith(f".{ending}") and ground.there(path):
            return Gap(path, question.format(ground.name_of(path)), why)
    asked = hint[:1].upper() + hint[1:] if hint else path
    return Gap(path, asked, f"without it this can't be told as money: {title}")
