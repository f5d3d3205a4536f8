"""Where in the files of a folder a hit stands: the line of what it quotes, of the link it is about, or of its patch.

Looked up when a report is written, in the source of the page, so that audits needn't carry lines through parsing. What
isn't there to be pointed at (a title that is missing) is the first line of the page.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from groma.model.position import Position
from groma.site.address import join
from groma.site.audit import Hit
from groma.site.gather import Folder
from groma.site.proof.tags import Tag, tags

MOST_BYTES = 2_000_000
KEPT = 8
_LINE = re.compile(r"line (\d{1,7})\b")
LINKING = ("href", "src", "action", "content")


class Places:
    """Positions of hits in a folder, as `file:line:column` from its root."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._read: OrderedDict[str, tuple[str, tuple[Tag, ...]]] = OrderedDict()

    def of(self, hit: Hit) -> Position | None:
        """The position of a hit; None where its address has no file."""
        url = hit.url
        if hit.patch is not None and hit.patch.place in ("robots.txt", "sitemap"):
            url = hit.patch.url
            if hit.patch.at.isdigit():
                return self._position(url, int(hit.patch.at), 1)
        line = _LINE.search(hit.text)
        if line and url.endswith("/robots.txt"):
            return self._position(url, int(line[1]), 1)
        file = self.folder.file_of(url)
        if file is None or not file.is_file():
            return None
        text, found = self._source(str(file))
        at = self._offset(text, found, hit)
        begin = text.rfind("\n", 0, at) + 1
        return self._position(url, text.count("\n", 0, at) + 1, at - begin + 1)

    def _position(self, url: str, line: int, column: int) -> Position | None:
        file = self.folder.file_of(url)
        if file is None:
            return None
        return Position(file.relative_to(self.folder.root).as_posix(), line, column)

    def _source(self, file: str) -> tuple[str, tuple[Tag, ...]]:
        found = self._read.get(file)
        if found is None:
            with open(file, "rb") as stream:
                text = stream.read(MOST_BYTES).decode("latin-1")
            found = self._read[file] = text, tuple(tags(text))
            if len(self._read) > KEPT:
                self._read.popitem(last=False)
        return found

    def _offset(self, text: str, found: tuple[Tag, ...], hit: Hit) -> int:
        wanted = [part for part in (hit.quote, hit.patch.old if hit.patch else "") if part]
        for part in wanted:
            if part.startswith(("http://", "https://")):
                for tag in found:
                    for name in LINKING:
                        value = tag.value(name)
                        if value and (value == part or join(hit.url, value) == part):
                            return tag.start
            at = text.find(part.encode("utf-8", errors="replace").decode("latin-1"))
            if at >= 0:
                return at
        return 0
