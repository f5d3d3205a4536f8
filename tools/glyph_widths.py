"""Writes the table of advance widths by which diagrams and charts are laid out without a font engine.

Per weight of Inter: thousandths of an em for each character of the shipped web fonts. Run after the TTFs change:
`python tools/glyph_widths.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[1] / "src/groma/documents/fonts"
WEIGHTS = {"400": "Inter_400Regular", "500": "Inter_500Medium", "600": "Inter_600SemiBold"}


def main() -> None:
    table: dict[str, dict[str, int]] = {}
    for weight, name in WEIGHTS.items():
        covered = sorted(TTFont(FONTS / f"{name}.woff2").getBestCmap())
        font = TTFont(FONTS / f"{name}.ttf")
        cmap, advances, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        table[weight] = {f"{code:x}": round(1000 * advances[cmap[code]][0] / em) for code in covered}
    target = FONTS / "widths.json"
    target.write_text(json.dumps(table, separators=(",", ":"), sort_keys=True) + "\n", encoding="ascii")
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(table['400'])} characters")


if __name__ == "__main__":
    main()
