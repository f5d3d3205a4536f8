"""Audits held against inputs that others wrote: published examples, rules and test cases, restated where short."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.site import Response, all_audits
from groma.site.address import is_private, join, normal
from groma.site.audits.indexability.hreflang_code import valid
from groma.site.directives import directives
from groma.site.graph import depths, pagerank
from groma.site.page import Broken, Item, Page
from groma.site.reading import read_page
from groma.site.reading.structured import json_ld
from groma.site.sight import Sight
from site_examples import response_of
from site_published import PUBLISHED
from site_published_wholes import PUBLISHED_WHOLES

Test = Callable[..., None]
HELD: dict[str, set[str]] = {}
"""Audits by the sources of what the tests of this file hold them against."""


def outside(source: str, *audits: str) -> Callable[[Test], Test]:
    """Says that a test holds audits against inputs published there, some that fail and some that pass."""

    def marked(test: Test) -> Test:
        for audit in audits:
            HELD.setdefault(audit, set()).add(source)
        return test

    return marked


CASES = Path(__file__).resolve().parents[2] / "../shared/cases/site"
VOCABULARY = ("jsonld-broken", "schema-type", "schema-property", "schema-value", "breadcrumb-order")


def found(audit: str, html: str, url: str = "https://example.com/page") -> list[str] | None:
    check = all_audits()[audit].page
    assert check is not None
    hits = check(Sight(read_page(response_of(html, url))))
    return None if hits is None else [hit.text for hit in hits]


def block(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@outside("shared/cases/site, official examples of schema.org", *VOCABULARY)
def test_official_examples_of_schema_org_have_no_finding(shared_cases: Path) -> None:
    lines = (shared_cases / "site/schemaorg-examples.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 60
    seen = 0
    for line in lines:
        example = json.loads(line)
        page = block(example["jsonld"])
        for audit in VOCABULARY:
            assert not found(audit, page), (example["example"], audit)
        seen += len(Sight(read_page(response_of(page))).items)
    assert seen > 150


@outside(
    "shared/cases/site, official examples of schema.org, a name changed", "schema-property", "schema-type"
)
def test_official_examples_with_a_letter_changed_are_found(shared_cases: Path) -> None:
    lines = (shared_cases / "site/schemaorg-examples.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::4]:
        data = json.loads(line)["jsonld"]
        top = data[0] if isinstance(data, list) else data
        names = [key for key in top if not key.startswith("@")]
        if names and "@graph" not in top:
            wrong = {**{k: v for k, v in top.items() if k != names[0]}, names[0] + "Xq": top[names[0]]}
            assert found("schema-property", block(wrong)), names[0]
            assert found("schema-type", block({**top, "@type": "Xq" + str(top.get("@type"))}))


# The list of links that Lighthouse's audit crawlable-anchors documents: not crawlable, crawlable.
@pytest.mark.parametrize(
    "link",
    [
        '<a onclick="go()">x</a>',
        '<a href="javascript:void(0)">x</a>',
        '<a href="#">x</a>',
        '<a onclick="purchaseItem();">Buy</a>',
    ],
)
@outside("Lighthouse, crawlable-anchors", "script-link")
def test_links_that_lighthouse_calls_uncrawlable(link: str) -> None:
    assert found("script-link", link)


@pytest.mark.parametrize(
    "link",
    ['<a href="https://example.com">x</a>', '<a href="/relative-link">x</a>', '<a href="#contact-us">x</a>'],
)
@outside("Lighthouse, crawlable-anchors", "script-link")
def test_links_that_lighthouse_calls_crawlable(link: str) -> None:
    assert found("script-link", link) == []


# Google's documentation of the robots meta tag and of X-Robots-Tag: page, crawler, whether noindex holds.
@pytest.mark.parametrize(
    ("metas", "headers", "token", "noindex"),
    [
        ([("robots", "noindex")], [], "", True),
        ([("robots", "NOINDEX, nofollow")], [], "", True),
        ([("googlebot", "noindex")], [], "googlebot", True),
        ([("googlebot", "noindex")], [], "", False),
        ([("robots", "none")], [], "", True),
        ([("robots", "nofollow"), ("googlebot", "noindex")], [], "googlebot", True),
        ([], ["noindex"], "", True),
        ([], ["noarchive", "unavailable_after: 25 Jun 2010 15:00:00 PST"], "", False),
        ([], ["googlebot: nofollow", "otherbot: noindex, nofollow"], "googlebot", False),
        ([], ["otherbot: noindex, nofollow"], "otherbot", True),
        ([], ["googlebot: noindex"], "", False),
        ([], ["max-snippet:20, max-image-preview:large"], "", False),
    ],
)
def test_robots_directives_as_google_documents_them(
    metas: list[tuple[str, str]], headers: list[str], token: str, noindex: bool
) -> None:
    page = Page("https://example.com/", 200, tuple(("x-robots-tag", h) for h in headers), metas=tuple(metas))
    assert ("noindex" in directives(page, token)) is noindex


# Google, Tell Google about localized versions of your page: which codes are valid.
@pytest.mark.parametrize("code", ["de", "en-GB", "de-ES", "x-default", "zh-Hant", "zh-Hans-US", "es-419"])
def test_language_codes_that_google_gives_as_examples(code: str) -> None:
    assert valid(code)


@pytest.mark.parametrize("code", ["en-UK", "be-", "english", "en_GB", "en-EU", "xx", "", "de-DEU1"])
def test_language_codes_that_are_none(code: str) -> None:
    assert not valid(code)


# Success Criterion 1.1.1 and axe-core's rules image-alt, label, link-name, button-name, frame-title, meta-viewport.
@pytest.mark.parametrize(
    ("audit", "html", "fails"),
    [
        ("image-alt", '<img src="a.png">', True),
        ("image-alt", '<img src="a.png" alt="">', False),
        ("image-alt", '<img src="a.png" role="presentation">', None),
        ("field-label", '<form><input type="text"></form>', True),
        ("field-label", '<form><label>First name <input type="text"></label></form>', False),
        ("field-label", '<form><input aria-label="Name"></form>', False),
        ("field-label", '<form><span id="s">Name</span><input aria-labelledby="s"></form>', False),
        ("field-label", '<form><input type="text" title="Name"></form>', False),
        ("field-label", '<form><input type="hidden"></form>', None),
        ("link-unnamed", '<a href="/"><span class="icon"></span></a>', True),
        ("link-unnamed", '<a href="/" aria-label="Home"></a>', False),
        ("link-unnamed", '<a href="/"><svg><title>Home</title></svg></a>', False),
        ("button-name", '<button></button>', True),
        ("button-name", '<button aria-label="Close"></button>', False),
        ("button-name", '<button><img src="x" alt="Close"></button>', False),
        ("frame-title", '<iframe src="/x"></iframe>', True),
        ("frame-title", '<iframe src="/x" title="Map"></iframe>', False),
        ("zoom-forbidden", '<meta name="viewport" content="user-scalable=no"></head>', True),
        ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=1.5, initial-scale=1"></head>', True),
        ("zoom-forbidden", '<meta name="viewport" content="maximum-scale=2"></head>', False),
        ("heading-skip", "<h1>a</h1><h3>b</h3>", True),
        ("heading-skip", "<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>", False),
        ("table-header", "<table><tr><td>1</td></tr><tr><td>2</td></tr></table>", True),
        ("table-header", "<table><tr><th>n</th></tr><tr><td>2</td></tr></table>", False),
        ("table-header", '<table role="presentation"><tr><td>1</td></tr><tr><td>2</td></tr></table>', None),
    ],
)  # fmt: skip
@outside(
    "WCAG 2.2 and the published rules of axe-core",
    "image-alt", "field-label", "link-unnamed", "button-name", "frame-title", "zoom-forbidden", "heading-skip", "table-header",
)  # fmt: skip
def test_accessibility_as_wcag_and_axe_publish_it(audit: str, html: str, fails: bool | None) -> None:
    result = found(audit, html)
    assert result is None if fails is None else bool(result) is fails


# Google, structured data of each type: the documentation's complete examples must be eligible, cut ones not.
EVENT = {
    "@context": "https://schema.org",
    "@type": "Event",
    "name": "The Adventures of Kira",
    "startDate": "2025-07-21T19:00-05:00",
    "location": {
        "@type": "Place",
        "name": "Snickerpark Stadium",
        "address": {"@type": "PostalAddress", "streetAddress": "100 West Snickerpark Dr"},
    },
}
RECIPE = {
    "@context": "https://schema.org",
    "@type": "Recipe",
    "name": "Party Coffee Cake",
    "image": ["https://example.com/p.jpg"],
}
BUSINESS = {
    "@context": "https://schema.org",
    "@type": "Restaurant",
    "name": "Dave's Steak House",
    "address": {"@type": "PostalAddress", "addressLocality": "New York"},
}
JOB = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Engineer",
    "description": "x",
    "datePosted": "2024-01-18",
    "hiringOrganization": {"@type": "Organization", "name": "A"},
    "jobLocation": {"@type": "Place", "address": "x"},
}
VIDEO = {
    "@context": "https://schema.org",
    "@type": "VideoObject",
    "name": "Introducing",
    "thumbnailUrl": ["https://example.com/p.jpg"],
    "uploadDate": "2024-03-31T08:00:00+08:00",
}
PRODUCT = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "Anvil",
    "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.4, "reviewCount": 89},
}


@pytest.mark.parametrize(
    "data", [EVENT, RECIPE, BUSINESS, JOB, VIDEO, PRODUCT], ids=lambda data: data["@type"]
)
@outside("Google, structured data of six types, examples", "feature-missing")
def test_features_as_google_documents_them(data: dict[str, object]) -> None:
    assert found("feature-missing", block(data)) == []
    for name in list(data)[2:]:
        cut = {key: value for key, value in data.items() if key != name}
        assert found("feature-missing", block(cut)), f"without {name}"


@pytest.mark.parametrize(
    ("kind", "date"),
    [
        ("FAQPage", "2026-05-07"),
        ("HowTo", "2023-09-13"),
        ("SpecialAnnouncement", "2025-07-31"),
        ("ClaimReview", "2025-06-12"),
    ],
)
@outside("Google, announcements of retired features", "feature-retired")
def test_retired_features_carry_their_date(kind: str, date: str) -> None:
    (text,) = found("feature-retired", block({"@context": "https://schema.org", "@type": kind})) or [""]
    assert date in text


@pytest.mark.parametrize("kind", ["VideoObject", "Quiz", "Product", "Article", "WebSite", "Course"])
@outside("Google, gallery of features", "feature-retired")
def test_types_that_still_have_a_feature_are_not_called_retired(kind: str) -> None:
    assert not found("feature-retired", block({"@context": "https://schema.org", "@type": kind}))


# RFC 3986, 5.4 (base http://a/b/c/d;p?q), and 6.2.2.
@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"), ("g;x?y", "http://a/b/c/g;x?y"),
        (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"),
        ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"), ("", "http://a/b/c/d;p?q"),
    ],
)  # fmt: skip
def test_addresses_are_joined_as_rfc_3986_says(href: str, url: str) -> None:
    assert join("http://a/b/c/d;p?q", href) == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://www.EXAMPLE.com/", "http://www.example.com/"), ("http://example.com", "http://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"), ("https://example.com:443", "https://example.com/"),
        ("http://example.com/%7Esmith/%c3%a9", "http://example.com/~smith/%C3%A9"), ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://bücher.example/ü b", "http://xn--bcher-kva.example/%C3%BC%20b"), ("http://example.com/100%", "http://example.com/100%25"),
        ("mailto:a@example.com", None), ("http://", None), ("http://[::1", None), ("http://a:99999/", None), ("ftp://a/", None),
    ],
)  # fmt: skip
def test_addresses_have_one_normal_form(text: str, url: str | None) -> None:
    assert normal(text) == url
    assert url is None or normal(url) == url


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_an_address(base: str, href: str) -> None:
    found_ = join(
        "https://example.com/a/" + (normal(f"https://x.example/{base}") or "https://x.example/")[18:], href
    )
    assert found_ is None or normal(found_) == found_


# RFC 1918, 4193, 3927, 6598, 5735: addresses that aren't of the public internet, and some that are.
@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.0.1", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("::1", True),
        ("fc00::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:127.0.0.1", True),
        ("224.0.0.1", True),
        ("8.8.8.8", False),
        ("2606:4700:4700::1111", False),
        ("example.com", False),
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) is private


def edges(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([a for a, _ in pairs], dtype=np.int32), np.array([b for _, b in pairs], dtype=np.int32)


def test_pagerank_of_the_published_example() -> None:
    """The eleven pages of the drawing in Wikipedia's article on PageRank (A to F and five that only link), d = 0.85."""
    a, b, c, d, e, f = range(6)
    pairs = [(b, c), (c, b), (d, a), (d, b), (e, b), (e, d), (e, f), (f, b), (f, e)]
    pairs += [(n, b) for n in (6, 7, 8)] + [(n, e) for n in (6, 7, 8, 9, 10)]
    rank = 100 * pagerank(11, *edges(pairs))
    published = {a: 3.3, b: 38.4, c: 34.3, d: 3.9, e: 8.1, f: 3.9, 6: 1.6}
    for node, share in published.items():
        assert rank[node] == pytest.approx(share, abs=0.05)


