"""The manifests: read by PyYAML, held against Kubernetes' own schemas and the model; mutants are caught."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from groma import api
from groma.catalog import load_catalog
from groma.exporters import NotExportable, Source, exports
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

VERSION = "1.29"
KUBECTL = shutil.which("kubectl")
MODEL = """
groma: 1
system: Answering desk
currency: EUR
places:
  DE: {kind: jurisdiction}
  zone_1: {kind: zone, in: DE}
  zone_2: {kind: zone, in: DE}
components:
  nodes: {kind: host, replicas: 3}
  desk:
    kind: service
    runs_on: nodes
    place: [zone_1, zone_2]
    replicas: 3
    threads: 4
    enough: 2
    scales: {to: 9, aims: 60 %, every: 30 s, after: 1 min}
    takes: {cores: 0.5, memory: 512 MiB}
    offers: {accept: {work: 10 ms}}
  own_writer:
    kind: llm
    runs_on: nodes
    replicas: 2
    enough: 1
    takes: {gpu: 2, memory: 80 GiB}
    offers:
      generate:
        work: 1 s
        steps:
          - {call: "rules.check", timeout: 200 ms}
  rules:
    kind: service
    title: "yes: on # the {rules}"
    runs_on: nodes
    offers: {check: {work: 2 ms}}
  shop:
    kind: tool
    existing: true
    offers: {refund: {work: 300 ms, effect: keyed}}
flows:
  answer:
    starts: {rate: 10/min}
    steps:
      - {call: desk.accept}
      - {call: own_writer.generate, timeout: 8 s, retry: {times: 2, backoff: 1 s}}
      - {call: shop.refund, limit: {rate: 5/s}}
