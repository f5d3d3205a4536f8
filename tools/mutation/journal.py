"""What was tried: a line for each mutant, kept while its module and the tests that decide stay as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .operators import Mutant

CAUGHT, TIMED_OUT, SURVIVED, NOT_RUN = "caught", "timed out", "survived", "not run"


@dataclass(frozen=True, slots=True)
class Tried:
    """The end of a mutant."""

    module: str
    line: int
    where: str
    what: str
    end: str
    by: str
    """The test that caught it; empty if none did."""
    seconds: float
    of: str
    """Digest of module and mutant."""
    held: str
    """Digest of the files of tests that decide: of the one that caught it, else of all that met it."""
    files: tuple[str, ...]
    budget: float = 0.0
    """Seconds of tests that it met at most."""
    placed: bool = False
    """Whether it was put in place of a loaded function, not imported."""


class Journal:
    """Appended to as mutants end; a line cut by an interruption is passed over."""

    def __init__(self, path: Path, tests: Path) -> None:
        self.path, self.tests = path, tests
        self.kept: dict[str, Tried] = {}
        self._digests: dict[tuple[str, ...], str] = {}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for line in lines:
            try:
                read: dict[str, Any] = json.loads(line)
                tried = Tried(**{**read, "files": tuple(read["files"])})
            except (ValueError, TypeError, KeyError):
                continue
            self.kept[tried.of] = tried

    def find(
        self, source: bytes, module: str, mutant: Mutant, files: Sequence[str], budget: float = 0.0
    ) -> Tried | None:
        """What was found before, if it still holds: nothing that decides it has changed.

        A survivor isn't known any more where it is to meet more files, or more of them.
        """
        tried = self.kept.get(digest(source, module, mutant))
        if tried is None or tried.held != self.digest(tried.files):
            return None
        survived = tried.end in (SURVIVED, NOT_RUN)
        if survived and (budget > tried.budget or not set(files) <= set(tried.files)):
            return None
        return tried

    def add(self, tried: Tried) -> None:
        """Keeps it at once."""
        self.kept[tried.of] = tried
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(tried)) + "\n")

    def digest(self, files: Sequence[str]) -> str:
        """Of what files of tests hold."""
        names = tuple(sorted(files))
        if names not in self._digests:
            together = hashlib.sha256()
            for name in names:
                path = self.tests / name
                together.update(path.read_bytes() if path.exists() else b"")
            self._digests[names] = together.hexdigest()
        return self._digests[names]


def digest(source: bytes, module: str, mutant: Mutant) -> str:
    """Of a module's source and a mutant of it."""
    told = f"{module}\0{mutant.start}\0{mutant.end}\0{mutant.text}\0".encode()
    return hashlib.sha256(told + source).hexdigest()
