"""The one place that calls HiGHS (Huangfu & Hall 2018), through `scipy.optimize.milp`.

No time limit and no relative gap: an answer is an optimum up to HiGHS's absolute tolerances (1e-6 on rows,
integrality and objective), which is why callers scale their rows (`encoding`) and check what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groma.solvers.optimisation.quiet import quiet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]


class SolverFailure(RuntimeError):
    """HiGHS stopped without an optimum and without a proof that there is none."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Constraints lower <= A x <= upper, A given by coordinates."""

    row: list[int]
    column: list[int]
    value: list[float]
    lower: list[float]
    upper: list[float]

    @staticmethod
    def none() -> Rows:
        """No rows yet."""
        return Rows([], [], [], [], [])

    def add(self, entries: Mapping[int, float], lower: float, upper: float) -> None:
        """Append a row."""
        at = len(self.lower)
        for column, value in entries.items():
            self.row.append(at)
            self.column.append(column)
            self.value.append(value)
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, columns: int) -> Any:
        """A as a sparse matrix."""
        from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

        scipy: Any = sparse
        return scipy.csr_array((self.value, (self.row, self.column)), shape=(len(self.lower), columns))


def minimise(
    cost: Vector, column_upper: Vector, blocks: list[tuple[Any, list[float], list[float]]]
) -> Vector | None:
    """The x >= 0 of least cost with x <= column_upper and every block of rows (matrix, lower, upper) kept; whole where
    its upper limit is finite.

    None when there is none; SolverFailure when HiGHS can't tell.
    """
    import numpy as np
    from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

    scipy: Any = optimize
    found: Any = None
    for presolve in (True, False):  # a "solve error" with presolve isn't always one without
        with quiet():
            found = scipy.milp(
                cost,
                integrality=np.isfinite(column_upper),
                bounds=scipy.Bounds(np.zeros(len(cost)), column_upper),
                constraints=[
                    scipy.LinearConstraint(matrix, lower, upper) for matrix, lower, upper in blocks if lower
                ],
                options={"mip_rel_gap": 0.0, "presolve": presolve},
            )
        if found.status == 0:
            return found.x
        if found.status == 2:
            return None
    raise SolverFailure(f"HiGHS stopped with status {found.status}: {found.message}")
