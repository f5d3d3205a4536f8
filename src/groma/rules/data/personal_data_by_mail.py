"""Personal data that are handed over by mail."""

from __future__ import annotations

import re

from groma.model.elements import Connection, Model
from groma.rules.places import title_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

GUARDED = frozenset({"personal", "sensitive", "health", "confidential", "secret"})
"""Classes of data that are not for everybody who may come to read a mail."""
BY_MAIL = re.compile(
    r"\b(by|via|over|in an?|as) (e-?mails?|mails?)\b|^(e-?mails?|mails?|smtp)\b|\battach", re.IGNORECASE
)
PROTECTED = re.compile(r"\b(encrypted|pgp|s/mime)\b", re.IGNORECASE)


def check(subject: Subject) -> Look:
    """Connections that carry guarded data; those whose protocol is mail, unencrypted."""
    pairs = [(c, data) for c in subject.model.connections.values() if (data := _guarded(subject.model, c))]
    return Look(len(pairs), tuple(_hit(subject.model, c, data) for c, data in pairs if _mailed(c)))


def _guarded(model: Model, connection: Connection) -> list[str]:
    return [name for name in connection.carries if model.data[name].class_.lower() in GUARDED]


def _mailed(connection: Connection) -> bool:
    return BY_MAIL.search(connection.protocol) is not None and PROTECTED.search(connection.protocol) is None


def _hit(model: Model, connection: Connection, data: list[str]) -> Hit:
    return Hit(
        f"connections.{connection.name}",
        f"Handed over by mail: {', '.join(title_of(model, each) for each in data)}, from "
        f"{title_of(model, connection.from_)} to {title_of(model, connection.to)}",
        f"protocol `{connection.protocol}` carries {', '.join(data)}",
        connection.at,
    )


RULE = Rule(
    id="personal-data-by-mail",
    title="Personal data by mail",
    looks_for="Connections that carry personal, confidential or secret data with mail as their protocol, unencrypted.",
    why="A mail goes to whoever is typed into its address, stays in two mailboxes for years and can't be called back.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 5(1)(e), 5(1)(f) and 32",
    severity="warning",
    tags=("data", "compliance"),
    consequence="One wrong address is a breach that has to be reported within 72 hours, and copies are never deleted.",
    remedy="Share a link that needs a sign-in and ends, or connect the two tools; if it must be mail, encrypt it.",
    check=check,
    good="""\
components: {crm: {kind: tool}, tax: {kind: tool}, mail: {kind: tool}}
data: {customers: {class: personal, held_by: crm}, prices: {class: internal, held_by: crm}}
connections:
  a: {from: crm, to: tax, carries: [customers], protocol: HTTPS}
  b: {from: crm, to: tax, carries: [prices], protocol: CSV by mail}
  c: {from: mail, to: crm, carries: [customers], protocol: typed off the mail}
  d: {from: crm, to: tax, carries: [customers], protocol: encrypted ZIP by mail}
""",
    bad="""\
components: {crm: {kind: tool}, tax: {kind: tool}}
data: {customers: {class: personal, held_by: crm}}
connections:
  a: {from: crm, to: tax, carries: [customers], protocol: CSV by mail}
  b: {from: crm, to: tax, carries: [customers], protocol: Email attachment}
""",
    expected=("personal-data-by-mail:connections.a", "personal-data-by-mail:connections.b"),
)
