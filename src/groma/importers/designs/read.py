"""A document of any of the formats, by its name's ending."""

from __future__ import annotations

from pathlib import Path

from groma.importers.designs import docx, html, markdown
from groma.importers.designs.blocks import Design, DesignError, bounded

LARGEST_FILE = 20_000_000
FORMATS = (".md", ".markdown", ".txt", ".html", ".htm", ".docx")


def read_design(path: Path) -> Design:
    """The document at a path. Raises DesignError for what is no document or can't be read."""
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        raise DesignError(
            f"{path}: expected a document in Markdown, HTML or DOCX ({', '.join(FORMATS)}), found "
            f"{ending or 'no ending'}: "
            "save it in one of these"
        )
    data = _data(path)
    if ending == ".docx":
        return bounded(str(path), docx.blocks(data, str(path)))
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DesignError(
            f"{path}:{line}: expected text in UTF-8, found bytes that are none: save it as UTF-8"
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    reader = html.blocks if ending in (".html", ".htm") else markdown.blocks
    return bounded(str(path), reader(text, str(path)))


def _data(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise DesignError(
                f"{path}: expected a document, found {'a folder' if path.is_dir() else 'nothing'}"
            )
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise DesignError(
                f"{path}: expected at most {LARGEST_FILE // 10**6} MB, found {size / 10**6:.1f} MB: take pictures out"
            )
        return path.read_bytes()
    except OSError as error:
        raise DesignError(f"{path}: can't be read ({error.strerror})") from None
