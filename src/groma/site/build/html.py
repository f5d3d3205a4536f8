"""A page as plain HTML: semantic, readable without script or style, everything that its markup claims in its text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote, urlsplit

from groma.site.build.jsonld import as_text
from groma.site.build.words import words
from groma.site.plan.addresses import home_of, trail
from groma.site.plan.design import SiteDesign
from groma.site.plan.elements import Organisation, Page, Plan, Proof
from groma.site.plan.entities import FULL
from groma.site.plan.structure import language_of

CSS = """:root { color-scheme: light dark; }
body { font: 1.05rem/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1rem; }
nav ul, .trail ol { display: flex; flex-wrap: wrap; gap: .3rem 1rem; list-style: none; padding: 0; }
.trail li + li::before { content: "› "; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
h1, h2, h3 { line-height: 1.25; }
a { padding: .2rem 0; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
label { display: block; font-weight: 600; margin-top: .8rem; }
input, textarea, button { font: inherit; max-width: 100%; padding: .4rem; width: 100%; box-sizing: border-box; }
button { margin-top: 1rem; }
footer { border-top: 1px solid; margin-top: 3rem; padding-top: 1rem; }
"""


def e(text: object) -> str:
    return escape(str(text), quote=True)


def tel(number: str) -> str:
    """A telephone number as an address (RFC 3966): digits, and the plus of an international one."""
    return (
        "tel:" + ("+" if number.strip().startswith("+") else "") + "".join(c for c in number if c.isdecimal())
    )


def page_html(design: SiteDesign, page: Page) -> str:
    """The whole page."""
    plan, found = design.plan, design.structure
    language = language_of(plan, page)
    w = words(language)
    parts = [
        "<!doctype html>",
        f'<html lang="{e(language)}">',
        *_head(design, page),
        "<body>",
        f'<a class="skip" href="#content">{e(w["skip"])}</a>',
        "<header>",
        f"<p>{e(plan.site)}</p>",
        *_menu(design, page, found.menus[language], w["menu"]),
        *_languages(design, page, w["languages"]),
        "</header>",
        *_trail(design, page, w["trail"]),
        '<main id="content">',
        *_content(design, page, w),
        "</main>",
        *_footer(design, page, w),
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def missing_html(design: SiteDesign) -> str:
    """The page for addresses that aren't there; it isn't to be indexed."""
    plan = design.plan
    w = words(plan.language)
    home = design.structure.paths[home_of(plan, plan.language).name]
    return (
        f'<!doctype html>\n<html lang="{e(plan.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f'<title>{e(w["missing"])}</title>\n<link rel="stylesheet" href="/site.css">\n</head>\n<body>\n<main>\n'
        f'<h1>{e(w["missing"])}</h1>\n<p>{e(w["missing_text"])}</p>\n<p><a href="{e(home)}">{e(w["home"])}</a></p>\n'
        "</main>\n</body>\n</html>\n"
    )


def _head(design: SiteDesign, page: Page) -> Iterable[str]:
    plan, found = design.plan, design.structure
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{e(design.briefs[page.name].title)}</title>"
    yield f'<meta name="description" content="{e(page.lead)}">'
    yield f'<link rel="canonical" href="{e(found.urls[page.name])}">'
    for language, name in found.versions[page.name]:
        yield f'<link rel="alternate" hreflang="{e(language)}" href="{e(found.urls[name])}">'
        if language == plan.language:
            yield f'<link rel="alternate" hreflang="x-default" href="{e(found.urls[name])}">'
    yield '<link rel="stylesheet" href="/site.css">'
    yield f'<script type="application/ld+json">\n{as_text(design.graphs[page.name])}\n</script>'
    yield "</head>"


def _link(design: SiteDesign, name: str, text: object = None) -> str:
    page = design.plan.pages[name]
    return f'<a href="{e(design.structure.paths[name])}">{e(text or page.short or page.title)}</a>'


def _menu(design: SiteDesign, page: Page, names: Iterable[str], label: str) -> Iterable[str]:
    yield f'<nav aria-label="{e(label)}">'
    yield "<ul>"
    for name in names:
        here = ' aria-current="page"' if name == page.name else ""
        yield f"<li>{_link(design, name).replace('<a ', f'<a{here} ', 1)}</li>"
    yield "</ul>"
    yield "</nav>"


def _languages(design: SiteDesign, page: Page, label: str) -> Iterable[str]:
    others = [
        (language, name) for language, name in design.structure.versions[page.name] if name != page.name
    ]
    if others:
        yield f'<nav aria-label="{e(label)}">'
        yield "<ul>"
        for language, name in others:
            link = _link(design, name, design.plan.pages[name].title)
            yield f'<li lang="{e(language)}">{link}</li>'
        yield "</ul>"
        yield "</nav>"


def _trail(design: SiteDesign, page: Page, label: str) -> Iterable[str]:
    steps = trail(design.plan, page)
    if len(steps) > 1:
        yield f'<nav class="trail" aria-label="{e(label)}">'
        yield "<ol>"
        for step in steps[:-1]:
            yield f"<li>{_link(design, step.name)}</li>"
        yield f'<li aria-current="page">{e(page.short or page.title)}</li>'
        yield "</ol>"
        yield "</nav>"


def _content(design: SiteDesign, page: Page, w: dict[str, str]) -> Iterable[str]:
    plan, found = design.plan, design.structure
    yield f"<h1>{e(page.title)}</h1>"
    yield f"<p>{e(page.lead)}</p>"
    for text in page.text:
        yield f"<p>{e(text)}</p>"
    if page.kind in ("home", "about"):
        yield f"<p>{e(plan.organisation.about)}</p>"
    yield from _service(plan, page, w)
    for name in page.questions:
        question = plan.questions[name]
        yield f"<h2>{e(question.asks)}</h2>"
        yield f"<p>{e(question.answer)}</p>"
        for text in question.more:
            yield f"<p>{e(text)}</p>"
    yield from _list(w["more"], [_teaser(design, name) for name in found.children[page.name]])
    yield from _list(w["proofs"], [_proof(plan.proofs[name], w) for name in page.proofs])
    yield from _people(plan, page, w)
    yield from _list(w["sources"], [_source(text) for text in design.briefs[page.name].sources])
    yield from _list(w["related"], [_teaser(design, name) for name in found.related[page.name]])
    if page.kind in FULL:
        yield from _company(plan.organisation, w)
    yield from _ask(design, page, w)
    yield from _dates(page, w)


def _service(plan: Plan, page: Page, w: dict[str, str]) -> Iterable[str]:
    if page.service is None:
        return
    service = plan.services[page.service]
    if service.called.text != page.title.text:
        yield f"<h2>{e(service.called)}</h2>"
    yield f"<p>{e(service.about)}</p>"
    served = service.places or tuple(plan.places)
    if service.price:
        yield f"<p>{e(w['price'])}: {e(service.price)}</p>"
    if served:
        yield f"<p>{e(w['served'])}: {e(', '.join(str(plan.places[name].called) for name in served))}</p>"


def _list(title: str, items: list[str]) -> Iterable[str]:
    if items:
        yield f"<h2>{e(title)}</h2>"
        yield "<ul>"
        yield from (f"<li>{item}</li>" for item in items)
        yield "</ul>"


def _teaser(design: SiteDesign, name: str) -> str:
    page = design.plan.pages[name]
    return f"{_link(design, name, page.title)}: {e(page.lead)}"


def _outward(url: str, text: str) -> str:
    parts = urlsplit(url)
    is_address = parts.scheme == "https" and parts.netloc and not set(url) & set(" \"'<>")
    return f'<a href="{e(url)}">{e(text)}</a>' if is_address else e(text)


def _proof(proof: Proof, w: dict[str, str]) -> str:
    where = _outward(proof.source, w["check"]) if "://" in proof.source else e(proof.source)
    date = f", {e(proof.date)}" if proof.date else ""
    if proof.kind == "certificate":
        return f"{e(proof.says)}, {e(w['issued'])} {e(proof.by)}{date} ({where})"
    return f"<q>{e(proof.says)}</q> {e(w['says'])} {e(proof.by)}{date} ({where})"


def _source(text: str) -> str:
    address = text.split(" ", 1)[0]
    return _outward(address, text) if "://" in address else e(text)


def _people(plan: Plan, page: Page, w: dict[str, str]) -> Iterable[str]:
    if page.people:
        yield f"<h2>{e(w['people'])}</h2>"
    for name in page.people:
        person = plan.people[name]
        job = f", {e(person.job)}" if person.job else ""
        about = f". {e(person.about)}" if person.about else ""
        mail = (
            f' <a href="mailto:{e(quote(person.email.text, safe="@"))}">{e(person.email)}</a>'
            if person.email
            else ""
        )
        profiles = "".join(f" {_outward(url.text, _bare(url.text))}" for url in person.same_as)
        yield f"<p>{e(person.called)}{job}{about}{mail}{profiles}</p>"


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/")


def _company(one: Organisation, w: dict[str, str]) -> Iterable[str]:
    rows: list[tuple[str, str]] = []
    if one.legal_name:
        rows.append((w["legal_name"], e(one.legal_name)))
    if one.email:
        rows.append((w["email"], f'<a href="mailto:{e(quote(one.email.text, safe="@"))}">{e(one.email)}</a>'))
    if one.hours:
        rows.append((w["hours"], e(one.hours)))
    if one.founded:
        rows.append((w["founded"], e(one.founded)))
    rows += [(w.get(key, key), e(value)) for key, value in one.ids.items()]
    if one.same_as:
        rows.append((w["profiles"], ", ".join(_outward(url.text, _bare(url.text)) for url in one.same_as)))
    if rows:
        yield f"<h2>{e(w['facts'])}</h2>"
        yield "<dl>"
        yield from (f"<dt>{e(key)}</dt><dd>{value}</dd>" for key, value in rows)
        yield "</dl>"


def _ask(design: SiteDesign, page: Page, w: dict[str, str]) -> Iterable[str]:
    """How to ask: telephone and booking on every page, the form on the page of kind contact."""
    plan = design.plan
    one, ways = plan.organisation, plan.enquiry
    yield f"<h2>{e(w['ask'])}</h2>"
    links: list[str] = []
    if one.telephone:
        links.append(f'{e(w["call"])}: <a href="{e(tel(one.telephone.text))}">{e(one.telephone)}</a>')
    if ways and ways.booking:
        links.append(_outward(ways.booking.text, w["book"]))
    language = language_of(plan, page)
    contact = next(
        (p for p in plan.pages.values() if p.kind == "contact" and language_of(plan, p) == language), None
    )
    if contact is not None and contact.name != page.name:
        links.append(_link(design, contact.name, contact.title))
    yield f"<p>{' · '.join(links)}</p>"
    if page.kind == "contact" and ways and ways.form:
        yield f'<form method="post" action="{e(ways.form)}">'
        yield f'<label for="who">{e(w["name"])}</label><input id="who" name="name" autocomplete="name" required>'
        yield (
            f'<label for="mail">{e(w["mail"])}</label>'
            '<input id="mail" name="email" type="email" autocomplete="email" required>'
        )
        yield f'<label for="message">{e(w["message"])}</label>'
        yield '<textarea id="message" name="message" rows="6" required></textarea>'
        yield f'<button type="submit">{e(w["send"])}</button>'
        yield "</form>"


def _dates(page: Page, w: dict[str, str]) -> Iterable[str]:
    stated = [(w["published"], page.published), (w["updated"], page.modified)]
    shown = [f'{e(key)} <time datetime="{e(day)}">{e(day)}</time>' for key, day in stated if day]
    if shown:
        yield f"<p>{', '.join(shown)}</p>"


def _footer(design: SiteDesign, page: Page, w: dict[str, str]) -> Iterable[str]:
    one = design.plan.organisation
    lines = [e(one.called)]
    if one.address:
        a = one.address
        town = " ".join(str(x) for x in (a.postcode, a.town) if x)
        lines.append(", ".join(e(x) for x in (a.street, town, a.country) if x))
    yield "<footer>"
    yield f"<address>{'<br>'.join(lines)}"
    if one.telephone:
        yield f'<br>{e(w["telephone"])}: <a href="{e(tel(one.telephone.text))}">{e(one.telephone)}</a>'
    yield "</address>"
    names = design.structure.footers[language_of(design.plan, page)]
    if names:
        yield "<ul>"
        yield from (f"<li>{_link(design, name)}</li>" for name in names)
        yield "</ul>"
    yield "</footer>"
