"""The deliverables: one content tree, rendered as HTML, PDF, DOCX and Markdown, with diagrams and charts.

`content` holds the tree; `html`, `pdf`, `docx` and `markdown` render it; `pictures` draws; `marks` proves that a page
shows nothing of the design outside its marks. Import from those modules: nothing heavy happens before a renderer runs.
"""
