"""A tokenizer by the HTML standard (13.2.5) that keeps positions.

It cuts a page into lexemes that tile it: text, tags with their attributes, comments, declarations,
and the content of elements that hold no markup. It builds no tree. Its state is what changes the
meaning of the next bytes: the element whose content is raw, and the nesting of SVG and MathML.

It reads from a window that grows until a lexeme is complete, so memory is bounded by the largest
lexeme. A lexeme is tried again only when the window has doubled, so time is linear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from redactor.formats.html import names

BLOCK = 1 << 16
"""Maximum length of a text in characters. A longer one is cut into several that join, so that a
page of one endless text does not fill the memory."""


class Sort(Enum):
    """The type of a lexeme."""

    TEXT = "text"
    TAG = "tag"
    COMMENT = "comment"
    SECTION = "CDATA section"
    MARKED = "marked section"
    DECLARATION = "declaration"
    RAW = "raw text"
    RCDATA = "text with references only"
    UNFINISHED = "tag without an end"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: its name in lower case, the span of the name as `start:end`, and its value.

    `value` is the span of the value without quotes, `quote` the quote before it. Positions are
    those of the text that the lexeme is cut from.
    """

    name: str
    start: int
    end: int
    value: tuple[int, int] | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its name in lower case, the span of the name, and its attributes."""

    name: str
    name_span: tuple[int, int]
    closes: bool
    attributes: tuple[Attribute, ...] = field(repr=False)
    closes_itself: bool = False


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A stretch of a page. `content` is the span of its content: a comment without its marks."""

    sort: Sort
    start: int
    end: int
    content: tuple[int, int]
    tag: Tag | None = None
    element: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it ends with its content, so that nothing closes it."""
        return self.tag is None and self.sort is not Sort.TEXT and self.content[1] == self.end


_RAW_IN_XML = names.RAW - names.NOT_RAW_IN_XML  # read so in XHTML too

# The start of a tag, comment or declaration. A `<` before any other character is text.
_OPENS = re.compile(r"<(?=[A-Za-z/!?])")
# The ASCII whitespace of the HTML standard, which separates the parts of a tag.
_BLANK = "\t\n\f\r "
# A tag name begins with an ASCII letter and ends at whitespace, `/` or `>` ("tag name state").
_TAG_NAME = re.compile(rf"</?([A-Za-z][^{_BLANK}/>]*+)")
# An attribute, or the end of the tag. Names may begin with `=`; a quote may be left open.
_ATTRIBUTE = re.compile(
    rf"[{_BLANK}/]*+(?:(?P<end>>)|(?P<name>[^{_BLANK}/>][^{_BLANK}/>=]*+)"
    rf"(?:[{_BLANK}]*+=[{_BLANK}]*+(?:\"(?P<double>[^\"]*+)(?P<closed>\"?)"
    rf"|'(?P<single>[^']*+)(?P<closed1>'?)|(?P<bare>[^{_BLANK}>\"'][^{_BLANK}>]*+)|(?=>)))?)"
)
# `--!>` ends a comment as well ("comment end bang state").
_COMMENT_END = re.compile("--!?>")
_DOCTYPE = re.compile("<!doctype", re.IGNORECASE | re.ASCII)
# The doctype of an XML document with declarations between brackets, in which `>` does not end it.
# A bracket before anything else begins none: brackets may be put into the text behind it. Without
# an end they take the rest of the page, for the same reason.
_INTERNAL_SUBSET = re.compile(
    r"(?i:<!doctype)(?:[^\[>]|\[(?!\s*[<%\]]))*+\[[^\]]*+(?:\](?!\s*+>)[^\]]*+)*+(\]\s*+>|\Z)"
)
# How script content hides its end: between `<!--` and `-->`, from `<script` to `</script`.
_SCRIPT = re.compile(r"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE | re.ASCII)


class Lexer:
    """Cuts a page into lexemes. It holds the state of the tokenizer, and no text."""

    def __init__(self, *, xml: bool = False) -> None:
        self._xml = xml
        self._raw = ""
        self._roots: list[str] = []
        self._open: Counter[str] = Counter()

    @property
    def _foreign(self) -> bool:
        """Tell whether the position is in SVG or MathML, where no content is raw."""
        return bool(self._roots) and self._roots[-1] in {"svg", "math"}

    def lexeme(self, text: str, at: int, *, final: bool) -> Lexeme | None:
        """Return the lexeme at a position; None if it may need more text to be complete."""
        found = self._found(text, at)
        if not final and found.end >= len(text):
            return _cut(text, found) if found.sort is Sort.TEXT else None
        self._enter(found)
        return found

    def _found(self, text: str, at: int) -> Lexeme:
        if self._raw:
            return self._content(text, at)
        if text[at] != "<" or not _OPENS.match(text, at):
            opens = _OPENS.search(text, at)
            end = opens.start() if opens else len(text)
            return Lexeme(Sort.TEXT, at, end, (at, end))
        if text[at + 1] == "!":
            return self._declaration(text, at)
        if name := _TAG_NAME.match(text, at):
            return _tag(text, at, name)
        return self._instruction(text, at)

    def _enter(self, found: Lexeme) -> None:
        """Update the state by a tag."""
        self._raw = ""
        if (tag := found.tag) is None:
            return
        if tag.closes:
            self._leave(tag.name)
        elif not (tag.closes_itself and (self._xml or self._foreign)):
            raw = _RAW_IN_XML if self._xml else names.RAW
            if not self._foreign and (tag.name in raw or tag.name in names.RCDATA):
                self._raw = tag.name
            self._descend(tag.name)

    def _descend(self, name: str) -> None:
        """Update the nesting of SVG, MathML and HTML in them by a start tag."""
        foreign = self._foreign
        if foreign and name in names.BREAKOUT:
            while self._foreign:
                self._open[self._roots.pop()] -= 1
        elif name in {"svg", "math"} or (foreign and name in names.INTEGRATION):
            self._roots.append(name)
            self._open[name] += 1

    def _leave(self, name: str) -> None:
        while self._roots and self._open[name]:
            left = self._roots.pop()
            self._open[left] -= 1
            if left == name:
                return

    def _content(self, text: str, at: int) -> Lexeme:
        """Return the content of the element whose content is raw, up to its end tag."""
        name = self._raw
        if name == "script":
            end = _script_end(text, at)
        else:
            closes = name != "plaintext" and _end_tag(name).search(text, at)
            end = closes.start() if closes else len(text)
        sort = Sort.RCDATA if name in names.RCDATA else Sort.RAW
        return Lexeme(sort, at, end, (at, end), element=name)

    def _declaration(self, text: str, at: int) -> Lexeme:
        if text.startswith("<!--", at):
            return _comment(text, at)
        if text.startswith("<![CDATA[", at) and (self._foreign or self._xml):
            return _up_to(text, at, "]]>", Sort.SECTION, opening=9)
        if self._xml and (subset := _INTERNAL_SUBSET.match(text, at)):
            end = subset.end() - bool(subset[1])
            return Lexeme(Sort.DECLARATION, at, subset.end(), (at + 9, end))
        sort = Sort.MARKED if text.startswith("<![", at) else Sort.DECLARATION
        return _up_to(text, at, ">", sort, opening=9 if _DOCTYPE.match(text, at) else 2)

    def _instruction(self, text: str, at: int) -> Lexeme:
        if text[at + 1] == "/":
            if at + 2 >= len(text):
                return Lexeme(Sort.TEXT, at, len(text), (at, len(text)))
            return _up_to(text, at, ">", Sort.COMMENT, opening=2)
        end = "?>" if self._xml else ">"
        return _up_to(text, at, end, Sort.DECLARATION, opening=2)


def lexemes(pieces: Iterator[str], *, xml: bool = False) -> Iterator[tuple[str, Lexeme]]:
    """Yield the lexemes of a page that is read in pieces, each with the text it is cut from."""
    lexer = Lexer(xml=xml)
    text, at, final = "", 0, False
    while not (final and at == len(text)):
        found = lexer.lexeme(text, at, final=final) if at < len(text) else None
        if found:
            yield text, found
            at = found.end
            continue
        text, at = text[at:], 0
        text, final = _longer(text, pieces)


def _longer(text: str, pieces: Iterator[str]) -> tuple[str, bool]:
    """Return the text with more pieces, at least twice as long, and whether it is the end."""
    parts, size = [text], 0
    while size <= len(text):
        if (piece := next(pieces, None)) is None:
            return "".join(parts), True
        parts.append(piece)
        size += len(piece)
    return "".join(parts), False


def _cut(text: str, found: Lexeme) -> Lexeme | None:
    """Return the first part of an incomplete text, cut behind a blank; None if it is short."""
    if found.end - found.start <= BLOCK:
        return None
    end = max(text.rfind(blank, found.start, found.end - 1) for blank in (" ", "\n", "\t")) + 1
    if end <= found.start + BLOCK // 2:
        return None
    return Lexeme(Sort.TEXT, found.start, end, (found.start, end))


def _tag(text: str, at: int, opened: re.Match[str]) -> Lexeme:
    """Return a tag. A tag without an end takes the rest of the page."""
    attributes: list[Attribute] = []
    end = opened.end()
    while found := _ATTRIBUTE.match(text, end):
        end = found.end()
        if found["end"]:
            tag = Tag(
                opened[1].lower(),
                opened.span(1),
                text[at + 1] == "/",
                tuple(attributes),
                text[end - 2] == "/",
            )
            return Lexeme(Sort.TAG, at, end, (at, end), tag)
        attributes.append(_attribute(found))
    return Lexeme(Sort.UNFINISHED, at, len(text), (at, len(text)))


def _attribute(found: re.Match[str]) -> Attribute:
    start, end = found.span("name")
    for group, quote in (("double", '"'), ("single", "'"), ("bare", "")):
        if found[group] is not None:
            return Attribute(found["name"].lower(), start, end, found.span(group), quote)
    return Attribute(found["name"].lower(), start, end)


def _comment(text: str, at: int) -> Lexeme:
    inner = at + 4
    for abrupt in (">", "->"):
        if text.startswith(abrupt, inner):
            return Lexeme(Sort.COMMENT, at, inner + len(abrupt), (inner, inner))
    closes = _COMMENT_END.search(text, inner)
    content = closes.start() if closes else len(text)
    return Lexeme(Sort.COMMENT, at, closes.end() if closes else len(text), (inner, content))


def _up_to(text: str, at: int, mark: str, sort: Sort, *, opening: int) -> Lexeme:
    found = text.find(mark, at + opening)
    content = found if found >= 0 else len(text)
    end = found + len(mark) if found >= 0 else len(text)
    return Lexeme(sort, at, end, (min(at + opening, content), content))


def _script_end(text: str, at: int) -> int:
    """Return the position at which the content of a script ends."""
    escaped = inner = False
    while found := _SCRIPT.search(text, at):
        at = found.end()
        if found[0] == "<!--":
            escaped, at = True, at - 2  # the dashes may be those of `-->`
        elif found[0] == "-->":
            escaped = inner = False
        elif found[1] and not inner:
            return found.start()
        else:
            inner = escaped and not found[1]
    return len(text)


@lru_cache(maxsize=16)
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE | re.ASCII)
