"""From lexemes to pieces: the kind of each text, its label, and which text it continues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.formats.html import names, script
from redactor.formats.html.escapes import (
    COMMENT,
    DECLARATION,
    NAME,
    PLAIN,
    UNQUOTED,
    Break,
    Escapes,
    NestedSyntax,
    References,
    Style,
    Syntax,
    TagName,
    decode,
)
from redactor.formats.html.lexer import Attribute, Lexeme, Sort, Tag, lexemes
from redactor.formats.html.pieces import Piece, map_to_source, picture, split
from redactor.model import Kind, Slot

DEPTH = 4
"""Maximum depth of pages within a page (in a comment, `srcdoc`, a string of a script). Beyond it a
text is examined as a whole, tags included: the depth of the recursion is bounded."""

# A letter or digit. A stretch without one holds no name and no number.
_WORDS = re.compile(r"[^\W_]")
# What makes a text worth reading as a page: as `_OPENS` of the lexer.
_MARKUP = re.compile(r"<[A-Za-z/!?]")
# An `&` that a replacement behind it could complete to a reference, or a `<` that it could complete
# to a tag.
_UNFINISHED_REFERENCE = re.compile(r"&(?!#?[A-Za-z0-9]{1,32};)|<")
# In a tag without an end: signs that its parts begin and end with, or what is between them. The
# slash of an end tag is one: without it, it would begin a regular expression in a script. The
# name of the element is apart from an attribute's: else `<PERSON_7FQ2M9XA="&l;>` would be whole.
_SIGNS = re.compile(r"(?P<signs>(?:</?|[>=\"'])++)|[^<>=\"']++")
_NAME_AND_BLANK = re.compile(r"(</?)([^\s<>=\"'/]+)([\s/]+)")
# In a script, what has the shape of a tag between two words is two comparisons, or the argument of
# a type, unless the element is one of running text: `n<t>Marsh` is three words, and remains three
# with signs in the place of the first or the last. These are the signs before and behind it.
_WITHIN_WORD = re.compile(r"[^\s<>]{2}")
# Tags right before it, and the characters in which they are looked for.
_TAGS_BEFORE, _BEFORE = re.compile(r"(?:<[^<>]{1,200}>)+\Z"), 1_000
# Right behind the bracket a reference ends the tag: `<&#80;ERSON` shows what `<PERSON` does not.
_TAG_NAME = References()
# The number of a note: raised behind another number it would be its last digits.
_NOTE = re.compile(r"\d{1,3}")
# The doctypes of the HTML standard (13.1.1) and of the W3C's older ones, and the XML declaration:
# words of standards. A declaration with anything else is examined.
_STANDARD_DECLARATION = re.compile(
    r"\s+(?:html|svg|math)"
    r"(?:\s+public\s+[\"']-//(?:W3C|IETF)//DTD [A-Za-z0-9. +]{1,60}//EN[\"'])?"
    r"(?:\s+[\"']https?://www\.w3\.org/[A-Za-z0-9/._-]{1,80}[\"'])?"
    r"(?:\s+system\s+[\"']about:legacy-compat[\"'])?\s*"
    r"|xml\s+version=[\"']1\.[01][\"'](?:\s+encoding=[\"'][\w.:-]{1,40}[\"'])?"
    r"(?:\s+standalone=[\"'](?:yes|no)[\"'])?\s*\??",
    re.IGNORECASE | re.ASCII,
)
# The head of `<!--[if IE]><p>...<![endif]-->`, in Microsoft's own words: Internet Explorer and
# Office read the rest as a page. Any other word may be removed.
_CONDITION = re.compile(
    r"\[if (?:[ !&|()]|\b(?:IE|mso|vml|ppt|WindowsEdition|gte?|lte?|true|false|[\d.]{1,8}"
    r"|support\w{4,40})\b){1,30}\]>",
    re.IGNORECASE,
)
# A value that is a URL whatever its attribute is called; `/*` begins a comment of a script.
_ADDRESS = re.compile(r"\s*(?:https?:|mailto:|tel:|sms:|ftp:|/(?!\*))", re.IGNORECASE)
# Pictures, fonts and sounds, by their signatures in base64: PNG, JPEG, GIF, RIFF (WebP), ICO, WOFF,
# WOFF2, OpenType, TrueType, ID3 (MP3), Ogg, MP4 and BMP. Other data may be text, and is examined.
_MEDIA = re.compile(
    r"\s{0,64}data:(?:image|font|audio|video|application)/[\w.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,\s*"
    r"(?:iVBORw0KGgo|/9j/|R0lGOD[dl]h|UklGR|AAABAA|d09GR|d09GM|T1RUTw|AAEAAAA|SUQz|T2dnUw"
    r"|AAAA[\w+/]{2}ZnR5c|Qk[0-3])[A-Za-z0-9+/=\s]*",
    re.IGNORECASE,
)
# Types of scripts that hold JSON, `application/ld+json` among them.
_JSON = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?json.*|importmap|speculationrules")
# Types of scripts that template engines fill with HTML.
_TEMPLATES = frozenset(
    "text/html text/ng-template text/template text/x-handlebars text/x-handlebars-template"
    " text/x-jquery-tmpl text/x-mustache text/x-template text/x-tmpl text/x-underscore-template"
    " x-tmpl-mustache".split()
)


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of the texts of a page: they differ for a page in a comment or a script."""

    text: Kind = Kind.BODY
    attribute: Kind = Kind.ATTRIBUTE


