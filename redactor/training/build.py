"""Building an untrained pipeline, and publishing a trained one."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline import EntityRecognizer, Tok2Vec
from spacy.tokens import Doc, DocBin
from thinc.api import fix_random_seed

from redactor.detect.ner.gazetteer import set_filters
from redactor.training.corpora import LABELS
from redactor.training.loop import example

CONFIG = Path(__file__).with_name("config.cfg")
_NOT_WEIGHTS = ("vocab", "tokenizer", "config", "meta")
_SAMPLE = 20  # documents from which spaCy infers the shapes of the layers
META = {
    "name": "names_fast",
    "version": "0.2.0",
    "description": "Names in English text: PERSON, ORG, LOC, NORP, DATE. A small convolutional "
    "model that leans to finding people; data, licences and limits are in MODEL_CARD.md.",
    "license": "see MODEL_CARD.md",
}


def save_docs(docs: Iterable[Doc], path: Path) -> None:
    """Write documents to one file, each with the name of its corpus."""
    DocBin(docs=docs, store_user_data=True).to_disk(path)


def load_docs(nlp: Language, path: Path) -> list[Doc]:
    """The documents of a file that `save_docs` wrote."""
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def untrained(config: Path = CONFIG) -> Language:
    """The pipeline of a configuration, with labels and without weights."""
    nlp = spacy.util.load_model_from_config(spacy.util.load_config(config), auto_fill=True)
    for label in LABELS:
        tagger(nlp).add_label(label)
    return nlp


def begin(nlp: Language, docs: Sequence[Doc], filters: Sequence[bytes], seed: int) -> None:
    """Initialise the weights of a pipeline, and set the filters of the name lists."""
    fix_random_seed(seed)
    nlp.initialize(lambda: [example(doc) for doc in docs[:_SAMPLE]])
    embed = nlp.get_pipe("tok2vec")
    if not isinstance(embed, Tok2Vec):
        raise TypeError(type(embed))
    set_filters(embed.model, filters)


def tagger(nlp: Language) -> EntityRecognizer:
    """The named entity recogniser of a pipeline."""
    found = nlp.get_pipe("ner")
    if not isinstance(found, EntityRecognizer):
        raise TypeError(type(found))
    return found


def strip(trained: Language) -> Language:
    """A new pipeline with the same weights, whose vocabulary holds no word of the corpora."""
    config = spacy.blank("en").config
    config["nlp"]["pipeline"] = trained.config["nlp"]["pipeline"]
    config["components"] = trained.config["components"]
    fresh = spacy.util.load_model_from_config(config, auto_fill=True)
    weights = trained.to_bytes(exclude=_NOT_WEIGHTS)
    fresh.from_bytes(weights, exclude=_NOT_WEIGHTS)
    fresh.meta = {**fresh.meta, **META, "performance": {}}
    return fresh


def publish(nlp: Language, target: Path) -> None:
    """Write a pipeline to a folder, which is replaced as a whole but for its Markdown files."""
    draft, old = (target.with_name(f".{target.name}.{kind}") for kind in ("draft", "old"))
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (draft, old):
        shutil.rmtree(folder, ignore_errors=True)
    nlp.to_disk(draft)
    if target.exists():
        for kept in target.glob("*.md"):
            shutil.copy2(kept, draft / kept.name)
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)
