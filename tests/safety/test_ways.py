"""Ways of data to those who may see them, and past checks, counted by hand on a small desk."""

from __future__ import annotations

import pytest
from safety_reading import context
from test_threats import DESK

from groma.analyses import figure

ASKED = DESK.replace("people: {", "people: {ext: {works_for: other}, ").replace(
    "- {call: post.send}", "- {call: post.send}\n      - {ask: ext}\n      - {ask: ana}"
)
"""Cases come with the flow, orders by what the database answers; both are handed on from there."""


@pytest.mark.parametrize(
    ("of", "sinks"),
    [
        ("case", {"outside": "3", "suppliers": "2 4", "crm": "crm 1", "ana": "5", "ext": "4", "shop": "6"}),
        ("orders", {"outside": "3", "suppliers": "2 4", "crm": "crm", "ana": "5", "ext": "4", "shop": "6"}),
        ("personal", {"outside": "3", "suppliers": "2 4", "crm": "crm 1", "bot": "2", "spare": ""}),
        ("untrusted", {"outside": "3", "suppliers": "2 4", "crm": "crm 1", "ben": ""}),
        ("trusted", {"outside": "", "crm": ""}),
    ],
)  # fmt: skip
def test_where_data_go(of: str, sinks: dict[str, str]) -> None:
    made = context(ASKED)
    for sink, steps in sinks.items():
        found = figure(made, f"exposure/{of}@{sink}")
        assert found.value == len(steps.split())
        assert [line.text.partition(": ")[0].rpartition(".")[2] for line in found.derivation] == steps.split()


def test_copies_are_held_where_they_are_kept() -> None:
    text = ASKED.replace(
        "held_by: [crm], fields: {id: id}}",
        "held_by: [crm], fields: {id: id}, backup: {every: 1 d, to: vault}}",
    ).replace("  bot: {", "  vault: {kind: storage}\n  bot: {", 1)
    found = figure(context(text), "exposure/orders@vault")
    assert [line.text for line in found.derivation] == ["components.vault: vault keeps the backup of orders"]


def test_connections_bring_what_they_carry_to_both_ends_but_people() -> None:
    text = ASKED.replace("  bot: {", "  vault: {kind: storage}\n  bot: {", 1).replace(
        "flows:\n", "connections: {lane: {from: shop, to: vault, carries: [orders]}, typed: {from: ben, to: vault, "
        "carries: [case]}}\nflows:\n"
    )  # fmt: skip
    made = context(text)
    assert [
        [line.text for line in figure(made, f"exposure/{of}@{sink}").derivation]
        for of, sink in (("orders", "vault"), ("case", "vault"), ("case", "ben"))
    ] == [
        ["components.vault: connection lane carries it"],
        ["components.vault: connection typed carries it"],
        [],
    ]
    assert "components.shop" in figure(made, "exposure/orders@shop").derivation[0].text


def test_a_step_that_says_what_it_carries_hands_over_no_more() -> None:
    """The way told is the one by which the run has it."""
    text = ASKED.replace("{call: post.send}", "{call: post.send, carries: [case]}").replace(
        "      - {call: bot.say}\n", ""
    )
    made = context(text)
    assert figure(made, "exposure/orders@outside").value == 0.0
    (line,) = figure(made, "exposure/case@outside").derivation
    assert line.text.startswith(
        "care flows.care.steps.2: flow care starts with case, then flows.care.steps.2"
    )


def test_a_guard_before_a_model_blocks_on_its_way_in_alone() -> None:
    text = DESK.replace("{call: crm.find}", SCREEN).replace(
        "{call: bot.say}", "{call: bot.say, guard: [{name: words, blocks: [promises]}]}"
    )
    assert figure(context(text), "unblocked/insults").value == 0.0
    assert figure(context(text), "unblocked/promises").value == 0.0


def test_a_way_out_that_somebody_checks_is_not_open() -> None:
    text = ASKED.replace(
        "{call: post.send}", "{ask: ana, approves: [mail]}\n      - {call: post.send}"
    ).replace("reaches_out: true", "reaches_out: true, impact: mail")
    for body, open_, said in ((ASKED, 1.0, "open"), (text, 0.0, "checked by ana")):
        found = figure(context(body), "trifecta/care")
        assert (found.value, [line.value for line in found.derivation]) == (open_, [said])


