"""The lists of names as a feature: no listed word is missed, and the model carries its marks."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from thinc.api import fix_random_seed

from redactor.detect.ner import gazetteer as lists

WORDS = [f"{start}{number}a" for number in range(3_000) for start in ("vance", "ilse")]
SYMBOLS = ["mark", "case", "root", "det", "PERSON", "dep"]  # words with small numbers in spaCy


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The tokenizer alone."""
    return spacy.blank("en")


def filters(**words: list[str]) -> list[bytes]:
    """A filter for every list, most of them empty."""
    return [lists.filter_of(words.get(kind, [])) for kind in lists.KINDS]


@pytest.mark.parametrize("count", [1, 2, 7, 100, len(WORDS)])
def test_no_listed_word_is_missed(count):
    words = WORDS[:count]
    assert lists.held(lists.filter_of(words), lists.keys_of(words)).all()


def test_few_other_words_are_taken_for_listed_ones():
    strangers = lists.keys_of(f"stranger{number}" for number in range(10_000))
    assert lists.held(lists.filter_of(WORDS), strangers).mean() < 0.02


@pytest.mark.parametrize("text", ["Vance", "VANCE", "vance", "O'Dowd", "Þóra", *SYMBOLS])
def test_a_document_is_looked_up_in_any_case(nlp, text):
    doc = nlp.make_doc(text)
    keys = doc.to_array(["LOWER", "ORTH"])[:, 0]
    assert (keys == lists.keys_of(token.lower_ for token in doc)).all()
    assert lists.held(lists.filter_of([text.lower()]), keys).all()


def test_the_order_of_the_words_changes_nothing():
    assert lists.filter_of(WORDS) == lists.filter_of(reversed(WORDS + WORDS[:9]))


@pytest.mark.parametrize("listed", [b"", lists.filter_of([])])
def test_an_empty_list_holds_nothing(listed):
    assert not lists.held(listed, lists.keys_of(WORDS)).any()


def test_each_list_has_a_bit_of_its_own():
    made = filters(given=["ilse", "hope"], ordinary=["hope"])
    first, last = 1, 1 << lists.KINDS.index("ordinary")
    assert lists.marks(made, lists.keys_of(["ilse", "hope", "rain"])).tolist() == [
        first,
        first | last,
        0,
    ]


def test_features_are_the_attributes_and_the_marks(nlp):
    model = lists.list_features(["NORM", "SHAPE"], 0.2)
    lists.set_filters(model, filters(surname=["vance"]))
    docs = [nlp.make_doc("Vance ran"), nlp.make_doc(""), nlp.make_doc("Oh Vance")]
    found = model.predict(docs)
    assert [part.shape for part in found] == [(2, 3), (0, 3), (2, 3)]
    bit = 1 << lists.KINDS.index("surname")
    assert [part[:, 2].tolist() for part in found] == [[bit, 0], [], [0, bit]]
    assert (found[0][:, :2] == docs[0].to_array(["NORM", "SHAPE"])).all()


def test_no_documents_give_no_features():
    assert lists.list_features(["NORM"], 0.2).predict([]) == []


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.2, 0.8), (1.0, 0.0)])
def test_in_training_a_share_of_the_words_loses_its_marks(nlp, share, expected):
    model = lists.list_features(["NORM"], share)
    lists.set_filters(model, filters(given=WORDS))
    fix_random_seed(1)
    (found,), _ = model.begin_update([nlp.make_doc(" ".join(WORDS[:3_000]))])
    assert (found[:, 1] > 0).mean() == pytest.approx(expected, abs=0.03)


def test_all_mentions_of_a_word_lose_their_marks_together_and_another_share_next_time(nlp):
    model = lists.list_features(["NORM"], 0.5)
    lists.set_filters(model, filters(given=WORDS))
    docs = [nlp.make_doc(" ".join(WORDS[:200]))] * 2
    fix_random_seed(1)
    (first, second), _ = model.begin_update(docs)
    (third, _), _ = model.begin_update(docs)
    assert (first == second).all()
    assert (first != third).any()
    fix_random_seed(1)
    (again, _), _ = model.begin_update(docs)
    assert (first == again).all()


def pipeline() -> Language:
    """An untrained tagger over the lists."""
    embed = {"@architectures": lists.ARCHITECTURE, "width": 8, "attrs": ["NORM"], "rows": [50]}
    config = {
        "model": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {**embed, "mark_width": 4, "drop": 0.2},
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 8,
                "depth": 1,
                "window_size": 1,
                "maxout_pieces": 2,
            },
        }
    }
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config=config)
    nlp.initialize()
    return nlp


def test_the_filters_travel_with_the_pipeline(tmp_path: Path):
    nlp = pipeline()
    plain = nlp("Ilse ran").tensor.copy()
    lists.set_filters(nlp.get_pipe("tok2vec").model, filters(given=["ilse"]))
    marked = nlp("Ilse ran").tensor
    assert not np.allclose(plain, marked)
    nlp.to_disk(tmp_path / "model")
    for copy in (spacy.load(tmp_path / "model"), pipeline().from_bytes(nlp.to_bytes())):
        assert np.array_equal(copy("Ilse ran").tensor, marked)


def test_the_number_of_filters_is_checked():
    with pytest.raises(ValueError, match="1"):
        lists.set_filters(lists.list_features(["NORM"], 0.2), [b""])
