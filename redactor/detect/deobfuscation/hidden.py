r"""What is not seen between the characters of a text, and how the text reads with and without it.

The view (`redactor.text`) makes a blank of what separates (form feed, vertical tab, the separators
of ASCII) and drops what does not (zero-width characters, soft hyphens, other controls, the escape
sequences of terminals). Either may be wrong: `646-555-0187` before a soft hyphen and a word is a
number all the same. So the text is read otherwise as well, wherever such characters stand:

- *apart*: with a blank in their place, and as *lines*: with a line end in that of separators;
- *joined*: without them, and without what a backspace rubs out (`x\b`) or inline tags of HTML
  (`646<b>-555-</b>0187`);
- *decoded*: the letters that the tag characters of Unicode stand for.

Every reading is in step with the text: what is left out is replaced by zero-width spaces, which
the view drops, so that each character keeps its position.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from redactor.detect.deobfuscation.rewrites import Change, Span
from redactor.model import Finding
from redactor.text import HIDDEN, SEPARATORS

__all__ = ["Reading", "glued", "readings"]

_NOTHING = "\u200b"  # what the view drops

_HIDDEN = re.compile(HIDDEN)
_RUN = re.compile(f"(?:{HIDDEN})+")
_RUN_BEFORE = re.compile(f"(?:{HIDDEN})+$")
_SEPARATOR = re.compile(f"[{SEPARATORS}]")
_AS_LINES = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x1f", "\n"))

# A backspace, or the delete that old terminals sent for it.
_ERASER = "\x08\x7f"

# Seven tag characters are a text; the flag of England has five and the one that ends it.
_TAGS = re.compile("[\U000e0020-\U000e007e]{7,}")
_TAGGED = {0xE0000 + code: code for code in range(0x20, 0x7F)}

# Tags that change how text looks, and neither begin nor end a word; comments.
_INLINE = re.compile(
    r"(?i)(?:</?(?:a|abbr|b|big|bdi|bdo|cite|code|del|em|font|i|ins|kbd|mark|nobr|q|s|samp|small"
    r"|span|strike|strong|sub|sup|tt|u|var|wbr)(?:\s[^<>\n]{0,200})?/?>|<!--[^<>\n]{0,80}-->)+"
)
_INSIDE = "-.@_/+:"  # signs that stand inside values, beside letters and digits

# Entities whose end is known by what follows alone.
_OPEN_ENDED = frozenset({"PERSON", "EMAIL_ADDRESS", "URL"})


class Reading(NamedTuple):
    """Changes of a text that belong together, and whether they may bring names to light."""

    changes: Sequence[Change]
    names: bool = True


def readings(source: str) -> Iterator[Reading]:
    """Yield how a text reads with other things seen in it; nothing for one that hides none."""
    if _HIDDEN.search(source):
        yield from _runs(source)
        yield Reading(_erased(source))
        for tags in _TAGS.finditer(source):
            yield Reading([(*tags.span(), tags.group().translate(_TAGGED))])
    if "<" in source:
        yield from _inline(source)


def _runs(source: str) -> Iterator[Reading]:
    """Yield the readings in which what is hidden separates, joins, or ends a line."""
    words: list[Change] = []
    parts: list[Change] = []
    joined: list[Change] = []
    lines: list[Change] = []
    controls = False
    for run in _RUN.finditer(source):
        start, end = run.span()
        before, after = source[max(0, start - 1) : start], source[end : end + 1]
        separates = _SEPARATOR.search(run.group())
        if separates:
            lines.append((start, end, _filled(run.group().translate(_AS_LINES))))
        if (separates or _has_controls(run.group())) and (_belongs(before) or _belongs(after)):
            joined.append((start, end, _NOTHING * (end - start)))
            controls = controls or not separates
        if not separates and _touch(before, after):
            within = before.isalpha() and after.isalpha() and not after.isupper()
            (parts if within else words).append((start, end, " " + _NOTHING * (end - start - 1)))
    yield Reading(sorted([*words, *parts]), names=bool(words))
    yield Reading(joined, names=controls)
    yield Reading(lines)


def _filled(text: str) -> str:
    """Return a run with line ends, and nothing else that is seen."""
    return "".join(char if char == "\n" else _NOTHING for char in text)


def _has_controls(run: str) -> bool:
    """Tell whether a run has controls of the upper half, which the view leaves as they are."""
    return any("\x80" <= char <= "\x9f" for char in run)


def _touch(before: str, after: str) -> bool:
    """Tell whether two characters would be read as one word, or as a word and its signs."""
    return _belongs(before) and _belongs(after) and (before.isalnum() or after.isalnum())


def _belongs(char: str) -> bool:
    return char.isalnum() or ("!" <= char <= "~")


def _erased(source: str) -> list[Change]:
    """Return what backspaces rub out, together with them, a sign at a time."""
    changes: list[Change] = []
    kept: list[int] = []  # positions of the signs before, as many as a line may rub out
    if not any(char in source for char in _ERASER):
        return changes
    for run in re.finditer(f"[^{_ERASER}\n]{{0,200}}[{_ERASER}]+", source):
        kept.clear()
        for at, char in enumerate(run.group(), run.start()):
            if char not in _ERASER:
                kept.append(at)
            else:
                changes += [(one, one + 1, _NOTHING) for one in ([kept.pop()] if kept else [])]
                changes.append((at, at + 1, _NOTHING))
    return sorted(changes)


def _inline(source: str) -> Iterator[Reading]:
    """Yield the readings without inline tags inside a word or a number."""
    found: list[Change] = []
    names = False
    for tags in _INLINE.finditer(source):
        start, end = tags.span()
        before, after = source[max(0, start - 1) : start], source[end : end + 1]
        sides = [char.isalnum() or (char != "" and char in _INSIDE) for char in (before, after)]
        if all(sides) and (before.isalnum() or after.isalnum()):
            found.append((start, end, _NOTHING * (end - start)))
            names = names or (before.isalpha() and after.isalpha())
    yield Reading(found, names)


# -- which of two readings is right -----------------------------------------------------------


def glued(findings: Iterable[Finding], source: str, offset: int) -> frozenset[Finding]:
    """Return the findings that take in a word beside a value, across what is hidden between them.

    Of `anna@example.org`, a form feed and `Phone`, joined they are one address; apart there is
    another, which ends at the form feed. Across a separator the shorter one is right, if it is as
    sure and letters follow; across anything else only where that is certain, as by the suffix of a
    host.
    """
    if not _HIDDEN.search(source):
        return frozenset()
    by_entity: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
    listed = list(findings)
    for one in listed:
        scores = by_entity[one.entity]
        span = one.start - offset, one.end - offset
        scores[span] = max(one.score, scores.get(span, 0.0))
    wrong = {
        (entity, long)
        for entity, scores in by_entity.items()
        for long, short in _pairs(sorted(scores), source)
        if scores[short] >= scores[long]
        and (
            _ends_before(short, long, source, entity, surer=scores[short] > scores[long])
            or _begins_behind(short, long, source, entity)
        )
    }
    spans = ((one, (one.entity, (one.start - offset, one.end - offset))) for one in listed)
    return frozenset(one for one, key in spans if key in wrong)


def _pairs(spans: Sequence[Span], source: str) -> Iterator[tuple[Span, Span]]:
    """Yield each span with something hidden inside it, with every other that begins in it."""
    for long in spans:
        if _HIDDEN.search(source, *long):
            for short in spans[bisect_left(spans, (long[0], 0)) :]:
                if short[0] >= long[1]:
                    break
                if short != long:
                    yield long, short


def _ends_before(short: Span, long: Span, source: str, entity: str, *, surer: bool) -> bool:
    """Tell whether the longer of two findings goes on with a word of its own."""
    run = (
        _RUN.match(source, short[1], long[1]) if long[0] <= short[0] < short[1] < long[1] else None
    )
    if run is None or run.end() == long[1]:
        return False
    last, following = source[short[1] - 1], source[run.end()]
    if _SEPARATOR.search(run.group()):
        return following.isalpha()
    new_word = last.islower() and following.isupper()
    return entity in _OPEN_ENDED and (new_word or (surer and entity != "PERSON"))


def _begins_behind(short: Span, long: Span, source: str, entity: str) -> bool:
    """Tell whether the longer of two findings begins with a word of its own."""
    if not long[0] < short[0] < short[1] <= long[1]:
        return False
    run = _RUN_BEFORE.search(source, long[0], short[0])
    if run is None or run.start() == long[0]:
        return False
    last, following = source[run.start() - 1], source[short[0]]
    if _SEPARATOR.search(run.group()):
        return last.isalpha()
    return entity == "PERSON" and last.islower() and following.isupper()
