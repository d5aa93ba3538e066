"""Acceptance sampling: what to read, and what the answers state.

Drawn are passages of the copies, for missed values, or removals, for values that should have been
kept. There are as many as are needed so that, if none of them is bad, the bound on the share of
bad ones is met. Which ones follows from a seed and the head of the log: the same log and seed give
the same sample, on any machine, and nobody can choose what is read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from pathlib import Path

import yaml

from redactor.config.answers import Answer
from redactor.errors import SampleError
from redactor.report.copies import contexts
from redactor.report.evidence import Evidence
from redactor.report.rows import safe_cell
from redactor.review.confidence import most_bad, needed
from redactor.review.passages import Passage, passages
from redactor.review.worklist import one_line

COLUMNS = ("number", "file", "line", "passage", "sample", "answer", "note")

# A plan in a file: kind, seed, population, drawn, confidence, aim and head of the log.
_TOKEN = re.compile(
    r"(?P<kind>passages|places) (?P<seed>[0-9A-Za-z_-]{1,64}) "
    r"(?P<population>\d{1,12}) (?P<drawn>\d{1,12}) "
    r"(?P<confidence>\d{1,2}(?:\.\d{1,6})?) (?P<most>\d{1,3}(?:\.\d{1,6})?) "
    r"(?P<head>\d+:[0-9a-f]{64}:[0-9a-f]{32})"
)
_HEAD = """\
# {drawn} of {population} {what}, drawn at random. Read each one, and answer:
{answers}
# Then: redactor audit sample {audit} --answers THIS-FILE
"""


@dataclass(frozen=True, slots=True)
class _Words:
    """How a kind of sample is spoken of."""

    what: str
    answers: str
    good: str
    bad: str
    read: str
    bound: str


_WORDS: Mapping[str, _Words] = {
    "passages": _Words(
        "passages of the copies",
        "#   clean   nothing in it should have been removed\n"
        "#   miss    something in it should have been removed",
        "clean",
        "miss",
        "passages were read, {} hold a miss",
        "of passages ({}) hold something missed",
    ),
    "places": _Words(
        "removed places",
        "#   right   what stood there had to go (look it up in the source)\n"
        "#   wrong   it should have stayed",
        "right",
        "wrong",
        "removed places were looked at, {} should have stayed",
        "of removed places ({}) should have stayed",
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sample was drawn. `confidence` and `most`, the share aimed at, are in percent."""

    kind: str
    seed: str
    population: int
    drawn: int
    confidence: float
    most: float
    head: str

    def __str__(self) -> str:
        """Return the words by which a file says it."""
        numbers = f"{self.population} {self.drawn} {self.confidence:g} {self.most:g}"
        return f"{self.kind} {self.seed} {numbers} {self.head}"

    @classmethod
    def parse(cls, text: str) -> Plan:
        """Return what `str` made words of. Raises SampleError."""
        found = _TOKEN.fullmatch(text.strip())
        if found is None:
            raise SampleError("`sample` is missing, or not as it was written")
        said = found.groupdict()
        plan = cls(
            said["kind"],
            said["seed"],
            int(said["population"]),
            int(said["drawn"]),
            float(said["confidence"]),
            float(said["most"]),
            said["head"],
        )
        if not (0 < plan.drawn <= plan.population and 0 < plan.confidence < 100):
            raise SampleError("`sample` is not as it was written")
        return plan


@dataclass(frozen=True, slots=True)
class Sample:
    """A plan, and the passages that it comes to, by their numbers in the population."""

    plan: Plan
    passages: tuple[tuple[int, Passage], ...] = field(repr=False)


def draw(
    evidence: Evidence, confidence: float, most: float, seed: str, kind: str = "passages"
) -> Sample:
    """Return a sample of the passages of the copies, or of the removed `places`.

    Raises SampleError if there are none.
    """
    population = sum(1 for _ in _units(evidence, kind))
    if not population:
        raise SampleError(f"there are no {_WORDS[kind].what}")
    size = needed(population, most / 100, confidence / 100)
    plan = Plan(kind, seed, population, max(1, size), confidence, most, evidence.state.head)
    return sample(evidence, plan)


def _units(evidence: Evidence, kind: str) -> Iterator[Passage]:
    return passages(evidence) if kind == "passages" else _places(evidence)


def _places(evidence: Evidence) -> Iterator[Passage]:
    around, _ = contexts(evidence)
    for one in evidence.summary.removals:
        context = around.get((one.run, one.id))
        shown = one_line(context) if context else one.placeholder
        yield Passage(evidence.name(one.document), one.line or 1, shown)


def sample(evidence: Evidence, plan: Plan) -> Sample:
    """Return the passages that a plan comes to."""
    chosen = set(numbers(f"{plan.seed} {plan.head}", plan.population, plan.drawn))
    found = zip(count(1), _units(evidence, plan.kind), strict=False)
    return Sample(plan, tuple((at, one) for at, one in found if at in chosen))


