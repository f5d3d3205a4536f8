"""The audit as one page of HTML that opens from a folder: causes, every audit, what crawlers may fetch."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from groma.model.figure import Figure, Ledger
from groma.site.diagnosis import TIER_WORDS, Cause, causes, cited, reach
from groma.site.pictures import link_graph, matrix
from groma.site.run import Audited

STYLE = """
:root { color-scheme: light dark; --ink: #1c2b33; --soft: #5b6b73; --line: #d9e0e3; --paper: #fff; }
:root { --bad: #b3261e; --warn: #8a5a00; --note: #3d5a80; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ecef; --soft: #9fb0b8; --line: #33424a; --paper: #12191d; }
  :root { --bad: #ff8a80; --warn: #ffc46b; --note: #9cc4f5; }
}
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; }
body { max-width: 64rem; padding: 2rem 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0; } a { color: var(--note); }
.lead, .soft { color: var(--soft); } article { border-top: 1px solid var(--line); padding: 1rem 0; }
.error { color: var(--bad); } .warning { color: var(--warn); } .note { color: var(--note); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; } summary { cursor: pointer; } code { font-size: .9em; }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .2rem 1rem; margin: .6rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
svg.links { width: 100%; height: auto; } svg.links text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg.links .head { fill: var(--soft); } svg.links circle { fill: var(--note); }
svg.links .edges path { fill: none; stroke: var(--note); stroke-opacity: .22; }
table { overflow-wrap: break-word; } td code, td a { overflow-wrap: anywhere; }
.matrix td.n { white-space: nowrap; } .matrix .all { color: var(--soft); } .matrix .some { color: var(--warn); }
.matrix .nothing { color: var(--bad); font-weight: 600; } .scroll { overflow-x: auto; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } }
"""
SHOWN = 10
"""Pages shown of a cause; the tables beside the page hold all."""


def html(audited: Audited, counted: Ledger, anchor: Callable[[str], str]) -> str:
    """The report. Every text of the site is escaped: pages are written by others.

    `counted` are the figures of the audit; `anchor` gives the id of a figure's entry, which other pages lead to.
    """
    site = audited.site
    found = causes(audited)
    start = escape(site.gathered.start)
    state = (
        "every page that is linked was read"
        if site.is_complete
        else f"incomplete: {_why_incomplete(audited)}"
    )
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>Audit of {start}</title>',
        f'<meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><style>{STYLE}</style></head><body><main>',
        f"<h1>Why {start} isn’t found, and what to change</h1>",
        f'<p class="lead">{len(site.pages)} pages, {len(site.indexable)} of them may be indexed; {escape(state)}. '
        f"{len(audited.audits)} audits found {len(found)} causes.</p>",
    ]
    for tier, words in TIER_WORDS.items():
        mine = [cause for cause in found if cause.audit.tier == tier]
        if mine:
            parts.append(f"<h2>{tier.capitalize()}: {escape(words)}</h2>")
            parts += [_cause(cause) for cause in mine]
    if not found:
        parts.append("<p>Nothing was found.</p>")
    parts += [_graph(audited), _matrix(audited)]
    parts += [
        _citations(audited),
        _crawlers(audited),
        _audits(audited),
        _counted(counted, anchor),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _why_incomplete(audited: Audited) -> str:
    gathered = audited.site.gathered
    reasons = [gathered.ended] if gathered.ended else []
    if gathered.refused:
        reasons.append(f"robots.txt kept this crawler from {len(gathered.refused)} addresses")
    if gathered.traps:
        reasons.append(f"{len(gathered.traps)} address patterns without end were left")
    return "; ".join(reasons)


def _cause(cause: Cause) -> str:
    f, a = cause.finding, cause.audit
    share = f", {100 * cause.weight:.1f} % of the site’s own link weight" if cause.weight > 0 else ""
    clicks = f", {cause.clicks:g} clicks measured" if cause.clicks is not None else ""
    sure = "" if f.confidence == "certain" else f" ({f.confidence})"
    rows = [
        ("What follows", f.consequence),
        ("What to do", f.remedy),
        ("Why", a.why),
        ("Source", f"{a.source}; stated {a.as_of}"),
    ]
    if cause.symptoms:
        rows.append(("Explains", "; ".join(s.title for s in cause.symptoms)))
    items = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    pages = "".join(
        f"<li>{_address(e.element)} <span class=soft>{escape(e.text)}</span></li>" for e in f.evidence[:SHOWN]
    )
    more = f"<p class=soft>and {f.found - SHOWN} more, in hits.csv</p>" if f.found > SHOWN else ""
    return (
        f'<article id="{escape(f.id)}"><h3><span class="{f.severity}">{f.severity}</span> {escape(f.title)}</h3>'
        f"<p class=soft>{f.found} of {f.looked_at}{sure}{share}{clicks}</p><dl>{items}</dl>"
        f"<details><summary>Where</summary><ul>{pages}</ul>{more}</details></article>"
    )


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return f"<code>{escape(url)}</code>"
    return f'<a rel="noreferrer nofollow" href="{escape(url)}">{escape(url)}</a>'


def _graph(audited: Audited) -> str:
    drawn = link_graph(audited.site)
    if not drawn:
        return ""
    return (
        "<h2>How the site weighs its pages</h2><p class=soft>The most important pages by the site’s own links, in "
        "columns by clicks from the home page; a larger dot has more link weight (internal PageRank).</p>"
        f'<div class="scroll">{drawn}</div>'
    )


def _matrix(audited: Audited) -> str:
    """What each crawler may fetch in each part of the site; words beside colours."""
    seen = matrix(audited.site)
    head = "".join(f"<th class=n>{escape(part)}</th>" for part in seen.parts)
    rows = "".join(
        f"<tr><td>{escape(', '.join(tokens))}</td><td>{escape(purpose)}</td>{''.join(map(_part, cells))}</tr>"
        for tokens, purpose, cells in seen.rows
    )
    return (
        "<h2>What each crawler may read</h2><p class=soft>Parts of the site by their first folder, the largest ones. "
        "Keeping a crawler of search out is an error, keeping one for training out is a choice.</p>"
        f'<div class="scroll"><table class="matrix"><thead><tr><th>crawlers</th><th>for</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _part(cell: tuple[int, int]) -> str:
    allowed, pages = cell
    if allowed == pages:
        return f'<td class="n all">all {pages}</td>'
    return (
        f'<td class="n nothing">none of {pages}</td>'
        if not allowed
        else f'<td class="n some">{allowed} of {pages}</td>'
    )


def _citations(audited: Audited) -> str:
    """What was measured of citations; nothing where nobody recorded any."""
    found = cited(audited)
    rows = "".join(
        f"<tr><td>{escape(s.engine)}</td><td class=n>{s.cited} of {s.asked}</td>"
        f"<td class=n>{s.low:.0%} to {s.high:.0%}</td><td>{s.since} to {s.until}</td>"
        f"<td>{'<br>'.join(f'{_address(url)} ({count})' for url, count in s.pages[:SHOWN])}</td></tr>"
        for s in found
    )
    if not found:
        return ""
    return (
        "<h2>Who cites the site (measured)</h2><p class=soft>Of the answers on your sheet of recorded citations; the "
        "range holds the share with 95 % confidence (Wilson) for questions like these. Everything else on this page is "
        "inferred from the site.</p><table><thead><tr><th>engine</th><th class=n>answers that cite it</th>"
        f"<th class=n>share</th><th>asked</th><th>pages</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _crawlers(audited: Audited) -> str:
    rows = "".join(
        f"<tr><td>{escape(r.token)}</td><td>{escape(r.vendor)}</td><td>{escape(r.purpose)}</td><td>{escape(r.honours)}</td>"
        f"<td class=n>{r.allowed} of {r.pages}</td><td>{escape('; '.join(r.lines))}</td><td>{r.as_of}</td>"
        f"<td class=n>{'' if r.came is None else r.came}</td></tr>"
        for r in reach(audited.site)
    )
    return (
        "<h2>What crawlers may fetch</h2><p class=soft>By robots.txt; “keeps to it” is the vendor’s statement.</p>"
        "<details><summary>All "
        "crawlers</summary><div class=scroll><table><tr><th>crawler</th><th>vendor</th><th>for</th><th>keeps to it</th>"
        "<th class=n>pages</th><th>refused by line</th><th>as of</th><th class=n>in log</th></tr>"
        f"{rows}</table></div></details>"
    )


def _counted(counted: Ledger, anchor: Callable[[str], str]) -> str:
    """Each figure with what was counted: other pages quote them and lead here."""
    rows = "".join(
        f'<tr id="{escape(anchor(figure.name))}"><td>{escape(figure.title)}</td><td class=n>{figure.value:g}</td>'
        f"<td>{escape(figure.method)}</td><td>{_lines(figure)}</td></tr>"
        for figure in counted
    )
    return (
        "<h2>What was counted</h2><div class=scroll><table><thead>"
        "<tr><th>figure</th><th class=n>is</th><th>how</th><th>which</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _lines(figure: Figure) -> str:
    return "<br>".join(escape(line.text) for line in (*figure.derivation,)) + "".join(
        f"<p class=soft>{escape(valid)}</p>" for valid in figure.valid
    )


def _audits(audited: Audited) -> str:
    rows = ""
    for name, look in audited.looks.items():
        audit = audited.audits[name]
        found = len({hit.url for hit in look.hits})
        told = look.unable or (f"{found} of {look.looked_at}" if look.looked_at or found else "doesn’t apply")
        rows += (
            f"<tr><td>{escape(audit.title)} <span "
            f"class=soft>{name}</span></td><td>{audit.group}</td><td>{audit.tier}</td>"
            f"<td class=n>{escape(told)}</td></tr>"
        )
    return (
        "<h2>Everything that was looked at</h2><details><summary>All "
        "audits</summary><table><tr><th>audit</th><th>group</th>"
        f"<th>tier</th><th class=n>found</th></tr>{rows}</table></details>"
    )
