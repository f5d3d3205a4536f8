"""Where a plan contradicts itself, and figures that nothing stands behind.

A telephone number, an address for mail, a year of foundation or a price has one value; a text that says another is an
error at the place of the text. A figure typed into an answer, quoted from no fact, is told as one that can't be traced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groma.model.position import Problem
from groma.site.plan.elements import Plan, Said
from groma.site.plan.entities import PRICE

PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00?)[1-9](?:[ /()-]{0,2}\d){5,14}(?!\d)")
MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
SINCE = re.compile(r"\b(?:since|founded in|seit|gegründet)\s+((?:18|19|20)\d\d)\b", re.I)
FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*\s?(?:%|€|EUR\b|USD\b|kW\b|kWh\b|years?\b|weeks?\b|months?\b|days?\b|hours?\b)", re.I
)


def digits(number: str) -> str:
    """The digits that matter of a telephone number: without country code or trunk zero (compared from the end)."""
    return re.sub(r"\D", "", number.replace("(0)", "")).lstrip("0")


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers can be one: equal, or equal but for a country code of up to three digits."""
    long, short = sorted((digits(one), digits(other)), key=len, reverse=True)
    return long.endswith(short) and len(long) - len(short) <= 3 and len(short) >= 6


def texts(plan: Plan) -> Iterator[tuple[str, Said]]:
    """Every text that readers see, with the key that holds it."""
    for name, page in plan.pages.items():
        for key, text in (("title", page.title), ("lead", page.lead), *(("text", one) for one in page.text)):
            yield f"pages.{name}.{key}", text
    for name, question in plan.questions.items():
        yield f"questions.{name}.answer", question.answer
        for text in question.more:
            yield f"questions.{name}.more", text
    for name, service in plan.services.items():
        yield f"services.{name}.about", service.about
    yield "organisation.about", plan.organisation.about
    for name, person in plan.people.items():
        if person.about:
            yield f"people.{name}.about", person.about


def contradictions(plan: Plan) -> Iterator[Problem]:
    """Every contradiction in the plan."""
    one = plan.organisation
    mails = {str(m).lower() for m in (one.email, *(p.email for p in plan.people.values())) if m}
    for where, text in texts(plan):
        for found in PHONE.finditer(text.text):
            if one.telephone is None:
                yield Problem(
                    text.at, f"{where}: says the telephone number {found.group()}; the organisation has none"
                )
            elif not is_same_number(found.group(), one.telephone.text):
                yield Problem(
                    text.at,
                    f"{where}: says {found.group()}, but the organisation's telephone is {one.telephone} "
                    f"({one.telephone.at})",
                )
        for found in MAIL.finditer(text.text):
            if found.group().lower() not in mails:
                yield Problem(
                    text.at, f"{where}: says {found.group()}, which is nobody's address in this file"
                )
        for found in SINCE.finditer(text.text):
            if one.founded and not one.founded.text.startswith(found.group(1)):
                yield Problem(
                    text.at,
                    f"{where}: says {found.group()}, but the organisation was founded {one.founded} ({one.founded.at})",
                )
    yield from _prices(plan)


def _prices(plan: Plan) -> Iterator[Problem]:
    for name, service in plan.services.items():
        if service.price is None:
            continue
        stated = PRICE.fullmatch(service.price.text)
        if stated is None:
            yield Problem(
                service.price.at,
                f"services.{name}.price: expected such as `89 EUR` or `from 14000 EUR`, found `{service.price}`",
            )
            continue
        for found in PRICE.finditer(service.about.text):
            if found["amount"] != stated["amount"]:
                yield Problem(
                    service.about.at,
                    f"services.{name}.about: says {found.group()}, but its price is {service.price} "
                    f"({service.price.at})",
                )


def untraced(plan: Plan) -> Iterator[Problem]:
    """Figures in answers that aren't quoted from a fact."""
    for where, text in texts(plan):
        if where.startswith("questions.") and not text.source:
            for found in FIGURE.finditer(text.text):
                yield Problem(
                    text.at, f"{where}: `{found.group()}` is typed; state it as a fact and quote it"
                )
