"""Pieces that the clouds have alike: names, marks of a machine's port and zones, resources that stand alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from groma.exporters.terraform.outline import Block, Output, Part, Piece, Variable, quoted

Make = Callable[[Part, str], Piece]
"""Makes the piece of a part; it is told the name of the module."""


def named(part: Part, attribute: str = "name") -> str:
    """The line that names a resource after the system and its part."""
    return f'{attribute} = "${{var.system}}-{part.dashed}"\n'


def numbered(part: Part) -> str:
    """The same for one of several, counted from 1."""
    return f'name = "${{var.system}}-{part.dashed}-${{count.index + 1}}"\n'


def replica_numbered(part: Part) -> str:
    """The same for one of several copies of another."""
    return f'name = "${{var.system}}-{part.dashed}-replica-${{count.index + 1}}"\n'


def copied(part: Part) -> tuple[str, ...]:
    """What has to be said of a database with read replicas; nothing of one alone."""
    c = part.component
    if c.replicas == 1:
        return ()
    return (
        f"{c.name}: one database takes what is written, the other {c.replicas - 1} are read replicas of it. The design "
        f"takes each of the {c.replicas} to answer any call: send reads to them, and say who makes one the primary "
        "when that is lost.",
    )


def read_from(part: Part, kind: str, attribute: str) -> tuple[Output, ...]:
    """Where a database is read beside its primary."""
    if part.component.replicas == 1:
        return ()
    told = "where it may be read, and nothing is written"
    return (
        Output(f"{part.id}_readers", f"{kind}.{part.id}_replica[*].{attribute}", told, part.component.name),
    )


def port(part: Part) -> Variable:
    """The port behind a load balancer."""
    n = part.id
    return Variable(
        f"{n}_port", "number", "the port that what runs on it answers at", part.component.name,
        condition=f"var.{n}_port > 0 && var.{n}_port < 65536", message="Expected a port from 1 to 65535.",
    )  # fmt: skip


def zones(part: Part, known: Sequence[str]) -> Variable:
    """The zones of its machines; open unless the cloud knows all of those that the part stands in."""
    n, all_known = part.id, known and len(known) == len(part.zones)
    default = "[" + ", ".join(map(quoted, known)) + "]" if all_known else ""
    return Variable(
        f"{n}_zones", "list(string)", "the zones that its machines are spread over", part.component.name, default,
        f"length(var.{n}_zones) > 0", "Expected one zone at least.",
    )  # fmt: skip


def address_range(name: str) -> Variable:
    """The addresses of a network."""
    return Variable(
        name, "string", "address range of the network (CIDR)",
        condition=f"can(cidrhost(var.{name}, 0))", message="Expected a range such as a.b.c.d/n.",
    )  # fmt: skip


def tags(part: Part) -> str:
    """The line that marks a resource of AWS or Azure with its part."""
    return f"tags = merge(var.tags, {{ groma_component = {quoted(part.component.name)} }})\n"


def within(group: str, *, out: bool = False) -> str:
    """What the network of a module isn't: the gap beside it. `out`: the cloud itself lets it reach the internet."""
    way = "" if out else " It has no way out yet: gateways, routes or private endpoints have to be added."
    return f"The network of {group} is open within: rules of who may reach whom have to be added.{way}"


def alone(
    kind: str,
    output: tuple[str, str, str],
    marks: Callable[[Part], str],
    *,
    called: str = "name",
    place: str = "",
    asked: tuple[tuple[str, str, str], ...] = (),
    many: str = "",
    copies: str = "",
    copies_need: str = "",
) -> Make:
    """Makes one resource of a `kind` that needs no other.

    Its lines: the attribute that it is `called` by (none where empty), where it stands (`place`), what is `asked`
    (attribute, type, why), the attribute that says how `many` replicas it has, its `marks`. `output`: (name, attribute,
    description). `copies`: lines for more than one of it, with `{more}` for the others, and what these need.
    """

    def make(part: Part, group: str) -> Piece:
        c, n = part.component, part.id
        name = named(part, called) if called else ""
        lines = "".join(f"{key} = var.{n}_{key}\n" for key, _, _ in asked)
        count = f"{many} = {c.replicas}\n" if many else ""
        several = c.replicas > 1
        count += copies.format(more=c.replicas - 1) if several else ""
        notes = (f"{c.name} has replicas, which need {copies_need}.",) if several and copies_need else ()
        block = Block(f'resource "{kind}" "{n}"', f"{name}{place}{lines}{count}{marks(part)}", c.name)
        variables = tuple(Variable(f"{n}_{key}", type_, why, c.name) for key, type_, why in asked)
        suffix, attribute, description = output
        return Piece(
            (block,),
            variables,
            (Output(f"{n}_{suffix}", f"{kind}.{n}.{attribute}", description, c.name),),
            notes,
        )

    return make
