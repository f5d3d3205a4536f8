"""Diagnosis: from what was found to why it is so, what it costs, and what must change.

Findings of rules are symptoms; causes (`survey/causes`, one a file) say which symptoms they may be the reason of and at
which element. Use: `take_in` takes a model, a brief or a folder of raw files; `read` gives a
model as it stands today, `diagnose` its causes in the order of
what they cost, what else hangs on few, what wasn't told, and one verdict. `all_causes` lists what is known. An audited
site joins as a `website.Website`, which isn't imported before there is one.
"""

from groma.survey.answers import answered, fills
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Part, Remedy
from groma.survey.diagnose import Diagnosis, Found, Link, diagnose, said_at
from groma.survey.gaps import Gap
from groma.survey.ground import Ground
from groma.survey.registry import WITHOUT_CAUSE, all_causes
from groma.survey.staffing import Staffing
from groma.survey.stakes import StopSet
from groma.survey.standing import Standing, read, stands
from groma.survey.taken_in import TODAY, AnswerError, NoIntakeError, TakenIn, take_in
from groma.survey.verdict import Verdict, verdict

__all__ = [
    "OWN_PEOPLE",
    "TODAY",
    "WITHOUT_CAUSE",
    "AnswerError",
    "Case",
    "Cause",
    "Diagnosis",
    "Explains",
    "Found",
    "Gap",
    "Ground",
    "Link",
    "NoIntakeError",
    "Part",
    "Remedy",
    "Staffing",
    "Standing",
    "StopSet",
    "TakenIn",
    "Verdict",
    "all_causes",
    "answered",
    "diagnose",
    "fills",
    "read",
    "said_at",
    "stands",
    "take_in",
    "verdict",
]
