"""Search by words: every word counts, the key counts most, and the order is always the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.catalog import UnknownEntryError, load_catalog

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("m7g.large", "aws/m7g.large@us-east-1"),
        ("m7g large", "aws/m7g.large@us-east-1"),
        ("d4s v5 westeurope", "azure/Standard_D4s_v5@westeurope"),
        ("mistral large 2512", "mistral/mistral-large-2512"),
        ("h200 sxm", "h200_sxm"),
        ("tau2-bench airline sonnet", "Claude Sonnet 4.6 | tau2-bench airline"),
        ("server MTTR", ""),
    ],
)
def test_the_obvious_answer_comes_first(question: str, first: str) -> None:
    hits = CATALOG.search(question, limit=5)
    if not first:
        assert all("server" in hit.key.lower() for hit in hits)
    else:
        assert hits[0].key.startswith(first)


def test_a_name_written_another_way_finds_the_same() -> None:
    found = {hit.key for hit in CATALOG.search("Sonnet 4.6", ["products"], limit=50)}
    assert "anthropic/claude-sonnet-4-6" in found
    assert found == {hit.key for hit in CATALOG.search("sonnet-4_6", ["products"], limit=50)}


@given(
    st.lists(st.sampled_from(["large", "aws", "eu", "redis", "4", "claude", "price", "xyzzy"]), max_size=3)
)
def test_every_word_occurs_in_every_hit(words: list[str]) -> None:
    hits = CATALOG.search(" ".join(words), ["cloud-services-aws", "model-quality"], limit=30)
    for hit in hits:
        entry = CATALOG.entry(hit.table, tuple(part.strip() for part in hit.key.split(" | ")))
        texts = " ".join(entry.text(column.name) for column in entry.declaration.columns).lower()
        assert all(word in texts for word in words)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    if "xyzzy" in words or not words:
        assert hits == ()


def test_the_same_question_has_the_same_answer_and_keeps_to_its_limit() -> None:
    assert CATALOG.search("large", limit=7) == load_catalog().search("large", limit=7)
    assert len(CATALOG.search("large", limit=7)) == 7
    assert CATALOG.search("large", limit=0) == ()


def test_an_unknown_table_is_told() -> None:
    with pytest.raises(UnknownEntryError, match="did you mean `regions`"):
        CATALOG.search("x", ["regoins"])
