"""The documentation of the causes is what the causes say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from groma.survey import all_causes


def test_docs_are_as_generated(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("cause_pages", root / "tools/cause_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (root / "docs/survey.md").read_text(encoding="utf-8")
    assert module.whole(text) == text, "run: python tools/cause_pages.py"
    assert all(f"`{name}`" in text for name in all_causes())
