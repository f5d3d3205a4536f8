"""What the EU AI Act and the GDPR ask of a model: each article with the elements that meet it, or the gap.

Articles 9 to 15, 19 and 26 are asked of systems that the model calls `regulated` (Annex III, or a product's law);
Article 50 of every system whose words reach people outside. The GDPR is asked where data of class `personal` (or
`health`) are. Dates come from the catalog's tables. This is not legal advice: it shows what the model can show.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.threats.ai_act import AI_ACT, Look, Part
from groma.analyses.threats.gdpr import GDPR, personal
from groma.analyses.threats.safety import Safety, safety_of
from groma.catalog import UnknownEntryError

KNOWN = {"read": "read", "secondary": "read at second hand", "recalled": "recalled"}
"""How an article is known, in words."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One article: `met` are elements with what counts, `gaps` what is missing and of which element, with its owner."""

    id: str
    subject: str
    applies_to: str
    applies_from: str
    status: str
    source: str
    met: tuple[Part, ...]
    gaps: tuple[tuple[str, str, str], ...]

    @property
    def verdict(self) -> str:
        """`met`, `partly`, `gap`."""
        if not self.gaps:
            return "met" if self.met else "gap"
        return "partly" if self.met else "gap"


def obligations(context: Context) -> tuple[Obligation, ...]:
    """Every article that is asked of this model; none where no model writes freely."""
    safety = safety_of(context)
    if not safety.seen.writers:
        return ()
    asked = [("AI Act", "eu-ai-act", article, *how) for article, how in AI_ACT.items()]
    if personal(safety):
        asked += [("GDPR", "gdpr", article, *how) for article, how in GDPR.items()]
    high = bool(context.model.regulated)
    return tuple(
        _one(safety, law, table, article, look)
        for law, table, article, only_high, look in asked
        if (high or not only_high) and _applies(safety, law, article)
    )


def _applies(safety: Safety, law: str, article: str) -> bool:
    if (law, article) == ("AI Act", "50"):
        return any(use.written and safety.seen.out(use) for use in safety.seen.uses)
    if (law, article) == ("GDPR", "22"):
        return any((o := safety.seen.operation(use)) is not None and o.impact for use in safety.seen.acting)
    return True


def _one(safety: Safety, law: str, table: str, article: str, look: Look) -> Obligation:
    met, gaps = look(safety)
    name = f"{law} {article}"
    for control_name, control in safety.seen.context.model.controls.items():
        if name.lower() in (each.lower() for each in control.against):
            met.append((f"controls.{control_name}", control.title or control_name))
            gaps = [gap for gap in gaps if control.on and not any(gap[0].startswith(on) for on in control.on)]
    try:
        entry = safety.seen.context.catalog.entry(table, article)
        subject, to, since = entry.text("subject"), entry.text("applies_to"), entry.text("applies_from")
        status = (
            entry.text("date_status") if table == "eu-ai-act" else f"{KNOWN[entry.evidence]}, check the text"
        )
        source = entry.source
    except UnknownEntryError:
        subject, to, since, status, source = "", "", "", "not in the catalog", ""
    owned = tuple((element, text, _owner(safety, element)) for element, text in dict.fromkeys(gaps))
    return Obligation(name, subject, to, since, status, source, tuple(dict.fromkeys(met)), owned)


def _owner(safety: Safety, element: str) -> str:
    model = safety.seen.context.model
    section, _, rest = element.partition(".")
    name = rest.partition(".")[0]
    if section == "data" and name in model.data and model.data[name].owner:
        return model.data[name].owner or ""
    if section == "components" and name in model.components and model.components[name].owner:
        return model.components[name].owner or ""
    return model.author
