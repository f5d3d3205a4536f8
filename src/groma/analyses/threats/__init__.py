"""What can go wrong with consequences, what stands against it, and what the law asks: threat, control, test, signal.

Nothing is ticked off here: a threat applies because the structure of the model makes it possible, a control counts
because the programs or the model's `controls` hold it. Published lists give names only (OWASP LLM 2025 and 2026, OWASP
agentic 2026, MITRE ATLAS, NIST AI 600-1).

- `safety_of(context)`: the `Safety`: threats with places, controls, which control answers which threat, obligations
- `signals_of(model)`: element or need -> names of the signals that tell of it (alerts are written elsewhere)
- `traced(context)`: chains requirement -> element -> threat -> control -> test -> signal; `about` those of one name
- `recorded`, `switched`: records that an effect always leaves, switches that stop it; `instead`: what is done then
- `THREATS`: the table of threats; `costs_of(context, flow)`: what checks cost, by taking them out
"""

from groma.analyses.threats.controls import found_in
from groma.analyses.threats.found import Found
from groma.analyses.threats.obligations import Obligation, obligations
from groma.analyses.threats.prices import costs_of
from groma.analyses.threats.safety import Answer, Safety, safety_of
from groma.analyses.threats.seen import Place, Seen
from groma.analyses.threats.signals import signals_of
from groma.analyses.threats.supervision import instead, recorded, switched
from groma.analyses.threats.threat import THREATS, Threat
from groma.analyses.threats.tracing import Chain, about, traced

__all__ = [
    "THREATS",
    "Answer",
    "Chain",
    "Found",
    "Obligation",
    "Place",
    "Safety",
    "Seen",
    "Threat",
    "about",
    "costs_of",
    "found_in",
    "instead",
    "obligations",
    "recorded",
    "safety_of",
    "signals_of",
    "switched",
    "traced",
]
