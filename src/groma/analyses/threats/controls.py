"""Controls recognised in the model: each kind has one reader that says what of it stands at a place.

A check counts at a place only when every path there passes it (`groma.analyses.information`); a limit counts when it
is put around the call. Each control carries a test and a signal made from its own values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from groma.analyses.information import Check, Use, is_model
from groma.analyses.information.labels import takes
from groma.analyses.threats.found import Found
from groma.analyses.threats.seen import Place, Seen
from groma.analyses.threats.supervision import records, stops
from groma.model.elements import Control, Operation
from groma.model.program import Ask, Call, Repeat, Step, walk
from groma.model.quantity import Quantity, Unknown


def _text(amount: Quantity | Unknown | None) -> str:
    return amount.text if isinstance(amount, Quantity) else "not known"


def _guard(check: Check, kind: str, use: Use) -> Found:
    word = "what comes in" if kind == "input check" else "what goes out"
    bad = "planted instructions" if kind == "input check" else "private data and unsupported statements"
    return Found(
        f"guard/{check.name}@{check.path}", kind, check.name, check.path, check.at,
        f"`{check.name}` checks {word}; it misses {check.misses or 'an unknown share'}",
        f"Send a fixed set with {bad} through {check.path}: `{check.name}` turns down all but "
        f"{check.misses or 'a share to be measured'} of it, and nothing turned down goes on from there.",
        f"guard.rejected{{guard=\"{check.name}\"}}",
        "", "AML.M0020" if kind == "output check" else "AML.M0015", "SI-10", check.most, check.misses or "",
    )  # fmt: skip


def _guards(kind: str) -> Callable[[Seen, Place], Iterator[Found]]:
    def standing(seen: Seen, place: Place) -> Iterator[Found]:
        for use in at(seen, place):
            checks = use.screens if kind == "input check" else use.checks
            own = (
                use.screens | use.checks
                if use.component in {p.name for p in seen.writers} and kind == "input check"
                else checks
            )
            for check in sorted(own):
                if check.kind == "guard":
                    yield _guard(check, kind, use)
        if kind == "output check":
            for use, check in behind(seen, place):
                if check.kind == "guard":
                    yield _guard(check, kind, use)

    return standing


def _approval(seen: Seen, check: Check, use: Use, impact: str | None) -> Found:
    what = f"`{impact}`" if impact else f"{use.component}.{use.operation}"
    return Found(
        f"approval/{check.name}@{check.path}", "approval",
        f"{_spoken(impact)}approved by {seen.called(check.name)}", check.path, check.at,
        f"{check.name} says yes before {what} on every path",
        f"Let {check.name} say no at {check.path}, and let nobody answer: {use.component}.{use.operation} isn't called "
        "in either run.",
        f"approval.decided{{person=\"{check.name}\"}}", check.name, "AML.M0029", "AC-3",
    )  # fmt: skip


def _spoken(impact: str | None) -> str:
    return "" if impact is None else f"{impact.replace('_', ' ')} "


def _approvals(seen: Seen, place: Place) -> Iterator[Found]:
    pairs = [(use, check) for use in at(seen, place) for check in sorted(use.checks)]
    for use, check in [*pairs, *behind(seen, place)]:
        operation = seen.operation(use)
        impact = None if operation is None else operation.impact
        if check.kind == "approval" and (impact in check.approves if impact else bool(check.approves)):
            yield _approval(seen, check, use, impact)


def at(seen: Seen, place: Place) -> tuple[Use, ...]:
    """The uses that a place stands for."""
    return tuple(use for use in seen.uses if use.path == place.element and use.flow == place.flow)


def behind(seen: Seen, place: Place) -> Iterator[tuple[Use, Check]]:
    """For a place where a model answers: checks that stand before everything which acts on it in its flow."""
    writers = {part.name for part in seen.writers}
    own = at(seen, place) or tuple(u for u in seen.written_by if f"components.{u.component}" == place.element)
    if not own or not all(use.component in writers for use in own):
        return
    acting = [
        use
        for use in seen.uses
        if use.flow == own[0].flow and use.written and (use in seen.acting or seen.out(use))
    ]
    weighty = [use for use in acting if seen.out(use) or _weighty(seen.operation(use))]
    if not weighty:
        return
    shared: frozenset[Check] = frozenset[Check].intersection(*(use.checks for use in weighty))
    yield from ((weighty[0], check) for check in sorted(shared))


def _weighty(operation: Operation | None) -> bool:
    return operation is not None and (operation.impact is not None or operation.effect in ("once", "keyed"))


def _outer(seen: Seen, place: Place) -> tuple[Step, ...]:
    return seen.around.get(place.element, ())


def _limits(seen: Seen, place: Place) -> Iterator[Found]:
    for step in _outer(seen, place):
        limit = step.policies.limit
        if limit is not None:
            yield Found(
                f"limit@{step.path}", "limit", f"at most {limit.rate.text}", step.path, limit.rate.at,
                f"no more than {limit.rate.text} pass, {limit.burst} at once",
                f"Send twice {limit.rate.text} for a minute at {step.path}: half of it ends in `throttled`, "
                "the rest as before.",
                f"calls.throttled{{step=\"{step.path}\"}}", "", "AML.M0004", "SC-5",
            )  # fmt: skip


def _time_limits(seen: Seen, place: Place) -> Iterator[Found]:
    for step in _outer(seen, place):
        for word, amount in (("timeout", step.policies.timeout), ("deadline", step.policies.deadline)):
            if amount is not None:
                yield Found(
                    f"{word}@{step.path}", "time limit", f"{word} of {amount.text}", step.path, amount.at,
                    f"nothing there is waited for longer than {amount.text}",
                    f"Let the call at {step.path} hang: the run goes on after {amount.text}, by its fallback "
                    "or as failed.",
                    f"calls.timeout{{step=\"{step.path}\"}}", "", "", "SC-5",
                )  # fmt: skip


def _bounds(seen: Seen, place: Place) -> Iterator[Found]:
    for step in _outer(seen, place):
        if isinstance(step.action, Repeat):
            times = step.action.times
            most = step.action.at_most or (round(times.high) if isinstance(times, Quantity) else None)
            if most is not None:
                yield Found(
                    f"bound@{step.path}", "bound", f"at most {most} rounds", step.path, step.at,
                    f"it ends after {most} rounds whatever the model says",
                    f"Let the model never say that it is done at {step.path}: the run ends after {most} rounds.",
                    f"loop.rounds{{step=\"{step.path}\"}}", "", "", "SC-5",
                )  # fmt: skip


def _breakers(seen: Seen, place: Place) -> Iterator[Found]:
    for step in _outer(seen, place):
        found = step.policies.breaker
        if found is not None:
            yield Found(
                f"breaker@{step.path}", "breaker", f"opens at {found.opens_at.text}", step.path, found.opens_at.at,
                f"it stops calling when {found.opens_at.text} of the calls in {found.window.text} end badly, and tries "
                f"one again after {found.half_open_after.text}",
                f"Let {found.opens_at.text} of the calls at {step.path} fail for {found.window.text}: the next call "
                f"isn't "
                f"made; after {found.half_open_after.text} one is.",
                f"breaker.open{{step=\"{step.path}\"}}", "", "", "SC-5",
            )  # fmt: skip


def _permissions(seen: Seen, place: Place) -> Iterator[Found]:
    parts = [(use.component, use.operation) for use in at(seen, place)]
    if not parts and place.element.startswith("components."):
        name = place.element.removeprefix("components.")
        part = seen.component(name)
        parts = [(name, operation) for operation in (part.offers if part is not None else ())]
        if part is None or not all(operation.allowed for operation in part.offers.values()):
            return
    for component, name in parts:
        part = seen.component(component)
        operation = None if part is None else part.offers.get(name)
        if part is not None and operation is not None and operation.allowed:
            who = ", ".join(operation.allowed)
            yield Found(
                f"permission/{component}.{name}", "permission", f"only {who}",
                f"components.{component}.offers.{name}", operation.at,
                f"{component}.{name} answers {who} alone",
                f"Call {component}.{name} with the identity of a part other than {who}: it is refused, "
                "and the refusal is logged.",
                f"permission.refused{{operation=\"{component}.{name}\"}}", part.owner or "", "AML.M0028", "AC-6",
            )  # fmt: skip


def _typed(seen: Seen, place: Place) -> Iterator[Found]:
    for use in at(seen, place):
        operation = seen.operation(use)
        if operation is not None and operation.request is not None:
            if takes(seen.context.model, operation).words:
                continue
            fields = ", ".join(f"{k}: {v}" for k, v in sorted(operation.request.items())) or "nothing"
            yield Found(
                f"typed/{use.component}.{use.operation}", "typed request", f"takes only {fields}",
                f"components.{use.component}.offers.{use.operation}", operation.at,
                f"no free words fit into {use.component}.{use.operation} ({fields})",
                f"Call {use.component}.{use.operation} with a field more, and with words in each field: it is refused.",
                f"schema.refused{{operation=\"{use.component}.{use.operation}\"}}", "", "AML.M0033", "SI-10",
            )  # fmt: skip


def _other_suppliers(seen: Seen, place: Place) -> Iterator[Found]:
    name = place.element.removeprefix("components.")
    uses = at(seen, place) or tuple(use for use in seen.written_by if use.component == name)
    for use in uses:
        own = seen.component(use.component)
        for step in seen.around.get(use.path, ()):
            for other in walk(step.policies.fallback or ()):
                if isinstance(other.action, Call):
                    part = seen.component(other.action.component)
                    if (
                        part is not None
                        and own is not None
                        and is_model(part)
                        and part.supplier != own.supplier
                    ):
                        yield Found(
                            f"second/{part.name}@{step.path}", "other supplier", f"{part.name} stands in", step.path,
                            step.at,
                            f"{part.name} answers when {own.name} doesn't",
                            f"Take {own.name} away: {part.name} answers, and the answers pass the same checks.",
                            f"fallback.used{{step=\"{step.path}\"}}", part.owner or "", "", "CP-2",
                        )  # fmt: skip


def _contracts(seen: Seen, place: Place) -> Iterator[Found]:
    part = seen.component(place.element.removeprefix("components."))
    supplier = (
        None if part is None or part.supplier is None else seen.context.model.suppliers.get(part.supplier)
    )
    if part is not None and supplier is not None and supplier.exit:
        yield Found(
            f"exit/{supplier.name}", "way out of the contract", f"leave {supplier.title or supplier.name}",
            f"suppliers.{supplier.name}", supplier.at, f"{supplier.title or supplier.name}: {supplier.exit}",
            f"Repeat the evaluation of {part.title or part.name} with its pinned version and with the next one before "
            "every change.",
            f"model.version{{component=\"{part.name}\"}}", part.owner or "", "AML.M0014", "SR-3",
        )  # fmt: skip


def _hand_overs(seen: Seen, place: Place) -> Iterator[Found]:
    for step in _outer(seen, place):
        for inner in walk(step.policies.fallback or ()):
            if isinstance(inner.action, Ask):
                person = inner.action.person
                yield Found(
                    f"hand-over/{person}@{step.path}", "hand-over", f"hand-over to {seen.called(person)}",
                    inner.path, inner.at,
                    f"{person} takes the case when {step.path} ends in an error",
                    f"Let everything in {step.path} fail: {person} gets the case, once, with what is known of it.",
                    f"fallback.used{{step=\"{step.path}\"}}", person, "", "CP-2",
                )  # fmt: skip


def _second_approvals(seen: Seen, place: Place) -> Iterator[Found]:
    steps = _outer(seen, place)
    if not steps or not isinstance(steps[-1].action, Ask):
        return
    own = steps[-1].action
    for path, outer in seen.around.items():
        other = outer[-1].action
        same = isinstance(other, Ask) and path != place.element and set(other.approves) & set(own.approves)
        if same and isinstance(other, Ask) and path.split(".")[:2] == place.element.split(".")[:2]:
            yield Found(
                f"second-approval@{path}", "second approval", f"{seen.called(other.person)} as well",
                path, outer[-1].at,
                f"{other.person} says yes as well as {own.person}",
                f"Plant one wrong proposal in fifty before {own.person}: {other.person} finds what "
                f"{own.person} lets pass.",
                f"approval.planted_found{{person=\"{other.person}\"}}", other.person, "AML.M0029", "AC-5",
            )  # fmt: skip


def _retention(seen: Seen, place: Place) -> Iterator[Found]:
    model = seen.context.model
    names = [use.component for use in at(seen, place)] or [place.element.removeprefix("components.")]
    for name in names:
        held = sorted(seen.spreading.keeps.get(name, {}))
        if held and all(isinstance(model.data[each].kept_for, Quantity) for each in held):
            for each in held:
                yield Found(
                    f"retention/{each}@{name}", "retention", f"{each} is kept for {_text(model.data[each].kept_for)}",
                    f"data.{each}", model.data[each].at,
                    f"{each} in {name} is deleted after {_text(model.data[each].kept_for)}",
                    f"Look for {each} older than {_text(model.data[each].kept_for)} in {name}: there is none.",
                    f"data.oldest{{data=\"{each}\",store=\"{name}\"}}", model.data[each].owner or "",
                    "AML.M0031", "SI-12",
                )  # fmt: skip


KINDS: Mapping[str, Callable[[Seen, Place], Iterator[Found]]] = {
    "input check": _guards("input check"),
    "output check": _guards("output check"),
    "approval": _approvals,
    "second approval": _second_approvals,
    "limit": _limits,
    "time limit": _time_limits,
    "bound": _bounds,
    "breaker": _breakers,
    "permission": _permissions,
    "typed request": _typed,
    "other supplier": _other_suppliers,
    "way out of the contract": _contracts,
    "hand-over": _hand_overs,
    "retention": _retention,
    "record": records,
    "switch": stops,
}
"""Kind of control -> what of it stands at a place."""


def found_in(seen: Seen, place: Place, kinds: Iterable[str]) -> tuple[Found, ...]:
    """The controls of these kinds that stand at a place, each once."""
    found: dict[str, Found] = {}
    for kind in kinds:
        for each in KINDS[kind](seen, place):
            found.setdefault(each.id, each)
    return tuple(found.values())


def stated(seen: Seen, name: str, control: Control) -> Found:
    """One of the model's own `controls`."""
    return Found(
        f"controls.{name}", "stated", control.title or name.replace("_", " "), f"controls.{name}", control.at,
        control.title or name.replace("_", " "), control.test, control.signal, control.owner or "",
        stated=True, evidence=control.evidence,
    )  # fmt: skip


def meant_for(control: Control, ids: Iterable[str], place: Place) -> bool:
    """Whether a stated control is against one of these ids, on the place or everywhere."""
    wanted = {each.lower() for each in ids}
    if not wanted & {each.lower() for each in control.against}:
        return False
    return not control.on or any(
        place.element == on or place.element.startswith(f"{on}.") or on == f"flows.{place.flow}"
        for on in control.on
    )
