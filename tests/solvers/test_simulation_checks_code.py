"""Programs that aren't from the assembler: each operand that names nothing is refused, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groma.model.law import Constant, Gamma
from groma.solvers.simulation import Assembler, Program
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.checks import checked
from groma.solvers.simulation.checks_code import OPERANDS
from solvers.simulation_programs import whole_set


def spoilt(program: Program, operation: int, place: int, value: int) -> Program:
    """The program with one operand of the first instruction of a kind changed."""
    n = next(n for n, line in enumerate(program.code) if line[0] == operation)
    line = [*program.code[n]]
    line[place] = value
    return replace(program, code=(*program.code[:n], tuple(line), *program.code[n + 1 :]))


@pytest.mark.parametrize(
    ("operation", "place"),
    [
        (operation, place)
        for operation, kinds in OPERANDS.items()
        for place, kind in enumerate(kinds.split(), 1)
        if kind != "-"
    ],
)
@pytest.mark.parametrize("value", [-2, 1 << 40])
def test_no_operand_names_what_is_not_there(operation: int, place: int, value: int) -> None:
    program = whole_set()
    checked(program)
    with pytest.raises(ValueError, match="instruction"):
        checked(spoilt(program, operation, place, value))


def test_addresses_are_those_of_instructions() -> None:
    with pytest.raises(ValueError, match="no address 9"):
        checked(spoilt(whole_set(), at.OP_JUMP, 1, 9))


@pytest.mark.parametrize(
    ("operation", "place", "value", "message"),
    [
        (at.OP_ROW, 4, 3, "a register for each of its columns"),
        (at.OP_ROW, 4, 0, "a register for each of its columns"),
        (at.OP_ROW, 1, 1, "a register for each of its columns"),
        (at.OP_ROW, 5, 1, "a table that is there"),
        (at.OP_ROW, 2, 0, "a table that is there"),
        (at.OP_CHOOSE, 3, 1, "the last with all that is left"),
        (at.OP_CHOOSE, 3, 99, "branches that are there"),
        (at.OP_FORK, 1, 99, "branches that are there"),
        (at.OP_FORK, 2, 0, "waits for one"),
    ],
)
def test_operands_fit_together(operation: int, place: int, value: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        checked(spoilt(whole_set(), operation, place, value))


CLOSES, ENDS, LEAVES = (at.OP_LEAVE, 16), (at.OP_END,), "closes a scope that isn't open"


@pytest.mark.parametrize(
    ("lines", "ways"),
    [
        ([(at.OP_FORK, 2, 2, 0, 1, 8), ENDS, CLOSES], (8, 8, 16)),  # the last branch
        ([(at.OP_FORK, 1, 1, 0, 0, 16), ENDS, CLOSES], (8,)),  # what comes after it
        ([(at.OP_HEDGE, 0, 1, 16), ENDS, CLOSES], (8,)),
        ([(at.OP_HEDGE, 0, 1, 16), CLOSES, ENDS], ()),  # the attempt
        ([(at.OP_CHOOSE, 0, 1, 2), ENDS, CLOSES], (8, 8, 16)),  # the last way
    ],
)
def test_all_ways_are_followed(lines: list[tuple[int, ...]], ways: tuple[int, ...]) -> None:
    program = whole_set()
    code = [(*line, *([0] * (at.WIDTH - len(line)))) for line in (*lines, ENDS)]
    branches = tuple((1.0, way) for way in ways)
    own = replace(program, branches=branches, flows=(replace(program.flows[0], start=0),))
    with pytest.raises(ValueError, match=LEAVES):
        checked(replace(own, code=tuple(code)))
    right = [ENDS if line == CLOSES else line for line in (*lines, ENDS)]
    checked(replace(own, code=tuple((*line, *([0] * (at.WIDTH - len(line)))) for line in right)))


def test_branches_of_a_fork_are_there_up_to_the_last() -> None:
    program = whole_set()
    count = next(line[1] for line in program.code if line[0] == at.OP_FORK)
    first = len(program.branches) - count
    checked(replace(program, branches=program.branches, code=spoilt(program, at.OP_FORK, 4, first).code))
    with pytest.raises(ValueError, match="branches that are there"):
        checked(spoilt(program, at.OP_FORK, 4, first + 1))


def test_what_instructions_refer_to_is_there() -> None:
    program = whole_set()
    for changed, message in (
        (replace(program, forms=(((2, 1.0),),)), "no register 2"),
        (replace(program, branches=((2.0, 4),) * len(program.branches)), "a branch goes nowhere"),
        (replace(program, flows=(replace(program.flows[0], start=-8),)), "starts nowhere"),
        (replace(program, retries=(replace(program.retries[0], stream=99),)), "no stream"),
        (replace(program, caches=(replace(program.caches[0], keys=1),)), "law of its keys"),
        (replace(program, units=(99,)), "no station 99"),
        (replace(program, sources=(replace(program.sources[0], level=-1),)), "no level -1"),
        (replace(program, code=(*program.code[:-1], (at.OP_TRY, *program.code[-1][1:]))), "behind itself"),
        (replace(program, code=((1, 2),)), "is none"),
    ):
        with pytest.raises(ValueError, match=message):
            checked(changed)


def test_a_batch_station_is_served_in_batches() -> None:
    a = Assembler()
    s = a.station("s", discipline="batch", batch=1, batch_laws=(Constant(1.0),))
    with a.flow("f"), a.hold(s):
        a.work(s, Gamma(1.0, 1.0))
    with pytest.raises(ValueError, match="use the other"):
        a.program()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([(at.OP_LEAVE, 8), (at.OP_END,)], "closes a scope that isn't open"),
        ([(at.OP_AGAIN, -1, 0), (at.OP_END,)], "closes a scope that isn't open"),
        ([(at.OP_TRY, 0, 62), (at.OP_END,)], "ends with scopes open"),
        ([(at.OP_RETURN,)], "ends with scopes open"),
        ([(at.OP_TRY, 8, 62), (at.OP_JUMP, 0)], "reached with different scopes open"),
        ([(at.OP_TRY, 16, 62), (at.OP_LEAVE, 16), (at.OP_END,)], ""),
        ([(at.OP_TRY, 24, 62), (at.OP_LEAVE, 24), (at.OP_LEAVE, 24), (at.OP_END,)], ""),
        ([(at.OP_CALL, 16), (at.OP_END,), (at.OP_CALL, 16), (at.OP_RETURN,)], "calls itself"),
        (
            [
                (at.OP_CALL, 16),
                (at.OP_END,),
                (at.OP_CALL, 32),
                (at.OP_RETURN,),
                (at.OP_CALL, 16),
                (at.OP_RETURN,),
            ],
            "calls itself",
        ),
        (
            [
                (at.OP_TRY, 24, 62),
                (at.OP_CALL, 32),
                (at.OP_LEAVE, 24),
                (at.OP_END,),
                (at.OP_TRY, 48, 62),
                (at.OP_LEAVE, 48),
                (at.OP_RETURN,),
            ],
            "3 scopes are fewer than the 4",
        ),
        ([(at.OP_SPAWN, 8, -1, 1, 0), (at.OP_END,)], "a server that it doesn't hold"),
    ],
)
def test_scopes_are_closed_that_were_opened(lines: list[tuple[int, ...]], message: str) -> None:
    program = whole_set()
    code = tuple((*line, *([0] * (at.WIDTH - len(line)))) for line in lines)
    own = replace(
        program,
        code=code,
        branches=(),
        flows=(replace(program.flows[0], start=0),),
        depth=3,
    )
    if message:
        with pytest.raises(ValueError, match=message):
            checked(own)
    else:
        checked(own)


def test_a_stack_has_room_for_all_that_can_be_open() -> None:
    program = whole_set()
    with pytest.raises(ValueError, match="that can be open"):
        checked(replace(program, depth=4))
