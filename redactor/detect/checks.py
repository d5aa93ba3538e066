"""Named tests that a rule may put to what its pattern matched: text in, yes or no out.

Each is pure, looks only at the text it is given, and costs little on any text. `CHECKS` is the
list of those that a rule file may name. A check answers "yes, this may be what the rule says".
"""

from __future__ import annotations

import base64
import binascii
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from types import MappingProxyType

from redactor.detect.words import (
    CODE_WORDS,
    FILE_SUFFIXES,
    MONTHS,
    NO_SECRETS,
    NO_SURNAMES,
    NUMBER_WORDS,
    ORGANISATION_WORDS,
    PARTICLES,
    PLACE_WORDS,
    PLAIN_WORDS,
    SERVICES,
    SITE_PAGES,
    SYSTEM_ACCOUNTS,
    TENS,
    TITLE_CASE_WORDS,
    is_common,
)

__all__ = ["CHECKS"]

_DIGITS = re.compile(r"\d")
_ADDRESS = re.compile(
    rb"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2}"
)
_USERINFO = re.compile(rb"[\x20-\x39\x3b-\x7e\x80-\xff]{1,256}:[\x20-\x7e\x80-\xff]{0,256}")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'.-]*(?:['.-]{1,2}[^\W\d_]+)*\.?")


