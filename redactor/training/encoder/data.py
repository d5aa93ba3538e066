"""The training data of one epoch: augmented gold texts, invented texts, silver news.

Teachers were not trained on the invented texts in other languages, and technical ones: there they
have a say within the annotation alone.

An epoch is determined by its number and the seed, so a resumed run reads the same windows as an
uninterrupted one.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from tokenizers import Tokenizer

from redactor.training import languages
from redactor.training.augment import substitute, substitute_others
from redactor.training.corpora import (
    DEV,
    TRAIN,
    Corpus,
    Record,
    read_records,
    without_shared,
)
from redactor.training.encoder.windows import Window, changed, glued, windows
from redactor.training.filler import CORPUS, invent
from redactor.training.names import NameLists, read_names
from redactor.training.templates import LONE, LONE_PLAIN

SILVER = "gmb"  # the Groningen Meaning Bank, annotated by programs and partly corrected
# The share of the silver windows in each epoch, and their weight in the loss.
SILVER_SHARE, SILVER_WEIGHT = 0.28, 0.6
_SHARES = {"litbank": 0.5, "contextual_anonymizer": 0.5}  # of the records, in each epoch
# Small corpora that are read twice in each epoch, and one whose few names are always replaced.
_REPEATED = frozenset({"btc", "wnut17", "tweebank_ner", "crossner"})
_RENAMED_ALWAYS = frozenset({"contextual_anonymizer"})
# The share of runs that are made of several sentences, in corpora of single sentences.
_GLUED = {"uner_ewt": 0.7, "gum": 0.8, "litbank": 0.8, "re3d": 0.5, "gmb": 0.6}
_INVENTED, _INVENTED_PLAIN = 4_000, 1_800
_LONE, _LONE_PLAIN = 8_000, 5_000
# Times in each epoch, with other names, and the weight of their annotation in the loss.
_FOREIGN, _FOREIGN_WEIGHT = 2, 1.6
_TEMPLATES = Corpus("", CORPUS, frozenset({"PERSON", "ORG", "LOC"}))


class Texts:
    """The training texts, read once."""

    def __init__(self, directory: Path, tokenizer: Tokenizer, seed: int) -> None:
        """Read the corpora in a folder, without the texts of the dev parts."""
        self._directory = directory
        self._tokenizer = tokenizer
        self._seed = seed
        held_out = [record for corpus in DEV for record in read_records(directory, corpus)]
        self._records = {
            corpus: without_shared(read_records(directory, corpus), held_out) for corpus in TRAIN
        }

    @cached_property
    def _lists(self) -> NameLists:
        return read_names(self._directory / "names")

    @cached_property
    def _languages(self) -> list[languages.Language]:
        return languages.read_languages(self._directory / "names")

    @cached_property
    def silver(self) -> list[Window]:
        """The windows of the silver news with their original annotation."""
        corpus = next(corpus for corpus in self._records if corpus.name == SILVER)
        rng = random.Random(self._seed)
        records = glued(self._records[corpus], rng, same=False, share=_GLUED[SILVER])
        return list(windows(self._tokenizer, corpus, records, SILVER_WEIGHT))

    def gold(self, number: int) -> list[Window]:
        """The windows of one epoch, shuffled."""
        rng = random.Random(f"{self._seed} {number}")
        found = [window for corpus in self._records for window in self._pass(corpus, rng)]
        found += windows(self._tokenizer, _TEMPLATES, self._invented(rng))
        found += windows(self._tokenizer, _TEMPLATES, self._lone(rng))
        found += self._foreign(rng)
        found = [changed(window, rng) for window in found]
        rng.shuffle(found)
        return found

    def with_silver(self, number: int, silver: list[Window]) -> list[Window]:
        """The windows of one epoch and a sample of silver ones, shuffled."""
        rng = random.Random(f"{self._seed} {number} silver")
        drawn = rng.sample(silver, int(len(silver) * SILVER_SHARE))
        found = self.gold(number) + [changed(window, rng) for window in drawn]
        rng.shuffle(found)
        return found

    def _pass(self, corpus: Corpus, rng: random.Random) -> Iterator[Window]:
        if corpus.name == SILVER:
            return
        for _ in range(2 if corpus.name in _REPEATED else 1):
            records = self._drawn(corpus, rng)
            made = [self._renamed(record, rng) for record in records]
            same = corpus.name in _GLUED
            share = _GLUED.get(corpus.name, 0.15)
            yield from windows(self._tokenizer, corpus, glued(made, rng, same=same, share=share))

    def _drawn(self, corpus: Corpus, rng: random.Random) -> list[Record]:
        records = self._records[corpus]
        if (share := _SHARES.get(corpus.name, 1.0)) < 1.0:
            start = rng.randrange(len(records))
            records = (records[start:] + records[:start])[: int(share * len(records))]
        return records

    def _renamed(self, record: Record, rng: random.Random) -> Record:
        if record.corpus in _RENAMED_ALWAYS or rng.random() < 0.35:
            record = substitute(record, self._lists, rng)
        if rng.random() < 0.12:
            record = substitute_others(record, self._lists, rng)
        return record

    def _foreign(self, rng: random.Random) -> Iterator[Window]:
        for _ in range(_FOREIGN):
            records = languages.invent(self._languages, self._lists, rng, lone=languages.LONE_NAMES)
            for window in windows(self._tokenizer, languages.CORPUS, records, _FOREIGN_WEIGHT):
                yield replace(window, taught=False)

    def _lone(self, rng: random.Random) -> Iterator[Record]:
        kinds = (LONE, LONE_PLAIN)
        return invent(self._lists, rng, people=_LONE, others=_LONE_PLAIN, kinds=kinds)

    def _invented(self, rng: random.Random) -> list[Record]:
        made = list(invent(self._lists, rng, people=_INVENTED, others=_INVENTED_PLAIN))
        rng.shuffle(made)
        return glued([replace(one, doc_id="") for one in made], rng, same=False, share=0.3)
