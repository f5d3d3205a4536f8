"""What hangs on a need, a pattern's option or a policy goes or changes with it in the documents, and the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .ai_designs import closed, six_documents

pytestmark = pytest.mark.slow

Lines = frozenset[str]
Told = Callable[..., Lines]


@pytest.fixture(scope="module")
def told(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Lines of one document of a brief's design, up to its derivations; each design is written once."""
    folder = tmp_path_factory.mktemp("designs")
    known: dict[tuple[object, ...], Lines] = {}

    def tell(name: str, document: str, **changed: str) -> Lines:
        key = (name, document, *sorted(changed.items()))
        if key not in known:
            text = six_documents(closed(root, folder, name, **changed), document)[document]
            known[key] = frozenset(text.partition("\n## Derivations")[0].splitlines())
        return known[key]

    return tell


def naming(lines: Lines, word: str) -> Lines:
    return frozenset(line for line in lines if word in line)


@pytest.mark.parametrize(
    ("name", "document", "need", "word"),
    [
        ("credit-assistant", "observability-plan", "open_for_business", "`open_for_business-"),
        ("escalation-desk", "observability-plan", "quick", "`quick-"),
        ("research-product", "architecture", "confidential", "Confidential"),
    ],
)
def test_without_a_need_nothing_speaks_of_it(
    told: Told, name: str, document: str, need: str, word: str
) -> None:
    before, after = told(name, document), told(name, document, without=need)
    assert naming(before, word)
    assert not naming(after, word)
    assert len(before & after) > 0.5 * len(before)  # the rest stays


@pytest.mark.parametrize(
    ("name", "document", "role", "option", "word"),
    [
        ("credit-assistant", "safety-specification", "check", "none", "numbers and sources"),
        ("escalation-desk", "safety-specification", "screen", "none", "abuse and planted instructions"),
        ("escalation-desk", "safety-specification", "last_resort", "none", "hand-over to Support agents"),
    ],
)
def test_without_an_option_what_it_brought_is_gone(
    told: Told, name: str, document: str, role: str, option: str, word: str
) -> None:
    before, after = told(name, document), told(name, document, **{role: option})
    assert naming(before, word)
    assert not naming(after, word)
    assert before & after


def test_with_more_agents_a_run_can_take_more(told: Told) -> None:
    three = naming(told("research-product", "orchestration-design"), "One run takes at most")
    five = naming(told("research-product", "orchestration-design", width="five"), "One run takes at most")
    assert three and five and three != five
