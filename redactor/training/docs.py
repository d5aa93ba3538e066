"""From records to annotated spaCy documents: tokenised, cut, with missing tokens marked."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from redactor.training.corpora import LABELS, Record, Span
from redactor.training.missing import Example, Lexicon, missing_tokens

SHORTEST, LONGEST = 150, 200  # tokens of a piece
_STOPS = frozenset(".!?")
_STRETCH = 2  # characters a span may grow by to reach token edges


def cut(nlp: Language, record: Record) -> Iterator[Record]:
    """The record in pieces of at most `LONGEST` tokens, cut after sentences and lines."""
    doc = nlp.make_doc(record.text)
    if len(doc) <= LONGEST:
        yield record
        return
    start = 0
    for end in _ends(doc, record.spans):
        yield _slice(record, start, end)
        start = end


def _ends(doc: Doc, spans: tuple[Span, ...]) -> Iterator[int]:
    length = 0
    for token in doc[:-1]:
        length += 1
        end = token.idx + len(token.text_with_ws)
        if any(span.start < end < span.end for span in spans):
            continue
        stops = token.text in _STOPS or "\n" in token.text
        if length >= LONGEST or (length >= SHORTEST and stops):
            yield end
            length = 0
    yield len(doc.text)


def _slice(record: Record, start: int, end: int) -> Record:
    spans = (
        Span(span.start - start, span.end - start, span.label)
        for span in record.spans
        if start <= span.start and span.end <= end
    )
    return replace(record, text=record.text[start:end], spans=tuple(spans))


def to_doc(example: Example, lexicon: Lexicon) -> Doc:
    """The example as an annotated document: entities, missing tokens, and O elsewhere."""
    opened = missing_tokens(example, lexicon)
    entities: list[TokenSpan] = []
    for span in example.record.spans:
        if span.label not in LABELS:
            continue
        found = example.doc.char_span(span.start, span.end, span.label, alignment_mode="expand")
        if found is None or (entities and found.start < entities[-1].end):
            continue
        opened.difference_update(range(found.start, found.end))
        if len(found.text) <= span.end - span.start + _STRETCH:
            entities.append(found)
        else:
            opened.update(range(found.start, found.end))
    gaps = [example.doc[i : i + 1] for i in sorted(opened)]
    example.doc.set_ents(entities, missing=gaps, default="outside")
    example.doc.user_data["corpus"] = example.record.corpus
    return example.doc
