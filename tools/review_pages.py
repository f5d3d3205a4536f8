"""Writes the table of required contents into docs/review.md from the table itself: `python tools/review_pages.py`.

What stands below the mark is made; the rest of the page is written by hand. A test holds the page against this.
"""

from __future__ import annotations

from pathlib import Path

from groma.survey.review import CONTENTS, Required

PAGE = Path(__file__).resolve().parents[1] / "docs" / "review.md"
MARK = "<!-- below: written by tools/review_pages.py -->\n"


def table() -> str:
    """Every content by deliverable: what it is, for which practice, what breaks without it."""
    parts: list[str] = []
    for deliverable in dict.fromkeys(each.deliverable for each in CONTENTS):
        parts += [
            f"\n### {deliverable}\n",
            "| content | id | for | why | without it |",
            "|---|---|---|---|---|",
        ]
        parts += [
            f"| {each.title}{_asked(each)} | `{each.id}` | "
            f"{', '.join(sorted(each.practices))} | "
            f"{each.why} | {each.breaks} |"
            for each in CONTENTS
            if each.deliverable == deliverable
        ]
    return "\n".join(parts) + "\n"


def _asked(content: Required) -> str:
    """Words behind a title: whether it blocks, and of which documents it is asked."""
    words = [] if content.blocks else ["not blocking"]
    words += ["only where the document speaks of it"] if content.only else []
    return f" ({', '.join(words)})" if words else ""


def whole(text: str) -> str:
    """The page with the table as it is now."""
    return text.partition(MARK)[0] + MARK + table()


if __name__ == "__main__":
    PAGE.write_text(whole(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
