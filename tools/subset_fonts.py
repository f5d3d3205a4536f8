"""Makes the small web fonts that HTML pages carry inside them, from the Inter files that PDF uses whole.

Keeps Latin, Greek, Cyrillic, punctuation, currency, arrows and mathematics, with kerning and tabular figures; the rest
falls back to the reader's own fonts. Needs fonttools and brotli. Run after the TTFs change:
`python tools/subset_fonts.py`.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

FONTS = Path(__file__).parents[1] / "src/groma/documents/fonts"
RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x370, 0x3FF), (0x400, 0x45F),
    (0x1E9E, 0x1E9E), (0x2002, 0x203A), (0x2044, 0x2044), (0x2070, 0x208E), (0x20A0, 0x20BF), (0x2113, 0x2122),
    (0x2190, 0x2199), (0x21B5, 0x21B5), (0x21D2, 0x21D4), (0x2200, 0x22FF), (0x25A0, 0x25CF), (0x2713, 0x2717),
)  # fmt: skip


def main() -> None:
    codes = [code for first, last in RANGES for code in range(first, last + 1)]
    for source in sorted(FONTS.glob("Inter_*.ttf")):
        options = Options()
        options.flavor = "woff2"
        options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "calt"]
        options.recalc_timestamp = False
        options.hinting = False
        font = load_font(str(source), options)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        target = source.with_suffix(".woff2")
        save_font(font, str(target), options)
        print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
