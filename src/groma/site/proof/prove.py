"""Before and after: a site audited, patched in a copy, audited again. Nothing is written to the site itself.

A proof is good when nothing new was found on pages that could be read before. What turns up on pages that only now can
be read was there before, unseen: it is told apart.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from groma.progress import UNHEARD, Progress
from groma.site.audit import Audit, Patch
from groma.site.diagnosis import causes
from groma.site.gather import Bounds, Folder, Recorded, Source
from groma.site.page import Response
from groma.site.proof.crawler_view import View, views
from groma.site.proof.keys import Key, key_of, keys_of
from groma.site.proof.patching import Patched, Read, patched
from groma.site.run import TIERS, WEIGHT, Audited, audit_site

MOST_FILES = 200_000
MOST_BYTES = 20_000_000_000
MOST_ROUNDS = 4
MOST_DIFF = 20_000
"""Lines of the listed differences; the copy holds all."""


@dataclass(frozen=True, slots=True)
class Change:
    """One audit before and after, in hits; `patches` were there for it, `refused` of them couldn't be applied."""

    audit: str
    title: str
    tier: str
    severity: str
    before: int
    after: int
    patches: int
    refused: int


@dataclass(frozen=True)
class Proof:
    """`new` are problems on pages read before that weren't there: the proof fails. `uncovered` are those of pages that
    only now can be read."""

    before: Audited
    after: Audited
    patched: Patched
    changes: tuple[Change, ...]
    views: tuple[tuple[View, View], ...]
    new: tuple[tuple[Key, str], ...]
    uncovered: tuple[tuple[Key, str], ...]
    skipped: tuple[str, ...] = ()
    diff: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing got worse: no new problem, and no crawler reads fewer pages."""
        return not self.new and all(new.readable >= old.readable for old, new in self.views)


async def prove_folder(
    root: Path, base: str, copy: Path, bounds: Bounds, *, audits: dict[str, Audit] | None = None,
    hosts: Iterable[str] = (), workers: int = 0, progress: Progress = UNHEARD,
) -> Proof:  # fmt: skip
    """A built folder: copied to `copy` (an empty folder), patched there, audited there."""
    before_source = Folder(root, base, hosts=hosts)
    before = await audit_site(
        before_source, bounds, audits=audits, obey=False, workers=workers, progress=progress
    )
    skipped = copied(Path(before_source.root), copy)

    def read(url: str) -> tuple[str, bytes] | None:
        file = before_source.file_of(url)
        if file is None or not file.is_file():
            return None
        return file.relative_to(before_source.root).as_posix(), file.read_bytes()

    old_headers = _text(copy / "_headers")

    async def again(done: Patched) -> Audited:
        if done.headers:
            lines = "".join(f"  {name}: {value}\n" for name, value in done.headers)
            gap = "\n" if old_headers and not old_headers.endswith("\n") else ""
            done.files["_headers"] = f"{old_headers}{gap}/*\n{lines}".encode()
        for name, content in done.files.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(content)
        source = Folder(copy, before_source.start, hosts=hosts)
        return await audit_site(source, bounds, audits=audits, obey=False, workers=workers, progress=progress)

    done, after = await _rounds(before, read, again)
    diff = _diff((name, _bytes(before_source.root / name), content) for name, content in done.files.items())
    return compared(before, after, done, skipped, diff)


async def prove_answers(
    source: Recorded, bounds: Bounds, *, audits: dict[str, Audit] | None = None,
    workers: int = 0, progress: Progress = UNHEARD,
) -> Proof:  # fmt: skip
    """Answers kept by an audit: patched as they are given out; the file isn't changed."""
    before = await audit_site(source, bounds, audits=audits, obey=False, workers=workers, progress=progress)

    def read(url: str) -> tuple[str, bytes] | None:
        found = source.store.get(url)
        return (url, found.body) if found is not None and found.status == 200 and not found.is_cut else None

    async def again(done: Patched) -> Audited:
        overlaid = _Overlaid(source, done)
        return await audit_site(
            overlaid, bounds, audits=audits, obey=False, workers=workers, progress=progress
        )

    done, after = await _rounds(before, read, again)
    diff = _diff((url, (read(url) or ("", b""))[1], content) for url, content in done.files.items())
    return compared(before, after, done, (), diff)


async def _rounds(
    before: Audited, read: Read, again: Callable[[Patched], Awaitable[Audited]]
) -> tuple[Patched, Audited]:
    """Patches and audits until nothing more can be patched: a page that is let in is then missing in the sitemap."""
    done, after = Patched(), before
    tried: set[Patch] = set()
    for _ in range(MOST_ROUNDS):
        patches = [patch for patch in patches_of(after) if patch not in tried]
        applied = len(done.applied)
        tried.update(patches)
        sitemaps = [s.url for s in before.site.gathered.sitemaps if s.entries]
        done = patched(patches, read, sitemaps, done)
        if len(done.applied) == applied:
            break
        after = await again(done)
    return done, after


