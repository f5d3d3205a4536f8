"""Writes the tables of runs left out and of left-out errors into docs/serving.md: `python tools/serving_page.py`."""

from __future__ import annotations

from pathlib import Path

from groma.catalog.serving_runs import left_out
from groma.catalog.tables import Tables, load_tables

PAGE = Path(__file__).resolve().parents[1] / "docs" / "serving.md"
TITLES = {
    "behind a router": "sent through a router: how many instances answered isn't said",
    "listed twice": "the same measurement again, some under another name of the same model",
    "not one instance": "whole clusters listed as one, or contexts beyond the memory of the instance",
    "requests in flight not stated": "no number of requests in flight",
    "time to the first token only": "used for the time between tokens only",
    "tokens perhaps predicted ahead": "models with heads that predict several tokens, in dumps that don't say whether "
    "they were used",
    "waited longer than served": "waited longer than they were served: a limit on admission that isn't published",
}


def main() -> None:
    tables = load_tables()
    page = PAGE.read_text("utf-8")
    page = _between(page, "left out", ["| runs | left out because |", "|---|---|", *_left_out(tables)])
    PAGE.write_text(_between(page, "errors", _errors(tables)), "utf-8")


def _left_out(tables: Tables) -> list[str]:
    return [f"| {count} | {TITLES[reason]} |" for reason, count in left_out(tables).items()]


def _errors(tables: Tables) -> list[str]:
    lines = ["| group left out | quantity | runs | mean error | median | bias | inside the 90 % interval |"]
    lines.append("|---|---|---|---|---|---|---|")
    entries = [e for e in tables.entries("serving-errors") if not e.text("group").startswith("interval")]
    for entry in sorted(
        entries, key=lambda e: (not e.text("group").startswith("all"), e.text("group"), e.text("quantity"))
    ):
        shares = [f"{float(entry.text(n)):.0%}" for n in ("mean_error", "median_error", "bias", "coverage")]
        cells = [entry.text("group"), entry.text("quantity"), entry.text("runs"), *shares]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _between(page: str, name: str, lines: list[str]) -> str:
    """The page with the lines between the marks of a name."""
    begin, end = f"<!-- {name}: written by tools/serving_page.py -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.partition(begin)
    return before + begin + "\n" + "\n".join(lines) + "\n\n" + end + rest.partition(end)[2]


if __name__ == "__main__":
    main()
