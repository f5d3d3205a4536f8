"""The quiet palette: one table of named colours in a light and a dark version, for pages, pictures and print.

The series colours follow Okabe and Ito's set for colour-blind readers ("Color Universal Design", 2008), muted, and
ordered so that neighbours also differ in lightness; charts add shapes and patterns as a second channel. In HTML a
picture names colours (`var(--ink)`) so that it follows the page's theme; in print the light values are written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Theme = Mapping[str, str]

_COLOURS: dict[str, tuple[str, str]] = {
    # name: (light, dark)
    "ink": ("#18212c", "#e7ebf0"),
    "muted": ("#55616f", "#a3aebb"),
    "faint": ("#8993a0", "#727e8c"),
    "line": ("#cdd4dc", "#3a4552"),
    "grid": ("#e7ebf0", "#28313c"),
    "paper": ("#ffffff", "#14191f"),
    "wash": ("#f5f7f9", "#1b222a"),
    "accent": ("#1d5a99", "#7db4ec"),
    "accent-wash": ("#e8f0f8", "#1b2d40"),
    "good": ("#17704d", "#66c39a"),
    "good-wash": ("#e7f3ed", "#17302a"),
    "bad": ("#ad3a2c", "#f08f80"),
    "bad-wash": ("#faebe8", "#3a211e"),
    "open": ("#855c00", "#dcb45a"),
    "open-wash": ("#fbf3df", "#352c17"),
    "s1": ("#2868a8", "#6aa9e6"),
    "s2": ("#d67f2c", "#eea05c"),
    "s3": ("#14806f", "#4fc0ac"),
    "s4": ("#8a5a9e", "#c198d4"),
    "s5": ("#b3930f", "#dcc04a"),
    "s6": ("#66727f", "#98a3b0"),
    "person": ("#3d4a59", "#aab5c2"),
    "person-fill": ("#eef1f4", "#232b35"),
    "service": ("#2868a8", "#6aa9e6"),
    "service-fill": ("#ebf2f9", "#1a2836"),
    "store": ("#14806f", "#4fc0ac"),
    "store-fill": ("#e6f4f1", "#172c2a"),
    "model": ("#8a5a9e", "#c198d4"),
    "model-fill": ("#f4eef7", "#2a2232"),
    "queue": ("#94790a", "#dcc04a"),
    "queue-fill": ("#faf6e3", "#2d2917"),
    "tool": ("#b96318", "#eea05c"),
    "tool-fill": ("#fcf2e8", "#33261a"),
    "external": ("#8993a0", "#727e8c"),
    "external-fill": ("#ffffff", "#14191f"),
    "host": ("#66727f", "#98a3b0"),
    "host-fill": ("#f0f2f5", "#222a33"),
    "generic": ("#8993a0", "#727e8c"),
    "generic-fill": ("#f5f7f9", "#1b222a"),
}

LIGHT: Theme = MappingProxyType({name: light for name, (light, _) in _COLOURS.items()})
DARK: Theme = MappingProxyType({name: dark for name, (_, dark) in _COLOURS.items()})
PAGE: Theme = MappingProxyType({name: f"var(--{name})" for name in _COLOURS})

SERIES = ("s1", "s2", "s3", "s4", "s5", "s6")


def css_variables(theme: Theme) -> str:
    """The theme as custom properties, for a rule of the page's style sheet."""
    return "".join(f"--{name}:{value};" for name, value in theme.items())
