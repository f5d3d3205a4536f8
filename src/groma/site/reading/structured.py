"""Structured data of a page in its three syntaxes (JSON-LD 1.1, WHATWG microdata, RDFa Lite 1.1) as one kind of item.

Only what schema.org needs: `@graph`, `@id`, `@type`, `@reverse` and prefixes of JSON-LD; `itemscope`, `itemprop`,
`itemtype`, `itemid` and `itemref` of microdata; `vocab`, `typeof`, `property`, `resource` of RDFa. Types and names of
schema.org lose the vocabulary's address; other vocabularies keep theirs, so that nobody judges them by schema.org.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from groma.site.address import join
from groma.site.page import Broken, Item, Syntax, Value

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_BYTES = 2_000_000
MOST_ITEMS = 20_000
MOST_DEPTH = 60
MOST_NAMES = 2_000
"""Looked up and remembered in one context."""
_VOCABULARIES = (
    "https://schema.org/",
    "http://schema.org/",
    "https://www.schema.org/",
    "http://www.schema.org/",
)
_KEYWORDS = frozenset({"@context", "@type", "@id", "@graph", "@language", "@index", "@version", "@included"})


def structured(
    tree: LexborHTMLParser, base: str, blocks: Sequence[str], *, has_microdata: bool, has_rdfa: bool
) -> tuple[tuple[Item, ...], tuple[Broken, ...]]:
    """All top items of a page in order, and the blocks that can't be read. `blocks` are the texts of JSON-LD."""
    items: list[Item] = []
    broken: list[Broken] = []
    for text in blocks:
        json_ld(text, base, items, broken)
    if has_microdata:
        items.extend(_Attributes(tree, base, "microdata").top())
    if has_rdfa:
        items.extend(_Attributes(tree, base, "rdfa").top())
    return tuple(items[:MOST_ITEMS]), tuple(broken)


