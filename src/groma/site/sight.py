"""A page as audits see it: the page, and what several of them ask, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from groma.site.directives import directives
from groma.site.features import Feature, fitting
from groma.site.items import walk_items
from groma.site.page import Block, Item, Page


@dataclass(frozen=True)
class Sight:
    """One page under audit. `is_live` tells whether headers and times are a server's."""

    page: Page
    is_live: bool = True

    @cached_property
    def directives(self) -> frozenset[str]:
        return directives(self.page)

    @cached_property
    def is_indexable(self) -> bool:
        """Whether the page by itself may stand in an index: success, no `noindex`, canonical to itself or none."""
        page = self.page
        if not page.is_page or page.location:
            return False
        if "noindex" in self.directives or "noindex" in directives(page, "googlebot"):
            return False
        return not page.canonicals or page.url in page.canonicals

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items of structured data, outer before inner."""
        return tuple(walk_items(self.page.items))

    @cached_property
    def fitting(self) -> tuple[tuple[Item, tuple[Feature, ...]], ...]:
        """Top items, each with the search features that it is of the kind for."""
        return tuple((item, fitting(item)) for item in self.page.items)

    @cached_property
    def said(self) -> str:
        """What a reader can perceive, folded for comparing: text, texts of pictures, title."""
        page = self.page
        alts = " ".join(image.alt for image in page.images if image.alt)
        return folded(f"{page.text} {alts} {page.title}")

    @cached_property
    def questions(self) -> tuple[tuple[Block, tuple[Block, ...]], ...]:
        """Headings that ask, each with the blocks up to the next heading."""
        found: list[tuple[Block, tuple[Block, ...]]] = []
        blocks = self.page.blocks
        for index, block in enumerate(blocks):
            if block.kind in HEADINGS and block.text.endswith("?"):
                after: list[Block] = []
                for other in blocks[index + 1 :]:
                    if other.kind in HEADINGS:
                        break
                    after.append(other)
                found.append((block, tuple(after)))
        return tuple(found)


HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def folded(text: str) -> str:
    """A text for comparing: no case, single blanks, one kind of quotes and dashes."""
    text = text.casefold()
    if not text.isascii():
        for letter, same in _SAME:
            text = text.replace(letter, same)
    return " ".join(text.split())


_SAME = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"), ("‑", "-"), ("…", "..."))
