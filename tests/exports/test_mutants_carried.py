"""Mutants of the modules that every export carries are caught by their parts' tests and by whole runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from exports.mutate import in_library
from exports.test_carried import CHECKS, Parts, tried
from exports.test_mutants import Trial, Trials, explained, plain_trials, survivors
from exports.test_plain import HERE
from groma import api
from groma.model.elements import Model

pytestmark = pytest.mark.mutants


def part(check: Callable[[Parts], Awaitable[None]], model: Model) -> Trial:
    def trial(package: str) -> bool:
        try:
            return tried(check, package, model)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return False

    return trial


@pytest.mark.parametrize("module", ["world", "machine", "policies"])
def test_carried(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    model = api.load(HERE / "everything.yaml")
    trials = Trials([*(part(check, model) for check in CHECKS), *plain_trials(model)[::40]], seconds=2.0)
    count, missed = survivors(model, "python", [module], trials, in_library)
    with capsys.disabled():
        print(f" {module}: {count - len(missed)} of {count} mutants caught", end="")
    explained(missed, EQUAL[module])
    assert count > 40


EQUAL: dict[str, dict[str, str]] = {
    "world": {},
    "machine": {"'pool': another word": "it only has to be another word than those of other policies"},
    "policies": {
        "'budget': another word": "it only has to be another word than those of other policies",
        "'breaker': another word": "the same",
        "'limit': another word": "the same",
        "policies:44: 10.0: one more": "the next line lets no more than ten be saved",
        "policies:45: 0.0: one more": "what is saved is looked at only where there is a budget",
        "policies:53: 0.0: one more": "the same",
        "policies:46: 1: one more": "the attempt numbered `times` returns or raises, so none comes after it",
        "policies:77: return False: gives nothing": "None counts as no",
        "without `task.remove_done_callback(turn)`": "called again it does nothing: only lists get longer",
        "without `timer.cancel()`": "ringing later it does nothing: only the timer is kept longer",
    },
}
