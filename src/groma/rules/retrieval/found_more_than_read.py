"""Passages that are found for a model and don't fit into what it reads."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.interval import greatest
from groma.analyses.retrieval.entering import ANSWER, Entering, calls_of_models
from groma.analyses.retrieval.retrieved import before, retrieved
from groma.model.quantity import Quantity, Unknown
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Calls of models that come after a call which finds passages; those that have no room for them."""
    looked, hits = 0, list[Hit]()
    for entering in calls_of_models(subject.context):
        prompt = entering.call.context
        named = () if prompt is None else prompt.found
        found = list(_counted(subject, entering, named) if named else _beside(subject, entering))
        looked += 1 if named or found else 0
        hits += [hit for hit in found if hit is not None]
    return Look(looked, tuple(hits))


def _counted(
    subject: Subject, entering: Entering, named: tuple[tuple[str, str], ...]
) -> Iterator[Hit | None]:
    """A call that says whose passages it reads: those of one operation, else it isn't known how many fit."""
    path = entering.step.path
    fits = subject.figure(f"context/{path}/fits")
    if fits.low is None:
        return
    low, high = fits.ends()
    for _, operation in named:
        there = retrieved(subject.context, operation)
        if there is None:
            continue
        never = high < there.count
        if never or low < 1.0:
            wanted = there.tokens(entering.step.at).text
            text = f"{operation} finds {wanted}; {low:g} to {high:g} fit beside all the rest at its longest"
            title = f"{entering.call.component}.{entering.call.operation} can't read all that is found for it"
            yield Hit(path, title, text, entering.step.at, figures=(fits.name,),
                      confidence="certain" if never else "possible")  # fmt: skip
        else:
            yield None


def _beside(subject: Subject, entering: Entering) -> Iterator[Hit | None]:
    """A call that says how much it reads, not of what: less than a search before it hands over."""
    path = entering.step.path
    section, name = path.split(".")[:2]
    if section != "flows":
        return
    room = sum(
        greatest(amount) if isinstance(amount, Quantity | Unknown) else amount.most
        for part, amount, _ in entering.parts
        if part != ANSWER
    )
    for each in before(subject.context, name, path):
        if each.most > room:
            text = (
                f"{each.operation} finds {each.count} passages of up to {each.cut.passage} tokens of "
                f"{each.data.title or each.data.name}; the call reads at most {room:g} tokens in all"
            )
            title = f"{entering.call.component}.{entering.call.operation} has no room for what is found"
            yield Hit(path, title, text, entering.step.at, confidence="possible", key=each.operation)
        else:
            yield None


RULE = Rule(
    id="found-more-than-read",
    title="More found than is read",
    looks_for=(
        "Calls of a model after a search (`finds`) of texts that are cut into passages (`cut`), where the passages are "
        "more tokens than the call reads, or than its window holds beside all the rest (`found`)."
    ),
    why="What doesn't fit is left out by somebody's default: it was searched for, and the answer doesn't rest on it.",
    source="Liu et al., Lost in the Middle, TACL 2024; documentation of the models' interfaces (context windows)",
    severity="warning",
    tags=("context", "retrieval", "models"),
    consequence="The passage that the answer hangs on may be the one that is cut.",
    remedy=(
        "Let it find fewer (`finds`) or shorter passages (`cut`), name them in the call (`context: {found: {passages: "
        "search.find}}`) and say what goes first (`cut_first`)."
    ),
    check=check,
    good="""\
data: {pages: {held_by: search, cut: {texts: 100, length: 900 tokens, passage: 300}}}
components:
  search: {kind: index, offers: {find: {work: 10 ms, finds: 8}}}
  writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}
flows:
  a:
    steps:
      - call: search.find
      - {call: writer.write, context: {rules: 800 tokens, found: {passages: search.find}, cut_first: passages}}
""",
    bad="""\
data: {pages: {held_by: search, cut: {texts: 100, length: 900 tokens, passage: 300}}}
components:
  search: {kind: index, offers: {find: {work: 10 ms, finds: 8}}}
  writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}
flows:
  a:
    steps:
      - call: search.find
      - {call: writer.write, context: {rules: 800 tokens, passages: 1200 tokens}}
""",
    expected=("found-more-than-read:flows.a.steps.2/search.find",),
)
