"""Diagnosis: from what was found to why it is so, what it costs, and what must change.

Findings of rules are symptoms; causes (`survey/causes`, one a file) say which symptoms they may be the reason of and at
which element. Use: `read` gives a model as it stands today (a brief included), `diagnose` its causes in the order of
what they cost, what else hangs on few, what wasn't told, and one verdict. `causes` lists what is known.
"""

from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Part, Remedy
from groma.survey.diagnose import Diagnosis, Found, Link, diagnose
from groma.survey.gaps import Gap
from groma.survey.ground import Ground
from groma.survey.registry import WITHOUT_CAUSE, causes
from groma.survey.stakes import StopSet
from groma.survey.standing import Standing, read, stands
from groma.survey.verdict import Verdict, verdict

__all__ = [
    "OWN_PEOPLE",
    "WITHOUT_CAUSE",
    "Case",
    "Cause",
    "Diagnosis",
    "Explains",
    "Found",
    "Gap",
    "Ground",
    "Link",
    "Part",
    "Remedy",
    "Standing",
    "StopSet",
    "Verdict",
    "causes",
    "diagnose",
    "read",
    "stands",
    "verdict",
]
