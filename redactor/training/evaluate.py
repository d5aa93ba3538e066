"""Recall and precision of a model for people, by corpus and by overlap.

Recall is the share of mentions of people that overlap a predicted PERSON span; precision the share
of predicted PERSON spans that overlap a mention. A predicted span with a token whose class is
missing is not counted. `python -m redactor.training evaluate --corpora DIR --model DIR` prints the
table.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example

from redactor.training.corpora import DEV, LABELS, Corpus, read_records
from redactor.training.docs import cut, to_doc
from redactor.training.missing import Example as Source
from redactor.training.missing import Lexicon

_BETA = 2.0  # a missed name costs more than a needless one


@dataclass(frozen=True, slots=True)
class OverlapCounts:
    """Counts of mentions and of predictions, and of those among them that overlap."""

    gold: int = 0
    found: int = 0
    predicted: int = 0
    right: int = 0

    def __add__(self, other: "OverlapCounts") -> "OverlapCounts":
        """The sum of the counts."""
        return OverlapCounts(
            self.gold + other.gold,
            self.found + other.found,
            self.predicted + other.predicted,
            self.right + other.right,
        )

    @property
    def recall(self) -> float:
        """The share of mentions that overlap a prediction."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        """The share of predictions that overlap a mention."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def f_beta(self) -> float:
        """The F score with beta 2, which weighs recall higher."""
        bottom = _BETA**2 * self.precision + self.recall
        return (1 + _BETA**2) * self.precision * self.recall / bottom if bottom else 0.0


def overlaps(gold: Doc, predicted: Doc, label: str = "PERSON") -> OverlapCounts:
    """The counts for one document; both must have the same tokens."""
    wanted = [span for span in gold.ents if span.label_ == label]
    guessed = [span for span in predicted.ents if span.label_ == label and _annotated(gold, span)]
    covered = {i for span in wanted for i in range(span.start, span.end)}
    hit = {
        i for span in predicted.ents if span.label_ == label for i in range(span.start, span.end)
    }
    return OverlapCounts(
        gold=len(wanted),
        found=sum(_intersects(span, hit) for span in wanted),
        predicted=len(guessed),
        right=sum(_intersects(span, covered) for span in guessed),
    )


def _annotated(gold: Doc, span: Span) -> bool:
    tokens = gold[span.start : span.end]
    return any(token.ent_type_ == span.label_ for token in tokens) or all(
        token.ent_iob != 0 for token in tokens
    )


def _intersects(span: Span, tokens: set[int]) -> bool:
    return any(i in tokens for i in range(span.start, span.end))


def by_corpus(pairs: Iterable[tuple[Doc, Doc]]) -> dict[str, OverlapCounts]:
    """The counts for each corpus, over pairs of gold and predicted documents."""
    counts: dict[str, OverlapCounts] = {}
    for gold, predicted in pairs:
        name = str(gold.user_data.get("corpus", ""))
        counts[name] = counts.get(name, OverlapCounts()) + overlaps(gold, predicted)
    return counts


def score_people(examples: Iterable[Example]) -> dict[str, object]:
    """SpaCy's entity scores, and the overlap scores as means over the corpora."""
    kept = list(examples)
    counts = by_corpus((eg.reference, eg.predicted) for eg in kept).values()
    size = len(counts) or 1
    scores: dict[str, object] = dict(get_ner_prf(kept))
    scores["person_r"] = sum(count.recall for count in counts) / size
    scores["person_p"] = sum(count.precision for count in counts) / size
    scores["person_f2"] = sum(count.f_beta for count in counts) / size
    return scores


def gold_docs(nlp: Language, directory: Path, corpus: Corpus) -> list[Doc]:
    """The corpus as annotated documents, in which only doubtful tokens are missing."""
    pieces = (piece for record in read_records(directory, corpus) for piece in cut(nlp, record))
    return [
        to_doc(Source(nlp.make_doc(piece.text), piece, frozenset()), Lexicon({}))
        for piece in pieces
    ]


@dataclass(frozen=True, slots=True)
class Measured:
    """The counts of one corpus for each label, its size, and the processor time."""

    counts: dict[str, OverlapCounts]
    characters: int
    seconds: float


def measure(nlp: Language, gold: list[Doc], labels: tuple[str, ...] = LABELS) -> Measured:
    """The counts of the model on the documents, and the processor time in seconds."""
    began = time.process_time()
    predicted = list(nlp.pipe(doc.text for doc in gold))
    seconds = time.process_time() - began
    counts = {label: OverlapCounts() for label in labels}
    for want, got in zip(gold, predicted, strict=True):
        counts = {label: count + overlaps(want, got, label) for label, count in counts.items()}
    return Measured(counts, sum(len(doc.text) for doc in gold), seconds)


def table(measured: dict[str, Measured]) -> str:
    """The figures as a Markdown table, one corpus a row, and the speed below."""
    lines = [
        "| dev part | people | recall | precision | ORG rec. / prec. | LOC rec. / prec. |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(name, result) for name, result in measured.items()]
    characters = sum(result.characters for result in measured.values())
    seconds = sum(result.seconds for result in measured.values())
    lines.append(f"\n{characters / seconds:,.0f} characters per core-second.")
    return "\n".join(lines)


def _row(name: str, result: Measured) -> str:
    person = result.counts["PERSON"]
    cells = [name, str(person.gold), f"{person.recall:.3f}", f"{person.precision:.3f}"]
    for label in ("ORG", "LOC"):
        count = result.counts[label]
        cells.append(f"{count.recall:.2f} / {count.precision:.2f}")
    return f"| {' | '.join(cells)} |"


def measure_all(nlp: Language, directory: Path) -> dict[str, Measured]:
    """The figures for the dev part of every corpus."""
    return {corpus.name: measure(nlp, gold_docs(nlp, directory, corpus)) for corpus in DEV}
