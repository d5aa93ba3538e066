"""Law: our recognisers in Presidio's engine find what `redactor.scan` finds by rules and model."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
from stock_analyzer import _Tokenizer

import redactor.presidio
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy
from redactor.errors import DetectionIncomplete, ModelError, RuleError
from redactor.presidio import NameRecognizer, RulesRecognizer, registry_conf_path
from redactor.text import view

HERE = Path(__file__).parent
SEEDS = sorted(p for p in (HERE.parents[1] / "seeds").iterdir() if p.suffix in {".md", ".txt"})
CASES = ("accounts", "blocks", "numbers")
EVERY = 12  # a sample of the cases: one in twelve
LETTER = (
    "Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org or to 14 Chapel Hill, "
    "Leeds LS1 4AP; version 1.2.3.4 is no address.\n"
)


def cases():
    lines = [
        json.loads(line)
        for name in CASES
        for line in (HERE.parent / f"cases/{name}.jsonl").read_text("utf-8").splitlines()[::EVERY]
    ]
    # A number that goes on behind the sign of a quotation is found by another reading of a text,
    # which Presidio's engine does not ask for.
    return [one["text"] for one in lines if one["fmt"] == "txt" and "\n>" not in one["text"]]


def read(path):
    data = path.read_bytes()
    return data.decode("cp1252" if path.name == "ocr-parish-page.txt" else "utf-8")


@pytest.fixture(scope="module")
def ours():
    return [RulesRecognizer(), NameRecognizer()]


def engine(registry):
    model = {"lang_code": "en", "model_name": "none"}
    return AnalyzerEngine(registry=registry, nlp_engine=NoOpNlpEngine(models=[model]))


@pytest.fixture(scope="module")
def added(ours):
    registry = RecognizerRegistry(recognizers=[], supported_languages=["en"])
    for one in ours:
        registry.add_recognizer(one)
    return engine(registry)


@pytest.fixture(scope="module")
def configured():
    provider = RecognizerRegistryProvider(conf_file=registry_conf_path())
    return engine(provider.create_recognizer_registry())


def places(results):
    return sorted((one.start, one.end, one.entity_type, float(one.score)) for one in results)


# A whole document tells that a name is an account's, or which kind of account it is.
KINDS = {"HANDLE": {"HANDLE", "PERSON", "PROFILE_URL", "USERNAME"}}


def missed(analyzer, found, text):
    """Return what a scan removes by a rule or the model, and no result covers."""
    return [
        one
        for removal in analyzer.analyze(text_unit(text)).removals
        for one in [removal.decision.finding]
        if one.source.startswith(("rule:", "model:"))
        and not any(
            r.entity_type in KINDS.get(one.entity, {one.entity})
            and r.start <= one.start
            and one.end <= r.end
            for r in found
        )
    ]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_the_engine_finds_what_a_scan_of_a_document_finds(analyzer, added, configured, path):
    text = read(path)
    found = added.analyze(text, "en")
    assert len(found) > 3
    assert missed(analyzer, found, text) == []
    assert places(configured.analyze(text, "en")) == places(found)


def test_and_of_the_cases_of_the_tests(analyzer, added):
    texts = cases()
    assert len(texts) > 60
    assert {
        text: lost for text in texts if (lost := missed(analyzer, added.analyze(text, "en"), text))
    } == {}


def test_it_finds_what_our_detectors_find_by_themselves(analyzer, ours):
    rules, names = ours
    for path in SEEDS[:4]:
        text = read(path)
        detectors = analyzer.detectors
        for one, found in (
            (rules, detectors.by_rules(view(text))),
            (names, detectors.names.find(view(text))),
        ):
            asked = detectors.asked  # by the policy; rules of others are not tried
            assert [row for row in places(one.analyze(text, [])) if row[2] in asked] == sorted(
                (f.start, f.end, f.entity, f.score) for f in found if f.entity in asked
            )


def test_a_result_names_the_rule_and_holds_no_text(added):
    for one in added.analyze(LETTER, "en", return_decision_process=True):
        why = one.analysis_explanation
        assert why.recognizer in {"RulesRecognizer", "NameRecognizer"}
        assert one.recognition_metadata["recognizer_name"] == why.recognizer
        assert why.pattern is None
        said = f"{one!r} {why!r} {one.recognition_metadata}"
        assert not [word for word in ("Teodor", "Vance", "Chapel", "Leeds") if word in said]
    [mail] = added.analyze(LETTER, "en", ["EMAIL_ADDRESS"], return_decision_process=True)
    assert mail.analysis_explanation.pattern_name == "email/plain"
    assert LETTER[mail.start : mail.end] == "teodor.vance@example.org"


def test_addresses_are_whole_and_look_alikes_left_out(added):
    found = {(r.entity_type, LETTER[r.start : r.end]) for r in added.analyze(LETTER, "en")}
    assert ("STREET_ADDRESS", "14 Chapel Hill, Leeds LS1 4AP") in found
    assert not [text for _, text in found if "1.2.3.4" in text]


def test_positions_are_those_of_the_text_that_was_given(ours):
    text = "Write to teodor\u200b.vance\uff20example.org."
    [one] = ours[0].analyze(text, ["EMAIL_ADDRESS"])
    assert text[one.start : one.end] == "teodor\u200b.vance\uff20example.org"


def test_it_goes_together_with_presidio_s_own_and_its_context(ours):
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    registry.add_recognizer(ours[0])
    both = AnalyzerEngine(registry=registry, nlp_engine=_Tokenizer())
    found = both.analyze("Card 4111 1111 1111 1111, of teodor.vance@example.org", "en")
    assert {"CREDIT_CARD", "EMAIL_ADDRESS"} <= {one.entity_type for one in found}


def test_only_entities_that_are_asked_for_or_supported_are_found(ours):
    only = RulesRecognizer(supported_entities=["EMAIL_ADDRESS"])
    assert only.get_supported_entities() == ["EMAIL_ADDRESS"]
    assert {one.entity_type for one in only.analyze(LETTER, [])} == {"EMAIL_ADDRESS"}
    assert ours[0].analyze(LETTER, ["CREDIT_CARD"]) == []
    assert ours[0].analyze("", []) == []


def test_rules_of_one_s_own_and_countries(tmp_path):
    (tmp_path / "badge.yaml").write_text(
        "entity: BADGE\nabout: A badge.\npattern: 'B-\\d{6}'\nscore: 0.9\n"
        "finds: ['Badge [[B-123456]].']\nignores: ['B-12']\n"
    )
    one = RulesRecognizer(folders=[tmp_path], countries=["uk"])
    assert "BADGE" in one.supported_entities
    assert {r.entity_type for r in one.analyze("Badge B-123456", [])} >= {"BADGE"}
    assert "UK_NHS" in one.supported_entities
    assert set(one.supported_entities) < {*RulesRecognizer().supported_entities, "BADGE"}


def test_thresholds_are_those_of_the_policy_default(ours):
    policy = load_policy("default")
    rows = yaml.safe_load(registry_conf_path().read_text("utf-8"))["recognizers"]
    for one, row in zip(ours, rows, strict=True):
        thresholds = one.score_thresholds
        for entity in one.supported_entities:
            if policy.removes(entity):
                least = thresholds.get(entity, thresholds["default"])
                assert least == policy.entity_policy(entity).threshold, entity
        assert row["score_thresholds"] == thresholds
        assert row["name"] == type(one).__name__


@pytest.mark.parametrize("which", [0, 1])
def test_a_recogniser_goes_to_another_process(ours, which):
    other = pickle.loads(pickle.dumps(ours[which]))
    assert places(other.analyze(LETTER, [])) == places(ours[which].analyze(LETTER, []))
    assert (other.name, other.id) == (ours[which].name, ours[which].id)


def test_threads_find_what_one_finds(added):
    texts = [read(path) for path in SEEDS[:3]]
    alone = [places(added.analyze(text, "en")) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: places(added.analyze(text, "en")), texts * 3))
    assert together == alone * 3


def test_what_gives_up_raises_and_finds_nothing_in_silence():
    hurried = RulesRecognizer(seconds=1e-9)
    with pytest.raises(DetectionIncomplete) as caught:
        engine(RecognizerRegistry([hurried], supported_languages=["en"])).analyze(LETTER * 50, "en")
    assert "Vance" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: RulesRecognizer(supported_language="de"), ValueError),
        (lambda: RulesRecognizer(supported_entities=["NOTHING"]), ValueError),
        (lambda: RulesRecognizer(folders=["/nowhere"]), RuleError),
        (lambda: NameRecognizer(model="no_such_model"), ModelError),
    ],
)
def test_what_cannot_be_had_is_an_error(make, error):
    with pytest.raises(error):
        make()


def test_the_public_names_are_these():
    assert set(redactor.presidio.__all__) == {
        "NameRecognizer",
        "RulesRecognizer",
        "registry_conf_path",
    }


@pytest.mark.process
def test_the_package_alone_does_not_load_presidio():
    code = "import redactor, sys; assert 'presidio_analyzer' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
