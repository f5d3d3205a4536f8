"""Fields that nobody names."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

_NO_NAME = ("hidden", "submit", "image", "button", "reset")


def check(sight: Sight) -> list[Hit] | None:
    """Fields of the forms of every page."""
    page = sight.page
    fields = [field for form in page.forms for field in form.fields if field.kind not in _NO_NAME]
    if not page.is_page or not fields:
        return None
    bare = [field.name or field.kind for field in fields if not field.label]
    return [Hit(page.url, f"the field {name} has no label", name) for name in dict.fromkeys(bare)]


AUDIT = Audit(
    id="field-label",
    title="Fields have no label",
    group="usability",
    tier="ranking",
    severity="warning",
    looks_for="Fields without label, aria-label, aria-labelledby or title (a placeholder goes away when one types).",
    why="A screen reader says “edit text”, a browser can't fill it in.",
    source="WCAG 2.2, 3.3.2 and 4.1.2; axe-core, rule label",
    as_of="2026-11-28",
    consequence="Enquiries are given up.",
    remedy="Give each field a label.",
    page=check,
    bad='<form action="/s"><input type="email" name="mail" placeholder="E-mail"><button>Send</button></form>',
    good='<form action="/s"><label for="m">E-mail</label><input id="m" type="email" '
    'name="mail"><button>Send</button></form>',
)
