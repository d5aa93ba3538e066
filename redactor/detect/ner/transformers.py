"""Hugging Face token classifiers and GLiNER models, by way of Presidio's recognisers.

Such a model has a maximum input length and silently ignores the rest. So a text is read in windows
that fit, and overlap: spans that touch the part of a window that is its own are reported, and a
span seen by two windows is reported twice, at worst with other ends.

A token classifier may label part of a word; the span is then widened to the word. In scripts
without capitals words are not separated, and the span stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from redactor.detect.ner.models import Named, check_sums, folder_of
from redactor.detect.presidio.models import gliner, token_classifier
from redactor.errors import DetectionIncomplete, ModelError, PolicyError
from redactor.model import NameModel

MARGIN = 32  # pieces that two windows have in common, on each side of the cut
LONGEST = 512  # pieces of a window, if the model takes in more
SPARE = 8  # pieces: cut out of its text, a word may come in more of them
FLOOR = 0.05  # the least probability that GLiNER reports
# Up to six letters, or a sign. GLiNER reads a window beside its labels; `_STRETCHES` of these fit
# in any script.
_STRETCH = re.compile(r"\w{1,6}|[^\w\s]")
_STRETCHES = 64
# The prefix of a tag in the BIO and BILUO schemes: "B-PER".
_PREFIX = re.compile(r"[BIESUL]-")

Cut = tuple[int, int, int, int]
"""Read `left:right`, believe what touches `start:end`."""


class TokenReader:
    """A Hugging Face token classifier.

    Needs a fast tokenizer, the only kind with character offsets.
    """

    scored = True

    def __init__(self, model: NameModel) -> None:
        """Load the model from its folder. Raises ModelError."""
        folder = folder_of(model)
        check_sums(folder)
        self._recogniser = token_classifier(folder)
        self._pipeline = _Watched(self._recogniser.ner_pipeline)
        self._recogniser.ner_pipeline = self._pipeline
        self._tokenizer = self._pipeline.inner.tokenizer
        config = self._pipeline.inner.model.config
        self.name = folder.resolve().name
        tags = (str(tag) for tag in config.id2label.values())
        self.labels = frozenset(_PREFIX.sub("", tag, count=1) for tag in tags if tag != "O")
        if 2 * len(self._tokenizer) < getattr(config, "vocab_size", 0):  # made from nothing
            raise ModelError(f"the model {self.name} is incomplete: its tokenizer is missing")
        if not self._tokenizer.is_fast:
            raise ModelError(f"the model {self.name} has a tokenizer that tells no places")
        places = getattr(config, "max_position_embeddings", None) or LONGEST
        self._room = min(LONGEST, self._tokenizer.model_max_length, places - 2)
        self._own = self._room - self._tokenizer.num_special_tokens_to_add() - SPARE
        if self._own < 2 * SPARE:
            raise ModelError(f"the model {self.name} takes in too little text")

    def read(self, texts: Iterable[str]) -> Iterator[list[Named]]:
        """Yield the names of each text. Raises DetectionIncomplete."""
        for text in texts:
            told = self._tokenizer(
                text, return_offsets_mapping=True, add_special_tokens=False, verbose=False
            )
            units = [(start, end) for start, end in told["offset_mapping"] if start < end]
            yield list(_believed(text, windows(units, self._own), self._window))

    def _window(self, text: str) -> Iterator[Named]:
        """Yield the names of one window. Raises DetectionIncomplete."""
        if len(self._tokenizer(text, verbose=False)["input_ids"]) > self._room:
            raise DetectionIncomplete("a text has more pieces than the name model takes in")
        results = self._recogniser.analyze(text, [])
        if self._pipeline.failed:
            raise DetectionIncomplete("the name model failed")
        for one in results:
            start, end = _whole_words(text, one.start, one.end)
            yield Named(start, end, str(one.entity_type), float(one.score))


class _Watched:
    """A pipeline that remembers its failures, which Presidio only logs."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.failed = False

    def __call__(self, text: str) -> Any:
        self.failed = True
        found = self.inner(text)
        self.failed = any(one.get("start") is None or one.get("end") is None for one in found)
        return found


class GlinerReader:
    """A GLiNER model, whose labels the policy must name: it finds whatever they describe."""

    scored = True

    def __init__(self, model: NameModel) -> None:
        """Load the model from its folder. Raises ModelError or PolicyError."""
        if not model.labels:
            raise PolicyError("a gliner model needs `labels`: what it is to look for")
        folder = folder_of(model)
        check_sums(folder)
        self.name = folder.resolve().name
        self.labels = frozenset(label for label, _ in model.labels)
        self._recogniser = gliner(folder, sorted(self.labels), FLOOR)

    def read(self, texts: Iterable[str]) -> Iterator[list[Named]]:
        """Yield the names of each text. Raises DetectionIncomplete."""
        for text in texts:
            units = [match.span() for match in _STRETCH.finditer(text)]
            yield list(_believed(text, windows(units, _STRETCHES), self._window))

    def _window(self, text: str) -> Iterator[Named]:
        """Yield the names of one window. Raises DetectionIncomplete."""
        try:
            results = self._recogniser.analyze(text, [])
        except Exception as error:  # noqa: BLE001  # its text may quote the document
            raise DetectionIncomplete(f"the name model failed ({type(error).__name__})") from None
        for one in results:
            yield Named(one.start, one.end, str(one.entity_type), float(one.score))


def windows(units: Sequence[tuple[int, int]], room: int) -> Iterator[Cut]:
    """Yield windows of at most `room` tokens of a text, given their character spans."""
    margin = min(MARGIN, room // 4)
    for first in range(0, len(units), room - 2 * margin):
        last = min(first + room - 2 * margin, len(units))
        left = units[max(0, first - margin)][0]
        right = units[min(last + margin, len(units)) - 1][1]
        yield left, right, units[first][0], units[last - 1][1]


def _believed(
    text: str, cut: Iterable[Cut], read: Callable[[str], Iterator[Named]]
) -> Iterator[Named]:
    """Yield the names that touch a window's own part, in positions of the text."""
    for left, right, start, end in cut:
        for one in read(text[left:right]):
            if left + one.start < end and start < left + one.end:
                yield one._replace(start=left + one.start, end=left + one.end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span widened to whole words, in scripts with capitals."""
    while 0 < start < end and _cased(text[start - 1]) and _cased(text[start]):
        start -= 1
    while start < end < len(text) and _cased(text[end]) and _cased(text[end - 1]):
        end += 1
    return start, end


def _cased(char: str) -> bool:
    """Tell whether a character is a digit, or a letter of a script with capitals."""
    return char.isdigit() or char.lower() != char.upper()
