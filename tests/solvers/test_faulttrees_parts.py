"""What a formula is taken apart into: modules as they are defined, diagrams of known size, budgets that are kept."""

from __future__ import annotations

from itertools import combinations

import pytest

from groma.solvers.faulttrees import (
    ALWAYS,
    NEVER,
    And,
    AtLeast,
    CutSets,
    Event,
    Formula,
    Not,
    Or,
    compile_formula,
    minimal_cut_sets,
    xor,
)
from groma.solvers.faulttrees.bdd import Forest, OverBudget
from groma.solvers.faulttrees.modules import Module, find_modules
from groma.solvers.faulttrees.net import FALSE, TRUE, Net, compile_net
from solvers.truth_tables import drawn


def _events(count: int) -> list[Event]:
    return [Event(f"e{i}") for i in range(count)]


def _written_out(k: int, events: list[Event]) -> list[Formula]:
    """At least k of the events as all of some, any of some, and all of those that any of must hold."""
    n = len(events)
    return [
        Or(tuple(And(chosen) for chosen in combinations(events, k))),
        And(tuple(Or(chosen) for chosen in combinations(events, n - k + 1))),
        AtLeast(2 * k, (*events, *events)),
    ]


@pytest.mark.parametrize(("k", "n"), [(2, 3), (2, 5), (3, 5), (4, 5), (3, 6), (2, 7)])
def test_the_diagram_of_k_of_n_has_as_many_nodes_as_counts_differ(k: int, n: int) -> None:
    """k (n - k + 1) nodes for each way of writing it (Bryant 1986 on symmetric functions): it is reduced and shared."""
    for formula in _written_out(k, _events(n)):
        (block,) = compile_formula(formula).blocks
        assert block.diagram is not None
        assert len(block.diagram.rows) == k * (n - k + 1)
        turned = compile_formula(Not(formula)).blocks
        assert turned[0].diagram is not None
        assert len(turned[0].diagram.rows) == k * (n - k + 1)


def test_parity_has_a_node_for_each_event_where_edges_are_complemented() -> None:
    """Brace, Rudell & Bryant 1990. One event after another joins in a module of its own: two nodes each."""
    blocks = compile_formula(xor(_events(9))).blocks
    assert [len(block.diagram.rows) for block in blocks if block.diagram] == [2] * 8
    forest = Forest(1000)
    parity = FALSE
    for level in range(9):
        event = forest.variable(level)
        both = forest.conjunction(parity, event)
        parity = forest.conjunction(forest.disjunction(parity, event), both ^ 1)
    assert len(forest.diagram(parity).rows) == 9


def test_equal_functions_are_one_reference() -> None:
    """De Morgan, absorption, distribution and the excluded third, over functions of three variables."""
    forest = Forest(200)
    a, b, c = (forest.variable(level) for level in range(3))
    both, any_ = forest.conjunction, forest.disjunction
    some = [TRUE, FALSE, a, b ^ 1, both(a, b), any_(b, c), both(a ^ 1, any_(b ^ 1, c))]
    for f in some:
        assert (both(f, f), any_(f, f)) == (f, f)
        assert (both(f, f ^ 1), any_(f, f ^ 1)) == (FALSE, TRUE)
        for g in some:
            assert both(f, g) == both(g, f) == any_(f ^ 1, g ^ 1) ^ 1
            assert both(f, any_(f, g)) == any_(f, both(f, g)) == f
            assert both(f, any_(g, c)) == any_(both(f, g), both(f, c))
            assert forest.gate("all", 2, [f, g]) == both(f, g) == forest.gate("at least", 2, [f, g])
            assert forest.gate("any", 1, [f, g]) == any_(f, g) == forest.gate("at least", 1, [f, g])


def test_a_forest_has_as_many_nodes_as_its_budget() -> None:
    """Two variables and what holds of both are three nodes; a negation is none."""
    for budget in (2, 3):
        forest = Forest(budget)
        a, b = forest.variable(0), forest.variable(1)
        if budget == 3:
            both = forest.conjunction(a, b)
            assert forest.diagram(both).rows == ((1, TRUE, FALSE), (0, 2, FALSE))
            assert forest.diagram(both ^ 1).root == forest.diagram(both).root ^ 1
            forest.disjunction(a ^ 1, b ^ 1)
        with pytest.raises(OverBudget):
            forest.conjunction(a, b) if budget == 2 else forest.variable(2)


def test_conjunctions_without_end_are_over_the_budget_even_where_nodes_are_few() -> None:
    """Of three variables there are 256 functions, 127 nodes and the constant; their 32,640 pairs are no end of work."""
    forest = Forest(127)
    known = {TRUE, FALSE, *(forest.variable(level) for level in range(3))}
    with pytest.raises(OverBudget):
        while True:
            known |= {f ^ 1 for f in known}
            known |= {forest.conjunction(f, g) for f, g in combinations(sorted(known), 2)}
    assert 100 < len(known) <= 256  # 496 pairs come to 118: fewer than eight for each node


