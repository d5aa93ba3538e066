"""Decisions files: reviewers' decisions about uncertain findings, and texts that were missed.

`redactor review` writes one, as YAML or CSV; a person fills in the empty columns:

- `decision`: `confirm` (it was right), `restore` (keep the text after all), `change` (another
  `code` or `type`), or `add` (redact a text that was missed, or a finding that was kept);
- `where`: `here` alone, in the whole `document`, or `everywhere`, in all documents. Of a finding,
  the same text of the same type is meant. The default is here, and for an added text its document;
- `reviewer`, who decides (in YAML also once, for all rows), and a `note` for the log.

A row of one's own adds a text: `file`, `text` and, if wanted, `type`, `code` and `line` (of the
copy), or `part` and `span`, which `redactor review --from` writes: the very place in the source.
The other columns are fixed: `id` and `check` identify the finding, `drawn` the run. A row without
a decision decides nothing, whatever `where` says: it is filled in where a row stands for several
places.

Such a file is private: it may hold texts to redact. Errors name lines, and quote nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from redactor.config.deny_list import DENY_LIST, term_problem
from redactor.config.document import NotReadableError, Strict, YamlContent, problems, read_yaml
from redactor.config.listing import joined_problems, read_text, table, without_guard
from redactor.errors import DecisionsError
from redactor.keys import Key

__all__ = ["COLUMNS", "FIXED", "DecisionsFile", "ExportStamp", "Row", "load_decisions"]

Kind = Literal["confirm", "restore", "change", "add"]
Where = Literal["here", "document", "everywhere"]

# Columns that `redactor review` fills, and those for the reviewer.
FIXED = ("id", "file", "part", "line", "entity", "score", "why", "context", "check")
FILLED = ("decision", "code", "type", "where", "reviewer", "note", "text", "span")
COLUMNS = (*FIXED, "drawn", *FILLED)
"""The columns of a CSV, in their order; in YAML `drawn` stands once."""

_KEYS = frozenset({*COLUMNS, "rows"})
_PLACED_WHERE = frozenset({"", "here"})  # where a span counts; it is nothing to a wider row
_PLACED = frozenset({"part", "span"})  # in no digest of a row without: logs name earlier files
# Length of the keyed digest of a file's decisions in the log: 16 hexadecimal digits.
_MAC_BYTES = 8
# Maximum length of a note in characters: the log records it.
_LONGEST_NOTE = 1000
# A record's id: document id and running number, "0b9fc03f81d2e8d6a1c57e44:3".
_ID = re.compile(r"[0-9a-f]{24}:[1-9][0-9]{0,9}")
# A location id and a fingerprint, by which stale rows are recognised.
_CHECK = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{32}")
# An `ExportStamp`: review, run, key id, and the decisions that the run had applied.
_DRAWN = re.compile(r"([1-9]\d{0,4}):([0-9a-f]{32}):([0-9a-f]{16}):((?:[0-9a-f]{16},?)*)")
# The characters of a part of the source, from the first to behind the last: 120-131.
_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")
# The name of an entity: PERSON, CASE_NUMBER.
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class ExportStamp:
    """The origin of rows: the review, the run that wrote the records, and its key.

    `round` is the number of the review, from 1; `after` are the keyed digests of the decisions that
    the run had applied.
    """

    round: int
    run: str
    key_id: str
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the stamp as it is written in a file."""
        return f"{self.round}:{self.run}:{self.key_id}:{','.join(self.after)}"

    @classmethod
    def parse(cls, text: str) -> ExportStamp | None:
        """Return the stamp of a written form, or None."""
        found = _DRAWN.fullmatch(text.strip())
        if found is None:
            return None
        return cls(int(found[1]), found[2], found[3], tuple(filter(None, found[4].split(","))))


@dataclass(frozen=True, slots=True)
class Row:
    """A decision about a record, or about a text that was missed; `at` is its file and line.

    `place` and `fingerprint` are the location id and fingerprint of the record. `file` is the name
    or id of a document, `line` a line of its copy; `span` are the characters of a `part` of its
    source that alone are added.
    """

    at: str = field(compare=False)
    decision: Kind
    reviewer: str = field(repr=False)
    note: str = field(repr=False)
    where: Where
    id: str = ""
    place: str = ""
    fingerprint: str = ""
    code: str = ""
    type: str = ""
    file: str = field(default="", repr=False)
    line: int | None = None
    text: str = field(default="", repr=False)
    part: str = ""
    span: tuple[int, int] | None = None

    @property
    def document(self) -> str:
        """Return the id of the record's document; empty for a row without a record."""
        return self.id.partition(":")[0]

    @property
    def number(self) -> int:
        """Return the number of the record in its document; 0 for a row without a record."""
        return int(self.id.partition(":")[2] or 0)


