"""The few words that generated pages say of themselves, by language; where a language is missing they are English."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "skip": "Skip to content", "menu": "Main menu", "trail": "You are here", "languages": "Other languages",
        "more": "More about it", "related": "Related", "sources": "Sources", "people": "Who answers for this",
        "proofs": "Why to believe it", "served": "Where we work", "price": "Price", "ask": "Ask us",
        "call": "Call", "write": "Write", "book": "Book a visit", "form": "Send us a message", "name": "Your name",
        "mail": "Your e-mail address", "message": "Your message", "send": "Send message", "facts": "The company",
        "legal_name": "Registered name", "address": "Address", "telephone": "Telephone", "email": "E-mail",
        "hours": "Opening hours", "founded": "Founded", "profiles": "Elsewhere", "updated": "Updated",
        "published": "Published", "missing": "Page not found", "missing_text": "There is nothing at this address.",
        "home": "To the home page", "issued": "issued by", "says": "says",
        "vatID": "VAT number", "taxID": "Tax number", "check": "where to check it",
    },
    "de": {
        "skip": "Zum Inhalt", "menu": "Hauptmenü", "trail": "Sie sind hier", "languages": "Andere Sprachen",
        "more": "Mehr dazu", "related": "Passend dazu", "sources": "Quellen", "people": "Wer dafür einsteht",
        "proofs": "Was dafür spricht", "served": "Wo wir arbeiten", "price": "Preis", "ask": "Fragen Sie uns",
        "call": "Anrufen", "write": "Schreiben", "book": "Termin buchen", "form": "Nachricht schreiben",
        "name": "Ihr Name", "mail": "Ihre E-Mail-Adresse", "message": "Ihre Nachricht", "send": "Nachricht senden",
        "facts": "Das Unternehmen", "legal_name": "Firma", "address": "Anschrift", "telephone": "Telefon",
        "email": "E-Mail", "hours": "Öffnungszeiten", "founded": "Gegründet", "profiles": "Anderswo",
        "updated": "Geändert", "published": "Veröffentlicht", "missing": "Seite nicht gefunden",
        "missing_text": "Unter dieser Adresse ist nichts.", "home": "Zur Startseite", "issued": "ausgestellt von",
        "says": "sagt",
        "vatID": "USt-IdNr.", "taxID": "Steuernummer", "check": "wo man es prüfen kann",
    },
}  # fmt: skip


def words(language: str) -> dict[str, str]:
    """The words for a language, or for its main one."""
    return WORDS.get(language.partition("-")[0], WORDS["en"])
