"""The characters of RTF (1.9.1): bytes of a code page, codes of bytes and of Unicode, and words.

Characters in a row are one text. Line ends between them mean nothing, and neither does a hyphen
where a word may be broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PIECE = re.compile(
    rb"(?P<plain>[\x01-\x09\x0b\x0c\x0e-\x5b\x5d-\x7a\x7c\x7e\x7f]+)|(?P<end>[\r\n]+)"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?"
    rb"|\\(?P<sign>[^A-Za-z])|(?P<open>\{)|(?P<close>\})|(?P<high>[\x00\x80-\xff])",
    re.DOTALL,
)
"""What RTF is made of: plain characters, line ends, codes, control words and signs, groups."""

_WORDS = {
    b"tab": "\t",
    b"line": "\n",
    b"par": "\n",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"bullet": "\u2022",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"qmspace": "\u2005",
}
_SIGNS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "\u2011", b"-": ""} | {
    b"\r": "\n",
    b"\n": "\n",
}
_ESCAPES = {"\\": "\\\\", "{": "\\{", "}": "\\}", "\n": "\\line ", "\r": " ", "\t": "\\tab "}
_HIGH = range(0xD800, 0xDC00)
_LOW = range(0xDC00, 0xE000)


@dataclass(frozen=True, slots=True)
class RtfCodec:
    """The code page of a text, and how many characters replace one of Unicode in older readers."""

    page: str = "cp1252"
    fallback: int = 1

    def units(self, data: bytes, at: int) -> Iterator[tuple[int, str]]:
        """Yield characters from an offset on: where each ends, and its text, perhaps empty.

        Ends before what is no character.
        """
        while (unit := self._unit(data, at)) is not None:
            at = unit[0]
            yield unit

    def _unit(self, data: bytes, at: int) -> tuple[int, str] | None:
        found = PIECE.match(data, at)
        if found is None:
            return None
        kind = found.lastgroup
        if kind in {"plain", "end"}:
            return found.end(), "" if kind == "end" else found[0].decode("ascii")
        if kind in {"hex", "high"}:
            return self._byte(data, found)
        if kind == "sign":
            text = _SIGNS.get(found["sign"])
            return None if text is None else (found.end(), text)
        if kind == "number" and found["word"] == b"u":
            return self._unicode(data, found)
        text = _WORDS.get(found["word"] or b"") if kind == "word" else None
        return None if text is None else (found.end(), text)

    def _byte(self, data: bytes, found: re.Match[bytes]) -> tuple[int, str]:
        """Return a character of one byte or of two."""
        first = _value(found)
        following = PIECE.match(data, found.end())
        try:
            return found.end(), first.decode(self.page)
        except UnicodeDecodeError:
            if following is not None and following.lastgroup in {"hex", "high", "plain"}:
                second = _value(following)
                try:
                    text = (first + second).decode(self.page)
                except UnicodeDecodeError:
                    return found.end(), first.decode("latin-1")
                plain = following.lastgroup == "plain"
                return following.start() + 1 if plain else following.end(), text
        return found.end(), first.decode("latin-1")

    def _unicode(self, data: bytes, found: re.Match[bytes]) -> tuple[int, str]:
        code, end = int(found["number"]) & 0xFFFF, self._skipped(data, found.end())
        if code in _HIGH:
            low = PIECE.match(data, end)
            if low is not None and low["word"] == b"u" and low["number"]:
                second = int(low["number"]) & 0xFFFF
                if second in _LOW:
                    whole = 0x10000 + (code - 0xD800 << 10) + second - 0xDC00
                    return self._skipped(data, low.end()), chr(whole)
        return end, "\ufffd" if code in _HIGH or code in _LOW else chr(code)

    def _skipped(self, data: bytes, at: int) -> int:
        """Return the offset behind the substitute that older readers show for a character."""
        for _ in range(self.fallback):
            found = PIECE.match(data, at)
            if found is None or found.lastgroup in {"open", "close"}:
                break
            if found["word"] in {b"u", b"bin"}:
                break
            at = at + 1 if found.lastgroup == "plain" else found.end()
        return at

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character, and the end of the last."""
        found: list[int] = []
        at = 0
        for end, text in self.units(raw, 0):
            # Plain characters are a byte each; others are one character, or none.
            found += range(at, end) if len(text) > 1 else [at] * len(text)
            at = end
        return [*found, len(raw)]

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text.

        Before a letter, a digit or a blank there is an empty group: behind a control word they
        would be read as a part of it. So there is in place of nothing, since one may follow.
        """
        start = "{}" if not text or text[0].isalnum() or text[0] in {" ", "-"} else ""
        return (start + "".join(map(self._escaped, text))).encode("ascii")

    def _escaped(self, char: str) -> str:
        if char in _ESCAPES:
            return _ESCAPES[char]
        if " " <= char <= "~":
            return char
        units = char.encode("utf-16-be", "replace")
        codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
        behind = "?" * self.fallback or " "
        return "".join(f"\\u{code - 0x10000 if code > 0x7FFF else code}{behind}" for code in codes)


def _value(found: re.Match[bytes]) -> bytes:
    """Return the byte of a code, or the first of others."""
    return bytes([int(found["hex"], 16)]) if found["hex"] else found[0][:1]
