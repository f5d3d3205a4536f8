"""Cases of audits of whole sites: a few pages, where the hits are, how many places were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groma.site import Bounds, Outcome, Response
from groma.site.beyond import Beyond
from groma.site.measured import Visits
from groma.site.profiles import Profile
from groma.site.rendered import Rendered
from site_small import BASE, data, links, sitemap, status

Pages = Mapping[str, str | Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An audit on a site: `hits` are the paths of all hits in order of the alphabet, `says` stands in the first, `unable`
    in why it couldn't look (empty: it could), `outside` tells where the input was published."""

    audit: str
    pages: Pages
    hits: tuple[str, ...] = ()
    looked_at: int = 1
    says: str = ""
    unable: str = ""
    outside: str = ""
    measured: Outcome | None = None
    beyond: Beyond | None = None
    bounds: Bounds = field(default_factory=Bounds)


def page(body: str = "", head: str = "") -> str:
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def canonical(path: str) -> str:
    return f'<link rel="canonical" href="{path}">'


def robots_meta(content: str) -> str:
    return f'<meta name="robots" content="{content}">'


def firm(**facts: object) -> str:
    return data({"@context": "https://schema.org", "@type": "Organization", **facts})


def shown(path: str = "/", words: int = 100, added: int = 0, **more: tuple[object, ...]) -> Beyond:
    """What a browser showed of one page."""
    found: dict[str, tuple[object, ...]] = {"links": (), "head": (), "items": (), **more}
    return Beyond({BASE + path: Rendered(BASE + path, words, added, "how it begins", **found)})  # type: ignore[arg-type]


def bare(code: int, error: str = "") -> Response:
    return Response("", code, (), b"", 0.0, error)


WORDS = "one two three four five six seven eight nine ten " * 3
HREFLANG = '<link rel="alternate" hreflang="de" href="/de">'
LINKEDIN, XING, CRUNCHBASE = (
    "https://www.linkedin.com/company/small",
    "https://xing.com/small",
    "https://crunchbase.com/small",
)
PLAIN = page("text")

ACCESS = (
    Whole(audit="broken-link", pages={"/": links("/a", "/b"), "/a": status(404), "/b": status(410)}, hits=("/", "/"), looked_at=3),
    Whole(audit="crawler-turned-away", pages={"/": "x"}, looked_at=0, unable="no log"),
    Whole(
        audit="crawler-turned-away", pages={"/": "x"}, looked_at=1, says="10 of 20",
        hits=("/a",), measured=Outcome(visits={token: Visits(20, {403: 10}, "/a") for token in ("Googlebot", "GPTBot", "AddSearchBot")}),
    ),
    Whole(audit="redirect-chain", pages={"/": links("/1"), "/1": status(301, "/2"), "/2": status(301, "https://other.example/")}, looked_at=2),
    Whole(audit="redirect-loop", pages={"/": links("/1"), "/1": status(301, "/a"), "/a": "x"}, looked_at=1),
    Whole(
        audit="refused-page", pages={"/": links("/a", "/b", "/c", "/d", "/e"), **{f"/{name}": status(code) for name, code in zip("abcde", (401, 402, 403, 407, 451), strict=True)}},
        hits=("/a", "/b", "/c", "/d", "/e"), looked_at=6,
    ),
    *(
        Whole(audit=f"robots-blocks-{purpose}", pages={"/": "x", "/robots.txt": bare(503)}, hits=("/",), looked_at=1, says=says)
        for purpose, says in (("search", "by robots.txt', quote='robots.txt answers 503"), ("user", "by robots.txt'"), ("training", "by robots.txt'"))
    ),
    Whole(audit="robots-blocks-search", pages={"/": "x", "/robots.txt": bare(503)}, hits=("/",), looked_at=1, says="patch=None"),
    *(
        Whole(
            audit=f"robots-blocks-{purpose}", pages={"/": links("/a", "/b"), "/a": "x", "/b": "x", "/robots.txt": "User-agent: *\nDisallow: /b"},
            hits=("/b",), looked_at=3, says="by line 2'",
        )
        for purpose in ("search", "user", "training")
    ),
    Whole(
        audit="robots-blocks-search", pages={"/": links("/b"), "/b": "x", "/robots.txt": "User-agent: *\nDisallow: /b"},
        hits=("/b",), looked_at=2, says="new='Disallow:', at='2'",
    ),
    Whole(audit="robots-unread", pages={"/": "x"}, looked_at=0),
    Whole(audit="robots-unread", pages={"/": "x", "/robots.txt": "User-agent: *\nDisallow: /a\n"}, looked_at=1),
    Whole(audit="robots-unread", pages={"/": "x", "/robots.txt": "# long\n" * 80_000}, hits=("/robots.txt",), looked_at=1, says="500 KiB"),
    Whole(audit="soft-404", pages={"/": "x", "/this-page-cannot-exist-7f3a1c09": bare(0, "no route")}, looked_at=0, unable="no route"),
    Whole(audit="soft-404", pages={"/": "x"}, looked_at=1),
    Whole(
        audit="soft-404", pages={"/": "x", "/this-page-cannot-exist-7f3a1c09": status(300, "/")},
        hits=("/this-page-cannot-exist-7f3a1c09",), looked_at=1, says="redirects to /",
    ),
)  # fmt: skip

