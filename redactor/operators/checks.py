"""Whether a replacement still contains the value that it replaces, in any view."""

from __future__ import annotations

from collections.abc import Iterator

from redactor.detect.coreference.name_parser import PARTICLES
from redactor.detect.deobfuscation.views import alternate_views
from redactor.errors import InputError
from redactor.text import normalize, view

_TELLING = 5
"""Letters and digits that are recognised also where they are grouped otherwise."""

_JOINTS = frozenset({"and", "und"})  # between two people
_NAME = 3
"""Letters of a word of a person's name that is recognised by itself."""


def holds(replacement: str, entity: str, *values: str) -> bool:
    """Tell whether a replacement holds one of some texts, or of a person's name a single word."""
    try:
        said = [normalize(reading) for reading in _readings(replacement)]
    except InputError:  # encoded too many times over to be read
        return True
    return any(_holds(said, form) for value in values for form in _forms(entity, value))


def says_the_same(replacement: str, text: str) -> bool:
    """Tell whether a replacement and the text are equal once normalised."""
    return normalize(replacement) == normalize(text)


def _readings(text: str) -> Iterator[str]:
    seen = view(text)
    yield seen.text
    yield from (reading.text for reading in alternate_views(text, seen))


def _forms(entity: str, value: str) -> Iterator[str]:
    words = normalize(value)
    yield words
    if entity == "PERSON":
        each = (word for word in words.split() if word not in PARTICLES | _JOINTS)
        yield from (word for word in each if len(word) >= _NAME)


def _holds(said: list[str], words: str) -> bool:
    run = words.replace(" ", "")
    return bool(run) and (
        any(f" {words} " in f" {form} " for form in said)
        or (len(run) >= _TELLING and any(run in form.replace(" ", "") for form in said))
    )