_PAGE = Kinds()
_IN_COMMENT = Kinds(Kind.COMMENT)
_IN_ATTRIBUTE = Kinds(Kind.ATTRIBUTE, Kind.METADATA)
_IN_SCRIPT = Kinds(Kind.SCRIPT, Kind.METADATA)


@dataclass(slots=True)
class Page:
    """Reads a page. `continues` tells whether the next text joins the last one."""

    kinds: Kinds = _PAGE
    xml: bool = False
    depth: int = 0
    continues: bool = False
    _script_type: str = field(default="", repr=False)
    _raised: bool = False
    _open: Counter[str] = field(default_factory=Counter)

    def pieces(self, source: Iterator[str]) -> Iterator[Piece]:
        """Yield the pieces of a page, which tile it."""
        for text, lexeme in lexemes(source, xml=self.xml):
            if lexeme.tag:
                yield from self._tag(text, lexeme, lexeme.tag)
            elif lexeme.sort is Sort.TEXT:
                yield from self._text(text[lexeme.start : lexeme.end])
            elif lexeme.sort is Sort.UNFINISHED:
                yield from self._unfinished(text[lexeme.start : lexeme.end])
            else:
                yield Piece(text[lexeme.start : lexeme.content[0]])
                yield from self._content(text[slice(*lexeme.content)], lexeme)
                yield Piece(text[lexeme.content[1] : lexeme.end])

    def _unfinished(self, source: str) -> Iterator[Piece]:
        """Yield the pieces of a tag without an end, which shows nothing.

        Its signs, which tell where it ends, are markup; letters alone may replace what is between.
        """
        done = 0
        if "=" in source and (head := _NAME_AND_BLANK.match(source)):
            self.continues = False
            yield Piece(head[1])
            yield from self._text(head[2], _TAG_NAME, slot=Slot.IDENTIFIER)
            yield Piece(head[3])
            done = head.end()
        for found in _SIGNS.finditer(source, done):
            self.continues = False
            if found["signs"]:
                yield Piece(found[0])
            else:
                named = source[: found.start()].endswith(("<", "</"))
                yield from self._text(found[0], _TAG_NAME if named else None, Slot.IDENTIFIER)

    def _text(
        self, source: str, syntax: Syntax | None = None, slot: Slot = Slot.TEXT
    ) -> Iterator[Piece]:
        """Yield the pieces of running text. Blanks that follow no text are markup."""
        raised, self._raised = self._raised, False
        if raised and _NOTE.fullmatch(source):
            self.continues = False
        if not self.continues and source.isspace():
            yield Piece(source)
            return
        known = syntax or References(cautious=_UNFINISHED_REFERENCE.search(source) is not None)
        yield from split(Piece(source, known, self.kinds.text, slot, joins=self.continues))
        self.continues = True

    def _content(self, source: str, lexeme: Lexeme) -> Iterator[Piece]:
        """Yield the pieces of a comment, section or declaration, or of raw element content."""
        if lexeme.sort is Sort.SECTION:
            yield from self._section(source)
        elif lexeme.sort is Sort.RCDATA:
            yield from self._text(source)
        elif lexeme.sort is Sort.RAW:
            yield from self._raw(source, lexeme.element)
        elif not _WORDS.search(source) or _STANDARD_DECLARATION.fullmatch(source):
            yield Piece(source)
        elif lexeme.sort is Sort.MARKED and not _CONDITION.match(source):
            # A bracket behind `<![` or `<![CDATA` might begin a section.
            yield from split(Piece(source, COMMENT, Kind.COMMENT, Slot.IDENTIFIER))
        elif lexeme.sort in {Sort.COMMENT, Sort.MARKED}:
            condition = _CONDITION.match(source)
            inner = condition.end() if condition else 0
            if inner:
                yield Piece(source[:inner])
            yield from self._inner(Piece(source[inner:], COMMENT, Kind.COMMENT), _IN_COMMENT)
        else:
            # A bracket before `>` would end the declarations of a doctype that has some, and behind
            # `<!` begin a section; without one, `docty` would be a doctype before `PERSON`.
            doctype = source[:5].lower() == "docty" and "[" not in source
            slot = Slot.TEXT if doctype else Slot.IDENTIFIER
            yield from split(Piece(source, DECLARATION, Kind.METADATA, slot))

    def _section(self, source: str) -> Iterator[Piece]:
        """Yield the pieces of a CDATA section: text, in which tags are read as tags."""
        if _MARKUP.search(source) and self.depth < DEPTH:
            inner = Page(self.kinds, self.xml, self.depth + 1, self.continues)
            yield from inner.pieces(iter([source]))
            self.continues = inner.continues
        elif source:
            yield from self._text(source, DECLARATION)

    def _raw(self, source: str, element: str) -> Iterator[Piece]:
        if element == "script":
            yield from self._script(source)
            return
        if element == "style":
            yield from split(Piece(source, Style(), Kind.SCRIPT))
            return
        if element in {"xmp", "plaintext"}:
            yield from self._text(source, PLAIN)
        else:
            yield from Page(self.kinds, self.xml, self.depth).pieces(iter([source]))
        self.continues = False

    def _script(self, source: str) -> Iterator[Piece]:
        kind = self._script_type
        if kind in _TEMPLATES and self.depth < DEPTH:
            yield from Page(_IN_SCRIPT, self.xml, self.depth + 1).pieces(iter([source]))
        else:
            yield from self._scanned(source, json=_JSON.fullmatch(kind) is not None)

    def _scanned(self, source: str, *, json: bool = False) -> Iterator[Piece]:
        """Yield the pieces of a script. A string or code with tags in it is read as a page."""
        for part in script.parts(source, json=json):
            piece = Piece(
                source[part.start : part.end],
                part.syntax,
                part.kind,
                part.slot,
                part.label,
                part.joins,
            )
            is_string = isinstance(part.syntax, Escapes) and not part.joins
            if is_string or (part.syntax and script.has_tags(piece.source)):
                yield from self._inner(piece, _IN_SCRIPT)
            else:
                yield from split(piece)

    def _inner(self, piece: Piece, kinds: Kinds) -> Iterator[Piece]:
        """Yield the pieces of a text that is read as a page if it has tags."""
        if piece.syntax and self.depth < DEPTH:
            text = decode(piece.syntax, piece.source)
            if _MARKUP.search(text):
                inner = Page(kinds, self.xml, self.depth + 1)
                found = map_to_source(inner.pieces(iter([text])), piece.source, piece.syntax)
                if found is not None:
                    yield from _labelled(found, piece.label)
                    return
        yield from split(piece)

    # -- tags

    def _tag(self, text: str, lexeme: Lexeme, tag: Tag) -> Iterator[Piece]:
        source = text[lexeme.start : lexeme.end]
        if self.kinds is _IN_SCRIPT and tag.name not in names.INLINE:
            self.continues &= not _is_within_word(text, lexeme)
        if tag.name not in names.ELEMENTS and source.endswith(">") and not _has_quoted_value(tag):
            yield Piece(text[lexeme.start : tag.name_span[0]])
            inner = text[tag.name_span[0] : lexeme.end - 1]
            yield from split(Piece(inner, TagName(ends=UNQUOTED), Kind.KEY))
            yield Piece(">")
            return
        if tag.name == "br" and not tag.closes and self.continues and _is_plain_break(text, tag):
            yield Piece(source, Break(), self.kinds.text, joins=True)
            return
        if self._is_border(tag):
            self.continues = False
        if tag.name == "sup":
            self._raised = not tag.closes
        if tag.name == "script":
            self._script_type = _value(text, tag, "type").strip().lower()
        yield from self._inside(text, lexeme, tag)

    def _is_border(self, tag: Tag) -> bool:
        """Tell whether a tag ends the running text. End tags of elements not open do not."""
        name = tag.name
        if name == "br" or (name == "p" and tag.closes):
            return True
        if name in names.TABLE:
            return self._is_border_of_cell(tag)
        if name not in names.BLOCKS:
            return False
        if tag.closes:
            was_open = self._open[name] > 0
            self._open[name] -= was_open
            return was_open
        self._open[name] += name not in names.VOID and not (name == "svg" and tag.closes_itself)
        return True

    def _is_border_of_cell(self, tag: Tag) -> bool:
        """Tell whether a tag begins or ends a cell, or ends a table.

        A page within a page may begin within a table, so there every such tag counts.
        """
        in_table = self._open["table"] > 0 or self._open["template"] > 0 or self.depth > 0
        if tag.name == "table":
            self._open["table"] += -in_table if tag.closes else 1
            return tag.closes and in_table
        return in_table and (tag.closes or tag.name in names.CELLS)

    def _inside(self, text: str, lexeme: Lexeme, tag: Tag) -> Iterator[Piece]:
        """Yield the pieces of a tag; unknown names and the values of attributes are texts."""
        done = lexeme.start
        if tag.name not in names.ELEMENTS:
            yield Piece(text[done : tag.name_span[0]])
            yield Piece(text[slice(*tag.name_span)], TagName(), Kind.KEY)
            done = tag.name_span[1]
        for attribute in tag.attributes:
            if not names.is_known_attribute(attribute.name) and _WORDS.search(attribute.name):
                yield Piece(text[done : attribute.start])
                yield Piece(text[attribute.start : attribute.end], NAME, Kind.KEY)
                done = attribute.end
            if attribute.value:
                start, end = attribute.value
                yield Piece(text[done:start])
                yield from self._value(text[start:end], attribute, _label(text, tag, attribute))
                done = end
        yield Piece(text[done : lexeme.end])

    def _value(self, source: str, attribute: Attribute, label: str) -> Iterator[Piece]:
        """Yield the pieces of the value of an attribute."""
        if is_media_url(source):
            yield picture(Piece(source), source)
            return
        if is_standard_value(attribute.name, source):
            yield Piece(source)
            return
        cautious = not attribute.quote or _UNFINISHED_REFERENCE.search(source) is not None
        references = References(attribute=True, quote=attribute.quote, cautious=cautious)
        slot = _slot(attribute.name, source)
        piece = Piece(source, references, self.kinds.attribute, slot, label)
        if attribute.name == "style":
            syntax = NestedSyntax(Style(), references) if "\\" in source else references
            yield from split(Piece(source, syntax, self.kinds.attribute))
        elif attribute.name == "srcdoc":
            self.continues = False
            yield from self._inner(piece, self.kinds)
        elif _is_handler(attribute.name) and _MARKED.search(source):
            inner = self._scanned(decode(references, source))
            yield from map_to_source(inner, source, references) or split(piece)
        else:
            yield from self._inner(piece, _IN_ATTRIBUTE)


