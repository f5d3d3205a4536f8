"""Cases of audits of whole sites whose inputs were published outside the project, restated on a site of a few pages:
paths and the texts of files stay as published, hosts become the site's own where they must."""

from __future__ import annotations

from groma.site import Outcome, visits
from groma.site.crawlers import crawlers
from site_small import BASE, data, links, status
from site_wholes import Pages, Whole, bare, page, robots_meta

RFC_ROBOTS = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
LIGHTHOUSE_ROBOTS = "Lighthouse, robots-txt-test.js"
LIGHTHOUSE_CANONICAL = "Lighthouse, canonical-test.js"
GOOGLE_HREFLANG = "Google, Tell Google about localized versions of your page: missing return links, example"
GOOGLE_NOINDEX = "Google, Block Search indexing with noindex, examples"
GOOGLE_ROBOTS = "Google, Robots meta tag specifications, examples"
GOOGLE_STATUS = "Google, How HTTP status codes affect Google's crawlers, tables"
SITEMAPS = "sitemaps.org, protocol, sample of an XML sitemap"
W3C_DATES = "W3C, Date and Time Formats (NOTE-datetime), examples"
LLMS = "llmstxt.org, example (FastHTML)"
GOOGLE_FIRM = "Google, Organization structured data, example"
APACHE = "Apache, mod_log_config, combined format, example; the vendors' published user agents"

ORGANISATION = {
    "@context": "https://schema.org", "@type": "Organization", "name": "Example Corporation",
    "sameAs": ["https://example.net/profile/example1234", "https://example.org/example1234"],
    "telephone": "+47-99-999-9999", "email": "contact@example.com",
}  # fmt: skip
VISITORS = {
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "OAI-SearchBot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot",
}


def combined(agent: str, code: int) -> str:
    return f'127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" {code} 2326 "http://www.example.com/start.html" "{agent}"'


def log(code: int, times: int) -> Outcome:
    """Nineteen answers with success to each visitor, and so many others to the second."""
    lines = [combined(agent, 200) for agent in VISITORS.values() for _ in range(19)]
    return Outcome(visits=visits([*lines, *[combined(VISITORS["OAI-SearchBot"], code)] * times], crawlers()))


def of_rfc(robots: str = RFC_ROBOTS) -> Pages:
    """A page on each path that the explanation of the example names."""
    paths = ("/example/page.html", "/example/other.html", "/publications/")
    return {"/": links(*paths), **dict.fromkeys(paths, "x"), "/robots.txt": robots}


def renamed(token: str) -> str:
    """The example with a real crawler in the place of foobot."""
    return RFC_ROBOTS.replace("foobot", token).replace("User-Agent: *", "User-Agent: someoneelse")


ROBOTS = (
    *(
        Whole(
            audit=f"robots-blocks-{purpose}", pages=of_rfc(), outside="RFC 9309, 5.1, example: crawlers without a group of their own",
            hits=("/example/other.html", "/example/page.html"), looked_at=4, says="line 3",
        )
        for purpose in ("search", "user", "training")
    ),
    *(
        Whole(
            audit=f"robots-blocks-{purpose}", pages=of_rfc(renamed(token)), looked_at=4, says="line 7", outside="RFC 9309, 5.1, example: foobot",
            hits=("/", "/example/other.html", "/publications/"),
        )
        for purpose, token in (("search", "Googlebot"), ("user", "Claude-User"), ("training", "GPTBot"))
    ),
    Whole(
        audit="robots-blocks-training", pages={"/": "x", "/robots.txt": "User-agent: GPTBot\nDisallow: /\n"}, hits=("/",), looked_at=1,
        says="GPTBot", outside="OpenAI, Overview of OpenAI crawlers, example",
    ),
    *(Whole(audit="robots-failing", pages={"/": "x", "/robots.txt": bare(code)}, hits=("/robots.txt",), outside=LIGHTHOUSE_ROBOTS) for code in (429, 500, 503, 599)),
    *(Whole(audit="robots-failing", pages={"/": "x", "/robots.txt": bare(code)}, outside="RFC 9309, 2.3.1.3; " + LIGHTHOUSE_ROBOTS) for code in (401, 404)),
    Whole(
        audit="robots-unread", pages={"/": "x", "/robots.txt": "unknown: directive"}, outside=LIGHTHOUSE_ROBOTS + " (an error there; RFC 9309, 2.2.4, allows other records)"
    ),
    *(
        Whole(audit="robots-unread", pages={"/": "x", "/robots.txt": text}, hits=("/robots.txt",) * count, outside=LIGHTHOUSE_ROBOTS)
        for text, count in (
            ("Allow: /", 1), ("user-agent: *\nallow: must/start/with/a/slash", 1),
            ("user-agent: *\nallow: https://cant.be/absolute", 1), ("every\nsingle\nline\nis\nwrong\n", 5),
            ("#just a comment", 0), ("user-agent:*\ndisallow:", 0), ("USER-AGENT:  *\nALLOW:    /         \nDISALLOW:#comment", 0),
            ("User-agent: Twitterbot\nDisallow:\n\nUser-agent: BadBot\nDisallow: / # go away!\n\nSitemap: https://example.com/sitemap.xml\n", 0),
            ("User-agent: Bing\nDisallow: /*.swf$\ncrawl-delay: 10\n", 0),
        )
    ),
)  # fmt: skip