READ = DESK.replace("response: {found: orders.id}", "response: {found: case.text}")
"""What is found are mails of strangers."""
SCREEN = "{call: crm.find, guard: [{name: screen, blocks: [insults]}]}"
GUARDED = "{call: bot.say, guard: [{name: words, blocks: [insults]}]}"
LATER = "{call: shop.refund, guard: [{name: later, blocks: [insults]}]}"
SENT = "  mail: {steps: [{call: post.send}]}\n"
TALK = "  talk: {steps: [{call: bot.say}]}\n"


@pytest.mark.parametrize(
    ("where", "steps", "ways"),
    [
        # met twice, once without: whichever comes first
        ("out", ["{call: bot.say}", "{do: mail}", GUARDED, "{do: mail}"], 1),
        ("out", [GUARDED, "{do: mail}", "{call: bot.say}", "{do: mail}"], 1),
        ("out", [GUARDED, "{do: mail}", "{do: mail}"], 0),
        ("in", ["{call: crm.find}", "{do: talk}", SCREEN, "{do: talk}"], 1),
        ("in", [SCREEN, "{do: talk}", "{call: crm.find}", "{do: talk}"], 1),
        ("in", [SCREEN, "{do: talk}", "{do: talk}"], 0),
        # an answer that is kept may be another's
        ("in", [SCREEN, "{call: crm.find, cache: {hits: 50 %, takes: 1 ms}}", "{call: bot.say}"], 1),
        # where it is found again nobody looks at what came in since
        ("in", ["{call: crm.find}", LATER.replace("guard:", "cache: {hits: 50 %, takes: 1 ms}, guard:"),
                "{call: bot.say}"], 1),
        ("in", ["{call: crm.find}", LATER, "{call: bot.say}"], 0),
        # what comes after branches that can't all end is never done
        ("out", ["{call: bot.say}", "{parallel: [[{stop: ok}], [{call: shop.refund}]], join: all}", "{do: mail}"], 0),
        ("out", ["{call: bot.say}", "{parallel: [[{stop: ok}], [{call: shop.refund}]], join: 1}", "{do: mail}"], 1),
        # a loop that may not run at all checks nothing
        ("in", ["{call: crm.find}", f"{{repeat: {{times: 2, steps: [{LATER}]}}}}", "{call: bot.say}"], 0),
        ("in", ["{call: crm.find}", f"{{repeat: {{times: 0 .. 3, steps: [{LATER}]}}}}", "{call: bot.say}"], 1),
        ("in", ["{call: crm.find}", f"{{repeat: {{until: 50 %, steps: [{LATER}]}}}}", "{call: bot.say}"], 0),
    ],
)  # fmt: skip
def test_a_check_counts_on_every_way(where: str, steps: list[str], ways: int) -> None:
    head = READ.partition("    steps:\n")[0]
    body = head + "    steps:\n" + "".join(f"      - {step}\n" for step in steps) + SENT + TALK
    assert figure(context(body), f"unblocked/insults@{where}").value == ways


@pytest.mark.parametrize(
    ("step", "of", "sink", "count"),
    [
        ("{parallel: [[{wait: 1 s}], [{wait: 2 s}]], join: all}", "case", "outside", 1),
        ("{parallel: [[{fail: rejected}], [{wait: 2 s}]], join: all}", "case", "outside", 0),
        ("{parallel: [[{fail: rejected}], [{wait: 2 s}]], join: any}", "case", "outside", 1),
        (
            "{call: crm.find, carries: [case], cache: {hits: 10 %, takes: 1 ms, component: vault}}",
            "case",
            "vault",
            1,
        ),
        ("{call: crm.find, carries: [case], cache: {hits: 10 %, takes: 1 ms}}", "case", "vault", 0),
    ],
)
def test_what_a_first_step_lets_through_and_keeps(step: str, of: str, sink: str, count: int) -> None:
    """By hand: only where enough branches end ok a run goes on; a cache keeps what it was asked with."""
    text = ASKED.replace("  bot: {", "  vault: {kind: storage}\n  bot: {", 1)
    text = text.replace("    steps:\n", f"    steps:\n      - {step}\n", 1)
    assert figure(context(text), f"exposure/{of}@{sink}").value == count
