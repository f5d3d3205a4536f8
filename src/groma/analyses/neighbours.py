"""Where the architect's work ends: activities of neighbouring roles, how they are asked for, what they are about.

The activities, their owners and the words are a table of the catalog (`neighbours`). A text asks for one if a clause of
it names it, and that clause or one before it in the sentence holds a word of wanting and denies nothing; titles of
wants and flows ask by naming it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.position import Position

WANTING = re.compile(
    r"(?<!\w)(want|wants|need|needs|should|must|shall|please|take over|takes over|you|provide|provides|deliver|have to|"
    r"has to|expect|expects|require|looking for|responsible|wollen|will|brauchen|braucht|soll|sollen|müssen|muss|bitte|"
    r"übernehmen|übernimmt|suchen|erwarten|verantwortlich)(?!\w)",
    re.IGNORECASE,
)
DENYING = re.compile(
    r"(?<!\w)(nobody|no one|not|never|without|none|no|nicht|kein\w*|niemand\w*|ohne|nie)(?!\w)|n't(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An activity beside the architect's. `concern`: which documents it borders on; `arises`: with what it comes."""

    activity: str
    title: str
    owner: str
    concern: str
    arises: str
    words: tuple[str, ...]
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a model asks for an activity: the element's path, the word, the words around it."""

    neighbour: Neighbour
    element: str
    word: str
    text: str
    at: Position


@dataclass(frozen=True, slots=True)
class Border:
    """An activity that comes with a model: what of the model it is about, and who there is known to answer for that."""

    neighbour: Neighbour
    about: tuple[str, ...]
    people: tuple[str, ...]


def neighbours(catalog: Catalog) -> tuple[Neighbour, ...]:
    """The table, by activity."""
    return tuple(
        Neighbour(
            entry.text("activity"),
            entry.text("title"),
            entry.text("owner"),
            entry.text("concern"),
            entry.text("arises"),
            tuple(w for column in ("words_en", "words_de") for w in entry.text(column).split("|") if w),
            entry.source,
            entry.as_of,
        )
        for entry in catalog.entries("neighbours")
    )


def asked(model: Model, known: Iterable[Neighbour]) -> tuple[tuple[int, Asked | None], ...]:
    """Every text that could ask for something, numbered, with what it asks for that isn't stated as out of scope."""
    told = tuple(n for n in known if not any(names(n, what) for what in model.out_of_scope))
    found: list[tuple[int, Asked | None]] = []
    for number, (element, text, at, by_naming) in enumerate(_texts(model)):
        hits = [
            Asked(neighbour, element, word, sentence, at)
            for neighbour in told
            for sentence, word in _asks(neighbour, text, by_naming)[:1]
        ]
        found += [(number, hit) for hit in hits] or [(number, None)]
    return tuple(found)


def names(neighbour: Neighbour, text: str) -> str | None:
    """The word by which a text names an activity, None if it doesn't."""
    match = _pattern(neighbour.words).search(text)
    return None if match is None else match.group(0)


def borders(model: Model, known: Iterable[Neighbour], concerns: Iterable[str]) -> tuple[Border, ...]:
    """Activities of some concerns that come with a model, in that order; those without a subject are left out."""
    wanted = tuple(concerns)
    subjects = _subjects(model)
    return tuple(
        Border(neighbour, *subjects[neighbour.arises])
        for concern in wanted
        for neighbour in known
        if neighbour.concern == concern and subjects.get(neighbour.arises, ((), ()))[0]
    )


def _texts(model: Model) -> list[tuple[str, str, Position, bool]]:
    """(path, text, position, whether naming is asking) of all that can ask: problem, wants, needs, flows of nobody."""
    texts = [("model", model.problem, model.at, False)] if model.problem else []
    texts += [
        (f"wants.{n}", f"{n.replace('_', ' ')}: {w.capability}", w.at, True) for n, w in model.wants.items()
    ]
    texts += [
        (f"needs.{n}", need.why or n.replace("_", " "), need.at, False) for n, need in model.needs.items()
    ]
    for name, flow in model.flows.items():
        if flow.by not in model.people:
            texts.append((f"flows.{name}", flow.title or name.replace("_", " "), flow.at, True))
    return texts


def _asks(neighbour: Neighbour, text: str, by_naming: bool) -> list[tuple[str, str]]:
    """(sentence, word) of every sentence that asks for the activity."""
    found: list[tuple[str, str]] = []
    for sentence in re.split(r"(?<=[.!?;])\s+", text):
        wanted = by_naming
        for clause in re.split(r",\s|\s(?:but|aber|sondern)\s", sentence):
            denied = DENYING.search(clause) is not None
            wanted = wanted or (not denied and WANTING.search(clause) is not None)
            word = names(neighbour, clause)
            if word is not None and wanted and not denied:
                found.append((sentence.strip(), word))
                break
    return found


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    parts = (r"\s+".join(re.escape(part).replace(r"\*", r"\w*") for part in word.split()) for word in ordered)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _subjects(model: Model) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What activities are about: (titles of elements, names of people who answer for them), by the word in `arises`."""
    parts = model.components
    own = [c for c in parts.values() if c.supplier is None and c.product is None]
    links = [c for c in model.connections.values() if c.from_ in parts and c.to in parts]
    flows = [f for f in model.flows.values() if f.starts is not None]
    copied = [d for d in model.data.values() if d.backup is not None]
    personal = [d for d in model.data.values() if d.class_ == "personal"]
    decided = [d for d in model.decisions.values() if d.status in ("open", "proposed")]
    suppliers = [model.suppliers[c.supplier] for c in parts.values() if c.supplier is not None]
    tools = [c for c in parts.values() if c.kind == "tool"]
    return {
        "parts": (_titles(own), _people(c.owner for c in own)),
        "bought": (_titles(suppliers), ()),
        "needs": (tuple(name.replace("_", " ") for name in model.needs), ()),
        "flows": (_titles(flows), _people(f.by for f in flows if f.by in model.people)),
        "interfaces": (tuple(f"{_title(parts[c.from_])} to {_title(parts[c.to])}" for c in links), ()),
        "copies": (_titles(copied), _people(d.owner for d in copied)),
        "personal": (_titles(personal), ()),
        "decisions": (_titles(decided), _people(d.owner for d in decided)),
        "accounts": (_titles(tools), _people(h for c in tools for h in c.holders)),
        "users": (_titles(tools), ()),
    }


def _title(element: object) -> str:
    return str(getattr(element, "title", "") or getattr(element, "name", "").replace("_", " "))


def _titles(elements: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_title(element) for element in elements))


def _people(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))
