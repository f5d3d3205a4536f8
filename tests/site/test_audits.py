"""Every audit finds its bad example and nothing in its good one; what it says about itself is complete."""

from __future__ import annotations

import re

import pytest

from groma.site import GROUPS, all_audits
from site_cases import CASES, Case
from site_examples import sight_of
from site_published import PUBLISHED

ALL = all_audits()
WITH_EXAMPLES = [audit for audit in ALL.values() if audit.page is not None and audit.bad]


@pytest.mark.parametrize("audit", WITH_EXAMPLES, ids=lambda audit: audit.id)
def test_the_bad_example_is_found_and_the_good_one_is_not(audit) -> None:  # type: ignore[no-untyped-def]
    bad = audit.page(sight_of(audit.bad))
    good = audit.page(sight_of(audit.good))
    assert bad, "nothing found in the bad example"
    assert good is not None and list(good) == [], "the good example must apply and be clean"
    assert all(hit.url.startswith("https://example.com/") and hit.text for hit in bad)


def test_there_are_at_least_sixty_audits_in_every_group() -> None:
    assert len(ALL) >= 60
    assert {audit.group for audit in ALL.values()} == set(GROUPS)


@pytest.mark.parametrize("audit", ALL.values(), ids=lambda audit: audit.id)
def test_an_audit_says_all_about_itself(audit) -> None:  # type: ignore[no-untyped-def]
    assert (audit.page is None) != (audit.site is None)
    for text in (audit.title, audit.looks_for, audit.why, audit.source, audit.consequence, audit.remedy):
        assert text.strip()
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", audit.as_of)
    assert all(name in ALL for name in audit.symptom_of)
    module = (audit.page or audit.site).__module__
    assert module.split(".")[3] == audit.group
    assert audit.page is None or audit.bad or audit.id == "insecure-page"


@pytest.mark.parametrize("case", [*CASES, *PUBLISHED], ids=lambda case: case.audit)
def test_an_audit_of_pages_on_a_case(case: Case) -> None:
    found = ALL[case.audit].page(sight_of(case.page))  # type: ignore[misc]
    hits = None if found is None else list(found)
    assert (None if hits is None else len(hits)) == case.hits
    assert not case.says or (hits and case.says in repr(hits[0]))
