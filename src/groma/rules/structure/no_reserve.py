"""Pools that can't carry what runs on them when they have lost one of theirs."""

from __future__ import annotations

from groma.model.elements import Component
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every resource of every component that something takes it from; those with nothing left after losing one."""
    looked_at = 0
    hits: list[Hit] = []
    for component in subject.components():
        for resource in sorted(component.provides):
            if not _taken(subject, component, resource):
                continue
            looked_at += 1
            figure = subject.figure(f"headroom/{component.name}/{resource}")
            alone = component.replicas == 1
            if alone or (figure.high is not None and figure.high < 0.0):
                hits.append(_hit(component, resource, figure.name, alone))
            elif figure.low is not None and figure.low < 0.0:
                hits.append(_hit(component, resource, figure.name, False, sure=False))
    return Look(looked_at, tuple(hits))


def _taken(subject: Subject, component: Component, resource: str) -> bool:
    return any(
        resource in other.takes and (other.runs_on == component.name or component.name in other.depends_on)
        for other in subject.components()
    )


def _hit(component: Component, resource: str, figure: str, alone: bool, sure: bool = True) -> Hit:
    name = component.title or component.name
    return Hit(
        f"components.{component.name}",
        f"{name}: {'nothing' if sure else 'maybe nothing'} in reserve of {resource}",
        "one member, and nothing to move to" if alone else "the others hold less than what is taken",
        component.at,
        figures=(figure,),
        confidence="certain" if sure else "possible",
        key=resource,
    )


RULE = Rule(
    id="no-reserve",
    title="Pool without reserve for the loss of one",
    looks_for="Resources of pools of which less is left after losing the largest member than is taken.",
    why="Hosts fail and are taken out for updates; a pool that is full then leaves something standing.",
    source="N + 1 reserve: Barroso, Hölzle and Ranganathan, The Datacenter as a Computer, 3rd ed. 2018",
    severity="warning",
    tags=("structure", "capacity", "availability"),
    consequence="After the next loss, or during an update, something doesn't start.",
    remedy="Add a member, take less, or name what may stand still.",
    check=check,
    good="""\
components:
  hosts: {kind: host, replicas: 3, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 100 GiB}}
""",
    bad="""\
components:
  hosts: {kind: host, replicas: 2, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 100 GiB}}
""",
    expected=("no-reserve:components.hosts/memory",),
)
