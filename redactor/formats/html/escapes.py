"""The escapes of a page: character references, and those of scripts, style sheets and JSON.

A `Syntax` decodes and encodes characters; a `SyntaxCodec` is a syntax in an encoding, the codec of
a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

from redactor.formats.html.references import references
from redactor.formats.text import Encoding


class Syntax(Protocol):
    """A way to escape characters."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and meaning of each escape in a source, in order."""

    def escape(self, text: str) -> str:
        """Return the source of a text."""

    def numeric_escape(self, char: str) -> str:
        """Return an escape, in ASCII, of a character that the encoding does not have."""


def decode(syntax: Syntax, source: str) -> str:
    """Return the text of a source: `a&amp;b` is `a&b`."""
    if isinstance(syntax, NestedSyntax):
        return decode(syntax.inner, decode(syntax.outer, source))
    parts: list[str] = []
    done = 0
    for start, end, meaning in syntax.escapes(source):
        parts += (source[done:start], meaning)
        done = end
    return "".join((*parts, source[done:])) if parts else source


def offsets(syntax: Syntax, source: str) -> Sequence[int]:
    """Return the offset in a source of each character of its text, and the end of the last."""
    if isinstance(syntax, NestedSyntax):
        outer = offsets(syntax.outer, source)
        return [outer[at] for at in offsets(syntax.inner, decode(syntax.outer, source))]
    found: list[int] = []
    done = 0
    for start, end, meaning in syntax.escapes(source):
        found += range(done, start)
        found += [start, *[end] * (len(meaning) - 1)] if meaning else []
        done = end
    return [*found, *range(done, len(source) + 1)] if done else range(len(source) + 1)


@dataclass(frozen=True, slots=True)
class NestedSyntax:
    """A syntax whose source is escaped in another syntax: a style in an attribute."""

    inner: Syntax
    outer: Syntax

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield each character as if it were escaped."""
        text, at = decode(self, source), offsets(self, source)
        yield from ((at[n], at[n + 1], char) for n, char in enumerate(text))

    def escape(self, text: str) -> str:
        """Return a text escaped by the inner syntax, then by the outer."""
        return self.outer.escape(self.inner.escape(text))

    def numeric_escape(self, char: str) -> str:
        """Return the numeric escape of the outer syntax."""
        return self.outer.numeric_escape(char)


@dataclass(frozen=True, slots=True)
class References:
    """Character references, in the text of a page or in the value of an attribute.

    `quote` encloses the value; it is empty for an unquoted one. `cautious` escapes the first
    character too, so that it cannot complete a reference or tag that begins before it.
    """

    attribute: bool = False
    quote: str | None = None
    cautious: bool = False

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the character references."""
        return references(source, attribute=self.attribute) if "&" in source else iter(())

    def escape(self, text: str) -> str:
        """Return a text with references in the place of characters that are markup."""
        special = _SPECIAL[self.quote]
        escaped = special.sub(lambda char: _NAMED.get(char[0]) or f"&#{ord(char[0])};", text)
        if self.cautious and _COMPLETES.match(escaped):
            return self.numeric_escape(escaped[0]) + escaped[1:]
        return escaped

    def numeric_escape(self, char: str) -> str:
        """Return a numeric reference."""
        return f"&#{ord(char)};"


# The entities of XML 1.0 but `&apos;`, which HTML 4 did not have.
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# By the quote around a value: the characters that would end it, or begin markup.
_SPECIAL = {
    None: re.compile("[&<>]"),
    '"': re.compile('[&<>"]'),
    "'": re.compile("[&<>']"),
    "": re.compile("[&<>\"'`=\t\n\f\r ]"),
}
# Characters that can go on a reference, or a tag, comment or declaration behind a `<`.
_COMPLETES = re.compile("[A-Za-z0-9#;/!?]")


@dataclass(frozen=True, slots=True)
class Break:
    """A `<br>` as a line end in the text: an edit across it removes the tag."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the tag."""
        yield 0, len(source), "\n"

    def escape(self, text: str) -> str:
        """Return a text as in a page, with `<br>` for line ends."""
        return References().escape(text).replace("\n", "<br>")

    def numeric_escape(self, char: str) -> str:
        """Return a numeric reference."""
        return f"&#{ord(char)};"


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text without escapes. `substitute` replaces characters that would end it."""

    ends: re.Pattern[str]
    substitute: str = "_"

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield nothing."""
        del source
        return iter(())

    def escape(self, text: str) -> str:
        """Return a text without the characters that would end it."""
        return self.ends.sub(self.substitute, text)

    def numeric_escape(self, char: str) -> str:
        """Return a question mark."""
        del char
        return "?"


