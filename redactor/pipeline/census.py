"""The first pass over a collection: which people a document names, before any copy is written."""

from __future__ import annotations

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.births import births
from redactor.analysis.own_values import own_values
from redactor.analysis.unit import Unit
from redactor.analysis.window_reader import Elsewhere
from redactor.detect.coreference.name_parser import names_in
from redactor.detect.coreference.resolver import EntityResolver
from redactor.files import open_source
from redactor.formats.tree import Reading, root
from redactor.model import Census, Job, NamedPerson
from redactor.pipeline.context import RunContext
from redactor.pipeline.units import Positions, TreeUnits

__all__ = ["census_of"]

SURE = 0.75
"""The score from which on a full name is searched for in other documents: that of a title."""


def census_of(job: Job, settings: RunContext, elsewhere: Elsewhere | None = None) -> Census:
    """Return what a document tells of the people of its collection. Raises InputError."""
    analyzer = Analyzer(settings.policy, settings.rules, elsewhere=elsewhere)
    asked = _CensusTaker(analyzer, settings.reading())
    with open_source(job.source, settings.policy.limits.file_bytes, job.at) as source:
        asked.examine(root(source, job.source.name, settings.reading()), job.source.name)
    return Census(tuple(sorted(asked.people, key=lambda one: one.text)), frozenset(asked.own))


class _CensusTaker(TreeUnits):
    """Goes through the units of a document, and notes the people whom they name in full."""

    def __init__(self, analyzer: Analyzer, reading: Reading) -> None:
        super().__init__(reading)
        self._analyzer = analyzer
        self.people: set[NamedPerson] = set()
        self.own: set[tuple[str, str]] = set()

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Take in the people of a unit."""
        del positions
        self._take_in(unit, name)

    def names(self, unit: Unit, positions: Positions) -> None:
        """Take in the people of the names and comments in a container."""
        del positions
        self._take_in(unit, "")

    def _take_in(self, unit: Unit, name: str) -> None:
        first = self._analyzer.detect(unit, name)
        kept = EntityResolver((), first.evidence.confirmed())
        own = EntityResolver((), [one.name for one in self._analyzer.policy.subjects])
        if own.names:
            self.own |= set(own_values(first.mentions, unit.text, own))
        told = births(first.mentions, unit.text)
        for mention in first.mentions:
            if self._analyzer.names(mention.finding):
                text = mention.with_titles
                born = {year for one in names_in(text) for year in told.get(one, ())}
                sure, stays = mention.finding.score >= SURE, kept.stays(text)
                if not stays or own.stays(text):
                    self.people.add(NamedPerson(text, sure, frozenset(born), kept=stays))
