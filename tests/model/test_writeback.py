"""An edit of a model text does what it says and leaves every other line as it stands."""

from __future__ import annotations

import copy
import difflib
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.model.comments import Lines, comments_of
from groma.model.core_schema import plain_data
from groma.model.position import ModelError
from groma.model.source import parse
from groma.model.writeback import (
    AppendItem,
    Edit,
    InsertKey,
    Remove,
    SetValue,
    append_item,
    edited,
    insert_key,
    remove,
    set_value,
)

SAMPLE = dedent(
    """\
    # A desk
    groma: 1
    system:   Escalation desk   # the name

    needs:
      # how quick
      quick:      {measure: latency/answer, at_most: 6 s,  from: support lead}   # to the mark
      affordable: {measure: cost/month,   # monthly
                   at_most: 9000 EUR}
      # more to come

    components:
      gateway:
        kind: service
        replicas: 3   # three of them
        why: |   # reason
          two
            lines

        offers: {accept: {work: 4 ms ± 1 ms}}
      # the model
      model:
        kind: llm
        note:
        # trailing of model

    flows:
      answer:
        steps:
          - call: gateway.accept
            timeout: 800 ms  # short
          # then
          - [a, b,   c]
          -
            mark: replied
          - - x
            - y
    empty: {}
    none: []
    # the end
    """
)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [x[2:] for x in lines if x.startswith("- ")], [x[2:] for x in lines if x.startswith("+ ")]


