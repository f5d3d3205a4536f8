"""The table of what was tried, and the page of the documentation that holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

BEGIN = "<!-- Table written by tools/mutants.py --page: run it again to change it. -->"
END = "<!-- End of the table. -->"
COLUMNS = ("caught", "timed out", "declared", "survived", "not run")


def group(module: str) -> str:
    """What a module is told with: the room below solvers and the like, else the first word of its name."""
    parts = module.split("/")
    if len(parts) > 2:
        return "/".join(parts[:-1])
    return f"{parts[0]}/{parts[-1].split('_')[0]}"


def table(ends: Iterable[tuple[str, str]], there: Mapping[str, int]) -> list[str]:
    """Markdown, one row a group: how many mutants there are, were tried, and how they ended."""
    counts: dict[str, Counter[str]] = {}
    for module, end in ends:
        counts.setdefault(group(module), Counter())[end] += 1
    lines = [
        "| part | mutants | tried | caught | timed out | change nothing | survived | no test runs it |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    total: Counter[str] = Counter()
    for name, count in sorted(counts.items()):
        total += count
        lines.append(_row(name, there[name], count))
    if len(counts) > 1:
        lines.append(_row("together", sum(there[name] for name in counts), total))
    return lines


def _row(name: str, there: int, count: Counter[str]) -> str:
    cells = [name, str(there), str(count.total()), *(str(count[end]) for end in COLUMNS)]
    return f"| {' | '.join(cells)} |"


def put(page: Path, lines: list[str]) -> None:
    """Writes the table between its marks."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{page.name}: no place for the table: {BEGIN} ... {END}")
    page.write_text("\n".join([f"{before}{BEGIN}\n", *lines, f"\n{END}{after}"]), "utf-8")
