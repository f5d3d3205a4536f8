"""A model that reads what strangers write, knows what they shouldn't, and can do things: with nothing in between."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="words-taken-for-orders",
    title="What a model reads can make it act",
    why="The prompt was taken for a lock: a model can't tell the words of its owner from those it is given to read.",
    risk="One mail, page or paper is enough to carry data out or to set something off.",
    source="OWASP Top 10 for LLM Applications 2025, LLM01 and LLM06; Willison, The lethal trifecta, 2025; "
    "Regulation (EU) 2024/1689 Articles 14 and 15",
    explains=(
        Explains("trifecta-open", "private data, strangers' words and a way out meet", "certain"),
        Explains("untrusted-into-tool", "strangers' words become a request", "certain"),
        Explains("output-unvalidated", "nothing looks at what it writes", "certain"),
        Explains("tool-with-wide-permission", "the tool may do more than it has to", "likely"),
        Explains("agent-without-bound", "nothing ends its rounds", "certain"),
        Explains("no-kill-switch", "nobody can stop it", "certain"),
        Explains("effect-without-switch", "nobody can stop what can't be taken back", "certain"),
    ),
    find=by(
        first_there,
        told(
            "nothing stands between what the model reads and what it can do",
            ({"agent-without-bound", "no-kill-switch", "effect-without-switch"}, "nothing stops it"),
            ({"output-unvalidated"}, "what the model writes is taken as it is"),
        ),
    ),
    remedy=Remedy(
        "Take one of the three away, type every request, check every answer, ask a person before what counts, and give "
        "the whole a bound and a switch.",
        (16.0, 80.0),
        "AI architect",
        (0.6, 0.95),
        "judgement: a day for each tool and each way out, and a trial with planted instructions",
    ),
    structural=True,
    good="""\
data: {mail: {trust: untrusted}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed, request: {order: id}}}}
flows: {care: {carries: [mail], steps: [{call: writer.write}, {call: shop.cancel}]}}
""",
    bad="""\
data: {mail: {trust: untrusted}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed, request: {order: text}}}}
flows: {care: {carries: [mail], steps: [{call: writer.write}, {call: shop.cancel}]}}
""",
    expected=("components.shop", "flows.care"),
)
