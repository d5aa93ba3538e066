"""Who opens the vault, and why: free text of the user, which is written to the log.

So it must not hold a removed value, or the log would contain it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from redactor.analysis.word_runs import texts_of, word_runs
from redactor.audit import LogDamaged, PublicKey, check, fingerprint, read, residue
from redactor.detect.coreference.search_terms import value_of
from redactor.errors import UsageError
from redactor.keys import Key
from redactor.model import Action, TextWindow
from redactor.text import normalize

LONGEST = 500
"""Characters of a reason, or of a name."""

_TELLING = 5
"""Letters and digits that are recognised also where they are grouped otherwise."""


@dataclass(frozen=True, slots=True)
class Justification:
    """Who, and why: one line each, not in the `repr`. Raises UsageError for an invalid one."""

    who: str = field(repr=False)
    reason: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, text in (("reason", self.reason), ("name (--who)", self.who)):
            if not text.strip():
                raise UsageError(f"the {name} is empty")
            if len(text) > LONGEST or not text.isprintable():
                raise UsageError(f"the {name} must be one line of at most {LONGEST} characters")

    def require_silent(self, removed: Iterable[str]) -> None:
        """Raise UsageError if it holds one of some removed texts."""
        said = [form for text in (self.who, self.reason) for form in _said(text)]
        joined = [form.replace(" ", "") for form in said]
        for text in removed:
            words = normalize(text)
            run = words.replace(" ", "")
            told = any(f" {words} " in f" {form} " for form in said) if words else False
            if told or (len(run) >= _TELLING and any(run in form for form in joined)):
                raise _told()

    def require_silent_of(self, audit: Path, key: Key) -> None:
        """Raise UsageError if it holds a value that a log records as removed."""
        residues: set[str] = set()
        prints: dict[str, set[str]] = {}
        for record in read(audit, key):
            if record["type"] == "redaction" and record["action"] != Action.KEEP.value:
                residues.add(str(record.get("residue")))
                prints.setdefault(str(record["entity"]), set()).add(str(record["fingerprint"]))
        forms = [form for text in (self.who, self.reason) for form in _said(text)]
        for window in {window for form in forms for window in word_runs(form) if _tells(window)}:
            if residue(key, window) in residues or any(
                fingerprint(key, entity, window if entity == "PERSON" else value_of(entity, window))
                in known
                for entity, known in prints.items()
            ):
                raise _told()


def _tells(words: str) -> bool:
    """Tell whether words can tell a value: a few digits are in every reference number."""
    return len(words) >= _TELLING or not words.replace(" ", "").isdigit()


def _said(text: str) -> Iterable[str]:
    """Return a text in every alternate view, folded."""
    return [normalize(said) for said in texts_of(TextWindow(0, text))]


def _told() -> UsageError:
    return UsageError(
        "the reason, or the name, holds what was removed and would put it into the log"
    )


def require_sound(audit: Path, key: Key) -> None:
    """Raise LogDamaged, KeyFileError or LogTooNew for a log that cannot be built on."""
    report = check(audit, PublicKey.of(key))
    if report.damage is not None:
        raise LogDamaged(report.sentence)
