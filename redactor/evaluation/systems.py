"""The measured systems: this program, and those it is compared with. Nothing is ever downloaded.

Every system hands its findings to the same policy, which says what to redact and from which score
on; so the systems differ in what they find, not in what they are asked for. Each reads one record
at a time.

- this program: the `Examiner`, that is, just what `redactor redact` would remove;
- `model:NAME`: the same with another name model;
- `stock`: Presidio as it comes, its default recognisers, patterns and context words, with the name
  model of the policy as its spaCy pipeline, so that what differs is everything but the names;
  `stock:PACKAGE` with an installed spaCy pipeline instead (`stock:en_core_web_lg` is Presidio's own
  default set-up);
- `spacy:PACKAGE`: the entities of an installed spaCy pipeline or of a folder with one, and nothing
  else. It gives no scores, so all its entities count as certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.decide import decide
from redactor.detect.ner.detector import ENTITIES
from redactor.detect.ner.models import load_pipeline
from redactor.detect.presidio.reference import StockPresidio
from redactor.errors import UsageError
from redactor.evaluation.counts import Found
from redactor.evaluation.labels import class_of
from redactor.model import Action, Decision, Finding, NameModel, Policy


@dataclass(frozen=True, slots=True)
class System:
    """A name, and a function from a text to the findings it redacts, sorted, without overlaps."""

    name: str
    find: Callable[[str], list[Found]]


def ours(analyzer: Analyzer, name: str = "redactor") -> System:
    """Return this program under a policy."""

    def find(text: str) -> list[Found]:
        return _found([one.decision for one in analyzer.analyze(text_unit(text)).removals])

    return System(name, find)


def compared(word: str, policy: Policy, rules: tuple[Path, ...]) -> System:
    """Return the system that a word of `--compare` names.

    Raises UsageError for a word that names none, ModelError for a model that is not installed.
    """
    kind, _, name = word.partition(":")
    if kind == "model" and name:
        return ours(Analyzer(replace(policy, model=NameModel.named(name)), rules), word)
    if kind == "spacy" and name:
        return _by_policy(word, policy, _entities_of(load_pipeline(NameModel(name)), word))
    if word == "stock" or (kind == "stock" and name):
        nlp = load_pipeline(NameModel(name) if name else policy.model)
        stock = StockPresidio(nlp, policy.limits.rule_seconds)
        return _by_policy(word, policy, stock.find)
    raise UsageError(
        f"--compare {word!r} is none of stock, stock:PACKAGE, spacy:PACKAGE, model:NAME"
    )


def _by_policy(name: str, policy: Policy, detect: Callable[[str], Iterable[Finding]]) -> System:
    def find(text: str) -> list[Found]:
        return _found(decide(detect(text), policy))

    return System(name, find)


def _entities_of(nlp: Language, source: str) -> Callable[[str], Iterator[Finding]]:
    def detect(text: str) -> Iterator[Finding]:
        for span in nlp(text).ents:
            if entity := ENTITIES.get(span.label_):
                yield Finding(0, span.start_char, span.end_char, entity, 1.0, source)

    return detect


def _found(decisions: Sequence[Decision]) -> list[Found]:
    return [
        Found(one.start, one.end, class_of(one.finding.entity), one.because)
        for one in decisions
        if one.action is not Action.KEEP
    ]
