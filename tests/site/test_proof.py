"""Patches work in a copy: what they say is solved is gone, nothing else changes, the site itself stays as it is."""

from __future__ import annotations

import asyncio
import gzip
import urllib.robotparser
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from groma.site import Bounds, Patch, Recorded, Store, audit_site
from groma.site.proof import Proof, patched, prove_answers, prove_folder
from groma.site.proof.prove import copied, solved
from groma.site.proof.tags import tags
from site_maker import BASE, Made, Served, made, write
from site_plants import PLANTS, plant_all, taker

URL = BASE + "/a/"


def edited(page: str, patch: Patch) -> str:
    """A page after a patch; the reason where it was refused."""
    done = patched([patch], lambda _: ("a", page.encode()))
    return done.files["a"].decode() if done.applied else done.refused[0][1]


def proof(site: Made, folder: Path) -> Proof:
    write(site, folder / "site")
    (folder / "copy").mkdir()
    return asyncio.run(prove_folder(folder / "site", BASE + "/", folder / "copy", Bounds()))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proof, Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("planted")
    site = made(400)
    plant_all(site)
    write(site, folder / "site")
    before = contents(folder / "site")
    (folder / "copy").mkdir()
    result = asyncio.run(prove_folder(folder / "site", BASE + "/", folder / "copy", Bounds()))
    return result, folder, before


def test_patches_solve_what_they_belong_to_and_nothing_gets_worse(
    planted: tuple[Proof, Path, dict[str, bytes]],
) -> None:
    result, _, _ = planted
    assert result.holds and result.new == () and result.patched.refused == []
    with_patch = {change.audit: change for change in result.changes if change.patches}
    assert len(with_patch) >= 13
    assert {name for name, change in with_patch.items() if change.after} == set()
    assert all(change.after <= change.before for change in result.changes)
    assert {"canonical-broken", "noindex-offered", "sitemap-dead"} <= set(solved(result))


def test_the_site_itself_is_never_touched_and_only_named_files_differ(
    planted: tuple[Proof, Path, dict[str, bytes]],
) -> None:
    result, folder, before = planted
    assert contents(folder / "site") == before
    copy = contents(folder / "copy")
    assert {name for name in copy if copy[name] != before.get(name)} == set(result.patched.files)
    assert set(copy) == set(before)


def test_each_crawler_reads_at_least_what_it_read_and_the_one_let_in_more(
    planted: tuple[Proof, Path, dict[str, bytes]],
) -> None:
    result, _, _ = planted
    views = {old.token: (old, new) for old, new in result.views}
    assert all(new.readable >= old.readable for old, new in result.views)
    bing, new = views["bingbot"]
    assert (bing.may_fetch, new.may_fetch) == (bing.pages - 1, new.pages)
    google = views["Googlebot"][0]
    assert google.readable == bing.readable + 1, "bingbot alone was refused one readable page"


def test_python_s_own_parser_agrees_with_the_robots_txt_that_is_written(
    planted: tuple[Proof, Path, dict[str, bytes]],
) -> None:
    _, folder, before = planted
    verdicts: list[list[bool]] = []
    for text in (before["robots.txt"].decode(), (folder / "copy/robots.txt").read_text()):
        parser = urllib.robotparser.RobotFileParser()
        parser.parse(text.splitlines())
        verdicts.append([parser.can_fetch("bingbot", f"{BASE}/lamps/lamp-{n}/") for n in range(40)])
    assert False in verdicts[0] and all(verdicts[1])


def test_the_written_sitemap_is_xml_with_every_entry_once(
    planted: tuple[Proof, Path, dict[str, bytes]],
) -> None:
    _, folder, _ = planted
    tree = ElementTree.parse(folder / "copy/sitemap.xml")
    found = [loc.text for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found)) > 300


def test_a_clean_site_stays_byte_for_byte(tmp_path: Path) -> None:
    result = proof(made(80), tmp_path)
    assert result.holds and result.patched.applied == [] and result.diff == ""
    assert contents(tmp_path / "copy") == contents(tmp_path / "site")


def test_something_worse_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from groma.site.proof import prove

    patch = Patch(BASE + "/", "head", "", '<meta name="robots" content="noindex">')
    given = iter([[patch], [], []])
    monkeypatch.setattr(prove, "patches_of", lambda _: next(given))
    result = proof(made(80), tmp_path)
    assert not result.holds
    assert ("noindex-offered", BASE + "/") in {(key.audit, key.url) for key, _ in result.new}


def test_answers_are_proven_without_changing_their_file(tmp_path: Path) -> None:
    site = made(120)
    take = taker(site)
    for name in ("canonical-broken", "robots-blocks-search"):
        PLANTS[name](site, take)
    site.leaves["/"].headers["x-content-type-options"] = ""
    store = Store(tmp_path / "answers")
    recorded = Recorded(store, Served(site), BASE + "/")
    asyncio.run(audit_site(recorded, obey=False))
    store.commit()
    size = len(store)
    result = asyncio.run(prove_answers(Recorded(store, None, BASE + "/"), Bounds()))
    assert result.holds and {"canonical-broken", "nosniff"} <= set(solved(result))
    assert len(store) == size and store.get(BASE + "/").header("x-content-type-options") == ""
    store.close()


