"""The verbs of the command line for Python programs and notebooks: `load`, `assess`, `survey`, `design`, `write`, ...

Each is a thin composition of the rooms below; the commands call these and add words and exit statuses. Nothing heavy is
imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groma.progress import UNHEARD, Progress
from groma.workers import ALONE, Asked, Crew

if TYPE_CHECKING:
    from groma.analyses.simulation import Answer
    from groma.analyses.uncertainty.drawn import Shared
    from groma.catalog import Catalog
    from groma.design import Blueprint
    from groma.documents.write import Prepared
    from groma.model.difference import Difference
    from groma.model.elements import Model
    from groma.model.figure import Ledger
    from groma.model.finding import Finding
    from groma.model.scenario import Scenario
    from groma.patterns import Pattern, Space
    from groma.rules import Checked
    from groma.survey import Diagnosis, TakenIn
    from groma.survey.review import Practice, Review
    from groma.survey.website import Website

__all__ = [
    "Assessment",
    "Check",
    "ChoiceError",
    "assess",
    "catalog",
    "check",
    "design",
    "diff",
    "findings",
    "load",
    "patterns",
    "prepare",
    "review",
    "scenarios",
    "simulate",
    "space",
    "study",
    "survey",
    "write",
]


class ChoiceError(ValueError):
    """An answer that is to be kept or refused isn't one of the design's; the message names those that are."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A model with all its figures, its needs' verdicts (`ledger.needs`) and the findings of the rules."""

    model: Model
    ledger: Ledger
    findings: tuple[Finding, ...]

    @property
    def verdicts(self) -> Mapping[str, str]:
        """Need -> `met`, `missed`, `undecided`, `disputed` or `not shown`."""
        return {result.need: result.verdict for result in self.ledger.needs}


def load(path: Path | str, *, stage: str | None = None) -> Model:
    """The model of a file and its includes, at a stage if one is named. Raises ModelError with every problem."""
    from groma.model.load import load as read_model

    return read_model(Path(path), stage=stage)


def catalog(folders: Iterable[Path | str] = ()) -> Catalog:
    """What Groma knows of products, prices and hardware, with tables of your own laid over it."""
    from groma.catalog import load_catalog

    return load_catalog([Path(folder) for folder in folders])


def patterns(brief: Path | str | None = None) -> dict[str, Pattern]:
    """The patterns by name: shipped, installed, and those of a `patterns` folder beside the brief."""
    from groma.patterns import library

    beside = [] if brief is None else [Path(brief).parent / "patterns"]
    return library([folder for folder in beside if folder.is_dir()])


def assess(
    model: Model | Path | str,
    *,
    stage: str | None = None,
    catalog: Catalog | None = None,
    rules: Iterable[Path | str] = (),
) -> Assessment:
    """All figures, needs and findings of a model. `rules` are folders of rules of your own: they are run as Python."""
    from groma.analyses import assess as figures_of
    from groma.rules import rules as known_rules
    from groma.rules import run

    read = load(model, stage=stage) if isinstance(model, Path | str) else model
    tables = catalog if catalog is not None else _catalog()
    ledger = figures_of(read, tables)
    chosen = known_rules([Path(folder) for folder in rules], phase="assess").values()
    return Assessment(read, ledger, run(read, ledger, catalog=tables, only=chosen))


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at in a model before it is built, rule by rule; the figures asked for are in `ledger`."""

    model: Model
    ledger: Ledger
    checked: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first, then by id."""
        from groma.rules import ranked

        return ranked(self.checked)

    @property
    def looked_at(self) -> int:
        """How many places were looked at."""
        return sum(each.looked_at for each in self.checked)


def check(
    model: Model | Path | str,
    *,
    stage: str | None = None,
    catalog: Catalog | None = None,
    rules: Iterable[Path | str] = (),
) -> Check:
    """What a builder would have to guess in a model; of a brief, what it asks for that a neighbour does.

    `rules` are folders of rules of your own: they are run as Python.
    """
    from groma.model.figure import Ledger
    from groma.rules import checked
    from groma.rules import rules as known_rules

    read = load(model, stage=stage) if isinstance(model, Path | str) else model
    tables = catalog if catalog is not None else _catalog()
    phase = "brief" if read.wants else "build"
    chosen = known_rules([Path(folder) for folder in rules], phase=phase).values()
    ledger = Ledger(read.digest)
    return Check(read, ledger, checked(read, ledger, catalog=tables, only=chosen))


def scenarios(model: Model, path: Path | str | None = None) -> dict[str, Scenario]:
    """Scenarios by name: those of a file if one is given, else the model's own and then those that every model gets."""
    from groma.analyses.simulation import scenarios_of
    from groma.model.load import load_scenarios

    return scenarios_of(model) if path is None else load_scenarios(Path(path), model)


