"""Other ways to read a text than letter by letter: what somebody who wants to will read in it.

The view undoes disguises of single characters, and holds for the whole text. What is here would do
harm to other text, so it stands beside the view: a *reading* is a stretch of the view in which
some places read otherwise, and what is found in it counts only if it touches such a place.

- letters and digits with a blank after each are one word: `i l s e @ e x a m p l e . n e t`;
- an address, a link or groups of digits go on in the next line, without a hyphen;
- quoted-printable: `=40` is `@`, and a line that ends in `=` goes on in the next;
- letters among digits that a scanner took for them: `4OOO`;
- text written backwards, or turned by a bidirectional override;
- encoded text (`codes`), decoded as often as it is nested, up to `DEPTH`: a finding inside covers
  all of what was encoded.

Every character of a reading knows the source it came from, as in the view. All of it takes time in
proportion to the text: stretches are bounded, and what is decoded is shorter than its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from redactor.detect.codes import decoded
from redactor.model import Finding
from redactor.text import View, plain, view

__all__ = ["DEPTH", "SURE", "Reading", "readings"]

DEPTH = 3
"""How often what was decoded is decoded again."""

SURE = 0.7
"""The score a finding needs where digits are guessed: a check digit, or a label beside it."""

Span = tuple[int, int]

_Change = tuple[int, int, str]
"""A span of a text, and what stands there in the reading."""

_CONTEXT = 80  # characters on either side of what reads otherwise
_WORD = 40  # more of them, at most, so that no word is cut
_APART = 40  # places this near to one another belong to one reading
_LONGEST = 4_000  # characters between the first and the last place of one reading


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of a text as it reads otherwise. The `repr` shows no text.

    `changed` are the spans of its own text that read otherwise. A finding counts if it touches one
    of them, be it at its edge, or lies across one of which nothing is left, and if it scores at
    least `least`.
    """

    inner: View
    outer: View | Reading
    changed: tuple[Span, ...]
    least: float = 0.0

    @property
    def text(self) -> str:
        """Return what it says."""
        return self.inner.text

    @property
    def plain(self) -> View:
        """Return the text as a view of itself: what is found in it has positions in this text."""
        return plain(self.text)

    def span(self, start: int, end: int) -> Span:
        """Return the source span of `start:end`, which must not be empty."""
        return self.outer.span(*self.inner.span(start, end))

    def placed_span(self, start: int, end: int, offset: int) -> Span:
        """Return the source span of `start:end` plus `offset`."""
        left, right = self.span(start, end)
        return left + offset, right + offset

    def placed(self, finding: Finding, offset: int) -> Finding:
        """Return a finding in this text as one in the source, plus `offset`."""
        start, end = self.placed_span(finding.start, finding.end, offset)
        return replace(finding, start=start, end=end)

    def counts(self, start: int, end: int, score: float = 1.0) -> bool:
        """Tell whether something found at `start:end` counts."""
        touched = any(
            (left < end and start < right) or (left < right and (left == end or start == right))
            for left, right in self.changed
        )
        return touched and score >= self.least


def readings(source: str, seen: View) -> Iterator[Reading]:
    """Yield every other reading of a text, whose view is `seen`."""
    yield from _turned(source)
    yield from _readings(seen, DEPTH)


def _readings(seen: View | Reading, depth: int) -> Iterator[Reading]:
    text = seen.text
    for changes in (_spaced(text), _spaced_digits(text), _next_line(text), _quoted_printable(text)):
        yield from _rewritten(seen, changes)
    for changes in (_next_digits(text), _misread(text)):
        yield from _rewritten(seen, changes, SURE)
    for start, end in _backwards(text):
        yield _reversed(seen, start, end)
    for start, end, said in decoded(text) if depth else ():
        reading = _decoded(seen, start, end, view(said).text)
        if reading.text:
            yield reading
            yield from _readings(reading, depth - 1)


# -- readings of stretches --------------------------------------------------------------------


def _rewritten(
    seen: View | Reading, changes: Iterable[_Change], least: float = 0.0
) -> Iterator[Reading]:
    """Yield the stretches around changes, with the changes made."""
    for group in _groups(changes):
        start, end = _begin(seen.text, group[0][0]), _end(seen.text, group[-1][1])
        reading = _with_changes(seen, start, end, group, least)
        if reading.text:
            yield reading


