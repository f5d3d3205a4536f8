"""Help is immediate: it imports nothing heavy, and no command."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "asyncio", "docx", "genai_prices", "importlib.metadata", "logging", "lxml", "numpy", "oxidd", "py_mini_racer",
    "pydantic", "resvg_py", "scipy", "subprocess", "typst", "unittest", "yaml",
}  # fmt: skip


def imported_by(*words: str) -> set[str]:
    """Modules that the interpreter holds after the command, less those it starts with."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from groma.cli.main import main\n"
        f"main({list(words)!r})\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [[], ["--help"], ["--version"], ["nonsense"]])
def test_help_and_version_import_no_command_and_nothing_heavy(words: list[str]) -> None:
    imported = imported_by(*words)
    assert "groma.cli.main" in imported
    assert not imported & HEAVY
    assert not {name for name in imported if name.startswith("groma.") and not name.startswith("groma.cli")}
    assert "groma.cli.completion" not in imported


def test_a_command_imports_itself_alone() -> None:
    imported = imported_by("completion", "bash")
    assert "groma.cli.completion" in imported
    assert not imported & HEAVY
