"""Cases at the edges of audits of pages: what they don't apply to, and the last value that is right."""

from __future__ import annotations

import json
from typing import NamedTuple


class Case(NamedTuple):
    """An audit on a page (as in `site_examples`): how many hits, None where it doesn't apply; `says` stands in what the
    first hit holds, `outside` tells where the input was published."""

    audit: str
    page: str
    hits: int | None
    says: str = ""
    outside: str = ""


def words(count: int) -> str:
    return " ".join(["word"] * count)


def item(**properties: object) -> str:
    data = {
        "@context": "https://schema.org",
        **{key.replace("at_", "@"): value for key, value in properties.items()},
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def crumbs(*positions: int) -> str:
    steps = [{"@type": "ListItem", "position": n, "item": f"/{n}"} for n in positions]
    return item(at_type="BreadcrumbList", itemListElement=steps)


NOINDEX = '<title>T</title><meta name="robots" content="noindex"></head>'
EMPTY = "<p>text</p>"
THING = item(at_type="Product", name="Unseen", offers={"@type": "Offer", "price": "7"})
SCRIPT = '<script src="/a.js"></script>'
IMG = '<img src="a.jpg">'
FORM = '<form action="/s" method="post"><input type="email" name="m"><button>Send</button></form>'

_EDGES: list[tuple[str, str, int | None] | tuple[str, str, int | None, str]] = [
    # nothing of the kind: the audit doesn't apply
    *((name, EMPTY, None) for name in (
        "canonical-many", "canonical-outside", "hreflang-code", "hreflang-self", "jsonld-broken", "schema-type", "schema-property",
        "schema-value", "feature-missing", "feature-retired", "not-visible", "breadcrumb-order", "article-undated", "table-header",
        "image-size", "image-alt", "lazy-image", "frame-title", "field-label", "form-insecure", "form-needs-script", "cookie-insecure",
        "broken-fragment", "question-unanswered", "answer-late", "heading-skip", "figures-without-source", "uncompressed",
        "blocking-scripts", "zoom-forbidden", "phone-not-link", "hsts", "nosniff", "framing",
    )),
    # not a page, or not one to be indexed
    ("canonical-many", 'status: 404\n\n<link rel="canonical" href="/a"><link rel="canonical" href="/b"></head>', None),
    ("canonical-outside", 'status: 404\n\n<link rel="canonical" href="https://o.example/a"></head>', None),
    ("hreflang-code", 'status: 404\n\n<link rel="alternate" hreflang="en-UK" href="/a"></head>', None),
    ("head-in-body", 'status: 404\n\n<p>x</p><link rel="canonical" href="/a">', None),
    ("jsonld-broken", 'status: 404\n\n<script type="application/ld+json">{</script>', None),
    ("schema-type", f"status: 404\n\n{item(at_type='Organisation')}", None),
    ("schema-property", f"status: 404\n\n{item(at_type='Person', phone='1')}", None),
    ("schema-value", f"status: 404\n\n{item(at_type='Article', datePublished='soon')}", None),
    ("feature-retired", f"status: 404\n\n{item(at_type='HowTo')}", None),
    ("breadcrumb-order", f"status: 404\n\n{item(at_type='BreadcrumbList', itemListElement=[{'@type': 'ListItem', 'position': 3}])}", None),
    ("feature-missing", NOINDEX + item(at_type="Event", name="T"), None),
    ("not-visible", NOINDEX + THING, None),
    ("image-alt", f"status: 404\n\n{IMG}", None),
    ("image-size", NOINDEX + IMG, None),
    ("lazy-image", NOINDEX + '<img data-src="a.jpg">', None),
    ("frame-title", 'status: 404\n\n<iframe src="/a"></iframe>', None),
    ("field-label", f"status: 404\n\n{FORM}", None),
    ("button-name", "status: 404\n\n<button></button>", None),
    ("form-insecure", 'status: 404\n\n<form action="http://example.com/"></form>', None),
    ("form-insecure", 'url: http://example.com/page\n\n<form action="http://example.com/"></form>', None),
    ("form-needs-script", 'status: 404\n\n<form><textarea></textarea></form>', None),
    ("mixed-content", 'status: 404\n\n<img src="http://example.com/a.png">', None),
    ("mixed-content", 'url: http://example.com/page\n\n<img src="http://example.com/a.png">', None),
    ("cookie-insecure", "url: http://example.com/page\nset-cookie: a=1\n\n<p>x</p>", None),
    ("insecure-page", "url: http://example.com/page\n\n<p>x</p>", 1),
    ("insecure-page", "url: http://localhost:8000/page\n\n<p>x</p>", None),
    ("insecure-page", "url: http://192.168.1.2/page\n\n<p>x</p>", None),
    ("insecure-page", "url: http://example.com/page\nstatus: 404\n\n<p>x</p>", None),
    ("insecure-page", EMPTY, 0),
    ("table-header", NOINDEX + "<table><tr><td>1</td></tr><tr><td>2</td></tr></table>", None),
    ("question-unanswered", NOINDEX + "<h2>Why?</h2>", None),
    ("answer-late", NOINDEX + f"<h2>Why?</h2><p>{words(200)}</p>", None),
    ("heading-skip", NOINDEX + "<h1>A</h1><h3>B</h3>", None),
    ("figures-without-source", NOINDEX + f"<p>1 % 2 % 3 % {words(400)}</p>", None),
    ("wall-of-text", NOINDEX + f"<p>{words(400)}</p>", None),
    ("title-long", f"<title>{'x' * 99}</title><meta name='robots' content='noindex'></head>", None),
    ("title-long", "<title></title></head>", None),
    ("blocking-scripts", "status: 404\n\n" + SCRIPT * 5 + "</head>", None),
    ("slow-answer", "status: 404\nseconds: 9\n\n<p>x</p>", None),
    ("zoom-forbidden", 'status: 404\n\n<meta name="viewport" content="user-scalable=no"></head>', None),
    ("broken-fragment", 'status: 404\n\n<a href="#x">x</a>', None),
    ("broken-fragment", '<a href="/other#x">x</a>', None),
    ("script-link", 'status: 404\n\n<a href="#">x</a>', None),
    ("link-unnamed", 'status: 404\n\n<a href="/"></a>', None),
    ("empty-without-script", f'status: 404\n\n<div id="root"></div>{SCRIPT}', None),
    ("language-missing", "status: 404\n\n<html><body>x</body></html>", None),
    ("charset", "status: 404\ncontent-type: text/html\n\n<html><body>x</body></html>", None),
    ("unreadable-markup", "status: 404\n\n" + "<div>" * 2000, None),
    ("unreadable-markup", "content-type: application/pdf\n\n<p>x</p>", None),
    ("wrong-type", "status: 301\ncontent-type: text/plain\n\n<p>x</p>", None),
    ("wrong-type", "url: https://example.com/a.pdf\ncontent-type: application/octet-stream\n\n<p>x</p>", None),
    ("wrong-type", "url: https://example.com/a.html\ncontent-type: application/octet-stream\n\n<p>x</p>", 1),
    ("wrong-type", "content-type: application/pdf\n\n<p>x</p>", 0),
    # the last right value and the first wrong one
    ("title-long", f"<title>{'x' * 70}</title></head>", 0),
    ("title-long", f"<title>{'x' * 71}</title></head>", 1),
    ("thin-page", f"<p>{words(50)}</p>", 0),
    ("thin-page", f"<p>{words(49)}</p>", 1),
    ("thin-page", IMG * 4, None),
    ("thin-page", IMG * 3, 1),
    ("wall-of-text", f"<p>{words(250)}</p>", 0),
    ("wall-of-text", f"<p>{words(251)}</p>", 1),
    ("answer-late", f"<h2>Why?</h2><p>{words(120)}</p>", 0),
    ("answer-late", f"<h2>Why?</h2><p>{words(121)}</p>", 1),
    ("answer-late", f"<h2>Why?</h2><ul><li>{words(200)}</li></ul>", 0),
    ("figures-without-source", f"<p>1 % 2 % 3 % {words(294)}</p>", 1),
    ("figures-without-source", f"<p>1 % 2 % 3 % {words(293)}</p>", None),
    ("figures-without-source", f"<p>1 % 2 % {words(296)}</p>", 0),
    ("blocking-scripts", SCRIPT * 3 + "</head>", 0),
    ("blocking-scripts", SCRIPT * 4 + "</head>", 1),
    ("blocking-scripts", SCRIPT * 4, 0),
    ("slow-answer", "seconds: 1.8\n\n<p>x</p>", 0),
    ("slow-answer", "seconds: 1.81\n\n<p>x</p>", 1),
    ("uncompressed", "<html lang='en'>" + "x" * (10_000 - 16), 1),
    ("uncompressed", "<html lang='en'>" + "x" * (9_999 - 16), None),
    ("heavy-page", "<html lang='en'>" + "x" * (2_000_000 - 16), 0),
    ("heavy-page", "<html lang='en'>" + "x" * (2_000_001 - 16), 1),
    ("empty-without-script", f'<div id="root"></div>{SCRIPT}<p>{words(30)}</p>', 0),
    ("empty-without-script", f'<div id="root"></div>{SCRIPT}<p>{words(29)}</p>', 1),
    ("empty-without-script", f"<p>{words(9)}</p>{SCRIPT}", 0),
    ("empty-without-script", f"<p>{words(9)}</p><script>{'x' * 20_000}</script>", 0),
    ("empty-without-script", f"<p>{words(9)}</p><script>{'x' * 20_001}</script>", 1),
    ("empty-without-script", '<div id="root"></div>', 0),
    ("empty-without-script", f'<meta http-equiv="refresh" content="0;url=/x"></head><div id="root"></div>{SCRIPT}', None),
    ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=1.99"></head>', 1),
    ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=2.0"></head>', 0),
    ("zoom-forbidden", '<meta name="viewport" content="width=device-width"></head>', 0),
    ("viewport", '<meta name="viewport" content="initial-scale=1"></head>', 0),
    ("viewport", '<meta name="viewport" content="width=1024"></head>', 1),
    ("table-header", "<table><tr><td>1</td></tr></table>", None),
    ("image-size", '<img src="data:image/png;base64,x">', None),
    ("image-size", '<img alt="">', None),
    ("heading-skip", "<nav><h2>Menu</h2></nav><main><h1>A</h1><h2>B</h2></main>", 0),
    ("heading-skip", "<header><h1>Firm</h1></header><main><h3>A</h3><h4>B</h4></main>", 0),
    ("language-missing", "<html lang='en_US'><body>x</body></html>", 1),
    ("language-missing", "<html lang='12'><body>x</body></html>", 1),
    ("language-missing", "<html lang='english'><body>x</body></html>", 1),
    ("language-missing", "<html lang='xx'><body>x</body></html>", 1),
    ("language-missing", "<html lang='gsw'><body>x</body></html>", 0),
    ("schema-value", item(at_type="Event", startDate="2026-05-03T19:30-05:00"), 0),
    ("schema-value", item(at_type="Event", doorTime="18:00"), 0),
    ("schema-value", item(at_type="Event", startDate="18:00"), 1),
    ("schema-value", item(at_type="Rating", reviewCount="many"), 1),
    ("schema-value", item(at_type="AggregateRating", reviewCount="12"), 0),
    ("schema-value", item(at_type="AggregateRating", reviewCount=12), 0),
    ("schema-value", item(at_type="Recipe", cookTime="half an hour"), 1),
    ("schema-value", item(at_type="Recipe", cookTime="PT30M"), 0),
    ("schema-value", item(at_type="Event", isAccessibleForFree=True, startDate=""), 0),
    ("schema-value", item(at_type="Thing", sameAs="not an address"), 1),
    ("schema-value", item(at_type="Thing", sameAs="https://a.example/x"), 0),
    ("schema-property", item(at_type="gs1:Thing", phone="1"), 0),
    ("not-visible", item(at_type="Product", name="") + "<p>x</p>", None),
    ("not-visible", item(at_type="AggregateRating", ratingValue=True) + "<p>x</p>", None),
    ("feature-missing", "url: https://example.com/\n\n" + item(at_type="WebSite", name="T"), 1),
    ("feature-missing", item(at_type="WebSite", name="T"), None),
    ("feature-retired", item(at_type="WebSite", potentialAction={"@type": "SearchAction"}), 1),
    ("feature-retired", item(at_type="Quiz"), 0),
    ("form-needs-script", '<form method="post"><textarea></textarea><button>Send</button></form>', 0),
    ("form-needs-script", '<form action="/s"><textarea></textarea><button>Send</button></form>', 0),
    ("form-needs-script", '<form action="/s" method="post"><textarea></textarea></form>', 1),
    ("form-needs-script", '<form action="/s" method="post"><textarea></textarea><button type="button">Send</button></form>', 1),
    ("form-needs-script", '<form action="/search"><input name="q"></form>', None),
    ("hsts", "url: http://example.com/\n\n<p>x</p>", None),
    ("hsts", "FRONT\nstrict-transport-security: max-age=0\n\n<p>x</p>", 1),
    ("not-visible", item(at_type="Product", name="Lamp", offers={"@type": "Offer", "price": "1190.00"}) + "<h1>Lamp</h1><p>EUR 1,190</p>", 0),
    ("not-visible", item(at_type="Product", name="The ’Lamp’ – new") + "<h1>The 'lamp' - NEW</h1>", 0),
    ("wrong-type", "status: 300\ncontent-type: text/plain\n\n<p>x</p>", None),
    ("unreadable-markup", "status: 300\n\n" + "<div>" * 2000, None),
    # what a page is not to be held to
    ("snippet-refused", '<meta name="robots" content="noindex, nosnippet"></head>', None),
    ("snippet-refused", '<meta name="robots" content="max-image-preview:large, max-snippet:20"></head>', 0),
    ("generic-text", NOINDEX + '<main><a href="/a">here</a></main>', None),
    ("generic-text", '<nav><a href="/a">More</a></nav><main><a href="/b"></a><a href="/c">Read more …</a></main>', 1, "/c"),
    ("nofollow-internal", NOINDEX + '<a href="/a" rel="nofollow">a</a>', None),
    ("nofollow-internal", '<meta name="robots" content="nofollow"></head><a href="/a">a</a>', 1, "all of its links"),
    ("fragment-route", 'status: 404\n\n<a href="#/prices">x</a>', None),
    ("unreadable-markup", EMPTY, 0),
    ("article-undated", NOINDEX + item(at_type="Article"), None),
    ("thin-page", FORM, None),
    ("heavy-page", "status: 404\n\n<p>x</p>", None),
    ("uncompressed", "status: 404\n\n<html lang='en'>" + "x" * 10_000, None),
    ("uncompressed", "FOLDER\n\n<html lang='en'>" + "x" * 10_000, None),
    ("slow-answer", "FOLDER\nseconds: 9\n\n<p>x</p>", None),
    ("phone-not-link", NOINDEX + "<p>+49 30 12345678</p>", None),
    ("hsts", "FRONT\nFOLDER\n\n<p>x</p>", None),
    ("hsts", "FRONT\nFOLDER\nx-frame-options: DENY\n\n<p>x</p>", 1),
    ("hsts", "FRONT\nFOLDER\nstrict-transport-security: max-age=63072000\n\n<p>x</p>", 0),
    ("hsts", "FRONT\nstatus: 404\n\n<p>x</p>", None),
    ("hsts", "url: https://example.com/a\n\n<p>x</p>", None),
    ("hsts", "url: https://example.com/a/\n\n<p>x</p>", None),
    # places on the page
    ("broken-fragment", '<a href="#top">up</a><a href="#Top">up</a>', 0),
    ("broken-fragment", '<p id="a%20b">x</p><a href="#a%20b">x</a>', 0),
    ("broken-fragment", '<p id="café">x</p><a href="#caf%C3%A9">x</a>', 0),
    ("broken-fragment", '<a href="#:~:text=word">x</a><a href="#!route">x</a><a href="#/route">x</a>', 0),
    # language codes
    ("hreflang-code", '<link rel="alternate" hreflang="deutsch" href="/a"></head>', 1, "deutsch"),
    ("hreflang-code", '<link rel="alternate" hreflang="xx" href="/a"></head>', 1, "xx"),
    ("language-missing", "<html><body>x</body></html>", 1, "has no lang"),
    ("language-missing", '<html lang="123"><body>x</body></html>', 1, "no language code"),
    # structured data
    ("breadcrumb-order", crumbs(1, 2) + item(at_type="ItemList", itemListElement=[{"@type": "ListItem", "position": 7}]), 0),
    ("breadcrumb-order", item(at_type="BreadcrumbList", itemListElement=["Home", {"@type": "ListItem", "position": 1, "item": "/"}]), 0),
    ("breadcrumb-order", item(at_type="BreadcrumbList", itemListElement=[
        {"@type": "ListItem", "position": n, **({} if n == 2 else {"item": f"/{n}"})} for n in (1, 2, 3)
    ]), 1, "has no `item`"),
    ("feature-missing", item(at_type="FAQPage"), None),
    ("feature-missing", item(at_type="Product", name="Lamp", offers={"@type": "Offer", "price": "7", "priceCurrency": "EUR"}), 0),
    ("feature-missing", item(at_type="Product", offers={"@type": "Offer"}), 1, "for “Product snippet” lacks name"),
    ("feature-retired", item(at_type="Occupation", name="Lamp maker"), 1, "Estimated salary"),
    ("feature-retired", item(at_type="Car", name="Car", offers={"@type": "Offer", "price": "7"}), 1, "Vehicle listing"),
    ("feature-retired", item(at_type="Motorcycle", name="Bike", offers={"@type": "Offer", "price": "7"}), 0),
    ("not-visible", item(at_type="Answer", text="many words " * 18 + "abcde") + f"<p>{'many words ' * 18}abxyz</p>", 0),
    ("not-visible", item(at_type="Product", name="Wall-Lamp, new") + "<p>Wall Lamp new</p>", 0),
    ("not-visible", item(at_type="Offer", price="19.50") + "<p>only 19 EUR</p>", 1),
    ("not-visible", item(at_type="Offer", price="77") + "<p>EUR 19</p>", 1),
    ("schema-property", item(at_type="Thing", **{"gs1:gtin": "1"}), 0),
    ("schema-property", item(at_type="Person", phone="1"), 1, "there is no property `phone`"),
    ("schema-property", item(at_type="Person", price="1"), 1, "Person has no `price`"),
    ("schema-value", item(at_type="gs1:Product", datePublished="soon"), 0),
    ("schema-value", item(at_type=["Article", "gs1:Thing"], datePublished="soon"), 0),
    ("schema-value", item(at_type="Article", datePublished="x" * 100), 1, f"'{'x' * 80}'"),
    # text
    ("figures-without-source", f"<h2>1 %</h2><h2>2 %</h2><h2>3 %</h2><p>{words(400)}</p>", 0),
    ("wall-of-text", f"<p>short</p><ul><li>{words(300)}</li></ul>", 0),
    ("phone-not-link", '<p>+49 30 12345678</p><a href="mailto:12345678@firm.example">write</a>', 1),
    ("phone-not-link", '<p>+49 30 12345678</p><a href="tel:+49-30-1234-5678">call</a>', 0),
    # the head, headers
    ("blocking-scripts", "<script>go()</script>" * 5 + "</head>", 0),
    ("blocking-scripts", '<script src="/a.js" defer></script>' * 5 + "</head>", 0),
    ("charset", "content-type: text/html; charset=x-nonsense\n\n<p>x</p>", 1, "x-nonsense"),
    ("wrong-type", "url: https://example.com/a.pdf\n\n<p>x</p>", 0),
    ("wrong-type", "content-type: \n\n<p>x</p>", 1, "states no Content-Type"),
    ("cookie-insecure", "set-cookie: one=1; Secure\nset-cookie: two=2; HttpOnly\n\n<p>x</p>", 1, "sets two without"),
    ("viewport", "<title>T</title></head>", 1, "has no viewport"),
    ("zoom-forbidden", '<meta name="viewport" content="user-scalable=0"></head>', 1),
    ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=1.2.3"></head>', 1),
    ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=."></head>', 0),
    ("form-needs-script", "<form><textarea></textarea><button>Send</button></form>", 1, "neither action"),
]  # fmt: skip

CASES = [Case(*edge) for edge in _EDGES]
