"""Reviewers' words go into the log, so they must not hold a removed value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from redactor.analysis.result import Analysis
from redactor.analysis.word_runs import head, texts_of, word_runs
from redactor.config.listing import joined_problems
from redactor.errors import DecisionsError
from redactor.model import TextWindow
from redactor.text import plain

Notes = Sequence[tuple[str, str]]
"""Where each was written, and what."""


def check_notes(notes: Notes, found: Analysis) -> None:
    """Raise DecisionsError for notes that hold a removed value of a document, in any spelling."""
    if not notes:
        return
    removed = frozenset(head(one.words) for one in found.removals if one.words)
    values = frozenset(one.value for one in found.removals)

    def told(text: str) -> bool:
        swept = found.occurrences.find(plain(text))
        return not removed.isdisjoint(word_runs(text)) or any(
            one.value in values and not one.kept and one.phrase is None for one in swept
        )

    _refuse(notes, told)


def check_notes_against(notes: Notes, removed: Callable[[str], bool]) -> None:
    """Raise DecisionsError for notes that hold words that are known to have been removed."""
    _refuse(notes, lambda text: any(map(removed, word_runs(text))))


def _refuse(notes: Notes, told: Callable[[str], bool]) -> None:
    wrong = [at for at, note in notes if any(map(told, texts_of(TextWindow(0, note))))]
    if wrong:
        raise DecisionsError(
            joined_problems(
                [
                    f"{at}: the note, or the reviewer's name, holds what was removed and would put "
                    "it into the log (initials will do, or a staff number)"
                    for at in wrong
                ]
            )
        )
