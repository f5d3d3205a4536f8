"""What can't be built as it is written: words without a meaning, numbers without a unit, policies without a limit.

Each check looks at one sentence, item or cell; it says what stands there and what to put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from groma.importers.designs import Block, Design, Spot
from groma.rules.buildable.vague_terms import vague
from groma.survey.review.content import DURATION, NUMBER, UNIT, pattern
from groma.survey.review.found import kind_of
from groma.survey.review.passages import Passage, passages, words_of

OPEN = ("to be found out", "open-ended")
"""What is wrong with words that stop a builder, after `vague_terms`; the others leave room to guess."""
ALSO: dict[str, str] = dict.fromkeys(
    (
        "scalable",
        "highly available",
        "high availability",
        "performant",
        "low latency",
        "real-time",
        "near real-time",
        "cost-effective",
        "best effort",
        "skalierbar",
        "hochverfügbar",
        "echtzeitnah",
    ),
    "no number: how much of it isn't said",
)
_ALSO = re.compile(
    r"(?<![\w-])(" + "|".join(sorted(ALSO, key=len, reverse=True)) + r")(?![\w-])", re.IGNORECASE
)
EVERYDAY = frozenset(
    {
        "some",
        "many",
        "most",
        "few",
        "several",
        "later",
        "small",
        "large",
        "enough",
        "simple",
        "easy",
        "best",
        "often",
        "sometimes",
        "viele",
        "einige",
        "mehrere",
        "einfach",
        "sicher",
        "später",
        "wenige",
        "the system",
        "the tool",
        "das system",
        "and more",
        "on demand",
    }
)
"""Words of ordinary prose: they are held against sentences that bind only."""
NAME = 30
"""Characters up to which words may be a name or a term that stands in many places."""
BINDING = r"\b(?:must|shall|should|has to|have to|needs? to|will|requires?|muss|müssen|soll|sollen|darf)\b"
QUALITY = (
    r"\b(?:fast|quick\w*|latency|respon(?:d|ds|se times?)|available|availability|uptime|throughput|scal\w*|handle|"
    r"concurrent|accura\w*|cheap|cost|schnell|verfügbar\w*|antwortzeit\w*|skalier\w*|genau\w*|kosten)\b"
)
MEASURED = (
    r"\b(?:latency|response time|time-?out|budget|throughput|retention|interval|storage|memory|cost|rto|rpo|ttl|"
    r"latenz|antwortzeit|zeitlimit|durchsatz|aufbewahrung|speicher|kosten)\b"
)
_BARE = re.compile(
    rf"(?:{MEASURED})\W{{1,3}}(?:(?:of|is|=|at most|under|below|up "
    rf"to|von|ist|unter|höchstens)\W{{1,3}})?({NUMBER})(?![\w%€$£])\s*(\S*)",
    re.IGNORECASE,
)
RETRY = r"\bretr(?:y|ies|ied|ying)\b|\bwiederholt?\b|\berneut versuch\w*"
TIMEOUT = r"\btime-?outs?\b|\bzeitlimits?\b"
NEVER = r"\b(?:no|never|not|without|don't|isn't|won't|keine?n?|nie|nicht|ohne)\b"
DENIED = rf"{NEVER}\W{{1,9}}(?:\w{{1,40}}\W{{1,9}}){{0,1}}(?:{RETRY}|{TIMEOUT})"
"""A policy that is denied: the word right before it, or one between."""
COUNT = rf"{NUMBER}|\b(?:once|twice|one|two|three|four|five|einmal|zweimal|dreimal|zwei|drei)\b"


@dataclass(frozen=True, slots=True)
class Guess:
    """Something that a builder has to guess: which check, where, the words, what is wrong, what to write instead."""

    check: str
    at: Spot
    words: str
    wrong: str
    instead: str
    blocks: bool


def guesses(design: Design) -> tuple[Guess, ...]:
    """Everything found, what stops a builder first, then in the document's order."""
    found: list[Guess] = []
    places = [place for place in passages(design) if not place.whole and not _drawn(place)]
    limits = _limits_elsewhere(places)
    for place in places:
        if place.head or any(block.kind == "code" for block in place.blocks):
            continue
        for check in CHECKS:
            found += check(place)
        found += _policies(place, limits)
    found += [guess for block in design.blocks if block.kind == "table" for guess in _cells(block)]
    found += _empty_sections(design)
    found += _undescribed(design)
    unique: dict[tuple[str, str, Spot | None], Guess] = {}
    for guess in sorted(
        found, key=lambda g: g.at.number
    ):  # a sentence that stands in several places is told once
        unique.setdefault((guess.check, guess.words, guess.at if len(guess.words) <= NAME else None), guess)
    order = {at: number for number, at in enumerate(dict.fromkeys(g.at for g in unique.values()))}
    return tuple(
        sorted(unique.values(), key=lambda g: (not g.blocks, g.at.number, order[g.at], g.check, g.words))
    )


def _drawn(place: Passage) -> bool:
    return any(kind_of(block) == "picture" for block in place.blocks)


def _vague(place: Passage) -> Iterator[Guess]:
    text = place.text.rpartition("\n")[2]
    binding = bool(pattern(BINDING).search(text))
    measured = bool(pattern(UNIT).search(text))
    terms = [*vague(text), *((m.group(0), ALSO[m.group(0).casefold()]) for m in _ALSO.finditer(text))]
    names = {cell.strip().casefold() for cell in text.split(" | ")} if "\n" in place.text else set[str]()
    for word, wrong in terms:
        if word.casefold() in names and not wrong.startswith(OPEN):
            continue  # a cell of this word alone is a name
        opened = wrong.startswith(OPEN)
        if not opened and (measured or (word.casefold() in EVERYDAY and not binding)):
            continue
        yield Guess(
            "vague-word", place.at, word, wrong, "put the number, name or condition in its place", opened
        )