def luhn(text: str) -> bool:
    """Tell whether the digits of a text, at least two, end in a valid Luhn check digit."""
    digits = [int(digit) for digit in _DIGITS.findall(text)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def card_number(text: str) -> bool:
    """Tell whether a text can be a payment card: Luhn, and not one digit all over."""
    return luhn(text) and len(set(_DIGITS.findall(text))) > 1


def not_organisation(text: str) -> bool:
    """Tell whether a display name is *not* plainly that of an organisation."""
    words = text.split()
    if not words:
        return False
    plain = [word.strip(".,;:!?()'\"").casefold() for word in words]
    possessive = any(word.endswith(("'s", "s'")) for word in plain[:-1])
    listed = any(word in ORGANISATION_WORDS for word in plain)
    return not (listed or possessive or plain[0] == "the" or "&" in plain)


def person_name(text: str) -> bool:
    """Tell whether a text is shaped like a person's name and is no organisation."""
    return person_name_shape(text) and not_organisation(text)


def person_name_shape(text: str) -> bool:
    """Tell whether a text is one to six words that could each be part of a name."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 6:
        return False
    if words[0].casefold().strip(".") in TITLE_CASE_WORDS:
        return False
    named = [word for word in words if word.casefold() not in PARTICLES]
    return bool(named) and all(_NAME_WORD.fullmatch(word) for word in words if word != "&")


def spaced_name(text: str) -> bool:
    """Tell whether letter-spaced words are a name rather than a heading such as `C h a p t e r`."""
    words = ["".join(word.split()) for word in re.split(r"\s{2,}", text)]
    return person_name(" ".join(words)) and not any(
        word.casefold() in PLAIN_WORDS for word in words
    )


def surname_with_title(text: str) -> bool:
    """Tell whether what follows a title is a name: not an office, a dish or a holiday."""
    first = text.split(maxsplit=1)[0].casefold() if text.split() else ""
    return first not in NO_SURNAMES and person_name_shape(text)


def uncommon_name(text: str) -> bool:
    """Tell whether the word before a comma can be a surname: no plain word, place or office."""
    words = text.split(",", 1)[0].casefold().split()
    first = words[-1] if words else ""
    return bool(first) and not (
        first in PLAIN_WORDS
        or first in TITLE_CASE_WORDS
        or first in PLACE_WORDS
        or first in NO_SURNAMES
        or is_common(first)
    )


def plain_place(text: str) -> bool:
    """Tell whether a name of several words ends as only places do: "Priory Meadow"."""
    words = text.casefold().split()
    return len(words) > 1 and words[-1] in PLACE_WORDS


def plain_service(text: str) -> bool:
    """Tell whether a text is the name of a service, such as stands before an account."""
    return text.casefold() in SERVICES


def not_file_name(text: str) -> bool:
    """Tell whether what looks like an address is *not* a file such as `logo@2x.png`."""
    host = text.rpartition("@")[2].casefold()
    labels = host.split(".")
    if re.fullmatch(r"\d+(?:\.\d+)?x\.\w+", host):
        return False
    return len(labels) != 2 or labels[1] not in FILE_SUFFIXES


def not_code_word(text: str) -> bool:
    """Tell whether an `@word` is *not* a decorator, at-rule, tag or annotation."""
    word = text.lstrip("@").casefold()
    return word not in CODE_WORDS and word.split(".")[0].split("-")[0] not in CODE_WORDS


def handle_shape(text: str) -> bool:
    """Tell whether a text can only be an account name: no dictionary word looks like it."""
    name = text.removeprefix("@").removeprefix("live:")
    if len(name) < 3 or not any(map(str.isalpha, name)):
        return False
    inside = name[1:-1]
    return (
        text.startswith(("@", "live:"))
        or any(sign in inside for sign in "_.#")
        or "_" in name
        or any(map(str.isdigit, name[1:]))
    )


def account_name(text: str) -> bool:
    """Tell whether a text can name an account: not a page every site has, nor a plain word."""
    name = text.strip("@").casefold()
    return name not in SITE_PAGES and name not in PLAIN_WORDS and any(map(str.isalnum, name))


def site_account(text: str) -> bool:
    """Tell whether the first part of a path is an account and not a page of the site."""
    name = text.strip("@~").casefold()
    return name not in SITE_PAGES and not name.endswith((".html", ".php", ".js", ".css", ".aspx"))


def login_name(text: str) -> bool:
    """Tell whether a text can be a person's login: not `root`, `Public` or a placeholder."""
    name = text.casefold()
    return name not in SYSTEM_ACCOUNTS and name not in PLAIN_WORDS and any(map(str.isalnum, name))


def login_userinfo(text: str) -> bool:
    """Tell whether what stands before the host of an address is a person's, or has a password."""
    user, _, password = text.partition(":")
    return bool(password) or user.casefold() not in {"git", "hg", "svn", "anonymous", "ftp"}


def secret(text: str) -> bool:
    """Tell whether the value after a label such as `password:` is a secret, not prose or code."""
    word = text.casefold().strip(".,;:!?'\"")
    if word in NO_SECRETS or word in PLAIN_WORDS or len(word) < 3 or len(set(word)) < 2:
        return False
    return not re.match(r"[$%]?\{|\$\(|<\w|\[\w|os\.|process\.|self\.|config|getenv|env\.", word)


def strong_secret(text: str) -> bool:
    """Tell whether a text is a secret by its looks alone: digits or signs among letters."""
    word = text.strip(".,;:!?'\"")
    kinds = (str.isdigit, str.isalpha, lambda sign: not sign.isalnum())
    return secret(text) and len(word) >= 4 and sum(any(map(kind, word)) for kind in kinds) > 1


def calendar_date(text: str) -> bool:
    """Tell whether a text is a date that exists, or a plausible year, of 1850 to 2099."""
    words = [word.casefold().rstrip(".") for word in re.findall(r"[^\W\d_]+", text)]
    month = next((MONTHS[word] for word in words if word in MONTHS), None)
    groups = re.findall(r"\d+", text)
    numbers = [int(group) for group in groups]
    if month is None and [len(group) for group in groups] == [8]:
        return _exists(_cut(groups[0], 4, 2, 2)) or _exists(_cut(groups[0], 2, 2, 4))
    if month is None:
        return _exists(numbers) if len(numbers) == 3 else _only_year(numbers)
    match numbers:
        case [one]:
            return one <= 31 or _only_year(numbers)
        case [one, other]:
            return _exists([one, month, other]) or _exists([other, month, one])
        case _:
            return False


def _cut(digits: str, *widths: int) -> list[int]:
    rest = iter(digits)
    return [int("".join(next(rest) for _ in range(width))) for width in widths]


def _only_year(numbers: list[int]) -> bool:
    return len(numbers) == 1 and 1850 <= numbers[0] <= 2099


def _exists(numbers: list[int]) -> bool:
    """Tell whether three numbers are a date in one of the orders d-m-y, m-d-y, y-m-d, y-d-m."""
    a, b, c = numbers
    return any(_day_exists(*one) for one in ((a, b, c), (b, a, c), (c, b, a), (b, c, a)))


def _day_exists(day: int, month: int, year: int) -> bool:
    year += 1900 if year < 100 else 0
    return 1850 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def phone_digits(text: str) -> bool:
    """Tell whether a text has the digits of a telephone number: 7 to 15, not all alike."""
    digits = _DIGITS.findall(text.casefold().partition("x")[0])
    return 7 <= len(digits) <= 15 and len(set(digits)) > 1 and not _looks_like_date(text)


def local_phone(text: str) -> bool:
    """Tell whether a text after a word such as `call` is a number: 5 to 15 digits, no date."""
    digits = _DIGITS.findall(text.casefold().partition("x")[0])
    return 5 <= len(digits) <= 15 and not _looks_like_date(text)


def _looks_like_date(text: str) -> bool:
    parts = re.fullmatch(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\s*", text)
    return parts is not None and _exists([int(parts[number]) for number in (1, 3, 4)])


def spoken_digits(text: str) -> bool:
    """Tell whether number words spell at least seven digits, `double` and `triple` counted."""
    count, single, times = 0, 0, 1
    for word in re.findall(r"[a-z]+|\d", text.casefold()):
        if word in {"double", "triple", "treble"}:
            times = 2 if word == "double" else 3
        elif word in NUMBER_WORDS or word.isdigit():
            count, single, times = count + times, single + 1, 1
        elif word == "hundred" or word in TENS:
            count += 2
    return count >= 7 and single >= 4


def us_ssn(text: str) -> bool:
    """Tell whether nine digits can be a US social security number or taxpayer number."""
    digits = "".join(_DIGITS.findall(text))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return len(digits) == 9 and area not in {"000", "666"} and group != "00" and serial != "0000"


def uk_nino(text: str) -> bool:
    """Tell whether a text can be a UK national insurance number."""
    code = "".join(filter(str.isalnum, text)).upper()
    return re.fullmatch(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-Z]{2}\d{6}[A-D]?", code) is not None


def id_number(text: str) -> bool:
    """Tell whether a text can be a number given to a person: three digits at least, no date."""
    return len(_DIGITS.findall(text)) >= 3 and not _looks_like_date(text)


def coordinates(text: str) -> bool:
    """Tell whether a text is a latitude and a longitude."""
    pair = [float(number) for number in re.findall(r"-?\d{1,3}(?:\.\d+)?", text)[:2]]
    return len(pair) == 2 and abs(pair[0]) <= 90 and abs(pair[1]) <= 180


def base64_of_address(text: str) -> bool:
    """Tell whether base64, also of the URL kind, decodes to something with an e-mail address."""
    return any(_ADDRESS.search(decoded) for decoded in _decodings(text))


def base64_of_userinfo(text: str) -> bool:
    """Tell whether base64 decodes to `user:password`."""
    return any(_USERINFO.fullmatch(decoded) for decoded in _decodings(text))


def _decodings(text: str) -> list[bytes]:
    """Return what base64 may mean, from each of four places: signs in front may not belong."""
    signs = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    decoded = []
    for start in range(4):
        part = signs[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            decoded.append(base64.b64decode(part + "=" * (-len(part) % 4)))
        except (binascii.Error, ValueError):
            continue
    return decoded


_ALL: tuple[Callable[[str], bool], ...] = (
    account_name,
    base64_of_address,
    base64_of_userinfo,
    calendar_date,
    card_number,
    coordinates,
    handle_shape,
    id_number,
    local_phone,
    login_name,
    login_userinfo,
    luhn,
    not_code_word,
    not_file_name,
    not_organisation,
    person_name,
    person_name_shape,
    phone_digits,
    secret,
    site_account,
    spaced_name,
    spoken_digits,
    strong_secret,
    surname_with_title,
    uk_nino,
    uncommon_name,
    us_ssn,
)

CHECKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {check.__name__: check for check in _ALL}
)
