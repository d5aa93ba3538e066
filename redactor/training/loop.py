"""The training of a spaCy pipeline, step by step, so that a run that was stopped goes on as before.

spaCy's own loop saves weights but neither the optimiser nor its place in the data. Here each step
is decided by its number: the batch, the rate and the random numbers follow from the seed and the
step alone. A checkpoint holds the weights, the optimiser's moments and averages, and the scores so
far; a run that goes on from it ends with the same weights, bit for bit on the same machine, as one
that was never stopped. What was done since the last checkpoint is done again.
"""

import itertools
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, Model, Optimizer, fix_random_seed

_DROPOUT = 0.1
_RATE, _WARM = 0.002, 250  # the highest rate, and the steps it takes to get there
_WORDS_FIRST, _WORDS_LAST, _GROWTH = 300, 1200, 1.001  # words of a batch
_SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train, how often to look, and when to give up; all in steps.

    `run` names what is trained on what: a checkpoint of another run is not gone on from.
    """

    steps: int
    seed: int
    run: str
    every: int = 1500
    patience: int = 6000


@dataclass(slots=True)
class Progress:
    """What a checkpoint says: the run, the steps done, and the score at each look."""

    run: str
    step: int = 0
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def best(self) -> int:
        """The step of the best score; of equals, the first."""
        return max(self.scores, key=lambda step: (self.scores[step], -step))


Score = Callable[[Language], float]
Array = NDArray[Any]


def train(nlp: Language, docs: Sequence[Doc], score: Score, plan: Plan, state: Path) -> Path:
    """The folder of the best pipeline by score, below `state`; the pipeline must be initialised."""
    optimizer = Adam(_RATE, L2=0.01, grad_clip=1.0, use_averages=True)
    progress = load(nlp, optimizer, plan, state / "checkpoint.npz")
    lengths = [len(doc) for doc in docs]
    losses: dict[str, float] = {}
    for step, batch in numbered(lengths, plan.seed, progress.step):
        if step >= plan.steps or _hopeless(progress, plan):
            break
        optimizer.learn_rate = rate(step, plan.steps)
        fix_random_seed((plan.seed * 1_000_003 + step) % _SEEDS)
        _update(nlp, optimizer, [example(docs[n]) for n in batch], losses)
        progress.step = step + 1
        if progress.step % plan.every == 0 or progress.step == plan.steps:
            _look(nlp, optimizer, progress, score, state)
            print(
                f"{progress.step}: {progress.scores[progress.step]:.4f} {_plain(losses)}",
                flush=True,
            )
            losses.clear()
    return state / "best"


def _update(
    nlp: Language, optimizer: Optimizer, batch: list[Example], losses: dict[str, float]
) -> None:
    """One step. The tagger's gradient reaches the layers below it last, so all are changed then."""
    nlp.update(batch, drop=_DROPOUT, sgd=False, losses=losses)  # type: ignore[arg-type]
    for model in _models(nlp):
        model.finish_update(optimizer)


def _plain(losses: dict[str, float]) -> dict[str, float]:
    return {name: round(float(loss), 1) for name, loss in losses.items()}


def _hopeless(progress: Progress, plan: Plan) -> bool:
    return bool(progress.scores) and progress.step - progress.best >= plan.patience


def _look(
    nlp: Language, optimizer: Optimizer, progress: Progress, score: Score, state: Path
) -> None:
    """Score the averaged weights, keep them if they are the best, and write a checkpoint."""
    with nlp.use_params(optimizer.averages or {}):
        progress.scores[progress.step] = score(nlp)
        if progress.best == progress.step:
            _keep(nlp, state / "best")
    save(nlp, optimizer, progress, state / "checkpoint.npz")


