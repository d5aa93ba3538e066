"""The making of the fast model: the teacher's word where it is allowed, and runs that go on."""

import gzip
import itertools
import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from redactor.detect.ner.gazetteer import KINDS
from redactor.training import __main__ as command
from redactor.training import build, distil, evaluate, fast, loop, members
from redactor.training.corpora import DOUBT, Corpus, Record, Span

NAMES = frozenset({"PERSON", "ORG", "LOC"})
TEXT = "Ilse Marsh met Welsh poets on Friday"


def span(mention: str, label: str) -> Span:
    """The first place of a mention in the text."""
    return Span(TEXT.index(mention), TEXT.index(mention) + len(mention), label)


def guesses(*found: tuple[str, str, float]) -> list[distil.Guess]:
    """What a teacher says of the text."""
    return [distil.Guess(span(mention, label), score) for mention, label, score in found]


def record(*found: tuple[str, str], corpus: str = "made") -> Record:
    """The text as a corpus annotates it."""
    return Record(TEXT, tuple(span(mention, label) for mention, label in found), corpus, "1")


def told(made: Record) -> list[tuple[str, str]]:
    """What the spans cover, with their labels."""
    return [(made.mention(one), one.label) for one in made.spans]


# --- the teacher -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gold", "taught", "expected"),
    [
        ([], [("Friday", "DATE", 0.8)], [("Friday", "DATE")]),
        ([], [("Friday", "DATE", 0.79)], [("Friday", DOUBT)]),
        ([], [("Friday", "DATE", 0.2)], []),
        ([], [("Ilse", "PERSON", 0.99)], []),  # people are annotated there
        ([("Welsh", "LOC")], [("Welsh", "NORP", 0.99)], [("Welsh", "LOC")]),
        (
            [("Ilse", "PERSON")],
            [("Ilse Marsh", "DATE", 0.5)],
            [("Ilse", "PERSON"), (" Marsh", DOUBT)],
        ),
        ([("Ilse", DOUBT)], [("Welsh", "NORP", 1.0)], [("Ilse", DOUBT), ("Welsh", "NORP")]),
    ],
)
def test_gold_stays_gold(gold, taught, expected):
    made = distil.filled(record(*gold), guesses(*taught), frozenset({"NORP", "DATE"}))
    assert told(made) == expected


@pytest.mark.parametrize(
    ("silver", "taught", "expected"),
    [
        ([("Welsh", "ORG")], [("Welsh", "NORP", 0.9)], [("Welsh", "NORP")]),
        ([("Welsh", "ORG")], [], []),
        ([("Marsh", "PERSON")], [], [("Marsh", DOUBT)]),
        ([("Marsh", "PERSON")], [("Ilse Marsh", "PERSON", 0.9)], [("Ilse Marsh", "PERSON")]),
        ([("Marsh", "PERSON")], [("Ilse Marsh", "PERSON", 0.5)], [("Ilse Marsh", DOUBT)]),
        ([("Friday", "ID")], [("Friday", "DATE", 0.5)], [("Friday", "ID")]),
        ([], [("Marsh", "ORG", 0.8), ("Marsh", "PERSON", 0.9)], [("Marsh", "PERSON")]),
        ([], [("Marsh", "ORG", 0.3), ("Marsh", "PERSON", 0.9)], [("Marsh", "PERSON")]),
    ],
)
def test_silver_is_the_teachers_but_no_person_is_denied(silver, taught, expected):
    assert told(distil.relabelled(record(*silver), guesses(*taught))) == expected


def test_doubts_never_overlap():
    doubtful = guesses(("Ilse Marsh", "PERSON", 0.5), ("Marsh met", "ORG", 0.4))
    spans = distil.relabelled(record(), doubtful).spans
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    assert sum(one.end - one.start for one in spans) == len("Ilse Marsh met")


