"""What a system is, which classes are judged, and what is said of a system that is not there."""

from __future__ import annotations

import json

import pytest
import spacy

from redactor.config.policy import load_policy
from redactor.errors import DetectionIncomplete, ExitCode, ModelError, PolicyError, UsageError
from redactor.evaluation.counts import Found
from redactor.evaluation.gold import Document, Mention, Record
from redactor.evaluation.measure import measure, scope
from redactor.evaluation.systems import System, compared, ours

TEXT = "Mr Teodor Vance met us in Marl. His card is 4111 1111 1111 1111."


@pytest.fixture(scope="module")
def policy():
    return load_policy("default")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """A folder with a spaCy pipeline that knows one person and one place."""
    nlp = spacy.blank("en")
    patterns = [{"label": "PERSON", "pattern": "Teodor Vance"}, {"label": "GPE", "pattern": "Marl"}]
    nlp.add_pipe("entity_ruler").add_patterns(patterns)
    folder = tmp_path_factory.mktemp("pipeline") / "ruler"
    nlp.to_disk(folder)
    return folder


def _places(found: list[Found]) -> dict[str, str]:
    return {TEXT[one.start : one.end]: one.label for one in found}


def test_this_program_removes_what_it_would_in_a_copy(analyzer):
    system = ours(analyzer)
    assert system.name == "redactor"
    assert _places(system.find(TEXT)) == {"Teodor Vance": "PERSON", "4111 1111 1111 1111": "ID"}
    assert all(one.sources for one in system.find(TEXT))


def test_a_spacy_pipeline_removes_its_people_and_no_place_that_the_policy_keeps(pipeline, policy):
    system = compared(f"spacy:{pipeline}", policy, ())
    assert _places(system.find(TEXT)) == {"Teodor Vance": "PERSON"}
    strict = compared(f"spacy:{pipeline}", load_policy("strict"), ())
    assert _places(strict.find(TEXT)) == {"Teodor Vance": "PERSON", "Marl": "LOC"}


def test_stock_presidio_has_its_own_recognisers_and_the_names_of_the_pipeline(pipeline, policy):
    system = compared(f"stock:{pipeline}", policy, ())
    found = system.find(TEXT)
    assert _places(found) == {"Teodor Vance": "PERSON", "4111 1111 1111 1111": "ID"}
    assert {source for one in found for source in one.sources} == {
        "presidio:SpacyRecognizer",
        "presidio:CreditCardRecognizer",
    }


def test_stock_presidio_quotes_nothing_in_a_log(pipeline, policy, caplog):
    caplog.set_level("DEBUG")
    compared(f"stock:{pipeline}", policy, ()).find(TEXT)
    assert "Vance" not in caplog.text
    assert "4111" not in caplog.text


@pytest.mark.parametrize(
    "word", ["spacy:en_core_web_none", "stock:en_core_web_none", "model:en_core_web_none"]
)
def test_a_model_that_is_missing_is_named_with_what_installs_it(word, policy):
    with pytest.raises(ModelError, match="spacy download en_core_web_none") as caught:
        compared(word, policy, ())
    assert caught.value.exit_code is ExitCode.CONFIG


def test_a_folder_that_is_no_pipeline_does_not_load(tmp_path, policy):
    with pytest.raises(ModelError, match="no spaCy pipeline"):
        compared(f"spacy:{tmp_path}", policy, ())


@pytest.mark.parametrize("word", ["", "spacy", "spacy:", "model:", "stock:", "other:x", "Stock"])
def test_a_word_that_names_no_system_is_an_error_of_the_call(word, policy):
    with pytest.raises(UsageError, match="none of stock"):
        compared(word, policy, ())


ENTITIES = frozenset({"PERSON", "LOCATION", "EMAIL_ADDRESS", "UK_POSTCODE", "STREET_ADDRESS"})
LABELS = ("PERSON", "LOC", "ADDRESS", "QUANTITY")
DOCUMENTS = tuple(
    Document(f"#{number}", (Record(number, TEXT, (Mention(3, 15, label),)),))
    for number, label in enumerate(LABELS, 1)
)


def test_judged_is_what_gold_marks_and_the_policy_removes(policy):
    among = scope(DOCUMENTS, policy, ENTITIES)
    assert among.judged == {"PERSON", "ADDRESS"}
    assert (among.kept, among.unsought) == ({"LOC"}, {"QUANTITY"})
    assert among.marked == dict.fromkeys(sorted(LABELS), 1)
    assert among.characters == 4 * len(TEXT)


def test_a_type_narrows_the_classes_and_a_limit_only_the_documents(policy):
    among = scope(DOCUMENTS, policy, ENTITIES, ["STREET_ADDRESS"], 2)
    assert (among.judged, among.marked, len(among.documents)) == ({"ADDRESS"}, {}, 2)
    assert scope(DOCUMENTS, policy, ENTITIES, (), 1).judged == {"PERSON", "ADDRESS"}


def test_a_type_that_gold_does_not_mark_and_one_that_the_policy_keeps(policy):
    with pytest.raises(UsageError, match="gold marks only ADDRESS, LOC"):
        scope(DOCUMENTS, policy, ENTITIES, ["EMAIL"])
    with pytest.raises(PolicyError, match="removes nothing of what gold marks"):
        scope(DOCUMENTS, policy, ENTITIES, ["LOC"])


def test_a_system_is_measured_document_by_document(policy):
    steps = []
    system = System("half", lambda text: [Found(3, 9, "PERSON")])
    done = measure(system, scope(DOCUMENTS, policy, ENTITIES), 0, lambda: steps.append(1))
    assert (done.system, len(steps)) == ("half", 4)
    people = done.groups["type PERSON"]
    assert (people.counts["gold"], people.counts["found"], people.counts["right"]) == (1, 4, 1)
    assert [miss.record.number for miss in done.misses] == [1, 3]
    assert TEXT not in repr(done)
    assert json.dumps(dict(people.counts))


def test_a_record_that_could_not_be_examined_is_named(policy):
    def find(text: str) -> list[Found]:
        raise DetectionIncomplete("a pattern ran out of time")

    with pytest.raises(DetectionIncomplete, match="slow, record 1: a pattern ran") as caught:
        measure(System("slow", find), scope(DOCUMENTS, policy, ENTITIES), 0)
    assert caught.value.exit_code is ExitCode.INPUT
