"""A name ends where brackets, mark-up, pictures and prose begin, and begins behind a role."""

from __future__ import annotations

import re

import pytest

from redactor.analysis.name_edges import after_title, paragraphs, trimmed
from redactor.detect.ner.detector import tidied

CASES = {
    "a bracket that was not opened": ("Odell Marchbank)<br", "Odell Marchbank"),
    "the target of a link": ("Odell Marchbank)](/authors", "Odell Marchbank"),
    "a file name in brackets": ("James Curwenson[#2][xx.xxx]45", "James Curwenson"),
    "two dashes and a place": ("HERR LINDQUIST,--LEIPZIG", "LINDQUIST"),
    "a picture with a colour of skin": ("Ottoline Marsham 🙏🏽", "Ottoline Marsham"),
    "a mark of a note": ("Vance†", "Vance"),
    "a raised number": ("Vance²", "Vance"),
    "the next parameter of a query": ("Betty Brown&x=1", "Betty Brown"),
    "the line of an office": ("Zrinka Horvatić\nSlužbenica za medije", "Zrinka Horvatić"),
    "a verb of a chat": ("ping ottokar", "ottokar"),
    "a small word in prose": ("late Thos", "Thos"),
    "a role in German": ("Kunde Tobias Müllner", "Tobias Müllner"),
    "a rank in capitals": ("PCSO Clippold", "Clippold"),
    "a role and no name": ("PCSO", ""),
    "a greeting in Croatian": ("Lijep pozdrav", ""),
    "a salutation without a name": ("Sehr geehrte Frau", ""),
    "a nickname in brackets": ("Robert (Bob) Smith", "Robert (Bob) Smith"),
    "a nickname at the end": ("Smith (Bob)", "Smith (Bob)"),
    "particles": ("van der Berg", "van der Berg"),
    "a name over the end of a line": ("Anna\nvan der Berg", "Anna\nvan der Berg"),
    "a name in small letters": ("mark smith", "mark smith"),
    "a given name that is a word elsewhere": ("Per Olsen", "Per Olsen"),
    "words behind a name": ("Vance re", "Vance"),
    "the label of the next field": ("MOE, Astrid   DOB", "MOE, Astrid"),
    "two words in small letters": ("tom hill", "tom hill"),
    "a name that is a greeting elsewhere": ("Moin", "Moin"),
    "a name before the address of a page": ("Ada https://example.org/x", "Ada"),
    "a name behind it": ("https://example.org/x Ada Marsh", "Ada Marsh"),
    "a short surname in capitals": ("ANNA NO", "ANNA NO"),
    "somebody before a title": ("Ravi to Mrs Vance", "Ravi to Mrs Vance"),
    "a role on the line below": ("Jörg Tannhuber\nKunde", "Jörg Tannhuber"),
    "a number and what is behind a bracket": ("1}viMa", ""),
    "a small letter and what is behind a bracket": ("n]kb", ""),
    "a short title of Polish": ("p. Kingą Wróblewską", "Kingą Wróblewską"),
    "the number of a ticket": ("JIRA-4471", ""),
    "an address of a page": ("https://example.org/find?name=Teo", ""),
    "a greeting of one word": ("Poštovani", ""),
    "a title and no name": ("M.", ""),
    "a class in its packages": ("c.e.UserService", ""),
    "an initial in small letters": ("j.McNeil", "j.McNeil"),
    "a title behind a preposition": ("de M. Roux", "Roux"),
    "the first letter of a name": ("M. Roux", "M. Roux"),
    "a tag within a name": ("Odo <b>Blazeby</b>", "Odo <b>Blazeby</b"),
}


@pytest.mark.parametrize(("text", "name"), CASES.values(), ids=CASES)
def test_the_name_in_a_span(text, name):
    before = "x "
    start, end = trimmed(before + text + " y", len(before), len(before + text))
    assert (before + text)[start:end] == name


def test_what_an_article_leads_to_is_no_name():
    text = "die Unterlagen von Frau Müller"
    assert text[after_title(text, 4, len(text)) :] == "Müller"


def test_of_a_span_over_an_empty_line_every_part_is_removed():
    text = "Ada\n\nJoyce Osei"
    assert [text[slice(*part)] for part in paragraphs(text, 0, len(text))] == ["Ada", "Joyce Osei"]


@pytest.mark.parametrize("text", ["4 Marcus Vance", "7 Jan Kowalski", "2 April Jones"])
def test_a_number_of_a_list_makes_no_month_of_a_given_name(text):
    assert tidied(text, 2, len(text)) == (2, len(text))


def test_a_month_before_a_name_in_a_quoted_mail_is_no_part_of_it():
    text = "On 5 May James Holloway wrote"
    assert tidied(text, 5, 23) == (9, 23)


@pytest.mark.parametrize(
    ("text", "end", "name"),
    [
        ('x Eva "Evi" Marsh, 12', 10, 'Eva "Evi" Marsh'),
        ('x Eva "Evi" said', 10, 'Eva "Evi'),
        ("x Odo Marsh\nGartenweg 9\nUlm", 21, "Odo Marsh"),
        ("x\n2 GIVN Ada Marsh\n", 18, "Ada Marsh"),
        ("x Ada Marsh\nOdo Ruud 12\n", 20, "Ada Marsh\nOdo Ruud"),
        ("x ada marsh=paid", 11, "ada marsh"),
        ("x uid=teo", 5, ""),
    ],
    ids=[
        *("nickname", "nickname alone", "street below", "tag of a family tree"),
        *("a name and points below", "a name before its state", "a key"),
    ],
)
def test_what_stands_around_a_span_tells_where_its_name_ends(text, end, name):
    start = text.index("GIVN") if "GIVN" in text else 2
    assert text[slice(*trimmed(text, start, end))] == name


