"""What all tests share: the reference cases beside the checkout, and Hypothesis made repeatable."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "../shared/cases"

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the reference cases or for the browser carries their mark by that."""
    for item in items:
        asked_for = getattr(item, "fixturenames", ())
        if "shared_cases" in asked_for:
            item.add_marker(pytest.mark.cases)
        if "chromium" in asked_for:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("compiled") is not None and not _kernel():
            item.add_marker(pytest.mark.skip("the simulator's kernel isn't compiled here: no C compiler"))


def _kernel() -> bool:
    """Whether simulations of millions of events take seconds."""
    from groma.solvers.simulation import compiled

    return compiled()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Published reference cases (not part of the project); the test is skipped where they are missing."""
    if not CASES.is_dir():
        pytest.skip("the reference cases are not beside this checkout")
    return CASES.resolve()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium or Chrome; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    return found