def _groups(changes: Iterable[_Change]) -> Iterator[list[_Change]]:
    group: list[_Change] = []
    for start, end, text in changes:
        if group and (start - group[-1][1] > _APART or end - group[0][0] > _LONGEST):
            yield group
            group = []
        group.append((start, end, text))
    if group:
        yield group


def _begin(text: str, at: int) -> int:
    """Return where the context of a place begins: with a word, and in its paragraph."""
    low = max(at - _CONTEXT - _WORD, 0)
    blanks = (text.rfind(blank, low, max(at - _CONTEXT, 0)) + 1 for blank in " \n")
    return max(low, *blanks, text.rfind("\n\n", low, at) + 1)


def _end(text: str, at: int) -> int:
    """Return where the context of a place ends."""
    high = min(at + _CONTEXT + _WORD, len(text))
    found = [text.find(blank, at + _CONTEXT, high) for blank in " \n"]
    found.append(text.find("\n\n", at, high))
    return min((place for place in found if place >= 0), default=high)


def _with_changes(
    seen: View | Reading, start: int, end: int, changes: Sequence[_Change], least: float
) -> Reading:
    made = _Maker()
    done = start
    for left, right, text in changes:
        made.add(done, left, seen.text[done:left])
        made.add(left, right, text, changed=True)
        done = right
    made.add(done, end, seen.text[done:end])
    return Reading(made.view(), seen, tuple(made.changed), least)


class _Maker:
    """Puts a reading together, piece by piece."""

    def __init__(self) -> None:
        self.changed: list[Span] = []
        self._pieces: list[str] = []
        self._runs: list[tuple[int, int, int]] = []
        self._length = 0

    def add(self, start: int, end: int, text: str, *, changed: bool = False) -> None:
        """Add what `start:end` reads as."""
        stop = self._length + len(text)
        if changed:
            self.changed.append((self._length, stop))
        if text:
            self._runs.append((self._length, start, start - end if changed else end - start))
            self._pieces.append(text)
        self._length = stop

    def view(self) -> View:
        starts, origins, lengths = zip(*self._runs, strict=True) if self._runs else ((), (), ())
        return View("".join(self._pieces), starts, origins, lengths)


def _reversed(seen: View | Reading, start: int, end: int) -> Reading:
    """Return a stretch read from its end."""
    inner = View(
        seen.text[start:end][::-1],
        tuple(range(end - start)),
        tuple(range(end - 1, start - 1, -1)),
        (1,) * (end - start),
    )
    return Reading(inner, seen, ((0, end - start),))


def _decoded(seen: View | Reading, start: int, end: int, said: str) -> Reading:
    """Return what an encoded stretch says; it is one with its code."""
    return Reading(View(said, (0,), (start,), (start - end,)), seen, ((0, len(said)),))


# -- where a text reads otherwise -------------------------------------------------------------

_ALONE = r"""\S(?![^\s.,;:!?)\]"'])"""
_SEED = re.compile(rf" \S {{1,3}}\S {{1,3}}{_ALONE}")
_SPACED_BEFORE = re.compile(r"(?:(?<!\S)\S {1,4}){1,100}$")
_SPACED = re.compile(rf"\S(?: {{1,4}}{_ALONE}){{4,400}}+")
_GAP = re.compile(" +")
_NUMBER_LABEL = re.compile(
    r"(?i)\b(?:ssn|security|tele(?:phone|fon)|phone|tel|cell|mobile|fax|call|ring|card|account|acct"
    r"|number|nummer|no|nr|id|passport|pin|iban|code|routing)\b[^\n]{0,12}$"
)


def _spaced(text: str) -> Iterator[_Change]:
    """Yield the blanks inside letter-spaced words; wider ones stand between words."""
    for run in _spaced_runs(text):
        if any(map(str.isalpha, run.group())):
            yield from _blanks(run)


def _spaced_digits(text: str) -> Iterator[_Change]:
    """Yield the blanks inside rows of single digits after a label; others are tables, puzzles."""
    for run in _spaced_runs(text):
        if not any(map(str.isalpha, run.group())):
            begin = max(run.start() - _LONG_LINE, text.rfind("\n", 0, run.start()) + 1)
            if _NUMBER_LABEL.search(text, begin, run.start()):
                yield from _blanks(run)


