"""Invented numbers and addresses of the network: of reserved ranges, or such as nobody is given."""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from redactor.operators.placeholders import base32
from redactor.operators.surrogate.draw import Draw
from redactor.text import view

# Some area codes of the United States: 555-0100 to 555-0199 are set aside for fiction in each.
_US_AREAS = "202 206 212 303 305 312 404 415 503 512 602 612 617 702 713 802 808 907".split()
# Ofcom, Telephone numbers for use in TV and radio drama: no area, London, and mobile.
_UK_RANGES = ("01632960", "02079460", "07700900")
_MOBILE = 2
_DOCUMENTATION = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737
_DOCUMENTATION_6 = 0x20010DB8 << 96  # RFC 3849
_DOCUMENTATION_MAC = "00005e0053"  # RFC 7042
_LINK = "https://www.example.org/"  # RFC 2606, section 3
_NINO_LETTERS = "ABCD"
_NHS_WEIGHTS = range(10, 1, -1)


def telephone(draw: Draw) -> str | None:
    """Return a number of a range for fiction, British or American, grouped as the original is."""
    text = view(draw.text).text
    digits = re.sub(r"\D", "", text)
    plus = text.lstrip("( ").startswith("+") or digits.startswith("00")
    national = digits.removeprefix("00") if plus else digits
    if plus and national.startswith("44"):
        return draw.pick(lambda number: _filled(text, _british(draw, national[2:], number)[1:]))
    if not plus and len(digits) in (10, 11) and digits.startswith("0"):
        return draw.pick(lambda number: _filled(text, _british(draw, digits[1:], number)))
    if not plus and len(digits) == 7:
        return draw.pick(lambda number: _filled(text, _american(draw, number)[3:]))
    if (plus and national.startswith("1")) or (not plus and len(digits) in (10, 11)):
        return draw.pick(lambda number: _filled(text, _american(draw, number)))
    return draw.pick(lambda number: "+1 {}-{}-{}".format(*_grouped(_american(draw, number))))


def _american(draw: Draw, number: int) -> str:
    bits = draw.number(draw.value, str(number))
    return f"{_US_AREAS[bits // 100 % len(_US_AREAS)]}55501{bits % 100:02}"


