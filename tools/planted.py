"""Precision and recall of the rules on made-up companies: `python tools/planted.py --companies 400 --seed 1`.

Clean companies, companies with one problem planted, and companies with two to six (`tests/companies`). Ends with status
1 when anything was found that isn't there, or missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from companies import PLANTS
from companies.scored import Score, none_planted, one_planted, several_planted


def main() -> int:
    """Prints a line for each kind of trial, and what was wrong or missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--companies", type=int, default=400, help="companies of each kind of trial")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    seeds = range(asked.seed * 100_000, asked.seed * 100_000 + asked.companies)
    kinds = {plant.rule for plant in PLANTS}
    print(f"{len(PLANTS)} plants of {len(kinds)} kinds of problem")
    trials = {"clean": none_planted, "one planted": one_planted, "two to six planted": several_planted}
    bad = 0
    for name, trial in trials.items():
        score: Score = trial(seeds)
        told = f"{score.right} found, {len(score.wrong)} wrong, {len(score.missed)} missed"
        rates = f"precision {score.precision:.4f}, recall {score.recall:.4f}"
        print(f"{name}: {score.companies} companies, {len(score.kinds)} kinds, {told}; {rates}", flush=True)
        for line in (
            *(f"  wrong  {each}" for each in score.wrong),
            *(f"  missed {each}" for each in score.missed),
        ):
            print(line)
        bad += len(score.wrong) + len(score.missed)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
