r"""Alternate views: a text as it reads once it is de-obfuscated, for what the view cannot undo.

The view (`redactor.text`) undoes disguises of single characters, for the whole text. The rewrites
here would harm other text, so they are made beside it: an *alternate view* is a part of the view in
which some spans are rewritten, and a finding in it counts only if it touches such a span.

- letters and digits with a blank after each are one word: `i l s e @ e x a m p l e . n e t`;
- an address, a link or groups of digits continue on the next line, without a hyphen;
- quoted-printable: `=40` is `@`, and a line that ends in `=` continues on the next; `\'40` of RTF,
  `\100` of programs and `+AEA-` of UTF-7 are `@` as well; `H\"older` of TeX is Hölder;
- the words of a hashtag: `#JusticeForIlseVance`, in which only names known from
  elsewhere in the document are searched for;
- letters among digits that a scanner took for them: `4OOO`;
- what is hidden between the characters, or rubbed out, is there or is not (`hidden`);
- text written backwards, or reversed by a bidirectional override;
- encoded text (`encodings`), decoded as often as it is nested, up to `DEPTH`; deeper nesting
  raises. A finding inside covers the whole encoded text.

Every character of an alternate view has its position in the source, as in the view. The time is
proportional to the text: views are bounded, and decoded text is shorter than its code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from redactor.detect.deobfuscation.codes import blobs, readable
from redactor.detect.deobfuscation.encodings import bytes_as_text, decoded
from redactor.detect.deobfuscation.hidden import readings
from redactor.detect.deobfuscation.rewrites import (
    LONGEST,
    Change,
    Span,
    backwards,
    hashtags,
    misread,
    native_words,
    next_digits,
    next_line,
    program_escapes,
    quoted_printable,
    spaced,
    spaced_digits,
    spaced_runs,
    utf7,
)
from redactor.detect.deobfuscation.tex import tex_letters
from redactor.errors import InputError
from redactor.formats.signatures import is_media
from redactor.model import Finding
from redactor.text import View, plain, view

__all__ = ["DEPTH", "SURE", "AlternateView", "alternate_views"]

DEPTH = 5
"""How many times over a text may be encoded; one that is more often could not be examined."""

SURE = 0.7
"""The score a finding needs where digits are guessed: a check digit, or a label beside it."""

LIKELY = 0.6
"""The score a finding needs among the strings of a certificate and the like, which are mostly names
of companies. Of the 140 authorities that browsers trust, 21 had a company taken for a person at the
default threshold, and three have at this."""

_REMEMBERED = 20_000  # characters: of a longer text the views would take too much memory at once

_CONTEXT = 80  # characters on either side of what reads otherwise
_WORD = 40  # more of them, at most, so that no word is cut
_APART = 40  # places this near to one another belong to one reading


@dataclass(frozen=True, slots=True)
class AlternateView:
    """A part of a text, rewritten. The `repr` shows no text.

    `changed` are the rewritten spans, in its own text. A finding counts if it overlaps or adjoins
    one of them, or extends across one that is empty now, and if its score is at least `least`.
    Where not `names`, no name is looked for: words were cut.
    """

    inner: View
    outer: View | AlternateView
    changed: tuple[Span, ...]
    least: float = 0.0
    names: bool = True

    @property
    def text(self) -> str:
        """Return the rewritten text."""
        return self.inner.text

    @property
    def plain(self) -> View:
        """Return the text as a view of itself: findings in it have positions in this text."""
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
        """Tell whether a finding at `start:end` counts.

        It touches a rewritten span and scores enough.
        """
        touched = any(
            (left < end and start < right) or (left < right and (left == end or start == right))
            for left, right in self.changed
        )
        return touched and score >= self.least


def alternate_views(source: str, seen: View) -> Iterable[AlternateView]:
    """Return every alternate view of a text, whose view is `seen`.

    Raises InputError for text that is encoded more than `DEPTH` times over.
    """
    return _remembered(source) if len(source) <= _REMEMBERED else _alternate_views(source, seen)


@lru_cache(maxsize=4)
def _remembered(source: str) -> tuple[AlternateView, ...]:
    """Return the alternate views of a text, which are asked for in each pass over it."""
    return tuple(_alternate_views(source, view(source)))


def _alternate_views(source: str, seen: View) -> Iterator[AlternateView]:
    yield from _turned(source)
    yield from _revealed(source)
    yield from _coded(source)
    yield from _readings(seen, DEPTH)


def _readings(seen: View | AlternateView, depth: int) -> Iterator[AlternateView]:
    """Yield the alternate views of a view, and those of the decoded texts in it."""
    text = seen.text
    runs = list(spaced_runs(text))
    escapes = quoted_printable(text), program_escapes(text), utf7(text), tex_letters(text)
    between = next_line(text), native_words(text)
    for changes in (spaced(runs), spaced_digits(runs), *between, *escapes):
        yield from _rewritten(seen, changes)
    for changes in (next_digits(text), misread(text)):
        yield from _rewritten(seen, changes, SURE)
    for reading in _rewritten(seen, hashtags(text)):
        yield replace(reading, names=False)
    for start, end in backwards(text):
        yield _reversed(seen, start, end)
    for start, end, said in decoded(text):
        if not depth:
            raise InputError(f"holds text that is encoded more than {DEPTH} times over")
        reading = _decoded(seen, start, end, view(said).text)
        if reading.text:
            yield reading
            yield from _readings(reading, depth - 1)


# -- readings of stretches --------------------------------------------------------------------


def _rewritten(
    seen: View | AlternateView, changes: Iterable[Change], least: float = 0.0
) -> Iterator[AlternateView]:
    """Yield the parts of a view around changes, with the changes made."""
    for group in _groups(changes):
        start, end = _begin(seen.text, group[0][0]), _end(seen.text, group[-1][1])
        reading = _with_changes(seen, start, end, group, least)
        if reading.text:
            yield reading


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield changes in groups that are near enough to belong to one alternate view."""
    group: list[Change] = []
    for start, end, text in changes:
        if group and (start - group[-1][1] > _APART or end - group[0][0] > LONGEST):
            yield group
            group = []
        group.append((start, end, text))
    if group:
        yield group


