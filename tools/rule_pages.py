"""Writes docs/rules from the rules themselves: `python tools/rule_pages.py`.

One page for each folder of rules and an index, so that what the documentation says is what runs. A test holds the files
against this.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groma.rules import Rule, rules

DOCS = Path(__file__).parents[1] / "docs/rules"
HEAD = "<!-- Written by tools/rule_pages.py from src/groma/rules: change it there. -->\n\n"


def pages() -> dict[str, str]:
    """File name -> text."""
    groups: dict[str, list[Rule]] = {}
    for rule in rules().values():
        groups.setdefault(_group(rule), []).append(rule)
    made = {f"{group}.md": _page(group, members) for group, members in sorted(groups.items())}
    made["index.md"] = _index(groups)
    return made


def _group(rule: Rule) -> str:
    return rule.check.__module__.split(".")[2]


def _about(group: str) -> str:
    from importlib import import_module

    return (import_module(f"groma.rules.{group}").__doc__ or "").strip().removeprefix("Rules about ")


def _index(groups: dict[str, list[Rule]]) -> str:
    lines = [
        HEAD + "# Rules",
        "",
        "What Groma looks for in a model, whatever the practice. Each finding says where it stands, what follows",
        "from it with figures of the ledger, what to do, and how many places were looked at. Rules of your own go",
        "into a package (entry point `groma.rules`) or a folder `rules` beside the model.",
        "",
        "| rule | finds | severity |",
        "|---|---|---|",
    ]
    for group, members in sorted(groups.items()):
        lines += [
            f"| [`{rule.id}`]({group}.md#{rule.id}) | {rule.title} | {rule.severity} |" for rule in members
        ]
    return "\n".join(lines) + "\n"


def _page(group: str, members: Iterable[Rule]) -> str:
    about = _about(group)
    sections = [f"{HEAD}# Rules about {about}"]
    sections += [_section(rule) for rule in members]
    return "\n\n".join(sections) + "\n"


def _asked_of(rule: Rule) -> str:
    """Of what it is asked, where that isn't any model that is assessed."""
    if rule.phases == ("build",):
        return "; asked by `groma check`, of what is to be built"
    return "; asked by `groma check` as well" if "build" in rule.phases else ""


def _section(rule: Rule) -> str:
    return "\n".join(
        [
            f"## {rule.title} {{#{rule.id}}}",
            "",
            f"`{rule.id}`, {rule.severity}; {', '.join(rule.tags)}{_asked_of(rule)}",
            "",
            f"**Looks for.** {rule.looks_for}",
            "",
            f"**Why.** {rule.why}",
            "",
            f"**What follows.** {rule.consequence}",
            "",
            f"**What to do.** {rule.remedy}",
            "",
            f"**Source.** {rule.source}",
            "",
            "Found in:",
            "",
            "```yaml",
            rule.bad.rstrip(),
            "```",
            "",
            "Not found in:",
            "",
            "```yaml",
            rule.good.rstrip(),
            "```",
        ]
    )


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in DOCS.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    print(f"docs/rules: {len(made)} pages")


if __name__ == "__main__":
    main()
