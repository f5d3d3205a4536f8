"""Every edition: the same bytes twice, hostile names harmless, nothing loaded from outside, nothing lost."""

import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest
from sample_documents import FIGURES, hostile, sample

from groma.documents import print_tree
from groma.documents.content import (
    Column,
    Columns,
    Dependent,
    Derivation,
    Details,
    Document,
    DocumentSet,
    PageBreak,
    Paragraph,
    Picture,
    Quote,
    Row,
    Section,
    Strong,
    Table,
    line,
    pictures,
)
from groma.documents.diagrams.diagram import Diagram, Edge, Message, Node, Sequence
from groma.documents.docx import render_docx
from groma.documents.html import render_html
from groma.documents.markdown import escaped, picture_files, render_markdown
from groma.documents.marks import changed_outside_marks
from groma.documents.pdf import fit, render_pdf
from groma.documents.pictures import svg_file
from groma.documents.print_tree import PrintTree, derivation_refs, document_refs
from groma.documents.printable import breakable, ident, printable, safe_target
from groma.documents.svg import Drawing

NAMES = (
    "<script>alert(1)</script>",
    "\"' onload=alert(1) x='",
    "#panic() #set page(width: 1pt) ] ) } $x$ @y <z> */ //",
    "a\x00b\x07c\x1b[31m\u202eabc\ud800",
    "ש‎לום مرحبا 你好 🙂",
    "x" * 400,
    "`|*_[link](javascript:alert(1))\n# heading\n- item",
    "]]>&amp;&#60;script&#62;",
    " ",
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.starts: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: bytes) -> Tags:
    tags = Tags()
    tags.feed(page.decode())
    return tags


def test_all_editions_are_the_same_bytes_twice():
    one, other = sample(), sample()
    assert render_html(one) == render_html(other)
    for a, b in zip(one.documents, other.documents, strict=True):
        assert render_pdf(a, one.derivations) == render_pdf(b, other.derivations)
        assert render_docx(a, one.derivations) == render_docx(b, other.derivations)
        assert render_markdown(a, one.derivations) == render_markdown(b, other.derivations)
        assert picture_files(a) == picture_files(b)


@pytest.mark.parametrize("ref", sorted(FIGURES))
def test_whatever_changes_with_one_figure_lies_in_a_mark(ref: str):
    value, _, _, _ = FIGURES[ref]
    changed = sample({ref: (value * 1.9 if value < 0.5 or value > 1 else 0.77, "123456.789 furlongs")})
    before, after = render_html(sample()), render_html(changed)
    assert before != after
    assert changed_outside_marks(before, after) == ()


def test_a_number_typed_by_hand_is_caught():
    def page(figure: str) -> bytes:
        text = Paragraph(line("It costs ", figure, "."))
        return render_html(DocumentSet("S", "", (), (Document("d", "D", "", (), (text,), ()),), ()))

    assert changed_outside_marks(page("6,840 EUR"), page("7,000 EUR")) == ("6,840 -> 7,000",)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_neither_run_nor_break_a_page(name: str):
    tags = read(render_html(hostile(name)))
    assert sum(tag == "script" for tag, _ in tags.starts) == 1
    for tag, attributes in tags.starts:
        assert not any(key.startswith("on") for key in attributes), (tag, attributes)
        for key in ("href", "src"):
            value = attributes.get(key) or ""
            assert not value.lower().startswith("javascript:")
    shown = {
        "text",
        "tspan",
        "rect",
        "path",
        "p",
        "g",
        "a",
        "span",
        "code",
    }  # depend on how names break and wrap
    plainly = read(render_html(hostile("plain")))
    assert [tag for tag, _ in tags.starts if tag not in shown] == [
        t for t, _ in plainly.starts if t not in shown
    ]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_do_not_stop_print(name: str):
    made = hostile(name)
    document = made.documents[0]
    assert render_pdf(document, made.derivations).startswith(b"%PDF-")
    archive = zipfile.ZipFile(io.BytesIO(render_docx(document, made.derivations)))
    assert archive.testzip() is None
    import docx

    texts = [p.text for p in docx.Document(io.BytesIO(render_docx(document, made.derivations))).paragraphs]
    assert any(printable(name).replace("\n", "") in text.replace("\n", "") for text in texts)
    render_markdown(document, made.derivations).decode()


