"""The same work on a Dask cluster (extra `groma[cluster]`): one that is running, or one of this machine's cores.

The scheduler gives what a lost worker had to another one, a few times (`distributed.scheduler.allowed-failures`); a
batch that keeps losing workers is tried item by item, and the item that does it is told as lost. Workers must run the
versions of this machine, else the same bytes couldn't be promised. Whoever may talk to a Dask scheduler may run code
on its workers: use addresses that you trust.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pickle import dumps
from typing import Any

from groma.workers.outcome import LOST, Numbered, Told, batches, run_batch

LOCAL = "local"
"""The address that means: start a cluster on this machine and end it with the work."""
SMALLEST = 50
"""Items that are sent together at the least: a message costs about as much as a short item."""
SHARES = 4
PATIENCE = "20s"
"""How long a scheduler may take to answer."""
ALIKE = ("groma", "numpy", "scipy")


class ClusterError(Exception):
    """The cluster can't be used; the message says why and what to do."""


def on_cluster(
    function: Callable[[Any], Any], todo: Sequence[Numbered], address: str, jobs: int
) -> Iterator[list[Told]]:
    """Outcomes of items as they are finished, in batches. `jobs` are the processes of a `local` cluster."""
    pickled = dumps(function)
    with _client(address, jobs) as client:
        workers = _alike(client)
        left = batches(todo, max(SMALLEST, -(-len(todo) // (SHARES * workers))))
        for alone in (False, True):
            again: list[Numbered] = []
            for batch, finished in _answers(client, pickled, left):
                if finished is not None:
                    yield finished
                elif alone:
                    yield [(place, LOST) for place, _ in batch]
                else:
                    again += batch
            left = batches(again, 1)
            if not left:
                return


def _answers(
    client: Any, pickled: bytes, todo: list[list[Numbered]]
) -> Iterator[tuple[list[Numbered], list[Told] | None]]:
    """Each batch with its outcomes, None where it lost its workers."""
    dask = _dask()
    waiting = {client.submit(run_batch, pickled, batch, pure=False): batch for batch in todo}
    with client.as_current():
        done = dask.as_completed(list(waiting))
    try:
        for future in done:
            try:
                finished = future.result()
            except dask.KilledWorker:
                finished = None
            except Exception as error:
                raise ClusterError(f"the cluster ended before the work was done: {error}") from error
            yield waiting[future], finished
    finally:
        client.cancel([future for future in waiting if not future.done()])


@contextmanager
def _client(address: str, jobs: int) -> Generator[Any]:
    dask = _dask()
    own: Any = None
    try:
        if address == LOCAL:
            own = dask.LocalCluster(
                n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
            )
        client = dask.Client(own if own is not None else address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        if own is not None:
            own.close()
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({' '.join(str(error).split()) or type(error).__name__}); "
            f"expected an address such as tcp://host:8786, or `{LOCAL}`"
        ) from error
    try:
        yield client
    finally:
        client.close()
        if own is not None:
            own.close()


def _dask() -> Any:
    """The library, which not everybody has."""
    try:
        return import_module("distributed")
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install 'groma[cluster]'") from None


def _alike(client: Any) -> int:
    """The number of workers. Raises ClusterError where there are none or one runs other versions."""
    here = _versions()
    try:
        there: dict[str, dict[str, str]] = client.run(_versions)
    except ModuleNotFoundError as error:
        raise ClusterError(f"the workers of the cluster lack Groma ({error}): install it there") from error
    if not there:
        raise ClusterError("the cluster has no workers: start some (dask worker ADDRESS)")
    for worker, versions in sorted(there.items()):
        for name in ALIKE:
            if versions[name] != here[name]:
                raise ClusterError(
                    f"{worker} runs {name} {versions[name]}, this machine {here[name]}: results could differ; "
                    "install the same versions"
                )
    return len(there)


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    from groma import __version__

    found = {"groma": __version__}
    for name in ALIKE[1:]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
