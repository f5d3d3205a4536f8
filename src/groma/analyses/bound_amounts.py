"""What one call can take at most: its sizes, its work, its price, the time until a lost message is noticed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from groma.analyses.context import Context
from groma.analyses.cost.lines import carried
from groma.analyses.cost.prices import SIZE_NAMES, Term, prices
from groma.analyses.cost.use import wants_price
from groma.analyses.growing import INPUT, added_most, growth_of, held
from groma.analyses.interval import greatest, share_of
from groma.analyses.routes import route
from groma.model.elements import Component, Operation
from groma.model.program import Sizes, Step
from groma.model.quantity import Quantity, Unknown


@dataclass(slots=True)
class Amounts:
    """Upper ends in one round of a loop; `lacking` collects what has none, by what it makes unbounded."""

    context: Context
    round: int = 1
    """The round of the innermost loop around."""
    lacking: dict[str, dict[str, None]] = field(
        default_factory=lambda: {
            "cost": dict[str, None](),
            "calls": dict[str, None](),
            "time": dict[str, None](),
        }
    )

    def size(
        self, step: Step, component: Component, sizes: Sizes, name: str, of: Literal["cost", "time"]
    ) -> float:
        """The most of a size of a call in this round: with all that the rounds before may have added, as far as the
        window, where something may be cut."""
        size = greatest_size(sizes, name)
        if name not in INPUT:
            growth, window = (), math.inf
        else:
            growth, window = growth_of(step.action), held(self.context, component, step.action)
        most = size if self.round == 1 or not growth else size + (self.round - 1) * added_most(step.action)
        if math.isinf(min(most, window)):
            if math.isinf(size):
                self.lack(of, f"{step.path}.sizes.{name}: state its `max`")
            for part, amount in growth:
                if math.isinf(greatest(amount)):
                    self.lack(of, f"{step.path}.context.grows.{part}: state its `max`")
        return min(most, window)

    def lost(self, step: Step, called: str, caller: str | None) -> float:
        """How long it takes until a lost message is noticed; nothing where none is lost."""
        longest = 0.0
        for connection in route(self.context, caller, called):
            if connection.loss is None or share_of(connection.loss).high <= 0.0:
                continue
            if connection.gives_up_after is None:
                path = f"connections.{connection.name}.gives_up_after"
                self.lack("time", f"{path}: state it, or put a timeout around {step.path}")
                return math.inf
            longest = max(longest, greatest(connection.gives_up_after))
        return longest

    def work(self, step: Step, component: Component, operation: Operation, sizes: Sizes) -> float:
        """Seconds of a call's own work."""
        path = f"components.{component.name}.offers.{operation.name}"
        work = 0.0 if operation.work is None and operation.per else self.time(f"{path}.work", operation.work)
        for name, each in operation.per.items():
            size, factor = self.size(step, component, sizes, name, "time"), greatest(each)
            if math.isinf(factor) and not math.isinf(size):
                self.lack("time", f"{path}.per.{name}: state its `max`")
            work += 0.0 if 0.0 in (size, factor) else size * factor
        return work

    def money(
        self,
        step: Step,
        component: Component,
        sizes: Sizes,
        terms: tuple[Term, ...],
        operation: Operation | None,
    ) -> float:
        """The price of a call, in the model's currency; without an end where a price isn't stated."""
        found = prices(self.context, component)
        lacking = list(found.missing)
        if not found.stated and not carried(self.context, component):
            lacking.append(f"components.{component.name}.price: state what it costs (0 if it is free)")
        elif operation is not None and not terms and wants_price(found):
            lacking.append(f"components.{component.name}.price: state what a call in {step.path} costs")
        for path in lacking:
            self.lack("cost", path)
        cost = math.inf if lacking else 0.0
        for term in terms:
            if term.per == "call":
                units = 1.0
            elif term.per == "size":
                alike = [t for t in terms if t.per == "size" and t.size == term.size]
                if term is not max(alike, key=lambda each: each.amount.high):
                    continue  # of several prices for one size the dearest bounds them all
                units = self.size(step, component, sizes, term.size, "cost")
            else:
                units = math.inf if operation is None else self.work(step, component, operation, sizes)
            if math.isinf(term.amount.high):
                self.lack("cost", term.origin.path)
            cost += 0.0 if 0.0 in (units, term.amount.high) else units * term.amount.high
        return cost

    def time(self, path: str, quantity: Quantity | Unknown | None) -> float:
        """Seconds of what is stated at `path`."""
        most = greatest(quantity)
        if math.isinf(most):
            self.lack("time", f"{path}: state its `max`")
        return most

    def lack(self, of: str, what: str) -> None:
        """Something without an end makes the bound of cost, calls or time infinite."""
        self.lacking[of][what] = None


def greatest_size(sizes: Sizes, name: str) -> float:
    """The most of a size that a call can carry."""
    for each in SIZE_NAMES.get(name, (name,)):
        if sizes.table is not None and each in sizes.table.columns:
            return max(sizes.table.column(each))
        found = dict(sizes.amounts).get(each)
        if found is not None:
            return greatest(found)
    return math.inf
