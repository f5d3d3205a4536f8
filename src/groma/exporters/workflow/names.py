"""Names in generated code. A model's names are anybody's text: only letters, digits and `_` of ASCII get through."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

LONGEST = 48
TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | {"self", "cls"}


def identifier(text: str, otherwise: str = "x") -> str:
    """A lower-case identifier for a text: `Größe (m)` is `grosse_m`."""
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", flat.lower()).strip("_")[:LONGEST].rstrip("_")
    if not word:
        word = otherwise
    if word[0].isdigit():
        word = f"{otherwise}_{word}"
    return f"{word}_" if word in TAKEN else word


def class_name(text: str) -> str:
    """`payment gateway` is `PaymentGateway`."""
    return "".join(part[:1].upper() + part[1:] for part in identifier(text).strip("_").split("_"))


class Names:
    """Identifiers that differ from one another."""

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        self._taken = set(taken)

    def new(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def comment(text: str) -> str:
    """A text for a comment: one line, nothing that isn't printed, no more than 150 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 150 else line[:147] + "..."


def markdown(text: str) -> str:
    """A text for a sentence or a cell of Markdown, which it can't leave."""
    return re.sub(r"([\\`*_\[\]<>|#!])", r"\\\1", comment(text))
