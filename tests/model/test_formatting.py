"""`groma fmt` keeps meaning and comments, gives one layout, and doesn't change its own result."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.model.comments import Lines, comments_of
from groma.model.core_schema import plain_data
from groma.model.formatting import formatted
from groma.model.position import ModelError
from groma.model.source import parse

SAMPLE = dedent(
    """\
    # Desk of a shop
    # (second line)

    system: Escalation desk   # the name
    groma: 1


    needs:

      quick:      {measure: latency/answer@replied/p95, at_most: 6 s, from: support lead}   # to the mark
      # money
      affordable: {measure: cost/month,
                   at_most: 9000 EUR}
      # trailing of needs
    components:
        gateway:
            kind: service # what
            why: >
              folded text
              goes on

            note: |+   # kept
              line one

                line two

            offers: {accept: {work: 4 ms ± 1 ms},
                     long_name: {work: 'lognormal(median 0.6 s, p95 1.4 s)', why: measured}} # many
        # after gateway
    flows:
      answer:
        steps:
        - call: gateway.accept
        # before search
        - timeout: 800 ms
          call: search.query

          fallback: {call: keyword.query, # one
                     timeout: 3 s}  # two
        - [a, b,   c]
        -
          # inside
          mark: "replied \\
             twice"
        - text of
          two lines
        - - x
          - y  # deep
    # the end
    """
)  # fmt: skip


def order(path: tuple[str, ...]) -> Sequence[str] | None:
    if path == ():
        return ("groma", "system", "needs", "components", "flows")
    if path[-1] == "[]":
        return ("call", "timeout", "fallback")
    return None


def test_layout_of_a_model() -> None:
    assert formatted(SAMPLE, "m.yaml", order) == dedent(
        """\
        # Desk of a shop
        # (second line)

        groma: 1
        system: Escalation desk  # the name

        needs:
          quick: {measure: latency/answer@replied/p95, at_most: 6 s, from: support lead}  # to the mark
          # money
          affordable: {measure: cost/month, at_most: 9000 EUR}
          # trailing of needs
        components:
          gateway:
            kind: service  # what
            why: >
              folded text
              goes on

            note: |+   # kept
              line one

                line two

            offers:  # many
              accept: {work: 4 ms ± 1 ms}
              long_name: {work: 'lognormal(median 0.6 s, p95 1.4 s)', why: measured}
          # after gateway
        flows:
          answer:
            steps:
              - call: gateway.accept
              # before search
              - call: search.query
                timeout: 800 ms

                fallback:  # two
                  call: keyword.query  # one
                  timeout: 3 s
              - [a, b, c]
              # inside
              - mark: "replied \\
                  twice"
              - text of
                two lines
              - - x
                - y  # deep
        # the end
        """
    )


def comment_texts(text: str) -> list[str]:
    return sorted(comment.text for comment in comments_of(Lines(text), parse(text, "m")))


def check(text: str) -> None:
    try:
        before = plain_data(parse(text, "m"))
    except ModelError:
        return
    for key_order in (None, order):
        once = formatted(text, "m", key_order)
        assert plain_data(parse(once, "m")) == before
        assert comment_texts(once) == comment_texts(text)
        assert formatted(once, "m", key_order) == once


PIECES = [
    "# c", "  # c", "      # c", "", "a: 1", "b:",
    "  c: {x: 1, y: [2, 3]}", "  d: [1, # c", "    2]", "- x", "  - y: 1", "    z: 2",
    "- - k", "e: |", "  text", "   more", "f: >-", "'q", "  r'",
    "g: \"s", "  t\\", "  u\"", "{", "}", "h: {i, j: }", "- ", "-", "- |2",
    "    two", "k: |1+", "\t", "  ", "l: {m: {n: 1}}  # c", "  # c2", "  - # c3",
    "- {o: 1, p: 2}", "  - [q, {r: s}]", "---",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_random_lines_keep_their_meaning_and_comments(lines: list[str]) -> None:
    check("\n".join(lines) + "\n")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_model_keeps_its_meaning_and_comments(data: st.DataObject) -> None:
    lines = SAMPLE.splitlines()
    for _ in range(data.draw(st.integers(1, 6))):
        n = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["delete", "comment", "indent", "dedent", "blank", "end", "swap"]))
        match change:
            case "delete" if len(lines) > 1:
                del lines[n]
            case "comment":
                lines.insert(n, " " * data.draw(st.integers(0, 14)) + f"# {n}")
            case "indent":
                lines[n] = " " + lines[n]
            case "dedent":
                lines[n] = lines[n].removeprefix(" ")
            case "blank":
                lines.insert(n, " " * data.draw(st.integers(0, 3)))
            case "end":
                lines[n] += f"  # {n}"
            case _:
                lines[n], lines[n - 1] = lines[n - 1], lines[n]
    check("\n".join(lines) + "\n")


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_line_ends_become_one_kind(ending: str) -> None:
    assert formatted(f"a: 1{ending}", "m") == "a: 1\n"


def test_wide_keys_fall_back_to_blocks_only_where_needed() -> None:
    text = "a: {b: {c: 1, d: 2}, e: " + "word " * 20 + "end, f: [1, 2]}\n"
    assert formatted(text, "m") == "a:\n  b: {c: 1, d: 2}\n  e: " + "word " * 20 + "end\n  f: [1, 2]\n"


def test_deep_nesting_is_formatted() -> None:
    text = "".join(" " * n + f"k{n}:\n" for n in range(60)) + " " * 60 + "end: 1\n"
    once = formatted(text, "m")
    assert formatted(once, "m") == once
