r"""One normalised view of a text, with exact offsets back to the source.

Detectors match on the view, so that no rule carries tricks of its own against disguises:

- compatibility forms are folded (NFKC, by cluster of a base and its combining marks), and so are
  digits of any script, Unicode dashes, quotation marks, spaces and line ends;
- form feeds, vertical tabs and the separators of ASCII are blanks;
- zero-width characters, soft hyphens, other controls and the escape sequences by which terminals
  show colours are dropped, and so are strokes through letters, heaps of marks upon them, and marks
  upon digits and signs;
- letters of other scripts that look like Latin ones are folded inside words that also hold Latin
  letters, and only there: a word wholly in Cyrillic stays Cyrillic;
- HTML entities, percent-escapes and the escapes of JSON and of programs (`\u0040`, `\x40`) are
  decoded, also nested ones;
- the `> ` before the lines of a quoted message is dropped;
- a word broken over a line end is joined: `exam-⏎ple` is `example`, `219-⏎09` and `219⏎-09` are
  `219-09`, and a line end straight after the `@` of an address is dropped;
- a letter a in a circle before a host is the `@` that people write so.

Every character of the view knows the span of source that produced it. Mapping `start:end` of the
view back covers exactly the source of those characters (and of whatever was dropped between
them): the property tests hold this for any text.

A view is a list of *runs*. In most of them view and source go in step, one character each, even
where the character itself was folded; only where lengths differ (an entity, a ligature, a letter
with combining marks) does a run stand for a piece of source as a whole. Plain text is one run.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from html.entities import html5
from itertools import accumulate
from typing import NamedTuple

import regex

__all__ = [
    "HIDDEN",
    "SEPARATORS",
    "View",
    "Word",
    "as_words",
    "mask_symbol_runs",
    "normalize",
    "normalized_tokens",
    "plain",
    "view",
    "words",
]

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_FOLDED = (
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | {chr(first + place): chr(65 + place) for first in (0x1F150, 0x1F170) for place in range(26)}
    | {"\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\u3002": ".", "\u2215": "/"}
    | dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
)

SEPARATORS = "\x0b\x0c\x1c-\x1f"
"""Controls that stand between words, as in a class of a pattern: vertical tab, form feed, and the
separators of files, groups, records and units."""

# Colours and movements of terminals (ECMA-48); no number that could hide something has four digits.
_CONTROL_SEQUENCE = r"\x1b\[(?:[0-9]{1,3}(?:[;:][0-9]{1,3}){0,8})?[A-Za-z]"

# Characters without a shape, beside controls. Source: Default_Ignorable_Code_Point of Unicode 15.1.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)

HIDDEN = rf"(?:{_CONTROL_SEQUENCE}|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f{_IGNORABLE}])"
"""A pattern of what is not seen between two characters, a blank perhaps where it separates."""

_INVISIBLE = re.compile(f"[{_IGNORABLE}]")

# Letters that readers take for Latin ones: of Cyrillic, Greek, Armenian, Cherokee, Lisu and the
# Latin of phonetics. Source: the shapes in the Unicode charts.
_LOOK_ALIKES = {
    char: latin
    for latin, chars in (
        *zip("abcdefgh", ("аαɑ", "ьв", "сϲ", "ԁ", "еҽ", "ғ", "ɡց", "һհн"), strict=True),
        *zip("ijklmnop", ("іιıɩ", "јϳյ", "кκ", "ӏլ", "м", "ո", "оοօσ", "рρ"), strict=True),
        *zip("qrstuvwx", ("ԛզ", "г", "ѕ", "тτ", "υսʋ", "νѵ", "ԝѡ", "хχ"), strict=True),
        *zip("yzABCDEF", ("уүγ", "ʐ", "АΑᎪꓮ", "ВΒᏴꓐ", "СϹᏟꓚ", "Ꭰꓓ", "ЕΕᎬꓰ", "Ϝꓝ"), strict=True),
        *zip("GHIJKLMN", ("ԌᏀꓖ", "НΗᎻꓧ", "ІΙӀꓲ", "ЈᎫꓙ", "КΚᏦꓗ", "ᏞꓡԼ", "МΜᎷꓟ", "Νꓠ"), strict=True),
        *zip("OPRSTUVW", ("ОΟՕꓳ", "РΡᏢꓑ", "ᎡᏒꓣ", "ЅՏᏚꓢ", "ТΤᎢꓔ", "Սꓴ", "ѴᏙꓦ", "ԜᎳꓪ"), strict=True),
        *zip("XYZ", ("ХΧꓫ", "ҮΥᎩꓬ", "ΖᏃꓜ"), strict=True),
    )
    for char in chars
}
_LOOK_ALIKE_TABLE = str.maketrans(_LOOK_ALIKES)
_LOOK_ALIKE = re.compile(f"[{''.join(_LOOK_ALIKES)}]")
_LATIN = re.compile("[A-Za-z]")
_CHAIN = re.compile(r"[\w.@+'-]+")
_CHAIN_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")

# Strokes, lines and rings that are drawn upon a letter and are no part of it.
_OVERLAYS = re.compile("[\u0305\u0332-\u0338\u033f\u035f-\u0362\u20d0-\u20f0\ufe20-\ufe2f]")
_MOST_MARKS = 2  # a letter with more is no letter of any language, but decoration

# Marks that stand upon what is before them: blocks of Unicode with nothing else, and Cyrillic's.
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK = re.compile(f"[{_MARKS}]")

# Hyphens that may break a word at the end of a line, beside the plain one.
_BREAKS = "\u2010\u2011\u00ad\u00ac"
_LONGEST_CLUSTER = 32  # a base with more marks is no writing; NFKC sorts them all

# Where view and source may differ in length. The first pattern is quick to tell where that can be;
# of the second, which is tried there, the first alternative that fits wins.
_QUOTE = r"[ \t]{0,3}>(?:[ \t]?>)*[ \t]?"
_NEXT_LINE = rf"[ \t]*\r?\n(?:{_QUOTE})?[ \t]*"
_NEAR = re.compile(
    r"[^\t -$'-,.-?A-\[\]-~]"  # of printable ASCII - @ & % \ alone; a set of ASCII is quick
    r"(?:(?<!\n)|(?=[ \t]*+[>-]))(?:(?<![-@])|(?=[ \t]*+[\r\n]))(?:(?<!\\)|(?=\\{0,3}[ux]))"
    r"(?:(?<!&)|(?=[#A-Za-z]))(?:(?<!%)|(?=[0-9A-Fa-fu]))"
)
_SPOT = re.compile(
    rf"(?P<broken>(?<=\w)[-{_BREAKS}]{_NEXT_LINE}(?=\w))"
    rf"|(?P<address>(?<=\w)@{_NEXT_LINE}(?=\w))"
    # A letter in a circle before a host is what people write for the @.
    r"|(?P<circled>[\u24b6\u24d0](?=[ ]?[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[A-Za-z]{2}))"
    rf"|(?P<hyphen>(?<=\d)\r?\n(?:{_QUOTE})?[ \t]*(?=-\d))"
    rf"|(?P<newline>(?P<end>\r\n?|\n)(?:{_QUOTE})?)"
    r"|(?P<entity>&(?:amp;|#0*38;|#[xX]0*26;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});)"
    r"|(?P<escape>(?:%(?:25)*[0-9A-Fa-f]{2})+)"
    r"|(?P<program>(?:%u[0-9A-Fa-f]{4}|\\{1,4}(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}))+)"
    rf"|(?P<gap>[{SEPARATORS}]+)"
    rf"|(?P<control>(?:{_CONTROL_SEQUENCE}|[\x00-\x08\x0e-\x1b\x7f])+)"
    rf"|(?P<foreign>(?:\S(?=[{_MARKS}]))?[^\x00-\x7f{_BREAKS}]+|[{_BREAKS}])"
)
_ESCAPE = re.compile(r"%(?:25)*?[0-9A-Fa-f]{2}(?=%|$)")

_PROGRAM = re.compile(
    r"\\{1,4}u[dD][89abAB][0-9a-fA-F]{2}\\{1,4}u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?:%u|\\{1,4}u)[0-9A-Fa-f]{4}|\\{1,4}u\{[0-9A-Fa-f]{1,6}\}|\\{1,4}x[0-9A-Fa-f]{2}"
)
_PROGRAM_DIGITS = re.compile(r"[ux]\{?([0-9A-Fa-f]{2,6})")

_SIGNS = re.compile(r"[^\w\s]{8,}")

# Scripts written without spaces are cut into characters, so that a name inside them is a word.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = regex.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+")
# What `_WORD` finds in ASCII, in small letters. One set comes first: the search for that is quick.
_ASCII_WORD = re.compile("([a-z0-9][a-z0-9]*)")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class View:
    """A normalised text; `span` maps its positions back. The `repr` shows no text.

    Run `i` begins at `starts[i]` in the view and at `origins[i]` in the source. A positive
    `lengths[i]` is the number of characters in step; a negative one says that the characters of
    the run come, all of them, from that many characters of source.
    """

    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    origins: tuple[int, ...] = field(repr=False)
    lengths: tuple[int, ...] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the source span of `start:end`, which must not be empty."""
        first, last = self._origin(start), self._origin(end - 1)
        return min(first[0], last[0]), max(first[1], last[1])  # it may read backwards

    def _origin(self, position: int) -> tuple[int, int]:
        run = bisect_right(self.starts, position) - 1
        origin, length = self.origins[run], self.lengths[run]
        if length < 0:
            return origin, origin - length
        origin += position - self.starts[run]
        return origin, origin + 1


