"""Who is who: names taken apart, mentions brought together, and every other place found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import growth

from redactor.detect.coreference.name_parser import Name, parse_name
from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import (
    Mention,
    address_terms,
    person_terms,
    value_of,
    value_terms,
)
from redactor.model import Finding
from redactor.text import view

few = settings(max_examples=100, deadline=None)

# -- names taken apart -----------------------------------------------------------------------

NAMES = [
    pytest.param("Teodor Vance", "teodor", "vance", id="given name and surname"),
    pytest.param("TEODOR VANCE", "teodor", "vance", id="capitals"),
    pytest.param("Teodor  \n Vance", "teodor", "vance", id="spaces and a line end"),
    pytest.param("Vance, Teodor", "teodor", "vance", id="surname first"),
    pytest.param("Vance, Teodor J.", "teodor", "vance", id="surname first, with an initial"),
    pytest.param("Vance, T.", "t", "vance", id="surname first, initial only"),
    pytest.param("Teodor J. Vance", "teodor", "vance", id="an initial in the middle"),
    pytest.param("T. Vance", "t", "vance", id="an initial"),
    pytest.param("T Vance", "t", "vance", id="an initial without its stop"),
    pytest.param("Mr Vance", "", "vance", id="title and surname"),
    pytest.param("Dr. Teodor Vance", "teodor", "vance", id="title with a stop"),
    pytest.param("Prof Dame Ilse Marsh", "ilse", "marsh", id="two titles"),
    pytest.param("Vance, Dr. Teodor", "teodor", "vance", id="title after the surname"),
    pytest.param("Teodor Vance, MD", "teodor", "vance", id="letters after the name"),
    pytest.param("Teodor Vance Jr.", "teodor", "vance", id="junior"),
    pytest.param("Teodor Vance's", "teodor", "vance", id="possessive"),
    pytest.param("Ilse van der Berg", "ilse", "van der berg", id="particles"),
    pytest.param("van der Berg", "", "van der berg", id="particles, no given name"),
    pytest.param("Ana de la Cruz", "ana", "de la cruz", id="Spanish particles"),
    pytest.param("van der Berg, Ilse", "ilse", "van der berg", id="particles, surname first"),
    pytest.param("Ilse Marsh-Keogh", "ilse", "marsh keogh", id="surname with a hyphen"),
    pytest.param("Mary-Jane Marsh", "mary jane", "marsh", id="given name with a hyphen"),
    pytest.param("Siobhan O'Neill", "siobhan", "o neill", id="apostrophe"),
    pytest.param("Teodor", "", "teodor", id="one name alone"),
    pytest.param("Sir Teodor", "", "teodor", id="title and one name"),
    pytest.param("李小明", "", "李 小 明", id="unspaced script"),
]


@pytest.mark.parametrize(("text", "first", "last"), NAMES)
def test_a_name_is_taken_apart(text, first, last):
    assert parse_name(text) == Name(tuple(first.split()), tuple(last.split()))


@pytest.mark.parametrize("text", ["", "Dr", "Mr. & Mrs.", " ., ", ",", "- -"])
def test_what_holds_no_name_is_none(text):
    assert parse_name(text) is None


@few
@given(st.text(max_size=20))
def test_any_text_can_be_taken_apart(text):
    name = parse_name(text)
    assert name is None or name.last


# -- mentions brought together ---------------------------------------------------------------

VANCE, MARSH = "Teodor Vance", "Ilse Marsh"
VALUES = [
    pytest.param([VANCE], "Vance", "teodor vance", id="surname alone"),
    pytest.param([VANCE], "VANCE", "teodor vance", id="surname in capitals"),
    pytest.param([VANCE], "Mr Vance's", "teodor vance", id="title and possessive"),
    pytest.param([VANCE], "Teodor", "teodor vance", id="given name alone"),
    pytest.param([VANCE], "Teo", "teodor vance", id="short form"),
    pytest.param([VANCE], "T. Vance", "teodor vance", id="initial and surname"),
    pytest.param([VANCE], "Vance, T.", "teodor vance", id="surname and initial"),
    pytest.param([VANCE], "Vance, Teodor", "teodor vance", id="surname first"),
    pytest.param([VANCE], "Teodor J. Vance", "teodor vance", id="with an initial"),
    pytest.param([VANCE], "K. Vance", "k vance", id="another initial is another person"),
    pytest.param([VANCE], "Kofi Vance", "kofi vance", id="another given name likewise"),
    pytest.param([VANCE], "Marsh", "marsh", id="a stranger"),
    pytest.param([MARSH, "Kofi Marsh"], "Marsh", "marsh", id="surname of two is nobody's"),
    pytest.param([MARSH, "Kofi Marsh"], "K. Marsh", "kofi marsh", id="until an initial tells"),
    pytest.param([MARSH, "Ines Marsh"], "I. Marsh", "i marsh", id="an initial of two is nobody's"),
    pytest.param([VANCE, "Teodor Marsh"], "Teodor", "teodor", id="given name of two likewise"),
    pytest.param([VANCE, "Teofila Marsh"], "Teo", "teo", id="short form of two likewise"),
    pytest.param(["Vance", "T. Vance"], "Vance", "t vance", id="no full name anywhere"),
    pytest.param(["Ilse van der Berg"], "van der Berg", "ilse van der berg", id="particles"),
    pytest.param(["Ilse van der Berg"], "Berg", "ilse van der berg", id="without its particles"),
    pytest.param([VANCE], "Dr", "dr", id="no name at all"),
]


@pytest.mark.parametrize(("mentions", "mention", "expected"), VALUES)
def test_whose_a_mention_is(mentions, mention, expected):
    assert EntityResolver([*mentions, mention]).value(mention) == expected


@few
@given(st.permutations([VANCE, "Vance", MARSH, "Kofi Marsh", "Marsh", "Teo", "T. Vance"]))
def test_whose_a_mention_is_does_not_depend_on_the_order(mentions):
    people, other = EntityResolver(mentions), EntityResolver(sorted(mentions))
    assert all(people.value(mention) == other.value(mention) for mention in mentions)


VALUES_OF_OTHERS = [
    pytest.param("PHONE_NUMBER", "555 0142-77", "555014277", id="phone number"),
    pytest.param("US_SSN", "219-09-9999", "219099999", id="social security number"),
    pytest.param("EMAIL_ADDRESS", "T.Vance@Example.org", "t vance example org", id="address"),
    pytest.param("EMAIL_ADDRESS", "t.vance at example dot org", "t vance example org", id="spelt"),
    pytest.param("STREET_ADDRESS", "7 Elm  Row", "7 elm row", id="street"),
]


@pytest.mark.parametrize(("entity", "text", "expected"), VALUES_OF_OTHERS)
def test_every_way_of_writing_a_value_is_one(entity, text, expected):
    assert value_of(entity, text) == expected


# -- every other place -----------------------------------------------------------------------


def found(text, mentions=(), others=(), keep=()):
    """Return the stretches that a sweep takes in, overlapping ones as one.

    Left out are those that count only if something else of their phrase is removed.
    """
    people = EntityResolver(mentions, keep)
    terms = list(person_terms(people))
    for entity, value in others:
        mention = Mention(Finding(0, 0, len(value), entity, 0.9, "rule:test"), view(value).text)
        terms += value_terms(mention)
        terms += address_terms(value, people) if entity == "EMAIL_ADDRESS" else []
    stretches = []
    occurrences = [
        one for one in OccurrenceFinder(terms, people).find(view(text)) if one.phrase is None
    ]
    for one in sorted(occurrences, key=lambda one: (one.finding.start, -one.finding.end)):
        span = one.finding.start, one.finding.end
        if stretches and span[0] < stretches[-1][1]:
            stretches[-1] = stretches[-1][0], max(span[1], stretches[-1][1])
        else:
            stretches.append(span)
    return [text[start:end] for start, end in stretches]


PLACES = [
    pytest.param("Was TEODOR VANCE there?", ["TEODOR VANCE"], id="capitals"),
    pytest.param("was teodor vance there?", ["teodor vance"], id="small letters"),
    pytest.param("Teodor Vance's dog", ["Teodor Vance"], id="possessive"),
    pytest.param("Vance’s dog", ["Vance"], id="possessive of the surname"),
    pytest.param("Dear Vance, dear Teodor,", ["Vance", "Teodor"], id="each name alone"),
    pytest.param("(Vance, Teodor)", ["Vance, Teodor"], id="surname first"),
    pytest.param("VANCE Teodor", ["VANCE Teodor"], id="surname first, no comma"),
    pytest.param("Teodor\nVance", ["Teodor\nVance"], id="over a line end"),
    pytest.param("Teodor J. Vance", ["Teodor J. Vance"], id="an initial in the middle"),
    pytest.param("T. Vance, T Vance", ["T. Vance", "T Vance"], id="initial"),
    pytest.param("Vance, T. sat", ["Vance, T."], id="surname and initial, with its stop"),
    pytest.param("Vance T sat", ["Vance"], id="a letter after the surname is no initial"),
    pytest.param("Teodor V. sat", ["Teodor V."], id="given name and initial"),
    pytest.param("teodor.vance or teodor_vance", ["teodor.vance", "teodor_vance"], id="joined"),
    pytest.param("/home/tvance/x", ["tvance"], id="glued: initial and surname"),
    pytest.param("by teovance77", ["teovance77"], id="glued: short form, with a number"),
    pytest.param("by vanceteodor", ["vanceteodor"], id="glued: surname first"),
    pytest.param("by TVance", ["TVance"], id="glued: in capitals"),
    pytest.param("Teo sat", ["Teo"], id="short form"),
    pytest.param("ohne teo", [], id="short form in small letters stays"),
    pytest.param("advance, Vancely, svance", [], id="longer words stay"),
    pytest.param("Vance Ltd, Vance Foundation", [], id="organisations of that name stay"),
    pytest.param("the Vance & Marsh Trust", [], id="also of two names"),
    pytest.param("Vance of Leeds", ["Vance"], id="of a place"),
    pytest.param("Теоdоr Vаnсе", ["Теоdоr Vаnсе"], id="look-alike letters"),
    pytest.param("Va\u200bnce", ["Va\u200bnce"], id="zero width"),
    pytest.param("Teodor%20Vance", ["Teodor%20Vance"], id="percent-escape"),
    pytest.param("&#86;ance", ["&#86;ance"], id="entity"),
    pytest.param("*Teodor* **Vance**", ["Teodor", "Vance"], id="Markdown"),
    pytest.param("Kofi Marsh", [], id="strangers stay"),
    pytest.param("", [], id="nothing"),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_where_a_person_stands(text, expected):
    assert found(text, ["Teodor Vance"]) == expected


COMMON = [
    pytest.param("Grace Hill", "Hill went up the hill.", ["Hill"], id="surname that is a word"),
    pytest.param("Grace Hill", "by the grace of", [], id="given name that is a word"),
    pytest.param("Grace Hill", "HILL", ["HILL"], id="in capitals"),
    pytest.param("Grace Hill", "grace hill", ["grace hill"], id="both names in small letters"),
    pytest.param("Grace Hill", "Hill Street School", [], id="surname that begins a school"),
    pytest.param("Grace Hill", "Hill House Ltd", [], id="surname that begins a company"),
    pytest.param("Grace Hill", "ghill", ["ghill"], id="glued, though a word"),
    pytest.param("Bo Li", "Li said: li; Bo; bo", [], id="names of two letters are too short"),
    pytest.param("Bo Li", "Bo Li and Li, Bo", ["Bo Li", "Li, Bo"], id="but not together"),
    pytest.param("Kim Lee", "Lee met Kim by the lee", ["Lee", "Kim"], id="names of three letters"),
    pytest.param("Ilse van der Berg", "van der Berg", ["van der Berg"], id="particles"),
    pytest.param("Siobhan O'Neill", "O’NEILL", ["O’NEILL"], id="apostrophe"),
    pytest.param("李小明", "见李小明了", ["李小明"], id="unspaced script"),
    pytest.param("मोहन शर्मा", "श्री मोहन शर्मा", ["मोहन शर्मा"], id="Devanagari, with vowel signs"),
    pytest.param(
        "José Marsh",
        "JOSÉ MARSH or Jose\u0301 Marsh",
        ["JOSÉ MARSH", "Jose\u0301 Marsh"],
        id="accents, composed or not",
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), COMMON)
def test_where_a_person_of_a_difficult_name_stands(name, text, expected):
    assert found(text, [name]) == expected


VALUES_FOUND = [
    pytest.param("HANDLE", "@teo_vance", "teo_vance said", ["teo_vance"], id="handle, bare"),
    pytest.param("HANDLE", "teo_vance#0420", "teo_vance said", ["teo_vance"], id="no number"),
    pytest.param(
        "HANDLE", "@teo_v@social.example", "ask teo_v", ["teo_v"], id="handle without its server"
    ),
    pytest.param("HANDLE", "@news", "the news", [], id="a handle that is a word"),
    pytest.param(
        "PHONE_NUMBER", "(555) 010-0142", "or 555.010.0142", ["555.010.0142"], id="regrouped"
    ),
    pytest.param(
        "PHONE_NUMBER", "(555) 010-0142", "5550100142", ["5550100142"], id="without any gap"
    ),
    pytest.param("PHONE_NUMBER", "5550100142", "555 010 0142", ["555 010 0142"], id="with gaps"),
    pytest.param("PHONE_NUMBER", "555-0142", "no 5550", [], id="part of a number stays"),
    pytest.param("US_SSN", "219-09-9999", "219 09 9999", ["219 09 9999"], id="spaced"),
    pytest.param("ID_NUMBER", "4711", "in 4711 cases", [], id="too short to tell"),
    pytest.param(
        "EMAIL_ADDRESS",
        "teodor.vance@example.org",
        "Teodor Vance",
        ["Teodor Vance"],
        id="of an address",
    ),
    pytest.param(
        "EMAIL_ADDRESS",
        "teodor.vance@example.org",
        "Vance, Teodor",
        ["Vance, Teodor"],
        id="turned round",
    ),
    pytest.param(
        "EMAIL_ADDRESS", "teodor.vance@example.org", "teodor vance", [], id="small letters"
    ),
    pytest.param("EMAIL_ADDRESS", "london.office@example.org", "London Office", [], id="words"),
    pytest.param(
        "EMAIL_ADDRESS",
        "iv@example.org",
        "IV@EXAMPLE.ORG or iv%40example.org",
        ["IV@EXAMPLE.ORG", "iv%40example.org"],
        id="address in other case and escaped",
    ),
    pytest.param(
        "STREET_ADDRESS",
        "7 Quillby Row",
        "7 QUILLBY ROW, 7 Quillby\nRow",
        ["7 QUILLBY ROW", "7 Quillby\nRow"],
        id="street",
    ),
]


@pytest.mark.parametrize(("entity", "value", "text", "expected"), VALUES_FOUND)
def test_where_a_removed_value_stands(entity, value, text, expected):
    assert found(text, others=[(entity, value)]) == expected


PHRASES = [
    pytest.param("at Vance Ltd.", "Vance Ltd", id="company"),
    pytest.param("the Vance Foundation for Peace", "Vance Foundation for Peace", id="foundation"),
    pytest.param("met Vance today", None, id="no phrase"),
    pytest.param("Vance of Leeds", None, id="a phrase that names no organisation"),
]


@pytest.mark.parametrize("word", ["teovance", "a" * 50 + "vance", "vance" + "b" * 50])
def test_a_word_is_looked_up_wherever_it_may_be_cut(word):
    people = EntityResolver(["Teodor Vance", f"{'a' * 50} Vance", f"{'b' * 50} Vance"])
    resolved = people.glued(word)
    assert resolved is not None
    assert resolved.value.endswith("vance")


def test_a_long_word_costs_no_more_than_a_short_one():
    people = EntityResolver(["Teodor Vance"])
    assert growth(lambda size: people.glued("x" * size), 1_000) < 1.1


@pytest.mark.parametrize(("text", "phrase"), PHRASES)
def test_a_surname_that_begins_an_organisation_says_so(text, phrase):
    people = EntityResolver(["Teodor Vance"])
    (one,) = OccurrenceFinder(list(person_terms(people)), people).find(view(text), 0, 100)
    assert phrase == (one.phrase and text[one.phrase[0] - 100 : one.phrase[1] - 100])


def test_positions_count_from_the_offset_of_the_window_and_carry_its_segment():
    people = EntityResolver(["Teodor Vance"])
    (one,) = OccurrenceFinder(list(person_terms(people)), people).find(view("by Vance"), 3, 1_000)
    assert (one.finding.segment, one.finding.start, one.finding.end) == (3, 1_003, 1_008)
    assert (one.value, one.finding.entity) == ("teodor vance", "PERSON")


def test_nothing_of_a_name_shows_in_a_repr():
    people = EntityResolver(["Teodor Vance"])
    terms = list(person_terms(people))
    found = list(OccurrenceFinder(terms, people).find(view("Vance")))
    shown = f"{terms} {parse_name('Teodor Vance')} {found}"
    assert "vance" not in shown.casefold()


# -- people who stay -------------------------------------------------------------------------

KEEP = [
    pytest.param("Teodor Vance", "Teodor Vance", True, id="the name"),
    pytest.param("Teodor Vance", "Dr Vance's", True, id="the surname"),
    pytest.param("Teodor Vance", "T. Vance", True, id="the initial"),
    pytest.param("Vance, Teodor", "TEODOR VANCE", True, id="listed surname first"),
    pytest.param("Vance", "Vance", True, id="listed by surname"),
    pytest.param("Vance", "Teodor Vance", False, id="a surname does not keep a full name"),
    pytest.param("Teodor Vance", "Kofi Vance", False, id="a namesake"),
    pytest.param("Teodor Vance", "K. Vance", False, id="another initial"),
    pytest.param("Teodor Vance", "Ilse Marsh", False, id="a stranger"),
    pytest.param("Teodor Vance", "", False, id="no name"),
]


@pytest.mark.parametrize(("keep", "mention", "stays"), KEEP)
def test_who_is_on_the_keep_list_stays(keep, mention, stays):
    assert EntityResolver([mention], [keep]).stays(mention) is stays


def test_a_surname_shared_with_somebody_who_goes_does_not_stay():
    people = EntityResolver(["Teodor Vance", "Kofi Vance", "Vance"], ["Teodor Vance"])
    assert not people.stays("Vance")
    assert people.value("Vance") == "vance"


def test_occurrences_say_whether_their_person_stays():
    people = EntityResolver(["Teodor Vance", "Ilse Marsh"], ["Teodor Vance"])
    text = "Vance, tvance and Teo met Marsh"
    places = OccurrenceFinder(list(person_terms(people)), people).find(view(text))
    kept = {text[one.finding.start : one.finding.end]: one.kept for one in places}
    assert kept == {"Vance": True, "tvance": True, "Teo": True, "Marsh": False}


def test_a_name_does_not_reach_into_the_address_beside_it():
    text = "Daniel Smith daniel.smith@example.org; SMITH, DANIEL"
    people = EntityResolver(["Daniel Smith", "Smith Daniel"])
    found = {
        text[o.finding.start : o.finding.end]
        for o in OccurrenceFinder(person_terms(people), people).find(view(text))
    }
    assert {"Daniel Smith", "daniel.smith", "SMITH, DANIEL"} <= found
    assert not any("Smith daniel" in one for one in found)
