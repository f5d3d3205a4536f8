"""The JSON Schema of site.yaml and of engagements: the examples fit, and what the reader refuses doesn't."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from groma.cli.main import main

COMPANY = Path(__file__).parents[2] / "examples" / "company"


class Texts(yaml.SafeLoader):
    """Dates stay text, as in JSON."""


Texts.yaml_implicit_resolvers = {
    first: [(tag, how) for tag, how in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def schema(of: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main(["schema", "--of", of]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("of", "file"), [("site", "site/site.yaml"), ("engagement", "engagement.yaml")])
def test_the_example_fits_and_the_schema_is_one(
    of: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = schema(of, capsys)
    jsonschema.Draft202012Validator.check_schema(found)
    example = yaml.load((COMPANY / file).read_text(encoding="utf-8"), Texts)
    assert [*jsonschema.Draft202012Validator(found).iter_errors(example)] == []
    assert [*jsonschema.Draft202012Validator(found).iter_errors({**example, "no such key": 1})]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("organization",), {}),
        (("pages", "home", "titel"), "x"),
        (("pages", "home", "priority"), "very"),
        (("base",), None),
    ],
)
def test_what_the_reader_refuses_does_not_fit(
    path: tuple[str, ...], value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    example = yaml.load((COMPANY / "site/site.yaml").read_text(encoding="utf-8"), Texts)
    place = example
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    if value is None:
        del place[path[-1]]
    assert not jsonschema.Draft202012Validator(schema("site", capsys)).is_valid(example)
