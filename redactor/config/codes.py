"""Exemption codes with their legal bases: sets of codes, and the exemptions of a policy.

A set is a YAML file: its `codes`, each with `basis`, `reason` and the `types` (entities) that have
it, and the `default` code of every other type. A code without types is for policies to choose:
`PERSON: {code: "(b)(7)(C)"}` takes its basis and reason from the set. `uncovered` describes the
information under a code that no type covers: it is not found, or found as another type.

Settings for a type override the general ones of the policy, and these override the set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from redactor.config.document import NotReadableError, Strict, day, problems, read_yaml
from redactor.errors import PolicyError
from redactor.model import Exemption, Shown

__all__ = [
    "NEVER",
    "CodeSet",
    "ExemptionFields",
    "code_set",
    "code_set_path",
    "exemption_of",
    "load_code_set",
    "shipped_code_sets",
    "shipped_codes",
]

_LONGEST_CODE, _LONGEST_TEXT = 40, 400  # characters: a code is in placeholders, a text in records
# The brackets of placeholders: a code with one could end its placeholder.
_BRACKETS = re.compile(r"[\[\]<>]")
NEVER = "never"
"""A restriction without an end, for one type where the general restriction has one."""


def _line(given: str) -> str:
    if not given.strip():
        raise PydanticCustomError("line", "is empty")
    if not given.isprintable() or len(given) > _LONGEST_TEXT:
        raise PydanticCustomError("line", "is no single line of at most 400 characters")
    return given.strip()


def _code(given: str) -> str:
    code = _line(given)
    if _BRACKETS.search(code) or len(code) > _LONGEST_CODE:
        raise PydanticCustomError("code", "is longer than 40 characters, or holds [ ] < or >")
    return code


def _day_or_never(given: object) -> object:
    return given if given == NEVER else day(given)


_Line = Annotated[str, AfterValidator(_line)]
_Code = Annotated[str, AfterValidator(_code)]
_DayOrNever = Annotated[date | Literal["never"], BeforeValidator(_day_or_never)]


class ExemptionFields(Strict):
    """The settings of a policy about codes, in general or for a type."""

    code: _Code | None = None
    basis: _Line | None = None
    reason: _Line | None = None
    restrict_until: _DayOrNever | None = None
    placeholder: list[Shown] | None = None


class _Entry(Strict):
    basis: _Line
    reason: _Line
    types: list[str] = Field(default_factory=list)
    uncovered: _Line | None = None


class _Set(Strict):
    name: _Line
    about: _Line
    codes: dict[_Code, _Entry] = Field(min_length=1)
    default: str | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        types = [entity for entry in self.codes.values() for entity in entry.types]
        if len(set(types)) < len(types):
            raise PydanticCustomError("codes", "has a type under two codes")
        if self.default is not None and self.default not in self.codes:
            raise PydanticCustomError("default", "has a default that is none of its codes")
        return self


@dataclass(frozen=True, slots=True)
class CodeSet:
    """Codes, the code of each type, and the default code.

    `uncovered` describes, for some codes, the information that no type covers. `places` are the
    file and line of each type.
    """

    name: str = ""
    about: str = ""
    codes: Mapping[str, Exemption] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    uncovered: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def code(self, entity: str) -> str:
        """Return the code of a type; an empty text if it has none."""
        return self.types.get(entity, self.default)


def shipped_code_sets() -> list[str]:
    """Return the names of the sets that come with the package."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def code_set_path(name: str, beside: Path = Path()) -> Path:
    """Return the file of a shipped set, by name, or a path relative to a folder."""
    return _folder() / f"{name}.yaml" if name in shipped_code_sets() else beside / name


def load_code_set(name: str) -> CodeSet:
    """Return a shipped set by its name. Raises PolicyError if there is none."""
    if name not in shipped_code_sets():
        raise PolicyError(
            f"there is no set of codes of that name (shipped are {', '.join(shipped_code_sets())})"
        )
    return code_set(code_set_path(name))


@lru_cache(maxsize=1)
def shipped_codes() -> frozenset[str]:
    """Return every code of the shipped sets: a copy may show them under any policy."""
    return frozenset(code for name in shipped_code_sets() for code in load_code_set(name).codes)


def code_set(path: Path) -> CodeSet:
    """Return the set of codes in a file. Raises PolicyError."""
    try:
        written = read_yaml(path)
    except NotReadableError as error:
        raise PolicyError(f"the set of codes {path} {error}") from None
    try:
        parsed = _Set.model_validate(written.content)
    except ValidationError as error:
        raise PolicyError(f"the set of codes {path}, {problems(error, written)}") from None
    entries = parsed.codes.items()
    lines = {
        entity: written.line(("codes", code, "types", number))
        for code, entry in entries
        for number, entity in enumerate(entry.types)
    }
    return CodeSet(
        name=parsed.name,
        about=parsed.about,
        codes={code: Exemption(code, entry.basis, entry.reason) for code, entry in entries},
        types={entity: code for code, entry in entries for entity in entry.types},
        default=parsed.default or "",
        uncovered={code: entry.uncovered for code, entry in entries if entry.uncovered},
        places={entity: f"{path}, line {line}" for entity, line in lines.items()},
    )


def exemption_of(
    entity: str, own: ExemptionFields | None, general: ExemptionFields, known: CodeSet
) -> Exemption:
    """Return the exemption of a type: by its own settings, the policy's, or the set's."""
    own = own or ExemptionFields()
    code = own.code or general.code or known.code(entity)
    chosen = known.codes.get(own.code or "", Exemption())
    others = known.codes.get(code, Exemption())
    until = own.restrict_until or general.restrict_until
    return Exemption(
        code=code,
        basis=own.basis or chosen.basis or general.basis or others.basis,
        reason=own.reason or chosen.reason or general.reason or others.reason,
        restrict_until=until if isinstance(until, date) else None,
    )


def _folder() -> Path:
    return Path(__file__).parent / "code_sets"
