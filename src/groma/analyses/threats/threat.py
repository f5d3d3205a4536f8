"""The table of threats: names in published lists, where the structure makes them possible, what counters them.

Ids: OWASP Top 10 for LLM applications (`LLM01:2025`, `LLM01:2026`, editions kept apart), OWASP Top 10 for Agentic
Applications 2026 (`ASI01`), MITRE ATLAS 5.6.0 (`AML.T0051`), sections of NIST AI 600-1 (`NIST 2.9`). Which id a
structure belongs to is Groma's reading; the tests hold every id against the catalog's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from groma.analyses.information import trifectas
from groma.analyses.information.labels import WORDS, Labels
from groma.analyses.stopping import irreversible
from groma.analyses.threats.seen import RUNNERS, Place, Seen


@dataclass(frozen=True, slots=True)
class Threat:
    """One threat: `controls` are the kinds of control that count against it, `places` where a model allows it."""

    id: str
    title: str
    effect: str
    ids: tuple[str, ...]
    controls: tuple[str, ...]
    places: Callable[[Seen], Iterator[Place]]
    severity: str = "warning"


def _read_by_models(seen: Seen) -> Iterator[Place]:
    for use in seen.written_by:
        found = seen.untrusted(use.handed)
        if found is not None:
            text = f"{use.component} reads {found[0]}, into which others write"
            yield Place(use.path, use.at, text, found[1], use.flow)


def _leaks(seen: Seen) -> Iterator[Place]:
    for each in trifectas(seen.context):
        text = f"{each.private} can leave by {each.use.component}.{each.use.operation}, steered by {each.untrusted}"
        yield Place(each.use.path, each.use.at, text, each.private_way, each.use.flow)


def _bought(seen: Seen) -> Iterator[Place]:
    for part in seen.writers:
        if part.supplier or part.product:
            yield Place(
                f"components.{part.name}",
                part.at,
                f"{part.name} is {part.product or 'run'} by {part.supplier or 'others'}",
            )


def _poisoned(seen: Seen) -> Iterator[Place]:
    for use in seen.written_by:
        for label, way in sorted(use.handed.items()):
            if label.kept and seen.untrusted({label: way}):
                text = f"{use.component} reads kept {label.data}, which others may have filled beforehand"
                yield Place(use.path, use.at, text, way, use.flow)
                break


def _handled(seen: Seen) -> Iterator[Place]:
    for use in seen.uses:
        if (
            use.written
            and use.component not in {part.name for part in seen.writers}
            and (seen.out(use) or use in seen.acting)
        ):
            text = f"{use.component}.{use.operation} takes words that a model wrote"
            yield Place(use.path, use.at, text, _first(use.written), use.flow)


def _agency(seen: Seen) -> Iterator[Place]:
    for use in seen.acting:
        operation = seen.operation(use)
        if operation is None or not (operation.impact or operation.effect in ("once", "keyed")):
            continue
        effect = operation.impact.replace("_", " ") if operation.impact else ""
        what = f"the {effect}" if effect else "what can't be repeated or undone"
        yield Place(
            use.path, use.at, f"{use.component}.{use.operation} does {what} after a model wrote", (), use.flow
        )


def _hidden(seen: Seen) -> Iterator[Place]:
    for part in seen.writers:
        for use in seen.written_by:
            if use.component == part.name and seen.untrusted(use.handed) is not None:
                text = f"who writes {_named(seen, use.handed)} can ask {part.name} for its instructions"
                yield Place(f"components.{part.name}", part.at, text, (), use.flow)
                break


def _vectors(seen: Seen) -> Iterator[Place]:
    readers = ", ".join(part.title or part.name for part in seen.writers) or "a model"
    for part in seen.retrieving:
        yield Place(
            f"components.{part.name}", part.at, f"{part.name} finds passages by likeness for {readers}"
        )


def _wrong(seen: Seen) -> Iterator[Place]:
    for use in seen.uses:
        if use.written and seen.out(use):
            text = f"{use.component}.{use.operation} tells somebody outside what a model wrote"
            yield Place(use.path, use.at, text, (), use.flow)


def _consumption(seen: Seen) -> Iterator[Place]:
    for use in seen.written_by:
        yield Place(
            use.path,
            use.at,
            f"{use.component}.{use.operation} is paid and takes time by length",
            (),
            use.flow,
        )


def _privilege(seen: Seen) -> Iterator[Place]:
    for use in seen.acting:
        text = f"{use.component}.{use.operation} is used with the rights of the whole flow"
        yield Place(use.path, use.at, text, (), use.flow)


def _code(seen: Seen) -> Iterator[Place]:
    for use in seen.uses:
        part = seen.component(use.component)
        if part is not None and part.kind.lower() in RUNNERS:
            text = f"{use.component}.{use.operation} runs what it is given"
            yield Place(use.path, use.at, text, _first(use.written), use.flow)


def _memory(seen: Seen) -> Iterator[Place]:
    for data, use in seen.remembered:
        text = f"{use.component} keeps what {data} made a model write, and is read again"
        yield Place(use.path, use.at, text, (), use.flow)


def _between(seen: Seen) -> Iterator[Place]:
    for use in seen.written_by:
        mine = f"{WORDS}{use.component}"
        others = sorted(x.data for x in use.written if x.data.startswith(WORDS) and x.data != mine)
        if others:
            text = (
                f"{use.component} takes the words of {others[0].removeprefix(WORDS)} as its own instructions"
            )
            yield Place(use.path, use.at, text, (), use.flow)


def _cascade(seen: Seen) -> Iterator[Place]:
    for use in seen.written_by:
        yield Place(
            use.path, use.at, f"when {use.component} is slow or down, {use.flow} is too", (), use.flow
        )


def _persuaded(seen: Seen) -> Iterator[Place]:
    for (flow, path, person), labels in seen.spreading.asked.items():
        steps = seen.around.get(path, ())
        step = steps[-1] if steps else None
        if flow in seen.model_flows and step is not None and labels:
            yield Place(path, step.at, f"{person} decides on what a model wrote", (), flow)


def _rogue(seen: Seen) -> Iterator[Place]:
    for flow, step in seen.loops:
        if any(use.flow == flow for use in seen.acting):
            yield Place(step.path, step.at, f"{flow} goes round by itself and acts", (), flow)


def _untraced(seen: Seen) -> Iterator[Place]:
    for use in seen.acting:
        operation = seen.operation(use)
        if operation is not None and operation.impact is not None:
            what = operation.impact.replace("_", " ")
            text = f"somebody asks later who brought about the {what} by {use.component}.{use.operation}, and on what"
            yield Place(use.path, use.at, text, (), use.flow)


def _unstopped(seen: Seen) -> Iterator[Place]:
    for use in seen.acting:
        operation = seen.operation(use)
        steps = seen.around.get(use.path, ())
        if operation is not None and irreversible(operation, steps[-1] if steps else None):
            text = f"{use.component}.{use.operation} can't be taken back, and goes on while it is wrong"
            yield Place(use.path, use.at, text, (), use.flow)


def _first(labels: Labels) -> tuple[str, ...]:
    return labels[min(labels)] if labels else ()


def _named(seen: Seen, labels: Labels) -> str:
    found = seen.untrusted(labels)
    return found[0] if found else ""


THREATS: tuple[Threat, ...] = (
    Threat(
        "prompt-injection", "Instructions planted in what a model reads",
        "the model says or does what somebody else wants",
        ("LLM01:2025", "LLM01:2026", "ASI01", "AML.T0051", "NIST 2.9"),
        ("input check", "output check", "approval"), _read_by_models, "error",
    ),
    Threat(
        "data-leak", "Private data carried out",
        "private data reach somebody who must not have them",
        ("LLM02:2025", "LLM02:2026", "AML.T0057", "AML.T0086", "NIST 2.4"),
        ("input check", "output check", "approval"), _leaks, "error",
    ),
    Threat(
        "supply-chain", "The model or its supplier changes or fails",
        "answers change, stop, or come from somebody else's model",
        ("LLM03:2025", "LLM04:2026", "ASI04", "AML.T0010", "NIST 2.12"),
        ("other supplier", "way out of the contract", "hand-over"), _bought,
    ),
    Threat(
        "poisoned-knowledge", "Content prepared beforehand in what is looked up",
        "a false or hostile passage is found and believed",
        ("LLM04:2025", "LLM05:2026", "AML.T0020", "AML.T0070", "NIST 2.8"),
        ("input check", "output check", "approval"), _poisoned,
    ),
    Threat(
        "output-handling", "Words of a model taken as a command or as safe text",
        "a tool or a reader acts on what was never checked",
        ("LLM05:2025", "LLM10:2026", "AML.T0077", "NIST 2.9"),
        ("output check", "typed request", "approval"), _handled, "error",
    ),
    Threat(
        "excessive-agency", "More power than the task needs",
        "an effect that can't be undone happens without anybody wanting it",
        ("LLM06:2025", "LLM03:2026", "ASI02", "AML.T0053", "NIST 2.7"),
        ("approval", "permission", "typed request"), _agency, "error",
    ),
    Threat(
        "hidden-context", "Instructions and hidden context read out",
        "what guards the model is known to those it guards against",
        ("LLM07:2025", "LLM08:2026", "AML.T0056"),
        ("input check", "output check"), _hidden, "note",
    ),
    Threat(
        "vector-weakness", "Retrieval that mixes what must stay apart",
        "passages of one customer are found for another",
        ("LLM08:2025", "LLM09:2026", "AML.T0071", "NIST 2.4"),
        ("permission", "retention"), _vectors,
    ),
    Threat(
        "misinformation", "Fluent and wrong",
        "somebody acts on a statement that nothing supports",
        ("LLM09:2025", "LLM07:2026", "AML.T0048", "NIST 2.2"),
        ("output check", "approval", "hand-over"), _wrong,
    ),
    Threat(
        "consumption", "Time and money used up",
        "bill and queue grow at the will of whoever asks",
        ("LLM10:2025", "LLM06:2026", "AML.T0029", "AML.T0034"),
        ("limit", "time limit", "bound", "breaker"), _consumption,
    ),
    Threat(
        "privilege", "Tools used with rights that nobody narrowed",
        "whoever steers the model has the rights of the whole system",
        ("ASI03", "AML.T0012", "NIST 2.9"),
        ("permission", "approval"), _privilege,
    ),
    Threat(
        "code-execution", "Code of unknown origin is run",
        "the machine belongs to whoever wrote the text",
        ("ASI05", "AML.T0050", "NIST 2.9"),
        ("output check", "approval", "permission"), _code, "error",
    ),
    Threat(
        "memory-poisoning", "What is remembered steers later runs",
        "one hostile message works on every run after it",
        ("ASI06", "AML.T0080", "NIST 2.8"),
        ("input check", "output check", "retention"), _memory,
    ),
    Threat(
        "between-agents", "Models that believe each other",
        "an instruction planted in one goes on to the next",
        ("ASI07", "AML.T0061", "NIST 2.12"),
        ("output check", "typed request"), _between,
    ),
    Threat(
        "cascade", "One failure brings the next",
        "everything waits for a model that doesn't answer",
        ("ASI08", "AML.T0029", "NIST 2.12"),
        ("time limit", "breaker", "hand-over", "other supplier"), _cascade,
    ),
    Threat(
        "persuasion", "People who say yes to the machine",
        "approval in name only",
        ("ASI09", "AML.T0048", "NIST 2.7"),
        ("second approval",), _persuaded, "note",
    ),
    Threat(
        "rogue", "An agent that goes on",
        "it acts in rounds until somebody notices",
        ("ASI10", "AML.T0103", "NIST 2.7"),
        ("bound", "limit", "breaker", "approval", "switch"), _rogue,
    ),
    Threat(
        "no-trace", "Effects that nobody can trace back",
        "nobody can say later what was done, on what grounds and who answers for it",
        ("ASI10", "NIST 2.8"),
        ("record",), _untraced,
    ),
    Threat(
        "no-stop", "Effects that go on when they should stop",
        "what is wrong is done again and again until somebody finds out how to stop it",
        ("ASI10", "NIST 2.7"),
        ("switch", "approval"), _unstopped,
    ),
)  # fmt: skip
