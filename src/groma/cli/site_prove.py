"""`groma site prove FOLDER|FILE --out DIR`: the patches of findings in a copy, audited again as each crawler."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.site import Bounds
    from groma.site.proof import Proof

MEANINGS = {
    Status.MET: "nothing got worse",
    Status.MISSED: "something got worse: new problems, or a crawler that can read fewer pages",
}


def run(args: argparse.Namespace, bounds: Bounds, chosen: dict[str, Any]) -> int:
    """Proves, writes the copy and the report, tells; MISSED when something got worse."""
    import asyncio
    import json

    from groma.output import whole_folder
    from groma.site.proof.tell import as_data, html

    target = Path(args.target)
    if not target.exists():
        raise UserError(
            f"{args.target}: expected a built folder or a file of answers (of a live site: audit it with --keep first)"
        )
    if args.out is None:
        raise UserError("site prove: --out DIR is needed, for the copy and the report")
    if target.is_dir() and _inside(args.out, target):
        raise UserError(
            f"--out: {args.out} lies in {target}, which is not to be touched; choose a folder outside"
        )
    with whole_folder(args.out) as folder:
        proof = asyncio.run(_prove(args, target, folder, bounds, chosen))
        data = as_data(proof)
        (folder / "index.html").write_text(html(proof), encoding="utf-8")
        (folder / "changes.diff").write_text(proof.diff, encoding="utf-8")
        text = json.dumps(data, ensure_ascii=False, indent=2)
        (folder / "proof.json").write_text(text + "\n", encoding="utf-8")
    status = Status.MET if proof.holds else Status.MISSED
    args.console.answer({"status": int(status), "meaning": MEANINGS[status], **data})
    if not args.json:
        _tell(args, proof)
    return status


def _inside(out: Path, folder: Path) -> bool:
    real = out.resolve()
    return real == folder.resolve() or folder.resolve() in real.parents


async def _prove(
    args: argparse.Namespace, target: Path, folder: Path, bounds: Bounds, chosen: dict[str, Any]
) -> Proof:
    from groma.cli.site_source import base_of
    from groma.site import Recorded, Store, StoreError
    from groma.site.proof import prove_answers, prove_folder

    progress = args.console.progress
    if target.is_dir():
        copy = folder / "site"
        copy.mkdir()
        try:
            return await prove_folder(
                target, base_of(args), copy, bounds, audits=chosen, hosts=args.host, progress=progress
            )
        except ValueError as error:
            raise UserError(f"{target}: {error}") from None
    try:
        store = Store(target)
    except StoreError as error:
        raise UserError(str(error)) from None
    try:
        start = store.about("start")
        if not start:
            raise UserError(f"{target}: holds no answers of a site")
        return await prove_answers(Recorded(store, None, start), bounds, audits=chosen, progress=progress)
    finally:
        store.close()


def _tell(args: argparse.Namespace, proof: Proof) -> None:
    say = args.console.say
    before, after = (sum(getattr(c, when) for c in proof.changes) for when in ("before", "after"))
    say(
        f"{proof.before.site.gathered.start}: {len(proof.patched.applied)} changes made in a copy; "
        f"{before} problems before, {after} after"
    )
    for change in proof.changes:
        if change.before != change.after:
            say(f"  {change.severity}: {change.title}: {change.before} -> {change.after} [{change.audit}]")
    seen: dict[tuple[str, int, int], list[str]] = {}
    for old, new in proof.views:
        if old.is_main:
            seen.setdefault((old.purpose, old.readable, new.readable), []).append(old.token)
    for (purpose, a, b), tokens in sorted(seen.items()):
        say(f"  {purpose}: {', '.join(tokens)} can read {a} -> {b} of {len(proof.after.site.pages)} pages")
    for title, rows in (("new", proof.new), ("on pages that only now can be read", proof.uncovered)):
        for key, text in rows[:20]:
            say(f"  {title}: {key.audit} {key.url}: {text}")
    if proof.patched.refused:
        say(f"  {len(proof.patched.refused)} changes are for a person to make (index.html lists them)")
    say("Nothing got worse." if proof.holds else "Something got worse: don't publish this as it is.")
    args.console.note(f"written to {args.out}: the copy, changes.diff, index.html")