# What would end each of these, or let a reader see its end earlier than another.
COMMENT = Verbatim(re.compile("--|>"))
DECLARATION = Verbatim(re.compile(">|]]|\\?>"))
NAME = Verbatim(re.compile("[\t\n\f\r />=\"'<]"))
UNQUOTED = Verbatim(re.compile("[<>\"']"))
PLAIN = Verbatim(re.compile("<"))
# In code a line end ends a comment or a statement, and a quote begins a string.
CODE = Verbatim(re.compile("[\"'`\r\n<\\\\]|\\*/"))
# A comment of a script leaves out what a script within it says, with its backslashes.
SCRIPT_COMMENT = Verbatim(re.compile("[\"'`\r\n<]|\\*/"))


@dataclass(frozen=True, slots=True)
class TagName:
    """The name of a tag. It must begin with a letter, so `x-` is put before any other character.

    `ends` replaces the characters that a name cannot hold.
    """

    ends: Verbatim = NAME

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield each `x-` before a character that is no letter, as that character."""
        yield from ((*one.span(), one[0][-1]) for one in _NO_LETTER.finditer(source))

    def escape(self, text: str) -> str:
        """Return a text as a name."""
        name = self.ends.escape(text)
        return f"x-{name}" if name and not _NAME_BEGINS.match(name) else name

    def numeric_escape(self, char: str) -> str:
        """Return a question mark."""
        return self.ends.numeric_escape(char)


# The prefix that `TagName.escape` adds, and a name that needs none.
_NO_LETTER = re.compile(r"x-[^A-Za-z-]")
_NAME_BEGINS = re.compile("[A-Za-z-]")


@dataclass(frozen=True, slots=True)
class Escapes:
    r"""Strings of scripts and of JSON, between quotes: `\n`, `\u00e9`, `\x41`, `\/`.

    `in_page` escapes the `<` that could end the script.
    """

    quote: str = '"'
    in_page: bool = True

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        if "\\" in source:
            yield from ((*one.span(), _meaning(one)) for one in _ESCAPE.finditer(source))

    def escape(self, text: str) -> str:
        """Return a text with escapes for what a string cannot hold, or what ends the script."""
        special = "\\\\\r\n\u2028\u2029\x00-\x1f" + self.quote + ("<" if self.in_page else "")
        escaped = re.sub(f"[{special}]", self._escaped, text)
        return escaped.replace("${", "\\u0024{") if self.quote == "`" else escaped

    def _escaped(self, found: re.Match[str]) -> str:
        char = found[0]
        if char in '\\"`':
            return f"\\{char}"
        return _STRING_ESCAPES.get(char) or self.numeric_escape(char)

    def numeric_escape(self, char: str) -> str:
        r"""Return `\uXXXX`, or two of them for a character beyond U+FFFF."""
        units = char.encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


# `\u0027` and not `\'`, which JSON does not have.
_STRING_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "'": "\\u0027"}
# Escapes of ECMAScript: a surrogate pair, which is one character, `\uXXXX`, `\u{X}`, `\xXX`, a line
# continuation, which is nothing, and any other character behind a backslash. `\u` and `\x` without
# their digits are errors of a script, and stay as they are: other readers see two words there.
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})"
    r"|u\{0*([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|[\n\r\u2028\u2029])|([^ux\r\n\u2028\u2029]))"
)
# The single-character escapes; any other character means itself.
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def _meaning(found: re.Match[str]) -> str:
    high, low, four, braced, two, ended, single = found.groups()
    if high:
        return bytes.fromhex(high + low).decode("utf-16-be")
    if four or braced or two:
        number = int(four or braced or two, 16)
        fits = number <= 0x10FFFF and not 0xD800 <= number < 0xE000
        return chr(number) if fits else "\N{REPLACEMENT CHARACTER}"
    return "" if ended else _SINGLE.get(single, single)


# Behind a backslash: classes of characters, borders, references, and characters that are blank.
_CLASSES = frozenset("bBdDfnrsStvwW0123456789")


@dataclass(frozen=True, slots=True)
class Expression:
    r"""A regular expression: `\.` is a dot, `\x41` an A, and a class such as `\s` a blank.

    A backslash before any other letter means that letter.
    """

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        for one in _ESCAPE.finditer(source):
            is_class = one[7] is not None and one[7] in _CLASSES
            yield *one.span(), " " if is_class else _meaning(one)

    def escape(self, text: str) -> str:
        """Return a text with backslashes before the characters that are syntax."""
        text = re.sub(r"[\r\n<]", " ", text)
        return re.sub(r"[\\/\[\](){}.*+?^$|]", r"\\\g<0>", text)

    def numeric_escape(self, char: str) -> str:
        r"""Return `\uXXXX`."""
        return Escapes().numeric_escape(char)


@dataclass(frozen=True, slots=True)
class Style:
    r"""Style sheets: `\4b evin` is `Kevin`."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        if "\\" in source:
            yield from (
                (*one.span(), _style_meaning(one)) for one in _STYLE_ESCAPE.finditer(source)
            )

    def escape(self, text: str) -> str:
        """Return a text with escapes for what may end a string, or the style sheet."""
        return re.sub("[\"'<\\\\\r\n\f]", lambda char: self.numeric_escape(char[0]), text)

    def numeric_escape(self, char: str) -> str:
        r"""Return a hexadecimal escape and the blank that ends it: `\e9 `."""
        return f"\\{ord(char):x} "


