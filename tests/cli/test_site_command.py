"""`groma site audit`: what it says, writes and ends with."""

from __future__ import annotations

import csv
import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groma.cli.main import main
from groma.cli.status import Status
from groma.site import Recorded, Store
from groma.site.page import Response
from site_maker import made, write
from site_plants import PLANTS, taker


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write(made(80), folder)
    return folder


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("poor")
    site = made(120)
    take = taker(site)
    for name in (
        "robots-blocks-search",
        "empty-without-script",
        "not-visible",
        "title-duplicate",
        "broken-link",
    ):
        PLANTS[name](site, take)
    site.of("article")[0].title = "<script>alert(1)</script>"
    write(site, folder)
    return folder


def test_a_clean_folder_ends_with_zero(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "audit", str(clean)]) == Status.MET
    assert "0 causes from" in capsys.readouterr().out


def test_causes_come_before_symptoms_and_gates_first(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "audit", str(poor), "--json"]) == Status.MISSED
    data = json.loads(capsys.readouterr().out)
    tiers = [cause["tier"] for cause in data["causes"]]
    assert tiers == sorted(tiers, key=("gate", "ranking", "wording").index)
    shell = next(cause for cause in data["causes"] if cause["audit"] == "empty-without-script")
    assert "thin-page" in shell["explains"] and shell["found"] == 1 and shell["looked_at"] > 100
    assert {symptom["id"] for symptom in data["symptoms"]} >= {"thin-page", "dead-end"}
    bing = next(crawler for crawler in data["crawlers"] if crawler["token"] == "bingbot")
    assert bing["may_fetch"] == bing["of"] - 1 and "Disallow" in bing["lines"][0]
    assert all(
        audit["looked_at"] >= audit["found"] or audit["id"].startswith("robots") for audit in data["audits"]
    )


def test_the_report_is_whole_escaped_and_says_the_same_twice(poor: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["site", "audit", str(poor), "--out", str(tmp_path / name), "--quiet"]) == Status.MISSED
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == [
        ".groma", "audit.json", "audit.xlsx", "hits.csv", "index.html", "ledger.json", "pages.csv", "report.pdf",
        "robots.csv",
    ]  # fmt: skip
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    page = (tmp_path / "one/index.html").read_text(encoding="utf-8")
    assert "<script" not in page and "http" in page
    HTMLParser().feed(page)
    with (tmp_path / "one/robots.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    refused = [row for row in rows if row["allowed"] == "no"]
    assert refused and all(
        "bingbot" in row["crawlers"].split() and row["line"] and "Disallow" in row["text"] for row in refused
    )
    crawlers = {token for row in rows for token in row["crawlers"].split()}
    assert {"Googlebot", "GPTBot", "OAI-SearchBot", "Claude-SearchBot"} <= crawlers
    with (tmp_path / "one/hits.csv").open(encoding="utf-8", newline="") as stream:
        hits = list(csv.DictReader(stream))
    assert {"broken-link", "title-duplicate"} <= {hit["audit"] for hit in hits}


def test_only_some_audits_and_when_it_fails(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "audit", str(poor), "--only", "broken-link"]) == Status.MET
    assert (
        main(["site", "audit", str(poor), "--only", "broken-link", "--fails-on", "warning"]) == Status.MISSED
    )
    assert main(["site", "audit", str(poor), "--only", "enquiry"]) == Status.MET
    capsys.readouterr()
    assert main(["site", "audit", str(poor), "--pages", "5", "--only", "enquiry"]) == Status.UNDECIDED
    assert "the bound of 5 pages was met" in capsys.readouterr().out


def test_kept_answers_are_audited_offline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path / "kept")
    store.note("start", "https://kept.example/")
    store.add(Response("https://kept.example/robots.txt", 404))
    store.add(
        Response(
            "https://kept.example/",
            200,
            (("content-type", "text/html"),),
            b"<html lang=en><p>text</p></html>",
        )
    )
    store.close()
    assert (
        main(["site", "audit", str(tmp_path / "kept"), "--json", "--only", "title-missing"]) == Status.MISSED
    )
    data = json.loads(capsys.readouterr().out)
    assert (data["start"], data["pages"]) == ("https://kept.example/", 1)
    assert Recorded(Store(tmp_path / "kept"), None, "https://kept.example/").allows(
        "https://www.kept.example/a"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing-there"], "expected an address"),
        (["ftp://example.com/"], "expected an address"),
        (["CLEAN", "--only", "titel-missing"], "did you mean"),
        (["CLEAN", "--pages", "0"], "--pages: expected at least 1"),
        (["CLEAN", "--base", "::"], "--base: expected an address"),
        (["FILE"], "can't be used"),
    ],
)
def test_mistakes_are_named(
    words: list[str], said: str, clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no database, but a text that is long enough to be taken for one" * 40)
    known = {"CLEAN": str(clean), "FILE": str(tmp_path / "file")}
    assert main(["site", "audit", *(known.get(word, word) for word in words)]) == Status.INVALID
    told = capsys.readouterr()
    assert said in told.err and "Traceback" not in told.err


def test_a_missing_package_is_named_with_the_way_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httptools", None)
    assert main(["site", "audit", "http://127.0.0.1:9/"]) == Status.INVALID
    assert "pip install 'groma[site]'" in capsys.readouterr().err
