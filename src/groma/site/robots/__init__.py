"""robots.txt: what it says (RFC 9309 with Google's published leniency), and what that means for a page and a crawler.

`parse(bytes)` gives `Robots`; `Access` is what a fetched, missing or failing file means; `Access.verdict(token, url)`
says whether a crawler may fetch a page and which line decides.
"""

from groma.site.robots.access import Access, access_of
from groma.site.robots.match import Verdict, path_of, rules_for, verdict
from groma.site.robots.text import Group, Line, Problem, Robots, parse

__all__ = [
    "Access",
    "Group",
    "Line",
    "Problem",
    "Robots",
    "Verdict",
    "access_of",
    "parse",
    "path_of",
    "rules_for",
    "verdict",
]
