"""Every example in the documentation is run and must print what it says.

Console blocks hold `$ groma ...` lines with what they print (both streams, `...` stands for anything) and
`$ echo $?`; Python blocks are scripts, or sessions if they have `>>>`; YAML blocks that start with `groma:` are models
and must be valid. The blocks of one page run in order, in a copy
of `examples/`, and share their variables (`$NAME` is what Python put into the environment).
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from groma.cli.main import main
from groma.site.browser import installed

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>\w*)[^`\n]*\n(?P<body>.*?)^ *(?P=ticks) *$", re.M | re.S
)


class Block(NamedTuple):
    """A fenced example; `line` is that of its first line in the page, from 1."""

    language: str
    body: str
    line: int


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, without the indentation of the list they may stand in."""
    found: list[Block] = []
    for match in FENCE.finditer(text):
        body = re.sub(f"^{match['indent']}", "", match["body"], flags=re.M)
        found.append(Block(match["language"], body, text.count("\n", 0, match.start("body")) + 1))
    return found


class Session:
    """Runs the blocks of one page."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.status = 0
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, block: Block) -> None:
        """Raises AssertionError where an example does not do what it says."""
        if block.language == "console":
            self._console(block)
        elif block.language in ("python", "pycon"):
            self._python(block)
        elif block.language == "yaml" and block.body.startswith("groma:"):
            self._model(block)

    def _console(self, block: Block) -> None:
        commands = re.split(r"^\$ ", block.body, flags=re.M)
        assert not commands[0].strip(), f"{self.page}:{block.line}: a console block starts with `$ groma ...`"
        for command in commands[1:]:
            typed, _, wanted = re.sub(r"\\\n(> )?", "", command).partition("\n")
            printed = self._printed(typed, block)
            told = f"{self.page}:{block.line}: $ {typed}\nsays\n{wanted}\nbut printed\n{printed}"
            assert doctest.OutputChecker().check_output(_tidy(wanted), _tidy(printed), doctest.ELLIPSIS), told

    def _printed(self, typed: str, block: Block) -> str:
        if typed == "echo $?":
            return f"{self.status}\n"
        words = shlex.split(os.path.expandvars(typed), comments=True)
        assert words[:1] == ["groma"], (
            f"{self.page}:{block.line}: only `groma` is run; put `{typed}` into a sh block"
        )
        if "--render" in words and not installed():
            pytest.skip(
                f"{self.page}:{block.line}: no Chromium is installed, so what it shows isn't run from here on"
            )
        stream = io.StringIO()
        with redirect_stdout(stream), redirect_stderr(stream):
            self.status = main(words[1:])
        return stream.getvalue()

    def _python(self, block: Block) -> None:
        if ">>> " in block.body:
            test = doctest.DocTestParser().get_doctest(
                block.body, self.names, self.page, self.page, block.line - 1
            )
            report = io.StringIO()
            failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
                test, out=report.write, clear_globs=False
            )
            self.names.update(test.globs)
            assert not failed, report.getvalue()
        else:
            exec(compile("\n" * (block.line - 1) + block.body, self.page, "exec"), self.names)

    def _model(self, block: Block) -> None:
        from groma.model.load import loads
        from groma.model.position import ModelError

        try:
            loads("\n" * (block.line - 1) + block.body, file=self.page)
        except ModelError as error:
            raise AssertionError(str(error)) from error


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the examples, as a reader would have it, and a terminal of 100 columns without colour."""
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("SITE", "")  # a page may set it
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_example_of_a_page_does_what_it_says(page: Path, workplace: Path) -> None:
    session = Session(str(page.relative_to(ROOT)))
    for block in blocks(page.read_text(encoding="utf-8")):
        session.run(block)


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ groma --version\ngroma 99.0\n```\n",
        "```console\n$ groma nonsense\n...\n$ echo $?\n0\n```\n",
        "```console\n$ rm -rf examples\n```\n",
        "```console\nno prompt\n```\n",
        "```python\nassert 1 + 1 == 3\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```yaml\ngroma: 1\nsytem: Misspelt\n```\n",
        "1. A list\n\n   ```console\n   $ groma --version\n   groma 99.0\n   ```\n",
    ],
)
def test_an_example_that_is_wrong_is_found(text: str, workplace: Path) -> None:
    with pytest.raises(AssertionError):
        for block in blocks(text):
            Session("page.md").run(block)


def test_examples_that_are_right_pass_and_share_their_names(workplace: Path) -> None:
    text = (
        "```console\n$ groma --version  # a remark\ngroma ...\n$ groma \\\n> nonsense\n...--help\n$ echo $?\n2\n```\n"
        "```python\nanswer = 6 * 7\n```\n\n   ```python\n   >>> answer\n   42\n   ```\n"
        "````text\n```console\n$ not run\n```\n````\n"
    )
    session = Session("page.md")
    found = blocks(text)
    assert [(block.language, block.line) for block in found] == [
        ("console", 2), ("python", 11), ("python", 15), ("text", 19),
    ]  # fmt: skip
    for block in found:
        session.run(block)
    assert session.names["answer"] == 42
