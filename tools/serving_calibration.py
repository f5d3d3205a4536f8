"""Fits the serving model to its measurements, leaves every group out once, and writes both down in the catalog.

python tools/serving_calibration.py DATE        (some minutes; same table of measurements, same bytes)

`serving-coefficients`: what all runs together give. `serving-errors`: for each group (model, system, engine) the error
on it of a fit that never saw it, and the share of its runs that lay inside the interval taken from the other groups'
left-out errors; the row `interval` is the interval that Groma quotes, `all` the errors over all groups left out. Rows
`accelerator ...` leave a whole accelerator out; from them comes the interval for accelerators that nobody measured.
The time to the first token is that of runs whose measured one can be held against anything (`Measurement.admitted`);
the row `all, contradicted too` is over every run.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from groma.catalog.serving_runs import measurements
from groma.catalog.tables import load_tables
from groma.solvers.serving.calibrate import Measurement, expected, fit
from groma.solvers.serving.intervals import grouped_reach

DATA = Path(__file__).resolve().parents[1] / "src/groma/catalog/data"
QUANTITIES = ("tpot", "ttft")
SHARE = 0.9

Misses = dict[str, np.ndarray]
"""For each quantity the logarithm of measured over predicted, of each run of a group."""


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(f"usage: {Path(sys.argv[0]).name} DATE")
    rows = measurements(load_tables())
    whole = fit(rows)
    groups = {
        " / ".join(group): [row for row in rows if row.group == group]
        for group in sorted({row.group for row in rows})
    }
    missed = {name: left_out_errors(rows, left) for name, left in groups.items()}
    table: list[list[str]] = []
    reaches: dict[str, float] = {}
    for quantity in QUANTITIES:
        own = {name: used(quantity, groups[name], found) for name, found in missed.items()}
        inside = 0
        for name, found in own.items():
            reach = grouped_reach([v.tolist() for other, v in own.items() if other != name], SHARE)
            held = int((np.abs(found) <= reach).sum())
            inside += held
            table.append(_row(name, quantity, found, reach, held / len(found)))
        reach = reaches[quantity] = grouped_reach([v.tolist() for v in own.values()], SHARE)
        together = np.concatenate(list(own.values()))
        shares = [float(line[8]) for line in table if line[1] == quantity]
        table.append(_row("all", quantity, together, reach, inside / len(together)))
        table.append(_row("interval", quantity, together, reach, float(np.mean(shares))))
    every = np.concatenate([found["ttft"] for found in missed.values()])
    held = float((np.abs(every) <= reaches["ttft"]).mean())
    table.append(_row("all, contradicted too", "ttft", every, reaches["ttft"], held))
    table.extend(by_accelerator(rows, reaches))
    table.sort()
    header = ["group", "quantity", "runs", "mean_error", "median_error", "bias", "low", "high", "coverage"]
    _write("serving-errors", header, table, sys.argv[1])
    values = [(f"base:{k}", v) for k, v in whole.base.items()]
    values += [(f"factor:{k}", v) for k, v in whole.factors.items()]
    _write(
        "serving-coefficients", ["name", "value"], [[k, f"{v:.6g}"] for k, v in sorted(values)], sys.argv[1]
    )


def left_out_errors(rows: Sequence[Measurement], left: Sequence[Measurement]) -> Misses:
    """What a fit without the runs left out misses on them."""
    without = {row.id for row in left}
    predicted = expected(fit([row for row in rows if row.id not in without]), left)
    found = {
        quantity: np.log([getattr(row, quantity) for row in left]) - np.log(times)
        for quantity, times in zip(("ttft", "tpot"), predicted, strict=True)
    }
    print(f"{left[0].group}: tpot {_mean(found['tpot']):.3f} ttft {_mean(found['ttft']):.3f}", flush=True)
    return found


def used(quantity: str, rows: Iterable[Measurement], found: Misses) -> np.ndarray:
    """The misses of a quantity that count: all between tokens, to the first token those of admitted runs."""
    return found[quantity][np.array([quantity == "tpot" or row.admitted for row in rows])]


def by_accelerator(rows: Sequence[Measurement], least: dict[str, float]) -> list[list[str]]:
    """Errors on each accelerator of a fit that never saw it, and `interval, other accelerator`: what 95 % of the
    runs of every accelerator lay within when it was left out, that of the worst one, and never less than the interval
    of groups (`least`), since whoever hasn't seen an accelerator hasn't seen its groups. With n accelerators that
    claims n/(n + 1) of new ones at most, never 90 % with fewer than nine."""
    names = sorted({row.accelerator.name for row in rows})
    left = {name: [row for row in rows if row.accelerator.name == name] for name in names}
    missed = {name: left_out_errors(rows, left[name]) for name in names}
    table: list[list[str]] = []
    for quantity in QUANTITIES:
        shares: list[float] = []
        misses = {name: used(quantity, left[name], found) for name, found in missed.items()}
        reaches = {name: float(np.quantile(np.abs(found), 0.95)) for name, found in misses.items()}
        for name, found in misses.items():
            others = max(reach for other, reach in reaches.items() if other != name)
            held = float((np.abs(found) <= others).mean())
            shares.append(held)
            table.append(_row(f"accelerator {name}", quantity, found, others, held))
        every = np.concatenate(list(misses.values()))
        reach = max(*reaches.values(), least[quantity])
        table.append(_row("interval, other accelerator", quantity, every, reach, float(np.mean(shares))))
    return table


def _mean(misses: np.ndarray) -> float:
    return float(np.mean(np.abs(np.exp(-misses) - 1.0)))


def _row(group: str, name: str, misses: np.ndarray, reach: float, share: float) -> list[str]:
    off = np.exp(-misses) - 1.0
    numbers = (
        np.abs(off).mean(),
        np.median(np.abs(off)),
        np.median(off),
        np.exp(-reach),
        np.exp(reach),
        share,
    )
    return [group, name, str(len(misses)), *(f"{float(v):.4f}" for v in numbers)]


def _write(name: str, header: list[str], rows: list[list[str]], day: str) -> None:
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*header, "as_of"])
        writer.writerows([*row, day] for row in rows)


if __name__ == "__main__":
    main()
