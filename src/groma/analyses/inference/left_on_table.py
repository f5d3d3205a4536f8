"""What bought model calls cost more than they must: prefix caches, semantic caches, batches; and rate limits.

`inference/COMPONENT/prefix` (money a month that keeping shared starts of prompts saves), `/throttled` (share of
calls turned away by the provider's limits in the busiest hour) and `/accounts` (with limits of their own, until at
most 1 % are);
`inference/FLOW/caching` (money a month that its caches save, wrong hits paid) and `/batch` (money a month that the
batch price would save where nobody waits).
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.prices import exchange
from groma.analyses.cost.use import price_of_use, size_of
from groma.analyses.evidence import Evidence
from groma.analyses.inference.calls import calls_to
from groma.analyses.interval import ZERO, Interval, mean_of, share_of, total
from groma.analyses.visits.counts import Use, uses
from groma.catalog import Price, Product, UnknownEntryError
from groma.model.elements import Component
from groma.model.measure import parse_measure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity
from groma.solvers.inference import Throttled, accounts_needed, kept_warm, net_of_false_hits, throttled

BATCH = "processing=batch"
HARDLY = 0.01
"""Share of calls that may be turned away with enough accounts."""


def product_of(context: Context, component: Component | None) -> Product | None:
    """The catalog's product of a component, if it is bought by the token there and has no price of its own."""
    if component is None or component.product is None or component.price:
        return None
    try:
        return context.catalog.product(component.product)
    except UnknownEntryError:
        return None


def model_uses(context: Context) -> Iterator[tuple[str, Use]]:
    """Every call of a language model by a flow that starts by itself."""
    for flow, there in context.model.flows.items():
        if there.starts is not None:
            for use in uses(context, flow):
                if use.kind in ("call", "send") and use.component is not None and use.component.kind == "llm":
                    yield flow, use


def _money(context: Context, price: Price | None, evidence: Evidence, ref: str) -> Interval | None:
    """One unit in the model's currency."""
    if price is None or price.amount is None:
        return None
    evidence.catalog(ref, price.per + (f" {price.condition}" if price.condition else ""), price.fact)
    missing: list[str] = []
    rate, _ = exchange(context, price.currency, missing)
    for path in missing:
        evidence.miss(path)
    return rate.scaled(float(price.amount))