def json_ld(text: str, base: str, items: list[Item], broken: list[Broken]) -> None:
    """Adds the items of one JSON-LD block, or why it can't be read."""
    text = text.strip()
    for start, end in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>")):
        text = text.removeprefix(start).removesuffix(end).strip()
    shown = " ".join(text[:160].split())
    if len(text) > MOST_BYTES:
        broken.append(Broken(shown, f"longer than {MOST_BYTES // 1_000_000} MB"))
        return
    try:
        data: Any = _JSON.decode(text)
    except RecursionError:
        broken.append(Broken(shown, "nested too deeply"))
        return
    except ValueError as error:
        at = (
            f" at line {error.lineno}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        broken.append(Broken(shown, f"no JSON: {message}{at}"))
        return
    for one in cast("list[Any]", data) if isinstance(data, list) else [data]:
        if not isinstance(one, dict):
            broken.append(Broken(shown, "expected an object or a list of objects"))
            continue
        block = cast("dict[str, Any]", one)
        if "@context" not in block:
            broken.append(Broken(shown, "no `@context`: names mean nothing"))
            continue
        context = _context(block["@context"])
        nodes = block.get("@graph")
        top = _listed(nodes) if nodes is not None else [block]
        if nodes is not None and "@type" in block:
            top = [{key: value for key, value in block.items() if key != "@graph"}, *top]
        for node in top:
            if isinstance(node, dict):
                items.append(_item(cast("dict[str, Any]", node), context, base, 0))


def _refused(name: str) -> float:
    raise ValueError(f"no JSON: {name} is no JSON number")


_JSON = json.JSONDecoder(parse_constant=_refused)


def _context(stated: object) -> Context:
    return _known(stated) if isinstance(stated, str) else Context(stated)


@lru_cache(maxsize=100)
def _known(stated: str) -> Context:
    """What a context that is a mere address means, with the names that were already looked up in it."""
    return Context(stated)


class Context:
    """What a JSON-LD `@context` says about names: whether bare names are schema.org's, and its prefixes."""

    def __init__(self, context: object) -> None:
        self.is_schema_org = False
        self.prefixes: dict[str, str] = {}
        self.terms: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for part in cast("list[object]", context) if isinstance(context, list) else [context]:
            if isinstance(part, str):
                self.is_schema_org = self.is_schema_org or (part.rstrip("/") + "/").startswith(_VOCABULARIES)
            elif isinstance(part, dict):
                self._terms(cast("dict[str, object]", part))

    def _terms(self, part: Mapping[str, object]) -> None:
        for key, value in part.items():
            address = cast("dict[str, object]", value).get("@id") if isinstance(value, dict) else value
            if not isinstance(address, str):
                continue
            if key == "@vocab":
                self.is_schema_org = address.startswith(_VOCABULARIES)
            elif not key.startswith("@"):
                (self.prefixes if address.endswith(("/", "#")) else self.terms)[key] = address

    def name(self, name: str) -> str:
        """A type or property: bare if schema.org's, a full address or a prefixed name otherwise."""
        found = self._names.get(name)
        if found is None:
            found = self._name(name)
            if len(self._names) < MOST_NAMES:
                self._names[name] = found
        return found

    def _name(self, name: str) -> str:
        name = self.terms.get(name, name)
        prefix, colon, rest = name.partition(":")
        if colon and prefix in self.prefixes:
            name = self.prefixes[prefix] + rest
        elif colon and prefix == "schema":
            return rest
        for vocabulary in _VOCABULARIES:
            if name.startswith(vocabulary):
                return name[len(vocabulary) :]
        if ":" in name or self.is_schema_org:
            return name
        return f"?:{name}"


def _item(node: Mapping[str, Any], context: Context, base: str, depth: int) -> Item:
    if depth and "@context" in node:
        context = _context(node["@context"])
    types = tuple(context.name(t) for t in _listed(node.get("@type")) if isinstance(t, str))
    identity = node.get("@id")
    name = _identity(identity, base) if isinstance(identity, str) else ""
    found: dict[str, list[Value]] = {}
    for key, value in node.items():
        if key in _KEYWORDS:
            continue
        if key == "@reverse":
            if isinstance(value, dict):
                for reversed_key, values in cast("dict[str, Any]", value).items():
                    found.setdefault("^" + context.name(reversed_key), []).extend(
                        _values(values, context, base, depth)
                    )
            continue
        if not key.startswith("@"):
            found.setdefault(context.name(key), []).extend(_values(value, context, base, depth))
    properties = tuple((key, tuple(values)) for key, values in found.items())
    return Item(types, name, properties, "json-ld", bool(name) and not types and not properties)


def _values(value: object, context: Context, base: str, depth: int) -> list[Value]:
    values: list[Value] = []
    for one in _listed(value):
        if isinstance(one, dict):
            node = cast("dict[str, Any]", one)
            if "@value" in node:
                inner = node["@value"]
                if isinstance(inner, str | int | float | bool):
                    values.append(inner)
            elif "@list" in node or "@set" in node:
                if depth < MOST_DEPTH:
                    values.extend(_values(node.get("@list", node.get("@set")), context, base, depth + 1))
            elif depth < MOST_DEPTH:
                values.append(_item(node, context, base, depth + 1))
        elif isinstance(one, str | int | float | bool):
            values.append(one.strip() if isinstance(one, str) else one)
    return values


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _identity(text: str, base: str) -> str:
    """An `@id` as an absolute address, with its fragment."""
    if text.startswith("_:"):
        return text
    address, hash_, fragment = text.partition("#")
    full = base if not address else (join(base, address) or address)
    return f"{full}#{fragment}" if hash_ else full


class _Attributes:
    """Items written as attributes of elements: microdata or RDFa."""

    def __init__(self, tree: LexborHTMLParser, base: str, syntax: Syntax) -> None:
        self.tree, self.base = tree, base
        self.syntax: Syntax = syntax
        micro = syntax == "microdata"
        self.scope = "itemscope" if micro else "typeof"
        self.property = "itemprop" if micro else "property"
        self.count = 0

    def top(self) -> list[Item]:
        """Items that are no property of another."""
        return [
            self._item(node, 0)
            for node in self.tree.css(f"[{self.scope}]:not([{self.property}])")[:MOST_ITEMS]
        ]

    def _item(self, node: LexborNode, depth: int) -> Item:
        self.count += 1
        get = node.attrs.get
        found: dict[str, list[Value]] = {}
        self._collect(node.child, found, depth)
        for name in (get("itemref") or "").split()[:20] if self.syntax == "microdata" else ():
            if name.replace("-", "").replace("_", "").isalnum():
                other = self.tree.css_first(f"[id='{name}']")
                if other is not None:
                    if self.property in other.attrs:
                        self._one(other, found, depth)
                    if self.scope not in other.attrs:
                        self._collect(other.child, found, depth)
        if self.syntax == "microdata":
            types, identity = (get("itemtype") or "").split(), get("itemid") or ""
        else:
            types, identity = (get("typeof") or "").split(), get("resource") or get("about") or ""
        return Item(
            tuple(self._name(name, node) for name in types),
            _identity(identity, self.base) if identity else "",
            tuple((key, tuple(values)) for key, values in found.items()),
            self.syntax,
        )

    def _collect(self, node: LexborNode | None, found: dict[str, list[Value]], depth: int) -> None:
        """Properties among a node, its siblings and what is inside them, not inside other items."""
        waiting: list[LexborNode] = [node] if node is not None else []
        while waiting:
            at: LexborNode | None = waiting.pop()
            while at is not None:
                if at.is_element_node:
                    is_property, is_item = self.property in at.attrs, self.scope in at.attrs
                    if is_property:
                        self._one(at, found, depth)
                    if not is_item and at.child is not None:
                        if at.next is not None:
                            waiting.append(at.next)
                        at = at.child
                        continue
                at = at.next

    def _one(self, node: LexborNode, found: dict[str, list[Value]], depth: int) -> None:
        names = (node.attrs.get(self.property) or "").split()
        if self.syntax == "rdfa" and all(":" in name and not name.startswith("schema:") for name in names):
            return  # Open Graph and other vocabularies' prefixes
        if not names:
            return
        if self.scope in node.attrs and depth < MOST_DEPTH and self.count < MOST_ITEMS:
            value: Value = self._item(node, depth + 1)
        else:
            value = self._text(node)
        for name in names:
            found.setdefault(self._name(name, node), []).append(value)

    def _text(self, node: LexborNode) -> str:
        get = node.attrs.get
        tag = node.tag
        if "content" in node.attrs:
            return (get("content") or "").strip()
        for attribute in (
            ("href", "src")
            if tag in ("a", "link", "area", "img", "audio", "video", "source", "iframe")
            else ()
        ):
            if attribute in node.attrs:
                return join(self.base, get(attribute) or "") or (get(attribute) or "")
        if tag == "time" and "datetime" in node.attrs:
            return (get("datetime") or "").strip()
        if tag in ("data", "meter") and "value" in node.attrs:
            return (get("value") or "").strip()
        return " ".join(node.text().split())[:20_000]

    def _name(self, name: str, node: LexborNode) -> str:
        for vocabulary in _VOCABULARIES:
            if name.startswith(vocabulary):
                return name[len(vocabulary) :]
        if name.startswith("schema:"):
            return name[7:]
        if "://" in name or ":" in name:
            return name
        if self.syntax == "microdata":
            return name
        at: LexborNode | None = node
        for _ in range(200):
            if at is None:
                break
            vocabulary = at.attrs.get("vocab") if at.is_element_node else None
            if vocabulary is not None:
                return (
                    name
                    if vocabulary.startswith("http") and (vocabulary.rstrip("/") + "/") in _VOCABULARIES
                    else f"?:{name}"
                )
            at = at.parent
        return f"?:{name}"
