"""`groma site` beyond the HTML: recorded citations, profiles elsewhere, a browser; what PDF and workbook say; and a
founder's whole way, from a poor folder to a site that is served and looked at."""

from __future__ import annotations

import functools
import io
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from groma.cli.main import main
from groma.cli.status import Status
from groma.site.address import host

ROOT = Path(__file__).parents[2]
COMPANY = ROOT / "examples" / "company" / "site"
BASE = "https://www.lindner-waermepumpen.example/"
Files = dict[str, str]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on loopback."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def folder_of(place: Path, files: Files) -> Path:
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def page(title: str, body: str = "", head: str = "") -> str:
    top = f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>'
    return f"{top}<body><h1>{title}</h1>{body}</body></html>"


Told = Callable[..., dict[str, Any]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def run(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        main(["site", *words, "--json", "--quiet"])
        return json.loads(capsys.readouterr().out)

    return run


def test_recorded_citations_are_counted_for_the_sites_own_pages(tmp_path: Path, told: Told) -> None:
    site = folder_of(tmp_path / "site", {"index.html": page("Lamps"), "a/index.html": page("Brass")})
    sheet = tmp_path / "citations.csv"
    rows = ["date,engine,question,cited", "2026-11-01,Perplexity,best lamp?,https://lumen.example/a/"]
    rows += ["2026-11-02,Perplexity,brass lamp?,none", "2026-11-02,Gemini,brass lamp?,https://other.example/"]
    sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
    data = told("audit", str(site), "--base", "https://lumen.example/", "--citations", str(sheet))
    shares = {each["engine"]: (each["cite_the_site"], each["answers"]) for each in data["measured_citations"]}
    assert shares == {"Perplexity": (1, 2), "Gemini": (0, 1)}


def test_a_wrong_sheet_of_citations_is_told_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text(page("Lamps"), encoding="utf-8")
    (tmp_path / "c.csv").write_text("date,engine\n2026-11-01,Gemini\n", encoding="utf-8")
    assert main(["site", "audit", str(tmp_path), "--citations", str(tmp_path / "c.csv")]) == Status.INVALID
    said = capsys.readouterr().err
    assert "c.csv" in said and "Traceback" not in said


def test_profiles_that_sameas_names_are_asked_only_when_told_to(tmp_path: Path, told: Told) -> None:
    profiles = folder_of(tmp_path / "profiles", {"silent.html": page("Lumen", "<p>We are elsewhere</p>")})
    with served(profiles) as there, served(tmp_path / "site") as here:
        (profiles / "back.html").write_text(page("Lumen", f"<a href='{here}'>site</a>"), encoding="utf-8")
        graph = {"@context": "https://schema.org", "@type": "Organization", "name": "Lumen", "url": here}
        graph["sameAs"] = [f"{there}back.html", f"{there}silent.html"]  # type: ignore[assignment]
        script = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
        folder_of(tmp_path / "site", {"index.html": page("Lumen", "<p>Lumen</p>", script)})
        without = told("audit", here, "--only", "same-as-back")
        assert without["causes"] == []
        data = told("audit", here, "--only", "same-as-back", "--follow-sameas")
    (finding,) = data["causes"]
    assert finding["audit"] == "same-as-back"
    assert f"{there}silent.html" in json.dumps(finding) and f"{there}back.html" not in json.dumps(finding)


def test_a_live_page_is_shown_in_a_browser(tmp_path: Path, told: Told, chromium: str) -> None:
    script = "document.getElementById('r').innerHTML = '<p>' + 'words that only scripts bring '.repeat(20) + '</p>'"
    folder_of(tmp_path, {"index.html": page("Shop", f"<div id=r></div><script>{script}</script>")})
    with served(tmp_path) as here:
        without = told("audit", here, "--only", "script-only-text")
        data = told("audit", here, "--only", "script-only-text", "--render", "--render-pages", "1")
    assert without["causes"] == [] and [f["audit"] for f in data["causes"]] == ["script-only-text"]


def test_without_a_browser_it_is_said_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index.html").write_text(page("Lamps"), encoding="utf-8")
    monkeypatch.setattr("groma.site.browser.installed", lambda: None)
    assert main(["site", "audit", str(tmp_path), "--render"]) == Status.INVALID
    assert "no Chromium or Chrome here" in capsys.readouterr().err


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "audit"
    words = ["site", "audit", str(COMPANY / "today"), "--base", BASE, "--out", str(out), "--quiet"]
    assert main(words) == Status.MISSED
    return out


def test_the_workbook_says_what_the_data_say(report: Path) -> None:
    from openpyxl import load_workbook

    data = json.loads((report / "audit.json").read_text(encoding="utf-8"))
    book = load_workbook(io.BytesIO((report / "audit.xlsx").read_bytes()))
    assert book.sheetnames == ["Causes", "Problems", "Pages"]
    rows = list(book["Causes"].iter_rows(values_only=True))
    assert rows[0][:6] == ("tier", "severity", "cause", "pages", "looked at", "share")
    causes = [(row[0], row[1], row[2], row[3]) for row in rows[1:]]
    assert causes == [(c["tier"], c["severity"], c["title"], c["pages"]) for c in data["causes"]]
    pages = list(book["Pages"].iter_rows(values_only=True))
    assert {row[0] for row in pages[1:]} >= {BASE, f"{BASE}preise.html"}
    cells = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"], "no cell is a formula"


def test_the_pdf_says_the_causes_in_their_order(report: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here; on Debian: apt-get install poppler-utils")
    done = subprocess.run(
        ["pdftotext", "-layout", str(report / "report.pdf"), "-"], capture_output=True, text=True, check=True
    )
    text = " ".join(done.stdout.split())
    data = json.loads((report / "audit.json").read_text(encoding="utf-8"))
    titles = [c["title"].partition(":")[0] for c in data["causes"] if c["severity"] == "error"]
    assert len(titles) > 3
    for title in titles:
        assert title.replace("'", "’") in text.replace("'", "’"), title
    assert host(BASE) in text


def test_the_page_draws_the_link_graph_and_the_crawlers(report: Path) -> None:
    page_text = (report / "index.html").read_text(encoding="utf-8")
    graph = page_text.partition('<svg class="links"')[2].partition("</svg>")[0]
    assert graph.count("<circle") >= 5 and "<path" in graph
    matrix = page_text.partition('<table class="matrix">')[2].partition("</table>")[0]
    assert "OAI-SearchBot" in matrix and "none of" in matrix and "Googlebot" in matrix


def test_from_a_poor_folder_to_a_site_that_is_served_and_found(
    tmp_path: Path, told: Told, chromium: str
) -> None:
    """Audit, design, build, proof; then what was built is served and looked at in a browser."""
    before = told("audit", str(COMPANY / "today"), "--base", BASE)
    assert sum(f["severity"] == "error" for f in before["causes"]) >= 4
    assert (
        main(["site", "design", str(COMPANY / "site.yaml"), "--out", str(tmp_path / "design"), "--quiet"])
        == 0
    )
    assert (tmp_path / "design" / "redirects.csv").is_file()
    assert main(["site", "build", str(COMPANY / "site.yaml"), "--out", str(tmp_path / "new"), "--quiet"]) == 0
    built = tmp_path / "new" / "site"
    after = told("audit", str(built), "--base", BASE)
    assert [f for f in after["causes"] if f["severity"] == "error"] == []
    words = [
        "site",
        "prove",
        str(COMPANY / "today"),
        "--base",
        BASE,
        "--out",
        str(tmp_path / "proof"),
        "--quiet",
    ]
    assert main(words) in (Status.MET, Status.MISSED)
    assert (tmp_path / "proof" / "changes.diff").stat().st_size > 0
    with served(built) as here:
        local = tmp_path / "local"
        shutil.copytree(built, local)
        for file in [f for f in local.rglob("*") if f.suffix in (".html", ".xml", ".txt")]:
            file.write_text(file.read_text(encoding="utf-8").replace(BASE, here), encoding="utf-8")
        shutil.copytree(local, built, dirs_exist_ok=True)
        live = told(
            "audit", here, "--render", "--render-pages", "3", "--only", "rendering", "--only", "discovery"
        )
    assert live["pages"] == after["pages"]
    assert [f["audit"] for f in live["causes"] if f["severity"] == "error"] == []
    assert not [f for f in live["causes"] if f["audit"].startswith("script-")], "nothing needs a script"
