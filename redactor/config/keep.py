"""Keep lists: the people who stay, and on what conditions. Errors name lines, and quote nothing.

Three kinds of file, told apart by their ending. Plain text has one name a line, and `#` begins a
comment. CSV (`.csv`) has a header row, YAML (`.yaml`, `.yml`) is a list of names or mappings; both
have these columns or keys, of which only `name` is needed:

- `role`: words one of which must stand near the name ("Mayor", "Mayor of Exampleton");
- `period`: `2014`, `2010-2018`, `2010-` or `-2018`: a year of it must stand in the document;
- `scope`: which entities of theirs stay, `PERSON` among them; without it, that one alone;
- `also_known_as` or `aliases`: other names of the same person.

Where there may be several, `;` stands between them, and YAML takes a list too. Who is listed
again with another role or period stays on either condition. Two scopes for one name contradict
each other, and so does a name alone beside one with conditions, which would have no effect.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from redactor.config.document import NotReadableError, Strict, yaml_items
from redactor.errors import KeepListError
from redactor.model import Kept, Policy
from redactor.text import fold

Row = tuple[int, Any]
"""The line where an entry begins, and what it says: a name, or a mapping."""

_SHOWN = 5  # problems of one list that an error tells
_LAST_YEAR = 9999
_ODD = "neither a name nor a mapping of known keys"
_PERIOD = re.compile(r"(\d{4})?\s*(?:(-|–|—|/|to)\s*(\d{4})?)?", re.ASCII)
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]*")


def _several(given: object) -> object:
    """Cut a text at its semicolons."""
    return [part.strip() for part in given.split(";")] if isinstance(given, str) else given


def _name(given: str) -> str:
    if not any(char.isalpha() for char in given):
        raise PydanticCustomError("name", "names nobody")
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
    if not fold(given):
        raise PydanticCustomError("role", "has no word")
    return given


def _scoped(given: list[str]) -> list[str]:
    if not all(map(_ENTITY.fullmatch, given)):
        raise PydanticCustomError("scope", "names entities in capitals, as PERSON and HANDLE")
    if "PERSON" not in given:
        raise PydanticCustomError("scope", "leaves out PERSON, so that the name would go")
    return given


_Name = Annotated[str, AfterValidator(_name)]
_Names = Annotated[list[_Name], BeforeValidator(_several)]
_Phrases = Annotated[list[Annotated[str, AfterValidator(_phrase)]], BeforeValidator(_several)]
_Scope = Annotated[list[str], BeforeValidator(_several), AfterValidator(_scoped)]


class _Entry(Strict):
    name: _Name
    role: _Phrases = Field(default_factory=list)
    period: Annotated[tuple[int, int] | None, BeforeValidator(_years)] = None
    scope: _Scope = Field(default_factory=lambda: ["PERSON"])
    also_known_as: _Names = Field(default_factory=list)
    aliases: _Names = Field(default_factory=list)

    def kept(self) -> Kept:
        return Kept(
            name=self.name,
            aliases=tuple(sorted({*self.also_known_as, *self.aliases})),
            roles=tuple(sorted(set(self.role))),
            period=self.period,
            scope=frozenset(self.scope),
        )


def load_keep(path: Path) -> tuple[Kept, ...]:
    """Read a keep list. Raises KeepListError."""
    listed = f"the keep list {path}"
    text = _text(path, listed)
    read = {".csv": _csv, ".yaml": yaml_items, ".yml": yaml_items}.get(path.suffix.lower(), _plain)
    try:
        rows = list(read(text))
    except NotReadableError as error:
        raise KeepListError(f"{listed} {error}") from None
    return parse_people(rows, listed, "line")


def parse_people(rows: Sequence[Row], listed: str, unit: str) -> tuple[Kept, ...]:
    """Return the people of a list called `listed`, whose rows are counted in `unit`s.

    Raises KeepListError for every row that is wrong, and for a list of nobody.
    """
    people: list[tuple[int, Kept]] = []
    wrong: list[str] = []
    for number, given in rows:
        try:
            entry = {"name": given} if isinstance(given, str) else given
            people.append((number, _Entry.model_validate(entry).kept()))
        except ValidationError as error:
            wrong.append(f"{unit} {number}: {_problems(error)}")
    wrong += [f"{unit} {number}: {why}" for number, why in _contradictions(people)]
    if wrong:
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise KeepListError(f"{listed}, {'; '.join(wrong[:_SHOWN])}{more}")
    if not people:
        raise KeepListError(f"{listed} names nobody")
    return tuple(dict.fromkeys(person for _, person in people))


def keeping(policy: Policy, people: Iterable[Kept]) -> Policy:
    """Return a policy under which these people stay too. Raises KeepListError.

    Its digest depends on who they are, and not on the order in which they are listed.
    """
    added = set(people) - set(policy.keep)
    if not added:
        return policy
    everybody = sorted({*policy.keep, *added}, key=_content)
    if any(_contradictions([(0, person) for person in everybody])):
        raise KeepListError("two keep lists contradict each other about a name")
    content = json.dumps([policy.digest, *sorted(map(_content, added))])
    return replace(
        policy, keep=tuple(everybody), digest=hashlib.sha256(content.encode()).hexdigest()
    )


def _content(person: Kept) -> str:
    parts = (*person.names, person.roles, person.period, sorted(person.scope))
    return json.dumps(parts)


def _text(path: Path, listed: str) -> str:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise KeepListError(f"cannot read {listed}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise KeepListError(f"cannot read {listed}: line {line} is not UTF-8") from None


def _plain(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if name := line.split("#", 1)[0].strip():
            yield number, name


def _csv(text: str) -> Iterator[Row]:
    """Yield the rows of a table with a header; its delimiter is a comma, semicolon or tab."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin, columns = 1, [""]
    try:
        columns = _columns(next(rows, []))
        begin = rows.line_num + 1
        for row in rows:
            cells = [] if row and row[0].lstrip().startswith("#") else row
            if len(cells) > len(columns):
                raise NotReadableError(f"has more cells than columns, line {begin}")
            pairs = zip(columns, cells, strict=False)  # cells may be missing at the end
            if filled := {column: cell for column, cell in pairs if cell.strip()}:
                yield begin, filled
            begin = rows.line_num + 1
    except csv.Error:
        raise NotReadableError(f"is not CSV, line {begin}") from None


