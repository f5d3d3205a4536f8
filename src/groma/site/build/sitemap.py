"""sitemap.xml (sitemaps.org 0.9, with Google's hreflang links): one file, or an index of several.

lastmod is the day that the plan states for a page, left out where it states none: a day that isn't true is ignored.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from groma.site.plan.design import SiteDesign

MOST = 50_000
MOST_BYTES = 50_000_000


def sitemaps(design: SiteDesign, most: int = MOST, most_bytes: int = MOST_BYTES) -> dict[str, str]:
    """File name -> text; `sitemap.xml` is the index where one file wouldn't do."""
    files: list[list[str]] = [[]]
    size = 0
    for name in sorted(design.plan.pages, key=lambda name: design.structure.paths[name]):
        entry = _entry(design, name)
        if files[-1] and (len(files[-1]) >= most or size + len(entry.encode()) > most_bytes - 1000):
            files.append([])
            size = 0
        files[-1].append(entry)
        size += len(entry.encode())
    if len(files) == 1:
        return {"sitemap.xml": _file(files[0])}
    names = [f"sitemap-{number}.xml" for number in range(1, len(files) + 1)]
    index = "".join(
        f"<sitemap><loc>{escape(design.plan.base.text + name)}</loc></sitemap>\n" for name in names
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return {
        "sitemap.xml": f"{head}{index}</sitemapindex>\n",
        **{name: _file(entries) for name, entries in zip(names, files, strict=True)},
    }


def _file(entries: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{"".join(entries)}</urlset>\n'
    )


def _entry(design: SiteDesign, name: str) -> str:
    page, found = design.plan.pages[name], design.structure
    parts = [f"<loc>{escape(found.urls[name])}</loc>"]
    if page.modified:
        parts.append(f"<lastmod>{escape(page.modified)}</lastmod>")
    parts.append(f"<priority>{page.priority:.1f}</priority>")
    for language, other in found.versions[name]:
        parts.append(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(found.urls[other])}/>'
        )
    return f"<url>{''.join(parts)}</url>\n"
