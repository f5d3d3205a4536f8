"""A proof as data and as a page: before and after for each audit and each crawler, and what got worse."""

from __future__ import annotations

from html import escape
from typing import Any

from groma.site.proof.prove import Proof, solved
from groma.site.report import STYLE

SHOWN = 200


def as_data(proof: Proof) -> dict[str, Any]:
    """The proof as plain data, keys in a fixed order."""
    return {
        "start": proof.before.site.gathered.start,
        "holds": proof.holds,
        "pages": [len(proof.before.site.pages), len(proof.after.site.pages)],
        "indexable": [len(proof.before.site.indexable), len(proof.after.site.indexable)],
        "solved": list(solved(proof)),
        "applied": len(proof.patched.applied),
        "refused": [
            {"url": patch.url, "place": patch.place, "old": patch.old, "new": patch.new, "why": why}
            for patch, why in proof.patched.refused
        ],
        "audits": [
            {
                "id": c.audit, "tier": c.tier, "severity": c.severity, "before": c.before, "after": c.after,
                "patches": c.patches, "refused": c.refused,
            }
            for c in proof.changes
        ],
        "crawlers": [
            {
                "token": old.token, "purpose": old.purpose, "may_fetch": [old.may_fetch, new.may_fetch],
                "reached": [old.reached, new.reached], "readable": [old.readable, new.readable],
                "blocking_problems": [old.gates, new.gates],
            }
            for old, new in proof.views
        ],
        "new": [{"audit": key.audit, "url": key.url, "seen": text} for key, text in proof.new],
        "uncovered": [{"audit": key.audit, "url": key.url, "seen": text} for key, text in proof.uncovered],
        "not_copied": list(proof.skipped),
    }  # fmt: skip


def html(proof: Proof) -> str:
    """The proof as one page; every text of the site is escaped."""
    start = escape(proof.before.site.gathered.start)
    before = sum(change.before for change in proof.changes)
    after = sum(change.after for change in proof.changes)
    verdict = (
        "Nothing got worse."
        if proof.holds
        else f'<strong class="error">{len(proof.new)} new problems: don’t publish this as it is.</strong>'
    )
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>Proof for {start}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{STYLE}\ntd.n, th.n {{ white-space: nowrap; padding-right: 1rem; }}</style></head><body><main>",
        f"<h1>What the patches change for {start}</h1>",
        f'<p class="lead">{len(proof.patched.applied)} changes were made in a copy, and the copy was audited again: '
        f"{before} problems before, {after} after. {verdict} The site itself wasn’t touched.</p>",
        "<h2>What each crawler gets</h2>",
        "<p class=soft>Pages that it may fetch, reaches over links and sitemaps, and can read: may be indexed and hold "
        "text without scripts. Crawlers that get the same share a row.</p>",
        _crawlers(proof),
        "<h2>What each audit finds</h2>",
        _audits(proof),
    ]
    for title, rows in (
        ("New problems", proof.new),
        ("Found on pages that only now can be read", proof.uncovered),
    ):
        if rows:
            items = "".join(
                f"<li>{escape(key.audit)}: <code>{escape(key.url)}</code> {escape(text)}</li>"
                for key, text in rows[:SHOWN]
            )
            more = (
                f"<p class=soft>and {len(rows) - SHOWN} more, in proof.json</p>" if len(rows) > SHOWN else ""
            )
            parts.append(f"<h2>{title}</h2><ul>{items}</ul>{more}")
    if proof.patched.refused:
        items = "".join(
            f"<li><code>{escape(patch.url)}</code>: {escape(patch.new or patch.old)} "
            f"<span class=soft>({escape(why)})</span></li>"
            for patch, why in proof.patched.refused[:SHOWN]
        )
        parts.append(f"<h2>Changes that a person has to make</h2><ul>{items}</ul>")
    return "\n".join([*parts, "</main></body></html>"]) + "\n"


def _crawlers(proof: Proof) -> str:
    rows: dict[tuple[str, ...], list[str]] = {}
    for old, new in proof.views:
        cells = tuple(
            _pair(a, b)
            for a, b in (
                (old.may_fetch, new.may_fetch),
                (old.reached, new.reached),
                (old.readable, new.readable),
                (old.gates, new.gates),
            )
        )
        rows.setdefault((old.purpose, *cells), []).append(old.token)
    body = "".join(
        f"<tr><td>{escape(purpose)}</td><td>{escape(_named(tokens))}</td>"
        + "".join(f"<td class=n>{cell}</td>" for cell in cells)
        + "</tr>"
        for (purpose, *cells), tokens in sorted(rows.items())
    )
    head = "".join(
        f"<th class=n>{name}</th>" for name in ("may fetch", "reaches", "can read", "blocking problems")
    )
    return (
        f"<table><thead><tr><th>purpose</th><th>crawlers</th>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _named(tokens: list[str], most: int = 6) -> str:
    more = f" and {len(tokens) - most} more" if len(tokens) > most else ""
    return ", ".join(tokens[:most]) + more


def _pair(old: int, new: int) -> str:
    return f"{old} → {new}" if old != new else str(old)


def _audits(proof: Proof) -> str:
    rows = "".join(
        f'<tr><td class="{c.severity}">{c.severity}</td><td>{escape(c.title)} <span class=soft>({c.tier})</span></td>'
        f"<td class=n>{c.before}</td><td class=n>{c.after}</td><td>{_what(c.before, c.after, c.patches)}</td></tr>"
        for c in proof.changes
    )
    return (
        "<table><thead><tr><th></th><th>audit</th><th class=n>before</th><th class=n>after</th><th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _what(before: int, after: int, patches: int) -> str:
    if not after:
        return "solved"
    if after > before:
        return "more"
    if after < before:
        return "fewer"
    return "not solved by its patch" if patches else "for a person to solve"