def _keep(nlp: Language, target: Path) -> None:
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    nlp.to_disk(draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def example(doc: Doc) -> Example:
    """The annotated document beside a bare one with the same words."""
    bare = Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    return Example(bare, doc)


def rate(step: int, steps: int) -> float:
    """The rate of learning: it rises over the first steps, then falls to nothing."""
    warm = min(_WARM, max(1, steps // 4))
    return _RATE * min((step + 1) / warm, (steps - step) / max(1, steps - warm))


def numbered(lengths: Sequence[int], seed: int, first: int) -> Iterator[tuple[int, list[int]]]:
    """From a first step on, each step and the documents of its batch, by their places."""
    stream = _order(len(lengths), seed)
    for step in itertools.count():
        batch = list(_filled(stream, lengths, _words(step)))
        if step >= first:
            yield step, batch


def _words(step: int) -> float:
    return min(_WORDS_LAST, _WORDS_FIRST * _GROWTH ** min(step, 10_000))


def _filled(stream: Iterator[int], lengths: Sequence[int], words: float) -> Iterator[int]:
    total = 0
    while total < words:
        number = next(stream)
        total += max(1, lengths[number])
        yield number


def _order(count: int, seed: int) -> Iterator[int]:
    for epoch in itertools.count():
        places = list(range(count))
        random.Random(f"{seed} {epoch}").shuffle(places)
        yield from places


def save(nlp: Language, optimizer: Optimizer, progress: Progress, path: Path) -> None:
    """Write a checkpoint, which replaces the last one whole."""
    told = {
        "run": progress.run,
        "step": progress.step,
        "scores": list(progress.scores.items()),
        "unseen": [sorted(_unseen(model)) for model in _models(nlp)],
    }
    arrays: dict[str, Array] = {"progress": np.array(json.dumps(told))}
    for number, model in enumerate(_models(nlp)):
        arrays[f"weights {number}"] = np.frombuffer(model.to_bytes(), dtype=np.uint8)
    for number, key in enumerate(_keys(nlp)):
        for kind, found in _moments(optimizer).items():
            if key in found:
                arrays[f"{kind} {number}"] = np.asarray(found[key])
    draft = path.with_suffix(".draft.npz")
    np.savez(draft, **arrays)  # type: ignore[arg-type]
    draft.replace(path)


def load(nlp: Language, optimizer: Optimizer, plan: Plan, path: Path) -> Progress:
    """Put the pipeline and the optimiser back to a checkpoint of this run, if there is one."""
    if not path.exists():
        return Progress(plan.run)
    with np.load(path) as arrays:
        told = json.loads(str(arrays["progress"]))
        if told["run"] != plan.run:
            return Progress(plan.run)
        for number, model in enumerate(_models(nlp)):
            model.from_bytes(arrays[f"weights {number}"].tobytes())
            _unseen(model).intersection_update(told["unseen"][number])
        for number, key in enumerate(_keys(nlp)):
            for kind, found in _moments(optimizer).items():
                if f"{kind} {number}" in arrays:
                    value = arrays[f"{kind} {number}"]
                    found[key] = value if value.ndim else value.item()
    print(f"going on from step {told['step']}", flush=True)
    return Progress(plan.run, told["step"], dict(told["scores"]))


def _models(nlp: Language) -> list[Model[Any, Any]]:
    return [pipe.model for _, pipe in nlp.pipeline if isinstance(pipe, TrainablePipe)]


def _unseen(model: Model[Any, Any]) -> set[int]:
    """The actions of a tagger that no batch has called for yet: `to_bytes` leaves them out."""
    found: set[int] = model.attrs.get("unseen_classes", set())
    return found


def _keys(nlp: Language) -> list[tuple[int, str]]:
    """The optimiser's name of every weight, in an order that another process would give too."""
    return [
        (node.id, name)
        for model in _models(nlp)
        for node in model.walk()
        for name in node.param_names
    ]


def _moments(optimizer: Optimizer) -> dict[str, dict[tuple[int, str], Any]]:
    """What the optimiser remembers of every weight."""
    return {
        "mom1": optimizer.mom1,
        "mom2": optimizer.mom2,
        "averages": {} if optimizer.averages is None else optimizer.averages,
        "updates": optimizer.nr_update,
    }
