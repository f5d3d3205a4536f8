"""How a field is written: one description that the reader, the JSON Schema, the formatter and the reference page share.

A `Kind` reads one YAML node into a value and describes itself as JSON Schema. `key(...)` attaches a kind and its help
to a dataclass field of an element; `bind` reads a mapping into such a class. Nothing raises: problems are collected in
the `Reader`, so that a person sees all of them at once.
"""

from groma.model.grammar.kinds import (
    Amount,
    Flag,
    Measure,
    Name,
    Number,
    OneOrMany,
    PriceTable,
    Program,
    Real,
    Reference,
    Text,
    Word,
)
from groma.model.grammar.reader import CURRENCY, DATE, FAILED, NAME, Kind, Reader, did_you_mean, what
from groma.model.grammar.records import Key, Known, Record, Table, bind, key, keys_of

__all__ = [
    "CURRENCY",
    "DATE",
    "FAILED",
    "NAME",
    "Amount",
    "Flag",
    "Key",
    "Kind",
    "Known",
    "Measure",
    "Name",
    "Number",
    "OneOrMany",
    "PriceTable",
    "Program",
    "Reader",
    "Real",
    "Record",
    "Reference",
    "Table",
    "Text",
    "Word",
    "bind",
    "did_you_mean",
    "key",
    "keys_of",
    "what",
]