@dataclass(frozen=True, slots=True)
class DecisionsFile:
    """The rows of a file that have a decision. `path` names it in errors."""

    path: Path
    drawn: ExportStamp
    rows: tuple[Row, ...]

    def mac(self, key: Key) -> str:
        """Return the keyed digest by which the log names this file, the same for YAML and CSV."""
        rows = [
            {n: v for n, v in asdict(row).items() if n != "at" and (row.span or n not in _PLACED)}
            for row in self.rows
        ]
        return key.mac("decisions", json.dumps(rows, sort_keys=True))[:_MAC_BYTES].hex()


def _cell(given: object) -> object:
    if given is None:
        return ""
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    if not isinstance(given, str):
        raise PydanticCustomError("cell", "is no text: write it in quotes")
    return given.strip()


def _one_of(kind: object) -> BeforeValidator:
    known = get_args(kind)

    def chosen(given: object) -> object:
        cell = _cell(given)
        word = cell.lower() if isinstance(cell, str) else cell
        if word and word not in known:
            raise PydanticCustomError("word", "is none of {known}", {"known": ", ".join(known)})
        return word

    return BeforeValidator(chosen)


def _note(given: str) -> str:
    if len(given) > _LONGEST_NOTE:
        raise PydanticCustomError("note", "has more than 1000 characters")
    return given


def _matching(pattern: re.Pattern[str], why: str) -> AfterValidator:
    def checked(given: str) -> str:
        if given and not pattern.fullmatch(given):
            raise PydanticCustomError("shape", "{why}", {"why": why})
        return given

    return AfterValidator(checked)


_Cell = Annotated[str, BeforeValidator(_cell)]
_Id = Annotated[_Cell, _matching(_ID, "is no id of a record")]
_Check = Annotated[_Cell, _matching(_CHECK, "is not as it was written")]
_Type = Annotated[_Cell, _matching(_ENTITY, "is an entity in capitals, as PERSON")]
_Line = Annotated[_Cell, _matching(re.compile(r"[1-9]\d{0,8}"), "is no number of a line")]
_Span = Annotated[_Cell, _matching(_SPAN, "is no span of characters, as 120-131")]
_Note = Annotated[_Cell, AfterValidator(_note)]


class _Row(Strict):
    id: _Id = ""
    file: _Cell = ""
    line: _Line = ""
    entity: Any = None
    score: Any = None
    part: _Cell = ""
    why: Any = None
    context: Any = None
    check: _Check = ""
    drawn: _Cell = ""
    decision: Annotated[Kind | Literal[""], _one_of(Kind)] = ""
    code: _Cell = ""
    type: _Type = ""
    where: Annotated[Where | Literal[""], _one_of(Where)] = ""
    reviewer: _Note = ""
    note: _Note = ""
    text: _Cell = ""
    span: _Span = ""


class _File(Strict):
    drawn: _Cell
    reviewer: _Note = ""
    rows: list[_Row] | None = Field(default_factory=list)


def load_decisions(path: Path) -> DecisionsFile:
    """Return a decisions file. Raises DecisionsError, which names every line that is wrong."""
    listed = f"the decisions {path}"
    try:
        if path.suffix.lower() == ".csv":
            return _of_csv(path, listed)
        written = read_yaml(path)
    except NotReadableError as error:
        raise DecisionsError(f"{listed} {error}") from None
    try:
        parsed = _File.model_validate(written.content)
    except ValidationError as error:
        raise DecisionsError(f"{listed}, {problems(error, written, _KEYS)}") from None
    return _file(path, parsed.drawn, _lined(parsed, written), parsed.reviewer)


def _lined(parsed: _File, written: YamlContent) -> Iterator[tuple[int, _Row]]:
    for number, row in enumerate(parsed.rows or ()):
        yield written.line(("rows", number)), row


