"""A resumable training loop for a spaCy pipeline.

spaCy's own loop saves weights but neither the optimiser nor its position in the data. Here the
batch, the learning rate and the random numbers of a step follow from the seed and the number of the
step. A checkpoint holds the weights, the optimiser's moments and averages, and the scores so far. A
resumed run repeats the steps since the last checkpoint, and ends with the same weights, bit for bit
on the same machine, as an uninterrupted one.
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
_RATE, _WARM = 0.002, 250  # the maximum learning rate, and the steps of warm-up
_WORDS_FIRST, _WORDS_LAST, _GROWTH = 300, 1200, 1.001  # words in a batch, growing with the steps
_SEEDS = 2**32  # NumPy takes seeds of 32 bits


@dataclass(frozen=True, slots=True)
class Plan:
    """The schedule in steps: length, interval of evaluations, patience without improvement.

    `run` identifies the settings and data: a checkpoint of another run is not resumed.
    """

    steps: int
    seed: int
    run: str
    every: int = 1500
    patience: int = 6000


@dataclass(slots=True)
class Progress:
    """The progress in a checkpoint: the run, the steps done, the score of each evaluation."""

    run: str
    step: int = 0
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def best(self) -> int:
        """The step of the best score; of equal scores, the first."""
        return max(self.scores, key=lambda step: (self.scores[step], -step))


Score = Callable[[Language], float]
Array = NDArray[Any]


def train(nlp: Language, docs: Sequence[Doc], score: Score, plan: Plan, state: Path) -> Path:
    """The folder of the best pipeline by score, below `state`; the pipeline must be initialised."""
    optimizer = Adam(_RATE, L2=0.01, grad_clip=1.0, use_averages=True)
    progress = load(nlp, optimizer, plan, state / "checkpoint.npz")
    lengths = [len(doc) for doc in docs]
    losses: dict[str, float] = {}
    for step, batch in batches(lengths, plan.seed, progress.step):
        if step >= plan.steps or _is_exhausted(progress, plan):
            break
        optimizer.learn_rate = rate(step, plan.steps)
        fix_random_seed((plan.seed * 1_000_003 + step) % _SEEDS)
        _update(nlp, optimizer, [example(docs[n]) for n in batch], losses)
        progress.step = step + 1
        if progress.step % plan.every == 0 or progress.step == plan.steps:
            _evaluate(nlp, optimizer, progress, score, state)
            print(
                f"{progress.step}: {progress.scores[progress.step]:.4f} {_rounded(losses)}",
                flush=True,
            )
            losses.clear()
    return state / "best"


def _update(
    nlp: Language, optimizer: Optimizer, batch: list[Example], losses: dict[str, float]
) -> None:
    """Make one step. Weights are updated after the gradients of all components are known."""
    nlp.update(batch, drop=_DROPOUT, sgd=False, losses=losses)  # type: ignore[arg-type]
    for model in _models(nlp):
        model.finish_update(optimizer)


def _rounded(losses: dict[str, float]) -> dict[str, float]:
    return {name: round(float(loss), 1) for name, loss in losses.items()}


def _is_exhausted(progress: Progress, plan: Plan) -> bool:
    return bool(progress.scores) and progress.step - progress.best >= plan.patience


def _evaluate(
    nlp: Language, optimizer: Optimizer, progress: Progress, score: Score, state: Path
) -> None:
    """Score the averaged weights, save them if they are the best, and write a checkpoint."""
    with nlp.use_params(optimizer.averages or {}):
        progress.scores[progress.step] = score(nlp)
        if progress.best == progress.step:
            _save_best(nlp, state / "best")
    save(nlp, optimizer, progress, state / "checkpoint.npz")


def _save_best(nlp: Language, target: Path) -> None:
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    nlp.to_disk(draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def example(doc: Doc) -> Example:
    """The annotated document as a reference, with an unannotated one of the same words."""
    bare = Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    return Example(bare, doc)


def rate(step: int, steps: int) -> float:
    """The learning rate of a step: linear warm-up, then linear decay to 0."""
    warm = min(_WARM, max(1, steps // 4))
    return _RATE * min((step + 1) / warm, (steps - step) / max(1, steps - warm))


def batches(lengths: Sequence[int], seed: int, first: int) -> Iterator[tuple[int, list[int]]]:
    """Each step from a first one on, with the indices of the documents in its batch."""
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
    """Write a checkpoint, which replaces the last one atomically."""
    state = {
        "run": progress.run,
        "step": progress.step,
        "scores": list(progress.scores.items()),
        "unseen": [sorted(_unseen(model)) for model in _models(nlp)],
    }
    arrays: dict[str, Array] = {"progress": np.array(json.dumps(state))}
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
    """The progress of this run's checkpoint, restored into pipeline and optimiser; or none."""
    if not path.exists():
        return Progress(plan.run)
    with np.load(path) as arrays:
        state = json.loads(str(arrays["progress"]))
        if state["run"] != plan.run:
            return Progress(plan.run)
        for number, model in enumerate(_models(nlp)):
            model.from_bytes(arrays[f"weights {number}"].tobytes())
            _unseen(model).intersection_update(state["unseen"][number])
        for number, key in enumerate(_keys(nlp)):
            for kind, found in _moments(optimizer).items():
                if f"{kind} {number}" in arrays:
                    value = arrays[f"{kind} {number}"]
                    found[key] = value if value.ndim else value.item()
    print(f"going on from step {state['step']}", flush=True)
    return Progress(plan.run, state["step"], dict(state["scores"]))


def _models(nlp: Language) -> list[Model[Any, Any]]:
    return [pipe.model for _, pipe in nlp.pipeline if isinstance(pipe, TrainablePipe)]


def _unseen(model: Model[Any, Any]) -> set[int]:
    """The actions of a tagger that no batch has had yet: `to_bytes` leaves them out."""
    found: set[int] = model.attrs.get("unseen_classes", set())
    return found


def _keys(nlp: Language) -> list[tuple[int, str]]:
    """The optimiser's key of every weight, in an order that is the same in every process."""
    return [
        (node.id, name)
        for model in _models(nlp)
        for node in model.walk()
        for name in node.param_names
    ]


def _moments(optimizer: Optimizer) -> dict[str, dict[tuple[int, str], Any]]:
    """The optimiser's state of every weight."""
    return {
        "mom1": optimizer.mom1,
        "mom2": optimizer.mom2,
        "averages": {} if optimizer.averages is None else optimizer.averages,
        "updates": optimizer.nr_update,
    }
