"""The accurate name model as a component of a spaCy pipeline.

`spacy.load` finds the component through the package's entry point, so that spaCy and Presidio's
spaCy engine load the model as any other. For a document the component sets

- `doc.spans["names"]`, in spaCy's convention for scored spans: candidates of every class, with
  the calibrated probability of each in `attrs["scores"]`. Candidates may overlap: "Marsh" can be
  a person with 0.6 and an organisation with 0.3;
- `doc.ents`, the candidates with a probability of at least `sure`; of two that overlap, the
  likelier. A person is judged by its own probability, whether or not another class is likelier:
  a missed name leaks, a superfluous one only reads worse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import minibatch

from redactor.detect.ner.encoder import Encoder, Probabilities
from redactor.detect.ner.word_pieces import Pieces

FLOOR = 0.05  # candidates below are not reported
JOINING = 0.3  # a word this likely belongs to the name beside it
GROUP = "names"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Characters `start:end`, a candidate of a class.

    `likely` is its probability before calibration.
    """

    start: int
    end: int
    label: str
    likely: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings from training: the classes, and the calibration of each label (Platt scaling).

    `classes` are O and B-/I- of each label, as the network orders its scores. A label's `bend`
    is (a, b): its calibrated probability is the logistic of a * logit(p) + b (Platt, 1999).
    """

    classes: tuple[str, ...]
    bends: dict[str, tuple[float, float]] = field(default_factory=dict)
    sure: float = 0.5

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the classes."""
        return tuple(dict.fromkeys(name[2:] for name in self.classes if name != "O"))

    def calibrated(self, label: str, likely: float) -> float:
        """Return the calibrated probability of a candidate.

        The share of such candidates that are right.
        """
        a, b = self.bends.get(label, (1.0, 0.0))
        inner = min(max(likely, 1e-6), 1 - 1e-6)
        return float(1 / (1 + np.exp(-(a * np.log(inner / (1 - inner)) + b))))


def candidates(read: Pieces, found: Probabilities, settings: Settings) -> Iterator[Candidate]:
    """Yield the candidates, from the probabilities of the pieces (pieces, classes). Pure."""
    if not len(read):
        return
    first = np.flatnonzero(np.diff(read.words, prepend=-1))
    counts = np.diff(np.append(first, len(read)))
    words = np.add.reduceat(found, first, axis=0) / counts[:, None]
    starts, ends = read.starts[first], read.ends[first + counts - 1]
    for label in settings.labels:
        begins = words[:, settings.classes.index(f"B-{label}")]
        likely = begins + words[:, settings.classes.index(f"I-{label}")]
        for run in _runs(likely, begins):
            peak = float(likely[run].max())
            yield Candidate(int(starts[run[0]]), int(ends[run[-1]]), label, peak)


def _runs(likely: Probabilities, begins: Probabilities) -> Iterator[NDArray[np.int64]]:
    """Yield the words of each candidate: adjacent words that join, cut where a name begins anew.

    Words too unlikely to join are candidates by themselves, so that a name whose every word is
    uncertain is reported too.
    """
    reported = np.flatnonzero(likely >= FLOOR)
    if not len(reported):
        return
    joins = (likely[reported[1:]] >= JOINING) & (likely[reported[:-1]] >= JOINING)
    follows = (np.diff(reported) == 1) & joins & (begins[reported[1:]] * 2 < likely[reported[1:]])
    yield from np.split(reported, np.flatnonzero(~follows) + 1)


