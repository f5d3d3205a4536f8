"""Which files a result was made from, and whether they still say what they said then.

A document that is older than its model is worse than none, since nobody sees it. So whoever writes a folder of
documents leaves `sources.json` in it: the SHA-256 of each file of the model and of each file that the model names
(facts, traces of tokens and times), relative to the folder, and of the models that lie in the folder itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groma.model.elements import Model

RECORD = "sources.json"
MOST_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Sources:
    """The model file a folder was made from, and the digest of everything behind it, by path relative to the folder."""

    model: str
    digests: Mapping[str, str]
    made: str = ""
    """What was made: `blueprint` or `documents`."""
    recommended: str = ""
    """The model of the folder that its documents are about, where it holds several."""

    def to_json(self) -> str:
        data = {"sources": 1, "made": self.made, "model": self.model, "recommended": self.recommended,
                "files": dict(sorted(self.digests.items()))}  # fmt: skip
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not what it was: `changed` or `gone`."""

    file: str
    how: str


def files_of(path: Path, model: Model) -> tuple[Path, ...]:
    """The files behind a model: its own, its includes, and those beside it or below that it names; sorted."""
    folder = path.parent
    own = [folder / name for name in model.files]
    if not own:
        own = [path]
    texts = "\n".join(file.read_text(encoding="utf-8") for file in own if file.is_file())
    named = [file for file in _below(folder) if file not in own and _names(texts, file.relative_to(folder))]
    return tuple(sorted({*own, *named}))


def sources(path: Path, model: Model, folder: Path, *, made: str = "", recommended: str = "") -> Sources:
    """What a folder written from a model is to remember; paths are written relative to that folder."""
    digests = {_relative(file, folder): _digest(file) for file in files_of(path, model)}
    return Sources(_relative(path, folder), digests, made, recommended)


def with_own(record: Sources, files: Mapping[str, bytes]) -> Sources:
    """The same with the models that will lie in the folder itself, and what those are read with."""
    own = {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name.endswith((".yaml", ".csv"))
    }
    return Sources(record.model, {**record.digests, **own}, record.made, record.recommended)


def recorded(folder: Path) -> Sources | None:
    """What a folder remembers of its sources; None when it is not a folder that Groma made from a model."""
    try:
        data: Any = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        files: dict[str, str] = {str(name): str(digest) for name, digest in data["files"].items()}
        return Sources(str(data["model"]), files, str(data["made"]), str(data["recommended"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changes(folder: Path, record: Sources) -> tuple[Change, ...]:
    """The files that are not what they were when the folder was written."""
    found: list[Change] = []
    for name, digest in sorted(record.digests.items()):
        file = folder / name
        if not file.is_file():
            found.append(Change(name, "gone"))
        elif _digest(file) != digest:
            found.append(Change(name, "changed"))
    return tuple(found)


def _below(folder: Path) -> Iterable[Path]:
    """Regular files in a folder and below, hidden ones left out, in a fixed order, at most `MOST_LOOKED_AT`."""
    looked_at = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            looked_at += 1
            if looked_at > MOST_LOOKED_AT:
                return
            if not name.startswith("."):
                yield Path(parent) / name


def _names(texts: str, relative: Path) -> bool:
    """Whether a text names a file as a word of its own; a file without a suffix is never meant."""
    name = relative.as_posix()
    return bool(relative.suffix) and re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", texts) is not None


def _relative(file: Path, folder: Path) -> str:
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
