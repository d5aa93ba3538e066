"""The types that travel through the pipeline: small, frozen, picklable.

They hold positions, not text, so that each of them can be logged, sent to a worker and audited
as it is. The two that must carry text (`TextWindow.text`, `Edit.replacement`) never show it in
their `repr`.

A *segment* is one text that is examined as a whole, as a unit is. A long one is read in several
windows, which overlap: `TextWindow.offset` is the position of the window in the segment,
`TextWindow.context` the number of its first characters that serve only as context. Every other
position is an offset in the segment, counted in characters, half open: `start` is covered, `end` is
not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Literal


class Action(Enum):
    """What is done with a finding: an operator, or `KEEP`."""

    PSEUDONYM = "pseudonym"
    LABEL = "label"
    NUMBER = "number"
    MASK = "mask"
    KEEP = "keep"
    REPLACE = "replace"
    REDACT = "redact"
    HASH = "hash"
    ENCRYPT = "encrypt"
    SURROGATE = "surrogate"
    DATE_SHIFT = "date_shift"
    GENERALISE = "generalise"
    CUSTOM = "custom"


Scalar = str | int | float | bool
Parameters = tuple[tuple[str, Scalar | tuple[Scalar, ...]], ...]
"""The parameters of an operator, sorted by name; a list is a tuple here."""


class Kind(Enum):
    """The kind of place that a text has in a document. The words are for people to read."""

    BODY = "text"
    ATTRIBUTE = "attribute"
    COMMENT = "comment"
    METADATA = "metadata"
    SCRIPT = "script"
    NAME = "name"
    CELL = "cell"
    KEY = "key"
    HEADER = "header"


class Slot(Enum):
    """What may be put in the place of a text, so that a replacement suits it."""

    TEXT = "text"
    URL = "url"
    MAILBOX = "mailbox"
    FILE_NAME = "file name"
    IDENTIFIER = "identifier"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Location:
    """The location of a text in a document: numbers and a closed vocabulary, never its own words.

    `line` counts from 1 in the document's own lines, where it has any. `number` and `column` count
    what the format counts (row, page), from 1; 0 where it counts nothing.
    """

    kind: Kind = Kind.BODY
    line: int = 0
    number: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return it for people: `attribute, line 12`."""
        counted = (("row", self.number), ("column", self.column), ("line", self.line))
        return ", ".join([self.kind.value, *(f"{name} {n}" for name, n in counted if n)])


BODY = Location()
NAME = Location(Kind.NAME)


@dataclass(frozen=True, slots=True)
class TextWindow:
    """A window of a segment."""

    index: int
    text: str = field(repr=False)
    where: str = "text"
    offset: int = 0
    context: int = 0

    def contains(self, finding: Finding) -> bool:
        """Tell whether a finding is within this window."""
        return (
            finding.segment == self.index
            and self.offset <= finding.start
            and finding.end <= self.offset + len(self.text)
        )

    def starts_in(self, finding: Finding) -> bool:
        """Tell whether a finding belongs to this window.

        One in its context belongs to the one before.
        """
        return finding.start - self.offset >= self.context


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a detector: positions, entity, score (0 to 1) and source; never the text.

    `source` names the detector, as in `rule:email/plain`, `presidio:IbanRecognizer`,
    `model:names_accurate` or `link:surname`.
    """

    segment: int
    start: int
    end: int
    entity: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Near:
    """Words that raise a rule's score if they occur within `within` characters."""

    words: tuple[str, ...]
    within: int
    score: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern with its examples. Only the group named `value` is the finding, if there is one.

    `requires` are literal strings in lower case; every match contains one of them, and the pattern
    is tried only around their occurrences. `check` names a function of `redactor.detect.checks`.
    `countries` are those whose documents it is for; none is all. A rule of the entity LOOKALIKE
    describes what is *no* personal data. `file` and `lines` are its origin: `("finds", 2)` is the
    line of the third example.
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
        """Return the file and line of a part of the rule, or the rule's id if it has no file."""
        if self.file is None:
            return f"rule {self.id}"
        line = self.lines.get(keys) or self.lines.get(keys[:1], 1)
        return f"{self.file}, line {line}"

    def serves(self, countries: frozenset[str] | None) -> bool:
        """Tell whether the rule is for one of some countries; None are all there are."""
        return countries is None or not self.countries or not self.countries.isdisjoint(countries)


SWITCHED_OFF = "switched off"
"""Why a recogniser is unused whose file says so."""


@dataclass(frozen=True, slots=True)
class ScoredPattern:
    """A regular expression under the name that its author gave it; `place` is its file and line."""

    name: str
    regex: str
    score: float
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A recogniser in Presidio's format, as configured in a file.

    It has `patterns` and a `deny_list` for its one `entity`, or it is an instance of the class of
    Presidio's that `predefined` names, and `entity` may be empty. `flags` are regular expression
    flags, `thresholds` minimum scores by entity or `default`. `unused` is the reason why it is not
    run, if it is not. `place` is its file and line.
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
        """Tell whether it is for one of some countries; None are all there are."""
        return countries is None or self.country is None or self.country in countries