class Word(NamedTuple):
    """A word of a text: its span there, and its form without case and accents.

    A tuple, since a text of a megabyte has 200,000 of them.
    """

    start: int
    end: int
    form: str

    def __repr__(self) -> str:
        """Return the span alone."""
        return f"Word(start={self.start}, end={self.end})"


def view(source: str) -> View:
    """Return the normalised view of a text."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    lengths: list[int] = []
    position = 0
    for start, end, text in _runs(source):
        if not text:
            continue
        pieces.append(text)
        in_step = len(text) == end - start
        if in_step and lengths and lengths[-1] > 0 and origins[-1] + lengths[-1] == start:
            lengths[-1] += end - start
        else:
            starts.append(position)
            origins.append(start)
            lengths.append(end - start if in_step else start - end)
        position += len(text)
    text = _fold_look_alikes("".join(pieces))
    return View(text, tuple(starts), tuple(origins), tuple(lengths))


def plain(text: str) -> View:
    """Return a text unchanged, as a view of itself."""
    return View(text, (0,), (0,), (len(text),))


def _runs(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, text): the text of the view for that piece of source."""
    done = 0
    for spot in _spots(source):
        if done < spot.start():
            yield done, spot.start(), source[done : spot.start()]
        yield from _spot_runs(source, spot)
        done = spot.end()
    if done < len(source):
        yield done, len(source), source[done:]


