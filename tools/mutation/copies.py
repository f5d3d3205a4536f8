"""A copy of the project in which mutants are tried, so that the tree itself is never touched."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

SOURCES = Path("src/groma")
KERNEL = SOURCES / "solvers/simulation/kernel.py"
BUILT = "compiled_kernel*"


class Copy:
    """The project's files in `folder/copy`, the reference cases beside it as beside the checkout."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.root = folder / "copy"
        self.root.mkdir(parents=True, exist_ok=True)
        shared = folder / "shared"
        if not shared.exists() and (project.parent / "shared").is_dir():
            shared.symlink_to((project.parent / "shared").resolve())
        self._bring(project)

    def _bring(self, project: Path) -> None:
        """Writes what changed, deletes what is gone; what was compiled from unchanged files stays."""
        asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = (
            subprocess.run(asked, cwd=project, capture_output=True, check=True).stdout.decode().split("\0")
        )
        names = {name for name in listed if name and (project / name).is_file()}
        names |= {str(p.relative_to(project)) for p in (project / KERNEL).parent.glob(BUILT)}
        for there in [p for p in self.root.rglob("*") if p.is_file()]:
            name = str(there.relative_to(self.root))
            if name not in names and "__pycache__" not in name:
                there.unlink()
        for name in sorted(names):
            source, target = project / name, self.root / name
            data = source.read_bytes()
            if not target.exists() or target.read_bytes() != data:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                shutil.copymode(source, target)
                with suppress(FileNotFoundError):
                    os.unlink(cache_from_source(str(target)))
            # Children compile nothing: a mutant written within the second of the last would meet its bytecode.
            python = name.startswith("src/") and name.endswith(".py")
            if python and not Path(cache_from_source(str(target))).exists():
                py_compile.compile(str(target))

    def read(self, module: str) -> bytes:
        """Source of `solvers/queueing/erlang`, say."""
        return (self.root / SOURCES / f"{module}.py").read_bytes()

    def modules(self) -> list[str]:
        """All of them, by path below the package and without suffix."""
        base = self.root / SOURCES
        return sorted(str(p.relative_to(base).with_suffix("")) for p in base.rglob("*.py"))

    def write(self, module: str, source: bytes) -> None:
        """Puts another source in the place of a module's; no bytecode is left of it."""
        path = self.root / SOURCES / f"{module}.py"
        path.write_bytes(source)
        with suppress(FileNotFoundError):
            os.unlink(cache_from_source(str(path)))

    def restore(self, module: str, source: bytes) -> None:
        """As it was."""
        self.write(module, source)
        py_compile.compile(str(self.root / SOURCES / f"{module}.py"))

    def build_kernel(self) -> bool:
        """Compiles the simulator's kernel as it stands in the copy, with little optimisation; whether that worked."""
        script = (
            "import hatch_build as h; h.FLAGS[:] = ['-O1', *h.FLAGS[1:-1], '-DCYTHON_INLINE=inline'];"
            " print(h.build())"
        )
        said = subprocess.run(
            [sys.executable, "-c", script], cwd=self.root, capture_output=True, text=True, check=False
        )
        return "was built" in said.stdout or "up to date" in said.stdout

    def set_aside(self) -> dict[Path, bytes]:
        """The compiled kernel's files, to be put back by `put_back`."""
        return {path: path.read_bytes() for path in (self.root / KERNEL).parent.glob(BUILT)}

    def put_back(self, files: dict[Path, bytes]) -> None:
        """The compiled kernel as it was."""
        for path in (self.root / KERNEL).parent.glob(BUILT):
            if path not in files:
                path.unlink()
        for path, data in files.items():
            path.write_bytes(data)
