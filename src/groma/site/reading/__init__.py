"""From a response to a page: decoding, one walk over the tree, structured data."""

from groma.site.reading.read import read_page

__all__ = ["read_page"]
