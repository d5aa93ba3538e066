"""Measure by hand: `python tests/benchmarks/measure.py people|curve|speed|differential|audit DIR`.

DIR is a folder of annotated texts, as `redactor.training.corpora` reads them. `people` scans the
dev parts document by document with everything that finds and links people, and compares with the
gold mentions, by overlap; `false` are removed spans that touch none, per 100,000 characters.
`curve` does so for several thresholds of people. `speed` takes the pattern layer and other systems
over the same news, and over the cases of `tests/cases/evasion.jsonl` that are no names.
`differential` compares, in the files of any folder of text, what Presidio's recognisers find here
with what its own engine finds, and prints what only one of both has. `audit` takes the folder
`seeds`, redacts what is in it until there are 100,000 redactions, and says what share of the time
went into the log, and how long it takes to verify.
"""

import gzip
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from patterns import differential, speed

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.audit import AuditLog, PublicKey, check
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.model import Job
from redactor.pipeline import RunContext, redact

DEV = (
    "wikigold__all",
    "uner_ewt__dev",
    "btc__dev",
    "wnut17__dev",
    "tweebank_ner__dev",
    "crossner__dev",
    "gum__dev",
    "tab__dev",
    "indian_legal_ner__dev",
)

CURVED = DEV[:5] + DEV[6:7]  # the parts whose gold names every person
THRESHOLDS = (0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.9)
REDACTIONS = 100_000
TOGETHER = 40  # sentences without a document of their own are read so many at a time


def documents(path):
    """Yield (text, spans of people) of a corpus, its sentences joined to documents."""
    text, people = "", []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            people += [
                (s["start"] + len(text), s["end"] + len(text))
                for s in row["spans"]
                if s["label"] == "PERSON"
            ]
            text += row["text"] + "\n"
            if number % TOGETHER == 0 or len(row["text"]) > 2000:
                yield text, people
                text, people = "", []
    if text:
        yield text, people


@dataclass
class People:
    """Counts over a dev part: gold mentions and those touched, removed spans and right ones."""

    gold: int = 0
    touched: int = 0
    found: int = 0
    right: int = 0
    characters: int = 0

    @property
    def recall(self):
        return self.touched / self.gold

    @property
    def precision(self):
        return self.right / self.found

    @property
    def false(self):
        return (self.found - self.right) / self.characters * 100_000

    def add(self, text, spans, decisions):
        every = [(d.start, d.end) for d in decisions]
        persons = [(d.start, d.end) for d in decisions if d.finding.entity == "PERSON"]
        self.gold += len(spans)
        self.touched += sum(any(s < e and b < t for b, e in every) for s, t in spans)
        self.found += len(persons)
        self.right += sum(any(s < e and b < t for s, t in spans) for b, e in persons)
        self.characters += len(text)


def counted(analyzer, path):
    """Return the counts of a dev part."""
    counts = People()
    for text, spans in documents(path):
        removals = analyzer.analyze(text_unit(text)).removals
        counts.add(text, spans, [one.decision for one in removals])
    return counts


def people(folder):
    analyzer = Analyzer(load_policy("default"))
    print("| dev part | people | recall | precision | false |\n|---|---|---|---|---|")
    for name in DEV:
        one = counted(analyzer, folder / f"{name}.jsonl.gz")
        print(f"| {name} | {one.gold} | {one.recall:.3f} | {one.precision:.3f} | {one.false:.0f} |")


def curve(folder):
    """Print recall, precision and false people of each dev part, threshold by threshold."""
    analyzers = [Analyzer(from_threshold(load_policy("default"), one)) for one in THRESHOLDS]
    print(f"| dev part | {' | '.join(map(str, THRESHOLDS))} |\n|---|{'---|' * len(THRESHOLDS)}")
    for name in CURVED:
        counts = [counted(one, folder / f"{name}.jsonl.gz") for one in analyzers]
        cells = (f"{one.recall:.3f} / {one.precision:.3f} / {one.false:.0f}" for one in counts)
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def from_threshold(policy, least):
    """Return a policy that removes people from a score on; one in doubt is not searched for."""
    way = policy.entity_policy("PERSON")
    way = replace(way, threshold=least, review=max(least, way.review))
    return replace(policy, entity_policies={**policy.entity_policies, "PERSON": way})


def audit(seeds):
    text = "\n".join(path.read_text("utf-8", "replace") for path in sorted(seeds.glob("*.[tm]*")))
    spent = 0.0

    def timed(log, records, append=AuditLog.append):
        nonlocal spent
        begin = time.perf_counter()
        head = append(log, records)
        spent += time.perf_counter() - begin
        return head

    with tempfile.TemporaryDirectory() as name, mock.patch.object(AuditLog, "append", timed):
        source, folder = Path(name) / "source.txt", Path(name) / "audit"
        source.write_text(text, "utf-8")
        folder.mkdir(mode=0o700)
        key = Key.new()
        settings = RunContext(load_policy("default"), key, AuditLog.create(folder, key))
        redacted = number = 0
        begin = time.perf_counter()
        while redacted < REDACTIONS:
            number += 1
            job = Job(source, Path(name) / "out" / f"{number}.txt", f"{number}.txt")
            redacted += sum(count for _, count in redact(job, settings).counts)
        whole = time.perf_counter() - begin
        begin = time.perf_counter()
        report = check(folder, PublicKey.of(key))
        verified = time.perf_counter() - begin
    print(f"{redacted} redactions in {number} documents: {whole:.0f} s, of which {spent:.2f} s")
    print(
        f"({spent / whole:.1%}) for the log; {report.records} records verified in {verified:.2f} s"
    )


if __name__ == "__main__":
    measures = (people, curve, speed, differential, audit)
    {one.__name__: one for one in measures}[sys.argv[1]](Path(sys.argv[2]))
