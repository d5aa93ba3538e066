"""The records of the audit log: positions and codes, never a word of a document.

The rules, each of them learnt from audits that leaked:

- no removed text, no words around it, no file name, no path of the machine;
- no plain digest of a removed value, nor of the source: nine digits are guessed back from their
  digest within half an hour, and so is a short file whose redacted copy is public. Such digests
  are keyed (`fingerprint`, `source_mac`, `document_id`). Outputs have plain ones: they are public;
- no length of a removed value: `start` and `end` are offsets in the *output*;
- nothing else that depends on a removed value (`SEALED`): anyone with the model and the copy could
  put candidates into the gap and compare. It is encrypted under the collection key, as are the
  records of what was kept without a reviewer; `details` says how;
- the placeholder is visible in the output, so it is recorded, except for KEEP, where it would be
  the text itself, and for replacements of any form (`FREE_FORM`): they are not recorded where they
  equal the removed text, which the record of others would give away.

What a record reveals beyond entity and position, by intent: that two removed values are equal
(`fingerprint`).

A field that is None is left out of the log. Readers ignore unknown fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import ClassVar, Literal, TypeAlias, get_args

from redactor.keys import Key
from redactor.model import BANDS, FREE_FORM, Action, Status, Verdict

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Pairs: TypeAlias = tuple[tuple[str, str], ...]
Counts: TypeAlias = tuple[tuple[str, int], ...]

# Bytes that are kept of each keyed digest (HMAC-SHA256). Chance collisions are to be expected only
# among about 2 ** (4 * bytes) values.
FINGERPRINT_BYTES = 16
DOCUMENT_ID_BYTES = 12
RESIDUE_BYTES = 8
PLACE_BYTES = 8

# The version of the records that this version writes, in each `run-start`. Before 3, redaction
# records had the fields that are sealed now, and their heads are the same (`heads.FORMAT`).
RECORDS_FORMAT = 3


class Scope(Enum):
    """The reach of a decision: every mention of the value, or one mention alone."""

    EVERYWHERE = "everywhere"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class RunStart:
    """The start of a run: versions, policy, rules, model and key.

    `command` holds options only. A path could name people and machines. `as_of` is the day
    (2031-05-04) by which restrictions were taken to have ended, if one was given. `decisions` are
    keyed digests of the reviewers' decisions that were applied, and `round` is the number of
    reviews. `sealed_to` are the public keys that the vault of this run is encrypted to, if it has
    one. `planned` is the number of documents that the run shall account for, each by a record.
    `encoding` is that of all texts, if one was named. An `update` leaves alone what earlier runs
    with these settings did, as long as neither source nor copy changed. `people` is a keyed digest
    of the people of the collection, where its documents are linked.
    """

    type: ClassVar[str] = "run-start"

    run: str
    started: str
    tool: str
    policy: str
    policy_digest: str
    rules_digest: str
    model: str
    model_version: str
    model_digest: str
    versions: Pairs
    key_id: str
    workers: int
    command: tuple[str, ...]
    as_of: str | None = None
    decisions: tuple[str, ...] | None = None
    round: int | None = None
    sealed_to: tuple[str, ...] | None = None
    planned: int | None = None
    encoding: str | None = None
    update: bool | None = None
    people: str | None = None
    format: int = RECORDS_FORMAT


@dataclass(frozen=True, slots=True)
class RunResume:
    """The point from which a run goes on that was broken off, with the same settings.

    Its documents are those before and after this record; of one that has several records the last
    holds. `planned` is the number of documents in all.
    """

    type: ClassVar[str] = "run-resume"

    run: str
    resumed: str
    workers: int
    command: tuple[str, ...]
    planned: int


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of the finished copy, their result, and the reader used."""

    checks: tuple[str, ...]
    result: Literal["passed", "failed"]
    reader: str


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """The result of one document. Without a copy there is no `output_sha256` or `output_bytes`.

    `source_mac` is the keyed digest of the source, if it could be read. A document that is no
    longer among the sources is withdrawn: its copy was deleted. `not_examined` names each part left
    out and the code of the reason. `media_kept` and `media_omitted` have a row for each picture,
    sound, film and font: the part of the copy that it is or stands in, and what of it was not
    examined (`pixels`). `pixels_read` has one for each picture that OCR examined: the part, and
    `text` or `no text`. `converted` says from what to what, and by what, a document was converted
    before it was read. `copy_id` is the keyed id of the copy's name, where that was redacted;
    `document` is that of the source's. `dropped` has the part and the kind of each signature that
    the copy is without, and of each index without places (`index`). `archives` is a digest of the
    digests of the copies that an index of web archives has the places of. `vault` is the slot of
    the sealed vault: the SHA-256 of that file, which is also its name.
    """

    type: ClassVar[str] = "document"

    document: str
    status: Status
    format: str
    parts_examined: int
    source_mac: str | None = None
    encoding: str | None = None
    layout: Pairs | None = None
    output_sha256: str | None = None
    output_bytes: int | None = None
    not_examined: Pairs = ()
    media_kept: Pairs | None = None
    media_omitted: Pairs | None = None
    pixels_read: Pairs | None = None
    converted: str | None = None
    copy_id: str | None = None
    dropped: Pairs | None = None
    archives: str | None = None
    verified: Verification | None = None
    counts: Counts = ()
    vault: str | None = None


