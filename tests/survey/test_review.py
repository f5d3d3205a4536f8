"""`groma review` against documents written by hand, each content taken out in turn, and flaws put in one by one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groma.importers.designs import Design
from groma.importers.designs.blocks import bounded
from groma.importers.designs.html import blocks as html_blocks
from groma.importers.designs.markdown import blocks
from groma.survey.review import CONTENTS, contents, review

WHOLE = (Path(__file__).parent / "complete_design.md").read_text(encoding="utf-8")
PIECES = dict(re.findall(r"<!-- ([\w-]+) -->\n(.*?)(?=<!-- )", WHOLE, re.DOTALL))


def read(text: str, file: str = "design.md") -> Design:
    return bounded(file, blocks(text, file))


def test_a_complete_document_lacks_nothing_and_leaves_nothing_to_guess() -> None:
    found = review(read(WHOLE), "ai")
    assert [each.content.id for each in found.missing] == []
    assert [(g.check, g.words) for g in found.guesses] == []
    assert not found.blocked


def test_every_content_of_the_practice_has_its_piece() -> None:
    assert set(PIECES) == {each.id for each in contents("ai")}


@pytest.mark.parametrize("content", contents("ai"), ids=lambda each: each.id)
def test_what_is_taken_out_is_missed_and_nothing_else(content: object) -> None:
    ident = content.id  # type: ignore[attr-defined]
    found = review(read(WHOLE.replace(PIECES[ident], "")), "ai")
    assert [each.content.id for each in found.missing] == [ident]
    assert found.blocked == next(c.blocks for c in CONTENTS if c.id == ident)


@pytest.mark.parametrize("content", contents("ai"), ids=lambda each: each.id)
def test_a_heading_alone_is_a_promise(content: object) -> None:
    ident = content.id  # type: ignore[attr-defined]
    piece = PIECES[ident]
    heading = piece.split("\n")[0]
    found = review(read(WHOLE.replace(piece, f"{heading}\n\nSee above.\n\n")), "ai")
    assert [each.content.id for each in found.missing] == [ident]


@pytest.mark.parametrize("ident", sorted(PIECES))
def test_each_is_said_to_stand_where_it_stands(ident: str) -> None:
    found = review(read(WHOLE), "ai")
    at = next(each.at.number for each in found.present if each.content.id == ident)
    first = WHOLE[: WHOLE.index(PIECES[ident])].count("\n") + 1
    assert first <= at < first + PIECES[ident].count("\n")


FLAWS = {
    "vague-word": "Attachments are kept, etc.",
    "need-without-target": "The gateway must be available.",
    "number-without-unit": "The latency of 200 is agreed.",
    "cell-not-filled": "| Carrier | Feed |\n|---|---|\n| North | daily |\n| South | |\n| West | daily |",
    "empty-section": "## Carriers",
    "part-not-described": "```mermaid\ngraph LR\n  a[Gateway] --> b[Billing hub]\n```",
}


@pytest.mark.parametrize("check", sorted(FLAWS))
def test_a_flaw_put_in_is_found_and_nothing_else(check: str) -> None:
    found = review(read(f"{WHOLE}\n{FLAWS[check]}\n"), "ai")
    assert [each.check for each in found.guesses] == [check]
    assert found.guesses[0].at.number > WHOLE.count("\n")


@pytest.mark.parametrize(
    ("piece", "words", "check"),
    [
        ("retries", "Failed look-ups are retried.", "retry-without-limit"),
        ("timeouts", "Look-ups have a timeout.", "timeout-without-time"),
    ],
)
def test_a_policy_without_its_limit_is_found_where_none_is_stated(piece: str, words: str, check: str) -> None:
    text = WHOLE.replace(PIECES[piece], f"## Policy\n\n{words}\n\n")
    found = review(read(text), "ai")
    assert [each.check for each in found.guesses] == [check]
    assert [each.content.id for each in found.missing] == [piece]


@pytest.mark.parametrize(
    "fine",
    [
        "Look-ups are retried twice.",
        "Payments are never retried.",
        "The latency of 200 ms is agreed.",
        "The gateway must respond within 300 ms.",
        "Most shoppers write in the evening.",
    ],
)
def test_what_is_stated_is_no_guess(fine: str) -> None:
    assert review(read(f"{WHOLE}\n{fine}\n"), "ai").guesses == ()


def test_german_is_read_as_well() -> None:
    text = """\
