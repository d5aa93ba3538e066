"""A Hugging Face token classifier, through Presidio's recogniser, from a folder.

The classifier is a very small one, made here, that knows a name by its pieces. These tests need
PyTorch and transformers, which the `huggingface` extra brings and the `test` extra does not.
"""

from __future__ import annotations

import re

import pytest

from redactor.detect.ner.detector import NameDetector
from redactor.errors import DetectionIncomplete, ModelError, PolicyError
from redactor.model import NameModel
from redactor.text import view

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "anja", "kor", "##rin", "##ri", "came", "."]
NAMES = {"anja": "B-PER", "kor": "B-PER", "##rin": "I-PER"}
PLACES = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a classifier: names are told by their pieces, "##ri" by mistake not."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(PIECES))
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=PLACES)
    tokenizer.save_pretrained(folder)
    labels = ["O", "B-PER", "I-PER"]
    config = transformers.BertConfig(
        vocab_size=len(PIECES),
        hidden_size=4,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=4,
        max_position_embeddings=PLACES,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    model = transformers.BertForTokenClassification(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        embeddings = model.bert.embeddings
        for name, module in model.named_modules():
            if name.endswith("LayerNorm"):
                module.weight.fill_(1.0)
        for number, piece in enumerate(PIECES):
            embeddings.word_embeddings.weight[number, labels.index(NAMES.get(piece, "O"))] = 1.0
        for number in range(3):
            model.classifier.weight[number, number] = 4.0
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def detector(folder):
    return NameDetector(NameModel(str(folder), "huggingface"))


def found(detector, text):
    return [(text[f.start : f.end], f.entity) for f in detector.find(view(text))]


def test_names_have_the_models_probability_and_its_own_place(detector):
    text = "came . Anja Korrin came ."
    findings = detector.find(view(text), segment=3, offset=100)
    assert {(f.start - 100, f.end - 100) for f in findings} == {(7, 11), (12, 18)}
    assert {f.segment for f in findings} == {3}
    assert {f.source for f in findings} == {"model:tiny"}
    assert all(0.9 < f.score < 1 for f in findings)


def test_a_part_of_a_word_takes_in_the_word(detector):
    """The last piece of "korrinri" is no name to the model; the word goes as a whole."""
    assert found(detector, "came korrinri .") == [("korrinri", "PERSON")]


def test_a_text_longer_than_the_model_takes_in_is_read_to_its_end(detector):
    text = " ".join(["came anja korrin ."] * 200)
    places = {(f.start, f.end) for f in detector.find(view(text))}
    covered = {at for start, end in places for at in range(start, end)}
    assert len(text.split()) > 10 * PLACES
    assert covered == {
        at for m in re.finditer("anja|korrin", text) for at in range(m.start(), m.end())
    }


def test_the_same_text_gives_the_same_findings(detector):
    text = " ".join(["came anja korrin ."] * 50)
    assert detector.find(view(text)) == detector.find(view(text))


def test_a_failure_within_is_never_taken_for_nothing(detector, monkeypatch):
    """Presidio logs what its recogniser raises, and goes on as if nothing had been found."""

    def fail(text):
        raise RuntimeError(text)

    monkeypatch.setattr(detector._model._pipeline, "inner", fail)
    with pytest.raises(DetectionIncomplete, match="failed") as caught:
        detector.find(view("Anja Korrin came ."))
    assert "Korrin" not in str(caught.value)


def test_a_map_of_a_label_that_nobody_gives_is_refused(folder):
    with pytest.raises(PolicyError, match="gives no label PRS, only PER"):
        NameDetector(NameModel(str(folder), "huggingface", (("PRS", "PERSON"),)))


def test_a_map_that_leaves_no_label_for_people_is_refused(folder):
    with pytest.raises(ModelError, match="means people"):
        NameDetector(NameModel(str(folder), "huggingface", (("PER", "USERNAME"),)))


def test_nothing_is_said_while_it_loads(folder, capfd):
    NameDetector(NameModel(str(folder), "huggingface"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "missing", ["config.json", "model.safetensors", "tokenizer.json vocab.txt"]
)
def test_an_incomplete_folder_is_refused_and_nothing_is_fetched(folder, tmp_path, missing):
    for path in folder.iterdir():
        if path.name not in missing.split():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ModelError, match="incomplete"):
        NameDetector(NameModel(str(tmp_path), "huggingface"))
