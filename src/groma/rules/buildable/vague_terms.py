"""Words that leave a builder to guess, in English and German, by what is wrong with them.

After ISO/IEC/IEEE 29148:2018, 5.2.7 (unbounded or ambiguous terms: superlatives, subjective and comparative words,
vague pronouns, open-ended phrases, loopholes, incomplete references), with the words that briefs of small companies
use. German words are ours.
"""

from __future__ import annotations

import re

TERMS: dict[str, tuple[str, ...]] = {
    "open-ended: what else belongs to it isn't said": (
        "etc", "and so on", "and so forth", "among others", "and more", "and the like", "including but not limited to",
        "usw", "und so weiter", "u. a.", "u.a.", "unter anderem", "und dergleichen", "und vieles mehr", "uvm",
    ),
    "to be found out: nothing is stated yet": ("tbd", "tba", "tbc", "to be determined", "to be decided", "???", "xxx",
        "noch offen", "wird noch geklärt", "zu klären",
    ),
    "a loophole: who decides, and by what, isn't said": (
        "as needed", "if needed", "when needed", "as required", "if necessary", "where necessary", "as appropriate",
        "if appropriate", "if possible", "where possible", "as far as possible", "if practicable", "on demand",
        "bei bedarf", "nach bedarf", "falls nötig", "wenn nötig", "gegebenenfalls", "ggf", "wenn möglich",
        "soweit möglich", "eventuell", "evtl", "je nach",
    ),
    "no time: how often or until when isn't said": (
        "regularly", "periodically", "from time to time", "soon", "as soon as possible", "asap", "promptly", "timely",
        "in a timely manner", "immediately", "frequently", "often", "sometimes", "eventually", "later",
        "regelmäßig", "von zeit zu zeit", "zeitnah", "bald", "so bald wie möglich", "umgehend", "zügig", "häufig",
        "manchmal", "später",
    ),
    "no number: how much isn't said": (
        "fast", "quick", "quickly", "slow", "large", "small", "many", "few", "several", "some", "most", "sufficient",
        "adequate", "enough", "minimal", "significant", "approximately", "about the same",
        "schnell", "langsam", "viele", "wenige", "einige", "mehrere", "ausreichend", "genügend", "ungefähr", "ca",
    ),
    "a matter of taste: nobody can test it": (
        "user-friendly", "user friendly", "easy to use", "easy", "simple", "intuitive", "modern", "state of the art",
        "robust", "flexible", "efficient", "reliable", "secure", "high quality", "best", "optimal", "seamless",
        "benutzerfreundlich", "einfach zu bedienen", "einfach", "intuitiv", "flexibel", "effizient", "zuverlässig",
        "sicher", "hochwertig", "optimal", "reibungslos",
    ),
    "an open reference: which one is meant isn't said": (
        "the system", "the tool", "the software", "the application", "the responsible person", "someone", "somebody",
        "das system", "das tool", "die software", "die anwendung", "jemand", "der zuständige", "die zuständige stelle",
    ),
}  # fmt: skip


def _pattern() -> re.Pattern[str]:
    words = sorted({word for words in TERMS.values() for word in words}, key=lambda word: (-len(word), word))
    return re.compile(r"(?<!\w)(" + "|".join(re.escape(word) for word in words) + r")(?!\w)", re.IGNORECASE)


PATTERN = _pattern()
WRONG = {word: wrong for wrong, words in TERMS.items() for word in words}


def vague(text: str) -> tuple[tuple[str, str], ...]:
    """(word as written, what is wrong with it), each word once, in order."""
    found = {match.group(0).casefold(): match.group(0) for match in PATTERN.finditer(text)}
    return tuple((written, WRONG[word]) for word, written in found.items())
