"""The fast model: from corpora, and a teacher if there is one, to a published pipeline.

The teacher's predictions, the annotated documents and the checkpoints are stored in a folder of
state. A second call with the same settings resumes from there.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from redactor.detect.ner.models import write_sums
from redactor.files import tree_digest
from redactor.training import build, evaluate
from redactor.training.augment import Shares, augmented
from redactor.training.calibrate import calibrate, score
from redactor.training.corpora import (
    DEV,
    TRAIN,
    Corpus,
    Record,
    draw,
    join_neighbours,
    read_records,
    without_shared,
)
from redactor.training.distil import SILVER, Teacher
from redactor.training.docs import cut, to_doc
from redactor.training.filler import CORPUS, invent
from redactor.training.loop import Plan, train
from redactor.training.members import filters
from redactor.training.missing import Example, Lexicon, learn
from redactor.training.names import NameLists, read_names

STEPS = 19_000
INVENTED, INVENTED_PLAIN = 9_000, 3_500
DEV_SIZE = 400  # about so many records of each corpus choose the best step
_TEMPLATES = Corpus("", CORPUS, frozenset({"PERSON", "ORG", "LOC"}))

Found = list[tuple[Corpus, list[Record]]]


@dataclass(frozen=True, slots=True)
class Options:
    """The folders of corpora, result, state and teacher (None: without one), and the schedule."""

    corpora: Path
    out: Path
    state: Path
    teacher: Path | None = None
    seed: int = 0
    steps: int = STEPS


def run(options: Options) -> None:
    """Annotate, train, calibrate, publish and measure."""
    options.state.mkdir(parents=True, exist_ok=True)
    folder = prepared(options)
    nlp = build.untrained()
    docs = build.load_docs(nlp, folder / "train.spacy")
    dev = build.load_docs(nlp, folder / "dev.spacy")
    build.begin(nlp, docs, filters(options.corpora / "names"), options.seed)
    name = f"{folder.name} {options.steps} {_digest(build.CONFIG)}"
    plan = Plan(options.steps, options.seed, name)
    best = train(nlp, docs, lambda trained: score(trained, dev), plan, options.state)
    model = spacy.load(best)
    print(f"bias towards PERSON: {calibrate(model, dev)}", flush=True)
    build.publish(build.strip(model), options.out)  # last of all: a pipeline keeps words it reads
    write_sums(options.out)
    print(evaluate.table(evaluate.measure_all(spacy.load(options.out), options.corpora)))


def prepared(options: Options) -> Path:
    """The folder with `train.spacy` and `dev.spacy` for these settings, written on first use."""
    teacher = None
    if options.teacher is not None:
        teacher = Teacher(options.teacher, options.state / "taught")
    sources = [tree_digest([options.corpora]), teacher.digest if teacher else "", options.seed]
    folder = options.state / f"docs-{hashlib.sha256(repr(sources).encode()).hexdigest()[:12]}"
    if not (folder / "dev.spacy").exists():
        folder.mkdir(exist_ok=True)
        write_docs(options, teacher, folder)
    return folder


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def write_docs(options: Options, teacher: Teacher | None, folder: Path) -> None:
    """Write `train.spacy`, then `dev.spacy`, into a folder."""
    rng = random.Random(options.seed)
    nlp = spacy.blank("en")
    found = list(train_records(options.corpora, rng, all_silver=teacher is not None))
    lexicon = lexicon_of(nlp, found)
    lists = read_names(options.corpora / "names")
    found.append((_TEMPLATES, list(invent(lists, rng, people=INVENTED, others=INVENTED_PLAIN))))
    docs: list[Doc] = []
    for corpus, records in with_copies(annotated(found, teacher), lists, rng):
        made = [to_doc(eg, lexicon) for eg in examples(nlp, corpus, records)]
        print(f"{corpus.name}: {len(made)} pieces, {sum(map(len, made))} tokens", flush=True)
        docs += made
    rng.shuffle(docs)
    build.save_docs(docs, folder / "train.spacy")
    build.save_docs(dev_docs(nlp, options.corpora, lexicon), folder / "dev.spacy")


def train_records(
    directory: Path, rng: random.Random, *, all_silver: bool
) -> Iterator[tuple[Corpus, list[Record]]]:
    """The training records of each corpus, without those of the dev parts, sampled and joined."""
    held_out = [record for corpus in DEV for record in read_records(directory, corpus)]
    for corpus in TRAIN:
        records = without_shared(read_records(directory, corpus), held_out)
        if not (all_silver and corpus.name in SILVER):
            records = draw(records, corpus.sample, rng)
        yield corpus, join_neighbours(records, rng) if corpus.joins else records


def annotated(found: Found, teacher: Teacher | None) -> Iterator[tuple[Corpus, list[Record]]]:
    """The records with the teacher's annotations, after which no class is unknown."""
    for corpus, records in found:
        if teacher is None:
            yield corpus, records
        else:
            print(f"the teacher reads {corpus.name}", flush=True)
            known = corpus.annotates | corpus.unknown
            yield replace(corpus, annotates=known), teacher.annotated(corpus, records)


def with_copies(
    found: Iterable[tuple[Corpus, list[Record]]], lists: NameLists, rng: random.Random
) -> Iterator[tuple[Corpus, list[Record]]]:
    """The records with copies in which names or case are changed."""
    for corpus, records in found:
        invented = corpus.name == CORPUS
        shares = Shares(substituted=0.0, lowered=0.03) if invented else Shares()
        copies = [augmented(records, lists, shares, rng) for _ in range(corpus.copies)]
        yield corpus, [record for copy in copies for record in copy]


def examples(nlp: Language, corpus: Corpus, records: Iterable[Record]) -> Iterator[Example]:
    """The records in pieces, tokenised."""
    for record in records:
        for piece in cut(nlp, record):
            yield Example(nlp.make_doc(piece.text), piece, corpus.unknown)


def lexicon_of(nlp: Language, found: Found) -> Lexicon:
    """The lexicon of the training records."""
    return learn(eg for corpus, records in found for eg in examples(nlp, corpus, records))


def dev_docs(nlp: Language, directory: Path, lexicon: Lexicon) -> Iterator[Doc]:
    """Annotated records of every dev part, taken at regular intervals."""
    for corpus in DEV:
        records = list(read_records(directory, corpus))
        records = records[:: max(1, len(records) // DEV_SIZE)]
        yield from (to_doc(eg, lexicon) for eg in examples(nlp, corpus, records))
