"""Symptoms grouped by the element at fault: what most causes' `find` is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groma.model.finding import Finding
from groma.survey.cause import Case
from groma.survey.ground import Ground

Fault = Callable[[Ground, Finding], str | None]
"""The path of the element at fault, empty for the whole business, None where the symptom isn't of the cause."""

Tell = Callable[[Ground, str, tuple[Finding, ...]], Case]


def by(fault: Fault, tell: Tell) -> Callable[[Ground, tuple[Finding, ...]], tuple[Case, ...]]:
    """A `find` that makes one case of all symptoms with the same element at fault, in the order of their paths."""

    def find(ground: Ground, findings: tuple[Finding, ...]) -> tuple[Case, ...]:
        groups: dict[str, list[Finding]] = {}
        for finding in findings:
            at = fault(ground, finding)
            if at is not None:
                groups.setdefault(at, []).append(finding)
        return tuple(tell(ground, key, tuple(mine)) for key, mine in sorted(groups.items()))

    return find


def everywhere(ground: Ground, finding: Finding) -> str:
    """The whole business is at fault."""
    del ground, finding
    return ""


def where(*sections: str) -> Fault:
    """The first element of these sections that the evidence names."""

    def fault(ground: Ground, finding: Finding) -> str | None:
        return element_in(ground, finding, *sections)

    return fault


def first_there(ground: Ground, finding: Finding) -> str:
    """The first element of the evidence that is there; the whole business where none is."""
    return next((path for path in elements(ground, finding) if ground.there(path)), "")


def told(words: str, *special: tuple[set[str], str]) -> Tell:
    """A case of one element, titled `“its name”: words`, or with the words for when only some rules speak for it."""

    def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
        rules = {finding.rule for finding in mine}
        what = next((said for only, said in special if rules <= only), words)
        title = f"“{ground.name_of(key)}”: {what}"
        return Case(key=key, title=title, symptoms=mine, touches=(key,), flows=flows_at(ground, (key,)))

    return tell


def element_in(ground: Ground, finding: Finding, *sections: str) -> str | None:
    """The first element of the evidence that lies in one of these sections and is there."""
    for section in sections:
        for path in elements(ground, finding):
            if path.startswith(f"{section}.") and ground.there(path):
                return path
    return None


def elements(ground: Ground, finding: Finding) -> tuple[str, ...]:
    """Elements that a finding's evidence names, each once."""
    return tuple(dict.fromkeys(ground.element(evidence.element) for evidence in finding.evidence))


def touched(ground: Ground, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Elements that symptoms name."""
    return tuple(dict.fromkeys(path for finding in findings for path in elements(ground, finding)))


def flows_at(ground: Ground, paths: Iterable[str]) -> tuple[str, ...]:
    """Flows that start and lie at, or call, elements."""
    found: dict[str, None] = {}
    for path in paths:
        section, _, name = path.partition(".")
        if section == "flows" and name in ground.subject.started:
            found[name] = None
        elif section == "components" and name in ground.model.components:
            found.update(dict.fromkeys(ground.flows_of(name)))
        elif section == "suppliers":
            for component in ground.model.components.values():
                if component.supplier == name:
                    found.update(dict.fromkeys(ground.flows_of(component.name)))
        elif section == "data" and name in ground.model.data:
            for holder in ground.model.data[name].held_by:
                found.update(dict.fromkeys(ground.flows_of(holder)))
    return tuple(found)


def quoted(names: Iterable[str], most: int = 3) -> str:
    """`“a”, “b” and “c”`: for names that are words of a sentence."""
    return said((f"“{name}”" for name in names), most)


def said(names: Iterable[str], most: int = 3) -> str:
    """`a, b and c`, or `a, b and 4 more`."""
    each = list(dict.fromkeys(names))
    if len(each) > most:
        each = [*each[: most - 1], f"{len(each) - most + 1} more"]
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}" if each else "nothing"
