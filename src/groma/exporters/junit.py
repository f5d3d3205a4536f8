"""Needs and checks as JUnit XML, so that a build server shows them among the tests and stops on a missed one.

The form is that of Jenkins' `junit-10.xsd` (xunit plugin), which the common servers read: one `testsuite`, one
`testcase` a need; missed is a failure, undecided an error (nobody may build on it), not shown is skipped. There is no
wall clock in it, so that the same model gives the same file.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from groma.model.figure import Ledger, NeedResult
from groma.model.finding import Finding


def junit(system: str, ledger: Ledger) -> str:
    """The XML text of all needs of a ledger."""
    verdicts = [result.verdict for result in ledger.needs]
    suite = ElementTree.Element(
        "testsuite",
        name=_legal(f"needs of {system}"),
        tests=str(len(verdicts)),
        failures=str(verdicts.count("missed")),
        errors=str(sum(verdict in ("undecided", "disputed") for verdict in verdicts)),
        skipped=str(verdicts.count("not shown")),
        time="0",
    )
    for result in ledger.needs:
        _case(suite, result)
    return _written(suite)


def junit_of_rules(
    system: str, looked: Iterable[tuple[str, str, int, Iterable[Finding]]], kind: str = "left to guess"
) -> str:
    """The XML text of a check: one `testcase` a rule (id, title, places looked at, findings); findings fail it."""
    rows = [(name, title, places, tuple(findings)) for name, title, places, findings in looked]
    suite = ElementTree.Element(
        "testsuite",
        name=_legal(f"check of {system}"),
        tests=str(len(rows)),
        failures=str(sum(bool(findings) for *_, findings in rows)),
        errors="0",
        skipped="0",
        time="0",
    )
    for name, title, places, findings in rows:
        case = ElementTree.SubElement(suite, "testcase", classname="check", name=_legal(name), time="0")
        if findings:
            said = _legal(f"{title}: {len(findings)} of {places}")
            failure = ElementTree.SubElement(case, "failure", type=kind, message=said)
            failure.text = _legal("\n".join(f"{finding.id}: {finding.title}" for finding in findings))
        else:
            ElementTree.SubElement(case, "system-out").text = f"{places} places looked at"
    return _written(suite)


def _case(suite: ElementTree.Element, result: NeedResult) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=_legal(result.figure), name=_legal(result.need), time="0"
    )
    said = _legal(result.why or result.target.text)
    match result.verdict:
        case "missed":
            ElementTree.SubElement(case, "failure", type="missed", message=said).text = _facts(result)
        case "undecided" | "disputed":
            ElementTree.SubElement(case, "error", type=result.verdict, message=said).text = _facts(result)
        case "not shown":
            ElementTree.SubElement(case, "skipped", message=said)
        case "met":
            ElementTree.SubElement(case, "system-out").text = said


def _facts(result: NeedResult) -> str:
    wanted = f"wanted: {result.target.text}"
    if not result.would_change:
        return _legal(wanted)
    return _legal(f"{wanted}\nwould decide it: {', '.join(result.would_change)}")


def _written(suite: ElementTree.Element) -> str:
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n"


def _legal(text: str) -> str:
    """Without the characters XML 1.0 can't hold (production [2] Char)."""
    return "".join(
        c if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000" else "�"
        for c in text
    )
