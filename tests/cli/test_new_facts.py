"""Facts of a new brief: asked for one by one, stated where something is usual, told where something is missing."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from groma.cli.main import main
from groma.model.load import load
from groma.patterns import library, resolve

INTERNET = """\
system: Line of the office
problem: The line fails.
capability: reach the internet from an office
with.site: office
with.keeper: firm
"""
OWN = """\
facts:
  old_lamp: {title: How long a lamp burns, like: 900 h, ask: the box}
  new_lamp:
    title: LED lamps, price of one
    like: 4 EUR
    usual: 2 EUR .. 9 EUR
    source: "https://example.org/lamps"
    date: 2026-03
"""
LAMPS = """\
pattern: lamps
gives: light a room
title: Lamps
inputs: {rate: {title: evenings in the mean over a month}}
base: {flows: {evening: {title: An evening, starts: {rate: "${rate}"}, steps: [{open: lit}]}}}
roles:
  lamp:
    title: Which lamp?
    options:
      old:
        title: The old one
        adds:
          components:
            lamp: {kind: device, lasts: $old_lamp, price: {once: $new_lamp}, offers: {shine: {work: 1 s}}}
        fill: {lit: [{call: lamp.shine}]}
      odd:
        title: One that nobody described
        adds: {components: {lamp: {kind: device, effort: $odd_lamp, price: 1 EUR/month, offers: {shine: {work: 1 s}}}}}
        fill: {lit: [{call: lamp.shine}]}
