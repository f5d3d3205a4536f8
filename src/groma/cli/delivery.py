"""The work of an engagement as a list of commands, each with the folder that it leaves: what `groma deliver` runs.

A task is fresh when the files that it was made from still say what they said (`delivery.json` beside the folders).
Tasks of other doors don't wait for each other; each runs as a command of its own, so that one that fails leaves the
others alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from groma.cli.status import Status
from groma.model.engagement import SITE, Door, Engagement, Website
from groma.model.figure import Ledger
from groma.model.position import ModelError

TITLES = {
    "survey": "What was found",
    "design": "What is proposed",
    "rfp": "What bidders are asked",
    "site": "Why the website isn't found",
    "build": "The website as it is to be",
}
FOLDERS = {"survey": "audit", "design": "blueprint", "rfp": "rfp", "site": "audit", "build": "built"}
PAGES = {"build": "site/index.html"}
"""The page that a folder is entered by, where it isn't `index.html`."""
MOST_FILES = 10_000
"""Files of a folder that are looked at."""

DONE = (Status.MET, Status.MISSED, Status.UNDECIDED)
"""How a task that wrote its folder may end."""


@dataclass(frozen=True, slots=True)
class Task:
    """One command: `kind` of a door, the words after `groma`, the folder it leaves, the task it waits for; `beside` are
    further sources."""

    door: str
    kind: str
    source: Path
    words: tuple[str, ...]
    folder: Path
    after: str | None = None
    beside: tuple[Path, ...] = ()

    @property
    def page(self) -> Path:
        """The page that what it leaves is entered by."""
        return self.folder / PAGES.get(self.kind, "index.html")

    @property
    def name(self) -> str:
        return f"{self.door}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended; `said` is what it told about an error; `before` its figures of the run before."""

    task: Task
    status: int
    said: str = ""
    before: Ledger | None = field(default=None, compare=False)

    @property
    def done(self) -> bool:
        return self.status in DONE


def tasks_of(engagement: Engagement, folder: Path, out: Path) -> tuple[Task, ...]:
    """Every task of an engagement whose file lies in `folder`, in the order written."""
    site = engagement.site
    tasks = [
        task
        for door in engagement.doors.values()
        for task in _of_door(
            door, folder, out / door.name, site if site is not None and site.joins == door.name else None
        )
    ]
    return (*tasks, *(_of_site(site, folder, out / SITE) if site is not None else ()))


def _of_site(site: Website, folder: Path, out: Path) -> Iterable[Task]:
    audited = folder / site.audit
    made = out / FOLDERS["site"]
    words = ("site", "audit", str(audited), *_base(site), "--out", str(made))
    yield Task(SITE, "site", audited, words, made)
    if site.plan is not None:
        plan, made = folder / site.plan, out / FOLDERS["build"]
        yield Task(SITE, "build", plan, ("site", "build", str(plan), "--out", str(made)), made)


def _base(site: Website) -> tuple[str, ...]:
    return ("--base", site.base) if site.base else ()


def _of_door(door: Door, folder: Path, out: Path, site: Website | None) -> Iterable[Task]:
    def task(
        kind: str, source: Path, after: str | None = None, *words: str, beside: tuple[Path, ...] = ()
    ) -> Task:
        made = out / FOLDERS[kind]
        return Task(
            door.name, kind, source, (kind, str(source), "--out", str(made), *words), made, after, beside
        )

    if door.survey is not None:
        words: tuple[str, ...] = ()
        if site is not None:
            flows = (word for flow in site.enquiries for word in ("--enquiry", flow))
            words = ("--site", str(folder / site.audit), *_base(site), *flows)
        beside = (folder / site.audit,) if site is not None else ()
        yield task("survey", folder / door.survey, None, *words, beside=beside)
    if door.design is not None:
        yield task("design", folder / door.design)
    if door.rfp:
        yield task("rfp", out / FOLDERS["design"], after=f"{door.name}/design")


