"""Files for hosts, read by who reads them: nginx itself and its parser, schemas and grammars that the hosts publish.

Each old path must lead where the design says and no other path anywhere; the readers here know nothing of the writer.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from groma.site.build import site_files
from groma.site.build.hosts import headers, host_files
from groma.site.plan import SiteDesign, design_site, read_plan
from groma.site.plan.addresses import Move, encoded

EXAMPLE = Path(__file__).parents[2] / "examples" / "company" / "site" / "site.yaml"
ODD = (
    '/a b"$x;}{é', "/b:name/c", "/d*", "/e(f)", "/h\\i", "/j'k", "/l|m^n", "/o%20p", "/q%3Fr", "/~s!t+u,v=w@x&y", "/ü/",
)  # fmt: skip
OTHERS = ("/b1/c", "/b-name/c", "/dxyz", "/d/e", "/e", "/ef", "/hi", "/lm", "/q", "/a")
"""Paths that aren't among the old ones and look like them."""


@pytest.fixture(scope="module")
def design() -> SiteDesign:
    """The company's, with further old paths of every odd character."""
    found = design_site(read_plan(EXAMPLE))
    more = tuple(Move(encoded(path), "/contact/", 1) for path in ODD)
    return replace(found, structure=replace(found.structure, moves=(*found.structure.moves, *more)))


def expected(design: SiteDesign) -> dict[str, str]:
    return {move.old: move.new for move in design.structure.moves}


# nginx


CONFIGURATION = """daemon off; master_process off; pid "{0}/pid"; error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off; default_type application/octet-stream;
  client_body_temp_path "{0}/body"; proxy_temp_path "{0}/proxy"; fastcgi_temp_path "{0}/fastcgi";
  uwsgi_temp_path "{0}/uwsgi"; scgi_temp_path "{0}/scgi";
  server {{ listen 127.0.0.1:{1}; root "{0}/site"; absolute_redirect off;
    include "{0}/hosts/nginx/nginx.conf"; }}
}}
"""


@pytest.fixture
def folder(design: SiteDesign, tmp_path: Path) -> Path:
    """The built site with the files for nginx."""
    for name, content in site_files(design).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "hosts/nginx").mkdir(parents=True, exist_ok=True)
    (tmp_path / "hosts/nginx/nginx.conf").write_text(host_files(design, "nginx")["nginx.conf"], "utf-8")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(CONFIGURATION.format(tmp_path, port), "utf-8")
    (tmp_path / "port").write_text(str(port))
    return tmp_path


@pytest.fixture
def nginx() -> str:
    """Path of nginx; the test is skipped where there is none."""
    found = shutil.which(
        "nginx", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    )
    if found is None:
        pytest.skip("no nginx here; on Debian: apt-get install nginx-light")
    return found


@pytest.fixture
def served(nginx: str, folder: Path) -> Iterator[int]:
    """The port at which nginx serves the site."""
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    told = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    port = int((folder / "port").read_text())
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def asked(port: int, path: str) -> tuple[int, dict[str, str]]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_nginx_serves_what_the_design_says(design: SiteDesign, served: int) -> None:
    told = {name.lower(): value for name, value in headers(design)}
    for old, new in expected(design).items():
        status, found = asked(served, old)
        assert (status, found.get("location")) == (301, new), old
        assert told.items() <= found.items()
    for path in OTHERS:
        assert asked(served, path)[0] == 404, path
    for path in ("/", "/contact/"):
        status, found = asked(served, path)
        assert status == 200 and told.items() <= found.items()
        assert found["content-type"] == "text/html; charset=utf-8"
    assert told.items() <= asked(served, "/nowhere")[1].items()


def test_the_parser_of_nginx_inc_reads_the_same(design: SiteDesign, folder: Path) -> None:
    crossplane = pytest.importorskip("crossplane", reason="crossplane isn't installed (requirements/dev.in)")
    read = crossplane.parse(str(folder / "nginx.conf"), strict=True, combine=True)
    assert (read["status"], read["errors"]) == ("ok", [])
    http_block = next(d for d in read["config"][0]["parsed"] if d["directive"] == "http")
    server = next(d for d in http_block["block"] if d["directive"] == "server")["block"]
    added = [tuple(d["args"]) for d in server if d["directive"] == "add_header"]
    assert added == [(name, value, "always") for name, value in headers(design)]
    moved = [d for d in server if d["directive"] == "location" and d["args"][0] == "="]
    assert len(moved) == len(expected(design))
    assert [d["block"][0]["args"] for d in moved] == [["301", new] for new in expected(design).values()]


