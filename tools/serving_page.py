"""Writes the table of left-out errors into docs/serving.md from the catalog: `python tools/serving_page.py`."""

from __future__ import annotations

from pathlib import Path

from groma.catalog.tables import load_tables

PAGE = Path(__file__).resolve().parents[1] / "docs" / "serving.md"
BEGIN, END = "<!-- errors: written by tools/serving_page.py -->\n", "<!-- end of errors -->"


def main() -> None:
    lines = ["| group left out | quantity | runs | mean error | median | bias | inside the 90 % interval |"]
    lines.append("|---|---|---|---|---|---|---|")
    entries = [
        e for e in load_tables().entries("serving-errors") if not e.text("group").startswith("interval")
    ]
    for entry in sorted(
        entries, key=lambda e: (e.text("group") != "all", e.text("group"), e.text("quantity"))
    ):
        shares = [f"{float(entry.text(n)):.0%}" for n in ("mean_error", "median_error", "bias", "coverage")]
        cells = [entry.text("group"), entry.text("quantity"), entry.text("runs"), *shares]
        lines.append(f"| {' | '.join(cells)} |")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
