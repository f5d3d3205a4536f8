"""Parts and places of which nobody says where they are."""

from __future__ import annotations

from collections.abc import Iterator

from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Components, suppliers and places: where they are, out to the jurisdiction."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    for name, c in model.components.items():
        where = bool(c.place) or c.runs_on is not None
        yield Place(f"components.{name}", "place", where, f"{named(c, name)}: where it is isn't stated", c.at)
    for name, s in model.suppliers.items():
        missing = f"{named(s, name)}: under whose law it is isn't stated"
        yield Place(f"suppliers.{name}", "in", s.in_ is not None, missing, s.at)
    for name, place in model.places.items():
        stated = place.in_ is not None or place.kind == "jurisdiction"
        yield Place(
            f"places.{name}",
            "in",
            stated,
            f"{named(place, name)}: in which country it is isn't stated",
            place.at,
        )


RULE = Rule(
    id="part-without-place",
    title="Part of which nobody says where it is",
    looks_for="Components without `place` or `runs_on`, suppliers without `in`, places without `in` that "
    "aren't jurisdictions.",
    why="The region is chosen when an account is opened, and can seldom be changed later.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 28, 30 and 44",
    severity="warning",
    tags=("ambiguity", "structure", "data"),
    consequence="Personal data land wherever the default of the sign-up form says.",
    remedy="Name the place, and the country or union it is in.",
    phases=("build",),
    check=check,
    good="""\
places: {hall: {in: DE}}
suppliers: {house: {in: EU}}
components: {crm: {kind: tool, place: hall}}
""",
    bad="""\
places: {hall: {}}
suppliers: {house: {}}
components: {crm: {kind: tool}}
""",
    expected=(
        "part-without-place:components.crm/place",
        "part-without-place:places.hall/in",
        "part-without-place:suppliers.house/in",
    ),
)