def _spaced_runs(text: str) -> Iterator[re.Match[str]]:
    done = 0
    while seed := _SEED.search(text, done):
        earlier = _SPACED_BEFORE.search(
            text, max(seed.start() - _LONG_LINE, done), seed.start() + 1
        )
        run = _SPACED.match(text, earlier.start() if earlier else seed.start() + 1)
        if run:
            yield run
        done = run.end() if run else seed.start() + 1


def _blanks(run: re.Match[str]) -> Iterator[_Change]:
    gaps = list(_GAP.finditer(run.string, *run.span()))
    narrow = min(len(gap.group()) for gap in gaps)
    for gap in gaps:
        yield *gap.span(), "" if len(gap.group()) == narrow else " "


_LONG_LINE = 200  # characters of a line that are looked at
# Each of these begins with the line end, which is quick to find; what stands before it is told by
# another pattern, put to the end of that line.
_HOST_GOES_ON = re.compile(r"\n[ \t]{0,12}(?=[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}\b)")
_HOST = re.compile(r"\w@[\w-]{1,63}$")
_ADDRESS_GOES_ON = re.compile(r"\n[ \t]{0,12}(?=[\w.+-]{1,64}@[\w-]{1,63}\.\w)")
_LOCAL_PART = re.compile(r"(?<![\w@/.])\w{1,40}(?:[._][\w-]{1,40}){0,4}(?:_|[._][a-zA-Z-]{1,40})$")
_LINK_GOES_ON = re.compile(r"\n[ \t]{0,12}(?=[a-z0-9@%_~-])")
_LINK = re.compile(r"(?:://|\bwww\.|\.(?:com|org|net|me|social)/)\S*[/_=&?%~+]$|@\w{2,40}_$")
_PATH_GOES_ON = re.compile(r"\n[ \t]{0,12}(?=[\w%-]{1,40}/[\w/%.-])")
_PATH = re.compile(r"(?:://|\bwww\.)\S*\w$")
_NUMBER_GOES_ON = re.compile(r"\n[ \t]{0,12}(?=\(?\d|[A-Z]{4}\b)")
_LABELLED_NUMBER = re.compile(r"[^\W\d_]\D{0,40}(?:[\d(][\d ()./+-]{0,40})?\d[ \t]?$")
_IBAN_BEGUN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){0,7}[ \t]?$")


def _next_line(text: str) -> Iterator[_Change]:
    """Yield the line ends inside addresses and links."""
    found = {
        *_ends(_HOST_GOES_ON, _HOST, text),
        *_ends(_ADDRESS_GOES_ON, _LOCAL_PART, text),
        *_ends(_LINK_GOES_ON, _LINK, text),
        *_ends(_PATH_GOES_ON, _PATH, text),
    }
    yield from ((start, end, "") for start, end in sorted(found))


def _next_digits(text: str) -> Iterator[_Change]:
    """Yield the line ends inside numbers; a line of nothing but numbers is a row of a table."""
    found = {
        *_ends(_NUMBER_GOES_ON, _LABELLED_NUMBER, text),
        *_ends(_NUMBER_GOES_ON, _IBAN_BEGUN, text),
    }
    yield from ((start, end, " ") for start, end in sorted(found))


