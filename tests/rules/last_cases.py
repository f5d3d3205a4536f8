"""Cases that tell a rule from a slip of the hand in it which no other case told (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_HOSTED = """components:
  llm: {{kind: llm, serves: {{model: llama-3.1-8b, accelerator: h100_sxm}}, offers: {{ask: {{{work}}}}}}}
flows: {{help: {{starts: {{rate: {rate}}}, steps: [{{call: llm.ask{sizes}}}]}}}}
"""
_SIZES = ", sizes: {input: 900, output: 100}"
_TYPED = ("served-time-differs:components.llm.offers.ask.work",)

_BOUGHT = """exchange: {{USD: 0.9 EUR}}
components:
  llm:
    kind: llm
    product: google/gemini-2.5-flash@eu
    qualities: {{prefix_kept: 1 h}}
    offers: {{ask: {{work: 1 s}}}}
flows: {{help: {{starts: {{rate: {rate}}}, steps: [{{call: llm.ask, sizes: {{input: 900, {shared}output: 100}}}}]}}}}
"""


def _served(work: str, rate: str = "2/s", sizes: str = _SIZES) -> str:
    """A model of one's own that is simulated to answer in 561 ms (34 ms + 100 x 5.27 ms) to 1.47 s (171 ms + 1.3 s)."""
    return _HOSTED.format(work=work, rate=rate, sizes=sizes)


def _asked(*steps: str, more: str = "") -> str:
    return f"""people: {{ana: {{}}}}
{more}
components:
  brain: {{kind: llm, offers: {{say: {{work: 1 s}}}}}}
  judge: {{kind: llm, qualities: {{accuracy: 90 %}}, offers: {{say: {{work: 1 s}}}}}}
  watch: {{kind: service, offers: {{look: {{work: 1 s}}}}}}
flows: {{ask: {{starts: {{rate: 1/h}}, steps: [{", ".join(steps)}]}}}}
"""


_PROTOTYPE = ("prototype-in-use:flows.ask",)
_CHEAP = "cheap: {measure: cost/month, at_most: 9 EUR}}"
_UNASKED = "nothing else is done, and nobody asked"

INFERENCE: tuple[Case, ...] = (
    Case("served-time-differs", _served("work: 545 ms"), _TYPED, 1),
    Case("served-time-differs", _served("work: 600 ms"), (), 1),
    Case("served-time-differs", _served("work: 1.4 s"), (), 1),
    Case("served-time-differs", _served("work: 1.5 s"), _TYPED, 1),
    Case(
        "served-time-differs",
        _served("work: 10 s..20 s"),
        _TYPED,
        1,
        says=("is typed as 10 s to 20 s; simul",),
    ),
    Case("served-time-differs", _served(""), (), 0),
    Case("served-time-differs", _served("work: 20 ms", rate="9999/s"), (), 1),
    Case("served-time-differs", _served("work: 20 ms", sizes=""), (), 1),
    Case(
        "served-time-differs",
        _served("work: 20 ms", rate="20/s"),
        _TYPED,
        1,
        says=("simulated it takes at least 830 ms",),
    ),
    Case("served-time-differs", _served("work: 20 ms").replace("h100_sxm", "h100_sxm, parallel: 5"), (), 1),
    Case(
        "served-time-differs",
        _served("work: {value: 20 ms, source: simulated serving (docs/serving.md)}"),
        (),
        0,
    ),
    Case(
        "batch-price-unused",
        _BOUGHT.format(rate="1/day", shared=""),
        ("batch-price-unused:flows.help",),
        1,
        "certain",
    ),
    Case(
        "shared-start-paid-in-full",
        _BOUGHT.format(rate="1/min", shared="shared: 60, "),
        ("shared-start-paid-in-full:components.llm",),
        1,
        "certain",
    ),
    Case(
        "cheaper-model-first",
        """components:
  small: {kind: llm, price: {call: 0.001 EUR}, qualities: {accuracy: 95 %, unsure: 30 %}, offers: {ask: {work: 1 s}}}
  large: {kind: llm, price: {call: 0.010 EUR}, qualities: {accuracy: 95 %}, offers: {ask: {work: 2 s}}}
flows: {help: {starts: {rate: 1/day}, steps: [{call: large.ask}]}}
""",
        ("cheaper-model-first:flows.help",),
        1,
        "certain",
    ),
)

PROGRAMS: tuple[Case, ...] = (
    Case(
        "prototype-in-use",
        _asked("{ask: ana, takes: 1 min}", "{call: brain.say}"),
        _PROTOTYPE,
        1,
        says=(
            "4 of 5 are missing: no need is stated for it; no quality of the answers of brain is stated; no call",
        ),
    ),
    Case("prototype-in-use", _asked("{call: brain.say}"), _PROTOTYPE, 1, says=("5 of 5", _UNASKED)),
    Case(
        "prototype-in-use",
        _asked("{call: brain.say, fallback: [{call: watch.look}]}"),
        _PROTOTYPE,
        1,
        says=("4 of 5",),
    ),
    Case(
        "prototype-in-use",
        _asked("{call: brain.say}", "{call: brain.say, fallback: [{call: watch.look}]}"),
        _PROTOTYPE,
        1,
        says=("4 of 5",),
    ),
    Case(
        "prototype-in-use", _asked("{call: brain.say}", "{call: judge.say}"), _PROTOTYPE, 1, says=("4 of 5",)
    ),
    Case(
        "prototype-in-use",
        _asked(
            "{call: brain.say}",
            more="needs: {quick: {measure: latency/ask/p95, at_most: 5 s}, " + _CHEAP,
        ),
        _PROTOTYPE,
        1,
        says=("4 of 5",),
    ),
    Case(
        "prototype-in-use",
        _asked(
            "{call: brain.say}",
            more="needs: {good: {measure: quality/brain/accuracy, at_least: 90 %}, " + _CHEAP,
        ),
        _PROTOTYPE,
        1,
        says=("4 of 5",),
    ),
    Case(
        "prototype-in-use",
        f"components:\n{''.join(f'  m{n}: {{kind: llm, offers: {{say: {{work: 1 s}}}}}}{chr(10)}' for n in '98765432')}"
        f"flows: {{ask: {{starts: {{rate: 1/h}}, steps: [{', '.join(f'{{call: m{n}.say}}' for n in '98765432')}]}}}}\n",
        _PROTOTYPE,
        1,
        says=("of the answers of m2, m3, m4, m5, m6, m7, m8, m9 is stated",),
    ),
)

LAST = (*INFERENCE, *PROGRAMS)
