"""The documents of three briefs are no templates: no sentence stands in two of them but headings and definitions."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from .ai_designs import ANSWERS, SIX, closed, six_documents
from .sentences import sentences

Documents = dict[str, dict[str, str]]

SAMPLE = """# Title

*For whom: what does it answer, and does it?*

The desk costs 9 EUR a month, all of it. **Bold** words of [a link](#there) end well, said Ann.

| What it says here | Source |
| --- | --- |
| This cell says what nobody else says. | the client's own log of last October. |

## Terms

- **Word**: what it means wherever it stands in text.

### Under them

Nothing of this chapter counts as a sentence.

## Next

> **A risk of which few think.** It is told in full in this place.
"""


def test_what_a_sentence_is() -> None:
    assert list(sentences(SAMPLE)) == [
        "The desk costs 9 EUR a month, all of it.",
        "Bold words of a link end well, said Ann.",
        "This cell says what nobody else says.",
        "It is told in full in this place.",
    ]


@pytest.fixture(scope="module")
def documents(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Brief -> document -> Markdown."""
    folder = tmp_path_factory.mktemp("designs")
    return {name: six_documents(closed(root, folder, name)) for name in ANSWERS}


@pytest.mark.slow
def test_each_brief_gives_all_six(documents: Documents) -> None:
    assert {name: tuple(made) for name, made in documents.items()} == dict.fromkeys(ANSWERS, SIX)


@pytest.mark.slow
def test_no_sentence_is_the_same_in_two_briefs(documents: Documents) -> None:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, made in documents.items():
        for document, text in made.items():
            for sentence in sentences(text):
                found[sentence].add((name, document))
    assert len(found) > 300
    alike = {text: sorted(where) for text, where in found.items() if len({name for name, _ in where}) > 1}
    assert alike == {}
