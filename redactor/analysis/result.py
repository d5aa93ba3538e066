"""What an analysis of a unit says: what is redacted, what is kept, what to search a copy for."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.search_terms import value_of
from redactor.detect.lists.phrases import ListedTerms
from redactor.model import Decision, Finding, TextWindow
from redactor.text import view


@dataclass(frozen=True, slots=True)
class Removal:
    """A decision to redact, with the canonical value it removes and its normalised words.

    Of "Mr MARSH's" after "Kevin Marsh": the value "kevin marsh", the words "marsh". `text` is what
    stands in the source.
    """

    decision: Decision
    value: str = field(repr=False)
    words: str = field(repr=False)
    text: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """Return what the audit's fingerprint is made of: two removals of the same are equal.

        Of a person the words as they stand: who is meant is told by the pseudonym.
        """
        return self.words if self.decision.finding.entity == "PERSON" else self.value


@dataclass(frozen=True, slots=True)
class Retention:
    """A decision to keep, and the normalised words that stay; empty where they are not known."""

    decision: Decision
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class Analysis:
    """What is to happen in a unit, and what to look for in its copy.

    `occurrences` finds every place where a removed value, or a person who is kept, occurs.
    `spared` are entities and values that are kept with a person who is. `taken` are the names of
    placeholders that the source has already. `added` finds what reviewers added.
    """

    removals: tuple[Removal, ...]
    keeps: tuple[Retention, ...]
    taken: frozenset[str] = field(repr=False)
    occurrences: OccurrenceFinder = field(repr=False)
    spared: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    added: ListedTerms | None = field(default=None, repr=False)

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
        """Tell whether something that is removed, or somebody who is kept, occurs in a text."""
        seen = view(text)
        added = self.added.find(seen, 0, 0) if self.added else ()
        return any(True for _ in self.occurrences.find(seen)) or any(True for _ in added)

    def spares(self, finding: Finding, window: TextWindow) -> bool:
        """Tell whether what a finding covers is a value that is kept."""
        text = window.text[finding.start - window.offset : finding.end - window.offset]
        return (finding.entity, value_of(finding.entity, view(text).text)) in self.spared
