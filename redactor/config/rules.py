"""Rule files, parsed into `Rule`s. Errors name file and key, never a value.

A folder of rules is a tree of YAML files, one rule each; the path is the rule's id:
`rules/email/plain.yaml` is the rule `email/plain`. A file `_define.yaml` is no rule: it defines
fragments for the rules beside and below it. In a `Rule`, fragments are expanded and verbose mode is
removed. Only the form is checked here; `redactor.detect.rules.detector` checks the examples.

A file whose top level is `recognizers:` is no rule but a file of Presidio's recognisers: see
`redactor.config.recognizers`.

Links are followed, but not in circles. Names that begin with a dot are ignored, since editors and
mounts leave such files; so are names that do not end in `.yaml` or `.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from redactor.config.document import (
    LARGEST,
    Country,
    NotReadableError,
    Strict,
    YamlContent,
    problems,
    read_yaml,
)
from redactor.config.fragments import Definition, Fragment, Fragments, check_used
from redactor.config.patterns import NAME
from redactor.errors import OutputError, RuleError, UsageError
from redactor.folders import read_regular
from redactor.model import Near, Rule

__all__ = [
    "SUMS",
    "bundled_rules",
    "check_bundled",
    "is_folder",
    "is_recognizers",
    "parse_rule",
    "parse_rules",
    "recognizer_files",
    "rule_files",
    "rule_sums",
    "write_template",
]

_PACKAGE = Path(__file__).resolve().parent.parent

_Text = Annotated[str, StringConstraints(min_length=1)]
_Score = Annotated[float, Field(ge=0, le=1)]
_Definitions = dict[Annotated[str, StringConstraints(pattern=f"^{NAME}$")], _Text]

_DEFINE = "_define.yaml"
SUMS = "config/rules.sha256"
"""The digests of the shipped rules, in a package that was built."""


class BundleDamaged(RuleError):
    """Shipped rules that were changed, added or deleted after the package was built."""

    hint = "Reinstall redactor; rules of your own go into a folder that --rules names."


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
    define: _Definitions = Field(default_factory=dict)


class _Shared(Strict):
    define: Annotated[_Definitions, Field(min_length=1)]


_Kind = TypeVar("_Kind", bound=Strict)


def bundled_rules() -> Path:
    """Return the folder of rules that ships with the package.

    The wheel carries it inside the package; a checkout has it beside the package.
    """
    installed = _PACKAGE / "rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


def check_bundled() -> None:
    """Raise RuleError unless the rules of an installed package are those it was built with.

    In a checkout they are there to be changed, and nothing lists them.
    """
    if bundled_rules().parent != _PACKAGE:
        return
    try:
        listed = read_regular(_PACKAGE / SUMS, LARGEST).decode("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BundleDamaged(f"the package is damaged: {SUMS} cannot be read") from None
    if listed != rule_sums(bundled_rules()):
        raise BundleDamaged("the shipped rules are not those that this package was built with")


def rule_sums(folder: Path) -> list[str]:
    """Return the SHA-256 and name of each file of rules in a folder, a line each."""
    names = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.yaml"))
    return [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]


def parse_rules(folder: Path) -> tuple[Rule, ...]:
    """Return every rule under a folder, sorted by id.

    Raises RuleError, as for a fragment that no rule uses.
    """
    (files, shared_files), shared = _tree(folder), _SharedFragments(folder)
    written = ((path, _read(path)) for path in files)
    read = [
        _parse(path, one, folder, shared.of(path.parent))
        for path, one in written
        if not is_recognizers(one.content)
    ]
    for path in shared_files:
        shared.of(path.parent)  # also where there is no rule
    check_used(shared.all(), chain.from_iterable(used for _, used in read))
    return tuple(sorted((rule for rule, _ in read), key=lambda rule: rule.id))


def rule_files(folder: Path) -> list[Path]:
    """Return the files of the rules under a folder, sorted.

    Raises RuleError for a folder that is missing, empty of rules, or cannot be read in every part.
    """
    return [path for path in _tree(folder)[0] if not _holds_recognizers(path)]


def recognizer_files(folder: Path) -> list[Path]:
    """Return the files of Presidio's recognisers under a folder of rules, sorted.

    Raises RuleError as `rule_files` does.
    """
    return [path for path in _tree(folder)[0] if _holds_recognizers(path)]


def is_recognizers(content: object) -> bool:
    """Tell whether the content of a file is a list of Presidio's recognisers."""
    return isinstance(content, dict) and "recognizers" in content


