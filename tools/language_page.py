"""Writes docs/language.md, the reference of the model language, from the keys that the reader reads by.

python tools/language_page.py            rewrite the page
python tools/language_page.py --check    exit 1 if the page says something else
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groma.model import elements
from groma.model.grammar import Key, OneOrMany, Record, Table, keys_of
from groma.model.schema import RECORDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "language.md"
HEAD = """# The language, key by key

<!-- written by tools/language_page.py -->

Every key that a model file may say, as the reader reads it; `groma schema` gives the same to an editor. Keys in bold
have to be there. A quantity carries its unit: `4 ms ± 1 ms` varies from run to run, `known: 3 ms .. 8 ms` is one value
that isn't known better, `unknown` says that nobody knows, `$name` is a fact of `facts`. How steps of a flow are written
is told in [Flows as programs](programs.md).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, section("The model", elements.Model)]
    parts += [section(cls.__name__, cls) for cls in sorted(RECORDS, key=lambda cls: cls.__name__)]
    return "\n".join(parts)


def section(title: str, cls: type[Any]) -> str:
    """One element: what it is and its keys, with the names that are known in a table of names."""
    says = " ".join((cls.__doc__ or "").partition("\n\n")[0].split())
    keys = [key for _, key in keys_of(cls).values()]
    rows = ["| key | how it is written | what it is |", "|---|---|---|"]
    for key in keys:
        name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
        rows.append(f"| {name} | {written(key.kind)} | {_cell(key.help)} |")
    return "\n".join([f"## {title}\n", says + "\n", *rows, "", *known(keys)])


def known(keys: list[Key]) -> Iterator[str]:
    """Tables of the names that the engine reads of a key whose names are free."""
    for key in keys:
        if not isinstance(key.kind, Table) or not key.kind.known:
            continue
        yield f"Names of `{key.name}` that are read; others are yours, but for slips of these:\n"
        yield "| name | how it is written | what it is |\n|---|---|---|"
        for name, each in sorted(key.kind.known.items()):
            yield f"| `{name}` | {written(each.kind)} | {_cell(each.help)} |"
        yield ""


def written(kind: Any) -> str:
    """A kind in a few words."""
    if isinstance(kind, Table):
        return f"a table: names, each with {written(kind.inner)}"
    if isinstance(kind, OneOrMany):
        return f"{written(kind.inner)}, or a list"
    if isinstance(kind, Record):
        return f"[{kind.name}](#{kind.name.lower()})"
    schema: dict[str, Any] = kind.schema()
    if "enum" in schema:
        return " \\| ".join(f"`{word}`" for word in schema["enum"])
    if schema.get("description") == "a any":
        return "a quantity"
    kinds = schema.get("type")
    return _cell(
        schema.get("description")
        or (kinds if isinstance(kinds, str) else "text" if kinds else "as described")
    )


def _cell(text: Any) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or made != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