def _columns(header: Sequence[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in header]
    for number, column in enumerate(columns, 1):
        if column not in _Entry.model_fields or columns.index(column) < number - 1:
            known = ", ".join(_Entry.model_fields)
            raise NotReadableError(
                f"has an unknown or repeated column, line 1: column {number} (known are {known})"
            )
    if "name" not in columns:
        raise NotReadableError("has no column called name, line 1")
    return columns


def _problems(error: ValidationError) -> str:
    """Return what is wrong with an entry. Of its keys only known ones are shown."""
    rows = error.errors(include_input=False, include_url=False, include_context=False)
    keys = [row["loc"][0] if row["loc"] else "" for row in rows]
    return ", ".join(
        f"{key} {row['msg'][:1].lower()}{row['msg'][1:]}" if key in _Entry.model_fields else _ODD
        for key, row in zip(keys, rows, strict=True)
    )


def _contradictions(people: Sequence[tuple[int, Kept]]) -> Iterator[tuple[int, str]]:
    """Yield where an entry contradicts an earlier one of the same name, and how."""
    first: dict[str, Kept] = {}
    for number, person in people:
        for name in person.names:
            before = first.setdefault(_key(name), person)
            if before.scope != person.scope:
                yield number, "another scope for a name listed before"
            elif before.conditional != person.conditional:
                yield number, "a name listed before, once with conditions and once without"


def _key(name: str) -> str:
    """Return the folded name, `Surname, Given` turned about."""
    last, comma, first = name.partition(",")
    return fold(f"{first} {last}" if comma else name)
