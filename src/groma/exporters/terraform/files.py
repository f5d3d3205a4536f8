"""The files of an outline: a root that says which clouds, a module for each region, and the list of what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from groma.exporters.export import Artefact, Source
from groma.exporters.terraform.layout import formatted
from groma.exporters.terraform.outline import (
    Block,
    Output,
    Part,
    Piece,
    Variable,
    figures_of,
    identifier,
    identifiers,
    quoted,
    ref_of,
)
from groma.exporters.terraform.parts import CLOUDS, Group, groups
from groma.exporters.terraform.readme import readme

_NEEDS = 'required_version = ">= 1.5"\n'
_NEEDS_UNKEPT = 'required_version = ">= 1.11"\n'
"""With arguments that are written and not kept (`..._wo`)."""


def files(source: Source) -> tuple[Artefact, ...]:
    """Every file, sorted by path; none where nothing of the model is bought from a cloud that can be outlined."""
    made = groups(source)
    if not made:
        return ()
    pieces = {group.name: _piece(source, group, made) for group in made}
    told = [artefact for group in made for artefact in _module(source, group, pieces[group.name])]
    told += _root(source, made, pieces)
    return tuple(sorted(told, key=lambda artefact: artefact.path))


def open_variables(source: Source) -> tuple[Variable, ...]:
    """What has to be told before the outline can be applied, each once, in the order of the root's file."""
    made = groups(source)
    return tuple(each for each in _root_variables(source, made, _pieces(source, made)) if each.open)


def resources(source: Source) -> tuple[tuple[str, Block], ...]:
    """Every resource of the outline: (module, block)."""
    made = groups(source)
    return tuple(
        (name, block)
        for name, piece in _pieces(source, made).items()
        for block in piece.blocks
        if block.head.startswith("resource")
    )


def _pieces(source: Source, made: tuple[Group, ...]) -> dict[str, Piece]:
    return {group.name: _piece(source, group, made) for group in made}


def _piece(source: Source, group: Group, made: tuple[Group, ...]) -> Piece:
    cloud = CLOUDS[group.cloud]
    here = {part.id: part.what for part in group.parts}
    secrets = tuple(sorted({name for part in group.rooms for name in part.reaches} - set(here)))
    network = any(part.what in cloud.NETWORKED for part in group.parts)
    told: Piece = cloud.ground(group.name, network=network, secrets=secrets)
    for part in group.parts:
        own = _without(part, here)
        make = cloud.MAKE.get(part.what)
        told += make(own, group.name) if make else _unknown(own)
        if part in group.rooms:
            told += _environment(source, own, cloud.secret, made)
    return told


def _without(part: Part, here: Mapping[str, str]) -> Part:
    """The part, with what it reaches outside its own module; models in it are called by its own identity."""
    reaches = tuple(name for name in part.reaches if name not in here)
    models = tuple(name for name in part.reaches if here.get(name) == "model")
    return replace(part, reaches=reaches, models=models)


def _unknown(part: Part) -> Piece:
    c = part.component
    why = f"the id of {c.title or c.name}, made by hand: no resource is known here for {c.product}"
    variable = Variable(f"{part.id}_id", "string", why, c.name)
    return Piece((), (variable,), (Output(f"{part.id}_id", f"var.{part.id}_id", "its id", c.name),), (why,))


def _environment(source: Source, part: Part, secret: Callable[[str], str], made: tuple[Group, ...]) -> Piece:
    """What a part that runs others hands to them: addresses, names of models, and where secrets are read."""
    ids = identifiers(sorted(source.model.components))
    names = {word: name for name, word in ids.items()}
    made_here = {each.id: each for group in made for each in group.parts}
    lines: list[str] = []
    variables: list[Variable] = []
    for reached in part.reaches:
        component = source.model.components[names[reached]]
        other = made_here.get(reached)
        if component.kind == "llm" and component.product:
            lines.append(f"{reached.upper()}_MODEL = {quoted(ref_of(component)[1])}")
        if other is None:
            variables.append(_address(component.name, reached, component.title, existing=component.existing))
            lines.append(f"{reached.upper()}_ADDRESS = var.{reached}_address")
        lines.append(f"{reached.upper()}_SECRET = {secret(reached)}")
    for name in part.models:
        lines.append(f"{name.upper()}_MODEL = {quoted(ref_of(source.model.components[names[name]])[1])}")
    if not lines:
        return Piece()
    value = "{\n" + "\n".join(lines) + "\n}"
    told = f"what {', '.join(part.carried) or part.component.name} is started with; secrets by where they are read"
    return Piece((), tuple(variables), (Output(f"{part.id}_environment", value, told, part.component.name),))


