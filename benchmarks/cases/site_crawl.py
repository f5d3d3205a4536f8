"""Crawling a website of 2,000 pages: ours reads it and runs all audits, the peers only crawl it.

Peers aren't installed beside us, since their dependencies are many: `GROMA_PEERS_PYTHON` names an interpreter that has
Scrapy (BSD-3), advertools (MIT) and LinkChecker (GPL-2.0-or-later), each run as a program of its own. All may have 64
requests under way and follow links within the site; answers are compared by the pages that were read.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from case import Case, Contender
from site_server import serving

PAGES = 2_000
AT_ONCE = 64
PEERS = os.environ.get("GROMA_PEERS_PYTHON", sys.executable)
SCRAPY = f"""
import sys
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

class Spider(scrapy.Spider):
    name = "spider"
    start_urls = [sys.argv[1]]
    extractor = LinkExtractor(allow_domains=[sys.argv[1].split("/")[2]])
    read = 0

    def parse(self, response):
        Spider.read += 1
        for link in self.extractor.extract_links(response):
            yield scrapy.Request(link.url)

process = CrawlerProcess(settings=dict(
    LOG_ENABLED=False, ROBOTSTXT_OBEY=True, CONCURRENT_REQUESTS={AT_ONCE}, CONCURRENT_REQUESTS_PER_DOMAIN={AT_ONCE},
    COOKIES_ENABLED=False, RETRY_ENABLED=False, TELNETCONSOLE_ENABLED=False, DOWNLOAD_DELAY=0,
))
process.crawl(Spider)
process.start()
print(Spider.read)
"""
ADVERTOOLS = f"""
import json, sys
import advertools
host = sys.argv[1].split("/")[2]
allowed = [host, host.split(":")[0]]
advertools.crawl(sys.argv[1], sys.argv[2], follow_links=True, allowed_domains=allowed, custom_settings=dict(
    LOG_LEVEL="CRITICAL", CONCURRENT_REQUESTS={AT_ONCE}, CONCURRENT_REQUESTS_PER_DOMAIN={AT_ONCE}, DOWNLOAD_DELAY=0,
    AUTOTHROTTLE_ENABLED=False, COOKIES_ENABLED=False, RETRY_ENABLED=False))
print(sum(json.loads(line)["status"] == 200 for line in open(sys.argv[2])))
"""
COMPILED = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "groma-bench-compiled"),
}
"""Everybody's modules are compiled once, as an installation leaves them."""
_open = ExitStack()
atexit.register(_open.close)
_address: list[str] = []


def address() -> str:
    """Of the server, started once."""
    if not _address:
        _address.append(_open.enter_context(serving(PAGES)))
    return _address[0]


def _said(words: list[str]) -> str:
    beside = {
        **os.environ,
        **COMPILED,
        "PATH": f"{Path(PEERS).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=600, env=beside).stdout


def _ours() -> Callable[[], int]:
    words = [
        sys.executable,
        "-m",
        "groma",
        "site",
        "audit",
        address(),
        "--json",
        "--quiet",
        "--at-once",
        str(AT_ONCE),
    ]
    return lambda: int(json.loads(_said(words))["pages"])


def _there(module: str) -> None:
    """ImportError where the peers' interpreter lacks a module."""
    found = subprocess.run([PEERS, "-c", f"import {module}"], capture_output=True, check=False)
    if found.returncode:
        raise ImportError(name=module)


def _scrapy() -> Callable[[], int]:
    _there("scrapy")
    return lambda: int(_said([PEERS, "-c", SCRAPY, address()]))


def _advertools() -> Callable[[], int]:
    _there("advertools")

    def crawl() -> int:
        with tempfile.TemporaryDirectory() as folder:
            return int(
                _said([PEERS, "-c", ADVERTOOLS, address(), str(Path(folder) / "pages.jsonl")]).split()[-1]
            )

    return crawl


def _linkchecker() -> Callable[[], int]:
    _there("linkcheck")

    def check() -> int:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)  # started by root, it goes on as nobody
            settings = Path(folder) / "settings.ini"
            settings.write_text(f"[checking]\nmaxrequestspersecond=100000\nthreads={AT_ONCE}\n")
            words = [PEERS, "-m", "linkcheck", "-f", str(settings), "--no-status", "--no-warnings", address()]
            told = re.search(r"(\d+) links? in (\d+) URLs? checked", _said(words))
            return int(told.group(2)) if told else 0

    return check


def _few(ours: int, theirs: int) -> str:
    """Crawlers differ in what they count as a page (sitemaps, pages of error): one in fifty may differ."""
    return "" if abs(ours - theirs) <= 0.02 * ours else f"{ours} pages, {theirs} pages"


CASES = (
    Case(
        "crawl 2,000 pages (ours: and all audits)",
        Contender("groma site audit", _ours),
        (
            Contender("Scrapy (crawl alone)", _scrapy),
            Contender("advertools (crawl alone)", _advertools),
            Contender("LinkChecker (crawl alone)", _linkchecker),
        ),
        _few,
    ),
)