def _ends(goes_on: re.Pattern[str], before: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield the line ends that a pattern finds, if what stands before them on the line fits."""
    for match in goes_on.finditer(text):
        end = match.start()
        if before.search(text, max(end - _LONG_LINE, text.rfind("\n", 0, end) + 1), end):
            yield match.span()


_PRINTABLE = re.compile(r"=(?:\n|[0-9A-F]{2}(?:=[0-9A-F]{2}){0,200}+)")
_HIDDEN = 3  # escapes in a row


def _quoted_printable(text: str) -> Iterator[_Change]:
    """Yield the escapes of quoted-printable, and its line ends.

    Nobody escapes letters and digits, but to hide something: `max-age=31` is no escape.
    """
    for match in _PRINTABLE.finditer(text):
        if match.group() == "=\n":
            yield *match.span(), ""
            continue
        data = bytes.fromhex(match.group().replace("=", ""))
        ordinary = any(map(str.isalnum, data.decode("ascii", "ignore")))
        if (said := _escaped(data)) and (len(data) >= _HIDDEN or not ordinary):
            yield *match.span(), said


def _escaped(data: bytes) -> str:
    try:
        text = view(data.decode()).text
    except UnicodeDecodeError:
        text = view(data.decode("cp1252", "replace")).text
    return text if text.isprintable() else ""


# Cyrillic letters stand here as well: among digits the view has no reason to fold them.
_AS_DIGITS = str.maketrans("OoQОоIl|!SsBZz", "00000111155822")
_AMONG_DIGITS = re.compile(r"[0-9](?:(?<=[OoQОоIl|!SsBZz].)|(?=[ .()/-]?[OoQОоIl|!SsBZz]))")
_MIXED = re.compile(
    r"(?<![^\W_])[0-9OoQОоIl|!SsBZz]{1,24}+"
    r"(?:[ .()/+-]{1,2}[0-9OoQОоIl|!SsBZz]{1,24}+){0,12}+(?![^\W_])"
)
_LETTERS = re.compile(r"[OoQОоIl|!SsBZz]")
_FEWEST = 6  # digits of a number that is worth a guess


def _misread(text: str) -> Iterator[_Change]:
    """Yield the letters among digits that look like digits, where two in five signs are digits."""
    done = 0
    while seed := _AMONG_DIGITS.search(text, done):
        number = _MIXED.search(text, max(done, seed.start() - _WORD), seed.end() + _LONG_LINE)
        done = max(number.end() if number else 0, seed.end())
        if number and _is_number(number.group()):
            for letter in _LETTERS.finditer(text, *number.span()):
                yield *letter.span(), letter.group().translate(_AS_DIGITS)


def _is_number(signs: str) -> bool:
    count = sum(map(str.isalnum, signs))
    digits = sum(map(str.isdigit, signs))
    return count >= _FEWEST and count * 2 <= digits * 5 < count * 5


_TURNED = re.compile("\u202e([^\u202c\u2069\u202d\n]{3,2000})")
_BACKWARDS_AT = re.compile(r"@[\w+-]{1,64}(?![\w.])")
_BACKWARDS_HOST = re.compile(r"(?<![\w.])[a-z]{2,6}\.[\w.-]{1,80}$")
_BACKWARDS_LINK = re.compile(r"//:s?ptth(?!\S)")
_NO_BLANKS = re.compile(r"\S{0,200}$")
# "the", "and", "that", "with", "from", "this", "you"; "und", "nicht"; "pour", "dans"; "para", "los"
_BACKWARDS = "eht dna taht htiw morf siht uoy dnu thcin ruop snad arap sol".split()
_BACKWARDS_WORD = re.compile(rf"\b(?:{'|'.join(_BACKWARDS)})\b")


def _turned(source: str) -> Iterator[Reading]:
    """Yield what a right-to-left override turns round."""
    for match in _TURNED.finditer(source):
        seen = view(match[1])
        shifted = View(
            seen.text, seen.starts, tuple(o + match.start(1) for o in seen.origins), seen.lengths
        )
        if seen.text:
            yield _reversed(shifted, 0, len(seen.text))


def _backwards(text: str) -> Iterator[Span]:
    """Yield what is written backwards: addresses, links, and lines with words that are."""
    yield from _grown(_BACKWARDS_AT, _BACKWARDS_HOST, text)
    yield from _grown(_BACKWARDS_LINK, _NO_BLANKS, text)
    if any(f" {word} " in text for word in _BACKWARDS):
        yield from _backwards_lines(text)


def _grown(pattern: re.Pattern[str], before: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield what a pattern finds together with what stands before it, if that fits."""
    for match in pattern.finditer(text):
        left = before.search(text, max(match.start() - _LONG_LINE, 0), match.start())
        if left:
            yield left.start(), match.end()


def _backwards_lines(text: str) -> Iterator[Span]:
    done = 0
    for match in _BACKWARDS_WORD.finditer(text):
        if match.start() < done:
            continue
        begin = max(match.start() - _LONGEST, done)
        start = max(begin, text.rfind("\n", begin, match.start()) + 1)
        end = text.find("\n", match.end(), match.end() + _LONGEST)
        done = end if end >= 0 else min(match.end() + _LONGEST, len(text))
        if len({word.group() for word in _BACKWARDS_WORD.finditer(text, start, done)}) > 1:
            yield start, done
