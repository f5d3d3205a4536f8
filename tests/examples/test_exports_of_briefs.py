"""What designs of the three AI briefs are exported to holds against its checks, and promtool sets off every alert."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.checks import problems as wrong_contracts
from exporters.kubernetes_checks import problems as wrong_manifests
from groma.analyses import assess
from groma.analyses.observability import plan
from groma.analyses.observability.tracing import volume
from groma.exporters import Source, exports
from groma.exporters.terraform.outline import figures_of
from observability.checks import of_file
from terraform_checks import problems as wrong_outline

from .ai_designs import ANSWERS, CATALOG, closed

CLOUDS = ("azure/", "aws/", "bedrock/", "gcp/", "google/")
"""Whose products an outline makes."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=list(ANSWERS))
def source(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Source:
    model = closed(root, tmp_path_factory.mktemp("exported"), request.param)
    return Source(model, assess(model, CATALOG, twice=False), CATALOG)


def written(source: Source, name: str) -> dict[str, str]:
    return {each.path: each.text for each in exports()[name].make(source)}


def read(files: dict[str, str]) -> dict[str, list[Any]]:
    return {
        path: [json.loads(text)] if path.endswith(".json") else list(yaml.safe_load_all(text))
        for path, text in files.items()
        if path.endswith((".json", ".yaml"))
    }


def test_contracts(source: Source) -> None:
    documents = {path: json.loads(text) for path, text in written(source, "contracts").items()}
    assert len(documents) >= 3
    assert list(wrong_contracts(source.model, documents)) == []


def test_manifests(source: Source) -> None:
    figures = {
        name: {measure.split("/")[0]: text for measure, text in figures_of(source.ledger, name)}
        for name in source.model.components
    }
    documents = read(written(source, "kubernetes"))
    assert len(documents) >= 3
    assert list(wrong_manifests(source.model, documents, figures)) == []


def test_outline(source: Source) -> None:
    files = written(source, "terraform")
    made = {
        c.name: (c.product, c.replicas)
        for c in source.model.components.values()
        if c.product and not c.existing and c.product.startswith(CLOUDS)
    }
    assert made or not files
    assert wrong_outline(files, made) == []


def test_watching(source: Source) -> None:
    made = plan(source.context)
    shares = {
        f.name.split("/")[1]: f.value or 1.0 for f in volume(source.context) if f.name.endswith("/share")
    }
    personal = any("personal" in data.class_ for data in source.model.data.values())
    told: list[str] = []
    for name in ("prometheus", "grafana", "openslo", "otel-collector"):
        documents = read(written(source, name))
        assert documents, name
        for path, content in documents.items():
            told += of_file(f"{name}/{path}", content, made, source.model, shares, personal)
    assert told == []


def test_promtool_sets_off_every_alert(source: Source, tmp_path: Path) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool here; on Debian: apt-get install prometheus")
    for path, text in written(source, "prometheus").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    tests = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "tests").iterdir())
    for asked in (["check", "rules", "recording-rules.yaml", "alert-rules.yaml"], ["test", "rules", *tests]):
        ran = subprocess.run(
            [tool, *asked], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
