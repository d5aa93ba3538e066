"""Who is a person: what the whole document says for and against a mention."""

from __future__ import annotations

import pytest

from redactor.analysis.unit import text_unit

CHANGES = """hullcheck (2.4-1) unstable; urgency=medium

  [ Ilse Brandt ]
  * Set debhelper-compat version in Build-Depends.
  * Bump debhelper from old 11 to 12.

  [ Teodor Vance ]
  * move dict from hullcheck to hulltools
  * avoid output from fuzzer

 -- Maren Quist <info@example.org>  Tue, 03 Nov 2026 09:00:00 +0000
"""
# Of each text the words that go; nothing else that is a person's may go, however often it occurs.
PEOPLE = {
    "a place that signs with an account": (
        "Trains wait. — Stansford Airport (@stansford_air) May 4, 2031\n\nStranded in Stansford.",
        set(),
    ),
    "a harbour that signs with an account": (
        "Ships are late. — Porthaven Harbour (@porthaven_h) May 4, 2031\n\nIn Porthaven it rains.",
        set(),
    ),
    "a person who signs with an account": (
        "Trains wait. — Teodor Vance (@teo_vance) May 4, 2031\n\nVance was late.",
        {"Teodor Vance", "Vance"},
    ),
    "a mailing list": (
        "To: Marlin Kernel Mailing List <marlin-kernel@example.org>\n\nThe kernel is old.",
        set(),
    ),
    "a word in capitals among words that are not": (
        "We looked at lamps by LUMAK and by Brightwater, and chose LUMAK.",
        set(),
    ),
    "a day that a word leads to": (
        "Herr Vance kommt am Freitag. Betreff: Termin am Montag",
        {"Vance"},
    ),
    "somebody who is called as a day": (
        "Herr Montag rief an, und Eva Freitag kam.",
        {"Montag", "Eva Freitag"},
    ),
    "somebody called as a day among foreign words": (
        "Im Gespräch sagte Freitag, das Dorf habe eine Zukunft und es sei nicht zu spät.",
        {"Freitag"},
    ),
    "an age behind a name that is a month": ("Julio, 12, plays the cello.", {"Julio"}),
    "months in a list": ("Januari Februari Mars April\nLeden Únor Březen Duben", set()),
    "where somebody was born": (
        "född den 4 maj 1961 i Lund\nBorn: Thursday, 4 May 1961, Linz\n",
        set(),
    ),
    "somebody who was born": (
        "Ilse Brandt was born in 1961, and Teodor Vance in Linz.",
        {"Ilse Brandt", "Teodor Vance"},
    ),
    "somebody who was born of a family": (
        "Hippolyte Marsh, née de la Brissonnière, came.",
        {"Hippolyte Marsh", "de la Brissonnière"},
    ),
    "somebody who was born as": ("She was born a Brandt in 1961.", {"Brandt"}),
    "initials that are a form of companies too": (
        "A.S. Vance and S.L. Brandt spoke.",
        {"A.S. Vance", "S.L. Brandt"},
    ),
    "somebody called as a month beside a telephone": (
        "Julio 212-555-0198\nDewey 212-555-0199",
        {"Julio", "Dewey"},
    ),
    "a town where somebody arrives": (
        "Il dott. Ermenegildo Tassinari arriva a Ferrara giovedì.",
        {"Ermenegildo Tassinari"},
    ),
    "short forms and reports": (
        "A.M., P.M., U.S.A., R.S.V.P.\nBGHZ 123, 456; NJW 1999, 1234",
        set(),
    ),
    "a mine": ("The plans of Wheal Fortitude are lost; in 1999 Place Vendôme was closed.", set()),
    "species": (
        "Quercus robur L., Rosa canina and Canis lupus. Teo Medina wrote of them.",
        {"Teo Medina"},
    ),
    "a surname in small letters beside ordinary words": (
        "The famous museum: my aunt is Rosa medina, they say",
        {"Rosa medina"},
    ),
    "a surname in small letters alone": ("my aunt is Rosa medina, they say", {"Rosa medina"}),
    "a train, a scheme and a command": (
        "The 9:15 from Euston was late. Dewey 025.431\nDisallow: /cgi-bin/",
        set(),
    ),
    "what became of an account": ("Benutzer „ilse.brandt“ gesperrt.", set()),
    "a variable of a shell": ("Please unset GREPPATH before the build script runs.", set()),
    "a name in capitals among words in capitals": (
        "THE CHAIR THANKED TOVIN HALVARD FOR HIS WORK. IT WAS A GIFT FROM MR HALVARD.",
        {"TOVIN HALVARD", "HALVARD"},
    ),
    "a surname that is a rarer word": (
        "The hall's single storey extension has one storey more. Cllr Storey disagreed.",
        {"Storey"},
    ),
    "ordinary words in capitals": ("TENANT NEEDS LIGHTS BROUGHT UP TO UNITS 101-105", set()),
    "the abbreviation of an organisation": (
        "Riverbend Archive Foundation (PGLAX), a corporation; PGLAX is approved. Contact PGLAX.",
        set(),
    ),
    "an answer of one word": (
        "Interviewer: Okay. Which trade?\n\nHalloran: Books.\n\nInterviewer: Economics?\n",
        {"Halloran"},
    ),
    "an interviewer with a name": ("Interviewer: Teodor Vance\n\nSpeaker: Okay.", {"Teodor Vance"}),
    "a surname that is a word": (
        "Cllr M Storey and Martin Storey agreed to a single storey extension.",
        {"M Storey", "Martin Storey"},
    ),
    "a surname in small letters": (
        "Martin Storey came. i asked storey",
        {"Martin Storey", "storey"},
    ),
    "a surname that ends the names of places": (
        "Maren Park approved the budget in Park Street, near the national park.",
        {"Maren Park"},
    ),
    "words as a machine misread them": (
        "There were rnany of thern. Ilse Vance sang.",
        {"Ilse Vance"},
    ),
    "a name in Greek letters": (
        "Η Ελπινίκη Καραγιαννίδου ήρθε στην Πάτρα.",
        {"Ελπινίκη Καραγιαννίδου"},
    ),
    "a name in Cyrillic letters": (
        "Договор: Евдокия Петровна Пшеничная, 3 марта",
        {"Евдокия Петровна Пшеничная"},
    ),
    "Latin of the courts": (
        "See Harrowby, supra, at 75; Brandell, supra, at 105; 131 F. 3d 13 (per curiam).",
        {"Harrowby", "Brandell"},
    ),
    "a headline": ("(RELATED: Moping Is Set To Ruin Lunch)", set()),
    "fonts": ("Fonts in the deck: Arial Black, Lucida Console, Gill Sans, Franklin Gothic.", set()),
    "a surname that is a font": ("Eric Gill rang. Mr Gill was late.", {"Eric Gill", "Gill"}),
    "the label of a field": (
        "VETERAN'S NAME (First, Last)\nDELIA MARLOWSKI\nVETERAN'S SOCIAL SECURITY NUMBER\n",
        {"DELIA MARLOWSKI"},
    ),
    "tools in a change log, whose people have capitals": (
        CHANGES,
        {"Ilse Brandt", "Teodor Vance", "Maren Quist"},
    ),
    "names in small letters among names with capitals": (
        "Present: Ilse Brandt, Teodor Vance, Maren Quist.\nThe clerk wrote to anneke visser.\n",
        {"Ilse Brandt", "Teodor Vance", "Maren Quist", "anneke visser"},
    ),
    "names of a chat, all in small letters": (
        "<ilse> ask teodor, or brandt\n<maren> vance is away today. halvard knows\n",
        {"ilse", "teodor", "brandt", "maren", "vance", "halvard"},
    ),
}
PROGRAM = '''\
# Written by Teodor Vance.
from .errors import YAMLError, Mark


class Token(Base):
    """Lexer of the Marsh format."""

    def step(self, lineno, val):
        if self.kws and Token.Keyword(val):
            raise OSError(lineno)
        elif lineno:
            return [buf for buf in self.mimetypes if Token(buf)]
        author = "Ilse Brandt"
        return {"owner": "Kevin", "kind": "tstr"}
'''


