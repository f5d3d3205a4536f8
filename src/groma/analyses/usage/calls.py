"""A call of a language model as a gateway logs it, and a bill."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Call:
    """One call. What a log doesn't say is None, which isn't nothing.

    at           seconds since 1970, UTC
    tokens_in    tokens read, those from the provider's cache included; `cached_in` of them are
    cost         in US dollars, as the log says it
    talk         what ties the calls of one conversation or run together
    prompt       a digest of everything that was sent; `parts` digests of it up to each further 1,024 characters
    """

    ident: str
    at: float
    model: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: Decimal | None = None
    cached_in: int | None = None
    from_cache: bool = False
    failed: bool | None = None
    user: str = ""
    team: str = ""
    talk: str = ""
    prompt: str = ""
    parts: tuple[str, ...] = ()
    prompt_size: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """What was paid for a month, `YYYY-MM`."""

    month: str
    amount: Decimal
    currency: str
