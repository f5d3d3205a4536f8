"""`groma deliver`: jobs of one client behind one page; what is fresh stays, what changed says what it costs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.small_models import brief
from groma.cli.main import main
from groma.cli.status import Status

ENGAGEMENT = """\
groma: 1
engagement: <b>Two</b> jobs
about: A client with two jobs.
doors:
  first: {title: The first, asks: What now?, design: first/brief.yaml}
  second: {title: The second, design: second/brief.yaml}
"""


def client(folder: Path) -> Path:
    for name in ("first", "second"):
        brief(folder / name)
    (folder / "engagement.yaml").write_text(ENGAGEMENT, encoding="utf-8")
    return folder / "engagement.yaml"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    assert main(["deliver", str(client(folder)), "--out", str(folder / "out"), "--quiet"]) == Status.MET
    return folder


def page_of(folder: Path) -> str:
    return (folder / "out" / "index.html").read_text(encoding="utf-8")


def test_every_door_is_on_the_page_and_every_number_leads_to_its_ledger(delivered: Path) -> None:
    page = page_of(delivered)
    for door in ("first", "second"):
        linked = set(re.findall(rf'href="({door}/blueprint/index\.html#ledger-[^"]+)"', page))
        assert linked
        inside = (delivered / "out" / door / "blueprint" / "index.html").read_text(encoding="utf-8")
        for link in linked:
            assert f'id="{link.partition("#")[2]}"' in inside, link


def test_names_are_text(delivered: Path) -> None:
    assert "<b>Two</b>" not in page_of(delivered) and "&lt;b&gt;Two&lt;/b&gt;" in page_of(delivered)


def test_what_is_fresh_is_not_made_again(delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = page_of(delivered)
    file = delivered / "engagement.yaml"
    assert main(["deliver", str(file), "--out", str(delivered / "out"), "--check"]) == Status.MET
    assert main(["deliver", str(file), "--out", str(delivered / "out"), "--json"]) == Status.MET
    told = json.loads(capsys.readouterr().out.partition("written\n")[2])
    assert [task["made"] for task in told["tasks"]] == [False, False]
    assert page_of(delivered) == before


def test_a_changed_need_makes_its_door_stale_and_says_what_it_costs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = client(tmp_path), tmp_path / "out"
    assert main(["deliver", str(file), "--out", str(out), "--quiet"]) == Status.MET
    changed = tmp_path / "second" / "brief.yaml"
    text = changed.read_text(encoding="utf-8")
    assert "at_most: 1 s" in text
    changed.write_text(text.replace("at_most: 1 s", "at_most: 50 ms"), encoding="utf-8")
    capsys.readouterr()
    assert main(["deliver", str(file), "--out", str(out), "--check"]) == Status.STALE
    assert "second" in (said := capsys.readouterr().out) and "first" not in said
    assert main(["deliver", str(file), "--out", str(out)]) == Status.MET
    page = page_of(tmp_path)
    assert "30 EUR a month" in page and "90 EUR a month" in page, "the bill before and after"
    record = json.loads((out / "changes.json").read_text(encoding="utf-8"))
    assert {each["door"] for each in record} == {"The second"}
    assert {"cost/month"} < {each["ref"] for each in record}


def test_a_door_that_fails_leaves_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = client(tmp_path), tmp_path / "out"
    (tmp_path / "second" / "brief.yaml").write_text("groma: 1\nsystm: x\n", encoding="utf-8")
    assert main(["deliver", str(file), "--out", str(out)]) == Status.INVALID
    said = capsys.readouterr()
    assert "systm" in said.err and "brief.yaml:2:1" in said.err
    assert (out / "first" / "blueprint" / "index.html").is_file()
    assert "The second" in page_of(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "engagement: x\ndoors: {a: {title: A}}",
            "e.yaml:2:9: doors.a: expected `survey` or `design`, found neither",
        ),
        ("engagement: x\ndoors: {a: {title: A, design: no.yaml}}", "there is no file `no.yaml`"),
        ("engagement: x\ndoors: {a: {title: A, design: ../x.yaml}}", "outside the file's folder"),
        (
            "engagement: x\ndoors: {a: {title: A, survey: ., rfp: true}}",
            "a request for proposals needs a `design`",
        ),
        ("engagement: x\ndoors: {a: {titel: A, survey: .}}", "titel"),
        ("- a", "expected an engagement"),
    ],
)
def test_mistakes_are_told_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (tmp_path / "e.yaml").write_text(text, encoding="utf-8")
    assert main(["deliver", str(tmp_path / "e.yaml"), "--out", str(tmp_path / "out")]) == Status.INVALID
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


WITH_SITE = """\
groma: 1
engagement: One job and a site
doors:
  first: {title: The first, survey: model.yaml}
