"""A request for proposals as data: numbered requirements, lines of the price sheet, how points are given.

Everything that a bid is read against and scored by stands in a `Request`, which is kept as `rfp.json` beside the
documents, so that an evaluation months later uses what bidders were sent and nothing else.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

Kind = Literal["gate", "scored", "information"]
"""A gate must be passed; what is scored earns points; information goes into the buyer's model or file."""

Form = Literal["yes or no", "number", "text", "countries"]
Sense = Literal["at_most", "at_least"]

KIND_WORDS: Mapping[Kind, str] = {"gate": "must", "scored": "scored", "information": "states"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is asked of an answer, in `unit` as printed; `ref` is the figure, input or need of the ledger it
    stands in."""

    text: str
    ref: str = ""
    sense: Sense | None = None
    value: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing asked. `key` says for good what it is about; `id` is its number in this request."""

    id: str
    key: str
    chapter: str
    kind: Kind
    text: str
    form: Form = "yes or no"
    unit: str = ""
    threshold: Threshold | None = None
    verify: str = ""
    source: tuple[str, ...] = ()
    """Elements of the model it comes from: `needs.dependable`, `components.hosts`."""
    need: str = ""
    """The need that is worked out anew with a bid's values, where this is one."""
    sets: str = ""
    """Path of the model that the answer is put into."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the price sheet: `quantity` of `unit` (money for one), once, each month, or each month by use."""

    id: str
    key: str
    """Path of the price in the model: `components.hosts.price.once`."""
    component: str
    title: str
    item: str
    per: Literal["once", "month", "use"]
    unit: str
    """What a price is written in: `EUR`, `EUR/month`, `EUR/Mtoken`."""
    quantity: Fraction
    low: Fraction | None
    """The buyer's own estimate of one, in the model's currency; None where nobody knows."""
    value: Fraction | None
    high: Fraction | None
    fact: str = ""
    """The fact of the model that the price was taken from."""
    bears: bool = False
    """Whether the buyer pays others for it: it isn't on the bidders' sheet."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Points for one criterion: none at one end, all at the other; for people's judgement 0 to 5."""

    key: str
    """`price`, `needs.NAME` or `judged.NAME`."""
    title: str
    weight: Fraction
    none_at: Fraction | None = None
    full_at: Fraction | None = None
    unit: str = ""
    requirement: str = ""
    good: str = ""

    @property
    def judged(self) -> bool:
        """Whether people give the points."""
        return self.key.startswith("judged.")


@dataclass(frozen=True, slots=True)
class Request:
    """The whole request."""

    system: str
    model: str
    """Digest of the model it was made from."""
    file: str
    """The model's file in the folder `model`."""
    currency: str
    date: str
    months: int
    lot: tuple[str, ...]
    """Components that are asked for."""
    requirements: tuple[Requirement, ...]
    lines: tuple[Line, ...]
    scales: tuple[Scale, ...]
    leave_at: tuple[int, ...]
    defaults: tuple[str, ...]
    """Terms that nobody has stated."""
    terms: str = ""
    """The terms as they were written."""

    def requirement(self, key: str) -> Requirement | None:
        """The requirement of this key."""
        return next((each for each in self.requirements if each.key == key), None)

    @property
    def asked(self) -> tuple[Line, ...]:
        """The lines that bidders fill in."""
        return tuple(line for line in self.lines if not line.bears)

    @property
    def fingerprint(self) -> str:
        """What a response sheet carries, so that it is known which edition it answers."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()[:16]

    @property
    def scored_on_price(self) -> bool:
        """Whether the ends of the scale for price are known."""
        price = next(scale for scale in self.scales if scale.key == "price")
        return price.none_at is not None and price.full_at is not None


class RequestError(ValueError):
    """A request can't be made or read; the message says why and what to do."""


def to_json(request: Request) -> str:
    """The request as JSON text; fractions as `3/4`."""

    def plain(item: Any) -> Any:
        if isinstance(item, Fraction):
            return str(item)
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            return {f.name: plain(getattr(item, f.name)) for f in dataclasses.fields(item)}
        if isinstance(item, tuple):
            return [plain(each) for each in cast(tuple[Any, ...], item)]
        return item

    return json.dumps({"rfp": 1, **plain(request)}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Request:
    """The request that `to_json` wrote. Raises RequestError for anything else."""
    try:
        data: Any = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError("expected a mapping")
        given = cast(dict[str, Any], data)
        if given.pop("rfp", None) != 1:
            raise ValueError("expected `rfp: 1`")
        return _read(Request, given)
    except (ValueError, TypeError, KeyError, RecursionError, ZeroDivisionError) as error:
        raise RequestError(f"rfp.json: not a request that `groma rfp` wrote ({error})") from None


def _read(kind: Any, data: Any) -> Any:
    if kind is Fraction:
        return Fraction(str(data))
    if dataclasses.is_dataclass(kind):
        made: Any = kind
        hints = get_type_hints(kind)
        unknown = set(data) - set(hints)
        if unknown:
            raise ValueError(f"unknown key {sorted(unknown)[0]}")
        return made(**{name: _read(hints[name], value) for name, value in data.items()})
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(data, list):
            raise ValueError("expected a list")
        return tuple(_read(args[0], each) for each in cast(list[Any], data))
    if origin in (types.UnionType, Union):
        if data is None and type(None) in args:
            return None
        return _read(next(each for each in args if each is not type(None)), data)
    if origin is Literal:
        if data not in args:
            raise ValueError(f"unexpected {data!r}")
        return data
    if kind is float and isinstance(data, int | float) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise ValueError(f"expected {kind.__name__}, found {data!r}")
    return data