def test_a_page_loads_nothing_from_outside_and_forbids_it():
    page = render_html(sample())
    tags = read(page)
    for tag, attributes in tags.starts:
        assert tag not in {"link", "iframe", "object", "embed", "img", "image", "use", "base"}
        assert "src" not in attributes
        assert not str(attributes.get("href", "#")).startswith(("http:", "//", "data:"))
    policy = next(str(a["content"]) for t, a in tags.starts if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    urls = set(re.findall(rb"url\(([^)]{0,12})", page))
    assert all(url.startswith((b"data:font", b"#")) for url in urls)
    assert set(re.findall(rb"https?://[^\"' <)]+", page)) == {b"http://www.w3.org/2000/svg"}


def test_every_link_within_a_page_leads_somewhere_and_ids_are_unique():
    tags = read(render_html(sample()))
    ids = [str(attributes["id"]) for _, attributes in tags.starts if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {str(a["href"])[1:] for _, a in tags.starts if str(a.get("href", "")).startswith("#")}
    assert wanted <= set(ids)


def test_every_figure_of_the_ledger_can_be_reached_from_its_quote():
    tags = read(render_html(sample()))
    leads = {(a["data-figure"], a["href"]) for t, a in tags.starts if t == "a" and "data-figure" in a}
    assert ("cost/month", "#ledger-cost.month") in leads
    assert all(href == f"#ledger-{ident(str(ref))}" for ref, href in leads)


def test_pdf_has_title_bookmarks_links_and_alternative_text():
    made = sample()
    pdf = render_pdf(made.documents[1], made.derivations)
    assert pdf.count(b"/Link") > 5
    assert b"/Outlines" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"Infrastructure specification" in pdf


def test_pdf_carries_only_the_shipped_fonts():
    made = sample()
    names = set(
        re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z-]+)", render_pdf(made.documents[1], made.derivations))
    )
    assert names
    assert all(name.startswith((b"Inter", b"DejaVuSansMono")) for name in names), names


def test_word_links_carry_the_ledger_id():
    made = sample()
    archive = zipfile.ZipFile(io.BytesIO(render_docx(made.documents[0], made.derivations)))
    body = archive.read("word/document.xml").decode()
    tips = set(re.findall(r'w:tooltip="([^"]+)"', body))
    assert {"cost/month", "latency/answer@replied/p95"} <= tips
    anchors = set(re.findall(r'w:anchor="([^"]+)"', body))
    assert anchors <= set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', body))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_appendix_holds_what_is_quoted_and_what_that_came_from():
    chain = tuple(
        Derivation(ref, ref, "1", inputs=inputs)
        for ref, inputs in (("a", ("b",)), ("b", ("a", "c")), ("c", ()), ("d", ()))
    )
    document = Document("x", "X", "", (), (Paragraph(line(Quote("a", "1"))),), ())
    assert document_refs(document) == ("a",)
    assert [d.ref for d in derivation_refs(document, chain)] == ["a", "b", "c"]


@pytest.mark.parametrize(("width", "height"), [(700, 300), (300, 3000), (3000, 700), (10, 10), (5000, 5000)])
def test_pictures_fit_a_printed_page_in_their_own_proportion(width: float, height: float):
    made_width, made_height, turned = fit(Drawing(width, height, "", ()))
    assert made_width <= (700 if turned else 459) + 0.01
    assert made_height <= (400 if turned else 612) + 0.01
    assert made_width / made_height == pytest.approx(width / height, rel=0.01)


