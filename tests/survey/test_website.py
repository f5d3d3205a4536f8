"""The website among the causes: its findings are symptoms, its money is what enquiries bring, and unknown stays unknown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD
from groma.site import Folder, all_audits, audit_site
from groma.site.diagnosis import causes
from groma.survey import Diagnosis, all_causes, diagnose
from groma.survey.website import ENQUIRY, LOST, REASONS, Website, reason_of

MORE = (
    "<html lang=en><head><title>More</title></head><body><h1>More</h1><a href=/>Heat pumps</a></body></html>"
)
BAD = "<html lang=en><head><title>Heat pumps</title><meta name=robots content=noindex></head><body><h1>Hello</h1><a href=more.html>More</a>"
MODEL = """\
components: {{mail: {{kind: tool, offers: {{use: {{work: 1 ms}}}}}}}}
people: {{mia: {{hours: 30 h, rate: 30 EUR/h}}}}
facts: {{other: {{value: 1 EUR, source: s, date: "2026-01"}}{facts}}}
flows:
  answer: {{starts: {{rate: 90/month}}, steps: [{{call: mail.use}}, {{ask: mia, takes: 10 min}}]}}
  quote: {{starts: {{rate: 30/month}}, worth: {worth}, steps: [{{ask: mia, takes: 10 min}}]}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Website:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(BAD, encoding="utf-8")
    (folder / "more.html").write_text(MORE, encoding="utf-8")
    (folder / "robots.txt").write_text("User-agent: OAI-SearchBot\nDisallow: /\n", encoding="utf-8")
    audited = asyncio.run(audit_site(Folder(folder, "https://a.example/")))
    return Website(audited, ("answer", "quote"))


def surveyed(site: Website, *, facts: str = "", worth: str = "600 EUR", only_site: bool = False) -> Diagnosis:
    model = loads(EXAMPLE_HEAD + MODEL.format(facts=facts, worth=worth))
    known = site.causes() if only_site else (*all_causes().values(), *site.causes())
    catalog = load_catalog()
    ledger = assess(model, catalog, twice=False)
    return diagnose(model, ledger, catalog=catalog, known=known, observed=site.symptoms())


def test_every_audit_speaks_for_one_reason(site: Website) -> None:
    told = [rule for cause in site.causes() for rule in cause.rules]
    assert sorted(told) == sorted(all_audits())
    assert {reason.id for reason in REASONS} == {reason_of(audit).id for audit in all_audits().values()}


def test_what_is_a_note_or_unproven_is_no_symptom(site: Website) -> None:
    mine = {finding.id for finding in site.symptoms()}
    for cause in causes(site.audited):
        proven = cause.audit.tier != "wording" and cause.finding.severity in ("error", "warning")
        assert (cause.finding.id in mine) == proven
    assert len(mine) < len(causes(site.audited)), "the site has notes"


def test_the_sites_causes_join_the_others_in_one_order(site: Website) -> None:
    found = surveyed(site)
    ids = [each.id for each in found.found]
    mine = [name for name in ids if name.startswith("website-")]
    assert {"website-not-found", "website-hard-to-ask", "website-says-little"} <= set(mine)
    assert len(ids) > len(mine), "others stand beside them"
    addresses = {
        e.element for each in found.found if each.id in mine for s in each.symptoms for e in s.evidence
    }
    assert any(address.startswith("https://a.example/") for address in addresses)
    assert all(finding.symptom_of for finding in found.findings if finding.rule in all_audits())


def test_an_enquiry_brings_what_hangs_on_enquiries_by_their_number(site: Website) -> None:
    ledger = surveyed(site).ledger
    assert ledger[ENQUIRY].value == pytest.approx(30 * 600 / 90)
    assert ledger["survey/website-not-found/stake"].value == pytest.approx(30 * 600)


def test_how_many_are_lost_is_never_guessed(site: Website) -> None:
    found = surveyed(site)
    figure = found.ledger["survey/website-not-found/cost"]
    assert figure.status == "not shown"
    assert any(line.startswith(f"facts.{LOST}") for line in figure.missing)
    assert any(gap.element == f"facts.{LOST}" for gap in found.gaps)


def test_stated_losses_are_counted_once_over_all_reasons(site: Website) -> None:
    facts = f', {LOST}: {{value: 5/month, known: 4/month .. 6/month, source: s, date: "2026-01"}}'
    found = surveyed(site, facts=facts, only_site=True)
    figure = found.ledger["survey/website-not-found/cost"]
    assert (figure.low, figure.value, figure.high) == pytest.approx((4 * 200, 5 * 200, 6 * 200))
    assert found.ledger["survey/cost"].value == pytest.approx(5 * 200), "not once a reason"
    assert len(found.found) > 1


def test_without_worth_or_flows_nothing_is_money(site: Website) -> None:
    facts = f', {LOST}: {{value: 5/month, source: s, date: "2026-01"}}'
    found = surveyed(site, facts=facts, worth="unknown", only_site=True)
    assert found.ledger[ENQUIRY].status == "not shown"
    assert found.ledger["survey/website-not-found/cost"].status == "not shown"
    assert any("flows.quote.worth" in line for line in found.ledger[ENQUIRY].missing)
    bare = surveyed(Website(site.audited), facts=facts, only_site=True)
    assert bare.ledger[ENQUIRY].status == "not shown" and bare.found[0].stake is None


def test_a_clean_site_has_no_cause(tmp_path: Path) -> None:
    empty = Website(asyncio.run(audit_site(Folder(tmp_path, "https://a.example/"), audits={})))
    assert not empty.symptoms()
    assert not surveyed(empty, only_site=True).found
