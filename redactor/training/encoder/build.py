"""The accurate model: from corpora to the folder of its pipeline.

`python -m redactor.training teacher --corpora DIR --out FILE` trains the teacher (2.4 million
pieces, three quarters of an hour on two cores that have bfloat16, 9 GB of memory). `python -m
redactor.training accurate --corpora DIR --out DIR --state DIR` trains (or resumes) a model from the
pretrained encoder; with `--start DIR`, the model of a folder on, beside what that model says, and
with `--teacher FILE` what the teacher says as well. It exports, quantises, calibrates on the dev
parts, writes the folder and prints recall and precision.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
import torch
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
from redactor.training.encoder.fit import Plan, Run, Teachers
from redactor.training.encoder.measure import (
    Candidates,
    candidates,
    expected_error,
    platt_parameters,
    reliability,
)
from redactor.training.encoder.network import Encoder, pretrained
from redactor.training.encoder.plot import reliability_plot
from redactor.training.encoder.restored import restored
from redactor.training.encoder.teacher import Teacher

PIECES = 10_500_000  # word pieces read in training
# By the teacher, and by a model that is trained on. The teacher's weight beside that model.
TEACHER_PIECES, STUDENT_PIECES, TEACHER_WEIGHT = 2_400_000, 2_000_000, 0.7
DEPTH = 4  # layers; six are no better on the dev parts, and take half as long again
WHOLE: frozenset[str] = frozenset()  # operations that are not quantised
# Probabilities are calibrated only on corpora in which every name is annotated.
CALIBRATION = ("wikigold", "uner_ewt", "btc", "wnut17", "tweebank_ner", "gum", "tab")
THRESHOLDS = (0.1, 0.2, 0.3, 0.5, 0.7)
_CASES = {"": None, ", small letters": str.lower, ", capitals": str.upper}
META = {
    "name": "names_accurate",
    "version": "0.3.0",
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
    teacher: Path | None = None
    start: Path | None = None


def run(options: Options) -> None:
    """Build the model folder; an interrupted run is resumed from its state."""
    trained = (_student(options) if options.start else _first(options)).finish()
    assert isinstance(trained, Encoder)  # noqa: S101 - a run gives back what it began with
    finish(trained, options.corpora, options.out)


def run_teacher(options: Options) -> None:
    """Train the teacher and write its weights to the file `out`."""
    network = Teacher(len(CLASSES))
    network.load_pretrained()
    plan = Plan(
        TEACHER_PIECES, options.seed, options.state, rate=6e-5, rate_pieces=3e-5, rate_new=5e-4
    )
    torch.save(Run(plan, _texts(options), network).finish().state_dict(), options.out)


def _first(options: Options) -> Run:
    network = Encoder(len(CLASSES))
    network.load_pretrained()
    return Run(Plan(PIECES, options.seed, options.state), _texts(options), network)


def _student(options: Options) -> Run:
    """A run of a model's weights on, taught by that model as it is, and by the teacher if any."""
    assert options.start  # noqa: S101 - `run` has looked
    before, now = (restored(options.start, DEPTH) for _ in range(2))
    teachers = Teachers([before], [1.0])
    if options.teacher:
        teacher = Teacher(len(CLASSES))
        teacher.load_state_dict(torch.load(options.teacher))
        teachers = Teachers([teacher, before], [TEACHER_WEIGHT, 1.0 - TEACHER_WEIGHT])
    plan = Plan(
        STUDENT_PIECES, options.seed, options.state, rate=2e-4, rate_pieces=8e-5, rate_new=2e-4
    )
    return Run(plan, _texts(options), now, teachers)


def _texts(options: Options) -> Texts:
    return Texts(options.corpora, Tokenizer.from_str(tokenizer_text()), options.seed)


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
