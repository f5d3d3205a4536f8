"""The designer's own numbers as figures, so that a document quotes them like any other: from the ledger, by name.

design/combinations, design/proofs, design/cuts      1
front/N/MEASURE, proposal/NAME/MEASURE               as the measure
choice/ROLE, proposal/NAME/choice/ROLE               words
price/need/NEED/looser|tighter|dropped[/target]      first wish; as the need's measure
flip/NEED/looser|tighter                             as the need's measure
decision/ROLE/extra, decision/ROLE/next              first wish; words
option/DECISION/N/MEASURE                            as the measure (best design with option N of an open decision)
flip/fact/FACT/saves                                 first wish
demand/FACTOR/NAME/MEASURE, demand/turn/N            as the measure; 1
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from groma.design.decisions import Decision
from groma.design.options import Tried
from groma.design.prices import Flip, Price, PriceFlip
from groma.design.problem import Task, parsed, unit_of, value_of
from groma.design.proposals import Chosen
from groma.design.robust import Robustness
from groma.model.figure import Figure, Ledger, Line
from groma.patterns import Space

PROVEN = "exact optimisation, each design proven by its analyses"
AGAIN = "the brief solved again under this change"


class Figures:
    """Writes the figures of one design into a ledger."""

    def __init__(self, ledger: Ledger, task: Task, space: Space) -> None:
        self.ledger, self.task, self.space = ledger, task, space

    def counts(self, counts: Mapping[str, int]) -> None:
        titles = {
            "combinations": "Combinations of answers",
            "proofs": "Designs built and proven",
            "cuts": "Reasons that rule out blocks of designs",
        }
        for name, number in counts.items():
            self._number(f"design/{name}", titles[name], "1", float(number), "counted")

    def front(self, points: Sequence[Mapping[str, Figure]]) -> None:
        for number, figures in enumerate(points, 1):
            for wish in self.task.wishes:
                self._copied(f"front/{number}/{wish}", figures[wish], f"point {number} of the front")

    def proposal(self, chosen: Chosen, inputs: Ledger) -> None:
        for wish in self.task.wishes:
            self._copied(f"proposal/{chosen.name}/{wish}", inputs[wish], chosen.title, inputs)
        for role, answer in sorted(chosen.point.answers.items()):
            self._answer(f"proposal/{chosen.name}/choice/{role}", role, answer)

    def choices(self, answers: Mapping[str, str]) -> None:
        for role, answer in sorted(answers.items()):
            self._answer(f"choice/{role}", role, answer)

    def prices(self, prices: Iterable[Price]) -> None:
        for price in prices:
            name = f"price/need/{price.need}/{price.side}"
            held = self.task.of(price.need)
            if price.target is not None:
                self._of_measure(
                    f"{name}/target", f"{price.need}, a step {price.side}", held.measure, price.target
                )
            self._difference(name, f"What {price.need} {price.side} changes", price.extra, price.changes)

    def flips(self, flips: Iterable[Flip]) -> None:
        for flip in flips:
            held = self.task.of(flip.need)
            title = f"{flip.need}, {flip.side}: where another design becomes the best"
            self._of_measure(f"flip/{flip.need}/{flip.side}", title, held.measure, flip.target, flip.changes)
            self._difference(
                f"flip/{flip.need}/{flip.side}/extra", f"{title}, and what that changes", flip.extra, ()
            )

    def price_flips(self, flips: Iterable[PriceFlip]) -> None:
        for flip in flips:
            title = f"Rise in the price of {flip.chosen} at which {flip.next_best} is better at the latest"
            method = "what the alternative costs more, over what the choice costs"
            self._number(f"flip/price/{flip.role}", title, "1", flip.rise, method)

    def decisions(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            self._difference(
                f"decision/{decision.role}/extra",
                f"Without {decision.chosen}",
                decision.extra,
                decision.changes,
            )
            if decision.next_best is not None:
                self._answer(f"decision/{decision.role}/next", decision.role, decision.next_best)
            for broken in decision.breaks:
                if broken.value is not None:
                    held = self.task.of(broken.need)
                    name = f"decision/{decision.role}/breaks/{broken.need}"
                    self._of_measure(
                        name, f"{broken.need} without {decision.chosen}", held.measure, broken.value
                    )

    def options(self, tried: Iterable[Tried]) -> None:
        for each in tried:
            prefix = f"option/{each.decision}/{each.number}"
            if each.figures is None:
                words = "no design with this answer keeps all needs"
                self.ledger.write(Figure(f"{prefix}/none", each.option, "", words=words, method=AGAIN))
                continue
            for measure, figure in each.figures.items():
                self._copied(f"{prefix}/{measure}", figure, f"with: {each.option}")

    def robustness(self, robustness: Robustness) -> None:
        for under in robustness.demand:
            for wish, lost in under.losses.items():
                name = f"demand/{under.factor:g}/{under.proposal}/{wish}"
                title = f"{wish} of the {under.proposal} design at {under.factor:g} times the demand"
                self._of_measure(name, title, wish, value_of(wish, lost) if lost < math.inf else None)
        for fact in dict.fromkeys(flip.fact for flip in robustness.facts):
            saves = max(flip.saves for flip in robustness.facts if flip.fact == fact)
            title = f"What another design is better by, {fact} being at an end of its range"
            self._difference(f"flip/fact/{fact}/saves", title, saves, ())
        for number, turn in enumerate(robustness.turns, 1):
            title = f"Growth at which {turn.what or turn.proposal} turns"
            self._number(f"demand/turn/{number}", title, "1", turn.factor, "bisection over demand")

    def _copied(self, name: str, figure: Figure, title: str, inputs: Ledger | None = None) -> None:
        """A figure of a proposal under another name; without the ledger of its inputs only its method stays."""
        if inputs is None:
            derivation = (Line(f"{figure.title} of the design, proven by its own model", figure.name),)
            self.ledger.write(replace(figure, name=name, inputs=(), derivation=derivation))
            return
        for given in inputs.inputs_of(figure.name):
            self.ledger.enter(given)
        known = tuple(i for i in figure.inputs if i in self.ledger.inputs)
        lines = tuple(
            replace(line, refs=tuple(r for r in line.refs if r in self.ledger.inputs))
            for line in figure.derivation
        )
        self.ledger.write(
            replace(figure, name=name, title=f"{figure.title}: {title}", inputs=known, derivation=lines)
        )

    def _answer(self, name: str, role: str, answer: str) -> None:
        variant = self.space.role(role).variant(answer)
        self.ledger.write(
            Figure(name, self.space.role(role).title, "1", words=variant.title or answer, method=PROVEN)
        )

    def _difference(self, name: str, title: str, extra: float | None, changes: tuple[str, ...]) -> None:
        """A difference in the first wish; not shown when there is no design to compare with."""
        reason = "" if extra is not None else "no design meets all needs then"
        self._of_measure(name, title, self.task.wishes[0], extra, changes, reason, is_difference=True)

    def _of_measure(
        self,
        name: str,
        title: str,
        measure: str,
        value: float | None,
        changes: tuple[str, ...] = (),
        reason: str = "",
        is_difference: bool = False,
    ) -> None:
        unit, _ = unit_of(measure, self.task.currency)
        shown = None if value is None or not math.isfinite(value) else value
        if is_difference and shown is not None and not parsed(measure).less_is_better:
            shown = -shown
        lines = (Line(f"choices that change: {', '.join(changes)}"),) if changes else ()
        self.ledger.write(
            Figure(name, title, unit, shown, shown, shown, method=AGAIN, derivation=lines, reason=reason)
        )

    def _number(self, name: str, title: str, unit: str, value: float, method: str) -> None:
        self.ledger.write(Figure(name, title, unit, value, value, value, method=method))
