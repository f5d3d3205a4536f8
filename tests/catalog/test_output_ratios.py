"""Ratios of both prices of a token, held against prices that providers print."""

from __future__ import annotations

import pytest

from groma.catalog import load_catalog

RATIOS = load_catalog().output_ratios


@pytest.mark.parametrize(
    ("model", "ratio"),
    [
        ("openai/gpt-4o", 4.0),  # 2.50 and 10.00 USD a million tokens
        ("anthropic/claude-sonnet-4-5", 5.0),  # 3 and 15
        ("anthropic/claude-3-haiku-20240307", 5.0),  # 0.25 and 1.25
    ],
)
def test_known_models_have_the_ratio_of_their_printed_prices(model: str, ratio: float) -> None:
    low, high = RATIOS.of(model.upper())
    assert low <= ratio <= high
    assert RATIOS.of("gateway/" + model.partition("/")[2])[0] <= ratio


def test_an_unknown_model_gets_what_nine_of_ten_ask() -> None:
    assert RATIOS.of("nobody/knows-it") == (RATIOS.low, RATIOS.high)
    assert RATIOS.models > 1000
    inside = [
        low >= RATIOS.low and high <= RATIOS.high for low, high in RATIOS.by_model.values() if low == high
    ]
    assert 0.85 < sum(inside) / len(inside) < 0.99
    assert 1.0 <= RATIOS.low < 3.0 < RATIOS.high < 12.0
    assert RATIOS.source.startswith("genai-prices") and RATIOS.as_of