def test_links_that_lead_out_of_the_folder_are_not_copied(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a/page.html").write_text("x")
    (tmp_path / "a/out").symlink_to(tmp_path / "secret")
    (tmp_path / "a/in.html").symlink_to(tmp_path / "a/page.html")
    assert copied(tmp_path / "a", tmp_path / "b") == ("out",)
    assert sorted(contents(tmp_path / "b")) == ["in.html", "page.html"]
    assert not (tmp_path / "b/in.html").is_symlink(), "writing must not reach the original"


@pytest.mark.parametrize(
    ("page", "patch", "expected"),
    [
        ("<html><head><title>T</title></head>", Patch(URL, "head", "", "<meta charset=utf-8>"), "<html><head>\n<meta charset=utf-8><title>T</title></head>"),
        ("<html><head><title>T</title></head>", Patch(URL, "head", "", '<link rel=canonical href="/é">'), '<html><head><title>T</title><link rel=canonical href="/&#233;">\n</head>'),
        ("<!doctype html><p>x", Patch(URL, "head", "", "<meta name=viewport content=a>"), "<!doctype html>\n<meta name=viewport content=a><p>x"),
        ("<head><!--<link rel=canonical href='/b'>--><link rel=canonical href='/b'></head>", Patch(URL, "head", BASE + "/b", URL, "canonical"), f"<head><!--<link rel=canonical href='/b'>--><link rel=canonical href='{URL}'></head>"),
        ("<meta name=robots content='NOINDEX, noindexed'>", Patch(URL, "head", "noindex", "index", "robots"), "<meta name=robots content='index, noindexed'>"),
        ("<head></head>", Patch(URL, "head", "noindex", "index", "robots"), "no element `robots` with `noindex` stands in the page (a header says it)"),
        ('<script>"<a href=/b>"</script><a href="/b#c">x</a><a href=/bb>', Patch(URL, "body", BASE + "/b", BASE + "/d"), f'<script>"<a href=/b>"</script><a href="{BASE}/d#c">x</a><a href=/bb>'),
        ("<a rel='nofollow noopener' href=/b><a rel=nofollow href=https://ad.example/>", Patch(URL, "body", 'rel="nofollow noopener"', "", BASE + "/b"), "<a rel='noopener' href=/b><a rel=nofollow href=https://ad.example/>"),
    ],
)  # fmt: skip
def test_a_patch_changes_what_it_is_about_and_no_other_letter(page: str, patch: Patch, expected: str) -> None:
    assert edited(page, patch) == expected


def test_two_patches_for_one_element_of_a_head_keep_the_first() -> None:
    one, two = (Patch(URL, "head", "", f'<link rel="canonical" href="/{n}">') for n in "12")
    done = patched([one, two], lambda _: ("a", b"<head></head>"))
    assert done.applied == [one] and "same" in done.refused[0][1]
    assert done.files["a"].count(b"canonical") == 1


def test_bytes_of_other_encodings_stay() -> None:
    page = "<head><title>é</title></head>".encode("latin-1")
    done = patched([Patch(URL, "head", "", "<meta charset=latin1>")], lambda _: ("a", page))
    assert b"<title>\xe9</title>" in done.files["a"]


def test_a_packed_sitemap_is_changed_packed_and_lines_of_robots_txt_keep_their_numbers() -> None:
    packed = gzip.compress(b"<urlset><url><loc>https://a.example/x?a=1&amp;b=2</loc></url></urlset>")
    done = patched(
        [Patch("", "sitemap", "https://a.example/x?a=1&b=2", "")],
        lambda _: ("s", packed),
        ("https://a.example/s",),
    )
    assert gzip.decompress(done.files["s"]) == b"<urlset></urlset>"
    robots = "User-agent: a\r\nDisallow: /\r\nbad line here\nDisallow: /\n"
    patches = [
        Patch(URL, "robots.txt", "bad line here", "", "3"), Patch(URL, "robots.txt", "Disallow: /", "Disallow:", "4"),
        Patch(URL, "robots.txt", "", "Sitemap: x"), Patch(URL, "robots.txt", "Disallow: /", "", "9"),
    ]  # fmt: skip
    done = patched(patches, lambda _: ("r", robots.encode()))
    assert done.files["r"] == b"User-agent: a\nDisallow: /\nDisallow:\nSitemap: x\n"
    assert [why for _, why in done.refused] == ["the line isn't there"]


def test_tags_agree_with_python_s_html_parser() -> None:
    page = made(40).leaves["/"].html(made(40)).decode()
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Parser().feed(page)
    assert [(tag.name, {a.name: a.value for a in tag.attributes}) for tag in tags(page)] == seen


def test_a_page_made_to_choke_a_scanner_is_quick() -> None:
    for text in ("<a " * 50_000, '<a b="' * 50_000, "<!--" * 50_000, "<script>" * 20_000):
        assert len(list(tags(text))) <= text.count("<")
