"""JUnit and SARIF keep the form that their readers expect, whatever the words in them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from groma.exporters import junit, sarif
from groma.model.figure import Ledger, NeedResult, Target, Verdict
from groma.model.finding import Evidence, Finding
from groma.model.load import loads
from groma.model.position import Position

MODEL = loads("groma: 1\nsystem: Shop\ncurrency: EUR\n")
VERDICTS: tuple[Verdict, ...] = ("met", "missed", "undecided", "not shown", "disputed")
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def ledger_of(verdicts: list[Verdict], why: str) -> Ledger:
    ledger = Ledger("digest")
    ledger.needs[:] = [
        NeedResult(f"n{n}", "cost/month", Target("at_most", 1.0, text="at most 1"), verdict, why=why)
        for n, verdict in enumerate(verdicts)
    ]
    return ledger


@given(st.lists(st.sampled_from(VERDICTS), max_size=6), ANY_TEXT)
def test_junit_counts_what_it_holds(verdicts: list[Verdict], why: str) -> None:
    root = ElementTree.fromstring(junit(f"Shop {why}", ledger_of(verdicts, why)).encode())
    (suite,) = root
    assert root.tag == "testsuites" and suite.tag == "testsuite"
    assert suite.attrib["tests"] == str(len(suite)) == str(len(verdicts))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.attrib[attribute] == str(len(suite.findall(f"testcase/{tag}")))
    assert len(suite.findall("testcase/failure")) == verdicts.count("missed")
    assert len(suite.findall("testcase/error")) == verdicts.count("undecided") + verdicts.count("disputed")


@given(st.lists(st.sampled_from(VERDICTS), max_size=6), ANY_TEXT)
def test_sarif_has_what_the_standard_demands(verdicts: list[Verdict], why: str) -> None:
    finding = Finding(
        "r",
        "r:components.a",
        why or "t",
        "warning",
        (Evidence("components.a", why, Position("m.yaml", 3, 2)),),
        "c",
        why,
    )
    document = json.loads(sarif(MODEL, ledger_of(verdicts, why), [finding]))
    assert document["version"] == "2.1.0" and len(document["runs"]) == 1
    run = document["runs"][0]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert driver["name"] == "groma" and len(ids) == len(set(ids))
    assert len(run["results"]) == len(verdicts) - verdicts.count("met") + 1
    for result in run["results"]:
        assert result["ruleId"] in ids and result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        for place in result.get("locations", ()):
            region = place["physicalLocation"]["region"]
            assert region["startLine"] >= 1 and region["startColumn"] >= 1
    prints = [result["partialFingerprints"]["groma/v1"] for result in run["results"]]
    assert len(prints) == len(set(prints))
