"""How entities are detected: rules of our own format, recognisers of Presidio's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Near:
    """Context words: a rule's score is `score` if one occurs within `within` characters."""

    words: tuple[str, ...]
    within: int
    score: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern with its examples. If it has a group named `value`, that group is the finding.

    `requires` are literal strings in lower case; every match contains one of them, and the pattern
    is tried only around their occurrences. `check` names a function of `redactor.detect.checks`.
    `countries` are those for whose documents the rule is written; none means all. A rule of the
    entity LOOKALIKE describes what is *no* personal data. `file` and `lines` are where it was
    written: `lines["finds", 2]` is the line of the third example.
    """

    id: str
    entity: str
    about: str
    pattern: str
    score: float
    requires: tuple[str, ...] = ()
    check: str | None = None
    near: Near | None = None
    finds: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    file: Path | None = field(default=None, compare=False)
    lines: Mapping[tuple[int | str, ...], int] = field(
        default_factory=dict, compare=False, repr=False
    )

    def place(self, *keys: int | str) -> str:
        """Return the file and line of a part of the rule, or the rule's id if it has no file.

        `place("finds", 2)` is that of the third example: `rules/email/plain.yaml, line 12`.
        """
        if self.file is None:
            return f"rule {self.id}"
        line = self.lines.get(keys) or self.lines.get(keys[:1], 1)
        return f"{self.file}, line {line}"

    def serves(self, countries: frozenset[str] | None) -> bool:
        """Tell whether the rule is for one of some countries; None stands for all countries."""
        return countries is None or not self.countries or not self.countries.isdisjoint(countries)


SWITCHED_OFF = "switched off"
"""`Recognizer.unused` of a recogniser that its file disables."""


@dataclass(frozen=True, slots=True)
class ScoredPattern:
    """A named regular expression of a recogniser; `place` is its file and line."""

    name: str
    regex: str
    score: float
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A recogniser in Presidio's format, as configured in a file.

    It has `patterns` and a `deny_list` for its one `entity`; or it is an instance of the Presidio
    class that `predefined` names, and `entity` may be empty. `flags` are those of Python's `re`,
    `thresholds` minimum scores by entity or `default`. `unused` is the reason for which it is not
    run, empty if it is run. `place` is its file and line.
    """

    name: str
    entity: str = ""
    predefined: str = ""
    patterns: tuple[ScoredPattern, ...] = ()
    deny_list: tuple[str, ...] = field(default=(), repr=False)
    deny_list_score: float = 1.0
    context: tuple[str, ...] = ()
    flags: int = 0
    thresholds: tuple[tuple[str, float], ...] = ()
    country: str | None = None
    unused: str = ""
    place: str = field(default="", compare=False)

    def serves(self, countries: frozenset[str] | None) -> bool:
        """Tell whether it is for one of some countries; None stands for all countries."""
        return countries is None or self.country is None or self.country in countries
