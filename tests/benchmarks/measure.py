"""Measure accuracy and speed by hand: `python tests/benchmarks/measure.py people|speed DIR`.

DIR is a folder of annotated texts, as `redactor.training.corpora` reads them. `people` scans the
dev parts document by document with everything that finds and links people, and compares with the
gold mentions, by overlap. `speed` compares the pattern layer with a stock Presidio analyzer that
has the same recognisers switched on and a tokenizer for context, in the same process.
"""

import gzip
import json
import sys
import time
from pathlib import Path

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

from redactor.config.policy import load_policy
from redactor.detect.presidio.registry import registry
from redactor.examine import Examiner
from redactor.formats import Text
from redactor.text import view

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
    examiner = Examiner(load_policy("default"))
    print("| dev part | people | recall | precision |\n|---|---|---|---|")
    for name in DEV:
        gold = touched = found = right = 0
        for text, spans in documents(folder / f"{name}.jsonl.gz"):
            decisions = examiner.examine(lambda text=text: Text.windows(text)).removals
            every = [(d.start, d.end) for d in decisions]
            persons = [(d.start, d.end) for d in decisions if d.finding.entity == "PERSON"]
            gold += len(spans)
            touched += sum(any(s < e and b < t for b, e in every) for s, t in spans)
            found += len(persons)
            right += sum(any(s < e and b < t for s, t in spans) for b, e in persons)
        print(f"| {name} | {gold} | {touched / gold:.3f} | {right / found:.3f} |")


def speed(folder):
    text = ""
    with gzip.open(folder / "gmb__all.repaired.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text += json.loads(line)["text"] + "\n"
            if len(text) > 300_000:
                break
    detectors = Examiner(load_policy("default")).detectors
    stock_nlp = SpacyNlpEngine()
    stock_nlp.nlp = {"en": spacy.blank("en")}

    stock = AnalyzerEngine(registry=registry(), nlp_engine=stock_nlp)
    pieces = [text[at : at + 10_000] for at in range(0, len(text), 10_000)]
    ways = {
        "stock analyzer": lambda piece: stock.analyze(piece, "en"),
        "presidio here": lambda piece: detectors.presidio.find(view(piece)),
        "rules": lambda piece: detectors.rules.find(view(piece)),
        "names": lambda piece: detectors.names.find(view(piece)),
    }
    for name, find in ways.items():
        begin = time.process_time()
        for piece in pieces:
            find(piece)
        print(f"{name}: {len(text) / (time.process_time() - begin) / 1e6:.3f} MB/s per core")


if __name__ == "__main__":
    {"people": people, "speed": speed}[sys.argv[1]](Path(sys.argv[2]))
