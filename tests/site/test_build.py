"""Sites as built: what audits find in them, what robots.txt tells every crawler, claims traced, hostile names."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.robotparser
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.cli.main import main
from groma.model.position import ModelError, Position
from groma.site import Folder, audit_site
from groma.site.build import broken, claims, held, site_files
from groma.site.build.robots import decisions, robots_txt
from groma.site.build.sitemap import sitemaps
from groma.site.crawlers import crawlers
from groma.site.page import Response
from groma.site.plan import SiteDesign, design_site, read_plan
from groma.site.plan.elements import Plan, Policy, Said
from groma.site.reading import read_page
from groma.site.robots import parse, rules_for, verdict

EXAMPLE = Path(__file__).parents[2] / "examples" / "company" / "site" / "site.yaml"


@pytest.fixture(scope="module")
def company() -> SiteDesign:
    return design_site(read_plan(EXAMPLE))


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "site"


def bad(folder: Path, base: str) -> list[str]:
    found = asyncio.run(audit_site(Folder(folder, base)))
    assert found.site.is_complete
    return [f.id for f in found.findings if f.severity != "note"]


@pytest.mark.parametrize("host", [None, "netlify"])
def test_audits_find_nothing_in_the_built_site(company: SiteDesign, tmp_path: Path, host: str | None) -> None:
    folder = written(tmp_path, site_files(company, host))
    assert bad(folder, company.plan.base.text) == []


def test_audits_find_much_in_the_site_of_today(company: SiteDesign) -> None:
    found = set(bad(EXAMPLE.parent / "today", company.plan.base.text))
    assert {name.partition(":")[0] for name in found} >= {
        "robots-blocks-search", "title-missing", "title-duplicate", "noindex-offered", "orphan", "broken-link",
        "empty-without-script", "organisation-conflict", "not-visible", "form-needs-script", "thin-page",
    }  # fmt: skip


def test_the_same_bytes(company: SiteDesign) -> None:
    assert site_files(company) == site_files(design_site(read_plan(EXAMPLE)))


CHOICES = st.sampled_from(["allow", "deny"])
TOKENS = [crawler.token for crawler in crawlers()]


def plan_with(policy: Policy, company: Plan) -> Plan:
    from dataclasses import replace

    return replace(company, crawlers=policy)


@settings(max_examples=40, deadline=None)
@given(CHOICES, CHOICES, CHOICES, CHOICES, st.dictionaries(st.sampled_from(TOKENS), CHOICES, max_size=4))
def test_robots_say_what_the_policy_says(
    search: str, user: str, training: str, others: str, only: dict[str, str]
) -> None:
    """Held against the table row by row; a policy that a robots.txt can't express is refused, never written wrongly."""
    at = Position("site.yaml", 1, 1)
    policy = Policy(
        name="crawlers", at=at, search=search, user=user, training=training, others=others, only=only,
        keep_out=(Said("/internal/", at),),
    )  # fmt: skip
    plan = plan_with(policy, read_plan(EXAMPLE))
    if only:
        try:
            text = robots_txt(plan)
        except ModelError:
            return  # names that begin each other, decided differently
    else:
        text = robots_txt(plan)
    robots = parse(text.encode())
    assert not robots.problems
    of = {"search": search, "user": user, "training": training, "token-only": training}
    for crawler in crawlers():
        wanted = only.get(crawler.token, of.get(crawler.purpose, others)) == "allow"
        assert decisions(policy)[crawler.token] is wanted
        assert verdict(rules_for(robots, crawler.token), "/a/").allowed is wanted, crawler.token
        assert not verdict(rules_for(robots, crawler.token), "/internal/x").allowed
    assert verdict(rules_for(robots, "SomebodyElse"), "/").allowed is (others == "allow")


def test_a_crawler_that_reads_anothers_group_gets_its_own(company: SiteDesign) -> None:
    """Applebot falls back to Googlebot's group where none names it (Apple, "About Applebot")."""
    policy = Policy(name="crawlers", at=Position("site.yaml", 1, 1), only={"Googlebot": "deny"})
    robots = parse(robots_txt(plan_with(policy, company.plan)).encode())
    assert not verdict(rules_for(robots, "Googlebot"), "/").allowed
    assert verdict(rules_for(robots, "Applebot"), "/").allowed


