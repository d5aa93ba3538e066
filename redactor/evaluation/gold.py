"""Gold: texts in which people marked what is personal. A file of records, or a folder.

A file (`.jsonl`, `.jsonl.gz`) has a JSON object a line: `text`; `spans`, a list of `start`, `end`
(character offsets, half open) and `label`; and, if known, `doc_id`. Records that share a `doc_id`
are one document in the figures; a record without one stands alone. A span may say whether it
identifies directly (`direct`, true or false, or `identifier_type`, DIRECT, QUASI or NO_MASK) and
what it refers to (`entity_id`).

A folder has `NAME.gold.json` files: `document`, the file name of a text beside it; and `mentions`,
with `start`, `end`, `type` and, if known, `direct`.

Some gold counts titles and possessives as parts of a name, some does not. Here they are none,
whatever the gold says: they stay in a copy and give nobody away.

Errors name the file and the number of the record, counted from 1, and never quote either.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redactor.detect.ner.detector import tidied
from redactor.errors import GoldError, RedactorError
from redactor.evaluation.labels import class_of, is_label
from redactor.files import open_source
from redactor.folders import read_regular
from redactor.formats import Hints, Text, format_for
from redactor.model import Limits
from redactor.text import normalize

_SUFFIX = ".gold.json"
_KINDS = ("DIRECT", "QUASI", "NO_MASK")


@dataclass(frozen=True, slots=True)
class Mention:
    """A marked stretch of a text, its class, and whether it identifies directly.

    `kind` is DIRECT, QUASI, NO_MASK, or empty where gold does not say; mentions of one document
    with the same `refers` are about one person or thing.
    """

    start: int
    end: int
    label: str
    kind: str = ""
    refers: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A text as it was marked. `number` counts the records of its source from 1."""

    number: int
    text: str = field(repr=False)
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The records that share a document, which is what the figures are about.

    `name` is `=` and what gold calls it, or `#` and the number of a record that stands alone.
    """

    name: str = field(repr=False)
    records: tuple[Record, ...]


def read_gold(path: Path, entities: frozenset[str]) -> tuple[Document, ...]:
    """Return the documents of a gold file or folder, in order.

    `entities` are the names that labels may have besides the usual ones. Raises GoldError.
    """
    rows = _from_folder(path) if path.is_dir() else _from_file(path)
    documents: dict[str, list[Record]] = {}
    for number, row in rows:
        name, record = _Reader(path, number, entities).record(row)
        documents.setdefault(name, []).append(record)
    found = tuple(Document(name, tuple(records)) for name, records in documents.items())
    if not any(record.mentions for document in found for record in document.records):
        raise GoldError(f"{path}: {'nothing is marked in it' if found else 'there is no record'}")
    return found


def _from_file(path: Path) -> Iterator[tuple[int, object]]:
    number = 0
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise GoldError(f"{path} is no regular file")
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _parsed(line, path, number)
    except (OSError, EOFError, zlib.error):
        where = f"after record {number}" if number else "at all"
        raise GoldError(f"{path} cannot be read {where}") from None


def _parsed(data: bytes, path: Path, number: int) -> object:
    try:
        parsed: object = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise GoldError(f"{path}: record {number} is no JSON in UTF-8") from None
    return parsed


def _from_folder(folder: Path) -> Iterator[tuple[int, object]]:
    """Yield what the files of a folder say, in the words of a record."""
    for number, path in enumerate(sorted(folder.glob(f"*{_SUFFIX}")), 1):
        try:
            data = read_regular(path, Limits().file_bytes)
        except OSError:
            raise GoldError(f"{path} cannot be read") from None
        row = _parsed(data, path, number)
        if not isinstance(row, dict) or not isinstance(row.get("document"), str):
            raise GoldError(f"{path}: `document` names no file")
        spans = row.get("mentions")
        yield number, {"text": _text(folder, row["document"]), "spans": spans, "doc_id": path.name}


def _text(folder: Path, name: str) -> str:
    """Return the text of a document, decoded as the pipeline does it."""
    path = folder / name
    if Path(name).name != name:
        raise GoldError(f"{folder}: a document lies outside the folder")
    try:
        with open_source(path, Limits().file_bytes) as file:
            form, layout = format_for(file, Hints(name))
            if isinstance(form, Text):
                return "".join(token.text or "" for token in form.tokens(file, layout))
    except RedactorError as error:
        raise GoldError(f"{path}: {error}") from None
    raise GoldError(f"{path}: offsets need a document of one running text")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks one record, and says where it is wrong."""

    path: Path
    number: int
    entities: frozenset[str]

    def record(self, row: object) -> tuple[str, Record]:
        if not isinstance(row, dict):
            raise self._error("is no object")
        text, spans, name = row.get("text"), row.get("spans"), row.get("doc_id")
        if not isinstance(text, str):
            raise self._error("has no `text`")
        if not isinstance(spans, list):
            raise self._error("has no list of spans")
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise self._error("holds lone surrogates, which no document can")
        mentions = tuple(sorted(self._mentions(spans, text), key=lambda m: (m.start, m.end)))
        return self._document(name), Record(self.number, text, mentions)

    def _document(self, name: object) -> str:
        """Tell a document's name from the number that stands in for it."""
        if name is None or name == "":
            return f"#{self.number}"
        if not isinstance(name, str | int):
            raise self._error("has a `doc_id` that is no name")
        return f"={name}"

    def _mentions(self, spans: Sequence[object], text: str) -> Iterator[Mention]:
        for count, span in enumerate(spans, 1):
            if not isinstance(span, dict):
                raise self._error(f"span {count} is no object")
            yield self._mention(span, text, f"span {count}")

    def _mention(self, span: Mapping[str, object], text: str, which: str) -> Mention:
        start, end = span.get("start"), span.get("end")
        label = span.get("label", span.get("type"))
        if type(start) is not int or type(end) is not int:
            raise self._error(f"{which} has no whole numbers for `start` and `end`")
        if not 0 <= start < end <= len(text):
            raise self._error(f"{which} is out of range")
        if not isinstance(label, str) or not is_label(label, self.entities):
            raise self._error(f"{which} has a label that is not known")
        if span.get("text", text[start:end]) != text[start:end]:
            raise self._error(f"{which} says another text than the one it covers")
        refers = span.get("entity_id")
        named = (
            f"={refers}" if isinstance(refers, str) else f"~{label} {normalize(text[start:end])}"
        )
        place = _untitled(text, start, end) if label == "PERSON" else (start, end)
        return Mention(*place, class_of(label), self._kind(span, which), named)

    def _kind(self, span: Mapping[str, object], which: str) -> str:
        kind, direct = span.get("identifier_type"), span.get("direct")
        if kind is None and isinstance(direct, bool):
            return "DIRECT" if direct else "QUASI"
        if kind is None and direct is None:
            return ""
        if not isinstance(kind, str) or kind not in _KINDS:
            raise self._error(f"{which} has neither true nor false, nor {', '.join(_KINDS)}")
        return kind

    def _error(self, what: str) -> GoldError:
        return GoldError(f"{self.path}: record {self.number}: {what}")


def _untitled(text: str, start: int, end: int) -> tuple[int, int]:
    """Take titles off a person, unless there is nothing else: "Mrs" is nobody's name."""
    left, right = tidied(text, start, end)
    return (left, right) if left < right else (start, end)


def labels_of(documents: Iterable[Document]) -> dict[str, int]:
    """Return how many mentions gold has of each class, by name."""
    counts: dict[str, int] = {}
    for document in documents:
        for record in document.records:
            for mention in record.mentions:
                counts[mention.label] = counts.get(mention.label, 0) + 1
    return dict(sorted(counts.items()))
