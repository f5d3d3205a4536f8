"""The documentation says what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from groma.cli.status import Status

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_on_commands_has_every_exit_status_in_its_words() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", text, re.M)
    assert rows == [(str(status.value), status.meaning) for status in Status]


def test_the_floors_of_the_architecture_page_are_those_of_the_contract() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| \d+ \| (.*?) \|", text, re.M)
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert [re.findall(r"\w+", row) for row in rows] == [
        re.findall(r"\w+", layer) for layer in contract["layers"]
    ]


def test_every_dependency_has_its_line() -> None:
    text = (ROOT / "docs/dependencies.md").read_text().lower()
    asked_for = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    asked_for += [
        line for line in (ROOT / "requirements/dev.in").read_text().splitlines() if not line.startswith("#")
    ]
    names = [re.match(r"[\w-]+", requirement)[0] for requirement in asked_for]
    assert [name for name in names if not re.search(rf"^\|.*\b{name}\b", text, re.M)] == []


def test_every_decision_is_listed_with_its_title() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "index.md").read_text()
    for page in sorted(folder.glob("0*.md")):
        number, title = re.match(r"# (\d{4}) (.*)\n", page.read_text()).groups()
        assert f"| [{number}]({page.name}) | {title} |" in index


def test_locks_pin_every_package_with_hashes_and_name_no_registry() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[\w.-]+==[\w.]+", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_the_page_on_commands_says_what_the_parsers_say() -> None:
    script = ROOT / "tools" / "command_pages.py"
    done = subprocess.run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0, "run: python tools/command_pages.py"


def test_the_page_on_the_language_says_what_the_reader_reads() -> None:
    script = ROOT / "tools" / "language_page.py"
    done = subprocess.run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0, "run: python tools/language_page.py"
