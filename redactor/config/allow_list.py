"""Allow lists: people and values that are kept, and on what conditions.

Errors name lines, and quote nothing.

Three kinds of file, by their suffix. Plain text has one name a line, and `#` begins a comment.
CSV (`.csv`) has a header row, YAML (`.yaml`, `.yml`) is a list of names or mappings; both have
these columns or keys, of which only `name` is required:

- `role`: one of these roles must occur near the name ("Mayor", "Mayor of Exampleton");
- `period`: `2014`, `2010-2018`, `2010-` or `-2018`: a year of it must occur in the document;
- `scope`: the entities of the person that are kept, `PERSON` among them; `PERSON` alone by default;
- `also_known_as` or `aliases`: other names of the same person;
- `restrict_until`: the last day (2061-12-31) on which the person is redacted all the same;
- `type`: the entry is no person but a value of this entity, an address or a telephone number of
  one's own; `name` is then the only other key. Exactly this value is kept, wherever it occurs.

Several values are separated by `;`, and YAML takes a list too. A person who is listed again with
another role or period is kept on either condition. Two scopes or restrictions for one name
contradict each other, and so does a name alone beside one with conditions, which would have no
effect.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from redactor.config.deny_list import check_apart, term_list
from redactor.config.document import Day, NotReadableError, Strict, yaml_items
from redactor.config.listing import joined_problems, read_text, table
from redactor.errors import AllowListError
from redactor.model import AllowedPerson, Policy
from redactor.text import normalize

Row = tuple[int, Any]
"""The line of an entry and its content: a name, or a mapping."""

# The last year of an open period such as "2010-": the largest with four digits.
_LAST_YEAR = 9999
# Shown for a key that is unknown, which may be a misplaced name.
_ODD = "neither a name nor a mapping of known keys"
# A year or a range: "2014", "2010-2018", "2010 to 2018", "2010-", "-2018".
_PERIOD = re.compile(r"(\d{4})?\s*(?:(-|–|—|/|to)\s*(\d{4})?)?", re.ASCII)
# The name of an entity: PERSON, US_SSN.
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]*")


def _split(given: object) -> object:
    """Return the parts of a text between semicolons; any other value unchanged."""
    return [part.strip() for part in given.split(";")] if isinstance(given, str) else given


def _name(given: str) -> str:
    if not normalize(given):
        raise PydanticCustomError("name", "names nobody")
    return given.strip()


def _person(given: str) -> str:
    if not any(map(str.isalpha, given)):
        raise PydanticCustomError("name", "names nobody")
    return given.strip()


def _type(given: str) -> str:
    if not _ENTITY.fullmatch(given.strip()):
        raise PydanticCustomError("type", "names an entity in capitals, as EMAIL_ADDRESS")
    return given.strip()


def _years(given: object) -> tuple[int, int]:
    found = _PERIOD.fullmatch(str(given).strip())
    if found is None or not (found[1] or found[3]):
        raise PydanticCustomError("period", "is neither a year (2014) nor two (2010-2018)")
    first = int(found[1] or 0)
    last = int(found[3] or (_LAST_YEAR if found[2] else first))
    if first > last:
        raise PydanticCustomError("period", "ends before it begins")
    return first, last


def _phrase(given: str) -> str:
    if not normalize(given):
        raise PydanticCustomError("role", "has no word")
    return given


def _scoped(given: list[str]) -> list[str]:
    if not all(map(_ENTITY.fullmatch, given)):
        raise PydanticCustomError("scope", "names entities in capitals, as PERSON and HANDLE")
    if "PERSON" not in given:
        raise PydanticCustomError("scope", "leaves out PERSON, so that the name would go")
    return given


_Name = Annotated[str, AfterValidator(_name)]
_Names = Annotated[list[Annotated[str, AfterValidator(_person)]], BeforeValidator(_split)]
_Phrases = Annotated[list[Annotated[str, AfterValidator(_phrase)]], BeforeValidator(_split)]
_Scope = Annotated[list[str], BeforeValidator(_split), AfterValidator(_scoped)]


class _Entry(Strict):
    name: _Name
    role: _Phrases = Field(default_factory=list)
    period: Annotated[tuple[int, int] | None, BeforeValidator(_years)] = None
    scope: _Scope = Field(default_factory=lambda: ["PERSON"])
    also_known_as: _Names = Field(default_factory=list)
    aliases: _Names = Field(default_factory=list)
    restrict_until: Day | None = None
    type: Annotated[str, AfterValidator(_type)] = "PERSON"

    @model_validator(mode="after")
    def _is_a_person_or_a_value(self) -> Self:
        if self.type == "PERSON":
            _person(self.name)
        elif self.model_fields_set - {"name", "type"}:
            raise PydanticCustomError("type", "leaves no place for a role, period, scope or alias")
        return self

    def person(self) -> AllowedPerson:
        if self.type != "PERSON":
            return AllowedPerson(self.name, scope=frozenset({self.type}))
        return AllowedPerson(
            name=self.name,
            aliases=tuple(sorted({*self.also_known_as, *self.aliases})),
            roles=tuple(sorted(set(self.role))),
            period=self.period,
            scope=frozenset(self.scope),
            restrict_until=self.restrict_until,
        )


def load_allow_list(path: Path) -> tuple[AllowedPerson, ...]:
    """Return the entries of a file. Raises AllowListError."""
    listed = f"the allow list {path}"
    text = read_text(path, listed, AllowListError)
    try:
        rows = list(_rows(text, path.suffix.lower()))
    except NotReadableError as error:
        raise AllowListError(f"{listed} {error}") from None
    return parse_people(rows, listed, "line")


def parse_people(rows: Sequence[Row], listed: str, unit: str) -> tuple[AllowedPerson, ...]:
    """Return the entries of a list called `listed`, whose rows are counted in `unit`s.

    Raises AllowListError for every wrong row, and for an empty list.
    """
    people: list[tuple[int, AllowedPerson]] = []
    wrong: list[str] = []
    for number, given in rows:
        try:
            entry = {"name": given} if isinstance(given, str) else given
            people.append((number, _Entry.model_validate(entry).person()))
        except ValidationError as error:
            wrong.append(f"{unit} {number}: {_problems(error)}")
    wrong += [f"{unit} {number}: {why}" for number, why in _contradictions(people)]
    if wrong:
        raise AllowListError(f"{listed}, {joined_problems(wrong)}")
    if not people:
        raise AllowListError(f"{listed} names nobody")
    return tuple(dict.fromkeys(person for _, person in people))


def with_allow_list(policy: Policy, people: Iterable[AllowedPerson]) -> Policy:
    """Return a policy that also keeps these people and values. Raises AllowListError.

    Its digest depends on the entries, and not on their order. An entry without PERSON in its scope
    is a value.
    """
    people = list(people)
    values = {(one.name, entity) for one in people if one.is_value for entity in one.scope}
    policy = _allowing(policy, values - set(policy.allowed_terms.terms))
    listed = {*policy.allow_list, *policy.restricted}
    added = {person for person in people if not person.is_value} - listed
    if not added:
        return policy
    everybody = sorted({*listed, *added}, key=_content)
    if any(_contradictions([(0, person) for person in everybody])):
        raise AllowListError("two allow lists contradict each other about a name")
    changed = replace(
        policy,
        allow_list=tuple(person for person in everybody if person.restrict_until is None),
        restricted=tuple(person for person in everybody if person.restrict_until is not None),
        digest=_digest(policy, map(_content, added)),
    )
    check_apart(changed)
    return changed


def _allowing(policy: Policy, values: set[tuple[str, str]]) -> Policy:
    if not values:
        return policy
    allowed = term_list({*policy.allowed_terms.terms, *values})
    changed = replace(
        policy, allowed_terms=allowed, digest=_digest(policy, map(json.dumps, values))
    )
    check_apart(changed)
    return changed


def _digest(policy: Policy, added: Iterable[str]) -> str:
    content = json.dumps([policy.digest, *sorted(added)])
    return hashlib.sha256(content.encode()).hexdigest()


def _content(person: AllowedPerson) -> str:
    until = [str(person.restrict_until)] if person.restrict_until else []
    return json.dumps((*person.names, person.roles, person.period, sorted(person.scope), *until))


def _rows(text: str, suffix: str) -> Iterable[Row]:
    match suffix:
        case ".csv":
            return table(text, tuple(_Entry.model_fields), "name")
        case ".yaml" | ".yml":
            return yaml_items(text)
        case _:
            return _plain(text)


def _plain(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if name := line.split("#", 1)[0].strip():
            yield number, name


def _problems(error: ValidationError) -> str:
    """Return the problems of an entry. Only known keys are shown."""
    rows = error.errors(include_input=False, include_url=False, include_context=False)
    keys = [row["loc"][0] if row["loc"] else row["type"] for row in rows]
    return ", ".join(
        f"{key} {row['msg'][:1].lower()}{row['msg'][1:]}" if key in _Entry.model_fields else _ODD
        for key, row in zip(keys, rows, strict=True)
    )


def _contradictions(people: Sequence[tuple[int, AllowedPerson]]) -> Iterator[tuple[int, str]]:
    """Yield number and reason for each entry that contradicts an earlier one of the same name."""
    first: dict[str, AllowedPerson] = {}
    for number, person in people:
        if person.is_value:
            continue
        for name in person.names:
            before = first.setdefault(_key(name), person)
            if before.scope != person.scope:
                yield number, "another scope for a name listed before"
            elif before.restrict_until != person.restrict_until:
                yield number, "another restriction for a name listed before"
            elif before.conditional != person.conditional:
                yield number, "a name listed before, once with conditions and once without"


def _key(name: str) -> str:
    """Return the normalised name; `Surname, Given` and `Given Surname` are equal."""
    last, comma, first = name.partition(",")
    return normalize(f"{first} {last}" if comma else name)
