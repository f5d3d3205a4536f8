"""Passages that a search finds, in the window of the call that reads them: counted by hand and by cutting texts."""

from __future__ import annotations

import random

import pytest

from groma.analyses import assess
from groma.documents.content import Paragraph, walk
from groma.documents.deliverables import data_sections
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.load import loads
from groma.model.position import ModelError
from groma.rules import rules, run

from .given import CATALOG, HEAD, context_of, figure_of, verdicts

CALL = "flows.a.steps.2"
MODEL = """
data: {pages: {held_by: store, cut: {texts: 100, length: 900 tokens, passage: 300, overlap: 50}}}
components:
  store: {kind: database, offers: {vector: {work: 1 ms}}}
  search: {kind: index, offers: {find: {work: 10 ms, finds: 8, steps: [{call: store.vector}]}}}
  writer: {kind: llm, qualities: {context: 4000 tokens}, offers: {write: {work: 1 s}}}
flows:
  a:
    starts: {rate: 1/min}
    steps:
      - call: search.find
      - call: writer.write
        sizes: {output: 500 tokens}
        context: {rules: 800 tokens, found: {passages: search.find}, cut_first: passages}
"""


def fits(body: str) -> tuple[float | None, float | None]:
    found = figure_of(body, f"context/{CALL}/fits")
    return found.low, found.high


def test_what_is_found_enters_the_window() -> None:
    assert figure_of(MODEL, f"context/{CALL}/tokens").value == 800 + 500 + 8 * 300
    assert figure_of(MODEL, f"context/{CALL}/overflow").high == 0.0
    small = MODEL.replace("context: 4000", "context: 3000")
    found = figure_of(small, f"context/{CALL}/overflow")
    assert (found.low, found.high) == (0.0, 1.0) or found.value is None  # passages may be short, or all full
    assert figure_of(small, f"context/{CALL}/stuck").high == 0.0


def test_the_tokens_enclose_those_of_any_passages_found() -> None:
    """Texts of 900 tokens are cut by a window of 300 that moves on by 250; eight of the passages are taken."""
    rng = random.Random(3)
    starts = [0, 250, 500, 750]
    assert starts[-1] + 50 < 900 <= starts[-1] + 250  # the last one holds more than it shares
    lengths = [min(300, 900 - start) for start in starts]
    body = MODEL.replace("length: 900 tokens", "length: 900 tokens ± 300 tokens")
    for text in (MODEL, body):
        there = figure_of(text, f"context/{CALL}/tokens")
        low, high = there.ends()
        for _ in range(200):
            tokens = 1300 + sum(rng.choice(lengths) for _ in range(8))
            assert low <= tokens <= high
    # Eight that are full, or no longer than a token more than each shares with the one before it.
    assert figure_of(MODEL, f"context/{CALL}/tokens").ends() == (1300 + 8 * 51, 1300 + 8 * 300)


def test_what_others_hold_is_not_found() -> None:
    """Neither the search nor what it asks holds the longer passages, until the store does."""
    attic = "  attic: {kind: store}\nflows:"
    other = MODEL.replace("flows:", attic).replace(
        "data: {",
        "data: {old: {held_by: attic, cut: {texts: 9, length: 900 tokens, passage: 400, overlap: 0}}, ",
    )
    assert figure_of(other, f"context/{CALL}/tokens").value == 1300 + 8 * 300
    both = other.replace("old: {held_by: attic", "old: {held_by: [attic, store]")
    assert figure_of(both, f"context/{CALL}/tokens").value == 1300 + 8 * 400


@pytest.mark.parametrize(
    ("window", "low", "high"),
    # beside 800 + 500 tokens; a full passage has 300, the shortest more than the 50 it shares
    [("4000 tokens", 8, 8), ("3000 tokens", 5, 8), ("1500 tokens", 0, 3), ("1300 tokens", 0, 0)],
)
def test_how_many_fit_is_what_is_left(window: str, low: float, high: float) -> None:
    body = MODEL.replace("context: 4000 tokens", f"context: {window}")
    assert fits(body) == (low, high)
    assert figure_of(body, f"context/{CALL}/fits").value == (low if low == high else None)


@pytest.mark.parametrize(
    ("stops", "low", "high"),
    # 800 + 500 tokens, 600 more in each round after the first: of 4000 the third leaves 1500, the fourth 900.
    [("times: 1", 8, 8), ("times: 3", 5, 8), ("times: 4", 3, 8), ("until: 50 %", 0, 8)],
)
def test_in_a_loop_the_last_round_has_the_least_room(stops: str, low: float, high: float) -> None:
    head, tail = MODEL.split("      - call: writer.write\n")
    indented = "\n".join(f"      {line}" for line in tail.replace("rules: 800", "past: 800").splitlines())
    loop = f"      - repeat:\n          {stops}\n          steps:\n            - call: writer.write\n"
    body = head + loop + indented.replace("found:", "grows: {past: 600 tokens}, found:")
    found = figure_of(body, f"context/{CALL}.repeat.steps.1/fits")
    assert (found.low, found.high) == (low, high)


