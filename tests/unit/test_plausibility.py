"""What speaks against a result of Presidio: its shape, and what stands around it."""

from __future__ import annotations

import pytest
from presidio_analyzer import RecognizerResult

from redactor.detect.presidio.plausibility import is_plausible

STANDS = {
    "groups of North America": ("ring 212 555 0142 now", "PHONE_NUMBER", "212 555 0142"),
    "a country code": ("2031 +49 30 5550142 12", "PHONE_NUMBER", "+49 30 5550142"),
    "the code in brackets": ("Tel (+49) 30 23125", "PHONE_NUMBER", "(+49) 30 23125"),
    "a trunk zero": ("or 020 7946 0019, please", "PHONE_NUMBER", "020 7946 0019"),
    "one sign throughout in a row": ("12 212-555-0142 13", "PHONE_NUMBER", "212-555-0142"),
    "a trunk zero in one run": ("Beau Soleil, 0590258046 or", "PHONE_NUMBER", "0590258046"),
    "an extension": ("713-654-0365 800-553-3119 x365", "PHONE_NUMBER", "800-553-3119 x365"),
    "an address behind a sign": ("x=anna@example.org", "EMAIL_ADDRESS", "anna@example.org"),
    "a card of a scheme": ("4111111111111111", "CREDIT_CARD", "4111111111111111"),
    "a web address": ("see example.org, or", "URL", "example.org"),
    "the beginning of one with a scheme": ("http://files.intranet", "URL", "http://files.in"),
    "an identifier": ("DEA BJ7223090.", "MEDICAL_LICENSE", "BJ7223090"),
}
FALLS = {
    "a run of digits": ("X-UIDL: 7234039953", "PHONE_NUMBER", "7234039953"),
    "seconds and a zone": ("20:57:33 -0500", "PHONE_NUMBER", "33 -0500"),
    "seconds and a year": ("08:52:41 2032", "PHONE_NUMBER", "41 2032"),
    "a fraction of a second": ("08:26:07.8961747", "PHONE_NUMBER", "07.8961747"),
    "digits with a gap": ("image/ 1683477 30/", "PHONE_NUMBER", "1683477 30"),
    "a number of South Africa without a word": (
        "X-UIDL: 0651257457",
        "ZA_MOBILE_NUMBER",
        "0651257457",
    ),
    "one of a row": ("12 212 555 0142 17", "PHONE_NUMBER", "212 555 0142"),
    "a part of a digest": ("5ab1234563e0", "MEDICAL_LICENSE", "ab1234563"),
    "a word with a digit": ("file://template1.txt", "US_HEALTH_INSURANCE_MEMBER_ID", "template1"),
    "a weight of a collation": ("[.21F4.0020.0002]", "MAC_ADDRESS", "21F4.0020.0002"),
    "the half of a host": ("to x@redacted.invalid", "URL", "redacted.in"),
    "a name in a program": ("if self.control:", "URL", "self.co"),
    "a counter": ("id 3444352563318782081", "CREDIT_CARD", "3444352563318782081"),
}


def result(text, entity, said):
    start = text.index(said)
    return RecognizerResult(entity, start, start + len(said), 0.4)


@pytest.mark.parametrize(("text", "entity", "said"), STANDS.values(), ids=STANDS)
def test_it_stands(text, entity, said):
    assert is_plausible(text, result(text, entity, said))


@pytest.mark.parametrize(("text", "entity", "said"), FALLS.values(), ids=FALLS)
def test_it_falls(text, entity, said):
    assert not is_plausible(text, result(text, entity, said))


def test_a_telephone_with_a_context_word_stands_in_any_shape():
    found = RecognizerResult("PHONE_NUMBER", 6, 16, 0.75)
    assert is_plausible("phone 7234039953", found)
