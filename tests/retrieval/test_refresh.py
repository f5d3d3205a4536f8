"""Freshness and deletion, against sums by hand and every path of random graphs."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from groma.analyses import figure
from groma.rules import Subject, rules
from retrieval.given import CATALOG, context_of, figure_of, verdicts

STORE = """
components:
  wiki: {kind: tool}
  vectors: {kind: index, offers: {search: {work: 5 ms, response: {text: chunks.text}}}}
  vault: {kind: store}
data:
  pages: {held_by: wiki, backup: {every: 24 h, to: vault, kept_for: 20 days}}
  chunks: {held_by: vectors, fields: {text: text}, made_from: pages, refreshed: 6 h, made_in: 1 h}
  answers: {made_from: chunks, refreshed: 1 h, remade: changes, kept_for: 30 days}
flows: {ask: {steps: [{call: vectors.search, cache: {hits: 20 %, lives: 2 h}}]}}
"""


def test_the_longest_path_counts() -> None:
    # pages -> chunks (7 h) -> answers (30 days); the copy takes 20 days, a kept answer 7 h + 2 h.
    assert figure_of(STORE, "deletion/pages").value == 7 * 3600 + 30 * 86400
    assert figure_of(STORE, "deletion/chunks").value == 30 * 86400
    assert (
        figure_of(STORE.replace("kept_for: 30 days", "deleted_in: 10 min"), "deletion/pages").value
        == 20 * 86400
    )
    quick = STORE.replace("kept_for: 30 days", "deleted_in: 10 min").replace("20 days", "1 h")
    assert figure_of(quick, "deletion/pages").value == 9 * 3600
    assert figure_of(quick, "deletion/answers").value == 0.0


def test_age_adds_up_the_waits() -> None:
    assert figure_of(STORE, "freshness/pages").value == 0.0
    assert figure_of(STORE, "freshness/chunks").value == 7 * 3600
    assert figure_of(STORE, "freshness/answers").value == 8 * 3600


def test_a_way_without_an_end_has_none() -> None:
    body = STORE.replace(", kept_for: 30 days", "")
    found = figure_of(body, "deletion/pages")
    assert found.high is None and found.value is None and found.low == 20 * 86400
    assert any("data.answers.deleted_in" in each for each in found.missing)
    for old, new, path in (
        (", kept_for: 20 days", "", "data.pages.backup.kept_for"),
        (", lives: 2 h", "", "flows.ask.steps.1.cache.lives"),
    ):
        found = figure_of(STORE.replace(old, new), "deletion/pages")
        assert found.high is None and any(path in each for each in found.missing)


def test_a_replica_repeats_deletions() -> None:
    body = STORE.replace("kept_for: 20 days", "replica: true").replace("every: 24 h", "every: 45 days")
    assert figure_of(body, "deletion/pages").value == 45 * 86400


def test_what_a_part_copies_and_what_a_call_hands_over_is_kept_as_well() -> None:
    """Sixty days as a copy elsewhere, or ninety as an answer to a call that says what it carries: both more than 30."""
    mirror = "  mirror: {kind: database, copies: {chunks: {every: 24 h, kept_for: 60 days}}}\n  vault:"
    copied = STORE.replace("  vault:", mirror)
    found = figure_of(copied, "deletion/chunks")
    assert found.value == 60 * 86400
    assert [line.text for line in found.derivation] == [
        "to copies in mirror: when the last copy's time is over"
    ]
    assert figure_of(copied, "deletion/answers").value == 0.0
    handed = copied.replace("wiki: {kind: tool}", "wiki: {kind: tool, offers: {read: {work: 5 ms}}}").replace(
        "steps: [", "steps: [{call: wiki.read, carries: chunks, cache: {hits: 20 %, lives: 90 days}}, "
    )
    assert figure_of(handed, "deletion/chunks").value == 90 * 86400
    assert figure_of(handed, "deletion/answers").value == 0.0


def test_where_nothing_is_known_it_is_told_of_what() -> None:
    body = "data: {a: {}, b: {made_from: a, refreshed: unknown}}\n"
    assert figure_of(body, "deletion/a").reason == "no way is stated"
    assert figure_of(body, "freshness/b").reason == "not all times are stated"


def test_a_law_without_an_end_bounds_nothing_and_a_stated_most_does() -> None:
    assert figure_of(STORE.replace("refreshed: 6 h", "refreshed: 6 h ± 1 h"), "freshness/chunks").high is None
    held = STORE.replace("refreshed: 6 h", "refreshed: {value: 6 h ± 1 h, max: 9 h}")
    assert figure_of(held, "freshness/chunks").high == 10 * 3600


def test_needs_are_held_against_it() -> None:
    need = "needs: {gone: {measure: deletion/pages, at_most: %s}, fresh: {measure: freshness/chunks, at_most: 7 h}}\n"
    assert verdicts(need % "31 days" + STORE) == {"gone": "met", "fresh": "met"}
    assert verdicts(need % "30 days" + STORE) == {"gone": "missed", "fresh": "met"}
    assert verdicts(need % "31 days" + STORE.replace(", kept_for: 30 days", ""))["gone"] == "undecided"


@given(st.data())
def test_against_every_path_of_random_graphs(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    sources = [
        data.draw(st.sets(st.integers(0, n - 1), max_size=3)) if n else set[int]() for n in range(count)
    ]
    waits = [data.draw(st.integers(1, 50)) for _ in range(count)]
    gone = [data.draw(st.one_of(st.none(), st.integers(0, 50))) for _ in range(count)]
    lines = ["data:"]
    for n in range(count):
        if not sources[n]:
            lines.append(f"  d{n}: {{}}")
            continue
        own = "" if gone[n] is None else f", deleted_in: {gone[n]} h"
        lines.append(
            f"  d{n}: {{made_from: [{', '.join(f'd{s}' for s in sorted(sources[n]))}], refreshed: {waits[n]} h{own}}}"
        )
    context = context_of("\n".join(lines) + "\n")

    def age(n: int) -> float:
        return max((age(s) for s in sources[n]), default=0.0) + waits[n] if sources[n] else 0.0

    def last(n: int) -> float:
        further = (
            (waits[m] if gone[m] is None else float(gone[m] or 0)) + last(m)
            for m in range(count)
            if n in sources[m]
        )
        return max(further, default=0.0)

    for n in range(count):
        assert math.isclose(figure(context, f"freshness/d{n}").value or 0.0, age(n) * 3600)
        assert math.isclose(figure(context, f"deletion/d{n}").value or 0.0, last(n) * 3600)


def test_hundreds_of_layers_take_no_time() -> None:
    lines = ["data:", "  a0: {}", "  b0: {}"]
    for n in range(1, 150):
        lines += [f"  {x}{n}: {{made_from: [a{n - 1}, b{n - 1}], refreshed: 1 h}}" for x in "ab"]
    context = context_of("\n".join(lines) + "\n")
    assert figure(context, "deletion/a0").value == 149 * 3600
    assert figure(context, "freshness/a149").value == 149 * 3600
    Subject(context.model, context.ledger, CATALOG)


def test_a_circle_is_a_mistake() -> None:
    import pytest

    from groma.model.position import ModelError

    with pytest.raises(ModelError, match="goes in a circle"):
        context_of("data: {a: {made_from: b}, b: {made_from: a}}\n")


def test_the_counterexample_tells_the_whole_path() -> None:
    body = STORE.replace("refreshed: 6 h, made_in: 1 h", "refreshed: 6 h, remade: changes")
    context = context_of(body)
    found = rules()["deleted-but-still-indexed"].findings(Subject(context.model, context.ledger, CATALOG))
    assert [each.id for each in found] == ["deleted-but-still-indexed:data.chunks"]
    assert found[0].evidence[0].text.startswith("data.pages -> data.chunks: ")


def test_what_nothing_is_made_from_says_so() -> None:
    told = "nothing is made from it, kept of it or copied"
    lone = STORE.replace("data:\n", "data:\n  notes: {held_by: wiki}\n")
    assert told in [line.text for line in figure_of(lone, "deletion/notes").derivation]
    assert told not in [line.text for line in figure_of(lone, "deletion/pages").derivation]
