"""Buying what was designed: a request for proposals from a model, bids read back, an award that anybody can repeat.

- `request_of(model, ledger, catalog, terms, file=...)` makes a `Request`; `response_sheet(request)` the workbook
  that bidders fill in
- `opened(folder)`, `read_bids(paths, request)`, `evaluated(bid, ...)`, `evaluate(request, bids)` lead to an
  `Evaluation`
- `told(evaluation, ledger)` gives its figures, `arithmetic(evaluation)` its workbook, `facts_file(bid, request)` its
  prices as facts of a model
"""

from groma.procurement.bid import Answer, Bid, Offer, Remark
from groma.procurement.book import arithmetic
from groma.procurement.evaluation import Evaluated, Evaluation, abnormal, evaluate
from groma.procurement.folder import (
    MODEL,
    REQUEST,
    RESPONSE,
    Sent,
    evaluated,
    model_files,
    opened,
    read_bids,
)
from groma.procurement.form import marks_form, read_marks
from groma.procurement.judging import Gate, Points
from groma.procurement.making import request_of
from groma.procurement.opened import WorkbookError
from groma.procurement.quotes import facts_file, put_into
from groma.procurement.request import (
    Line,
    Request,
    RequestError,
    Requirement,
    Scale,
    Threshold,
    from_json,
    to_json,
)
from groma.procurement.terms import Terms, no_terms, read_terms
from groma.procurement.told import scales, told
from groma.procurement.workbook import response_sheet

__all__ = [
    "MODEL",
    "REQUEST",
    "RESPONSE",
    "Answer",
    "Bid",
    "Evaluated",
    "Evaluation",
    "Gate",
    "Line",
    "Offer",
    "Points",
    "Remark",
    "Request",
    "RequestError",
    "Requirement",
    "Scale",
    "Sent",
    "Terms",
    "Threshold",
    "WorkbookError",
    "abnormal",
    "arithmetic",
    "evaluate",
    "evaluated",
    "facts_file",
    "from_json",
    "marks_form",
    "model_files",
    "no_terms",
    "opened",
    "put_into",
    "read_bids",
    "read_marks",
    "read_terms",
    "request_of",
    "response_sheet",
    "scales",
    "to_json",
    "told",
]
