"""Websites: gathered, read, audited. Gather -> pages -> audits -> findings in the order of what they block.

What lives here: `gather` (servers and folders through one interface, bounded and resumable), `robots` (RFC 9309),
`reading` (a response to a `Page`), `audits` (one a file), `run` (all of it), `diagnosis` (causes before symptoms).

- `audit_site(source, bounds)`: gathers and audits; gives `Audited`
- `Live`, `Folder`, `Recorded`: where a site comes from
- `all_audits()`: every `Audit` by id
"""

from groma.site.audit import GROUPS, Audit, Hit, Look, Patch
from groma.site.gather import (
    Bounds,
    Folder,
    Live,
    MissingExtraError,
    Recorded,
    Source,
    Store,
    StoreError,
    going_on,
)
from groma.site.measured import MeasuredError, Outcome, search_console, visits
from groma.site.page import Page, Response
from groma.site.registry import all_audits
from groma.site.run import Audited, audit_site
from groma.site.site import Site

__all__ = [
    "GROUPS",
    "Audit",
    "Audited",
    "Bounds",
    "Folder",
    "Hit",
    "Live",
    "Look",
    "MeasuredError",
    "MissingExtraError",
    "Outcome",
    "Page",
    "Patch",
    "Recorded",
    "Response",
    "Site",
    "Source",
    "Store",
    "StoreError",
    "all_audits",
    "audit_site",
    "going_on",
    "search_console",
    "visits",
]
