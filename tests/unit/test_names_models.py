"""What becomes of the names that other models give: labels, scores, offsets, long texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers.ner import gliner_recognizer
from spacy.language import Language
from spacy.tokens import SpanGroup

from redactor.detect.ner.detector import SCORE, UNSURE, NameDetector, entities_of
from redactor.detect.ner.models import SpacyReader, load_pipeline, write_sums
from redactor.detect.ner.transformers import GlinerReader, TokenReader, _whole_words, windows
from redactor.detect.presidio import models as presidio
from redactor.errors import DetectionIncomplete, ModelError, PolicyError
from redactor.model import NameModel
from redactor.text import view

LONG = "Nothing of note was said that morning, and nobody minded much. " * 40


class Shouted:
    """Takes every word in capitals for a person, with a probability."""

    labels = ("PERSON",)

    def __init__(self, score):
        self._score = score

    def __call__(self, doc):
        words = [doc[token.i : token.i + 1] for token in doc if token.is_upper]
        spans = [doc.char_span(span.start_char, span.end_char, "PERSON") for span in words]
        scores = [self._score] * len(spans)
        doc.spans["names"] = SpanGroup(doc, name="names", spans=spans, attrs={"scores": scores})
        return doc


@Language.factory("shouted", default_config={"score": 0.42}, assigns=["doc.ents", "doc.spans"])
def _shouted(nlp, name, score):
    return Shouted(score)


@pytest.fixture
def applier(tmp_path):
    """Return a function that writes a pipeline of patterns, and returns it as a model."""

    def write(language="en", labels=(), score=None, **patterns):
        nlp = spacy.blank(language, meta={"name": "rules"})
        rules = [{"label": k, "pattern": text} for k, texts in patterns.items() for text in texts]
        nlp.add_pipe("entity_ruler").add_patterns(rules)
        nlp.to_disk(tmp_path / "rules")
        return NameModel(str(tmp_path / "rules"), labels=tuple(labels), score=score)

    return write


@pytest.fixture
def scored(tmp_path):
    def write(score=0.42):
        nlp = spacy.blank("en", meta={"name": "scored"})
        nlp.add_pipe("shouted", config={"score": score})
        nlp.to_disk(tmp_path / "scored")
        return NameModel(str(tmp_path / "scored"))

    return write


def found(detector, text):
    return [(text[f.start : f.end], f.entity, f.score) for f in detector.find(view(text))]


# -- probabilities ---------------------------------------------------------------------------


def test_only_what_follows_at_once_makes_a_likely_person_an_organisation(scored):
    text = "PHILIP and the Halle Orchestra met MARSH Works Ltd."
    assert found(NameDetector(scored()), text) == [
        ("PHILIP", "PERSON", 0.42),
        ("MARSH Works Ltd", "ORGANIZATION", 0.42),
    ]


def test_a_name_before_a_server_in_capitals_is_no_address(scored):
    scores = {text: score for text, _, score in found(NameDetector(scored()), "ADA@HQ A@B.ORG")}
    assert scores["ADA@HQ"] == 0.42
    assert scores["A@B.ORG"] < 0.2


# -- labels ----------------------------------------------------------------------------------


def test_the_usual_labels_of_other_packages_are_known(applier):
    model = applier("de", PER=["Anja Korrin"], GPE=["Bremen"], FAC=["Hafentor"], EVENT=["Messe"])
    text = "Frau Anja Korrin kam aus Bremen zum Hafentor auf die Messe."
    assert found(NameDetector(model), text) == [
        ("Anja Korrin", "PERSON", SCORE),
        ("Bremen", "LOCATION", SCORE),
        ("Hafentor", "LOCATION", SCORE),
    ]


def test_a_policy_says_what_a_label_means(applier):
    model = applier(
        labels=[("BADGE", "ID_NUMBER"), ("SPEAKER", "PERSON")],
        SPEAKER=["Anja Korrin"],
        BADGE=["B-7714"],
    )
    assert found(NameDetector(model), "Anja Korrin, badge B-7714, came.") == [
        ("Anja Korrin", "PERSON", SCORE),
        ("B-7714", "ID_NUMBER", SCORE),
    ]


def test_a_map_of_a_label_that_nobody_gives_is_refused(applier):
    model = applier(labels=[("PERSN", "PERSON")], PERSON=["Anja Korrin"])
    with pytest.raises(PolicyError, match="gives no label PERSN, only PERSON"):
        NameDetector(model)


def test_a_model_without_a_label_for_people_is_refused(applier):
    with pytest.raises(ModelError, match="map one of SPEAKER, TITLE to PERSON"):
        NameDetector(applier(SPEAKER=["Korrin"], TITLE=["Dr"]))


def test_a_label_of_ours_can_be_given_another_meaning():
    model = NameModel(labels=(("NORP", "PERSON"),))
    assert entities_of(frozenset({"NORP", "ORG"}), model) == {
        "NORP": "PERSON",
        "ORG": "ORGANIZATION",
    }


# -- scores ----------------------------------------------------------------------------------


def test_a_policy_scores_a_model_that_tells_no_probabilities(applier):
    model = applier(score=0.5, PERSON=["Anja Korrin", "Grace"])
    text = "Anja Korrin said grace with Grace."
    assert found(NameDetector(model), text) == [
        ("Anja Korrin", "PERSON", 0.5),
        ("Grace", "PERSON", UNSURE),
    ]


def test_probabilities_are_scores_and_the_text_is_left_as_it_is(scored):
    """Set in title case the words would not be found; unscored, ordinary words would be unsure."""
    text = "MINUTES OF\nGRACE HILL\n\nno more"
    assert found(NameDetector(scored()), text) == [
        (word, "PERSON", 0.42) for word in ("MINUTES", "OF", "GRACE", "HILL")
    ]


def test_our_model_names_read_alone_what_it_names_in_its_pipeline():
    texts = [
        "",
        "Dr. Ilse Marsh's letter (Keogh) to T.Vance/Ada Holm-Marsh; can't read.",
        "from:ilse.marsh@example.org \x1c Anna\u0085Bo (Kim) =D\u2028Lee's \u00a0 O'Neil",
    ]
    docs = list(load_pipeline(NameModel()).pipe(texts))
    piped = [
        [
            (span.start_char, span.end_char, span.label_, score)
            for span, score in zip(
                doc.spans["names"], doc.spans["names"].attrs["scores"], strict=True
            )
        ]
        for doc in docs
    ]
    assert any(piped)
    assert list(SpacyReader(NameModel()).read(texts)) == piped


def test_a_score_for_a_model_that_has_its_own_is_refused(scored):
    with pytest.raises(PolicyError, match="no effect"):
        NameDetector(replace(scored(), score=0.5))


@pytest.mark.parametrize("at", [1_990, 2_000, 7_995, 8_000, 15_999])
@pytest.mark.parametrize("gap", [" ", "\n", "x"])
def test_a_name_on_the_edge_of_a_piece_is_found(applier, scored, gap, at):
    """Wherever a long text is cut, with gaps to cut it at or none."""
    text = f"{(gap * at)[: at - 1]} KORRIN VANCE {gap * 9_000}"
    assert found(NameDetector(scored()), text) == [
        ("KORRIN", "PERSON", 0.42),
        ("VANCE", "PERSON", 0.42),
    ]
    text = text.replace("KORRIN VANCE", "Korrin Vance")
    assert found(NameDetector(applier(PERSON=["Korrin Vance"])), text) == [
        ("Korrin Vance", "PERSON", SCORE)
    ]


@pytest.mark.parametrize("score", [-0.1, 1.5])
def test_what_is_no_probability_is_never_taken_for_nothing(scored, score):
    with pytest.raises(DetectionIncomplete, match="no probability"):
        NameDetector(scored(score)).find(view("THE END"))


# -- models by way of Presidio ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "model", "words"),
    [
        (TokenReader, NameModel(".", "huggingface"), r"pip install 'redactor\[huggingface\]'"),
        (
            GlinerReader,
            NameModel(".", "gliner", (("person", "PERSON"),)),
            r"pip install 'redactor\[gliner\]'",
        ),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(monkeypatch, reader, model, words):
    monkeypatch.setattr(presidio, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=words):
        reader(model)


def test_gliner_is_told_what_to_look_for():
    with pytest.raises(PolicyError, match="labels"):
        NameDetector(NameModel(".", "gliner"))


class Lookalike:
    """Answers as a GLiNER model does, with every mention of one family."""

    asked: list[dict[str, object]] = []  # noqa: RUF012
    lengths: list[int] = []  # noqa: RUF012

    @classmethod
    def from_pretrained(cls, folder, **settings):
        cls.asked.append({"folder": folder, **settings})
        return cls()

    def predict_entities(self, text, labels, **settings):
        if "FAIL" in text:
            raise RuntimeError(text)
        self.lengths.append(len(text))
        return [
            {"start": m.start(), "end": m.end(), "label": labels[0], "score": 0.9}
            for m in re.finditer(r"\bKorrin\w*", text)
        ]


@pytest.fixture
def gliner(monkeypatch, tmp_path):
    """A stand-in for the GLiNER library, which the tests do without; Presidio's part is real."""
    Lookalike.asked.clear()
    Lookalike.lengths.clear()
    monkeypatch.setattr(gliner_recognizer, "GLiNER", Lookalike)
    monkeypatch.setattr(presidio, "find_spec", lambda name: object())
    monkeypatch.delitem(presidio.sys.modules, "huggingface_hub.constants", raising=False)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "0")
    return NameDetector(NameModel(str(tmp_path), "gliner", (("someone", "PERSON"),)))


