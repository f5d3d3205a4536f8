"""Change a model text where a person wrote it, and leave everything else as it stands.

An edit becomes replacements of spans of the text, found from the positions of the tree; lines that hold nothing of
the changed element keep every character. A comment directly above a removed element goes with it, one above the first
element of a section stays (it may speak of the section).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groma.model.edited_text import EditedText, Path, Span
from groma.model.yamltext import Value


@dataclass(frozen=True, slots=True)
class SetValue:
    """Replace the value at a path."""

    path: Path
    value: Value

    def spans(self, text: EditedText) -> list[Span]:
        return text.set(self.path, self.value)


@dataclass(frozen=True, slots=True)
class InsertKey:
    """Add a key to the mapping at a path (`()` is the document), behind the key `after` or at the end."""

    path: Path
    key: str
    value: Value
    after: str | None = None

    def spans(self, text: EditedText) -> list[Span]:
        return text.insert(self.path, self.key, self.value, self.after)


@dataclass(frozen=True, slots=True)
class AppendItem:
    """Add an item to the end of the list at a path."""

    path: Path
    value: Value

    def spans(self, text: EditedText) -> list[Span]:
        return text.append(self.path, self.value)


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete the entry or item at a path; the last one leaves `{}` or `[]` behind."""

    path: Path

    def spans(self, text: EditedText) -> list[Span]:
        return text.remove(self.path)


Edit = SetValue | InsertKey | AppendItem | Remove


def edited(text: str, edits: Iterable[Edit], file: str = "model.yaml") -> str:
    """The text after all edits, in order: a path means what it means once the edits before it are done.

    Paths are keys and, for list items, numbers from 0. Raises ModelError when the text can't be read or a path isn't
    there (at the deepest place that is).
    """
    batch: list[SetValue] = []
    for edit in edits:
        if (
            isinstance(edit, SetValue)
            and not any(_related(edit.path, other.path) for other in batch[-50:])
            and len(batch) < 50
        ):
            batch.append(edit)
            continue
        text = _applied(text, batch, file)
        batch = [edit] if isinstance(edit, SetValue) else []
        if not batch:
            text = _applied(text, [edit], file)
    return _applied(text, batch, file)


def set_value(text: str, path: Path, value: Value) -> str:
    """One `SetValue`."""
    return edited(text, [SetValue(path, value)])


def insert_key(text: str, path: Path, key: str, value: Value, after: str | None = None) -> str:
    """One `InsertKey`."""
    return edited(text, [InsertKey(path, key, value, after)])


def append_item(text: str, path: Path, value: Value) -> str:
    """One `AppendItem`."""
    return edited(text, [AppendItem(path, value)])


def remove(text: str, path: Path) -> str:
    """One `Remove`."""
    return edited(text, [Remove(path)])


def _related(one: Path, other: Path) -> bool:
    """Whether one path lies on the other."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _applied(text: str, edits: Sequence[Edit], file: str) -> str:
    """All edits on one reading of the text; their spans must not overlap."""
    if not edits:
        return text
    before = EditedText(text, file)
    spans = sorted((span for edit in edits for span in edit.spans(before)), key=lambda s: (s.start, s.end))
    for span in reversed(spans):
        text = text[: span.start] + span.text + text[span.end :]
    return text