## Anforderungen
Antwort in höchstens 4 Sekunden.
## Bausteine
| Baustein | Aufgabe |
|---|---|
| Tor | nimmt Fragen an |
## Wiederholungen
Zweimal, nach 200 ms.
## Zeitlimit
Je Aufruf 300 ms.
## Wiederherstellung
RPO 15 Minuten.
## Kosten
850 EUR.
## Vertrauensgrenzen
Was Kunden schreiben ist fremd.
## Notaus
Nach 5 Fehlern.
## Abnahmetests
Wenn gefragt wird, dann steht der Ort da.
Die Liste wird bei Bedarf verschickt, usw.
"""
    found = review(read(text), "ai")
    there = {each.content.id for each in found.present}
    assert {
        "needs-with-targets", "components", "retries", "timeouts", "recovery", "cost", "trust-boundaries", "breakers",
        "acceptance",
    } <= there  # fmt: skip
    assert {g.words.casefold() for g in found.guesses} == {"bei bedarf", "usw"}


def test_what_stops_a_builder_comes_first() -> None:
    missing = review(read("# Nothing\n\nHello.\n"), "ai").missing
    assert len(missing) == sum(not each.only for each in contents("ai"))
    order = [(not each.content.blocks, each.content.rank) for each in missing]
    assert order == sorted(order)
    assert missing[0].content.rank == 1


def test_business_asks_for_fields_and_not_for_agents() -> None:
    business = {each.id for each in contents("business")}
    assert {"integrations", "system-of-record", "automations", "migration"} <= business
    assert not {"context-budget", "evaluation", "bounds", "networks"} & business
    text = """\
## Integrations
| From | To | Field | Rule |
|---|---|---|---|
| shop.order.id | books.invoice.ref | Field 1 | as it is |
"""
    assert "integrations" in {each.content.id for each in review(read(text), "business").present}
    cut = text.replace(" Field |", " Remark |")
    assert "integrations" in {each.content.id for each in review(read(cut), "business").missing}


def test_html_says_the_same_as_markdown() -> None:
    """The complete document by hand-made translation of its Markdown (headings, tables, lists, code)."""
    html: list[str] = []
    for block in blocks(WHOLE, "design.md"):
        if block.kind == "heading":
            html.append(f"<h{block.level}>{block.text}</h{block.level}>")
        elif block.kind == "table":
            rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in block.rows)
            html.append(f"<table>{rows}</table>")
        elif block.kind == "picture":
            html.append(f"<img src=x alt='{block.text}'>")
        elif block.kind == "code":
            html.append(f"<pre><code>{block.text}</code></pre>")
        else:
            tag = "li" if block.kind == "item" else "p"
            html.append(f"<{tag}>{block.text}</{tag}>")
    design = bounded("design.html", html_blocks("\n".join(html), "design.html"))
    found = review(design, "ai")
    assert [each.content.id for each in found.missing] == []
    assert found.guesses == ()


def test_docx_says_the_same_and_counts_paragraphs(tmp_path: Path) -> None:
    import docx

    from groma.importers.designs import read_design

    document = docx.Document()
    for block in blocks(WHOLE, "design.md"):
        if block.kind == "heading":
            document.add_heading(block.text, block.level)
        elif block.kind == "table":
            table = document.add_table(len(block.rows), len(block.rows[0]))
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif block.kind == "picture":
            continue
        elif block.kind == "code":
            document.styles.add_style("Code", 1) if "Code" not in document.styles else None
            document.add_paragraph(block.text, style="Code")
        else:
            document.add_paragraph(block.text, style="List Bullet" if block.kind == "item" else None)
    document.save(str(tmp_path / "design.docx"))
    found = review(read_design(tmp_path / "design.docx"), "ai")
    assert [each.content.id for each in found.missing] == ["system-picture"]
    first = next(each for each in found.present if each.content.id == "goals")
    assert str(first.at).endswith("design.docx, paragraph 2")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", b"no archive", "no ZIP archive"),
        ("a.md", b"fine\n\xff\xfa\n", ":2: expected text in UTF-8"),
        ("a.pdf", b"%PDF", "expected a document in Markdown, HTML or DOCX"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    from groma.importers.designs import DesignError, read_design

    (tmp_path / name).write_bytes(data)
    with pytest.raises(DesignError, match=re.escape(words)):
        read_design(tmp_path / name)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    import zipfile

    from groma.importers.designs import DesignError, read_design

    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 70_000_000)
    with pytest.raises(DesignError, match="when unpacked"):
        read_design(tmp_path / "a.docx")


@pytest.mark.parametrize(
    "text",
    ["|" * 50_000, "[" * 50_000, "*" * 50_000, "<" * 50_000, "- " * 50_000, "1" * 50_000, "retry " * 20_000, "a.b" * 30_000,
     "#" * 1000 + "\n" * 1000, "<!--" * 20_000, "x[" + "(" * 50_000, "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "|" * 1000],
)  # fmt: skip
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    import time

    began = time.process_time()
    review(read(text), "ai")
    review(bounded("a.html", html_blocks(text, "a.html")), "ai")
    assert time.process_time() - began < 5


def test_the_command_ends_with_one_where_something_blocks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    from groma.cli.main import main

    (tmp_path / "whole.md").write_text(WHOLE)
    (tmp_path / "part.md").write_text(WHOLE.replace(PIECES["timeouts"], ""))
    assert main(["review", str(tmp_path / "whole.md"), "--json"]) == 0
    capsys.readouterr()
    assert main(["review", str(tmp_path / "part.md"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in said["missing"]] == ["timeouts"]
    assert main(["review", str(tmp_path / "none.md")]) == 2


def test_the_page_tells_the_table_as_it_is() -> None:
    from runpy import run_path

    tool = run_path(str(Path(__file__).parents[2] / "tools" / "review_pages.py"))
    page = tool["PAGE"].read_text(encoding="utf-8")
    assert tool["whole"](page) == page


def test_a_sentence_that_comes_again_is_told_once_and_a_word_as_a_name_is_none() -> None:
    text = WHOLE.replace(PIECES["retries"], "")
    again = "Calls that got no answer are retried by the caller.\n\n" * 3
    found = review(read(f"{text}\n{again}"), "ai")
    assert [each.check for each in found.guesses] == ["retry-without-limit"]
    assert not review(read(f"{WHOLE}\n| Need | Target |\n|---|---|\n| fast | 4 |\n"), "ai").guesses


def test_other_words_for_failures_and_scope_are_known() -> None:
    """As Groma's own documents have them."""
    text = (
        "## What can go wrong\n\n| Cause | Effect | How it is noticed | What is done |\n|---|---|---|---|\n"
        "| model away | nothing written | age of runs | a person answers |\n\n## What is not part of it\n\nBilling of carriers.\n"
    )
    there = {each.content.id for each in review(read(text), "ai").present}
    assert {"failure-modes", "scope-out"} <= there


