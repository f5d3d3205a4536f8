"""What of the cost could be saved, each an interval with its derivation. They overlap: don't add them up.

A log says what a call cost, not what its input cost. How many times as much as a token read a token written costs is
known from the catalog's prices: of the call's own model, or what nine models of ten ask; from that the share of the
input follows, as an interval where sellers or models differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from groma.analyses.usage.calls import Call
from groma.catalog import OutputRatios, load_catalog

CACHED_SAVES = (0.5, 0.9)
"""What providers take off the price of input that they have cached."""
SOON, LATE = 300.0, 3600.0
"""Seconds for which providers keep a prefix: five minutes, an hour."""
DOUBLE = 10.0
"""Seconds within which the same call from the same user is one sent twice."""
SHORT = (500, 100)
"""Tokens in and out up to which a request is short."""
BY_INPUT = frozenset({"prefixes", "context"})
"""Savings of what input costs, which hangs on the ratio of both prices."""
LEAST_PREFIX = 4
"""Parts of 1,024 characters, about 1,024 tokens, from which on providers cache a prefix."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Dollars over the time of the log, from `low` to `high`; `calls` are concerned; `how` is the derivation."""

    id: str
    title: str
    low: float
    high: float
    calls: int
    share: float
    how: str


def savings(
    calls: Sequence[Call], ratios: OutputRatios | None = None
) -> tuple[tuple[Saving, ...], tuple[str, ...]]:
    """Every saving that the log can show (those of nothing too), and what couldn't be looked at, with the reason.

    `ratios` are those of the shipped catalog unless given.
    """
    ratios = load_catalog().output_ratios if ratios is None else ratios
    works: tuple[Callable[[Sequence[Call]], Saving | str], ...] = (
        _repeats, _doubles, partial(_prefixes, ratios=ratios), partial(_context, ratios=ratios), _routing, _failures,
    )  # fmt: skip
    ordered = tuple(sorted(calls, key=lambda c: (c.at, c.ident)))
    found: list[Saving] = []
    blind: list[str] = []
    for work in works:
        result = work(ordered)
        if isinstance(result, str):
            blind.append(result)
        else:
            found.append(result)
    return tuple(sorted(found, key=lambda s: (-s.low, -s.high, s.id))), tuple(blind)


def cost(calls: Iterable[Call]) -> float:
    """Dollars, of the calls whose cost is known."""
    return float(sum(c.cost for c in calls if c.cost is not None))


def input_cost(call: Call, ratios: OutputRatios) -> tuple[float, float]:
    """What a call's input cost, least and most."""
    if call.cost is None or not call.tokens_in:
        return 0.0, 0.0
    out = call.tokens_out or 0
    least, most = (
        call.tokens_in / (call.tokens_in + ratio * out) for ratio in reversed(ratios.of(call.model))
    )
    return float(call.cost) * least, float(call.cost) * most


def _repeats(calls: Sequence[Call]) -> Saving | str:
    known = [c for c in calls if c.prompt and not c.from_cache]
    if not known:
        return "repeated prompts: the log has neither what was sent nor a cache key"
    soon, ever = _seen(known, LATE), _seen(known, float("inf"))
    return Saving(
        "repeats",
        "The same prompt sent to the same model again",
        cost(soon),
        cost(ever),
        len(ever),
        len(ever) / len(known),
        f"{len(soon)} of {len(known)} calls repeat one of the hour before, {len(ever)} any earlier "
        f"one; a cache of whole "
        "answers saves all they cost, where answers stay right that long",
    )


def _seen(calls: Sequence[Call], within: float) -> list[Call]:
    """Calls whose prompt was sent before, within so many seconds of the last time that it had to be answered."""
    answered: dict[tuple[str, str], float] = {}
    found: list[Call] = []
    for call in calls:
        key = (call.model, call.prompt)
        if key in answered and call.at - answered[key] <= within:
            found.append(call)
        else:
            answered[key] = call.at
    return found


def _doubles(calls: Sequence[Call]) -> Saving | str:
    known = [c for c in calls if c.prompt and c.user and not c.from_cache]
    if not known:
        return "calls sent twice: the log doesn't say who sent what"
    last: dict[tuple[str, str, str], float] = {}
    found: list[Call] = []
    for call in known:
        key = (call.model, call.prompt, call.user)
        if key in last and call.at - last[key] <= DOUBLE:
            found.append(call)
        last[key] = call.at
    paid = cost(found)
    return Saving(
        "doubles",
        "The same call sent twice",
        0.0,
        paid,
        len(found),
        len(found) / len(known),
        f"{len(found)} calls follow the same call of the same user within {DOUBLE:g} s; where they are retries after a "
        "failure or clicks, all they cost is saved, where the user wants another answer nothing",
    )


