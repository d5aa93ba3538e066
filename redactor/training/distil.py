"""What a teacher, a finished name model, says of texts that people annotated badly or in part.

The teacher is any spaCy pipeline. Where it gives probabilities, as the accurate model does in
`doc.spans["names"]`, a span counts as found from `SURE` on, as absent up to `UNSURE`, and what
lies between is left open (`corpora.DOUBT`), so the pupil learns nothing there. Gold stays gold:
in a corpus that people annotated the teacher adds only the classes that they did not look for.
In silver text the teacher's word replaces the corpus's own, but a person that the corpus alone
sees is left open rather than denied.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from redactor.files import tree_digest
from redactor.training.corpora import DOUBT, LABELS, Corpus, Record, Span

SURE, UNSURE = 0.8, 0.2
SILVER = frozenset({"gmb", "litbank", "contextual_anonymizer"})
CANDIDATES = "names"  # the group of spans, and "scores" beside it, that holds probabilities
_LIKE = {"PER": "PERSON", "GPE": "LOC", "FAC": "LOC"}  # labels of the usual packages
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Guess:
    """A span that the teacher sees, and how sure it is."""

    span: Span
    score: float


class Teacher:
    """A spaCy pipeline, and a folder that keeps what it said of each list of texts."""

    def __init__(self, folder: Path, kept: Path) -> None:
        """Take the pipeline in a folder; it is loaded when a text is new."""
        self._folder = folder
        self._kept = kept
        self.digest = tree_digest([folder])

    @cached_property
    def _nlp(self) -> Language:
        return spacy.load(self._folder)

    def taught(self, corpus: Corpus, records: list[Record]) -> list[Record]:
        """The records of a corpus with the teacher's spans, as far as they are allowed."""
        guessed = self.guesses([record.text for record in records])
        pairs = zip(records, guessed, strict=True)
        if corpus.name in SILVER:
            return [relabelled(record, guesses) for record, guesses in pairs]
        return [filled(record, guesses, corpus.unknown) for record, guesses in pairs]

    def guesses(self, texts: list[str]) -> list[list[Guess]]:
        """What the teacher sees in each text; kept, so that a second run need not ask again."""
        digest = hashlib.sha256(json.dumps([self.digest, *texts]).encode()).hexdigest()
        path = self._kept / f"{digest[:20]}.json"
        if not path.exists():
            rows = [_row(doc) for doc in self._nlp.pipe(texts, batch_size=_BATCH)]
            self._kept.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_text(json.dumps(rows), "utf-8")
            draft.replace(path)
        rows = json.loads(path.read_text("utf-8"))
        return [[Guess(Span(a, b, label), score) for a, b, label, score in row] for row in rows]


_Row = list[tuple[int, int, str, float]]


def _row(doc: Doc) -> _Row:
    group = doc.spans.get(CANDIDATES)
    spans = list(group if group is not None else doc.ents)
    scores = [1.0] * len(spans) if group is None else [float(x) for x in group.attrs["scores"]]
    return [
        (span.start_char, span.end_char, label, score)
        for span, score in zip(spans, scores, strict=True)
        if (label := _LIKE.get(span.label_, span.label_)) in LABELS
    ]


def relabelled(record: Record, guesses: Iterable[Guess]) -> Record:
    """The record as the teacher sees it; what only the corpus calls a person is left open."""
    found, doubtful = _told(guesses)
    others = [span for span in record.spans if span.label not in LABELS]
    people = [span for span in record.spans if span.label == "PERSON"]
    return _with(record, _apart([*found, *others]), [*doubtful, *people])


def filled(record: Record, guesses: Iterable[Guess], unknown: frozenset[str]) -> Record:
    """The record as annotated, and the teacher's spans of the classes that were not."""
    found, doubtful = _told(guess for guess in guesses if guess.span.label in unknown)
    return _with(record, _apart([*record.spans, *found]), doubtful)


def _told(guesses: Iterable[Guess]) -> tuple[list[Span], list[Span]]:
    """The spans that the teacher is sure of, the surest first, and those it is not."""
    ordered = sorted(guesses, key=lambda guess: (-guess.score, guess.span.start, guess.span.end))
    found = [guess.span for guess in ordered if guess.score >= SURE]
    return found, [guess.span for guess in ordered if UNSURE < guess.score < SURE]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans less those that overlap an earlier one."""
    kept: list[Span] = []
    for span in spans:
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return kept


def _with(record: Record, kept: list[Span], doubtful: Iterable[Span]) -> Record:
    """The record with these spans, and doubts wherever a doubtful span is free of them."""
    for span in doubtful:
        kept += list(_free(span, kept))
    return replace(record, spans=tuple(sorted(kept, key=lambda span: (span.start, span.end))))


def _free(span: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """The parts of a span that no other covers, as doubts."""
    start = span.start
    for other in sorted(taken, key=lambda other: other.start):
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            yield Span(start, other.start, DOUBT)
        start = max(start, other.end)
    if start < span.end:
        yield Span(start, span.end, DOUBT)
