"""Rule files, read into `Rule`s. Errors name the file and the key, never what stands there.

A folder of rules is a tree of YAML files, one rule each; the path is the rule's name:
`rules/email/plain.yaml` is the rule `email/plain`. Whether a rule keeps what its examples
promise is for `redactor.detect.rules` to prove; here it only has to be well formed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from redactor.config.document import Country, NotReadableError, Strict, problems, read_yaml
from redactor.errors import RuleError
from redactor.model import Near, Rule

__all__ = ["bundled_rules", "parse_rules"]

_PACKAGE = Path(__file__).resolve().parent.parent

_Text = Annotated[str, StringConstraints(min_length=1)]
_Score = Annotated[float, Field(ge=0, le=1)]


class _Near(Strict):
    words: list[_Text] = Field(min_length=1)
    within: int = Field(ge=1, le=1000)
    score: _Score


class _Rule(Strict):
    entity: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    about: _Text
    pattern: _Text
    score: _Score
    requires: list[_Text] = Field(default_factory=list)
    check: _Text | None = None
    near: _Near | None = None
    finds: list[_Text] = Field(default_factory=list)
    ignores: list[_Text] = Field(default_factory=list)
    countries: Annotated[list[Country], Field(min_length=1)] | None = None


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
        parsed = _Rule.model_validate(read_yaml(path))
    except NotReadableError as error:
        raise RuleError(f"{name} {error}") from None
    except ValidationError as error:
        raise RuleError(f"{name}: {problems(error)}") from None
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
        countries=frozenset(parsed.countries or ()),
    )
