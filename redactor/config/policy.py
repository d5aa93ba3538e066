"""Policy files: what is removed, how, and what stays.

A policy names every entity it means. What it names under `remove` goes, what it names under
`keep` stays, and an entity that it does not name at all is removed: a rule of the user's own finds
things in order to remove them. Unknown keys are errors, and so is a setting without effect.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from redactor.config.document import NotReadableError, Strict, problems, read_yaml
from redactor.errors import PolicyError
from redactor.model import Action, Limits, Policy, Treatment

_Removal = Literal["pseudonym", "label", "number", "mask"]
_Score = Annotated[float, Field(ge=0, le=1)]


class _Treatment(Strict):
    action: _Removal | None = None
    threshold: _Score | None = None


class _Limits(Strict):
    file_bytes: Annotated[int, Field(gt=0)] = Limits().file_bytes
    rule_seconds: Annotated[float, Field(gt=0)] = Limits().rule_seconds


class _Policy(Strict):
    name: str
    about: str
    action: _Removal = "pseudonym"
    threshold: _Score = 0.4
    remove: dict[str, _Treatment | None]
    keep: list[str] = Field(default_factory=list)
    unlisted: Literal["remove", "keep"] = "remove"
    model: str | None = None
    limits: _Limits = _Limits()


def shipped_policies() -> list[str]:
    """Return the names of the policies that come with the package."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def policy_path(name_or_path: str) -> Path:
    """Return the file of a shipped policy, by name, or the path itself."""
    shipped = _folder() / f"{name_or_path}.yaml"
    return shipped if name_or_path in shipped_policies() else Path(name_or_path)


def load_policy(name_or_path: str) -> Policy:
    """Read a shipped policy by name, or a policy file. Raises PolicyError."""
    path = policy_path(name_or_path)
    try:
        parsed = _Policy.model_validate(read_yaml(path))
    except NotReadableError as error:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"the policy {path} {error} (shipped are {shipped})") from None
    except ValidationError as error:
        raise PolicyError(f"the policy {path}: {problems(error)}") from None
    return _policy(parsed, path)


def _policy(parsed: _Policy, path: Path) -> Policy:
    _check_effects(parsed, path)
    treatments = {entity: _treatment(parsed, given) for entity, given in parsed.remove.items()}
    keep = Treatment(Action.KEEP, 0.0)
    default = _treatment(parsed, None)
    content = json.dumps(parsed.model_dump(), sort_keys=True)
    return Policy(
        name=parsed.name,
        about=parsed.about,
        treatments=treatments | dict.fromkeys(parsed.keep, keep),
        unlisted=default if parsed.unlisted == "remove" else keep,
        model=parsed.model,
        limits=Limits(parsed.limits.file_bytes, parsed.limits.rule_seconds),
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )


def _treatment(parsed: _Policy, given: _Treatment | None) -> Treatment:
    given = given or _Treatment()
    threshold = parsed.threshold if given.threshold is None else given.threshold
    return Treatment(Action(given.action or parsed.action), threshold)


def _check_effects(parsed: _Policy, path: Path) -> None:
    """Raise PolicyError for settings that cannot have any effect."""
    both = sorted(set(parsed.remove) & set(parsed.keep))
    if both:
        raise PolicyError(f"{path}: both removed and kept: {', '.join(both)}")
    if not parsed.remove and parsed.unlisted == "keep":
        raise PolicyError(f"{path}: the policy removes nothing")
    same = [
        entity
        for entity, given in parsed.remove.items()
        if given and (given.action == parsed.action or given.threshold == parsed.threshold)
    ]
    if same:
        raise PolicyError(f"{path}: repeats the general setting: {', '.join(sorted(same))}")


def check_entities(policy: Policy, known: frozenset[str]) -> None:
    """Raise PolicyError for entities that nothing can find: a misspelt one removes nothing."""
    unknown = sorted(set(policy.treatments) - known)
    if unknown:
        raise PolicyError(f"policy {policy.name}: nothing finds {', '.join(unknown)}")


def load_keep(path: Path) -> list[str]:
    """Read the names of people who stay: one a line, `#` begins a comment. Raises PolicyError."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise PolicyError(f"cannot read the keep list {path}") from None
    names = [line.split("#", 1)[0].strip() for line in lines]
    if not any(names):
        raise PolicyError(f"the keep list {path} names nobody")
    return [name for name in names if name]


def _folder() -> Path:
    return Path(__file__).parent / "policies"
