"""Strict YAML for policies, rules and lists, with errors that quote no values.

A repeated key is an error; it does not silently override. Errors name line and key, never the
value: a rule's examples may have been copied from a document.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from redactor.folders import read_regular

_SAME_COUNTRY = {"gb": "uk"}  # ISO 3166-1, and Presidio's code

# A key that an error may show: a setting or an entity. Any other may be text of a document.
_SHOWABLE_KEY = re.compile(r"[a-z_]{1,20}|[A-Z][A-Z0-9_]{1,40}")


# A date of ISO 8601: 2061-12-31.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

LARGEST = 16 << 20
"""Maximum size of a file in bytes: far more than any policy has, and parsed in limited memory."""

KeyPath = tuple[int | str, ...]
"""The path to a part of a file: keys of mappings and positions in lists, `("finds", 2)`."""


class NotReadableError(Exception):
    """A file that is no strict YAML. The message gives the reason and quotes nothing."""


def _country(given: object) -> object:
    if isinstance(given, bool):
        raise PydanticCustomError("country", "is a yes or a no to YAML: write it in quotes")
    if not (isinstance(given, str) and re.fullmatch("[A-Za-z]{2}", given)):
        raise PydanticCustomError("country", "is no code of two letters, as us and uk")
    return _SAME_COUNTRY.get(given.lower(), given.lower())


Country = Annotated[str, BeforeValidator(_country)]
"""The code of a country in lower case; `gb` becomes `uk`, as in Presidio."""


def day(given: object) -> object:
    """Return a date, from a date of YAML or a text in ISO 8601. Raises PydanticCustomError."""
    if type(given) is date:
        return given
    with suppress(ValueError):
        if isinstance(given, str) and _DAY.fullmatch(given.strip()):
            return date.fromisoformat(given.strip())
    raise PydanticCustomError("day", "is no day as 2061-12-31")


Day = Annotated[date, BeforeValidator(day)]
"""A calendar date."""


class Strict(BaseModel):
    """A part of a file. Unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which a repeated key is an error."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = [(loader.construct_object(key, deep=True), value) for key, value in node.value]
    keys = [key for key, _ in pairs]
    if any(not isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
        raise yaml.constructor.ConstructorError(
            problem="repeated or odd key", problem_mark=node.start_mark
        )
    return {key: loader.construct_object(value, deep=True) for key, value in pairs}


def _timestamp(loader: Any, node: yaml.ScalarNode) -> object:
    """Return a date. Raises an error with its line for one that does not exist."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise yaml.constructor.ConstructorError(
            problem="no such day", problem_mark=node.start_mark
        ) from None


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


@dataclass(frozen=True, slots=True)
class YamlContent:
    """The content of a YAML file, and the line of every key and item in it."""

    content: Any = field(repr=False)
    lines: Mapping[KeyPath, int] = field(repr=False)

    def line(self, path: KeyPath) -> int:
        """Return the line of a part of the file, or of the nearest part that contains it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def renamed(self, names: Mapping[str, str]) -> YamlContent:
        """Return the content with other names for some top-level keys, at the same lines."""
        if not isinstance(self.content, dict):
            return self
        content = {names.get(key, key): value for key, value in self.content.items()}
        lines = {
            (names.get(str(path[0]), path[0]), *path[1:]) if path else path: line
            for path, line in self.lines.items()
        }
        return YamlContent(content, lines)


def read_yaml(path: Path) -> YamlContent:
    """Return the content of a YAML file. Raises NotReadableError."""
    with _strictly():
        loader = _Loader(read_regular(path, LARGEST).decode("utf-8"))
        node = loader.get_single_node()
        if node is None:
            return YamlContent(None, {})
        return YamlContent(loader.construct_document(node), dict(_lines(node, (), set())))


def _lines(node: yaml.Node, path: KeyPath, seen: set[int]) -> Iterator[tuple[KeyPath, int]]:
    """Yield the path and line of each key and item; an alias is followed once."""
    if not path:
        yield path, node.start_mark.line + 1
    if id(node) in seen:
        return
    seen.add(id(node))
    parts: list[tuple[int | str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(key.value, key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(number, item, item) for number, item in enumerate(node.value)]
    for name, mark, inner in parts:
        yield (*path, name), mark.start_mark.line + 1
        yield from _lines(inner, (*path, name), seen)


def yaml_items(text: str) -> list[tuple[int, Any]]:
    """Return the items of a YAML list, each with its line. Raises NotReadableError."""
    with _strictly():
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise NotReadableError("is no list, line 1")
        return [(i.start_mark.line + 1, loader.construct_document(i)) for i in node.value]


@contextmanager
def _strictly() -> Iterator[None]:
    """Raise NotReadableError for every error in reading a YAML file."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotReadableError(f"is not YAML, or not of the plain kind{line}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise NotReadableError("is not YAML, or not of the plain kind") from None
    except OSError as error:
        raise NotReadableError(f"cannot be read: {error.strerror}") from None


def problems(
    error: ValidationError, written: YamlContent, known: Collection[str] | None = None
) -> str:
    """Return the problems of a file in words, without its values.

    If its keys may be private, `known` are those that may be shown.
    """
    rows = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"line {written.line(row['loc'])}: {_shown_path(row['loc'], known)}: {row['msg']}"
        for row in rows
    )


def _shown_path(path: KeyPath, known: Collection[str] | None) -> str:
    """Return a path in words. An unusual key may be a misplaced example: it is shown as `?`."""
    parts = [str(part) for part in path]
    shown = [part if part.isdigit() or _showable(part, known) else "?" for part in parts]
    return ".".join(shown) or "the file"


def _showable(key: str, known: Collection[str] | None) -> bool:
    return bool(_SHOWABLE_KEY.fullmatch(key)) if known is None else key in known