def simulate(
    model: Model,
    only: Iterable[str] = (),
    *,
    load: float = 1.0,
    replications: int = 8,
    seed: int = 1,
    saved_by: bool = False,
    threshold: bool = False,
    progress: Progress = UNHEARD,
) -> dict[str, Answer]:
    """The scenarios of a model (`only` those named), each beside the undisturbed system: whether it comes back, when,
    what is lost; with `saved_by` which policy would have saved it, with `threshold` the load up to which it comes back.

    Raises KeyError for a scenario that there isn't.
    """
    from groma.analyses.held_within import may_stand_still
    from groma.analyses.simulation import Plan, PutThrough, answer_of, scenarios_of

    known = scenarios_of(model)
    chosen = {name: known[name] for name in only} or known
    circles = may_stand_still(model, _catalog())
    work = PutThrough(model, chosen, Plan(load, replications, seed, saved_by, threshold), circles)
    found: dict[str, Answer] = {}
    for number, name in enumerate(chosen):
        progress.step(chosen[name].title or name, number, len(chosen))
        found[name] = answer_of(work(name))
    return found


def study(
    assessed: Assessment,
    *,
    catalog: Catalog | None = None,
    samples: int = 1024,
    seed: str = "groma",
    shared: Shared | None = None,
) -> Assessment:
    """The assessment with how its figures spread over what isn't known better, which fact matters most, and how much
    load they stand: figures `spread/...`, `chance/...`, `swing/...`, `variance/...` and `envelope/...` of its ledger.

    `samples` are the points at which each figure is worked out at least; `shared` works them out elsewhere than in
    this process.
    """
    from dataclasses import replace

    from groma.analyses.uncertainty.study import studied, thorough

    tables = catalog if catalog is not None else _catalog()
    efforts = thorough(samples)
    ledger = studied(assessed.model, assessed.ledger, tables, efforts, shared=shared, seed=seed)
    return replace(assessed, ledger=ledger)


def space(
    brief: Path | str,
    *,
    keep: Sequence[str] = (),
    refuse: Sequence[str] = (),
    patterns: Mapping[str, Pattern] | None = None,
) -> Space:
    """What a brief leaves to be chosen. `keep` and `refuse` are answers written `role=option`.

    Raises ModelError for a brief that says something wrong, ChoiceError for an answer that isn't there.
    """
    from groma.model.position import ModelError
    from groma.model.validate import validate_brief
    from groma.patterns import open_model, resolve

    library = patterns if patterns is not None else _patterns(brief)
    found = resolve(Path(brief), library)
    if found.roles:
        problems = validate_brief(found.given, open_model(found))
        if problems:
            raise ModelError(problems)
    return _held(found, keep, refuse)


def design(
    brief: Path | str | Space,
    *,
    keep: Sequence[str] = (),
    refuse: Sequence[str] = (),
    catalog: Catalog | None = None,
    patterns: Mapping[str, Pattern] | None = None,
    progress: Progress = UNHEARD,
    crew: Crew = ALONE,
    recommending: Callable[[Model, Asked[Ledger]], object] | None = None,
) -> Blueprint:
    """The blueprint of a brief: proven proposals, what each need costs, what was rejected and why. With a crew of other
    processes it is there sooner, and the same. `recommending` is told of the recommended design, its model and its
    figures, long before the end, so that its documents can be prepared (`prepare`) beside the search."""
    from groma.design import design as designed

    if isinstance(brief, Path | str):
        brief = space(brief, keep=keep, refuse=refuse, patterns=patterns)
    elif keep or refuse:
        brief = _held(brief, keep, refuse)
    tables = catalog if catalog is not None else _catalog()
    return designed(brief, tables, brief.patterns, progress=progress, crew=crew, recommending=recommending)


def findings(blueprint: Blueprint, *, catalog: Catalog | None = None) -> tuple[Finding, ...]:
    """What rules find in the proposal that a blueprint recommends, worst first; nothing where none is."""
    from groma.rules import run

    best = blueprint.best
    tables = catalog if catalog is not None else _catalog()
    return () if best is None else run(best.model, best.ledger, catalog=tables)


def review(path: Path | str, *, practice: Practice = "ai") -> Review:
    """Somebody else's design document held against what the deliverables of a practice must contain.

    Raises DesignError for what is no document in Markdown, HTML or DOCX.
    """
    from groma.importers.designs import read_design
    from groma.survey.review import review as reviewed

    return reviewed(read_design(Path(path)), practice)


