"""Figures of an index in a model: needs on memory and recall, what isn't measured, what doesn't fit."""

from __future__ import annotations

from groma.analyses.retrieval.vector_index import searched
from retrieval.given import context_of, figure_of, verdicts


def index(body: str, more: str = "") -> str:
    return f"components: {{store: {{kind: index, index: {{{body}}}{more}}}}}\n"


GRAPH = "kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64"


def test_memory_of_a_graph_is_little_above_its_vectors_and_links() -> None:
    # By hand: d float32 a vector and 2 M links of 4 bytes at the bottom.
    found = figure_of(index(GRAPH), "memory/store")
    bare = 180_000 * (4 * 1024 + 8 * 16)
    assert found.low is not None and found.high is not None
    assert bare <= found.low <= bare * 1.01
    assert found.low < (found.value or 0.0) < found.high <= bare * 1.05
    links = "links: 16 a layer, 32 at the bottom"
    assert (found.unit, figure_of(index(GRAPH), "recall/store").unit) == ("B", "1")
    flat = figure_of(index("kind: flat, vectors: 1000, dimensions: 8"), "memory/store")
    assert [any(line.text == links for line in each.derivation) for each in (found, flat)] == [True, False]


def test_needs_on_memory_and_recall() -> None:
    needs = (
        "needs: {small: {measure: memory/store, at_most: %s}, finds: {measure: recall/store, at_least: %s}}\n"
    )
    assert verdicts(needs % ("1 GB", "1 %") + index(GRAPH)) == {"small": "met", "finds": "met"}
    assert verdicts(needs % ("700 MB", "99 %") + index(GRAPH)) == {"small": "missed", "finds": "undecided"}
    flat = index("kind: flat, vectors: 1000, dimensions: 8")
    assert verdicts(needs % ("32000 B", "100 %") + flat) == {"small": "met", "finds": "met"}


def test_an_unknown_number_of_vectors_bounds_nothing_from_above() -> None:
    found = figure_of(index(GRAPH.replace("180000", "unknown")), "memory/store")
    assert found.value is None and found.high is None
    ranged = figure_of(index(GRAPH.replace("180000", "100000 .. 300000")), "memory/store")
    assert ranged.low is not None and ranged.high is not None
    assert ranged.high > 2.9 * ranged.low


def test_recall_that_isnt_measured_is_asked_for() -> None:
    for body in (
        GRAPH + ", code: int8", "kind: ivf, vectors: 1000, dimensions: 8, lists: 10, probes: 2",
        GRAPH.replace(", ef: 64", ""), GRAPH.replace("180000", "90000000"),
    ):  # fmt: skip
        found = figure_of(index(body), "recall/store")
        assert found.value is None and (found.low or 0.0) == 0.0
        assert found.missing
    none = figure_of(index(GRAPH + ", code: int8"), "recall/store")
    assert (none.low, none.high, none.title) == (None, None, "Share of the ten nearest that store finds")
    assert figure_of(index(GRAPH), "memory/store").title == "Memory of the index of store"
    stated = index(
        "kind: ivf, vectors: 1000, dimensions: 8, lists: 10", ", qualities: {recall: 93 % .. 96 %}"
    )
    found = figure_of(stated, "recall/store")
    assert (found.low, found.high) == (0.93, 0.96)


def test_work_of_a_search() -> None:
    assert searched(context_of(index("kind: flat, vectors: 1000, dimensions: 8")), "store").value == 1000  # type: ignore[union-attr]
    graph = searched(context_of(index(GRAPH)), "store")
    assert graph is not None and 100 < graph.low < graph.high < 18_000
    assert searched(context_of(index(GRAPH.replace("180000", "90000000"))), "store") is None


def test_what_an_ivf_index_lacks_is_told() -> None:
    found = figure_of(index("kind: ivf, vectors: 1000, dimensions: 8"), "memory/store")
    assert any("lists" in each for each in found.missing)


def test_memory_of_which_nothing_is_stated_is_not_shown_as_nothing() -> None:
    found = figure_of(index("kind: flat, vectors: unknown, dimensions: 8"), "memory/store")
    assert (found.status, found.low, found.value, found.high) == ("not shown", None, None, None)
    assert found.reason
    assert searched(context_of(index("kind: flat, vectors: unknown, dimensions: 8")), "store") is None
