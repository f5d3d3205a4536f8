"""A new embedding model over vectors of the old one."""

from __future__ import annotations

from groma.model.elements import Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Indexes that say which model makes their vectors; those that a stage gives another model without making all
    anew."""
    hits: list[Hit] = []
    looked = 0
    for stage, after in subject.model.states.items():
        before = _before(subject.model, stage)
        for name, component in after.components.items():
            index, earlier = component.index, before.components.get(name)
            if index is None or index.made_with is None or earlier is None or earlier.index is None:
                continue
            looked += 1
            old = earlier.index.made_with
            changed = old != index.made_with or _product(before, old) != _product(after, index.made_with)
            stale = [
                data
                for data in after.data.values()
                if name in data.held_by and (data.refreshed is None or data.remade != "all")
            ]
            if changed and stale:
                hits.append(
                    Hit(
                        f"components.{name}",
                        f"Stage {stage} gives {component.title or name} another model and keeps the old vectors",
                        f"{old} ({_product(before, old) or 'no product stated'}) -> {index.made_with} "
                        f"({_product(after, index.made_with) or 'no product stated'}); "
                        + ", ".join(f"data.{data.name} isn't made anew whole" for data in stale),
                        component.at,
                        key=stage,
                    )
                )
    return Look(looked, tuple(hits))


def _before(model: Model, stage: str) -> Model:
    earlier = model.stages[stage].after
    return model if earlier is None else model.states.get(earlier, model)


def _product(model: Model, component: str | None) -> str | None:
    return next((each.product for name, each in model.components.items() if name == component), None)


RULE = Rule(
    id="model-changed-without-reindex",
    title="New embedding model over old vectors",
    looks_for="Stages in which the model that makes an index's vectors changes, and the data in it aren't "
    "made anew whole.",
    why="Vectors of two models can't be compared: distances between them mean nothing.",
    source="documentation of sentence-transformers and of the providers of embeddings: one model for texts "
    "and questions",
    severity="error",
    tags=("data", "retrieval", "stages"),
    consequence="Search returns noise for everything that was indexed before, and nothing fails.",
    remedy="Plan to make all vectors anew (`remade: all`, `refreshed`, `made_in`), beside the old index "
    "until it is done.",
    check=check,
    good="""\
components:
  small: {kind: embedder, product: mistral/mistral-embed}
  vectors: {kind: index, index: {kind: flat, dimensions: 1024, made_with: small}}
data: {chunks: {held_by: vectors, refreshed: 24 h, remade: all}}
stages: {next: {components: {small: {kind: embedder, product: openai/text-embedding-3-small}}}}
""",
    bad="""\
components:
  small: {kind: embedder, product: mistral/mistral-embed}
  vectors: {kind: index, index: {kind: flat, dimensions: 1024, made_with: small}}
data: {chunks: {held_by: vectors, refreshed: 24 h, remade: changes}}
stages: {next: {components: {small: {kind: embedder, product: openai/text-embedding-3-small}}}}
""",
    expected=("model-changed-without-reindex:components.vectors/next",),
)
