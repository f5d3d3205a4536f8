"""Options of commands that work out many points: on how many cores, on which cluster, where finished ones are kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments

if TYPE_CHECKING:
    from groma.workers import Journal, Outcome


def spread_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--jobs` and `--cluster`. What comes out is the same with any of them."""
    parser.add_argument(
        "--jobs", type=whole, metavar="N", help="processes that work at once (unless told: one for each core)"
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS",
        help="work on this Dask scheduler (tcp://host:8786), or on a cluster of this machine (local); "
        "needs groma[cluster]",
    )  # fmt: skip


def whole(text: str) -> int:
    """A whole number of one or more."""
    if not text.isascii() or not text.isdigit() or int(text) < 1 or len(text) > 7:
        raise argparse.ArgumentTypeError(f"expected a whole number such as 4, found {text}")
    return int(text)


def spread_over(
    args: Arguments,
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    journal: Journal | None = None,
    names: Sequence[str] = (),
    work: str = "points",
) -> list[Outcome]:
    """`workers.spread` as the options say. Raises UserError where the cluster can't be used."""
    from groma.workers import ClusterError, cores, spread

    try:
        return spread(
            function, items, jobs=args.jobs or cores(), cluster=args.cluster, journal=journal, names=names,
            hears=args.console.progress.step, work=work,
        )  # fmt: skip
    except ClusterError as error:
        raise UserError(f"--cluster: {error}") from None
