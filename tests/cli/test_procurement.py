"""`groma rfp` and `groma bids`: folders, answers, exit statuses, mistakes in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groma.cli.main import main

MODEL = """groma: 1
system: Shop
currency: EUR
date: "2026-11-21"
needs:
  dependable: {measure: availability/order, at_least: 99 %}
  cheap: {measure: cost/month, at_most: 100 EUR/month}
places: {town: {kind: site, in: DE}}
components:
  shop:
    kind: service
    place: town
    fails: {availability: 99.9 %}
    price: {month: {value: 60 EUR/month, known: 40 EUR/month .. 80 EUR/month, source: a list, date: "2026-11"}}
    offers: {buy: {work: 30 ms}}
flows:
  order: {starts: {rate: 3/min}, steps: [{call: shop.buy}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    return tmp_path


def asked(folder: Path) -> Path:
    assert main(["rfp", str(folder / "model.yaml"), "--out", str(folder / "rfp"), "--quiet"]) == 0
    return folder / "rfp"


def answered(rfp: Path, name: str, price: float, up: float = 99.95, **said: str) -> Path:
    from openpyxl import load_workbook

    from groma.procurement import opened
    from groma.procurement.packed import packed

    request = opened(rfp).request
    book: Any = load_workbook(rfp / "send" / "response.xlsx")
    book["Read me"]["B6"] = name
    limits = {"exit.notice": 1, "exit.bound": 1, "exit.help": 80, "support.response": 2}
    for row, each in enumerate(request.requirements, 5):
        value = {"yes or no": "yes", "number": limits.get(each.key, up), "text": "none", "countries": "DE"}[
            each.form
        ]
        book["Requirements"][f"F{row}"] = said.get(each.key.replace(".", "_"), value)
    book["Prices"]["F5"] = price
    for row in range(5, book["Exit"].max_row + 1):
        book["Exit"][f"C{row}"] = 10
    path = rfp.parent / f"{name}.xlsx"
    path.write_bytes(packed(book))
    return path


def test_from_model_to_award(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rfp = asked(folder)
    assert {"rfp.docx", "rfp.pdf", "rfp.md", "response.xlsx"} <= {p.name for p in (rfp / "send").iterdir()}
    capsys.readouterr()
    good, dear, bad = (
        answered(rfp, "good", 50),
        answered(rfp, "dear", 70),
        answered(rfp, "bad", 1, exit_titles="no"),
    )
    out = folder / "out"
    assert main(["bids", str(rfp), str(dear), str(good), str(bad), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["order"] == [["good"], ["dear"]] and told["decided"]
    points = {b["name"]: b for b in told["bids"]}
    assert points["bad"]["rejected"]
    assert [g["id"] for g in points["bad"]["gates"] if g["verdict"] == "failed"]
    assert {"award-memo.pdf", "bid-evaluation.docx", "arithmetic.xlsx", "index.html"} <= {
        p.name for p in out.iterdir()
    }
    assert main(["assess", str(out / "models" / "good.yaml"), "--quiet"]) == 0


def test_facts_of_a_bid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rfp = asked(folder)
    bid, facts = answered(rfp, "good", 55.5), folder / "quotes.yaml"
    assert main(["bids", str(rfp), str(bid), "--facts", str(facts), "--quiet"]) == 0
    assert "value: 55.5 EUR/month" in facts.read_text(encoding="utf-8")
    assert main(["bids", str(rfp), str(bid), "--facts", str(facts), "--bid", "goo", "--quiet"]) == 2
    assert "did you mean `good`" in capsys.readouterr().err


def test_nobody_passes_and_nobody_is_clear(folder: Path) -> None:
    rfp = asked(folder)
    assert main(["bids", str(rfp), str(answered(rfp, "poor", 50, up=98)), "--quiet"]) == 1
    silent = answered(rfp, "silent", 50, support_hours="")
    assert main(["bids", str(rfp), str(silent), "--quiet"]) == 3


def test_the_same_bytes_twice(folder: Path) -> None:
    first = {p: p.read_bytes() for p in sorted(asked(folder).rglob("*")) if p.is_file()}
    asked(folder)
    assert {p: p.read_bytes() for p in first} == first


def test_mistakes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rfp = asked(folder)
    text = folder / "bid.xlsx"
    text.write_text("no workbook", encoding="utf-8")
    for arguments, said in (
        (["bids", str(folder), str(text)], "expected a folder that groma rfp wrote"),
        (["bids", str(rfp), str(text), str(folder / "none.xlsx")], "none.xlsx: no such file"),
        (["bids", str(rfp), str(text)], "bid.xlsx: it isn't an XLSX file"),
        (
            ["rfp", str(folder / "model.yaml"), "--lot", "shp", "--out", str(folder / "x")],
            "did you mean `shop`",
        ),
        (
            ["rfp", str(folder / "model.yaml"), "--after", str(folder), "--out", str(folder / "x")],
            "--after: expected",
        ),
        (
            [
                "rfp",
                str(folder / "model.yaml"),
                "--terms",
                str(folder / "no.yaml"),
                "--out",
                str(folder / "x"),
            ],
            "no.yaml",
        ),
    ):
        assert main([*arguments, "--quiet"]) == 2, arguments
        assert said in capsys.readouterr().err, arguments
    changed = rfp / "model" / "model.yaml"
    changed.write_text(MODEL.replace("60 EUR", "61 EUR"), encoding="utf-8")
    assert main(["bids", str(rfp), str(text), "--quiet"]) == 2
    assert "has changed since the request was sent out" in capsys.readouterr().err
