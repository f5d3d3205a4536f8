"""Findings of rules, those of a kind together: what was found of this model, and beneath it what each kind means.

What a rule says of every model (what such a finding leads to, what to do) stands once, as a definition of the kind; a
row tells only what is so here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groma.documents.content import Blocks, Column, Definitions, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, coded, line, sentence
from groma.documents.steps_in_words import short_path
from groma.model.finding import Finding
from groma.rules import Rule, rules

LEAST_SHARED = 2
"""Words at the beginning and end of titles from which on they are said once."""
PLACES = 4
"""Places that are named where one thing is found at several; more are counted."""


def findings_table(subject: Subject, findings: tuple[Finding, ...], document: str) -> Blocks:
    """One row a kind of finding, the worst first; then what the kinds mean. `document` is whose part it is."""
    if not findings:
        return ()
    known = rules()
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.rule, []).append(finding)
    rows = tuple(
        Row(
            (
                line(Strong(line(known[kind].title if kind in known else same[0].title))),
                coded(_told(subject, known.get(kind), same)),
                coded(" ".join(_own(known.get(kind), same, "remedy"))),
            ),
            unique_refs(ref for finding in same for ref in finding.figures),
        )
        for kind, same in kinds.items()
    )
    columns = (Column("Kind"), Column("Found", share=3.0), Column("What to do", share=1.4))
    table = subject.because(Table(columns, rows))
    return (table, *meanings((known[kind] for kind in kinds if kind in known), document))


def meanings(kinds: Iterable[Rule], document: str, name: str = "kinds") -> Blocks:
    """What findings of these rules lead to and what is done about them, whichever model they are found in."""
    entries: list[tuple[Inlines, Inlines]] = [
        (line(rule.title), coded(f"{sentence(rule.consequence)} {sentence(rule.remedy)}")) for rule in kinds
    ]
    if not entries:
        return ()
    return part(document, name, "What these kinds mean", (Definitions(tuple(entries)),))


def _told(subject: Subject, rule: Rule | None, same: list[Finding]) -> str:
    """What was found; findings that lead to something of their own in sentences apart, each with that."""
    leading: dict[str, list[Finding]] = {}
    for finding in same:
        leading.setdefault(" ".join(_own(rule, [finding], "consequence")), []).append(finding)
    if len(leading) == 2 and "" in leading:
        leading = {next(filter(None, leading)): same}
    told = [
        f"{sentence(_found(subject, several))} {leads_to}" if leads_to else _found(subject, several)
        for leads_to, several in leading.items()
    ]
    return " ".join(told if len(told) < 2 else (sentence(each) for each in told))


def _found(subject: Subject, same: list[Finding]) -> str:
    """Titles of the findings together, each once, with its places where it is found at several."""
    places: dict[str, list[str]] = {}
    for finding in same:
        places.setdefault(finding.title, []).append(finding.evidence[0].element if finding.evidence else "")
    titles = [
        title if len(where) == 1 else f"{title} ({_listed([_place(subject, each) for each in where])})"
        for title, where in places.items()
    ]
    return together(titles)


def together(titles: Sequence[str]) -> str:
    """Several titles in one, what all of them begin and end with said once: `No copy of A; B is described`."""
    if len(titles) < 2:
        return "".join(titles)
    words = [title.split(" ") for title in titles]
    most = min(len(each) for each in words) - 1
    first = next((n for n in range(most) if len({each[n] for each in words}) > 1), most)
    last = next((n for n in range(most - first) if len({each[-1 - n] for each in words}) > 1), most - first)
    if first < LEAST_SHARED:  # one word, such as `GDPR`, is missed where it isn't said
        first = 0
    if first + last < LEAST_SHARED:
        return "; ".join(titles)
    own = [" ".join(each[first : len(each) - last]) for each in words]
    colon = ":" if last and all(each.endswith(":") for each in own) else ""
    middle = "; ".join(each.removesuffix(":") if colon else each for each in own) + colon
    return " ".join(part for part in (*words[0][:first], middle, *words[0][len(words[0]) - last :]) if part)


def _place(subject: Subject, element: str) -> str:
    section, _, name = element.partition(".")
    return short_path(element) if section == "flows" else name_of(subject.model, name)


def _listed(where: list[str]) -> str:
    named = list(dict.fromkeys(where))
    more = len(named) - PLACES
    return ", ".join(named[:PLACES]) + (f" and {more} more" if more > 0 else "")


def _own(rule: Rule | None, same: list[Finding], what: str) -> list[str]:
    """What is said of these findings beyond what the rule says of all."""
    of_all = "" if rule is None else getattr(rule, what)
    return list(dict.fromkeys(sentence(text) for each in same if (text := getattr(each, what)) != of_all))
