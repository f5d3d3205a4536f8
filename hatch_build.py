"""Builds the compiled kernel of the simulator from its Python source, where Cython and a C compiler are at hand.

Without them the package works all the same, slower. `python hatch_build.py` builds in place; hatchling calls the hook
for wheels and editable installs. Numbers of `layout.py` are written into a copy of the source as literals (C makes a
switch of them only then).
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

ROOM = Path(__file__).parent / "src" / "groma" / "solvers" / "simulation"
MODULE = "groma.solvers.simulation.compiled_kernel"
FLAGS = [
    "-O3",
    "-fPIC",
    "-shared",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fwrapv",
    "-w",
    "-DCYTHON_INLINE=inline __attribute__((always_inline))",
]
"""No contraction of floating-point operations: results are to be those of Python."""


def build() -> str:
    """Builds in place; says in a line what was done or why not."""
    try:
        from Cython.Compiler.Main import CompilationOptions, compile_single
    except ImportError:
        return "simulator: Cython isn't installed; the interpreted kernel will serve, slower"
    target = ROOM / f"compiled_kernel{sysconfig.get_config_var('EXT_SUFFIX')}"
    mark = ROOM / "compiled_kernel.digest"
    sources = [(ROOM / name).read_bytes() for name in ("kernel.py", "layout.py")]
    digest = hashlib.sha256(b"".join(sources)).hexdigest()
    if target.exists() and mark.exists() and mark.read_text("ascii").strip() == digest:
        return "simulator: the compiled kernel is up to date"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "compiled_kernel.py"
        source.write_text(literal(sources[0].decode(), numbers(sources[1].decode())), "utf-8")
        options = CompilationOptions(
            language_level=3,
            compiler_directives={
                "boundscheck": False,
                "wraparound": False,
                "initializedcheck": False,
                "cdivision": True,
            },
            output_file=str(source.with_suffix(".c")),
        )
        if compile_single(str(source), options, MODULE).num_errors:
            return "simulator: Cython could not translate the kernel; the interpreted one will serve, slower"
        shared = Path(folder) / target.name
        compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()
        include = sysconfig.get_paths()["include"]
        extra = ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
        command = [
            *compiler,
            *FLAGS,
            *extra,
            f"-I{include}",
            str(source.with_suffix(".c")),
            "-lm",
            "-o",
            str(shared),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return "simulator: there is no C compiler; the interpreted kernel will serve, slower"
        if done.returncode:
            first = next(iter(done.stderr.strip().splitlines()), "the compiler failed")
            return f"simulator: {first}; the interpreted kernel will serve, slower"
        mark.unlink(missing_ok=True)
        partial = target.with_suffix(".part")
        partial.write_bytes(shared.read_bytes())
        partial.replace(target)
        mark.write_text(digest + "\n", "ascii")
    return "simulator: the compiled kernel was built"


def numbers(layout: str) -> dict[str, int]:
    """The constants of `layout.py`."""
    names: dict[str, Any] = {}
    exec(compile(layout, "layout.py", "exec"), names)
    return {name: value for name, value in names.items() if name.isupper() and isinstance(value, int)}


def literal(source: str, constants: dict[str, int]) -> str:
    """The source with each constant's number in the place of its name, and without their import."""
    source = re.sub(r"^from groma\.solvers\.simulation\.layout import .*\n", "", source, flags=re.M)
    return re.sub(r"\b[A-Z][A-Z_0-9]*\b", lambda m: str(constants.get(m[0], m[0])), source)


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass
else:

    class KernelHook(BuildHookInterface[Any]):
        """Called by hatchling: builds, and puts what was built into the wheel."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Before files are collected."""
            said = build()
            self.app.display_info(said)
            built = sorted(ROOM.glob(f"compiled_kernel*{sysconfig.get_config_var('EXT_SUFFIX')}"))
            if built:
                build_data["pure_python"] = False
                build_data["infer_tag"] = True
                build_data["artifacts"] += [f"/{p.relative_to(Path(__file__).parent)}" for p in built]
                build_data["artifacts"].append("/src/groma/solvers/simulation/compiled_kernel.digest")


if __name__ == "__main__":
    print(build())
