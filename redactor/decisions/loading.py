"""Checks decisions files against the log that they were made from, and against each other.

With the log at hand, every id and every fixed column is compared with it. Without it (the decisions
are applied to a new OUT), the keyed codes in the rows do the same once the documents are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from redactor.audit import RunStart, document_id, from_fields, read, residue
from redactor.config.decisions import DecisionsFile, Row, conflicts
from redactor.config.listing import joined_problems
from redactor.decisions.notes import check_notes_against
from redactor.decisions.rows import ReviewDecisions
from redactor.errors import DecisionsError
from redactor.keys import Key

__all__ = ["LoadedDecisions", "PreviousLog", "given", "next_number"]


_STEP = 1000


@dataclass(frozen=True, slots=True)
class PreviousLog:
    """What a log says of earlier runs, as far as decisions are concerned.

    `checks` are location id and fingerprint by record, `places` the latest record by location id,
    `residues` those of the present copies, `decisions` what the last run applied.
    """

    runs: frozenset[str]
    checks: Mapping[str, str]
    places: Mapping[str, str]
    residues: frozenset[str]
    decisions: frozenset[str]
    last: int

    @classmethod
    def read(cls, folder: Path, key: Key, *, until: str | None = None) -> PreviousLog:
        """Read a log, up to where the run `until` began if that is to go on.

        Raises OutputError for one that cannot be read.
        """
        runs, checks, decisions, last = set(), {}, frozenset[str](), 0
        latest: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for record in read(folder, key):
            match record["type"]:
                case "run-start":
                    start = from_fields(RunStart, record)
                    if start.run == until:
                        break
                    runs.add(start.run)
                    decisions = frozenset(start.decisions or ())
                case "document":
                    latest[str(record["document"])] = []
                case "redaction":
                    number, place = str(record["id"]), str(record.get("place", ""))
                    checks[number] = f"{place}.{record['fingerprint']}"
                    last = max(last, int(number.rpartition(":")[2]))
                    shown = number, place, str(record.get("residue", ""))
                    latest[str(record["document"])].append(shown)
        rows = [row for each in latest.values() for row in each]
        return cls(
            runs=frozenset(runs),
            checks=checks,
            places={place: number for number, place, _ in rows if place},
            residues=frozenset(left for _, _, left in rows if left),
            decisions=decisions,
            last=last,
        )


@dataclass(frozen=True, slots=True)
class LoadedDecisions:
    """The decisions that a run applies, their MACs for the log, and its first record number."""

    rulings: ReviewDecisions = field(default_factory=ReviewDecisions)
    macs: tuple[str, ...] = ()
    round: int = 0
    first: int = 1


def given(
    files: Sequence[DecisionsFile],
    key: Key,
    names: Iterable[str],
    earlier: PreviousLog | None = None,
    *,
    shown: Mapping[str, str] = MappingProxyType({}),
) -> LoadedDecisions:
    """Return the decisions of several files, for documents of these names. Raises DecisionsError.

    `shown` are the names of sources by those of their copies, where these are others.

    With the log of `earlier` runs, the rows are compared with it.
    """
    macs = tuple(file.mac(key) for file in files)
    _refuse([problem for file in files for problem in _origin(file, key, macs, earlier)])
    documents = {document_id(key, name): name for name in names}
    rounds: dict[int, list[Row]] = defaultdict(list)
    for file in files:
        rounds[file.drawn.round] += _placed(file.rows, key, documents, shown)
    rows = [row for each in rounds.values() for row in each]
    if not rows:
        raise DecisionsError("the decisions decide nothing: no row has a decision")
    problems = [problem for each in rounds.values() for problem in conflicts(each)]
    problems += _unknown(rows, documents, earlier)
    _refuse(problems)
    rulings = ReviewDecisions.of(
        [rounds[number] for number in sorted(rounds)], earlier.places if earlier else {}
    )
    if earlier is not None:
        check_notes_against(rulings.notes, lambda words: residue(key, words) in earlier.residues)
    return LoadedDecisions(rulings, tuple(sorted(set(macs))), max(rounds), _first(rows, earlier))


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise DecisionsError(joined_problems(problems))


def _origin(
    file: DecisionsFile, key: Key, macs: Sequence[str], earlier: PreviousLog | None
) -> Iterator[str]:
    """Yield why a file cannot be applied together with the others."""
    drawn = file.drawn
    if drawn.key_id != key.id:
        yield f"{file.path}: stale: it was drawn under another key"
    elif earlier is not None and drawn.run not in earlier.runs:
        yield f"{file.path}: stale: it was drawn from another log"
    elif not set(macs).issuperset(drawn.after):
        yield f"{file.path}: it was drawn after decisions that are not given, or were changed since"
    elif earlier is not None and not earlier.decisions.issubset(macs):
        yield f"{file.path}: the last run applied decisions that are not given, or were changed"


def _placed(
    rows: Iterable[Row], key: Key, documents: Mapping[str, str], shown: Mapping[str, str]
) -> Iterator[Row]:
    """Yield the rows, with document ids for the names of files."""
    for row in rows:
        named = document_id(key, shown.get(row.file, row.file)) if row.file else ""
        yield replace(row, file=named if named in documents else row.file)


def _unknown(
    rows: Iterable[Row], documents: Mapping[str, str], earlier: PreviousLog | None
) -> Iterator[str]:
    """Yield a problem for each row about a document or record that does not exist."""
    for row in rows:
        if (row.document or row.file or None) not in {None, *documents}:
            yield f"{row.at}: there is no such document among the sources"
        elif row.id and earlier is not None:
            check = earlier.checks.get(row.id)
            if check is None:
                yield f"{row.at}: the log has no such record"
            elif check != f"{row.place}.{row.fingerprint}":
                yield f"{row.at}: `id` and `check` are not as the log has them"


def _first(rows: Iterable[Row], earlier: PreviousLog | None) -> int:
    """Return a record number greater than that of any record to be superseded.

    It is in the log, and how much was kept is encrypted there: so only its thousand tells of that.
    """
    last = earlier.last if earlier else 0
    return next_number(max([last, *(row.number for row in rows)]))


def next_number(last: int) -> int:
    """Return the number of a document's first record in a run after records up to `last`."""
    return (last // _STEP + 1) * _STEP + 1
