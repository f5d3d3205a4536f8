"""From a request or an evaluation to its documents, with the derivation of every number they quote."""

from __future__ import annotations

from groma.documents.content import Document, DocumentSet
from groma.documents.deliverables import award_memo, bid_evaluation, rfp
from groma.documents.deliverables.subject import Subject
from groma.documents.derivations import derivations
from groma.documents.print_tree import document_refs
from groma.documents.quote import Quoter
from groma.documents.write import Written
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.procurement import Evaluation, Request, Terms, told
from groma.procurement.disclosed import request_ledger
from groma.procurement.terms import terms_of


def write_request(request: Request, model: Model, ledger: Ledger, terms: Terms) -> Written:
    """The request for proposals; its ledger is what the buyer keeps, the document quotes nothing of what it
    expects to pay."""
    shown = Subject(model, Quoter(request_ledger(request, model, ledger, terms)))
    return _written(shown, "Request", (rfp.write(shown, request, terms),))


def write_evaluation(evaluation: Evaluation, model: Model, ledger: Ledger) -> Written:
    """The advice on one page, and the evaluation behind it."""
    request = evaluation.request
    base = request_ledger(request, model, ledger, terms_of(request.terms), disclosed=True)
    shown = Subject(model, Quoter(told(evaluation, base)))
    documents = (award_memo.write(shown, evaluation), bid_evaluation.write(shown, evaluation))
    return _written(shown, "Evaluation of bids", documents)


def _written(subject: Subject, kind: str, documents: tuple[Document, ...]) -> Written:
    refs = tuple(dict.fromkeys(ref for document in documents for ref in document_refs(document)))
    made = DocumentSet(
        subject.model.system,
        kind,
        subject.meta(),
        documents,
        derivations(subject.quoter, subject.model, refs),
    )
    return Written(made, subject.quoter.ledger, {})
