"""robots.txt held against Google's published examples, an independent reading of RFC 9309, and real files."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.site.robots import access_of, parse, path_of, rules_for, verdict
from groma.site.robots.text import MOST_BYTES, MOST_LINE


def allowed(text: str | bytes, token: str, url: str) -> bool:
    content = text.encode() if isinstance(text, str) else text
    return verdict(rules_for(parse(content), token), path_of(url)).allowed


def one(*rules: str) -> str:
    return "\n".join(("user-agent: FooBot", *rules)) + "\n"


# The table "URL matching based on path values" of Google's robots.txt specification: pattern, matching, not matching.
PATHS = [
    (
        "/fish",
        "/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html /fish.html?id=anything",
        "/Fish.asp /catfish /?id=fish /desert/fish",
    ),
    (
        "/fish*",
        "/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html /fish.html?id=anything",
        "/Fish.asp /catfish /?id=fish /desert/fish",
    ),
    (
        "/fish/",
        "/fish/ /fish/?id=anything /fish/salmon.htm",
        "/fish /fish.html /animals/fish/ /Fish/Salmon.asp",
    ),
    (
        "/*.php",
        "/index.php /filename.php /folder/filename.php /folder/filename.php?parameters "
        "/folder/any.php.file.html /filename.php/",
        "/ /windows.PHP",
    ),
    (
        "/*.php$",
        "/filename.php /folder/filename.php",
        "/filename.php?parameters /filename.php/ /filename.php5 /windows.PHP",
    ),
    ("/fish*.php", "/fish.php /fishheads/catfish.php?parameters", "/Fish.PHP"),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), PATHS)
def test_paths_match_as_google_publishes(pattern: str, matching: str, others: str) -> None:
    text = one("disallow: /", f"allow: {pattern}")
    assert all(allowed(text, "FooBot", f"https://foo.example{path}") for path in matching.split())
    assert not any(allowed(text, "FooBot", f"https://foo.example{path}") for path in others.split())


# The table "Order of precedence for rules" of the same page, and RFC 9309, 5.2 (longest match).
@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        (("allow: /p", "disallow: /"), "/page", True),
        (("allow: /folder", "disallow: /folder"), "/folder/page", True),
        (("allow: /page", "disallow: /*.htm"), "/page.htm", False),
        (("allow: /page", "disallow: /*.ph"), "/page.php5", True),
        (("allow: /$", "disallow: /"), "/", True),
        (("allow: /$", "disallow: /"), "/page.htm", False),
        (("allow: /example/page/", "disallow: /example/page/disallowed.gif"), "/example/page/", True),
        (
            ("allow: /example/page/", "disallow: /example/page/disallowed.gif"),
            "/example/page/disallowed.gif",
            False,
        ),
    ],
)
def test_the_most_specific_rule_decides(rules: tuple[str, ...], path: str, may: bool) -> None:
    assert allowed(one(*rules), "FooBot", f"https://example.com{path}") is may
    assert allowed(one(*reversed(rules)), "FooBot", f"https://example.com{path}") is may


# What Google's own parser is tested for (google/robotstxt, robots_test.cc), restated: file, crawler, path, may it.
GOOGLE = [
    ("", "FooBot", "", True),
    (one("disallow: /"), "", "", True),
    (one("disallow: /"), "FooBot", "", False),
    ("foo: FooBot\nbar: /\n", "FooBot", "/x/y", True),
    ("user-agent FooBot\ndisallow /\n", "FooBot", "/x/y", False),
    ("USER-AGENT: FooBot\nALLOW: /x/\nDISALLOW: /\n", "FooBot", "/x/y", True),
    ("uSeR-aGeNt: FooBot\nAlLoW: /x/\ndIsAlLoW: /\n", "FooBot", "/a/b", False),
    ("User-Agent: FOO BAR\nAllow: /x/\nDisallow: /\n", "foo", "/x/y", True),
    ("User-Agent: FOO BAR\nAllow: /x/\nDisallow: /\n", "Foo", "/a/b", False),
    ("User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n", "Foo", "/x/y", True),
    ("user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "FooBot", "/x/y", False),
    ("user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "BarBot", "/x/y", True),
    ("user-agent: FooBot\ndisallow: /\n", "QuxBot", "/x/y", True),
    (one("disallow: /X/"), "FooBot", "/x/y", True),
    (one("disallow: ", "allow: "), "FooBot", "/x", True),
    ("User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n", "FooBot", "/x/page", True),
    ("User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n", "FooBot", "/y/page", False),
    (
        one("Disallow: /", "Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par"),
        "FooBot",
        "/foo/bar?qux=taz&baz=http://foo.bar?tar&par",
        True,
    ),
    (one("Disallow: /", "Allow: /foo/bar/ツ"), "FooBot", "/foo/bar/%E3%83%84", True),
    (one("Disallow: /", "Allow: /foo/bar/%e3%83%84"), "FooBot", "/foo/bar/%E3%83%84", True),
    (one("Disallow: /", "Allow: /foo/bar/%62%61%7A"), "FooBot", "/foo/bar/baz", False),
    (one("Disallow: /", "Allow: /foo/bar/%62%61%7A"), "FooBot", "/foo/bar/%62%61%7A", True),
    (one("Disallow: /foo/bar$", "Allow: /foo/bar/qux"), "FooBot", "/foo/bar", False),
    (one("Disallow: /foo/bar$", "Allow: /foo/bar/qux"), "FooBot", "/foo/bar/", True),
    (one("# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"), "FooBot", "/foo/quz", False),
    (one("# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"), "FooBot", "/foo/bar", True),
    (one("Allow: /allowed-slash/index.html", "Disallow: /"), "FooBot", "/allowed-slash/", True),
    (one("Allow: /allowed-slash/index.html", "Disallow: /"), "FooBot", "/allowed-slash/index.htm", False),
    (one("Allow: /allowed-slash/index.html", "Disallow: /"), "FooBot", "/allowed-slash/index.html", True),
    ("\ufeffUser-Agent: foo\nAllow: /AnyValue\nUser-Agent: *\nDisallow: /\n", "foo", "/AnyValue", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "token", "path", "may"), GOOGLE)
def test_what_googles_parser_is_tested_for(text: str, token: str, path: str, may: bool) -> None:
    assert allowed(text, token, f"http://foo.bar{path}") is may


def test_groups_as_googles_parser_is_tested_for() -> None:
    text = (
        "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\n"
        "allow: /y/\n\n\nallow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n"
    )
    may = {("FooBot", "x"), ("FooBot", "z"), ("BarBot", "y"), ("BarBot", "w"), ("BazBot", "z")}
    for token in ("FooBot", "BarBot"):
        for letter in "xyzw":
            assert allowed(text, token, f"http://foo.bar/{letter}/a") is ((token, letter) in may), (
                token,
                letter,
            )
        assert not allowed(text, token, "http://foo.bar/foo/bar/")
    assert allowed(text, "BazBot", "http://foo.bar/z/d")


def test_a_line_is_cut_where_google_cuts_it() -> None:
    long = "/x/" + "a" * (MOST_LINE - len("disallow: /x/"))
    text = one(f"disallow: {long}/qux")
    assert allowed(text, "FooBot", "http://foo.bar/fux")
    assert not allowed(text, "FooBot", f"http://foo.bar{long}/fux")


def test_a_file_is_cut_at_500_kib_and_says_so() -> None:
    text = one() + "#" + "x" * MOST_BYTES + "\ndisallow: /\n"
    assert allowed(text, "FooBot", "http://foo.bar/x") and parse(text.encode()).is_cut


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_ending(end: str) -> None:
    text = end.join(("User-Agent: foo", "Allow: /some/path", "User-Agent: bar", "", "", "Disallow: /"))
    decided = verdict(rules_for(parse(text.encode()), "bar"), "/x")
    assert (decided.allowed, decided.line, decided.text) == (False, 6, "Disallow: /")


def test_rfc_9309_section_5_1_simple_example() -> None:
    text = (
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
        "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
        "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n"
    )
    for token, path, may in (
        ("otherbot", "/a.gif", False),
        ("otherbot", "/publications/a", True),
        ("otherbot", "/example/x", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/other", False),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("barbot", "/a.gif", True),
        ("quxbot", "/example/", True),
    ):
        assert allowed(text, token, f"https://example.com{path}") is may, (token, path)


def test_what_a_status_of_the_file_means() -> None:
    def may(status: int) -> bool:
        return (
            access_of("https://a.example/robots.txt", status, b"user-agent: *\ndisallow: /x\n")
            .verdict("Googlebot", "https://a.example/y")
            .allowed
        )

    assert [s for s in (200, 301, 401, 403, 404, 410) if may(s)] == [200, 301, 401, 403, 404, 410]
    assert not any(may(status) for status in (0, 429, 500, 503))
    failing = access_of("https://a.example/robots.txt", 503, b"")
    assert "503" in failing.verdict("GPTBot", "https://a.example/").text


def test_a_group_of_a_crawl_delay_alone_runs_into_the_next_and_that_is_told() -> None:
    text = b"User-agent: AhrefsBot\nCrawl-Delay: 2\n\nUser-agent: Owlin\nDisallow: /\n"
    assert not allowed(text, "AhrefsBot", "/x"), "as Google's parser: only rules end a group"
    assert [problem.number for problem in parse(text).problems] == [4]


def test_a_vendors_token_with_digits_is_found_and_applebot_follows_googlebot() -> None:
    text = "user-agent: AI2Bot\ndisallow: /\n\nuser-agent: Googlebot\ndisallow: /g\n"
    assert not allowed(text, "AI2Bot", "/x") and allowed(text, "AI", "/x") is False
    assert not allowed(text, "Applebot", "/g") and allowed(text, "Applebot", "/h")


# An independent reading of RFC 9309: lines by the ABNF as a regular expression, patterns translated to `re`.
PATH = st.text("/ab.*$?", min_size=0, max_size=8).map(lambda text: "/" + text)
TOKENS = st.sampled_from(["foobot", "barbot", "FooBot", "*"])
LINE = st.one_of(
    st.tuples(st.just("user-agent"), TOKENS),
    st.tuples(st.sampled_from(["allow", "disallow"]), PATH | st.just("")),
    st.tuples(st.just("sitemap"), st.just("https://a.example/s.xml")),
    st.tuples(st.just("#"), st.just("a note")),
)


def read_apart(lines: list[tuple[str, str]], token: str, path: str) -> bool:
    groups: list[tuple[set[str], list[tuple[bool, str]]]] = []
    for key, value in lines:
        if key == "user-agent":
            if not groups or groups[-1][1] is CLOSED or len(groups[-1][1]):
                groups.append((set(), []))
            groups[-1][0].add(value.lower())
        elif key in ("allow", "disallow") and groups:
            groups[-1][1].append((key == "allow", value))
    for wanted in (token.lower(), "*"):
        named = [group for group in groups if wanted in group[0]]
        if named:
            found: list[tuple[int, bool]] = []
            for _, rules in named:
                for allow, pattern in rules:
                    body = pattern[:-1] if pattern.endswith("$") else pattern
                    regex = ".*".join(map(re.escape, body.split("*"))) + (
                        r"\Z" if pattern.endswith("$") else ""
                    )
                    if pattern and re.match(regex, path, re.DOTALL):
                        found.append((len(pattern), allow))
            return max(found)[1] if found else True
    return True


CLOSED: list[tuple[bool, str]] = []


@given(
    st.lists(LINE, max_size=12), st.sampled_from(["foobot", "barbot", "quxbot"]), st.text("/ab.?", max_size=8)
)
def test_an_independent_reading_of_the_rfc_agrees(
    lines: list[tuple[str, str]], token: str, rest: str
) -> None:
    text = "\n".join(f"{key}: {value}" if key != "#" else f"# {value}" for key, value in lines)
    assert allowed(text, token, "/" + rest) is read_apart(lines, token, "/" + rest)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(content: bytes) -> None:
    robots = parse(content)
    for token in ("Googlebot", "AI2Bot", ""):
        found = verdict(rules_for(robots, token), "/a?b")
        assert found.allowed or found.line > 0, "what is refused has a line that refuses it"


def test_a_hostile_pattern_is_not_slow() -> None:
    from time import process_time

    begun = process_time()
    for pattern in ("/" + "*a" * 5000 + "$", "/" + "*" * 16000, "/" + "a*" * 5000):
        allowed(one(f"disallow: {pattern}"), "FooBot", "/" + "a" * 2000 + "b")
    assert process_time() - begun < 2


def test_real_files_are_read_as_their_features_say(shared_cases: Path) -> None:
    folder = shared_cases / "site"
    with (folder / "robots-features.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 20
    for row in rows:
        content = (folder / "robots" / f"{row['host']}.robots.txt").read_bytes()
        features = set(row["features"].split("|"))
        robots = parse(content)
        rules = [rule for group in robots.groups for rule in group.rules]
        agents = sum(len(group.agents) for group in robots.groups)
        behind_mark = content.lower().startswith(b"\xef\xbb\xbfuser-agent")  # the table missed it
        assert agents == int(row["ua_lines"]) + behind_mark, row["host"]
        assert sum(not rule.allows for rule in rules) == int(row["disallow_lines"]), row["host"]
        assert sum(rule.allows for rule in rules) == int(row["allow_lines"]), row["host"]
        assert len(robots.sitemaps) == int(row["sitemap_lines"]), row["host"]
        if "multi_ua" in features:
            assert any(len(group.agents) > 1 for group in robots.groups), row["host"]
        if "crawl_delay" in features:
            assert any(group.delay is not None for group in robots.groups), row["host"]
        if "end_anchor" in features:
            assert any(rule.pattern.endswith("$") for rule in rules), row["host"]
        if "html" in features:
            assert not rules and robots.problems, row["host"]
        for token in ("Googlebot", "GPTBot", "AI2Bot"):
            verdict(rules_for(robots, token), "/a/b?c=d")