# An event handler with a string or a reference is read as a script; any other is one text.
_MARKED = re.compile("[\"'`]|&")


def _is_handler(name: str) -> bool:
    """Tell whether an attribute is an event handler. One of another name may lose that name."""
    return name.startswith("on") and names.is_known_attribute(name)


def _has_quoted_value(tag: Tag) -> bool:
    """Tell whether a tag has one. An unknown element without is one text from `<` to `>`.

    `<kevin.marsh@example.org>`, `<Kevin Marsh>`. Quotes within names do not count: a replacement
    may take them away, and the copy must read as the source does.
    """
    return any(one.quote for one in tag.attributes)


def _labelled(found: list[Piece], label: str) -> Iterator[Piece]:
    """Yield the pieces, with the label on the first text among them."""
    for piece in found:
        if label and piece.syntax and not piece.label:
            yield Piece(piece.source, piece.syntax, piece.kind, piece.slot, label, piece.joins)
            label = ""
        else:
            yield piece


def _value(text: str, tag: Tag, name: str) -> str:
    """Return the value of an attribute of a tag, empty if it has none."""
    for one in tag.attributes:
        if one.name == name and one.value:
            source = text[slice(*one.value)]
            return decode(References(attribute=True), source[:LONGEST_LABEL])
    return ""


