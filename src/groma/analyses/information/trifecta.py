"""The lethal trifecta: a model that reads what others wrote, private data in the same run, and a way out of it.

Simon Willison, "The lethal trifecta for AI agents: private data, untrusted content, and external communication"
(simonwillison.net, June 2025); Meta, "Agents Rule of Two" (October 2025): no more than two of the three in one run
without a person who looks. A guard or an approval between the model's words and the way out is a control with a
residual; one that only screens what comes in counts as well, with what it misses.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.information.labels import Check, Label, Labels, Way, is_private, is_untrusted
from groma.analyses.information.spreading import Use, followed


@dataclass(frozen=True, slots=True)
class Trifecta:
    """One way out of a flow at which all three meet; `checks` are passed on every path to it."""

    use: Use
    untrusted: str
    untrusted_way: Way
    private: str
    private_way: Way
    checks: tuple[Check, ...]

    @property
    def open(self) -> bool:
        """Whether nothing stands between."""
        return not self.checks

    @property
    def residual(self) -> float | None:
        """The share of attacks that come through at most: of the best check, since misses may go together; None where
        it isn't known (a person's aren't)."""
        known = [check.most for check in self.checks if check.most is not None]
        return min(known) if known else None if self.checks else 1.0


def counted(use: Use, impact: str | None) -> tuple[Check, ...]:
    """The checks that stand before a use: guards, and people who approve what it does."""
    return tuple(
        sorted(
            check
            for check in use.screens | use.checks
            if check.kind == "guard" or (impact in check.approves if impact else check.approves)
        )
    )


def trifectas(context: Context, flow: str | None = None) -> tuple[Trifecta, ...]:
    """Every way out at which the three meet, in the order of the flows and steps; of one flow where it is named."""
    found: list[Trifecta] = []
    for use in followed(context).uses.values():
        if flow is not None and use.flow != flow:
            continue
        for candidate in context.candidates(use.component):
            operation = candidate.offers.get(use.operation)
            if operation is None or not operation.reaches_out:
                continue
            met = pair(context, use.written, use.handed)
            if met is not None:
                untrusted, private = met
                found.append(
                    Trifecta(
                        use,
                        untrusted.data, use.written[untrusted],
                        private.data, use.handed[private],
                        counted(use, operation.impact),
                    )
                )  # fmt: skip
                break
    return tuple(found)


def pair(context: Context, written: Labels, handed: Labels) -> tuple[Label, Label] | None:
    """Untrusted content that shaped the words, and private data that go out with them.

    What came with the run itself and goes back to where it came from isn't private to the one who sent it: the private
    data are other data, or the same kind read from where everybody's are kept.
    """
    model = context.model
    bad = sorted(label for label in written if is_untrusted(model, label.data))
    private = sorted(label for label in handed if is_private(model, label.data))
    for untrusted in bad:
        for label in private:
            if label.data != untrusted.data or label.kept:
                return untrusted, label
    return None
