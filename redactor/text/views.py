"""The normalised view of a text, and its positions in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.text.escapes import entity, escape_runs, program_runs
from redactor.text.folding import MARK, MARKS, cluster_runs, fold_cluster, fold_look_alikes
from redactor.text.hidden import CONTROL_SEQUENCE, SEPARATORS

__all__ = ["View", "plain", "view"]

# Hyphens that may break a word at the end of a line, beside the plain one.
_BREAKS = "\u2010\u2011\u00ad\u00ac"
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
    rf"|(?P<control>(?:{CONTROL_SEQUENCE}|[\x00-\x08\x0e-\x1b\x7f])+)"
    rf"|(?P<foreign>(?:\S(?=[{MARKS}]))?[^\x00-\x7f{_BREAKS}]+|[{_BREAKS}])"
)


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
    text = fold_look_alikes("".join(pieces))
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
        based = at < here and MARK.match(source, here)  # a mark belongs to what stands before it
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
            yield start, end, fold_cluster(entity(text)) or ""
        case "escape":
            yield from escape_runs(start, text)
        case "program":
            yield from program_runs(start, text)
        case _:
            yield from cluster_runs(start, text)