INDEXABILITY = (
    Whole(
        audit="canonical-broken", looked_at=2, hits=("/", "/a"), says="answers 404",
        pages={"/": page(links("/a", "/b"), canonical("/gone")), "/a": page("", canonical("/old")), "/old": status(301, "/b"), "/b": page("", canonical("/b"))},
    ),
    Whole(audit="canonical-broken", looked_at=1, hits=("/",), says="gives no answer", pages={"/": page("", canonical("/a")), "/a": bare(0, "no route")}),
    Whole(audit="canonical-broken", looked_at=1, hits=("/",), says="redirects to", pages={"/": page("", canonical("/a")), "/a": status(301, "/b"), "/b": PLAIN}),
    Whole(
        audit="duplicate-content", looked_at=3, hits=("/long",), says="/a",
        pages={"/": page("<nav>" + links("/a", "/long", "/c") + "</nav>"), "/a": page(f"<main>{WORDS}</main>"), "/long": page(f"<main>{WORDS}</main>"), "/c": page(f"<main>{WORDS * 2}</main>")},
    ),
    Whole(audit="hreflang-return", looked_at=1, hits=("/",), says="is no page (404)", pages={"/": page("", HREFLANG)}),
    Whole(audit="hreflang-return", looked_at=1, hits=("/",), says="is no page (301)", pages={"/": page("", HREFLANG), "/de": status(301, "/b"), "/b": PLAIN}),
    Whole(
        audit="noindex-offered", looked_at=2, hits=("/a",),
        pages={"/": page(f"<nav>{links('/a')}</nav>{links('/b')}"), "/a": page("", robots_meta("noindex")), "/b": page("", robots_meta("noindex"))},
    ),
    Whole(audit="noindex-offered", looked_at=1, hits=("/",), pages={"/": page("", robots_meta("noindex"))}),
    Whole(
        audit="noindex-unseen", looked_at=1, hits=("/b",),
        pages={"/": page(links("/a", "/b")), "/a": PLAIN, "/b": page("", robots_meta("noindex")), "/robots.txt": "User-agent: Googlebot\nDisallow: /\n"},
    ),
)  # fmt: skip

DISCOVERY = (
    Whole(audit="not-in-sitemap", pages={"/": "x"}, looked_at=0),
    Whole(audit="sitemap-dates", pages={"/": "x", "/sitemap.xml": sitemap("/")}, looked_at=0),
    Whole(audit="sitemap-dates", pages={"/": "x", "/sitemap.xml": sitemap("/", lastmod="2026-01-02")}, looked_at=1),
    Whole(
        audit="sitemap-dead", pages={"/": links("/a"), "/a": "x", "/sitemap.xml": sitemap("/", "/a")}, looked_at=1, bounds=Bounds(pages=1)
    ),
    Whole(audit="sitemap-dead", pages={"/": "x", "/a": bare(0, "no route"), "/sitemap.xml": sitemap("/", "/a")}, hits=("/a",), looked_at=2, says="gives no answer"),
    Whole(audit="sitemap-dead", pages={"/": "x", "/sitemap.xml": sitemap("/gone")}, hits=("/gone",), looked_at=1, says="answers 404"),
    Whole(
        audit="sitemap-missing", looked_at=1, hits=("/",),
        pages={"/": links(*(f"/{n}" for n in range(10))), **{f"/{n}": "x" for n in range(10)}, "/sitemap.xml": sitemap()},
    ),
    Whole(audit="sitemap-unnamed", pages={"/": "x"}, looked_at=0),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": sitemap("/"), "/robots.txt": bare(503)}, looked_at=0, unable="can't be read"),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": sitemap()}, looked_at=0),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": sitemap("/")}, hits=("/robots.txt",), looked_at=1),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": sitemap("/"), "/robots.txt": "Sitemap: /sitemap.xml"}, looked_at=1),
)  # fmt: skip

