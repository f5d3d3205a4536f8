"""Every case of an audit of whole sites, and what only a site of many pages shows."""

from __future__ import annotations

import asyncio

import pytest

from groma.site import all_audits, audit_site
from groma.site.beyond import Beyond
from site_published_wholes import PUBLISHED_WHOLES
from site_small import BASE, Small, links, status
from site_wholes import WHOLES, Whole

ALL = all_audits()


@pytest.mark.parametrize("case", [*WHOLES, *PUBLISHED_WHOLES], ids=lambda case: case.audit)
def test_an_audit_of_a_whole_site_on_a_case(case: Whole) -> None:
    async def look(*_: object) -> Beyond:
        assert case.beyond is not None
        return case.beyond

    audits = {case.audit: ALL[case.audit]}
    beyond = look if case.beyond else None
    source = Small(dict(case.pages))
    found = asyncio.run(
        audit_site(source, case.bounds, audits=audits, measured=case.measured, beyond=beyond)
    ).looks[case.audit]
    hits = sorted(found.hits, key=lambda hit: (hit.url, hit.text))
    assert [hit.url.removeprefix(BASE) for hit in hits] == list(case.hits)
    assert not case.says or case.says in repr(found.hits[0])
    assert (found.unable != "") is bool(case.unable) and case.unable in found.unable
    assert found.looked_at == case.looked_at


def test_of_very_many_links_a_thousand_are_told() -> None:
    pages = {f"/{n}": links("/old", "/gone") for n in range(1001)}
    site = Small({"/": links(*pages), **pages, "/old": status(301, "/")})
    audits = {name: ALL[name] for name in ("broken-link", "link-to-redirect")}
    looks = asyncio.run(audit_site(site, audits=audits)).looks
    assert [len(look.hits) for look in looks.values()] == [1000, 1000]
