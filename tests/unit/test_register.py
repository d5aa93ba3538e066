"""The people of a collection: who is found by which words, packed, and in any order."""

from __future__ import annotations

import pickle
from itertools import permutations

import pytest
from steps import steps

from redactor.detect.coreference.name_parser import parse_name
from redactor.detect.coreference.register import CROWD, RegisterBuilder
from redactor.detect.coreference.resolver import EntityResolver
from redactor.keys import Key
from redactor.model import Census, NamedPerson

KEY, OTHER = Key(bytes(32)), Key(b"\1" * 32)
TEXTS = ("Dr Teodor Vance", "Ilse Vance", "William Marsh", "Bill Marsh", "Maren van der Berg")


def builder(*people: str | NamedPerson) -> RegisterBuilder:
    made = RegisterBuilder()
    for one in people:
        person = one if isinstance(one, NamedPerson) else NamedPerson(one, sure=True)
        made.add(Census((person,)))
    return made


def register(*people: str | NamedPerson, key: Key = KEY):
    return builder(*people).made(key)


def resolved(here: tuple[str, ...], name: str, *people: str | NamedPerson):
    """What a name is in a document that names some people, beside a collection of others."""
    words = frozenset(name.casefold().replace(".", "").replace("_", " ").split())
    near = register(*people, *here).near(words)
    return EntityResolver(here, (), near).resolve(name)


def names(words: str, *people: str) -> set[str]:
    near = register(*people).near(frozenset(words.split()))
    return {one.person.value for one in near.known}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the vance report", {"teodor vance", "ilse vance"}),
        ("bill", set()),  # an ordinary word, too
        ("marsh", {"william marsh"}),
        ("teo", {"teodor vance"}),
        ("teovance77", {"teodor vance", "ilse vance"}),
        ("berg", {"maren van der berg"}),
        ("van der", set()),
        ("nobody here", set()),
    ],
)
def test_people_are_found_by_the_words_of_a_document(words, found):
    assert names(words, *TEXTS) >= found
    assert names("nobody here", *TEXTS) == set()


def test_the_order_is_of_no_matter_and_the_key_is():
    made = {register(*some).digest for some in permutations(TEXTS)}
    assert len(made) == 1
    assert register(*TEXTS, key=OTHER).digest not in made
    assert register(*TEXTS[1:]).digest not in made


def test_it_arrives_at_a_worker_as_it_was_sent():
    sent = register(*TEXTS)
    got = pickle.loads(pickle.dumps(sent))
    assert got == sent
    assert got.exact(parse_name("Ilse Vance")).person.value == "ilse vance"
    assert got.exact(parse_name("Ilse Marsh")) is None


def test_nothing_of_it_is_shown():
    told = repr((register(*TEXTS), NamedPerson("Ilse Vance"), Census((NamedPerson("Ilse Vance"),))))
    assert "ance" not in told


def test_of_a_crowd_nothing_is_concluded():
    crowd = [f"{'abcdefghijklmnopqrst'[at]}nna Vance" for at in range(CROWD + 1)]
    near = register(*crowd).near(frozenset({"vance"}))
    assert (near.crowded, near.known) == (frozenset({"vance"}), ())
    found = EntityResolver((), (), near).resolve("Vance")
    assert (found.value, found.clear, found.elsewhere) == ("vance", False, True)


def test_near_takes_no_longer_in_a_larger_collection():
    words = frozenset({"vance", "said", "keogh", "annavance"})

    def work(size: int) -> int:
        others = (f"Ilse Keo{'abcdefghij'[at % 10] * (at // 10 + 1)}" for at in range(size))
        return steps(register("Anna Vance", *others).near, words)

    assert work(800) < 2 * work(100)


@pytest.mark.parametrize(
    ("here", "name", "value", "clear"),
    [
        ((), "Marsh", "william marsh", True),
        ((), "W. Marsh", "william marsh", True),
        ((), "bill_marsh", "william marsh", True),
        ((), "Teo", "teodor vance", False),  # a given name alone
        ((), "Vance", "vance", False),  # Teodor or Ilse
        ((), "I. Vance", "ilse vance", True),
        (("Teodor Vance",), "Vance", "teodor vance", True),  # the document says so
        (("Tom Keogh",), "Keogh", "tom keogh", True),
        (("Bill Marsh",), "Bill Marsh", "william marsh", True),
        (("Mr Marsh", "Mrs Marsh"), "Mrs Marsh", "marsh f", True),
    ],
)
def test_what_a_document_says_itself_comes_first(here, name, value, clear):
    found = resolved(here, name, *TEXTS)
    assert (found.value, found.clear) == (value, clear)


def test_years_of_birth_make_two_people_of_one_name():
    pair = [NamedPerson("Ilse Brandt", born=frozenset({year})) for year in (1961, 1994)]
    near = register(*pair).near(frozenset({"ilse", "brandt"}))
    people = EntityResolver(["Ilse Brandt"], (), near)
    unknown = people.resolve("Ilse Brandt")
    assert (unknown.value, unknown.clear) == ("ilse brandt", False)
    near.births = {parse_name("Ilse Brandt"): frozenset({1994})}
    told = people.resolve("Brandt")
    assert (told.value, told.clear) == ("1994 ilse brandt", True)


def test_a_person_who_is_kept_is_not_anybody_of_that_surname():
    near = register("Ada Brandt").near(frozenset({"brandt"}))
    unnamed = EntityResolver((), ["Ilse Brandt"], near).resolve("Brandt")
    assert (unnamed.kept, unnamed.clear) == (False, False)
    named = EntityResolver(["Ilse Brandt"], ["Ilse Brandt"], near).resolve("Brandt")
    assert named.kept


def test_who_is_kept_may_be_several():
    def shared(*texts: str) -> bool:
        people = [NamedPerson(text, kept=True) for text in texts]
        return builder(*people).is_shared(parse_name("Ada Marsh"))

    assert shared("Ada Louise Marsh", "Ada Ruth Marsh")
    assert not shared("Ada Louise Marsh", "Ada Marsh")
    assert not shared()


def test_a_person_takes_a_hundred_bytes():
    """Of which a hundred thousand take ten megabytes."""
    some = [f"{given} {surname}" for given in GIVEN for surname in SURNAMES]
    assert register(*some).bytes / len(some) < 120


GIVEN = "Ada Ilse Maren Teodor Kofi Kevin Tom Anna Delphine Oskar".split()
SURNAMES = [begin + end for begin in ("Mar", "Keo", "Bran", "Wick") for end in ("ton", "ley", "by")]