def test_gliner_reads_only_files_at_hand(gliner, tmp_path):
    [asked] = Lookalike.asked
    assert asked["folder"] == str(tmp_path)
    assert asked["local_files_only"] is True
    assert asked["map_location"] == "cpu"
    assert presidio.os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_folder_that_is_not_as_it_was_made_is_refused(gliner, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    write_sums(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not as it was made"):
        NameDetector(NameModel(str(tmp_path), "gliner", (("someone", "PERSON"),)))


def test_gliner_reads_a_long_text_in_windows_that_fit(gliner):
    text = LONG + "Anja Korrin came. " + LONG + "So did Korrin."
    places = [(f.start, f.end) for f in gliner.find(view(text))]
    assert places == [m.span() for m in re.finditer("Korrin", text)]
    assert max(Lookalike.lengths) <= 64 * 7


def test_a_model_that_fails_is_never_taken_for_one_that_finds_nothing(gliner):
    with pytest.raises(DetectionIncomplete, match="RuntimeError") as caught:
        gliner.find(view("Anja Korrin will FAIL here."))
    assert "Korrin" not in str(caught.value)
    assert caught.value.__cause__ is None


# -- windows ---------------------------------------------------------------------------------

UNITS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=300)


@given(UNITS, st.integers(16, 80))
def test_windows_are_short_enough_and_between_them_own_every_piece_once(gaps, room):
    units, at = [], 0
    for gap, length in gaps:
        units.append((at + gap, at + gap + length))
        at += gap + length
    cut = list(windows(units, room))
    owned = [unit for _, _, start, end in cut for unit in units if start <= unit[0] < end]
    assert owned == units
    for left, right, start, end in cut:
        assert left <= start < end <= right
        assert sum(left <= unit[0] and unit[1] <= right for unit in units) <= room


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("by Korrin, then", "orr", "Korrin"),
        ("by Korrin, then", "Korrin", "Korrin"),
        ("Dvořáková sang", "ořá", "Dvořáková"),
        ("田中さんは来た", "田中", "田中"),
        ("김서연이 왔다", "김서연", "김서연"),
    ],
)
def test_a_name_takes_in_its_words_where_words_can_be_told(text, part, whole):
    start = text.index(part)
    left, right = _whole_words(text, start, start + len(part))
    assert text[left:right] == whole
