"""Things that look like a problem and are none: a clean company has some of them, and nothing may be said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Item = dict[str, Any]
Model = dict[str, dict[str, Item]]
DECOYS: list[Callable[[Model, str, str], None]] = []


def decoy(into: Callable[[Model, str, str], None]) -> Callable[[Model, str, str], None]:
    """Lists it; it is given the model's sections, a tool, and another tool."""
    DECOYS.append(into)
    return into


def tool(model: Model, name: str, **more: object) -> str:
    """One more tool in which everything is right, used by the deputy alone."""
    model["components"][name] = {
        "kind": "tool", "title": f"Tool {name}", "does": f"Serves {name}", "owner": "second", "place": "premises",
        "used_by": ["second"], "holders": ["lead", "second"], "registered_to": "the business", "exit": "files as they are",
        "price": "0 EUR/month", "effort": "1 h/month", **more,
    }  # fmt: skip
    return name


def datum(model: Model, name: str, holder: str, **more: object) -> str:
    model["data"][name] = {
        "title": f"Data {name}", "held_by": [holder], "owner": "lead",
        "backup": {"every": "24 h", "to": "vault", "tested": "2026-01"}, **more,
    }  # fmt: skip
    return name


def flow(model: Model, name: str, steps: list[Item], **more: object) -> None:
    model["flows"][name] = {
        "starts": {"rate": "9/month"},
        "by": "second",
        "for": ["lead"],
        "steps": steps,
        **more,
    }


@decoy
def a_sheet_of_one_person(model: Model, one: str, other: str) -> None:
    datum(model, "estimates", tool(model, "calculation", kind="spreadsheet"))


@decoy
def a_sheet_that_keeps_nothing(model: Model, one: str, other: str) -> None:
    tool(model, "template", title="Excel template", used_by=["second", "office"])


@decoy
def personal_data_in_an_encrypted_mail(model: Model, one: str, other: str) -> None:
    datum(model, "wages", one, **{"class": "personal"})
    model["connections"]["wages_out"] = {
        "from": one, "to": "second", "carries": ["wages"], "protocol": "encrypted PDF by mail",
    }  # fmt: skip


@decoy
def internal_data_by_mail(model: Model, one: str, other: str) -> None:
    datum(model, "leaflets", one)
    model["connections"]["leaflets_out"] = {
        "from": one,
        "to": "office",
        "carries": ["leaflets"],
        "protocol": "by mail",
    }


@decoy
def a_team_as_administrator(model: Model, one: str, other: str) -> None:
    model["people"]["admins"] = {"title": "Administrators", "count": "2 people", "place": "premises"}
    model["components"][one]["holders"] = ["admins"]


@decoy
def as_many_seats_as_a_team_has_heads(model: Model, one: str, other: str) -> None:
    model["people"]["drivers"] = {"count": "3 people", "place": "premises"}
    tool(model, "fleet", used_by=["drivers", "lead"], seats="4 seats", price="4 EUR/seat/month")


@decoy
def a_contract_that_has_ended(model: Model, one: str, other: str) -> None:
    model["suppliers"]["former"] = {"exit": "done", "renews": "2026-06-30", "notice": "3 month"}


@decoy
def a_contract_of_next_summer(model: Model, one: str, other: str) -> None:
    model["suppliers"]["later"] = {"exit": "CSV", "renews": "2027-07-31", "notice": "3 month"}


@decoy
def different_fields_typed_into_two_tools(model: Model, one: str, other: str) -> None:
    datum(model, "accounts", one, fields={"name": "string", "iban": "string"})
    for where, field in ((one, "name"), (other, "iban")):
        model["connections"][f"accounts_{field}"] = {
            "from": "office", "to": where, "carries": ["accounts"], "maps": {field: f"accounts.{field}"},
        }  # fmt: skip


@decoy
def two_lists_of_one_name_in_one_tool(model: Model, one: str, other: str) -> None:
    for name in ("prices_now", "prices_next"):
        datum(model, name, one, title="Prices", fields={"id": "string", "price": "money", "day": "date"})