def _of_csv(path: Path, listed: str) -> DecisionsFile:
    rows, wrong = [], []
    for line, cells in table(read_text(path, listed, DecisionsError), COLUMNS, "decision"):
        try:
            rows.append((line, _Row.model_validate(without_guard(cells))))
        except ValidationError as error:
            wrong.append(
                f"line {line}: {problems(error, YamlContent(None, {}), _KEYS).partition(': ')[2]}"
            )
    if wrong:
        raise DecisionsError(f"{listed}, {joined_problems(wrong)}")
    drawn = {row.drawn for _, row in rows if row.drawn}
    if len(drawn) > 1:
        raise DecisionsError(f"{listed} has rows of several reviews: one file for each of them")
    return _file(path, "".join(drawn), rows)


def _file(
    path: Path, drawn: str, rows: Iterable[tuple[int, _Row]], reviewer: str = ""
) -> DecisionsFile:
    listed = f"the decisions {path}"
    parsed = ExportStamp.parse(drawn)
    if parsed is None:
        raise DecisionsError(f"{listed}: `drawn` is missing, or not as it was written")
    made, wrong = [], []
    for line, row in rows:
        if problem := _problem(row, row.reviewer or reviewer):
            wrong.append(f"line {line}: {problem}")
        elif row.decision:
            made.append(_row(f"{path}, line {line}", row, row.decision, row.reviewer or reviewer))
    if wrong:
        raise DecisionsError(f"{listed}, {joined_problems(wrong)}")
    return DecisionsFile(path, parsed, tuple(made))


def _problem(row: _Row, reviewer: str) -> str:
    """Return the problem of a row; an empty text if there is none."""
    filled = row.code or row.type or row.note or row.text
    if not row.decision:
        return "has no decision, but says more" if filled else ""
    if not reviewer:
        return "names no reviewer"
    if row.id:
        return _problem_with_record(row)
    if row.decision != "add":
        return f"`{row.decision}` needs the id of a record"
    return _problem_with_text(row)


def _problem_with_record(row: _Row) -> str:
    if row.text or row.span:
        return "has an id and a text: a text that was missed is a row of its own"
    if not row.check:
        return "`check` is missing"
    if row.decision == "change" and not (row.code or row.type):
        return "changes neither code nor type"
    if row.decision in {"confirm", "restore"} and (row.code or row.type):
        return f"has a code or type, which only `change` takes, not `{row.decision}`"
    return ""


def _problem_with_text(row: _Row) -> str:
    if not row.text:
        return "adds no text"
    if not row.file and row.where != "everywhere":
        return "adds a text without the file it stands in"
    if row.span and row.where in _PLACED_WHERE:
        return _problem_with_span(row)
    if row.where == "here" and not row.line:
        return "adds a text here alone, without its line"
    if row.line and row.where == "everywhere":
        return "has a line, though it is meant everywhere"
    return term_problem(row.text, row.type or DENY_LIST)


def _problem_with_span(row: _Row) -> str:
    start, end = _span(row.span) or (0, 0)
    if row.line:
        return "has a span and a line: one of them says where it is"
    return (
        "" if row.part and start < end else "adds a text by a span of no part, or of no characters"
    )


def _row(at: str, row: _Row, decision: Kind, reviewer: str) -> Row:
    place, _, fingerprint = row.check.partition(".")
    own = not row.id
    span = _span(row.span) if row.where in _PLACED_WHERE else None
    return Row(
        at=at,
        decision=decision,
        reviewer=reviewer,
        note=row.note,
        where=row.where or ("document" if own and not span else "here"),
        id=row.id,
        place=place,
        fingerprint=fingerprint,
        code=row.code,
        type=row.type,
        file=row.file if own and row.where != "everywhere" else "",
        line=int(row.line) if own and row.line else None,
        text=row.text,
        part=row.part if span else "",
        span=span,
    )


def _span(written: str) -> tuple[int, int] | None:
    start, _, end = written.partition("-")
    return (int(start), int(end)) if written else None


def conflicts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield an error for each record or text for which two rows have different decisions."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        own = (row.file, str(row.line or ""), row.text, f"{row.part} {row.span or ''}")
        before = first.setdefault((row.id,) if row.id else own, row)
        if before != row:
            what = "that record" if row.id else "that text"
            yield f"{row.at}: {what} is decided upon in another way in {before.at}"
