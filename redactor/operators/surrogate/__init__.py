"""Surrogates: invented values of the same kind, the same for the same value under the same key.

A surrogate is the first candidate that is not the value, and that the document does not know. The
candidates of a value are drawn by HMAC(key, entity, canonical value, their number), so that they
are the same in every document; which of them is the first to fit is not quite: where a document
has a word of the first one, its surrogate is the second.

Numbers and addresses of the network lie in ranges that are reserved for examples and fiction, or
are such as nobody is given (`numbers`). For the names of people and places there is no such range:
that a real person has an invented name is chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from redactor.operators.surrogate import numbers, people, places
from redactor.operators.surrogate.draw import Draw, Invented
from redactor.operators.tokens import Ours

__all__ = ["INVENTED", "LOCALE", "Invented", "Surrogate", "known_locale"]

LOCALE = "en_GB"
"""The language and country of invented names, if a policy says nothing else."""


def known_locale(locale: str) -> bool:
    """Tell whether names can be invented for a locale."""
    from faker.config import AVAILABLE_LOCALES

    return locale in AVAILABLE_LOCALES


class Surrogate(Ours):
    """An invented value of the same kind; an empty text where none was found that fits."""

    NAME = "surrogate"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the surrogate of a value, written as the text is."""
        given = params or {}
        draw = Draw(
            given["key"],
            given["entity_type"],
            given["value"],
            text,
            given.get("locale", LOCALE),
            given["invented"],
        )
        return INVENTED[draw.entity](draw) or ""


INVENTED: Mapping[str, Callable[[Draw], str | None]] = {
    "PERSON": people.person,
    "ORGANIZATION": places.organisation,
    "LOCATION": places.town,
    "STREET_ADDRESS": places.street_address,
    "UK_POSTCODE": places.uk_postcode,
    "US_ZIP_CODE": places.zip_code,
    "EMAIL_ADDRESS": people.email,
    "USERNAME": people.account,
    "HANDLE": people.account,
    "PROFILE_URL": numbers.link,
    "SHORT_LINK": numbers.link,
    "URL": numbers.link,
    "PHONE_NUMBER": numbers.telephone,
    "CREDIT_CARD": numbers.card,
    "IBAN_CODE": numbers.iban,
    "US_SSN": numbers.us_ssn,
    "UK_NHS": numbers.uk_nhs,
    "UK_NINO": numbers.uk_nino,
    "IP_ADDRESS": numbers.ip_address,
    "MAC_ADDRESS": numbers.mac_address,
}
"""How surrogates are invented, by entity."""