site:
  asks: Why does nobody find us?
  audit: website
  base: https://a.example/
  joins: first
  enquiries: ask
"""
PAGE = "<!doctype html><html lang=en><title>Bikes</title><h1>Bikes</h1><p>We mend bikes.</p></html>"


def site_of(folder: Path) -> Path:
    (folder / "website").mkdir()
    (folder / "website" / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "website" / "robots.txt").write_text(
        "User-agent: OAI-SearchBot\nDisallow: /\n", encoding="utf-8"
    )
    (folder / "model.yaml").write_text(
        "groma: 1\nsystem: Bikes\ncurrency: EUR\ndate: '2026-01-01'\n"
        "people: {mia: {hours: 30 h, rate: 30 EUR/h}}\n"
        "flows: {ask: {starts: {rate: 20/month}, worth: 50 EUR, steps: [{ask: mia, takes: 10 min}]}}\n",
        encoding="utf-8",
    )
    (folder / "engagement.yaml").write_text(WITH_SITE, encoding="utf-8")
    return folder / "engagement.yaml"


@pytest.fixture(scope="module")
def with_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    file = site_of(folder)
    assert main(["deliver", str(file), "--out", str(folder / "out"), "--quiet"]) == Status.MET
    return folder


def test_the_website_is_a_door_whose_numbers_lead_to_what_was_counted(with_site: Path) -> None:
    page = page_of(with_site)
    assert "Why does nobody find us?" in page and "search crawlers let in" in page
    linked = set(re.findall(r'href="((?:site|first)/audit/index\.html)#(ledger-[^"]+)"', page))
    assert {"ledger-site.pages", "ledger-site.crawlers-let-in"} <= {anchor for _, anchor in linked}
    assert "50 EUR" in page, "what one enquiry brings"
    for file, anchor in linked:
        assert f'id="{anchor}"' in (with_site / "out" / file).read_text(encoding="utf-8"), anchor
    ledger = json.loads((with_site / "out/site/audit/ledger.json").read_text(encoding="utf-8"))
    figures = ledger["figures"]
    assert figures["site/pages"]["value"] == 1
    assert figures["site/crawlers-let-in"]["value"] == figures["site/crawlers"]["value"] - 1


def test_the_surveys_causes_hold_those_of_the_website(with_site: Path) -> None:
    audit = (with_site / "out/first/audit/index.html").read_text(encoding="utf-8")
    assert "The website is kept from being found or quoted" in audit
    assert "robots.txt keeps search crawlers out" in audit


def test_a_changed_page_makes_the_site_and_the_survey_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = site_of(tmp_path), tmp_path / "out"
    main(["deliver", str(file), "--out", str(out), "--quiet"])
    assert main(["deliver", str(file), "--out", str(out), "--check"]) == Status.MET
    (tmp_path / "website" / "index.html").write_text(PAGE.replace("mend", "sell"), encoding="utf-8")
    capsys.readouterr()
    assert main(["deliver", str(file), "--out", str(out), "--check"]) == Status.STALE
    said = capsys.readouterr().out
    assert "site/audit" in said and "first/audit" in said
    main(["deliver", str(file), "--out", str(out), "--quiet"])
    file.write_text(WITH_SITE.replace("a.example", "b.example"), encoding="utf-8")
    assert main(["deliver", str(file), "--out", str(out), "--check"]) == Status.STALE, "another address"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("audit: website", "audit: nowhere"), "site.audit: there is no file or folder `nowhere`"),
        (("audit: website", "audit: ../x"), "outside the file's folder"),
        (
            ("joins: first", "joins: second"),
            "site.joins: expected a door with a `survey` (first), found `second`",
        ),
        (("  joins: first\n", ""), "site.enquiries: flows are those of a survey"),
        (("  first:", "  site:"), "`site` is the website's"),
    ],
)
def test_mistakes_about_the_website_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], told: str
) -> None:
    file = site_of(tmp_path)
    file.write_text(WITH_SITE.replace(*change), encoding="utf-8")
    assert main(["deliver", str(file), "--out", str(tmp_path / "out")]) == Status.INVALID
    assert told in capsys.readouterr().err
