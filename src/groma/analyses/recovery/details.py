"""What documents tell of a recovery beside its figures: the stages after each loss, and whether it was ever tried."""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.interval import ZERO
from groma.analyses.recovery.copies import copies_of, stale
from groma.analyses.recovery.events import Event
from groma.analyses.recovery.figures import events_after, stages_of, unproven
from groma.model.figure import Figure


def recovery_details(context: Context) -> Iterator[Figure]:
    """`recovery/DATA@EVENT/rto/STAGE` (s) of each stage that takes time, and `recovery/DATA/proof` in words."""
    if not context.closed:
        return
    for name, data in context.model.data.items():
        if copies_of(context, data):
            for event in events_after(context, name):
                yield from _stages(context, name, event)
            yield _proof(context, name)


def _stages(context: Context, name: str, event: Event) -> Iterator[Figure]:
    whole = f"recovery/{name}@{event.name}/rto"
    stages = stages_of(context, name, event)
    for stage, words, seconds in () if stages is None else stages.named():
        if seconds != ZERO:
            yield Figure(
                f"{whole}/{stage}",
                f"{name} after {event.words}: {words}",
                "s",
                value=seconds.value,
                low=seconds.low,
                high=seconds.high if math.isfinite(seconds.high) else None,
                method="schedule of stages",
                inputs=(whole,),
                reason="" if seconds.value is not None else "at least: a part of it isn't known",
            )


def _proof(context: Context, name: str) -> Figure:
    never, planned = unproven(context, f"recovery/{name}/rto")
    copies = copies_of(context, context.model.data[name])
    old = [c.backup.tested for c in copies if stale(c, context.model.date) and c.backup.tested is not None]
    if never:
        words = "never tried: unproven"
    elif planned:
        words = "to be tried before it is relied on"
    elif old:
        words = f"tried {min(old)}, too long ago"
    else:
        words = "tried " + min((c.backup.tested for c in copies if c.backup.tested), default="")
    lines = [f"components.{c.by}" if c.by else f"data.{name}.backup" for c in (*never, *planned)]
    return Figure(
        f"recovery/{name}/proof",
        f"Whether a restore of {name} was ever tried",
        "",
        words=words,
        method="dates of restores",
        reason="; ".join(lines),
    )
