"""From a model's probabilities to what is marked for a person to look at."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import SpanGroup

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.model import Job
from redactor.pipeline import RunContext, redact

POLICY = """
name: mine
about: A test.
threshold: 0.4
remove:
  PERSON: {review: 0.6}
  EMAIL_ADDRESS:
model: scored
"""
SURE = {"Anja Korrin": 0.95, "Korrin": 0.45, "Vance": 0.5, "Ruddle": 0.2, "Hexam": 0.6}


@Language.factory("knowing", assigns=["doc.ents", "doc.spans"])
class Knowing:
    """Knows some names, and how likely each is."""

    labels = ("PERSON",)

    def __init__(self, nlp, name):
        pass

    def __call__(self, doc):
        spans, scores = [], []
        for name, score in SURE.items():
            at = doc.text.find(name)
            if at >= 0 and (span := doc.char_span(at, at + len(name), "PERSON")) is not None:
                spans.append(span)
                scores.append(score)
        doc.spans["names"] = SpanGroup(doc, name="names", spans=spans, attrs={"scores": scores})
        return doc

    def to_disk(self, path, exclude=()):
        pass

    def from_disk(self, path, exclude=()):
        return self


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    nlp = spacy.blank("en", meta={"name": "scored"})
    nlp.add_pipe("knowing")
    nlp.to_disk(folder / "scored")
    (folder / "mine.yaml").write_text(POLICY)
    return folder


@pytest.fixture(scope="module")
def marks(folder):
    """Return a function from a text to what goes of it, with the reasons for review."""
    analyzer = Analyzer(load_policy(str(folder / "mine.yaml")))

    def marks(text):
        removals = [one.decision for one in analyzer.analyze(text_unit(text)).removals]
        return [(text[one.start : one.end], one.review) for one in removals]

    return marks


def test_below_the_threshold_stays_from_review_on_is_sure_between_is_marked(marks):
    assert marks("First Ruddle, then Vance, then Hexam spoke.") == [
        ("Vance", ("score",)),
        ("Hexam", ()),
    ]


def test_a_doubtful_name_goes_where_it_stands_and_is_looked_for_nowhere_else(marks):
    text = "Then Vance spoke.\n\nNobody answered Vance at all."
    assert marks(text) == [("Vance", ("score",))]
    assert len(marks(text.replace("Vance", "Hexam"))) == 2


def test_the_rest_of_the_document_can_make_a_name_sure(marks):
    """A surname alone is in doubt; that of somebody who is named in full is not."""
    assert ("Korrin", ("score",)) in marks("Then Korrin spoke.")
    found = marks("Then Korrin spoke.\n\nIt was Anja Korrin, as ever.")
    assert [text for text, _ in found] == ["Korrin", "Anja Korrin"]
    assert all("score" not in review for _, review in found)


def test_the_log_says_what_is_to_be_looked_at_and_the_outcome_counts_it(folder, tmp_path):
    source = tmp_path / "letter.txt"
    source.write_text("Then Vance spoke to Hexam.\n")
    key = Key.new()
    log = AuditLog.create(tmp_path, key)
    policy = load_policy(str(folder / "mine.yaml"))
    outcome = redact(Job(source, tmp_path / "out.txt", "letter.txt"), RunContext(policy, key, log))
    assert (outcome.error, outcome.review) == ("", 1)
    records = [r for r in read(tmp_path, key) if r["type"] == "redaction"]
    assert [(r["score"], r.get("review")) for r in records] == [(0.5, ["score"]), (0.6, None)]
