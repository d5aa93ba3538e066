"""Answers to a sample: a file of sampled passages or redactions, each judged by a person.

A passage is `clean` or a `miss`; a redaction is `right`, or `wrong` if it should have been kept.

YAML or CSV, as `redactor audit sample` wrote it. Errors name lines, and quote nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from redactor.config.document import NotReadableError, Strict, YamlContent, problems, read_yaml
from redactor.config.listing import joined_problems, read_text, table, without_guard
from redactor.errors import SampleError

__all__ = ["Answer", "load_answers"]

Word = Literal["clean", "miss", "right", "wrong"]
_COLUMNS = ("number", "file", "line", "passage", "sample", "answer", "note")
_KEYS = frozenset({*_COLUMNS, "rows"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for a passage. `line` is its line in the file of answers, `at` in the document."""

    line: int
    number: int
    answer: Word | Literal[""]
    file: str = field(repr=False)
    at: int
    passage: str = field(repr=False)


def _word(given: object) -> object:
    word = "" if given is None else given.strip().lower() if isinstance(given, str) else given
    if word != "" and word not in get_args(Word):
        raise PydanticCustomError("word", "is none of clean, miss, right, wrong")
    return word


class _Row(Strict):
    number: Annotated[int, Field(ge=1, strict=False)]
    file: str
    line: Annotated[int, Field(ge=1, strict=False)]
    passage: str
    sample: str = ""
    answer: Annotated[Word | Literal[""], BeforeValidator(_word)] = ""
    note: Any = None


class _File(Strict):
    sample: str
    rows: list[_Row]


def load_answers(path: Path) -> tuple[str, tuple[Answer, ...]]:
    """Return the plan of a sample and its answers. Raises SampleError."""
    listed = f"the answers {path}"
    try:
        if path.suffix.lower() == ".csv":
            return _of_csv(path, listed)
        written = read_yaml(path)
        parsed = _File.model_validate(written.content)
    except NotReadableError as error:
        raise SampleError(f"{listed} {error}") from None
    except ValidationError as error:
        raise SampleError(f"{listed}, {problems(error, written, _KEYS)}") from None
    rows = ((written.line(("rows", at)), row) for at, row in enumerate(parsed.rows))
    return parsed.sample, tuple(_answer(line, row) for line, row in rows)


def _of_csv(path: Path, listed: str) -> tuple[str, tuple[Answer, ...]]:
    rows, wrong = [], []
    for line, cells in table(read_text(path, listed, SampleError), _COLUMNS, "answer"):
        try:
            rows.append((line, _Row.model_validate(without_guard(cells))))
        except ValidationError as error:
            nowhere = YamlContent(None, {})
            wrong.append(f"line {line}: {problems(error, nowhere, _KEYS).partition(': ')[2]}")
    samples = {row.sample for _, row in rows}
    if wrong:
        raise SampleError(f"{listed}, {joined_problems(wrong)}")
    if len(samples) != 1:
        raise SampleError(f"{listed} has rows of several samples, or none")
    return samples.pop(), tuple(_answer(line, row) for line, row in rows)


def _answer(line: int, row: _Row) -> Answer:
    return Answer(line, row.number, row.answer, row.file, row.line, row.passage)
