"""The documentation of the audits is what the audits say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from groma.site import all_audits


def test_docs_are_as_generated(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("audit_pages", root / "tools/audit_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[str, str] = module.pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in (root / "docs/audits").glob("*.md")}
    assert there == made, "run: python tools/audit_pages.py"
    assert all(f"`{name}`" in made["index.md"] for name in all_audits())
