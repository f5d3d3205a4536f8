"""Makes the website of a fictional firm: clean in every respect that audits look at, of any size, the same each time.

`made(2000)` gives a `Made` whose pages can be changed before they are answered; `Served` answers it as a server would.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from groma.site import Response
from site_live import Live

BASE = "https://www.lumen.example"
PHONE = "+49 30 55501234"
PROFILE_LINKS = ("https://www.linkedin.com/company/lumen-example", "https://www.instagram.com/lumen.example")
WORDS = [
    "lamp",
    "glass",
    "brass",
    "light",
    "shade",
    "room",
    "table",
    "window",
    "evening",
    "workshop",
    "order",
    "hand",
    "craft",
    "colour",
    "form",
    "wall",
    "ceiling",
    "floor",
    "cable",
    "switch",
    "bulb",
    "warm",
    "bright",
    "soft",
    "clear",
    "old",
    "new",
    "small",
    "large",
    "simple",
    "careful",
    "customer",
    "house",
    "hotel",
    "kitchen",
    "library",
    "office",
    "museum",
    "garden",
    "winter",
    "summer",
    "morning",
    "letter",
    "drawing",
    "plan",
    "sample",
    "model",
    "price",
    "offer",
    "week",
    "month",
    "visit",
    "repair",
    "polish",
    "paint",
    "solder",
    "measure",
    "bend",
    "cut",
    "grind",
    "test",
    "pack",
    "send",
    "deliver",
    "mount",
    "connect",
    "explain",
    "choose",
    "compare",
    "keep",
    "give",
    "make",
    "take",
    "bring",
    "show",
    "tell",
    "write",
    "draw",
    "think",
    "know",
    "learn",
    "teach",
    "help",
    "build",
    "plan",
    "begin",
    "finish",
    "answer",
    "ask",
    "call",
    "meet",
]


@dataclass
class Leaf:
    """A page before it is rendered; every part can be changed."""

    path: str
    title: str
    h1: str
    kind: str
    main: list[str] = field(default_factory=list)
    jsonld: list[Any] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    description: str = ""
    lang: str = "en"
    canonical: str | None = None
    viewport: str = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    charset: str = '<meta charset="utf-8">'
    nav: bool = True
    footer: bool = True
    extra_nav: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.05
    priority: str = "0.5"
    lastmod: str = ""
    listed: bool = True
    alternates: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None
    location: str = ""
    scripted: list[tuple[str, str]] = field(default_factory=list)
    """What its scripts put in the place of what, in a browser."""

    @property
    def url(self) -> str:
        return BASE + self.path

    def html(self, site: Made) -> bytes:
        if self.raw is not None:
            return self.raw
        canonical = self.url if self.canonical is None else self.canonical
        lines = [
            f'<!doctype html><html lang="{self.lang}">' if self.lang else "<!doctype html><html>",
            "<head>",
            self.charset,
            f"<title>{self.title}</title>" if self.title else "",
            f'<meta name="description" content="{self.description}">' if self.description else "",
            self.viewport,
            f'<link rel="canonical" href="{canonical}">' if canonical else "",
            *(
                f'<link rel="alternate" hreflang="{lang}" href="{BASE}{path}">'
                for lang, path in self.alternates
            ),
            *self.head,
            *(
                f'<script type="application/ld+json">{b if isinstance(b, str) else json.dumps(b)}</script>'
                for b in self.jsonld
            ),
            "</head><body>",
            f"<header><nav>{site.navigation}{''.join(self.extra_nav)}</nav></header>" if self.nav else "",
            f"<main>{f'<h1>{self.h1}</h1>' if self.h1 else ''}{''.join(self.main)}</main>",
            *self.after,
            site.footer if self.footer else "",
            "</body></html>",
        ]
        return "\n".join(line for line in lines if line).encode()


@dataclass
class Made:
    """The whole site."""

    leaves: dict[str, Leaf]
    navigation: str
    footer: str
    robots: str = f"User-agent: *\nDisallow: /internal/\nSitemap: {BASE}/sitemap.xml\n"
    robots_status: int = 200
    sitemap: str | None = None
    sitemap_more: list[str] = field(default_factory=list)
    llms: str = ""
    missing_status: int = 404
    files: dict[str, Response] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PROFILE_LINKS, f"See {BASE}/"))
    """Pages of other hosts about the firm, by address."""
    log: list[tuple[str, str, int]] = field(default_factory=list)
    """What came to its server beside people: user agent, path, answer."""

    def of(self, kind: str) -> list[Leaf]:
        return [leaf for leaf in self.leaves.values() if leaf.kind == kind]

    def sitemap_text(self) -> str:
        if self.sitemap is not None:
            return self.sitemap
        rows = [
            f"<url><loc>{leaf.url}</loc><lastmod>{leaf.lastmod}</lastmod><priority>{leaf.priority}</priority></url>"
            for leaf in self.leaves.values()
            if leaf.listed
        ]
        rows += [f"<url><loc>{url}</loc></url>" for url in self.sitemap_more]
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}</urlset>'

    def answer(self, url: str) -> Response:
        """What the server of this site answers."""
        if url in self.files:
            return self.files[url]
        path = url.removeprefix(BASE)
        if path == "/robots.txt":
            return Response(
                url, self.robots_status, (("content-type", "text/plain"),), self.robots.encode(), 0.01
            )
        if path == "/sitemap.xml" and self.sitemap != "":
            return Response(
                url, 200, (("content-type", "application/xml"),), self.sitemap_text().encode(), 0.01
            )
        if path == "/llms.txt" and self.llms:
            return Response(url, 200, (("content-type", "text/plain"),), self.llms.encode(), 0.01)
        leaf = self.leaves.get(path)
        if leaf is None:
            return Response(
                url, self.missing_status, (("content-type", "text/html; charset=utf-8"),), b"<html></html>"
            )
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-encoding": "gzip",
            "strict-transport-security": "max-age=31536000",
            "x-content-type-options": "nosniff",
            "content-security-policy": "frame-ancestors 'self'",
            **leaf.headers,
        }
        if leaf.location:
            headers["location"] = leaf.location
        kept = tuple((name, value) for name, value in headers.items() if value)
        body = b"" if leaf.location else leaf.html(self)
        return Response(url, leaf.status, kept, body, leaf.seconds)


class Served(Live):
    """A `Source` of a made site."""

    start = BASE + "/"

    def __init__(self, site: Made) -> None:
        self.site = site
        self.asked: list[str] = []

    def allows(self, url: str) -> bool:
        return url.startswith((BASE + "/", "http" + BASE[5:] + "/"))

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        self.asked.append(url)
        return self.site.answer(url)


def sentences(seed: str, count: int) -> str:
    """Sentences that differ between seeds."""
    dice = random.Random(seed)
    made: list[str] = []
    for _ in range(count):
        words = [dice.choice(WORDS) for _ in range(dice.randint(8, 14))]
        made.append(" ".join(words).capitalize() + ".")
    return " ".join(made)


def paragraphs(seed: str, count: int = 4) -> list[str]:
    return [f"<p>{sentences(f'{seed}/{n}', 4)}</p>" for n in range(count)]


ORGANISATION = {
    "@type": "LocalBusiness",
    "@id": f"{BASE}/#firm",
    "name": "Lumen Lamps",
    "url": f"{BASE}/",
    "telephone": PHONE,
    "email": "office@lumen.example",
    "address": {"@type": "PostalAddress", "streetAddress": "Main Street 1", "addressLocality": "Berlin"},
    "sameAs": list(PROFILE_LINKS),
}


def graph(*items: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@graph": list(items)}


def crumbs(*steps: tuple[str, str]) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": BASE + path}
            for n, (name, path) in enumerate(steps, 1)
        ],
    }


def links(leaves: Iterable[Leaf]) -> str:
    return "<ul>" + "".join(f'<li><a href="{leaf.path}">{leaf.h1}</a></li>' for leaf in leaves) + "</ul>"


def made(count: int = 2000) -> Made:
    """A clean site of about `count` pages."""
    leaves: dict[str, Leaf] = {}

    def add(path: str, h1: str, kind: str, title: str = "") -> Leaf:
        number = len(leaves)
        leaf = Leaf(path, title or f"{h1} | Lumen Lamps", h1, kind, paragraphs(path))
        leaf.description = f"{h1}: {sentences('d' + path, 1)}"[:150]
        leaf.lastmod = f"2026-{1 + number % 11:02d}-{1 + number % 28:02d}"
        leaves[path] = leaf
        return leaf

    home = add("/", "Lamps made by hand in Berlin", "home")
    about, contact, faq = (
        add("/about/", "About us", "about"),
        add("/contact/", "Contact", "contact"),
        add("/faq/", "Questions", "faq"),
    )
    services = [
        add(f"/services/service-{n}/", f"Service {WORDS[n]} {WORDS[n + 9]}", "service") for n in range(12)
    ]
    german = [
        add(f"/de/leistungen/leistung-{n}/", f"Leistung {WORDS[n]} {WORDS[n + 11]}", "german")
        for n in range(12)
    ]
    team = [
        add(f"/team/person-{n}/", f"Ada {WORDS[n].capitalize()} {WORDS[n + 20].capitalize()}", "person")
        for n in range(15)
    ]
    rest = max(count - len(leaves) - 10, 40)
    sections = max(2, min(40, rest // 50))
    shelves = [add(f"/lamps/shelf-{n}/", f"Lamps of kind {WORDS[n]} {n}", "shelf") for n in range(sections)]
    topics = [
        add(f"/journal/topic-{n}/", f"Journal on {WORDS[n + 30]} {n}", "topic") for n in range(sections)
    ]
    products = [
        add(f"/lamps/lamp-{n}/", f"Lamp {WORDS[n % 60]} {WORDS[(n * 7) % 80]} {n}", "product")
        for n in range(rest // 2)
    ]
    articles = [
        add(f"/journal/article-{n}/", f"How to {WORDS[n % 70]} a {WORDS[(n * 3) % 60]} {n}", "article")
        for n in range(rest // 2)
    ]

    home.priority = "1.0"
    home.main += [
        links(shelves),
        links(topics),
        links(services),
        links(team),
        '<p><a href="/about/">About our workshop</a>, <a href="/faq/">questions</a> and <a href="/contact/">how to reach us</a>.</p>',
    ]
    home.jsonld = [
        graph(
            ORGANISATION,
            {
                "@type": "WebSite",
                "@id": f"{BASE}/#site",
                "name": "Lumen Lamps",
                "url": f"{BASE}/",
                "publisher": {"@id": f"{BASE}/#firm"},
            },
        )
    ]
    home.main.append('<img src="/workshop.jpg" alt="Our workshop" width="800" height="400">')
    about.main.append(
        "<h2>Our numbers</h2><table><tr><th>Year</th><th>Lamps</th></tr><tr><td>2024</td><td>310</td></tr><tr><td>2025</td><td>402</td></tr></table>"
    )
    about.jsonld = [graph({**ORGANISATION, "@type": "LocalBusiness"})]
    contact.main.append(
        '<form action="/send" method="post"><label for="n">Name</label><input id="n" name="n">'
        '<label for="m">E-mail</label><input id="m" type="email" name="m">'
        '<label>Message <textarea name="t"></textarea></label><button type="submit">Send</button></form>'
        '<iframe src="https://maps.lumen.example/map" title="Map of our workshop"></iframe>'
    )
    for n in range(8):
        faq.main.append(
            f'<h2 id="q{n}">What about {WORDS[n]} and {WORDS[n + 5]}?</h2><p>{sentences(f"faq{n}", 2)}</p>'
        )
    faq.main.append('<p><a href="#q0">First question</a></p>')
    for n, (leaf, other) in enumerate(zip(services, german, strict=True)):
        leaf.priority = "0.9"
        pair = [("en", leaf.path), ("de", other.path), ("x-default", leaf.path)]
        leaf.alternates = other.alternates = pair
        other.lang = "de"
        leaf.main.append(
            f'<p>Also see <a href="{services[(n + 1) % 12].path}">{services[(n + 1) % 12].h1}</a> or <a href="{other.path}">auf Deutsch</a>.</p>'
        )
        other.main.append(
            f'<p>Siehe <a href="{german[(n + 1) % 12].path}">{german[(n + 1) % 12].h1}</a> oder <a href="{leaf.path}">{leaf.h1}</a>.</p>'
        )
        leaf.jsonld = [
            graph(
                {"@type": "Service", "name": leaf.h1, "provider": {"@id": f"{BASE}/#firm"}},
                crumbs(("Home", "/"), (leaf.h1, leaf.path)),
            )
        ]
    for leaf in team:
        person = {
            "@type": "Person",
            "@id": f"{leaf.url}#person",
            "name": leaf.h1,
            "worksFor": {"@id": f"{BASE}/#firm"},
        }
        leaf.jsonld = [graph({"@type": "ProfilePage", "dateModified": "2026-05-01", "mainEntity": person})]
        leaf.main.append('<p>Back to <a href="/about/">our firm</a>.</p>')
    for n, shelf in enumerate(shelves):
        mine = products[n::sections]
        shelf.main.append(links(mine))
        for leaf in mine:
            price = f"{20 + len(leaf.path) * 3 + n}.50"
            leaf.main.append(
                f'<p>Price: {price} EUR. Part of <a href="{shelf.path}">{shelf.h1}</a>, made by <a href="{team[n % 15].path}">{team[n % 15].h1}</a>; see our <a href="{services[n % 12].path}">service</a>.</p>'
            )
            leaf.main.append(
                f'<img src="/img/{n}.jpg" alt="{leaf.h1}" width="400" height="400" loading="lazy">'
            )
            leaf.jsonld = [
                graph(
                    {
                        "@type": "Product",
                        "name": leaf.h1,
                        "image": f"{BASE}/img/{n}.jpg",
                        "offers": {
                            "@type": "Offer",
                            "price": price,
                            "priceCurrency": "EUR",
                            "availability": "https://schema.org/InStock",
                        },
                    },
                    crumbs(("Home", "/"), (shelf.h1, shelf.path), (leaf.h1, leaf.path)),
                )
            ]
    for n, topic in enumerate(topics):
        mine = articles[n::sections]
        topic.main.append(links(mine))
        for k, leaf in enumerate(mine):
            author = team[(n + k) % 15]
            leaf.main += [
                f"<h2>Why {WORDS[k % 50]}</h2>",
                *paragraphs(leaf.path + "b", 3),
                f'<p>By <a href="{author.path}">{author.h1}</a>, 3 May 2026. More on <a href="{topic.path}">{topic.h1}</a> and <a href="{services[k % 12].path}">our service</a>.</p>',
            ]
            leaf.jsonld = [
                graph(
                    {
                        "@type": "BlogPosting",
                        "headline": leaf.h1,
                        "datePublished": "2026-05-03",
                        "author": {"@id": f"{author.url}#person"},
                        "publisher": {"@id": f"{BASE}/#firm"},
                    }
                )
            ]
    menu = [
        ("/", "Lumen Lamps"),
        ("/about/", "About"),
        ("/faq/", "Questions"),
        ("/contact/", "Contact"),
        *((s.path, s.h1) for s in services[:4]),
    ]
    navigation = (
        "".join(f'<a href="{path}">{text}</a>' for path, text in menu)
        + '<button aria-label="Menu"><svg></svg></button>'
    )
    profiles = "".join(f'<a href="{url}">{url.split("/")[2]}</a>' for url in PROFILE_LINKS)
    footer = f'<footer><p>Lumen Lamps, Main Street 1, Berlin. <a href="tel:+493055501234">{PHONE}</a> <a href="mailto:office@lumen.example">office@lumen.example</a></p>{profiles}</footer>'
    site = Made(leaves, navigation, footer)
    site.llms = (
        f"# Lumen Lamps\n\n> Lamps made by hand.\n\n- [About]({BASE}/about/)\n- [Contact]({BASE}/contact/)\n"
    )
    return site


def write(site: Made, folder: Any) -> None:
    """The site as a folder of files."""
    for leaf in site.leaves.values():
        file = folder / (leaf.path.lstrip("/") + ("index.html" if leaf.path.endswith("/") else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(leaf.html(site))
    (folder / "robots.txt").write_text(site.robots)
    (folder / "sitemap.xml").write_text(site.sitemap_text())
    (folder / "llms.txt").write_text(site.llms)
    (folder / "_headers").write_text(
        "/*\n  Strict-Transport-Security: max-age=31536000\n  X-Content-Type-Options: nosniff\n  Content-Security-Policy: frame-ancestors 'self'\n"
    )
