"""Check digits of national identity numbers, each as its state publishes it.

Every check ignores separators between the groups of a number. "Yes" means that a number can have
been issued, not that it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import cycle

_DIGITS = re.compile(r"\d")  # of any script: `int` reads them all
# The letters and signs whose positions are values in several of these numbers.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABET = "0123456789" + _LETTERS
# The letters of check digits in their order, by the remainder that each stands for.
_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_MEXICAN = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
# A codice fiscale; L, M, N, P to V replace digits where two people would share a code.
_ITALIAN = re.compile(r"[A-Z]{6}[\dLMNP-V]{2}[ABCDEHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]")
# The values of signs at odd positions: of 0 to 9 and A to J alike, then of K to V and W to Z.
_ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10)
_ITALIAN_LAST = (22, 25, 24, 23)


def it_fiscal_code(text: str) -> bool:
    """Tell whether a text is an Italian codice fiscale."""
    code = _code(text)
    if not _ITALIAN.fullmatch(code):
        return False
    odd = (*_ITALIAN_ODD, *_ITALIAN_LAST)
    values = [int(sign) if sign.isdigit() else _LETTERS.index(sign) for sign in code]
    total = sum(odd[value] for value in values[:15:2]) + sum(values[1:15:2])
    return total % 26 == values[15]


def es_nif(text: str) -> bool:
    """Tell whether a text is a Spanish DNI or NIE with its letter."""
    code = _code(text)
    if not re.fullmatch(r"(?:\d{8}|[XYZ]\d{7})[A-Z]", code):
        return False
    number = int(code[:-1].translate(str.maketrans("XYZ", "012")))
    return _SPANISH[number % 23] == code[-1]


def ch_ahv(text: str) -> bool:
    """Tell whether a text is a Swiss AHV number: 756 and ten digits, the last as in an EAN."""
    digits = _numbers(text)
    return len(digits) == 13 and digits[:3] == [7, 5, 6] and _weighted(digits, (1, 3)) % 10 == 0


def fr_nir(text: str) -> bool:
    """Tell whether a text is a French social security number with its key of two digits."""
    code = _code(text)
    if not re.fullmatch(r"[1-478]\d{4}(?:\d\d|2[AB])\d{8}", code):
        return False
    number = int(code[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(code[13:])


def be_national_number(text: str) -> bool:
    """Tell whether a text is a Belgian national number, of people born before or after 2000."""
    digits = "".join(_DIGITS.findall(text))
    if len(digits) != 11:
        return False
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def nl_bsn(text: str) -> bool:
    """Tell whether a text is a Dutch citizen service number."""
    digits = _numbers(text)
    return len(digits) == 9 and any(digits) and _weighted(digits, (*range(9, 1, -1), -1)) % 11 == 0


def pl_pesel(text: str) -> bool:
    """Tell whether a text is a Polish PESEL: a date of birth with its century, a check digit."""
    digits = _numbers(text)
    if len(digits) != 11 or not 1 <= (10 * digits[2] + digits[3]) % 20 <= 12:
        return False
    return _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and _day(digits[4:6])


def se_personnummer(text: str) -> bool:
    """Tell whether a text is a Swedish personal number, or a co-ordination number (day + 60)."""
    digits = _numbers(text)
    if len(digits) not in (10, 12):
        return False
    digits = digits[-10:]
    day = 10 * digits[4] + digits[5]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[0::2]]
    return (
        1 <= 10 * digits[2] + digits[3] <= 12
        and 1 <= day % 60 <= 31
        and (sum(doubled) + sum(digits[1::2])) % 10 == 0
    )


def no_birth_number(text: str) -> bool:
    """Tell whether a text is a Norwegian birth number, or a D-number (day + 40)."""
    digits = _numbers(text)
    return (
        len(digits) == 11
        and 1 <= (10 * digits[0] + digits[1]) % 40 <= 31
        and _weighted(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        and _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def fi_identity_code(text: str) -> bool:
    """Tell whether a text is a Finnish personal identity code."""
    parts = re.fullmatch(r"(\d{6})[-+A-FU-Y](\d{3})(\w)", text.strip().upper())
    return parts is not None and _FINNISH[int(parts[1] + parts[2]) % 31] == parts[3]


def br_cpf(text: str) -> bool:
    """Tell whether a text is a Brazilian CPF; one digit all over is none."""
    digits = _numbers(text)
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(
        _weighted(digits[:length], range(length + 1, 1, -1)) * 10 % 11 % 10 == digits[length]
        for length in (9, 10)
    )


def de_tax_id(text: str) -> bool:
    """Tell whether a text is a German Steuer-ID: ISO 7064 mod 11,10, one digit repeated."""
    digits = _numbers(text)
    if len(digits) != 11 or digits[0] == 0:
        return False
    repeated = [count for count in Counter(digits[:10]).values() if count > 1]
    if repeated not in ([2], [3]):
        return False
    product = 10
    for digit in digits[:10]:
        product = ((product + digit) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == digits[10]


def tr_identity_number(text: str) -> bool:
    """Tell whether a text is a Turkish identity number."""
    digits = _numbers(text)
    if len(digits) != 11 or digits[0] == 0:
        return False
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and sum(digits[:10]) % 10 == digits[10]


def cn_resident_number(text: str) -> bool:
    """Tell whether a text is a Chinese resident identity number of 18 signs."""
    code = _code(text)
    if not re.fullmatch(
        r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dX]", code
    ):
        return False
    total = _weighted([int(sign) for sign in code[:17]], [2**power for power in range(17, 0, -1)])
    return "10X98765432"[total % 11] == code[17]


def kr_resident_number(text: str) -> bool:
    """Tell whether a text has the form of a Korean resident number: a date, sex and century.

    Those given since October 2020 have no check digit.
    """
    digits = _numbers(text)
    return (
        len(digits) == 13
        and 1 <= 10 * digits[2] + digits[3] <= 12
        and _day(digits[4:6])
        and digits[6] in range(1, 9)
    )


def cl_rut(text: str) -> bool:
    """Tell whether a text is a Chilean RUT."""
    code = _code(text)
    if not re.fullmatch(r"\d{7,8}[\dK]", code):
        return False
    total = _weighted([int(sign) for sign in reversed(code[:-1])], (2, 3, 4, 5, 6, 7))
    return "0K987654321"[total % 11] == code[-1]


def ar_cuit(text: str) -> bool:
    """Tell whether a text is the CUIT or CUIL of a person in Argentina."""
    digits = _numbers(text)
    if len(digits) != 11 or digits[0] != 2:
        return False
    return _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def mx_curp(text: str) -> bool:
    """Tell whether a text is a Mexican CURP."""
    code = _code(text)
    if not re.fullmatch(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", code):
        return False
    values = [_MEXICAN.index(sign) for sign in code[:17]]
    return -_weighted(values, range(18, 1, -1)) % 10 == int(code[17])


def cz_birth_number(text: str) -> bool:
    """Tell whether a text is a Czech or Slovak birth number of ten digits."""
    digits = "".join(_DIGITS.findall(text))
    if len(digits) != 10 or not 1 <= int(digits[2:4]) % 50 % 20 <= 12:
        return False
    return int(digits) % 11 == 0 or (int(digits[:9]) % 11 == 10 and digits[9] == "0")


def hk_identity_card(text: str) -> bool:
    """Tell whether a text is the number of a Hong Kong identity card."""
    code = _code(text)
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[\dA]", code):
        return False
    values = [36, *map(_ALPHABET.index, code)][-9:]
    return _weighted(values, range(9, 0, -1)) % 11 == 0


def ie_pps(text: str) -> bool:
    """Tell whether a text is an Irish PPS number, with one letter at its end or two."""
    code = _code(text)
    if not re.fullmatch(r"\d{7}[A-W][A-IW]?", code):
        return False
    second = _IRISH.index(code[8]) if len(code) > 8 else 0
    total = _weighted([int(digit) for digit in code[:7]], range(8, 1, -1)) + 9 * second
    return _IRISH[total % 23] == code[7]


def pt_nif(text: str) -> bool:
    """Tell whether a text is a Portuguese tax number."""
    digits = _numbers(text)
    if len(digits) != 9 or digits[0] == 0:
        return False
    return digits[8] == -_weighted(digits[:8], range(9, 1, -1)) % 11 % 10


def ro_cnp(text: str) -> bool:
    """Tell whether a text is a Romanian personal code."""
    digits = _numbers(text)
    if len(digits) != 13 or digits[0] == 0:
        return False
    rest = _weighted(digits[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return digits[12] == (1 if rest == 10 else rest)


def _code(text: str) -> str:
    """Return the letters and digits of a text, in capitals."""
    return "".join(filter(str.isalnum, text)).upper()


def _numbers(text: str) -> list[int]:
    """Return the digits of a text as numbers."""
    return [int(digit) for digit in _DIGITS.findall(text)]


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    """Return the sum of values, each times its weight; weights that run out begin again."""
    return sum(value * weight for value, weight in zip(values, cycle(weights), strict=False))


def _day(digits: Sequence[int]) -> bool:
    """Tell whether two digits are a day of a month."""
    return 1 <= 10 * digits[0] + digits[1] <= 31
