"""Renders the sample documents into out/gallery, to be looked at after a change to anything that draws or renders.

`python tools/gallery.py [hostile name]`; with a name, the set that has this name in every place is rendered instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/documents"))

from sample_documents import hostile, sample  # noqa: E402

from groma.documents.content import pictures  # noqa: E402
from groma.documents.diagrams.d2 import d2  # noqa: E402
from groma.documents.diagrams.diagram import Diagram  # noqa: E402
from groma.documents.diagrams.mermaid import mermaid  # noqa: E402
from groma.documents.diagrams.structurizr import structurizr  # noqa: E402
from groma.documents.docx import render_docx  # noqa: E402
from groma.documents.html import render_html  # noqa: E402
from groma.documents.markdown import picture_files, render_markdown  # noqa: E402
from groma.documents.pdf import render_pdf  # noqa: E402
from groma.documents.printable import ident  # noqa: E402


def main() -> None:
    made = hostile(sys.argv[1]) if len(sys.argv) > 1 else sample()
    out = ROOT / "out/gallery"
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_bytes(render_html(made))
    for document in made.documents:
        (out / f"{document.id}.pdf").write_bytes(render_pdf(document, made.derivations))
        (out / f"{document.id}.docx").write_bytes(render_docx(document, made.derivations))
        (out / f"{document.id}.md").write_bytes(render_markdown(document, made.derivations))
        for name, data in picture_files(document).items():
            (out / "pictures" / name).write_bytes(data)
        for picture in pictures(document):
            if isinstance(picture.source, Diagram):
                for ending, write in (("mmd", mermaid), ("d2", d2), ("dsl", structurizr)):
                    target = out / "pictures" / f"{ident(picture.id)}.{ending}"
                    target.write_text(write(picture.source), encoding="utf-8")
    print(f"look at {out.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
