"""The encoder of the accurate name model: texts to a probability for each class at each piece.

A text is read in windows of at most `LONGEST` pieces. They are cut at paragraphs where possible;
where not, neighbours overlap by `MARGIN` pieces on each side of the cut, and the probabilities of
each piece are those of the window with more context around it.

Every window runs alone. That is as fast as batches here, needs no padding and less memory, and
the result for a text does not depend on its neighbours: eight-bit activations are scaled by all
that runs together. One thread: workers are processes, and threads of several would compete.

onnxruntime is forbidden to report home by two variables: later releases than the one that is asked
for here send telemetry unless the environment forbids it before they are imported (their pull
requests 27379 and 29843), and leave a file with an identifier in the folder for temporary files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from redactor.detect.ner.word_pieces import PARAGRAPH, Pieces, pieces

os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

import onnxruntime as ort  # it reads the two once, when it is imported

LONGEST = 190  # pieces of a window; training saw no longer ones
SHORTEST = 110  # pieces before a paragraph may end a window
# Pieces that two windows share on each side of the cut.
MARGIN = 14
START, END = 101, 102  # the vocabulary's marks around a text

Probabilities = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `start:end` of a text are read; the probabilities of `first:last` are used."""

    start: int
    end: int
    first: int
    last: int


class Encoder:
    """Texts to a probability for each class at each piece. Holds no text."""

    def __init__(self, network: bytes, tokenizer: str) -> None:
        """Load the network (ONNX) and the tokenizer (JSON). Raises ValueError."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = ort.InferenceSession(network, options, ["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_str(tokenizer)
        except Exception as error:  # noqa: BLE001  # both raise types of their own, and bare ones
            raise ValueError(f"the name model does not load: {type(error).__name__}") from None
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def read(self, texts: list[str]) -> Iterator[tuple[Pieces, Probabilities]]:
        """Yield the pieces of each text and their probabilities (pieces, classes)."""
        for one in pieces(self._tokenizer, texts):
            parts = [
                self._run(one, window)[window.first - window.start : window.last - window.start]
                for window in windows(one)
            ]
            yield one, np.concatenate(parts) if parts else np.zeros((0, 0))

    def _run(self, read: Pieces, window: Window) -> Probabilities:
        """Return the probabilities of a window: (pieces, classes)."""
        inner = slice(window.start, window.end)
        feed = {
            "ids": np.concatenate([[START], read.ids[inner], [END]])[None],
            "cases": np.pad(read.cases[inner], 1)[None],
            "gaps": np.pad(read.gaps[inner], 1)[None],
            "real": np.ones((1, window.end - window.start + 2), np.int32),
        }
        scores = np.asarray(self._session.run(["scores"], feed)[0])[0, 1:-1]
        grown = np.exp(scores - scores.max(-1, keepdims=True))
        likely: Probabilities = grown / grown.sum(-1, keepdims=True)
        return likely


def windows(read: Pieces) -> Iterator[Window]:
    """Yield the windows of a text; of two that overlap, each is used up to the middle."""
    edges = list(_edges(read))
    for start, end in pairwise(edges):
        left = start if read.gaps[start] == PARAGRAPH else start - MARGIN
        last = end == len(read) or read.gaps[end] == PARAGRAPH
        right = end if last else min(end + MARGIN, len(read))
        yield Window(left, right, start, end)


def _edges(read: Pieces) -> Iterator[int]:
    """Yield the first piece of each window, and the end: after a paragraph where there is one."""
    room = LONGEST - 2 * MARGIN
    start = 0
    yield from (start for _ in read.ids[:1])
    while len(read) - start > room:
        near = np.flatnonzero(read.gaps[start + SHORTEST : start + room + 1] == PARAGRAPH)
        start += SHORTEST + int(near[-1]) if len(near) else room
        yield start
    if len(read):
        yield len(read)
