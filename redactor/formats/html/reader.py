"""An independent reader of pages: lexbor, which parses as browsers do.

It shares no code with the tokenizer. The text of a block is one text, whatever tags are in it; the
values of attributes, comments, scripts, styles and the content of templates are texts as well. So
are the texts of a page within a page (in a comment, `srcdoc`, a string).

A parser that builds a tree takes time in the square of its depth. Of a page that is deeper than any
browser shows, the texts are its source, and its source without tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from redactor.formats.html.names import (
    BLOCKS,
    CELLS,
    COMMON_VALUES,
    ELEMENTS,
    VOID,
    is_known_attribute,
)

DEEPEST = 4_000
"""Open elements, or attributes of one. Browsers nest no deeper than 512."""

NESTED = 3
"""Maximum depth of pages within a page. It is less than the `DEPTH` of the format, whose deeper
texts are examined as a whole."""

# These find tags in the source of a page that is too deep to parse; they need not be exact.
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_ATTRIBUTES = re.compile(r"<[a-zA-Z][^<>]*+")
_ANY_TAG = re.compile(r"<[^<>]*+>")
_MARKUP = re.compile(r"<[A-Za-z/!?]")
# `"Kevin " + "Marsh"`: removed from a script, it leaves the joined text.
_CONCATENATION = re.compile(r"(?<!\\)([\"'`])\s{0,200}\+\s{0,200}[\"'`]")
# What may be the name of a tag, or that of an attribute, in the source of a page within a page.
_NAME = re.compile(r"(?<=<)/?[A-Za-z][\w:-]*+|(?<![\w:-])[A-Za-z][\w:-]*+(?=\s{0,20}=)")
# Elements whose end tags may be left out, so that they do not nest.
_OPEN_ENDED = VOID | frozenset(
    "body colgroup dd dt head html li optgroup option p tbody td".split()
)
_BORDERS = BLOCKS | CELLS | {"table"}  # their tags end a text
_RAW = frozenset({"script", "style"})
# Elements whose content lexbor has as text, though browsers without scripts or frames read a page.
_PAGES = frozenset({"iframe", "noembed", "noframes", "noscript"})


def texts(page: str, depth: int = 0) -> Iterator[str]:
    """Yield the texts of a page."""
    if is_too_deep(page):
        yield page
        yield unescape(_ANY_TAG.sub("", page))
        return
    tree = LexborHTMLParser(page)
    for top in _top_nodes(tree):
        yield from _Walk(depth).texts(top)


def is_too_deep(page: str) -> bool:
    """Tell whether a page has more than `DEEPEST` open elements, or attributes of one element."""
    depth = deepest = 0
    for closes, name in _TAG.findall(page):
        if name.lower() not in _OPEN_ENDED:
            depth = max(0, depth - 1) if closes else depth + 1
            deepest = max(deepest, depth)
    widest = max((len(one) for one in _ATTRIBUTES.findall(page)), default=0)
    wide = widest > DEEPEST and any(
        one.count("=") + one.count(" ") > DEEPEST for one in _ATTRIBUTES.findall(page)
    )
    return deepest > DEEPEST or wide


def _top_nodes(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """Yield the root element, its siblings (comments, doctype) and the contents of templates."""
    root = tree.root
    if root is None:
        return
    first = root
    while first.prev is not None:
        first = first.prev
    node: LexborNode | None = first
    while node is not None:
        yield node
        node = node.next
    yield from tree.template_fragments()


class _Walk:
    """Collects the texts of a tree, without recursion: pages may be deep."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._block: list[str] = []
        self._others: list[str] = []

    def texts(self, top: LexborNode) -> Iterator[str]:
        """Yield the texts of a subtree: those of blocks in order, with attributes between them."""
        node: LexborNode | None = top
        while node is not None:
            self._enter(node)
            below = node.first_child
            while below is None and node is not None:
                self._leave(node)
                if node.mem_id == top.mem_id:
                    node = None
                    break
                below = node.next
                if below is None:
                    node = node.parent
            yield from self._take_others()
            node = below if node is not None else None
        self._end_block()
        yield from self._take_others()

    def _take_others(self) -> Iterator[str]:
        ready, self._others = self._others, []
        yield from ready

    def _end_block(self) -> None:
        if block := "".join(self._block):
            self._others.append(block)
        self._block = []

    def _enter(self, node: LexborNode) -> None:
        if node.is_text_node:
            self._text(node)
        elif node.is_comment_node:
            self._nested(node.comment_content or "")
        elif node.is_element_node:
            self._element(node)
        elif not node.is_document_node:
            self._others.append(node.html or "")

    def _leave(self, node: LexborNode) -> None:
        if node.is_element_node and (node.tag or "") in _BORDERS:
            self._end_block()

    def _text(self, node: LexborNode) -> None:
        text = node.text_content or ""
        parent = node.parent.tag if node.parent else ""
        if parent in _RAW:
            source = _without_names(text)
            self._others += [source, _CONCATENATION.sub("", source)]
            if "<" in text:
                self._nested(text)
        elif parent in _PAGES and "<" in text:
            self._nested(text)
        else:
            self._block.append(text)

    def _element(self, node: LexborNode) -> None:
        name = node.tag or ""
        if name in _BORDERS:
            self._end_block()
        if name == "br":
            self._block.append("\n")
        elif name not in ELEMENTS:
            self._others.append(name)
        for key, value in node.attributes.items():
            if not is_known_attribute(key):
                self._others.append(key)
            if value and "<" in value:
                self._nested(value)
            elif value and value.strip().lower() not in COMMON_VALUES:
                self._others.append(value)

    def _nested(self, text: str) -> None:
        self._others.append(_without_names(text))
        if self._depth < NESTED and _MARKUP.search(text):
            self._others += texts(text, self._depth + 1)


def _without_names(source: str) -> str:
    """Return the source of a page without the names of elements and attributes of the standards.

    They are no text: `<li>` in a comment is no person Li, who was removed elsewhere.
    """
    return _NAME.sub(_unknown, source)


def _unknown(found: re.Match[str]) -> str:
    name = found[0].lower()
    known = name.removeprefix("/") in ELEMENTS or is_known_attribute(name)
    return "" if known else found[0]
