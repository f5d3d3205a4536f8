"""The objects of one workload, after the reference of Kubernetes' interface.

(apps/v1, autoscaling/v2, policy/v1, networking.k8s.io/v1.) The image and what lies outside the cluster aren't in a
model: they are left to `kustomization.yaml` and `addresses.env`.
"""

from __future__ import annotations

from typing import Any

from groma.exporters.kubernetes.parts import Workload, resources

PORT = 8080
"""What every container is told to answer at (in `PORT`): an agreement of these files, no fact of the model."""

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
Manifest = dict[str, Any]


def manifests(workload: Workload, system: str, figures: tuple[tuple[str, str], ...]) -> tuple[Manifest, ...]:
    """Every object that a workload asks for."""
    c = workload.component
    told = [_account(workload, system), _deployment(workload, system, figures), _service(workload, system)]
    told.append(_network(workload, system))
    if workload.policies:
        data = dict(workload.policies)
        told.append({**_head("v1", "ConfigMap", f"{workload.id}-policies", workload, system), "data": data})
    if workload.outside:
        told.append(_secrets(workload, system))
    if c.enough is not None and c.enough < c.replicas:
        spec = {"minAvailable": c.enough, "selector": {"matchLabels": _selected(workload.id)}}
        told.append(
            {**_head("policy/v1", "PodDisruptionBudget", workload.id, workload, system), "spec": spec}
        )
    if c.scales is not None:
        told.append(_scaler(workload, system))
    return tuple(told)


def _selected(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name}


def _head(api: str, kind: str, name: str, workload: Workload, system: str) -> Manifest:
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {
            "name": name,
            "labels": {**_selected(workload.id), "app.kubernetes.io/part-of": system},
            "annotations": {"groma/made-of": f"components.{workload.component.name}"},
        },
    }


def _account(workload: Workload, system: str) -> Manifest:
    head = _head("v1", "ServiceAccount", workload.id, workload, system)
    return {**head, "automountServiceAccountToken": False}


def _deployment(workload: Workload, system: str, figures: tuple[tuple[str, str], ...]) -> Manifest:
    head = _head("apps/v1", "Deployment", workload.id, workload, system)
    head["metadata"]["annotations"] |= {f"groma/{name.split('/')[0]}": text for name, text in figures}
    pod: Manifest = {
        "serviceAccountName": workload.id,
        "containers": [_container(workload)],
        **_spread(workload),
    }
    if workload.policies:
        pod["volumes"] = [{"name": "policies", "configMap": {"name": f"{workload.id}-policies"}}]
    spec: Manifest = {} if workload.component.scales else {"replicas": workload.component.replicas}
    labels = {**_selected(workload.id), "app.kubernetes.io/part-of": system}
    spec |= {
        "selector": {"matchLabels": _selected(workload.id)},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return {**head, "spec": spec}


def _container(workload: Workload) -> Manifest:
    told: Manifest = {
        "name": workload.id,
        "image": workload.id,
        "ports": [{"name": "calls", "containerPort": PORT}],
        "env": [{"name": "PORT", "value": str(PORT)}, *_environment(workload)],
        "readinessProbe": {"tcpSocket": {"port": "calls"}},
        "livenessProbe": {"tcpSocket": {"port": "calls"}},
        "securityContext": {"allowPrivilegeEscalation": False},
    }
    taken = resources(workload.component)
    if taken:
        limited = {name: amount for name, amount in taken.items() if name != "cpu"}
        told["resources"] = {"requests": taken, **({"limits": limited} if limited else {})}
    if workload.policies:
        told["volumeMounts"] = [{"name": "policies", "mountPath": "/etc/policies", "readOnly": True}]
    return told


def _environment(workload: Workload) -> list[Manifest]:
    told: list[Manifest] = [
        {"name": _variable(name, "ADDRESS"), "value": f"{name}:{PORT}"} for name in workload.inside
    ]
    for name in workload.outside:
        key = _variable(name, "ADDRESS")
        told.append({"name": key, "valueFrom": {"configMapKeyRef": {"name": "addresses", "key": key}}})
        secret = {"name": f"{workload.id}-secrets", "key": name}
        told.append({"name": _variable(name, "SECRET"), "valueFrom": {"secretKeyRef": secret}})
    return told


def _variable(name: str, what: str) -> str:
    return f"{name.replace('-', '_').upper()}_{what}"


def _spread(workload: Workload) -> Manifest:
    """Over the zones that the model names, and over hosts where there are several of it."""
    keys = [ZONE] if len(workload.zones) > 1 else []
    keys += [HOST] if workload.component.replicas > 1 else []
    told: list[Manifest] = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "DoNotSchedule" if key == ZONE else "ScheduleAnyway",
            "labelSelector": {"matchLabels": _selected(workload.id)},
        }
        for key in keys
    ]
    return {"topologySpreadConstraints": told} if told else {}


def _service(workload: Workload, system: str) -> Manifest:
    spec = {
        "selector": _selected(workload.id),
        "ports": [{"name": "calls", "port": PORT, "targetPort": "calls"}],
    }
    return {**_head("v1", "Service", workload.id, workload, system), "spec": spec}


def _network(workload: Workload, system: str) -> Manifest:
    """Who may call it. What it may call is closed only where all of that runs here: addresses outside aren't known."""
    ports = [{"protocol": "TCP", "port": PORT}]
    callers = [{"podSelector": {"matchLabels": _selected(name)}} for name in workload.callers]
    incoming: list[Manifest] = [{"ports": ports}] if workload.open else []
    if callers and not workload.open:
        incoming = [{"from": callers, "ports": ports}]
    spec: Manifest = {
        "podSelector": {"matchLabels": _selected(workload.id)},
        "policyTypes": ["Ingress"] if workload.outside else ["Ingress", "Egress"],
        "ingress": incoming,
    }
    if not workload.outside:
        names = [{"podSelector": {"matchLabels": _selected(name)}} for name in workload.inside]
        spec["egress"] = [{"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}]
        spec["egress"] += [{"to": names, "ports": ports}] if names else []
    return {**_head("networking.k8s.io/v1", "NetworkPolicy", workload.id, workload, system), "spec": spec}


def _secrets(workload: Workload, system: str) -> Manifest:
    """Placeholders of the External Secrets Operator: which secrets are wanted, not what they are."""
    name = f"{workload.id}-secrets"
    spec = {
        "secretStoreRef": {"kind": "SecretStore", "name": "secrets"},
        "target": {"name": name},
        "data": [{"secretKey": each, "remoteRef": {"key": each}} for each in workload.outside],
    }
    return {**_head("external-secrets.io/v1", "ExternalSecret", name, workload, system), "spec": spec}


def _scaler(workload: Workload, system: str) -> Manifest:
    c = workload.component
    assert c.scales is not None
    aim = {"type": "Utilization", "averageUtilization": max(1, round(c.scales.aims.mean * 100))}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.id},
        "minReplicas": c.replicas,
        "maxReplicas": c.scales.to,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": aim}}],
    }
    return {**_head("autoscaling/v2", "HorizontalPodAutoscaler", workload.id, workload, system), "spec": spec}
