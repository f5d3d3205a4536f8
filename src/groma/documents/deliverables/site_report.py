"""The audit of a website for whoever answers for it: why it isn't found, what to change first, who may read what.

Read in ten minutes. Causes come in the order of what they block; tables for the developer lie beside it.
"""

from __future__ import annotations

from groma.documents.content import (
    Bullets,
    Callout,
    Card,
    Cards,
    Column,
    Definitions,
    Document,
    Paragraph,
    Picture,
    Row,
    Section,
    Table,
)
from groma.documents.diagrams.diagram import Diagram, Edge, Node
from groma.documents.inlines import Inlines, Strong, line
from groma.site import Audited
from groma.site.diagnosis import TIER_WORDS, Cause, causes, cited
from groma.site.pictures import important, matrix

ID = "site-audit"
TOLD = 12
"""Causes told one by one; the others stand in a table."""
PAGES = 5
PICTURED = 9
PARTS = 4
"""Columns of parts of the site: more don't fit an upright page."""


def site_report(audited: Audited) -> Document:
    """The whole document."""
    site = audited.site
    found = causes(audited)
    sections = [_first(found), _told(found)]
    if len(found) > TOLD:
        sections.append(_rest(found[TOLD:]))
    sections += [*_measured(audited), _crawlers(audited), *_links(audited), _limits(audited)]
    return Document(
        ID,
        "Why the site isn't found",
        site.gathered.start,
        (("Site", line(site.gathered.start)), ("Pages read", line(str(len(site.pages))))),
        _summary(audited, found),
        tuple(sections),
        "Whoever answers for the site",
        "Why isn't the site found or cited, and what comes first?",
    )


def _summary(audited: Audited, found: tuple[Cause, ...]) -> tuple[Callout | Cards | Paragraph, ...]:
    site = audited.site
    whole = "all that are linked" if site.is_complete else "not all could be read"
    gates = [cause for cause in found if cause.audit.tier == "gate"]
    if gates:
        first = gates[0]
        say = line(
            Strong(line(first.finding.title)),
            f" on {first.pages} of {first.finding.looked_at} places. {first.finding.remedy}",
        )
        opening = Callout("risk", say, "What comes first")
    else:
        opening = Callout("good", line("Nothing keeps pages from being found at all."), "What comes first")
    return (
        opening,
        Cards(
            (
                Card("Pages read", line(str(len(site.pages))), line(whole)),
                Card("May be indexed", line(str(len(site.indexable))), line("by themselves and by robots.txt")),
                Card("Gates", line(str(len(gates))), line("causes that keep pages from being found")),
                Card("Other causes", line(str(len(found) - len(gates))), line("weighed, or unproven")),
            )
        ),
    )  # fmt: skip


def _first(found: tuple[Cause, ...]) -> Section:
    rows = tuple(
        Row(
            (
                line(cause.audit.tier), line(cause.finding.title), line(str(cause.pages)),
                line(f"{cause.weight:.0%}" if cause.weight >= 0.005 else "–"),
            )
        )
        for cause in found[:TOLD]
    )  # fmt: skip
    table = Table(
        (
            Column("Effect", share=0.6), Column("Cause", share=3), Column("Pages", align="right"),
            Column("Link weight", align="right"),
        ),
        rows,
        line("Link weight is the share of the site's own links that lead there (internal PageRank)."),
        f"{ID}-first",
    )  # fmt: skip
    effects = Bullets(tuple(line(Strong(line(tier)), f": {words}") for tier, words in TIER_WORDS.items()))
    return Section(
        f"{ID}-order",
        "What comes first",
        1,
        (table, effects) if found else (Paragraph(line("Nothing was found.")),),
    )


def _told(found: tuple[Cause, ...]) -> Section:
    blocks: list[Section] = []
    for number, cause in enumerate(found[:TOLD], 1):
        f = cause.finding
        rows: list[tuple[Inlines, Inlines]] = [
            (line("What follows"), line(f.consequence)),
            (line("What to do"), line(f.remedy)),
            (line("Why"), line(cause.audit.why)),
            (line("Source"), line(f"{cause.audit.source}; stated {cause.audit.as_of}")),
        ]
        if cause.symptoms:
            rows.append((line("Explains"), line("; ".join(s.title for s in cause.symptoms))))
        pages = Bullets(tuple(line(f"{e.element}: {e.text}"[:300]) for e in f.evidence[:PAGES]))
        sure = "" if f.confidence == "certain" else f" ({f.confidence})"
        said = f"{f.severity.capitalize()}, {f.found} of {f.looked_at}{sure}."
        blocks.append(
            Section(
                f"{ID}-cause-{number}", f.title, 2,
                (Paragraph(line(said)), Definitions(tuple(rows)), pages),
            )
        )  # fmt: skip
    return Section(f"{ID}-causes", "The causes, one by one", 1, tuple(blocks))


