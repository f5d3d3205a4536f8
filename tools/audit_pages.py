"""Writes docs/audits from the audits of websites themselves: `python tools/audit_pages.py`.

One page for each group and an index, so that what the documentation says is what runs. A test holds the files against
this. The pages are made as those of the rules are (tools/rule_pages.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from groma.site import GROUPS, Audit, all_audits
from groma.site.diagnosis import TIER_WORDS

DOCS = Path(__file__).parents[1] / "docs/audits"
HEAD = "<!-- Written by tools/audit_pages.py from src/groma/site/audits: change it there. -->\n\n"
MOST_LETTERS = 400
"""Of an example; longer ones are told by their beginning."""


def pages() -> dict[str, str]:
    """File name -> text."""
    groups = {group: [a for a in all_audits().values() if a.group == group] for group in GROUPS}
    made = {f"{group}.md": _page(group, members) for group, members in groups.items()}
    made["index.md"] = _index(groups)
    return made


def _about(group: str) -> str:
    text = import_module(f"groma.site.audits.{group}").__doc__ or ""
    return text.strip().removeprefix("Audits about ").removesuffix(".")


def _index(groups: dict[str, list[Audit]]) -> str:
    lines = [
        HEAD + "# Audits",
        "",
        "What `groma site audit` looks for in a website. Each finding says how many of how many pages, where, what",
        "follows and what to change. Effects are tiers, and nothing is added up to a score:",
        "",
        *(f"- **{tier}**: {words}" for tier, words in TIER_WORDS.items()),
        "",
        "Audits of your own go into a package (entry point `groma.site.audits`: an `Audit`, or a callable that gives",
        "some).",
        "",
        "| audit | finds | group | tier | severity |",
        "|---|---|---|---|---|",
    ]
    for group, members in groups.items():
        name = f"{group}.md"
        lines += [
            f"| [`{a.id}`]({name}#{a.id}) | {_plain(a.title)} | {group} | {a.tier} | {a.severity} |"
            for a in members
        ]
    return "\n".join(lines) + "\n"


def _page(group: str, members: Iterable[Audit]) -> str:
    return (
        "\n\n".join([f"{HEAD}# Audits about {_about(group)}", *(_section(audit) for audit in members)]) + "\n"
    )


def _section(audit: Audit) -> str:
    parts = [
        f"## {_plain(audit.title)} {{#{audit.id}}}",
        f"`{audit.id}`, {audit.tier}, {audit.severity}",
        f"**Looks for.** {_plain(audit.looks_for)}",
        f"**Why.** {_plain(audit.why)}",
        f"**What follows.** {_plain(audit.consequence)}",
        f"**What to do.** {_plain(audit.remedy)}",
        f"**Source.** {_plain(audit.source)} Stated {audit.as_of}.",
    ]
    if audit.symptom_of:
        parts.append(f"**May be explained by.** {', '.join(f'`{name}`' for name in audit.symptom_of)}")
    if audit.bad:
        parts += ["Found in:", _code(audit.bad), "Not found in:", _code(audit.good)]
    return "\n\n".join(parts)


def _code(text: str) -> str:
    short = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS].rstrip()} ..."
    return f"```html\n{short}\n```"


def _plain(text: str) -> str:
    """Text in which nothing is taken for a tag or a table's border."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|")


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in DOCS.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    print(f"docs/audits: {len(made)} pages")


if __name__ == "__main__":
    main()
