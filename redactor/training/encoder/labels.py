"""What teachers say of a training text: a probability for each class at each piece of the student.

Two models that err differently are right more often together. The readings of both, each as
probabilities, are joined by their geometric mean, which a student then learns beside the annotation
(distillation: Hinton and others, 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from redactor.detect.ner import encoder as reader
from redactor.detect.ner.word_pieces import Pieces, pieces
from redactor.training.corpora import Corpus, Record
from redactor.training.encoder.classes import CLASSES
from redactor.training.encoder.windows import Window, cut, windows_of

Floats = NDArray[np.float32]
_AT_ONCE = 512  # texts
_BATCH = 8_192  # pieces with padding
_LEAST = 1e-6  # a probability whose logarithm is taken
_PAIRS = [
    (CLASSES.index(f"B-{label}"), CLASSES.index(f"I-{label}"))
    for label in dict.fromkeys(name[2:] for name in CLASSES[1:])
]


@dataclass(frozen=True, slots=True)
class Reading:
    """A trained network with its tokenizer, which reads texts in the windows of detection."""

    network: nn.Module
    tokenizer: Tokenizer
    pieces: Callable[[Tokenizer, list[str]], Iterator[Pieces]]
    marks: tuple[int, int]

    @torch.no_grad()
    def read(self, texts: list[str]) -> list[tuple[Pieces, Floats]]:
        """Return the pieces of each text and their probabilities (pieces, classes)."""
        found = list(self.pieces(self.tokenizer, texts))
        out = [np.zeros((len(one), len(CLASSES)), np.float32) for one in found]
        jobs = [(at, one) for at, read in enumerate(found) for one in reader.windows(read)]
        for group in _groups(sorted(jobs, key=lambda job: job[1].end - job[1].start)):
            self._fill(group, found, out)
        return list(zip(found, out, strict=True))

    def _fill(
        self, group: list[tuple[int, reader.Window]], found: list[Pieces], out: list[Floats]
    ) -> None:
        width = max(one.end - one.start for _, one in group) + 2
        ids, kinds, gaps, real = (
            torch.zeros(len(group), width, dtype=torch.long) for _ in range(4)
        )
        for row, (at, one) in enumerate(group):
            length, inner = one.end - one.start, slice(one.start, one.end)
            ids[row, 0], ids[row, length + 1] = self.marks
            read = found[at]
            for into, values in ((ids, read.ids), (kinds, read.cases), (gaps, read.gaps)):
                into[row, 1 : length + 1] = torch.from_numpy(values[inner])
            real[row, : length + 2] = 1
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.network(ids, kinds, gaps, real)[-1]
        likely = scores.float().softmax(-1).numpy()
        for row, (at, one) in enumerate(group):
            used = slice(1 + one.first - one.start, 1 + one.last - one.start)
            out[at][one.first : one.last] = likely[row, used]


def _groups(
    jobs: list[tuple[int, reader.Window]],
) -> Iterator[list[tuple[int, reader.Window]]]:
    """Yield jobs of similar length together, as many as a batch holds."""
    group: list[tuple[int, reader.Window]] = []
    for job in jobs:
        if group and (len(group) + 1) * (job[1].end - job[1].start + 2) > _BATCH:
            yield group
            group = []
        group.append(job)
    if group:
        yield group


def transferred(mine: Pieces, theirs: Pieces, likely: Floats) -> Floats:
    """Return a teacher's probabilities at the student's pieces.

    A piece takes those of the teacher's piece that holds its first character. Where it begins inside
    of that one, it is inside of the name too.
    """
    out = np.zeros((len(mine), len(CLASSES)), np.float32)
    if not len(theirs):
        out[:, 0] = 1.0
        return out
    at = (np.searchsorted(theirs.starts, mine.starts, "right") - 1).clip(0)
    out[:] = likely[at]
    inner = theirs.starts[at] < mine.starts
    for begins, inside in _PAIRS:
        out[inner, inside] += out[inner, begins]
        out[inner, begins] = 0.0
    return out


def joined(readings: Sequence[Floats]) -> NDArray[np.float16]:
    """Return the geometric mean of several readings, each (pieces, classes), scaled to a sum of 1."""
    mean = np.exp(np.mean([np.log(one + _LEAST) for one in readings], axis=0))
    return (mean / np.maximum(mean.sum(-1, keepdims=True), _LEAST)).astype(np.float16)


class Teachers:
    """Networks that read the texts of a student's windows."""

    def __init__(self, tokenizer: Tokenizer, readings: Sequence[Reading]) -> None:
        """Take the tokenizer of the student, and who teaches it."""
        self._tokenizer, self._readings = tokenizer, readings

    def windows(
        self, _: Tokenizer, corpus: Corpus, records: Iterable[Record], weight: float = 1.0
    ) -> Iterator[Window]:
        """Yield the windows of records as `windows.windows` does, with what the teachers say."""
        kept = list(records)
        for start in range(0, len(kept), _AT_ONCE):
            yield from self._labelled(kept[start : start + _AT_ONCE], corpus, weight)

    def _labelled(self, some: list[Record], corpus: Corpus, weight: float) -> Iterator[Window]:
        texts = [record.text for record in some]
        read = [one.read(texts) for one in self._readings]
        for at, (record, mine) in enumerate(
            zip(some, pieces(self._tokenizer, texts), strict=True)
        ):
            said = joined([transferred(mine, *each[at]) for each in read])
            for part, window in zip(
                cut(len(mine)), windows_of(mine, record, corpus, weight), strict=True
            ):
                yield replace(window, said=said[part])