@decoy
def short_keys_alike_in_two_tools(model: Model, one: str, other: str) -> None:
    for name, holder in (("colours", one), ("sizes", other)):
        datum(model, name, holder, fields={"id": "string", "name": "string"})


@decoy
def a_copy_by_an_interface_one_way(model: Model, one: str, other: str) -> None:
    datum(model, "dates", one, held_by=[one, other])
    model["connections"]["dates_over"] = {
        "from": one, "to": other, "carries": ["dates"], "on_error": "a mail to the owner", "owner": "office",
    }  # fmt: skip


@decoy
def a_tool_that_only_machines_use(model: Model, one: str, other: str) -> None:
    tool(model, "form", used_by=[])
    model["connections"]["form_in"] = {"from": "form", "to": one}


@decoy
def a_wait_for_others(model: Model, one: str, other: str) -> None:
    steps: list[Item] = [
        {"wait": "14 day", "title": "the authority answers"},
        {"ask": "second", "takes": "10 min"},
    ]
    flow(model, "permit", steps)


@decoy
def a_short_wait(model: Model, one: str, other: str) -> None:
    flow(model, "callback", [{"wait": "20 h"}, {"ask": "office", "takes": "10 min"}])


@decoy
def long_work_after_a_day(model: Model, one: str, other: str) -> None:
    flow(model, "yearly", [{"wait": "1 day"}, {"ask": "second", "takes": "7 h"}], starts={"rate": "1/month"})


@decoy
def knowledge_of_a_team(model: Model, one: str, other: str) -> None:
    model["people"]["experts"] = {"count": "2 people", "knows": ["welding"], "place": "premises"}
    flow(model, "weld", [{"ask": "experts", "takes": "1 h", "needs_knowledge": ["welding"]}])


@decoy
def a_report_of_two_places(model: Model, one: str, other: str) -> None:
    steps: list[Item] = [
        {"call": f"{name}.look", "fallback": [{"ask": "office", "takes": "5 min"}]}
        for name in (one, other, one)
    ]
    flow(model, "glance", [*steps, {"ask": "second", "takes": "20 min"}])


@decoy
def work_that_just_pays(model: Model, one: str, other: str) -> None:
    flow(model, "small", [{"ask": "crew", "takes": "15 min"}], worth="11 EUR")


@decoy
def a_question_without_a_reader_that_changes_something(model: Model, one: str, other: str) -> None:
    enter: Item = {"call": f"{one}.enter", "fallback": [{"ask": "office", "takes": "5 min"}]}
    flow(model, "upkeep", [{"ask": "office", "takes": "20 min"}, enter])
    del model["flows"]["upkeep"]["for"]


@decoy
def an_open_question_that_nothing_waits_for(model: Model, one: str, other: str) -> None:
    model["decisions"]["someday"] = {
        "title": "A new logo?",
        "status": "open",
        "owner": "lead",
        "since": "2024-03-01",
    }


@decoy
def a_decision_that_was_late(model: Model, one: str, other: str) -> None:
    model["decisions"]["done"] = {
        "status": "accepted",
        "chosen": "a",
        "due": "2026-01-31",
        "since": "2026-05-01",
    }


@decoy
def a_busy_person_without_growth_to_come(model: Model, one: str, other: str) -> None:
    if "growth" not in model:
        model["people"]["busy"] = {"rate": "30 EUR/h", "hours": "8 h", "place": "premises"}
        flow(model, "busywork", [{"ask": "busy", "takes": "100 min"}, {"ask": "busy", "takes": "100 min"}])


@decoy
def a_network_line(model: Model, one: str, other: str) -> None:
    for name in ("router", "switch"):
        model["components"][name] = {
            "kind": "device",
            "owner": "second",
            "place": "premises",
            "price": "0 EUR/month",
        }
    datum(model, "traffic", one)
    model["connections"]["line"] = {
        "from": "router",
        "to": "switch",
        "bandwidth": "1 Gbit/s",
        "loss": "0.1 %",
    }
