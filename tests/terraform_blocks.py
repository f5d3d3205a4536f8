"""Blocks of a Terraform outline, word for word: what a component is made of, with its name, number, size and place left
open. The exporter wrote them; somebody read them through on 2026-11-28 and mended what was wrong.

    PYTHONPATH=src:tests python tests/terraform_blocks.py

writes `terraform_blocks.txt` anew from the model that tests share; what changed in it has to be read before it is
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from exporters.kubernetes_checks import called
from groma.model.elements import Model

KNOWN = Path(__file__).with_suffix(".txt")
Tree = Mapping[str, Any]
_TYPE = re.compile(r"(?:azurerm|aws|google)_[a-z0-9_]+(?=[.\"\[ ]|$)")


def unknown(read: Mapping[str, Tree], model: Model, folder: str | None = None) -> list[str]:
    """What differs from the blocks that were read, by folder (or in one) and component; modules that aren't given what
    they ask for by its name."""
    return (
        ([] if folder else _given(read, model))
        + _told_apart(read, model)
        + [
            f"{where or 'root'}: {owner or 'for all'}: {'; '.join(sorted(lines - _nearest(lines)))[:300] or 'less'}"
            for (where, owner), lines in sorted(groups(read, model, folder).items())
            if lines not in approved()
        ]
    )


def _given(read: Mapping[str, Tree], model: Model) -> list[str]:
    told: list[str] = []
    regions = {f'"{(c.product or "").partition("@")[2]}"' for c in model.components.values()}
    for block in read.get("main.tf", {}).get("module", []):
        ((label, body),) = block.items()
        name = label.strip('"')
        if "providers" not in body and not name.startswith("azure"):  # which has one provider for all regions
            told.append(f"module {name}: no provider")
        for key, value in body.items():
            if key == "source":
                fine = value == f'"./modules/{name}"'
            elif key == "providers":
                cloud, _, place = name.partition("_")
                fine = value == {cloud: f"${{{cloud}.{place or 'main'}}}"}
            elif key == "tags":
                fine = value == "${local.tags}"
            elif key in ("region", "location"):
                fine = value in regions or value == f"${{var.{name}_{key}}}"
            else:
                fine = value == f"${{var.{key}}}" or key.startswith("__")
            told += [] if fine else [f"module {name}: {key}"]
    return told


def _told_apart(read: Mapping[str, Tree], model: Model) -> list[str]:
    """What groups of lines can't tell, as it comes several times or with some models alone: each provider's project,
    zones that the model names, and a secret for each part that is called elsewhere."""
    told: list[str] = []
    for block in read.get("providers.tf", {}).get("provider", []):
        told += [
            "a provider without project"
            for cloud, body in block.items()
            if "google" in cloud and "project" not in body
        ]
    zoned = {
        f'"{c.name}_zones"'
        for c in model.components.values()
        if c.product and not c.existing and sum(model.places[place].kind == "zone" for place in c.place) > 1
    }
    for block in read.get("variables.tf", {}).get("variable", []):
        told += [f"{name}: zones" for name, body in block.items() if name in zoned and "default" not in body]
    texts = {path: str(tree) for path, tree in read.items() if path.endswith("outputs.tf")}
    for part in model.components.values():
        if part.runs_on and part.offers and not part.existing:
            outside = [n for n in called(model, part) if not model.components[n.replace("-", "_")].runs_on]
            (file,) = (
                text
                for path, text in texts.items()
                if path and f"{part.runs_on}_environment" in text and "/" in path
            )
            told += [
                f"{part.name}: no secret of {n}"
                for n in outside
                if f"{n.replace('-', '_').upper()}_SECRET" not in file
            ]
    return told


def _nearest(lines: frozenset[str]) -> frozenset[str]:
    return max(approved(), key=lambda each: len(each & lines) - 0.1 * len(each), default=frozenset())


@cache
def approved() -> frozenset[frozenset[str]]:
    """Groups of lines in the file."""
    return frozenset(
        frozenset(group.splitlines()) for group in KNOWN.read_text(encoding="utf-8").strip().split("\n\n")
    )


def groups(
    read: Mapping[str, Tree], model: Model, only: str | None = None
) -> dict[tuple[str, str], frozenset[str]]:
    """Lines of each component's blocks in each folder; those of no component under an empty name."""
    names = {name: re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in model.components}
    found: dict[tuple[str, str], set[str]] = {}
    for path, tree in sorted(read.items()):
        folder, _, file = path.rpartition("/")
        if only is not None and folder != only:
            continue
        places = sorted({p.split("/")[1] for p in read if p.startswith("modules/")}, key=len, reverse=True)
        places = [place for place in places if "_" in place]  # others are the clouds' own names
        for kind, labels, body in _blocks(tree):
            if kind == "module":
                continue
            owner = _owner(labels[-1] if labels else "", kind, names, places)
            lines = found.setdefault((folder, owner), set())
            for where, value in _flat(body):
                text = f"{file} {kind} {' '.join(labels)} {where} = {value}"
                lines.add(_open(text, model, owner, names, places))
    return {key: frozenset(lines) for key, lines in found.items()}