LINKS = (
    Whole(audit="deep-page", pages={"/": "x", "/alone": "x", "/sitemap.xml": sitemap("/alone")}, looked_at=1),
    Whole(
        audit="orphan", pages={"/": links("/a"), "/a": "x", "/sitemap.xml": sitemap("/a")}, looked_at=0, bounds=Bounds(pages=1), unable="isn't complete"
    ),
    Whole(
        audit="weak-priority", looked_at=0,
        pages={"/": links("/a"), "/a": "x", "/sitemap.xml": f"<urlset><url><loc>{BASE}/a</loc><priority>0.8</priority></url><url><loc>{BASE}/</loc></url></urlset>"},
    ),
    Whole(
        audit="weak-priority", looked_at=0,
        pages={"/": links("/a"), "/a": "x", "/sitemap.xml": f"<urlset><url><loc>{BASE}/a</loc><priority>high</priority></url><url><loc>{BASE}/</loc><priority>0.5</priority></url></urlset>"},
    ),
    Whole(
        audit="weak-priority", looked_at=1,
        pages={"/": links("/a"), "/a": links("/b"), "/b": links("/"), "/sitemap.xml": f"<urlset><url><loc>{BASE}/a</loc><priority>0.8</priority></url><url><loc>{BASE}/</loc><priority>0.5</priority></url></urlset>"},
    ),
)  # fmt: skip

RENDERING = (
    *(
        Whole(audit=audit, pages={"/": "x"}, looked_at=0, unable="--render")
        for audit in ("script-only-text", "script-only-links", "script-only-items", "script-changes-head")
    ),
    *(
        Whole(audit=audit, pages={"/": "x"}, beyond=shown())
        for audit in ("script-only-text", "script-only-links", "script-only-items", "script-changes-head")
    ),
    Whole(
        audit="script-only-text", pages={"/": "x"}, looked_at=0,
        beyond=Beyond({f"{BASE}/": Rendered(f"{BASE}/", 100, 90, "", (), (), (), "the browser shows nothing")}),
    ),
    Whole(audit="script-only-text", pages={"/": "x"}, hits=("/",), beyond=shown(words=60, added=30), says="severity='error'"),
    Whole(audit="script-only-text", pages={"/": "x"}, hits=("/",), beyond=shown(words=60, added=30), says="cause='most of the text'"),
    Whole(audit="script-only-text", pages={"/": "x"}, hits=("/",), beyond=shown(words=150, added=30), says="severity='warning'"),
    Whole(audit="script-only-text", pages={"/": "x"}, hits=("/",), beyond=shown(words=150, added=30), says="cause='a part of the text'"),
    Whole(audit="script-only-text", pages={"/": "x"}, beyond=shown(words=151, added=30)),
    Whole(audit="script-only-text", pages={"/": "x"}, beyond=shown(words=30, added=29)),
    Whole(audit="script-only-items", pages={"/": "x"}, hits=("/",), beyond=shown(items=("Product", "Offer")), says="only scripts add Product, Offer"),
    Whole(
        audit="script-changes-head", pages={"/": "x"}, hits=("/", "/"), beyond=shown(head=(("title", "a", "b"), ("canonical", "", "/x"))), says="cause='title'"
    ),
    Whole(audit="script-only-links", pages={"/": "x"}, beyond=shown(links=("https://other.example/",))),
    Whole(
        audit="script-only-links", pages={"/": links("/a") + links("/b"), "/a": "x"}, hits=("/",),
        beyond=shown("/", links=(f"{BASE}/a", f"{BASE}/b")), says="2 links exist only after scripts'",
    ),
    Whole(
        audit="script-only-links", pages={"/": links("/a"), "/a": "x"}, hits=("/",),
        beyond=shown("/", links=(f"{BASE}/a", f"{BASE}/b", f"{BASE}/c")), says="3 links exist only after scripts, 2 of their targets",
    ),
)  # fmt: skip


def _profiles(**states: str) -> Beyond:
    return Beyond(profiles={f"https://{name}.example/": Profile(f"https://{name}.example/", state, "why") for name, state in states.items()})  # type: ignore[arg-type]  # fmt: skip


