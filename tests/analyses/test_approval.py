"""Approval against every path of a program, found by walking all of them."""

from __future__ import annotations

import random

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure

PARTS = """
people:
  boss: {role: boss}
  clerk: {role: clerk}
components:
  bank: {kind: s, offers: {pay: {impact: refund}, look: {}}}
  desk: {kind: s, offers: {handle: {steps: [{ask: boss, approves: refund}, {call: bank.pay}]}}}
"""


def flow(steps: str) -> str:
    return f"{PARTS}flows:\n  f: {{starts: {{rate: 1/s}}, steps: {steps}}}\n"


ASK = "{ask: boss, approves: refund}"
PAY = "{call: bank.pay}"


@pytest.mark.parametrize(
    ("steps", "always"),
    [
        (f"[{ASK}, {PAY}]", True),
        (f"[{PAY}, {ASK}]", False),
        (f"[{{ask: clerk}}, {PAY}]", False),
        ("[{call: desk.handle}]", True),
        (f"[{{choose: [{{share: 50 %, steps: [{ASK}]}}, {{share: 50 %, steps: []}}]}}, {PAY}]", False),
        (
            f"[{{choose: [{{share: 50 %, steps: [{ASK}]}}, {{share: 50 %, steps: [{{stop: ok}}]}}]}}, {PAY}]",
            True,
        ),
        ("[{ask: boss, approves: refund, timeout: 1 h, fallback: [{call: bank.look}]}, " + PAY + "]", False),
        ("[{ask: boss, approves: refund, fallback: [{fail: rejected}]}, " + PAY + "]", True),
        ("[{ask: boss, approves: refund, cache: {hits: 10 %}}, " + PAY + "]", False),
        (f"[{{parallel: [[{ASK}], [{{call: bank.look}}]], join: all}}, {PAY}]", True),
        (f"[{{parallel: [[{ASK}], [{{call: bank.look}}]], join: any}}, {PAY}]", False),
        (f"[{{parallel: [[{ASK}], [{PAY}]], join: all}}]", False),
        (f"[{{repeat: {{times: 0 .. 3, steps: [{ASK}]}}}}, {PAY}]", False),
        (f"[{{repeat: {{until: 50 %, steps: [{ASK}]}}}}, {PAY}]", True),
        ("[{call: bank.look, fallback: [" + PAY + "]}]", False),
        (f"[{ASK}, {{call: bank.look, compensate: [{PAY}]}}]", True),
        ("[{call: bank.look, guard: [{name: g, steps: [" + PAY + "]}]}]", False),
        ("[{send: bank.pay}]", False),
    ],
)
def test_one_way_around_is_enough(steps: str, always: bool) -> None:
    found = figure(context(flow(steps)), "approval/refund")
    assert found.words == ("always" if always else "not always")


def test_the_way_around_is_told() -> None:
    passed_by = "{call: bank.look, cache: {hits: 10 %}, fallback: [{wait: 1 s}]}"  # neither asks nor pays
    small = f"{{choose: [{{share: 1 %, when: small, steps: []}}, {{share: 99 %, steps: [{ASK}]}}]}}"
    steps = f"[{small}, {passed_by}, {PAY}]"
    found = figure(context(flow(steps)), "approval/refund")
    assert found.derivation[1].text.startswith("flow f: bank.pay (model.yaml:")
    assert found.derivation[1].text.endswith("is reached without approval: flows.f.steps.1 takes `small`")


def test_a_stop_inside_an_operation_is_not_the_end_of_the_run() -> None:
    nested = f"[{{choose: [{{share: 50 %, steps: [{{stop: ok}}]}}, {{share: 50 %, steps: [{ASK}]}}]}}]"
    text = PARTS + f"  gate: {{kind: s, offers: {{pass: {{steps: {nested}}}}}}}\n"
    c = context(text + f"flows:\n  f: {{starts: {{rate: 1/s}}, steps: [{{call: gate.pass}}, {PAY}]}}\n")
    assert figure(c, "approval/refund").words == "not always"


def test_a_flow_in_place_of_a_step_approves_for_what_follows() -> None:
    text = flow(f"[{{do: g}}, {PAY}]") + f"  g: {{steps: [{ASK}]}}\n"
    assert figure(context(text), "approval/refund").words == "always"


def test_nothing_to_approve_is_not_an_approval() -> None:
    found = figure(context(flow("[{call: bank.look}]")), "approval/refund")
    assert found.words is None and found.status == "not shown"