class NameEncoder:
    """The spaCy component. Its folder holds `model.onnx`, `tokenizer.json`, `settings.json`."""

    def __init__(self, name: str = "name_encoder") -> None:
        self.name = name
        self.settings = Settings(("O",))
        self._network = b""
        self._tokenizer = ""
        self._encoder: Encoder | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels it can give, as spaCy asks its components for them."""
        return self.settings.labels

    def load(self, network: bytes, tokenizer: str, settings: Settings) -> None:
        """Set network (ONNX), tokenizer (JSON) and their settings. Raises ValueError."""
        self._encoder = Encoder(network, tokenizer)
        self._network, self._tokenizer, self.settings = network, tokenizer, settings

    def __call__(self, doc: Doc) -> Doc:
        """Set the names of one document."""
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Set the names of documents, in batches."""
        for batch in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            docs: list[Doc] = list(batch)
            yield from map(self._set, docs, self.predict([doc.text for doc in docs]))

    def predict(self, texts: list[str]) -> Iterator[list[Candidate]]:
        """Yield the candidates of each text, before calibration."""
        if self._encoder is None:
            raise ValueError("the name encoder has no weights")
        for read, found in self._encoder.read(texts):
            yield list(candidates(read, found, self.settings))

    def score(self, one: Candidate) -> float:
        """Return the calibrated probability of a candidate."""
        return self.settings.calibrated(one.label, one.likely)

    def _set(self, doc: Doc, found: list[Candidate]) -> Doc:
        """Set spans and entities of a document from its candidates."""
        scored: dict[Span, float] = {}
        for one in found:
            span = doc.char_span(one.start, one.end, one.label, alignment_mode="expand")
            if span is not None:
                score = self.score(one)
                scored[span] = max(score, scored.get(span, 0.0))
        spans = list(scored)
        scores = {"scores": [scored[span] for span in spans]}
        doc.spans[GROUP] = SpanGroup(doc, name=GROUP, attrs=scores, spans=spans)
        doc.ents = _apart(scored, self.settings.sure)
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the component's folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(self._network)
        (folder / "tokenizer.json").write_text(self._tokenizer, "utf-8")
        (folder / "settings.json").write_text(_settings_text(self.settings), "utf-8")

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> NameEncoder:  # noqa: ARG002
        """Read the component's folder. Raises OSError or ValueError."""
        folder = Path(path)
        self.load(
            (folder / "model.onnx").read_bytes(),
            (folder / "tokenizer.json").read_text("utf-8"),
            _settings(json.loads((folder / "settings.json").read_text("utf-8"))),
        )
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """Return the component as bytes."""
        parts = (self._tokenizer.encode(), _settings_text(self.settings).encode(), self._network)
        sizes = json.dumps([len(part) for part in parts[:2]]).encode()
        return b"\n".join((sizes, b"".join(parts)))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> NameEncoder:  # noqa: ARG002
        """Restore the component from bytes. Raises ValueError."""
        head, _, body = data.partition(b"\n")
        first, second = json.loads(head)
        tokenizer, settings = body[:first], body[first : first + second]
        self.load(body[first + second :], tokenizer.decode(), _settings(json.loads(settings)))
        return self


def _apart(scored: dict[Span, float], sure: float) -> list[Span]:
    """Return spans with a probability of at least `sure`, of those that overlap the likeliest."""
    chosen: list[Span] = []
    taken: set[int] = set()
    ranked = sorted(scored, key=lambda s: (-scored[s], s.start, s.end, s.label_))
    for span in ranked:
        tokens = range(span.start, span.end)
        if scored[span] >= sure and taken.isdisjoint(tokens):
            chosen.append(span)
            taken.update(tokens)
    return chosen


def _settings_text(settings: Settings) -> str:
    written = {"classes": settings.classes, "bends": settings.bends, "sure": settings.sure}
    return json.dumps(written, indent=1) + "\n"


def _settings(written: dict[str, Any]) -> Settings:
    bends = {label: (float(a), float(b)) for label, (a, b) in written["bends"].items()}
    return Settings(tuple(written["classes"]), bends, float(written["sure"]))


@Language.factory("name_encoder", assigns=["doc.ents", "doc.spans"])
def make_name_encoder(nlp: Language, name: str) -> NameEncoder:  # noqa: ARG001
    """Return an empty component, for spaCy to load."""
    return NameEncoder(name)