LONGEST_LABEL = 80
"""Characters of a label; the rest of a longer one is left out. A label is a name, not a text."""


def _label(text: str, tag: Tag, attribute: Attribute) -> str:
    """Return the label of an attribute's value: `author` for `<meta name=author content=...>`."""
    name = attribute.name
    if tag.name == "meta" and name == "content":
        return _first(text, tag, "name property itemprop http-equiv")
    if name == "value":
        return _first(text, tag, "name aria-label placeholder id")
    if name.startswith("data-"):
        return name[5 : 5 + LONGEST_LABEL].replace("-", " ")
    return name if name in names.LABELLED else ""


def _first(text: str, tag: Tag, wanted: str) -> str:
    return next((found for name in wanted.split() if (found := _value(text, tag, name))), "")


def _slot(name: str, source: str) -> Slot:
    if name in names.IDS:  # links to them, which are URLs, have no brackets either
        return Slot.IDENTIFIER
    is_address = name in names.URLS or _ADDRESS.match(source)
    return Slot.URL if is_address else Slot.TEXT


def is_media_url(source: str) -> bool:
    """Tell whether a value is the `data:` URL of a picture, a sound or a font."""
    return "data:" in source[:_BLANKS_BEFORE].lower() and _MEDIA.fullmatch(source) is not None


