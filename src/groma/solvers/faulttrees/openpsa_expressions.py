"""Numbers in the Open-PSA format: constants, parameters, arithmetic, and the built-in laws of failure over time.

Open-PSA MEF 2.0d, chapter on stochastic expressions. Deviates (`lognormal-deviate`, ...) are refused: a probability
that is known within a spread would be turned into a point without saying so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from groma.solvers.faulttrees.openpsa_xml import Element

MOST_NESTED = 200
"""Parameters that refer to one another, one inside the other."""


def _exponential(rate: float, time: float) -> float:
    return -math.expm1(-rate * time)


def _weibull(scale: float, shape: float, start: float, time: float) -> float:
    return 0.0 if time <= start else -math.expm1(-math.pow((time - start) / scale, shape))


def _glm(at_start: float, failure: float, repair: float, time: float) -> float:
    """Unavailability of a repairable part that fails to start with `at_start`, after `time`."""
    both = failure + repair
    if both == 0.0:
        return at_start
    steady = failure / both
    return steady - (steady - at_start) * math.exp(-both * time)


def _mean(*values: float) -> float:
    return math.fsum(values) / len(values)


def _neg(value: float) -> float:
    return -value


def _add(*values: float) -> float:
    return math.fsum(values)


def _mul(*values: float) -> float:
    return math.prod(values)


def _least(*values: float) -> float:
    return min(values)


def _most(*values: float) -> float:
    return max(values)


def _sub(first: float, *rest: float) -> float:
    return first - math.fsum(rest)


def _div(first: float, *rest: float) -> float:
    return first / math.prod(rest)


FUNCTIONS: Mapping[str, tuple[int, int | None, Callable[..., float]]] = {
    "neg": (1, 1, _neg),
    "add": (1, None, _add),
    "sub": (1, None, _sub),
    "mul": (1, None, _mul),
    "div": (2, None, _div),
    "abs": (1, 1, math.fabs),
    "exp": (1, 1, math.exp),
    "log": (1, 1, math.log),
    "log10": (1, 1, math.log10),
    "sqrt": (1, 1, math.sqrt),
    "pow": (2, 2, math.pow),
    "min": (1, None, _least),
    "max": (1, None, _most),
    "mean": (1, None, _mean),
    "exponential": (2, 2, _exponential),
    "Weibull": (4, 4, _weibull),
    "GLM": (4, 4, _glm),
}
"""Element -> fewest and most arguments, and what it computes."""


@dataclass(slots=True)
class Expressions:
    """Evaluates expressions over the parameters of a file; `mission_time` in the file's own unit, None if not known."""

    definitions: Mapping[str, Element]
    mission_time: float | None = None
    _known: dict[str, float] = field(default_factory=dict[str, float])
    _open: dict[str, None] = field(default_factory=dict[str, None])

    def probability(self, element: Element) -> float:
        """The value of an expression that must lie between 0 and 1."""
        value = self.value(element)
        if not 0.0 <= value <= 1.0:
            shown = element.attributes.get("value", f"{value:g}")
            raise element.error(f"expected a probability from 0 to 1, found {shown!r}")
        return value

    def value(self, element: Element) -> float:
        """The value of an expression. OpenPsaError for what isn't read, and for what has no value."""
        match element.tag:
            case "float" | "int":
                return _number(element)
            case "bool":
                return 1.0 if element.attribute("value") == "true" else 0.0
            case "parameter":
                return self._parameter(element)
            case "system-mission-time":
                if self.mission_time is None:
                    raise element.error("the mission time isn't stated; say it when the file is read")
                return self.mission_time
            case _:
                return self._function(element)

    def _function(self, element: Element) -> float:
        if element.tag not in FUNCTIONS:
            raise element.error(
                f"expected a number or one of {', '.join(FUNCTIONS)}; this expression isn't read"
            )
        fewest, most, compute = FUNCTIONS[element.tag]
        given = [self.value(child) for child in element.children]
        if len(given) < fewest or (most is not None and len(given) > most):
            raise element.error(
                f"expected {fewest}{' or more' if most is None else ''} arguments, found {len(given)}"
            )
        try:
            value = compute(*given)
        except (ValueError, ZeroDivisionError, OverflowError):
            value = math.nan
        if not math.isfinite(value):
            raise element.error(f"has no value for {', '.join(f'{x:g}' for x in given)}")
        return value

    def _parameter(self, element: Element) -> float:
        name = element.attribute("name")
        if name in self._known:
            return self._known[name]
        if name not in self.definitions:
            raise element.error(f"parameter {name} isn't defined")
        if name in self._open or len(self._open) >= MOST_NESTED:
            raise element.error(
                f"parameter {name} depends on itself, or on more than {MOST_NESTED} others in a row"
            )
        self._open[name] = None
        value = self._known[name] = self.value(self.definitions[name])
        del self._open[name]
        return value


def _number(element: Element) -> float:
    text = element.attribute("value")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise element.error(f"expected a number, found {text!r}")
    return value