@dataclass(frozen=True, slots=True)
class Exemption:
    """The ground of a removal: code of an exemption, legal basis, reason, and end of a restriction.

    The words are those of the policy's author, never of a document. `restrict_until` is the last
    day of the restriction.
    """

    code: str = ""
    basis: str = ""
    reason: str = ""
    restrict_until: date | None = None


Shown = Literal["code", "amount"]
"""What a placeholder may show beside the entity: the code, and a band of the length."""


@dataclass(frozen=True, slots=True)
class EntityPolicy:
    """What a policy does with one entity, for findings of at least `threshold`, and on what ground.

    A finding with a score below `review` is marked for review. `shows` is shown in the placeholder
    beside the entity. `expired` means that the restriction has ended on the day of the run: the
    entity is kept. `parameters` are those of the operator that carries out the action.
    """

    action: Action
    threshold: float
    review: float = 0.0
    exemption: Exemption = Exemption()
    shows: tuple[Shown, ...] = ()
    expired: bool = False
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class NameModel:
    """The model that finds names. `labels` maps its labels to entities, beside the usual ones.

    `kind` is `spacy` (a shipped model, an installed package or a folder), `huggingface` or
    `gliner` (a folder). `score` is the score of all findings of a model without probabilities.
    """

    name: str = "accurate"
    kind: str = "spacy"
    labels: tuple[tuple[str, str], ...] = ()
    score: float | None = None

    @classmethod
    def named(cls, text: str) -> NameModel:
        """Return the model of a name: `fast`, `spacy:NAME` or `huggingface:FOLDER`."""
        kind, _, name = text.partition(":")
        return cls(name, kind) if kind in MODEL_KINDS and name else cls(text)


MODEL_KINDS = ("spacy", "huggingface", "gliner")


DEEPEST = 64
"""The most that `Limits.depth` may be: each level takes a private file that is open, and some
frames of Python's stack, which ends at a thousand."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The resources a document may use. A document beyond a limit is named, not examined in part.

    A document and everything unpacked from it, at any depth, is its tree.
    """

    file_bytes: int = 1 << 30  # one document
    rule_seconds: float = 30.0  # all rules on one window of text
    tree_bytes: int = 4 << 30  # unpacked from one document: four times the largest document
    members: int = 100_000  # of one tree; each costs 1 kB of memory while a copy is written
    depth: int = 8  # containers in containers; mail in a mailbox in two ZIPs with a chart is six
    ratio: int = 200  # unpacked to packed bytes, see redactor.formats.budget
    tree_seconds: float = 86_400.0  # a day: 4 GiB of text take 15 hours on one core