def test_an_open_choice_is_decided_only_when_all_or_none_of_it_asks() -> None:
    text = PARTS + (
        "  b: {kind: s, offers: {x: {}}}\n"
        f"  asks: {{kind: s, offers: {{x: {{steps: [{ASK}]}}}}}}\n"
        "  skips: {kind: s, offers: {x: {}}}\n"
        f"flows:\n  f: {{starts: {{rate: 1/s}}, steps: [{{call: b.x}}, {PAY}]}}\n"
    )
    c = opened(text, "b", "r", asks="asks", skips="skips")
    assert bounds(c, "approval/refund") == (0.0, 1.0)
    assert bounds(c.with_partial({"r": "asks"}), "approval/refund") == (0.0, 0.0)
    assert bounds(c.with_partial({"r": "skips"}), "approval/refund") == (1.0, 1.0)


def test_an_open_call_may_have_the_impact_if_one_alternative_has_it() -> None:
    text = PARTS + (
        "  b: {kind: s, offers: {x: {}}}\n"
        "  pays: {kind: s, offers: {x: {impact: refund}}}\n"
        "  looks: {kind: s, offers: {x: {}}}\n"
        "  lacks: {kind: s, offers: {y: {}}}\n"
        "flows:\n  f: {starts: {rate: 1/s}, steps: [{call: b.x}]}\n"
    )
    assert bounds(opened(text, "b", "r", pays="pays", looks="looks"), "approval/refund") == (0.0, 1.0)
    assert bounds(opened(text, "b", "r", pays="pays", lacks="lacks"), "approval/refund") == (1.0, 1.0)
    assert bounds(opened(text, "b", "r", looks="looks", lacks="lacks"), "approval/refund") == (0.0, 0.0)


# --- random programs, every path walked ------------------------------------------------------------------------------

Path = tuple[tuple[str, ...], str]
"""What happens on one path (`ask`, `pay`), and how it ends (`ok`, `error`, `stop`)."""


def random_steps(rng: random.Random, depth: int) -> tuple[str, list[Path]]:
    texts: list[str] = []
    paths: list[Path] = [((), "ok")]
    for _ in range(rng.randint(0 if depth < 2 else 2, 3)):
        text, ways = random_step(rng, depth)
        texts.append(text)
        going = [p for p in paths if p[1] == "ok"]
        paths = [p for p in paths if p[1] != "ok"] + [(p[0] + w[0], w[1]) for p in going for w in ways]
    return "[" + ", ".join(texts) + "]", list(dict.fromkeys(paths))


def random_step(rng: random.Random, depth: int) -> tuple[str, list[Path]]:
    kind = rng.choice(
        ["ask", "pay", "look", "stop"] + ["choose", "fallback", "cache", "repeat"] * (2 if depth else 0)
    )
    if kind == "ask":
        return ASK, [(("ask",), "ok"), ((), "error")]
    if kind == "pay":
        return PAY, [(("pay",), "ok"), (("pay",), "error")]
    if kind == "look":
        return "{call: bank.look}", [((), "ok"), ((), "error")]
    if kind == "stop":
        return "{stop: ok}", [((), "stop")]
    text, ways = random_steps(rng, depth - 1)
    if kind == "cache":
        return f"{{steps: {text}, cache: {{hits: 5 %}}}}", [((), "ok"), *ways]
    if kind == "repeat":
        again = [w for w in ways if w[1] != "ok"] + [
            (a[0] + b[0], b[1]) for a in ways if a[1] == "ok" for b in ways
        ]
        return f"{{repeat: {{until: 50 %, at_most: 2, steps: {text}}}}}", [*ways, *again]
    other, others = random_steps(rng, depth - 1)
    if kind == "choose":
        return f"{{choose: [{{share: 50 %, steps: {text}}}, {{share: 50 %, steps: {other}}}]}}", [
            *ways,
            *others,
        ]
    # an approval inside what failed counts for nothing, but what it paid was paid
    lost = [(tuple(e for e in w[0] if e == "pay"), w[0]) for w in ways if w[1] == "error"]
    after = [(whole + ("void",) + o[0], o[1]) for _, whole in lost for o in others]
    return f"{{steps: {text}, fallback: {other}}}", [*[w for w in ways if w[1] != "error"], *after]


def approved(path: Path) -> bool:
    """Whether every payment of a path comes after an approval (an ask before a failed part's end is taken as given)."""
    given = False
    for event in path[0]:
        given = given or event == "ask"
        if event == "pay" and not given:
            return False
    return True


@pytest.mark.parametrize("seed", range(150))
def test_always_means_on_every_path(seed: int) -> None:
    text, paths = random_steps(random.Random(seed), 2)
    c = context(flow(text))
    found = figure(c, "approval/refund")
    if found.words == "always":
        assert all(approved(path) for path in paths), text
    elif found.words is None:
        assert not any("pay" in path[0] for path in paths) or "pay" in text
    elif "fallback" not in text:  # there the analysis is exact: a breach has its path
        assert not all(approved(path) for path in paths), text
