"""Reads `site.yaml`: binds it, fills in facts, and checks what single keys can't. All problems are told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from groma.model.elements import Fact as ModelFact
from groma.model.elements import Model
from groma.model.grammar import Reader, bind, did_you_mean
from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse, read
from groma.site.plan.elements import Fact, Page, Plan, Policy, Said

QUOTED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
MOST_PAGES = 200_000


def read_plan(path: Path, model: Model | None = None) -> Plan:
    """The plan of a file, with the facts of `model` (or of the model that it names) quoted in its texts.

    Raises ModelError with every problem, each with its line.
    """
    node = parse(read(path, path.name), path.name)
    if not isinstance(node, MappingNode):
        raise ModelError(Problem(node.at, "expected a site: a mapping with `site: NAME`, `base` and `pages`"))
    reader = Reader(folder=str(path.parent))
    body = MappingNode(tuple(e for e in node.entries if e[0].value != "groma"), node.at, node.end, False)
    found: Plan | None = bind(Plan, body, "", reader, name="", at=node.at)
    if found is None or reader.problems:
        raise ModelError(reader.problems)
    problems: list[Problem] = []
    if model is None and found.model is not None:
        model = _model(path.parent / found.model, found, problems)
    if found.existing is not None and not (path.parent / found.existing).exists():
        problems.append(Problem(found.at, f"existing: there is no file or folder `{found.existing}`"))
    found = _quoted(found, model, problems)
    problems += [*_references(found, model), *_addresses(found), *_policy(found.crawlers)]
    if problems:
        raise ModelError(problems)
    return found


def _model(path: Path, plan: Plan, problems: list[Problem]) -> Model | None:
    from groma.model.load import load

    if not path.is_file():
        problems.append(Problem(plan.at, f"model: there is no file `{plan.model}`"))
        return None
    return load(path)


def _quoted(plan: Plan, model: Model | None, problems: list[Problem]) -> Plan:
    """The plan with `{fact}` in its texts replaced by what the fact says."""
    said = {name: _said(fact, model, problems) for name, fact in plan.facts.items()}

    def filled(text: Said) -> Said:
        for name in QUOTED.findall(text.text):
            if name not in said:
                problems.append(
                    Problem(text.at, f"there is no fact `{name}`{did_you_mean(name, list(said))}")
                )
        names = [name for name in QUOTED.findall(text.text) if name in said]
        source = "; ".join(dict.fromkeys(said[name].source for name in names))
        known = {name: said[name].text for name in names}
        return Said(QUOTED.sub(lambda m: known.get(m.group(1), m.group()), text.text), text.at, source)

    return replace(
        plan,
        services=_over(plan.services, filled),
        questions=_over(plan.questions, filled),
        pages=_over(plan.pages, filled),
        organisation=_each(plan.organisation, filled),
    )


def _over(table: Mapping[str, Any], filled: Any) -> dict[str, Any]:
    return {name: _each(element, filled) for name, element in table.items()}


def _each(element: Any, filled: Any) -> Any:
    changes: dict[str, Any] = {}
    for item in fields(element):
        value = getattr(element, item.name)
        if isinstance(value, Said):
            changes[item.name] = filled(value)
        elif isinstance(value, tuple):
            parts = cast("tuple[Any, ...]", value)
            changes[item.name] = tuple(filled(one) if isinstance(one, Said) else one for one in parts)
    return replace(element, **changes)


def _said(fact: Fact, model: Model | None, problems: list[Problem]) -> Said:
    """What a fact says, and who says so; a text whose number isn't the model's is a contradiction."""
    where = f"facts.{fact.name}"
    if fact.of is None:
        if fact.says is None or not fact.source or fact.date is None:
            problems.append(
                Problem(
                    fact.at, f"{where}: expected `says`, `source` and `date`, or `of: $FACT` of the model"
                )
            )
        return Said(str(fact.says or ""), fact.at, f"{fact.source} ({fact.date})")
    known: Mapping[str, ModelFact] = model.facts if model is not None else {}
    theirs = known.get(fact.of.removeprefix("$"))
    if theirs is None:
        hint = did_you_mean(fact.of.removeprefix("$"), list(known))
        problems.append(Problem(fact.at, f"{where}.of: the model has no fact `{fact.of}`{hint}"))
        return Said(str(fact.says or ""), fact.at)
    text = str(fact.says or theirs.value.text)
    mine, its = _NUMBER.search(text), _NUMBER.search(theirs.value.text)
    if mine and its and mine.group() != its.group():
        problems.append(
            Problem(
                fact.says.at if fact.says else fact.at,
                f"{where}: says {mine.group()}, but the model says `{theirs.value.text}` ({theirs.at})",
            )
        )
    return Said(text, theirs.at, f"{theirs.source} ({theirs.date})")


def _references(plan: Plan, model: Model | None) -> Iterable[Problem]:
    def known(
        at: Position, where: str, name: str | None, table: Mapping[str, Any], what: str
    ) -> Iterable[Problem]:
        if name is not None and name not in table:
            yield Problem(at, f"{where}: there is no {what} `{name}`{did_you_mean(name, list(table))}")

    for page in plan.pages.values():
        where = f"pages.{page.name}"
        yield from known(page.at, f"{where}.under", page.under, plan.pages, "page")
        yield from known(page.at, f"{where}.translates", page.translates, plan.pages, "page")
        yield from known(page.at, f"{where}.service", page.service, plan.services, "service")
        for key, names, table in (
            ("questions", page.questions, plan.questions),
            ("people", page.people, plan.people),
            ("proofs", page.proofs, plan.proofs),
        ):
            for name in names:
                yield from known(
                    page.at, f"{where}.{key}", name, table, key.rstrip("s").replace("people", "person")
                )
        if not 0 <= page.priority <= 1:
            yield Problem(page.at, f"{where}.priority: expected 0 to 1, found {page.priority:g}")
        if page.language is not None and not _LANGUAGE.fullmatch(page.language):
            yield Problem(
                page.at, f"{where}.language: expected a language such as `de`, found `{page.language}`"
            )
    for service in plan.services.values():
        for name in service.places:
            yield from known(service.at, f"services.{service.name}.places", name, plan.places, "place")
    if model is not None:
        parts = {**model.flows, **model.components, **model.wants, **model.data}
        for person in plan.people.values():
            yield from known(
                person.at, f"people.{person.name}.of", person.of, model.people, "person in the model"
            )
        for service in plan.services.values():
            yield from known(
                service.at, f"services.{service.name}.of", service.of, parts, "such part of the model"
            )


def _addresses(plan: Plan) -> Iterable[Problem]:
    """Addresses that are none, pages without way to the home page, more or fewer than one home page a language."""
    base = urlsplit(plan.base.text)
    if (
        base.scheme not in ("http", "https")
        or not base.netloc
        or base.path != "/"
        or base.query
        or base.fragment
    ):
        yield Problem(
            plan.base.at, f"base: expected an address such as https://www.example.com/, found `{plan.base}`"
        )
    if not _LANGUAGE.fullmatch(plan.language):
        yield Problem(plan.at, f"language: expected a language such as `de`, found `{plan.language}`")
    if len(plan.pages) > MOST_PAGES:
        yield Problem(plan.at, f"pages: expected at most {MOST_PAGES}, found {len(plan.pages)}")
    languages = {page.language or plan.language for page in plan.pages.values()}
    for language in sorted(languages):
        homes = [
            p for p in plan.pages.values() if p.kind == "home" and (p.language or plan.language) == language
        ]
        if len(homes) != 1:
            yield Problem(
                plan.at, f"pages: expected one page of kind `home` in `{language}`, found {len(homes)}"
            )
    for page in plan.pages.values():
        yield from _way_up(plan, page)
    addresses = [*plan.organisation.same_as, *(url for p in plan.people.values() for url in p.same_as)]
    addresses += [url for url in (plan.enquiry.form, plan.enquiry.booking) if url] if plan.enquiry else []
    for address in addresses:
        parts = urlsplit(address.text)
        if parts.scheme != "https" or not parts.netloc or set(address.text) & set(" \"'<>;\\"):
            yield Problem(address.at, f"expected an address that begins with https://, found `{address}`")


def _way_up(plan: Plan, page: Page) -> Iterable[Problem]:
    seen: set[str] = set()
    at: Page | None = page
    while at is not None and at.under is not None:
        if at.name in seen:
            yield Problem(page.at, f"pages.{page.name}.under: the pages stand under each other in a ring")
            return
        seen.add(at.name)
        at = plan.pages.get(at.under)


def _policy(policy: Policy | None) -> Iterable[Problem]:
    from groma.site.crawlers import crawlers

    if policy is None:
        return
    tokens = [crawler.token for crawler in crawlers()]
    for token, choice in policy.only.items():
        if token not in tokens:
            hint = did_you_mean(token, tokens)
            yield Problem(policy.at, f"crawlers.only: the table `ai-crawlers` holds no `{token}`{hint}")
        if choice not in ("allow", "deny"):
            yield Problem(policy.at, f"crawlers.only.{token}: expected `allow` or `deny`, found `{choice}`")
    for path in policy.keep_out:
        if not path.text.startswith("/") or set(path.text) & set("#\n\r "):
            yield Problem(path.at, f"crawlers.keep_out: expected a path such as /internal/, found `{path}`")