def survey(
    what: TakenIn | Path | str,
    *,
    stage: str | None = None,
    catalog: Catalog | None = None,
    rules: Iterable[Path | str] = (),
    causes: Iterable[Path | str] = (),
    website: Website | None = None,
    progress: Progress = UNHEARD,
) -> Diagnosis:
    """Why it is as it is: the causes behind what rules find, in the order of what they cost, and one verdict.

    `what` is a model file, a brief (surveyed as it stands today), or a folder of raw files. `rules` and `causes` are
    folders of your own: they are run as Python. What an audit found in a `website` joins the symptoms. Raises
    ModelError, and NoIntakeError for a folder without anything.
    """
    from dataclasses import replace

    from groma.analyses import assess as figures_of
    from groma.rules import rules as known_rules
    from groma.survey import all_causes, diagnose, take_in

    taken = take_in(Path(what)) if isinstance(what, Path | str) else what
    standing = taken.standing(stage=stage)
    tables = catalog if catalog is not None else _catalog()
    progress.step("figures", 0)
    ledger = figures_of(standing.model, tables, twice=False)
    found = diagnose(
        standing.model,
        ledger,
        catalog=tables,
        only=known_rules([Path(folder) for folder in rules], phase="assess").values(),
        known=(
            *all_causes([Path(folder) for folder in causes]).values(),
            *(website.causes() if website is not None else ()),
        ),
        observed=website.symptoms() if website is not None else (),
        gaps=(*taken.gaps, *standing.gaps),
        unheard_of=standing.unheard_of,
        progress=progress,
    )
    return replace(found, origins=taken.origins)


def write(
    what: Assessment | Blueprint | Diagnosis,
    *,
    formats: Sequence[str] = ("html", "pdf", "docx", "md"),
    document: str | None = None,
    catalog: Catalog | None = None,
    brief: Model | None = None,
    today: Assessment | None = None,
    found: tuple[Finding, ...] | None = None,
    prepared: Asked[Prepared] | None = None,
    crew: Crew = ALONE,
) -> dict[str, bytes]:
    """The documents of an assessment, a blueprint or a survey as files: path inside the folder -> content.

    `brief` is what a blueprint's documents are about where no design meets the needs; `today` how the work is done
    before it, for costs before and after; `found` what `findings` found in a blueprint, `prepared` what `prepare` was
    asked of its recommended proposal; else both are worked out here.

    Raises ValueError for a document there isn't, or for a blueprint without a proposal when no brief is given.
    """
    from groma.documents.write import files, write_blueprint, write_model, write_survey
    from groma.survey import Diagnosis

    if isinstance(what, Diagnosis):
        return files(write_survey(what), formats)
    tables = catalog if catalog is not None else _catalog()
    if isinstance(what, Assessment):
        return files(
            write_model(what.model, what.ledger, what.findings, tables, only=document, crew=crew),
            formats,
            crew,
        )
    best = what.best
    about = best.model if best is not None else brief
    if about is None:
        raise ValueError("no design meets the needs: give the brief, so that documents can say so")
    told = found if found is not None else findings(what, catalog=tables)
    before = None if today is None else (today.model, today.ledger)
    return files(
        write_blueprint(what, about, told, tables, today=before, prepared=prepared, only=document, crew=crew),
        formats,
        crew,
    )


def prepare(
    model: Model, figures: Asked[Ledger], crew: Crew, *, catalog: Catalog | None = None
) -> Asked[Prepared]:
    """What the documents of a proposal tell beyond its figures, asked of a crew before they are written."""
    from groma.documents import write as documents

    return crew.ask(documents.prepare, model, figures, catalog if catalog is not None else _catalog())


def diff(before: Assessment, after: Assessment) -> Difference:
    """What differs between two assessed models: elements, figures beyond their intervals, verdicts."""
    from groma.model.difference import difference

    return difference(before.model, after.model, before.ledger, after.ledger)


def _catalog() -> Catalog:
    return catalog()


def _patterns(brief: Path | str) -> dict[str, Pattern]:
    return patterns(brief)


def _held(space: Space, keep: Sequence[str], refuse: Sequence[str]) -> Space:
    """The space without the answers that are refused, or that stand beside one that is kept."""
    from dataclasses import replace

    from groma.patterns import answer

    def meant(written: str) -> tuple[str, list[str]]:
        try:
            return answer(space, written)
        except ValueError as error:
            raise ChoiceError(str(error)) from None

    kept: dict[str, set[str]] = {}
    out: set[tuple[str, str]] = set()
    for written in keep:
        role, names = meant(written)
        kept.setdefault(role, set()).update(names)
    for role, names in kept.items():
        out |= {(role, variant.name) for variant in space.role(role).variants if variant.name not in names}
    for written in refuse:
        role, names = meant(written)
        out |= {(role, name) for name in names}
    ruled_out = tuple(frozenset({literal}) for literal in sorted(out))
    return replace(space, exclusions=(*space.exclusions, *ruled_out)) if ruled_out else space
