"""What is wrong with a text is said to the letter, with its place, and hostile text is bounded."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.model.position import ModelError, Position, Problem
from groma.model.source import DEEPEST, Mapping, Scalar, decoded, parse, read


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    try:
        parse(text, "m")
    except ModelError as error:
        return error.problems
    return ()


MESSAGES = [
    ("a: !!int 3\n", "1:4: tags are not read: delete `!!int`"),
    ("a: &x 1\n", "1:4: anchors are not read: delete `&x`, a fact used twice is written `$name`"),
    ("a: *x\n", "1:4: aliases are not read: found `*x`, write the value again or name it as a fact"),
    ("a: {<<: 1}\n", "1:5: merge keys are not read: found `<<`, write the entries out"),
    ("a: 1\nb: 2\na: 3\n", "3:1: `a` is already there at 1:1: keep one of the two"),
    ("a:\n\tb: 1\n", "2:1: a tab can't indent: use spaces"),
    (
        "a: b: c\n",
        "1:5: a second `:` in one value: put the text in quotes, or check the indentation of this line",
    ),
    ("a: {b: 1\n", "2:1: expected `,` or `}`: the `{` at 1:4 is not closed"),
    ("a: [1, 2\nb: 3\n", "2:2: expected `,` or `]`: the `[` at 1:4 is not closed"),
    ("a: 'x\n", "2:1: the file ends inside the quotes that open at 1:4"),
    ("a:\n  - 1\n  b: 2\n", "3:3: this line doesn't line up with the list above it: check the indentation"),
    ("a: 1\n- b\n", "2:1: this line doesn't line up with the entries above it: check the indentation"),
    ("a: @x\n", "1:4: a text can't start with `@`: put it in quotes"),
    ("a: *\n", "1:5: a text can't start with `*` or `&`: put it in quotes"),
    ("a: ?\n", "1:4: a bare `?` can't stand here: write `unknown`, or put it in quotes"),
    ("a: - b\n", "1:4: `-` can't start a list here: start a new line"),
    ("a: }\n", "1:4: `}` closes nothing: put the text in quotes if it is meant"),
    ("a: 'b' c\n", "1:8: `c` can't stand here: put the whole text in quotes"),
    ('a: "\\q"\n', "1:5: in double quotes `\\` starts an escape: write `\\\\`, or use single quotes"),
    (
        "a: 1\nhello\n",
        "2:1: expected `name: value`, found no `:` (a text of several lines needs `|` or quotes)",
    ),
    ("a: 1\n---\nb: 2\n", "2:1: expected one document, found `---`: put the second one in a file of its own"),
    ("%YAML 1.2\n---\na: 1\n", "1:1: directives are not read: delete the line that starts with `%`"),
    ("", "1:1: the file is empty"),
    ("# only\n", "1:1: the file is empty"),
    ("\ufeffa: 1\n", "1:1: the file starts with a byte order mark (U+FEFF): save it as UTF-8 without one"),
    ("a: x\x07y\n", "1:5: found the invisible character U+0007: delete it"),
    ("é: x\u2028y\n", "1:5: found the invisible character U+2028: delete it"),
    ("[" * 70, "1:65: nested deeper than 64 levels"),
    ("[a]: 1\n", "1:1: expected a name before `:`, found `[...]`"),
    (": 1\n", "1:1: expected a name before `:`, found nothing"),
    ("? |\n  a\n  b\n: 1\n", "1:3: a name is one line of at most 200 characters"),
    (
        "a: {work: gamma(4 ms, 2 ms)}\n",
        "1:11: inside `{}` and `[]` the comma after `gamma(4 ms` ends the value: put the whole of it in quotes",
    ),
]


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_each_mistake_has_its_message(text: str, message: str) -> None:
    with pytest.raises(ModelError) as error:
        parse(text, "m.yaml")
    assert str(error.value) == f"m.yaml:{message}"


def test_bytes_that_are_not_utf8() -> None:
    with pytest.raises(ModelError) as error:
        parse(b"a: 1\nb: \xff\n", "m.yaml")
    assert str(error.value) == "m.yaml:2:4: expected UTF-8 text, found the byte 0xFF: save the file as UTF-8"


def test_all_refusals_come_at_once_in_the_order_of_the_text() -> None:
    with pytest.raises(ModelError) as error:
        parse("a: !x 1\nb: &y 2\na: *y\n", "m.yaml")
    assert [(p.position.line, p.position.column) for p in error.value.problems] == [
        (1, 4),
        (2, 4),
        (3, 1),
        (3, 4),
    ]


def test_problems_print_with_their_rule_and_sort_by_place() -> None:
    early, late = Problem(Position("m", 2, 1), "b", "R1"), Problem(Position("m", 10, 1), "a")
    error = ModelError([late, early, late])
    assert error.problems == (early, late)
    assert str(error) == "m:2:1: b [R1]\nm:10:1: a"


def test_positions_count_characters_and_ends_follow_the_last_one() -> None:
    root = parse("ключ: {ñ: 'b c'}\nz: |\n  x\n", "m")
    assert isinstance(root, Mapping)
    inner = root.entries[0][1]
    assert isinstance(inner, Mapping)
    (key, value), = inner.entries  # fmt: skip
    assert (key.at.line, key.at.column) == (1, 8)
    assert isinstance(value, Scalar)
    assert (value.value, value.style, value.column, value.end_column) == ("b c", "'", 11, 16)
    assert (inner.end.column, root.entries[1][0].at.line) == (17, 2)


def test_scalars_keep_their_texts() -> None:
    root = parse("{a: no, b: 012, c: 12:30, d: 1_000, e: 0x1F, f: ~}", "m")
    assert isinstance(root, Mapping)
    assert [v.value for _, v in root.entries if isinstance(v, Scalar)] == [
        "no",
        "012",
        "12:30",
        "1_000",
        "0x1F",
        "~",
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, message in [(tmp_path / "none", "found nothing there"), (tmp_path, "found a folder")]:
        with pytest.raises(ModelError, match=message) as error:
            read(path, "m.yaml")
        assert str(error.value) == f"{path}:1:1: expected a file, {message}"
    (tmp_path / "m").write_bytes(b"a: \xc3\xa9\n")
    assert read(tmp_path / "m") == "a: é\n"


def test_depth_is_bounded_but_enough() -> None:
    assert parse("[" * DEEPEST + "]" * DEEPEST, "m")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "a: " + "x " * 300_000,
        'a: "' + "\n" * 300_000,
        "{" + "a," * 100_000,
        "? " * 100_000,
        "".join(f"k{n}: &a{n} *a{n}\n" for n in range(3000)),
        "a: " + "#" * 500_000,
        "k" * 500_000,
        "a: |\n" + " \n" * 300_000,
    ],
    ids=range(11),
)
def test_hostile_text_ends_soon(text: str) -> None:
    start = time.process_time()
    problems = problems_of(text)
    assert time.process_time() - start < 2.0
    assert len(problems) <= 1010
    assert all(len(problem.message) < 400 for problem in problems)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_give_a_tree_or_a_model_error(data: bytes) -> None:
    assert all(problem.message for problem in problems_of(data))


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from("ab:-?{}[],&*!|>'\"%@`# \n\t~<=.0é"), max_size=80))
def test_random_yaml_gives_a_tree_or_a_model_error(text: str) -> None:
    positions = [problem.position for problem in problems_of(text)]
    assert all(at.line >= 1 and at.column >= 1 for at in positions)


def test_text_as_bytes_is_the_same_text() -> None:
    assert decoded("a: ±\n".encode(), "m") == "a: ±\n"
