"""Rule files, read into `Rule`s. Errors name the file and the key, never what stands there.

A folder of rules is a tree of YAML files, one rule each; the path is the rule's name:
`rules/email/plain.yaml` is the rule `email/plain`. Whether a rule keeps what its examples
promise is for `redactor.detect.rules` to prove; here it only has to be well formed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from redactor.errors import RuleError
from redactor.model import Near, Rule

__all__ = ["bundled_rules", "parse_rules"]

_PACKAGE = Path(__file__).resolve().parent.parent
_SHOWABLE_KEY = re.compile(r"[a-z_]{1,20}")

_Text = Annotated[str, StringConstraints(min_length=1)]
_Score = Annotated[float, Field(ge=0, le=1)]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which a repeated key is an error, not the last one silently winning."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = [(loader.construct_object(key, deep=True), value) for key, value in node.value]
    keys = [key for key, _ in pairs]
    if any(not isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
        raise yaml.constructor.ConstructorError(problem="repeated or odd key")
    return {key: loader.construct_object(value, deep=True) for key, value in pairs}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _File(BaseModel):
    """What every part of a rule file has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class _Near(_File):
    words: list[_Text] = Field(min_length=1)
    within: int = Field(ge=1, le=1000)
    score: _Score


class _Rule(_File):
    entity: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    about: _Text
    pattern: _Text
    score: _Score
    requires: list[_Text] = Field(default_factory=list)
    check: _Text | None = None
    near: _Near | None = None
    finds: list[_Text] = Field(default_factory=list)
    ignores: list[_Text] = Field(default_factory=list)


def bundled_rules() -> Path:
    """Return the folder of rules that ships with the package.

    The wheel carries it inside the package; a checkout has it beside the package.
    """
    installed = _PACKAGE / "rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


def parse_rules(folder: Path) -> tuple[Rule, ...]:
    """Return every rule under a folder, sorted by id."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    if not files:
        raise RuleError(f"{folder} holds no rules")
    return tuple(sorted((_parse(path, folder) for path in files), key=lambda rule: rule.id))


def _parse(path: Path, folder: Path) -> Rule:
    name = path.relative_to(folder).as_posix()
    if path.suffix != ".yaml":
        raise RuleError(f"{name}: a rule file ends in .yaml")
    try:
        parsed = _Rule.model_validate(_load(path, name))
    except ValidationError as error:
        problems = "; ".join(f"{_key(e['loc'])}: {e['type']}" for e in _problems(error))
        raise RuleError(f"{name}: {problems}") from None
    near = parsed.near
    return Rule(
        id=name.removesuffix(".yaml"),
        entity=parsed.entity,
        about=parsed.about,
        pattern=parsed.pattern,
        score=parsed.score,
        requires=tuple(parsed.requires),
        check=parsed.check,
        near=Near(tuple(near.words), near.within, near.score) if near else None,
        finds=tuple(parsed.finds),
        ignores=tuple(parsed.ignores),
    )


def _load(path: Path, name: str) -> Any:
    try:
        # `_Loader` is a safe one.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise RuleError(f"{name}{line}: not the YAML of a rule") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise RuleError(f"{name}: not the YAML of a rule") from None
    except OSError as error:
        raise RuleError(f"{name}: {error.strerror}") from None


def _problems(error: ValidationError) -> list[Any]:
    return list(error.errors(include_input=False, include_url=False, include_context=False))


def _key(location: tuple[int | str, ...]) -> str:
    """Return where a problem is. An odd key may be a misplaced example, so it is not shown."""
    parts = (str(part) for part in location)
    shown = (part if part.isdigit() or _SHOWABLE_KEY.fullmatch(part) else "?" for part in parts)
    return ".".join(shown) or "file"