# Vercel: the schemas of redirects and headers restated from vercel/vercel, packages/routing-utils/src/schemas.ts.


def text(most: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": most}


def entries(most: int, **properties: Any) -> dict[str, Any]:
    """A list of objects that hold all of `properties`, and nothing but them and `statusCode` or `permanent`."""
    optional = {
        "statusCode": {"type": "integer", "minimum": 100, "maximum": 999},
        "permanent": {"type": "boolean"},
    }
    more = optional if "destination" in properties else {}
    item = {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": {**properties, **more},
    }
    return {"type": "array", "maxItems": most, "items": item}


VERCEL = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "trailingSlash": {"type": "boolean"},
        "redirects": entries(2048, source=text(4096), destination=text(4096)),
        "headers": entries(2048, source=text(4096), headers=entries(1024, key=text(4096), value=text(32768))),
    },
}


def literal(pattern: str) -> str | None:
    """What a pattern of path-to-regexp 6 matches, if that is one text: its lexer, restated from its README."""
    found, place = "", 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            found += pattern[place + 1]
            place += 2
        elif letter in "*+?{}(" or (letter == ":" and re.match(r"\w", pattern[place + 1 :])):
            return None
        else:
            found += letter
            place += 1
    return found


def test_vercel_json_fits_its_schema_and_redirects_only_what_has_moved(design: SiteDesign) -> None:
    data = json.loads(host_files(design, "vercel")["vercel.json"])
    jsonschema.validate(data, VERCEL)
    assert {literal(r["source"]): r["destination"] for r in data["redirects"]} == expected(design)
    assert {r["statusCode"] for r in data["redirects"]} == {301}
    (everywhere,) = data["headers"]
    assert everywhere["source"] == "/(.*)"
    assert [(h["key"], h["value"]) for h in everywhere["headers"]] == list(headers(design))


@pytest.mark.parametrize("pattern", ["/a/:name", "/a*", "/(.*)", "/a?", "/{a}", "/a+"])
def test_a_pattern_is_no_text(pattern: str) -> None:
    assert literal(pattern) is None and literal("/a\\:name\\*") == "/a:name*"


# Netlify and Cloudflare: their readers of `_headers` and `_redirects`, restated from netlify/build (headers-parser,
# redirect-parser) and cloudflare/workers-sdk (workers-shared/utils/configuration).

MOST_LINE, MOST_REDIRECTS = 2000, 2000
STATUSES = {"200", "301", "302", "303", "307", "308"}


def lines(said: str) -> list[str]:
    found = [line.strip() for line in said.split("\n")]
    assert all(len(line) <= MOST_LINE for line in found)
    return [line for line in found if line and not line.startswith("#")]


def redirects(said: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for line in lines(said):
        tokens = re.split(r"\s+", line)
        assert len(tokens) in (2, 3) and not any(token.startswith("#") for token in tokens)
        old, new, status = (*tokens, "302")[:3]
        assert old.startswith("/") and "?" not in old and re.match(r"/|https?:", new) and status in STATUSES
        assert "*" not in old and not re.search(r":[A-Za-z]", old), f"{old} stands for more than itself"
        assert old not in found and not ("=" in new and not new.startswith(("/", "http")))
        found[old] = (new, status)
    assert len(found) <= MOST_REDIRECTS
    return found


def header_rules(said: str) -> list[tuple[str, list[tuple[str, str]]]]:
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in lines(said):
        if re.match(r"[^\s]+://|/", line):
            found.append((line, []))
            continue
        name, colon, value = line.partition(":")
        assert found and colon and name.strip() and value.strip() and " " not in name.strip()
        found[-1][1].append((name.strip(), value.strip()))
    assert all(rules for _, rules in found)
    return found


def decoded(path: str) -> str:
    """A path without encoding where encoding changes nothing but the reading of `*` and `:`."""
    return path.replace("%2A", "*").replace("%3A", ":")


@pytest.mark.parametrize("host", ["netlify", "cloudflare"])
def test_headers_and_redirects_are_read_as_designed(design: SiteDesign, host: str) -> None:
    files = host_files(design, host)
    read = redirects(files["_redirects"])
    assert {decoded(old): new for old, new in read.items()} == {
        old: (new, "301") for old, new in expected(design).items()
    }
    assert header_rules(files["_headers"]) == [("/*", list(headers(design)))]