def prefix(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """Money a month that keeping the shared start of prompts saves, writing it included."""
    component = context.model.components[name]
    product = product_of(context, component)
    mine = [(flow, use) for flow, use in model_uses(context) if use.name == name]
    life = component.qualities.get("prefix_kept")
    evidence.note(
        f"components.{name}.qualities.prefix_kept", life, "state how long the provider keeps it: `5 min`"
    )
    if product is None:
        evidence.miss(
            f"components.{name}.product", "name a product of the catalog that has a price for cached input"
        )
        return None
    full = _money(context, product.price("token.input"), evidence, product.ref)
    read = _money(context, product.price("token.input.cached"), evidence, product.ref)
    write = _money(context, product.price("token.cache_write"), evidence, product.ref) or full
    if full is None or read is None or write is None:
        evidence.miss(f"components.{name}.product", f"no price of cached input is known of {product.ref}")
    shared = [(flow, use, size_of(use.sizes, "shared")) for flow, use in mine]
    if all(size is None for _, _, size in shared):
        evidence.miss(
            f"flows.*.steps.sizes.shared (calls of {name})", "state how many tokens at the start never change"
        )
    if evidence.missing or full is None or read is None or write is None or not isinstance(life, Quantity):
        return None
    often = total(runs(context, flow) * use.weight for flow, use, size in shared if size is not None)
    hits = Interval(
        kept_warm(often.low / SECONDS_PER_MONTH, life.low),
        None if often.value is None else kept_warm(often.value / SECONDS_PER_MONTH, life.mean),
        kept_warm(often.high / SECONDS_PER_MONTH, life.high),
    )
    evidence.line(
        "share of calls that find the start still kept",
        "a range" if hits.value is None else f"{hits.value:.3g}",
    )
    evidence.assume("calls come in a Poisson stream at their mean rate; a start is kept anew at each use")
    tokens = total(
        runs(context, flow) * use.weight * size.mean for flow, use, size in shared if size is not None
    )
    found: list[float] = []
    for h, f, r, w in (
        (hits.low, full.low, read.high, write.high),
        (hits.value or 0.0, full.value or 0.0, read.value or 0.0, write.value or 0.0),
        (hits.high, full.high, read.low, write.low),
    ):
        found.append(f - h * r - (1 - h) * w)
    each = [t * v for t in (tokens.low, tokens.high) for v in (found[0], found[2])]
    value = None if tokens.value is None else tokens.value * found[1]
    return Interval(min(each), value, max(each))


def caching(context: Context, flow: str, evidence: Evidence) -> Interval | None:
    """Money a month that the caches of a flow save: calls not made, less wrong hits, less the look-ups."""
    found: list[Interval] = []
    all_uses = uses(context, flow)
    cached = {
        id(u.step): u for u in all_uses if u.kind in ("call", "send") and u.step.policies.cache is not None
    }
    if not cached:
        evidence.miss(f"flows.{flow}.steps.cache", "no call of it is cached")
        return None
    for use in cached.values():
        cache, path = use.step.policies.cache, use.step.path
        assert cache is not None
        hits = hits_of(context.model, use.step)
        evidence.note(f"{path}.cache.hits", hits, "state the share of hits")
        evidence.note(
            f"{path}.cache.false_hits",
            cache.false_hits,
            "state the share of hits that are wrong (0 % if none)",
        )
        wrong = cache.wrong_costs
        if not (isinstance(cache.false_hits, Quantity) and cache.false_hits.high == 0.0):
            evidence.note(f"{path}.cache.wrong_costs", wrong, "state what a wrong hit costs")
        price = price_of_use(context, use)
        look = [price_of_use(context, u) for u in all_uses if u.kind == "look up" and u.step is use.step][:1]
        for lacking in (path for each in (price, *look) for path in each.missing):
            evidence.miss(lacking)
        share, false = share_of(hits), share_of(cache.false_hits)
        cost = mean_of(wrong) if isinstance(wrong, Quantity) else ZERO
        call, up = price.amount, total(each.amount for each in look)
        if evidence.missing or share.value is None:
            continue
        asked = runs(context, flow) * _asked(use.weight, share)
        good = net_of_false_hits(1.0, false.low, call.high, cost.low)
        bad = net_of_false_hits(1.0, false.high, call.low, cost.high)
        nets = [
            h * gain - u for h in (share.low, share.high) for gain in (good, bad) for u in (up.low, up.high)
        ]
        middle = None
        if None not in (call.value, false.value, cost.value, asked.value):
            one = net_of_false_hits(
                share.value, false.value or 0, call.value or 0, cost.value or 0, up.value or 0
            )
            middle = one * (asked.value or 0.0)
            evidence.line(f"net of a look-up at {path}", f"{one:.4g}")
        ends = [n * a for n in (min(nets), max(nets)) for a in (asked.low, asked.high)]
        found.append(Interval(min(ends), middle, max(ends)))
    return None if evidence.missing else total(found)


def _asked(weight: Interval, share: Interval) -> Interval:
    """Look-ups of a run, from the calls that are left behind them: the fewest with the most hits. One where all hit."""

    def of(calls: float, hits: float, without: float = 1.0) -> float:
        return calls / (1.0 - hits) if hits < 1.0 else without

    value = None if weight.value is None or share.value is None else of(weight.value, share.value)
    least = of(weight.low, share.high, 1.0 if share.low == 1.0 else 0.0)
    return Interval(least, value, of(weight.high, share.low))


def awaited(context: Context, flow: str) -> bool:
    """Whether a need asks how long a flow takes."""
    for need in context.model.needs.values():
        asked = parse_measure(need.measure)
        if not isinstance(asked, str) and asked.kind == "latency" and asked.subject == flow:
            return True
    return False


def batch(context: Context, flow: str, evidence: Evidence) -> Interval | None:
    """Money a month that asking in batches would save, of a flow that no latency need names."""
    if awaited(context, flow):
        evidence.miss(f"needs.* on latency/{flow}", "somebody waits for it: a batch answers within a day")
        return None
    found: list[Interval] = []
    for other, use in model_uses(context):
        product = product_of(context, use.component)
        if other != flow or product is None:
            continue
        for per, size in (("token.input", "input"), ("token.output", "output")):
            now = _money(context, product.price(per), evidence, product.ref)
            then = _money(context, product.price(per, condition=BATCH), evidence, product.ref)
            carried = size_of(use.sizes, size)
            if now is None or then is None:
                continue
            if carried is None:
                evidence.miss(f"{use.step.path}.sizes.{size}", "state how much each call carries")
                continue
            less = Interval(
                max(0.0, now.low - then.high),
                (now.value or 0.0) - (then.value or 0.0),
                max(0.0, now.high - then.low),
            )
            evidence.line(f"{use.name}: a batch's token costs less by", f"{less.value:.3g}")
            found.append(runs(context, flow) * use.weight * carried.mean * less)
    if not found:
        evidence.miss(f"flows.{flow}", "no call of it has a batch price in the catalog")
        return None
    evidence.assume(
        "answers may come within the provider's delay of a batch (a day); interactive steps may not"
    )
    return total(found)


def limits(context: Context, name: str, evidence: Evidence, accounts: bool) -> Interval | None:
    """Share of calls turned away in the busiest hour (or accounts needed), the worse of both limits."""
    component, calls = context.model.components[name], calls_to(context, name)
    for lacking in calls.missing:
        evidence.miss(lacking)
    stated = {limit: component.qualities.get(limit) for limit in ("request_limit", "token_limit")}
    known = {limit: q for limit, q in stated.items() if isinstance(q, Quantity)}
    if not known:
        hint = "state what the provider allows: `500/min`, `400000 token/min` (table model-apis has published tiers)"
        evidence.miss(f"components.{name}.qualities.request_limit", hint)
    if evidence.missing:
        return None
    tokens = [i + o for i, o in zip(calls.inputs, calls.outputs, strict=True)]
    mean, square = sum(tokens) / len(tokens), sum(t * t for t in tokens) / len(tokens)
    found: list[Interval] = []
    for limit, quantity in known.items():
        evidence.note(f"components.{name}.qualities.{limit}", quantity)
        sizes = (1.0, 1.0) if limit == "request_limit" else (mean, square)
        least = _limited(calls.rate.low, sizes, quantity.high * 60.0, accounts).low
        most = _limited(calls.rate.high, sizes, quantity.low * 60.0, accounts).high
        value, comes = None, "a range"
        if calls.rate.value is not None:
            value = _limited(calls.rate.value, sizes, quantity.mean * 60.0, accounts).value
            comes = f"{calls.rate.value * 60 * sizes[0]:.4g}"
        evidence.line(f"{limit}: in a minute of the busiest hour", comes)
        found.append(Interval(least, value, most))
    evidence.assume("calls of a minute are a compound Poisson sum; tokens count in and out together")
    worst = max(found, key=lambda each: each.value or 0.0)
    return Interval(max(f.low for f in found), worst.value, max(f.high for f in found))


def _limited(rate: float, sizes: tuple[float, float], limit: float, accounts: bool) -> Throttled:
    if accounts:
        return accounts_needed(rate, *sizes, limit, HARDLY)
    return throttled(rate, *sizes, limit)
