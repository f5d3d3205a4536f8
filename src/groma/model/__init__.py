"""The language: elements, quantities, programs; from text with positions to a checked model, and back to text.

A model is read in stages, each a file: text -> tree (`source`) -> merged tree (`load`) -> elements (`grammar`,
`steps`) -> checked model (`validate`). `Figure`, `Ledger` and `Finding` are types of the language too, since every
room above speaks of them.
"""