def _holds_recognizers(path: Path) -> bool:
    """Tell whether a file holds Presidio's recognisers; a file that cannot be read does not."""
    with suppress(NotReadableError):
        return is_recognizers(read_yaml(path).content)
    return False


def _tree(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the rule files of a folder, and those that define fragments, both sorted."""
    if not is_folder(folder):
        missing = "is no folder" if folder.exists() else "does not exist"
        raise RuleError(f"the folder of rules {folder} {missing}")
    walked = sorted(_walk(folder, (folder.resolve(),)))
    files = [path for path in walked if path.name != _DEFINE]
    if not files:
        raise RuleError(f"the folder {folder} holds no rules: no file that ends in .yaml")
    return files, [path for path in walked if path.name == _DEFINE]


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder. Raises RuleError where the system does not say."""
    try:
        return path.is_dir()
    except OSError as error:
        raise RuleError(f"{path} cannot be read: {error.strerror}") from None


def _walk(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the YAML files of a tree; `above` are the folders that contain this one."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise RuleError(f"the folder {folder} cannot be read: {error.strerror}") from None
    for path in entries:
        if path.name.startswith("."):
            continue
        if is_folder(path):
            real = path.resolve()
            if real in above:
                raise RuleError(f"{path} is a link that leads back to a folder it is in")
            yield from _walk(path, (*above, real))
        elif path.suffix.lower() in {".yaml", ".yml"}:
            yield path


@dataclass(frozen=True, slots=True)
class _SharedFragments:
    """The fragments of the `_define.yaml` files in a tree of rules. Each file is read once."""

    root: Path
    known: dict[Path, Fragments] = field(default_factory=dict)

    def of(self, folder: Path) -> Fragments:
        """Return the fragments of a folder and those above it. Raises RuleError."""
        if folder not in self.known:
            above = Fragments() if folder == self.root else self.of(folder.parent)
            path = folder / _DEFINE
            self.known[folder] = above.with_definitions(_shared(path)) if path.exists() else above
        return self.known[folder]

    def all(self) -> Iterator[Fragment]:
        """Yield every fragment, once for each folder in which it is defined or inherited."""
        return chain.from_iterable(one.by_name.values() for one in self.known.values())


def _shared(path: Path) -> list[Definition]:
    written = _read(path)
    return _definitions(_validated(_Shared, path, written).define, path, written)


def _definitions(define: Mapping[str, str], path: Path, written: YamlContent) -> list[Definition]:
    places = {name: f"{path}, line {written.line(('define', name))}" for name in define}
    return [Definition(name, text, places[name]) for name, text in define.items()]


def parse_rule(path: Path, folder: Path) -> Rule:
    """Return the rule of one file under a folder. Raises RuleError."""
    return _parse(path, _read(path), folder, _SharedFragments(folder).of(path.parent))[0]


def _parse(
    path: Path, written: YamlContent, folder: Path, shared: Fragments
) -> tuple[Rule, frozenset[Fragment]]:
    """Return the rule of one file, and the fragments that it uses."""
    name = path.relative_to(folder).as_posix()
    if path.suffix != ".yaml":
        raise RuleError(f"{path}: the name of a rule file ends in .yaml")
    parsed = _validated(_Rule, path, written)
    own = shared.with_definitions(_definitions(parsed.define, path, written))
    place = f"{path}, line {written.line(('pattern',))}"
    pattern, used = own.expand(parsed.pattern, place)
    check_used((own.by_name[one] for one in parsed.define), used)
    near = parsed.near
    rule = Rule(
        id=name.removesuffix(".yaml"),
        entity=parsed.entity,
        about=parsed.about,
        pattern=pattern,
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
    return rule, used


def _read(path: Path) -> YamlContent:
    try:
        return read_yaml(path)
    except NotReadableError as error:
        raise RuleError(f"{path} {error}") from None


def _validated(kind: type[_Kind], path: Path, written: YamlContent) -> _Kind:
    try:
        return kind.model_validate(written.content)
    except ValidationError as error:
        raise RuleError(f"{path}, {problems(error, written)}") from None


# The id of a rule, from its path: "email/plain".
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
# define: {{digits: '\\d{{6}}'}}  # names a part: 'B-(?P<value>{{digits}})'. In a file _define.yaml
#                            # it does so for all the rules of a folder and those below it.
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
    """Write a template of a rule called `name` into a folder of rules, and return its path.

    Raises UsageError for a name that is invalid or taken, OutputError if it cannot be written.
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
