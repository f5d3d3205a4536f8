"""Chapters of the safety specification on what stops it: triggers, breakers, oversight, controls, law, price, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from groma.analyses.threats import Answer, Safety, Threat, signals_of
from groma.documents.content import Block, Blocks, Bullets, Callout, Column, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.safety_words import STEP, spot, words
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, coded, line
from groma.documents.quote import Quoter, figure_text
from groma.documents.steps_in_words import short_path
from groma.model.figure import Figure
from groma.model.program import Ask, Choose, Step, walk


def triggers(subject: Subject, safety: Safety) -> Blocks:
    """Every condition under which a run goes to a person, with how often that happens."""
    rows: list[Row] = []
    for outer in sorted(safety.seen.around.values(), key=lambda steps: _order(steps[-1].path)):
        step = outer[-1]
        if isinstance(step.action, Choose):
            for number, branch in enumerate(step.action.branches, 1):
                people = _asked(branch.steps)
                if people:
                    share = subject.quoter.amount(f"{step.path}.choose.{number}.share", branch.share)
                    rows.append(_trigger(subject, branch.when or f"branch {number}", people, share, step))
        fallback = step.policies.fallback
        if fallback is not None and (people := _asked(fallback)):
            what = f"{words(subject, safety, step.path)} ends in an error, or is turned down"
            rows.append(_trigger(subject, what, people, (), step))
        for guard in step.policies.guards:
            share = subject.quoter.amount(f"{step.path}.guard.{guard.name}.rejects", guard.rejects)
            to = _caught(outer)
            rows.append(_trigger(subject, f"“{guard.name}” turns it down", to, share, step))
    columns = (Column("When", share=2.0), STEP, Column("Who"), Column("How often", align="right"))
    told = alike(subject.quoter, "triggers", rows, place=1)
    return (subject.because(Table(columns, told)),) if rows else ()


def _trigger(subject: Subject, when: str, people: tuple[str, ...], share: Inlines, step: Step) -> Row:
    who = ", ".join(name_of(subject.model, person) for person in people) or "nobody: the run fails"
    where = line(Code(short_path(step.path)))
    return Row((line(f"{when[:1].upper()}{when[1:]}"), where, line(who), share))


def _asked(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.action.person for s in walk(steps) if isinstance(s.action, Ask)))


def _caught(outer: tuple[Step, ...]) -> tuple[str, ...]:
    """Who gets what a guard turns down: those of the nearest fallback around it."""
    for step in reversed(outer):
        if step.policies.fallback is not None:
            return _asked(step.policies.fallback)
    return ()


def _order(path: str) -> list[tuple[int, int, str]]:
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in path.split(".")]


LABELS = re.compile(r"\{[^{}]*\}")
"""Labels of a signal, which say again where it stands."""
MOST_OPEN = 8
"""Open threats in the summary."""


def stops(subject: Subject, safety: Safety) -> Blocks:
    """Values of breakers, limits and time limits around models and their tools; what is missing."""
    model = subject.model
    rows: list[Row] = []
    for outer in sorted(safety.seen.around.values(), key=lambda steps: _order(steps[-1].path)):
        step, policies = outer[-1], outer[-1].policies
        if step.path.split(".")[1] not in safety.seen.model_flows:
            continue
        for word, value in (
            ("timeout", policies.timeout), ("deadline", policies.deadline),
            ("limit", None if policies.limit is None else policies.limit.rate),
            ("breaker opens at", None if policies.breaker is None else policies.breaker.opens_at),
        ):  # fmt: skip
            if value is not None:
                shown = subject.quoter.amount(f"{step.path}.{word}", value)
                rows.append(Row((*spot(subject, safety, step.path), line(word), shown)))
        if policies.retry is not None:
            errors = ", ".join(policies.retry.on)
            rows.append(
                Row(
                    (
                        *spot(subject, safety, step.path),
                        line(f"made again on {errors}"),
                        line("once" if policies.retry.times == 1 else f"{policies.retry.times} times"),
                    )
                )
            )
    blocks: list[Block] = []
    if rows:
        columns = (Column("Where"), STEP, Column("What"), Column("Value", align="right"))
        told = alike(subject.quoter, "stops", rows, place=1)
        blocks.append(subject.because(Table(columns, told)))
    stoppers = [f.title for f in safety.controls if f.kind in ("breaker", "limit")]
    stoppers += [
        c.title or n
        for n, c in model.controls.items()
        if not c.stops and {"rogue", "ai act 14"} & {a.lower() for a in c.against}
    ]
    switched = any(c.stops for c in model.controls.values())
    tools = sorted({f"{name_of(model, use.component)}: {use.operation}" for use in safety.seen.acting})
    if tools and not stoppers and not switched:
        without = f"Nobody can stop {', '.join(tools)} without taking everything down: "
        without += "no breaker, no limit and no switch is stated."
        blocks.append(subject.because(Callout("open", line(without), "No switch")))
    elif stoppers:
        blocks.append(subject.because(Bullets(tuple(line(f"It is stopped by: {each}") for each in stoppers))))
    return tuple(blocks)


def oversight(subject: Subject, safety: Safety) -> Blocks:
    """Who is asked what, how long they work on it, how loaded they are."""
    rows: list[Row] = []
    for outer in sorted(safety.seen.around.values(), key=lambda steps: _order(steps[-1].path)):
        step = outer[-1]
        if not isinstance(step.action, Ask):
            continue
        ask = step.action
        load = f"load/{ask.person}"
        seen = safety.seen.spreading.asked.get((step.path.split(".")[1], step.path, ask.person), {})
        shown = sorted(
            {name_of(subject.model, label.data) for label in seen if label.data in subject.model.data}
        )
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(subject.model, ask.person)))),
                    line(Code(short_path(step.path))),
                    line(f"approve {', '.join(ask.approves)}" if ask.approves else "take the case"),
                    line(", ".join(shown)),
                    subject.quoter.amount(f"{step.path}.takes", ask.takes),
                    subject.quoter.amount(f"{step.path}.rejects", ask.rejects),
                    line(subject.quoter.figure(load)) if subject.quoter.shown(load) else (),
                )
            )
        )
    columns = (
        Column("Who"), STEP, Column("What"), Column("What they see", share=1.6), Column("Work on it", align="right"),
        Column("Say no", align="right"), Column("Load", align="right"),
    )  # fmt: skip
    told = alike(subject.quoter, "oversight", rows, place=1)
    return (subject.because(Table(columns, told)),) if rows else ()


def controls(subject: Subject, safety: Safety) -> Blocks:
    """Every control: where it stands, against what, its test, its signal."""
    signals = signals_of(subject.model)
    rows: list[Row] = []
    for found in safety.controls:
        known = ", ".join(each for each in (found.atlas, found.nist) if each)
        signal = found.signal or ", ".join(signals.get(found.element, ()))
        where, step = spot(subject, safety, found.element)
        test = found.test.replace(found.element, "this step") if step else found.test
        rows.append(
            Row(
                (
                    line(Strong(line(found.title)), f" ({known})" if known else ""),
                    where,
                    line(", ".join(threat.title for threat in safety.against(found))),
                    line(test.replace("`", "")) if test else line(Strong(line("none"))),
                    line(Code(LABELS.sub("", signal))) if signal else line(Strong(line("none"))),
                )
            )
        )
    columns = (
        Column("Control"),
        Column("Where"),
        Column("Against", share=1.2),
        Column("Test", share=1.8),
        Column("Signal"),
    )
    told = alike(subject.quoter, "controls", rows)
    return (subject.because(Table(columns, told)),) if rows else ()


def laws(subject: Subject, safety: Safety) -> Blocks:
    """Articles with what meets them and what is missing."""
    rows = tuple(
        Row(
            (
                line(Strong(line(each.id)), f" {each.subject}"),
                line(f"{each.applies_from} ({each.status})" if each.applies_from else each.status),
                coded(_together(subject, safety, each.met)),
                coded(_together(subject, safety, tuple((e, text) for e, text, _ in each.gaps))),
                line(
                    ", ".join(sorted({name_of(subject.model, owner) for _, _, owner in each.gaps if owner}))
                ),
            )
        )
        for each in subject.obligations
    )
    columns = (
        Column("Article"), Column("Applies from"), Column("Met by", share=1.3), Column("Missing", share=1.6),
        Column("Owner"),
    )  # fmt: skip
    return (subject.because(Table(columns, rows)),) if rows else ()


def _together(subject: Subject, safety: Safety, parts: tuple[tuple[str, str], ...]) -> str:
    """Elements with what is said of them, those of which the same is said together."""
    found: dict[str, dict[str, None]] = {}
    for element, text in parts:
        found.setdefault(text, {})[words(subject, safety, element)] = None
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in found.items())


def costs(subject: Subject) -> Blocks:
    """What guards and approvals add, by taking them out of the same model."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(figure.title.removeprefix("What guards and approvals add to ")),
                line(quoter.figure(figure.name.removeprefix("checks/"))),
                _added(quoter, figure),
            )
        )
        for figure in quoter.named("checks/")
        if figure.status != "not shown" and not _untouched(quoter, figure)
    )
    columns = (
        Column("Figure"),
        Column("As designed", align="right"),
        Column("Of it for guards and approvals", align="right"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def _untouched(quoter: Quoter, figure: Figure) -> bool:
    """Whether there is nothing of a thing, with guards as without."""
    whole = quoter.ledger.figures.get(figure.name.removeprefix("checks/"))
    return figure.value == 0 and whole is not None and whole.value == 0


def _added(quoter: Quoter, figure: Figure) -> Inlines:
    """What guards add; where bounds lie on both sides of nothing, that it may be nothing."""
    like = figure.name.removeprefix("checks/")
    if figure.value is None and figure.low is not None and figure.high is not None:
        if figure.low <= 0 < figure.high:
            most = replace(figure, low=None)
            return line(quoter.say(figure.name, f"perhaps nothing, {figure_text(most, like)}"))
        if figure.low <= 0 == figure.high:
            return line(quoter.say(figure.name, "nothing"))
    return line(quoter.figure(figure.name, like))


def gaps(subject: Subject, safety: Safety) -> Blocks:
    """Places where nothing stands, each with what would, and who owns it."""
    rows: list[Row] = []
    for threat, bare in _open(safety):
        owners = sorted({safety.owner(answer.place) or subject.model.author for answer in bare} - {""})
        rows.append(
            Row(
                (
                    line(Strong(line(threat.title))),
                    line(_places(subject, safety, bare)),
                    line(f"one of: {', '.join(threat.controls)}"),
                    line(", ".join(name_of(subject.model, owner) for owner in owners) or "nobody yet"),
                )
            )
        )
    columns = (
        Column("Threat"),
        Column("Where nothing stands", share=1.6),
        Column("What would"),
        Column("Owner"),
    )
    return (subject.because(Table(columns, tuple(rows))),) if rows else ()


def gravest(subject: Subject, safety: Safety) -> Blocks:
    """Threats to which nothing answers somewhere, grave ones first: where, and what follows if it happens."""
    found = sorted(_open(safety), key=lambda each: each[0].severity != "error")
    rows = tuple(
        Row(
            (
                line(Strong(line(threat.title))),
                line("grave" if threat.severity == "error" else "less grave"),
                line(_places(subject, safety, bare)),
                line(threat.effect),
            )
        )
        for threat, bare in found[:MOST_OPEN]
    )
    columns = (
        Column("Open threat", share=1.2),
        Column("How grave", share=0.6),
        Column("Where nothing stands", share=1.4),
        Column("If it happens", share=1.4),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def _open(safety: Safety) -> Iterator[tuple[Threat, tuple[Answer, ...]]]:
    """Each threat with those of its places where nothing stands, where there are any."""
    for threat in safety.threats:
        bare = tuple(answer for answer in safety.of(threat) if answer.gap)
        if bare:
            yield threat, bare


def _places(subject: Subject, safety: Safety, bare: tuple[Answer, ...]) -> str:
    return "; ".join(dict.fromkeys(words(subject, safety, answer.place.element) for answer in bare))
