"""Copies, logs and kept answers that a deletion never reaches."""

from __future__ import annotations

from groma.analyses.retrieval.refresh import reached
from groma.rules.retrieval.deletion_paths import dead_ends, indexed
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data that somebody wants gone after a time; their copies, kept answers and what is made from them."""
    model = subject.model
    asked = {
        need.measure.partition("/")[2]
        for need in model.needs.values()
        if need.measure.startswith("deletion/")
    }
    wanted = [name for name, data in model.data.items() if data.kept_for is not None or name in asked]
    hits = [
        Hit(
            f"data.{end.source}",
            f"{model.data[end.source].title or end.source} stay in {end.last.to.removeprefix('data.')} after "
            f"they were deleted",
            end.told,
            model.data[end.source].at,
            figures=(subject.figure(f"deletion/{end.source}").name,),
            key=end.last.lacks,
        )
        for end in dead_ends(subject, wanted)
        if not indexed(subject, end.last)
    ]
    looked = sum(1 for name in wanted for _ in reached(subject.context, name))
    return Look(looked, tuple(hits))


RULE = Rule(
    id="copy-without-deletion-path",
    title="Copy that a deletion never reaches",
    looks_for="Data with `kept_for` or a `deletion` need, whose backups, caches or derived data say no time "
    "after which "
    "something is gone.",
    why="A period of keeping holds for every copy; the one that nobody listed is the one that is found.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 5(1)(e) and 17; NIST SP 800-88 Rev. 1",
    severity="warning",
    tags=("data", "retrieval"),
    consequence="What is promised to be gone after a time is kept without an end.",
    remedy="State how long copies are kept (`kept_for`), how long answers live (`lives`), and how a deletion "
    "goes on (`deleted_in`).",
    check=check,
    good="""\
components: {crm: {kind: tool}, vault: {kind: store}}
data: {cases: {held_by: crm, kept_for: 365 days, backup: {every: 24 h, to: vault, kept_for: 30 days}}}
""",
    bad="""\
components: {crm: {kind: tool}, vault: {kind: store}}
data: {cases: {held_by: crm, kept_for: 365 days, backup: {every: 24 h, to: vault}}}
""",
    expected=("copy-without-deletion-path:data.cases/data.cases.backup.kept_for",),
)