def _address(component: str, name: str, title: str, *, existing: bool) -> Variable:
    state = "exists already" if existing else "is bought as a service"
    return Variable(
        f"{name}_address", "string", f"where {title or component} is reached; it {state}", component
    )


def _module(source: Source, group: Group, piece: Piece) -> list[Artefact]:
    cloud, folder = CLOUDS[group.cloud], f"modules/{group.name}"
    made_of = tuple(f"components.{part.component.name}" for part in group.parts)
    main = "\n".join(_blocks(source, piece.blocks, group.parts))
    variables = "\n".join(map(_variable, (*_common(group, piece), *piece.variables)))
    needs = (
        f"terraform {{\n{_needs(piece)}\nrequired_providers {{\n{cloud.PROVIDER} = {{\n"
        f"source = {quoted(cloud.SOURCE)}\nversion = {quoted(cloud.VERSION)}\n}}\n}}\n}}\n"
    )
    told = [
        Artefact(f"{folder}/main.tf", formatted(main), made_of),
        Artefact(f"{folder}/variables.tf", formatted(variables), made_of),
        Artefact(f"{folder}/versions.tf", formatted(needs), made_of),
    ]
    if piece.outputs:
        told.append(
            Artefact(f"{folder}/outputs.tf", formatted("\n".join(map(_output, piece.outputs))), made_of)
        )
    return told


def _needs(*pieces: Piece) -> str:
    kept = not any(variable.secret for piece in pieces for variable in piece.variables)
    return _NEEDS if kept else _NEEDS_UNKEPT


def _common(group: Group, piece: Piece) -> tuple[Variable, ...]:
    """What every module may be given: as far as something in it asks for it."""
    text = "".join(part for block in piece.blocks for part in (block.head, block.body))
    cloud = CLOUDS[group.cloud]
    kept = f"var.{cloud.REGION} == {quoted(group.region)}" if group.region else ""
    said = f"This module stands for what the design puts into {group.region}." if kept else ""
    told = (
        Variable("system", "string", "the system's name, before every name"),
        Variable("tags", "map(string)", "what every resource is marked with"),
        Variable(cloud.REGION, "string", "where it stands", "", "", kept, said),
    )
    return tuple(each for each in told if f"var.{each.name}" in text)


def _blocks(source: Source, blocks: Iterable[Block], parts: tuple[Part, ...]) -> list[str]:
    by_name = {part.component.name: part for part in parts}
    told: list[str] = []
    seen: set[str] = set()
    for block in blocks:
        comment = f"# components.{block.component}\n" if block.component else ""
        part = by_name.get(block.component)
        if part is not None and block.component not in seen:
            seen.add(block.component)
            comment = "".join(f"# {text}\n" for text in _about(source, part))
        told.append(
            f"{comment}{block.head} {{\n{block.body}}}\n" if block.body else f"{comment}{block.head} {{}}\n"
        )
    return told


def _about(source: Source, part: Part) -> list[str]:
    """What is said of a component before its first resource: what it is, and the figures it answers for."""
    c = part.component
    title = " ".join((c.title or c.name).split())
    told = [f"components.{c.name}: {title}; {c.replicas} of {c.product}"]
    told += [f"{name}: {text}" for name, text in figures_of(source.ledger, c.name)]
    for name in part.carried:
        carried = source.model.components[name]
        told.append(f"carries components.{name}: {' '.join((carried.title or name).split())}")
        told += [f"{figure}: {text}" for figure, text in figures_of(source.ledger, name)]
    if c.scales:
        told.append(f"scales to {c.scales.to} at {c.scales.aims.text}: set up by whoever runs it")
    return told


def _variable(variable: Variable) -> str:
    lines = f"description = {quoted(variable.why)}\ntype = {variable.kind}\n"
    if variable.secret:
        lines += "sensitive = true\nephemeral = true\n"
    if variable.default:
        lines += f"default = {variable.default}\n"
    if variable.condition:
        lines += f"\nvalidation {{\ncondition = {variable.condition}\nerror_message = {quoted(variable.message)}\n}}\n"
    return f'variable "{variable.name}" {{\n{lines}}}\n'


def _output(output: Output) -> str:
    return (
        f'output "{output.name}" {{\ndescription = {quoted(output.description)}\nvalue = {output.value}\n}}\n'
    )


