"""Which component becomes which kind of resource, in which region of which cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from groma.exporters.export import Source
from groma.exporters.terraform import aws, azure, google
from groma.exporters.terraform.outline import Part, calls, identifier, identifiers, product_of, ref_of
from groma.model.elements import Component, Model

CLOUDS: Mapping[str, ModuleType] = {"aws": aws, "azure": azure, "google": google}
_SELLERS = {"aws": "aws", "azure": "azure", "gcp": "google", "bedrock": "aws", "google": "google"}
_MODELS = frozenset({"bedrock", "google"})


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in one region of one cloud: a module of the outline."""

    cloud: str
    region: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return identifier(f"{self.cloud} {self.region}" if self.region else self.cloud)

    @property
    def rooms(self) -> tuple[Part, ...]:
        """The parts that run what others built, and so read secrets."""
        return tuple(part for part in self.parts if part.what in ("machine", "cluster"))


def groups(source: Source) -> tuple[Group, ...]:
    """The modules, by cloud and region."""
    model = source.model
    ids, called = identifiers(sorted(model.components)), calls(model)
    found: dict[tuple[str, str], list[Part]] = {}
    for component in model.components.values():
        cloud = cloud_of(source, component)
        if cloud:
            part = _part(source, component, cloud, ids, called)
            found.setdefault((cloud, part.region), []).append(part)
    return tuple(Group(cloud, region, tuple(parts)) for (cloud, region), parts in sorted(found.items()))


def cloud_of(source: Source, component: Component) -> str:
    """The cloud whose provider makes it; empty where it is there already, or no provider of ours does."""
    provider, name, region = ref_of(component)
    cloud = _SELLERS.get(provider, "")
    if component.existing or not cloud or (provider == "google" and not region):
        return ""
    return cloud if name else ""


def _part(
    source: Source,
    component: Component,
    cloud: str,
    ids: Mapping[str, str],
    called: Mapping[str, tuple[str, ...]],
) -> Part:
    model = source.model
    provider, name, region = ref_of(component)
    carried = carried_by(model, component.name)
    reached = {other for each in (component.name, *carried) for other in called[each]} - {
        component.name,
        *carried,
    }
    what = _what(source, component, provider, name, cloud)
    return Part(
        ids[component.name],
        component,
        carried,
        tuple(sorted(ids[other] for other in reached)) if what in ("machine", "cluster") else (),
        tuple(place for place in component.place if model.places[place].kind == "zone"),
        what,
        name,
        region or _region(source, component, cloud),
    )


def _what(source: Source, component: Component, provider: str, name: str, cloud: str) -> str:
    if provider in _MODELS:
        return "model"
    product = product_of(source, component)
    if product is not None and product.kind == "compute":
        return "machine"
    return str(CLOUDS[cloud].SERVICES.get(name.partition("/")[0], "other"))


def _region(source: Source, component: Component, cloud: str) -> str:
    """A place that is called as a region of the cloud; empty where none is."""
    seller = {"google": "gcp"}.get(cloud, cloud)
    known = {entry.text("region") for entry in source.catalog.entries("regions", provider=seller)}
    return next((place for place in component.place if place in known), "")


def carried_by(model: Model, name: str) -> tuple[str, ...]:
    """Every component that runs on this one, directly or not, sorted."""
    found: set[str] = set()
    todo = [name]
    while todo:
        carrier = todo.pop()
        for each in model.components.values():
            if each.runs_on == carrier and each.name not in found:
                found.add(each.name)
                todo.append(each.name)
    return tuple(sorted(found - {name}))
