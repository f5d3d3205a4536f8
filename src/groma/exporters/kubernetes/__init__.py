"""Manifests for Kubernetes of what a design runs on machines: deployments, policies, scaling, and what is left open.

- `EXPORT`: the format `kubernetes`
"""

from __future__ import annotations

from groma.exporters.export import Artefact, Export, NotExportable, Source, readme_head
from groma.exporters.kubernetes.manifests import manifests
from groma.exporters.kubernetes.parts import Workload, resources, workloads
from groma.exporters.kubernetes.written import document
from groma.exporters.terraform.outline import figures_of, identifier

LONGEST = 50
"""Letters of a component's name: names of objects may have 63, and some get a word behind them."""


def files(source: Source) -> tuple[Artefact, ...]:
    """A file for each workload, `kustomization.yaml`, `addresses.env`, and the list of what is open."""
    made = workloads(source)
    if not made:
        return ()
    long = [each.component for each in made if len(each.id) > LONGEST]
    if long:
        raise NotExportable(
            *(
                f"{c.at}: `{c.name}` has more than the {LONGEST} letters that Kubernetes leaves for a name; shorten it"
                for c in long
            )
        )
    system = identifier(source.model.system).replace("_", "-")[:63].strip("-")
    told = [_file(source, workload, system) for workload in made]
    outside = sorted({name for workload in made for name in workload.outside})
    told.append(Artefact("namespace.yaml", document(_namespace(system))))
    told.append(Artefact("kustomization.yaml", document(_kustomization(system, made, outside))))
    if outside:
        lines = "".join(f"{name.replace('-', '_').upper()}_ADDRESS=\n" for name in outside)
        told.append(
            Artefact("addresses.env", "# Where each of these is reached: the model doesn't say.\n" + lines)
        )
    told.append(Artefact("README.md", _readme(source, made, outside)))
    return tuple(sorted(told, key=lambda artefact: artefact.path))


def _file(source: Source, workload: Workload, system: str) -> Artefact:
    c = workload.component
    figures = figures_of(source.ledger, c.name)
    about = (f"components.{c.name}: {c.title or c.name}", *(f"{name}: {text}" for name, text in figures))
    first, *rest = manifests(workload, system, figures)
    text = "---\n".join([document(first, about), *(document(each) for each in rest)])
    return Artefact(f"{workload.id}.yaml", text, (f"components.{c.name}",))


def _namespace(system: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": system}}


def _kustomization(system: str, made: tuple[Workload, ...], outside: list[str]) -> dict[str, object]:
    told: dict[str, object] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": system,
        "resources": ["namespace.yaml", *(f"{workload.id}.yaml" for workload in made)],
        "images": [
            {"name": w.id, "newName": f"registry.invalid/{w.id}", "newTag": "to-be-told"} for w in made
        ],
    }
    if outside:
        told["configMapGenerator"] = [{"name": "addresses", "envs": ["addresses.env"]}]
    return told


def _readme(source: Source, made: tuple[Workload, ...], outside: list[str]) -> str:
    told = readme_head(source.model, "manifests for Kubernetes")
    told += ["## What has to be told", "", "| Where | What | For |", "|---|---|---|"]
    for workload in made:
        told.append(
            f"| `kustomization.yaml`, `images` | registry, name and tag of the image | {workload.component.name} |"
        )
        c, taken = workload.component, resources(workload.component)
        absent = [name for name in ("cpu", "memory") if name not in taken]
        if absent:
            told.append(
                f"| `components.{c.name}.takes` in the model | {' and '.join(absent)} that one takes | {c.name} |"
            )
        if c.kind == "llm" and "nvidia.com/gpu" not in taken:
            told.append(
                f"| `components.{c.name}.takes.gpu` in the model | accelerators that one takes | {c.name} |"
            )
    told += [f"| `addresses.env` | where it is reached | {name} |" for name in outside]
    if outside:
        told.append(
            "| a `SecretStore` called `secrets` in the namespace | the store that secrets are read from | all |"
        )
    told += ["", "## What was agreed", ""]
    told.append("- Each container is told its port in `PORT`; others reach it by its name at the same port.")
    if any(workload.policies for workload in made):
        told.append(
            "- Timeouts, retries and limits of the flows lie under `/etc/policies`, one file for each."
        )
    closed = [workload.component.name for workload in made if not workload.outside]
    if outside:
        told.append(
            "- What is called outside the cluster isn't closed off by the network policies: addresses aren't known."
        )
    if closed:
        told.append(f"- {', '.join(closed)} can call only what runs in the cluster.")
    for workload in made:
        scales = workload.component.scales
        if scales is not None:
            after = f", and counts on a new one serving {scales.after.text} later" if scales.after else ""
            told.append(
                f"- {workload.component.name}: the model looks every {scales.every.text}{after}; "
                "a cluster's own settings say how often."
            )
    return "\n".join(told) + "\n"


EXPORT = Export(
    "kubernetes",
    "Kubernetes",
    "manifests for what runs on machines or a cluster: deployments, disruption budgets, scaling, network policies",
    files,
    ("ai", "infrastructure"),
)

__all__ = ["EXPORT", "files"]
