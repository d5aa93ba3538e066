"""Documents to a trained pipeline: save, train, strip, publish."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as run_training

from redactor.training import evaluate

CONFIG = Path(__file__).with_name("config.cfg")
_NOT_WEIGHTS = ("vocab", "tokenizer", "config", "meta")
META = {
    "name": "names_cnn",
    "version": "0.1.0",
    "description": "Names in English text: PERSON, ORG, LOC, NORP, DATE. A small convolutional "
    "model that leans to finding people; data, licences and limits are in MODEL_CARD.md.",
    "license": "see MODEL_CARD.md",
}


def save_docs(docs: Iterable[Doc], path: Path) -> None:
    """The documents in one file, with the corpus that each came from."""
    DocBin(docs=docs, store_user_data=True).to_disk(path)


def load_docs(nlp: Language, path: Path) -> list[Doc]:
    """The documents of such a file."""
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def train(work: Path, *, steps: int, seed: int) -> Language:
    """The best pipeline by the dev score, trained on `train.spacy` and `dev.spacy` in `work`."""
    overrides = {
        "paths.train": str(work / "train.spacy"),
        "paths.dev": str(work / "dev.spacy"),
        "training.seed": seed,
        "training.max_steps": steps,
        "training.optimizer.learn_rate.total_steps": steps,
    }
    evaluate.register()
    config = spacy.util.load_config(CONFIG, overrides=overrides)
    (work / "trained").mkdir(exist_ok=True)
    run_training(init_nlp(config), work / "trained")
    return spacy.load(work / "trained" / "model-best")


def strip(trained: Language) -> Language:
    """The same weights in a fresh pipeline that holds no word of the corpora."""
    config = spacy.blank("en").config
    config["nlp"]["pipeline"] = trained.config["nlp"]["pipeline"]
    config["components"] = trained.config["components"]
    config["components"]["ner"]["scorer"] = {"@scorers": "spacy.ner_scorer.v1"}
    fresh = spacy.util.load_model_from_config(config, auto_fill=True)
    weights = trained.to_bytes(exclude=_NOT_WEIGHTS)
    fresh.from_bytes(weights, exclude=_NOT_WEIGHTS)
    fresh.meta = {**fresh.meta, **META, "performance": {}}
    return fresh


def publish(nlp: Language, target: Path) -> None:
    """The pipeline at the target, which it replaces whole; Markdown files there are kept."""
    draft, old = (target.with_name(f".{target.name}.{kind}") for kind in ("draft", "old"))
    for folder in (draft, old):
        shutil.rmtree(folder, ignore_errors=True)
    nlp.to_disk(draft)
    if target.exists():
        for kept in target.glob("*.md"):
            shutil.copy2(kept, draft / kept.name)
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)
