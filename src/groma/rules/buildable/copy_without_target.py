"""Copies of which nobody says where they go."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Backup
from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every copy that is made of data: where to, and how long bringing it back takes."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    copies: list[tuple[str, str, Backup]] = [
        (f"data.{name}.backup", named(data, name), data.backup)
        for name, data in model.data.items()
        if data.backup is not None
    ]
    copies += [
        (f"components.{c.name}.copies.{name}", named(model.data[name], name), backup)
        for c in model.components.values()
        for name, backup in c.copies.items()
    ]
    for path, title, backup in copies:
        by_itself = backup.to is not None or path.startswith("components.")
        yield Place(path, "to", by_itself, f"{title}: where copies go isn't stated", backup.at)
        for key, what in (
            ("detect", "notice the loss"),
            ("decide", "decide"),
            ("verify", "check what came back"),
        ):
            stated = getattr(backup, key) is not None
            yield Place(path, key, stated, f"{title}: how long it takes to {what} isn't stated", backup.at)
        missing = f"{title}: how fast it comes back isn't stated"
        yield Place(path, "rate", backup.rate is not None or bool(backup.over), missing, backup.at)


RULE = Rule(
    id="copy-without-target",
    title="Copy of which nobody says where it goes or how it comes back",
    looks_for="Copies of data without `to`, `detect`, `decide`, `verify`, or `rate` (or lines they travel).",
    why="A copy is set up once; how it comes back is found out on the worst day unless it was told.",
    source="NIST SP 800-34 rev. 1, 3.4; ISO/IEC 27001:2022, A.8.13",
    severity="warning",
    tags=("ambiguity", "data", "recovery"),
    consequence="It lies beside the original, and nobody knows how long a restore takes.",
    remedy="Say where it goes, and how long noticing, deciding, bringing back and checking take.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool}, nas: {kind: storage}}
data: {customer: {held_by: crm, backup: {every: 24 h, to: nas, detect: 1 h, decide: 1 h, verify: 1 h, rate: 10 MB/s}}}
""",
    bad="""\
components: {crm: {kind: tool}}
data: {customer: {held_by: crm, backup: {every: 24 h}}}
""",
    expected=(
        "copy-without-target:data.customer.backup/decide",
        "copy-without-target:data.customer.backup/detect",
        "copy-without-target:data.customer.backup/rate",
        "copy-without-target:data.customer.backup/to",
        "copy-without-target:data.customer.backup/verify",
    ),
)
