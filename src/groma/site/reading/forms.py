"""Forms of a page: where they send to, their fields with labels, whether they can be sent without a script."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from groma.site.address import join
from groma.site.page import Field, Form

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_FIELDS = 300
_UNSEEN = ("hidden", "submit", "image", "button", "reset")


class Forms:
    """Reads forms of one page; labels that point at fields are looked up once."""

    def __init__(self, tree: LexborHTMLParser, base: str, url: str) -> None:
        self.tree, self.base, self.url = tree, base, url

    @cached_property
    def labels(self) -> dict[str, str]:
        """Id of a field -> text of the label that points at it."""
        return {
            target: " ".join(node.text().split())
            for node in self.tree.css("label[for]")
            if (target := node.attrs.get("for"))
        }

    def read(self, node: LexborNode) -> Form:
        raw = node.attrs.get("action")
        method = (node.attrs.get("method") or "get").strip().lower()
        fields = tuple(self._field(field) for field in node.css("input,select,textarea")[:MOST_FIELDS])
        submits = node.css("button,input[type=submit i],input[type=image i]")
        sends = any((n.attrs.get("type") or "submit").strip().lower() in ("submit", "image") for n in submits)
        address = (
            ""
            if raw is None or raw.strip().lower().startswith("javascript:")
            else join(self.base, raw) or raw[:200]
        )
        handler = any(
            node.attrs.get(name) is not None for name in ("onsubmit", "@submit", "v-on:submit", "ng-submit")
        )
        return Form(address, raw, method, fields, sends, handler)

    def _field(self, node: LexborNode) -> Field:
        get = node.attrs.get
        kind = (get("type") or "text").strip().lower() if node.tag == "input" else (node.tag or "")
        name = (get("name") or "")[:100]
        if kind in _UNSEEN:
            return Field(kind, name, "")
        label = get("aria-label") or self.labels.get(get("id") or "", "") or get("title") or ""
        if not label.strip():
            label = self._referred(get("aria-labelledby") or "") or self._around(node)
        return Field(kind, name, " ".join(label.split())[:200])

    def _referred(self, ids: str) -> str:
        found: list[str] = []
        for name in ids.split()[:5]:
            if name.replace("-", "").replace("_", "").isalnum():
                node = self.tree.css_first(f"[id='{name}']")
                found.append(node.text() if node else "")
        return " ".join(found)

    def _around(self, node: LexborNode) -> str:
        at = node.parent
        for _ in range(12):
            if at is None or at.tag == "form":
                return ""
            if at.tag == "label":
                return at.text()
            at = at.parent
        return ""
