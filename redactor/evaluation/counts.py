"""From gold and what was found to the counts of one document. Pure.

What counts as what, for the classes that are judged:

- *touched*: something removed, of whatever class, shares a character with the mention;
- *covered*: every letter and digit of the mention is removed;
- *met*: a removal of the mention's own class shares a character with it;
- *right*: the same, seen from the removal;
- *exact*: a removal of the mention's class begins and ends where it does;
- *beyond*: characters removed, under a class that is judged, that no mention of any class covers;
- *identifiers*: what mentions of one document refer to, once each. It is covered only if every
  mention of it is, as the Text Anonymization Benchmark counts (Pilán et al., 2022).

A class that gold never marks is unknown there, not absent: it is not judged, so finding it is no
false alarm.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from redactor.evaluation.gold import Document, Mention, Record

ALL = "type all"
TEXT = "text"

Counts = Counter[tuple[str, str]]
"""How often, by group (`type PERSON`, `source rule`, `identifiers DIRECT`, `text`) and by kind."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch that a system removes, its class, and who found it."""

    start: int
    end: int
    label: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A mention of which something is left. `touched` tells whether something of it goes."""

    document: Document
    record: Record
    mention: Mention
    touched: bool


class Sight:
    """One record and what was found in it, as masks: a byte a character, 1 where it is covered."""

    def __init__(self, record: Record, found: Sequence[Found], judged: frozenset[str]) -> None:
        self.record = record
        self.found = [one for one in found if one.label in judged]
        self.mentions = [mention for mention in record.mentions if mention.label in judged]
        self.removed = self._mask(found)
        self._judged = self._mask(self.found)
        self._marked = self._mask(record.mentions)
        self._spans = {(one.start, one.end, one.label) for one in self.found}
        self._found_as = {name: self._labelled(self.found, name) for name in judged}
        self._marked_as = {name: self._labelled(self.mentions, name) for name in judged}

    def _labelled(self, spans: Sequence[Found | Mention], label: str) -> bytearray:
        return self._mask(span for span in spans if span.label == label)

    def _mask(self, spans: Iterable[Found | Mention]) -> bytearray:
        mask = bytearray(len(self.record.text))
        for span in spans:
            mask[span.start : span.end] = b"\1" * (span.end - span.start)
        return mask

    def touched(self, mention: Mention) -> bool:
        """Tell whether anything of a mention is removed."""
        return _meets(mention, self.removed)

    def covered(self, mention: Mention) -> bool:
        """Tell whether every letter and digit of a mention is removed."""
        places = range(mention.start, mention.end)
        text = self.record.text
        return self.touched(mention) and all(
            self.removed[at] or not text[at].isalnum() for at in places
        )

    def met(self, mention: Mention) -> bool:
        """Tell whether a removal of its own class touches a mention."""
        return _meets(mention, self._found_as[mention.label])

    def exact(self, mention: Mention) -> bool:
        """Tell whether a removal of its own class is just the mention."""
        return (mention.start, mention.end, mention.label) in self._spans

    def right(self, found: Found) -> bool:
        """Tell whether a removal touches a mention of its class."""
        return _meets(found, self._marked_as[found.label])

    def touched_by(self, source: str) -> int:
        """Return how many mentions are touched by what a source took part in."""
        mask = self._mask(one for one in self.found if source in _families(one))
        return sum(_meets(mention, mask) for mention in self.mentions)

    @property
    def beyond(self) -> int:
        """The characters removed that nobody marked."""
        return sum(gone > marked for gone, marked in zip(self._judged, self._marked, strict=True))


def _meets(span: Found | Mention, mask: bytearray) -> bool:
    return 1 in mask[span.start : span.end]


def _families(found: Found) -> set[str]:
    """Return the sources of a removal, each also by its kind: `rule:person/titled` and `rule`."""
    return {*found.sources, *(source.split(":")[0] for source in found.sources)}


def count(
    document: Document,
    found: Sequence[Sequence[Found]],
    judged: frozenset[str],
    marked: frozenset[str],
) -> Counts:
    """Return the counts of a document, of which `found` holds the removals, record by record.

    Mentions and removals of the classes `judged` are counted, identifiers of the classes `marked`.
    """
    sights = [Sight(r, one, judged) for r, one in zip(document.records, found, strict=True)]
    counts: Counts = Counter()
    for sight in sights:
        counts.update(_of_types(sight))
        counts.update(_of_sources(sight))
        counts[TEXT, "characters"] += len(sight.record.text)
        counts[TEXT, "beyond"] += sight.beyond
    people = counts["type PERSON", "gold"]
    counts[TEXT, "documents"] = 1
    counts[TEXT, "with_people"] = int(people > 0)
    counts[TEXT, "untouched"] = int(people > counts["type PERSON", "touched"])
    counts.update(_of_identifiers(sights, marked))
    return counts


def _of_types(sight: Sight) -> Iterator[tuple[str, str]]:
    for mention in sight.mentions:
        tests = {
            "gold": True,
            "touched": sight.touched(mention),
            "covered": sight.covered(mention),
            "met": sight.met(mention),
            "exact": sight.exact(mention),
        }
        yield from _grouped(mention.label, [kind for kind, holds in tests.items() if holds])
    for found in sight.found:
        yield from _grouped(found.label, ["found", "right"] if sight.right(found) else ["found"])


def _grouped(label: str, kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((group, kind) for group in (f"type {label}", ALL) for kind in kinds)


def _of_sources(sight: Sight) -> Counts:
    """Return what each source took part in, and what it alone brought."""
    counts: Counts = Counter()
    for found in sight.found:
        for source in _families(found):
            group = f"source {source}"
            counts[group, "found"] += 1
            counts[group, "right"] += sight.right(found)
            counts[group, "alone"] += all(
                source in {one, one.split(":")[0]} for one in found.sources
            )
    for source in {source for found in sight.found for source in _families(found)}:
        counts[f"source {source}", "touched"] = sight.touched_by(source)
    return counts


def _of_identifiers(sights: Iterable[Sight], marked: frozenset[str]) -> Counts:
    """Return how many persons and things that gold calls identifying are gone, and touched."""
    referents: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for sight in sights:
        for mention in sight.record.mentions:
            if mention.kind in {"DIRECT", "QUASI"} and mention.label in marked:
                fate = sight.touched(mention), sight.covered(mention)
                referents[mention.kind, mention.refers].append(fate)
    counts: Counts = Counter()
    for (kind, _), fates in referents.items():
        group = f"identifiers {kind}"
        counts[group, "gold"] += 1
        counts[group, "touched"] += all(touched for touched, _ in fates)
        counts[group, "covered"] += all(covered for _, covered in fates)
    return counts


def misses(
    document: Document, found: Sequence[Sequence[Found]], judged: frozenset[str]
) -> Iterator[Miss]:
    """Yield the mentions of the classes `judged` of which something is left."""
    for record, one in zip(document.records, found, strict=True):
        sight = Sight(record, one, judged)
        for mention in sight.mentions:
            if not sight.covered(mention):
                yield Miss(document, record, mention, sight.touched(mention))
