"""Measures in a few words: for axes and table heads, and for those who know no statistics."""

from __future__ import annotations

from groma.model.measure import ParsedMeasure, parse_measure


def measure_title(measure: str) -> str:
    """A measure in a few words for an axis or a table head; as it is written where there are none."""
    found = parse_measure(measure)
    if not isinstance(found, ParsedMeasure):
        return measure
    subject, mark, statistic = found.subject, found.mark, found.statistic
    match found.kind:
        case "cost":
            return "Bill of a month" if subject == "month" else f"Bill of {subject}, {statistic}"
        case "latency":
            return f"Time until {mark or subject} ({statistic})"
        case "quality":
            return f"Quality of {subject} ({statistic})"
        case "people":
            return "People's time a month"
        case "dependence":
            return "Time a month that hangs on one person"
        case "headroom":
            return f"{statistic.title()} of {subject} left after a loss"
        case "recovery":
            what = subject.removeprefix("flows.")
            after = " when corrupted" if mark == "corrupted" else f" after loss of {mark}" if mark else ""
            return (
                f"Time until {what} is back{after}" if statistic == "rto" else f"Data of {what} lost{after}"
            )
        case "effort":
            return "Hours a month to keep it alive"
        case "availability" | "success":
            return f"{found.kind.title()} of {subject}" + (f" until {mark}" if mark else "")
        case _:
            return measure


def plain_words(measure: str) -> str:
    """A measure in words that need no statistics and no trade; empty where its title does already."""
    found = parse_measure(measure)
    if not isinstance(found, ParsedMeasure):
        return ""
    of, mark = (name.replace("_", " ") for name in (found.subject.removeprefix("flows."), found.mark or ""))
    match found.kind:
        case "latency" if found.percentile is not None:
            until = f"it is {mark}" if mark else "the end"
            return f"Time of “{of}” until {until}, for {found.percentile * 100:g} of 100"
        case "availability":
            return f"Share of the time in which “{of}” works" + (f", as far as “{mark}”" if mark else "")
        case "success":
            return (
                f"Share of “{of}” that gets as far as “{mark}”" if mark else f"Share of “{of}” that ends well"
            )
        case "recovery":
            lost = "after data are deleted or spoilt" if mark == "corrupted" else f"after the loss of {mark}"
            what = (
                f"Time until “{of}” works again"
                if found.statistic == "rto"
                else f"Work on “{of}” that is lost"
            )
            return f"{what} {lost}" if mark else what
        case "quality" if found.statistic == "recall":
            return f"Share of what “{of}” should find that it finds"
        case _:
            return ""
