"""Effects that can't be taken back, and nobody is asked first, or they may happen twice."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="effects-unapproved",
    title="What can't be taken back happens unasked, or twice",
    why="Who may say yes was never decided; the tool does what it can.",
    risk="Money, messages and decisions about people are out before anybody sees the mistake.",
    source="Regulation (EU) 2024/1689 (AI Act), Article 14; ISO/IEC 27001:2022, A.5.3; Helland, ACM Queue 10(4), 2012",
    explains=(
        Explains("unapproved-impact", "nobody is asked on this path", "certain"),
        Explains("retry-of-once", "a lost answer makes it happen again", "certain"),
        Explains("one-person-approves-all", "one person says yes to everything"),
    ),
    find=by(
        first_there,
        told(
            "what can't be taken back happens and nobody is asked first",
            ({"retry-of-once"}, "what can't be taken back may happen twice"),
            ({"one-person-approves-all"}, "what can't be taken back is approved by one person alone"),
        ),
    ),
    remedy=Remedy(
        "Say who approves what from which amount on, and give each such call a key so that it happens once.",
        (6.0, 40.0),
        "software engineer",
        (0.8, 1.0),
        "judgement: an approval step and a key for each call, with a trial of both",
    ),
    tags=("approval",),
    good="""\
components:
  pay: {kind: service, replicas: 2, fails: {availability: 99 %}, offers: {refund: {work: 1 s, effect: keyed}}}
flows: {refund: {starts: {rate: 1/h}, steps: [{call: pay.refund, timeout: 5 s, retry: 1}]}}
""",
    bad="""\
components:
  pay: {kind: service, replicas: 2, fails: {availability: 99 %}, offers: {refund: {work: 1 s, effect: once}}}
flows: {refund: {starts: {rate: 1/h}, steps: [{call: pay.refund, timeout: 5 s, retry: 1}]}}
""",
    expected=("flows.refund",),
)