def digests(task: Task) -> dict[str, str]:
    """What a task is made from: each file, by its path from where the source lies, and its digest."""
    source = task.source
    files = [file for each in (source, *task.beside) for file in _files(task.kind, each)]
    found = {
        os.path.relpath(file, source.parent): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file()
    }
    if task.kind in ("site", "survey", "build"):
        found[COMMAND] = hashlib.sha256("\n".join(task.words).encode()).hexdigest()
    return found


COMMAND = "what is asked of it"
"""Stands among the files for what the engagement itself says of a task."""


def _files(kind: str, source: Path) -> Iterable[Path]:
    if kind == "rfp":
        return source / "ledger.json", source / "sources.json"
    if source.is_dir():
        return sorted(islice((file for file in source.rglob("*") if file.is_file()), MOST_FILES))
    if kind == "site":
        return (source,)
    return _of_plan(source) if kind == "build" else _of_model(source)


def _of_plan(path: Path) -> Iterable[Path]:
    """The plan of a website and the files of the model that it quotes."""
    from groma.model.source import Mapping as MappingNode
    from groma.model.source import Scalar, parse, read

    try:
        node = parse(read(path, path.name), path.name)
    except ModelError:
        return (path,)
    model = node.get("model") if isinstance(node, MappingNode) else None
    if not isinstance(model, Scalar):
        return (path,)
    return path, *_of_model(path.parent / model.value)


def _of_model(path: Path) -> Iterable[Path]:
    from groma.model.load import load
    from groma.model.sources import files_of

    try:
        return files_of(path, load(path, check=False))
    except ModelError:
        return (path,)


def why_stale(task: Task, record: Mapping[str, Mapping[str, str]]) -> tuple[str, ...] | None:
    """The files that changed since the folder was written; None when it was never written, nothing when it is fresh."""
    known = record.get(task.name)
    if known is None or not task.page.is_file():
        return None
    now = digests(task)
    return tuple(sorted(file for file in {*known, *now} if known.get(file) != now.get(file)))


def figures_of(folder: Path) -> Ledger | None:
    """The ledger that lies in a folder."""
    file = folder / "ledger.json"
    return Ledger.from_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def run_all(
    tasks: Sequence[Task], jobs: int, told: Callable[[Outcome, int], None], cores: int = 1
) -> dict[str, Outcome]:
    """Runs every task, `jobs` at a time, each after the one it waits for; tells of each as it ends. Designs are begun
    first, the largest before the others, since they take longest; `cores` are shared among the jobs.

    A task whose predecessor failed isn't run. Interrupted, the commands under way are ended and the error goes on.
    """
    todo, found = sorted(tasks, key=_size, reverse=True), dict[str, Outcome]()
    each = max(cores // jobs, 1)
    names = {task.name for task in tasks}
    running: dict[Future[Outcome], Task] = {}
    processes: list[subprocess.Popen[str]] = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while todo or running:
                for task in [t for t in todo if t.after is None or t.after not in names or t.after in found]:
                    todo.remove(task)
                    first = found.get(task.after or "")
                    if first is not None and not first.done:
                        found[task.name] = Outcome(task, first.status, f"waits for {first.task.name}")
                        told(found[task.name], len(found))
                        continue
                    running[pool.submit(_run, task, each, processes)] = task
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    task = running.pop(future)
                    found[task.name] = future.result()
                    told(found[task.name], len(found))
        except BaseException:
            for process in processes:
                process.terminate()
            raise
    return {task.name: found[task.name] for task in tasks}


def _size(task: Task) -> int:
    """What a task has to read, for those that search; the others are short."""
    if task.kind != "design":
        return 0
    return sum(file.stat().st_size for file in _of_model(task.source) if file.is_file())


def _run(task: Task, cores: int, processes: list[subprocess.Popen[str]]) -> Outcome:
    before = figures_of(task.folder)
    shared = ("--jobs", str(cores)) if task.kind == "design" else ()
    process = subprocess.Popen(
        [sys.executable, "-m", "groma", *task.words, *shared, "--quiet"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    processes.append(process)
    _, said = process.communicate()
    return Outcome(task, process.returncode, said.strip(), before)