def test_robots_of_the_example_read_by_python(company: SiteDesign) -> None:
    """Python's own parser, another reading of the same file, agrees for tokens of letters."""
    other = urllib.robotparser.RobotFileParser()
    other.parse(robots_txt(company.plan).splitlines())
    wanted = decisions(company.plan.crawlers)
    for token in (
        "Googlebot",
        "GPTBot",
        "OAI-SearchBot",
        "ClaudeBot",
        "PerplexityBot",
        "CCBot",
        "Google-Extended",
    ):
        assert other.can_fetch(token, "https://www.lindner-waermepumpen.example/guide/") is wanted[token], (
            token
        )
    assert wanted["GPTBot"] is False
    assert wanted["OAI-SearchBot"] is True


def test_every_claim_is_in_the_text_and_has_a_line(company: SiteDesign) -> None:
    found = claims(company, site_files(company))
    assert len(found) > 200
    assert list(broken(found)) == []
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for claim in found:
        if claim.at.file == "site.yaml" and claim.property == "telephone":
            assert claim.text in lines[claim.at.line - 1]


def change(old: str, new: str, file: str = "index.html") -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (change('"telephone": "+49 89 99998 120"', '"telephone": "+49 89 99998 777"'), "the plan says `+49 89 99998 120`"),
        (change("</h1>", "</h1><p>Call +49 89 99998 777</p>"), "the page says the telephone number +49 89 99998 777"),
        (change('href="tel:+498999998120"', 'href="tel:+498999998777"'), "number +498999998777; the plan says"),
        (change("<h1>Heat pumps for old houses in Munich</h1>", "<h1>Welcome</h1>"), "is in the markup, not in the text"),
        (change('"price": "240"', '"price": "199"', "house-check/index.html"), "is `199`; the plan says `240`"),
        (change("Price: 240 EUR", "Price on request", "house-check/index.html"), "in the markup, not in the text: `240`"),
        (lambda folder: (folder / "about/index.html").unlink(), "page `about` of the plan isn't there"),
    ],
)  # fmt: skip
def test_planted_contradictions(
    company: SiteDesign, tmp_path: Path, edit: Callable[[Path], None], said: str
) -> None:
    folder = written(tmp_path, site_files(company))
    assert held(company, folder) == ()
    edit(folder)
    found = held(company, folder)
    assert any(said in str(problem) for problem in found), [str(problem) for problem in found]


def test_a_contradiction_has_its_place(company: SiteDesign, tmp_path: Path) -> None:
    folder = written(tmp_path, site_files(company))
    change("</h1>", "</h1>\n<p>Call +49 89 99998 777</p>")(folder)
    (problem,) = held(company, folder)
    line = (folder / "index.html").read_text(encoding="utf-8").splitlines()[problem.position.line - 1]
    assert line[problem.position.column - 1 :].startswith("+49 89 99998 777")


EVIL = "</script><script>alert(1)</script>\"'&<b> \\u003c ]]> -->"

HOSTILE = """
site: {evil}
base: https://evil.example/
date: "2026-11-28"
organisation: {{called: {evil}, about: {evil}, telephone: +49 89 99998 120, kind: LocalBusiness, address: {{town: {evil}}}}}
services: {{s: {{called: {evil}, about: {evil}, price: from 5 EUR}}}}
questions: {{q: {{asks: {evil}, answer: {evil}}}}}
people: {{p: {{called: {evil}, about: {evil}, email: "a'b@evil.example"}}}}
proofs: {{c: {{kind: certificate, says: {evil}, by: {evil}, source: "javascript://x"}}}}
pages:
  home: {{kind: home, title: {evil}, lead: {evil}}}
  page: {{kind: service, title: {evil}, path: /s/, lead: {evil}, service: s, questions: [q], people: [p], proofs: [c]}}
  ask: {{kind: contact, title: Ask, lead: {evil}}}
redirects: [{{from: "/a b\\"$x;}}{{é", to: page}}]
"""


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(HOSTILE.format(evil=json.dumps(EVIL)), encoding="utf-8")
    found = design_site(read_plan(file))
    files = site_files(found)
    assert list(broken(claims(found, files))) == []
    for name, content in files.items():
        text = content.decode()
        if name.endswith(".html"):
            assert "alert(1)</script>" not in text
            assert text.count("<script") <= 1
            assert 'href="javascript' not in text
        if name.endswith(".xml"):
            ET.fromstring(text)
        if name.endswith((".jsonld", ".json")):
            json.loads(text)
    page = read_page(
        Response("https://evil.example/s/", 200, (("content-type", "text/html"),), files["site/s/index.html"])
    )
    names = [item.text("name") for item in page.items if "Service" in item.types]
    assert names == [EVIL]
    nginx = files["hosts/nginx/nginx.conf"].decode()
    assert 'location = "/a b\\"$x;}{é" { return 301 "/s/"; }' in nginx
    assert files["hosts/netlify/_redirects"] == b"/a%20b%22$x;%7D%7B%C3%A9 /s/ 301\n"
    source = json.loads(files["hosts/vercel/vercel.json"])["redirects"][0]["source"]
    assert re.fullmatch(source, "/a%20b%22$x;%7D%7B%C3%A9")


