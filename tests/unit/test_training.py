"""The making of the name model: exact offsets, silence is not absence, no test part is read."""

import gzip
import json
import random
import re
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from redactor.detect.ner.gazetteer import KINDS
from redactor.training import build, calibrate, evaluate
from redactor.training.augment import Shares, augmented, match_case, recased, rewrite, substitute
from redactor.training.corpora import (
    DEV,
    DOUBT,
    LABELS,
    TRAIN,
    Corpus,
    Record,
    Span,
    draw,
    join,
    join_neighbours,
    mend,
    read_records,
    without_shared,
)
from redactor.training.docs import LONGEST, cut, to_doc
from redactor.training.filler import Filler, invent
from redactor.training.missing import Example, Lexicon, learn, missing_tokens
from redactor.training.names import NameLists, Person, draw_form, draw_person, is_name, read_names
from redactor.training.templates import LONE, LONE_PLAIN, NO_PEOPLE, PEOPLE

PAIRS = {"AA": (("Teodor", "Ilse"), ("Vance", "Marsh"))}
LISTS = NameLists(
    given=("Teodor", "Oyelaran", "Þóra"),
    surnames=("Vance", "O'Dowd", "Straße"),
    countries=PAIRS,
    scripts={"JP": (("葵", "蓮"), ("佐藤", "鈴木"))},
    organisations=("Harbour Lights Ltd",),
    companies=("Quoyle Works",),
    places=("Lower Quoyle",),
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The tokenizer alone."""
    return spacy.blank("en")


def record(text: str, *mentions: tuple[str, str], corpus: str = "made") -> Record:
    """A record with a span at the first place of each mention."""
    spans = [Span(text.index(m), text.index(m) + len(m), label) for m, label in mentions]
    return Record(text, tuple(sorted(spans, key=lambda s: s.start)), corpus, "1")


def mentions(made: Record) -> list[tuple[str, str]]:
    """What the spans cover, with their labels."""
    return [(made.mention(span), span.label) for span in made.spans]


def entities(doc: Doc) -> list[tuple[str, str]]:
    """The entities of a document."""
    return [(ent.text, ent.label_) for ent in doc.ents]


# --- corpora ---------------------------------------------------------------------------------


def test_no_official_test_part_is_named() -> None:
    files = [corpus.file for corpus in (*TRAIN, *DEV)]
    assert not [file for file in files if "test" in file]


def test_no_file_is_both_trained_on_and_tuned_on() -> None:
    assert not {corpus.file for corpus in TRAIN} & {corpus.file for corpus in DEV}


def test_train_parts_are_train_or_whole_corpora() -> None:
    parts = {corpus.file.split("__")[1].split(".")[0] for corpus in TRAIN}
    assert parts == {"train", "all", "generated_large", "synth_v2"}


def test_a_corpus_leaves_unknown_what_it_does_not_annotate() -> None:
    corpus = Corpus("f", "n", frozenset({"PERSON", "ORG"}))
    assert corpus.unknown == {"LOC", "NORP", "DATE"}


def test_read_records_reads_and_orders(tmp_path: Path) -> None:
    row = {
        "text": "Ilse met Teodor.",
        "spans": [
            {"start": 9, "end": 15, "label": "PERSON", "orig": "PER"},
            {"start": 0, "end": 4, "label": "PERSON", "orig": "PER"},
        ],
        "doc_id": None,
    }
    with gzip.open(tmp_path / "f.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")
    (found,) = read_records(tmp_path, Corpus("f", "n", frozenset({"PERSON"})))
    assert mentions(found) == [("Ilse", "PERSON"), ("Teodor", "PERSON")]


@pytest.mark.parametrize(
    ("corpus", "mention", "label"),
    [
        ("contextual_anonymizer", "Quoyle Systems", "ORG"),
        ("contextual_anonymizer", "Ilse Marsh", "PERSON"),
        ("contextual_anonymizer", "she", None),
        ("gum", "Fellow of the Quoyle Society", DOUBT),
        ("gum", "Ilse Marsh", "PERSON"),
        ("re3d", "Minister for Rain", DOUBT),
        ("uner_ewt", "Minister", "PERSON"),
    ],
)
def test_mend(corpus: str, mention: str, label: str | None) -> None:
    made = mend(record(f"Yes, {mention} is here", (mention, "PERSON"), corpus=corpus))
    assert mentions(made) == ([(mention, label)] if label else [])


def test_shared_texts_are_dropped_from_train() -> None:
    train = [record("The  same text."), record("Another.")]
    kept = without_shared(train, [record("the same text.")])
    assert [r.text for r in kept] == ["Another."]


def test_draw_takes_half_with_people() -> None:
    people = [record(f"Ilse {n}", ("Ilse", "PERSON")) for n in range(50)]
    others = [record(f"rain {n}") for n in range(50)]
    drawn = draw(people + others, 20, random.Random(1))
    assert sum(r.has("PERSON") for r in drawn) == 10
    assert len(drawn) == 20


def test_join_moves_the_second_spans() -> None:
    made = join(record("Ilse.", ("Ilse", "PERSON")), record("O Vance", ("Vance", "PERSON")), "\n")
    assert made.text == "Ilse.\nO Vance"
    assert mentions(made) == [("Ilse", "PERSON"), ("Vance", "PERSON")]


def test_neighbours_of_other_documents_stay_apart() -> None:
    first, second = Record("One.", (), "c", "a"), Record("Two.", (), "c", "b")
    assert len(join_neighbours([first, second] * 9, random.Random(1))) == 18


# --- documents and missing classes -----------------------------------------------------------


def test_spans_become_entities(nlp: Language) -> None:
    made = record("Mr Teodor Vance, of Quoyle", ("Teodor Vance", "PERSON"), ("Quoyle", "LOC"))
    doc = to_doc(Example(nlp.make_doc(made.text), made, frozenset()), Lexicon({}))
    assert entities(doc) == [("Teodor Vance", "PERSON"), ("Quoyle", "LOC")]
    assert doc[0].ent_iob_ == "O"


def test_a_span_a_little_off_the_token_edges_is_widened(nlp: Language) -> None:
    made = record("I saw @Harbour Lights", ("Harbour Lights", "ORG"))
    doc = to_doc(Example(nlp.make_doc(made.text), made, frozenset()), Lexicon({}))
    assert entities(doc) == [("@Harbour Lights", "ORG")]


def test_a_span_deep_inside_a_token_is_left_open(nlp: Language) -> None:
    made = record("see teodorvance@example.org", ("vance", "PERSON"))
    doc = to_doc(Example(nlp.make_doc(made.text), made, frozenset()), Lexicon({}))
    assert not doc.ents
    assert doc[1].ent_iob == 0


@pytest.mark.parametrize("label", ["ADDRESS", DOUBT])
def test_addresses_and_doubts_are_missing(nlp: Language, label: str) -> None:
    made = record("at 4 Vance Road now", ("4 Vance Road", label))
    doc = to_doc(Example(nlp.make_doc(made.text), made, frozenset()), Lexicon({}))
    assert [token.ent_iob_ for token in doc] == ["O", "", "", "", "O"]


@pytest.mark.parametrize("label", ["HANDLE", "EMAIL", "PHONE", "ID"])
def test_what_the_rules_find_is_outside(nlp: Language, label: str) -> None:
    made = record("call 555 now", ("555", label))
    doc = to_doc(Example(nlp.make_doc(made.text), made, frozenset()), Lexicon({}))
    assert [token.ent_iob_ for token in doc] == ["O", "O", "O"]


def test_the_lexicon_learns_only_where_a_class_is_annotated(nlp: Language) -> None:
    dated = [record(f"On Friday we left {n}", ("Friday", "DATE")) for n in range(4)]
    silent = [record("Friday Friday Friday Friday Friday")] * 9
    found = learn(
        [Example(nlp.make_doc(r.text), r, frozenset()) for r in dated]
        + [Example(nlp.make_doc(r.text), r, frozenset({"DATE"})) for r in silent]
    )
    assert found.words["DATE"] == {"Friday"}


def test_words_of_an_unannotated_class_are_missing(nlp: Language) -> None:
    made = record("On May 4, we met Welsh poets")
    lexicon = Lexicon({"DATE": frozenset({"May"}), "NORP": frozenset({"Welsh"})})
    example = Example(nlp.make_doc(made.text), made, frozenset({"DATE", "NORP"}))
    opened = missing_tokens(example, lexicon)
    assert [example.doc[i].text for i in sorted(opened)] == ["May", "4", ",", "Welsh"]


def test_nothing_is_missing_where_the_class_is_annotated(nlp: Language) -> None:
    made = record("On May 4, we met")
    example = Example(nlp.make_doc(made.text), made, frozenset())
    assert not missing_tokens(example, Lexicon({"DATE": frozenset({"May"})}))


def test_long_records_are_cut_and_lose_nothing(nlp: Language) -> None:
    made = record("Rain fell on Quoyle. " * 200 + "Ilse Marsh saw it.", ("Ilse Marsh", "PERSON"))
    pieces = list(cut(nlp, made))
    assert "".join(piece.text for piece in pieces) == made.text
    assert max(len(nlp.make_doc(piece.text)) for piece in pieces) <= LONGEST
    assert mentions(pieces[-1]) == [("Ilse Marsh", "PERSON")]


def test_a_cut_never_splits_a_span(nlp: Language) -> None:
    name = " ".join(["Vance"] * 30)
    made = record("word " * (LONGEST - 10) + name + " end" * 40, (name, "PERSON"))
    assert [m for piece in cut(nlp, made) for m in mentions(piece)] == [(name, "PERSON")]


# --- augmentation ----------------------------------------------------------------------------


def test_rewrite_keeps_every_offset_exact() -> None:
    made = record("Ilse and Teodor at Quoyle", *[(m, "PERSON") for m in ("Ilse", "Teodor")])
    new = rewrite(made, {0: "Oyelaran van der Vance", 1: "葵"})
    assert new.text == "Oyelaran van der Vance and 葵 at Quoyle"
    assert mentions(new) == [("Oyelaran van der Vance", "PERSON"), ("葵", "PERSON")]


@pytest.mark.parametrize("seed", range(30))
def test_substitution_changes_names_and_nothing_else(seed: int) -> None:
    made = record("Dr Anna Q. Bell met BELL at Quoyle", ("Anna Q. Bell", "PERSON"))
    new = substitute(made, LISTS, random.Random(seed))
    assert new.text == f"Dr {new.mention(new.spans[0])} met BELL at Quoyle"
    assert "Anna" not in new.text


def test_one_name_stays_one_name() -> None:
    made = Record("Ann Bell. Bell.", (Span(0, 8, "PERSON"), Span(10, 14, "PERSON")), "made", "1")
    for seed in range(20):
        new = substitute(made, LISTS, random.Random(seed))
        full, last = (text for text, _ in mentions(new))
        assert last in full or last.isascii() != full.isascii()


@pytest.mark.parametrize(
    ("model", "expected"),
    [("BELL", "VANCE"), ("bell", "vance"), ("Bell", "Vance"), ("B.", "Vance")],
)
def test_match_case(model: str, expected: str) -> None:
    assert match_case("Vance", model) == expected


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_recasing_keeps_the_length(change) -> None:
    made = record("Straße and İlse met", ("İlse", "PERSON"))
    new = recased(made, change)
    assert len(new.text) == len(made.text)
    assert new.spans == made.spans


def test_repetitive_corpora_always_change_names() -> None:
    made = record("Hi Zebedee", ("Zebedee", "PERSON"), corpus="contextual_anonymizer")
    grown = augmented([made] * 20, LISTS, Shares(), random.Random(1))
    assert not [r for r in grown if "zebedee" in r.text.lower()]


def test_augmentation_is_decided_by_the_seed() -> None:
    made = [record(f"Ilse {n}", ("Ilse", "PERSON")) for n in range(50)]
    first, second = (augmented(made, LISTS, Shares(), random.Random(7)) for _ in range(2))
    assert first == second
    assert len(first) > len(made)


# --- names and templates ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "names"),
    [("Vance", 1), ("O'Dowd", 1), ("Þóra", 1), ("van", 0), ("The", 0), ("J. P.", 0), ("X" * 30, 0)],
)
def test_is_name(value: str, names: int) -> None:
    assert is_name(value) == names


@pytest.mark.parametrize("words", [1, 2, 3])
def test_forms_have_about_as_many_words(words: int) -> None:
    person = Person("Teodor", "Vance", "Ilse")
    for seed in range(30):
        assert abs(len(draw_form(person, words, random.Random(seed)).split()) - words) <= 1


def test_names_of_some_scripts_are_written_without_a_space() -> None:
    people = [draw_person(LISTS, random.Random(seed)) for seed in range(200)]
    assert any(person.full in {"佐藤葵", "佐藤蓮", "鈴木葵", "鈴木蓮"} for person in people)


def test_name_lists_are_read(tmp_path: Path) -> None:
    rows = {
        "given_names": "Teodor\tAA|M|latin\ts\nthe\t|M|latin\ts\n葵\tJP||local\ts\n",
        "surnames": "Vance\tAA||latin\ts\n佐藤\tJP||local\ts\n",
        "organisations": "Harbour Lights Ltd\torganisation||\ts\n7\torganisation||\ts\n",
        "places": "Lower Quoyle\tcity|Nowhere|\ts\n",
    }
    for name, body in rows.items():
        with gzip.open(tmp_path / f"{name}.tsv.gz", "wt", encoding="utf-8") as out:
            out.write("value\tattributes\tsource\n" + body)
    lists = read_names(tmp_path)
    assert lists.given == ("Teodor",)
    assert lists.scripts == {"JP": (("葵",), ("佐藤",))}
    assert lists.organisations == ("Harbour Lights Ltd",)


def test_every_template_fills() -> None:
    for template in sorted({*PEOPLE, *NO_PEOPLE, *LONE, *LONE_PLAIN}):
        made = Filler(LISTS, random.Random(1)).fill(template)
        assert not re.search(r"\{\w{1,2}\}", made.text), template
        assert all(made.mention(span).strip() == made.mention(span) != "" for span in made.spans)
        assert made.has("PERSON") == (template in {*PEOPLE, *LONE}), template
        assert {span.label for span in made.spans} <= set(LABELS), template


def test_a_numbered_person_recurs() -> None:
    made = Filler(LISTS, random.Random(1)).fill("{G1} {S1} {F1}")
    given, surname, full = (text for text, _ in mentions(made))
    assert f"{given} {surname}" == full


def test_titles_stay_outside_the_span() -> None:
    made = Filler(LISTS, random.Random(1)).fill("{T} {S}")
    assert made.spans[0].start > 0


def test_invented_mail_goes_to_example_hosts() -> None:
    texts = [r.text for r in invent(LISTS, random.Random(1), people=300, others=100)]
    mails = [word for text in texts for word in text.split() if "@" in word and "." in word]
    assert mails
    assert all("@example.org" in mail for mail in mails)


# --- measures, and the whole chain -------------------------------------------------------------


def annotated(nlp: Language, text: str, *marks: tuple[str, str]) -> Doc:
    """A document with these entities; the label "-" leaves the words open."""
    doc = nlp.make_doc(text)
    spans = {
        mention: doc.char_span(text.index(mention), text.index(mention) + len(mention), label)
        for mention, label in marks
    }
    entities = [span for span in spans.values() if span.label_ != "-"]
    doc.set_ents(entities, missing=[span for span in spans.values() if span.label_ == "-"])
    return doc


def test_touch_counts_overlap_and_skips_what_is_missing(nlp: Language) -> None:
    text = "Ilse Marsh saw Vance in Quoyle by Teodor"
    gold = annotated(nlp, text, ("Ilse Marsh", "PERSON"), ("Vance", "PERSON"), ("Teodor", "-"))
    people = [(name, "PERSON") for name in ("Marsh", "Quoyle", "Teodor")]
    counted = evaluate.overlaps(gold, annotated(nlp, text, *people))
    assert counted == evaluate.OverlapCounts(gold=2, found=1, predicted=2, right=1)
    assert (counted.recall, counted.precision) == (0.5, 0.5)


def test_the_score_leans_to_recall() -> None:
    cautious = evaluate.OverlapCounts(gold=10, found=5, predicted=5, right=5)
    eager = evaluate.OverlapCounts(gold=10, found=10, predicted=20, right=10)
    assert eager.f_beta > cautious.f_beta


def test_empty_counts_are_zero() -> None:
    none = evaluate.OverlapCounts()
    assert (none.recall, none.precision, none.f_beta) == (0, 0, 0)


def test_a_stripped_model_finds_the_same_and_holds_no_corpus_word(tmp_path: Path) -> None:
    trained = build.untrained()
    trained.vocab.strings.add("Zorbamund")
    build.begin(trained, [trained.make_doc("Ilse met Teodor.")], [b"\xff"] * len(KINDS), seed=1)
    text = "Zorbamund Vance wrote from Quoyle"
    expected = entities(trained(text))
    build.publish(build.strip(trained), tmp_path / "model")
    assert entities(spacy.load(tmp_path / "model")(text)) == expected
    assert "Zorbamund" not in (tmp_path / "model/vocab/strings.json").read_text(encoding="utf-8")
    assert "/" not in (tmp_path / "model/config.cfg").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "model/meta.json").read_text())["name"] == "names_fast"


def test_leaning_adds_to_the_actions_that_begin_a_person_only() -> None:
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("ner")
    for label in LABELS:
        ner.add_label(label)
    nlp.initialize()
    before = ner.model.get_ref("upper").get_param("b").copy()
    calibrate.add_bias(nlp, 1.5)
    raised = ner.model.get_ref("upper").get_param("b") - before
    moves = {move for move, by in zip(calibrate.action_names(nlp), raised, strict=True) if by}
    assert moves == {"B-PERSON", "U-PERSON"}


def test_the_least_of_equally_good_amounts_is_taken(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[float] = []
    monkeypatch.setattr(calibrate, "add_bias", lambda _, amount: added.append(amount))
    monkeypatch.setattr(calibrate, "score", lambda *_: 1.0 if 1.0 <= sum(added) <= 2.0 else 0.0)
    assert calibrate.calibrate(nlp, []) == 1.0
    assert sum(added) == 1.0


def test_publishing_keeps_the_model_card(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "MODEL_CARD.md").write_text("card", encoding="utf-8")
    (target / "stale").write_text("old", encoding="utf-8")
    build.publish(spacy.blank("en"), target)
    assert (target / "MODEL_CARD.md").read_text(encoding="utf-8") == "card"
    assert not (target / "stale").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
