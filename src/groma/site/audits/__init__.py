"""Audits of websites, one a file, in folders by what they look at; each is a constant `AUDIT`."""
