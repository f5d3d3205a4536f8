"""Manifests held against Kubernetes' schemas, one another and the model. Written without the exporter's own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
from kubernetes_validate import utils

from groma.model.elements import Component, Model
from groma.model.program import Call, Send, Step, walk
from groma.model.quantity import Quantity

VERSION = "1.29"
Objects = Mapping[str, list[dict[str, Any]]]
"""Documents of each file."""
KINDS = {
    "ServiceAccount": "v1", "Service": "v1", "ConfigMap": "v1", "Namespace": "v1", "Deployment": "apps/v1",
    "NetworkPolicy": "networking.k8s.io/v1", "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2", "ExternalSecret": "external-secrets.io/v1",
}  # fmt: skip
NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"


def problems(model: Model, files: Objects, figures: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What is wrong with them. `figures`: what a deployment says of itself, by component."""
    running = {
        word(c.name): c for c in model.components.values() if c.runs_on and c.offers and not c.existing
    }
    system = word(model.system.lower().replace(" ", "_"))
    wanted = {f"{name}.yaml" for name in running} | {"namespace.yaml", "kustomization.yaml"}
    yield from (f"{path}: too much or missing" for path in sorted(set(files) ^ wanted))
    if files["namespace.yaml"] != [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": system}}]:
        yield "namespace"
    outside = {name for part in running.values() for name in called(model, part) if name not in running}
    yield from _kustomization(files["kustomization.yaml"], list(running), system, bool(outside))
    for name, part in running.items():
        yield from (
            f"{name}: {told}"
            for told in _workload(model, part, files[f"{name}.yaml"], running, system, figures)
        )


def word(name: str) -> str:
    return name.replace("_", "-")


def runner(model: Model, steps: Iterable[Step]) -> str:
    """The first service called that is newly built runs the steps of a flow; what exists and what is bought doesn't."""
    for step in steps:
        part = model.components.get(step.action.component) if isinstance(step.action, Call | Send) else None
        if part is not None and part.kind == "service" and not part.existing:
            return part.name
    return ""


def steps_of(model: Model, part: Component) -> list[Step]:
    """Steps that run in it: of its operations, and of flows."""
    found = [step for operation in part.offers.values() for step in walk(operation.steps)]
    for flow in model.flows.values():
        steps = list(walk(flow.steps))
        found += steps if runner(model, steps) == part.name else []
    return found


def called(model: Model, part: Component) -> list[str]:
    """What it calls, keeps answers in, is connected to or depends on; itself left out."""
    steps = steps_of(model, part)
    names = {s.action.component for s in steps if isinstance(s.action, Call | Send)} | set(part.depends_on)
    names |= {s.policies.cache.component for s in steps if s.policies.cache and s.policies.cache.component}
    names |= {link.to for link in model.connections.values() if link.from_ == part.name}
    return [word(name) for name in sorted(names) if name in model.components and name != part.name]


def _kustomization(documents: list[Any], names: list[str], system: str, outside: bool) -> Iterator[str]:
    wanted: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": system,
        "resources": ["namespace.yaml", *(f"{name}.yaml" for name in names)],
        "images": [{"name": n, "newName": f"registry.invalid/{n}", "newTag": "to-be-told"} for n in names],
    }
    if outside:
        wanted["configMapGenerator"] = [{"name": "addresses", "envs": ["addresses.env"]}]
    if documents != [wanted]:
        yield "kustomization"


@cache
def _schema(name: str) -> Any:
    return utils.schema_contents(name, VERSION)


def _valid(each: dict[str, Any]) -> Iterator[str]:
    """By Kubernetes' own schema, no other keys allowed."""
    name = (
        f"{each['kind'].lower()}-{each['apiVersion'].replace('.k8s.io', '').replace('/', '-').lower()}.json"
    )
    schema = _schema(f"kubernetes-json-schema/v{VERSION}.0-local-strict/{name}")
    yield from (error.message for error in _validator(name, schema).iter_errors(each))


_VALIDATORS: dict[str, Any] = {}


def _validator(name: str, schema: Any) -> Any:
    if name not in _VALIDATORS:
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT4

        def retrieve(uri: str) -> Resource[Any]:
            found = _schema(f"kubernetes-json-schema/v{VERSION}.0-local-strict/{uri.rpartition('/')[2]}")
            return Resource(contents=found, specification=DRAFT4)

        _VALIDATORS[name] = jsonschema.Draft4Validator(schema, registry=Registry(retrieve=retrieve))  # pyright: ignore
    return _VALIDATORS[name]