def _need_without_target(place: Passage) -> Iterator[Guess]:
    text = place.text.rpartition("\n")[2]
    quality = pattern(QUALITY).search(text)
    if quality and pattern(BINDING).search(text) and not re.search(r"\d", text):
        yield Guess(
            "need-without-target",
            place.at,
            _short(text),
            f"it asks for “{quality.group(0)}” without a number",
            "state the number, its unit and how it is measured",
            True,
        )


def _number_without_unit(place: Passage) -> Iterator[Guess]:
    if "\n" in place.text:
        return
    for match in _BARE.finditer(place.text):
        after = match.group(2).strip(".,;:)").casefold()
        if not after or after in (
            "is",
            "are",
            "was",
            "ist",
            "sind",
            "and",
            "or",
            "but",
            "for",
            "in",
            "und",
            "oder",
            "für",
        ):
            yield Guess(
                "number-without-unit",
                place.at,
                match.group(0).strip(),
                "the number has no unit",
                "add the unit",
                True,
            )


def _policies(place: Passage, limits: frozenset[str]) -> Iterator[Guess]:
    text = place.text.rpartition("\n")[2]
    denied = pattern(DENIED).search(text)
    if (
        "retry" not in limits
        and not denied
        and pattern(RETRY).search(text)
        and not pattern(COUNT).search(text)
    ):
        yield Guess(
            "retry-without-limit",
            place.at,
            _short(text),
            "it is retried, and how often isn't said",
            "state how often at most, how long apart, and what happens then",
            True,
        )
    if (
        "timeout" not in limits
        and not denied
        and pattern(TIMEOUT).search(text)
        and not pattern(DURATION).search(text)
    ):
        yield Guess(
            "timeout-without-time",
            place.at,
            _short(text),
            "a timeout is spoken of, and its length isn't stated",
            "state the time for each call",
            True,
        )


def _limits_elsewhere(places: list[Passage]) -> frozenset[str]:
    """Policies that the document states with their limits somewhere: other mentions refer to it."""
    found: set[str] = set()
    for place in places:
        if pattern(RETRY).search(place.text) and re.search(
            rf"(?:{COUNT})\s*(?:\w{{1,40}}\s{{1,9}}){{0,2}}(?:times|retr|attempts|mal|versuche)|(?:retr\w+|attempts)\W{{1,9}}(?:\w{{1,40}}\W{{1,9}}){{0,3}}(?:{COUNT})",
            place.text,
            re.IGNORECASE,
        ):
            found.add("retry")
        if pattern(TIMEOUT).search(place.text) and pattern(DURATION).search(place.text):
            found.add("timeout")
    return frozenset(found)


def _cells(block: Block) -> Iterator[Guess]:
    """Cells that nobody filled. A column that is mostly empty holds remarks."""
    if len(block.rows) < 2:
        return
    head, rows = block.rows[0], block.rows[1:]
    for column, title in enumerate(head):
        cells = [row[column] if column < len(row) else "" for row in rows]
        open_ones = [number for number, cell in enumerate(cells) if cell in ("", "?", "??", "…", "...")]
        if not title or 2 * len(open_ones) > len(cells):
            continue
        for number in open_ones:
            of = rows[number][0] if rows[number] and rows[number][0] else f"row {number + 1}"
            yield Guess(
                "cell-not-filled",
                _row_at(block, number),
                f"{of}: {title}",
                "the cell is empty",
                "fill it, or write that there is none",
                False,
            )


def _row_at(block: Block, number: int) -> Spot:
    text = block.at.file.casefold().endswith((".md", ".markdown", ".txt"))
    return Spot(block.at.file, block.at.number + number + 2) if text else block.at


def _empty_sections(design: Design) -> Iterator[Guess]:
    """Headings under which nothing stands, and no lower heading either."""
    for block, after in zip_longest(design.blocks, design.blocks[1:]):
        ends = after is None or (after.kind == "heading" and after.level <= block.level)
        if block.kind == "heading" and ends:
            yield Guess(
                "empty-section",
                block.at,
                block.text,
                "nothing stands under the heading",
                "write it, or take the heading out",
                True,
            )


_NODE = re.compile(
    r"\b\w{1,40}\s{0,9}(?:\[\(|\(\[|\[\[|\(\(|\[|\(|\{)[\"']?([^\[\](){}\"'|]{2,60})[\"']?(?:\)\]|\]\)|\]\]|\)\)|\]|\)|\})"
)
_MESSAGE = re.compile(r"^\s*(?:participant|actor)\s+(?:\w+\s+as\s+)?(.{2,60}?)\s*$", re.MULTILINE)


def _undescribed(design: Design) -> Iterator[Guess]:
    """Parts that a drawing in text names and that no sentence, heading or table speaks of."""
    told = "\n".join(words_of(block) for block in design.blocks if kind_of(block) != "picture").casefold()
    for block in design.blocks:
        if block.kind != "code" or kind_of(block) != "picture":
            continue
        names = [*_NODE.findall(block.text[:20_000]), *_MESSAGE.findall(block.text[:20_000])]
        for name in dict.fromkeys(" ".join(re.sub(r"<br\s*/?>", " ", each).split()) for each in names):
            if name and not re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", told):
                yield Guess(
                    "part-not-described",
                    block.at,
                    name,
                    "the picture names it, and nothing says what it does",
                    "say what it is responsible for, or take it out",
                    True,
                )


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " …"


CHECKS: tuple[Callable[[Passage], Iterator[Guess]], ...] = (
    _vague,
    _need_without_target,
    _number_without_unit,
)
"""Checks of one passage."""
