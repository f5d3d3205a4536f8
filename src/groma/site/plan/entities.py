"""The entity graph of a page as linked JSON-LD: schema.org nodes with ids that stay, texts that know where they stand.

A node is a mapping; a text that claims something is `Said`, everything else (ids, addresses, types, places in a list)
follows from the plan's form. What the page doesn't show isn't marked up. Properties are held against the vocabulary's
domains and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from groma.model.position import Position, Problem
from groma.site.features import Feature, features
from groma.site.plan.addresses import trail
from groma.site.plan.elements import Organisation, Page, Person, Plan, Said, Service
from groma.site.plan.structure import Structure, language_of
from groma.site.vocabulary import kinds, vocabulary

Node = dict[str, Any]
PRICE = re.compile(
    r"(?P<least>(?:from|ab)\s+)?(?P<amount>\d+(?:[.,]\d{1,2})?)\s*(?P<currency>[A-Z]{3})", re.I
)
PAGE_TYPES = {"contact": "ContactPage", "about": "AboutPage", "overview": "CollectionPage"}
FULL = ("home", "about", "contact", "legal")
"""Pages that show everything about the organisation; others show its name, telephone and address."""


def is_retired(type_: str, known: Sequence[Feature] | None = None) -> Feature | None:
    """The retired feature of a type for which no living one is left, None where the type can still earn something
    or never could."""
    mine = [f for f in (features() if known is None else known) if type_ in f.types]
    return mine[0] if mine and all(f.is_retired for f in mine) else None


def graph(
    plan: Plan, found: Structure, page: Page, known: Sequence[Feature] | None = None
) -> tuple[Node, ...]:
    """The nodes of a page. `known` are features to go by (the catalog's dated table)."""
    nodes = [_page(plan, found, page), _organisation(plan, found, page)]
    if page.kind == "home":
        nodes.append(_website(plan, found, page))
    steps = trail(plan, page)
    if len(steps) > 1:
        nodes.append(_breadcrumb(found, page, steps))
    if page.service is not None:
        nodes.append(_service(plan, found, page, plan.services[page.service]))
    if page.kind == "article":
        nodes.append(_article(plan, found, page))
    nodes += [_person(plan, found, plan.people[name]) for name in page.people]
    if page.questions and not is_retired("FAQPage", known):
        nodes.append(_questions(plan, found, page))
    return tuple(nodes)


def organisation_id(plan: Plan) -> str:
    return f"{plan.base.text}#organisation"


def _ref(id_: str) -> Node:
    return {"@id": id_}


def _without_nothing(node: Node) -> Node:
    return {key: value for key, value in node.items() if value is not None and value not in ((), [])}


def _page(plan: Plan, found: Structure, page: Page) -> Node:
    url = found.urls[page.name]
    main = f"{url}#service" if page.service else f"{url}#article" if page.kind == "article" else None
    return _without_nothing(
        {
            "@type": PAGE_TYPES.get(page.kind, "WebPage"),
            "@id": f"{url}#page",
            "url": url,
            "name": page.title,
            "description": page.lead,
            "inLanguage": language_of(plan, page),
            "isPartOf": _ref(f"{plan.base.text}#website"),
            "about": _ref(organisation_id(plan)) if page.kind in FULL else None,
            "mainEntity": _ref(main) if main else None,
            "breadcrumb": _ref(f"{url}#breadcrumb") if page.kind != "home" else None,
            "dateModified": _date(page.modified, page),
        }
    )


def _date(date: str | None, page: Page) -> Said | None:
    return Said(date, page.at) if date else None


def _website(plan: Plan, found: Structure, page: Page) -> Node:
    return {
        "@type": "WebSite",
        "@id": f"{plan.base.text}#website",
        "url": plan.base.text,
        "name": plan.site,
        "inLanguage": language_of(plan, page),
        "publisher": _ref(organisation_id(plan)),
    }


def _organisation(plan: Plan, found: Structure, page: Page) -> Node:
    one = plan.organisation
    node: Node = {
        "@type": one.kind,
        "@id": organisation_id(plan),
        "name": one.called,
        "url": plan.base.text,
        "telephone": one.telephone,
        "address": _address(one),
    }
    if page.kind in FULL:
        node |= {
            "legalName": one.legal_name,
            "description": one.about if page.kind in ("home", "about") else None,
            "email": one.email,
            "foundingDate": one.founded,
            "openingHours": one.hours,
            **one.ids,
            "sameAs": list(one.same_as),
        }
    node["hasCertification"] = [
        {
            "@type": "Certification",
            "@id": f"{plan.base.text}#certificate-{proof.name}",
            "name": proof.says,
            "issuedBy": {"@type": "Organization", "name": proof.by},
        }
        for proof in (plan.proofs[name] for name in page.proofs)
        if proof.kind == "certificate"
    ]
    return _without_nothing(node)


def _address(one: Organisation) -> Node | None:
    if one.address is None:
        return None
    return _without_nothing(
        {
            "@type": "PostalAddress",
            "streetAddress": one.address.street,
            "postalCode": one.address.postcode,
            "addressLocality": one.address.town,
            "addressCountry": one.address.country,
        }
    )


def _breadcrumb(found: Structure, page: Page, steps: Sequence[Page]) -> Node:
    return {
        "@type": "BreadcrumbList",
        "@id": f"{found.urls[page.name]}#breadcrumb",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": step.short or step.title,
                "item": found.urls[step.name],
            }
            for place, step in enumerate(steps, 1)
        ],
    }


