"""Forms that only a script can send."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.record import is_enquiry
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Enquiry forms of every page."""
    page = sight.page
    forms = [form for form in page.forms if is_enquiry(form.fields)]
    if not page.is_page or not forms:
        return None
    hits: list[Hit] = []
    for form in forms:
        raw = (form.raw_action or "").strip().lower()
        if raw.startswith("javascript:") or raw == "#":
            hits.append(Hit(page.url, "the form's action is a script", raw[:80]))
        elif form.raw_action is None and form.method != "post":
            hits.append(
                Hit(page.url, "the form has neither action nor method=post: without a script nothing is sent")
            )
        elif not form.has_submit:
            hits.append(Hit(page.url, "the form has no button that sends it"))
    return hits


AUDIT = Audit(
    id="form-needs-script",
    title="Forms can't be sent without a script",
    group="enquiry",
    tier="ranking",
    severity="warning",
    looks_for="Forms with a message, e-mail or telephone field whose action is missing or a script, or "
    "without a submit button.",
    why="A blocked or broken script loses the enquiry, and nobody is told.",
    source="WHATWG HTML, 4.10.22 (form submission)",
    as_of="2026-11-28",
    consequence="Enquiries are lost in silence.",
    remedy='Give the form an action that takes it (method="post"); a script may improve it.',
    page=check,
    bad='<form onsubmit="send()"><label>Message <textarea name="m"></textarea></label><button>Send</button></form>',
    good='<form method="post" action="/send"><label>Message <textarea '
    'name="m"></textarea></label><button>Send</button></form>',
)
