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
            "fourth of May 1961",
            "4 maja 1961",
            "1961-05-04T00:00:00Z",
        ],
        ["45/45/1961", "Marsh 1961", "1961-13-32", "29 February 2003", "12", "3000", "", "1 2 3 4"],
    ),
    "card_number": (
        ["5500 0000 0000 0004", "4111-1111-1111-1111"],
        ["5500 0000 0000 0005", "0000"],
    ),
    "coordinates": (
        ["40.7128,-74.0060", "-33.9, 151.2", "48,20849 16,37208"],
        ["140.1,2.2", "1.5", ""],
    ),
    "coordinates_either_way": (["151.2 -33.9", "48.2,16.4"], ["120.5 110.5", "190.5 4.1", ""]),
    "degrees": (
        ["48°12'30\"N 16°22'19\"E", "40.7° N, 74° W", "N48 12 30 E016 22 19", "481230N 0162219E"],
        ["48° 16°", "20° C, 30° E", "200° N, 300° E", "N E", ""],
    ),
    "device_id": (["C02XK1ZTJG5H", "88213-K-0092", "12345"], ["1234", "killer1", "2019-05-04", ""]),
    "handle_shape": (
        ["teo_vance", "teo.vance", "teo77", "@teo", "live:teo"],
        ["overview", "12", "no"],
    ),
    "human_age": (["43", "43-year-old", "7 years and 4 months", "seven"], ["120", "043", "0"]),
    "id_number": (["40217", "B-123455"], ["12", "abc", "03/04/1961"]),
    "ip4_address": (
        ["203.0.113.77", "198.51.100.0/24", "203[.]0[.]113[.]77", "203-0-113-77"],
        ["256.1.1.1", "127.0.0.1", "0.0.0.0", "255.255.255.0", "1.2.3", ""],
    ),
    "ip6_address": (
        ["2001:db8::1", "fe80::1ff:fe23:4567:890a%eth0", "::ffff:203.0.113.77", "2001:db8::/32"],
        ["::1", "::", "a::b", "dead::beef", "1:2:3", "12:34:56", ""],
    ),
    "life_years": (
        ["1961-2024", "4 May 1911 - 9 June 1984", "c. 1911-1984"],
        ["2014-2018", "1851-1918", "1900-2024", "1961", "2024-1961", ""],
    ),
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
    "plate": (["AB12 CDE", "B-MW 1234", "W 123 ABC"], ["A1", "IV 12", "ABCDE 123456", ""]),
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
    "vin": (
        ["1M8GDM9AXKP042788", "1hgcm82633a004352"],
        ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "11111111111111111", "IM8GDM9AXKP042788", ""],
    ),
    "vin_shape": (
        ["WVWZZZ1JZXW000001", "1m8gdm9axkp042788"],
        ["AAAAAAAAAAAAAAAAA", "12345678901234567", "WVWZZZ1JZXW00000", "OVWZZZ1JZXW000001", ""],
    ),
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
