"""From files to a model: read the text, follow the includes, lay stages over it, bind, resolve, validate.

Stages of one compiler, each a function: text -> tree (`source`) -> one merged tree (here) -> elements (`grammar`)
-> checked model (`validate`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from pathlib import Path
from typing import Any

from groma.model.core_schema import is_null
from groma.model.elements import Fact, Model
from groma.model.grammar import Reader, Record, Table, bind, what
from groma.model.position import ModelError, Position, Problem
from groma.model.scenario import Scenario
from groma.model.source import Mapping, Node, Scalar, Sequence, parse, read
from groma.model.stages import STAGED, at_stage
from groma.model.validate import validate
from groma.model.validate_decisions import compared

VERSION = "1"
FOLDERS = "groma.folders"
MOST_FILES = 200


def load(path: Path, *, stage: str | None = None, check: bool = True) -> Model:
    """The model of a file and everything it includes, at a stage if one is named.

    Raises ModelError with every problem found.
    """
    texts: dict[str, str] = {}
    root = _read_tree(path, path.name, texts, [])
    return model_of(root, path.parent, texts, stage=stage, check=check)


def loads(text: str, *, file: str = "model.yaml", folder: Path = Path(), stage: str | None = None) -> Model:
    """The model of a text; includes and tables are looked up in `folder`."""
    texts = {file: text}
    root = _with_includes(_root(parse(text, file), file), folder, texts, [file])
    return model_of(root, folder, texts, stage=stage)


def tree(path: Path) -> Mapping:
    """The merged tree of a file and its includes, not bound yet (what the designer expands)."""
    return _read_tree(path, path.name, {}, [])


def model_of(
    root: Mapping,
    folder: Path,
    texts: MappingOf[str, str],
    *,
    stage: str | None = None,
    check: bool = True,
    alone: bool = False,
) -> Model:
    """Bind and validate a merged tree; `texts` are the files it came from.

    Without a stage every stage is checked too, so that a mistake in one doesn't wait until somebody asks for it; at a
    stage those are read that its open decisions compare, unless it is wanted `alone`.
    """
    reader = Reader(folder=str(folder))
    whole = root
    _check_version(root, reader)
    root, stages = at_stage(root, stage, reader)
    body = Mapping(
        tuple((k, v) for k, v in root.entries if k.value not in ("groma", "include")),
        root.at,
        root.end,
        False,
    )
    reader.facts = _facts(body, reader)
    model: Model = bind(Model, body, "", reader, name="", at=root.at)
    known = {name: fact for name, fact in reader.facts.items() if fact is not None}
    model = replace(
        model,
        facts=known,
        digest=_digest(texts),
        files=tuple(sorted(texts)),
        stages=stages or model.stages,
    )
    if check and not reader.problems:
        reader.problems.extend(validate(model))
    if check and not alone and not reader.problems:
        states: dict[str, Model] = {}
        for name in model.stages if stage is None else compared(model):
            try:
                states[name] = model_of(whole, folder, texts, stage=name, alone=True)
            except ModelError as error:
                reader.problems.extend(error.problems)
        model = replace(model, states=states)
    if reader.problems:
        raise ModelError(reader.problems)
    return model


def load_scenarios(path: Path, model: Model) -> dict[str, Scenario]:
    """The scenarios of a file of their own, for a model; facts of the model may stand in it as `$name`.

    Raises ModelError with every problem found.
    """
    root = _root(parse(read(path, path.name), path.name), path.name)
    reader = Reader(folder=str(path.parent))
    reader.facts = dict(model.facts)
    node = root.get("scenarios")
    for key, _ in root.entries:
        if key.value not in ("groma", "scenarios"):
            reader.problem(key.at, f"a file of scenarios has `groma` and `scenarios`, found `{key.value}`")
    if node is None:
        reader.problem(root.at, "expected `scenarios:` with a plan of events for each name, found none")
        raise ModelError(reader.problems)
    found = Table(Record("Scenario", Scenario)).read(node, "scenarios", reader)
    if not reader.problems:
        reader.problems.extend(validate(replace(model, scenarios=found)))
    if reader.problems:
        raise ModelError(reader.problems)
    return dict(found)


def _digest(texts: MappingOf[str, str]) -> str:
    whole = hashlib.sha256()
    for file in sorted(texts):
        whole.update(f"{file}\0{texts[file]}\0".encode())
    return whole.hexdigest()


def _root(node: Node, file: str) -> Mapping:
    if not isinstance(node, Mapping):
        raise ModelError(
            Problem(node.at, f"expected a model: a mapping that begins with `groma: 1`, found {what(node)}")
        )
    return replace(node, entries=tuple(entry for entry in node.entries if not _all_remarks(*entry)))


def _all_remarks(key: Scalar, value: Node) -> bool:
    """Whether this is `facts:` with nothing but remarks below it, as a brief has it before anybody stated one."""
    return key.value == "facts" and isinstance(value, Scalar) and is_null(value)


def _read_tree(path: Path, name: str, texts: dict[str, str], above: list[str]) -> Mapping:
    text = read(path, name)
    texts[name] = text
    return _with_includes(_root(parse(text, name), name), path.parent, texts, [*above, name])


def _with_includes(root: Mapping, folder: Path, texts: dict[str, str], above: list[str]) -> Mapping:
    node = root.get("include")
    if node is None:
        return root
    items = node.items if isinstance(node, Sequence) else (node,)
    merged = root
    problems: list[Problem] = []
    for item in items:
        name, only = _included(item, problems)
        if name is None:
            continue
        if name in above:
            problems.append(
                Problem(item.at, f"include: `{name}` includes itself ({' -> '.join([*above, name])})")
            )
            continue
        if Path(name).is_absolute() or ".." in Path(name).parts:
            problems.append(Problem(item.at, f"include: `{name}` is outside the folder of this file"))
            continue
        if name in texts:
            continue
        if len(texts) >= MOST_FILES:
            problems.append(Problem(item.at, f"include: more than {MOST_FILES} files"))
            continue
        try:
            if (folder / name).is_dir():
                other = _read_folder(folder / name, name, texts, item.at)
            elif (folder / name).is_file():
                other = _read_tree(folder / name, name, texts, above)
            else:
                problems.append(Problem(item.at, f"include: there is no file `{name}` beside this one"))
                continue
        except ModelError as error:
            problems.extend(error.problems)
            continue
        merged = _merge(merged, other if only is None else _only(other, only), problems)
    if problems:
        raise ModelError(problems)
    return merged


def _included(item: Node, problems: list[Problem]) -> tuple[str | None, frozenset[str] | None]:
    """What one entry of `include` names, and the sections that are taken of it: all of them where it is a name."""
    if isinstance(item, Scalar) and item.value:
        return item.value, None
    start, only = (item.get("from"), item.get("only")) if isinstance(item, Mapping) else (None, None)
    wanted = only.items if isinstance(only, Sequence) else (only,)
    names = [word.value for word in wanted if isinstance(word, Scalar)]
    if not isinstance(start, Scalar) or len(names) < len(wanted) or not {*names} <= {*STAGED}:
        problems.append(
            Problem(
                item.at,
                "include: expected the name of a file or folder beside this one, or `{from: NAME, only: [facts]}` with "
                f"sections of a model ({', '.join(STAGED)})",
            )
        )
        return None, None
    return start.value, frozenset(names)


def _only(tree: Mapping, sections: frozenset[str]) -> Mapping:
    return replace(tree, entries=tuple(entry for entry in tree.entries if entry[0].value in sections))


def _read_folder(path: Path, name: str, texts: dict[str, str], at: Position) -> Mapping:
    """The tree of a folder of raw files, as the installed reader of such folders tells it.

    Readers stand above the model, so it finds them by the entry point `groma.folders`: a callable that gives the text
    of a model and the files it was read from, and raises ModelError.
    """
    from importlib.metadata import entry_points

    points = sorted(entry_points(group=FOLDERS), key=lambda point: point.name)
    if not points:
        raise ModelError(
            Problem(at, f"include: `{name}` is a folder, and nothing that reads folders is installed")
        )
    read_folder: Callable[[Path], tuple[str, Iterable[Path]]] = points[0].load()
    text, files = read_folder(path)
    for file in files:
        within = file.relative_to(path).as_posix()
        texts[f"{name}/{within}"] = hashlib.sha256(file.read_bytes()).hexdigest()
    return _root(parse(text, name), name)


def _merge(first: Mapping, second: Mapping, problems: list[Problem]) -> Mapping:
    """Two files' sections put together; the same name twice is a problem, so is a heading with two values."""
    known = {key.value: (key, value) for key, value in first.entries}
    for key, value in second.entries:
        if key.value in ("groma", "include"):
            continue
        if key.value not in known:
            known[key.value] = (key, value)
            continue
        mine_key, mine = known[key.value]
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            names = {name.value: name for name, _ in mine.entries}
            for name, _ in value.entries:
                if name.value in names:
                    problems.append(
                        Problem(
                            name.at,
                            f"{key.value}.{name.value} is defined twice: first at {names[name.value].at}",
                        )
                    )
            known[key.value] = (mine_key, replace(mine, entries=mine.entries + value.entries))
        else:
            problems.append(Problem(key.at, f"`{key.value}` is given twice: first at {mine_key.at}"))
    return replace(first, entries=tuple(known.values()))


