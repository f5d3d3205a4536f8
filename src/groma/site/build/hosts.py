"""Headers and redirects as four hosts take them: nginx, Netlify, Cloudflare Pages, Vercel.

Paths are percent-encoded before they come here, so that no blank, quote or line break is left in one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from groma.site.plan.addresses import Move
from groma.site.plan.design import SiteDesign

HOSTS = ("nginx", "netlify", "cloudflare", "vercel")


def headers(design: SiteDesign) -> tuple[tuple[str, str], ...]:
    """What every answer says: encrypted only, no guessed types, no framing, nothing but the site's own files."""
    enquiry = design.plan.enquiry
    form = urlsplit(enquiry.form.text) if enquiry and enquiry.form else None
    takes = f" {form.scheme}://{form.netloc}" if form else ""
    policy = f"default-src 'self'; form-action 'self'{takes}; frame-ancestors 'none'; base-uri 'self'"
    return (
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Content-Security-Policy", policy),
    )


def host_files(design: SiteDesign, host: str) -> dict[str, str]:
    """File name -> text for one host."""
    told, moves = headers(design), design.structure.moves
    match host:
        case "nginx":
            return {"nginx.conf": _nginx(design, told, moves)}
        case "netlify" | "cloudflare":
            rules = "".join(f"{_itself(move.old)} {move.new} 301\n" for move in moves)
            return {
                "_redirects": rules,
                "_headers": "/*\n" + "".join(f"  {key}: {value}\n" for key, value in told),
            }
        case "vercel":
            return {"vercel.json": _vercel(told, moves)}
        case _:
            raise ValueError(host)


def _itself(path: str) -> str:
    """A path that stands for nothing else: `*` and `:name` are places to fill in a `_redirects` file."""
    return path.replace("*", "%2A").replace(":", "%3A")


def _nginx(design: SiteDesign, told: Sequence[tuple[str, str]], moves: Sequence[Move]) -> str:
    """A part of a `server` block. nginx compares decoded paths; a `$` in a value would be a variable, so it is kept
    encoded."""
    lines = [
        "# Goes into the server block of " + urlsplit(design.plan.base.text).netloc,
        "charset utf-8;",
        "gzip on;",
        "gzip_types text/plain text/css application/xml application/json;",
        "error_page 404 /404.html;",
        *(f"add_header {key} {_quoted(value)} always;" for key, value in told),
        *(
            f"location = {_quoted(unquote(m.old))} {{ return 301 {_quoted(m.new.replace('$', '%24'))}; }}"
            for m in moves
        ),
        "location / { try_files $uri $uri/index.html =404; }",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _vercel(told: Sequence[tuple[str, str]], moves: Sequence[Move]) -> str:
    """Vercel reads sources as patterns of path-to-regexp: its special characters are escaped."""
    data = {
        "trailingSlash": True,
        "headers": [{"source": "/(.*)", "headers": [{"key": key, "value": value} for key, value in told]}],
        "redirects": [{"source": _pattern(m.old), "destination": m.new, "statusCode": 301} for m in moves],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _pattern(path: str) -> str:
    return "".join(f"\\{c}" if c in "\\:()*+?{}[]^$|!" else c for c in path)
