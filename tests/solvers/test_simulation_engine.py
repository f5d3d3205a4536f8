"""Which kernel runs, and which ends a program may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.solvers.simulation import engine
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.checks import checked
from groma.solvers.simulation.checks_code import OPERANDS
from solvers.simulation_programs import whole_set
from solvers.test_simulation_checks_code import spoilt

BUILT_FROM = Path(engine.__file__).parent / "compiled_kernel.digest"


def test_a_kernel_compiled_from_another_source_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = engine._compiled.__wrapped__
    if BUILT_FROM.exists() and BUILT_FROM.read_text("ascii").strip() == engine.digest():
        assert fresh() is not None
    monkeypatch.setattr(engine, "digest", lambda: "of another source")
    assert fresh() is None


@pytest.mark.parametrize("value", [at.OK, at.ENDS])
@pytest.mark.parametrize(
    ("operation", "place"),
    [
        (operation, place)
        for operation, kinds in OPERANDS.items()
        for place, kind in enumerate(kinds.split(), 1)
        if kind in ("end", "error")
    ],
)
def test_an_error_is_neither_a_good_end_nor_one_beyond_the_list(
    operation: int, place: int, value: int
) -> None:
    with pytest.raises(ValueError, match="instruction"):
        checked(spoilt(whole_set(), operation, place, value))
