"""Audits of whole sites at their edges, each on a site of a few pages written out here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from groma.site import Bounds, Folder, Response, all_audits, audit_site
from groma.site.audit import Look
from site_small import BASE, Small, data, links, sitemap, status


def look(audit: str, pages: dict[str, str | Response], bounds: Bounds | None = None) -> Look:
    return asyncio.run(audit_site(Small(pages), bounds, audits={audit: all_audits()[audit]})).looks[audit]


def places(audit: str, pages: dict[str, str | Response]) -> list[str]:
    return sorted({hit.url.removeprefix(BASE) for hit in look(audit, pages).hits})


MISSING = "/this-page-cannot-exist-7f3a1c09"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (200, True),
        (204, True),
        (300, True),
        (301, True),
        (302, True),
        (307, True),
        (400, False),
        (404, False),
        (410, False),
        (500, False),
    ],
)
def test_what_isnt_there_must_say_so(code: int, found: bool) -> None:
    assert (
        bool(
            places("soft-404", {"/": "x", MISSING: status(code, "/" if code in (300, 301, 302, 307) else "")})
        )
        is found
    )


@pytest.mark.parametrize("code", [400, 404, 410, 500, 0])
def test_targets_that_fail_are_dead(code: int) -> None:
    gone = Response("", code, (), b"", 0.0, "" if code else "no route")
    page = f'<html><head><link rel="canonical" href="/gone"></head><body>{links("/gone")}</body></html>'
    pages: dict[str, str | Response] = {
        "/": page,
        "/gone": gone,
        "/sitemap.xml": sitemap("/gone"),
        "/llms.txt": "- [Gone](/gone)",
    }
    assert places("sitemap-dead", pages) == ["/gone"]
    assert places("canonical-broken", pages) == ["/"]
    assert places("llms-dead", pages) == ["/llms.txt"]


def test_an_llms_txt_that_is_a_page_in_disguise_is_none() -> None:
    pages: dict[str, str | Response] = {
        "/": links("/gone"),
        "/llms.txt": Response("", 200, (("content-type", "text/html"),), b"[x](/gone)"),
    }
    assert look("llms-dead", pages).looked_at == 0


def test_duplicates_need_twenty_words() -> None:
    few, many = (
        "one two three four five six seven eight nine ten " * 2,
        "one two three four five six seven eight nine ten " * 2,
    )
    pages: dict[str, str | Response] = {
        "/": "<nav>" + links("/a", "/b") + "</nav>",
        "/a": f"<main>{many}</main>",
        "/b": f"<main>{many}</main>",
    }
    assert places("duplicate-content", pages) == ["/b"]
    few = few.rsplit(" ", 2)[0]
    pages |= {"/a": f"<main>{few}</main>", "/b": f"<main>{few}</main>"}
    assert places("duplicate-content", pages) == []


TEL = '<a href="tel:+491234567">call</a>'
FORM = '<form action="/s" method="post"><textarea name="m"></textarea><button>Send</button></form>'


@pytest.mark.parametrize(
    "way",
    [TEL, FORM, '<a href="mailto:a@small.example">write</a>', '<a href="https://wa.me/491234567">chat</a>'],
)
def test_a_way_to_ask_counts_up_to_one_click_away(way: str) -> None:
    assert places("no-contact", {"/": way}) == []
    assert places("no-contact", {"/": links("/a"), "/a": way}) == []
    assert places("no-contact", {"/": links("/a"), "/a": links("/b"), "/b": way}) == ["/"]


def test_a_search_box_is_no_way_to_ask() -> None:
    assert places("no-contact", {"/": '<form action="/s"><input name="q"><button>Find</button></form>'}) == [
        "/"
    ]


@pytest.mark.parametrize("audit", ["no-contact", "organisation-missing"])
def test_a_home_page_that_cannot_be_read_is_said_to_be_unreadable(audit: str) -> None:
    assert look(audit, {"/": status(500)}).unable
    assert look(audit, {}).unable


def test_an_organisation_must_have_a_name_and_be_about_the_site() -> None:
    firm = {"@context": "https://schema.org", "@type": "Organization"}
    named = {**firm, "name": "Small"}
    inner = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "publisher": {"@type": "Organization", "name": "Small"},
    }
    assert places("organisation-missing", {"/": data(named)}) == []
    assert places("organisation-missing", {"/": links("/a"), "/a": data(named)}) == []
    assert places("organisation-missing", {"/": data(inner)}) == []
    assert places("organisation-missing", {"/": data(firm)}) == ["/"]
    assert places("organisation-missing", {"/": links("/a"), "/a": data(inner)}) == ["/"]


def test_one_number_written_in_two_ways_is_no_contradiction() -> None:
    def firm(phone: str) -> str:
        return data(
            {
                "@context": "https://schema.org",
                "@type": "Organization",
                "@id": "/#us",
                "name": "Small",
                "telephone": phone,
            }
        )

    assert (
        places(
            "organisation-conflict", {"/": firm("+49 30 1234567") + links("/a"), "/a": firm("(030) 123-4567")}
        )
        == []
    )
    assert places(
        "organisation-conflict", {"/": firm("+49 30 1234567") + links("/a"), "/a": firm("+49 30 7654321")}
    ) == ["/a"]


def test_profiles_are_the_sites_own_if_most_pages_link_to_them() -> None:
    firm = data(
        {
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": "Small",
            "sameAs": ["https://www.linkedin.com/company/small"],
        }
    )
    mine, other = (
        '<a href="https://linkedin.com/company/small/">us</a>',
        '<a href="https://x.com/small">us too</a>',
    )
    assert places("same-as", {"/": firm + mine + links("/a"), "/a": "x"}) == []
    assert places("same-as", {"/": firm + links("/a"), "/a": "x"}) == ["/"], "named and never linked"
    assert places("same-as", {"/": firm + mine + other + links("/a"), "/a": other}) == ["/"], (
        "linked everywhere and not named"
    )
    assert places("same-as", {"/": firm + mine + other + links("/a"), "/a": "x"}) == [], (
        "on half of the pages"
    )
    wrong = data(
        {
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": "Small",
            "sameAs": ["/profile", BASE + "/me"],
        }
    )
    assert len(look("same-as", {"/": wrong}).hits) == 2


def test_ids_of_other_hosts_and_of_nothing_are_not_dangling() -> None:
    def page(identity: str) -> dict[str, str | Response]:
        return {
            "/": data({"@context": "https://schema.org", "@type": "WebPage", "author": {"@id": identity}})
            + links("/a"),
            "/a": "x",
        }

    assert places("dangling-id", page("https://www.wikidata.org/entity/Q1")) == []
    assert places("dangling-id", page("_:b1")) == []
    assert places("dangling-id", page("/a")) == [], "a page of the site"
    assert places("dangling-id", page("/#me")) == ["/"]


def test_five_clicks_are_too_many_and_four_are_not() -> None:
    pages: dict[str, str | Response] = {"/": links("/1")} | {f"/{n}": links(f"/{n + 1}") for n in range(1, 6)}
    assert places("deep-page", pages | {"/5": "x"}) == ["/5"]
    assert places("deep-page", pages | {"/4": "x"}) == []
    assert look("deep-page", pages | {"/4": "x"}).looked_at == 5


def test_a_sitemap_is_needed_from_eleven_pages_on() -> None:
    pages: dict[str, str | Response] = {f"/{n}": "x" for n in range(10)}
    assert places("sitemap-missing", pages | {"/": links(*(f"/{n}" for n in range(10)))}) == ["/"]
    assert look("sitemap-missing", pages | {"/": links(*(f"/{n}" for n in range(9)))}).looked_at == 0


def test_dates_are_suspect_from_twenty_alike_on() -> None:
    paths = [f"/{n}" for n in range(20)]
    assert places("sitemap-dates", {"/": "x", "/sitemap.xml": sitemap(*paths, lastmod="2026-01-02")}) == [
        "/sitemap.xml"
    ]
    assert (
        places("sitemap-dates", {"/": "x", "/sitemap.xml": sitemap(*paths[1:], lastmod="2026-01-02")}) == []
    )
    assert places("sitemap-dates", {"/": "x", "/sitemap.xml": sitemap("/", lastmod="yesterday")}) == [
        "/sitemap.xml"
    ]


def test_priorities_count_from_eight_tenths_and_if_they_differ() -> None:
    def pages(high: str, low: str) -> dict[str, str | Response]:
        rows = "".join(
            f"<url><loc>{BASE}/{n}</loc><priority>{high if n == 5 else low}</priority></url>"
            for n in range(6)
        )
        many = links("/0", "/1", "/2", "/3", "/4")
        return {
            "/": many,
            **{f"/{n}": many for n in range(4)},
            "/4": many + links("/5"),
            "/5": links("/"),
            "/sitemap.xml": f"<urlset>{rows}</urlset>",
        }

    assert places("weak-priority", pages("0.8", "0.5")) == ["/5"]
    assert places("weak-priority", pages("0.7", "0.5")) == []
    assert look("weak-priority", pages("0.8", "0.8")).looked_at == 0


def test_alternates_that_fail_or_lead_on_are_told() -> None:
    def page(other: str | Response) -> dict[str, str | Response]:
        head = '<html><head><link rel="alternate" hreflang="en" href="/"><link rel="alternate" hreflang="de" href="/de"></head><body>x</body></html>'
        return {"/": head, "/de": other}

    back = '<html><head><link rel="alternate" hreflang="en" href="/"></head><body>x</body></html>'
    assert places("hreflang-return", page(back)) == []
    assert places("hreflang-return", page("x")) == ["/"]
    assert places("hreflang-return", page(status(404))) == ["/"]
    assert places("hreflang-return", page(status(301, "/"))) == ["/"]
    patches = [hit.patch for hit in look("hreflang-return", page("x")).hits]
    assert patches[0] is not None and patches[0].new == f'<link rel="alternate" hreflang="en" href="{BASE}/">'


def test_chains_of_redirects_are_counted_and_loops_are_something_else() -> None:
    chain: dict[str, str | Response] = {"/": links("/1"), "/end": "x"} | {
        f"/{n}": status(302, f"/{n + 1}") for n in range(1, 9)
    }
    assert places("redirect-chain", chain | {"/8": status(301, "/end")}) == ["/1"]
    assert places("redirect-chain", {"/": links("/1"), "/1": status(301, "/end"), "/end": "x"}) == []
    assert places("redirect-loop", {"/": links("/1"), "/1": status(301, "/1")}) == ["/1"]
    assert places("redirect-loop", {"/": links("/1"), "/1": status(301, "/2"), "/2": status(301, "/1")}) == [
        "/1",
        "/2",
    ]


def test_a_bound_makes_a_crawl_incomplete_and_orphans_unknown() -> None:
    pages: dict[str, str | Response] = {
        "/": links("/a", "/b"),
        "/a": "x",
        "/b": "x",
        "/c": "x",
        "/sitemap.xml": sitemap("/c"),
    }
    assert places("orphan", pages) == ["/c"]
    assert look("orphan", pages, Bounds(pages=2)).unable
    assert look("orphan", pages, Bounds(depth=0)).unable


def test_no_answer_is_told_in_the_words_of_the_failure() -> None:
    failed = Response("", 0, (), b"", 0.0, "connection refused")
    (hit,) = look("server-error", {"/": links("/a"), "/a": failed}).hits
    assert hit.text == "connection refused"


def test_a_script_link_without_text_is_shown_as_such() -> None:
    texts = [hit.text for hit in look("script-link", {"/": '<a href="#"></a><a href="#">Team</a>'}).hits]
    assert texts == ["“(no text)” leads nowhere without a script", "“Team” leads nowhere without a script"]


def test_a_site_without_a_sitemap_is_followed_by_its_links() -> None:
    pages: dict[str, str | Response] = {"/": links("/a"), "/a": links("/b"), "/b": links("/gone"), "/c": "x"}
    result = asyncio.run(audit_site(Small(pages)))
    assert [record.url.removeprefix(BASE) for record in result.site.records] == ["/", "/a", "/b", "/gone"]
    assert result.site.depth.tolist() == [0, 1, 2, 3]


def test_alternates_of_a_page_alone_need_no_return_and_a_patch_names_the_language_it_knows() -> None:
    alone = '<html lang="en"><head><link rel="alternate" hreflang="en" href="/"></head><body>x</body></html>'
    assert look("hreflang-return", {"/": alone}).looked_at == 0
    bare = '<html lang="fr"><head><link rel="alternate" hreflang="de" href="/de"></head><body>x</body></html>'
    (hit,) = look("hreflang-return", {"/": bare, "/de": "x"}).hits
    assert hit.patch is not None and 'hreflang="fr"' in hit.patch.new and hit.patch.url == BASE + "/de"
    (hit,) = look("hreflang-self", {"/": bare, "/de": "x"}).hits
    assert hit.patch is not None and 'hreflang="fr"' in hit.patch.new


def test_every_redirect_that_is_linked_is_told_and_leads_to_its_end() -> None:
    for code in (300, 301, 302, 303, 307, 308):
        pages: dict[str, str | Response] = {"/": links("/old"), "/old": status(code, "/new"), "/new": "x"}
        (hit,) = look("link-to-redirect", pages).hits
        assert hit.patch is not None and (hit.patch.old, hit.patch.new) == (BASE + "/old", BASE + "/new")


def test_an_llms_txt_is_told_what_its_pages_answer() -> None:
    (hit,) = look("llms-dead", {"/": links("/gone"), "/llms.txt": "[x](/gone)"}).hits
    assert hit.text.endswith("which answers 404")


def test_an_unlabelled_field_is_named_by_its_name() -> None:
    (hit,) = look(
        "field-label", {"/": '<form action="/s"><input type="email" name="mail"><button>Send</button></form>'}
    ).hits
    assert hit.quote == "mail"


def test_files_of_a_folder_are_found_under_the_address_that_is_linked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(links("/a/index.html", "/b", "/c"))
    (tmp_path / "a/index.html").write_text("a")
    (tmp_path / "b.html").write_text("b")
    (tmp_path / "lonely.html").write_text("nobody links here")
    (tmp_path / "_redirects").write_text("/c /b 302\n/old/* /:splat\n")
    (tmp_path / "_headers").write_text("/*\n  X-Robots-Tag: noindex\n")
    folder = Folder(tmp_path, BASE)
    result = asyncio.run(audit_site(folder))
    paths = [record.url.removeprefix(BASE) for record in result.site.records]
    assert paths == ["/", "/a/index.html", "/b", "/c", "/lonely.html"]
    assert all(record.is_noindex for record in result.site.records if record.is_page)
    assert folder.answer(BASE + "/old/x/y", 100).headers[0] == ("location", BASE + "/x/y")
    assert folder.answer(BASE + "/a", 100).status == 301
    assert folder.answer(BASE + "/../../etc/passwd", 100).status == 404
    (tmp_path / "out").symlink_to("/etc")
    assert folder.answer(BASE + "/out/passwd", 100).status == 404
    assert folder.answer(BASE + "/%2e%2e/%2e%2e/etc/passwd", 100).status == 404


def test_a_folder_says_where_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>x</p>")
    assert Folder(tmp_path).start == "https://site.example/"
    (tmp_path / "sitemap.xml").write_text(sitemap("/a"))
    assert Folder(tmp_path).start == BASE + "/"
    (tmp_path / "index.html").write_text(
        '<html><head><link rel="canonical" href="https://www.canon.example/"></head>'
    )
    assert Folder(tmp_path).start == "https://www.canon.example/"
    (tmp_path / "CNAME").write_text("cname.example\n")
    assert Folder(tmp_path).start == "https://cname.example/"
