"""The accurate model: from corpora to the folder of its pipeline.

`python -m redactor.training accurate --corpora DIR --out DIR --state DIR` trains (or resumes),
exports, quantises, calibrates on the dev parts, writes the folder and prints recall and precision.
It takes about an hour on two cores that have bfloat16, and 9 GB of memory.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from tokenizers import Tokenizer

from redactor.detect.ner.component import NameEncoder, Settings
from redactor.detect.ner.models import write_sums
from redactor.training.augment import recased
from redactor.training.build import publish
from redactor.training.corpora import DEV, LABELS, Corpus, Record, read_records
from redactor.training.encoder.classes import CLASSES
from redactor.training.encoder.data import Texts
from redactor.training.encoder.export import onnx_of, quantised
from redactor.training.encoder.fit import Plan, Run
from redactor.training.encoder.measure import (
    Candidates,
    candidates,
    expected_error,
    platt_parameters,
    reliability,
)
from redactor.training.encoder.network import Encoder, pretrained
from redactor.training.encoder.plot import reliability_plot

PIECES = 10_500_000  # word pieces read in training
DEPTH = 4  # layers; six are no better on the dev parts, and take half as long again
WHOLE: frozenset[str] = frozenset()  # operations that are not quantised
# Probabilities are calibrated only on corpora in which every name is annotated.
CALIBRATION = ("wikigold", "uner_ewt", "btc", "wnut17", "tweebank_ner", "gum", "tab")
THRESHOLDS = (0.1, 0.2, 0.3, 0.5, 0.7)
_CASES = {"": None, ", small letters": str.lower, ", capitals": str.upper}
META = {
    "name": "names_accurate",
    "version": "0.2.0",
    "description": "Names in English text: PERSON, ORG, LOC, NORP, DATE, each with a calibrated "
    "probability. A MiniLM encoder in eight bits; data, licences and limits are in MODEL_CARD.md.",
    "license": "see MODEL_CARD.md",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    corpora: Path
    out: Path
    state: Path
    seed: int = 0
    pieces: int = PIECES


def run(options: Options) -> None:
    """Build the model folder; an interrupted run is resumed from its state."""
    tokenizer = Tokenizer.from_str(tokenizer_text())
    trained = Run(
        Plan(options.pieces, options.seed, options.state),
        Texts(options.corpora, tokenizer, options.seed),
    ).finish()
    finish(trained, options.corpora, options.out)


def finish(trained: Encoder, corpora: Path, out: Path) -> None:
    """Export a trained encoder, calibrate it, publish it and print its figures."""
    network = quantised(onnx_of(trained, DEPTH), WHOLE).SerializeToString()
    model = NameEncoder()
    model.load(network, tokenizer_text(), Settings(CLASSES))
    scored = {label: _pooled(model, corpora, label) for label in LABELS}
    bends = {label: platt_parameters(one.likely, one.right) for label, one in scored.items()}
    model.load(network, tokenizer_text(), Settings(CLASSES, bends))
    publish(pipeline(model), out)
    people = _calibrated(scored["PERSON"], model.settings)
    (out / "reliability.svg").write_text(
        reliability_plot(reliability(people.likely, people.right)), "utf-8"
    )
    write_sums(out)
    for label, one in scored.items():
        calibrated = _calibrated(one, model.settings, label)
        print(
            f"{label}: calibration error {expected_error(calibrated.likely, calibrated.right):.4f}"
        )
    for row in figures(model, corpora):
        print(row, flush=True)


def figures(model: NameEncoder, corpora: Path) -> Iterator[str]:
    """Yield a Markdown table: people of each dev part, recall and precision by threshold."""
    yield "| dev part | people | " + " | ".join(f"at {one}" for one in THRESHOLDS) + " |"
    yield "|---|---|" + "---|" * len(THRESHOLDS)
    for corpus in DEV:
        records = _records(corpora, corpus)
        for kind, change in _CASES.items():
            changed = records if change is None else [recased(one, change) for one in records]
            scored = _calibrated(candidates(model, changed), model.settings)
            cells = [
                f"{scored.recall(one):.3f} / {scored.precision(one):.3f}" for one in THRESHOLDS
            ]
            yield f"| {corpus.name}{kind} | {len(scored.mentions)} | " + " | ".join(cells) + " |"


def tokenizer_text() -> str:
    """The tokenizer of the pretrained encoder as JSON, without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(pretrained() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, sort_keys=True)


def pipeline(model: NameEncoder) -> Language:
    """The component in a blank English pipeline."""
    nlp = spacy.blank("en")
    made = nlp.add_pipe("name_encoder")
    if not isinstance(made, NameEncoder):
        raise TypeError(type(made))
    made.from_bytes(model.to_bytes())
    nlp.meta = {**nlp.meta, **META}
    return nlp


def _pooled(model: NameEncoder, corpora: Path, label: str) -> Candidates:
    """The candidates of a label in all dev parts for calibration that annotate it."""
    parts = [
        candidates(model, _records(corpora, corpus), label)
        for corpus in DEV
        if corpus.name in CALIBRATION and label in corpus.annotates
    ]
    return _concatenated(parts)


def _records(corpora: Path, corpus: Corpus) -> list[Record]:
    return list(read_records(corpora, corpus))


def _concatenated(parts: Sequence[Candidates]) -> Candidates:
    return Candidates(
        np.concatenate([np.zeros(0), *(part.mentions for part in parts)]),
        np.concatenate([np.zeros(0), *(part.likely for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.bool_), *(part.right for part in parts)]),
    )


def _calibrated(scored: Candidates, settings: Settings, label: str = "PERSON") -> Candidates:
    likely = np.asarray([settings.calibrated(label, one) for one in scored.likely])
    return Candidates(scored.mentions, likely, scored.right)
