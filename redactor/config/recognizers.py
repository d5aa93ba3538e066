"""Recogniser files of Presidio, parsed into `Recognizer`s. Errors name file, line and key.

All formats of Presidio are read, in YAML or JSON: the configuration of a registry
(`recognizers:`), a list of recognisers, a single one, and the `ad_hoc_recognizers` of a request.
Two differences: unknown keys and recognisers without any pattern are errors, where Presidio ignores
them; and `context` beside a plain list of `supported_languages` and a predefined recogniser listed
by its bare name take effect, where Presidio 2.2.366 drops them.

Documents are read as English. A recogniser is `unused` if it supports other languages only, if it
is disabled (its other keys are not validated), or if its country is not among the file's
`supported_countries`. A file whose recognisers are all unused is an error.

`redactor.detect.presidio.written` compiles the patterns and looks up the classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from redactor.config.document import (
    Country,
    KeyPath,
    NotReadableError,
    Strict,
    YamlContent,
    problems,
    read_yaml,
)
from redactor.config.rules import is_folder, recognizer_files
from redactor.decide import LOOKALIKE
from redactor.errors import RuleError
from redactor.model import SWITCHED_OFF, Recognizer, ScoredPattern

__all__ = ["own_recognizers", "parse_recognizers", "policy_recognizers", "settings_of"]

_LANGUAGE = "en"

# Presidio's default for a registry: IGNORECASE, MULTILINE and DOTALL, which are the same numbers in
# `re` and `regex`.
_DEFAULT_FLAGS = 26

# IGNORECASE, MULTILINE, DOTALL, UNICODE, VERBOSE and ASCII of `regex`; its others change how a
# pattern is read, search backwards, or print.
_SUPPORTED_FLAGS = 2 | 8 | 16 | 32 | 64 | 128

_Text = Annotated[str, StringConstraints(min_length=1)]
_Score = Annotated[float, Field(ge=0, le=1)]


def _supported_flags(flags: int) -> int:
    if flags & ~_SUPPORTED_FLAGS:
        raise PydanticCustomError("flags", "has flags that are not taken (26 is the usual value)")
    return flags


_Flags = Annotated[int, Field(ge=0), AfterValidator(_supported_flags)]
# A name is shown on one line of tables and logs.
_Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
_Class = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
# As in rules: an entity is part of placeholders.
_Entity = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class _Language(Strict):
    language: _Code
    context: list[_Text] | None = None


def _language(given: object) -> object:
    return {"language": given} if isinstance(given, str) else given


class _Pattern(Strict):
    name: _Text
    regex: _Text
    score: _Score


class _Recognizer(Strict):
    """The keys that custom and predefined recognisers share."""

    name: _Name
    enabled: bool = True
    supported_language: _Code | None = None
    supported_languages: (
        Annotated[
            list[Annotated[_Language, BeforeValidator(_language)]],
            Field(min_length=1),
        ]
        | None
    ) = None
    context: list[_Text] | None = None
    supported_entity: _Entity | None = None
    supported_entities: Annotated[list[_Entity], Field(min_length=1, max_length=1)] | None = None
    score_thresholds: dict[str, _Score] = Field(default_factory=dict)
    country_code: Country | None = None

    @property
    def entity(self) -> str:
        """Return the entity, empty if there is none."""
        return self.supported_entity or next(iter(self.supported_entities or ()), "")


class _Custom(_Recognizer):
    type: Literal["custom"] = "custom"
    patterns: list[_Pattern] = Field(default_factory=list)
    deny_list: list[_Text] = Field(default_factory=list)
    deny_list_score: _Score = 1.0
    global_regex_flags: _Flags | None = None
    version: str | None = None


class _Predefined(_Recognizer):
    type: Literal["predefined"] = "predefined"
    class_name: _Class | None = None


class _Settings(Strict):
    """The settings of a file for all of its recognisers."""

    supported_languages: list[_Code] | None = None
    supported_countries: list[Country] | None = None
    global_regex_flags: _Flags = _DEFAULT_FLAGS


@dataclass(frozen=True, slots=True)
class _File:
    """A file with recognisers: its content, and the settings for all of them."""

    path: Path
    written: YamlContent
    settings: _Settings = field(default_factory=_Settings)

    def place(self, *keys: int | str) -> str:
        """Return the file and line of a part."""
        return f"{self.path}, line {self.written.line(keys)}"

    def part(self, at: KeyPath) -> YamlContent:
        """Return a part of the file as a file, with the lines of the whole."""
        content, size = self.written.content, len(at)
        for key in at:
            content = content[key]
        inner = {k[size:]: n for k, n in self.written.lines.items() if k[:size] == at}
        return YamlContent(content, inner)


def own_recognizers(paths: Iterable[Path]) -> tuple[Recognizer, ...]:
    """Return the recognisers of files, and of those in folders of rules. Raises RuleError."""
    return tuple(one for path in paths for one in _of(path))


def _of(path: Path) -> Iterator[Recognizer]:
    files = recognizer_files(path) if is_folder(path) or not path.exists() else [path]
    for file in files:
        yield from parse_recognizers(file)


def parse_recognizers(path: Path) -> tuple[Recognizer, ...]:
    """Return the recognisers of a file. Raises RuleError, also if none of them is used."""
    try:
        written = read_yaml(path)
    except NotReadableError as error:
        raise RuleError(f"{path} {error}") from None
    content = written.content
    if isinstance(content, list):
        return _listed(_File(path, written), ())
    if not isinstance(content, dict):
        raise RuleError(f"{path} holds no recognisers in Presidio's format")
    if {"entity", "pattern"} <= content.keys():
        raise RuleError(f"{path} is a rule: name the folder that it is in")
    for key in ("recognizers", "ad_hoc_recognizers"):
        if key in content:
            return _listed(_with_settings(path, written, key), (key,))
    return _used([_recognizer(_File(path, written), ())], path)


def _with_settings(path: Path, written: YamlContent, key: str) -> _File:
    settings = {name: value for name, value in written.content.items() if name != key}
    try:
        return _File(path, written, _Settings.model_validate(settings))
    except ValidationError as error:
        raise RuleError(f"{path}, {problems(error, written)}") from None


def policy_recognizers(
    given: str | list[Any] | None, path: Path, written: YamlContent
) -> tuple[Recognizer, ...]:
    """Return the recognisers of a policy: listed there, or at a path relative to its folder."""
    match given:
        case None:
            return ()
        case str(name):
            return own_recognizers([path.parent / name])
        case _:
            return _listed(_File(path, written), ("recognizers",))


def settings_of(recognizers: Iterable[Recognizer]) -> list[dict[str, Any]]:
    """Return the settings of recognisers without their files and lines."""
    return [
        asdict(replace(one, place="", patterns=tuple(replace(p, place="") for p in one.patterns)))
        for one in recognizers
    ]


def _listed(file: _File, at: KeyPath) -> tuple[Recognizer, ...]:
    items = file.part(at).content
    if not isinstance(items, list) or not items:
        raise RuleError(f"{file.place(*at)}: there is no list of recognisers")
    return _used([_recognizer(file, (*at, number)) for number in range(len(items))], file.path)


def _used(found: list[Recognizer], path: Path) -> tuple[Recognizer, ...]:
    """Return recognisers. Raises RuleError if none of them is used."""
    if all(one.unused for one in found):
        reasons = ", ".join(sorted({one.unused for one in found}))
        raise RuleError(f"{path}: no recogniser in it is used: {reasons}")
    return tuple(found)


def _recognizer(file: _File, at: KeyPath) -> Recognizer:
    part = file.part(at)
    given, place = part.content, file.place(*at)
    if isinstance(given, str):
        given = {"name": given, "type": "predefined"}
    if not isinstance(given, dict):
        raise RuleError(f"{place}: is no recogniser")
    if given.get("enabled") is False:  # its other keys are not validated
        return Recognizer(_shown_name(given), unused=SWITCHED_OFF, place=place)
    own = "patterns" in given or "deny_list" in given
    kind = given.get("type", "custom" if own else "predefined")
    if kind not in {"custom", "predefined"}:
        raise RuleError(f"{file.place(*at, 'type')}: type: is neither custom nor predefined")
    model: type[_Custom | _Predefined] = _Custom if kind == "custom" else _Predefined
    try:
        parsed = model.model_validate(given)
    except ValidationError as error:
        raise RuleError(f"{file.path}, {problems(error, part)}") from None
    _check(parsed, file, at)
    return replace(_built(parsed, file, at), unused=_unused(parsed, file.settings), place=place)


def _shown_name(given: Mapping[str, Any]) -> str:
    name = given.get("name")
    return name if isinstance(name, str) and name.isprintable() else "?"


def _check(parsed: _Recognizer, file: _File, at: KeyPath) -> None:
    """Raise RuleError for contradictory settings, and for a recogniser that finds nothing."""
    for one, other in (
        ("supported_language", "supported_languages"),
        ("supported_entity", "supported_entities"),
    ):
        if getattr(parsed, one) is not None and getattr(parsed, other) is not None:
            raise RuleError(f"{file.place(*at, other)}: both `{one}` and `{other}`")
    if isinstance(parsed, _Custom):
        if not parsed.patterns and not parsed.deny_list:
            raise RuleError(f"{file.place(*at)}: neither `patterns` nor `deny_list`")
        if not parsed.entity:
            raise RuleError(f"{file.place(*at)}: supported_entity: Field required")
    if parsed.entity == LOOKALIKE:
        raise RuleError(
            f"{file.place(*at)}: {LOOKALIKE} is for rules, which say what is no personal data"
        )
    if parsed.context and len(parsed.supported_languages or ()) > 1:
        raise RuleError(
            f"{file.place(*at, 'context')}: context: with several languages it belongs to one "
            "of them, as in `supported_languages: [{language: en, context: [...]}]`"
        )


def _built(parsed: _Custom | _Predefined, file: _File, at: KeyPath) -> Recognizer:
    made = Recognizer(
        name=parsed.name,
        entity=parsed.entity,
        context=_context(parsed),
        thresholds=tuple(sorted(parsed.score_thresholds.items())),
        country=parsed.country_code,
    )
    if isinstance(parsed, _Predefined):
        return replace(made, predefined=parsed.class_name or parsed.name)
    flags = parsed.global_regex_flags
    return replace(
        made,
        patterns=tuple(
            ScoredPattern(one.name, one.regex, one.score, file.place(*at, "patterns", number))
            for number, one in enumerate(parsed.patterns)
        ),
        deny_list=tuple(parsed.deny_list),
        deny_list_score=parsed.deny_list_score,
        flags=file.settings.global_regex_flags if flags is None else flags,
    )


def _context(parsed: _Recognizer) -> tuple[str, ...]:
    """Return the context words for English, or else those for all languages."""
    of_language = (one.context for one in _english(parsed) if one.context is not None)
    return tuple(next(of_language, parsed.context or ()))


def _english(parsed: _Recognizer) -> list[_Language]:
    return [one for one in parsed.supported_languages or () if one.language == _LANGUAGE]


def _unused(parsed: _Recognizer, settings: _Settings) -> str:
    """Return the reason for which a recogniser is not run, or an empty text."""
    languages = [one.language for one in parsed.supported_languages or ()]
    languages = languages or [parsed.supported_language or ""]
    everywhere = settings.supported_languages
    if languages == [""] and everywhere:
        languages = everywhere
    if _LANGUAGE not in languages and languages != [""]:
        return f"for {', '.join(languages)}, not for {_LANGUAGE}"
    if everywhere and _LANGUAGE not in everywhere:
        return f"in a file for {', '.join(everywhere)}, not for {_LANGUAGE}"
    countries = settings.supported_countries
    if countries is not None and parsed.country_code not in {None, *countries}:
        return "of a country that the file leaves out"
    return ""
