"""Features that a model learns from and is asked with, and that are made in two ways."""

from __future__ import annotations

from groma.analyses.skew import differences, pairs
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every data set that is `served_as` another; those that differ in who makes them, of what, with what, how old."""
    found = pairs(subject.context)
    hits: list[Hit] = []
    for learned, served in found:
        apart = differences(subject.context, learned, served)
        if not apart:
            continue
        sure = any(each.sure for each in apart)
        names = f"{learned.title or learned.name} and {served.title or served.name}"
        hits.append(
            Hit(
                f"data.{learned.name}",
                f"{names} are {'not the same features' if sure else 'perhaps not the same features'}",
                "; ".join(each.text for each in apart),
                learned.at,
                figures=(f"skew/{learned.name}",),
                confidence="certain" if sure else "possible",
            )
        )
    return Look(len(found), tuple(hits))


RULE = Rule(
    id="features-computed-twice",
    title="Features computed in two ways",
    looks_for=(
        "Data with `served_as` that another part makes than the data they are served as (`made_by`), of other sources "
        "(`made_from`), with other fields, or that are of another age."
    ),
    why="A model is right about what it has learned from; asked with something else it is wrong, and nothing fails.",
    source=(
        "Sculley et al., Hidden Technical Debt in Machine Learning Systems, NIPS 2015; Google, Rules of Machine "
        "Learning, rules 29, 31, 32, 37; Polyzotis et al., Data Validation for Machine Learning, MLSys 2019"
    ),
    severity="warning",
    tags=("data", "models"),
    consequence="Quality in use falls short of what every trial showed, and nobody can see why.",
    remedy=(
        "Let one part make both from the same sources at the same age, or learn from what was served: keep it when it "
        "is served (`made_from: [SERVED]`)."
    ),
    check=check,
    good="""\
components: {store: {kind: database}, lake: {kind: storage}, features: {kind: service}}
data:
  payments: {held_by: store}
  online: {held_by: store, made_from: payments, made_by: features, refreshed: 1 h}
  offline: {held_by: lake, made_from: payments, made_by: features, refreshed: 1 h, served_as: online}
""",
    bad="""\
components: {store: {kind: database}, lake: {kind: storage}, stream: {kind: service}, nightly: {kind: service}}
data:
  payments: {held_by: store}
  online: {held_by: store, made_from: payments, made_by: stream, refreshed: 10 s}
  offline: {held_by: lake, made_from: payments, made_by: nightly, refreshed: 24 h, served_as: online}
""",
    expected=("features-computed-twice:data.offline",),
)