def _rest(found: tuple[Cause, ...]) -> Section:
    rows = tuple(
        Row((line(c.audit.tier), line(c.finding.title), line(str(c.pages)), line(c.finding.remedy)))
        for c in found
    )
    columns = (
        Column("Effect", share=0.6),
        Column("Cause", share=2),
        Column("Pages", align="right", share=0.5),
        Column("What to do", share=3),
    )
    return Section(f"{ID}-rest", "The other causes", 1, (Table(columns, rows, id=f"{ID}-others"),))


def _measured(audited: Audited) -> tuple[Section, ...]:
    shares = cited(audited)
    if not shares:
        return ()
    rows = tuple(
        Row(
            (
                line(s.engine),
                line(f"{s.cited} of {s.asked}"),
                line(f"{100 * s.low:.0f} to {100 * s.high:.0f} %"),
                line(f"{s.since} to {s.until}"),
            )
        )
        for s in shares
    )
    columns = (
        Column("Engine"),
        Column("Answers that cite it", align="right"),
        Column("Share, 95 %", align="right"),
        Column("Asked"),
    )
    words = (
        "Measured, from the sheet of recorded answers. Everything else here is inferred from the site itself."
    )
    return (
        Section(
            f"{ID}-measured",
            "Who cites the site",
            1,
            (Paragraph(line(words)), Table(columns, rows, id=f"{ID}-cited")),
        ),
    )


def _crawlers(audited: Audited) -> Section:
    seen = matrix(audited.site)
    sizes = seen.rows[0][2] if seen.rows else ()
    largest = sorted(range(len(sizes)), key=lambda n: (-sizes[n][1], n))[:PARTS]
    places = sorted(largest)
    parts = [seen.parts[n] for n in places]
    rows = tuple(
        Row((line(", ".join(tokens)), line(purpose), *(line(_cell(*cells[n])) for n in places)))
        for tokens, purpose, cells in seen.rows
    )
    columns = (Column("Crawlers", share=3), Column("For"), *(Column(part, align="right") for part in parts))
    words = (
        "By robots.txt, for the largest parts of the site. Keeping a search crawler out is an error; keeping a "
        "training crawler out is a choice."
    )
    return Section(
        f"{ID}-crawlers",
        "Who may read what",
        1,
        (Paragraph(line(words)), Table(columns, rows, id=f"{ID}-matrix")),
    )


def _cell(allowed: int, pages: int) -> str:
    return "all" if allowed == pages else "none" if not allowed else f"{allowed} of {pages}"


def _links(audited: Audited) -> tuple[Section, ...]:
    """The most important pages and the first way to each from nearer to the home page."""
    pages, links = important(audited.site, PICTURED)
    if len(pages) < 2:
        return ()
    nodes = tuple(
        Node(
            f"p{n}", "generic", line(p.label), (line(f"{100 * p.rank:.0f} % of link weight"),), emphasis=not n
        )
        for n, p in enumerate(pages)
    )
    edges = tuple(
        Edge(f"p{a}", f"p{b}")
        for a, b in links
        if -1 < pages[a].clicks < pages[b].clicks or pages[b].clicks < 0
    )
    picture = Picture(
        f"{ID}-links", Diagram("Links", nodes, edges, direction="right"),
        line("The pages that the site's own links weigh most, and the links that lead to them."),
        line("Pages as boxes, links as arrows"), wide=True,
    )  # fmt: skip
    return (Section(f"{ID}-graph", "How the site weighs its pages", 1, (picture,)),)


def _limits(audited: Audited) -> Section:
    unable = tuple(
        line(f"{audited.audits[name].title}: {look.unable}")
        for name, look in audited.looks.items()
        if look.unable
    )
    words = "Links from other sites, what stands in an index, what an assistant answers: that can't be seen from here."
    blocks = (Paragraph(line(words)), *((Bullets(unable),) if unable else ()))
    return Section(f"{ID}-limits", "What was not seen", 1, blocks)
