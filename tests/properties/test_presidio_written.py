"""Law: a recogniser written for Presidio finds here what Presidio's engine finds with it."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace

import pytest
import yaml
from dense import dense
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
from presidio_examples import EXAMPLES, TEXT
from stock_analyzer import StockAnalyzer, _Tokenizer

from redactor.config.recognizers import parse_recognizers
from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.presidio.written import written_recognizers
from redactor.text import plain

SECONDS = 60.0

# Presidio passes over a name alone, and knows neither a list nor a request where a registry is.
BY_NAME = {"CreditCardRecognizer": {"name": "CreditCardRecognizer", "type": "predefined"}}


def ours(path):
    written = written_recognizers(parse_recognizers(path))
    return PresidioDetector(SECONDS, own=[one.adapter for one in written], unfiltered=0)


def theirs(text):
    """Return the registry that Presidio makes of a file, for English."""
    said = yaml.safe_load(text)
    if "recognizers" in said and "supported_entity" not in said:
        rows = [
            BY_NAME.get(row, row) if isinstance(row, str) else row for row in said["recognizers"]
        ]
        given = said | {"recognizers": rows, "supported_languages": ["en"]}
        given.setdefault("global_regex_flags", 26)
        provider = RecognizerRegistryProvider(registry_configuration=given)
        return provider.create_recognizer_registry()
    registry = RecognizerRegistry(supported_languages=["en"])
    for one in said.get("ad_hoc_recognizers", [said]):
        registry.add_pattern_recognizer_from_dict(one)
    return registry


def places(found):
    return Counter((f.start, f.end, f.entity, f.score, f.source) for f in found)


@pytest.fixture(params=EXAMPLES)
def example(request, tmp_path):
    suffix, text, expected = EXAMPLES[request.param]
    path = tmp_path / f"given{suffix}"
    path.write_text(text)
    return path, text, expected


def test_a_published_example_finds_what_its_page_says(example):
    path, _, expected = example
    found = ours(path).find(plain(TEXT))
    for entity, values in expected.items():
        here = {TEXT[f.start : f.end] for f in found if f.entity == entity}
        assert here == set(values), entity


def test_and_what_presidio_s_engine_finds_with_it(example):
    path, text, _ = example
    mine, stock = ours(path), StockAnalyzer(SECONDS, theirs(text), plausible=False)
    for sample in (TEXT, dense(random.Random("written"), 3_000) + TEXT):
        assert places(mine.find(plain(sample))) == places(stock.find(sample))


FEW_WORDS = [name for name in EXAMPLES if name != "the registry that Presidio ships"]


@pytest.mark.parametrize("name", FEW_WORDS)
def test_so_it_is_with_presidio_s_own_way_of_context(name, tmp_path):
    """It matches words of the context in parts of words; where none is a part, that is the same."""
    suffix, text, _ = EXAMPLES[name]
    path = tmp_path / f"given{suffix}"
    path.write_text(text)
    sample = TEXT.replace("the zipcode", "zip")
    found = AnalyzerEngine(registry=theirs(text), nlp_engine=_Tokenizer()).analyze(sample, "en")
    mine = Counter((f.start, f.end, f.entity, f.score) for f in ours(path).find(plain(sample)))
    assert mine == Counter((f.start, f.end, f.entity_type, f.score) for f in found)


def test_a_context_word_raises_the_score_as_it_does_for_presidio(tmp_path):
    path = tmp_path / "zip.json"
    path.write_text(EXAMPLES["ad-hoc, a pattern with context"][1])
    found = ours(path).find(plain("Zip code: 10023\n" + "far from it " * 9 + "20034"))
    assert [one.score for one in found] == [0.4, 0.01]


def test_scores_below_a_threshold_of_the_recogniser_find_nothing(tmp_path):
    said = json.loads(EXAMPLES["ad-hoc, a pattern with context"][1])
    path = tmp_path / "zip.json"
    for thresholds in ({"ZIP": 0.3}, {"default": 0.3}, {"default": 0.9, "ZIP": 0.3}):
        path.write_text(json.dumps(said | {"score_thresholds": thresholds}))
        text = "Zip code: 10023\n" + "far from it " * 9 + "20034"
        assert [text[f.start : f.end] for f in ours(path).find(plain(text))] == ["10023"]


def test_flags_are_those_of_the_file(tmp_path):
    path = tmp_path / "flags.yaml"
    row = "{name: a, supported_entity: CODE, patterns: [{name: p, regex: 'ab\\d', score: 0.5}]}"
    text = plain("ab1 AB2")
    for flags, number in ((0, 1), (2, 2)):
        path.write_text(f"global_regex_flags: {flags}\nrecognizers: [{row}]\n")
        assert len(ours(path).find(text)) == number


def test_context_beside_a_language_counts_where_presidio_drops_it(tmp_path):
    text = (
        "recognizers:\n- name: zip\n  supported_entity: ZIP\n  context: [zip]\n"
        "  supported_languages: [en]\n"
        "  patterns: [{name: p, regex: '\\b\\d{5}\\b', score: 0.01}]\n"
    )
    path = tmp_path / "zip.yaml"
    path.write_text(text)
    [mine] = ours(path).find(plain("zip 10023"))
    [dropped] = StockAnalyzer(SECONDS, theirs(text), plausible=False).find("zip 10023")
    assert (mine.score, dropped.score) == (0.4, 0.01)


def test_a_pattern_like_one_of_presidio_s_is_matched_as_it_is_written(tmp_path):
    """Presidio's own are rewritten where that is the same; of others nobody knows that."""
    path = tmp_path / "label.yaml"
    patterns = r"[{name: p, regex: '(?<=no:)\s* \d', score: 1}]"
    path.write_text(f"{{name: a, supported_entity: CODE, patterns: {patterns}}}\n")
    [found] = ours(path).find(plain("no:  7"))
    assert (found.start, found.end) == (3, 6)


def test_a_written_recogniser_equals_itself_wherever_it_stands(tmp_path):
    path, other = tmp_path / "one.yaml", tmp_path / "two.yaml"
    text = EXAMPLES["numbers"][1]
    path.write_text(text)
    other.write_text("\n\n" + text)
    assert parse_recognizers(path) == parse_recognizers(other)
    [one] = parse_recognizers(path)
    assert replace(one, name="another") != one
