"""Our speed beside two yardsticks, in one run: stock Presidio, and the bare name model.

    python tests/benchmarks/yardsticks.py DIR [COUNT]   # DIR as for `measure.py`
    python tests/benchmarks/yardsticks.py DIR profile   # where the seconds of a redaction go

The same articles of 2,400 characters (48 or COUNT each of news, mail, court) go through each
system, without its start: redacted as files, with verification and audit; redacted and scanned as
texts at hand; scanned for e-mail addresses alone; analysed and anonymised by Presidio as it comes,
with our name model; and read by `nlp.pipe` of that model, which is the limit. Seconds are those of
the processor.
"""

from __future__ import annotations

import cProfile
import gzip
import json
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_anonymizer import AnonymizerEngine

from redactor import Key, Redactor
from redactor.audit import AuditLog
from redactor.config.policy import load_policy
from redactor.detect.ner.models import shipped
from redactor.model import Action, EntityPolicy, Job, Policy
from redactor.pipeline import RunContext, redact

LENGTH, COUNT = 2_400, 48  # characters of an article, articles of each kind
TURN = 2  # articles that a system reads before the next one's turn
CORPORA = {
    "news": ["gmb__all.repaired.jsonl.gz"],
    "mail": ["uner_ewt__dev.jsonl.gz"],
    "court": ["tab__dev.jsonl.gz", "indian_legal_ner__dev.jsonl.gz"],
}
KEY = Key(bytes(32))
Work = Callable[[list[str]], object]


def articles(paths: Iterable[Path], count: int = COUNT) -> list[str]:
    """Return articles of corpora: their rows end to end, cut at a length."""
    text = ""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            while len(text) < LENGTH * count and (row := next(rows, "")):
                text += json.loads(row)["text"] + "\n"
    return [text[at * LENGTH : (at + 1) * LENGTH] for at in range(count)]


def files(folder: Path) -> Work:
    """Return what redacts texts as files of a folder, into verified copies and an audit log."""
    (folder / "audit").mkdir(mode=0o700)
    settings = RunContext(load_policy("default"), KEY, AuditLog.create(folder / "audit", KEY))
    made = 0

    def work(texts: list[str]) -> None:
        nonlocal made
        for text in texts:
            made += 1
            source = folder / f"{made}.txt"
            source.write_text(text, "utf-8")
            outcome = redact(Job(source, folder / "out" / source.name, source.name), settings)
            if outcome.error:
                sys.exit(outcome.error)

    return work


def mail_alone() -> Policy:
    """Return a policy that removes e-mail addresses and keeps all else."""
    kept = EntityPolicy(Action.KEEP, 0.0)
    default = load_policy("default")
    entities = {"EMAIL_ADDRESS": default.entity_policies["EMAIL_ADDRESS"]}
    return replace(default, entity_policies=MappingProxyType(entities), unlisted=kept)


def stock() -> Work:
    """Return stock Presidio with our name model, analysing and anonymising in batches."""
    engine = SpacyNlpEngine()
    loaded: Any = {"en": spacy.load(shipped())}
    engine.nlp = loaded
    batch = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))
    anonymizer = AnonymizerEngine()

    def work(texts: list[str]) -> None:
        results: list[Any] = batch.analyze_iterator(texts, "en")
        for text, found in zip(texts, results, strict=True):
            anonymizer.anonymize(text, found)

    return work


def model() -> Work:
    """Return the bare name model."""
    nlp = spacy.load(shipped())
    return lambda texts: list(nlp.pipe(texts))


def systems(folder: Path) -> dict[str, Work]:
    """Return all that is measured, loaded."""
    ours, mail = Redactor(key=KEY), Redactor(policy=mail_alone(), key=KEY)
    return {
        "redact, files": files(folder),
        "redact, texts": lambda texts: [ours.redact(text) for text in texts],
        "scan": lambda texts: [ours.scan(text) for text in texts],
        "scan, e-mail alone": lambda texts: [mail.scan(text) for text in texts],
        "(a) stock Presidio": stock(),
        "(b) name model": model(),
    }


def seconds(work: Work, texts: list[str]) -> float:
    """Return the processor seconds that some work takes."""
    begin = time.process_time()
    work(texts)
    return time.process_time() - begin


def table(texts: dict[str, list[str]], folder: Path) -> None:
    """Print characters a processor second, by system and kind, and in all against (a) and (b).

    The systems take turns, a few articles each: how fast a processor is changes with its load.
    """
    works = systems(folder)
    for work in works.values():
        for some in texts.values():
            work(some[::3])  # patterns are compiled when they are first used
    took = {name: dict.fromkeys(texts, 0.0) for name in works}
    for kind, some in texts.items():
        for at in range(0, len(some), TURN):
            for name, work in works.items():
                took[name][kind] += seconds(work, some[at : at + TURN])
    speed: dict[str, list[float]] = {}
    sizes = {kind: sum(map(len, some)) for kind, some in texts.items()}
    for name, spent in took.items():
        speed[name] = [size / spent[kind] for kind, size in sizes.items()]
        speed[name].append(sum(sizes.values()) / sum(spent.values()))
    print(f"| characters a second | {' | '.join(texts)} | all | of (a) | of (b) |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    a, b = speed["(a) stock Presidio"][-1], speed["(b) name model"][-1]
    for name, row in speed.items():
        shown = " | ".join(f"{one:,.0f}" for one in row)
        print(f"| {name} | {shown} | {row[-1] / a:.2f} | {row[-1] / b:.2f} |")


def profile(texts: dict[str, list[str]], folder: Path) -> None:
    """Print the functions in which a redaction of files spends its time."""
    work = files(folder)
    every = [one for some in texts.values() for one in some]
    work(every[::12])
    with cProfile.Profile() as watched:
        work(every)
    stats = pstats.Stats(watched)
    stats.sort_stats("cumulative").print_stats("redactor", 100)
    stats.sort_stats("tottime").print_stats(40)


def main() -> None:
    """Measure, or profile."""
    folder = Path(sys.argv[1])
    told = sys.argv[2] if sys.argv[2:] else ""
    count = int(told) if told.isdigit() else COUNT
    texts = {
        kind: articles([folder / one for one in some], count) for kind, some in CORPORA.items()
    }
    with tempfile.TemporaryDirectory() as name:
        (profile if told == "profile" else table)(texts, Path(name))


if __name__ == "__main__":
    main()
