"""Fits the serving model to its measurements, leaves every group out once, and writes both down in the catalog.

python tools/serving_calibration.py DATE        (some minutes; same table of measurements, same bytes)

`serving-coefficients`: what all runs together give. `serving-errors`: for each group (model, system, engine) the error
on it of a fit that never saw it, and the share of its runs that lay inside the interval taken from the other groups'
left-out errors; the row `interval` is the interval that Groma quotes, `all` the errors over all groups left out. Rows
`accelerator ...` leave a whole accelerator out; from them comes the interval for accelerators that nobody measured.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from groma.catalog.serving import measurements
from groma.catalog.tables import load_tables
from groma.solvers.serving.calibrate import Measurement, fit, steady
from groma.solvers.serving.intervals import grouped_reach

DATA = Path(__file__).resolve().parents[1] / "src/groma/catalog/data"
QUANTITIES = ("tpot", "ttft")
SHARE = 0.9


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(f"usage: {Path(sys.argv[0]).name} DATE")
    rows = measurements(load_tables())
    whole = fit(rows)
    groups = sorted({row.group for row in rows})
    misses: dict[str, dict[str, np.ndarray]] = {name: {} for name in QUANTITIES}
    for group in groups:
        others = fit([row for row in rows if row.group != group])
        left = [row for row in rows if row.group == group]
        ttft, tpot = steady(others, left)
        for name, found in (("ttft", ttft), ("tpot", tpot)):
            misses[name][" / ".join(group)] = np.log([getattr(row, name) for row in left]) - np.log(found)
        print(
            group,
            *(f"{name} {_mean(misses[name][' / '.join(group)]):.3f}" for name in QUANTITIES),
            flush=True,
        )
    table: list[list[str]] = []
    for name in QUANTITIES:
        own = misses[name]
        inside = 0
        for group, found in own.items():
            high = grouped_reach([v.tolist() for g, v in own.items() if g != group], SHARE)
            low = -high
            held = int(((found >= low) & (found <= high)).sum())
            inside += held
            table.append(_row(group, name, found, low, high, held / len(found)))
        high = grouped_reach([v.tolist() for v in own.values()], SHARE)
        low = -high
        together = np.concatenate(list(own.values()))
        shares = [float(line[8]) for line in table if line[1] == name]
        table.append(_row("all", name, together, low, high, inside / len(together)))
        table.append(_row("interval", name, together, low, high, float(np.mean(shares))))
    table.extend(by_accelerator(rows))
    table.sort()
    header = ["group", "quantity", "runs", "mean_error", "median_error", "bias", "low", "high", "coverage"]
    _write("serving-errors", header, table, sys.argv[1])
    values = {
        **{f"base:{k}": v for k, v in whole.base.items()},
        **{f"factor:{k}": v for k, v in whole.factors.items()},
    }
    _write(
        "serving-coefficients",
        ["name", "value"],
        [[k, f"{v:.6g}"] for k, v in sorted(values.items())],
        sys.argv[1],
    )


def by_accelerator(rows: Sequence[Measurement]) -> list[list[str]]:
    """Errors on each accelerator of a fit that never saw it, and `interval, other accelerator`: what 95 % of the
    runs of every accelerator lay within when it was left out, that of the worst one. With n accelerators that
    claims n/(n + 1)
    of new ones at most, never 90 % with fewer than nine."""
    names = sorted({row.accelerator.name for row in rows})
    left = {name: [row for row in rows if row.accelerator.name == name] for name in names}
    steadies = {
        name: steady(fit([row for row in rows if row.accelerator.name != name]), left[name]) for name in names
    }
    table: list[list[str]] = []
    for place, quantity in enumerate(("ttft", "tpot")):
        shares: list[float] = []
        misses = {
            name: np.log([getattr(row, quantity) for row in left[name]]) - np.log(steadies[name][place])
            for name in names
        }
        reaches = {name: float(np.quantile(np.abs(found), 0.95)) for name, found in misses.items()}
        for name, found in misses.items():
            others = max(reach for other, reach in reaches.items() if other != name)
            held = float((np.abs(found) <= others).mean())
            shares.append(held)
            table.append(_row(f"accelerator {name}", quantity, found, -others, others, held))
        reach = max(reaches.values())
        every = np.concatenate(list(misses.values()))
        table.append(
            _row("interval, other accelerator", quantity, every, -reach, reach, float(np.mean(shares)))
        )
    return table


def _mean(misses: np.ndarray) -> float:
    return float(np.mean(np.abs(np.exp(-misses) - 1.0)))


def _row(group: str, name: str, misses: np.ndarray, low: float, high: float, share: float) -> list[str]:
    off = np.exp(-misses) - 1.0
    numbers = (np.abs(off).mean(), np.median(np.abs(off)), np.median(off), np.exp(low), np.exp(high), share)
    return [group, name, str(len(misses)), *(f"{float(v):.4f}" for v in numbers)]


def _write(name: str, header: list[str], rows: list[list[str]], day: str) -> None:
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*header, "as_of"])
        writer.writerows([*row, day] for row in rows)


if __name__ == "__main__":
    main()
