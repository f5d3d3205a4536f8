"""An llms.txt that points to what isn't there."""

from __future__ import annotations

import re

from groma.site.address import join
from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def check(site: Site) -> Look:
    """Every link of /llms.txt to a page of the site that was read."""
    answer = site.gathered.llms
    if answer.status != 200 or answer.media_type == "text/html":
        return Look(0)
    urls = [
        url
        for text in _LINK.findall(answer.body.decode("utf-8", "replace"))
        if (url := join(answer.url, text))
    ]
    known = [(url, record) for url in dict.fromkeys(urls) if (record := site.record(url)) is not None]
    hits = [
        Hit(answer.url, f"points to {url}, which answers {record.status or 'nothing'}", url)
        for url, record in known
        if record.status >= 400 or not record.status
    ]
    return Look(len(known), tuple(hits))


AUDIT = Audit(
    id="llms-dead",
    title="llms.txt points to what isn't there",
    group="discovery",
    tier="wording",
    severity="note",
    looks_for="Links of /llms.txt whose pages fail. That there is none is no finding: no engine is known to use it.",
    why="If anything reads the file, it should lead somewhere. Its effect is unproven and may be zero.",
    source="https://llmstxt.org (a proposal; recalled)",
    as_of="2026-11-28",
    consequence="A reader of the file, if there is one, is led astray.",
    remedy="Correct the links, or take the file away.",
    site=check,
)