ENTITIES = (
    Whole(
        audit="dangling-id", looked_at=2, hits=("/",), says="/#me",
        pages={"/": data({"@context": "https://schema.org", "@type": "WebPage", "author": {"@id": "/#me"}, "publisher": {"@id": "/a#us"}}) + links("/a"), "/a": firm(**{"@id": "/a#us"})},
    ),
    Whole(audit="dangling-id", looked_at=0, pages={"/": data({"@context": "https://schema.org", "@type": "WebPage", "author": {"@id": "https://x.example#me"}})}),
    Whole(
        audit="organisation-conflict", looked_at=0,
        pages={"/": firm(name="One", telephone="+49 30 1111111") + links("/a"), "/a": firm(name="Two", telephone="+49 30 2222222")},
    ),
    Whole(
        audit="organisation-conflict", looked_at=1, hits=("/a",), says="name is “Two” here and “One”",
        pages={"/": firm(**{"@id": "/#us"}, name="One") + links("/a"), "/a": firm(**{"@id": "/#us"}, name="Two")},
    ),
    Whole(audit="organisation-missing", pages={"/": status(500)}, looked_at=0, unable="can't be read"),
    Whole(audit="organisation-missing", pages={"/": "x"}, hits=("/",), looked_at=1),
    Whole(audit="organisation-missing", pages={"/": firm(name="One")}, looked_at=1),
    Whole(audit="same-as", pages={"/": firm(name="One", sameAs=["not an address"])}, hits=("/",), looked_at=1, says="is no absolute address"),
    Whole(audit="same-as", pages={"/": firm(name="One", sameAs=[f"{BASE}/me"])}, hits=("/",), looked_at=1, says="is an address of the site itself"),
    Whole(
        audit="same-as", pages={"/": firm(name="One", sameAs=[LINKEDIN]) + f'<a href="{XING}">us</a>'}, hits=("/", "/"), looked_at=2,
        says="links to the profile",
    ),
    Whole(audit="same-as", pages={"/": firm(name="One", sameAs=[CRUNCHBASE])}, looked_at=1),
    Whole(
        audit="same-as", looked_at=2, hits=("/en",),
        pages={"/": status(301, "/en"), "/en": firm(name="One", sameAs=[LINKEDIN]) + f'<a href="{LINKEDIN}">us</a><a href="{XING}">us</a>'},
    ),
    Whole(
        audit="same-as", looked_at=2, hits=("/",),
        pages={
            "/": status(301, "https://other.example/"), "/sitemap.xml": sitemap("/en"),
            "/en": firm(name="One", sameAs=[LINKEDIN]) + f'<a href="{LINKEDIN}">us</a><a href="{XING}">us</a>',
        },
    ),
    Whole(audit="same-as-back", pages={"/": "x"}, looked_at=0, unable="--follow-sameas"),
    Whole(audit="same-as-back", pages={"/": "x"}, looked_at=2, hits=("/",), says="a.example", beyond=_profiles(a="doesn't point back", b="points back")),
    Whole(
        audit="same-as-back", pages={"/": "x"}, looked_at=1, beyond=_profiles(a="points back", b="wasn't shown", c="wasn't shown"),
        unable="not shown to this crawler: https://b.example/ (why); https://c.example/ (why)",
    ),
    Whole(audit="same-as-back", pages={"/": status(301, "/en"), "/en": "x"}, looked_at=1, hits=("/en",), beyond=_profiles(a="doesn't point back")),
    Whole(audit="same-as-back", pages={"/": status(301, "https://other.example/")}, looked_at=1, hits=("/",), beyond=_profiles(a="doesn't point back")),
)  # fmt: skip

TEXTS = (
    Whole(audit="description-duplicate", pages={"/": links("/a"), "/a": "x"}, looked_at=0),
    Whole(audit="title-duplicate", pages={"/": links("/a"), "/a": "x"}, looked_at=0),
    Whole(audit="contact-far", pages={"/": "x"}, looked_at=0, unable="no page has a way to ask"),
    Whole(audit="no-contact", pages={"/": status(500)}, looked_at=0, unable="can't be read"),
)

