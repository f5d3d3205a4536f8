"""Mutants of the source and the tests that meet them: what the tools for modules, audits and rules are made of.

`operators` makes mutants of a module, `declared` reads those that change nothing. For modules `copies` keeps a copy of
the project in which they are tried, `covering` knows which tests run which lines, `trial` lets tests meet a mutant,
`journal` remembers what was tried, `told` writes the table. For what is held in a table by its id (audits, rules)
`checks` makes the mutants and `meeting` lets them meet the tests, in one process.
"""