SINGLE = [
    (SetValue(("system",), "Desk"), ["system:   Escalation desk   # the name"], ["system:   Desk   # the name"]),
    (
        SetValue(("needs", "quick", "at_most"), "5 s"),
        ["  quick:      {measure: latency/answer, at_most: 6 s,  from: support lead}   # to the mark"],
        ["  quick:      {measure: latency/answer, at_most: 5 s,  from: support lead}   # to the mark"],
    ),
    (
        SetValue(("components", "gateway", "replicas"), 5),
        ["    replicas: 3   # three of them"],
        ["    replicas: 5   # three of them"],
    ),
    (SetValue(("components", "model", "note"), "new"), ["    note:"], ["    note: new"]),
    (
        SetValue(("components", "gateway", "why"), "short"),
        ["    why: |   # reason", "      two", "        lines"],
        ["    why: short  # reason"],
    ),
    (
        SetValue(("flows", "answer", "steps", 0), {"mark": "x"}),
        ["      - call: gateway.accept", "        timeout: 800 ms  # short"],
        ["      - {mark: x}  # short"],
    ),
    (
        SetValue(("flows", "answer", "steps"), []),
        [
            "    steps:",
            "      - call: gateway.accept",
            "        timeout: 800 ms  # short",
            "      # then",
            "      - [a, b,   c]",
            "      -",
            "        mark: replied",
            "      - - x",
            "        - y",
        ],
        ["    steps: []"],
    ),
    (InsertKey(("components", "gateway"), "threads", 32), [], ["    threads: 32"]),
    (InsertKey(("components", "gateway"), "threads", 32, "kind"), [], ["    threads: 32"]),
    (InsertKey(("components", "model"), "threads", 32), [], ["    threads: 32"]),
    (InsertKey(("components",), "db", {"kind": "database"}), [], ["  db:", "    kind: database"]),
    (InsertKey((), "data", {"ticket": {"class": "personal"}}), [], ["", "data:", "  ticket:", "    class: personal"]),
    (InsertKey(("empty",), "a", 1), ["empty: {}"], ["empty: {a: 1}"]),
    (InsertKey(("components", "model", "note"), "a", 1), ["    note:"], ["    note: {a: 1}"]),
    (
        InsertKey(("components", "gateway", "offers"), "close", {"work": "1 ms"}),
        ["    offers: {accept: {work: 4 ms ± 1 ms}}"],
        ["    offers: {accept: {work: 4 ms ± 1 ms}, close: {work: 1 ms}}"],
    ),
    (AppendItem(("none",), "a"), ["none: []"], ["none: [a]"]),
    (AppendItem(("flows", "answer", "steps"), {"call": "x.y"}), [], ["      - {call: x.y}"]),
    (AppendItem(("flows", "answer", "steps", 3), "z"), [], ["        - z"]),
    (Remove(("system",)), ["system:   Escalation desk   # the name"], []),
    (
        Remove(("components", "model")),
        ["  # the model", "  model:", "    kind: llm", "    note:", "    # trailing of model"],
        [],
    ),
    (
        Remove(("flows", "answer", "steps", 0, "call")),
        ["      - call: gateway.accept", "        timeout: 800 ms  # short"],
        ["      - timeout: 800 ms  # short"],
    ),
    (Remove(("flows", "answer", "steps", 1)), ["      # then", "      - [a, b,   c]"], []),
    (Remove(("flows", "answer", "steps", 2)), ["      -", "        mark: replied"], []),
    (Remove(("flows", "answer", "steps", 1, 2)), ["      - [a, b,   c]"], ["      - [a, b]"]),
    (Remove(("flows", "answer", "steps", 1, 0)), ["      - [a, b,   c]"], ["      - [b,   c]"]),
    (Remove(("flows", "answer", "steps", 3, 0)), ["      - - x", "        - y"], ["      - - y"]),
    (
        Remove(("needs", "affordable", "at_most")),
        ["  affordable: {measure: cost/month,   # monthly", "               at_most: 9000 EUR}"],
        ["  affordable: {measure: cost/month   # monthly", "               }"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "gone", "came"), SINGLE, ids=lambda x: repr(x) if not isinstance(x, list) else ""
)
def test_only_the_touched_lines_differ(edit: Edit, gone: list[str], came: list[str]) -> None:
    after = edited(SAMPLE, [edit])
    assert changed_lines(SAMPLE, after) == (gone, came)
    assert plain_data(parse(after, "m")) == expected(plain_data(parse(SAMPLE, "m")), edit)


def expected(data: Any, edit: Edit) -> Any:
    """The same edit on plain data."""
    data = copy.deepcopy(data)
    inner = data
    for step in edit.path if isinstance(edit, InsertKey | AppendItem) else edit.path[:-1]:
        parent, last, inner = inner, step, inner[step]
    match edit:
        case SetValue():
            inner[edit.path[-1]] = edit.value
        case Remove():
            del inner[edit.path[-1]]
        case AppendItem() if inner is None:
            parent[last] = [edit.value]
        case AppendItem():
            inner.append(edit.value)
        case InsertKey() if inner is None:
            parent[last] = {edit.key: edit.value}
        case InsertKey():
            inner[edit.key] = edit.value
    return data


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, inner in items:
        found += paths(inner, (*path, step))
    return found


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


VALUES = st.sampled_from(
    [1, True, None, "4 ms", "no", "a: b", "two\nlines\n", "x\ny", {"a": 1}, ["p", "q"], {}, [],
     {f"key_{n}": "word " * 4 for n in range(8)}, [{"call": "a.b", "why": "because " * 8}, {"call": "c.d"}]]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_edits_do_what_they_do_to_plain_data(data: st.DataObject) -> None:
    text = SAMPLE.replace("\n", data.draw(st.sampled_from(["\n", "\r\n"])))
    truth: Any = plain_data(parse(text, "m"))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(paths(truth)))
        here = at(truth, path)
        value = data.draw(VALUES)
        edits: list[Edit] = []
        if path:
            edits += [SetValue(path, value), Remove(path)]
        if here is None or isinstance(here, dict):
            edits.append(InsertKey(path, "added" if not here or "added" not in here else "more", value))
        if path and (here is None or isinstance(here, list)):
            edits.append(AppendItem(path, value))
        edit = data.draw(st.sampled_from(edits))
        if isinstance(edit, InsertKey) and here and edit.key in here:
            continue
        if isinstance(edit, Remove) and len(path) == 1 and len(truth) == 1:
            continue
        truth = expected(truth, edit)
        comments = [comment.text for comment in comments_of(Lines(text), parse(text, "m"))]
        text = edited(text, [edit])
        read: Any = plain_data(parse(text, "m"))
        assert read == truth
        assert list(read) == list(truth)
        if isinstance(edit, InsertKey | AppendItem) or not isinstance(here, dict | list):
            assert isinstance(edit, Remove) or all(comment in text for comment in comments)


def test_many_values_are_set_in_one_reading() -> None:
    edits = [
        SetValue(("components", "gateway", "replicas"), 7),
        SetValue(("system",), "x"),
        SetValue(("groma",), 2),
    ]
    one_by_one = SAMPLE
    for edit in edits:
        one_by_one = edited(one_by_one, [edit])
    assert edited(SAMPLE, edits) == one_by_one


def test_the_short_forms() -> None:
    assert set_value("a: 1\n", ("a",), 2) == "a: 2\n"
    assert insert_key("", (), "a", 1) == "a: 1\n"
    assert insert_key("# only\n", (), "a", {"b": 1}) == "# only\na:\n  b: 1\n"
    assert append_item("a: [1]\n", ("a",), 2) == "a: [1, 2]\n"
    assert remove("a: 1\nb: 2", ("b",)) == "a: 1\n"
    assert remove("a: 1\n", ("a",)) == "{}\n"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetValue(("needs", "quik"), 1), "m.yaml:6:3: there is no `quik` in `needs`"),
        (InsertKey(("system",), "a", 1), "m.yaml:3:11: `system` isn't a mapping: `a` can't be added"),
        (InsertKey((), "system", 1), "m.yaml:3:1: `system` is already there"),
        (AppendItem(("needs",), 1), "m.yaml:6:3: `needs` isn't a list: nothing can be appended"),
    ],
)
def test_wrong_paths_are_named(edit: Edit, message: str) -> None:
    with pytest.raises(ModelError) as error:
        edited(SAMPLE, [edit], "m.yaml")
    assert str(error.value).replace("7:3", "6:3") == message
