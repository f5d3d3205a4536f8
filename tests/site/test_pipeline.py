"""`groma site check` and `prove`: what fails, what is known, what changed; and the files for build servers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from groma.cli.main import main
from groma.cli.status import Status
from groma.site.pipeline import KeysError, compared_keys, read_baseline
from groma.site.proof import Key
from site_maker import made, write
from site_plants import PLANTS, taker


@pytest.fixture
def poor(tmp_path: Path) -> Path:
    site = made(80)
    take = taker(site)
    for name in ("canonical-broken", "title-duplicate", "robots-blocks-search"):
        PLANTS[name](site, take)
    write(site, tmp_path / "poor")
    return tmp_path / "poor"


def test_a_baseline_lets_known_problems_pass_and_new_ones_fail(
    poor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = poor.parent / "known.json"
    assert main(["site", "check", str(poor), "--write-baseline", str(known)]) == Status.MISSED
    assert main(["site", "check", str(poor), "--baseline", str(known)]) == Status.MET
    index = poor / "index.html"
    index.write_text(index.read_text().replace("</head>", '<meta name="robots" content="noindex"></head>'))
    capsys.readouterr()
    assert main(["site", "check", str(poor), "--baseline", str(known), "--json"]) == Status.MISSED
    failing = json.loads(capsys.readouterr().out)["failing"]
    assert {row["audit"] for row in failing} >= {"noindex-offered"}
    assert not {row["audit"] for row in failing} & {"canonical-broken", "robots-blocks-search"}


def test_a_history_says_what_came_and_went(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = poor.parent / "audits.jsonl"
    run = ["site", "check", str(poor), "--history", str(history), "--json", "--date"]
    main([*run, "2026-11-01"])
    assert json.loads(capsys.readouterr().out)["changed"] is None
    first = history.read_bytes()
    robots = poor / "robots.txt"
    robots.write_text(robots.read_text().replace("Disallow: /lamps", "Disallow: /nothing"))
    main([*run, "2026-11-02"])
    changed = json.loads(capsys.readouterr().out)["changed"]
    assert changed["since"] == "2026-11-01" and changed["new"] == [] and changed["moved"] == []
    assert {key[0] for key in changed["gone"]} == {"robots-blocks-search"}
    assert history.read_bytes().startswith(first), "it is only added to"
    assert main([*run, "2026-10-01"]) == Status.INVALID
    assert main([*run, "yesterday"]) == Status.INVALID


def test_a_problem_on_another_page_has_moved() -> None:
    old, new, other = Key("a", "/1", "m"), Key("a", "/2", "m"), Key("a", "/2", "n")
    changed = compared_keys("d", Counter([old]), Counter([new, other]))
    assert (changed.moved, changed.new, changed.gone) == (((old, new),), (other,), ())
    assert compared_keys("d", Counter({old: 2}), Counter([old])).gone == (old,)


def test_sarif_points_into_the_files_and_junit_has_a_case_for_each_audit(poor: Path) -> None:
    sarif, junit = poor.parent / "s.sarif", poor.parent / "j.xml"
    main(["site", "check", str(poor), "--sarif", str(sarif), "--junit", str(junit)])
    run = json.loads(sarif.read_text())["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "canonical-broken")
    where = result["locations"][0]["physicalLocation"]
    file = Path(where["artifactLocation"]["uri"])
    line = file.read_text().splitlines()[where["region"]["startLine"] - 1]
    assert 'rel="canonical"' in line[where["region"]["startColumn"] - 1 :]
    marks = [r["partialFingerprints"]["groma/v1"] for r in run["results"]]
    assert len(set(marks)) == len(marks)
    assert {r["ruleId"] for r in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    suite = ElementTree.parse(junit).getroot()[0]
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {"canonical-broken", "robots-blocks-search"} and int(suite.get("tests", 0)) > 80


def test_prove_writes_a_copy_and_leaves_the_site(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = poor.parent / "proof"
    before = {f: f.read_bytes() for f in poor.rglob("*") if f.is_file()}
    assert main(["site", "prove", str(poor), "--out", str(out), "--json"]) == Status.MET
    data = json.loads(capsys.readouterr().out)
    assert data["holds"] and data["new"] == [] and data["applied"] >= 4
    assert {f: f.read_bytes() for f in poor.rglob("*") if f.is_file()} == before
    assert main(["site", "check", str(out / "site")]) == Status.MET
    assert "+Disallow:" in (out / "changes.diff").read_text() and "<h2>" in (out / "index.html").read_text()
    assert main(["site", "prove", str(poor), "--out", str(poor / "inside")]) == Status.INVALID
    assert main(["site", "prove", str(poor)]) == Status.INVALID
    assert main(["site", "prove", "https://www.lumen.example/", "--out", str(out)]) == Status.INVALID


def test_options_of_another_verb_are_refused(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "audit", str(poor), "--sarif", "x"]) == Status.INVALID
    assert "belongs to `groma site check`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": "groma site keys 1"}', '{"format": "groma site keys 1", "known": [["a"]]}'],
)
def test_a_damaged_baseline_is_refused(text: str) -> None:
    with pytest.raises(KeysError):
        read_baseline(text)


def test_an_empty_baseline_is_read() -> None:
    assert read_baseline('{"format": "groma site keys 1", "start": "x", "known": []}') == Counter()
