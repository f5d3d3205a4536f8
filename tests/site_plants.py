"""Defects to plant into a made site, one or more for every audit; each says exactly which findings must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy

from groma.site import Response
from site_maker import BASE, PROFILE_LINKS, Leaf, Made, graph, paragraphs, sentences

Expected = set[tuple[str, str]]
Take = Callable[[str], Leaf]
SCHEMA = "https://schema.org"


def taker(site: Made) -> Take:
    """Gives pages of a kind that nobody has changed yet."""
    waiting: dict[str, Iterator[Leaf]] = {}

    def take(kind: str) -> Leaf:
        return next(waiting.setdefault(kind, iter(site.of(kind)[3:])))

    return take


def new(site: Made, path: str, **changes: object) -> Leaf:
    """A further clean page that nothing links to yet."""
    name = path.strip("/").replace("/", " ")
    leaf = Leaf(path, f"Extra {name} | Lumen Lamps", f"Extra {name}", "extra", paragraphs("x" + path))
    leaf.description = f"Extra {name}: {sentences('y' + path, 1)}"[:150]
    leaf.lastmod = "2026-02-03"
    for key, value in changes.items():
        setattr(leaf, key, value)
    site.leaves[path] = leaf
    return leaf


def moved(site: Made, path: str, target: str) -> Leaf:
    return new(site, path, status=301, location=BASE + target, listed=False)


def link(leaf: Leaf, path: str, text: str = "more about this") -> None:
    leaf.main.append(f'<p>Here is <a href="{path}">{text} {path.strip("/")}</a>.</p>')


def into_main(html: str, audit: str, kind: str = "product") -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take(kind)
        leaf.main.append(html)
        return {(audit, leaf.url)}

    return plant


def into_head(html: str, audit: str) -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take("product")
        leaf.head.append(html)
        return {(audit, leaf.url)}

    return plant


def set_on(audit: str, kind: str = "product", **changes: object) -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take(kind)
        for key, value in changes.items():
            setattr(leaf, key, copy(value))
        return {(audit, leaf.url)}

    return plant


def item(audit: str, **properties: object) -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take("product")
        leaf.jsonld.append(
            {"@context": SCHEMA, **{key.replace("at_", "@"): value for key, value in properties.items()}}
        )
        return {(audit, leaf.url)}

    return plant


def refused_to(agent: str, audit: str) -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take("product")
        site.robots += f"\nUser-agent: {agent}\nDisallow: {leaf.path}\n"
        return {(audit, leaf.url)}

    return plant


def robots_line(site: Made, take: Take) -> Expected:
    site.robots += "\nUser-agent: SomeBot\nDisalow: /never/\n"
    return {("robots-unread", f"{BASE}/robots.txt")}


def server_error(site: Made, take: Take) -> Expected:
    broken, limited = take("article"), take("article")
    broken.status, broken.listed = 500, False
    limited.status, limited.listed = 429, False
    return {("server-error", broken.url), ("server-error", limited.url)}


def broken_link(site: Made, take: Take) -> Expected:
    leaf, other = take("product"), take("article")
    link(leaf, "/gone/")
    link(other, "/gone/")
    return {("broken-link", leaf.url), ("broken-link", other.url)}


def refused_page(site: Made, take: Take) -> Expected:
    leaf = take("article")
    leaf.status, leaf.listed = 403, False
    return {("refused-page", leaf.url)}


def redirect_chain(site: Made, take: Take) -> Expected:
    leaf, end = take("product"), take("article")
    first = moved(site, "/old-a/", "/old-b/")
    moved(site, "/old-b/", end.path)
    link(leaf, first.path)
    return {("redirect-chain", first.url), ("link-to-redirect", leaf.url)}


def redirect_loop(site: Made, take: Take) -> Expected:
    leaf = take("product")
    first, second = moved(site, "/loop-a/", "/loop-b/"), moved(site, "/loop-b/", "/loop-a/")
    link(leaf, first.path)
    return {("redirect-loop", first.url), ("redirect-loop", second.url)}


def link_to_redirect(site: Made, take: Take) -> Expected:
    leaf = take("product")
    link(leaf, moved(site, "/moved/", take("article").path).path)
    return {("link-to-redirect", leaf.url)}


def noindex_by_header(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.headers["x-robots-tag"] = "noindex"
    return {("noindex-offered", leaf.url)}


def canonical_broken(site: Made, take: Take) -> Expected:
    gone, unwanted, twice = take("product"), take("product"), take("product")
    hidden = new(site, "/hidden/", listed=False)
    hidden.head.append('<meta name="robots" content="noindex">')
    elsewhere = new(site, "/elsewhere/", listed=False, canonical=f"{BASE}/about/")
    gone.canonical, unwanted.canonical, twice.canonical = f"{BASE}/gone-canonical/", hidden.url, elsewhere.url
    gone.listed = unwanted.listed = twice.listed = False
    return {("canonical-broken", leaf.url) for leaf in (gone, unwanted, twice)}


def canonical_outside(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.canonical, leaf.listed = "https://staging.example.net/x", False
    return {("canonical-outside", leaf.url)}


def duplicate_content(site: Made, take: Take) -> Expected:
    leaf, copy = take("product"), take("product")
    copy.main, copy.h1, copy.jsonld = list(leaf.main), leaf.h1, list(leaf.jsonld)
    return {("duplicate-content", max((leaf, copy), key=lambda one: (len(one.url), one.url)).url)}


def hreflang_return(site: Made, take: Take) -> Expected:
    english = take("service")
    other = next(leaf for leaf in site.of("german") if (english.alternates[1][1]) == leaf.path)
    other.alternates = []
    return {("hreflang-return", english.url)}


def hreflang_self(site: Made, take: Take) -> Expected:
    leaf, other = take("product"), take("product")
    leaf.alternates = [("de", other.path)]
    other.alternates = [("de", other.path), ("en", leaf.path)]
    return {("hreflang-self", leaf.url)}


def head_in_body(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.canonical = ""
    leaf.head.append(f'<div></div><link rel="canonical" href="{leaf.url}">')
    return {("head-in-body", leaf.url), ("canonical-missing", leaf.url)}


def noindex_unseen(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.head.append('<meta name="robots" content="noindex">')
    leaf.listed = False
    site.robots += f"\nUser-agent: Googlebot\nDisallow: {leaf.path}\n"
    return {("noindex-unseen", leaf.url), ("robots-blocks-search", leaf.url)}


def sitemap_broken(site: Made, take: Take) -> Expected:
    url = f"{BASE}/sitemap-2.xml"
    site.files[url] = Response(
        url, 200, (("content-type", "application/xml"),), b"<urlset><url><loc>https://x"
    )
    site.robots += f"Sitemap: {url}\n"
    return {("sitemap-broken", url)}


def sitemap_dead(site: Made, take: Take) -> Expected:
    url = f"{BASE}/gone-listed/"
    other = moved(site, "/moved-listed/", take("article").path)
    leaf = take("product")
    leaf.canonical = f"{BASE}/about/"
    site.sitemap_more += [url, other.url]
    return {("sitemap-dead", url), ("sitemap-dead", other.url), ("sitemap-dead", leaf.url)}


def sitemap_dates(site: Made, take: Take) -> Expected:
    url = f"{BASE}/sitemap-3.xml"
    rows = "".join(
        f"<url><loc>{take('product').url}</loc><lastmod>2026-11-01</lastmod></url>" for _ in range(25)
    )
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    site.files[url] = Response(url, 200, (("content-type", "application/xml"),), text.encode())
    site.robots += f"Sitemap: {url}\n"
    return {("sitemap-dates", url)}


def llms_dead(site: Made, take: Take) -> Expected:
    link(take("product"), "/about/")
    site.sitemap_more.append(f"{BASE}/gone-llms/")
    site.llms += f"- [Gone]({BASE}/gone-llms/)\n"
    return {("llms-dead", f"{BASE}/llms.txt"), ("sitemap-dead", f"{BASE}/gone-llms/")}


def orphan(site: Made, take: Take) -> Expected:
    return {("orphan", new(site, "/orphan/").url)}


def deep_page(site: Made, take: Take) -> Expected:
    before = take("product")
    for n in range(1, 4):
        leaf = new(site, f"/deep/{n}{'abc'[n]}/" if n < 3 else "/deep/last/")
        link(before, leaf.path)
        before = leaf
    return {("deep-page", f"{BASE}/deep/last/")}


def weak_priority(site: Made, take: Take) -> Expected:
    leaf = new(site, "/important/", priority="0.9")
    link(take("article"), leaf.path)
    return {("weak-priority", leaf.url)}


def no_context(site: Made, take: Take) -> Expected:
    leaf = new(site, "/in-the-menu/")
    take("product").extra_nav.append(f'<a href="{leaf.path}">Menu entry</a>')
    return {("no-context", leaf.url)}


def dead_end(site: Made, take: Take) -> Expected:
    leaf = take("article")
    leaf.nav, leaf.jsonld, leaf.main = False, [], paragraphs("dead end")
    return {("dead-end", leaf.url)}


def shell(site: Made, take: Take) -> Expected:
    leaf = take("article")
    leaf.raw = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{leaf.title}</title>'
        f'<meta name="description" content="{leaf.description}">{leaf.viewport}<link rel="canonical" href="{leaf.url}">'
        '</head><body><div id="root"></div><script defer src="/app.js"></script></body></html>'
    ).encode()
    names = ("empty-without-script", "dead-end", "main-missing", "thin-page", "contact-far")
    return {(name, leaf.url) for name in names}


def not_visible(site: Made, take: Take) -> Expected:
    leaf, other = take("product"), take("article")
    thing = {
        "@type": "Product",
        "name": "Unseen thing",
        "image": "/a.jpg",
        "offers": {"@type": "Offer", "price": "7777.00", "priceCurrency": "EUR"},
    }
    leaf.jsonld.append(graph(thing))
    other.jsonld.append(
        {
            "@context": SCHEMA,
            "@type": "WebPage",
            "mainEntity": {"@type": "Question", "name": "Asked nowhere at all?"},
        }
    )
    return {("not-visible", leaf.url), ("not-visible", other.url)}


def organisation_conflict(site: Made, take: Take) -> Expected:
    leaf = take("product")
    firm = {
        "@type": "LocalBusiness",
        "@id": f"{BASE}/#firm",
        "name": "Lumen Lamps",
        "telephone": "+49 30 999999",
        "address": "x",
    }
    leaf.jsonld.append(graph(firm))
    return {("organisation-conflict", leaf.url)}


def same_as(site: Made, take: Take) -> Expected:
    about = site.of("about")[0]
    about.jsonld[0]["@graph"][0]["sameAs"] = ["/profile", f"{BASE}/about/"]
    return {("same-as", about.url)}


def title_duplicate(site: Made, take: Take) -> Expected:
    one, other = take("article"), take("article")
    other.title = one.title
    other.jsonld[0]["@graph"][0]["headline"] = other.h1
    return {("title-duplicate", one.url), ("title-duplicate", other.url)}


def description_duplicate(site: Made, take: Take) -> Expected:
    one, other = take("article"), take("product")
    other.description = one.description
    return {("description-duplicate", one.url), ("description-duplicate", other.url)}


def thin_page(site: Made, take: Take) -> Expected:
    leaf = take("article")
    leaf.jsonld, leaf.main = [], ["<p>Coming soon.</p>"]
    return {("thin-page", leaf.url)}


def undated(site: Made, take: Take) -> Expected:
    leaf = take("article")
    del leaf.jsonld[0]["@graph"][0]["datePublished"]
    return {("article-undated", leaf.url)}


def insecure(site: Made, take: Take) -> Expected:
    leaf = new(site, "/plain/", listed=False)
    url = "http" + leaf.url[5:]
    leaf.canonical = url
    site.files[url] = Response(
        url,
        200,
        (("content-type", "text/html; charset=utf-8"),),
        leaf.html(site).replace(b'href="/', f'href="{BASE}/'.encode()),
    )
    del site.leaves["/plain/"]
    take("product").main.append(f'<p><a href="{url}">Plain page</a></p>')
    site.sitemap_more.append(url)
    return {("insecure-page", url)}


def uncompressed(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.headers["content-encoding"] = ""
    leaf.main += paragraphs("long", 30)
    return {("uncompressed", leaf.url)}


def front_headers(site: Made, take: Take) -> Expected:
    home = site.leaves["/"]
    home.headers.update(
        {
            "strict-transport-security": "max-age=0",
            "x-content-type-options": "",
            "content-security-policy": "",
        }
    )
    return {("hsts", home.url), ("nosniff", home.url), ("framing", home.url)}


def main_missing(site: Made, take: Take) -> Expected:
    leaf = take("product")
    leaf.raw = leaf.html(site).replace(b"<main>", b"<div>").replace(b"</main>", b"</div>")
    return {("main-missing", leaf.url)}


def contact_far(site: Made, take: Take) -> Expected:
    one, other = new(site, "/far-a/", nav=False, footer=False), new(site, "/far-b/", nav=False, footer=False)
    link(one, other.path)
    link(other, one.path)
    link(take("product"), one.path)
    return {("contact-far", one.url), ("contact-far", other.url)}


def scripted_text(site: Made, take: Take) -> Expected:
    part, most = take("product"), take("article")
    part.scripted.append(("</main>", f"<p>{sentences('scripted', 8)}</p></main>"))
    most.scripted.append(("</main>", f"<p>{sentences('scripted too', 90)}</p></main>"))
    return {("script-only-text", part.url), ("script-only-text", most.url)}


def scripted_head(site: Made, take: Take) -> Expected:
    leaves = [take("product") for _ in range(4)]
    title, description, canonical, robots = leaves
    title.scripted.append(("<title>", "<title>New: "))
    description.scripted.append(('name="description" content="', 'name="description" content="Now '))
    canonical.scripted.append((f'rel="canonical" href="{canonical.url}"', f'rel="canonical" href="{BASE}/"'))
    robots.scripted.append(("</head>", '<meta name="robots" content="noindex"></head>'))
    return {("script-changes-head", leaf.url) for leaf in leaves}


def scripted(audit: str, html: str, before: str) -> Callable[[Made, Take], Expected]:
    def plant(site: Made, take: Take) -> Expected:
        leaf = take("product")
        leaf.scripted.append((before, html + before))
        return {(audit, leaf.url)}

    return plant


def profile_silent(site: Made, take: Take) -> Expected:
    site.profiles[PROFILE_LINKS[1]] = "Lamps by hand. Follow us!"
    return {("same-as-back", f"{BASE}/")}


def turned_away(site: Made, take: Take) -> Expected:
    leaf = take("product")
    agent = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
    site.log += [(agent, leaf.path, 403)] * 3 + [(agent, "/", 200)] * 9
    return {("crawler-turned-away", leaf.url)}


FORM = '<form action="{}" method="post"><label>Message <textarea name="t"></textarea></label><button>Send</button></form>'
SCRIPTS = "".join(f'<script src="/{name}.js"></script>' for name in "abcd")

PLANTS: dict[str, Callable[[Made, Take], Expected]] = {
    "robots-blocks-search": refused_to("bingbot", "robots-blocks-search"),
    "robots-blocks-user": refused_to("Claude-User", "robots-blocks-user"),
    "robots-blocks-training": refused_to("GPTBot", "robots-blocks-training"),
    "robots-unread": robots_line,
    "server-error": server_error,
    "broken-link": broken_link,
    "refused-page": refused_page,
    "redirect-chain": redirect_chain,
    "redirect-loop": redirect_loop,
    "link-to-redirect": link_to_redirect,
    "noindex-offered": into_head('<meta name="robots" content="noindex">', "noindex-offered"),
    "noindex-offered by header": noindex_by_header,
    "snippet-refused": into_head('<meta name="robots" content="max-snippet:0">', "snippet-refused"),
    "canonical-many": into_head(f'<link rel="canonical" href="{BASE}/about/">', "canonical-many"),
    "canonical-broken": canonical_broken,
    "canonical-missing": set_on("canonical-missing", canonical=""),
    "canonical-outside": canonical_outside,
    "duplicate-content": duplicate_content,
    "hreflang-code": set_on("hreflang-code", alternates=[("en-UK", "SELF")]),
    "hreflang-return": hreflang_return,
    "hreflang-self": hreflang_self,
    "head-in-body": head_in_body,
    "noindex-unseen": noindex_unseen,
    "sitemap-broken": sitemap_broken,
    "sitemap-dead": sitemap_dead,
    "not-in-sitemap": set_on("not-in-sitemap", listed=False),
    "sitemap-dates": sitemap_dates,
    "llms-dead": llms_dead,
    "orphan": orphan,
    "deep-page": deep_page,
    "weak-priority": weak_priority,
    "no-context": no_context,
    "dead-end": dead_end,
    "generic-text": into_main('<p>For prices <a href="/about/">click here</a>.</p>', "generic-text"),
    "link-unnamed": into_main('<p><a href="/about/"><img src="/i.png" alt="" width="9" height="9"></a></p>', "link-unnamed"),
    "nofollow-internal": into_main('<p><a href="/about/" rel="nofollow">About</a></p>', "nofollow-internal"),
    "script-link": into_main('<p><a onclick="go()">Prices</a></p>', "script-link"),
    "broken-fragment": into_main('<p><a href="#nowhere">Prices</a></p>', "broken-fragment"),
    "fragment-route": into_main('<p><a href="/#/prices">Prices</a></p>', "fragment-route"),
    "empty-without-script": shell,
    "unreadable-markup": set_on("unreadable-markup", raw=b"<!doctype html><html><body>" + b"<div>" * 3000),
    "lazy-image": into_main('<img data-src="/l.jpg" alt="A lamp" width="9" height="9">', "lazy-image"),
    "jsonld-broken": set_on("jsonld-broken", "article", jsonld=['{"@context": "https://schema.org",}']),
    "schema-type": item("schema-type", at_type="Organisation", name="A"),
    "schema-property": item("schema-property", at_type="Person", name="A", phone="1"),
    "schema-value": item("schema-value", at_type="CreativeWork", name="A", datePublished="3rd of May"),
    "feature-missing": item("feature-missing", at_type="Event", name="Lumen Lamps"),
    "feature-retired": item("feature-retired", at_type="FAQPage", name="A"),
    "not-visible": not_visible,
    "dangling-id": item("dangling-id", at_type="WebPage", author={"@id": f"{BASE}/#nobody"}),
    "organisation-conflict": organisation_conflict,
    "same-as": same_as,
    "breadcrumb-order": item("breadcrumb-order", at_type="BreadcrumbList", itemListElement=[{"@type": "ListItem", "position": 2, "name": "A", "item": "/"}]),
    "title-missing": set_on("title-missing", title="", jsonld=[]),
    "title-duplicate": title_duplicate,
    "title-long": set_on("title-long", "article", title="A title " * 20),
    "description-missing": set_on("description-missing", description=""),
    "description-duplicate": description_duplicate,
    "h1-missing": set_on("h1-missing", "article", h1=""),
    "thin-page": thin_page,
    "heading-skip": into_main("<h2>Part</h2><h4>Detail</h4><p>Text.</p>", "heading-skip"),
    "question-unanswered": into_main("<h2>Is it so?</h2><h2>More</h2><p>Text.</p>", "question-unanswered"),
    "answer-late": into_main(f"<h2>What is it?</h2><p>{'It is a long story. ' * 30}</p>", "answer-late"),
    "table-header": into_main("<table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>", "table-header"),
    "wall-of-text": into_main(f"<p>{'many words ' * 150}</p>", "wall-of-text"),
    "figures-without-source": into_main(f"<p>Saves 12 %, 30 % and 45 %.</p><p>{'word ' * 200}</p><p>{'word ' * 200}</p>", "figures-without-source"),
    "article-undated": undated,
    "language-missing": set_on("language-missing", lang=""),
    "mixed-content": into_main('<img src="http://www.lumen.example/a.jpg" alt="A" width="9" height="9">', "mixed-content"),
    "insecure-page": insecure,
    "uncompressed": uncompressed,
    "slow-answer": set_on("slow-answer", seconds=3.0),
    "heavy-page": set_on("heavy-page", after=[f"<!--{'x' * 2_000_000}-->"]),
    "blocking-scripts": into_head(SCRIPTS, "blocking-scripts"),
    "image-size": into_main('<img src="/s.jpg" alt="A lamp">', "image-size"),
    "charset": set_on("charset", charset="", headers={"content-type": "text/html"}),
    "wrong-type": set_on("wrong-type", headers={"content-type": "text/plain"}),
    "front headers": front_headers,
    "form-insecure": into_main('<form action="http://www.lumen.example/s"><label>Find <input name="q"></label><button>Go</button></form>', "form-insecure"),
    "cookie-insecure": set_on("cookie-insecure", headers={"set-cookie": "a=1; HttpOnly"}),
    "viewport": set_on("viewport", viewport=""),
    "zoom-forbidden": set_on("zoom-forbidden", viewport='<meta name="viewport" content="width=device-width, user-scalable=no">'),
    "image-alt": into_main('<img src="/n.jpg" width="9" height="9">', "image-alt"),
    "field-label": into_main('<form action="/s" method="post"><input type="email" name="m"><button>Send</button></form>', "field-label"),
    "button-name": into_main("<button><svg></svg></button>", "button-name"),
    "frame-title": into_main('<iframe src="https://maps.example/m"></iframe>', "frame-title"),
    "main-missing": main_missing,
    "contact-far": contact_far,
    "form-needs-script": into_main(FORM.format("javascript:send()"), "form-needs-script"),
    "script-only-text": scripted_text,
    "script-only-links": scripted("script-only-links", '<p><a href="/team/person-14/">Ada</a></p>', "</main>"),
    "script-changes-head": scripted_head,
    "script-only-items": scripted("script-only-items", '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event", "name": "A"}</script>', "</head>"),
    "same-as-back": profile_silent,
    "crawler-turned-away": turned_away,
    "phone-not-link": into_main("<p>Call +43 1 5055001 now.</p>", "phone-not-link"),
}  # fmt: skip


def without_sitemap(site: Made) -> Expected:
    site.robots, site.sitemap = "User-agent: *\nDisallow: /internal/\n", ""
    return {("sitemap-missing", f"{BASE}/")}


def sitemap_unnamed(site: Made) -> Expected:
    site.robots = "User-agent: *\nDisallow: /internal/\n"
    return {("sitemap-unnamed", f"{BASE}/robots.txt")}


def soft_404(site: Made) -> Expected:
    site.missing_status = 200
    return {("soft-404", f"{BASE}/this-page-cannot-exist-7f3a1c09")}


def nobody(site: Made) -> Expected:
    for leaf in site.leaves.values():
        leaf.jsonld = []
    return {("organisation-missing", f"{BASE}/")}


def no_contact(site: Made) -> Expected:
    site.footer = "<footer><p>Lumen Lamps</p></footer>"
    site.of("contact")[0].main[-1] = "<p>We live behind seven hills.</p>"
    for leaf in site.leaves.values():
        for block in leaf.jsonld:
            for one in block["@graph"]:
                one.pop("sameAs", None)
    return {("no-contact", f"{BASE}/")}


def robots_failing(site: Made) -> Expected:
    """A polite crawler stays out as well: what is known of the pages is that they are listed and refused."""
    site.robots_status = 503
    blocks = [f"robots-blocks-{purpose}" for purpose in ("search", "user", "training")]
    refused = {(audit, leaf.url) for audit in blocks for leaf in site.leaves.values()}
    return {("robots-failing", f"{BASE}/robots.txt"), *refused}


def calendar(site: Made) -> None:
    """Each day links to the next, and one page to all of them."""
    for n in range(1, 400):
        leaf = new(site, f"/calendar/{n}/", main=paragraphs("calendar"))
        leaf.title, leaf.h1 = f"Calendar {n} | Lumen Lamps", f"Calendar {n}"
        leaf.description, leaf.lastmod = f"What happens on day {n}", f"2026-03-{1 + n % 28:02d}"
        leaf.main.append(f'<p><a href="/calendar/{n + 1}/">Next day</a></p>')
        site.of("about")[0].main.append(f'<p><a href="{leaf.path}">Day {n}</a></p>')


ALONE: dict[str, Callable[[Made], Expected]] = {
    "robots-failing": robots_failing,
    "sitemap-missing": without_sitemap,
    "sitemap-unnamed": sitemap_unnamed,
    "soft-404": soft_404,
    "organisation-missing": nobody,
    "no-contact": no_contact,
}


def plant_all(site: Made) -> Expected:
    """Plants everything that can stand beside everything else."""
    take = taker(site)
    expected: Expected = set()
    for plant in PLANTS.values():
        expected |= plant(site, take)
    for leaf in site.leaves.values():
        leaf.alternates = [(lang, leaf.path if path == "SELF" else path) for lang, path in leaf.alternates]
    return expected
