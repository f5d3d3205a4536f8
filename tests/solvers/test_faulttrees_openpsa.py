"""Reading and writing the Open-PSA format, hostile files included."""

from collections.abc import Callable
from itertools import product
from math import isclose

import pytest

from groma.solvers.faulttrees import (
    ALWAYS,
    And,
    AtLeast,
    Event,
    Formula,
    Not,
    OpenPsaError,
    Or,
    Probability,
    brute_force,
    probability,
    read_openpsa,
    write_openpsa,
)

GATE = "<opsa-mef><define-fault-tree name='t'>{}</define-fault-tree></opsa-mef>"
MIXED = """<?xml version="1.0"?>
<opsa-mef>
<define-fault-tree name="t">
  <label>a tree</label>
  <define-component name="c">
    <define-gate name="inner"><xor><basic-event name="a"/><event name="b"/></xor></define-gate>
  </define-component>
  <define-gate name="top">
    <or>
      <gate name="inner"/>
      <and><event name="c"/><not><event name="a"/></not><house-event name="on"/></and>
      <atleast min="2"><event name="a"/><event name="b"/><gate name="later"/></atleast>
    </or>
  </define-gate>
  <define-gate name="later"><nor><event name="c"/><constant value="false"/></nor></define-gate>
  <define-house-event name="on"><constant value="true"/></define-house-event>
</define-fault-tree>
<model-data>
  <define-basic-event name="a"><float value="0.1"/></define-basic-event>
  <define-basic-event name="b"><label>the b</label><float value="2e-1"/></define-basic-event>
  <define-basic-event name="c"><float value="0.3"/></define-basic-event>
</model-data>
</opsa-mef>
"""


def test_every_connective_means_what_the_standard_says() -> None:
    model = read_openpsa(MIXED)
    assert model.tops == ("top",)
    assert model.labels == {"b": "the b"}
    total = 0.0
    for a in (0, 1):
        for b in (0, 1):
            for c in (0, 1):
                if (a ^ b) or (c and not a) or a + b + (not c) >= 2:
                    total += (0.1 if a else 0.9) * (0.2 if b else 0.8) * (0.3 if c else 0.7)
    found = probability(model.top(), model.probabilities)
    assert isinstance(found, Probability)
    assert isclose(found.value, total, rel_tol=1e-12)


def test_what_is_written_reads_back_the_same() -> None:
    shared: Formula = Or((Event("pump A"), Event("pump-B")))
    formula = AtLeast(2, (shared, Not(Event("valve <1>")), And((shared, ALWAYS, Event("2nd & last")))))
    p = {"pump A": 0.1, "pump-B": 0.25, "valve <1>": 0.5, "2nd & last": 1e-3}
    text = write_openpsa("cooling loop", formula, p)
    assert text == write_openpsa("cooling loop", formula, p)
    model = read_openpsa(text)
    assert model.tops == ("top",)
    named = {model.labels.get(name, name): value for name, value in model.probabilities.items()}
    assert named == p
    assert isclose(brute_force(model.top(), model.probabilities), brute_force(formula, p), rel_tol=1e-12)
    assert text.count("pump_A") == 2  # one reference in the one shared gate, one definition


def test_a_lone_event_is_written_under_a_top_gate() -> None:
    model = read_openpsa(write_openpsa("t", Event("a"), {}))
    assert model.tops == ("top",)
    assert model.probabilities == {}


