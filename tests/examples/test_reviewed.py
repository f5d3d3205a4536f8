"""`groma review` finds in our own documents what stands there, in its chapter, and misses it without that chapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.importers.designs.blocks import bounded
from groma.importers.designs.markdown import blocks
from groma.survey.review import Review, review

from .ai_designs import closed, six_documents

pytestmark = pytest.mark.slow

CHAPTERS = {
    "safety-specification": {
        "ways-out": "Ways out", "input-checks": "What may come in",
        "output-checks": "What may go out", "content-policy": "Content policy",
        "breakers": "Breakers, limits and the switch",
        "kill-switch": "Breakers, limits and the switch", "audit-trail": "Audit trail",
        "control-tests": "Controls, their tests and signals", "control-signals": "Controls, their tests and signals",
        "guard-costs": "What the guards cost", "gaps-owned": "Gaps and who owns them",
    },
    "observability-plan": {
        "first-signals": "What fails, and which signal tells of it first", "drift": "Slow changes",
        "not-recorded": "What is kept, and what must not be recorded",
        "recording-cost": "What recording takes and costs",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def texts(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Documents of the escalation desk up to their derivations."""
    model = closed(root, tmp_path_factory.mktemp("reviewed"), "escalation-desk")
    made = {name: six_documents(model, name)[name] for name in CHAPTERS}
    return {name: text.partition("\n## Derivations")[0] for name, text in made.items()}


def reviewed(text: str) -> Review:
    return review(bounded("document.md", blocks(text, "document.md")), "ai")


def chapter(text: str, number: int) -> str:
    """The last heading of second level at or above a line; none before the first."""
    above = [line for line in text.splitlines()[:number] if line.startswith("## ")]
    return above[-1].removeprefix("## ") if above else ""


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_is_found_in_its_chapter(name: str, texts: dict[str, str]) -> None:
    text = texts[name]
    at = {each.content.id: chapter(text, each.at.number) for each in reviewed(text).present}
    assert {ident: at.get(ident) for ident in CHAPTERS[name]} == CHAPTERS[name]


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_its_chapter_it_is_missed(name: str, texts: dict[str, str]) -> None:
    """Where one chapter holds two contents, both are missed without it."""
    text = texts[name]
    for title in dict.fromkeys(CHAPTERS[name].values()):
        before, _, after = text.partition(f"\n## {title}\n")
        rest = after[after.index("\n## ") :]
        missed = {each.content.id for each in reviewed(f"{before}\n{rest}").missing}
        assert {ident for ident, where in CHAPTERS[name].items() if where == title} <= missed, title
