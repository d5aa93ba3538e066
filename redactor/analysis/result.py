"""The analysis of a unit: decisions to redact and to keep, and what to search its copy for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.search_terms import value_of
from redactor.detect.lists.phrases import ListedTerms
from redactor.model import Decision, Finding, TextWindow
from redactor.text import view


@dataclass(frozen=True, slots=True)
class Removal:
    """A decision to redact, with the canonical value it removes and its normalised words.

    Of "Mr MARSH's" after "Kevin Marsh": the value "kevin marsh", the words "marsh". `text` is the
    text of the source.
    """

    decision: Decision
    value: str = field(repr=False)
    words: str = field(repr=False)
    text: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """Return the input of the audit's fingerprint: equal for two removals of the same value.

        Of a person it is the words as written; the pseudonym tells who it is.
        """
        return self.words if self.decision.finding.entity == "PERSON" else self.value


@dataclass(frozen=True, slots=True)
class Retention:
    """A decision to keep, and the normalised words that are kept.

    Empty where they are not known.
    """

    decision: Decision
    words: str = field(default="", repr=False)


def is_within(forms: Iterable[str], rejected: Iterable[frozenset[str]]) -> bool:
    """Tell whether words are among those of a mention that turned out to be no person."""
    said = frozenset(forms)
    return bool(said) and any(said <= one for one in rejected)


@dataclass(frozen=True)
class Analysis:
    """The decisions for a unit, and what to search its copy for.

    `occurrences` finds every occurrence of a removed value, or of a person who is kept. `spared`
    are entities and values that are kept with their person. `taken` are the names of placeholders
    that the source has already. `added` finds what reviewers added. `rejected` are the words of
    each mention that the document says is no person.
    """

    removals: tuple[Removal, ...]
    keeps: tuple[Retention, ...]
    taken: frozenset[str] = field(repr=False)
    occurrences: OccurrenceFinder = field(repr=False)
    spared: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    added: ListedTerms | None = field(default=None, repr=False)
    rejected: tuple[frozenset[str], ...] = field(default=(), repr=False)

    @property
    def entities(self) -> frozenset[str]:
        """Return the entities that are redacted."""
        return frozenset(one.decision.finding.entity for one in self.removals)

    @property
    def codes(self) -> frozenset[str]:
        """Return the exemption codes that the copy shows."""
        decisions = (one.decision for one in self.removals)
        return frozenset(one.exemption.code for one in decisions if "code" in one.shows)

    def occurs(self, text: str) -> bool:
        """Tell whether a removed value, or a person who is kept, occurs in a text."""
        seen = view(text)
        added = self.added.find(seen, 0, 0) if self.added else ()
        return any(True for _ in self.occurrences.find(seen)) or any(True for _ in added)

    def spares(self, finding: Finding, window: TextWindow) -> bool:
        """Tell whether a finding covers a value that is kept, or words that are no person."""
        text = window.text[finding.start - window.offset : finding.end - window.offset]
        value = value_of(finding.entity, view(text).text)
        return (finding.entity, value) in self.spared or (
            finding.entity == "PERSON" and is_within(words_of(text), self.rejected)
        )
