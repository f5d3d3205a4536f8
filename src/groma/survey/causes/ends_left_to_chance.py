"""Programs whose ends were never laid out: half done, never done, done twice at once, or with nobody to turn to."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="ends-left-to-chance",
    title="Only the way that works was laid out",
    why="The steps were written down for the day on which all goes well; the other ends came about by themselves.",
    risk="Runs stop half way: money is gone and nothing is shipped, and nobody is told.",
    source="Garcia-Molina and Salem, Sagas, SIGMOD 1987; Nygard, Release It!, 2nd ed. 2018, chapter 4",
    explains=(
        Explains("step-never-reached", "no run comes there", "certain"),
        Explains("run-never-ends", "no run comes out", "certain"),
        Explains("join-cannot-complete", "it waits for more than can come", "certain"),
        Explains("effect-not-undone", "nothing undoes what was done before the fault", "certain"),
        Explains("writes-that-race", "two ways write the same at once", "certain"),
        Explains("no-way-to-a-person", "a fault ends in silence", "certain"),
        Explains("model-without-fallback", "nobody decided what happens without the model", "certain"),
    ),
    find=by(
        first_there,
        told(
            "what is to happen when a step fails was never laid out",
            ({"effect-not-undone"}, "what was done stays done when the rest fails"),
            ({"no-way-to-a-person"}, "when it fails, no way leads to a person"),
            (
                {"step-never-reached", "run-never-ends", "join-cannot-complete"},
                "some of its ways lead nowhere",
            ),
        ),
    ),
    remedy=Remedy(
        "Draw every state a run can be in, and say for each fault what is undone, what goes on, and who is told.",
        (6.0, 40.0),
        "software engineer",
        (0.6, 1.0),
        "judgement: an hour for each step with an effect, and a trial that fails at each step in turn",
    ),
    structural=True,
    tags=("consistency",),
    good="""\
components:
  pay: {kind: tool, offers: {charge: {work: 1 s, effect: keyed}, back: {work: 1 s, effect: keyed}}}
  store: {kind: tool, offers: {ship: {work: 1 s, fails: 1 %}}}
flows:
  buy:
    starts: {rate: 1/h}
    steps:
      - {call: pay.charge, timeout: 5 s, compensate: [{call: pay.back, timeout: 5 s}]}
      - {call: store.ship, timeout: 5 s}
""",
    bad="""\
components:
  pay: {kind: tool, offers: {charge: {work: 1 s, effect: keyed}}}
  store: {kind: tool, offers: {ship: {work: 1 s, fails: 1 %}}}
flows:
  buy: {starts: {rate: 1/h}, steps: [{call: pay.charge, timeout: 5 s}, {call: store.ship, timeout: 5 s}]}
""",
    expected=("flows.buy",),
)