@dataclass(frozen=True, slots=True)
class PartRecord:
    """An examined document inside a document: its path in the copy, and its format.

    `part` are the numbers of the members that lead to it, as in `2/1`. `layout` is what a reader
    of the copy must know beside its `encoding`.
    """

    type: ClassVar[str] = "part"

    document: str
    part: str
    format: str
    encoding: str | None = None
    layout: Pairs | None = None


@dataclass(frozen=True, slots=True)
class RedactionRecord:
    """One redaction or retention: its position in the output, the action, and the reason.

    `id` is the document's id and a running number, as in `d41d8c:3`. `part` is the document itself
    (`text`), a document inside it (`2/1`: the first member of its second), or what a container has
    for that (`2/1#1`: its name). `start` and `end` count the characters of the part's texts, end to
    end, in the copy; `where` is the kind of text, if not running text. `because` names all sources
    that agreed. `code`, `basis` and `reason` are the exemption, legal basis and reason in the
    policy's words, and `restrict_until` the last day of the restriction (2061-12-31); if a value is
    kept because that day has passed, `reason` says so. `review` are reasons for a person to look at
    it. `vault` is the SHA-256 of the sealed entry. The fields in `SEALED` are written to the
    `details` record before this one, and only there.

    A reviewer's `decision` names the `reviewer`, who may have left a `note`; `supersedes` is the id
    of the record that it replaces, and `earlier` the content of that one. `place` is the location
    id: keyed, and equal for the same text of the same type at the same position of the source, in
    every run.
    """

    type: ClassVar[str] = "redaction"

    id: str
    document: str
    part: str
    start: int
    end: int
    entity: str
    source: str
    source_version: str
    score: float
    action: Action
    amount: str
    fingerprint: str
    where: str | None = None
    line: int | None = None
    placeholder: str | None = None
    code: str | None = None
    basis: str | None = None
    reason: str | None = None
    restrict_until: str | None = None
    because: tuple[str, ...] = ()
    decision: Literal["auto"] | Verdict = "auto"
    scope: Scope = Scope.EVERYWHERE
    residue: str | None = None
    review: tuple[str, ...] | None = None
    reviewer: str | None = None
    note: str | None = None
    supersedes: str | None = None
    earlier: Pairs | None = None
    place: str | None = None
    vault: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what would put text or an exact length into the log."""
        if self.action is Action.KEEP and self.placeholder is not None:
            raise ValueError("a kept value has no placeholder: it would be the text itself")
        if self.amount not in {band for _, band in BANDS}:
            raise ValueError("an amount is one of the bands, never a length")


@dataclass(frozen=True, slots=True)
class DetailsRecord:
    """The sealed fields of the redaction records that follow, encrypted: see `details`."""

    type: ClassVar[str] = "details"

    document: str
    number: int
    data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of a run: documents by status, number of redactions, exit code."""

    type: ClassVar[str] = "run-end"

    run: str
    finished: str
    documents: Counts
    redactions: int
    exit_code: int


@dataclass(frozen=True, slots=True)
class RevealRecord:
    """One entry of the sealed vault was opened: which, by whom, when and why; never its content.

    `who` is the name that the person gave, `identity` the public key that opened it.
    """

    type: ClassVar[str] = "reveal"

    id: str
    document: str
    vault: str
    revealed: str
    who: str
    identity: str
    reason: str


@dataclass(frozen=True, slots=True)
class RestoreRecord:
    """Removed values of a document were restored: all of them, or the redactions in `only`.

    `copy` is the digest of the copy that was restored, `result` the keyed digest of the output.
    Encrypted values in the copy were decrypted by the collection key: then there is neither a
    `vault` nor an `identity`.
    """

    type: ClassVar[str] = "restore"

    document: str
    vault: str | None
    copy: str
    result: str
    restored: str
    who: str
    identity: str | None
    reason: str
    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RecoveryRecord:
    """An interrupted append, whose remains were sealed as they were found.

    The `lines` records before this one are the remains, `bytes` long, and not trusted: nobody
    vouches for who wrote them. `torn` tells that the last had no end. `head` holds what was left of
    a head, in hexadecimal digits.
    """

    type: ClassVar[str] = "recovery"

    recovered: str
    bytes: int
    lines: int
    torn: bool
    head: str | None = None


