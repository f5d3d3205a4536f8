"""Companies in which a surveyor finds nothing, by construction.

What "nothing" means is taken from good practice, not from the rules:

1. Whatever must be known is known by two heads, and by more than a tenth of a larger company; approvals have deputies.
2. Nobody works more than two thirds of their hours, so that two years of the growth that is expected fit in.
3. No recurring task takes two working days a month.
4. Each datum is kept in one place, by somebody who answers for it; a second place is fed by an interface, one way.
5. Each datum is copied every night to another house in another place, and was brought back within the year.
6. Each tool has an owner, a price, two administrators of the business, users for all its seats, a contract in the name of
   the business and a way out; no two do the same, and each is used.
7. Each supplier has an exit, and no contract is near its renewal.
8. Each interface has an owner and says what happens to what it couldn't hand over.
9. Work goes on, on paper or by telephone, when a tool is down; no task of half of the value stops for good with one.
10. Each report has a reader and comes from one or two places. Decisions have owners and dates to come.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from companies.decoys import DECOYS
from companies.trades import TRADES, Trade

DATE = "2026-11-21"
Item = dict[str, Any]


@dataclass(slots=True)
class Company:
    """A model as plain data, section by section; `random` is what everything about it is drawn from."""

    trade: Trade
    heads: int
    model: dict[str, Any]
    random: random.Random
    taken: set[str] = field(default_factory=set[str])
    """Elements that a planted problem has changed: the next one takes another."""

    def section(self, name: str) -> dict[str, Item]:
        return self.model.setdefault(name, {})

    def pick(self, section: str, *names: str) -> str:
        """An element of a section (or one of `names`) that no other problem is planted in."""
        free = [n for n in (names or tuple(self.section(section))) if f"{section}.{n}" not in self.taken]
        chosen = self.random.choice(free)
        self.taken.add(f"{section}.{chosen}")
        return chosen

    @property
    def text(self) -> str:
        """The model file (JSON is YAML)."""
        return json.dumps({"groma": 1, **self.model}, indent=1, ensure_ascii=False) + "\n"


def clean(seed: int) -> Company:
    """A company of a random shape. The same seed gives the same company."""
    rng = random.Random(f"company {seed}")
    trade = TRADES[seed % len(TRADES)]
    heads = rng.randint(4, 40)
    head: dict[str, Any] = {"system": f"{trade.name} {seed}", "currency": "EUR", "date": DATE}
    company = Company(trade, heads, head, rng)
    if rng.random() < 0.7:
        head["growth"] = f"{rng.randint(3, 20)} %"
    _people(company)
    _places(company)
    _tools(company)
    _data(company)
    _income(company)
    _chores(company)
    _decisions(company)
    company.section("connections")
    for decoy in rng.sample(DECOYS, rng.randint(0, 6)):
        one, other = rng.sample(list(trade.tools), 2)
        decoy(company.model, one, other)
    return company


def knowers(company: Company) -> list[str]:
    """Who knows a topic: enough heads that none of them is missed."""
    people = ["office", "lead", "second"]
    return ["crew", *people[1:]] if company.heads >= 8 else people[1:]


def _people(company: Company) -> None:
    """A founder, a deputy, an office of one or two, and a crew; the crew alone is larger than a tenth of all."""
    rng, heads = company.random, company.heads
    office = 1 if heads < 8 else rng.randint(1, 2)
    crew = heads - 2 - office
    topics = sorted({topic for *_, topic, _ in company.trade.income.values() if topic} | {"signing"})
    people = {
        "lead": {"title": "Founder", "role": "sells and decides", "rate": "80 EUR/h", "hours": "45 h"},
        "second": {"title": "Deputy", "role": "runs the office", "rate": "60 EUR/h", "hours": "40 h"},
        "office": {"title": "Office", "role": "post and invoices", "rate": "35 EUR/h", "hours": "38 h"},
        "crew": {"title": company.trade.crew, "role": "does the work", "rate": "40 EUR/h", "hours": "38 h"},
    }
    for name, count in (("office", office), ("crew", crew)):
        if count > 1 or rng.random() < 0.5:
            people[name]["count"] = f"{count} people" if count != 1 else "1 person"
    for name in knowers(company):
        people[name]["knows"] = topics  # type: ignore[assignment]
    company.section("people").update(people)


def _places(company: Company) -> None:
    place = company.random.choice(["DE", "FR", "NL"])
    company.section("places").update(
        {
            "premises": {"kind": "site", "in": place},
            "cloud": {"kind": "region", "in": "EU"},
            "away": {"kind": "region", "in": "FR" if place == "DE" else "DE"},
        }
    )
    for person in company.section("people").values():
        person["place"] = "premises"


def _tools(company: Company) -> None:
    rng = company.random
    heads = {"lead": 1, "second": 1, "office": _count(company, "office"), "crew": _count(company, "crew")}
    for name, (title, function) in company.trade.tools.items():
        users = (
            ["second", "office"]
            + (["crew"] if rng.random() < 0.4 else [])
            + (["lead"] if rng.random() < 0.5 else [])
        )
        seats = sum(heads[user] for user in users)
        tool: Item = {
            "kind": rng.choice(["tool", "tool", "app"]),
            "title": title,
            "does": f"Keeps {function}",
            "functions": [function],
            "existing": True,
            "supplier": f"{name}_house",
            "owner": rng.choice(["second", "office", "lead"]),
            "place": "cloud",
            "used_by": users,
            "holders": rng.sample(["lead", "second", "office"], 2),
            "registered_to": "business",
            "exit": "CSV of everything, attachments as files",
            "effort": "1 h/month",
            "offers": {
                "look": {"work": "1 s", "title": f"Look up in {title}"},
                "enter": {"work": "1 s", "effect": "idempotent", "title": f"Enter in {title}"},
            },
        }
        if rng.random() < 0.5:
            tool |= {"seats": f"{seats} seats", "price": f"{rng.randint(5, 25)} EUR/seat/month"}
        else:
            tool["price"] = f"{rng.randint(0, 90)} EUR/month"
        company.section("components")[name] = tool
        house: Item = {
            "title": f"Maker of {title}",
            "in": rng.choice(["DE", "FR"]),
            "exit": "a month's notice; CSV",
        }
        if rng.random() < 0.5:
            house |= {"renews": f"2027-{rng.randint(8, 12):02}-01", "notice": f"{rng.randint(1, 3)} month"}
        company.section("suppliers")[f"{name}_house"] = house
    company.section("suppliers")["vault_house"] = {
        "title": "Keeper of copies",
        "exit": "copies can be fetched",
    }
    company.section("components")["vault"] = {
        "kind": "storage", "title": "Copies", "does": "Keeps copies", "supplier": "vault_house", "owner": "second",
        "place": "away", "price": "12 EUR/month", "effort": "1 h/month",
    }  # fmt: skip


def _count(company: Company, name: str) -> int:
    return int(str(company.section("people")[name].get("count", "1")).split()[0])


def _data(company: Company) -> None:
    rng = company.random
    for name, (title, class_, tool) in company.trade.data.items():
        company.section("data")[name] = {
            "title": title,
            "class": class_,
            "held_by": [tool],
            "owner": rng.choice(["lead", "second", "office"]),
            "fields": {"id": "string", f"{name}_text": "string", f"{name}_date": "date"},
            "size": f"{rng.randint(1, 9)} GB",
            "backup": {"every": "24 h", "to": "vault", "tested": f"2026-{rng.randint(2, 10):02}"},
        }
        if rng.random() < 0.4:
            company.section("connections")[f"typed_{name}"] = {
                "from": rng.choice(["office", "second"]), "to": tool, "carries": [name],
            }  # fmt: skip
    names = list(company.trade.data)
    tools = list(company.trade.tools)
    for name in rng.sample(names, rng.randint(0, len(names) - 1)):
        holder = company.trade.data[name][2]
        other = rng.choice([tool for tool in tools if tool != holder])
        company.section("connections")[f"{name}_to_{other}"] = {
            "from": holder, "to": other, "carries": [name], "protocol": "HTTPS", "when": "a change",
            "maps": {"key": f"{name}.id"}, "on_error": "tried again for a day, then a mail to the owner",
            "owner": rng.choice(["second", "office"]),
        }  # fmt: skip
        if rng.random() < 0.5:
            company.section("data")[name]["held_by"].append(other)
    if rng.random() < 0.5:
        company.section("needs")["in_eu"] = {"measure": "residency/personal", "within": ["EU"]}
    company.section("needs")["affordable"] = {"measure": "cost/month", "at_most": "5000 EUR/month"}


def _income(company: Company) -> None:
    """Each brings about as much as the others, so that none is half of the value but where there are only two."""
    rng = company.random
    facts = company.section("facts")
    for number, (name, (title, data, tool, topic, worth)) in enumerate(company.trade.income.items()):
        who = rng.choice(["office", "crew", "second"])
        ask: Item = {"ask": who, "takes": f"{rng.randint(4, 12)} min", "title": f"do the {title.lower()}"}
        if topic:
            ask |= {"ask": rng.choice(knowers(company)), "needs_knowledge": [topic]}
        steps: list[Item] = [_call(rng, f"{tool}.look"), ask, _call(rng, f"{tool}.enter")]
        if rng.random() < 0.4:
            signs: Item = {
                "ask": rng.choice(["lead", "second"]),
                "takes": "3 min",
                "needs_knowledge": ["signing"],
            }
            signs |= (
                {"title": "sign", "rejects": "4 %"}
                if rng.random() < 0.5
                else {"title": "sign", "approves": [name]}
            )
            steps.insert(2, signs)
        if rng.random() < 0.3:
            extra = {"ask": "office", "takes": "5 min", "title": "ask back"}
            steps.insert(1, {"choose": [{"share": "20 %", "steps": [extra]}, {"share": "80 %", "steps": []}]})
        if rng.random() < 0.3:
            steps.append({"wait": "6 day", "title": "the customer pays"})
            steps.append({"ask": "office", "takes": "2 min", "title": "look whether it is paid"})
        fact = f"worth_{name}"
        facts[fact] = {
            "value": f"{worth} EUR", "known": f"{worth * 0.9:.0f} EUR .. {worth * 1.1:.0f} EUR",
            "source": "last year's invoices", "date": "2026-09",
        }  # fmt: skip
        company.section("flows")[name] = {
            "title": title, "starts": {"rate": f"{30 + number + rng.randint(0, 4)}/month"}, "by": who,
            "carries": [data], "worth": f"${fact}" if rng.random() < 0.8 else f"{worth} EUR", "for": ["lead"],
            "on_error": "the office does it on paper", "steps": steps,
        }  # fmt: skip


def _call(rng: random.Random, operation: str) -> Item:
    step: Item = {
        "call": operation,
        "fallback": [{"ask": "office", "takes": "6 min", "title": "by telephone"}],
    }
    if rng.random() < 0.5:
        step["timeout"] = "30 s"
    return step


def _chores(company: Company) -> None:
    """Reports and upkeep: of one or two places, for somebody, a few hours a month; every tool is used by something."""
    rng, flows = company.random, company.section("flows")
    tools = list(company.trade.tools)
    for number in range(rng.randint(1, 3)):
        places = rng.sample(tools, rng.randint(1, 2))
        steps: list[Item] = [_call(rng, f"{place}.look") for place in places]
        steps.append(
            {
                "ask": rng.choice(["office", "second"]),
                "takes": f"{rng.randint(1, 3)} h",
                "title": "write it up",
            }
        )
        flows[f"report_{number}"] = {
            "title": f"Report {number}", "starts": {"rate": f"{rng.randint(1, 4)}/month"}, "by": "second",
            "for": [rng.choice(["lead", "crew"])], "steps": steps,
        }  # fmt: skip
    flows["payroll"] = {
        "title": "Payroll", "starts": {"rate": "1/month"}, "by": "office", "for": ["crew"],
        "steps": [{"ask": "office", "takes": "4 h", "title": "work out the wages"}],
    }  # fmt: skip


def _decisions(company: Company) -> None:
    rng = company.random
    decisions = company.section("decisions")
    decisions["tool"] = {
        "title": "Which tool for planning?", "status": "open", "owner": rng.choice(["lead", "second"]),
        "since": "2026-10-05", "due": f"2027-0{rng.randint(1, 6)}-15", "waits": ["flows.payroll"], "options": ["a", "b"],
    }  # fmt: skip
    if rng.random() < 0.5:
        decisions["name"] = {
            "title": "New name?",
            "status": "accepted",
            "chosen": "no",
            "since": "2025-02-01",
        }
