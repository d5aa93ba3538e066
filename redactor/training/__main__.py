"""Rebuild the name model: `python -m redactor.training --corpora DIR --out DIR [--seed N]`."""

import argparse
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from redactor.training import build, evaluate
from redactor.training.augment import Shares, augmented
from redactor.training.calibrate import calibrate
from redactor.training.corpora import (
    DEV,
    LABELS,
    TRAIN,
    Corpus,
    Record,
    draw,
    join_neighbours,
    read_records,
    without_shared,
)
from redactor.training.docs import cut, to_doc
from redactor.training.missing import Example, Lexicon, learn
from redactor.training.names import NameLists, read_names
from redactor.training.templates import CORPUS, invent

STEPS = 19_000
INVENTED, INVENTED_PLAIN = 9_000, 3_500
DEV_SIZE = 400  # about so many records of each corpus choose the best step
_TEMPLATES = Corpus("", CORPUS, frozenset({"PERSON", "ORG", "LOC"}))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    corpora: Path
    out: Path
    seed: int
    steps: int


def options() -> Options:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the annotated text")
    parser.add_argument("--out", type=Path, required=True, help="folder for the finished model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=STEPS)
    parsed = parser.parse_args()
    return Options(parsed.corpora, parsed.out, parsed.seed, parsed.steps)


def train_records(directory: Path, rng: random.Random) -> Iterator[tuple[Corpus, list[Record]]]:
    """The training records of every corpus, less what the dev parts share, sampled and joined."""
    held_out = dev_records(directory)
    for corpus in TRAIN:
        records = without_shared(read_records(directory, corpus), held_out)
        records = draw(records, corpus.sample, rng)
        yield corpus, join_neighbours(records, rng) if corpus.joins else records


def dev_records(directory: Path) -> list[Record]:
    """Every dev record."""
    return [record for corpus in DEV for record in read_records(directory, corpus)]


def grown(
    found: list[tuple[Corpus, list[Record]]], lists: NameLists, rng: random.Random
) -> Iterator[tuple[Corpus, list[Record]]]:
    """The records with their copies, and the invented ones."""
    for corpus, records in found:
        copies = [augmented(records, lists, Shares(), rng) for _ in range(corpus.copies)]
        yield corpus, [record for copy in copies for record in copy]
    invented = list(invent(lists, rng, people=INVENTED, others=INVENTED_PLAIN))
    yield _TEMPLATES, augmented(invented, lists, Shares(substituted=0.0, lowered=0.03), rng)


def examples(nlp: Language, corpus: Corpus, records: Iterable[Record]) -> Iterator[Example]:
    """The records in pieces, tokenised."""
    for record in records:
        for piece in cut(nlp, record):
            yield Example(nlp.make_doc(piece.text), piece, corpus.unknown)


def lexicon_of(nlp: Language, found: list[tuple[Corpus, list[Record]]]) -> Lexicon:
    """The lexicon of the training records."""
    return learn(eg for corpus, records in found for eg in examples(nlp, corpus, records))


def dev_docs(nlp: Language, directory: Path, lexicon: Lexicon) -> Iterator[Doc]:
    """Records from all over every dev part, annotated."""
    for corpus in DEV:
        records = list(read_records(directory, corpus))
        records = records[:: max(1, len(records) // DEV_SIZE)]
        yield from (to_doc(eg, lexicon) for eg in examples(nlp, corpus, records))


def write_docs(chosen: Options, work: Path) -> None:
    """Leave `train.spacy` and `dev.spacy` in the folder."""
    rng = random.Random(chosen.seed)
    nlp = spacy.blank("en")
    found = list(train_records(chosen.corpora, rng))
    lexicon = lexicon_of(nlp, found)
    lists = read_names(chosen.corpora / "names")
    docs: list[Doc] = []
    for corpus, records in grown(found, lists, rng):
        made = [to_doc(eg, lexicon) for eg in examples(nlp, corpus, records)]
        print(f"{corpus.name}: {len(made)} pieces, {sum(map(len, made))} tokens")
        docs += made
    rng.shuffle(docs)
    build.save_docs(docs, work / "train.spacy")
    build.save_docs(dev_docs(nlp, chosen.corpora, lexicon), work / "dev.spacy")
    print({label: len(lexicon.words[label]) for label in LABELS})


def main() -> None:
    """Build, train, lean towards people, publish and measure."""
    chosen = options()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_docs(chosen, work)
        model = build.strip(build.train(work, steps=chosen.steps, seed=chosen.seed))
        print(f"leaned by {calibrate(model, build.load_docs(model, work / 'dev.spacy'))}")
    build.publish(model, chosen.out)
    print(evaluate.table(evaluate.measure_all(spacy.load(chosen.out), chosen.corpora)))


if __name__ == "__main__":
    main()
