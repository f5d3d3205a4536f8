"""The chapter on how models are run: it follows the model, and is silent where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.documents.charts.chart import Front, Lines
from groma.documents.content import Block, Bullets, Dependent, Paragraph, Picture, Table
from groma.documents.deliverables.inference_sections import inference
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.load import loads

MODEL = """\
groma: 1
system: desk
currency: USD
components:
  llm:
    kind: llm
    replicas: 2
    price: {hour: 6.88 USD/h}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, tpot: 40 ms, instead_of: small}
    offers: {generate: {}}
  large: {kind: llm, price: {call: 0.01 USD}, qualities: {accuracy: 92 %}, offers: {generate: {work: 1 s}}}
  small:
    kind: llm
    price: {call: 0.001 USD}
    qualities: {accuracy: 80 %, unsure: 25 %}
    offers: {generate: {work: 300 ms}}
flows:
  answer: {starts: {rate: 2/s, busiest: 8/s}, steps: [{call: llm.generate, sizes: {input: 1200, output: 200}}]}
  verify: {starts: {rate: 1/s}, steps: [{call: large.generate, sizes: {input: 1200, output: 200}}]}
"""


def every(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Dependent):
            yield from every(block.blocks)
        else:
            yield block


@cache
def told(text: str) -> list[Block]:
    model = loads(text)
    return list(every(inference(Subject(model, Quoter(assess(model, load_catalog(), twice=False))), "d")))


def words(text: str) -> str:
    found = told(text)
    said = [plain(b.inlines) for b in found if isinstance(b, Paragraph)]
    for block in found:
        if isinstance(block, Bullets):
            said += [plain(item) for item in block.items]
        if isinstance(block, Table):
            said += [plain(cell) for row in block.rows for cell in row.cells]
    return "\n".join(said)


def test_both_bills_are_drawn_over_the_load_and_cross_where_the_text_says() -> None:
    chart = next(b.source for b in told(MODEL) if isinstance(b, Picture) and isinstance(b.source, Lines))
    own, api = chart.series
    for x, mine, paid in zip(own.xs, own.ys, api.ys, strict=True):
        assert abs(paid.value - 2 * x.value * 0.001 * 730 * 3600) < 1e-6
        assert mine.value % (6.88 * 730) < 1e-6 or mine.value % (6.88 * 730) > 6.88 * 730 - 1e-6
    assert "It can pay from" in words(MODEL) and "small" in words(MODEL)


def test_routes_are_those_that_nothing_beats() -> None:
    chart = next(b.source for b in told(MODEL) if isinstance(b, Picture) and isinstance(b.source, Front))
    assert [plain(mark.label) for mark in chart.marks] == ["small", "small then large", "large"]
    assert [round(mark.y.value, 4) for mark in chart.marks] == [0.8, 0.83, 0.92]


def test_what_is_taken_away_is_not_told() -> None:
    bought = MODEL.replace(", instead_of: small", "")
    assert "It can pay from" not in words(bought) and "llama-3.1-8b" in words(bought)
    assert "then" not in words(MODEL.replace(", unsure: 25 %", ""))
    plain_one = "groma: 1\nsystem: x\ncurrency: EUR\ncomponents: {web: {kind: service, offers: {get: {work: 1 ms}}}}\n"
    assert told(plain_one) == []