"""
LAMP_ANSWERS = "system: Light\nproblem: It is dark.\ncapability: light a room\nwith.rate: 30/month\n"


def lamps(folder: Path) -> Path:
    (folder / "patterns").mkdir()
    (folder / "patterns" / "facts.yaml").write_text(OWN)
    (folder / "patterns" / "lamps.yaml").write_text(LAMPS)
    return folder / "brief.yaml"


def new(brief: Path, answers: str) -> int:
    file = brief.with_name("answers.yaml")
    file.write_text(answers)
    return main(["new", "--out", str(brief), "--answers", str(file), "--force"])


def test_the_folder_of_ones_own_patterns_describes_their_facts(tmp_path: Path) -> None:
    brief = lamps(tmp_path)
    assert new(brief, LAMP_ANSWERS + "date: 2026-11\n") == 0
    text = brief.read_text()
    assert (
        "# How long a lamp burns [the box]\n  #old_lamp: {value: 900 h, source: own figure, date: 2026-11}"
        in text
    )
    assert "--- For: Which lamp? (The old one)" in text
    assert "#odd_lamp: {value: unknown, source: own figure, date: 2026-11}" in text
    facts = load(brief, check=False).facts
    assert set(facts) == {"new_lamp"}
    price = facts["new_lamp"]
    assert (price.value.mean, price.value.known, price.date) == (4, (2, 9), "2026-03")


def test_facts_that_were_said_are_stated_and_no_longer_asked_for(tmp_path: Path) -> None:
    brief = lamps(tmp_path)
    assert (
        new(brief, LAMP_ANSWERS + "date: 2026-11\nfact.old_lamp: 800 h .. 1000 h\nfact.new_lamp: 5 EUR\n")
        == 0
    )
    facts = load(brief, check=False).facts
    assert set(facts) == {"old_lamp", "new_lamp"}
    assert facts["old_lamp"].value.known == (800 * 3600, 1000 * 3600)
    assert facts["new_lamp"].value.mean == 5 and "example.org" not in brief.read_text()
    assert all(fact.date == "2026-11" for fact in facts.values())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "date: 2026-11\nfact.old_lamp: 5 EUR\n",
            "fact.old_lamp: expected an amount such as `900 h`, found `5 EUR`",
        ),
        ("date: 2026-11\nfact.lamp: 900 h\n", "there is no question `fact.lamp`"),
        ("fact.old_lamp: 900 h\n", "date: it is not answered"),
        ("date: soon\nfact.old_lamp: 900 h\n", "date: expected a day or a month"),
        ("date: 2026-11\nfacts: maybe\n", "facts: expected one of those above"),
    ],
)
def test_answers_that_state_no_fact_are_refused(
    more: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(lamps(tmp_path), LAMP_ANSWERS + more) == 2
    assert said in capsys.readouterr().err


def test_the_interview_asks_for_facts_one_by_one_when_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = lamps(tmp_path)
    said = [
        "Light",
        "It is dark.",
        "",
        "light a room",
        "30/month",
        "",
        "",
        "yes",
        "2026-11",
        "soon",
        "900 h",
        "",
        "",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(said) + "\n"))
    assert main(["new", "--out", str(brief)]) == 0
    asked = capsys.readouterr().err
    assert "How long a lamp burns?\n  (written such as `900 h`; the box; nothing: left out)" in asked
    assert "(usual: 2 EUR .. 9 EUR" in asked and "expected an amount such as `900 h`, found `soon`" in asked
    assert asked.index("How long a lamp burns?") < asked.index("LED lamps, price of one?")
    assert set(load(brief, check=False).facts) == {"old_lamp", "new_lamp"}


@pytest.mark.parametrize(
    ("old", "new_text", "said"),
    [
        ("    date: 2026-03\n", "", "what is `usual` needs a `source` and a `date`"),
        ("usual: 2 EUR .. 9 EUR", "usual: 2 USD .. 9 USD", "expected a unit as in `4 EUR`"),
        ("like: 4 EUR", "like: 10 EUR", "`10 EUR` isn't within `2 EUR .. 9 EUR`"),
        ("like: 900 h, ", "", "key `like` is missing"),
    ],
)
def test_a_description_that_does_not_hold_together_is_refused(
    old: str, new_text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = lamps(tmp_path)
    (tmp_path / "patterns" / "facts.yaml").write_text(OWN.replace(old, new_text))
    assert new(brief, LAMP_ANSWERS) == 2
    assert said in capsys.readouterr().err


def test_what_is_missing_is_told_by_its_title_once_for_all_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = lamps(tmp_path)
    assert new(brief, LAMP_ANSWERS) == 0
    capsys.readouterr()
    assert main(["design", str(brief), "--no-write"]) == 2
    said = capsys.readouterr().err
    assert (
        "wants.main: nothing is left for role `lamp` (Which lamp?): an option needs all of its facts" in said
    )
    assert "\n    odd_lamp (odd)\n    old_lamp: how long a lamp burns, such as `900 h` (old)\n" in said
    assert "`odd_lamp: {value: 4 ms, source: who says so, date: 2026-11}`" in said
    stated = brief.read_text().replace("#odd_lamp: {value: unknown", "odd_lamp: {value: 1 h/month")
    brief.write_text(stated.replace("YYYY-MM", "2026-11"))
    space = resolve(brief, library([tmp_path / "patterns"]))
    (left_out,) = space.not_offered
    assert left_out.reason == "no fact old_lamp (how long a lamp burns) is stated"
    assert left_out.missing == ("old_lamp",)


def test_a_small_capability_goes_from_an_interview_to_a_design(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = tmp_path / "brief.yaml"
    assert new(brief, INTERNET + "date: 2026-11\n") == 0
    brief.write_text(re.sub(r"^  #(?=\w)", "  ", brief.read_text(), flags=re.MULTILINE))
    capsys.readouterr()
    assert main(["design", str(brief), "--no-write", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["proposals"]


def test_what_no_design_has_a_figure_of_is_told_with_what_to_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = lamps(tmp_path)
    pattern = tmp_path / "patterns" / "lamps.yaml"
    pattern.write_text(LAMPS.replace(", price: {once: $new_lamp}", "").replace("price: 1 EUR/month, ", ""))
    assert new(brief, LAMP_ANSWERS + "date: 2026-11\nfact.old_lamp: 900 h\n") == 0
    capsys.readouterr()
    main(["design", str(brief), "--no-write"])
    said = capsys.readouterr().out
    assert "figures are missing" in said
    assert "cost/month can't be shown for any design: please state components.lamp.price" in said


@pytest.mark.parametrize("command", ["design", "assess", "check", "simulate", "trace"])
def test_a_file_that_is_not_there_is_named_as_it_was_given(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command, "t1/brief.yaml"]) == 2
    assert "t1/brief.yaml:1:1: expected a file, found nothing there" in capsys.readouterr().err


def test_facts_of_which_everything_is_still_a_remark_are_none(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(
        "groma: 1\nsystem: Shop\ncurrency: EUR\nfacts:\n  #one: {value: 1 h, source: x, date: 2026}\n"
    )
    assert load(file).facts == {}


def test_the_formatter_leaves_remarks_beneath_a_section_that_has_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    remarks = "facts:\n\n  # what\n  #one: {value: 1 h, source: x, date: 2026}\n"
    head = "groma: 1\nsystem: Shop\ncurrency: EUR\nwants: {main: {capability: sell}}\n"
    file.write_text(head + remarks)
    assert main(["fmt", str(file)]) == 0
    assert remarks in file.read_text()
    assert main(["fmt", "--check", str(file)]) == 0


def test_a_design_whose_inputs_are_not_named_is_not_offered(tmp_path: Path) -> None:
    brief = lamps(tmp_path)
    other = LAMPS.replace("pattern: lamps", "pattern: candles").replace(
        "{rate:", "{wax: {title: who has wax}, rate:"
    )
    (tmp_path / "patterns" / "candles.yaml").write_text(other)
    assert new(brief, LAMP_ANSWERS + "date: 2026-11\nfact.old_lamp: 900 h\n") == 0
    space = resolve(brief, library([tmp_path / "patterns"]))
    assert [(n.option, n.reason) for n in space.not_offered if not n.missing] == [
        ("candles", "the brief names no wax")
    ]
    assert [v.name for v in space.role("main.pattern").variants] == ["lamps"]
