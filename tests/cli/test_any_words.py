"""Whatever is typed and whatever a file holds, the answer is words and a status, never a fault of Groma."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.small_models import BRIEF, FACTS, PATTERN, SHOP
from groma.cli.main import main

WORDS = [
    "assess", "design", "write", "diff", "explain", "new", "fmt", "schema", "catalog", "completion", "help", "--help",
    "--json", "--quiet", "--stage", "--need", "--in", "--keep", "writer=big", "--refuse", "--no-write", "--out",
    "--check", "--answers", "--format", "html", "list", "search", "show", "--table", "--limit", "-1", "x", "",
    "latency", "--figures", "--rules", "--catalog", "--capabilities", "none.yaml", "broken.yaml", "folder",
    "--document", "é\n",
]  # fmt: skip
ALLOWED = {0, 1, 2, 3, 4}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    (folder / "folder").mkdir()
    (folder / "broken.yaml").write_text("groma: 1\nsystem: [\n")
    return folder


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_any_words_end_in_a_status(place: Path, words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr("sys.stdin", io.StringIO(""))
        assert main(words) in ALLOWED
        for path in place.glob("x*"):
            path.unlink()


def _cut(text: str) -> st.SearchStrategy[str]:
    """A text with a piece taken out or put in: what half-done edits look like."""
    inserts = st.sampled_from(
        ["", ":", "\n", "  ", "- ", "{", "]", "'", "$x", "unknown", "5 s", "é", "api", "~"]
    )
    return st.builds(
        lambda start, length, put: text[:start] + put + text[start + length :],
        st.integers(0, len(text)), st.integers(0, 30), inserts,
    )  # fmt: skip


@settings(max_examples=60)
@given(_cut(SHOP.replace("LIMIT", "20 EUR/month")))
def test_any_broken_model_is_assessed_or_refused(place: Path, text: str) -> None:
    path = place / "model.yaml"
    path.write_text(text)
    assert main(["assess", str(path), "--quiet"]) in ALLOWED


@settings(max_examples=40)
@given(_cut(BRIEF), _cut(PATTERN), st.booleans())
def test_any_broken_brief_or_pattern_is_refused_or_resolved(
    place: Path, brief: str, pattern: str, which: bool
) -> None:
    from groma import api
    from groma.model.position import ModelError
    from groma.patterns import pattern_of

    folder = place / "brief"
    folder.mkdir(exist_ok=True)
    (folder / "facts.yaml").write_text(FACTS)
    (folder / "brief.yaml").write_text(brief if which else BRIEF)
    with suppress(ModelError):
        read = pattern_of(PATTERN if which else pattern, "toy.yaml")
        api.space(folder / "brief.yaml", patterns={read.pattern: read})


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 3}', '{"files": {}, "model": "x", "made": "", "recommended": ""}']
)
def test_a_folder_whose_record_is_broken_is_a_users_mistake(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sources.json").write_text(text)
    assert main(["assess", str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["problems"]
