"""The accurate model as a component: its pieces, windows, candidates, and what spaCy sees of it."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from tokenizers import Tokenizer

from redactor.detect.ner import word_pieces as p
from redactor.detect.ner.component import NameEncoder, Settings, candidates
from redactor.detect.ner.encoder import LONGEST, ort, windows
from redactor.detect.ner.models import shipped

FOLDER = shipped("accurate")
CLASSES = ("O", "B-PERSON", "I-PERSON", "B-ORG", "I-ORG")
SETTINGS = Settings(CLASSES)


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(FOLDER / "name_encoder" / "tokenizer.json"))


@pytest.fixture(scope="module")
def nlp():
    return spacy.load(FOLDER)


def read(tokenizer, text):
    return next(p.pieces(tokenizer, [text]))


def people(doc):
    return [ent.text for ent in doc.ents if ent.label_ == "PERSON"]


def test_pieces_tell_the_case_of_words_and_the_gap_before(tokenizer):
    text = "Ada MARSH-b. iPad\n42nd\n\nthe"
    found = read(tokenizer, text)
    firsts = np.flatnonzero(np.diff(found.words, prepend=-1))
    seen = [
        (text[found.starts[i]], int(found.cases[i]), int(found.gaps[i])) for i in firsts.tolist()
    ]
    assert seen == [
        ("A", p.TITLE, p.PARAGRAPH),
        ("M", p.UPPER, p.SPACE),
        ("-", p.OTHER, p.TOUCHING),
        ("b", p.LOWER, p.TOUCHING),
        (".", p.OTHER, p.TOUCHING),
        ("i", p.MIXED, p.SPACE),
        ("4", p.DIGITS, p.LINE),
        ("t", p.LOWER, p.PARAGRAPH),
    ]


@given(st.text(max_size=80))
def test_pieces_cover_stretches_of_the_text_in_order(text):
    tokenizer = Tokenizer.from_file(str(FOLDER / "name_encoder" / "tokenizer.json"))
    found = read(tokenizer, text)
    assert all(0 <= s <= e <= len(text) for s, e in zip(found.starts, found.ends, strict=True))
    assert (np.diff(found.starts) >= 0).all()
    assert set(np.unique(found.cases)) <= set(range(p.CASES))
    assert set(np.unique(found.gaps)) <= set(range(p.GAPS))
    assert set(np.diff(found.words)) <= {0, 1}


@given(st.integers(0, 2_000), st.sets(st.integers(1, 1_999)))
def test_windows_believe_every_piece_once_and_stay_short(size, paragraphs):
    gaps = np.full(size, p.SPACE)
    gaps[[at for at in paragraphs if at < size]] = p.PARAGRAPH
    gaps[:1] = p.PARAGRAPH
    numbers = np.arange(size)
    found = list(windows(p.Pieces(numbers, numbers, gaps, numbers, numbers, numbers)))
    assert [i for w in found for i in range(w.first, w.last)] == list(range(size))
    for window in found:
        assert 0 <= window.start <= window.first < window.last <= window.end <= size
        assert window.end - window.start <= LONGEST


def test_neighbouring_windows_overlap_unless_a_paragraph_parts_them(tokenizer):
    found = list(windows(read(tokenizer, "word " * 500)))
    assert all(left.end > right.start for left, right in pairwise(found))
    found = list(windows(read(tokenizer, ("word " * 120 + "\n\n") * 4)))
    assert [w.start for w in found] == [0, 120, 240, 360]
    assert [w.end for w in found] == [120, 240, 360, 480]


def probabilities(*rows):
    """Rows of B-PERSON, I-PERSON, B-ORG, I-ORG; the rest is O."""
    values = np.asarray(rows, dtype=np.float32)
    return np.concatenate([1 - values.sum(1, keepdims=True), values], axis=1)


def spans(tokenizer, text, *rows):
    found = candidates(read(tokenizer, text), probabilities(*rows), SETTINGS)
    return [(text[c.start : c.end], c.label, round(c.likely, 2)) for c in found]


def test_words_that_go_on_a_name_join_it_and_a_new_beginning_parts_two(tokenizer):
    assert spans(
        tokenizer,
        "ada marsh ben vance",
        (0.9, 0.0, 0, 0),
        (0.1, 0.6, 0, 0),
        (0.8, 0.1, 0, 0),
        (0.0, 0.5, 0, 0),
    ) == [("ada marsh", "PERSON", 0.9), ("ben vance", "PERSON", 0.9)]


def test_a_person_is_told_even_where_an_organisation_is_likelier(tokenizer):
    found = spans(tokenizer, "marsh paid", (0.35, 0.0, 0.6, 0.0), (0, 0, 0, 0))
    assert found == [("marsh", "PERSON", 0.35), ("marsh", "ORG", 0.6)]


def test_unlikely_neighbours_are_told_but_do_not_join(tokenizer):
    found = spans(tokenizer, "dear ada", (0.1, 0.0, 0, 0), (0.9, 0.0, 0, 0))
    assert found == [("dear", "PERSON", 0.1), ("ada", "PERSON", 0.9)]


def test_a_bend_keeps_the_order_of_probabilities():
    settings = Settings(CLASSES, {"PERSON": (0.8, -0.4)})
    bent = [settings.calibrated("PERSON", one) for one in (0.0, 0.2, 0.5, 0.9, 1.0)]
    assert bent == sorted(bent)
    assert 0 < bent[0] < bent[-1] < 1
    assert Settings(CLASSES).calibrated("PERSON", 0.3) == pytest.approx(0.3)


def test_spacy_gets_entities_and_scored_candidates(nlp):
    doc = nlp("Yesterday Ada Marsh wrote to Ben Vance about the harbour.")
    assert people(doc) == ["Ada Marsh", "Ben Vance"]
    group = doc.spans["names"]
    assert len(group.attrs["scores"]) == len(group)
    by_text = dict(zip(map(str, group), group.attrs["scores"], strict=True))
    assert by_text["Ada Marsh"] > 0.9
    assert all(0 < score < 1 for score in group.attrs["scores"])


def test_batches_and_single_documents_agree(nlp):
    texts = ["Ada Marsh left.", "", "   ", "Ask Teodor Vance. " * 90, "Ben", "no one here"]
    alone = [people(nlp(text)) for text in texts]
    assert [people(doc) for doc in nlp.pipe(texts)] == alone


def test_a_name_on_the_edge_of_a_window_is_found(nlp):
    for before in range(120, 172, 3):
        text = "and then they said that it was so " * (before // 8) + "a " * (before % 8)
        text += "before Teodor Vance came home " + "and they ate and slept and rose again " * 20
        assert "Teodor Vance" in people(nlp(text)), before


def test_case_does_not_hide_a_name(nlp):
    sentence = "Yesterday Ada Marsh wrote a letter to Teodor Vance."
    for text in (sentence.lower(), sentence.upper()):
        assert [name.lower() for name in people(nlp(text))] == ["ada marsh", "teodor vance"]


def test_the_component_survives_bytes_and_disk(nlp, tmp_path):
    text = "Ada Marsh wrote to Ben Vance."
    nlp.to_disk(tmp_path / "copy")
    copies = [spacy.load(tmp_path / "copy")]
    made = NameEncoder()
    made.from_bytes(nlp.get_pipe("name_encoder").to_bytes())
    blank = spacy.blank("en")
    copies.append(blank)
    assert people(made(blank.make_doc(text))) == people(nlp(text))
    assert people(copies[0](text)) == people(nlp(text))


@pytest.mark.parametrize("broken", [b"", b"not a network"])
def test_a_broken_network_is_refused_without_its_text(nlp, broken):
    component = nlp.get_pipe("name_encoder")
    tokenizer = component._tokenizer
    with pytest.raises(ValueError, match="does not load"):
        NameEncoder().load(broken, tokenizer, SETTINGS)


def test_without_weights_nothing_is_passed_off_as_read():
    nlp = spacy.blank("en")
    nlp.add_pipe("name_encoder")
    with pytest.raises(ValueError, match="no weights"):
        nlp("Ada Marsh")


def test_presidio_takes_it_as_any_spacy_pipeline():
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(FOLDER)}])
    engine.load()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    text = "Yesterday Ada Marsh wrote to Teodor Vance."
    found = analyzer.analyze(text, "en", entities=["PERSON"])
    assert {text[one.start : one.end] for one in found} == {"Ada Marsh", "Teodor Vance"}


def test_the_library_that_runs_it_cannot_report_home():
    """Its later packages can; what would do it is a class that they carry."""
    library = Path(ort.__file__).parent / "capi"
    carriers = [one for one in library.glob("*.so*") if b"OneDsTelemetry" in one.read_bytes()]
    assert list(library.glob("*.so*"))
    assert not carriers
    assert os.environ["ORT_DISABLE_TELEMETRY"] == os.environ["ORT_TELEMETRY_DISABLED"] == "1"