def _root(source: Source, made: tuple[Group, ...], pieces: dict[str, Piece]) -> list[Artefact]:
    model = source.model
    clouds = {group.cloud: CLOUDS[group.cloud] for group in made}
    listed = "".join(
        f"{cloud.PROVIDER} = {{\nsource = {quoted(cloud.SOURCE)}\nversion = {quoted(cloud.VERSION)}\n}}\n"
        for cloud in clouds.values()
    )
    versions = f"terraform {{\n{_needs(*pieces.values())}\nrequired_providers {{\n{listed}}}\n}}\n"
    providers = "\n".join(_provider(group) for group in made if _first(group, made))
    mark = quoted(identifier(model.system))
    main = f"locals {{\ntags = merge(var.tags, {{ groma_system = {mark} }})\n}}\n\n"
    main += "\n".join(_module_call(source, group, pieces[group.name]) for group in made)
    variables = _root_variables(source, made, pieces)
    outputs = [
        Output(output.name, f"module.{group.name}.{output.name}", output.description, output.component)
        for group in made
        for output in pieces[group.name].outputs
    ]
    used = {variable.name for piece in pieces.values() for variable in piece.variables}
    outputs += [
        Output(name, f"var.{name}", f"where {title} is reached")
        for name, title in ((v.name, v.component) for v in _services(source, made))
        if name not in used
    ]
    told = [
        Artefact("versions.tf", formatted(versions)),
        Artefact("providers.tf", formatted(providers)),
        Artefact(
            "main.tf", formatted(main), tuple(f"components.{p.component.name}" for g in made for p in g.parts)
        ),
        Artefact("variables.tf", formatted("\n".join(map(_variable, variables)))),
        Artefact("outputs.tf", formatted("\n".join(map(_output, outputs)))),
        Artefact("README.md", readme(source, made, pieces, variables)),
    ]
    return [artefact for artefact in told if artefact.text.strip()]


def _root_variables(
    source: Source, made: tuple[Group, ...], pieces: dict[str, Piece]
) -> tuple[Variable, ...]:
    system = quoted(identifier(source.model.system).replace("_", "-")[:24].strip("-"))
    told = [
        Variable("system", "string", "the system's name, before every name", "", system,
                 'can(regex("^[a-z][a-z0-9-]*$", var.system))', "Expected lower-case letters, digits and dashes."),
        Variable("tags", "map(string)", "what every resource is marked with beside its component", "", "{}"),
    ]  # fmt: skip
    for group in made:
        told += CLOUDS[group.cloud].configured()
        if not group.region:
            told.append(
                Variable(
                    f"{group.name}_region", "string", f"the region of {group.cloud}: the model names none"
                )
            )
        told += pieces[group.name].variables
    told += _services(source, made)
    return tuple({variable.name: variable for variable in reversed(told)}.values())[::-1]


def _services(source: Source, made: tuple[Group, ...]) -> list[Variable]:
    """New components with a product that no cloud of ours makes: they are reached at an address."""
    ids = identifiers(sorted(source.model.components))
    inside = {part.component.name for group in made for part in group.parts}
    return [
        _address(c.name, ids[c.name], c.title, existing=False)
        for c in source.model.components.values()
        if c.product and not c.existing and c.name not in inside
    ]


def _alias(group: Group) -> str:
    return "" if group.cloud == "azure" else identifier(group.region or "main")


def _first(group: Group, made: tuple[Group, ...]) -> bool:
    return bool(_alias(group)) or group == next(each for each in made if each.cloud == group.cloud)


def _provider(group: Group) -> str:
    cloud = CLOUDS[group.cloud]
    alias = f"alias = {quoted(_alias(group))}\n" if _alias(group) else ""
    body = cloud.configuration(group.region) if group.region else _regionless(group)
    return f'provider "{cloud.PROVIDER}" {{\n{alias}{body}}}\n'


def _regionless(group: Group) -> str:
    own = "".join(f"project = var.{each.name}\n" for each in CLOUDS[group.cloud].configured())
    return f"{own}region = var.{group.name}_region\n"


def _module_call(source: Source, group: Group, piece: Piece) -> str:
    cloud = CLOUDS[group.cloud]
    parts = ", ".join(f"components.{part.component.name}" for part in group.parts)
    where = quoted(group.region) if group.region else f"var.{group.name}_region"
    given = {"system": "var.system", "tags": "local.tags", cloud.REGION: where}
    passed = "".join(f"{each.name} = {given[each.name]}\n" for each in _common(group, piece))
    passed += "".join(f"{each.name} = var.{each.name}\n" for each in dict.fromkeys(piece.variables))
    alias = (
        f"\nproviders = {{\n{cloud.PROVIDER} = {cloud.PROVIDER}.{_alias(group)}\n}}\n"
        if _alias(group)
        else ""
    )
    return f'# {parts}\nmodule "{group.name}" {{\nsource = "./modules/{group.name}"\n{alias}\n{passed}}}\n'