class Scored:
    """A pipeline that gives probabilities, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def pipe(self, texts: list[str], batch_size: int) -> list[Doc]:
        """One person, fairly sure, and a label that no class of ours has."""
        self.asked += 1
        docs = [spacy.blank("en").make_doc(text) for text in texts]
        for doc in docs:
            spans = [doc.char_span(0, 4, "PERSON"), doc.char_span(0, 4, "EVENT")]
            attrs = {"scores": [0.6, 0.9]}
            doc.spans["names"] = SpanGroup(doc, name="names", attrs=attrs, spans=spans)
        return docs


def folder(path: Path) -> Path:
    """A pipeline that marks two names by a rule."""
    nlp = spacy.blank("en")
    rules = nlp.add_pipe("entity_ruler")
    rules.add_patterns([{"label": "PER", "pattern": "Ilse"}, {"label": "GPE", "pattern": "Quoyle"}])
    nlp.to_disk(path)
    return path


def test_probabilities_are_read_and_kept(tmp_path: Path, monkeypatch):
    scored = Scored()
    monkeypatch.setattr(spacy, "load", lambda _: scored)
    expected = [[distil.Guess(Span(0, 4, "PERSON"), 0.6)]]
    for _ in range(2):
        teacher = distil.Teacher(folder(tmp_path / "teacher"), tmp_path / "kept")
        assert teacher.guesses(["Ilse met us"]) == expected
    assert scored.asked == 1
    teacher.guesses(["Ilse met them"])
    assert scored.asked == 2


def test_a_teacher_without_probabilities_is_believed(tmp_path: Path):
    teacher = distil.Teacher(folder(tmp_path / "teacher"), tmp_path / "kept")
    (found,) = teacher.guesses(["Ilse of Quoyle"])
    assert [(guess.span.label, guess.score) for guess in found] == [("PERSON", 1.0), ("LOC", 1.0)]


@pytest.mark.parametrize(("name", "expected"), [("gmb", [("Ilse", "PERSON")]), ("uner_ewt", [])])
def test_a_corpus_is_taught_as_its_name_says(tmp_path: Path, name, expected):
    teacher = distil.Teacher(folder(tmp_path / "teacher"), tmp_path / "kept")
    (made,) = teacher.annotated(Corpus("f", name, NAMES), [record(corpus=name)])
    assert told(made) == expected


def test_silver_names_corpora_that_are_trained_on():
    assert {corpus.name for corpus in fast.TRAIN} >= distil.SILVER


# --- the words of the lists --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Vance", {"vance"}),
        ("Þóra", {"þóra", "þora"}),
        ("Anne-Marie", {"anne-marie", "anne", "marie"}),
        ("Rosa de la Cruz", {"rosa", "cruz"}),
        ("'Omar", {"omar"}),
        ("7", set()),
    ],
)
def test_forms(value, expected):
    assert set(members.forms(value)) == expected


def write_lists(names: Path) -> None:
    """Small lists of invented names."""
    names.mkdir(parents=True)
    rows = {
        "given_names": ["Ilse\tAA|F|latin", "Teodor\tus||latin", "Hope\t|F|latin"],
        "surnames": [
            "Marsh\tus||latin",
            "Marsh\tfr||latin",
            "Marsh\tall||latin",
            "Vance\tus||latin",
        ],
        "organisations": [f"Harbour Lights {c} Ltd\torganisation||" for c in "ABCDEF"],
        "places": ["New Quoyle\tcity|Nowhere|", "Hope\tcity|Nowhere|"],
    }
    for name, lines in rows.items():
        with gzip.open(names / f"{name}.tsv.gz", "wt", encoding="utf-8") as out:
            out.write("value\tattributes\tsource\n" + "".join(f"{line}\ts\n" for line in lines))


def test_members_of_the_lists(tmp_path: Path):
    write_lists(tmp_path / "names")
    found = members.members(tmp_path / "names")
    assert found.keys() == set(KINDS)
    assert found["given"] == {"ilse", "teodor", "hope"}
    assert found["usual_given"] == {"ilse"}
    assert found["usual_surname"] == {"marsh"}
    assert found["place"] == {"quoyle", "hope"}
    assert found["organisation"] == {"harbour", "lights", "ltd"}
    assert "hope" in found["ordinary"]


# --- the loop ----------------------------------------------------------------------------------


def small(tmp_path: Path) -> tuple[Language, list[Doc]]:
    """A small untrained pipeline, and documents to train it on."""
    config = spacy.util.load_config(build.CONFIG)
    config["components"]["tok2vec"]["model"]["embed"]["rows"] = [50, 50, 50, 50]
    config.to_disk(tmp_path / "config.cfg")
    nlp = build.untrained(tmp_path / "config.cfg")
    docs = [nlp.make_doc(f"Ilse Marsh met Teodor at Quoyle {n} times.") for n in range(60)]
    for doc in docs:
        doc.set_ents([doc.char_span(0, 10, "PERSON"), doc.char_span(25, 31, "LOC")])
    build.begin(nlp, docs, [b"\xff"] * len(KINDS), seed=1)
    return nlp, docs


def weights(nlp: Language) -> list[bytes]:
    """The weights of a pipeline."""
    return [pipe.model.to_bytes() for _, pipe in nlp.pipeline]


def plan(steps: int, **how: object) -> loop.Plan:
    """Few steps, with a look at every second."""
    return loop.Plan(**{"steps": steps, "seed": 3, "run": "one", "every": 2, **how})


class Stopped(Exception):
    """The run is stopped here."""


def test_a_stopped_run_ends_as_if_it_had_gone_on(tmp_path: Path):
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    nlp, docs = small(tmp_path)
    loop.train(nlp, docs, lambda _: 0.0, plan(5), tmp_path / "whole")

    def stop(_: Language) -> float:
        if (tmp_path / "parts/checkpoint.npz").exists():
            raise Stopped
        return 0.0

    with pytest.raises(Stopped):
        loop.train(small(tmp_path)[0], docs, stop, plan(5), tmp_path / "parts")
    gone_on, docs = small(tmp_path)
    loop.train(gone_on, docs, lambda _: 0.0, plan(5), tmp_path / "parts")
    assert weights(gone_on) == weights(nlp)
    assert weights(gone_on) != weights(small(tmp_path)[0])


def test_the_checkpoint_of_another_run_is_left_alone(tmp_path: Path, capsys):
    nlp, docs = small(tmp_path)
    loop.train(nlp, docs, lambda _: 0.0, plan(2), tmp_path)
    nlp, docs = small(tmp_path)
    loop.train(nlp, docs, lambda _: 0.0, plan(2, run="two"), tmp_path)
    assert "going on" not in capsys.readouterr().out


def test_the_best_is_kept_and_patience_ends(tmp_path: Path):
    scores = iter([0.1, 0.5, 0.5, 0.2, 0.9])
    nlp, docs = small(tmp_path)
    best = loop.train(nlp, docs, lambda _: next(scores), plan(20, patience=4), tmp_path)
    assert list(scores) == [0.9]
    assert spacy.load(best).pipe_names == ["tok2vec", "ner"]


def test_batches_follow_from_the_step_alone():
    lengths = [5, 90, 400, 30, 0, 60] * 9
    whole = list(itertools.islice(loop.batches(lengths, 1, 0), 40))
    late = list(itertools.islice(loop.batches(lengths, 1, 25), 15))
    assert late == whole[25:]
    seen = list(itertools.chain.from_iterable(batch for _, batch in whole))
    assert sorted(seen[: len(lengths)]) == list(range(len(lengths)))
    assert list(itertools.islice(loop.batches(lengths, 2, 0), 40)) != whole


@pytest.mark.parametrize("steps", [2, 300, 19_000])
def test_the_rate_rises_and_falls(steps):
    rates = [loop.rate(step, steps) for step in range(steps)]
    top = rates.index(max(rates))
    assert 0 < rates[-1] <= rates[top] <= 0.002
    assert rates == sorted(rates[: top + 1]) + sorted(rates[top + 1 :], reverse=True)


# --- the whole chain ---------------------------------------------------------------------------


def test_the_whole_chain(tmp_path: Path, monkeypatch, capsys):
    write_lists(tmp_path / "corpora/names")
    row = {"text": TEXT, "doc_id": "1", "spans": [{"start": 0, "end": 10, "label": "PERSON"}]}
    for name in ("gmb__all", "made__dev"):
        lines = [json.dumps(row | {"text": f"{TEXT} {name} {n}"}) + "\n" for n in range(40)]
        with gzip.open(tmp_path / f"corpora/{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(lines)
    monkeypatch.setattr(fast, "TRAIN", (Corpus("gmb__all", "gmb", NAMES),))
    for module in (fast, evaluate):
        monkeypatch.setattr(module, "DEV", (Corpus("made__dev", "made", NAMES),))
    monkeypatch.setattr(fast, "INVENTED", 0)
    monkeypatch.setattr(fast, "INVENTED_PLAIN", 5)
    arguments = ["fast", "--corpora", str(tmp_path / "corpora"), "--out", str(tmp_path / "out")]
    arguments += ["--teacher", str(folder(tmp_path / "teacher")), "--steps", "2"]
    command.main(arguments)
    first = {
        path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert spacy.load(tmp_path / "out").meta["name"] == "names_fast"
    assert b"Quoyle" not in b"".join(first.values())
    command.main(arguments)
    said = capsys.readouterr().out
    assert said.count("the teacher reads gmb") == 1
    assert "going on from step 2" in said
    assert first == {
        path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("arguments", [[], ["slow"], ["fast"], ["fast", "--corpora", "c"]])
def test_the_command_line_says_what_is_lacking(arguments):
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2


def test_the_state_lies_beside_the_result_unless_told(monkeypatch):
    asked: list[fast.Options] = []
    monkeypatch.setattr(fast, "run", asked.append)
    command.main(["fast", "--corpora", "c", "--out", "o/m", "--seed", "7"])
    command.main(["fast", "--corpora", "c", "--out", "o/m", "--state", "s", "--teacher", "t"])
    assert asked[0] == fast.Options(Path("c"), Path("o/m"), Path("o/m.state"), None, 7)
    assert asked[1] == fast.Options(Path("c"), Path("o/m"), Path("s"), Path("t"))