# Escapes of CSS Syntax Level 3: up to six hexadecimal digits with one blank, a line continuation,
# any other character. `\u0020` is left as it is: to a style sheet it is "u0020", to a script that
# reads the sheet a blank, which parts two words.
_STYLE_ESCAPE = re.compile(
    r"\\(?!u[0-9a-fA-F]{4})(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^\n\r\f]))"
)


def _style_meaning(found: re.Match[str]) -> str:
    number, ended, single = found.groups()
    if not number:
        return "" if ended else single
    code = int(number, 16)
    fits = 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000
    return chr(code) if fits else "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of JSON. Any other text is written as a string, with escapes."""

    strings: Escapes = Escapes()

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield nothing."""
        del source
        return iter(())

    def escape(self, text: str) -> str:
        """Return a number as it is, any other text as a string."""
        return text if _NUMBER.fullmatch(text) else f'"{self.strings.escape(text)}"'

    def numeric_escape(self, char: str) -> str:
        r"""Return `\uXXXX`."""
        return self.strings.numeric_escape(char)


# A number by the grammar of RFC 8259.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class SyntaxCodec:
    """The codec of a token: a syntax in an encoding."""

    syntax: Syntax
    encoding: Encoding

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character, and the end of the last."""
        source = raw.decode(self.encoding.codec)
        places = offsets(self.syntax, source)
        if len(source) == len(raw):
            return places
        starts = self.encoding.offsets(raw)
        return [starts[at] for at in places]

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text; characters not in the encoding as numeric escapes."""
        source = self.syntax.escape(text)
        try:
            return source.encode(self.encoding.codec)
        except UnicodeEncodeError:
            return "".join(map(self._numbered, source)).encode(self.encoding.codec, "replace")

    def guard(self, before: bytes) -> bytes:
        """Return a backslash where one before an edit escapes nothing: it would, afterwards."""
        if not before.rstrip(b"\0").endswith((b"\\", b";")):  # `;` may end a reference to one
            return b""
        syntax, source, outer = self.syntax, before.decode(self.encoding.codec), list[Syntax]()
        while True:
            here = syntax.outer if isinstance(syntax, NestedSyntax) else syntax
            alone = (len(source) - len(source.rstrip("\\"))) % 2
            if alone and isinstance(here, Escapes | Expression | Style):
                sign = reduce(lambda text, one: one.escape(text), reversed(outer), "\\")
                return sign.encode(self.encoding.codec)
            if not isinstance(syntax, NestedSyntax):
                return b""
            source, syntax = decode(here, source), syntax.inner
            outer.append(here)

    def _numbered(self, char: str) -> str:
        try:
            char.encode(self.encoding.codec)
        except UnicodeEncodeError:
            return self.syntax.numeric_escape(char)
        return char