def _check_version(root: Mapping, reader: Reader) -> None:
    version = root.get("groma")
    if version is None:
        reader.problem(
            root.at, f"the model does not say which language it is written in: begin with `groma: {VERSION}`"
        )
    elif not isinstance(version, Scalar) or version.value != VERSION:
        found = version.value if isinstance(version, Scalar) else "something else"
        reader.problem(version.at, f"groma: expected version `{VERSION}` of the language, found `{found}`")


def _facts(body: Mapping, reader: Reader) -> dict[str, Any]:
    """Facts are bound first, so that `$name` can stand for them; their problems are found again later."""
    node = body.get("facts")
    if not isinstance(node, Mapping):
        return {}
    apart = Reader(folder=reader.folder)
    facts: dict[str, Any] = {}
    for name, value in node.entries:
        fact: Fact | None = bind(Fact, value, f"facts.{name.value}", apart, name=name.value, at=name.at)
        broken = any(problem.position.line == name.at.line for problem in apart.problems)
        facts[name.value] = None if fact is None or broken else _with_provenance(fact)
    return facts


def _with_provenance(fact: Fact) -> Fact:
    """The fact with its range, source and date put into its quantity, which is what the model hands on."""
    known = None if fact.known is None else fact.known.known or (fact.known.mean, fact.known.mean)
    value = replace(
        fact.value, source=fact.source, date=fact.date, fact=fact.name, known=known or fact.value.known
    )
    return replace(fact, value=value)
