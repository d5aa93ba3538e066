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
    "listed_given_name": (
        ["Silje Brekke", "Zdeněk Halík", "Ilse+Brandt"],
        ["Red Lamp", "San Luis", "Harbour Street", ""],
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
    "uk_nhs": (["943 476 5919", "9434765919"], ["943 476 5918", "943 476 591", ""]),
    "uk_nino": (["QQ 12 34 56 C", "ab123456c", "AB 12 34 56"], ["GB123456A", "AB12345", ""]),
    "uncommon_account": (["teovance", "TeoV#1234"], ["down", "broken", "12"]),
    "uncommon_mailbox": (["teovance @x.org", "ilse77@x"], ["us @x.org", "photos @x", "@x"]),
    "chat_nick": (["teovance", "ilse_b"], ["html", "error", "note", "root", "12"]),
    "spelled_address": (["teo at example dot org"], ["look at example dot com"]),
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
    "ar_cuit": (
        ["20-12345678-6", "20-12.345.678-6"],
        ["20-12345678-7", "20-12.345.678-7", "", "12"],
    ),
    "base58_address": (
        [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        ],
        ["1A1zP1eP5QGefi2DMPTfTL5SLmv8DivfNa", "3J98t1WpEZ74CNmQviecrnyiWrnqRhWNLy", "", "12"],
    ),
    "base58_key": (
        ["9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"],
        ["9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL0zYtAWWM", "", "12"],
    ),
    "be_national_number": (
        ["85.07.30-333.19", "850730 333 19", "70.03.13-018.16"],
        ["85.07.30-333.10", "850730 333 10", "", "12"],
    ),
    "bech32_address": (
        [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ],
        [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T5",
            "",
            "12",
        ],
    ),
    "br_cpf": (
        ["123.456.789-09", "123 456 789 09"],
        ["123.456.789-00", "123 456 789 00", "", "12"],
    ),
    "ch_ahv": (
        ["756.1234.5678.04", "7561234567804", "756 1234 5678 04"],
        ["756.1234.5678.05", "7561234567805", "", "12"],
    ),
    "cl_rut": (["12.345.678-5", "7.654.321-6"], ["12.345.678-6", "7.654.321-7", "", "12"]),
    "cn_resident_number": (
        ["11010519491231002X", "110105 19491231 002x", "110105195509140918"],
        ["11010519491231003X", "110105 19491231 003x", "", "12"],
    ),
    "cz_birth_number": (
        ["780123/3540", "780123 / 3540"],
        ["780123/3541", "780123 / 3541", "", "12"],
    ),
    "de_tax_id": (
        ["26 954 371 827", "84 153 776 025", "26954371827"],
        ["26 954 371 828", "84 153 776 026", "", "12"],
    ),
    "es_nif": (["45678123P", "45.678.123-P", "Y2345678Z"], ["45678124P", "45.678.124-P", "", "12"]),
    "fi_identity_code": (
        ["300785-123W", "300785-123w", "131052-308T"],
        ["300785-124W", "300785-124w", "", "12"],
    ),
    "fr_nir": (
        ["184127599904273", "1 84 12 75 999 042 73", "1.84.12.75.999.042.73"],
        ["184127599904274", "1 84 12 75 999 042 74", "", "12"],
    ),
    "hk_identity_card": (["G123456(A)", "g123456 (a)"], ["G123457(A)", "g123457 (a)", "", "12"]),
    "iban": (
        ["BE68.5390.0754.7034", "SA03-8000-0000-6080-1016-7519", "GB 82 WEST 1234 5698 7654 32"],
        ["BE68.5390.0754.7035", "SA03-8000-0000-6080-1016-7510", "", "12"],
    ),
    "ie_pps": (["1234567T", "1234567 T", "7654321PA"], ["1234568T", "1234568 T", "", "12"]),
    "it_fiscal_code": (
        ["RSSMRA85T10A562S", "rssmra85t10a562s", "RSS MRA 85T10 A562S"],
        ["RSSMRA85T10A563S", "rssmra85t10a563s", "", "12"],
    ),
    "kr_resident_number": (
        ["850730-1234567", "010203-4234567", "771225-1797016"],
        ["850740-1234567", "771235-1797016", "", "12"],
    ),
    "mx_curp": (
        ["HEGG560427MVZRRL04", "hegg560427mvzrrl04", "HEGG830815MVZRRL05"],
        ["HEGG560427MVZRRL05", "hegg560427mvzrrl05", "", "12"],
    ),
    "nl_bsn": (["111222308", "1112.22.308"], ["111222309", "1112.22.309", "", "12"]),
    "no_birth_number": (["30078512470", "300785 12470"], ["30078512471", "300785 12471", "", "12"]),
    "pl_pesel": (["85073012341", "850730 12341"], ["85073012342", "850730 12342", "", "12"]),
    "pt_nif": (["265432189", "265 432 189", "265.432.189"], ["265432180", "265 432 180", "", "12"]),
    "ro_cnp": (["1850730401233"], ["1850730401234", "", "12"]),
    "se_personnummer": (
        ["850730-1235", "19850730-1235", "990101-2394"],
        ["850730-1236", "19850730-1236", "", "12"],
    ),
    "state_number": (["PA1234567", "219-09-4417", "44712300"], ["", "12"]),
    "tr_identity_number": (["10000000146"], ["10000000147", "", "12"]),
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