def _spots(source: str) -> Iterator[re.Match[str]]:
    """Yield the matches where view and source may differ."""
    at = 0
    while near := _NEAR.search(source, at):
        here = near.start()
        based = at < here and _MARK.match(source, here)  # a mark belongs to what stands before it
        spot = (_SPOT.match(source, here - 1) if based else None) or _SPOT.match(source, here)
        if spot:
            yield spot
        at = spot.end() if spot else here + 1


def _spot_runs(source: str, spot: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    start, end, text = spot.start(), spot.end(), spot.group()
    match spot.lastgroup:
        case "broken":
            dropped = source[start - 1].isalpha() and source[end].islower()
            yield start, end, "" if dropped or text[0] == "\u00ad" else "-"
        case "control" | "hyphen":
            yield start, end, ""
        case "gap":
            yield start, end, " " * len(text)
        case "address":
            yield start, start + 1, "@"
        case "circled":
            yield start, end, "@"
        case "newline":
            yield start, start + len(spot["end"]), "\n"
        case "entity":
            yield start, end, _fold_cluster(_entity(text)) or ""
        case "escape":
            yield from _escape_runs(start, text)
        case "program":
            yield from _program_runs(start, text)
        case _:
            yield from _cluster_runs(start, text)


def _entity(text: str) -> str:
    """Return the character of an HTML entity, or the entity itself if it is unknown."""
    name = re.split(r"amp;|#0*38;|#[xX]0*26;", text[1:])[-1]
    if name in ("", ";"):
        return "&"
    if name.startswith("#"):
        code = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        return _numbered(code) or text
    return html5.get(name, text)


def _numbered(code: int) -> str | None:
    """Return the character of a numeric entity; 128 to 159 are cp1252, as in HTML."""
    if 128 <= code < 160:
        return bytes([code]).decode("cp1252", "ignore") or None
    known = code in (9, 10, 13) or 31 < code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if known else None


def _escape_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Decode percent-escapes, character by character of the UTF-8 they spell."""
    escapes = [(m.end(), int(m.group()[-2:], 16)) for m in _ESCAPE.finditer(text)]
    done, at = 0, 0
    while at < len(escapes):
        width = _utf8_width(escapes[at][1])
        char = _utf8(bytes(byte for _, byte in escapes[at : at + width]))
        stop = escapes[min(at + width, len(escapes)) - 1][0]
        if char is None:
            width, stop = 1, escapes[at][0]
            yield start + done, start + stop, text[done:stop]
        else:
            yield start + done, start + stop, _fold_cluster(char)
        done, at = stop, at + width


def _program_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Decode the escapes of programs; two of them may stand for one character, as in UTF-16."""
    for match in _PROGRAM.finditer(text):
        units = [int(digits, 16) for digits in _PROGRAM_DIGITS.findall(match.group())]
        char = _unit_text(units)
        shown = match.group() if char is None else _fold_cluster(char)
        yield start + match.start(), start + match.end(), shown


def _unit_text(units: list[int]) -> str | None:
    """Return the character of code units, or of one code point."""
    try:
        data = b"".join(chr(unit).encode("utf-16-be", "surrogatepass") for unit in units)
        return _utf8(data.decode("utf-16-be").encode())
    except (ValueError, OverflowError):
        return None


def _utf8_width(lead: int) -> int:
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _utf8(data: bytes) -> str | None:
    try:
        char = data.decode()
    except UnicodeDecodeError:
        return None
    shown = unicodedata.category(char) not in ("Cc", "Cn", "Co", "Cs")
    return char if shown or char in "\t\n" else None


def _cluster_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Fold a stretch of non-ASCII text, each base together with its combining marks."""
    at = 0
    while at < len(text):
        end = at + 1
        while end < min(len(text), at + _LONGEST_CLUSTER) and _continues(text[end]):
            end += 1
        yield start + at, start + end, _fold_cluster(text[at:end])
        at = end


def _continues(char: str) -> bool:
    """Tell whether a character belongs to the one before: a mark, or a Hangul vowel or tail."""
    hangul = "\u1160" <= char <= "\u11ff"
    return unicodedata.combining(char) != 0 or hangul or _MARK.match(char) is not None


@lru_cache(maxsize=1 << 16)
def _fold_cluster(cluster: str) -> str:
    if cluster in _FOLDED:  # before NFKC, which takes some of them apart
        return _FOLDED[cluster]
    if unicodedata.combining(cluster[0]):  # more marks than a cluster takes
        return ""
    if len(cluster) > 1 and _is_marked_sign(cluster):  # no digit has an accent
        return _fold_cluster(cluster[0])
    composed = _OVERLAYS.sub("", unicodedata.normalize("NFKC", cluster))
    if len(composed) > 1 + _MOST_MARKS and all(map(unicodedata.combining, composed[1:])):
        composed = composed[0]
    return "".join(map(_fold_character, composed))


def _is_marked_sign(cluster: str) -> bool:
    """Tell whether a cluster is a digit or a sign with nothing but marks upon it."""
    return unicodedata.category(cluster[0])[0] in "NPS" and all(map(_continues, cluster[1:]))


def _fold_character(char: str) -> str:
    if char in _FOLDED:
        return _FOLDED[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Me") or _INVISIBLE.match(char):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return " " if category == "Zs" else char


def _fold_look_alikes(text: str) -> str:
    if text.isascii() or not _LOOK_ALIKE.search(text):
        return text
    return _CHAIN.sub(lambda chain: _fold_chain(chain.group()), text)


def _fold_chain(chain: str) -> str:
    """Fold the disguised words of an address or a hyphenation, and leave the honest ones."""
    if not (_LATIN.search(chain) and _LOOK_ALIKE.search(chain)):
        return chain
    return _CHAIN_WORD.sub(lambda word: _fold_word(word.group()), chain)


def _fold_word(word: str) -> str:
    disguised = _LATIN.search(word) or all(map(_LOOK_ALIKE.match, _LETTER.findall(word)))
    return word.translate(_LOOK_ALIKE_TABLE) if disguised else word


def mask_symbol_runs(text: str) -> str:
    """Return a text of the same length without long runs of signs, which tokenizers choke on."""
    return _SIGNS.sub(lambda run: " " * len(run.group()), text)


def normalize(text: str) -> str:
    """Return the form in which two spellings of a value are equal: words without case, accents."""
    return " ".join(word.form for word in words(text))


def words(text: str) -> Iterator[Word]:
    """Return the words of a (normalised) text, in order."""
    return as_words(normalized_tokens(text))


def as_words(tokens: Iterable[tuple[int, int, str]]) -> Iterator[Word]:
    """Return what `normalized_tokens` yields as words: `Word._make`, without a call for each."""
    make: Callable[[tuple[int, int, str]], Word] = partial(tuple.__new__, Word)
    return map(make, tokens)


def normalized_tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and form of each word of a text: `words`, in less time.

    No word reaches over a line end; lines of nothing but ASCII have a simpler pattern.
    """
    done = 0
    while not text.isascii() and (foreign := _FOREIGN.search(text, done)):
        start = text.rfind("\n", done, foreign.start()) + 1
        end = text.find("\n", foreign.end())
        end = len(text) if end < 0 else end
        yield from _ascii_tokens(text[done:start], done)
        for word in _WORD.finditer(text, start, end):
            yield word.start(), word.end(), _form(word.group())
        done = end
    yield from _ascii_tokens(text[done:], done)


def _ascii_tokens(text: str, offset: int) -> Iterator[tuple[int, int, str]]:
    """Return start, end and form of each word of ASCII, which begins at an offset."""
    cut = _ASCII_WORD.split(text.lower())  # what is between words, and words, in turns
    ends = list(accumulate(map(len, cut), initial=offset))
    return zip(ends[1::2], ends[2::2], cut[1::2], strict=False)


def _form(word: str) -> str:
    form = word.casefold()
    return form if form.isascii() else _without_accents(form)


@lru_cache(maxsize=1 << 16)
def _without_accents(form: str) -> str:
    marked = unicodedata.normalize("NFD", form)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", marked))
