"""From records to windows of word pieces, with the possible classes of each piece.

Changes of case and of line ends are made on the numbers rather than on the text: the vocabulary
has no case, so a text in capitals differs from one in lower case in its `cases` alone.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from tokenizers import Tokenizer

from redactor.detect.ner import word_pieces as cases
from redactor.detect.ner.word_pieces import Numbers, Pieces, pieces
from redactor.training.corpora import DOUBT, LABELS, Corpus, Record, join
from redactor.training.encoder.classes import ANY, begins, inside, outside

LONGEST = 190  # pieces of a window
_AT_ONCE = 512  # texts tokenised together
_OPEN = frozenset({DOUBT, "ADDRESS", "HANDLE"})
_BROKEN_LINE = (9, 18)  # words on a line of wrapped text


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive pieces. `allowed` are bit masks of classes; all arrays have the same length.

    `taught` tells that a teacher knows such texts.
    """

    ids: Numbers = field(repr=False)
    cases: Numbers = field(repr=False)
    gaps: Numbers = field(repr=False)
    allowed: Numbers = field(repr=False)
    weight: float = 1.0
    taught: bool = True

    def __len__(self) -> int:
        return len(self.ids)


def windows(
    tokenizer: Tokenizer, corpus: Corpus, records: Iterable[Record], weight: float = 1.0
) -> Iterator[Window]:
    """Yield the windows of the records, none longer than `LONGEST`."""
    kept = list(records)
    for start in range(0, len(kept), _AT_ONCE):
        some = kept[start : start + _AT_ONCE]
        for record, found in zip(
            some, pieces(tokenizer, [record.text for record in some]), strict=True
        ):
            yield from _cut(found, allowed(found, record, corpus), weight)


def _cut(found: Pieces, masks: Numbers, weight: float) -> Iterator[Window]:
    count = -(-len(found) // LONGEST)
    for part in np.array_split(np.arange(len(found)), max(count, 1)):
        if len(part):
            yield Window(found.ids[part], found.cases[part], found.gaps[part], masks[part], weight)


def allowed(found: Pieces, record: Record, corpus: Corpus) -> Numbers:
    """Return the bit mask of possible classes of each piece."""
    masks = np.full(len(found), outside(corpus.unknown), dtype=np.int64)
    for span in record.spans:
        covered = np.flatnonzero((found.starts < span.end) & (found.ends > span.start))
        if span.label in _OPEN:
            masks[covered] = ANY
        elif span.label in LABELS and len(covered):
            masks[covered] = inside(span.label)
            masks[covered[0]] = begins(span.label)
    return masks


def glued(records: list[Record], rng: random.Random, *, same: bool, share: float) -> list[Record]:
    """Return records, neighbours joined at random; with `same`, only those of one document."""
    runs: list[Record] = []
    goal = 0
    for record in records:
        fits = runs and len(runs[-1].text) < goal and (not same or _kin(runs[-1], record))
        if fits:
            runs[-1] = join(runs[-1], record, " " if same and rng.random() < 0.8 else "\n")
        else:
            runs.append(record)
            goal = rng.choice((150, 300, 600, 800)) if rng.random() < share else 0
    return runs


def _kin(first: Record, second: Record) -> bool:
    return first.doc_id == second.doc_id


def changed(window: Window, rng: random.Random) -> Window:
    """Return the window unchanged, in another case or with other line ends, at random."""
    chance = rng.random()
    if chance < 0.08:
        window = _recased(window, cases.LOWER)
    elif chance < 0.14:
        window = _recased(window, cases.UPPER)
    elif chance < 0.17:
        window = _recased(window, cases.TITLE)
    elif chance < 0.21:
        window = _small_names(window)
    return _wrapped(window, rng) if rng.random() < 0.12 else window


def _recased(window: Window, case: int) -> Window:
    """Return the window with all words in one case; in capitals, an initial remains one."""
    lettered = np.isin(window.cases, (cases.LOWER, cases.TITLE, cases.UPPER, cases.MIXED))
    new = np.where(lettered, case, window.cases)
    single = window.cases == cases.INITIAL
    return replace(window, cases=np.where(single & (case == cases.LOWER), cases.LOWER, new))


def _small_names(window: Window) -> Window:
    """Return the window with names of people in lower case, and no other change."""
    person = np.isin(window.allowed, (begins("PERSON"), inside("PERSON")))
    lettered = np.isin(window.cases, (cases.TITLE, cases.UPPER, cases.MIXED, cases.INITIAL))
    return replace(window, cases=np.where(person & lettered, cases.LOWER, window.cases))


def _wrapped(window: Window, rng: random.Random) -> Window:
    """Return the window with line ends within sentences and names, as in a letter or a scan."""
    gaps = window.gaps.copy()
    spaces = np.flatnonzero(gaps == cases.SPACE)
    at = rng.randint(0, _BROKEN_LINE[1])
    while at < len(spaces):
        gaps[spaces[at]] = cases.LINE
        at += rng.randint(*_BROKEN_LINE)
    return replace(window, gaps=gaps)