def patches_of(audited: Audited) -> list[Patch]:
    """All patches, in the order of what their audits block."""
    order = sorted(
        audited.audits.values(), key=lambda audit: (TIERS[audit.tier], WEIGHT[audit.severity], audit.id)
    )
    return [
        hit.patch
        for audit in order
        for hit in sorted(audited.looks[audit.id].hits, key=lambda hit: (hit.url, hit.text))
        if hit.patch is not None
    ]


def compared(
    before: Audited, after: Audited, done: Patched, skipped: tuple[str, ...] = (), diff: str = ""
) -> Proof:
    """Two audits of a site, before and after its patches."""
    refused = {patch for patch, _ in done.refused}
    changes: list[Change] = []
    for name, audit in before.audits.items():
        had, has = before.looks[name].hits, after.looks[name].hits
        if had or has:
            patches = [hit.patch for hit in had if hit.patch is not None]
            changes.append(
                Change(
                    name, audit.title, audit.tier, audit.severity, len(had), len(has), len(patches),
                    sum(patch in refused for patch in patches),
                )
            )  # fmt: skip
    changes.sort(key=lambda c: (TIERS[c.tier], WEIGHT[c.severity], c.audit))
    more = keys_of(after) - keys_of(before)
    words: dict[Key, str] = {
        key_of(name, hit): hit.text for name, look in after.looks.items() for hit in look.hits
    }
    readable = {record.url for record in before.site.records if record.status == 200}
    readable |= {access.url for access in before.site.gathered.robots.values()}
    was_empty = {hit.url for hit in before.looks["empty-without-script"].hits} if (
        "empty-without-script" in before.looks
    ) else set[str]()  # fmt: skip
    shut = {
        hit.url
        for name in ("noindex-offered", "canonical-broken", "canonical-outside")
        if name in before.looks
        for hit in before.looks[name].hits
    }
    new: list[tuple[Key, str]] = []
    uncovered: list[tuple[Key, str]] = []
    for key in sorted(more):
        seen_before = key.url in readable - was_empty - shut
        (new if seen_before else uncovered).append((key, words[key]))
    pairs = tuple(zip(views(before), views(after), strict=True))
    return Proof(before, after, done, tuple(changes), pairs, tuple(new), tuple(uncovered), skipped, diff)


def solved(proof: Proof) -> tuple[str, ...]:
    """Ids of the causes that are gone."""
    left = {cause.finding.id for cause in causes(proof.after)}
    return tuple(cause.finding.id for cause in causes(proof.before) if cause.finding.id not in left)


def copied(root: Path, copy: Path) -> tuple[str, ...]:
    """Copies the files of a folder; links that lead out of it, and what is no file, are left and named."""
    skipped: list[str] = []
    files = size = 0
    for folder, names, found in os.walk(root):
        names.sort()
        for name in sorted(found):
            source = Path(folder, name)
            relative = source.relative_to(root)
            real = Path(os.path.realpath(source))
            if root not in real.parents or not real.is_file():
                skipped.append(relative.as_posix())
                continue
            files, size = files + 1, size + real.stat().st_size
            if files > MOST_FILES or size > MOST_BYTES:
                raise ValueError(f"holds more than {MOST_FILES} files or {MOST_BYTES // 10**9} GB")
            target = copy / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(real, target)
    return tuple(skipped)


class _Overlaid:
    """A source whose answers are patched on their way."""

    def __init__(self, inner: Source, done: Patched) -> None:
        self.inner, self.done, self.start, self.is_live = inner, done, inner.start, inner.is_live

    def allows(self, url: str) -> bool:
        return self.inner.allows(url)

    def known(self) -> Iterable[str]:
        return self.inner.known()

    def pace(self, url: str, seconds: float) -> None:
        return

    async def close(self) -> None:
        await self.inner.close()

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        found = await self.inner.fetch(url, most=most, document=document)
        body = self.done.files.get(url, found.body)
        more = tuple((name.lower(), value) for name, value in self.done.headers) if found.status else ()
        status = 200 if url in self.done.files else found.status
        return Response(url, status, (*found.headers, *more), body, found.seconds, found.error, found.is_cut)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _diff(files: Iterable[tuple[str, bytes, bytes]]) -> str:
    """What changed, as a unified difference by file."""
    lines: list[str] = []
    for name, old, new in sorted(files):
        if new.startswith(b"\x1f\x8b"):
            lines.append(f"Binary file {name} differs")
            continue
        before, after = (text.decode("utf-8", errors="replace").splitlines() for text in (old, new))
        lines += unified_diff(before, after, f"before/{name}", f"after/{name}", lineterm="", n=1)
        if len(lines) > MOST_DIFF:
            return "\n".join([*lines[:MOST_DIFF], "(more files differ; the copy holds all)"]) + "\n"
    return "\n".join(lines) + "\n" if lines else ""
