"""Items of structured data with those inside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groma.site.page import Item


def walk_items(items: Sequence[Item]) -> Iterator[Item]:
    """Items with those inside them, outer first."""
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        yield item
        inner = inside(item)
        if inner:
            inner.reverse()
            waiting.extend(inner)


def inside(item: Item) -> list[Item]:
    """The items that an item holds itself, in order."""
    return [value for _, values in item.properties for value in values if isinstance(value, Item)]
