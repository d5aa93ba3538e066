"""Check digits, telephone numbers, numbers that a state gives, coordinates."""

from __future__ import annotations

import re

from redactor.detect.checks.dates import looks_like_date
from redactor.detect.checks.words import NUMBER_WORDS, TENS

_DIGITS = re.compile(r"\d")  # of any script: `int` reads them all


def luhn(text: str) -> bool:
    """Tell whether the digits of a text, at least two, end in a valid Luhn check digit."""
    digits = [int(digit) for digit in _DIGITS.findall(text)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def card_number(text: str) -> bool:
    """Tell whether a text can be a payment card: Luhn, and not one digit all over."""
    return luhn(text) and len(set(_DIGITS.findall(text))) > 1


def iban(text: str) -> bool:
    """Tell whether a text is an IBAN: ISO 7064 mod 97-10, as ISO 13616 has it."""
    code = "".join(filter(str.isalnum, text)).upper()
    if not 15 <= len(code) <= 34 or not code.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def phone_digits(text: str) -> bool:
    """Tell whether a text has the digits of a telephone number: 7 to 15, not all alike.

    Endings of further lines may follow it: "020 7946 0018/19".
    """
    digits = _DIGITS.findall(text.casefold().partition("x")[0])
    return (
        7 <= len(digits) <= 15 + 4 * text.count("/")
        and len(set(digits)) > 1
        and not looks_like_date(text)
    )


def local_phone(text: str) -> bool:
    """Tell whether a text after a word such as `call` is a number: 5 to 15 digits, no date.

    Endings of further lines may follow it: "020 7946 0018/19".
    """
    digits = _DIGITS.findall(text.casefold().partition("x")[0])
    return 5 <= len(digits) <= 15 + 4 * text.count("/") and not looks_like_date(text)


def spoken_digits(text: str) -> bool:
    """Tell whether number words spell at least seven digits, `double` and `triple` counted.

    "One two three four five six seven" does, although it is counting.
    """
    count, single, times = 0, 0, 1
    if _counts(re.findall(r"[a-z]+|\d", text.casefold())):
        return False
    for word in re.findall(r"[a-z]+|\d", text.casefold()):
        if word in {"double", "triple", "treble"}:
            times = 2 if word == "double" else 3
        elif word in NUMBER_WORDS or word.isdigit():
            count, single, times = count + times, single + 1, 1
        elif word == "hundred" or word in TENS:
            count += 2
    return count >= 7 and single >= 4


def _counts(words: list[str]) -> bool:
    """Tell whether words, or digits, are the numbers from nought or one on, in their order."""
    order = [str(number) for number in range(11)]
    if not words[:1] or not words[0].isdigit():
        order = "zero one two three four five six seven eight nine ten".split()
    start = 0 if words[:1] == order[:1] else 1
    return words == order[start : start + len(words)]


def us_ssn(text: str) -> bool:
    """Tell whether nine digits can be a US social security number or taxpayer number."""
    digits = "".join(_DIGITS.findall(text))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return len(digits) == 9 and area not in {"000", "666"} and group != "00" and serial != "0000"


def uk_nino(text: str) -> bool:
    """Tell whether a text can be a UK national insurance number."""
    code = "".join(filter(str.isalnum, text)).upper()
    return re.fullmatch(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-Z]{2}\d{6}[A-D]?", code) is not None


def uk_nhs(text: str) -> bool:
    """Tell whether a text can be a number of the NHS: ten digits, the last a check mod 11."""
    digits = [int(digit) for digit in _DIGITS.findall(text)]
    weighted = sum(digit * (10 - place) for place, digit in enumerate(digits[:9]))
    return len(digits) == 10 and (weighted + digits[9]) % 11 == 0


def id_number(text: str) -> bool:
    """Tell whether a text can be a number given to a person: three digits at least, no date."""
    return len(_DIGITS.findall(text)) >= 3 and not looks_like_date(text)


def device_id(text: str) -> bool:
    """Tell whether a text can be the number of a device: five signs, two digits, no date."""
    digits = _DIGITS.findall(text)
    return sum(map(str.isalnum, text)) >= 5 and len(digits) > 1 and not looks_like_date(text)


def coordinates(text: str) -> bool:
    """Tell whether a text is a latitude and a longitude."""
    pair = _pair(text)
    return len(pair) == 2 and pair[0] <= 90 and pair[1] <= 180


def coordinates_either_way(text: str) -> bool:
    """Tell whether a text is a latitude and a longitude, or a longitude and a latitude."""
    pair = _pair(text)
    return len(pair) == 2 and min(pair) <= 90 and max(pair) <= 180


def _pair(text: str) -> list[float]:
    numbers = re.findall(r"\d{1,3}(?:[.,]\d+)?", text)[:2]
    return [float(number.replace(",", ".")) for number in numbers]


def degrees(text: str) -> bool:
    """Tell whether degrees are those of a place: the compass is named, or there are minutes."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    compass = r"(?i)(?<![a-z])[ns](orth|outh)?(?![a-z])", r"(?i)(?<![a-z])[ew](est|ast)?(?![a-z])"
    named = all(re.search(way, text) for way in compass)
    bare = re.fullmatch(r"\d+(?:\.\d+)?[NS]?\s?\d+(?:\.\d+)?[EW]?", text) is not None
    return named and len(numbers) >= 2 and (bare or max(numbers) <= 180)


def plate(text: str) -> bool:
    """Tell whether a text can be a number plate: four letters and digits or more, no word."""
    return 4 <= sum(map(str.isalnum, text)) <= 9 and not re.fullmatch(r"[IVXLC]+[ -]?\d*", text)


def state_number(text: str) -> bool:
    """Tell whether a text can be a number given by a state: six digits at least, no date."""
    return len(_DIGITS.findall(text)) >= 6 and not looks_like_date(text)
