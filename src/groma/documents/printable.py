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


_WORD = re.compile(r"\S+")


def breakable(text: str, longest: int = 24, whole: int = 24) -> str:
    """Printable text whose words of more than `whole` letters may be broken (U+200B): after marks within them, else
    every `longest` letters."""

    def broken(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) <= whole:
            return word
        pieces = re.findall(r"[^/_.@:=?&-]+[/_.@:=?&-]*|[/_.@:=?&-]+", word)
        cut = [piece[at : at + longest] for piece in pieces for at in range(0, len(piece), longest)]
        return "\u200b".join(cut)

    return _WORD.sub(broken, printable(text))


def ident(name: str) -> str:
    """A name as an id that needs no escaping in any edition or address; one to one.

    Letters, digits and hyphens stand for themselves, a slash for a full stop, everything else as `_` and its code.
    """
    return "".join(
        c if c.isascii() and (c.isalnum() or c == "-") else "." if c == "/" else f"_{ord(c):x}_" for c in name
    )


def anchor(ref: str) -> str:
    """The anchor of a ledger id's derivation."""
    return "ledger-" + ident(ref)


_SAFE_TARGET = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f\x7f]+", re.ASCII | re.IGNORECASE)
_BESIDE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9_./-]*(#[A-Za-z0-9_.-]+)?", re.ASCII)


def safe_target(target: str) -> str | None:
    """Where a link may lead: within the set (`#id`), to a file beside it, to http(s), or to a mail address; None for
    anything else."""
    if target.startswith("#"):
        return "#" + ident(target[1:])
    return target if _SAFE_TARGET.fullmatch(target) or _BESIDE.fullmatch(target) else None
