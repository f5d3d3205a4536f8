"""Problems to plant in a company, each with what is to be found: ids of findings, written down without asking a rule.

A plant says what the first finding is about and, where the problem truly is two, which others it implies (`implies`
says why). It takes elements that no other plant has taken, so that several can be planted together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from companies.clean import Company, Item, clean

Found = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plant:
    """A kind of problem: the rule that is to find it, and how it gets into a company (gives the expected ids)."""

    name: str
    rule: str
    into: Callable[[Company], Found]
    implies: str = ""


PLANTS: list[Plant] = []


def plant(rule: str, implies: str = "") -> Callable[[Callable[[Company], Found]], Callable[[Company], Found]]:
    """Lists the function as a plant of the rule."""

    def listed(into: Callable[[Company], Found]) -> Callable[[Company], Found]:
        PLANTS.append(Plant(into.__name__, rule, into, implies))
        return into

    return listed


def planted(seed: int, plants: list[Plant]) -> tuple[Company, frozenset[str]]:
    """The clean company of a seed with problems in it, and the ids that are to be found."""
    company = clean(seed)
    expected: set[str] = set()
    for each in plants:
        expected.update(each.into(company))
    return company, frozenset(expected)


# --- what plants are made of -----------------------------------------------------------------------------------------


def new(company: Company, section: str, base: str) -> str:
    """A name that is free."""
    number = 1
    while f"{base}_{number}" in company.section(section):
        number += 1
    company.taken.add(f"{section}.{base}_{number}")
    return f"{base}_{number}"


def new_tool(company: Company, base: str = "extra", **more: object) -> str:
    """One more tool in which everything is right."""
    name = new(company, "components", base)
    company.section("suppliers")[f"{name}_house"] = {
        "title": f"Maker of {name}",
        "exit": "a month's notice; CSV",
    }
    company.section("components")[name] = {
        "kind": "tool", "title": f"Tool {name}", "does": f"Serves {name}", "functions": [f"work of {name}"],
        "supplier": f"{name}_house", "owner": "second", "place": "cloud", "used_by": ["second", "office"],
        "holders": ["lead", "second"], "registered_to": "business", "exit": "CSV of everything", "effort": "1 h/month",
        "price": "20 EUR/month", "offers": {"look": {"work": "1 s"}, "enter": {"work": "1 s", "effect": "idempotent"}},
        **more,
    }  # fmt: skip
    return name


def tool(company: Company) -> str:
    """A tool that nothing is planted in."""
    free = [name for name in company.trade.tools if f"components.{name}" not in company.taken]
    return company.pick("components", *free) if free else new_tool(company)


def new_datum(company: Company, holder: str, base: str = "notes", **more: object) -> str:
    """One more kind of data in which everything is right."""
    name = new(company, "data", base)
    company.section("data")[name] = {
        "title": f"Data {name}", "held_by": [holder], "owner": "second", "fields": {"id": "string"}, "size": "1 GB",
        "backup": {"every": "24 h", "to": "vault", "tested": "2026-05"}, **more,
    }  # fmt: skip
    return name


def datum(company: Company) -> str:
    """Data that nothing is planted in."""
    free = [name for name in company.trade.data if f"data.{name}" not in company.taken]
    return company.pick("data", *free) if free else new_datum(company, tool(company))


def personal(company: Company) -> str:
    """Personal data of which nothing is planted in."""
    data = company.section("data")
    free = [
        n for n in company.trade.data if data[n]["class"] == "personal" and f"data.{n}" not in company.taken
    ]
    holder = tool(company) if not free else ""
    return company.pick("data", *free) if free else new_datum(company, holder, **{"class": "personal"})


def new_flow(company: Company, base: str, steps: list[Item], **more: object) -> str:
    """One more thing that is done ten times a month, for the founder."""
    name = new(company, "flows", base)
    company.section("flows")[name] = {
        "title": f"Work {name}", "starts": {"rate": "10/month"}, "by": "second", "for": ["lead"], "steps": steps, **more,
    }  # fmt: skip
    return name


def call(operation: str) -> Item:
    """A call that somebody does without when the tool is down."""
    return {"call": operation, "fallback": [{"ask": "office", "takes": "5 min"}]}


def of(company: Company, name: str) -> Item:
    """A component."""
    return company.section("components")[name]


# --- people ----------------------------------------------------------------------------------------------------------


@plant("only-one-person")
def only_one_knows(company: Company) -> Found:
    who, topic = company.random.choice(["lead", "second"]), new(company, "topics", "secret")
    company.section("people")[who]["knows"] = [*company.section("people")[who].get("knows", []), topic]
    ask = {"ask": who, "takes": "1 h", "needs_knowledge": [topic]}
    name = new_flow(company, "craft", [ask])
    del company.model["topics"]
    return (f"only-one-person:flows.{name}.steps.1/{topic}",)


@plant("knowledge-of-nobody")
def nobody_knows(company: Company) -> Found:
    name = tool(company)
    of(company, name)["needs_knowledge"] = ["old scripts"]
    return (f"knowledge-of-nobody:components.{name}/old scripts",)


@plant("manual-work")
def typing_all_day(company: Company) -> Found:
    ask = {"ask": "crew", "takes": f"{company.random.randint(100, 140)} min", "title": "copy lists"}
    name = new_flow(company, "copying", [ask])
    return (f"manual-work:flows.{name}.steps.1",)


@plant("by-hand-hand-over")
def carried_by_hand(company: Company) -> Found:
    name = new(company, "connections", "hand")
    company.section("connections")[name] = {"from": tool(company), "to": tool(company), "by_hand": True}
    return (f"by-hand-hand-over:connections.{name}",)


@plant("component-without-owner")
def tool_of_nobody(company: Company) -> Found:
    name = tool(company)
    del of(company, name)["owner"]
    return (f"component-without-owner:components.{name}",)


@plant("overloaded-person")
def too_much_to_do(company: Company) -> Found:
    return (f"overloaded-person:people.{_part_timer(company, '6 h')}",)


@plant("growth-breaks-it")
def no_room_to_grow(company: Company) -> Found:
    company.model["growth"] = "15 %"
    return (f"growth-breaks-it:people.{_part_timer(company, '8 h')}",)


def _part_timer(company: Company, hours: str) -> str:
    """Somebody who is asked for 30 hours a month, of the 26 or 35 that they work."""
    name = new(company, "people", "helper")
    company.section("people")[name] = {"rate": "30 EUR/h", "hours": hours, "place": "premises"}
    new_flow(company, "help", [{"ask": name, "takes": "90 min"}, {"ask": name, "takes": "90 min"}])
    return name


@plant("one-person-approves-all")
def one_desk_for_all(company: Company) -> Found:
    for flow in company.section("flows").values():
        for step in flow["steps"]:
            if "approves" in step or "rejects" in step:
                for key in ("approves", "needs_knowledge"):
                    step.pop(key, None)
                step |= {"ask": "lead", "rejects": "5 %"}
    for base in ("buying", "paying"):
        new_flow(company, base, [{"ask": "lead", "takes": "5 min", "rejects": "5 %"}])
    return ("one-person-approves-all:people.lead",)


@plant("long-wait-for-person")
def lies_on_the_desk(company: Company) -> Found:
    who = company.random.choice(["lead", "second"])
    title = company.section("people")[who]["title"]
    wait: Item = {"wait": f"{company.random.randint(2, 9)} day"}
    if company.random.random() < 0.5:
        wait["title"] = f"until the {title.lower()} has time"
    name = new_flow(company, "waiting", [wait, {"ask": who, "takes": "20 min"}])
    return (f"long-wait-for-person:flows.{name}.steps.2",)


# --- tools -----------------------------------------------------------------------------------------------------------


@plant("overlapping-tools")
def two_for_one_function(company: Company) -> Found:
    two = {tool(company), tool(company)}
    first, second = (name for name in company.section("components") if name in two)
    if company.random.random() < 0.5:
        of(company, second)["functions"] = [
            *of(company, second)["functions"],
            of(company, first)["functions"][0].upper(),
        ]
    else:
        of(company, second)["does"] = of(company, first)["does"]
    return (f"overlapping-tools:components.{first}/{second}",)


@plant("tools-not-connected")
def person_between_tools(company: Company) -> Found:
    one, other = tool(company), new_tool(company, "island")
    name = new_datum(company, one)
    ask = {"ask": "office", "takes": "5 min", "title": "type it over"}
    flow = new_flow(company, "typing", [call(f"{one}.look"), ask, call(f"{other}.enter")], carries=[name])
    return (f"tools-not-connected:flows.{flow}.steps.3/{one}",)


@plant("unused-tool")
def bought_and_forgotten(company: Company) -> Found:
    name = new_tool(company, "forgotten", used_by=[])
    return (f"unused-tool:components.{name}",)


@plant("unused-seats")
def seats_of_people_who_left(company: Company) -> Found:
    name = tool(company)
    users = of(company, name)["used_by"]
    counts = (str(company.section("people")[user].get("count", "1")).split()[0] for user in users)
    seats = sum(map(int, counts)) + company.random.randint(1, 5)
    of(company, name).update({"seats": f"{seats} seats", "price": "15 EUR/seat/month"})
    return (f"unused-seats:components.{name}",)


@plant("price-unknown")
def nobody_saw_the_bill(company: Company) -> Found:
    name = tool(company)
    if company.random.random() < 0.5:
        del of(company, name)["price"]
    else:
        of(company, name)["price"] = "unknown"
    return (f"price-unknown:components.{name}",)


@plant("account-in-other-name")
def in_the_agencys_name(company: Company) -> Found:
    name = tool(company)
    of(company, name)["registered_to"] = company.random.choice(["vault_house", "lead", "a former partner"])
    return (f"account-in-other-name:components.{name}",)


@plant("one-holder")
def one_administrator(company: Company) -> Found:
    name = tool(company)
    of(company, name)["holders"] = [company.random.choice(["lead", "second"])]
    return (f"one-holder:components.{name}",)


@plant("no-holder")
def password_is_gone(company: Company) -> Found:
    name = tool(company)
    del of(company, name)["holders"]
    return (f"no-holder:components.{name}",)


@plant("holder-outside")
def freelancer_holds_the_key(company: Company) -> Found:
    name, who = tool(company), new(company, "people", "freelancer")
    house = new(company, "suppliers", "agency")
    company.section("suppliers")[house] = {"exit": "ends with each order"}
    company.section("people")[who] = {"title": "Freelancer", "works_for": house, "place": "premises"}
    of(company, name)["holders"] = ["lead", "second", who]
    return (f"holder-outside:components.{name}/{who}",)


@plant("renewal-near")
def renews_next_month(company: Company) -> Found:
    name = f"{tool(company)}_house"
    renews, notice = company.random.choice(
        [("2026-12-31", "1 month"), ("2027-03-15", "3 month"), ("2027-01-05", "7 day")]
    )
    company.section("suppliers")[name] |= {"renews": renews, "notice": notice}
    return (f"renewal-near:suppliers.{name}",)


@plant("supplier-without-exit")
def bound_to_a_house(company: Company) -> Found:
    name = f"{tool(company)}_house"
    del company.section("suppliers")[name]["exit"]
    return (f"supplier-without-exit:suppliers.{name}",)


@plant("tool-without-exit")
def data_dont_come_out(company: Company) -> Found:
    name = new_tool(company, "silo")
    new_datum(company, name)
    del of(company, name)["exit"]
    return (f"tool-without-exit:components.{name}",)


@plant("hand-over-without-error-path")
def fails_in_silence(company: Company) -> Found:
    return (f"hand-over-without-error-path:connections.{_interface(company, 'on_error')}",)


@plant("connection-without-owner")
def interface_of_nobody(company: Company) -> Found:
    return (f"connection-without-owner:connections.{_interface(company, 'owner')}",)


def _interface(company: Company, missing: str) -> str:
    one, other = tool(company), tool(company)
    name = new(company, "connections", "link")
    company.section("connections")[name] = {
        "from": one, "to": other, "carries": [new_datum(company, one)], "protocol": "HTTPS", "when": "every night",
        "on_error": "a mail to the owner", "owner": "second",
    }  # fmt: skip
    del company.section("connections")[name][missing]
    return name


@plant("single-point-of-failure")
def no_way_around(company: Company) -> Found:
    name = tool(company)
    new_flow(company, "lookup", [{"call": f"{name}.look"}])
    return (f"single-point-of-failure:components.{name}",)


@plant("call-without-timeout")
def hangs_for_ever(company: Company) -> Found:
    name = tool(company)
    flow = new_flow(company, "robot", [call(f"{name}.look")], by=name)
    return (f"call-without-timeout:flows.{flow}.steps.1",)


# --- data ------------------------------------------------------------------------------------------------------------


@plant("data-without-owner")
def data_of_nobody(company: Company) -> Found:
    name = datum(company)
    del company.section("data")[name]["owner"]
    return (f"data-without-owner:data.{name}",)


@plant("no-system-of-record")
def kept_nowhere(company: Company) -> Found:
    name = new(company, "data", "leads")
    company.section("data")[name] = {"title": f"Data {name}", "owner": "lead"}
    return (f"no-system-of-record:data.{name}",)


@plant("held-twice")
def second_list(company: Company) -> Found:
    one, other = tool(company), tool(company)
    name = new_datum(company, one)
    company.section("data")[name]["held_by"] = [one, other]
    return (f"held-twice:data.{name}",)


@plant("entered-twice")
def typed_into_both(company: Company) -> Found:
    one, other = tool(company), tool(company)
    data = new_datum(company, one)
    for where in (one, other):
        name = new(company, "connections", "entry")
        company.section("connections")[name] = {"from": "office", "to": where, "carries": [data]}
    return (f"entered-twice:data.{data}",)


@plant("entered-twice", implies="the second entry is a hand-over by hand as well")
def copied_off_the_screen(company: Company) -> Found:
    one, other = tool(company), tool(company)
    data = new_datum(company, one)
    entry, copy = new(company, "connections", "entry"), new(company, "connections", "copy")
    company.section("connections")[entry] = {
        "from": "office",
        "to": one,
        "maps": {"key": f"{data}.id"},
        "carries": [data],
    }
    company.section("connections")[copy] = {"from": one, "to": other, "carries": [data], "by_hand": True}
    return (f"entered-twice:data.{data}", f"by-hand-hand-over:connections.{copy}")


@plant("lost-between-steps")
def noted_and_lost(company: Company) -> Found:
    one, pad = tool(company), tool(company)
    data = new_datum(company, one)
    if company.random.random() < 0.5:
        name = new(company, "connections", "pad")
        company.section("connections")[name] = {"from": "office", "to": pad, "carries": [data]}
        return (f"lost-between-steps:connections.{name}/{data}",)
    other = new_tool(company, "slips")
    flow = new_flow(company, "taking", [{**call(f"{other}.enter"), "carries": [data]}])
    return (f"lost-between-steps:flows.{flow}.steps.1/{data}",)


@plant("lost-between-steps")
def slips_get_lost(company: Company) -> Found:
    one = tool(company)
    data, name = new_datum(company, one), new(company, "connections", "slip")
    company.section("connections")[name] = {
        "from": "crew", "to": one, "carries": [data], "by_hand": True, "loss": f"{company.random.randint(1, 9)} %",
    }  # fmt: skip
    return (f"lost-between-steps:connections.{name}",)


@plant("two-systems-of-record")
def same_in_two_systems(company: Company) -> Found:
    one, other = tool(company), tool(company)
    a, b = new_datum(company, one), new_datum(company, other)
    if company.random.random() < 0.5:
        company.section("data")[b]["title"] = company.section("data")[a]["title"].upper()
    else:
        for name in (a, b):
            company.section("data")[name]["fields"] = {
                f"{a}_id": "string",
                f"{a}_sum": "money",
                f"{a}_day": "date",
            }
    return (f"two-systems-of-record:data.{a}/{b}",)


@plant("two-systems-of-record")
def synchronised_both_ways(company: Company) -> Found:
    one, other = tool(company), tool(company)
    data = new_datum(company, one)
    company.section("data")[data]["held_by"] = [one, other]
    for a, b in ((one, other), (other, one)):
        name = new(company, "connections", "sync")
        company.section("connections")[name] = {
            "from": a, "to": b, "carries": [data], "on_error": "a mail to the owner", "owner": "second",
        }  # fmt: skip
    return (f"two-systems-of-record:data.{data}/{one}+{other}",)


@plant("sheet-as-database")
def list_of_everybody(company: Company) -> Found:
    named = company.random.random() < 0.5
    name = new_tool(
        company, "list", **({"title": "Excel of the office"} if named else {"kind": "spreadsheet"})
    )
    return (f"sheet-as-database:data.{new_datum(company, name, 'rows')}",)


@plant("personal-data-by-mail")
def mailed_around(company: Company) -> Found:
    data = personal(company)
    name = new(company, "connections", "mailing")
    company.section("connections")[name] = {
        "from": company.section("data")[data]["held_by"][0], "to": "second", "carries": [data],
        "protocol": company.random.choice(["CSV by mail", "mail", "e-mail attachment", "PDF in a mail"]),
    }  # fmt: skip
    return (f"personal-data-by-mail:connections.{name}",)


@plant("outside-allowed-places")
def over_the_sea(company: Company) -> Found:
    company.section("needs")["in_eu"] = {"measure": "residency/personal", "within": ["EU"]}
    company.section("places")["iowa"] = {"kind": "region", "in": "US"}
    name = new_tool(company, "abroad", place="iowa")
    new_datum(company, name, **{"class": "personal"})
    return (f"outside-allowed-places:components.{name}/in_eu",)


@plant("no-backup")
def never_copied(company: Company) -> Found:
    name = datum(company)
    del company.section("data")[name]["backup"]
    return (f"no-backup:data.{name}",)


@plant("untested-restore")
def never_brought_back(company: Company) -> Found:
    name = datum(company)
    if company.random.random() < 0.5:
        del company.section("data")[name]["backup"]["tested"]
    else:
        company.section("data")[name]["backup"]["tested"] = "2025-04"
    return (f"untested-restore:data.{name}",)


@plant("copy-beside-original")
def copied_in_the_same_room(company: Company) -> Found:
    name = _copied_to(company, "cloud", "vault_house")
    return (f"copy-beside-original:data.{name}",)


@plant("no-copy-outside-supplier")
def copied_by_the_same_house(company: Company) -> Found:
    holder = new_tool(company)
    name = _copied_to(company, "away", f"{holder}_house", holder)
    return (f"no-copy-outside-supplier:data.{name}/{holder}_house",)


def _copied_to(company: Company, place: str, supplier: str, holder: str = "") -> str:
    name = new_datum(company, holder or tool(company))
    shelf = new(company, "components", "shelf")
    company.section("components")[shelf] = {
        "kind": "storage", "owner": "second", "place": place, "supplier": supplier, "price": "5 EUR/month",
    }  # fmt: skip
    company.section("data")[name]["backup"]["to"] = shelf
    return name


# --- work, value, needs, decisions -----------------------------------------------------------------------------------


@plant("report-from-many-places")
def pulled_together(company: Company) -> Found:
    places = [*list(company.trade.tools)[:3], *([new_tool(company)] if company.random.random() < 0.5 else [])]
    steps = [call(f"{place}.look") for place in places]
    name = new_flow(company, "figures", [*steps, {"ask": "second", "takes": "30 min"}])
    return (f"report-from-many-places:flows.{name}",)


@plant("report-nobody-needs")
def for_nobody(company: Company) -> Found:
    steps = [call(f"{tool(company)}.look")] if company.random.random() < 0.5 else []
    name = new_flow(company, "habit", [*steps, {"ask": "second", "takes": "40 min"}])
    flow = company.section("flows")[name]
    flow["makes"] = "habit of old"
    del flow["for"]
    return (f"report-nobody-needs:flows.{name}",)


@plant("work-costs-more-than-it-brings")
def loses_money(company: Company) -> Found:
    ask = {"ask": company.random.choice(["office", "crew"]), "takes": "30 min"}
    name = new_flow(company, "favour", [ask], worth=f"{company.random.randint(3, 12)} EUR")
    return (f"work-costs-more-than-it-brings:flows.{name}",)


@plant("value-hangs-on-few")
def hangs_on_a_supplier(company: Company) -> Found:
    name = new_tool(company, "core", fails={"availability": "100 %"})
    _main_income(company, [{"call": f"{name}.enter"}])
    return (f"value-hangs-on-few:suppliers.{name}_house",)


@plant("value-hangs-on-few", implies="what the value hangs on is work that only this person can do")
def hangs_on_a_person(company: Company) -> Found:
    who, topic = company.random.choice(["lead", "second"]), f"touch {len(company.section('flows'))}"
    company.section("people")[who]["knows"] = [*company.section("people")[who].get("knows", []), topic]
    ask = {"ask": who, "takes": "1 h", "needs_knowledge": [topic]}
    name = _main_income(company, [ask])
    return (f"value-hangs-on-few:people.{who}", f"only-one-person:flows.{name}.steps.1/{topic}")


@plant("value-hangs-on-few")
def hangs_on_an_account(company: Company) -> Found:
    account = new(company, "components", "address")
    up: Item = {"fails": {"availability": "100 %"}}
    company.section("components")[account] = {
        "kind": "domain",
        "owner": "second",
        "price": "1 EUR/month",
        **up,
    }
    name = new_tool(company, "front", depends_on=[account], **up)
    del of(company, name)["supplier"]
    _main_income(company, [{"call": f"{name}.enter"}])
    return (f"value-hangs-on-few:components.{account}",)


@plant("value-hangs-on-few", implies="the tool that the value hangs on has one administrator")
def hangs_on_an_administrator(company: Company) -> Found:
    who = company.random.choice(["lead", "second"])
    name = new_tool(company, "keyed", holders=[who], fails={"availability": "100 %"})
    del of(company, name)["supplier"]
    _main_income(company, [{"call": f"{name}.enter"}])
    return (f"value-hangs-on-few:people.{who}", f"one-holder:components.{name}")


def _main_income(company: Company, steps: list[Item]) -> str:
    """Something that brings far more than all else."""
    for name, flow in company.section("flows").items():  # of two such, neither would be more than half
        if name.startswith("main"):
            flow["steps"] = [*flow["steps"], *steps]
            raise AssertionError("plant one of them")
    return new_flow(company, "main", steps, worth="90000 EUR")


@plant("unapproved-impact")
def paid_without_a_yes(company: Company) -> Found:
    name = new_tool(company, "payments")
    impact = f"payment of {name}"
    of(company, name)["offers"]["pay"] = {"work": "1 s", "effect": "once", "impact": impact}
    flow = new_flow(company, "paying", [call(f"{name}.pay")])
    return (f"unapproved-impact:flows.{flow}.steps.1/{impact}",)


@plant("unmeasured-need")
def asked_and_not_measured(company: Company) -> Found:
    name = new(company, "needs", "liked")
    company.section("needs")[name] = {"measure": f"quality/{tool(company)}/satisfaction", "at_least": "80 %"}
    return (f"unmeasured-need:needs.{name}",)


@plant("old-fact")
def last_years_number(company: Company) -> Found:
    name = company.pick("facts", *_facts(company))
    company.section("facts")[name]["date"] = company.random.choice(["2025-03", "2024", "2025-11-20"])
    return (f"old-fact:facts.{name}",)


@plant("fact-without-range")
def looks_exact(company: Company) -> Found:
    name = company.pick("facts", *_facts(company))
    del company.section("facts")[name]["known"]
    return (f"fact-without-range:facts.{name}",)


def _facts(company: Company) -> list[str]:
    return [name for name in company.section("facts") if f"facts.{name}" not in company.taken]


@plant("stalled-decision")
def put_off(company: Company) -> Found:
    late: Item = (
        {"due": "2026-10-31"}
        if company.random.random() < 0.5
        else {"since": "2026-05", "waits": ["flows.payroll"]}
    )
    return (f"stalled-decision:decisions.{_decision(company, owner='lead', **late)}",)


@plant("decision-without-owner")
def nobody_decides(company: Company) -> Found:
    return (f"decision-without-owner:decisions.{_decision(company)}",)


def _decision(company: Company, **more: object) -> str:
    name = new(company, "decisions", "question")
    company.section("decisions")[name] = {
        "title": "Which one?",
        "status": "open",
        "options": ["a", "b"],
        **more,
    }
    return name
