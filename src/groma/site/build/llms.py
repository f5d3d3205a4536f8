"""llms.txt and llms-full.txt (llmstxt.org, a proposal of 2024): what the site holds, as Markdown.

No engine has said that it reads them; their effect is unproven and may be zero. They cost nothing here.
"""

from __future__ import annotations

import re

from groma.site.plan.design import SiteDesign
from groma.site.plan.elements import Page
from groma.site.plan.structure import language_of

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def md(text: object) -> str:
    """A text that Markdown takes as it is."""
    return _SPECIAL.sub(r"\\\1", str(text))


def llms_txt(design: SiteDesign) -> str:
    """The overview: name, summary, links by priority."""
    plan = design.plan
    lines = [f"# {md(plan.site)}", "", f"> {md(plan.organisation.about)}", ""]
    main = [p for p in _pages(design) if p.kind != "legal"]
    legal = [p for p in _pages(design) if p.kind == "legal"]
    for title, pages in (("Pages", main), ("Optional", legal)):
        if pages:
            lines += [f"## {title}", ""]
            lines += [f"- [{md(p.title)}]({design.structure.urls[p.name]}): {md(p.lead)}" for p in pages]
            lines.append("")
    return "\n".join(lines)


def llms_full_txt(design: SiteDesign) -> str:
    """Everything that the pages say, one after the other."""
    plan = design.plan
    lines = [f"# {md(plan.site)}", "", f"> {md(plan.organisation.about)}", ""]
    for page in _pages(design):
        lines += [f"## {md(page.title)}", "", design.structure.urls[page.name], "", md(page.lead), ""]
        lines += [part for text in page.text for part in (md(text), "")]
        if page.service is not None:
            service = plan.services[page.service]
            lines += [f"{md(service.called)}: {md(service.about)}", ""]
        for name in page.questions:
            question = plan.questions[name]
            lines += [f"### {md(question.asks)}", "", md(question.answer), ""]
            lines += [part for text in question.more for part in (md(text), "")]
    return "\n".join(lines)


def _pages(design: SiteDesign) -> list[Page]:
    plan = design.plan
    mine = [p for p in plan.pages.values() if language_of(plan, p) == plan.language]
    return sorted(mine, key=lambda p: (-p.priority, design.structure.paths[p.name]))