def numbers(seed: str, population: int, drawn: int) -> list[int]:
    """Return different numbers from 1 to `population`, each as likely as any other.

    From SHA-256 over seed and a counter; what would favour small numbers is thrown away.
    """
    found: dict[int, None] = {}
    even = (1 << 256) // population * population
    for turn in count():
        if len(found) == drawn:
            return list(found)
        value = int.from_bytes(hashlib.sha256(f"{seed} {turn}".encode()).digest(), "big")
        if value < even:
            found[value % population + 1] = None
    raise AssertionError


# -- files ------------------------------------------------------------------------------------


def as_yaml(drawn: Sample, audit: str) -> bytes:
    """Return a file to fill in, as YAML."""
    plan = drawn.plan
    words = _WORDS[plan.kind]
    head = _HEAD.format(
        drawn=plan.drawn,
        population=plan.population,
        what=words.what,
        answers=words.answers,
        audit=audit,
    )
    said = yaml.safe_dump({"sample": str(plan)}, width=1 << 20) + "rows:\n"
    for number, one in drawn.passages:
        row = {"number": number, "file": one.file, "line": one.line, "passage": one.text}
        said += "\n" + yaml.safe_dump([row], sort_keys=False, allow_unicode=True, width=1 << 20)
        said += "  answer:\n  note:\n"
    return (head + said).encode("utf-8", "replace")


def as_csv(drawn: Sample) -> bytes:
    """Return a file to fill in, as CSV."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, one in drawn.passages:
        row = (number, one.file, one.line, one.text, str(drawn.plan), "", "")
        writer.writerow([safe_cell(cell) for cell in row])
    return sheet.getvalue().encode("utf-8-sig", "replace")


# -- answers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement that a sample supports: how many of all are bad at most."""

    plan: Plan
    misses: int
    most_missed: int

    @property
    def percent(self) -> float:
        """Return the bound in percent of all passages, rounded up to hundredths."""
        return ceil(self.most_missed / self.plan.population * 10_000) / 100

    @property
    def reached(self) -> bool:
        """Tell whether the bound is what was aimed at."""
        return self.most_missed * 100 <= self.plan.most * self.plan.population

    def __str__(self) -> str:
        """Return it in two sentences."""
        plan = self.plan
        words = _WORDS[plan.kind]
        read = f"{plan.drawn} of {plan.population} {words.read.format(self.misses)}."
        bound = words.bound.format(f"{self.most_missed} of {plan.population}")
        aim = "" if self.reached else "not "
        return (
            f"{read}\nWith {plan.confidence:g} % confidence at most {self.percent:.2f} % {bound}: "
            f"the aim of {plan.most:g} % was {aim}reached."
        )


def stated(answers: Sequence[Answer], plan: Plan, path: Path) -> Statement:
    """Return what the answers to a sample come to. Raises SampleError, also for one unanswered."""
    given = {answer.number: answer for answer in answers}
    twice = [a.line for a in answers if given[a.number] is not a]
    if twice:
        raise SampleError(f"{path}, line {twice[0]}: the row is answered twice")
    if len(given) != plan.drawn or not set(given).issubset(_drawn(plan)):
        raise SampleError(f"{path}: these are not the {plan.drawn} rows that were drawn")
    if missing := [answer.line for answer in answers if not answer.answer]:
        raise SampleError(
            f"{path}: {len(missing)} of {plan.drawn} rows have no answer, "
            f"the first in line {missing[0]}"
        )
    words = _WORDS[plan.kind]
    if odd := [a.line for a in answers if a.answer not in {words.good, words.bad}]:
        raise SampleError(f"{path}, line {odd[0]}: answers {words.good} or {words.bad}")
    misses = sum(answer.answer == words.bad for answer in answers)
    bound = most_bad(plan.population, plan.drawn, misses, plan.confidence / 100)
    return Statement(plan, misses, bound)


def _drawn(plan: Plan) -> frozenset[int]:
    return frozenset(numbers(f"{plan.seed} {plan.head}", plan.population, plan.drawn))


def check_against(evidence: Evidence, answers: Iterable[Answer], plan: Plan, path: Path) -> None:
    """Raise SampleError unless the passages are those of the copies that the log speaks of now."""
    if sum(1 for _ in _units(evidence, plan.kind)) != plan.population:
        raise SampleError(f"{path}: the copies are others than those that were drawn from")
    known = {at: (one.file, one.line, one.text) for at, one in sample(evidence, plan).passages}
    for answer in answers:
        if known.get(answer.number) != (answer.file, answer.at, answer.passage):
            raise SampleError(f"{path}, line {answer.line}: the row is not as it was drawn")