def people_in(analyzer, text, name=""):
    """Return the texts that are removed as people."""
    removals = analyzer.analyze(text_unit(text), name).removals
    return {one.text for one in removals if one.decision.finding.entity == "PERSON"}


@pytest.mark.parametrize("name", PEOPLE)
def test_the_whole_document_decides_who_is_a_person(name, analyzer):
    text, goes = PEOPLE[name]
    assert people_in(analyzer, text) == goes


def test_of_a_program_only_people_in_comments_and_strings_are_found(analyzer):
    found = people_in(analyzer, PROGRAM)
    assert {"Teodor Vance", "Ilse Brandt"} <= found <= {"Teodor Vance", "Ilse Brandt", "Kevin"}


def test_a_chat_is_no_program(analyzer):
    chat = "".join(f"<ilse> teo, are you there ({at}); Kevin Marsh asks\n" for at in range(9))
    assert "Kevin Marsh" in people_in(analyzer, chat)


def test_an_account_of_an_organisation_is_not_searched_for_in_prose(analyzer):
    text = (
        "### otterjs/core\n\nthe otterjs organization, <https://github.com/otterjs/core/issues/3>"
    )
    removals = analyzer.analyze(text_unit(text)).removals
    assert [one.decision.start for one in removals] == [text.index("otterjs/core/")]


@pytest.mark.parametrize(
    "text",
    [
        "Follow twitter.com/dov_lindgren or @dov_lindgren. I asked dov_lindgren again.",
        "[12:01] <ottergrove> hi\n[12:02] <teo> ottergrove: see github.com/ottergrove/core\n",
        "Merge pull request #2546 from Nikandor/crystals\n\nFollowing Nikandor + elswynr.\n",
    ],
)
def test_an_account_has_one_pseudonym_whatever_rule_saw_it(text, analyzer):
    removals = analyzer.analyze(text_unit(text)).removals
    letters = {one.text.strip("@"): set() for one in removals}
    for one in removals:
        letters[one.text.strip("@")].add((one.decision.finding.entity, one.value))
    assert [known for known in letters.values() if len(known) > 1] == []
    assert max(sum(one.text.strip("@") == text for one in removals) for text in letters) > 1
