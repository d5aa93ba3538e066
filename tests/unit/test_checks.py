"""Checks: each with what it lets through and what it turns away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.detect.checks import CHECKS

CODE = """
@media @property @import @charset @keyframes @font-face @supports @layer
@container @param @return @returns @override @Override @deprecated @staticmethod
@classmethod @dataclass @pytest.fixture @app.route @everyone
"""

TABLE: dict[str, tuple[list[str], list[str]]] = {
    "account_name": (["teo_vance", "@ilse.b", "ruud77"], ["down", "Home", "__"]),
    "base64_of_userinfo": (["dGVvLnZhbmNlOmh1bnRlcjI=", "dTpw"], ["principles", "1234", ""]),
    "calendar_date": (
        [
            "03/04/1961",
            "1961-04-03",
            "3.4.61",
            "4 May 1961",
            "May 4, 1961",
            "19610403",
            "1961",
            "04031961",
            "29 February 2004",
            "4 mai 1961",
            "May 1961",
            "the 4th of May",
        ],
        ["45/45/1961", "1961-13-32", "29 February 2003", "12", "3000", "", "1 2 3 4"],
    ),
    "card_number": (
        ["5500 0000 0000 0004", "4111-1111-1111-1111"],
        ["5500 0000 0000 0005", "0000"],
    ),
    "coordinates": (["40.7128,-74.0060", "-33.9, 151.2"], ["140.1,2.2", "1.5", ""]),
    "handle_shape": (
        ["teo_vance", "teo.vance", "teo77", "@teo", "live:teo"],
        ["overview", "12", "no"],
    ),
    "id_number": (["40217", "B-123455"], ["12", "abc", "03/04/1961"]),
    "local_phone": (["555-0142", "0171 123456"], ["12", "03/04/1961", "1234567890123456"]),
    "login_name": (["tvance", "ilse.b"], ["root", "Shared", "Public", "none", "--"]),
    "login_userinfo": (["teo", "git:x"], ["git", "GIT"]),
    "luhn": (["5500 0000 0000 0004", "79927398713"], ["5500 0000 0000 0005", "0", ""]),
    "not_code_word": (
        ["@teo_vance", "@ilse.b", "@Ruud"],
        CODE.split(),
    ),
    "not_file_name": (
        ["teo@example.org", "teo@example.org.png", "teo@mail.zip"],
        ["logo@2x.png", "icon@1.5x.jpg", "banner@mobile.svg", "a@b.css"],
    ),
    "not_organisation": (
        ["Teodor Vance", "Ilse B. van der Ruud 🌻", "teo"],
        [
            "Ashby Town Council",
            "The Ashby Times",
            "Vance's Bakery",
            "Vance & Ruud",
            "Ashby FC",
            "",
            "National Union",
            "Ashby Ltd.",
            "University of Ashby",
            "Metropolitan Police",
        ],
    ),
    "person_name": (["Teodor Vance", "VANCE, TEODOR J.", "Åse Bråthen"], ["Ashby Council", "None"]),
    "person_name_shape": (
        ["Teodor Vance", "Anselm van der Ruud", "T. J. Vance", "O'Hara-Ruud", "李小雨", "Оля"],
        ["", "Monday", "unknown", "Teo 4", "one two three four five six seven", "van der"],
    ),
    "phone_digits": (
        ["+44 (0)20 7946 0018 ext. 12", "212.555.0142"],
        ["123456", "11111111", "1-2"],
    ),
    "secret": (
        ["hunter2", "abc def", "zzTop"],
        ["required", "${X}", "os.environ", "****", "no", "str"],
    ),
    "site_account": (
        ["teo_vance", "@ilse"],
        ["home", "Search", "features", "index.php", "about.html"],
    ),
    "spoken_digits": (
        [
            "two one two five five five zero",
            "double seven double oh one two three",
            "one two 3 4 5 6 7",
        ],
        ["one two three", "nineteen eighty four", ""],
    ),
    "strong_secret": (["hunter2", "x!9y"], ["required", "hunter", "123"]),
    "surname_with_title": (["Vance", "van der Ruud"], ["Universe", "Chancellor", "", "of Man"]),
    "uk_nino": (["QQ 12 34 56 C", "ab123456c", "AB 12 34 56"], ["GB123456A", "AB12345", ""]),
    "uncommon_name": (
        ["Vance, T.", "van der Ruud, A."],
        ["Hill, T.", "Monday, I.", "Terrace, N.", ""],
    ),
    "us_ssn": (["219-09-9999", "219 09 9999"], ["000-12-3456", "666-12-3456", "219-00-9999", "12"]),
}


def test_every_check_has_a_row() -> None:
    assert set(TABLE) == set(CHECKS)


@pytest.mark.parametrize("name", TABLE)
def test_check(name: str) -> None:
    let_through, turned_away = TABLE[name]
    assert [text for text in let_through if not CHECKS[name](text)] == []
    assert [text for text in turned_away if CHECKS[name](text)] == []


@given(st.sampled_from(sorted(CHECKS)), st.text(max_size=60))
def test_checks_take_any_text(name: str, text: str) -> None:
    assert CHECKS[name](text) in {True, False}
