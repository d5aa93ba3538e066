"""Fine-tuning of the encoder: masked cross-entropy at every depth, averaged weights, resumable.

With teachers, the deepest head learns beside the annotation the probability that they give each
class (distillation: Hinton and others, 2015). Two that err differently, joined by their geometric
mean, are right more often than either. Of texts that they do not know, as those of other languages,
their word counts within the annotation: of what is no person they tell whether it is a place. With
the annotation alone the model learned that a greeting is one.

A run reads a set number of pieces. After the share `GOLD_FIRST` of them, all of gold texts, the
model annotates the silver news: where it disagrees with the annotation both classes are possible,
and from then on these texts are trained on too. The result is the moving average of the weights.

Every step seeds the generator with its number, and every epoch is determined by its number, so a
resumed run has the same data and dropout as an uninterrupted one; only the order in which threads
add up may change the last bit.
"""

import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from redactor.detect.ner.encoder import END, START
from redactor.detect.ner.word_pieces import Numbers
from redactor.training.encoder.classes import CLASSES
from redactor.training.encoder.data import Texts
from redactor.training.encoder.network import Encoder
from redactor.training.encoder.teacher import Teacher
from redactor.training.encoder.windows import Window

BATCH = 4_096  # pieces with padding
CHUNK = 60_000  # pieces sorted by length together
GOLD_FIRST = 0.3  # of all pieces
WARM = 0.04  # the share of pieces for warm-up
SHALLOW_WEIGHT = 0.25  # of the loss of each head but the deepest
TAUGHT = 0.85  # of the loss, where there are teachers
BOUNDED = 0.8  # weight of a text that teachers do not know, beside 1 of one that they do
SAVED_EVERY = 200  # steps
_LEAST = 1e-6  # a probability, where teachers have none for any class that is allowed
Network = Encoder | Teacher
_BITS = torch.arange(len(CLASSES))


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as tensors of one shape (count, length).

    `weights` has 0 at padding, `taught` 1 where a teacher knows the text.
    """

    ids: Tensor
    cases: Tensor
    gaps: Tensor
    real: Tensor
    allowed: Tensor
    weights: Tensor
    taught: Tensor


def batch_of(windows: Sequence[Window]) -> Batch:
    """Return windows as a padded batch, between start and end tokens."""
    shape = (len(windows), max(map(len, windows)) + 2)
    ids, kinds, gaps, real, masks = (torch.zeros(shape, dtype=torch.long) for _ in range(5))
    weights, taught = torch.zeros(shape), torch.zeros(shape)
    for row, window in enumerate(windows):
        length = len(window)
        inner = slice(1, length + 1)
        ids[row, 0], ids[row, length + 1] = START, END
        for into, values in ((ids, window.ids), (kinds, window.cases), (gaps, window.gaps)):
            into[row, inner] = torch.from_numpy(values)
        masks[row, inner] = torch.from_numpy(window.allowed)
        real[row, : length + 2] = 1
        weights[row, inner], taught[row, inner] = window.weight, float(window.taught)
    return Batch(ids, kinds, gaps, real, masks, weights, taught)


def batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Yield batches of windows of similar length; chunks are in the given order."""
    chunk: list[Window] = []
    size = 0
    for window in windows:
        chunk.append(window)
        size += len(window)
        if size >= CHUNK:
            yield from _sorted_groups(chunk)
            chunk, size = [], 0
    yield from _sorted_groups(chunk)


def _sorted_groups(chunk: list[Window]) -> list[list[Window]]:
    groups: list[list[Window]] = []
    for window in sorted(chunk, key=len):
        if groups and (len(groups[-1]) + 1) * (len(window) + 2) <= BATCH:
            groups[-1].append(window)
        else:
            groups.append([window])
    return groups[1::2] + groups[::2]


def loss_of(scores: list[Tensor], batch: Batch) -> Tensor:
    """Return the negative log probability of the allowed sets, weighted over the depths."""
    permitted = (batch.allowed[..., None] >> _BITS) & 1
    total = torch.zeros(())
    for depth, score in enumerate(scores):
        masked = log_softmax(score.float(), -1).masked_fill(permitted == 0, -1e4)
        likely = torch.logsumexp(masked, -1).clamp(max=0.0)
        weight = 1.0 if depth == len(scores) - 1 else SHALLOW_WEIGHT
        total = total - weight * (likely * batch.weights).sum() / batch.weights.sum()
    return total


def distance(score: Tensor, said: Tensor, batch: Batch) -> Tensor:
    """Return the cross-entropy of scores to what teachers say (batch, length, classes).

    Of texts that they do not know, to what they say of the classes that the annotation allows.
    """
    known = batch.taught.bool()
    target = torch.where(known[..., None], said, _bounded(said, batch))
    weights = torch.where(known, 1.0, BOUNDED) * (batch.weights > 0)
    each = -(target * log_softmax(score.float(), -1)).sum(-1)
    return (each * weights).sum() / weights.sum().clamp(min=1.0)


def _bounded(said: Tensor, batch: Batch) -> Tensor:
    """Return probabilities with those of classes that are not allowed shared out to the others."""
    permitted = (batch.allowed[..., None] >> _BITS) & 1
    kept = (said + _LEAST) * permitted
    return kept / kept.sum(-1, keepdim=True).clamp(min=_LEAST)


