"""Common cause groups of the Open-PSA format: members, a probability, a model with its factors.

Open-PSA MEF 2.0d, chapter on common cause groups. A group's members become formulas over the events of its causes.
"""

from __future__ import annotations

from collections.abc import Mapping

from groma.solvers.faulttrees.common_cause import (
    MOST_PARTS,
    CommonCause,
    alpha_shares,
    beta_shares,
    common_cause,
    greek_shares,
    phi_shares,
)
from groma.solvers.faulttrees.openpsa_expressions import Expressions
from groma.solvers.faulttrees.openpsa_xml import Element

MODELS = ("beta-factor", "MGL", "alpha-factor", "phi-factor")


def read_group(element: Element, expressions: Expressions) -> tuple[tuple[str, ...], CommonCause]:
    """The members of a `define-CCF-group` and how they fail. OpenPsaError says what isn't as the standard has it."""
    model = element.attribute("model")
    if model not in MODELS:
        raise element.error(f"expected one of {', '.join(MODELS)} as the model, found {model!r}")
    found = {child.tag: child for child in element.children if child.tag not in ("label", "attributes")}
    for tag in ("members", "distribution"):
        if tag not in found:
            raise element.error(f"expected <{tag}>")
    members = tuple(child.attribute("name") for child in found["members"].children)
    if len(members) < 2 or len(set(members)) < len(members):
        raise found["members"].error(f"expected at least two distinct members, found {len(members)}")
    if len(members) > MOST_PARTS and model != "beta-factor":
        raise found["members"].error(
            f"expected at most {MOST_PARTS} members of model {model}, found {len(members)}"
        )
    body = found["distribution"].children
    if len(body) != 1:
        raise found["distribution"].error(f"expected one probability, found {len(body)}")
    shares = _shares(element, model, len(members), _factors(element, expressions))
    try:
        return members, common_cause(members, expressions.probability(body[0]), shares)
    except ValueError as error:
        raise element.error(str(error)) from None


def _factors(element: Element, expressions: Expressions) -> dict[int | None, float]:
    """Level -> factor, in the order of the file; a lone factor may have no level."""
    found: dict[int | None, float] = {}
    for child in element.children:
        for factor in child.children if child.tag == "factors" else (child,) if child.tag == "factor" else ():
            level = factor.count("level") if "level" in factor.attributes else None
            if level in found or len(factor.children) != 1:
                raise factor.error("expected one value for each level")
            found[level] = expressions.value(factor.children[0])
    return found


def _shares(element: Element, model: str, n: int, factors: Mapping[int | None, float]) -> tuple[float, ...]:
    first = 2 if model == "MGL" else 1
    wanted: tuple[set[int | None], ...] = (
        ({None}, {n}) if model == "beta-factor" else (set(range(first, n + 1)),)
    )
    if set(factors) not in wanted:
        levels = f"{n}" if model == "beta-factor" else f"{first} to {n}"
        stated = ", ".join(str(level or "none") for level in factors) or "none"
        raise element.error(f"expected factors of level {levels}, found {stated}")
    values = [value for _, value in sorted(factors.items(), key=lambda each: each[0] or 0)]
    try:
        match model:
            case "beta-factor":
                return beta_shares(n, values[0])
            case "MGL":
                return greek_shares(n, values)
            case "alpha-factor":
                return alpha_shares(n, values)
            case _:
                return phi_shares(n, values)
    except ValueError as error:
        raise element.error(str(error)) from None
