"""What facts are: each that a shipped pattern asks for is described, and a new brief can be filled in from that."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from groma.cli.brief_facts import asked
from groma.cli.interview import inputs_of
from groma.cli.main import main
from groma.model.load import load
from groma.model.position import ModelError
from groma.model.source import Node, parse, read
from groma.patterns import Pattern, Space, close, library, open_model, resolve, uses
from groma.patterns.described import FILE, facts_described
from groma.patterns.library import SHIPPED
from groma.patterns.trees import FACT, scalars

from .ai_spaces import EXAMPLE, ROOT, answers

TABLES = ROOT / "src" / "groma" / "catalog" / "data"
PATTERNS = library()
FORMS = facts_described(SHIPPED / FILE)
CAPABILITIES = sorted({pattern.gives for pattern in PATTERNS.values()})
COMMENTED = re.compile(r"^(  )#(?=\w)", re.MULTILINE)
"""A fact that is a remark: taking the `#` away states it."""

DATE = "2026-11"
GIVEN = {
    "rate": "2/min", "busiest": "8/min", "tokens": "tokens.csv", "impact": "payment", "medium_enough": "3",
    "large_enough": "2", "action": "store.pay", "declined": "store.tell", "tool": "store.look",
    "scorecard": "store.score",
}  # fmt: skip


def answers_for(capability: str, patterns: Mapping[str, Pattern]) -> dict[str, str]:
    """Answers that an interview for a capability asks for, and no more: a name for each thing it wants named."""
    inputs = {
        f"with.{name}": GIVEN.get(name, f"own_{name}")
        for name, (_, default, optional) in inputs_of(capability, patterns).items()
        if default is None and (not optional or capability == "search the knowledge base")
    }
    return {
        "system": "New one",
        "problem": "It takes too long.",
        "capability": capability,
        **inputs,
        "date": DATE,
    }


def new_brief(folder: Path, capability: str) -> Path:
    shutil.copy(EXAMPLE / "tokens.csv", folder / "tokens.csv")
    file = folder / "answers.yaml"
    file.write_text("".join(f"{key}: {value}\n" for key, value in answers_for(capability, PATTERNS).items()))
    brief = folder / "brief.yaml"
    assert main(["new", "--out", str(brief), "--answers", str(file)]) == 0
    return brief


def filled_in(brief: Path) -> Path:
    """The brief with every fact that is a remark stated as it stands, in a file beside it."""
    other = brief.with_name("filled.yaml")
    other.write_text(COMMENTED.sub(r"\1", brief.read_text()))
    return other


def test_every_fact_of_every_shipped_pattern_is_described_and_every_description_used() -> None:
    asked_for = {
        found[1]
        for path in SHIPPED.rglob("*.yaml") if path.name != FILE
        for scalar in scalars(tree_of(path)) if (found := FACT.fullmatch(scalar.value))
    }  # fmt: skip
    assert len(asked_for) > 300
    assert asked_for == set(FORMS)
    assert {fact for pattern in PATTERNS.values() for fact in uses(pattern)} == asked_for


def tree_of(path: Path) -> Node:
    return parse(read(path), path.name)


def test_titles_are_one_plain_line_each_and_no_two_facts_share_one() -> None:
    titles = [form.title for form in FORMS.values()]
    assert len(set(titles)) == len(titles)
    for name, form in FORMS.items():
        assert 10 < len(form.title) < 150 and not form.title.endswith("."), name
        assert form.ask, name


def test_what_is_usual_is_nobodys_own_and_says_when_it_is_only_recalled() -> None:
    usual = {name: form for name, form in FORMS.items() if form.usual is not None}
    assert len(usual) > 40
    for name, form in usual.items():
        assert "client" not in form.source + form.note, name
        public = "https://" in form.source or "cloud-sla" in form.source or "catalog" in form.source
        assert public or "recalled" in form.source, name
        assert ("recalled" in form.source) <= ("unverified" in form.source), name


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_new_brief_of_every_capability_loads_and_resolves_once_filled_in(
    capability: str, tmp_path: Path
) -> None:
    brief = new_brief(tmp_path, capability)
    stated = load(brief).facts
    facts = asked(capability, PATTERNS)
    assert set(stated) == {f.name for f in facts if f.form is not None and f.form.usual is not None}
    space = resolve(filled_in(brief), PATTERNS)
    assert set(space.given.facts) == {fact.name for fact in facts}
    assert not [left_out for left_out in space.not_offered if left_out.missing]
    open_model(space)  # every option reads its facts in the unit it wants
    assert any(valid(space, seed) for seed in range(12)), "no design of a filled brief is a valid model"


def valid(space: Space, seed: int) -> bool:
    """Whether some answers, drawn at random, make a valid model."""
    chosen = answers(space, random.Random(seed), {})
    try:
        return chosen is not None and bool(close(space, chosen).model.components)
    except ModelError:
        return False


BANDS = {
    "server_small": "1U two sockets, 64 cores, 256 GB", "server_medium": "2U two sockets, 96 cores, 512 GB, 8 NVMe",
    "server_large": "2U two sockets, 128-192 cores, 1 TB", "array_price": "entry all-flash, 50 TB usable",
    "san_switch": "32 Gbit/s FC, 24 ports", "private_line": "1 Gbit/s metro", "wavelength": "10 Gbit/s metro",
    "broadband": "fibre 1 Gbit/s down",
}  # fmt: skip
MODELS = {
    "gemini_flash": "gemini-2.5-flash", "gemini_flash_lite": "gemini-2.5-flash-lite", "haiku": "claude-haiku-4.5",
    "mistral_large": "mistral-large-2512", "sonnet": "claude-sonnet-4.5", "sonnet46": "claude-sonnet-4.6",
    "gpt": "gpt-5.2",
}  # fmt: skip


@pytest.mark.parametrize("fact", BANDS)
def test_usual_prices_are_the_bands_of_the_catalog(fact: str) -> None:
    (row,) = (row for row in rows("hardware-and-circuits") if row["item"] == BANDS[fact])
    usual, month = FORMS[fact].usual, "month" in row["unit"]
    assert usual is not None and usual.unit.currency == row["currency"] and FORMS[fact].date == row["as_of"]
    per = float(usual.unit.factor)
    assert [usual.low / per, usual.high / per] == pytest.approx([float(row["low"]), float(row["high"])])
    assert FORMS[fact].like.mean / per == pytest.approx(float(row["typical"]))
    assert month == usual.unit.is_a("money/time")


@pytest.mark.parametrize("name", MODELS)
def test_usual_speeds_of_models_hold_what_the_catalog_has_published_of_them(name: str) -> None:
    """To a tenth: the facts are rounded, and a first token is that of the published medians."""
    first, each = FORMS[f"{name}_first_token"], FORMS[f"{name}_per_token"]
    held = 0
    for row in rows("model-apis"):
        if row["model"] != MODELS[name]:
            continue
        for ends, form, of in (("ttft_s", first, float), ("output_tps", each, seconds_per)):
            for end in ("low", "typical", "high"):
                if row[f"{ends}_{end}"] and form.usual is not None:
                    held += 1
                    assert form.usual.low / 1.1 <= of(row[f"{ends}_{end}"]) <= form.usual.high * 1.1, (
                        form.name
                    )
    assert held > 0


def test_scores_are_those_of_the_catalog() -> None:
    titles = {
        "gemini_flash": "Gemini 2.5 Flash", "haiku": "Claude Haiku 4.5", "sonnet": "Claude Sonnet 4.5",
        "gpt": "GPT-5.2",
    }  # fmt: skip
    scores = {
        row["model"]: float(row["score"]) for row in rows("model-quality") if row["benchmark"] == "BFCL v4"
    }
    for name, model in titles.items():
        usual = FORMS[f"{name}_bfcl"].usual
        assert usual is not None and usual.mean == pytest.approx(scores[f"{model} (FC)"] / 100)


def seconds_per(rate: str) -> float:
    return 1 / float(rate)


def rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