def _blocks(tree: Tree) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    depths = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
    for kind, blocks in tree.items():
        if kind.startswith("__"):
            continue
        for block in blocks:
            labels: list[str] = []
            inner = block
            for _ in range(depths.get(kind, 0)):
                (label,) = (key for key in inner if not key.startswith("__"))
                labels.append(label.strip('"'))
                inner = inner[label]
            yield kind, tuple(labels), inner


def _flat(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield where, "{}"
        for key, inner in value.items():
            if not key.startswith("__"):
                yield from _flat(inner, f"{where}.{key}")
    elif isinstance(value, list):
        yield where, f"{len(value)} of it"
        for inner in value:
            yield from _flat(inner, f"{where}[]")
    else:
        yield where, value


def _owner(label: str, kind: str, names: Mapping[str, str], places: list[str]) -> str:
    fitting = [name for name, word in names.items() if label == word or label.startswith(f"{word}_")]
    owner = max(fitting, key=len, default="")
    place = next((place for place in places if label.startswith(f"{place}_")), "")
    return "" if len(place) > len(owner) else owner


def _open(text: str, model: Model, owner: str, names: Mapping[str, str], places: list[str]) -> str:
    """The line with what belongs to this model alone left open; names of types stay."""
    types: list[str] = []

    def keep(found: re.Match[str]) -> str:
        types.append(found[0])
        return f"\x00{len(types) - 1}\x00"

    text = _TYPE.sub(keep, text)
    part = model.components.get(owner)
    if part is not None:
        sku = (part.product or "").partition("/")[2].partition("@")[0]
        text = text.replace(f'"{sku}"', '"SIZE"') if sku else text
        text = re.sub(rf"( \.count = ){part.replicas}$", r"\1N", text)
        zones = [p for p in part.place if model.places[p].kind == "zone"]
        text = text.replace(f"{len(zones)} of it", "ZONES of it") if len(zones) > 1 else text
    for component in model.components.values():
        title = component.title or component.name
        text = text.replace(title, "TITLE") if " " in title else text
    for form, name in [(p, "PLACE") for p in places] + [
        (form, "NAME" if each == owner else "OTHER")
        for each, word in sorted(names.items(), key=lambda pair: -len(pair[1]))
        for form in {word, word.replace("_", "-"), word.upper(), each}
    ]:
        text = re.sub(rf"(?<![A-Za-z0-9\x00]){re.escape(form)}(?![A-Za-z0-9\x00])", name, text)
    for product in filter(None, (c.product for c in model.components.values())):
        region = product.partition("@")[2]
        text = text.replace(f'"{region}"', '"REGION"') if region else text
    system = re.sub(r"[^a-z0-9]+", "_", model.system.lower()).strip("_")
    text = text.replace(system, "SYSTEM").replace(system.replace("_", "-"), "SYSTEM")
    return re.sub(r"\x00(\d+)\x00", lambda found: types[int(found[1])], text)


def main() -> None:
    """Writes the file."""
    import hcl2

    from groma.catalog import load_catalog
    from groma.exporters import Source, exports
    from groma.model.figure import Ledger
    from groma.model.load import loads
    from outline_models import CLOUDS

    model = loads(CLOUDS)
    source = Source(model, Ledger(model.digest), load_catalog())
    files = {each.path: each.text for each in exports()["terraform"].make(source)}
    read = {path: hcl2.loads(content) for path, content in files.items() if path.endswith(".tf")}
    found = set(groups(read, model).values())
    KNOWN.write_text(
        "\n\n".join(sorted("\n".join(sorted(lines)) for lines in found)) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
