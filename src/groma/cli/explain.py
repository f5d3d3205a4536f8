"""`groma explain TERM`: a figure down to the lines it comes from, a finding, a rule, a cause, a measure, a key."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.target import check_folders, model_options, refuse_brief, target_of
from groma.cli.verdicts import fact, figure_as_data

if TYPE_CHECKING:
    from groma.model.figure import Figure, Ledger
    from groma.model.finding import Finding
    from groma.rules import Rule

DEEPEST = 12


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Explain a term. Without a model: a rule, a cause of a survey or an audit of a site (by its id), a kind of "
        "measure (latency), a key of the language (retry, components.replicas). With --in MODEL also a figure of that "
        "model (cost/month), down to the lines it comes from, a need, and a finding (its id)."
    )
    parser.add_argument("term", metavar="TERM", help="what to explain")
    parser.add_argument(
        "--in", dest="model", type=Path, metavar="MODEL", help="the model whose figure or finding it is"
    )
    model_options(parser)
    examples(
        parser,
        "groma explain latency",
        "groma explain components.replicas",
        "groma explain cost/month --in model.yaml",
    )


def run(args: Arguments) -> int:
    check_folders("--catalog", args.catalog)
    check_folders("--rules", args.rules)
    told: list[dict[str, Any]] = []
    if args.model is not None:
        told += _of_model(args)
    told += [
        *_rules(args), *_causes(args.term), *_audits(args.term), *_measures(args.term), *_keys(args.term)
    ]  # fmt: skip
    if not told:
        raise UserError(_nothing(args))
    args.console.answer(told)
    for number, item in enumerate(told):
        if number:
            args.console.say()
        for line in item["lines"]:
            args.console.say(line)
    return Status.MET


def _of_model(args: Arguments) -> list[dict[str, Any]]:
    from groma import api

    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    assessed = api.assess(model, catalog=api.catalog(args.catalog), rules=args.rules)
    found: list[dict[str, Any]] = []
    need = model.needs.get(args.term)
    name = args.term if need is None else need.measure
    if name in assessed.ledger:
        found.append(_figure(assessed.ledger, name))
    found += [_finding(assessed.ledger, finding) for finding in assessed.findings if finding.id == args.term]
    if not found:
        args.model_terms = [*model.needs, *assessed.ledger.figures, *(f.id for f in assessed.findings)]
    return found


def _figure(ledger: Ledger, name: str) -> dict[str, Any]:
    lines = list(_tree(ledger, name))
    results = [result for result in ledger.needs if result.figure == name]
    lines += [f"need {r.need}: {r.verdict} ({r.target.text}); {r.why}" for r in results]
    return {"kind": "figure", **figure_as_data(ledger[name]), "lines": lines}


def _tree(ledger: Ledger, name: str) -> Iterator[str]:
    """A figure, its derivation, and below each line what it was worked out from; each thing is told once."""
    seen: set[str] = set()

    def told(ref: str, depth: int) -> Iterator[str]:
        pad = "  " * depth
        figure = ledger.figures.get(ref)
        if figure is None:
            yield f"{pad}{fact(ledger, ref)}"
            return
        yield f"{pad}{_head(figure)}"
        if ref in seen or depth > DEEPEST:
            if figure.derivation or figure.inputs:
                yield f"{pad}  (told above)" if ref in seen else f"{pad}  ..."
            return
        seen.add(ref)
        if figure.reason:
            yield f"{pad}  {figure.reason}"
        of_lines: set[str] = set()
        for line in figure.derivation:
            yield f"{pad}  {line.text}{': ' + line.value if line.value else ''}"
            for below in line.refs:
                of_lines.add(below)
                yield from told(below, depth + 2)
        for below in figure.inputs:
            if below not in of_lines:
                yield from told(below, depth + 1)
        for condition in figure.valid:
            yield f"{pad}  holds: {condition}"
        if figure.envelope is not None:
            yield f"{pad}  load: {figure.envelope.words}"
        for missing in figure.missing:
            yield f"{pad}  missing: {missing}"

    yield from told(name, 0)


def _head(figure: Figure) -> str:
    from groma.documents.quote import figure_text

    by = f", {figure.method}" if figure.method else ""
    second = f"; a second way: {figure.second.method}" if figure.second is not None else ""
    return f"{figure.name} = {figure_text(figure)} ({figure.title}{by}{second})"


def _finding(ledger: Ledger, finding: Finding) -> dict[str, Any]:
    lines = [f"{finding.id}: {finding.title} ({finding.severity}, {finding.confidence})"]
    for evidence in finding.evidence:
        place = f" ({evidence.at})" if evidence.at is not None else ""
        lines.append(f"  seen: {evidence.element}: {evidence.text}{place}")
    lines += [f"  so: {finding.consequence}", f"  do: {finding.remedy}"]
    for name in finding.figures:
        if name in ledger:
            lines += [f"  {line}" for line in _tree(ledger, name)]
    lines += [f"  a symptom of: {cause}" for cause in finding.symptom_of]
    return {"kind": "finding", "id": finding.id, "rule": finding.rule, "lines": lines}


def _rules(args: Arguments) -> Iterator[dict[str, Any]]:
    rule = _known_rules(args).get(args.term)
    if rule is not None:
        lines = [
            f"{rule.id}: {rule.title} (a rule; {rule.severity})",
            f"  looks for: {rule.looks_for}",
            f"  why: {rule.why}",
            f"  do: {rule.remedy}",
            f"  source: {rule.source}",
            "  a model that breaks it:",
            *(f"    {line}" for line in rule.bad.rstrip().splitlines()),
        ]
        yield {"kind": "rule", "id": rule.id, "lines": lines}


def _known_rules(args: Arguments) -> dict[str, Rule]:
    from groma.rules import rules

    return rules(args.rules)


def _causes(term: str) -> Iterator[dict[str, Any]]:
    """A cause of a survey, by its id or as a report names one case of it (`one-supplier:suppliers.x`)."""
    from groma.survey import all_causes

    cause = all_causes().get(term.partition(":")[0])
    if cause is not None:
        least, most = cause.remedy.hours
        low, high = (round(share * 100) for share in cause.remedy.saves)
        by = f"{cause.remedy.by}, " if cause.remedy.by else ""
        lines = [
            f"{cause.id}: {cause.title} (a cause)",
            *(f"  seen by: {tie.rule}: {tie.why} ({tie.sure})" for tie in cause.explains),
            f"  do: {cause.remedy.text}",
            f"  takes: {by}{least:g} to {most:g} hours; saves {low} to {high} % of what it costs",
            f"  by what: {cause.remedy.basis}",
        ]
        yield {"kind": "cause", "id": cause.id, "lines": lines}


def _audits(term: str) -> Iterator[dict[str, Any]]:
    from groma.site.registry import all_audits

    audit = all_audits().get(term)
    if audit is not None:
        lines = [
            f"{audit.id}: {audit.title} (an audit of a site; {audit.tier}, {audit.severity})",
            f"  looks for: {audit.looks_for}",
            f"  why: {audit.why}",
            f"  so: {audit.consequence}",
            f"  do: {audit.remedy}",
            f"  source: {audit.source} ({audit.as_of})",
        ]
        yield {"kind": "audit", "id": audit.id, "lines": lines}


def _measures(term: str) -> Iterator[dict[str, Any]]:
    """Kinds of measures, as the file that reads them describes them."""
    from groma.model import measure

    kind, slash, _ = term.partition("/")
    if slash and not isinstance(measure.parse_measure(term), measure.ParsedMeasure):
        return
    lines = [
        line for line in (measure.__doc__ or "").splitlines()
        if line.startswith(f"{kind}/") or f", {kind}/" in line or f"  {kind}/" in line
    ]  # fmt: skip
    if kind in measure.KINDS and lines:
        yield {"kind": "measure", "lines": [f"{kind} (a kind of measure)", *(f"  {line}" for line in lines)]}


def _keys(term: str) -> Iterator[dict[str, Any]]:
    """Keys of the language: `replicas`, `components.replicas`, `retry`, `call`."""
    for owner, name, text in sorted(set(_all_keys())):
        if term in (name, f"{owner}.{name}"):
            yield {"kind": "key", "lines": [f"{owner}.{name} (a key of the language)", f"  {text}"]}


def _all_keys() -> Iterator[tuple[str, str, str]]:
    from groma.model.elements import Model
    from groma.model.grammar import Record, Table, keys_of
    from groma.model.schema import RECORDS
    from groma.model.steps import COMMON_KEYS, FORMS, POLICY_KEYS

    section_of: dict[str, str] = {}
    for name, (_, key) in keys_of(Model).items():
        yield "model", name, key.help
        if isinstance(key.kind, Table) and isinstance(key.kind.inner, Record):
            section_of[key.kind.inner.name] = name
    for cls in RECORDS:
        for name, (_, key) in keys_of(cls).items():
            yield section_of.get(cls.__name__, cls.__name__.lower()), name, key.help
    for word, form in FORMS.items():
        yield "step", word, form.help
        for _, key in form.keys.values():
            yield word, key.name, key.help
    for policy in (*POLICY_KEYS.values(), *COMMON_KEYS.values()):
        yield "step", policy.name, policy.help


def _nothing(args: Arguments) -> str:
    from groma.model.grammar import did_you_mean
    from groma.model.measure import KINDS
    from groma.site.registry import all_audits
    from groma.survey import all_causes

    known = [*_known_rules(args), *all_causes(), *all_audits(), *KINDS, *(name for _, name, _ in _all_keys())]
    known += getattr(args, "model_terms", [])
    hint = did_you_mean(args.term, known)
    where = "" if args.model is not None else "; a figure or a finding needs the model: --in MODEL"
    return f"`{args.term}` is not a rule, a cause, an audit, a kind of measure or a key{hint or where}"
