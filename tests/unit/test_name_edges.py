"""A name ends where brackets, mark-up, pictures and prose begin, and begins behind a role."""

from __future__ import annotations

import pytest

from redactor.analysis.name_edges import trimmed

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
    "an initial above an empty line": ("J\n\nJoyce Osei", "Joyce Osei"),
    "a title behind something else": ("Unterlagen von Frau Müller", "Müller"),
    "a role on the line below": ("Jörg Tannhuber\nKunde", "Jörg Tannhuber"),
    "the number of a ticket": ("JIRA-4471", ""),
    "an address of a page": ("https://example.org/find?name=Teo", ""),
    "a greeting of one word": ("Poštovani", ""),
    "a tag within a name": ("Odo <b>Blazeby</b>", "Odo <b>Blazeby</b"),
}


@pytest.mark.parametrize(("text", "name"), CASES.values(), ids=CASES)
def test_the_name_in_a_span(text, name):
    before = "x "
    start, end = trimmed(before + text + " y", len(before), len(before + text))
    assert (before + text)[start:end] == name
