"""How texts are written in the fields of a header: folded, quoted, in per cent codes."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from redactor.formats.mail import charsets

# A line end within a field, and the blank behind it, which alone is part of the text (RFC 5322,
# 2.2.3).
_FOLD = re.compile(r"\r?\n([ \t])")
_QUOTED = re.compile(r"\r?\n([ \t])|\\(.)", re.DOTALL)
_CODES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# Characters that an unquoted name must not have (RFC 5322, 3.2.3: `specials`).
_SPECIALS = re.compile(r"[()<>\[\]:;@\\,.\"]")
_LINE_ENDS = re.compile(r"[\r\n]+")
# `attribute-char` of RFC 2231.
_PLAIN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]")


def in_ascii(text: str) -> str:
    """Return a text of one line, as an encoded word if it is not ASCII."""
    line = _LINE_ENDS.sub(" ", text)
    return line if line.isascii() else encoded_word(line)


def encoded_word(text: str) -> str:
    """Return a text as an encoded word (RFC 2047)."""
    return f"=?utf-8?B?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


class _Base:
    def numeric_escape(self, char: str) -> str:
        """Return an encoded word of a character that the encoding does not have."""
        return encoded_word(char)


@dataclass(frozen=True, slots=True)
class Folded(_Base):
    """Running text of a field."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the line ends, each with the blank behind it."""
        for found in _FOLD.finditer(source):
            yield found.start(), found.end(), found[1]

    def escape(self, text: str) -> str:
        """Return a text of one line."""
        return in_ascii(text)


@dataclass(frozen=True, slots=True)
class Phrase(Folded):
    """The name before an address, without quotes."""

    def escape(self, text: str) -> str:
        """Return a name, in quotes where it has characters of the grammar of addresses."""
        if text.isascii() and _SPECIALS.search(text):
            return f'"{Quoted().escape(text)}"'
        return in_ascii(text)


@dataclass(frozen=True, slots=True)
class Quoted(_Base):
    """What is between quotes."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield line ends, and characters behind a backslash."""
        for found in _QUOTED.finditer(source):
            yield found.start(), found.end(), found[1] or found[2]

    def escape(self, text: str) -> str:
        """Return a text with a backslash before quotes and backslashes."""
        line = in_ascii(text)
        return line.replace("\\", "\\\\").replace('"', '\\"')


@dataclass(frozen=True, slots=True)
class Percent(_Base):
    """A parameter in per cent codes (RFC 2231)."""

    codec: str

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the characters that are codes."""
        for found in _CODES.finditer(source):
            data = bytes.fromhex(found[0].replace("%", ""))
            at = found.start()
            for char, size in charsets.characters(data, self.codec):
                yield at, at + 3 * size, char
                at += 3 * size

    def escape(self, text: str) -> str:
        """Return a text in codes where it needs them."""
        line = _LINE_ENDS.sub(" ", text)
        return "".join(c if _PLAIN.fullmatch(c) else self.numeric_escape(c) for c in line)

    def numeric_escape(self, char: str) -> str:
        """Return the codes of a character."""
        return "".join(f"%{byte:02X}" for byte in charsets.encoded(char.encode(), self.codec))


FOLDED, PHRASE, QUOTED = Folded(), Phrase(), Quoted()
