"""Distillation: annotations of a teacher model for texts with poor or partial annotations.

The teacher is any spaCy pipeline. If it has probabilities, as the accurate model does in
`doc.spans["names"]`, a span of at least `SURE` is annotated, one of at most `UNSURE` is not, and
one between is doubtful (`corpora.DOUBT`): the student learns nothing there. In a gold corpus the
teacher adds only the classes that people did not annotate. In a silver corpus its annotations
replace the corpus's own, but a person in the corpus alone becomes doubtful and not absent.
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

SURE, UNSURE = 0.8, 0.2  # probabilities; see above
# Corpora whose annotations are replaced by the teacher's.
SILVER = frozenset({"gmb", "litbank", "contextual_anonymizer"})
CANDIDATES = "names"  # the group of spans, and "scores" beside it, that holds probabilities
_LIKE = {"PER": "PERSON", "GPE": "LOC", "FAC": "LOC"}  # labels of the usual packages
_BATCH = 64  # texts


@dataclass(frozen=True, slots=True)
class Guess:
    """A span predicted by the teacher, and its probability."""

    span: Span
    score: float


class Teacher:
    """A spaCy pipeline, and a folder that caches its predictions."""

    def __init__(self, folder: Path, cache: Path) -> None:
        """Use the pipeline in a folder; it is loaded when predictions are not in the cache."""
        self._folder = folder
        self._cache = cache
        self.digest = tree_digest([folder])

    @cached_property
    def _nlp(self) -> Language:
        return spacy.load(self._folder)

    def annotated(self, corpus: Corpus, records: list[Record]) -> list[Record]:
        """The records of a corpus with the teacher's spans: all in silver, missing ones in gold."""
        guessed = self.guesses([record.text for record in records])
        pairs = zip(records, guessed, strict=True)
        if corpus.name in SILVER:
            return [relabelled(record, guesses) for record, guesses in pairs]
        return [filled(record, guesses, corpus.unknown) for record, guesses in pairs]

    def guesses(self, texts: list[str]) -> list[list[Guess]]:
        """The teacher's predictions for each text, from the cache if they are there."""
        digest = hashlib.sha256(json.dumps([self.digest, *texts]).encode()).hexdigest()
        path = self._cache / f"{digest[:20]}.json"
        if not path.exists():
            rows = [_row(doc) for doc in self._nlp.pipe(texts, batch_size=_BATCH)]
            self._cache.mkdir(parents=True, exist_ok=True)
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
    """The record with the teacher's spans; people of the corpus alone become doubtful."""
    found, doubtful = _by_confidence(guesses)
    others = [span for span in record.spans if span.label not in LABELS]
    people = [span for span in record.spans if span.label == "PERSON"]
    return _with_spans(record, _without_overlaps([*found, *others]), [*doubtful, *people])


def filled(record: Record, guesses: Iterable[Guess], unknown: frozenset[str]) -> Record:
    """The record with its own spans, and the teacher's of the classes it does not annotate."""
    found, doubtful = _by_confidence(guess for guess in guesses if guess.span.label in unknown)
    return _with_spans(record, _without_overlaps([*record.spans, *found]), doubtful)


def _by_confidence(guesses: Iterable[Guess]) -> tuple[list[Span], list[Span]]:
    """The certain spans by descending probability, and the doubtful ones."""
    ordered = sorted(guesses, key=lambda guess: (-guess.score, guess.span.start, guess.span.end))
    found = [guess.span for guess in ordered if guess.score >= SURE]
    return found, [guess.span for guess in ordered if UNSURE < guess.score < SURE]


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans without those that overlap an earlier one."""
    kept: list[Span] = []
    for span in spans:
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return kept


def _with_spans(record: Record, kept: list[Span], doubtful: Iterable[Span]) -> Record:
    """The record with these spans, and doubts for the uncovered parts of doubtful spans."""
    for span in doubtful:
        kept += list(_uncovered(span, kept))
    return replace(record, spans=tuple(sorted(kept, key=lambda span: (span.start, span.end))))


def _uncovered(span: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """The parts of a span that no other span covers, as doubts."""
    start = span.start
    for other in sorted(taken, key=lambda other: other.start):
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            yield Span(start, other.start, DOUBT)
        start = max(start, other.end)
    if start < span.end:
        yield Span(start, span.end, DOUBT)