ANSWERS = (
    *(Whole(audit="server-error", pages={"/": links("/a"), "/a": bare(code)}, hits=("/a",), looked_at=2, outside=GOOGLE_STATUS) for code in (429, 500, 502, 503)),
    *(Whole(audit="server-error", pages={"/": links("/a"), "/a": status(code)}, looked_at=2, outside=GOOGLE_STATUS) for code in (200, 301, 404, 410)),
    *(
        Whole(audit="refused-page", pages={"/": links("/a"), "/a": status(code)}, hits=("/a",), looked_at=2, outside=source)
        for code, source in ((401, "RFC 9110, 15.5.2"), (403, "RFC 9110, 15.5.4"), (451, "RFC 7725, 3, example"))
    ),
    *(Whole(audit="broken-link", pages={"/": links("/a"), "/a": status(code)}, hits=("/",), looked_at=2, outside="RFC 9110, 15.5.5 and 15.5.11: not found, gone") for code in (404, 410)),
    Whole(audit="broken-link", pages={"/": links("/a"), "/a": status(403)}, looked_at=2, outside="RFC 9110, 15.5.4: refused isn't gone"),
    *(
        Whole(audit="crawler-turned-away", pages={"/": "x"}, measured=log(code, times), hits=hits, looked_at=2, outside=APACHE)
        for code, times, hits in ((403, 1, ()), (403, 2, ("/apache_pb.gif",)), (404, 9, ()))
    ),
)  # fmt: skip

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://www.example.com/</loc><lastmod>2005-01-01</lastmod><changefreq>monthly</changefreq><priority>0.8</priority></url>
<url><loc>http://www.example.com/catalog?item=12&amp;desc=vacation_hawaii</loc><changefreq>weekly</changefreq></url>
<url><loc>http://www.example.com/catalog?item=73&amp;desc=vacation_new_zealand</loc><lastmod>2004-12-23</lastmod></url>
<url><loc>http://www.example.com/catalog?item=74&amp;desc=vacation_newfoundland</loc><lastmod>2004-12-23T18:00:15+00:00</lastmod><priority>0.3</priority></url>
</urlset>"""


def dated(date: str) -> Pages:
    return {
        "/": "x",
        "/sitemap.xml": f"<urlset><url><loc>{BASE}/</loc><lastmod>{date}</lastmod></url></urlset>",
    }


DISCOVERY = (
    Whole(audit="sitemap-broken", pages={"/": "x", "/sitemap.xml": SITEMAP}, outside=SITEMAPS),
    Whole(audit="sitemap-broken", pages={"/": "x", "/sitemap.xml": SITEMAP.replace("&amp;", "&")}, hits=("/sitemap.xml",), outside=SITEMAPS + ", its entities not escaped"),
    Whole(audit="sitemap-broken", pages={"/": "x", "/sitemap.xml": SITEMAP.replace("http://www.example.com/c", "/c")}, hits=("/sitemap.xml",), says="aren't absolute", outside=SITEMAPS + ", its addresses not absolute"),
    Whole(audit="sitemap-dates", pages={"/": "x", "/sitemap.xml": SITEMAP}, outside=SITEMAPS),
    *(
        Whole(audit="sitemap-dates", pages=dated(date), outside=W3C_DATES)
        for date in ("1997", "1997-07", "1997-07-16", "1997-07-16T19:20+01:00", "1997-07-16T19:20:30+01:00", "1997-07-16T19:20:30.45+01:00", "1994-11-05T13:15:30Z")
    ),
    *(Whole(audit="sitemap-dates", pages=dated(date), hits=("/sitemap.xml",), outside="RFC 9110, 5.6.7, dates of HTTP, no W3C dates") for date in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994")),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": SITEMAP, "/robots.txt": f"Sitemap: {BASE}/sitemap.xml"}, outside="sitemaps.org, Specifying the Sitemap location in your robots.txt file"),
    Whole(audit="sitemap-unnamed", pages={"/": "x", "/sitemap.xml": SITEMAP, "/robots.txt": "User-agent: *\nDisallow:\n"}, hits=("/robots.txt",), outside="the same, its line left out"),
    *(
        Whole(
            audit="llms-dead", looked_at=1, hits=hits, outside=LLMS,
            pages={
                "/": links("/docs/tutorials/quickstart_for_web_devs.html.md"), **pages,
                "/llms.txt": "# FastHTML\n\n> FastHTML is a python library\n\n## Docs\n\n- [FastHTML quick start](/docs/tutorials/quickstart_for_web_devs.html.md): A brief overview\n"
                "- [HTMX reference](https://github.com/bigskysoftware/htmx/blob/master/www/content/reference.md): Brief description\n",
            },
        )
        for pages, hits in (({"/docs/tutorials/quickstart_for_web_devs.html.md": "text"}, ()), ({}, ("/llms.txt",)))
    ),
)  # fmt: skip

EN, DE = (
    '<link rel="alternate" hreflang="en-gb" href="/en-gb/index.html">',
    '<link rel="alternate" hreflang="de" href="/de/index.html">',
)
INDEXABILITY = (
    Whole(audit="hreflang-return", pages={"/": links("/de/index.html"), "/de/index.html": page("", EN), "/en-gb/index.html": page("", DE)}, looked_at=2, outside=GOOGLE_HREFLANG),
    Whole(audit="hreflang-return", pages={"/": links("/de/index.html"), "/de/index.html": page("", EN), "/en-gb/index.html": page("")}, hits=("/de/index.html",), looked_at=1, outside=GOOGLE_HREFLANG),
    *(Whole(audit="noindex-offered", pages={"/": page("", robots_meta(content))}, hits=("/",), outside=GOOGLE_NOINDEX) for content in ("noindex", "NOINDEX, nofollow", "none")),
    *(Whole(audit="noindex-offered", pages={"/": page("", robots_meta(content))}, outside=GOOGLE_ROBOTS) for content in ("nofollow", "nosnippet", "max-snippet:20, max-image-preview:large")),
    Whole(
        audit="noindex-unseen", pages={"/": links("/a"), "/a": page("", robots_meta("noindex")), "/robots.txt": "User-agent: Googlebot\nDisallow: /a\n"}, hits=("/a",),
        outside=GOOGLE_NOINDEX + ": the page must not be blocked by robots.txt",
    ),
    Whole(audit="noindex-unseen", pages={"/": links("/a"), "/a": page("", robots_meta("noindex"))}, outside=GOOGLE_NOINDEX),
)  # fmt: skip

ENTITIES = (
    Whole(audit="organisation-missing", pages={"/": data(ORGANISATION)}, outside=GOOGLE_FIRM),
    Whole(audit="organisation-missing", pages={"/": data({**ORGANISATION, "@type": "Product"})}, hits=("/",), outside=GOOGLE_FIRM + ", as a product"),
    Whole(audit="same-as", pages={"/": data(ORGANISATION)}, looked_at=2, outside=GOOGLE_FIRM),
    Whole(audit="same-as", pages={"/": data({**ORGANISATION, "sameAs": ["profile/example1234"]})}, hits=("/",), says="no absolute address", outside=GOOGLE_FIRM + ", relative"),
)  # fmt: skip

PUBLISHED_WHOLES: tuple[Whole, ...] = (*ROBOTS, *ANSWERS, *DISCOVERY, *INDEXABILITY, *ENTITIES)
