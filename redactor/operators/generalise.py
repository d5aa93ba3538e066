"""Values made less exact: a band for an age, a region for an address, a year for a date.

Not less exact than asked for, and never guessed: what is not understood gives an empty text.

Not in itself the safe harbor of HIPAA (45 CFR 164.514(b)(2)), which also asks for what no single
value tells: that nobody could be recognised from the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from redactor.detect.addresses.regions import (
    AU_STATES,
    CA_PROVINCES,
    COUNTIES,
    COUNTRIES,
    US_CODES,
    US_STATES,
)
from redactor.operators.dates import years_in
from redactor.operators.tokens import Ours

BAND = 10
"""Years of a band of ages, if a policy says nothing else."""

OLDEST = 90
"""Ages from here on are one band: 45 CFR 164.514(b)(2)(i)(C), "a single category of age 90"."""

# The three digits of US postal codes whose areas had 20,000 people or fewer in the census of 2000.
# Source: US Department of Health and Human Services, Guidance Regarding Methods for
# De-identification of Protected Health Information (2012), "The 17 restricted ZIP codes".
RESTRICTED_ZIP3 = frozenset(
    "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()
)

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {name: number for number, name in enumerate(_UNITS)} | {
    name: 20 + 10 * number for number, name in enumerate(_TENS)
}
_SPELT = "|".join(sorted(_WORDS, key=len, reverse=True))
# An age as digits or English words, with a unit, and nothing beside it but words of age.
_AGE = re.compile(
    rf"(?P<before>(?:\b(?:aged?|about|just|now|of|turned|turning)\b|[\s:,-])*)"
    rf"(?P<number>\d{{1,3}}|(?:{_SPELT})(?:[\s-](?:{_SPELT}))?)"
    r"(?P<gap>[\s-]*)(?P<unit>months?|weeks?|days?|mos?\b|wks?\b)?"
    r"(?P<after>(?:years?|yrs?|y/?o|y|old|of|age|[\s.-])*)",
    re.IGNORECASE,
)
_ZIP = re.compile(r"(\d{3})\d{2}(?:[- ]?\d{4})?")
# The area of a British postcode, and the province or territory of a Canadian one.
_UK_AREA = re.compile(r"([A-Z]{1,2})\d[A-Z\d]?\s?\d[A-Z]{2}", re.IGNORECASE)
_CA_PROVINCE = re.compile(r"([A-Z])\d[A-Z][ -]?\d[A-Z]\d", re.IGNORECASE)


def _any(names: tuple[str, ...]) -> str:
    return "|".join(re.escape(name) for name in names)


# A state, province or county at the end of a part of an address, perhaps before its postcode; or a
# part that is a country.
_REGION = re.compile(
    rf"(?:^|(?<=\s)|(?<=,))(?P<region>{_any(US_STATES)}|{_any(US_CODES)}|{_any(CA_PROVINCES)}"
    rf"|{_any(AU_STATES)}|{_any(COUNTIES)})(?=$|,|\s+[\dA-Z][\dA-Z -]*$)"
)
_COUNTRY = re.compile(rf"(?:{_any(COUNTRIES)})", re.IGNORECASE)
_PARTS = re.compile(r"[,;\n|]+|<br ?/?>")


class Generalise(Ours):
    """A less exact value; an empty text where there is none."""

    NAME = "generalise"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the less exact value of a text."""
        given = params or {}
        return GENERALISED[given["entity_type"]](text.strip(), given) or ""


def age_band(text: str, given: Mapping[str, Any]) -> str | None:
    """Return the band of an age: `40-49 years` of `45 years`, `90+` of `93`."""
    match = _AGE.fullmatch(text)
    number = _number(match["number"]) if match else None
    if match is None or number is None:
        return None
    width = given.get("band", BAND)
    years = 0 if match["unit"] else number
    if match["unit"] and (match["unit"].lower().startswith("mo")):
        years = number // 12
    first = years // width * width
    band = f"{OLDEST}+" if years >= OLDEST else f"{first}-{min(first + width, OLDEST) - 1}"
    if match["unit"]:
        return f"{match['before']}{band} years"
    return f"{match['before']}{band}{match['gap']}{match['after']}"


def _number(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    words = re.split(r"[\s-]", written.lower())
    values = [_WORDS[word] for word in words]
    if len(values) == 2 and not (values[0] >= 20 and 0 < values[1] < 10):
        return None
    return sum(values)


def zip3(text: str, given: Mapping[str, Any]) -> str | None:
    """Return the first three digits of a US postal code; 000 where too few people live."""
    del given
    match = _ZIP.fullmatch(text)
    return None if match is None else "000" if match[1] in RESTRICTED_ZIP3 else match[1]


def postal_area(text: str, given: Mapping[str, Any]) -> str | None:
    """Return the letters of the area of a British or Canadian postcode."""
    del given
    match = _UK_AREA.fullmatch(text) or _CA_PROVINCE.fullmatch(text)
    return match[1] if match else None


def year(text: str, given: Mapping[str, Any]) -> str | None:
    """Return the year of a date, or first and last of several."""
    years = years_in(text, dayfirst=given.get("dayfirst", True))
    if not years:
        return None
    earliest = given.get("earliest_year", 0)
    shown = [
        f"before {earliest}" if one < earliest else str(one) for one in (min(years), max(years))
    ]
    return shown[0] if shown[0] == shown[1] else "-".join(shown)


def region(text: str, given: Mapping[str, Any]) -> str | None:
    """Return the state, province, county or country of an address that names one."""
    del given
    parts = [part.strip(" .") for part in _PARTS.split(text)]
    tail = [part for part in parts[1:] if part]  # the first has the street
    countries = [part for part in tail if _COUNTRY.fullmatch(part)]
    regions = [match["region"] for part in tail if (match := _REGION.search(part))]
    told = [*regions[-1:], *countries[-1:]]
    return ", ".join(dict.fromkeys(told)) or None


GENERALISED: Mapping[str, Callable[[str, Mapping[str, Any]], str | None]] = {
    "AGE": age_band,
    "CA_POSTAL_CODE": postal_area,
    "DATE_OF_BIRTH": year,
    "DATE_TIME": year,
    "STREET_ADDRESS": region,
    "UK_POSTCODE": postal_area,
    "US_ZIP_CODE": zip3,
}
"""How values are made less exact, by entity."""
