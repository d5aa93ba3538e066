"""Rows of all decisions files, by document and review. Picklable, for workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from redactor.config.decisions import Row
from redactor.config.deny_list import DENY_LIST
from redactor.config.listing import joined_problems
from redactor.errors import DecisionsError

Rounds = tuple[tuple[Row, ...], ...]
"""The rows of each review, oldest first; within one, the widest first."""

_WIDTH = {"everywhere": 0, "document": 1, "here": 2}


@dataclass(frozen=True, slots=True)
class ReviewDecisions:
    """The rows of all reviews. `ids` are the ids of earlier records by location id."""

    by_document: Mapping[str, Rounds] = field(default_factory=dict, repr=False)
    everywhere: Rounds = ()
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def every(self) -> tuple[Row, ...]:
        """Return all rows."""
        rounds = [*self.by_document.values(), self.everywhere]
        return tuple(dict.fromkeys(row for rows in rounds for each in rows for row in each))

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return the words of reviewers, each with its place in their files."""
        rows = self.every
        written = ((text, row.at) for row in rows for text in (row.note, row.reviewer) if text)
        return tuple((at, text) for text, at in dict(written).items())

    def check(self, types: Collection[str], codes: Collection[str]) -> None:
        """Raise DecisionsError for unknown types and codes."""
        known_types, known_codes = {"", DENY_LIST, *types}, {"", *codes}
        wrong = [f"{row.at}: no such type" for row in self.every if row.type not in known_types]
        wrong += [
            f"{row.at}: neither the policy nor its set of codes has this code"
            for row in self.every
            if row.code not in known_codes
        ]
        if wrong:
            raise DecisionsError(joined_problems(sorted(wrong)))

    @classmethod
    def of(
        cls, rounds: Sequence[Iterable[Row]], ids: Mapping[str, str] | None = None
    ) -> ReviewDecisions:
        """Sort the rows of each review; the `file` of each is the id of a document."""
        listed = [list(dict.fromkeys(rows)) for rows in rounds]
        documents: dict[str, list[list[Row]]] = defaultdict(lambda: [[] for _ in listed])
        everywhere: list[list[Row]] = [[] for _ in listed]
        for number, rows in enumerate(listed):
            for row in rows:
                if document := row.document or row.file:
                    documents[document][number].append(row)
                if row.where == "everywhere":
                    everywhere[number].append(row)
        return cls(
            {document: _sorted(rows) for document, rows in documents.items()},
            _sorted(everywhere) if any(everywhere) else (),
            ids or {},
        )

    def rows(self, document: str) -> Rounds:
        """Return the rows that apply to a document."""
        own = self.by_document.get(document, ())
        if not (own and self.everywhere):
            return own or self.everywhere
        both = zip(own, self.everywhere, strict=True)
        return _sorted([dict.fromkeys((*others, *mine)) for mine, others in both])


def _sorted(rounds: Iterable[Iterable[Row]]) -> Rounds:
    return tuple(tuple(sorted(rows, key=lambda row: _WIDTH[row.where])) for rows in rounds)
