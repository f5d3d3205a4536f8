"""What nobody said of money: prices of what is used, accounts without an owner, contracts without an end."""

from __future__ import annotations

from collections.abc import Iterator

from groma.importers.intake.answers import steps_of
from groma.importers.intake.draft import Draft, title_of
from groma.importers.intake.types import Gap


def price_gaps(draft: Draft) -> Iterator[Gap]:
    """Prices of what is paid for."""
    for name, body in draft.sections["components"].items():
        title, element = title_of(draft, "components", name), f"components.{name}"
        free = body["kind"] in ("spreadsheet", "paper", "phone")
        if "price" not in body:
            yield Gap(
                f"{element}.price", element, f"What does {title} cost?", "the bill of a month lacks it",
                "free" if free else None, example=f"29 {draft.currency}/month",
            )  # fmt: skip
        price = draft.facts.get(str(body.get("price", {}).get("month", "$"))[1:], {})
        if "/seat" in str(price.get("value", "")) and "seats" not in body:
            yield Gap(
                f"{element}.seats",
                element,
                f"How many seats of {title} are paid for?",
                "its price is per seat",
                example="5",
            )
        if ("seats" in body or "price" in body) and "used_by" not in body and not _used(draft, name):
            yield Gap(
                f"{element}.used_by",
                element,
                f"Who works with {title}?",
                "what nobody uses need not be paid for",
            )


def _used(draft: Draft, name: str) -> bool:
    return any(
        str(step.get("call", "")).startswith(f"{name}.")
        for body in draft.sections["flows"].values()
        for step in steps_of(body["steps"])
    )


def account_gaps(draft: Draft) -> Iterator[Gap]:
    """Whose accounts they are."""
    for name, body in draft.sections["components"].items():
        title, element = title_of(draft, "components", name), f"components.{name}"
        if body["kind"] in ("paper", "phone"):
            continue
        online = body["kind"] != "spreadsheet"
        if online and "holders" not in body:
            yield Gap(
                f"{element}.holders",
                element,
                f"Who can sign in to {title} as its administrator?",
                "when only one person can, it hangs on them",
            )
        if body["kind"] in ("domain", "website", "mail") and "registered_to" not in body:
            yield Gap(
                f"{element}.registered_to",
                element,
                f"In whose name is {title}?",
                "what is in another's name can be lost with them",
                example="business",
            )
        if "owner" not in body and (_used(draft, name) or "price" in body):
            yield Gap(
                f"{element}.owner",
                element,
                f"Who answers for {title}?",
                "what nobody answers for is nobody's to mend",
            )


def contract_gaps(draft: Draft) -> Iterator[Gap]:
    """When contracts end, and how they are ended."""
    for name in draft.sections["suppliers"]:
        body = draft.sections["suppliers"][name]
        bought = [c for c in draft.sections["components"].values() if c.get("supplier") == name]
        title, element = title_of(draft, "suppliers", name), f"suppliers.{name}"
        if not bought:
            continue
        if "exit" not in body and not all("exit" in c for c in bought):
            yield Gap(
                f"{element}.exit",
                element,
                f"How would you leave {title}: in what form do your data come out?",
                "a supplier without a way out sets its own price",
                example="CSV export, any time",
            )
        yearly = any(
            "/year"
            in str(draft.facts.get(str(c.get("price", {}).get("month", "$"))[1:], {}).get("value", ""))
            for c in bought
        )
        if f"{element}.renews" not in draft.origins and (yearly or "notice" in body):
            yield Gap(
                f"{element}.renews",
                element,
                f"When is the contract with {title} renewed next?",
                "after the day for notice it runs on",
                example="2027-03-31",
            )
        if "renews" in body and "notice" not in body:
            yield Gap(
                f"{element}.notice",
                element,
                f"How long before that must notice be given to {title}?",
                "after the day for notice it runs on",
                example="3 months",
            )
