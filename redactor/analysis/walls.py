"""The placeholders that a text has already, as walls: no detector reads into or across one.

What stands beside a placeholder is judged as if the value stood there still: detectors read a
stand-in of the same kind and width. `[PERSON_7FQ2M9XA] v. Vance` is read like `Alexander Johnson
v. Vance`, of which "v." is no name, and a copy comes out of a second run as it went in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType

from redactor.detect.coreference.name_parser import parse_name
from redactor.model import Finding

__all__ = ["Walls"]

NEAR = 200  # characters around a placeholder: a paragraph
# Near one, a span of the model is a person from these scores on: several words with capitals, and
# one word or words in small letters, in which copies differ most from one run to the next.
SURE_OF_NAMES, SURE_OF_WORDS = 0.5, 0.75
# One of each width, so that any placeholder has a stand-in of its own width.
_GIVEN = {len(one): one for one in "Jo Tom Anna Peter Martin Richard Jonathan Alexander".split()}
_SURNAMES = {
    len(one): one
    for one in "Lee Hall Clark Turner Johnson Robinson Hargreave Richardson Featherston".split()
}
_SHORTEST_FULL = 7  # characters of a given name and a surname
_DIGITS = "4071938265"
# The entity of a placeholder: of `[PERSON_7FQ2M9XA (b)(6)]`, PERSON.
_ENTITY = re.compile(r"[\[<]?([A-Z][A-Z_]*[A-Z])(?=[_:\]>\s-]|$)")
_BESIDE = re.compile(r"[ \t]{1,2}")  # between two words of one name


@dataclass(frozen=True, slots=True)
class Walls:
    """Spans of placeholders in a window, in order, and what detectors read there instead."""

    spans: tuple[tuple[int, int], ...]
    text: str = field(repr=False)

    @classmethod
    def of(cls, text: str, placeholders: Iterable[re.Match[str]]) -> Walls:
        """Return the walls of a text."""
        found = list(placeholders)
        parts: list[str] = []
        done = 0
        for one in found:
            parts += (text[done : one.start()], _stand_in(one.group()))
            done = one.end()
        return cls(tuple(one.span() for one in found), "".join((*parts, text[done:])))

    def outside(
        self, findings: Iterable[Finding], offset: int, miss: float = 0.0
    ) -> Iterator[Finding]:
        """Yield the findings that no wall is in, and what is left of people beside one.

        Of a name only words with a capital are left, set off by a blank. What stands near a
        placeholder was judged before: a doubtful person there is a near miss.
        """
        for one in findings:
            walls = [
                (start + offset, end + offset)
                for start, end in self.spans
                if start + offset < one.end and one.start < end + offset
            ]
            if not walls and not self._is_glued(one, offset):
                yield (
                    replace(one, score=min(one.score, miss))
                    if self._is_unsure(one, offset)
                    else one
                )
            elif one.entity == "PERSON":
                yield from self._cut(one, walls, offset)

    def hold(self, start: int, end: int, offset: int) -> bool:
        """Tell whether all letters and digits of a span are within walls, two or more.

        An alternate view may join what is on both sides of a sign that rubs out: of `[A]<DEL>[B]` a
        part of each. What is encoded within one alone may be anybody's name.
        """
        start, end = start - offset, end - offset
        met = [range(first, last) for first, last in self.spans if first < end and start < last]
        return len(met) > 1 and not any(
            self.text[at].isalnum() and not any(at in one for one in met)
            for at in range(start, end)
        )

    def _is_glued(self, finding: Finding, offset: int) -> bool:
        """Tell whether an account is what a wall has left of an address: `[...]@build7`."""
        begins = {end + offset for _, end in self.spans}
        return finding.entity == "HANDLE" and finding.start in begins

    def _is_unsure(self, finding: Finding, offset: int) -> bool:
        """Tell whether a wall is near a doubtful person."""
        said = self.text[finding.start - offset : finding.end - offset]
        sure = SURE_OF_NAMES if len(said.split()) > 1 and not said.islower() else SURE_OF_WORDS
        if not finding.source.startswith("model:") or finding.score >= sure:
            return False
        return any(
            start + offset - NEAR <= finding.end and finding.start <= end + offset + NEAR
            for start, end in self.spans
        )

    def _cut(
        self, finding: Finding, walls: list[tuple[int, int]], offset: int
    ) -> Iterator[Finding]:
        """Yield the parts of a finding that are outside of the walls it meets."""
        starts = [finding.start, *(end for _, end in walls)]
        ends = [*(start for start, _ in walls), finding.end]
        for start, end in zip(starts, ends, strict=True):
            if start < end and self._is_name(start - offset, end - offset):
                text = self.text[start - offset : end - offset]
                left = start + len(text) - len(text.lstrip())
                yield replace(finding, start=left, end=end - len(text) + len(text.rstrip()))

    def _is_name(self, start: int, end: int) -> bool:
        """Tell whether a part of a finding is a name without the wall beside it."""
        part = self.text[start:end]
        words = part.split()
        apart = _BESIDE.match(part) or _BESIDE.fullmatch(part[-1:])
        named = all(word[0].isupper() and word[2:].islower() for word in words)
        return bool(apart) and named and parse_name(part) is not None


def _stand_in(placeholder: str) -> str:
    """Return what detectors read in the place of a placeholder: as wide, and of its kind."""
    width, known = len(placeholder), _ENTITY.match(placeholder)
    if known is None or placeholder[0] not in "[<":  # a mask, or part of a file's name
        return placeholder
    return _KINDS.get(known[1], _number)(width)


def _mailbox(width: int) -> str:
    """Return an address of a width, or the end of one."""
    return "mail@example.org".rjust(width, "e")[-width:]


def _handle(width: int) -> str:
    return "@" + _user(width - 1)


def _user(width: int) -> str:
    return "user".ljust(width, "0")[:width]


def _street(width: int) -> str:
    """Return a house in a street, of a width."""
    return f"12 {_name(width - 10)} Street" if width > len("12 Jo Street") else _number(width)


def _name(width: int) -> str:
    """Return an invented name of a width."""
    if width < _SHORTEST_FULL:
        return _GIVEN.get(width, "A" * width)
    for given, surname in ((g, s) for g in sorted(_GIVEN, reverse=True) for s in sorted(_SURNAMES)):
        if given + 1 + surname == width:
            return f"{_GIVEN[given]} {_SURNAMES[surname]}"
    return f"Jonathan {_name(width - 9)}"


def _number(width: int) -> str:
    """Return digits of a width."""
    return "".join(islice(_DIGITS * (width // len(_DIGITS) + 1), width))


_KINDS: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        **dict.fromkeys(("PERSON", "ORGANIZATION", "LOCATION", "NRP"), _name),
        "EMAIL_ADDRESS": _mailbox,
        "HANDLE": _handle,
        "USERNAME": _user,
        "STREET_ADDRESS": _street,
    }
)