_BLANKS_BEFORE = 80  # characters before a `data:` URL that may be blanks, and its beginning


def is_standard_value(name: str, source: str) -> bool:
    """Tell whether a value holds no text: a word of a standard, coordinates, media, punctuation."""
    if len(source) < 40 and (source.lower() in names.COMMON_VALUES or source in _TEMPLATES):
        return True
    if name in names.GEOMETRY and names.COORDINATES.fullmatch(source):
        return True
    return not _WORDS.search(source) or is_media_url(source)


def _is_within_word(text: str, lexeme: Lexeme) -> bool:
    """Tell whether a tag is within a word, whose part before it may be removed up to tags there."""
    if "<" in text[lexeme.start + 1 : lexeme.end]:
        return False
    before = _TAGS_BEFORE.sub("", text[max(0, lexeme.start - _BEFORE) : lexeme.start])
    return _WITHIN_WORD.fullmatch(before[-1:] + text[lexeme.end : lexeme.end + 1]) is not None


def _is_plain_break(text: str, tag: Tag) -> bool:
    """Tell whether a `<br>` has no attribute but `clear` with a value of the standard."""
    return all(
        one.name == "clear" and one.value and text[slice(*one.value)].lower() in _CLEARS
        for one in tag.attributes
    )


# The values of `clear` in HTML 4, which old pages write on `<br>`.
_CLEARS = frozenset({"all", "both", "left", "none", "right"})