@given(
    st.integers(1, 9).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=25)
        )
    )
)
def test_pagerank_solves_its_linear_equations_and_depth_is_the_shortest_path(
    case: tuple[int, list[tuple[int, int]]],
) -> None:
    count, pairs = case
    matrix = np.zeros((count, count))
    for a, b in set(pairs):
        if a != b:
            matrix[b, a] = 1
    for column in range(count):
        total = matrix[:, column].sum()
        matrix[:, column] = matrix[:, column] / total if total else 1 / count
    exact = np.linalg.solve(np.eye(count) - 0.85 * matrix, np.full(count, 0.15 / count))
    assert np.allclose(pagerank(count, *edges(pairs)), exact, atol=1e-8)
    reached, steps = {0: 0}, 0
    while True:
        steps += 1
        new = {b for a, b in pairs if a in reached and b not in reached}
        if not new:
            break
        reached.update(dict.fromkeys(new, steps))
    assert depths(count, *edges(pairs), [0]).tolist() == [reached.get(n, -1) for n in range(count)]


# WHATWG microdata (5.2.4) and RDFa Lite 1.1 (2.1 to 2.4): the specifications' examples say the same as JSON-LD.
def test_three_syntaxes_of_the_same_thing_are_one_item() -> None:
    micro = '<div itemscope itemtype="https://schema.org/Person"><span itemprop="name">Manu</span> <a itemprop="url" href="/m">x</a><div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><span itemprop="addressLocality">Berlin</span></div></div>'
    rdfa = '<div vocab="https://schema.org/" typeof="Person"><span property="name">Manu</span> <a property="url" href="/m">x</a><div property="address" typeof="PostalAddress"><span property="addressLocality">Berlin</span></div></div>'
    jsonld = block(
        {
            "@context": "https://schema.org",
            "@type": "Person",
            "name": "Manu",
            "url": "https://example.com/m",
            "address": {"@type": "PostalAddress", "addressLocality": "Berlin"},
        }
    )
    seen = []
    for text in (micro, rdfa, jsonld):
        (item,) = read_page(response_of(text)).items
        (address,) = item.values("address")
        seen.append(
            (item.types, item.text("name"), item.text("url"), address.types, address.text("addressLocality"))
        )
    assert seen[0] == seen[1] == seen[2]