def test_redirects_and_headers_work(company: SiteDesign, tmp_path: Path) -> None:
    folder = Folder(written(tmp_path, site_files(company, "cloudflare")), company.plan.base.text)
    answer = folder.answer("https://www.lindner-waermepumpen.example/faq.html", 1000)
    assert (answer.status, answer.header("location")) == (
        301,
        "https://www.lindner-waermepumpen.example/guide/",
    )
    home = folder.answer("https://www.lindner-waermepumpen.example/", 1_000_000)
    assert home.header("x-content-type-options") == "nosniff"
    assert "form-action 'self' https://forms.lindner-waermepumpen.example;" in home.header(
        "content-security-policy"
    )
    assert folder.answer("https://www.lindner-waermepumpen.example/nothing", 1000).status == 404


TWO = """
site: Two
base: https://two.example/
date: "2026-11-28"
organisation: {called: Two, about: Two of us.}
pages:
  home: {kind: home, title: Two in English, lead: Both of us.}
  start: {kind: home, title: Zwei auf Deutsch, lead: Wir beide., language: de, translates: home}
  more: {kind: about, title: More, lead: More of us., modified: "2026-11-01"}
"""


def test_languages_name_each_other(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(TWO, encoding="utf-8")
    found = design_site(read_plan(file))
    files = site_files(found)
    for name, url in (("index.html", "https://two.example/"), ("de/index.html", "https://two.example/de/")):
        page = read_page(Response(url, 200, (("content-type", "text/html"),), files[f"site/{name}"]))
        assert page.canonicals == (url,)
        assert {tuple(alternate) for alternate in page.alternates} == {
            ("en", "https://two.example/"), ("de", "https://two.example/de/"), ("x-default", "https://two.example/"),
        }  # fmt: skip
    folder = written(tmp_path / "out", files)
    audited = asyncio.run(audit_site(Folder(folder, "https://two.example/")))
    assert not [f.id for f in audited.findings if f.id.startswith("hreflang") or f.id.startswith("canonical")]


def test_many_pages_need_an_index(company: SiteDesign) -> None:
    files = sitemaps(company, most=5)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = [loc.text for loc in ET.fromstring(files["sitemap.xml"]).iter(f"{space}loc")]
    assert index == [f"https://www.lindner-waermepumpen.example/sitemap-{n}.xml" for n in (1, 2, 3)]
    urls = [
        loc.text for n in (1, 2, 3) for loc in ET.fromstring(files[f"sitemap-{n}.xml"]).iter(f"{space}loc")
    ]
    assert sorted(urls) == sorted(company.structure.urls.values())
    dates = [loc.text for loc in ET.fromstring(sitemaps(company)["sitemap.xml"]).iter(f"{space}lastmod")]
    assert len(dates) == sum(bool(page.modified) for page in company.plan.pages.values())
    small = sitemaps(company, most_bytes=1500)
    assert len(small) > 3
    assert all(len(text.encode()) < 1500 for name, text in small.items() if name != "sitemap.xml")


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "design", str(EXAMPLE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["links"]["all_menus_tried"] is True
    assert main(["site", "build", str(EXAMPLE), "--out", str(tmp_path / "out"), "--host", "netlify"]) == 0
    assert (tmp_path / "out/site/_redirects").is_file()
    assert (tmp_path / "out/ledger.csv").read_text(encoding="utf-8").startswith("page,node,property,text")
    capsys.readouterr()
    assert main(["site", "build", str(EXAMPLE), "--out", str(tmp_path / "x"), "--host", "apache"]) != 0
    assert "expected one of nginx, netlify, cloudflare, vercel, found `apache`" in capsys.readouterr().err
    assert main(["site", "build", str(EXAMPLE)]) != 0
    assert main(["site", "design", str(tmp_path / "none.yaml")]) != 0
