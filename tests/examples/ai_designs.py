"""Designs of the three AI briefs, closed from answers (no search), and their six documents as Markdown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import groma.documents.write as writing
from groma.analyses import assess
from groma.catalog import load_catalog
from groma.documents.write import files, write_model
from groma.model.elements import Model
from groma.patterns import Space, close, library, resolve
from groma.rules import run

CATALOG = load_catalog()
EXISTING, SERVER = "policy.retrieval-existing-database", "policy.retrieval-search-server"
ANSWERS = {
    "escalation-desk": {
        "writer": "gemini_flash", "second": "none", "delivery": "whole", "persistence": "again", "check": "rules",
        "cache": "none", "last_resort": "handover", "screen": "rules", "machines": "several/2/germanywestcentral",
        "search.pattern": "retrieval-existing-database", "search.retrieval-existing-database.way": "hybrid",
        "search.retrieval-existing-database.embedder": "mistral", "search.retrieval-existing-database.without": "words",
        "search.retrieval-search-server.servers": "absent", "search.retrieval-search-server.ranking": "absent",
        "search.retrieval-search-server.embedder": "absent", "search.retrieval-helpdesk-search.search": "absent",
        "memory.store": "none", "approval.approval": "person",
        "approval.record": "existing", "watch.traces": "database",
    },
    "credit-assistant": {
        "reader": "flash", "readings": "once", "writer": "haiku", "persistence": "again", "check": "rules",
        "frame": "beside", "policy.pattern": "retrieval-existing-database", f"{EXISTING}.way": "hybrid",
        f"{EXISTING}.embedder": "mistral", f"{EXISTING}.without": "words", f"{SERVER}.servers": "absent",
        f"{SERVER}.ranking": "absent", f"{SERVER}.embedder": "absent",
    },
    "research-product": {
        "width": "three", "depth": "rounds/3", "frame": "time",
    },
}  # fmt: skip
"""Brief -> role -> option; roles that aren't named take their first one."""
SIX = (
    "architecture", "infrastructure-specification", "orchestration-design", "safety-specification",
    "observability-plan", "handoff",
)  # fmt: skip


def closed(
    root: Path, folder: Path, name: str, without: str = "", edit: tuple[str, str] = ("", ""), **changed: str
) -> Model:
    """The closed model of a brief with its answers; see `posed`."""
    space, answers = posed(root, folder, name, without, edit, **changed)
    return close(space, answers).model


def posed(
    root: Path, folder: Path, name: str, without: str = "", edit: tuple[str, str] = ("", ""), **changed: str
) -> tuple[Space, dict[str, str]]:
    """A brief with its answers; `changed` ones may be what the brief keeps out, `without` names a need that is taken
    away, `edit` what of the brief or its facts is written otherwise. The brief is copied into a new folder within
    `folder`."""
    folder = folder / f"{name}-{len(list(folder.iterdir()))}"
    shutil.copytree(root / "examples" / name, folder)
    brief = folder / "brief.yaml"
    lines = brief.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line
        for line in _without(lines, without)
        if not line.lstrip(" ").startswith(tuple(f"- {r}=" for r in changed))
    ]
    brief.write_text("".join(kept), encoding="utf-8")
    _edited((brief, folder / "facts.yaml"), *edit)
    space = resolve(brief, library())
    answers = {role.name: role.variants[0].name for role in space.roles}
    for role, answer in (ANSWERS[name] | changed).items():
        answers[next(n for n in answers if n.partition(".")[2] == role)] = answer
    return space, answers


def _edited(files: tuple[Path, ...], old: str, new: str) -> None:
    """Writes `new` for `old`, which has to stand in one place."""
    if old:
        (found,) = (file for file in files if old in file.read_text(encoding="utf-8"))
        text = found.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        found.write_text(text.replace(old, new), encoding="utf-8")


def _without(lines: list[str], need: str) -> list[str]:
    """The lines of a brief without those of a need."""
    if not need:
        return lines
    first = next(number for number, line in enumerate(lines) if line.startswith(f"  {need}:"))
    last = next(n for n, line in enumerate(lines[first + 1 :], first + 1) if not line.startswith("    "))
    return lines[:first] + lines[last:]


def six_documents(model: Model, only: str | None = None) -> dict[str, str]:
    """The documents of a model by name, as Markdown.

    Not simulated and not studied for how figures spread, which takes minutes: what those chapters say is held in tests
    of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "_studied", lambda model, ledger, catalog, crew: ledger)
        if only not in (None, "infrastructure-specification"):  # the one that tells of exported files
            patch.setattr(writing, "exported", lambda model, ledger, catalog: ())
        patch.setattr(writing, "_played", lambda model, ledger, catalog: (ledger, ()))
        ledger = assess(model, CATALOG, twice=False)
        findings = run(model, ledger, catalog=CATALOG)
        written = write_model(model, ledger, findings, CATALOG, only=only)
    made = files(written, ("md",))
    return {name: made[f"{name}.md"].decode() for name in SIX if f"{name}.md" in made}
