"""Mutants of the source and the tests that meet them: what the tools for modules, audits and rules are made of.

`operators` makes mutants of a module, `declared` reads those that change nothing. For modules `copies` keeps a copy of
the project in which they are tried, `covering` knows which tests run which lines, `placing` puts a mutant in place of
a loaded function and `ready` lets tests meet it there; `trial` imports anew what can't be placed. `journal` remembers
what was tried, `told` writes the table, `workshop` holds all of these. For what is held in a table by its id (audits,
rules) `checks` makes the mutants and `meeting` lets them meet the tests, in one process.
"""
