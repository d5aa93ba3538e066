"""Characters folded: compatibility forms, marks, digits of any script, and look-alikes of Latin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from redactor.text.hidden import IGNORABLE

__all__ = ["MARK", "MARKS", "cluster_runs", "fold_cluster", "fold_look_alikes"]

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

_INVISIBLE = re.compile(f"[{IGNORABLE}]")

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
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
MARK = re.compile(f"[{MARKS}]")

_LONGEST_CLUSTER = 32  # a base with more marks is no writing; NFKC sorts them all


def cluster_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Fold a stretch of non-ASCII text, each base together with its combining marks."""
    at = 0
    while at < len(text):
        end = at + 1
        while end < min(len(text), at + _LONGEST_CLUSTER) and _continues(text[end]):
            end += 1
        yield start + at, start + end, fold_cluster(text[at:end])
        at = end


def _continues(char: str) -> bool:
    """Tell whether a character belongs to the one before: a mark, or a Hangul vowel or tail."""
    hangul = "\u1160" <= char <= "\u11ff"
    return unicodedata.combining(char) != 0 or hangul or MARK.match(char) is not None


@lru_cache(maxsize=1 << 16)
def fold_cluster(cluster: str) -> str:
    """Return a base with its marks in the form that it is compared by; nothing if it is unseen."""
    if cluster in _FOLDED:  # before NFKC, which takes some of them apart
        return _FOLDED[cluster]
    if unicodedata.combining(cluster[0]):  # more marks than a cluster takes
        return ""
    if len(cluster) > 1 and _is_marked_sign(cluster):  # no digit has an accent
        return fold_cluster(cluster[0])
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


def fold_look_alikes(text: str) -> str:
    """Return a text with look-alikes in Latin letters, in words that have Latin ones too."""
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
