"""What policy, rule and keep files have in common: strict YAML, and errors that quote nothing.

A repeated key is an error, not the last one silently winning. Errors name places, never what
stands there: a rule's examples may have been copied from a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

_SAME_COUNTRY = {"gb": "uk"}  # ISO 3166-1, and what Presidio calls it

_SHOWABLE_KEY = re.compile(r"[a-z_]{1,20}|[A-Z][A-Z0-9_]{1,40}")


class NotReadableError(Exception):
    """A file that is no strict YAML. Its text says why, and quotes nothing."""


def _country(given: object) -> object:
    if isinstance(given, bool):
        raise PydanticCustomError("country", "is a yes or a no to YAML: write it in quotes")
    if not (isinstance(given, str) and re.fullmatch("[A-Za-z]{2}", given)):
        raise PydanticCustomError("country", "is no code of two letters, as us and uk")
    return _SAME_COUNTRY.get(given.lower(), given.lower())


Country = Annotated[str, BeforeValidator(_country)]
"""The code of a country, in small letters; `gb` is `uk`, as Presidio has it."""


class Strict(BaseModel):
    """A part of a file: unknown keys are errors, and so are values of another type."""

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


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds. Raises NotReadableError."""
    with _strictly():
        # `_Loader` is a safe one.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


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
    """Raise NotReadableError for whatever is wrong with a YAML file."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotReadableError(f"is not YAML, or not of the plain kind{line}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise NotReadableError("is not YAML, or not of the plain kind") from None
    except OSError as error:
        raise NotReadableError(f"cannot be read: {error.strerror}") from None


def problems(error: ValidationError) -> str:
    """Return where a file is wrong and how, without a word of what it says there."""
    rows = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{_place(row['loc'])}: {row['msg']}" for row in rows)


def _place(location: tuple[int | str, ...]) -> str:
    """Return where a problem is. An odd key may be a misplaced example, so it is not shown."""
    parts = (str(part) for part in location)
    shown = (part if part.isdigit() or _SHOWABLE_KEY.fullmatch(part) else "?" for part in parts)
    return ".".join(shown) or "the file"
