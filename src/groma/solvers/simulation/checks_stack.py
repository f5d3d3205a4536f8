"""Checks of scopes: wherever code comes by, the stack is the same, nothing is closed that isn't open, and it has room.

Every address is followed once with the kinds of the scopes opened since its entry: a flow, a routine, a branch. Two
ways to it with different stacks are a mistake, so that the walk ends. Operands have been checked before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import Program

Stack = tuple[str, ...]
OPENS = {
    at.OP_SEIZE: "hold",
    at.OP_RETRY: "retry",
    at.OP_LIMIT: "limit",
    at.OP_BREAKER: "breaker",
    at.OP_TRY: "try",
    at.OP_LOOP: "loop",
    at.OP_CACHE: "cache",
}


@dataclass(slots=True)
class _Walk:
    program: Program
    stacks: dict[int, Stack] = field(default_factory=dict[int, Stack])
    deepest: dict[int, int] = field(default_factory=dict[int, int])
    """Entry -> the most scopes its own code opens."""
    calls: dict[int, list[tuple[int, int]]] = field(default_factory=dict[int, list[tuple[int, int]]])
    """Entry -> (scopes open, entry called)."""
    wrong: list[str] = field(default_factory=list[str])

    def follow(self, entries: list[tuple[int, Stack]]) -> None:
        """Follows all that can be reached from these entries, and from those found on the way."""
        while entries:
            entry, stack = entries.pop()
            if entry in self.deepest:
                if self.stacks[entry] != stack:
                    self.wrong.append(f"address {entry} is entered in two ways")
                continue
            self.deepest[entry], self.calls[entry] = len(stack), []
            todo = [(entry, stack)]
            while todo:
                address, open_ = todo.pop()
                if address in self.stacks:
                    if self.stacks[address] != open_:
                        self.wrong.append(f"address {address} is reached with different scopes open")
                    continue
                self.stacks[address] = open_
                self.deepest[entry] = max(self.deepest[entry], len(open_))
                todo += self.after(entry, address, open_, entries)

    def after(
        self, entry: int, address: int, open_: Stack, others: list[tuple[int, Stack]]
    ) -> list[tuple[int, Stack]]:
        """Where an instruction leads, with which scopes; entries of other code go to `others`."""
        operation, a, b, c, d, e = self.program.code[address // at.WIDTH][:6]
        following = address + at.WIDTH
        top = open_[-1] if open_ else ""
        match operation:
            case at.OP_END | at.OP_RETURN:
                if open_ != (("operation",) if operation == at.OP_RETURN else ()):
                    self.wrong.append(f"address {address} ends with scopes open")
                return []
            case at.OP_RAISE | at.OP_HANG | at.OP_NEXT_COMPENSATION:
                return []
            case at.OP_JUMP:
                return [(a, open_)]
            case at.OP_LEAVE | at.OP_AGAIN:
                if not top or top == "operation" or (top == "loop") != (operation == at.OP_AGAIN):
                    self.wrong.append(f"address {address} closes a scope that isn't open")
                    return []
                return [(a if operation == at.OP_LEAVE else following, open_[:-1])]
            case at.OP_CHOOSE:
                return [(to, open_) for _, to in self.program.branches[b : b + c]]
            case at.OP_TRY:
                return [(a, open_), (following, (*open_, "try"))]
            case at.OP_LOOP:
                return [(c, open_), (following, (*open_, "loop"))]
            case at.OP_CACHE:
                return [(b, open_), (following, (*open_, "cache"))]
            case at.OP_CALL | at.OP_COMPENSATE:
                others.append((a, ("operation",)))
                if operation == at.OP_CALL:
                    self.calls[entry].append((len(open_), a))
            case at.OP_FORK | at.OP_HEDGE:
                bodies = self.program.branches[d : d + a] if operation == at.OP_FORK else ((0.0, following),)
                others += [(to, ()) for _, to in bodies]
                self.deepest[entry] = max(self.deepest[entry], len(open_) + 1)
                return [(e if operation == at.OP_FORK else c, open_)]
            case at.OP_SPAWN:
                others.append((a, ("hold",) if c else ()))
                if c and top != "hold":
                    self.wrong.append(f"address {address} passes on a server that it doesn't hold")
                return [(following, open_[:-1] if c else open_)]
            case _:
                pass
        return [(following, (*open_, OPENS[operation]) if operation in OPENS else open_)]

    def need(self, entry: int, under_way: frozenset[int]) -> int:
        """The most scopes from an entry on, calls and all."""
        if entry in under_way:
            self.wrong.append(f"the routine at {entry} calls itself")
            return 0
        inner = [below + self.need(to, under_way | {entry}) for below, to in self.calls[entry]]
        self.calls[entry], self.deepest[entry] = [], max([self.deepest[entry], *inner])
        return self.deepest[entry]


def wrong_scopes(program: Program) -> list[str]:
    """All that is wrong with the scopes of a program whose operands are right."""
    walk = _Walk(program)
    walk.follow([(flow.start, ()) for flow in program.flows])
    if walk.wrong:
        return walk.wrong
    # What undoes a step runs in two scopes more: its operation's, which is counted, and a try around it.
    most = 1 + max([1, *(walk.need(entry, frozenset()) for entry in sorted(walk.deepest))])
    if not walk.wrong and program.depth < most:
        walk.wrong.append(f"{program.depth} scopes are fewer than the {most} that can be open")
    return walk.wrong