@pytest.mark.parametrize(("k", "n"), [(6, 9), (5, 9), (4, 8)])
def test_cut_sets_are_listed_where_they_need_as_many_nodes_as_the_budget(k: int, n: int) -> None:
    """Of a circle of n where k in a row are too many (consecutive-k-of-n:F): n sets, of order k."""
    events = _events(n)
    compiled = compile_formula(Or(tuple(And(tuple((events + events)[i : i + k])) for i in range(n))))
    found = minimal_cut_sets(compiled)
    assert isinstance(found, CutSets)
    (family,) = found.families
    assert family is not None
    nodes = len(family[0].level) - 1
    for budget in (nodes, nodes - 1):
        listed = minimal_cut_sets(compiled, budget)
        assert isinstance(listed, CutSets) == (budget == nodes)
        if isinstance(listed, CutSets):
            assert listed.by_order() == {k: n}


def _below(net: Net, node: int) -> set[int]:
    """Nodes reached from one, itself included."""
    gate = net.gate(node)
    return {node}.union(*(_below(net, r >> 1) for r in gate.parts)) if gate else {node}


def _around(net: Net, node: int, left_out: int) -> set[int]:
    """Nodes reached without going through one."""
    gate = net.gate(node)
    if node == left_out:
        return set()
    return {node}.union(*(_around(net, r >> 1, left_out) for r in gate.parts)) if gate else {node}


def _leaves(module: Module) -> set[int]:
    return set(module.leaves) or {r >> 1 for r in module.gate.parts}


@pytest.mark.parametrize("negations", [False, True])
@pytest.mark.parametrize("batch", range(4))
def test_modules_are_the_gates_whose_events_are_met_nowhere_else(negations: bool, batch: int) -> None:
    """By the definition, each gate in turn; and what a module is made of is either apart or can't be parted."""
    for seed in range(batch, 60, 4):
        net = compile_net(drawn(seed, negations=negations, gates=9).formula)
        root, first = net.root >> 1, len(net.events) + 1
        modules = find_modules(net)
        assert len({module.node for module in modules}) == len(modules)
        expected = {
            node
            for node in _below(net, root)
            if node >= first and not (_below(net, node) - {node}) & _around(net, root, node)
        }
        found = {module.node for module in modules if module.node < first + len(net.gates)}
        assert found == expected
        made: set[int] = set()
        for module in modules:
            assert _leaves(module) <= {*range(1, first)} | made  # parts before wholes
            made.add(module.node)
            if module.leaves:
                assert module.inner[-1] == (module.node, module.gate)
                held = {node for node, _ in module.inner}
                assert {r >> 1 for _, gate in module.inner for r in gate.parts} == _leaves(module) | held - {
                    module.node
                }
                assert module.gate.kind == "at least" or _in_one(module)
            else:
                assert len({r >> 1 for r in module.gate.parts}) == len(module.gate.parts)
            wanted = {"all": len(module.gate.parts), "any": 1}.get(module.gate.kind, module.gate.k)
            assert module.gate.k == wanted


def _in_one(module: Module) -> bool:
    """Whether no two groups of the parts have nothing in common."""
    gates = dict(module.inner)

    def leaves(node: int) -> set[int]:
        return set[int]().union(*(leaves(r >> 1) for r in gates[node].parts)) if node in gates else {node}

    rest = [leaves(r >> 1) for r in module.gate.parts]
    grown = rest.pop()
    while near := [part for part in rest if part & grown]:
        grown = grown.union(*near)
        rest = [part for part in rest if not part & grown]
    return not rest


def test_a_chain_of_alternating_gates_is_as_many_modules() -> None:
    formula: Formula = Event("e0")
    for i, event in enumerate(_events(9)[1:]):
        formula = (And, Or)[i % 2]((formula, event))
    compiled = compile_formula(formula)
    assert len(compiled.blocks) == 8
    assert compiled.size == 1 + 9 + 8
    assert compiled.exact
    for lone in (Event("a"), ALWAYS, NEVER):
        assert compile_formula(lone).blocks == ()


def test_cut_sets_are_told_by_order_or_by_chance() -> None:
    """Three of five: ten of three events, likeliest first; one event, or two that are likelier or rarer than it."""
    a, b, *others = _events(5)
    chosen = minimal_cut_sets(AtLeast(3, (a, b, *others)))
    assert isinstance(chosen, CutSets)
    assert chosen.by_order() == {3: 10}
    p = {event.name: 0.1 * (i + 1) for i, event in enumerate((a, b, *others))}
    assert [cut.events for cut in chosen.first(2, "probability", p)] == [
        ("e2", "e3", "e4"),
        ("e1", "e3", "e4"),
    ]
    either = minimal_cut_sets(Or((And((others[0], others[1])), b, a)))
    assert isinstance(either, CutSets)
    assert [cut.events for cut in either.first(3, "order", p)] == [("e0",), ("e1",), ("e2", "e3")]
    assert [cut.events for cut in either.first(3, "probability", p)] == [("e1",), ("e2", "e3"), ("e0",)]
