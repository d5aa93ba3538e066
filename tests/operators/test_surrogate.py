"""Surrogates: of the same kind, the same for the same value, and no value of the document."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

import pytest
from cases import KEY, OTHER, one, operand, replaced
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.detect.checks import CHECKS
from redactor.keys import Key
from redactor.model import Action
from redactor.operators.surrogate import INVENTED
from redactor.text import normalize

few = settings(max_examples=50, deadline=None)


def surrogate(entity, text, value=None, **more):
    return one(Action.SURROGATE, entity, text, value, **more)


def person(text, value="teodor vance", **more):
    return surrogate("PERSON", text, value, **more)


# -- people ----------------------------------------------------------------------------------

MENTIONS = [
    pytest.param("Teodor Vance", "Martyn Osborne", id="in full"),
    pytest.param("Teodor Ivo Vance", "Martyn Osborne", id="a middle name is dropped"),
    pytest.param("Vance", "Osborne", id="the surname"),
    pytest.param("Teodor", "Martyn", id="the given name"),
    pytest.param("Teo", "Martyn", id="a short form"),
    pytest.param("T. Vance", "M. Osborne", id="an initial"),
    pytest.param("T Vance", "M Osborne", id="an initial without a stop"),
    pytest.param("Teodor V.", "Martyn O.", id="the initial of the surname"),
    pytest.param("T.V.", "M.O.", id="initials"),
    pytest.param("TV", "MO", id="initials as one word"),
    pytest.param("Vance, Teodor", "Osborne, Martyn", id="surname first"),
    pytest.param("VANCE Teodor", "Osborne Martyn", id="surname first in capitals"),
    pytest.param("TEODOR VANCE", "MARTYN OSBORNE", id="capitals"),
    pytest.param("teodor vance", "martyn osborne", id="small letters"),
    pytest.param("Ｖance", "Osborne", id="a disguise"),
    pytest.param("Vance, Teodor. TEODOR VANCE. T.V. Teodor", "Martyn Osborne", id="run together"),
]


@pytest.mark.parametrize(("mention", "expected"), MENTIONS)
def test_a_mention_is_replaced_in_its_own_form(mention, expected):
    assert person(mention) == expected


def test_two_people_in_one_mention_are_two_people():
    both = person("Ann and Teodor Vance", "ann vance and teodor vance")
    assert both == f"{person('Ann', 'ann vance')} and Martyn Osborne"


def test_a_family_has_one_surname_and_a_plural():
    texts = replaced(
        operand(Action.SURROGATE, "PERSON", "Teodor Vance", "teodor vance"),
        operand(Action.SURROGATE, "PERSON", "Odalys Vance", "odalys vance"),
        operand(Action.SURROGATE, "PERSON", "Vances", "vances"),
        operand(Action.SURROGATE, "PERSON", "Vance", "vance"),
    )
    assert [text.split()[-1] for text in texts] == ["Osborne", "Osborne", "Osbornes", "Osborne"]


def test_the_same_person_is_the_same_surrogate_in_every_document():
    alone = replaced(operand(Action.SURROGATE, "PERSON", "Teodor Vance", "teodor vance"))
    among = replaced(
        operand(Action.SURROGATE, "PERSON", "Ines Carrano", "ines carrano"),
        operand(Action.SURROGATE, "PERSON", "T. Vance", "teodor vance"),
        operand(Action.SURROGATE, "PERSON", "Teodor Vance", "teodor vance"),
    )
    assert alone[0] == among[2] == "Martyn Osborne"
    assert among[1] == "M. Osborne"


def test_a_surrogate_is_bound_to_the_key():
    drawn = {person("Teodor Vance", key=key) for key in (KEY, OTHER, Key(bytes(32)))}
    assert len(drawn) == 3


def test_two_people_of_one_document_have_two_names():
    """Of 400 people, so many that given names and surnames recur."""
    people = [f"given{number} sur{number}" for number in range(400)]
    texts = replaced(*(operand(Action.SURROGATE, "PERSON", one.title(), one) for one in people))
    assert len(set(texts)) == len(people)


GENDERS = [
    pytest.param("Margaret Vance", "", "female", id="a woman's name"),
    pytest.param("Kevin Vance", "", "male", id="a man's name"),
    pytest.param("Teodor Vance", "", "male", id="a name of another language"),
    pytest.param("Xaqlin Vance", "Mrs ", "female", id="a title"),
    pytest.param("Xaqlin Vance", "told Mr ", "male", id="a title in a sentence"),
]


@pytest.mark.parametrize(("mention", "before", "gender"), GENDERS)
def test_the_gender_is_kept_where_it_is_known(mention, before, gender):
    from faker import Faker

    [factory] = Faker("en_GB").factories
    names = {
        kind: {
            normalize(n) for p in factory.providers for n in getattr(p, f"first_names_{kind}", ())
        }
        for kind in ("male", "female")
    }
    other = {"male": "female", "female": "male"}[gender]
    for key in (Key(bytes([number]) * 32) for number in range(20)):
        given_name = normalize(
            person(mention, normalize(mention), before=before, key=key).split()[0]
        )
        assert given_name in names[gender]
        assert given_name not in names[other] - names[gender]


def test_names_are_of_the_locale_that_the_policy_chooses():
    drawn = {person("Teodor Vance", locale=locale) for locale in ("en_GB", "de_DE", "pl_PL")}
    assert len(drawn) == 3


# -- never a value of the document -----------------------------------------------------------


def test_a_name_that_the_document_has_is_not_chosen():
    first = person("Teodor Vance")
    again = person("Teodor Vance", context={"words": frozenset(normalize(first).split())})
    assert set(normalize(first).split()).isdisjoint(normalize(again).split())


def test_what_is_removed_elsewhere_in_another_form_is_not_chosen():
    first = person("Teodor Vance")
    occurs = lambda text: text in first  # noqa: E731  # as the sweep of a document would tell
    assert set(person("Teodor Vance", context={"occurs": occurs}).split()).isdisjoint(first.split())


@few
@given(st.sampled_from(sorted(INVENTED)), st.integers(0, 10**6))
def test_a_surrogate_is_never_the_value_nor_what_it_was_told_to_avoid(entity, number):
    text = f"GB82 {number:06}"
    drawn = surrogate(entity, text)
    assert normalize(drawn) != normalize(text)
    words = frozenset(normalize(drawn).split())
    assert normalize(surrogate(entity, text, context={"words": words})) != normalize(drawn)


def test_where_nothing_fits_the_label_stands():
    assert person("Teodor Vance", context={"occurs": lambda _: True}) == "[PERSON]"


# -- numbers ---------------------------------------------------------------------------------

FICTION = re.compile(r"(?:\d{3})?55501\d\d|01632960\d{3}|02079460\d{3}|07700900\d{3}")
PHONES = [
    pytest.param("555-0142", r"555-01\d\d", id="seven digits"),
    pytest.param("(212) 555-0142", r"\(\d{3}\) 555-01\d\d", id="an area"),
    pytest.param("+1 212-555-0142", r"\+1 \d{3}-555-01\d\d", id="a country"),
    pytest.param("1-212-555-0142", r"1-\d{3}-555-01\d\d", id="a trunk prefix"),
    pytest.param("020 7946 0018", r"(?:020 7946 0|016 3296 0)\d{3}", id="London"),
    pytest.param("07700 900123", r"07700 900\d{3}", id="a mobile"),
    pytest.param("+44 20 7946 0018", r"\+44 (?:20 7946 0|16 3296 0)\d{3}", id="from abroad"),
    pytest.param("0044 20 7946 0018", r"0044 (?:20 7946 0|16 3296 0)\d{3}", id="with zeros"),
    pytest.param("+49 30 23125 123", r"\+1 \d{3}-555-01\d\d", id="of another country"),
]


@pytest.mark.parametrize(("text", "shape"), PHONES)
def test_a_telephone_number_is_of_a_range_for_fiction_and_grouped_as_it_was(text, shape):
    for key in (KEY, OTHER):
        drawn = surrogate("PHONE_NUMBER", text, key=key)
        assert re.fullmatch(shape, drawn)
        digits = re.sub(r"\D", "", drawn)
        digits = re.sub(r"^(?:0044|44)", "0", digits)
        assert FICTION.fullmatch(digits.removeprefix("1"))


def test_a_card_number_is_nobodys_and_grouped_as_it_was():
    for number in range(50):
        drawn = surrogate("CREDIT_CARD", "4111 1111 1111 1111", str(number))
        assert re.fullmatch(r"4\d{3}( \d{4}){3}", drawn)
        assert not CHECKS["luhn"](drawn)


def test_an_iban_has_the_shape_of_its_country_and_check_digits_that_none_has():
    drawn = surrogate("IBAN_CODE", "GB82 WEST 1234 5698 7654 32")
    assert re.fullmatch(r"GB00 [A-Z]{4} \d{4} \d{4} \d{4} \d\d", drawn)


SHAPES = [
    pytest.param("US_SSN", "536-22-8145", r"666-\d\d-\d{4}", id="a number never assigned"),
    pytest.param("US_SSN", "536228145", r"666\d{6}", id="without dashes"),
    pytest.param("UK_NHS", "943 476 5919", r"999 \d{3} \d{4}", id="a number for tests"),
    pytest.param("UK_NINO", "AB 12 34 56 C", r"QQ \d\d \d\d \d\d [A-D]", id="no such prefix"),
    pytest.param("US_ZIP_CODE", "10583", r"000\d\d", id="no such ZIP"),
    pytest.param("UK_POSTCODE", "NW1 6XE", r"ZZ99 \d[A-Z]{2}", id="a postcode of nowhere"),
    pytest.param("MAC_ADDRESS", "00:1A:2B:3C:4D:5E", r"00:00:5E:00:53:..", id="documentation"),
    pytest.param("MAC_ADDRESS", "001a.2b3c.4d5e", r"0000\.5e00\.53..", id="in threes"),
    pytest.param(
        "EMAIL_ADDRESS", "t@v.example", r"[a-z.]+\d\d@example\.(?:org|com|net)", id="mail"
    ),
    pytest.param("URL", "http://v.example", r"https://www\.example\.org/\w{8}", id="a link"),
    pytest.param("HANDLE", "@teo", r"@user_\w{8}", id="a handle"),
    pytest.param("USERNAME", "teo", r"user_\w{8}", id="an account"),
    pytest.param("STREET_ADDRESS", "12 Kelp Lane", r"\d+ [A-Z][\w' ]+", id="a street"),
    pytest.param("STREET_ADDRESS", "12 Kelp Lane, Eel", r"[\w' ]+, [\w' ]+", id="a town"),
]


@pytest.mark.parametrize(("entity", "text", "shape"), SHAPES)
def test_a_surrogate_is_of_its_kind(entity, text, shape):
    assert re.fullmatch(shape, surrogate(entity, text))


@pytest.mark.parametrize("text", ["10.1.2.3", "fe80::1"])
def test_an_address_of_the_network_is_of_a_range_for_documentation(text):
    ranges = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    drawn = ip_address(surrogate("IP_ADDRESS", text))
    assert drawn.version == ip_address(text).version
    assert any(drawn in ip_network(one) for one in ranges)


def test_a_range_that_is_used_up_is_used_twice_rather_than_left():
    numbers = [operand(Action.SURROGATE, "PHONE_NUMBER", "555-0142", str(n)) for n in range(150)]
    drawn = replaced(*numbers)
    assert all(re.fullmatch(r"555-01\d\d", one) for one in drawn)
    assert len(set(drawn)) == 99  # of a hundred, but for the value itself


def test_what_nothing_is_invented_for_gets_a_label():
    assert surrogate("CREDENTIAL", "hunter2") == "[CREDENTIAL]"