def test_rest_that_varies_counts_at_its_longest() -> None:
    varied = MODEL.replace("rules: 800 tokens", "rules: {value: 800 tokens ± 100 tokens, max: 2500 tokens}")
    assert fits(varied)[0] == 3  # (4000 - 2500 - 500) // 300
    assert (
        fits(MODEL.replace("rules: 800 tokens", "rules: 800 tokens ± 100 tokens"))[0] == 0
    )  # no longest is stated


def test_a_need_may_ask_that_all_of_them_fit() -> None:
    need = f"needs: {{room: {{measure: context/{CALL}/fits, at_least: 8}}}}\n"
    assert verdicts(need + MODEL) == {"room": "met"}
    assert verdicts(need + MODEL.replace("context: 4000", "context: 1500")) == {"room": "missed"}


def told(body: str) -> list[tuple[str, str]]:
    model = loads(HEAD + body)
    ledger = assess(model, CATALOG, twice=False)
    found = run(model, ledger, catalog=CATALOG, only=[rules()["found-more-than-read"]])
    return [(finding.id.partition(":")[2], finding.confidence) for finding in found]


def test_a_call_without_room_is_found() -> None:
    assert told(MODEL) == []
    assert told(MODEL.replace("context: 4000", "context: 1500")) == [
        (CALL, "certain")
    ]  # never more than three fit
    loose = MODEL.replace(
        "context: {rules: 800 tokens, found: {passages: search.find}, cut_first: passages}", "context: {%s}"
    )
    assert told(loose % "rules: 800 tokens, passages: 1500 tokens") == [(f"{CALL}/search.find", "possible")]
    assert told(loose % "rules: 800 tokens, passages: 1600 tokens") == []
    other = (
        (loose % "passages: 100 tokens")
        .replace("      - call: search.find\n", "")
        .replace("finds: 8", "finds: 8")
    )
    assert told(other) == []  # nothing was searched for
    head, tail = (loose % "passages: 100 tokens").split("      - call: search.find\n")
    inner = "".join(f"            {line}\n" for line in tail.splitlines())
    search, way = (
        "                  - call: search.find\n",
        "            - share: 50 %\n              steps:\n",
    )
    choose = "      - choose:\n"
    path = "flows.a.steps.1.choose.1.steps"
    same = told(head + choose + way + search + inner + "            - {share: 50 %, steps: []}\n")
    assert same == [(f"{path}.2/search.find", "possible")]
    assert told(head + choose + way + inner + way + search) == []  # searched for in the other branch


def test_what_cannot_be_found_is_told() -> None:
    with pytest.raises(ModelError, match=r"did you mean `search\.find`"):
        loads(HEAD + MODEL.replace("passages: search.find", "passages: search.fnd"))
    with pytest.raises(ModelError, match=r"say on `store\.vector` how many"):
        loads(HEAD + MODEL.replace("passages: search.find", "passages: store.vector"))
    with pytest.raises(ModelError, match="not both"):
        loads(HEAD + MODEL.replace("rules: 800 tokens", "passages: 800 tokens"))


def test_of_what_nobody_cuts_nothing_is_said() -> None:
    body = MODEL.replace(", cut: {texts: 100, length: 900 tokens, passage: 300, overlap: 50}", "")
    found = figure_of(body, f"context/{CALL}/fits")
    assert found.value is None and found.missing
    assert context_of(body).model.flows["a"].steps


def test_the_data_chapter_tells_how_many_are_read() -> None:
    model = loads(HEAD + MODEL)
    subject = Subject(model, Quoter(assess(model, CATALOG, twice=False)))
    texts = [plain(b.inlines) for b in walk(data_sections.windows(subject)) if isinstance(b, Paragraph)]
    assert any("passages of search.find there is room for 8 beside" in text for text in texts)


def test_of_a_part_that_nobody_knows_nothing_may_be_left_or_all() -> None:
    """Rules may take nothing: 3500 tokens are left beside the answer, for passages of at most 300."""
    low, high = fits(MODEL.replace("rules: 800 tokens", "rules: unknown"))
    assert low == 0 and high == 8
    small = MODEL.replace("context: 4000 tokens", "context: 700 tokens")
    shortest = 51  # more than it shares with the one before
    assert fits(small.replace("rules: 800 tokens", "rules: unknown"))[1] == (700 - 500) // shortest
    assert fits(small.replace("rules: 800 tokens", "rules: 100 tokens"))[1] == (700 - 500 - 100) // shortest