@pytest.mark.parametrize(
    ("connective", "holds"),
    [
        ("<and>{}</and>", lambda a, b, c: a and b and c),
        ("<or>{}</or>", lambda a, b, c: a or b or c),
        ("<nand>{}</nand>", lambda a, b, c: not (a and b and c)),
        ("<nor>{}</nor>", lambda a, b, c: not (a or b or c)),
        ("<xor>{}</xor>", lambda a, b, c: a ^ b ^ c),
        ("<atleast min='2'>{}</atleast>", lambda a, b, c: a + b + c >= 2),
        ("<cardinality min='1' max='2'>{}</cardinality>", lambda a, b, c: 1 <= a + b + c <= 2),
        ("<cardinality min='0' max='0'>{}</cardinality>", lambda a, b, c: a + b + c == 0),
        (
            "<imply><and><basic-event name='a'/><basic-event name='b'/></and><basic-event name='c'/></imply>",
            lambda a, b, c: not (a and b) or c,
        ),
        (
            "<iff><or><basic-event name='a'/><basic-event name='b'/></or><basic-event name='c'/></iff>",
            lambda a, b, c: (a or b) == c,
        ),
    ],
)
def test_each_connective_by_its_truth_table(
    connective: str, holds: Callable[[bool, bool, bool], bool]
) -> None:
    """As the Open-PSA Model Exchange Format defines them (section 3.2.2 of version 2.0d)."""
    every = "".join(f"<basic-event name='{name}'/>" for name in "abc")
    model = read_openpsa(GATE.format(f"<define-gate name='g'>{connective.format(every)}</define-gate>"))
    for states in product((False, True), repeat=3):
        found = probability(
            model.top(), {name: float(state) for name, state in zip("abc", states, strict=True)}
        )
        assert isinstance(found, Probability)
        assert found.value == float(holds(*states))


EVENTS = "<basic-event name='a'/><basic-event name='b'/>"
FACTOR = "<factor level='2'><float value='0.1'/></factor>"
CAUSED = f"<distribution><float value='0.1'/></distribution>{FACTOR}</define-CCF-group>"
GROUP = f"<define-CCF-group name='c' model='beta-factor'><members>{EVENTS}</members>{CAUSED}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "<define-parameter name='p'><float value='1'/></define-parameter>" * 2,
            "line 1: <define-parameter>: expected one value of parameter p, defined once",
        ),
        ("<define-parameter name='p'/>", "expected one value of parameter p"),
        ("<define-basic-event name='a'/><define-house-event name='a'/>", "a is defined twice"),
        (f"<define-gate name='g'>{EVENTS}</define-gate>", "expected one formula in gate g, found 2"),
        ("<define-event-tree name='e'/>", "event trees aren't read"),
        (
            "<define-house-event name='h'><constant value='maybe'/></define-house-event>",
            'expected <constant value="true"/>',
        ),
        (
            "<define-house-event name='h'><float value='true'/></define-house-event>",
            'expected <constant value="true"/>',
        ),
        (GROUP + GROUP, "line 1: <define-CCF-group>: a is a member of two groups"),
        (
            f"<define-basic-event name='[a b]'/>{GROUP}",
            "the common cause [a b] has the name of something else",
        ),
        (
            f"<define-gate name='a'><basic-event name='x'/></define-gate>{GROUP}",
            "<basic-event>: a is a member of a common cause group, but no basic event",
        ),
        (
            f"<define-house-event name='a'/>{GROUP}",
            "a is a member of a common cause group, but no basic event",
        ),
        (
            GROUP.replace("<distribution>", "<distribution><float value='0.1'/>"),
            "<distribution>: expected one probability, found 2",
        ),
        (
            GROUP.replace("</members>", "</members><factors>" + FACTOR + "</factors>"),
            "expected one value for each level",
        ),
        (
            GROUP.replace("value='0.1'/></factor>", "value='0.1'/><float value='0.1'/></factor>"),
            "expected one value for each level",
        ),
        (GROUP.replace("name='b'", "name='a'"), "at least two distinct members"),
    ],
)
def test_definitions_that_contradict_each_other_are_refused(body: str, message: str) -> None:
    with pytest.raises(OpenPsaError) as error:
        read_openpsa(GATE.format(body))
    assert message in str(error.value)


def test_a_gate_is_asked_for_by_name_where_there_is_more_than_one_top() -> None:
    gates = "".join(
        f"<define-gate name='{n}'><basic-event name='{e}'/></define-gate>" for n, e in ("ga", "hb")
    )
    model = read_openpsa(GATE.format(gates))
    assert (model.tops, model.top("h")) == (("g", "h"), Event("b"))
    for name, message in (
        (None, "expected one top gate, found 2: g, h"),
        ("i", "there is no gate i; top gates are g, h"),
    ):
        with pytest.raises(OpenPsaError, match=message):
            model.top(name)


