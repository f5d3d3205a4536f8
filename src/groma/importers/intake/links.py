"""Hand-overs to connections: from what to what, of what, by whom, how, and what happens when it fails."""

from __future__ import annotations

import re
from typing import Any

from groma.importers.intake.amounts import often, work
from groma.importers.intake.cells import Entry
from groma.importers.intake.draft import Draft, unsaid
from groma.importers.intake.names import listed, slug
from groma.importers.intake.people import People
from groma.importers.intake.records import Records
from groma.importers.intake.tools import Tools
from groma.importers.intake.work import Flows

_BY_HAND = re.compile(
    r"hand|manuell|manual|abtipp|tipp|typed|typing|retype|copy|copied|kopier|paste|abschreib|zuruf|mündlich|spoken|"
    r"ausdruck|print|paper|papier|telefon|phone|whatsapp|csv|excel|export", re.I,
)  # fmt: skip
_AUTOMATIC = re.compile(
    r"automat|api|sync|webhook|zapier|n8n|make\.com|schnittstelle|integration|datev-?connect|nightly", re.I
)


def add_handover(
    entry: Entry, draft: Draft, people: People, tools: Tools, records: Records, flows: Flows
) -> None:
    """A row of hand-overs."""
    source, target = (_end(entry, side, people, tools) for side in ("from_", "to"))
    if source is None or target is None:
        side = "from" if source is None else "to"
        draft.note(
            entry.at,
            f"left out: expected a tool or a person to hand over {side}, "
            f"found `{entry.text(side + '_' * (side == 'from'))[:40]}`",
        )
        return
    data = [records.meant(text, entry.origin("data")) for text in listed(entry.text("data"))]
    body: dict[str, Any] = {"from": source, "to": target}
    carried = [name for name in data if name is not None]
    if carried:
        body["carries"] = carried
    how = entry.text("how")
    if how and not unsaid(how):
        body["protocol"] = how
    if (_BY_HAND.search(how) and not _AUTOMATIC.search(how)) or (entry.text("who") and not how):
        body["by_hand"] = True
    if (when := entry.text("when")) and not unsaid(when):
        body["when"] = when
    if (error := entry.text("on_error")) and not unsaid(error):
        body["on_error"] = error
    if fields := _fields(entry.text("fields")):
        body["maps"] = fields
    what = listed(entry.text("data"))[0] if entry.text("data") and listed(entry.text("data")) else "hand over"
    name = draft.element(
        "connections", f"{slug(what, 'data')[:28].rstrip('_')}_to_{target}"[:60], entry.at, body
    )
    owner = entry.text("owner")
    if owner and (person := people.one(owner, entry.origin("owner"))) is not None:
        draft.put("connections", name, "owner", person, entry.origin("owner"))
    if body.get("by_hand"):
        _as_work(entry, name, what, source, target, draft, people, tools, flows)


def _end(entry: Entry, side: str, people: People, tools: Tools) -> str | None:
    """A tool that is known, else a person who is, else a tool of that name."""
    text = entry.text(side)
    found = tools.known(text)
    if found is None:
        found = people.end(text, entry.origin(side))
    return found if found is not None else tools.meant(text, entry.origin(side))


def _called(name: str, people: People, tools: Tools) -> str:
    return tools.titles.get(name) or people.titles.get(name, name)


def _fields(text: str) -> dict[str, str]:
    """`name -> customer, phone -> tel`: field there by field here."""
    pairs = re.findall(r"([\w .]{1,40}?)\s*(?:->|→|=>|=)\s*([\w .]{1,40})", text)
    return {there.strip(): here.strip() for here, there in pairs if here.strip() and there.strip()}


def _as_work(
    entry: Entry,
    name: str,
    what: str,
    source: str,
    target: str,
    draft: Draft,
    people: People,
    tools: Tools,
    flows: Flows,
) -> None:
    """What a person carries over by hand, with its time, is work too, unless a task already tells of it."""
    rate, takes = work(entry.text("takes"), "min")
    if rate is None and entry.text("often"):
        rate = often(entry.text("often"))
    part = entry.text("part_of")
    who = people.one(entry.text("who"), entry.origin("who")) if entry.text("who") else None
    if takes is None or who is None:
        return
    if part and flows.known(part) is not None:
        draft.note(
            entry.at, f"its time counts with `{flows.titles[flows.known(part) or '']}`, of which it is a part"
        )
        return
    for flow, title in flows.titles.items():
        steps = draft.sections["flows"][flow]["steps"]
        used = {str(step["call"]).split(".")[0] for step in steps if "call" in step}
        asked = {step["ask"] for step in steps if "ask" in step}
        if {source, target} <= used | asked and who in asked:
            draft.note(
                entry.at,
                f"its time isn't counted again: `{title}` is done by the same person in the same tools",
            )
            return
    ends = [end for end in (source, target) if end in tools.titles]
    title = f"Hand over {what} from {_called(source, people, tools)} to {_called(target, people, tools)}"
    made = flows.make(
        title,
        entry.at,
        who,
        rate,
        takes,
        ends,
        at_rate=entry.origin("often"),
        at_takes=entry.origin("takes"),
    )
    if "carries" in draft.sections["connections"][name]:
        draft.put("flows", made, "carries", list(draft.sections["connections"][name]["carries"]), entry.at)
