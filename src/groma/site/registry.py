"""Where audits come from: the files of `audits`, and installed packages (entry point group `groma.site.audits`)."""

from __future__ import annotations

from functools import cache

from groma.plugins import offered
from groma.site.audit import GROUPS, Audit

ENTRY_POINTS = "groma.site.audits"


@cache
def all_audits() -> dict[str, Audit]:
    """All audits by id, in the order of groups and then of ids; installed ones replace shipped ones of the same id."""
    import groma.site.audits as package

    found = {audit.id: audit for audit in offered(Audit, "AUDIT", package, ENTRY_POINTS)}
    order = {group: place for place, group in enumerate(GROUPS)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[1].group, len(order)), item[0])))
