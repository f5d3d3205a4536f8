"""The units a model may use: symbol, what it measures, how much of the canonical unit it is.

Canonical units: second, byte, watt, core, gram, each ISO 4217 currency, 1. SI prefixes (kB, MB) are powers of 1000
and IEC 80000-13 prefixes (KiB, MiB) powers of 1024, and the two are never mixed. A bit is an eighth of a byte.
Decisions, so that a bill and a rate mean the same everywhere: a day is 24 h, a week 7 days, a month 730 h, a year
8,760 h (twelve such months). A core is what the owner of the machine counts as one: a vCPU is a core, as in
Kubernetes. Things that are counted (tokens, requests, people) are numbers; below a line they say what a price is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from groma.model.month import SECONDS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name of a unit: `base` is what it measures, `factor` how many canonical units it is."""

    name: str
    base: tuple[tuple[str, int], ...]
    factor: Fraction
    plural: str


COUNTED = {
    "token": "tokens", "request": "requests", "call": "calls", "message": "messages",
    "person": "people", "user": "users", "customer": "customers", "page": "pages", "document": "documents",
    "image": "images", "run": "runs", "ticket": "tickets", "order": "orders", "item": "items", "row": "rows",
    "event": "events", "query": "queries", "session": "sessions", "conversation": "conversations",
    "GPU": "GPUs", "instance": "instances", "node": "nodes", "server": "servers", "seat": "seats",
    "port": "ports", "U": "U", "operation": "operations", "transaction": "transactions", "lead": "leads",
    "visit": "visits", "record": "records", "file": "files", "character": "characters", "FLOP": "FLOP",
    "step": "steps", "failure": "failures", "change": "changes", "job": "jobs", "task": "tasks", "site": "sites",
    "circuit": "circuits", "licence": "licences", "account": "accounts", "device": "devices", "rack": "racks",
}  # fmt: skip

_DECIMAL = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 (a list of 160 codes is easier to check as lines)
)
"""ISO 4217 currency codes in use, 2026."""

COMPOUND = {f"{prefix}bps": ((f"{prefix}bit", 1), ("s", -1)) for prefix in ("k", "M", "G", "T")}
"""Spellings that stand for a product of symbols."""

ADVICE = {
    "€": "write the currency's code: `EUR`",
    "$": "write the currency's code, such as `USD`",
    "£": "write the currency's code: `GBP`",
    "¥": "write the currency's code: `JPY` or `CNY`",
    "m": "`m` could be `ms`, `min` or `month`",
    "M": "`M` could be `million` or `MB`",
    "k": "`k` could be `thousand` or `kB`",
    "G": "`G` could be `GB`, `GiB` or `Gbit`",
    "b": "`b` could be `B` or `bit`",
    "K": "`K` could be `thousand` or `kB`",
    "KB": "`KB` could be `kB` (1000 bytes) or `KiB` (1024 bytes)",
    "Kb": "`Kb` could be `kB` or `kbit`",
    "kb": "`kb` could be `kB` or `kbit`",
    "Mb": "`Mb` could be `MB` or `Mbit`",
    "Gb": "`Gb` could be `GB` or `Gbit`",
    "percent": "write `%`",
    "pct": "write `%`",
    "qps": "write `queries/s`",
    "rps": "write `req/s`",
    "tps": "write `tokens/s` or `transactions/s`",
    "bps": "write `bit/s`",
    "FTE": "write `people`",
    "CPU": "write `cores` or `vCPU`",
}
"""What to say about a symbol that is often meant but isn't a unit."""


def _table() -> dict[str, Symbol]:
    known: dict[str, Symbol] = {}

    def add(spellings: str, base: str, factor: Fraction | int, plural: str = "") -> None:
        names = spellings.split()
        exponents = ((base, 1),) if base else ()
        symbol = Symbol(names[0], exponents, Fraction(factor), plural or names[0])
        for name in (*names, *([plural] if plural else [])):
            known[name] = symbol

    add("ns", "time", Fraction(1, 10**9))
    add("µs us μs", "time", Fraction(1, 10**6))
    add("ms", "time", Fraction(1, 1000))
    add("s sec second seconds", "time", 1)
    add("min minute minutes", "time", 60)
    add("h hour hours", "time", 3600)
    add("day d", "time", 86_400, "days")
    add("week", "time", 604_800, "weeks")
    add("month", "time", SECONDS_PER_MONTH, "months")
    add("year yr", "time", 8760 * 3600, "years")
    for prefix, power in {"": 0, **_DECIMAL}.items():
        scale = 10**power
        add(f"{prefix}B" if prefix else "B byte bytes", "data", scale)
        add(f"{prefix}bit" if prefix else "bit bits", "data", Fraction(scale, 8))
        if prefix not in ("P", "E"):
            add(f"{prefix}W", "power", scale)
        if prefix:
            add(f"{prefix}token", "token", scale, f"{prefix}tokens")
            add(f"{prefix}FLOP", "FLOP", scale)
    for prefix, power in _BINARY.items():
        add(f"{prefix}B", "data", 1024**power)
        add(f"{prefix}bit", "data", Fraction(1024**power, 8))
    for prefix, scale in {"": 1, "k": 1000, "M": 10**6, "G": 10**9}.items():
        known[f"{prefix}Wh"] = Symbol(
            f"{prefix}Wh", (("power", 1), ("time", 1)), Fraction(3600 * scale), f"{prefix}Wh"
        )
    known["J"] = Symbol("J", (("power", 1), ("time", 1)), Fraction(1), "J")
    known["IOPS"] = Symbol("IOPS", (("operation", 1), ("time", -1)), Fraction(1), "IOPS")
    add("core", "compute", 1, "cores")
    add("vCPU vCPUs", "compute", 1)
    add("mcore millicore mcores millicores", "compute", Fraction(1, 1000))
    add("g", "mass", 1)
    add("kg", "mass", 1000)
    add("t", "mass", 10**6)
    add("thousand", "item", 1000)
    add("million", "item", 10**6)
    add("billion", "item", 10**9)
    add("%", "", Fraction(1, 100))
    add("‰", "", Fraction(1, 1000))
    add("x ×", "", 1)
    for name, plural in COUNTED.items():
        add(name, name, 1, plural)
    add("req reqs", "request", 1)
    for code in sorted(CURRENCIES):
        add(code, code, 1)
        add(f"k{code}", code, 1000)
        add(f"M{code}", code, 10**6)
    return known


SYMBOLS: dict[str, Symbol] = _table()