REFRESH = '<meta http-equiv="refresh" content="0;url=/b">'
LONG = "x" * 130
CALL = '<a href="tel:+493012345678">call</a>'
ASK = '<form action="/s" method="post"><textarea name="m"></textarea><button>Send</button></form>'
SLIPS = (
    Whole(
        audit="crawler-turned-away", pages={"/": "x"}, hits=("/a",), says="(4 times 403, 6 times 429)",
        measured=Outcome(visits={"Googlebot": Visits(20, {429: 6, 403: 4}, "/a")}),
    ),
    Whole(audit="link-to-redirect", pages={"/": links("/a"), "/a": page("x", REFRESH), "/b": "x"}, looked_at=0),
    Whole(audit="link-to-redirect", pages={"/": links("/a"), "/a": status(301, "https://other.example/")}),
    Whole(audit="redirect-chain", pages={"/": links("/0"), "/0": status(301, "/1"), "/1": status(301, "/2"), "/2": status(301, "/1")}, looked_at=3),
    Whole(audit="robots-failing", pages={"/": "x", "/robots.txt": bare(503)}, hits=("/robots.txt",), says="answers 503"),
    Whole(audit="robots-failing", pages={"/": "x", "/robots.txt": bare(0, "no route")}, hits=("/robots.txt",), says="gives no answer"),
    Whole(audit="server-error", pages={"/": links("/a"), "/a": bare(500)}, hits=("/a",), looked_at=2, says="answers 500"),
    Whole(audit="server-error", pages={"/": links("/a"), "/a": bare(0)}, hits=("/a",), looked_at=2, says="no answer"),
    Whole(audit="soft-404", pages={"/": "x", "/this-page-cannot-exist-7f3a1c09": bare(150)}),
    Whole(audit="canonical-broken", pages={"/": page("", canonical("/a")), "/a": PLAIN}),
    Whole(audit="hreflang-return", pages={"/": page("", '<link rel="alternate" hreflang="de" href="https://other.example/">')}, looked_at=0),
    Whole(audit="hreflang-return", pages={"/": page("", HREFLANG), "/de": page("x", REFRESH), "/b": PLAIN}, hits=("/",), says="is no page (200)"),
    Whole(audit="hreflang-return", pages={"/": page("", HREFLANG).replace(' lang="en"', ""), "/de": PLAIN}, hits=("/",), says='hreflang="x-default"'),
    Whole(
        audit="noindex-offered",
        pages={"/": page("<nav>" + links("/a") + "</nav>"), "/a": Response("", 404, (("content-type", "text/html"), ("x-robots-tag", "noindex")), b"<p>gone</p>")},
    ),
    Whole(audit="llms-dead", pages={"/": links("/gone"), "/llms.txt": Response("", 404, (("content-type", "text/plain"),), b"[x](/gone)")}, looked_at=0),
    Whole(audit="sitemap-dates", pages={"/": "x", "/sitemap.xml": sitemap(*(f"/{n}" for n in range(20)), lastmod="2026-01-02")}, hits=("/sitemap.xml",), says="'2026-01-02'"),
    Whole(
        audit="sitemap-dead", hits=("/gone",),
        pages={"/": "x", "/sitemap.xml": f"<urlset><url><loc>https://other.example/</loc></url><url><loc>{BASE}/gone</loc></url></urlset>"},
    ),
    Whole(
        audit="sitemap-missing",
        pages={
            "/": links(*(f"/{n}" for n in range(10))), **{f"/{n}": "x" for n in range(10)},
            "/sitemap.xml": f"<sitemapindex><sitemap><loc>{BASE}/s2.xml</loc></sitemap></sitemapindex>",
        },
    ),
    Whole(
        audit="sitemap-unnamed", hits=("/robots.txt",),
        pages={"/": "x", "/sitemap.xml": f"<sitemapindex><sitemap><loc>{BASE}/s2.xml</loc></sitemap></sitemapindex>"},
    ),
    Whole(
        audit="dangling-id", hits=("/",), says="/#me",
        pages={"/": "".join(data({"@context": "https://schema.org", "@type": "WebPage", "author": {"@id": name}}) for name in ("urn:isbn:1", "https://a.example/#x", "/#me"))},
    ),
    Whole(
        audit="same-as", looked_at=3, hits=("/", "/", "/"), says="instagram",
        pages={"/": firm(name="One", sameAs=[LINKEDIN]) + '<a href="https://instagram.com/small">us</a>' + f'<a href="{XING}">us</a>'},
    ),
    Whole(audit="description-duplicate", pages={path: page(links("/a"), f'<meta name="description" content="{LONG}">') for path in ("/", "/a")}, hits=("/", "/a"), looked_at=2, says=f"'{'x' * 120}'"),
    Whole(audit="title-duplicate", pages={path: page(links("/a"), f"<title>{LONG}</title>") for path in ("/", "/a")}, hits=("/", "/a"), looked_at=2, says=f"'{'x' * 120}'"),
    Whole(
        audit="contact-far", hits=("/", "/b"), looked_at=4,
        pages={"/": links("/gone", "/b"), "/gone": Response("", 404, (("content-type", "text/html"),), CALL.encode()), "/b": links("/c"), "/c": links("/d"), "/d": CALL},
    ),
    Whole(audit="contact-far", pages={"/": links("/a"), "/a": ASK}, looked_at=2),
)  # fmt: skip

WHOLES: tuple[Whole, ...] = (
    *ACCESS,
    *INDEXABILITY,
    *DISCOVERY,
    *LINKS,
    *RENDERING,
    *ENTITIES,
    *TEXTS,
    *SLIPS,
)
