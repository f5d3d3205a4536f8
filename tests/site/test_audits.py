"""Every audit finds its bad example and nothing in its good one; what it says about itself is complete."""

from __future__ import annotations

import re

import pytest

from groma.site import GROUPS, all_audits
from groma.site.reading import read_page
from groma.site.sight import Sight
from site_cases import CASES
from site_examples import response_of

ALL = all_audits()
WITH_EXAMPLES = [audit for audit in ALL.values() if audit.page is not None and audit.bad]


@pytest.mark.parametrize("audit", WITH_EXAMPLES, ids=lambda audit: audit.id)
def test_the_bad_example_is_found_and_the_good_one_is_not(audit) -> None:  # type: ignore[no-untyped-def]
    bad = audit.page(Sight(read_page(response_of(audit.bad))))
    good = audit.page(Sight(read_page(response_of(audit.good))))
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


@pytest.mark.parametrize(
    ("name", "example", "count"),
    CASES,
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_the_edges_of_an_audit(name: str, example: str, count: int | None) -> None:
    found = ALL[name].page(Sight(read_page(response_of(example))))  # type: ignore[misc]
    assert (None if found is None else len(list(found))) == count