def _service(plan: Plan, found: Structure, page: Page, service: Service) -> Node:
    served = service.places or tuple(plan.places)
    return _without_nothing(
        {
            "@type": "Service",
            "@id": f"{found.urls[page.name]}#service",
            "name": service.called,
            "description": service.about,
            "url": found.urls[page.name],
            "provider": _ref(organisation_id(plan)),
            "areaServed": [
                {
                    "@type": plan.places[name].kind,
                    "@id": f"{plan.base.text}#place-{name}",
                    "name": plan.places[name].called,
                }
                for name in served
            ],
            "offers": _offer(plan, service),
        }
    )


def _offer(plan: Plan, service: Service) -> Node | None:
    """An offer with its price; a lowest price is a specification, since it isn't what the service costs."""
    stated = PRICE.fullmatch(service.price.text) if service.price else None
    if service.price is None or stated is None:
        return None
    amount = Said(stated["amount"].replace(",", "."), service.price.at, service.price.source)
    currency = stated["currency"].upper()
    seller = {"offeredBy": _ref(organisation_id(plan))}
    if stated["least"]:
        least = {"@type": "PriceSpecification", "minPrice": amount, "priceCurrency": currency}
        return {"@type": "Offer", "priceSpecification": least, **seller}
    return {"@type": "Offer", "price": amount, "priceCurrency": currency, **seller}


def _article(plan: Plan, found: Structure, page: Page) -> Node:
    url = found.urls[page.name]
    author = f"{plan.base.text}#person-{page.people[0]}" if page.people else organisation_id(plan)
    return _without_nothing(
        {
            "@type": "Article",
            "@id": f"{url}#article",
            "headline": page.title,
            "description": page.lead,
            "author": _ref(author),
            "publisher": _ref(organisation_id(plan)),
            "datePublished": Said(page.published or page.modified or plan.date, page.at),
            "dateModified": _date(page.modified, page),
            "mainEntityOfPage": _ref(f"{url}#page"),
            "inLanguage": language_of(plan, page),
        }
    )


def _person(plan: Plan, found: Structure, person: Person) -> Node:
    return _without_nothing(
        {
            "@type": "Person",
            "@id": f"{plan.base.text}#person-{person.name}",
            "name": person.called,
            "jobTitle": person.job,
            "description": person.about,
            "email": person.email,
            "worksFor": _ref(organisation_id(plan)),
            "sameAs": list(person.same_as),
        }
    )


def _questions(plan: Plan, found: Structure, page: Page) -> Node:
    return {
        "@type": "FAQPage",
        "@id": f"{found.urls[page.name]}#questions",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.asks,
                "acceptedAnswer": {"@type": "Answer", "text": question.answer},
            }
            for question in (plan.questions[name] for name in page.questions)
        ],
    }


def leaves(node: Node) -> Iterator[tuple[str, str, Said]]:
    """Every claim in a node: (id of the nearest node that has one, dotted property below it, text)."""
    yield from _leaves(node, str(node.get("@id", "")), "")


def _leaves(value: Any, id_: str, path: str) -> Iterator[tuple[str, str, Said]]:
    if isinstance(value, Said):
        yield id_, path, value
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _leaves(one, id_, path)
    elif isinstance(value, dict):
        node = cast("Node", value)
        inner = str(node.get("@id", ""))
        if inner and inner != id_:
            id_, path = inner, ""
        for key, one in node.items():
            yield from _leaves(one, id_, f"{path}.{key}" if path else key)


def misfits(plan: Plan, nodes: Sequence[Node]) -> Iterator[Problem]:
    """Types that schema.org doesn't hold, and properties that stand on no type they may or hold what they may not."""
    words = vocabulary()
    types = {
        str(node["@id"]): str(node["@type"])
        for node in _all(list(nodes))
        if "@type" in node and "@id" in node
    }
    for node in _all(list(nodes)):
        if "@type" not in node:
            continue
        type_ = str(node["@type"])
        if not words.is_type(type_):
            yield Problem(_place(plan, node), f"schema.org (30.0) has no type `{type_}`")
            continue
        for key, value in node.items():
            if key.startswith("@"):
                continue
            if not words.may_carry((type_,), key):
                yield Problem(
                    _place(plan, node), f"`{key}` isn't a property of `{type_}` in schema.org (30.0)"
                )
                continue
            stated = words.property(key)
            for one in cast("list[Any]", value) if isinstance(value, list) else [value]:
                if isinstance(one, dict) and stated is not None:
                    inner = cast("Node", one)
                    its = str(inner.get("@type") or types.get(str(inner.get("@id", "")), ""))
                    if its and kinds((its,)).isdisjoint(stated.ranges):
                        yield Problem(
                            _place(plan, node), f"`{type_}.{key}` can't be a `{its}` in schema.org (30.0)"
                        )


def _place(plan: Plan, node: Node) -> Position:
    return next((said.at for _, _, said in leaves(node)), plan.at)


def _all(value: Any) -> Iterator[Node]:
    if isinstance(value, dict):
        node = cast("Node", value)
        yield node
        for one in node.values():
            yield from _all(one)
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _all(one)
