"""Rule files, read into `Rule`s. Errors name the file and the key, never what stands there.

A folder of rules is a tree of YAML files, one rule each; the path is the rule's name:
`rules/email/plain.yaml` is the rule `email/plain`. Whether a rule keeps what its examples
promise is for `redactor.detect.rules.detector` to prove; here it only has to be well formed.

Links are followed, but not in circles. What begins with a dot is passed over, as editors and
mounts leave it; so is what does not end in `.yaml` or the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from redactor.config.document import Country, NotReadableError, Strict, problems, read_yaml
from redactor.errors import OutputError, RuleError, UsageError
from redactor.model import Near, Rule

__all__ = ["bundled_rules", "parse_rule", "parse_rules", "rule_files", "write_template"]

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
    """Return every rule under a folder, sorted by id. Raises RuleError."""
    rules = (parse_rule(path, folder) for path in rule_files(folder))
    return tuple(sorted(rules, key=lambda rule: rule.id))


def rule_files(folder: Path) -> list[Path]:
    """Return the files of the rules under a folder, sorted.

    Raises RuleError for a folder that is missing, empty of rules, or cannot be read in every part.
    """
    if not folder.is_dir():
        missing = "is no folder" if folder.exists() else "does not exist"
        raise RuleError(f"the folder of rules {folder} {missing}")
    files = sorted(_walk(folder, (folder.resolve(),)))
    if not files:
        raise RuleError(f"the folder {folder} holds no rules: no file that ends in .yaml")
    return files


def _walk(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the YAML files of a tree; `above` are the folders that lead to this one."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise RuleError(f"the folder {folder} cannot be read: {error.strerror}") from None
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            real = path.resolve()
            if real in above:
                raise RuleError(f"{path} is a link that leads back to a folder it is in")
            yield from _walk(path, (*above, real))
        elif path.suffix.lower() in {".yaml", ".yml"}:
            yield path


def parse_rule(path: Path, folder: Path) -> Rule:
    """Return the rule of one file under a folder. Raises RuleError."""
    name = path.relative_to(folder).as_posix()
    if path.suffix != ".yaml":
        raise RuleError(f"{path}: the name of a rule file ends in .yaml")
    try:
        written = read_yaml(path)
    except NotReadableError as error:
        raise RuleError(f"{path} {error}") from None
    try:
        parsed = _Rule.model_validate(written.content)
    except ValidationError as error:
        raise RuleError(f"{path}, {problems(error, written)}") from None
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
        file=path,
        lines=dict(written.lines),
    )


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*", re.IGNORECASE)

_TEMPLATE = """\
# What is found; in a copy it becomes [{entity}_7FQ2M9XA].
entity: {entity}
about: A staff badge as printed on the card, "B-" and six digits.

# A regular expression of Python's `regex` module, blind to case; (?-i:...) makes a part see it.
# Only the group named "value" is removed; without it, the whole match. It reads a normalised text,
# so it needs no tricks against look-alikes. Give every repetition a bound, as in \\d{{1,12}}.
pattern: '\\bB-(?P<value>\\d{{6}})\\b'

# How sure a match is, 0 to 1. The shipped policies remove from 0.4.
score: 0.5

# Words near a match that make it surer: within so many characters on either side.
near: {{words: [badge, staff id], within: 40, score: 0.9}}

# Beside these, if you need them:
# requires: [b-]        # small letters; every match holds one of them, and nothing else is tried
# check: luhn           # a check of the digits or letters; a wrong name here lists them all
# countries: [uk]       # only for policies that look for one of these countries, or for all

# The proof. Each of these must be found, exactly as [[marked]]...
finds:
  - 'Staff id B-[[123456]] was used.'
  - 'The parcel for B-[[654321]] is here.'
# ...and in these nothing may be found: what looks alike and is something else.
ignores:
  - 'Part no. B-1234567'
  - 'Flight B-7371 left.'
"""


def write_template(name: str, folder: Path) -> Path:
    """Write a rule to start from, called `name`, into a folder of rules, and return its path.

    Raises UsageError for a name that cannot be or is taken, OutputError if it cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "the name of a rule is of letters, digits, - and _, as in ours/staff-badge"
        )
    if (bundled_rules() / f"{name}.yaml").exists():
        raise UsageError(f"there is a shipped rule {name} already; choose another name")
    path = folder / f"{name}.yaml"
    entity = re.sub(r"[^A-Z0-9]+", "_", name.rsplit("/", maxsplit=1)[-1].upper()).strip("_")
    entity = entity if entity[0].isalpha() else f"ID_{entity}"
    if path.exists():
        raise UsageError(f"{path} exists, and is not overwritten; choose another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEMPLATE.format(entity=entity))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    return path