def _prefixes(calls: Sequence[Call], ratios: OutputRatios) -> Saving | str:
    known = [c for c in calls if c.parts and c.prompt_size and c.tokens_in]
    if not known:
        return "prefixes that could be cached: the log doesn't have what was sent"
    low, _, _ = _prefix(known, SOON, ratios)
    _, high, count = _prefix(known, LATE, ratios)
    return Saving(
        "prefixes",
        "Beginnings of prompts that were read shortly before",
        low * CACHED_SAVES[0],
        high * CACHED_SAVES[1],
        count,
        count / len(known),
        f"{count} calls begin like one of the hour before for at least {LEAST_PREFIX * 1024:,} "
        f"characters; a provider's cache "
        f"takes {CACHED_SAVES[0]:.0%} to {CACHED_SAVES[1]:.0%} off what reading them again costs; "
        f"least counts repeats within five minutes",
    )


def _prefix(calls: Sequence[Call], within: float, ratios: OutputRatios) -> tuple[float, float, int]:
    last: dict[tuple[str, str], float] = {}
    least = most = 0.0
    count = 0
    for call in calls:
        same = 0
        for number, part in enumerate(call.parts, 1):
            if call.at - last.get((call.model, part), float("-inf")) > within:
                break
            same = number
        for part in call.parts:
            last[call.model, part] = call.at
        if same < LEAST_PREFIX:
            continue
        already = min(1.0, (call.cached_in or 0) / (call.tokens_in or 1))
        share = max(0.0, min(1.0, same * 1024 / call.prompt_size) - already)
        if share > 0:
            count += 1
            low, high = input_cost(call, ratios)
            least, most = least + low * share, most + high * share
    return least, most, count


def talks_of(calls: Iterable[Call]) -> list[list[Call]]:
    """Conversations of at least three calls of known size, in the order of time."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.talk and call.tokens_in:
            found[call.talk].append(call)
    return [sorted(talk, key=lambda c: c.at) for _, talk in sorted(found.items()) if len(talk) >= 3]


def tokens_each_turn(calls: Iterable[Call]) -> float | None:
    """By how many tokens the input grows with each turn: least squares within conversations. None without any."""
    over = under = 0.0
    for talk in talks_of(calls):
        middle = (len(talk) - 1) / 2
        for turn, call in enumerate(talk):
            over += (turn - middle) * (call.tokens_in or 0)
            under += (turn - middle) ** 2
    return over / under if under else None


def _context(calls: Sequence[Call], ratios: OutputRatios) -> Saving | str:
    talks = talks_of(calls)
    if not talks:
        return "context that grows: no conversation of three or more calls can be told from the log"
    most = 0.0
    concerned = 0
    for talk in talks:
        limit = 2 * (talk[0].tokens_in or 0)
        for call in talk[1:]:
            more = max(0, (call.tokens_in or 0) - limit)
            if more:
                concerned += 1
                most += input_cost(call, ratios)[1] * more / (call.tokens_in or 1)
    slope = tokens_each_turn(calls) or 0.0
    total = sum(len(talk) for talk in talks)
    return Saving(
        "context",
        "Conversations that carry all of their past along",
        0.0,
        most,
        concerned,
        concerned / total,
        f"input grows by {slope:,.0f} tokens with each turn over {len(talks)} conversations; most is "
        f"what input beyond twice "
        "the first turn's costs (summed up or cut it goes away), least is nothing, where answers need it",
    )


def _routing(calls: Sequence[Call]) -> Saving | str:
    prices = prices_of(calls)
    if len(prices) < 2:
        return "short requests to a dear model: the log has one model only, so that no cheaper one is known"
    cheapest = min(prices.values())
    short = [
        c
        for c in calls
        if c.cost
        and c.tokens_in is not None
        and c.tokens_out is not None
        and c.tokens_in <= SHORT[0]
        and c.tokens_out <= SHORT[1]
        and prices.get(c.model, 0.0) > 2 * cheapest
    ]
    most = sum(float(c.cost or 0) * (1 - cheapest / prices[c.model]) for c in short)
    return Saving(
        "routing",
        "Short requests answered by a model that costs more than twice the cheapest in use",
        0.0,
        most,
        len(short),
        len(short) / len(calls),
        f"{len(short)} requests of at most {SHORT[0]} tokens in and {SHORT[1]} out; most is the "
        f"difference to the cheapest "
        "model of the log for all of them, least is nothing: whether it answers as well has to be evaluated",
    )


def prices_of(calls: Iterable[Call]) -> dict[str, float]:
    """Dollars a token of each model, over all its calls that cost something."""
    paid: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for call in calls:
        tokens = (call.tokens_in or 0) + (call.tokens_out or 0)
        if call.cost and tokens and not call.from_cache:
            paid[call.model][0] += float(call.cost)
            paid[call.model][1] += tokens
    return {model: money / tokens for model, (money, tokens) in sorted(paid.items())}


def _failures(calls: Sequence[Call]) -> Saving | str:
    known = [c for c in calls if c.failed is not None]
    if not known:
        return "calls that failed: the log doesn't say which did"
    failed = [c for c in known if c.failed]
    paid = cost(failed)
    return Saving(
        "failures",
        "Calls that failed and were paid",
        0.0,
        paid,
        len(failed),
        len(failed) / len(known),
        f"{len(failed)} of {len(known)} calls failed; what they cost bought nothing, and goes away as "
        f"far as the failures do",
    )
