"""Matching of a search term at a token of a text: its words in order, and its context.

A full name may have a middle name in it. Initials need capitals and stops, "TV" alone an
explanation in the text or a colon that marks a speaker, "the Marshes" an article. A name that is an
ordinary word as well (Hill, Mark, May) needs a capital; at the beginning of a sentence, where every
word has one, it needs a context in which people occur: a verb, a comma, a colon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from redactor.detect.checks.names import not_organisation
from redactor.detect.checks.words import is_common, is_rare
from redactor.detect.coreference.name_parser import CONTEXT, is_title
from redactor.detect.coreference.search_terms import SearchTerm
from redactor.text import Word

# What may separate two words of a term, by the term's `gap`:
# name    "Teodor Vance", "Vance, Teodor", "Teodor\nVance": not a blank line
# number  "020 7946 0018", "(020) 7946-0018"
# tight   "teo.vance", "teo@example": signs, but no blank
GAPS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "name": re.compile(r"[^\S\n]*[.,'*_/+-]{0,2}[^\S\n]*\n?[^\S\n]*"),
        "number": re.compile(r"[\s().,/+-]{0,3}"),
        "tight": re.compile(r"[^\s]{0,4}"),
    }
)
# What separates the words of an account name: "t-vance", "t.vance".
_IN_ADDRESS = re.compile(r"[._-]")
# What precedes a plural surname: "the Marshes", "both young Vances", "die Vances".
_FAMILY = re.compile(
    r"(?<![^\W\d_])(?:the|both|all|two|three|young|old|other|die|den|der|les|los|las)[^\S\n]+"
    r"(?:[a-z]+[^\S\n]+)?$",
    re.IGNORECASE,
)
# The text before a word that begins a sentence, line, quotation or bracket.
_SENTENCE = re.compile(r"(?:\A|[.!?][\"')\]]?\s+|\n\s*|[•*#>|\"(\[-]\s*)\Z")
# What precedes a word in small letters that is no name: "a single storey", "of this kernel".
_DETERMINED = re.compile(
    r"(?<![^\W_])(?:an?|the|this|that|these|those|each|every|any|no|per|my|your|its|our)[^\S\n]+"
    r"(?:[a-z]+[^\S\n]+)?$",
    re.IGNORECASE,
)
# The text behind a word of a sentence: a blank, or a sign that ends something.
_IN_PROSE = re.compile(r"\s|[,;:!?)\]\"'’”]|\.(?!\w)|\Z")
# A word with a capital directly before a name, and one directly behind it.
_CAPITAL_BEFORE = re.compile(r"(?<![\w'’-])([A-Z][\w'’-]*)\.?[ \t]$")
_CAPITAL_AFTER = re.compile(r"[ \t][A-Z][a-z]")
# The text before a word that begins a line, list and Markdown signs apart.
_LINE = re.compile(r"(?:\A|\n)[\s*_>\[(]*\Z")
# The text after a name that is an ordinary word too: "Hill said", "Mark, who", "May's".
_PERSONAL = re.compile(
    r"[,:;)\]?!\"/|&@<]|'s?\b|\.?\s*$|\.?\n|\s+(?:and|or|who|was|is|has|had|said|went|told|wrote|took"
    r"|came|left|made|got|met|ran|sat|saw|gave|felt|knew|thought|did|does|will|would|can|could"
    r"|never|also|then|now|may|might|must|should|asked|[a-z]{3,}ed|[a-z]{2,}[^\Wsu_]s)\b"
)


def match_end(text: str, tokens: Sequence[Word], at: int, term: SearchTerm) -> int | None:
    """Return the end offset of a term that begins at token `at`.

    None if it does not occur there.
    """
    here = at
    for position, form in enumerate(term.forms):
        if position == term.middle > 0 and _is_middle(text, tokens, here, form):
            here += 1
        if here >= len(tokens) or tokens[here].form != form:
            return None
        if position and not GAPS[term.gap].fullmatch(
            text, tokens[here - 1].end, tokens[here].start
        ):
            return None
        here += 1
    first, last = tokens[at], tokens[here - 1]
    if term.capital and text[first.start].islower():
        return None
    if not _KINDS.get(term.source, _anywhere)(text, first, last):
        return None
    if term.spread and len(term.forms) == 1 and _is_part(text, first, last):
        return None
    return _with_stop(text, last, term)


def _is_part(text: str, first: Word, last: Word) -> bool:
    """Tell whether a name alone is part of a longer one, as "Vance" of "Cal Vance Park".

    Titles and ordinary words that begin a sentence are no part of it.
    """
    if _CAPITAL_AFTER.match(text, last.end):
        return True
    before = _CAPITAL_BEFORE.search(text, max(0, first.start - CONTEXT), first.start)
    if before is None or is_title(before[1]):
        return False
    return not is_common(before[1].casefold())


def _is_middle(text: str, tokens: Sequence[Word], here: int, form: str) -> bool:
    """Tell whether token `here` is an initial or another name before the expected `form`."""
    if here + 1 >= len(tokens) or tokens[here].form == form:
        return False
    word = tokens[here]
    if not text[word.start].isupper():
        return False
    return word.end - word.start == 1 or (word.form.isalpha() and not is_common(word.form))


def _anywhere(_text: str, _first: Word, _last: Word) -> bool:
    """Accept a term in any context."""
    return True


def _whole(text: str, first: Word, last: Word) -> bool:
    """Tell whether a name does not reach into the address beside it."""
    return text[first.start].islower() == text[last.start].islower()


def _initial(text: str, first: Word, last: Word) -> bool:
    """Tell `Vance, T.` from `Vance A man`: after the surname an initial needs its full stop."""
    initial = first if len(first.form) == 1 else last
    if text[initial.start].islower():  # as in /people/t-vance
        other = last if initial is first else first
        gap = text[first.end : last.start]
        return text[other.start].islower() and _IN_ADDRESS.fullmatch(gap) is not None
    return initial is not last or text[initial.end : initial.end + 1] == "."


def _initials(text: str, first: Word, last: Word) -> bool:
    """Tell whether initials are capitals, each with its stop: "T. V.", "T.V."."""
    stretch = text[first.start : last.end + 1]
    return stretch.isupper() and re.fullmatch(r"(?:\w\.[ -]?)+", stretch) is not None


def _letters(text: str, first: Word, _last: Word) -> bool:
    """Tell whether a word is all capitals."""
    return text[first.start : first.end].isupper()


def _speaker(text: str, first: Word, last: Word) -> bool:
    """Tell whether letters begin a line, before a colon: "TV: Yes."."""
    begins = _LINE.search(text, max(0, first.start - 8), first.start)
    return _letters(text, first, last) and bool(begins) and _colon(text, last)


def _colon(text: str, last: Word) -> bool:
    """Tell whether a colon follows a word, Markdown signs apart: "**TV**:"."""
    return re.match(r"[*_\])]*:(?:\s|\*|$)", text[last.end : last.end + 5]) is not None


def _family(text: str, first: Word, _last: Word) -> bool:
    """Tell whether an article or number precedes a plural surname: "the Marshes"."""
    return _FAMILY.search(text, max(0, first.start - 24), first.start) is not None


def _lone(text: str, first: Word, last: Word) -> bool:
    """Tell a name from the ordinary word that begins a sentence.

    "Mark said" from "Mark the box".
    """
    if first is not last:
        return True
    if text[first.start].islower() and _is_ordinary(text, first):
        return False
    if not is_common(first.form):
        return True
    begins = _SENTENCE.search(text, max(0, first.start - 8), first.start)
    return begins is None or _PERSONAL.match(text, last.end) is not None


def _is_ordinary(text: str, word: Word) -> bool:
    """Tell whether a word in small letters is no name: "single storey", "of this kernel".

    A word of a dictionary is none where it stands in a sentence, and one in `t.storey` or
    `storey.jpg`.
    """
    if _DETERMINED.search(text, max(0, word.start - 24), word.start):
        return True
    before, after = text[max(0, word.start - 1) : word.start], text[word.end : word.end + 2]
    alone = before.strip("\"'(“‘[").strip() == "" and _IN_PROSE.match(after) is not None
    return alone and is_rare(word.form)


def _spelled(text: str, first: Word, last: Word) -> bool:
    """Tell whether words are capitalised and name no organisation."""
    return text[last.start].isupper() and not_organisation(text[first.start : last.end])


_KINDS: Mapping[str, Callable[[str, Word, Word], bool]] = MappingProxyType(
    {
        "link:full name": _whole,
        "link:surname first": _whole,
        "link:initial": _initial,
        "link:initials": _initials,
        "link:letters": _letters,
        "link:speaker": _speaker,
        "link:family": _family,
        "link:name": _lone,
        "link:short": _lone,
        "link:address": _spelled,
        "link:file name": _spelled,
    }
)


def _with_stop(text: str, last: Word, term: SearchTerm) -> int:
    """Return the end of a match, with the full stop of a final initial."""
    initial = term.source in {"link:initial", "link:initials"} and len(last.form) == 1
    stop = initial and text[last.start].isupper() and text[last.end : last.end + 1] == "."
    return last.end + stop
