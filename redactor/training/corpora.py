"""The annotated corpora: the training and development files, and the classes that each annotates.

A record has the published text, and spans in character offsets. Besides the five classes of the
model a record may have spans whose class is in doubt (`DOUBT`) and spans of entities that rules
find (addresses, numbers, handles); `missing` and `docs` turn both into missing tokens.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

LABELS = ("PERSON", "ORG", "LOC", "NORP", "DATE")
DOUBT = "DOUBT"


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text, in character offsets."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Record:
    """One text with its spans and the corpus it came from."""

    text: str
    spans: tuple[Span, ...]
    corpus: str
    doc_id: str

    def mention(self, span: Span) -> str:
        """The text that the span covers."""
        return self.text[span.start : span.end]

    def has(self, label: str) -> bool:
        """Whether any span carries the label."""
        return any(span.label == label for span in self.spans)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of records and its use: its classes, copies, sample size, and joining of sentences."""

    file: str
    name: str
    annotates: frozenset[str]
    copies: int = 1
    sample: int | None = None
    joins: bool = False

    @property
    def unknown(self) -> frozenset[str]:
        """The classes of the model that this corpus leaves unannotated."""
        return frozenset(LABELS) - self.annotates


_NAMES = frozenset({"PERSON", "ORG", "LOC"})
_DATED = _NAMES | {"DATE"}
_ALL = frozenset(LABELS)

TRAIN = (
    Corpus("uner_ewt__train", "uner_ewt", _NAMES, joins=True),
    Corpus("btc__train", "btc", _NAMES, copies=2),
    Corpus("wnut17__train", "wnut17", _NAMES, copies=2),
    Corpus("tweebank_ner__train", "tweebank_ner", _NAMES, copies=2),
    Corpus("crossner__train", "crossner", _NAMES, copies=2),
    Corpus("gum__train", "gum", _NAMES, joins=True),
    Corpus("tab__train", "tab", _DATED, copies=2),
    Corpus("litbank__all", "litbank", _NAMES, joins=True),
    Corpus("re3d__all.named", "re3d", _NAMES | {"NORP"}, joins=True),
    Corpus("presidio_research__generated_large", "presidio_large", _DATED),
    Corpus("presidio_research__synth_v2", "presidio_v2", _ALL),
    Corpus("contextual_anonymizer__all", "contextual_anonymizer", frozenset({"PERSON", "DATE"})),
    Corpus("gmb__all.repaired", "gmb", _ALL, sample=22_000),
)
DEV = (
    Corpus("wikigold__all", "wikigold", _NAMES),
    Corpus("uner_ewt__dev", "uner_ewt", _NAMES),
    Corpus("btc__dev", "btc", _NAMES),
    Corpus("wnut17__dev", "wnut17", _NAMES),
    Corpus("tweebank_ner__dev", "tweebank_ner", _NAMES),
    Corpus("crossner__dev", "crossner", _NAMES),
    Corpus("gum__dev", "gum", _NAMES),
    Corpus("tab__dev", "tab", _DATED),
    Corpus("indian_legal_ner__dev", "indian_legal_ner", frozenset({"PERSON", "LOC"})),
    Corpus("meantime__all", "meantime", _NAMES),
)

# Words by which a span of a generated corpus that is labelled PERSON is a company.
_COMPANY = re.compile(
    r"\b(?:Inc|Corp|Ltd|LLC|LLP|Bank|Company|Solutions|Technologies|Group|Services|Insurance"
    r"|Hospital|University|Store|Center|Innovations|Industries|Enterprises|Systems)\b"
)
# Words by which a span labelled PERSON may be an office ("Secretary of State"), in corpora whose
# labels were derived from others.
_OFFICE = re.compile(
    r"\b(?:Minister|Secretary|Commander|Commissioner|Representative|Advisor|Envoy|Director|Staff"
    r"|Officer|Professor|Fellow|Count|Earl|Operator|Spokesperson|Actor|Outstanding|Major|Regent"
    r"|Studies|Society|States|Brig|Capt)\b|\bof\b"
)
_PRONOUN = re.compile(r"(?:he|she|they|him|her|i|you|me|it|we|us)", re.IGNORECASE)


def read_records(directory: Path, corpus: Corpus) -> Iterator[Record]:
    """Every record of the corpus, in file order, with plain mistakes corrected (`mend`)."""
    with gzip.open(directory / f"{corpus.file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            yield mend(_record(json.loads(line), corpus, number))


def _record(row: dict[str, object], corpus: Corpus, number: int) -> Record:
    raw = row["spans"]
    if not isinstance(raw, list):
        raise TypeError(corpus.file)
    spans = (Span(int(s["start"]), int(s["end"]), str(s["label"])) for s in raw)
    ordered = tuple(sorted(spans, key=lambda s: (s.start, s.end)))
    doc_id = row["doc_id"] if corpus.joins else number
    return Record(str(row["text"]), ordered, corpus.name, str(doc_id))


def mend(record: Record) -> Record:
    """The record, its plainly mislabelled spans relabelled, removed or marked as doubtful."""
    judge = _JUDGES.get(record.corpus)
    if judge is None:
        return record
    spans = (
        replace(span, label=judge(record.mention(span))) if span.label == "PERSON" else span
        for span in record.spans
    )
    return replace(record, spans=tuple(span for span in spans if span.label != "O"))


def _judge_generated(mention: str) -> str:
    if _PRONOUN.fullmatch(mention):
        return "O"
    return "ORG" if _COMPANY.search(mention) else "PERSON"


def _judge_derived(mention: str) -> str:
    return DOUBT if _OFFICE.search(mention) or not mention[:1].isupper() else "PERSON"


_JUDGES: dict[str, Callable[[str], str]] = {
    "contextual_anonymizer": _judge_generated,
    "gum": _judge_derived,
    "re3d": _judge_derived,
}


def without_shared(train: Iterable[Record], dev: Iterable[Record]) -> list[Record]:
    """The training records whose text does not also occur in the dev records."""
    held_out = {_fold(record.text) for record in dev}
    return [record for record in train if _fold(record.text) not in held_out]


def _fold(text: str) -> str:
    return " ".join(text.lower().split())


def draw(records: list[Record], size: int | None, rng: random.Random) -> list[Record]:
    """A random sample: about half with a person, half without, in random order."""
    if size is None or size >= len(records):
        return records
    people = [record for record in records if record.has("PERSON")]
    others = [record for record in records if not record.has("PERSON")]
    half = min(len(people), size // 2)
    drawn = rng.sample(people, half) + rng.sample(others, min(len(others), size - half))
    rng.shuffle(drawn)
    return drawn


def join(first: Record, second: Record, glue: str) -> Record:
    """The two records as one, with `glue` between their texts."""
    offset = len(first.text) + len(glue)
    moved = (Span(s.start + offset, s.end + offset, s.label) for s in second.spans)
    return replace(first, text=first.text + glue + second.text, spans=(*first.spans, *moved))


def join_neighbours(records: Iterable[Record], rng: random.Random) -> list[Record]:
    """The records, sentences of one document joined at random: the model then sees context."""
    joined: list[Record] = []
    for record in records:
        last = joined[-1] if joined else None
        near = last is not None and last.doc_id == record.doc_id and len(last.text) < _RUN
        if last is not None and near and rng.random() < _GLUED:
            joined[-1] = join(last, record, rng.choice(" \n"))
        else:
            joined.append(record)
    return joined


_RUN = 300  # characters; a longer text is not joined with the next sentence
_GLUED = 0.6  # the probability of joining two neighbours
