"""Measure by hand: `python tests/benchmarks/measure.py people|speed|differential|audit DIR`.

DIR is a folder of annotated texts, as `redactor.training.corpora` reads them. `people` scans the
dev parts document by document with everything that finds and links people, and compares with the
gold mentions, by overlap. `speed` takes the pattern layer and other systems over the same news,
and over the cases of `tests/cases/evasion.jsonl` that are no names. `differential` compares, in the
files of any folder of text, what Presidio's recognisers find here with what its own engine finds,
and prints what only one of both has. `audit` takes the folder `seeds`, redacts what is in it until
there are 100,000 redactions, and says what share of the time went into the log, and how long it
takes to verify.
"""

import gzip
import json
import sys
import tempfile
import time
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


def people(folder):
    analyzer = Analyzer(load_policy("default"))
    print("| dev part | people | recall | precision |\n|---|---|---|---|")
    for name in DEV:
        gold = touched = found = right = 0
        for text, spans in documents(folder / f"{name}.jsonl.gz"):
            decisions = [one.decision for one in analyzer.analyze(text_unit(text)).removals]
            every = [(d.start, d.end) for d in decisions]
            persons = [(d.start, d.end) for d in decisions if d.finding.entity == "PERSON"]
            gold += len(spans)
            touched += sum(any(s < e and b < t for b, e in every) for s, t in spans)
            found += len(persons)
            right += sum(any(s < e and b < t for s, t in spans) for b, e in persons)
        print(f"| {name} | {gold} | {touched / gold:.3f} | {right / found:.3f} |")


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
    {"people": people, "speed": speed, "differential": differential, "audit": audit}[sys.argv[1]](
        Path(sys.argv[2])
    )
