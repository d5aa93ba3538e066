r"""The letters that TeX and BibTeX write with commands: `H\"older` is Hölder, `S{\o}rli` Sørli.

Source: the LaTeX2e reference manual, "Accents" and "Additional Latin letters".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

__all__ = ["tex_letters"]

# The combining character of each accent.
_ACCENTS = {
    '"': "\u0308",
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "v": "\u030c",
    "c": "\u0327",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
}
_LETTERS = dict(
    zip(
        "ss ae AE oe OE o O aa AA l L dh DH th TH dj i j".split(),
        "ß æ Æ œ Œ ø Ø å Å ł Ł ð Ð þ Þ đ ı ȷ".split(),
        strict=True,
    )
)
# An accent that is a sign needs nothing before its letter, one that is a letter a brace or a blank.
# In programs `\"o` begins a string, so that the whole is in braces, its letter is, or it stands
# within a word. `\i` is the letter to put an accent on.
_ACCENTED = (
    re.compile(r"\{\\(?P<accent>[\"'`^~=.]|[vcuHkr](?=[ {])) ?\{?\\?(?P<letter>[A-Za-z])\}?\}"),
    re.compile(r"(?<!\{)\\(?P<accent>[\"'`^~=.vcuHkr])\{\\?(?P<letter>[A-Za-z])\}"),
    re.compile(
        r"(?<=[A-Za-z}])\\(?:(?P<accent>[\"'`^~=.])|(?P<named>[vcuHkr]) )(?:\\(?=[ij] ))?"
        r"(?P<letter>[A-Za-z])(?:(?<=\\[ij]) )?"
    ),
)
# A letter of its own ends with a brace, with a blank that is no part of the text, or with a sign.
_LETTER = re.compile(
    r"(?:\{\\(?P<braced>ss|ae|AE|oe|OE|o|O|aa|AA|l|L|dh|DH|th|TH|dj)\}"
    r"|\\(?P<emptied>ss|ae|AE|oe|OE|o|O|aa|AA|l|L|dh|DH|th|TH|dj)\{\}"
    r"|(?<=[A-Za-z])\\(?P<bare>ss|ae|AE|oe|OE|o|O|aa|AA|l|L|dh|DH|th|TH|dj)(?: (?=[a-z])|\b))"
)
_LINE_END = re.compile(r"\\\\(?=[^\\]|\Z)")
_NEAR = 40  # characters before and behind a letter


def tex_letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the commands for letters, each with the letter, and ends of lines near, in order."""
    if "\\" in text:
        letters = sorted([*_accented(text), *_alone(text)])
        yield from sorted([*letters, *_line_ends(text, letters)])


def _accented(text: str) -> Iterator[tuple[int, int, str]]:
    for form in _ACCENTED:
        for one in form.finditer(text):
            accent = one.groupdict().get("named") or one["accent"]
            composed = normalize("NFC", one["letter"] + _ACCENTS[accent])
            if len(composed) == 1:
                yield *one.span(), composed


def _alone(text: str) -> Iterator[tuple[int, int, str]]:
    for one in _LETTER.finditer(text):
        yield *one.span(), _LETTERS[one["braced"] or one["emptied"] or one["bare"]]


def _line_ends(text: str, letters: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the ends of lines, two backslashes, that stand near a letter: no name is beyond."""
    done = 0
    for start, end, _ in letters:
        for one in _LINE_END.finditer(text, max(done, start - _NEAR), end + _NEAR):
            yield *one.span(), "\n"
            done = one.end()
