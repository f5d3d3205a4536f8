"""What nobody said and would change a figure or a finding: questions, each with its reason, the weightiest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groma.importers.intake.answers import steps_of
from groma.importers.intake.cells import Cell
from groma.importers.intake.draft import Draft, title_of
from groma.importers.intake.interview import QUESTIONS
from groma.importers.intake.money_gaps import account_gaps, contract_gaps, price_gaps
from groma.importers.intake.names import slug
from groma.importers.intake.types import Gap


def gaps_of(draft: Draft, answers: Mapping[str, Cell]) -> tuple[Gap, ...]:
    """Questions in the order in which they should be asked."""
    said = set(answers)
    found = [
        *_general(draft), *_work(draft), *_people(draft), *price_gaps(draft), *account_gaps(draft),
        *contract_gaps(draft), *_knowledge(draft), *_data(draft), *_connections(draft),
        *_decisions(draft), *_upkeep(draft),
    ]  # fmt: skip
    return tuple(gap for gap in found if gap.key not in said)


def _general(draft: Draft) -> Iterator[Gap]:
    defaults = {"system": "The company as it is", "date": draft.dates[""], "currency": draft.currency}
    for key in ("problem", "system", "growth", "date", "currency"):
        question, why, _ = QUESTIONS[key]
        yield Gap(key, "", question, why, defaults.get(key), key in defaults, {"growth": "30 %"}.get(key, ""))
    for currency in sorted(draft.foreign):
        if currency not in draft.exchange:
            yield Gap(
                f"exchange.{currency}", "", f"What is one {currency} worth in {draft.currency}?",
                f"something is paid in {currency}; without it no sum of costs can be shown",
                example=f"0.87 {draft.currency}",
            )  # fmt: skip


def _work(draft: Draft) -> Iterator[Gap]:
    for name, body in draft.sections["flows"].items():
        title, element = title_of(draft, "flows", name), f"flows.{name}"
        if body["starts"].get("rate") == "unknown":
            yield Gap(
                f"{element}.rate",
                element,
                f"How often does `{title}` happen?",
                "hours and costs of a month are worked out from it",
                example="2x a week",
            )
        asks = [step for step in steps_of(body["steps"]) if "ask" in step]
        if any(step.get("takes") == "unknown" for step in asks):
            several = len([step for step in asks if step.get("takes") == "unknown"]) > 1
            question = (
                f"How long does each step of `{title}` take somebody?"
                if several
                else f"How long does `{title}` take, each time?"
            )
            yield Gap(
                f"{element}.takes",
                element,
                question,
                "people's hours, and what they cost, are worked out from it",
                example="10-15 min",
            )
        if not asks and any("wait" in step for step in body["steps"]):
            yield Gap(
                f"{element}.who",
                element,
                f"Who does `{title}`?",
                "whose time it takes, and who can stand in, is worked out from it",
            )
        if draft.origins[element] in draft.reports and "for" not in body:
            yield Gap(
                f"{element}.for",
                element,
                f"Who needs `{title}`?",
                "a report that nobody reads need not be made",
            )


def _people(draft: Draft) -> Iterator[Gap]:
    asked = {
        step["ask"]
        for body in draft.sections["flows"].values()
        for step in steps_of(body["steps"])
        if "ask" in step
    }
    asked |= {
        str(body["owner"])
        for body in draft.sections["components"].values()
        if "owner" in body and "effort" in body
    }
    for name, body in draft.sections["people"].items():
        if name not in asked or body.get("role") == "outside the company":
            continue
        title, element = title_of(draft, "people", name), f"people.{name}"
        if "rate" not in body:
            yield Gap(
                f"{element}.rate",
                element,
                f"What does an hour of {title} cost, all included?",
                "manual work becomes money by it",
                example=f"35 {draft.currency}/h",
            )
        if "hours" not in body:
            yield Gap(
                f"{element}.hours",
                element,
                f"How many hours a week does {title} work?",
                "whether the work fits into the week is worked out from it",
                example="38 h",
            )


def _knowledge(draft: Draft) -> Iterator[Gap]:
    known = {topic for body in draft.sections["people"].values() for topic in body.get("knows", ())}
    needed: dict[str, str] = {}
    for name, body in draft.sections["flows"].items():
        for step in steps_of(body["steps"]):
            for topic in step.get("needs_knowledge", ()):
                needed.setdefault(topic, f"flows.{name}")
    for name, body in draft.sections["components"].items():
        for topic in body.get("needs_knowledge", ()):
            needed.setdefault(topic, f"components.{name}")
    for topic in sorted(set(needed) - known):
        if re.fullmatch(r"[a-z0-9 äöüß-]{1,60}", topic) and slug(topic, "x"):
            yield Gap(
                f"knowledge.{slug(topic, 'topic')}",
                needed[topic],
                f"Who knows about {topic}?",
                "work that needs it stops when they are away",
            )


def _data(draft: Draft) -> Iterator[Gap]:
    for name, body in draft.sections["data"].items():
        title, element, held = title_of(draft, "data", name), f"data.{name}", body.get("held_by", [])
        if "owner" not in body:
            yield Gap(
                f"{element}.owner",
                element,
                f"Who answers for {title}?",
                "data that nobody answers for go wrong unseen",
            )
        if len(held) > 1 and f"data.{name}.leading" not in draft.origins:
            places = ", ".join(title_of(draft, "components", tool) for tool in held)
            yield Gap(
                f"{element}.leading",
                element,
                f"{title} are kept in {places}: where are they right when they differ?",
                "two that both count as right drift apart",
                title_of(draft, "components", held[0]),
            )
        if held and "backup" not in body and f"data.{name}.backup" not in draft.origins:
            yield Gap(
                f"{element}.backup",
                element,
                f"How often are {title} saved elsewhere?",
                "what a lost account or a wrong deletion costs depends on it",
                example="daily",
            )


def _connections(draft: Draft) -> Iterator[Gap]:
    for name, body in draft.sections["connections"].items():
        element = f"connections.{name}"
        ends = " to ".join(
            str(
                draft.sections["components"]
                .get(body[end], draft.sections["people"].get(body[end], {}))
                .get("title", body[end])
            )
            for end in ("from", "to")
        )
        if not body.get("by_hand"):
            if "on_error" not in body:
                yield Gap(
                    f"{element}.on_error",
                    element,
                    f"What happens when the hand-over from {ends} fails?",
                    "what is lost unseen is missed by the customer first",
                )
            if "owner" not in body:
                yield Gap(
                    f"{element}.owner",
                    element,
                    f"Who looks after the hand-over from {ends}?",
                    "when it stops somebody must know",
                )


def _decisions(draft: Draft) -> Iterator[Gap]:
    for name, body in draft.sections["decisions"].items():
        title, element = title_of(draft, "decisions", name), f"decisions.{name}"
        if "owner" not in body:
            yield Gap(
                f"{element}.owner",
                element,
                f"Who decides: {title}",
                "an open question without an owner stays open",
            )
        if "since" not in body:
            yield Gap(
                f"{element}.since",
                element,
                f"Since when is it open: {title}",
                "what waits for it waits as long",
                example="2026-06",
            )


def _upkeep(draft: Draft) -> Iterator[Gap]:
    for name, body in draft.sections["components"].items():
        if "effort" not in body and "owner" in body and body["kind"] not in ("paper", "phone", "domain"):
            title, element = title_of(draft, "components", name), f"components.{name}"
            question = f"How many hours a month does it take to keep {title} going, beside working in it?"
            yield Gap(
                f"{element}.effort",
                element,
                question,
                "people's hours are a lower bound without it",
                example="1 h/month",
            )


def growth_of(answers: Mapping[str, Cell]) -> dict[str, Any]:
    """The model's growth, where the answer is a share."""
    cell = answers.get("growth")
    match = (
        re.search(
            r"(\d{1,4}(?:[.,]\d+)?)\s*(?:-|bis|to)?\s*(\d{1,4}(?:[.,]\d+)?)?\s*(?:%|prozent|percent)",
            cell.text.lower(),
        )
        if cell
        else None
    )
    if match is None:
        return {}
    low, high = match[1].replace(",", "."), (match[2] or match[1]).replace(",", ".")
    return {"growth": f"{low} %" if low == high else f"{low} % .. {high} %"}
