"""How a text is written in a page: with references, with the escapes of scripts or of styles.

A `Syntax` works on decoded characters; `Written` is the codec of tokens, a syntax in a charset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from redactor.formats.html.references import references
from redactor.formats.text import Encoding


class Syntax(Protocol):
    """How characters are escaped."""

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and meaning of each escape, from the first."""

    def escape(self, text: str) -> str:
        """Return a text as it must be written."""

    def numbered(self, char: str) -> str:
        """Return an escape, in ASCII, for a character that the charset does not have."""


def decode(syntax: Syntax, source: str) -> str:
    """Return the text that a source stands for."""
    if isinstance(syntax, Within):
        return decode(syntax.inner, decode(syntax.outer, source))
    parts: list[str] = []
    done = 0
    for start, end, meaning in syntax.units(source):
        parts += (source[done:start], meaning)
        done = end
    return "".join((*parts, source[done:])) if parts else source


def offsets(syntax: Syntax, source: str) -> Sequence[int]:
    """Return where in a source each character of its text begins, and the end of the last."""
    if isinstance(syntax, Within):
        outer = offsets(syntax.outer, source)
        return [outer[at] for at in offsets(syntax.inner, decode(syntax.outer, source))]
    found: list[int] = []
    done = 0
    for start, end, meaning in syntax.units(source):
        found += range(done, start)
        found += [start, *[end] * (len(meaning) - 1)] if meaning else []
        done = end
    return [*found, *range(done, len(source) + 1)] if done else range(len(source) + 1)


@dataclass(frozen=True, slots=True)
class Within:
    """A text of one syntax that is itself written in another: a style in an attribute."""

    inner: Syntax
    outer: Syntax

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield each character whose place is not that of its text."""
        text, at = decode(self, source), offsets(self, source)
        yield from ((at[n], at[n + 1], char) for n, char in enumerate(text))

    def escape(self, text: str) -> str:
        """Return a text as it must be written in both."""
        return self.outer.escape(self.inner.escape(text))

    def numbered(self, char: str) -> str:
        """Return an escape of the outer syntax."""
        return self.outer.numbered(char)


@dataclass(frozen=True, slots=True)
class References:
    """Text of a page, or the value of an attribute, between `quote` (empty: between blanks).

    `cautious` escapes the first character as well: what stands before may be half a reference or
    the beginning of a tag, and must not be completed.
    """

    attribute: bool = False
    quote: str | None = None
    cautious: bool = False

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the references."""
        return references(source, attribute=self.attribute) if "&" in source else iter(())

    def escape(self, text: str) -> str:
        """Return a text with references for what is markup here."""
        special = _SPECIAL[self.quote]
        escaped = special.sub(lambda char: _NAMED.get(char[0]) or f"&#{ord(char[0])};", text)
        if self.cautious and _COMPLETES.match(escaped):
            return self.numbered(escaped[0]) + escaped[1:]
        return escaped

    def numbered(self, char: str) -> str:
        """Return a numeric reference."""
        return f"&#{ord(char)};"


_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = {
    None: re.compile("[&<>]"),
    '"': re.compile('[&<>"]'),
    "'": re.compile("[&<>']"),
    "": re.compile("[&<>\"'`=\t\n\f\r ]"),
}
_COMPLETES = re.compile("[A-Za-z0-9#;/!?]")


@dataclass(frozen=True, slots=True)
class Break:
    """A `<br>`: a line end in the text, which is removed with it."""

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the tag."""
        yield 0, len(source), "\n"

    def escape(self, text: str) -> str:
        """Return a text as in a page; a line end is the tag."""
        return References().escape(text).replace("\n", "<br>")

    def numbered(self, char: str) -> str:
        """Return a numeric reference."""
        return f"&#{ord(char)};"


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text without escapes. What would end it is written otherwise, as `_` or apart."""

    ends: re.Pattern[str]
    substitute: str = "_"

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield nothing."""
        del source
        return iter(())

    def escape(self, text: str) -> str:
        """Return a text without what ends it."""
        return self.ends.sub(self.substitute, text)

    def numbered(self, char: str) -> str:
        """Return a question mark."""
        del char
        return "?"


COMMENT = Verbatim(re.compile("--|>"))
DECLARATION = Verbatim(re.compile(">|]]|\\?>"))
NAME = Verbatim(re.compile("[\t\n\f\r />=\"'<]"))
UNQUOTED = Verbatim(re.compile("[<>\"']"))
PLAIN = Verbatim(re.compile("<"))
# A line end would end a comment or a statement, a quote begin a string.
CODE = Verbatim(re.compile("[\"'`\r\n<\\\\]|\\*/"))


@dataclass(frozen=True, slots=True)
class TagName:
    """The name of a tag, which must begin with a letter: `x-` is put before what does not.

    `ends` is what it cannot hold. It is wider for a tag that is read whole.
    """

    ends: Verbatim = NAME

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the beginnings that were put there, each with what follows."""
        yield from ((*one.span(), one[0][-1]) for one in _NO_LETTER.finditer(source))

    def escape(self, text: str) -> str:
        """Return a text without what ends a name."""
        name = self.ends.escape(text)
        return f"x-{name}" if name and not _NAME_BEGINS.match(name) else name

    def numbered(self, char: str) -> str:
        """Return a question mark."""
        return self.ends.numbered(char)


