"""One set of classes for what gold marks and what is found, whoever names it. Pure.

Gold and detectors use several vocabularies: the ten short labels of annotated corpora, the labels
of the Text Anonymization Benchmark, and our own entities. Each maps to one class, in which the
two sides are compared. What no table maps, such as the entity of a user's own rule, is a class by
itself.
"""

from __future__ import annotations

import re

LABELS = ("PERSON", "ORG", "LOC", "NORP", "DATE", "EMAIL", "PHONE", "ADDRESS", "HANDLE", "ID")
"""The classes that corpora mark."""

_BENCHMARK = {"CODE": "ID", "DEM": "NORP", "DATETIME": "DATE", "MISC": "MISC"}
_UNSOUGHT = frozenset({"AGE", "MISC", "QUANTITY"})  # marked by some gold, looked for by nothing
_ENTITIES = {
    "ORGANIZATION": "ORG",
    "LOCATION": "LOC",
    "NRP": "NORP",
    "DATE_TIME": "DATE",
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "ZA_MOBILE_NUMBER": "PHONE",
    "ZA_TELEPHONE_NUMBER": "PHONE",
    "STREET_ADDRESS": "ADDRESS",
    "UK_POSTCODE": "ADDRESS",
    "CA_POSTAL_CODE": "ADDRESS",
    "US_ZIP_CODE": "ADDRESS",
    "USERNAME": "HANDLE",
    "PROFILE_URL": "HANDLE",
    "CREDENTIAL": "ID",
    "IP_ADDRESS": "ID",
    "MAC_ADDRESS": "ID",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
    "CRYPTO": "ID",
    "ABA_ROUTING_NUMBER": "ID",
    "ID_NUMBER": "ID",
    "MEDICAL_LICENSE": "ID",
}
_NATIONAL = re.compile(r"[A-Z]{2}_[A-Z_]+")  # Presidio's numbers of one country, as in US_SSN


def class_of(name: str) -> str:
    """Return the class that a label of gold, or an entity, belongs to."""
    known = _ENTITIES.get(name) or _BENCHMARK.get(name)
    return known or ("ID" if _NATIONAL.fullmatch(name) else name)


def is_label(name: str, entities: frozenset[str]) -> bool:
    """Tell whether gold may use a label, where detectors find `entities`."""
    ours = LABELS if name in LABELS else _ENTITIES.keys() | _BENCHMARK.keys() | _UNSOUGHT
    return name in ours or name in entities