class Teachers:
    """Networks whose probabilities are joined by their weighted geometric mean."""

    def __init__(self, networks: Sequence[nn.Module], weights: Sequence[float]) -> None:
        self._networks, self._weights = [one.eval() for one in networks], weights

    @torch.no_grad()
    def read(self, batch: Batch) -> Tensor:
        """Return the probability of each class at each piece (batch, length, classes)."""
        joined = torch.zeros(())
        for network, weight in zip(self._networks, self._weights, strict=True):
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(batch.ids, batch.cases, batch.gaps, batch.real)[-1]
            joined = joined + weight * log_softmax(scores.float(), -1)
        return joined.softmax(-1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The number of pieces to read, the seed, and the folder of the state.

    `rate` and `rate_pieces` are the maximum learning rates of the layers and of the embeddings of
    pieces, `rate_new` that of what was not pretrained; `keep` is the decay of the moving average.
    """

    pieces: int
    seed: int
    state: Path
    rate: float = 3e-4
    rate_pieces: float = 1e-4
    rate_new: float = 3e-4
    keep: float = 0.998


class Run:
    """One training run, new or resumed."""

    def __init__(
        self, plan: Plan, texts: Texts, start: Network, teachers: Teachers | None = None
    ) -> None:
        """Resume the run whose state is in the plan's folder, or start one from a network."""
        self._plan, self._texts, self._teachers = plan, texts, teachers
        torch.manual_seed(plan.seed)
        self.model = start.train()
        self.average = deepcopy(start).eval()
        self._optimiser = torch.optim.AdamW(self._groups(), betas=(0.9, 0.98), fused=True)
        self._step = self._seen = self._pass = self._group = 0
        self._silver: list[Window] | None = None
        if (plan.state / "state.pt").exists():
            self._load()

    def _groups(self) -> list[dict[str, object]]:
        model, plan = self.model, self._plan
        pieces = list(model.pieces.parameters())
        new = [
            value for part in (model.cases, model.gaps, model.heads) for value in part.parameters()
        ]
        known = {id(one) for one in (*pieces, *new)}
        rest = [one for one in model.parameters() if id(one) not in known]
        return [
            {"params": rest, "lr": plan.rate, "top": plan.rate, "weight_decay": 0.01},
            {"params": new, "lr": plan.rate_new, "top": plan.rate_new, "weight_decay": 0.01},
            {
                "params": pieces,
                "lr": plan.rate_pieces,
                "top": plan.rate_pieces,
                "weight_decay": 0.0,
            },
        ]

    def finish(self) -> Network:
        """Train to the end of the plan and return the averaged model."""
        began, before = time.monotonic(), self._seen
        while self._seen < self._plan.pieces:
            for windows in self._groups_of_pass():
                loss = self._learn(batch_of(windows))
                self._seen += sum(map(len, windows))
                if self._step % 50 == 0:
                    speed = (self._seen - before) / (time.monotonic() - began)
                    print(f"{self._step} {self._seen} {loss:.4f} {speed:.0f}/s", flush=True)
                if self._step % SAVED_EVERY == 0:
                    self._save()
                if self._seen >= self._plan.pieces:
                    break
            self._pass, self._group = self._pass + 1, 0
        self._save()
        return self.average

    def _groups_of_pass(self) -> Iterator[list[Window]]:
        if self._silver is None and self._seen >= GOLD_FIRST * self._plan.pieces:
            self._silver = relabelled(self.average, self._texts.silver)
        if self._silver is None:
            windows = self._texts.gold(self._pass)
        else:
            windows = self._texts.with_silver(self._pass, self._silver)
        for number, group in enumerate(batches(windows)):
            if number >= self._group:
                self._group = number + 1
                yield group

    def _learn(self, batch: Batch) -> float:
        self._step += 1
        torch.manual_seed(self._plan.seed * 1_000_003 + self._step)
        self._set_rate()
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.model(batch.ids, batch.cases, batch.gaps, batch.real)
        loss = loss_of(scores, batch)
        if self._teachers:
            loss = (1.0 - TAUGHT) * loss + TAUGHT * distance(
                scores[-1], self._teachers.read(batch), batch
            )
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimiser.step()
        self._update_average()
        return loss.item()

    def _set_rate(self) -> None:
        done = self._seen / self._plan.pieces
        share = min(done / WARM, (1.0 - done) / (1.0 - WARM)) if done < 1.0 else 0.0
        for group in self._optimiser.param_groups:
            group["lr"] = group["top"] * max(share, 0.01)

    @torch.no_grad()
    def _update_average(self) -> None:
        keep = min(self._plan.keep, self._step / (self._step + 20))
        for mine, theirs in zip(self.average.parameters(), self.model.parameters(), strict=True):
            mine.lerp_(theirs, 1.0 - keep)

    def _save(self) -> None:
        self._plan.state.mkdir(parents=True, exist_ok=True)
        draft = self._plan.state / "state.draft"
        silver = None if self._silver is None else [one.allowed for one in self._silver]
        torch.save(
            {
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "at": (self._step, self._seen, self._pass, self._group),
                "silver": silver,
            },
            draft,
        )
        draft.replace(self._plan.state / "state.pt")

    def _load(self) -> None:
        state = torch.load(self._plan.state / "state.pt", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._seen, self._pass, self._group = state["at"]
        if state["silver"] is not None:
            pairs = zip(self._texts.silver, state["silver"], strict=True)
            self._silver = [replace(window, allowed=masks) for window, masks in pairs]


@torch.no_grad()
def relabelled(model: nn.Module, windows: list[Window]) -> list[Window]:
    """Return the windows with the model's class as a possible one beside the annotated."""
    made: dict[int, Window] = {}
    for group in _sorted_groups(windows):
        batch = batch_of(group)
        with torch.autocast("cpu", torch.bfloat16):
            best = model(batch.ids, batch.cases, batch.gaps, batch.real)[-1].argmax(-1)
        for row, window in enumerate(group):
            predicted: Numbers = 1 << best[row, 1 : len(window) + 1].numpy().astype(np.int64)
            made[id(window)] = replace(window, allowed=window.allowed | predicted)
    return [made[id(window)] for window in windows]
