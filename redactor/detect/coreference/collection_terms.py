"""Search terms for people whom other documents of a collection name in full.

Across documents a word needs more evidence than within one, or one wrong guess spreads over all of
them. A name of several words is searched for as ever, unless all are ordinary ones ("Chief
Justice"). A surname or given name alone is not if it is an ordinary word as well, if very many
people share it, or if the document reads it as a place or an organisation; and in running text only
with a capital.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from redactor.detect.checks.words import TITLE_CASE_WORDS, is_common
from redactor.detect.coreference.index import SHORTEST
from redactor.detect.coreference.name_parser import Name, is_initial
from redactor.detect.coreference.nicknames import short_forms
from redactor.detect.coreference.other_people import PeopleElsewhere
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import (
    SearchTerm,
    Way,
    lone_words,
    person_term,
    ways,
)

__all__ = ["collection_terms"]

Forms = tuple[str, ...]


def collection_terms(
    people: EntityResolver,
    others: PeopleElsewhere,
    against: frozenset[str],
    *,
    prose: bool,
) -> Iterator[SearchTerm]:
    """Yield the terms for people of other documents, of words that this one has, each once.

    `people` are those of this document, which come first. Words `against` are read as something
    else in it. Outside of `prose`, in names of files, surnames are searched for in any case.
    """
    taken = {forms for name in people.names for forms in _forms_of(name)}
    for name in (name for one in others.known if one.sure for name in one.person.names):
        for way in ways(name):
            if others.here.issuperset(way.forms) and way.forms not in taken:
                taken.add(way.forms)
                yield from _way_term(people, way)
        for forms in _lone(name):
            if others.here.issuperset(forms) and forms not in taken:
                taken.add(forms)
                if _is_telling(forms, others, against):
                    yield from _lone_term(people, name, forms, prose=prose)


def _forms_of(name: Name) -> Iterator[Forms]:
    """Yield the words of a name of this document that its own terms are for."""
    yield from (way.forms for way in ways(name))
    yield from lone_words(name)


def _lone(name: Name) -> Iterator[Forms]:
    """Yield the words that can name a person alone, listed short forms among them."""
    yield from lone_words(name)
    if len(name.first) == 1:
        yield from ((form,) for form in sorted(short_forms(name.first[0])))


def _is_telling(forms: Forms, others: PeopleElsewhere, against: frozenset[str]) -> bool:
    """Tell whether words alone are evidence enough that a person is meant."""
    return (
        len("".join(forms)) > SHORTEST
        and not is_initial(forms)
        and forms[0] not in TITLE_CASE_WORDS
        and not all(map(is_common, forms))
        and others.crowded.isdisjoint(forms)
        and against.isdisjoint(forms)
    )


def _way_term(people: EntityResolver, way: Way) -> Iterator[SearchTerm]:
    resolution = people.of(way.name)
    ordinary = all(len(form) == 1 or is_common(form) for form in way.forms)
    if resolution.elsewhere and not (resolution.kept or ordinary):
        found = person_term(resolution, way.forms, way.source, middle=way.middle)
        yield replace(found, spread=True)


def _lone_term(
    people: EntityResolver, name: Name, forms: Forms, *, prose: bool
) -> Iterator[SearchTerm]:
    resolution = people.of(Name((), forms))
    if resolution.elsewhere and not resolution.kept:
        capital = prose or forms not in {name.last, name.own}
        yield replace(person_term(resolution, forms, "name", capital=capital), spread=True)
