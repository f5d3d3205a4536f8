"""What an estimator says doesn't hang on what it was asked before."""

from __future__ import annotations

from random import Random

import pytest

from design.briefs import Texts, random_texts
from groma.catalog import load_catalog
from groma.design.estimate import Estimator
from groma.design.problem import HELD, task_of
from groma.patterns import open_model


@pytest.mark.parametrize("seed", range(3))
def test_corners_of_the_facts_are_kept_apart(seed: int) -> None:
    """Work is known to a range, so that a bound at the nominal facts and one at cautious facts differ; both are asked
    of one estimator, in turns, and each of an estimator that was asked nothing else."""
    chance = Random(seed)
    texts = random_texts(seed, wish="latency/answer@replied/p95")
    space = Texts(texts.brief, texts.pattern.replace("{work: 5 ms,", "{work: 5 ms .. 800 ms,")).space()
    task, catalog = task_of(space.given), load_catalog()
    names = [name for name in task.names if name.startswith(("latency/", "success/"))]
    assert {name.removesuffix(HELD) for name in names} & set(names)
    partials = [
        {role.name: chance.choice(role.variants).name for role in chance.sample(space.roles, 2)}
        for _ in range(4)
    ]
    asked = [(name, partial) for partial in partials for name in names if space.allowed(partial)]
    chance.shuffle(asked)
    together = Estimator(open_model(space), catalog, task)
    found = [together.at_best(name, partial) for name, partial in asked]
    alone = [Estimator(open_model(space), catalog, task).at_best(name, partial) for name, partial in asked]
    assert found == alone
    assert len(set(found)) > 2