"""
Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = tmp_path_factory.mktemp("cluster") / "cluster.yaml"
    path.write_text(MODEL)
    return api.load(path)


@pytest.fixture(scope="module")
def made(model: Model) -> dict[str, str]:
    ledger = Ledger(model.digest)
    ledger.write(Figure("utilisation/desk", "busy", "1", 0.25, 0.2, 0.3))
    return {
        each.path: each.text for each in exports()["kubernetes"].make(Source(model, ledger, load_catalog()))
    }


def objects(made: Mapping[str, str]) -> Objects:
    paths = sorted(path for path in made if path.endswith(".yaml") and path != "kustomization.yaml")
    return [each for path in paths for each in yaml.safe_load_all(made[path])]


def problems(model: Model, made: Mapping[str, str]) -> list[str]:
    """Schema, references within the folder, and the model's own numbers."""
    told: list[str] = []
    all_of = objects(made)
    named = {(each["kind"], each["metadata"]["name"]) for each in all_of}
    kustomization = yaml.safe_load(made["kustomization.yaml"])
    pods = {}
    for each in all_of:
        if each["kind"] == "ExternalSecret":  # an operator's own kind: fields of external-secrets.io/v1
            spec = each["spec"]
            told += [
                f"ExternalSecret lacks {key}"
                for key in ("secretStoreRef", "target", "data")
                if key not in spec
            ]
            told += ["a secret without key" for item in spec["data"] if not item["remoteRef"]["key"]]
            named.add(("Secret", spec["target"]["name"]))
            continue
        try:
            kubernetes_validate.validate(each, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            told.append(f"{each['kind']}: {error.message}")
        if each["kind"] == "Deployment":
            pods[each["metadata"]["name"]] = each["spec"]["template"]["metadata"]["labels"]
    if kustomization.get("configMapGenerator"):
        named.add(("ConfigMap", kustomization["configMapGenerator"][0]["name"]))
    images = {each["name"] for each in kustomization["images"]}
    told += [f"{path} isn't there" for path in kustomization["resources"] if path not in made]
    for each in all_of:
        told += _references(each, pods, named, images)
    told += _model(model, all_of, made)
    return told


def _selects(pods: Mapping[str, Mapping[str, str]], labels: Mapping[str, str]) -> bool:
    return any(labels.items() <= pod.items() for pod in pods.values())


def _references(each: dict[str, Any], pods: Mapping[str, Mapping[str, str]], named: set[tuple[str, str]], images: set[str]) -> list[str]:  # fmt: skip
    told: list[str] = []
    selectors: list[Mapping[str, str]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "matchLabels" in value:
                selectors.append(value["matchLabels"])
            for kind, key in (
                ("ConfigMap", "configMapKeyRef"),
                ("Secret", "secretKeyRef"),
                ("ConfigMap", "configMap"),
            ):
                if key in value and (kind, value[key]["name"]) not in named:
                    told.append(f"{kind} {value[key]['name']} isn't there")
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(each)
    spec = each.get("spec", {})
    if each["kind"] == "Service":
        selectors.append(spec["selector"])
    told += [
        f"{each['kind']} selects nothing: {labels}" for labels in selectors if not _selects(pods, labels)
    ]
    if each["kind"] == "Deployment":
        if not spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items():
            told.append("a deployment doesn't select its own pods")
        pod = spec["template"]["spec"]
        if ("ServiceAccount", pod["serviceAccountName"]) not in named:
            told.append(f"no account {pod['serviceAccountName']}")
        told += [f"no image {c['image']}" for c in pod["containers"] if c["image"] not in images]
    if (
        each["kind"] == "HorizontalPodAutoscaler"
        and ("Deployment", spec["scaleTargetRef"]["name"]) not in named
    ):
        told.append("scales nothing")
    return told


def _model(model: Model, all_of: Objects, made: Mapping[str, str]) -> list[str]:
    told: list[str] = []
    by = {(each["kind"], each["metadata"]["name"]): each for each in all_of}
    for c in model.components.values():
        if not c.runs_on:
            continue
        name = c.name.replace("_", "-")
        deployment = by.get(("Deployment", name))
        if deployment is None:
            told.append(f"{name} isn't deployed")
            continue
        if c.scales is None and deployment["spec"].get("replicas") != c.replicas:
            told.append(f"{name}: {deployment['spec'].get('replicas')} replicas, not {c.replicas}")
        budget = by.get(("PodDisruptionBudget", name))
        if (budget["spec"]["minAvailable"] if budget else None) != c.enough:
            told.append(f"{name}: budget")
        scaler = by.get(("HorizontalPodAutoscaler", name))
        if c.scales is not None:
            spec = scaler["spec"] if scaler else {}
            aim = spec.get("metrics", [{}])[0].get("resource", {}).get("target", {}).get("averageUtilization")
            if (spec.get("minReplicas"), spec.get("maxReplicas"), aim) != (c.replicas, c.scales.to, round(c.scales.aims.mean * 100)):  # fmt: skip
                told.append(f"{name}: scaling")
        told += [
            f"{name}: no {kind}"
            for kind in ("Service", "ServiceAccount", "NetworkPolicy")
            if (kind, name) not in by
        ]
    return told


def test_the_manifests_hold_against_schemas_references_and_model(model: Model, made: dict[str, str]) -> None:
    assert problems(model, made) == []


def test_what_the_model_says_is_in_them(made: dict[str, str]) -> None:
    by = {(each["kind"], each["metadata"]["name"]): each for each in objects(made)}
    pod = by["Deployment", "own-writer"]["spec"]["template"]["spec"]["containers"][0]
    assert pod["resources"]["limits"] == {"memory": "81920Mi", "nvidia.com/gpu": "2"}
    desk = by["Deployment", "desk"]["spec"]["template"]["spec"]
    assert desk["containers"][0]["resources"]["requests"] == {"cpu": "500m", "memory": "512Mi"}
    assert desk["topologySpreadConstraints"][0]["topologyKey"] == "topology.kubernetes.io/zone"
    assert by["Deployment", "desk"]["metadata"]["annotations"]["groma/utilisation"] == "20 to 30 %"
    data = by["ConfigMap", "desk-policies"]["data"]
    assert data["flows.answer.steps.2.own_writer.timeout"] == "8 s"
    assert data["flows.answer.steps.2.own_writer.retry.times"] == "2"
    assert data["flows.answer.steps.3.shop.limit.rate"] == "5/s"
    assert list(by["ConfigMap", "own-writer-policies"]["data"].values()) == ["200 ms"]


def test_who_may_call_whom_is_who_calls_whom(made: dict[str, str]) -> None:
    by = {each["metadata"]["name"]: each["spec"] for each in objects(made) if each["kind"] == "NetworkPolicy"}
    allowed = {
        name: [p["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for rule in spec["ingress"] for p in rule.get("from", [])]
        for name, spec in by.items()
    }  # fmt: skip
    assert allowed == {"desk": [], "own-writer": ["desk"], "rules": ["desk", "own-writer"]} or allowed == {
        "desk": [], "own-writer": ["desk"], "rules": ["own-writer"],
    }  # fmt: skip
    assert by["rules"]["policyTypes"] == ["Ingress", "Egress"], "it calls nothing outside"
    assert by["desk"]["policyTypes"] == ["Ingress"], "where the shop is isn't known"


def test_what_is_open_is_listed(made: dict[str, str]) -> None:
    assert made["addresses.env"].endswith("SHOP_ADDRESS=\n")
    assert (
        "| `components.rules.takes` in the model | cpu and memory that one takes | rules |"
        in made["README.md"]
    )
    assert made["README.md"].count("| `kustomization.yaml`, `images` |") == 3


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
def test_kustomize_puts_them_together(made: dict[str, str], tmp_path: Path) -> None:
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    run = subprocess.run(
        [str(KUBECTL), "kustomize", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    built = list(yaml.safe_load_all(run.stdout))
    assert {each["metadata"].get("namespace") for each in built if each["kind"] != "Namespace"} == {
        "answering-desk"
    }
    assert "image: registry.invalid/desk:to-be-told" in run.stdout


MUTANTS = [
    ("own-writer.yaml", "replicas: 2", "replicas: 3"),
    ("own-writer.yaml", "replicas: 2", 'replicas: "two"'),
    ("own-writer.yaml", "minAvailable: 1", "minAvailable: 2"),
    ("own-writer.yaml", "serviceAccountName: own-writer", "serviceAccountName: other"),
    ("own-writer.yaml", "kind: Service\n", "kind: Servce\n"),
    ("own-writer.yaml", "containerPort", "containerport"),
    ("desk.yaml", "maxReplicas: 9", "maxReplicas: 8"),
    ("desk.yaml", "averageUtilization: 60", "averageUtilization: 80"),
    ("desk.yaml", "name: desk-policies", "name: desk-policy"),
    ("desk.yaml", "name: addresses", "name: adresses"),
    (
        "desk.yaml",
        "  selector:\n    app.kubernetes.io/name: desk",
        "  selector:\n    app.kubernetes.io/name: disk",
    ),
    ("desk.yaml", "image: desk", "image: disk"),
    ("desk.yaml", "topologyKey", "topologykey"),
    ("kustomization.yaml", "rules.yaml", "rule.yaml"),
    ("rules.yaml", "policyTypes:", "policyKinds:"),
]


@pytest.mark.parametrize(("path", "old", "new"), MUTANTS)
def test_a_changed_manifest_is_caught(
    model: Model, made: dict[str, str], path: str, old: str, new: str
) -> None:
    assert old in made[path]
    changed = made | {path: made[path].replace(old, new, 1)}
    try:
        assert problems(model, changed)
    except kubernetes_validate.utils.SchemaNotFoundError:
        assert "Servce" in new


def test_a_name_too_long_is_refused_where_it_stands() -> None:
    name = "a" * 60
    model = loads(f"groma: 1\nsystem: S\ncurrency: EUR\ncomponents:\n  h: {{kind: host}}\n  {name}: {{kind: service, runs_on: h, offers: {{o: {{work: 1 s}}}}}}\n")  # fmt: skip
    with pytest.raises(NotExportable, match=r":6:\d+: `a+` has more than the 50 letters"):
        exports()["kubernetes"].make(Source(model, Ledger(model.digest), load_catalog()))


def test_a_model_that_runs_nothing_gives_nothing() -> None:
    model = loads("groma: 1\nsystem: S\ncurrency: EUR\n")
    for name in ("kubernetes", "terraform"):
        assert exports()[name].make(Source(model, Ledger(model.digest), load_catalog())) == ()