SAID = [
    ("breakers", "- **Circuit breakers:** Agents are cut off when more than 5 % of calls fail."),
    (
        "kill-switch",
        "Kill switch: whoever is on duty disables all writes within a minute or, at the worst, 10 min.",
    ),
    (
        "audit-trail",
        "Audit logs: each tool call with who approved it, in a bucket that can't be changed, 400 days.",
    ),
    (
        "content-policy",
        "| Prohibited topic | Filter | Then |\n|---|---|---|\n| medical advice | topic classifier | a nurse is called |",
    ),
    ("not-recorded", "Prompts are never logged."),
    (
        "kill-switch",
        "Feature flag: the engineer on duty turns all agents off within 2 min; calls get no reply from then on.",
    ),
    ("audit-trail", "Audit: prompts, tool calls and who approved are stored in the warehouse for 90 days."),
]
PROMISED = {
    "kill-switch": ("Kill switch: an environment flag.", "The kill-switch lies with the engineer on duty."),
    "audit-trail": ("Audit trail: prompts, tool calls, who approved.", "We keep an audit trail of everything for ever."),
    "content-policy": ("Content filters: input, tool and output layers.", "Prohibited content is taken seriously."),
    "ways-out": ("Outbound mail is of great use.",),
    "not-recorded": ("Logs: one line a call.", "Nothing of this is in the log of decisions."),
    "recording-cost": ("Monitoring opens an incident above 50 EUR an hour.",),
    "renewals": ("Contracts with carriers are many.",),
}  # fmt: skip
"""What design documents of others say, in words made up after them: of a subject, but not what has to be known of it."""


@pytest.mark.parametrize(("ident", "words"), SAID)
def test_what_is_said_in_one_line_is_there(ident: str, words: str) -> None:
    found = review(read(f"{WHOLE.replace(PIECES[ident], '')}\n## Rest\n\n{words}\n"), "ai")
    assert [each.content.id for each in found.missing] == []


@pytest.mark.parametrize(("ident", "words"), [(i, each) for i, said in PROMISED.items() for each in said])
def test_a_subject_without_what_has_to_be_known_is_missed(ident: str, words: str) -> None:
    found = review(read(f"{WHOLE.replace(PIECES[ident], '')}\n## Rest\n\n{words}\n"), "ai")
    assert [each.content.id for each in found.missing] == [ident]


@pytest.mark.parametrize(
    ("ident", "words"),
    [
        ("retrieval", "Answers rest on a vector index of carriers' pages."),
        ("own-models", "The answerer runs on a GPU of ours."),
    ],
)
def test_some_contents_are_asked_only_of_who_speaks_of_them(ident: str, words: str) -> None:
    plain = "## Purpose\n\nShoppers ask where a parcel is.\n"
    assert ident not in {each.content.id for each in review(read(plain), "ai").missing}
    assert ident in {each.content.id for each in review(read(f"{plain}\n{words}\n"), "ai").missing}
