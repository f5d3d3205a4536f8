"""Mutants of the source and the tests that meet them: what `tools/mutants.py` is made of.

`operators` makes mutants of a module, `copies` keeps a copy of the project in which they are tried, `covering` knows
which tests run which lines, `trial` lets tests meet a mutant, `declared` reads the mutants that change nothing,
`journal` remembers what was tried, `told` writes the table.
"""
