"""Where audits come from: the files of `audits`, and installed packages (entry point group `groma.site.audits`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import walk_packages
from typing import Any

from groma.site.audit import GROUPS, Audit

ENTRY_POINTS = "groma.site.audits"


@cache
def all_audits() -> dict[str, Audit]:
    """All audits by id, in the order of groups and then of ids; installed ones replace shipped ones of the same id."""
    import groma.site.audits as package

    found: dict[str, Audit] = {}
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        audit = getattr(import_module(module.name), "AUDIT", None)
        if isinstance(audit, Audit):
            found[audit.id] = audit
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        given: Any = point.load()
        for audit in (given,) if isinstance(given, Audit) else given():
            found[audit.id] = audit
    order = {group: place for place, group in enumerate(GROUPS)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[1].group, len(order)), item[0])))
