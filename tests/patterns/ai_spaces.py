"""Briefs for every shipped AI pattern, and answers to them drawn at random, for tests that want to close designs.

The escalation desk is the example of the project; the other capabilities get the smallest brief that resolves.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from groma.patterns import Pattern, Space, resolve

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "escalation-desk"
DATA = ROOT / "src" / "groma" / "patterns" / "data" / "ai"

BRIEF = """groma: 1
system: Small brief
currency: EUR
include: {facts}
exchange: {{USD: $usd}}
wants: {{thing: {{capability: "{capability}", with: {{{inputs}}}}}}}
people: {{clerk: {{role: clerk, count: 60 people, rate: 30 EUR/h, hours: 38 h}}}}
places: {{here: {{kind: site, in: DE}}}}
components:
  store:
    kind: database
    existing: true
    place: here
    fails: {{availability: 99.9 %}}
    price: 0 EUR/month
    offers:
      receive: {{work: 10 ms}}
      assign: {{work: 10 ms}}
      search: {{work: 10 ms}}
      read: {{work: 10 ms}}
      write: {{work: 10 ms}}
      vector: {{work: 10 ms}}
      text: {{work: 10 ms}}
      answer: {{work: 10 ms}}
      forward: {{work: 10 ms}}
      hear: {{work: 10 ms}}
      speak: {{work: 10 ms}}
      pay: {{work: 10 ms, effect: keyed, impact: payment}}
      decide: {{work: 10 ms, effect: keyed, impact: payment}}
      notify: {{work: 10 ms}}
      append: {{work: 10 ms}}
{flow}"""

OWN_EXAMPLE = {"regulated-decision": "credit-assistant", "research-team": "research-product"}
"""Patterns that have an example of their own, whose facts they take."""

SLOTS = {
    "search the knowledge base": "retrieve",
    "remember the conversation": "recalled",
    "have a person approve an action": "action",
    "observe an AI product": "observe",
}
"""Capabilities that only fill a slot of somebody else's flow, with the slot."""

GIVEN = {
    "helpdesk": "store", "database": "store", "inbox": "store", "telephone": "store", "speech": "store",
    "people": "clerk", "clerk": "clerk", "reader": "clerk", "agent": "clerk", "approver": "clerk",
    "rate": "2/min", "busiest": "8/min", "tokens": "tokens.csv", "tool": "store.read", "action": "store.pay",
    "declined": "store.assign", "impact": "payment", "core": "store", "archive": "store", "library": "store",
    "store": "store", "scorecard": "store.read", "officer": "clerk", "second": "clerk", "analyst": "clerk",
}  # fmt: skip


def brief_for(pattern: Pattern, folder: Path) -> Path:
    """A brief in `folder` that wants what the pattern gives."""
    own = OWN_EXAMPLE.get(pattern.pattern)
    facts = EXAMPLE if own is None else ROOT / "examples" / own
    for file in (facts / "facts.yaml", EXAMPLE / "tokens.csv", Path(__file__).parent / "ai_facts.yaml"):
        shutil.copy(file, folder / file.name)
    included = "[facts.yaml, ai_facts.yaml]" if own is None else "facts.yaml"
    inputs = ", ".join(f"{name}: {GIVEN[name]}" for name in pattern.inputs if name in GIVEN)
    slot = SLOTS.get(pattern.gives)
    flow = (
        f"flows: {{use: {{starts: {{rate: 2/min}}, steps: [{{call: store.receive}}, {{open: {slot}}}]}}}}"
        if slot
        else ""
    )
    path = folder / "brief.yaml"
    path.write_text(
        BRIEF.format(facts=included, capability=pattern.pattern, inputs=inputs, flow=flow), encoding="utf-8"
    )
    return path


def space_for(pattern: Pattern, patterns: Mapping[str, Pattern], folder: Path) -> Space:
    return resolve(brief_for(pattern, folder), patterns)


def answers(space: Space, rng: random.Random, forced: Mapping[str, str]) -> dict[str, str] | None:
    """Random answers that hold together and contain `forced`; None when none are found in many tries."""
    for _ in range(2000):
        found = dict(forced)
        for role in space.roles:
            if role.name in found:
                continue
            variants = [v.name for v in role.variants]
            rng.shuffle(variants)
            for variant in variants:
                if space.allowed({**found, role.name: variant}):
                    found[role.name] = variant
                    break
            else:
                break
        if len(found) == len(space.roles) and space.allowed(found):
            return found
    return None


def literals(space: Space) -> Iterator[tuple[str, str]]:
    for role in space.roles:
        for variant in role.variants:
            yield role.name, variant.name
