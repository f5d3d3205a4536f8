"""Everything that a design becomes, as files in memory: the same design, the same bytes."""

from __future__ import annotations

from groma.site.build.hosts import HOSTS, host_files
from groma.site.build.html import CSS, missing_html, page_html
from groma.site.build.jsonld import as_text
from groma.site.build.llms import llms_full_txt, llms_txt
from groma.site.build.robots import robots_txt
from groma.site.build.sitemap import sitemaps
from groma.site.plan.design import SiteDesign

IN_ROOT = ("netlify", "cloudflare", "vercel")
"""Hosts that read their rules from the published folder."""


def site_files(design: SiteDesign, host: str | None = None) -> dict[str, bytes]:
    """Path below the output folder -> bytes. `site/` is what is published; `jsonld/` holds each page's markup alone;
    `hosts/` rules for hosts (those of `host` stand where it reads them)."""
    files: dict[str, str] = {
        "site/robots.txt": robots_txt(design.plan),
        "site/llms.txt": llms_txt(design),
        "site/llms-full.txt": llms_full_txt(design),
        "site/site.css": CSS,
        "site/404.html": missing_html(design),
    }
    files |= {f"site/{name}": text for name, text in sitemaps(design).items()}
    for name, page in design.plan.pages.items():
        files[f"site/{file_of(design.structure.paths[name])}"] = page_html(design, page)
        files[f"jsonld/{name}.jsonld"] = as_text(design.graphs[name]) + "\n"
    for one in HOSTS if host is None else (host,):
        folder = "site" if one == host and one in IN_ROOT else f"hosts/{one}"
        files |= {f"{folder}/{name}": text for name, text in host_files(design, one).items()}
    return {name: files[name].encode() for name in sorted(files)}


def file_of(path: str) -> str:
    """The file of a path that ends in a slash, decoded, as static hosts look it up."""
    from urllib.parse import unquote

    return unquote(path).lstrip("/") + "index.html"
