"""Modules of a net: gates whose events occur nowhere else, so that each can be solved on its own.

Dutuit & Rauzy 1996, "A linear-time algorithm to find modules of fault trees": visit the net depth first
and note the first and the last date at which every node is met; a gate is a module when all dates
of what lies below it fall between its own first and second date. Gates of all or any are also split
into the groups of parts that share no event, which are modules that no gate of the net names.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.solvers.faulttrees.net import ALL, ATLEAST, Gate, Net


@dataclass(frozen=True, slots=True)
class Module:
    """A gate over independent parts, or one whose parts share events or smaller modules.

    node    the module's node; nodes made here (groups of parts) are numbered after the net's own
    gate    its kind and parts
    leaves  empty when the parts are independent leaves (events or modules); else the nodes of the events and
            modules it is made of, in depth-first order
    inner   the gates between, parts first; the last is the module's own gate
    """

    node: int
    gate: Gate
    leaves: tuple[int, ...] = ()
    inner: tuple[tuple[int, Gate], ...] = ()


def find_modules(net: Net) -> tuple[Module, ...]:
    """All modules the root is made of, parts before wholes; none when the root is an event or a constant."""
    heads = _heads(net)
    inside = set(heads)
    fresh = len(net.events) + 1 + len(net.gates)
    modules: list[Module] = []
    for head in heads:
        gate = _gate(net, head)
        groups = _groups(net, gate.parts, inside)
        if len(groups) == 1 or (gate.kind == ATLEAST and len(groups) < len(gate.parts)):
            modules.append(_entangled(net, head, gate, inside))
            continue
        parts: list[int] = []
        for group in groups:
            if len(group) == 1:
                parts.append(group[0])
            else:
                k = len(group) if gate.kind == ALL else 1
                modules.append(_entangled(net, fresh, Gate(gate.kind, k, tuple(group)), inside))
                parts.append(2 * fresh)
                fresh += 1
        k = len(parts) if gate.kind == ALL else gate.k
        modules.append(Module(head, Gate(gate.kind, k, tuple(parts))))
    return tuple(modules)


def _gate(net: Net, node: int) -> Gate:
    gate = net.gate(node)
    assert gate is not None
    return gate


def _heads(net: Net) -> list[int]:
    """The gates that are modules, parts before wholes."""
    size = len(net.events) + 1 + len(net.gates)
    first, second, last = [0] * size, [0] * size, [0] * size
    low, high = [0] * size, [0] * size  # earliest first and latest last date of anything below a gate
    date = 0
    finished: list[int] = []
    stack: list[tuple[int, int]] = [(net.root >> 1, 0)]
    while stack:
        node, at = stack.pop()
        gate = net.gate(node)
        date += 1
        if at == 0:
            last[node] = date
            if first[node]:
                continue
            first[node] = date
        if gate is None:
            continue
        if at < len(gate.parts):
            stack.append((node, at + 1))
            stack.append((gate.parts[at] >> 1, 0))
        else:
            second[node] = last[node] = date
            finished.append(node)
    heads: list[int] = []
    for node in finished:
        below = [ref >> 1 for ref in _gate(net, node).parts]
        low[node] = min(min(first[n], low[n] or first[n]) for n in below)
        high[node] = max(max(last[n], high[n]) for n in below)
        if low[node] > first[node] and high[node] < second[node]:
            heads.append(node)
    return heads


def _groups(net: Net, parts: tuple[int, ...], heads: set[int]) -> list[list[int]]:
    """The parts in groups that have no event or module in common, each in the order given."""
    leader = list(range(len(parts)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    owner: dict[int, int] = {}
    for i, ref in enumerate(parts):
        stack = [ref >> 1]
        while stack:
            node = stack.pop()
            if node in owner:
                leader[find(owner[node])] = find(i)
                continue
            owner[node] = i
            gate = net.gate(node) if node not in heads else None
            if gate is not None:
                stack.extend(r >> 1 for r in gate.parts)
    groups: dict[int, list[int]] = {}
    for i, ref in enumerate(parts):
        groups.setdefault(find(i), []).append(ref)
    return list(groups.values())


def _entangled(net: Net, head: int, top: Gate, heads: set[int]) -> Module:
    """The module of a gate whose parts have something in common."""
    leaves: list[int] = []
    inner: list[tuple[int, Gate]] = []
    seen: set[int] = set()
    stack: list[tuple[int, Gate | None, int]] = [(head, top, 0)]
    while stack:
        node, gate, at = stack.pop()
        if at == 0:
            if node in seen:
                continue
            seen.add(node)
        if gate is None:
            leaves.append(node)
        elif at == len(gate.parts):
            inner.append((node, gate))
        else:
            below = gate.parts[at] >> 1
            stack.append((node, gate, at + 1))
            stack.append((below, None if below in heads else net.gate(below), 0))
    return Module(head, top, tuple(leaves), tuple(inner))
