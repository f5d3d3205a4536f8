"""Getting a site: from servers or from a built folder, through one interface, bounded, polite and resumable.

- `Source`: answers `fetch(url)`; `Live` asks servers, `Folder` reads files and answers as a static host would
- `crawl(source, bounds, ...)`: robots.txt, sitemaps and pages in a fixed order; tells a visitor every response
- `Store`: what was answered, on disk, so that a crawl goes on where it stopped and audits run again offline
"""

from groma.site.gather.bounds import Bounds
from groma.site.gather.crawl import Gathered, Trap, crawl
from groma.site.gather.folder import Folder
from groma.site.gather.live import Live, MissingExtraError
from groma.site.gather.sitemaps import Entry, Sitemap, read_sitemap
from groma.site.gather.source import Source
from groma.site.gather.store import Recorded, Store, StoreError, going_on

__all__ = [
    "Bounds",
    "Entry",
    "Folder",
    "Gathered",
    "Live",
    "MissingExtraError",
    "Recorded",
    "Sitemap",
    "Source",
    "Store",
    "StoreError",
    "Trap",
    "crawl",
    "going_on",
    "read_sitemap",
]