def _begin(text: str, at: int) -> int:
    """Return the start of the context of a change: at a word, and in its paragraph."""
    low = max(at - _CONTEXT - _WORD, 0)
    blanks = (text.rfind(blank, low, max(at - _CONTEXT, 0)) + 1 for blank in " \n")
    return max(low, *blanks, text.rfind("\n\n", low, at) + 1)


def _end(text: str, at: int) -> int:
    """Return the end of the context of a change."""
    high = min(at + _CONTEXT + _WORD, len(text))
    found = [text.find(blank, at + _CONTEXT, high) for blank in " \n"]
    found.append(text.find("\n\n", at, high))
    return min((place for place in found if place >= 0), default=high)


def _with_changes(
    seen: View | AlternateView, start: int, end: int, changes: Sequence[Change], least: float
) -> AlternateView:
    """Return `start:end` of a view with changes made."""
    made = _Maker()
    done = start
    for left, right, text in changes:
        made.add(done, left, seen.text[done:left])
        made.add(left, right, text, changed=True)
        done = right
    made.add(done, end, seen.text[done:end])
    return AlternateView(made.view(), seen, tuple(made.changed), least)


class _Maker:
    """Assembles an alternate view, piece by piece."""

    def __init__(self) -> None:
        self.changed: list[Span] = []
        self._pieces: list[str] = []
        self._runs: list[tuple[int, int, int]] = []
        self._length = 0

    def add(self, start: int, end: int, text: str, *, changed: bool = False) -> None:
        """Add `text`, which the source has at `start:end`."""
        stop = self._length + len(text)
        if changed:
            self.changed.append((self._length, stop))
        if text:
            self._runs.append((self._length, start, start - end if changed else end - start))
            self._pieces.append(text)
        self._length = stop

    def view(self) -> View:
        """Return the assembled text with its positions."""
        starts, origins, lengths = zip(*self._runs, strict=True) if self._runs else ((), (), ())
        return View("".join(self._pieces), starts, origins, lengths)


def _reversed(seen: View | AlternateView, start: int, end: int) -> AlternateView:
    """Return a part of a view, reversed."""
    inner = View(
        seen.text[start:end][::-1],
        tuple(range(end - start)),
        tuple(range(end - 1, start - 1, -1)),
        (1,) * (end - start),
    )
    return AlternateView(inner, seen, ((0, end - start),))


def _decoded(
    seen: View | AlternateView, start: int, end: int, said: str, least: float = 0.0
) -> AlternateView:
    """Return a decoded text, all of whose characters have the position of its code."""
    inner = View(said, (0,), (start,), (start - end,))
    return AlternateView(inner, seen, ((0, len(said)),), least)


# Text after a right-to-left override (U+202E), to the end of the override or line.
_TURNED = re.compile("\u202e([^\u202c\u2069\u202d\n]{3,2000})")


def _turned(source: str) -> Iterator[AlternateView]:
    """Yield text that a right-to-left override shows reversed."""
    for match in _TURNED.finditer(source):
        seen = view(match[1])
        shifted = View(
            seen.text, seen.starts, tuple(o + match.start(1) for o in seen.origins), seen.lengths
        )
        if seen.text:
            yield _reversed(shifted, 0, len(seen.text))


def _revealed(source: str) -> Iterator[AlternateView]:
    """Yield a text as it reads with and without what is hidden in it."""
    for changes, names in readings(source):
        for group in _groups(changes):
            start, end = _begin(source, group[0][0]), _end(source, group[-1][1])
            reading = _in_step(source, start, end, group, names=names)
            if reading.text:
                yield reading


def _coded(source: str) -> Iterator[AlternateView]:
    """Yield what codes stand for. Of data that is no text it is the strings in it.

    Text in base64 may stand in escapes: see `decoded`. Pictures and the like are examined as such.
    """
    for blob in blobs(source):
        said, least = bytes_as_text(blob.data), 0.0
        if not said and not is_media(blob.data):
            said, least = readable(blob.data), LIKELY
        elif blob.code == "base64":
            continue
        reading = _decoded(plain(source), blob.start, blob.end, view(said).text, least)
        if reading.text:
            yield reading
            if not least:
                yield from _readings(reading, DEPTH - 1)


def _in_step(
    source: str, start: int, end: int, changes: Sequence[Change], *, names: bool
) -> AlternateView:
    """Return `start:end` of a text with changes made that keep its length."""
    pieces: list[str] = []
    done = start
    for left, right, text in changes:
        pieces += (source[done:left], text)
        done = right
    seen = view("".join((*pieces, source[done:end])))
    outer = View(seen.text, seen.starts, tuple(start + o for o in seen.origins), seen.lengths)
    changed = tuple((_place(outer, left), _place(outer, right)) for left, right, _ in changes)
    return AlternateView(plain(outer.text), outer, changed, names=names)


def _place(seen: View, position: int) -> int:
    """Return the first position of a view that comes from `position` of its source, or later."""
    run = bisect_right(seen.origins, position) - 1
    if run < 0:
        return 0
    into, length = position - seen.origins[run], seen.lengths[run]
    if into < length or (into == 0 and length < 0):
        return seen.starts[run] + into
    return seen.starts[run + 1] if run + 1 < len(seen.starts) else len(seen.text)
