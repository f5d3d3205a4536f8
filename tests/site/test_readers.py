"""Pages read in another process are read as here, however that process came to be."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.site import Response, all_audits, readers
from groma.site.address import join, normal
from groma.site.readers import Readers
from groma.site.reading import read_page
from groma.site.record import digest
from site_examples import response_of

PAGES = [
    response_of(f"<title>Page {n}</title><main><h1>One</h1><p>Two <a href='/{n}'>three</a></p></main>")
    for n in range(8)
]


@pytest.mark.parametrize("forks", [True, False])
def test_another_process_reads_the_same(forks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_may_fork", lambda: forks)
    monkeypatch.setattr(readers, "FEW_PAGES", 0)
    single = [audit for audit in all_audits().values() if audit.page is not None]

    async def read() -> list[object]:
        there = Readers(single, True, workers=1)
        try:
            assert bool(there._helpers) == forks  # pyright: ignore[reportPrivateUsage]
            found = await asyncio.gather(*(there.read(PAGES[n : n + 2]) for n in range(0, 8, 2)))
            (helper,) = there._helpers  # pyright: ignore[reportPrivateUsage]
            assert helper.process.pid != os.getpid()
            return [record for batch in found for record in batch]
        finally:
            there.close()

    assert asyncio.run(read()) == [digest(page, single) for page in PAGES]


def test_pages_are_read_here_when_the_other_process_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_may_fork", lambda: True)
    single = [audit for audit in all_audits().values() if audit.page is not None]

    async def read() -> list[object]:
        there = Readers(single, True, workers=1)
        try:
            first = await there.read(PAGES[:2])
            there._helpers[0].process.kill()  # pyright: ignore[reportPrivateUsage]
            rest = await asyncio.gather(*(there.read(PAGES[n : n + 2]) for n in range(2, 8, 2)))
            return [record for batch in (first, *rest) for record in batch]
        finally:
            there.close()

    assert asyncio.run(read()) == [digest(page, single) for page in PAGES]


def test_what_only_machines_see_is_read_where_no_reader_looks() -> None:
    page = read_page(
        response_of(
            '<div style="DISPLAY: none" id="a"><p id="b">unseen</p><script src="/x.js"></script></div>'
            '<svg id="c"><title>drawn</title></svg><main role="main">seen</main>'
            '<meta name="robots" content="noindex"><link rel="canonical" href="/c">'
        )
    )
    assert page.text == "seen"
    assert page.ids == {"a", "b", "c"}
    assert [script.src for script in page.scripts] == ["/x.js"]
    assert page.misplaced == ("meta robots", "canonical")
    assert page.titles == ("Example",)  # that of the frame around, not that of the drawing


def test_a_page_of_frames_has_no_text_of_its_own() -> None:
    page = read_page(
        Response("https://example.com/", 200, (("content-type", "text/html"),), b"<frameset></frameset>")
    )
    assert page.is_html
    assert page.text == ""


@given(
    st.sampled_from(["https://a.example/", "https://a.example/x/y", "http://a.example/x/?q=1"]),
    st.sampled_from(["http", "https"]),
    st.sampled_from(["a.example", "b.example:8080", "B.example", "1.2.3.4"]),
    st.text("/ab.?&=%20ü\\;:@", max_size=12),
)
def test_an_address_that_names_its_host_is_the_same_on_every_page(
    base: str, scheme: str, host: str, rest: str
) -> None:
    whole = f"{scheme}://{host}/{rest}"
    head, mark, tail = whole.partition("?")
    assert join(base, whole) == normal(urljoin(base, head.replace("\\", "/") + mark + tail))