@pytest.mark.parametrize(("wide", "messages"), [(14, 1), (9, 25), (8, 25)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_headings_stand_on_the_turned_page_of_the_picture_that_follows(wide: int, messages: int, depth: int):
    """Pages by their media boxes: the title page upright, one turned page with all headings, and what comes after."""
    lanes = tuple(Node(f"n{i}", "service", line(f"Part number {i} of many")) for i in range(wide))
    steps = tuple(
        Message(f"n{i % (wide - 1)}", f"n{i % (wide - 1) + 1}", line("asks")) for i in range(messages)
    )
    picture = Picture("p", Sequence("x", lanes, steps), line("Wide"), line("Wide"))
    block = Section(f"s{depth}", f"Heading {depth}", depth, (picture,))
    for level in range(depth - 1, 0, -1):
        block = Section(f"s{level}", f"Heading {level}", level, (block,))
    after = Section("after", "After", 1, (Paragraph(line("text")),))
    pdf = render_pdf(Document("d", "D", "", (), (), (block, after)))
    boxes = re.findall(rb"/MediaBox ?\[0 0 (\d+)[.\d]* (\d+)[.\d]*\]", pdf)
    assert [int(width) > int(height) for width, height in boxes] == [False, True, False]
    assert all(f"Heading {level}".encode() in pdf for level in range(1, depth + 1))


def test_pictures_as_files_are_whole_and_name_their_colours():
    for picture in pictures(sample().documents[1]):
        text = svg_file(picture).decode()
        assert text.startswith("<svg ")
        assert "var(" not in text
        assert "<title" in text


def test_only_safe_addresses_become_links():
    assert safe_target("https://example.org/a?b=c") == "https://example.org/a?b=c"
    assert safe_target("mailto:a@example.org") == "mailto:a@example.org"
    assert safe_target("#a b") == "#a_20_b"
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil",
        " https://x",
        "https://x y",
        "file:///etc/passwd",
    ):
        assert safe_target(bad) is None


def test_markdown_reads_names_as_they_are():
    assert escaped("*a* [b](c) <d> #e") == "\\*a\\* \\[b\\](c) \\<d\\> \\#e"
    assert escaped("1. one") == "1\\. one"
    text = render_markdown(sample().documents[1], sample().derivations).decode()
    assert "| Language model | Frankfurt | [3,900 EUR](#ledger-cost.model) |" in text


def test_tables_want_as_many_cells_as_columns():
    table = Table((Column("a"), Column("b")), (Row((line("x"),)),))
    made = DocumentSet("S", "", (), (Document("d", "D", "", (), (), (Section("s", "S", 1, (table,)),)),), ())
    with pytest.raises(ValueError, match="zip"):
        render_html(made)


def test_what_stands_there_because_of_a_choice_lies_in_a_mark():
    def page(cached: bool) -> bytes:
        rows = (Row((line("Search"),)),) + ((Row((line("Cache"),), ("choice/cache",)),) if cached else ())
        nodes = (Node("a", "service", line("A")),)
        nodes += (Node("c", "store", line("Cache"), refs=("choice/cache",)),) if cached else ()
        edges = (Edge("a", "c", line("looks up"), refs=("choice/cache",)),) if cached else ()
        blocks = (
            Dependent(("choice/cache",), (Paragraph(line("A cache." if cached else "No cache.")),)),
            Table((Column("Part"),), rows),
            Picture("p", Diagram("D", nodes, edges), (), line("Parts")),
        )
        return render_html(DocumentSet("S", "", (), (Document("d", "D", "", (), blocks, ()),), ()))

    assert changed_outside_marks(page(True), page(False)) == ()


def test_pictures_and_breaks_within_columns_and_folds_fit_there():
    wide = Diagram(
        "Wide",
        tuple(Node(f"n{n}", "service", line(f"Component number {n}")) for n in range(9)),
        tuple(Edge("n0", f"n{n}") for n in range(1, 9)),
    )
    inside = (Picture("w", wide, line("Wide"), line("Wide")), PageBreak())
    blocks = (
        Columns((inside, (Paragraph(line("x")),))),
        Details(line("more"), (replace_id(inside[0], "v"),)),
    )
    pdf = render_pdf(Document("d", "D", "", (), blocks, ()))
    assert pdf.startswith(b"%PDF-")
    assert fit(Drawing(3000, 700, "", ()), 0.48)[0] <= 459 * 0.48 + 0.01


def test_a_paragraph_stays_on_the_page_of_its_table():
    told, before = Paragraph(line("told apart")), Paragraph(line("says what follows"))
    made = Table((Column("What"),), (Row((line("x"),)),))
    tree = print_tree.tree(
        PrintTree(frozenset(), lambda picture, room: ("", {})),
        Document("d", "D", "", (), (told, before, made, told), ()),
        (),
    )
    assert [block.get("sticks") for block in tree["summary"]] == [False, True, None, False]


def replace_id(picture: Picture, name: str) -> Picture:
    return Picture(name, picture.source, picture.caption, picture.alt)


def test_long_words_can_be_broken_and_read_the_same_without_the_breaks():
    word = "latency/answer@replied/p95" + "x" * 100
    assert breakable(word).replace("\u200b", "") == word
    assert max(len(part) for part in breakable(word).split("\u200b")) <= 24
    assert breakable("short words stay as they are") == "short words stay as they are"
    assert breakable("open_for_business-trend", whole=14) == "open_\u200bfor_\u200bbusiness-\u200btrend"
    assert breakable("open_for_business-trend at_the_desk") == "open_for_business-trend at_the_desk"


def test_importing_the_content_tree_loads_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, json, groma.documents.content; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    )
    assert not {"typst", "docx", "resvg_py", "py_mini_racer", "numpy", "scipy"} & set(loaded)


def test_strong_words_in_a_caption_are_marked_once_in_markdown() -> None:
    table = Table((Column("A"),), (Row((line("1"),)),), line(Strong(line("Ana")), " comes first."))
    made = Document("d", "D", "", (), (table,), ())
    assert "**Ana comes first.**" in render_markdown(made).decode()