def test_what_is_said_more_than_once_is_still_the_same() -> None:
    """House events, parameters used twice, labels, and text of annotations that says nothing."""
    model = read_openpsa(
        GATE.format(
            "<define-parameter name='p'><float value='0.25'/></define-parameter>"
            "<define-house-event name='on'><bool value='true'/></define-house-event>"
            "<define-house-event name='off'/>"
            "<define-gate name='g'><label> the top </label><attributes/>"
            "<and><house-event name='on'/><or><event name='a'/><event name='b'/><event name='off'/></or></and>"
            "</define-gate>"
            "<define-basic-event name='a'><parameter name='p'/></define-basic-event>"
            "<define-basic-event name='b'><mul><parameter name='p'/><parameter name='p'/></mul></define-basic-event>"
        )
    )
    assert model.labels == {"g": "the top"}
    assert model.probabilities == {"a": 0.25, "b": 0.0625}
    found = probability(model.top(), model.probabilities)
    assert isinstance(found, Probability)
    assert isclose(found.value, 1 - 0.75 * 0.9375, rel_tol=1e-12)


def test_names_that_look_alike_stay_different() -> None:
    names = ["top", "g1", "pump A", "pump/A", "1st", "e_1st", "---", "event"]
    parts = tuple(And((Event(name), Event("top"))) for name in names[1:])
    p = {name: 0.1 + 0.05 * n for n, name in enumerate(names)}
    model = read_openpsa(write_openpsa("pump A", Or(parts), p))
    assert {model.labels.get(name, name): value for name, value in model.probabilities.items()} == p
    assert isclose(brute_force(model.top(), model.probabilities), brute_force(Or(parts), p), rel_tol=1e-12)
    assert set(model.probabilities) == {
        "top",
        "g1",
        "pump_A",
        "pump_A_3",
        "e_1st",
        "e_1st_2",
        "event",
        "event_2",
    }


GATES = {"g": "<not><basic-event name='h'/></not>", "h": "<basic-event name='a'/>"}
BOMB = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]><opsa-mef>&c;</opsa-mef>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "line 1: document types and entities aren't accepted"),
        ("<opsa-mef>", "not well-formed"),
        ("<other/>", "expected the root element opsa-mef"),
        (GATE.format("<define-gate name='g'><gate name='h'/></define-gate>"), "gate h isn't defined"),
        (
            GATE.format(
                "<define-gate name='g'><gate name='h'/></define-gate>\n"
                "<define-gate name='h'><not><gate name='g'/></not></define-gate>"
            ),
            "line 2: <not>: gate g depends on itself, through h",
        ),
        (GATE.format("<define-gate name='g'><gate name='g'/></define-gate>"), "gate g depends on itself"),
        (
            GATE.format(
                "<define-gate name='g'><atleast min='x'><basic-event name='a'/></atleast></define-gate>"
            ),
            "whole number",
        ),
        (
            GATE.format(
                f"<define-gate name='g'><atleast min='{'9' * 5000}'><basic-event name='a'/></atleast></define-gate>"
            ),
            "line 1: <atleast>: expected a whole number for 'min'",
        ),
        (
            GATE.format("<define-gate name='g'><not/></define-gate>"),
            "expected a formula, found not with 0 parts",
        ),
        (
            GATE.format("<define-basic-event name='g'><lognormal-deviate/></define-basic-event>"),
            "this expression isn't read",
        ),
        (
            GATE.format("<define-basic-event name='g'><float value='2'/></define-basic-event>"),
            "from 0 to 1, found '2'",
        ),
        (GATE.format("<define-CCF-group name='g'/>"), "expected an attribute 'model'"),
        *(
            (
                GATE.format("".join(f"<define-gate name='{n}'>{GATES[n]}</define-gate>" for n in names)),
                "<basic-event>: h is a gate; names are global to the file",
            )
            for names in ("gh", "hg")
        ),
        (GATE.format("<define-gate name='g'>" + "<not>" * 120 + "</not>" * 120 + "</define-gate>"), "deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(OpenPsaError, match=message.replace("(", r"\(")):
        read_openpsa(text).top()


def test_elements_are_counted_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groma.solvers.faulttrees.openpsa_xml.MOST_ELEMENTS", 5)
    event = "<define-basic-event name='{}'/>"
    assert read_openpsa(GATE.format("".join(map(event.format, "abc")))).tops == ()
    with pytest.raises(OpenPsaError, match="at most 5 elements"):
        read_openpsa(GATE.format("".join(map(event.format, "abcd"))))
