"""Renders a set as one page that opens anywhere: no network, no installation, text without scripts.

All documents are articles of one file; `:target` shows one at a time without a script. Fonts, style and script are
inside, and a content security policy allows nothing else: even markup smuggled in by a name could neither run nor
load. Every `Quote` leads to its entry in the ledger at the end.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from groma.documents.content import Derivation, Document, DocumentSet, Inlines
from groma.documents.html_blocks import Page, blocks, inlines
from groma.documents.palette import DARK, LIGHT, css_variables
from groma.documents.printable import anchor, ident
from groma.documents.svg import quoted, refs_attribute, tag

_FACES = (
    ("400Regular", 400, "normal"),
    ("400Regular_Italic", 400, "italic"),
    ("500Medium", 500, "normal"),
    ("600SemiBold", 600, "normal"),
)


def render_html(documents: DocumentSet) -> bytes:
    """The whole set as one HTML file; the same bytes for the same set. Raises `DiagramError` from its pictures."""
    page = Page(frozenset(derivation.ref for derivation in documents.derivations))
    articles = [_article(page, document) for document in documents.documents]
    if documents.derivations:
        articles.append(_ledger(page, documents.derivations))
    script = _resource("page/script.js")
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = "".join(
        (
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="generator" content="Groma">',
            f"<title>{quoted(documents.title)}</title>",
            f"<style>{_style()}</style>",
        )
    )
    body = "".join(
        (
            '<a class="skip" href="#everything">To the text</a>',
            f'<div class="page">{_side(documents)}<main id="everything">{"".join(articles)}</main></div>',
            f"<script>{script}</script>",
        )
    )
    language = quoted(documents.language)
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{head}</head><body>{body}</body></html>\n'.encode()
    )


def _side(documents: DocumentSet) -> str:
    items: list[str] = []
    for nth, document in enumerate(documents.documents):
        inner = "".join(
            f'<li><a href="#{ident(section.id)}">{quoted(section.title)}</a></li>'
            for section in document.sections
        )
        name = ident(document.id)
        here = ' class="here"' if nth == 0 else ""
        link = f'<a href="#{name}">{quoted(document.title)}</a>'
        items.append(f'<li data-doc="{name}"{here}>{link}{f"<ol>{inner}</ol>" if inner else ""}</li>')
    if documents.derivations:
        items.append('<li data-doc="ledger"><a href="#ledger">Derivations</a></li>')
    first = ident(documents.documents[0].id) if documents.documents else "everything"
    foot = '<a href="#everything">All on one page</a><button id="theme" hidden>Light or dark</button>'
    return (
        f'<div class="side"><a class="system" href="#{first}">{quoted(documents.title)}</a>'
        f'<nav aria-label="Documents"><ol>{"".join(items)}</ol></nav><div class="foot">{foot}</div></div>'
    )


def _article(page: Page, document: Document) -> str:
    asked = " ".join(part for part in (document.reader and f"{document.reader}:", document.question) if part)
    question = f'<p class="question">{quoted(asked)}</p>' if asked else ""
    subtitle = f'<p class="subtitle">{quoted(document.subtitle)}</p>' if document.subtitle else ""
    facts = "".join(
        f"<div><dt>{quoted(name)}</dt><dd>{inlines(page, value)}</dd></div>" for name, value in document.meta
    )
    meta = f'<dl class="meta">{facts}</dl>' if facts else ""
    head = f'<header class="head">{question}<h1>{quoted(document.title)}</h1>{subtitle}{meta}</header>'
    summary = (
        f'<section class="summary">{blocks(page, document.summary)}</section>' if document.summary else ""
    )
    return f'<article class="doc" id="{ident(document.id)}">{head}{summary}{blocks(page, document.sections)}</article>'


def _ledger(page: Page, derivations: tuple[Derivation, ...]) -> str:
    head = (
        '<header class="head"><h1>Derivations</h1><p class="subtitle">Every figure of these documents: what it is, '
        "how it was worked out, and from what.</p></header>"
    )
    entries = "".join(_entry(page, derivation) for derivation in derivations)
    return f'<article class="doc" id="ledger">{head}{entries}</article>'


def _entry(page: Page, derivation: Derivation) -> str:
    def row(name: str, value: Inlines) -> str:
        return f'<p class="{name}">{inlines(page, value)}</p>' if value else ""

    used = ", ".join(
        f'<a href="#{anchor(ref)}">{quoted(ref)}</a>' if ref in page.derived else quoted(ref)
        for ref in derivation.inputs
    )
    sources = "".join(f"<li>{inlines(page, source)}</li>" for source in derivation.sources)
    return tag(
        "section",
        f"<h2>{quoted(derivation.name)}</h2>",
        f'<div class="figure">{quoted(derivation.text)}</div>',
        f'<p class="id"><code>{quoted(derivation.ref)}</code></p>',
        row("method", derivation.method),
        f'<p class="inputs">From {used}</p>' if used else "",
        f"<ul>{sources}</ul>" if sources else "",
        row("note", derivation.note),
        class_="entry", id=anchor(derivation.ref), data_figure=refs_attribute((derivation.ref,)),
    )  # fmt: skip


@cache
def _resource(name: str) -> str:
    return files("groma.documents").joinpath(name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:Inter;font-weight:{weight};font-style:{style};font-display:block;"
        f"src:url(data:font/woff2;base64,{_font(name)}) format('woff2')}}"
        for name, weight, style in _FACES
    )
    light, dark = css_variables(LIGHT), css_variables(DARK)
    themes = (
        f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}"
    )
    return faces + themes + _resource("page/style.css")


def _font(name: str) -> str:
    return b64encode(files("groma.documents").joinpath(f"fonts/Inter_{name}.woff2").read_bytes()).decode()
