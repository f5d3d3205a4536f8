"""Which model a command is given: a model file, or a folder that Groma wrote, not older than its model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groma.cli.errors import UserError

if TYPE_CHECKING:
    import argparse

    from groma.catalog import Catalog
    from groma.model.elements import Model
    from groma.model.figure import Ledger
    from groma.model.sources import Change

BY_NAME = ("model.yaml", "brief.yaml")


@dataclass(frozen=True, slots=True)
class Target:
    """A model file; for a folder that Groma wrote, `stale` are the files that changed since."""

    path: Path
    folder: Path | None = None
    stale: tuple[Change, ...] = ()


def target_of(given: Path) -> Target:
    """The model that a path means. Raises UserError for a folder without one."""
    if not given.is_dir():
        return Target(given)
    from groma.model.sources import changes, recorded

    record = recorded(given)
    if record is not None:
        model = given / (record.recommended or record.model)
        return Target(model, given, changes(given, record))
    for name in BY_NAME:
        if (given / name).is_file():
            return Target(given / name)
    raise UserError(f"{given}: expected a model file or a folder with {' or '.join(BY_NAME)}, found neither")


def ledger_of(target: Target, model: Model, tables: Catalog) -> Ledger:
    """The figures that a folder holds of this very model; worked out where it holds none."""
    from groma.analyses import assess
    from groma.model.figure import Ledger

    if target.folder is not None:
        try:
            known = Ledger.from_json((target.folder / "ledger.json").read_text(encoding="utf-8"))
            if known.model == model.digest and known.needs:
                return known
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
    return assess(model, tables)


def refuse_brief(path: Path, model: Model) -> None:
    """Raises UserError for a brief, whose parts are still to be chosen."""
    if model.wants:
        wanted = ", ".join(f"`{want.capability}`" for want in model.wants.values())
        raise UserError(
            f"{path}: expected a model, found a brief that wants {wanted}: its parts aren't chosen yet\n"
            f"Design it first (groma design {path}), then assess the folder that it leaves"
        )


def model_options(parser: argparse.ArgumentParser) -> None:
    """Adds what every command that works figures out can be told: the stage, tables and rules of one's own."""
    parser.add_argument("--stage", metavar="NAME", help="the model as it is at this stage")
    catalog_option(parser)
    parser.add_argument(
        "--rules", action="append", type=Path, default=[], metavar="FOLDER",
        help="rules of your own (Python: they are run)",
    )  # fmt: skip


def catalog_option(parser: argparse.ArgumentParser) -> None:
    """Adds tables of one's own."""
    parser.add_argument(
        "--catalog", action="append", type=Path, default=[], metavar="FOLDER", help="tables of your own"
    )


def check_folders(option: str, folders: Iterable[Path]) -> None:
    """Raises UserError for a folder that isn't there."""
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{option}: expected a folder, found nothing at {folder}")
