"""What `groma site` reads: a live site, a built folder, or answers that were kept."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from groma.cli.errors import UserError
from groma.cli.parser import Arguments

if TYPE_CHECKING:
    from groma.site import Audited, Bounds, Source, Store


class Missing(Exception):
    """A package that a live audit needs isn't there."""


def base_of(args: argparse.Namespace) -> str:
    """The address that a folder will be published at, as stated; empty where it isn't."""
    from groma.site.gather.crawl import start_of

    if args.base and start_of(args.base) is None:
        raise UserError(f"--base: expected an address such as https://www.example.com/, found `{args.base}`")
    return args.base


def source_of(args: Arguments, bounds: Bounds) -> tuple[Source, Store | None]:
    """The target as a source of answers, and the store that keeps them, to be closed by the caller."""
    from groma.site import Folder, Live, MissingExtraError, Recorded, Store, going_on
    from groma.site.gather.crawl import start_of

    path = Path(args.target)
    if path.is_dir():
        return Folder(path, base_of(args), hosts=args.host), None
    if path.is_file():
        store = Store(path)
        return _kept(path, store), store
    start = start_of(args.target)
    if start is None or (":" not in args.target and "." not in args.target):
        raise UserError(
            f"{args.target}: expected an address such as https://www.example.com/, a folder, or a file of answers; "
            "there is nothing of that name"
        )
    try:
        live = Live(start, hosts=args.host, concurrency=bounds.concurrency, seconds=bounds.per_page_seconds)
    except MissingExtraError as error:
        raise Missing(str(error)) from None
    keep = args.keep or (args.out.with_name(args.out.name + ".answers") if args.out else None)
    if keep is None:
        args.console.progress.goes_on = "Nothing was kept; with --keep FILE it goes on where it stopped."
        return live, None
    store = going_on(keep)
    known = store.about("start")
    if known and known != start:
        raise UserError(f"{keep}: holds answers of {known}; choose another --keep or remove it")
    store.note("start", start)
    args.console.progress.goes_on = f"What was read is kept in {keep}: start it again to go on."
    return Recorded(store, live, start), store


def _kept(path: Path, store: Store) -> Source:
    from groma.site import Recorded

    start = store.about("start")
    if not start:
        raise UserError(f"{path}: holds no answers of a site")
    return Recorded(store, None, start)


def audited_offline(args: Arguments, path: Path) -> Audited:
    """A folder (published at `--base`) or kept answers, audited by every audit; nothing is asked for."""
    import asyncio

    from groma.site import Folder, Store, StoreError, audit_site

    store: Store | None = None
    if path.is_dir():
        source: Source = Folder(path, base_of(args))
    elif path.is_file():
        try:
            store = Store(path)
        except StoreError as error:
            raise UserError(str(error)) from None
        source = _kept(path, store)
    else:
        raise UserError(f"{path}: expected a folder or a file of answers, found nothing")
    try:
        return asyncio.run(audit_site(source, progress=args.console.progress))
    finally:
        if store is not None:
            store.close()
