"""Writes the table of causes into docs/survey.md from the causes themselves: `python tools/cause_pages.py`.

What stands between the two marks is made; the rest of the page is written by hand. A test holds the page against this.
"""

from __future__ import annotations

from pathlib import Path

from groma.survey import Cause, all_causes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "survey.md"
BEGIN = "<!-- below: written by tools/cause_pages.py -->\n"
END = "<!-- above: written by tools/cause_pages.py -->\n"


def table() -> str:
    """Every cause: what it is, which rules' findings it explains and why, what is done about it."""
    return "\n".join(_section(cause) for cause in all_causes().values())


def _section(cause: Cause) -> str:
    remedy = cause.remedy
    more = (
        ""
        if not any(remedy.grows)
        else f"; {remedy.grows[0]:g} to {remedy.grows[1]:g} h more for each hour a month"
    )
    lines = [
        f"### {cause.title} {{#{cause.id}}}",
        "",
        f"`{cause.id}`{'; changes how parts are joined' if cause.structural else ''}. {cause.why} {cause.risk}",
        "",
        "| explains | because | how surely |",
        "|---|---|---|",
        *(f"| `{each.rule}` | {each.why} | {each.sure} |" for each in cause.explains),
        "",
        f"**What to do.** {remedy.text} {remedy.hours[0]:g} to {remedy.hours[1]:g} h of {remedy.by}{more}; saves "
        f"{remedy.saves[0] * 100:g} to {remedy.saves[1] * 100:g} % of its cost ({remedy.basis}).",
        "",
        f"**Source.** {cause.source}",
        "",
    ]
    return "\n".join(lines)


def whole(text: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> None:
    PAGE.write_text(whole(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
