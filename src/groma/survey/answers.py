"""An answer to a question of a survey, written into the text of a model at the path that it fills."""

from __future__ import annotations

from groma.model.core_schema import plain_data
from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping, Node, parse
from groma.model.writeback import InsertKey, SetValue, edited
from groma.model.yamltext import Value


def answered(text: str, element: str, answer: str, file: str = "model.yaml") -> str:
    """The text with `answer` at the path `element` (`flows.quote.worth`); everything else keeps every character.

    Raises ModelError where there is no such place, or the answer isn't YAML.
    """
    root = parse(text, file)
    keys = element.split(".")
    here: Node = root
    for depth, key in enumerate(keys):
        found = here.get(key) if isinstance(here, Mapping) else None
        if found is None:
            if not isinstance(here, Mapping):
                raise ModelError(Problem(here.at, f"{element}: there is no place for this answer"))
            value: Value = _value(answer, file)
            for outer in reversed(keys[depth + 1 :]):
                value = {outer: value}
            return edited(text, [InsertKey(tuple(keys[:depth]), key, value)], file)
        here = found
    return edited(text, [SetValue(tuple(keys), _value(answer, file))], file)


def fills(text: str, element: str, file: str = "model.yaml") -> bool:
    """Whether the element that an answer would fill is there, so that the question can be asked."""
    keys = element.split(".")
    here: Node | None = parse(text, file)
    for key in keys[:2]:
        here = here.get(key) if isinstance(here, Mapping) else None
    return len(keys) > 2 and isinstance(here, Mapping) and "*" not in keys


def _value(answer: str, file: str) -> Value:
    try:
        node = parse(f"answer: {answer}\n", file)
    except ModelError as error:
        at = Position(file, 1, 1)
        raise ModelError(
            [Problem(at, f"the answer can't be read: {p.message}") for p in error.problems]
        ) from None
    found = node.get("answer") if isinstance(node, Mapping) else None
    return answer if found is None else plain_data(found)