_NO_LETTER = re.compile(r"x-[^A-Za-z-]")
_NAME_BEGINS = re.compile("[A-Za-z-]")


@dataclass(frozen=True, slots=True)
class Escapes:
    r"""Strings of scripts and of JSON, between quotes: `\n`, `\u00e9`, `\x41`, `\/`."""

    quote: str = '"'

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        if "\\" in source:
            yield from ((*one.span(), _meaning(one)) for one in _ESCAPE.finditer(source))

    def escape(self, text: str) -> str:
        """Return a text with what a string cannot hold, or would end the script, escaped."""
        special = "\\\\<\r\n\u2028\u2029\x00-\x1f" + self.quote
        escaped = re.sub(f"[{special}]", self._escaped, text)
        return escaped.replace("${", "\\u0024{") if self.quote == "`" else escaped

    def _escaped(self, found: re.Match[str]) -> str:
        char = found[0]
        return f"\\{char}" if char in '\\"`' else _STRING_ESCAPES.get(char) or self.numbered(char)

    def numbered(self, char: str) -> str:
        r"""Return `\uXXXX`, twice for what is beyond them."""
        units = char.encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


_STRING_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "'": "\\u0027"}
# A pair of surrogates is one character. A line end after a backslash is nothing.
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})"
    r"|u\{0*([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|[\n\r\u2028\u2029])|([^\r\n\u2028\u2029]))"
)
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


@dataclass(frozen=True, slots=True)
class Expression:
    r"""A regular expression: `\.` is a dot, `\x41` an A, and a class as `\s` reads as a blank."""

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        for one in _ESCAPE.finditer(source):
            is_class = one[0][1].isalnum() and one[7] is not None
            yield *one.span(), " " if is_class else _meaning(one)

    def escape(self, text: str) -> str:
        """Return a text with what has a meaning escaped."""
        text = re.sub(r"[\r\n<]", " ", text)
        return re.sub(r"[\\/\[\](){}.*+?^$|]", r"\\\g<0>", text)

    def numbered(self, char: str) -> str:
        r"""Return `\uXXXX`."""
        return Escapes().numbered(char)


@dataclass(frozen=True, slots=True)
class Style:
    r"""Style sheets: `\4b evin` is `Kevin`."""

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        if "\\" in source:
            yield from (
                (*one.span(), _style_meaning(one)) for one in _STYLE_ESCAPE.finditer(source)
            )

    def escape(self, text: str) -> str:
        """Return a text with what may end a string, or the style sheet, escaped."""
        return re.sub("[\"'<\\\\\r\n\f]", lambda char: self.numbered(char[0]), text)

    def numbered(self, char: str) -> str:
        r"""Return a hexadecimal escape; the blank belongs to it."""
        return f"\\{ord(char):x} "


_STYLE_ESCAPE = re.compile(
    r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^\n\r\f]))"
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
    """A number of JSON. What is none is put between quotes."""

    def units(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield nothing."""
        del source
        return iter(())

    def escape(self, text: str) -> str:
        """Return a number as it is, any other text as a string."""
        if not text or re.fullmatch(r"[\d.eE+-]+", text, re.ASCII):
            return text
        return f'"{Escapes().escape(text)}"'

    def numbered(self, char: str) -> str:
        r"""Return `\uXXXX`."""
        return Escapes().numbered(char)


@dataclass(frozen=True, slots=True)
class Written:
    """The codec of a token: a syntax in a charset."""

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
        """Return the bytes of a text, escaped; what the charset lacks, by its number."""
        source = self.syntax.escape(text)
        try:
            return source.encode(self.encoding.codec)
        except UnicodeEncodeError:
            return "".join(map(self._numbered, source)).encode(self.encoding.codec, "replace")

    def _numbered(self, char: str) -> str:
        try:
            char.encode(self.encoding.codec)
        except UnicodeEncodeError:
            return self.syntax.numbered(char)
        return char
