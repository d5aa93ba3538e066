"""Short and pet forms of given names: a list of our own, over the common forms of many languages.

All names are folded (`redactor.text.normalize`), so accents and case do not matter. A form may
belong to several names ("al"): the resolver decides which of them, by the people in the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from redactor.text import normalize

_NONE: frozenset[str] = frozenset()


def long_forms(given: str) -> frozenset[str]:
    """Return the given names that a form is short for: `"bill"` for William; none if it is none."""
    return _long().get(given, _NONE)


def short_forms(given: str) -> frozenset[str]:
    """Return the short and pet forms of a given name: `"teodor"` has "teo" and others."""
    return _short().get(given, _NONE)


def is_given(form: str) -> bool:
    """Tell whether a word is on the list, as a given name or as a form of one."""
    return form in _short() or form in _long()


@cache
def _short() -> Mapping[str, frozenset[str]]:
    """Return the list: given names to their short forms."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (
        (files("redactor.detect.coreference") / "nicknames.txt").read_text("utf-8").splitlines()
    ):
        name, _, forms = line.partition("#")[0].partition(":")
        found[normalize(name)] |= {normalize(form) for form in forms.split()} - {normalize(name)}
    return {name: frozenset(forms) for name, forms in found.items() if name}


@cache
def _long() -> Mapping[str, frozenset[str]]:
    """Return the list turned round: short forms to given names."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, forms in _short().items():
        for form in forms:
            found[form].add(name)
    return {form: frozenset(names) for form, names in found.items()}