def _british(draw: Draw, national: str, number: int) -> str:
    bits = draw.number(draw.value, str(number))
    range_ = _UK_RANGES[_MOBILE] if national.startswith("7") else _UK_RANGES[bits // 1000 % 2]
    return f"{range_}{bits % 1000:03}"


def _grouped(digits: str) -> tuple[str, str, str]:
    return digits[:3], digits[3:6], digits[6:]


def _filled(text: str, digits: str) -> str:
    """Return a text with its last digits exchanged; what is before them is a prefix.

    Where a text has other digits than are to be filled in, they are written as one group.
    """
    have = sum(char.isdigit() for char in text)
    lead = have - len(digits)
    prefix = re.sub(r"\D", "", text)[: max(lead, 0)]
    if lead < 0 or prefix.removeprefix("00") not in ("", "1", "44"):
        country = "+44 " if re.match(r"\s*(?:\+|00)\s*44", text) else ""
        return f"{country}{digits[:5]} {digits[5:]}" if len(digits) > 7 else digits
    new = iter(prefix + digits)
    return re.sub(r"\d", lambda _: next(new), text)


def card(draw: Draw) -> str | None:
    """Return a card number of as many digits whose check digit is wrong, so that it is nobody's."""
    text = view(draw.text).text
    count = len(re.sub(r"\D", "", text))

    def candidate(number: int) -> str:
        digits = f"4{draw.number(draw.value, str(number)):039}"[: count - 1]
        wrong = (_luhn(digits) + 1 + draw.number("check", draw.value) % 9) % 10
        return _filled_all(text, f"{digits}{wrong}")

    return draw.pick(candidate) if count > 1 else None


def _luhn(digits: str) -> int:
    """Return the digit that makes a number right by Luhn's formula (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits))]
    return -sum(number // 10 + number % 10 for number in doubled) % 10


def _filled_all(text: str, digits: str) -> str:
    new = iter(digits)
    return re.sub(r"\d", lambda _: next(new), text)


def iban(draw: Draw) -> str | None:
    """Return an IBAN of the same country and shape with the check digits 00, as none has.

    ISO 13616 computes them as 98 less a remainder of 97, so that they are 02 to 98.
    """
    text = view(draw.text).text

    def candidate(number: int) -> str:
        digits = iter(f"{draw.number(draw.value, str(number)):039}" * 2)
        letters = iter(base32(draw.number("letters", draw.value).to_bytes(16, "big")) * 5)
        body = re.sub(r"\d", lambda _: next(digits), text[4:])
        return text[:2] + "00" + re.sub(r"[A-Za-z]", lambda _: _letter(next(letters)), body)

    return draw.pick(candidate) if re.match(r"[A-Za-z]{2}\d\d", text) else None


def _letter(digit: str) -> str:
    return digit if digit.isalpha() else "ABCDEFGHJK"[int(digit)]


def us_ssn(draw: Draw) -> str | None:
    """Return a number of the area 666, which is never assigned (SSA, POMS RM 10201.035)."""
    text = view(draw.text).text

    def candidate(number: int) -> str:
        bits = draw.number(draw.value, str(number))
        digits = f"666{bits % 99 + 1:02}{bits // 99 % 9999 + 1:04}"
        return _shaped(text, digits, "{}-{}-{}", 3, 5)

    return draw.pick(candidate)


def uk_nhs(draw: Draw) -> str | None:
    """Return a number of the range 999, which is for tests, with a right check digit.

    Numbers from 999 000 0000 on are for tests and demonstrations, and never issued.
    """
    text = view(draw.text).text

    def candidate(number: int) -> str:
        for extra in range(99):
            digits = f"999{draw.number(draw.value, str(number), str(extra)) % 10**6:06}"
            weighed = sum(int(d) * w for d, w in zip(digits, _NHS_WEIGHTS, strict=True))
            if (check := -weighed % 11) < 10:
                return _shaped(text, f"{digits}{check}", "{} {} {}", 3, 6)
        raise AssertionError("ten of eleven numbers have a check digit")

    return draw.pick(candidate)


def uk_nino(draw: Draw) -> str | None:
    """Return a number with the prefix QQ: no prefix has the letter Q (HMRC, NIM39110)."""
    text = view(draw.text).text

    def candidate(number: int) -> str:
        bits = draw.number(draw.value, str(number))
        digits = iter(f"{bits % 10**6:06}")
        if len(re.sub(r"\D", "", text)) != 6:
            return f"QQ{''.join(digits)}{_NINO_LETTERS[bits // 10**6 % 4]}"
        letters = iter(f"QQ{_NINO_LETTERS[bits // 10**6 % 4]}")
        filled = re.sub(r"\d", lambda _: next(digits), text)
        return re.sub(r"[A-Za-z]", lambda _: next(letters, "A"), filled)

    return draw.pick(candidate)


def ip_address(draw: Draw) -> str | None:
    """Return an address of the ranges for documentation, of the same version."""
    six = ":" in view(draw.text).text

    def candidate(number: int) -> str:
        bits = draw.number(draw.value, str(number))
        if six:
            return str(IPv6Address(_DOCUMENTATION_6 | bits % (1 << 64)))
        return f"{_DOCUMENTATION[bits % 3]}.{bits // 3 % 254 + 1}"

    return draw.pick(candidate)


def mac_address(draw: Draw) -> str | None:
    """Return an address of the range for documentation, with the same separators."""
    text = view(draw.text).text
    separator = next((char for char in text if char in ":-."), "")
    width = 4 if separator == "." else 2

    def candidate(number: int) -> str:
        digits = f"{_DOCUMENTATION_MAC}{draw.number(draw.value, str(number)) % 256:02x}"
        parts = (digits[at : at + width] for at in range(0, 12, width))
        written = separator.join(parts)
        return written.upper() if text.upper() == text else written

    return draw.pick(candidate)


def link(draw: Draw) -> str | None:
    """Return a link to a page of a host that is reserved for examples."""

    def candidate(number: int) -> str:
        digest = draw.number(draw.value, str(number)).to_bytes(16, "big")
        return _LINK + base32(digest).lower()

    return draw.pick(candidate)


def _shaped(text: str, digits: str, pattern: str, one: int, other: int) -> str:
    """Return digits grouped as in a text that has as many, or by a pattern."""
    if len(re.sub(r"\D", "", text)) == len(digits):
        return _filled_all(text, digits)
    return pattern.format(digits[:one], digits[one:other], digits[other:])
