"""The page in a real browser: the script runs under its policy, nothing of a hostile name does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sample_documents import hostile, sample

from groma.documents.html import render_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which isn't installed"),
]
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


def opened(page: bytes, folder: Path, fragment: str = "") -> str:
    file = folder / "index.html"
    file.write_bytes(page)
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        "--dump-dom",
        f"{file.as_uri()}{fragment}",
    ]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()


def test_the_script_runs_under_its_policy(tmp_path: Path):
    shown = opened(render_html(sample()), tmp_path, "#specification")
    assert '<button id="theme">' in shown
    assert shown.count('class="zoom"') == 3
    assert re.search(r'<li data-doc="specification" class="here">', shown)


def test_nothing_in_a_name_runs(tmp_path: Path):
    name = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    shown = opened(render_html(hostile(name)), tmp_path)
    assert "<title>owned" not in shown
    assert "<img" not in shown