@dataclass(frozen=True, slots=True)
class AllowedPerson:
    """A person who is kept, and on what conditions.

    One of `roles` must occur near the name, and a year of `period` (first and last, both included)
    in the document. `scope` are the entities that are kept. `aliases` are further names. Until
    `restrict_until`, the last day of a restriction, the person is redacted.
    """

    name: str = field(repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    roles: tuple[str, ...] = field(default=(), repr=False)
    period: tuple[int, int] | None = None
    scope: frozenset[str] = frozenset({"PERSON"})
    restrict_until: date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name of the person."""
        return self.name, *self.aliases

    @property
    def is_value(self) -> bool:
        """Tell whether the entry is no person, but a value of the one entity in its scope."""
        return "PERSON" not in self.scope

    @property
    def conditional(self) -> bool:
        """Tell whether the name alone is not enough: there is a role or a period."""
        return bool(self.roles) or self.period is not None


@dataclass(frozen=True, slots=True)
class TermList:
    """Terms with the entity of each, and the SHA-256 of them all, by which lists are compared."""

    terms: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)
    digest: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is redacted, how, and what is kept.

    `allow_list` are the people who are kept; `restricted` are those who are redacted until a
    restriction on them has ended, and kept from then on.

    Terms of `deny_list` are redacted, whatever the policy says of their entity and whoever is kept;
    `allowed_terms` are kept, unless they are part of a longer value that is redacted.

    `parts` says what happens to a document some part of which could not be examined: it is refused,
    or its copy is without that part. `titles` says what happens to "Dr" before a removed name, and
    "Jr" after it. `countries` are those whose numbers and forms are searched for, beside those of
    no country; None are all. `recognizers` are Presidio's, beside those that are always asked.

    `digest` is the SHA-256 of the policy's content, for the log. `as_of` is the day on which
    restrictions were taken to have ended; without one, none has. `exemptions` are all that it or
    its code set has, by code. `places` are the lines of its files that name each entity.
    """

    name: str
    about: str
    entity_policies: Mapping[str, EntityPolicy] = field(hash=False)
    unlisted: EntityPolicy
    model: NameModel = NameModel()
    limits: Limits = Limits()
    allow_list: tuple[AllowedPerson, ...] = field(default=(), repr=False)
    restricted: tuple[AllowedPerson, ...] = field(default=(), repr=False)
    titles: Literal["keep", "remove"] = "keep"
    parts: Literal["refuse", "omit"] = "refuse"
    countries: frozenset[str] | None = None
    deny_list: TermList = TermList()
    allowed_terms: TermList = TermList()
    recognizers: tuple[Recognizer, ...] = ()
    digest: str = ""
    as_of: date | None = None
    exemptions: Mapping[str, Exemption] = field(default_factory=dict, compare=False, repr=False)
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def entity_policy(self, entity: str) -> EntityPolicy:
        """Return the policy for an entity; one that is not listed is redacted."""
        return self.entity_policies.get(entity, self.unlisted)

    def removes(self, entity: str) -> bool:
        """Tell whether findings of an entity are redacted, if their score reaches the threshold."""
        return self.seeks(entity) and not self.entity_policy(entity).expired

    def seeks(self, entity: str) -> bool:
        """Tell whether an entity is searched for.

        It is redacted, or a restriction on it has ended.
        """
        return self.entity_policy(entity).action is not Action.KEEP

    def removal(self, entity: str) -> EntityPolicy:
        """Return how an entity is redacted, even one that is kept, for terms of a deny list."""
        ways = (self.entity_policy(entity), self.unlisted, EntityPolicy(Action.PSEUDONYM, 0.0))
        return next(way for way in ways if way.action is not Action.KEEP)

    @property
    def labels(self) -> frozenset[str]:
        """Return the words in brackets that `replace` puts in the place of values."""
        every = (*self.entity_policies.values(), self.unlisted)
        values = {
            str(value)
            for one in every
            if one.action is Action.REPLACE
            for name, value in one.parameters
            if name == "new_value"
        }
        between = {value[1:-1] for value in values if _BRACKETED.fullmatch(value)}
        return frozenset(between)

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes that its placeholders may show."""
        every = (*self.entity_policies.values(), self.unlisted)
        return frozenset(one.exemption.code for one in every if "code" in one.shows) - {""}


_BRACKETED = re.compile(r"\[[^\[\]<>]+\]|<[^\[\]<>]+>")

Ruled = Literal["confirmed", "added", "restored", "changed"]
"""What a reviewer decided about a finding."""


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What a reviewer decided about a finding, and what had been decided before.

    `supersedes` is the id of the record that this replaces, `earlier` the content of that record
    (its action, entity, code, decision and reviewer); both are empty where there was none.
    """

    decision: Ruled
    reviewer: str
    note: str = ""
    supersedes: str = ""
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to `start:end`.

    `finding` gave the label, `because` names all sources that agreed.

    `review` are the reasons to have a person look at it, sorted: a low `score`, an uncertain `link`
    to a person, or an uncertain match with the allow list (`keep`). `exemption` is the ground of a
    redaction, or the reason for keeping; `ruling` is a reviewer's decision, if there is one.
    `parameters` are those of the action.
    """

    finding: Finding
    start: int
    end: int
    action: Action
    because: tuple[str, ...]
    review: tuple[str, ...] = ()
    exemption: Exemption = Exemption()
    shows: tuple[Shown, ...] = ()
    ruling: ReviewDecision | None = None
    parameters: Parameters = ()


BANDS = ((1, "1-4"), (5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50+"))
"""Bands of lengths, each by its least: an exact length with an entity can identify a value."""


def amount(length: int) -> str:
    """Return the band that a number of removed characters is in: `12 -> "10-19"`."""
    if length < 1:
        raise ValueError("nothing was removed")
    return BANDS[bisect_right(BANDS, length, key=lambda band: band[0]) - 1][1]


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `replacement` in the place of `start:end` of a segment."""

    segment: int
    start: int
    end: int
    replacement: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One document to redact: read `source`, publish `target`. `name` is the path for reports.

    With `rehearse`, it is redacted and verified, but neither recorded nor published.
    """

    source: Path
    target: Path
    name: str
    rehearse: bool = False


class Status(Enum):
    """How a document ended."""

    CLEAN = "clean"
    REDACTED = "redacted"
    PARTIAL = "partial"
    FAILED = "failed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one document: its status, redactions by entity, and any error.

    `review` is the number of redactions that a person should look at, `unsure` that of kept places.
    `error` is a sentence without a word of the document; `code` is an `ExitCode` value.
    """

    name: str
    status: Status
    counts: tuple[tuple[str, int], ...] = ()
    code: int = 0
    error: str = ""
    hint: str = ""
    review: int = 0
    unsure: int = 0
