"""Design documents that somebody else wrote, as headings, paragraphs, lists, tables, code and pictures with positions.

`read_design` reads Markdown, HTML or DOCX, whichever the file's name says. What a document means isn't judged here.
"""

from groma.importers.designs.blocks import Block, Design, DesignError, Kind, Spot
from groma.importers.designs.read import read_design

__all__ = ["Block", "Design", "DesignError", "Kind", "Spot", "read_design"]