def _workload(
    model: Model,
    part: Component,
    documents: list[dict[str, Any]],
    running: Mapping[str, Component],
    system: str,
    figures: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    name = word(part.name)
    by = {each["kind"]: each for each in documents}
    calls_ = called(model, part)
    inside, outside = [n for n in calls_ if n in running], [n for n in calls_ if n not in running]
    policies = settings(model, part)
    kinds = {"ServiceAccount", "Deployment", "Service", "NetworkPolicy"}
    kinds |= {"ConfigMap"} if policies else set()
    kinds |= {"ExternalSecret"} if outside else set()
    kinds |= {"PodDisruptionBudget"} if part.enough is not None and part.enough < part.replicas else set()
    kinds |= {"HorizontalPodAutoscaler"} if part.scales is not None else set()
    if set(by) != kinds or len(documents) != len(kinds):
        yield f"kinds {sorted(by)}, not {sorted(kinds)}"
    ends = {"ConfigMap": "-policies", "ExternalSecret": "-secrets"}
    for kind, each in by.items():
        if each["apiVersion"] != KINDS[kind]:
            yield f"{kind}: {each['apiVersion']}"
        head = each["metadata"]
        notes = {"groma/made-of": f"components.{part.name}"}
        notes |= (
            {f"groma/{k}": v for k, v in figures.get(part.name, {}).items()} if kind == "Deployment" else {}
        )
        labels = {NAME: name, PART_OF: system}
        if head != {"name": name + ends.get(kind, ""), "labels": labels, "annotations": notes}:
            yield f"{kind}: head"
    if by["ServiceAccount"]["automountServiceAccountToken"] is not False:
        yield "an account's token lies in every container"
    own = {"matchLabels": {NAME: name}}
    yield from _deployment(part, by["Deployment"]["spec"], own, system, policies, inside, outside, model)
    (port,) = by["Deployment"]["spec"]["template"]["spec"]["containers"][0]["ports"]
    reached = {"name": "calls", "port": port["containerPort"], "targetPort": port["name"]}
    if by["Service"]["spec"] != {"selector": {NAME: name}, "ports": [reached]}:
        yield "Service"
    yield from _network(
        model, part, by["NetworkPolicy"]["spec"], running, inside, outside, port["containerPort"]
    )
    if policies and by["ConfigMap"]["data"] != policies:
        yield "ConfigMap"
    if outside and by["ExternalSecret"]["spec"] != {
        "secretStoreRef": {"kind": "SecretStore", "name": "secrets"},
        "target": {"name": f"{name}-secrets"},
        "data": [{"secretKey": each, "remoteRef": {"key": each}} for each in outside],
    }:
        yield "ExternalSecret"
    if "PodDisruptionBudget" in kinds and by["PodDisruptionBudget"]["spec"] != {
        "minAvailable": part.enough, "selector": own,
    }:  # fmt: skip
        yield "PodDisruptionBudget"
    if part.scales is not None:
        target = {"type": "Utilization", "averageUtilization": round(part.scales.aims.mean * 100)}
        if by["HorizontalPodAutoscaler"]["spec"] != {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": part.replicas,
            "maxReplicas": part.scales.to,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        }:
            yield "HorizontalPodAutoscaler"
    for each in documents:
        if each["kind"] != "ExternalSecret":  # an operator's own kind
            yield from (f"{each['kind']}: {told}" for told in _valid(each))


def _deployment(
    part: Component,
    spec: dict[str, Any],
    own: dict[str, Any],
    system: str,
    policies: Mapping[str, str],
    inside: list[str],
    outside: list[str],
    model: Model,
) -> Iterator[str]:
    name = word(part.name)
    if spec.get("replicas") != (None if part.scales else part.replicas):
        yield "replicas"
    if spec["selector"] != own or spec["template"]["metadata"] != {"labels": {NAME: name, PART_OF: system}}:
        yield "selector or labels"
    pod = spec["template"]["spec"]
    if set(spec) - {"replicas", "selector", "template"} or pod["serviceAccountName"] != name:
        yield "deployment, or its account"
    zones = [place for place in part.place if model.places[place].kind == "zone"]
    wanted = [("topology.kubernetes.io/zone", "DoNotSchedule")] if len(zones) > 1 else []
    wanted += [("kubernetes.io/hostname", "ScheduleAnyway")] if part.replicas > 1 else []
    spread = [
        {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when, "labelSelector": own}
        for key, when in wanted
    ]
    if pod.get("topologySpreadConstraints") != (spread or None):
        yield "where copies are put"
    (container,) = pod["containers"]
    (port,) = container["ports"]
    number, reached = port["containerPort"], port["name"]
    if container["name"] != name or container["image"] != name or (number, reached) != (8080, "calls"):
        yield "container"
    if any(
        container[probe] != {"tcpSocket": {"port": reached}} for probe in ("readinessProbe", "livenessProbe")
    ):
        yield "probes"
    if container["securityContext"] != {"allowPrivilegeEscalation": False}:
        yield "securityContext"
    environment: list[dict[str, Any]] = [{"name": "PORT", "value": str(number)}]
    environment += [{"name": f"{_upper(n)}_ADDRESS", "value": f"{n}:{number}"} for n in inside]
    for each in outside:
        address, secret = f"{_upper(each)}_ADDRESS", f"{_upper(each)}_SECRET"
        place = {"configMapKeyRef": {"name": "addresses", "key": address}}
        environment.append({"name": address, "valueFrom": place})
        known = {"secretKeyRef": {"name": f"{name}-secrets", "key": each}}
        environment.append({"name": secret, "valueFrom": known})
    if container["env"] != environment:
        yield "environment"
    takes = taken(part)
    limits = {key: amount for key, amount in takes.items() if key != "cpu"}
    resources = ({"requests": takes} if takes else {}) | ({"limits": limits} if limits else {})
    if container.get("resources") != (resources or None):
        yield "resources"
    mounted = [{"name": "policies", "mountPath": "/etc/policies", "readOnly": True}] if policies else []
    volumes = [{"name": "policies", "configMap": {"name": f"{name}-policies"}}] if policies else []
    if container.get("volumeMounts") != (mounted or None) or pod.get("volumes") != (volumes or None):
        yield "volumes"


def _upper(name: str) -> str:
    return name.replace("-", "_").upper()


def taken(part: Component) -> dict[str, str]:
    """Amounts in Kubernetes' units: thousandths of a core, mebibytes, whole accelerators."""
    names = {
        "core": "cpu",
        "vcpu": "cpu",
        "ram": "memory",
        "accelerator": "nvidia.com/gpu",
        "gpu": "nvidia.com/gpu",
    }
    found: dict[str, str] = {}
    for key, amount in part.takes.items():
        single = key.lower().removesuffix("s")
        name = {"cpu": "cpu", "memory": "memory", "disk": "ephemeral-storage"}.get(
            key.lower(), names.get(single)
        )
        if name is None or not isinstance(amount, Quantity):
            continue
        if name == "cpu":
            found[name] = f"{amount.mean:g}" if amount.mean.is_integer() else f"{amount.mean * 1000:.0f}m"
        elif name == "nvidia.com/gpu":
            found[name] = f"{max(1, amount.mean):.0f}"
        else:
            found[name] = f"{amount.mean / 2**20:.0f}Mi" if amount.mean % 2**20 == 0 else f"{amount.mean:.0f}"
    return found


def _network(
    model: Model,
    part: Component,
    spec: dict[str, Any],
    running: Mapping[str, Component],
    inside: list[str],
    outside: list[str],
    number: int,
) -> Iterator[str]:
    """Who calls it may reach it, all where a flow begins in it; out only to what it calls, where all that is here."""
    name = word(part.name)
    ports = [{"protocol": "TCP", "port": number}]

    def to(names: list[str]) -> list[dict[str, Any]]:
        return [{"podSelector": {"matchLabels": {NAME: each}}} for each in names]

    begins = any(runner(model, walk(flow.steps)) == part.name for flow in model.flows.values() if flow.starts)
    callers = sorted(n for n, other in running.items() if name in called(model, other))
    wanted: dict[str, Any] = {"podSelector": {"matchLabels": {NAME: name}}, "policyTypes": ["Ingress"]}
    wanted["ingress"] = (
        [{"ports": ports}] if begins else [{"from": to(callers), "ports": ports}] if callers else []
    )
    if not outside:
        names = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
        wanted["policyTypes"] = ["Ingress", "Egress"]
        wanted["egress"] = [{"ports": names}, *([{"to": to(inside), "ports": ports}] if inside else [])]
    if spec != wanted:
        yield "NetworkPolicy"


def settings(model: Model, part: Component) -> dict[str, str]:
    """Policies of the steps that run in it, as the model writes them."""
    found: dict[str, str] = {}
    for step in steps_of(model, part):
        at = step.path.replace(" ", "-")
        at += f".{step.action.component}" if isinstance(step.action, Call | Send) else ""
        policies = step.policies
        told: dict[str, Any] = {"timeout": policies.timeout, "deadline": policies.deadline}
        if policies.retry is not None:
            told |= {
                "retry.times": policies.retry.times, "retry.on": " ".join(policies.retry.on),
                "retry.backoff": policies.retry.backoff,
            }  # fmt: skip
        if policies.limit is not None:
            told |= {"limit.rate": policies.limit.rate, "limit.burst": policies.limit.burst}
        if policies.breaker is not None:
            told |= {
                f"breaker.{key}": getattr(policies.breaker, key)
                for key in ("opens_at", "window", "half_open_after")
            }
        found |= {
            f"{at}.{key}": value.text if isinstance(value, Quantity) else str(value)
            for key, value in told.items()
            if value is not None
        }
    return found
