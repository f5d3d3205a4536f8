"""A control as it is found in a model."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.position import Position


@dataclass(frozen=True, slots=True)
class Found:
    """One control: what it is, on which element, its values in words, how it is tested, what tells of it.

    `atlas` is the mitigation of MITRE ATLAS that it is an instance of, `nist` the control of SP 800-53; `most` what it
    lets through at most, where that is known. `stated` for one of the model's `controls`.
    """

    id: str
    kind: str
    title: str
    element: str
    at: Position | None
    says: str
    test: str
    signal: str
    owner: str = ""
    atlas: str = ""
    nist: str = ""
    most: float | None = None
    misses: str = ""
    stated: bool = False
    evidence: str = ""
