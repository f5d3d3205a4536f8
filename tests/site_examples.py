"""Examples of audits turned into answers of a server."""

from __future__ import annotations

import re

from groma.site import Response
from groma.site.reading import read_page
from groma.site.sight import Sight


def response_of(example: str, url: str = "https://example.com/page") -> Response:
    """An example's text as an answer: lines `name: value` before an empty line are headers, the rest a page's body.

    `FRONT` makes it the front page, `url: ...` another, `seconds: 2.5`, `status: 404`, `error: ...` and `cut: yes` are what they say. `FOLDER` is
    for `sight_of`. Text up to `</head>` is the head.
    """
    headers: list[tuple[str, str]] = []
    seconds, status, error, is_cut = 0.1, 200, "", False
    first, gap, rest = example.partition("\n\n")
    if gap and all(re.fullmatch(r"FRONT|FOLDER|[a-z-]+: .*", line) for line in first.split("\n")):
        example = rest
        for line in first.split("\n"):
            name, _, value = line.partition(": ")
            if name == "FRONT":
                url = "https://example.com/"
            elif name == "FOLDER":
                continue
            elif name == "seconds":
                seconds = float(value)
            elif name == "status":
                status = int(value)
            elif name == "url":
                url = value
            elif name == "error":
                error = value
            elif name == "cut":
                is_cut = True
            else:
                headers.append((name, value))
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/html; charset=utf-8"))
    if "<html" not in example:
        head, cut, body = example.partition("</head>")
        head, body = (head, body) if cut else ("<title>Example</title>", example)
        example = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return Response(url, status, tuple(headers), example.encode(), seconds, error, is_cut)


def sight_of(example: str) -> Sight:
    """What an audit of pages sees of an example; a line `FOLDER` before it: as a file of a folder, not of a server."""
    return Sight(
        read_page(response_of(example)), is_live="FOLDER" not in example.partition("\n\n")[0].split("\n")
    )