Record: TypeAlias = (
    RunStart
    | RunResume
    | DocumentRecord
    | PartRecord
    | RedactionRecord
    | DetailsRecord
    | RunEnd
    | RevealRecord
    | RestoreRecord
    | RecoveryRecord
)

_KINDS = (*get_args(Record), Verification)
_NAMES = {kind: tuple(one.name for one in fields(kind)) for kind in _KINDS}
_OBJECTS = frozenset(
    {"versions", "counts", "documents", "earlier", "layout"}
)  # pairs whose first half is a unique name


SEALED = (
    "amount",
    "because",
    "residue",
    "review",
    "scope",
    "score",
    "source",
    "source_version",
)
"""The fields of a redaction record that depend on the removed value, and go to its details."""


def to_fields(record: Record) -> dict[str, Json]:
    """Return the record as plain values for the log, with `type` for its kind.

    A redaction record is without its sealed fields: `detail_fields` returns those.
    """
    written = {"type": record.type} | _fields(record)
    if isinstance(record, RedactionRecord):
        for name in _sealed_names(record):
            written.pop(name, None)
    return written


def detail_fields(record: RedactionRecord) -> dict[str, Json]:
    """Return the sealed fields of a redaction, as plain values."""
    written = _fields(record)
    return {name: written[name] for name in _sealed_names(record) if name in written}


def sealed_fields(record: RedactionRecord) -> dict[str, Json]:
    """Return all fields of a record that is in the details alone, but for its document."""
    return {name: value for name, value in _fields(record).items() if name != "document"}


def is_sealed(record: RedactionRecord) -> bool:
    """Tell whether a record is in the details alone: what no reviewer decided to keep."""
    return record.action is Action.KEEP and record.decision == "auto"


def _sealed_names(record: RedactionRecord) -> tuple[str, ...]:
    return (*SEALED, "placeholder") if record.action in FREE_FORM else SEALED


def _fields(record: Record | Verification) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for name in _NAMES[type(record)]:
        value: object = getattr(record, name)
        if value is not None:
            written[name] = _pairs(value) if name in _OBJECTS else _plain(value)
    return written


def _pairs(value: object) -> Json:
    if isinstance(value, tuple):
        return {str(key): _plain(item) for key, item in value}
    return _plain(value)


def _plain(value: object) -> Json:  # noqa: PLR0911  # one line a kind
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-8", "backslashreplace").decode()  # lone surrogates: file names
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Verification):
        return _fields(value)
    raise TypeError("a value of this type has no place in a record")


def shown_score(source: str, score: float) -> float:
    """Return the score for a record: of a rule as it is, of a model rounded to tenths."""
    return int(score * 10 + 0.5) / 10 if source.startswith(_MODELS) else score


# Sources whose scores are rounded. `link:` has the score of the name that it is linked to.
_MODELS = ("model:", "link:")


def fingerprint(key: Key, entity: str, value: str) -> str:
    """Return 128 bits that are equal if two redactions of an entity removed the same value.

    `value` is the canonical value; of a person, the folded words as written. Only the holder of the
    key can compute it.
    """
    return key.mac("audit fingerprint", entity, value)[:FINGERPRINT_BYTES].hex()


def location_id(
    key: Key, document: str, span: tuple[str, int, int], entity: str, words: str
) -> str:
    """Return 64 bits that identify a location of a source: part, start and end, entity and text."""
    part, start, end = span
    at = f"{start}-{end}"
    return key.mac("audit place", document, part, at, entity, words)[:PLACE_BYTES].hex()


def document_id(key: Key, path: str) -> str:
    """Return the id of the document at a path, relative to its source, with forward slashes."""
    return key.mac("audit document", path)[:DOCUMENT_ID_BYTES].hex()


def source_mac(key: Key, sha256: str) -> str:
    """Return the keyed form of a source's digest, which proves nothing without the key."""
    return key.mac("audit source", sha256).hex()


def residue(key: Key, words: str) -> str:
    """Return 64 bits by which words of a copy are looked up among the removed values.

    Bound to no entity: whether a word was a name or an account does not matter where it must not
    occur at all.
    """
    return key.mac("audit residue", words)[:RESIDUE_BYTES].hex()
