"""Makes any name fit to be printed: names come from models, exports and websites, and some are hostile.

Control characters (which XML 1.0 forbids and terminals obey), lone surrogates, and the bidirectional overrides that
make text read as something it isn't (Boucher and Anderson, "Trojan Source", 2021) become U+FFFD. Nothing else changes:
escaping is the business of each renderer.
"""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """The text with what can't or mustn't be printed replaced by U+FFFD; carriage returns become line ends."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def slug(text: str) -> str:
    """An id for anchors and file names: letters, digits and single hyphens; distinct texts may collide."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def anchor(ref: str) -> str:
    """The anchor of a ledger id's derivation; one to one, and free of characters that need escaping anywhere.

    Letters, digits and hyphens stand for themselves, a slash for a full stop, everything else as `_` and its code.
    """
    return "ledger-" + "".join(
        c if c.isascii() and (c.isalnum() or c == "-") else "." if c == "/" else f"_{ord(c):x}_" for c in ref
    )
