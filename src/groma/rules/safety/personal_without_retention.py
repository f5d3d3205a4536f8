"""Personal data in a system with a model that nobody says when to delete."""

from __future__ import annotations

from groma.analyses.threats import safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Personal data that are kept, where a model reads; those without `kept_for`."""
    if not safety_of(subject.context).seen.writers:
        return Look(0)
    kept = [(n, d) for n, d in subject.model.data.items() if d.class_ == "personal" and d.held_by]
    hits = (
        Hit(f"data.{name}", f"how long {data.title or name} is kept isn't stated", "no `kept_for`", data.at)
        for name, data in kept
        if data.kept_for is None
    )
    return Look(len(kept), tuple(hits))


RULE = Rule(
    id="personal-without-retention",
    title="Personal data kept without an end",
    looks_for="Data of class `personal` with `held_by` and without `kept_for`, in systems with a model.",
    why=(
        "What is kept can be read again by a model, for whoever asks cleverly enough; and storage has to "
        "be limited by law."
    ),
    source="Regulation (EU) 2016/679 (GDPR), Articles 5(1)(e) and 17",
    severity="warning",
    tags=("safety", "ai"),
    consequence="The longer it is kept, the more one leak carries out.",
    remedy="State `kept_for`, and build the deletion.",
    check=check,
    good="""\
data: {mail: {class: personal, held_by: [box], kept_for: 90 d}}
components: {box: {kind: store}, bot: {kind: llm, offers: {write: {work: 1 s}}}}
""",
    bad="""\
data: {mail: {class: personal, held_by: [box]}}
components: {box: {kind: store}, bot: {kind: llm, offers: {write: {work: 1 s}}}}
""",
    expected=("personal-without-retention:data.mail",),
)
