"""The commands: words, options and exit statuses for the verbs that the rooms below carry out.

Nothing here works anything out. `commands.py` is the table of commands; each is a file of its name with
`configure(parser)` and `run(args) -> int`, imported only when it is called, so that `groma --help` is immediate.
"""