def test_itemref_of_the_microdata_specification() -> None:
    text = '<div itemscope id="amanda" itemref="a b"></div><p id="a">Name: <span itemprop="name">Amanda</span></p><div id="b" itemprop="band" itemscope itemref="c"></div><div id="c"><p>Band: <span itemprop="name">Jazz Band</span></p><p>Size: <span itemprop="size">12</span> players</p></div>'
    (item,) = read_page(response_of(text)).items
    (band,) = item.values("band")
    assert (item.text("name"), band.text("name"), band.text("size")) == ("Amanda", "Jazz Band", "12")


@given(st.text(alphabet='{}[]",:@a1 ', max_size=80))
def test_no_json_breaks_the_reader(text: str) -> None:
    items: list[Item] = []
    broken: list[Broken] = []
    json_ld(text, "https://example.com/", items, broken)
    assert not (items and broken), "a block is read, or it is told why it isn't"


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading_of_a_page(body: bytes) -> None:
    page = read_page(
        Response("https://example.com/", 200, (("content-type", "text/html"),), b"<html>" + body)
    )
    for audit in all_audits().values():
        if audit.page is not None:
            assert all(hit.url == page.url for hit in audit.page(Sight(page)) or ())


def test_at_least_half_of_the_audits_are_held_against_inputs_from_outside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Those of shared/cases count only where they are."""
    known = set(all_audits())
    have_cases = CASES.is_dir()
    sources = {
        audit: {s for s in found if have_cases or "shared/cases" not in s} for audit, found in HELD.items()
    }
    both = {audit: {True, False} for audit, found in sources.items() if found}
    for case in (*PUBLISHED, *PUBLISHED_WHOLES):
        assert case.outside, case
        sources.setdefault(case.audit, set()).add(case.outside)
        both.setdefault(case.audit, set()).add(bool(case.hits))
    held = {audit for audit, found in sources.items() if found}
    ways = sum(len(both[audit]) == 2 for audit in held)
    with capsys.disabled():
        print(f"\n{len(held)} of {len(known)} audits are held against inputs from outside the project, {ways} of them "
              "against some that fail and some that pass")  # fmt: skip
    assert held <= known
    assert 2 * len(held) >= len(known) and 2 * ways >= len(known)