@pytest.mark.parametrize(
    ("text", "span", "name"),
    [
        pytest.param('x nick "astrid.moe" left', 'nick "astrid.moe', "astrid.moe", id="before"),
        pytest.param(
            'x "astrid.moe" wurde gesperrt.', 'astrid.moe" wurde gesperrt', "astrid.moe", id="after"
        ),
        pytest.param('saw Tom "Tiny" Hill go', 'Tom "Tiny" Hill', 'Tom "Tiny" Hill', id="both"),
        pytest.param("x=1&fname=Betty&lname=Vance", "Betty&lname", "Betty", id="a parameter"),
        pytest.param("ask Marsh&Vance there", "Marsh&Vance", "Marsh&Vance", id="two names"),
        pytest.param("CORP\\otter logged on", "CORP\\otter", "otter", id="a domain"),
        pytest.param("x CORP\\ottergrove", "CORP", "", id="a domain alone"),
        pytest.param("MARSH\\nVANCE", "MARSH\\nVANCE", "MARSH\\nVANCE", id="an escape"),
        pytest.param("nick!user: otter", "nick!user", "", id="a mask"),
        pytest.param("kevin!marsh: hi", "kevin!marsh", "kevin!marsh", id="no mask"),
        pytest.param("TODO(otter): see", "TODO(otter", "otter", id="a note"),
        pytest.param("MARSH(kevin): see", "MARSH(kevin", "MARSH(kevin", id="no note"),
        pytest.param("born 1961, sex F", "sex F", "", id="a sex"),
        pytest.param("Somchai, สวัสดีครับ", "Somchai, สวัสดีครับ", "Somchai", id="Thai behind"),
        pytest.param("ที่ศาลากลาง Ilse", "ที่ศาลากลาง Ilse", "Ilse", id="Thai before"),
        pytest.param("ที่ศาลากลาง", "ที่ศาลากลาง", "", id="Thai alone"),
        pytest.param(
            '1003,"Brandt, Ilse",7', '1003,"Brandt', "Brandt, Ilse", id="a cell in quotes"
        ),
        pytest.param(
            "Ilse M&uuml;ller; da", "Ilse M&uuml;ller", "Ilse M&uuml;ller", id="an entity"
        ),
        pytest.param("Jos&eacute;; da", "Jos&eacute;;", "Jos&eacute;", id="an entity at the end"),
        pytest.param("Ilse;Vance", "Ilse;Vance", "Ilse", id="a semicolon"),
        pytest.param("1001,Ilse Brandt,7", "1001,Ilse Brandt", "Ilse Brandt", id="a row"),
        pytest.param("Karl-Otto Vance", "Otto Vance", "Karl-Otto Vance", id="half a given name"),
        pytest.param("Anti-Vance", "Vance", "Vance", id="no given name"),
        pytest.param(
            "Ilse Brandt-Ruuds Haus", "Ilse Brandt", "Ilse Brandt-Ruuds", id="half a surname"
        ),
        pytest.param("die Ilse Brandt-Schule", "Ilse Brandt", "Ilse Brandt", id="no surname"),
        pytest.param("Essex F. Marsh", "Essex F. Marsh", "Essex F. Marsh", id="no sex"),
        pytest.param("the nick otter was", "nick otter", "otter", id="a nick"),
        pytest.param("The Nick Marsh show", "Nick Marsh", "Nick Marsh", id="no nick"),
        pytest.param(
            "Grüße von Ilse Brandt", "Grüße von Ilse Brandt", "Ilse Brandt", id="greetings"
        ),
        pytest.param("mevrouw van Dijk", "mevrouw van Dijk", "van Dijk", id="no greetings"),
        pytest.param("numéro d'employé : 44712", "d'employé", "", id="what a number is of"),
        pytest.param("dot org slash teo", "slash teo", "teo", id="a sign in words"),
    ],
)
def test_what_is_beyond_a_lone_quote_or_a_parameter_is_no_name(text, span, name):
    start = text.index(span)
    assert text[slice(*trimmed(text, start, start + len(span)))] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maren Quist  Tue, 03 Nov 2026", "Maren Quist"),
        ("Maren Quist Tue Nov 3 09:00", "Maren Quist"),
        ("Wei Sun, 34, said", "Wei Sun"),
        ("Wei Sun said", "Wei Sun"),
    ],
)
def test_a_weekday_before_a_date_is_no_part_of_a_name(text, name):
    end = text.index(name) + len(name)
    day = re.compile(r"\s+Tue").match(text, end)
    start, end = tidied(text, 0, day.end() if day else end)
    assert text[start:end] == name


def test_monsieur_behind_a_preposition_is_no_initial():
    text = "au nom de M. Roux"
    assert trimmed(text, 10, len(text)) == (13, len(text))
    assert trimmed("au nom !! M. Roux", 10, len(text)) == (10, len(text))
