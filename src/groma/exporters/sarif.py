"""Needs that are not met and findings of rules as SARIF 2.1.0, so that code review shows them at the line of the model.

OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (2020): a run has a tool with its rules and
results with level, message, location and a fingerprint that stays the same while the finding does. Columns count
UTF-16 code units unless the run says otherwise; ours count characters, so it says `unicodeCodePoints` (3.14.17).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from groma import __version__
from groma.model.elements import Model
from groma.model.figure import Ledger, NeedResult
from groma.model.finding import Finding
from groma.model.position import Position

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"note": "note", "warning": "warning", "error": "error"}
NEED_RULES = {
    "missed": (
        "error",
        "A need is missed: the whole interval of its figure lies on the wrong side of the target.",
    ),
    "undecided": ("warning", "A need is undecided: the interval of its figure holds the target."),
    "disputed": ("warning", "A need is disputed: two ways of working out its figure disagree."),
    "not shown": ("warning", "A need is not shown: facts are missing."),
}


def sarif(model: Model, ledger: Ledger, findings: Iterable[Finding], folder: str = "") -> str:
    """The SARIF text of what is wrong with a model: needs first, then findings in their order.

    `folder` is the model's folder as seen from where the file is read (with `/`); empty when it lies there.
    """
    found = list(findings)
    results = [_need(model, result, folder) for result in ledger.needs if result.verdict in NEED_RULES]
    results += [_finding(finding, folder) for finding in found]
    rules = [_need_rule(verdict) for verdict in NEED_RULES]
    rules += [
        {"id": name, "shortDescription": {"text": title}, "help": {"text": remedy or title}}
        for name, (title, remedy) in _rules(found).items()
    ]
    return _document(rules, results)


def sarif_of_findings(
    rules: Iterable[tuple[str, str, str]], findings: Iterable[Finding], folder: str = ""
) -> str:
    """The SARIF text of findings that belong to no model; rules are (id, title, remedy). A finding without a position
    stands at the address that its evidence names."""
    described = [
        {"id": name, "shortDescription": {"text": title}, "help": {"text": remedy or title}}
        for name, title, remedy in rules
    ]
    return _document(described, [_finding(finding, folder) for finding in findings])


def _document(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> str:
    used = {result["ruleId"] for result in results}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "groma",
                        "semanticVersion": __version__,
                        "rules": [rule for rule in rules if rule["id"] in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rules(findings: Iterable[Finding]) -> Mapping[str, tuple[str, str]]:
    return {
        finding.rule: (finding.title, finding.remedy) for finding in sorted(findings, key=lambda f: f.rule)
    }


def _need_rule(verdict: str) -> dict[str, Any]:
    return {"id": _rule_of(verdict), "shortDescription": {"text": NEED_RULES[verdict][1]}}


def _rule_of(verdict: str) -> str:
    return f"need-{verdict.replace(' ', '-')}"


def _need(model: Model, result: NeedResult, folder: str) -> dict[str, Any]:
    need = model.needs.get(result.accompanies or result.need)
    would = f" What would decide it: {', '.join(result.would_change)}." if result.would_change else ""
    return _result(
        _rule_of(result.verdict),
        NEED_RULES[result.verdict][0],
        f"{result.need} is {result.verdict}: {result.why or result.target.text}.{would}",
        [] if need is None else [_location(need.at, folder)],
        f"{result.need}/{result.verdict}",
    )


def _finding(finding: Finding, folder: str) -> dict[str, Any]:
    text = " ".join(part for part in (finding.consequence, finding.remedy) if part) or finding.title
    places = [_location(evidence.at, folder) for evidence in finding.evidence if evidence.at is not None]
    if not places:
        addresses = [e.element for e in finding.evidence if e.element.startswith(("http://", "https://"))]
        places = [{"physicalLocation": {"artifactLocation": {"uri": url}}} for url in addresses]
    return _result(finding.rule, LEVELS[finding.severity], text, places, finding.id)


def _result(
    rule: str, level: str, text: str, places: list[dict[str, Any]], fingerprint: str
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "partialFingerprints": {"groma/v1": fingerprint},
    }
    if places:
        result["locations"] = [places[0]]
    if places[1:]:
        result["relatedLocations"] = places[1:]
    return result


def _location(place: Position, folder: str) -> dict[str, Any]:
    from urllib.parse import quote

    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(f"{folder}/{place.file}" if folder else place.file)},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    }
