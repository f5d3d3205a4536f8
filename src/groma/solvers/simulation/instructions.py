"""The instruction set: what flow programs compile to.

A *task* runs instructions one after the other. It has a stack of *scopes*, some registers (sizes of what is asked
for), a priority level and the last error it caught. A *run* is a flow's task with the children it starts. An
instruction is eight integers: the operation, then its operands; addresses count integers, so the next one is eight on.
Use `Assembler`: it writes the instructions, nests the scopes and finds the addresses.

Ends: 0 ok, 1 timeout, 2 unavailable, 3 throttled, 4 rejected, 5 failed; a mask has bit n for end n.

| operation | operands | what it does |
|---|---|---|
| SEIZE | station, level (-1: the task's own) | waits for a server, opens a *hold*; `throttled` if the queue is full, `unavailable` if the station is down |
| WORK | station, law, stream, form | works for a time at a station (shared at a sharing one; times its slowness; plus its slope times the jobs held) |
| BATCH | station, level | waits for a batch at a batch station and is served with it |
| GATE | station | `unavailable` if the station is down, else nothing |
| DELAY | law, stream, form | lets time pass |
| HANG | | waits for ever, until somebody gives up |
| LEAVE | address | closes the top scope as it should end, then goes to the address |
| CHOOSE | stream, first branch, count | goes to one address by share |
| JUMP | address | |
| CALL | address, cancels, label | opens an *operation* and goes to its routine |
| RETURN | | closes the operation, goes back |
| END | | ends the task ok: the run, or a branch |
| RAISE | end | an error (30: a stop, 31: the error caught last) |
| TRY | handler, mask | opens a *try*: errors of the mask go to the handler |
| RETRY | policy | opens a *retry* |
| LIMIT | duration, -, end | opens a *limit*: after the duration an error of this end (operand 2) |
| FORK | count, join, run on, first branch, after | starts branches as children; goes on `after` when `join` are ok; the rest is given up, or runs on |
| HEDGE | duration, more, after | starts the code that follows as a child, and up to `more` again, each a duration later; first ok wins |
| LOOP | law, stream, after, most (-1: none) | draws a count (rounded to the nearest); opens a *loop*, or goes to `after` when it is none |
| AGAIN | share (a real; -1: none), stream | ends a round: the last with this share, or when all are done |
| BREAKER | breaker | `unavailable` when open, else opens a *breaker* scope, which reports how it ended |
| ADMIT | limit | takes a token, or `throttled` |
| CACHE | cache, hit | draws a key: a hit goes to `hit`; a miss opens a *cache* scope, which keeps the key when left |
| SPAWN | address, flow (-1: counted nowhere), takes over, own run | starts a task by itself, perhaps with the hold on top |
| COMPENSATE | address | remembers a routine that undoes, should the run fail |
| MARK | mark | the time so far, when passed for the first time |
| TALLY | tally, real, form | adds to a count |
| DRAW | register, law, stream | |
| ROW | register, law, stream (-1: the run's own number), columns, offset | a row of a table into registers |
| PRIORITY | level | |
| NEXT_COMPENSATION | | (at address 0) undoes what is left to undo, then ends the run with its error |

**Errors** close scopes from the top until one handles them: a *try* by its mask; a *retry* if there are attempts left
(after its pause the body starts again). A *hold* gives its server back, a *limit* its timer; a *breaker* counts the end.
Without a handler a branch tells its parent and a run ends; a failed run first runs its compensations, last first.
A stop closes scopes up to the operation (which then returns ok) or the run (which ends ok).

**Giving up.** When a limit runs out, a hedge is won, a join is reached or a station fails, what is above that scope
stops: its own steps at once, with what they hold; but the lowest operation there that does not cancel *goes on* to its
end by itself, as does all that it called. An operation that cancels stops, too, and gives up in its turn.

**Stations.** `units` x `threads` servers. A sharing station lets in all (up to servers + places) and divides its
servers equally among the jobs that work (jobs in nested steps don't). Lifo and priority don't interrupt. When a unit
fails, each job held was on it with the same chance and ends as `unavailable`; work in nested steps goes on by the
rule above. Servers that leave by calendar finish their jobs.

**Order.** Tasks woken at the same time go on in the order they were woken; events at the same time in the order they
were set. All is a function of the program, the seed and the replication.
"""

from __future__ import annotations

from groma.solvers.simulation import layout

NAMES: tuple[str, ...] = tuple(
    name
    for _, name in sorted(
        (number, name.removeprefix("OP_"))
        for name, number in vars(layout).items()
        if name.startswith("OP_") and isinstance(number, int)
    )
)
"""Names of the operations by number."""


def listing(code: tuple[tuple[int, ...], ...]) -> str:
    """The code as text, a line each: address, name, operands."""
    return "\n".join(
        f"{n * layout.WIDTH:6d}  {NAMES[line[0]]:<18}" + " ".join(str(x) for x in line[1:])
        for n, line in enumerate(code)
    )
