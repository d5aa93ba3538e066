"""`redactor evaluate` as a process: its figures, its errors, and that it never shows a text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import spacy

SEEDS = Path(__file__).parents[2] / "seeds"
# Invented people, each with a word of its own; nobody finds "the cooper's widow".
TEXTS = (
    ("Mr Teodor Quillfeather wrote to ada.quennell@example.org in March.", "Teodor Quillfeather"),
    ("Mrs Wilhelmina Ostrander and the cooper's widow met again.", "Wilhelmina Ostrander"),
    ("Nobody of note came.", None),
)
WORDS = ("Quillfeather", "quennell", "Ostrander", "cooper", "Nobody")
MISSED = "the cooper's widow"


def _span(text: str, part: str, label: str) -> dict:
    start = text.index(part)
    return {"start": start, "end": start + len(part), "label": label, "direct": True}


def _rows() -> list[dict]:
    rows = [
        {"text": text, "doc_id": str(number), "spans": []} for number, (text, _) in enumerate(TEXTS)
    ]
    for row, (text, name) in zip(rows, TEXTS, strict=True):
        if name:
            row["spans"].append(_span(text, name, "PERSON"))
    rows[0]["spans"].append(_span(TEXTS[0][0], "ada.quennell@example.org", "EMAIL"))
    rows[0]["spans"].append(_span(TEXTS[0][0], "March", "DATE"))
    rows[1]["spans"].append(_span(TEXTS[1][0], MISSED, "PERSON"))
    return rows


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in _rows()).encode()))
    return path


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """A folder with a spaCy pipeline that knows one of the people."""
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "PERSON", "pattern": "Wilhelmina Ostrander"}]
    )
    folder = tmp_path_factory.mktemp("pipeline") / "ruler"
    nlp.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def printed(cli, gold, pipeline):
    """The tables, with another system beside ours."""
    run = cli("evaluate", gold, "--compare", f"spacy:{pipeline}", "--bootstrap", "50")
    assert (run.code, run.err) == (0, "")
    return run.out, f"spacy:{pipeline}"


@pytest.fixture(scope="module")
def told(cli, gold):
    run = cli("evaluate", gold, "--json", "--bootstrap", "50")
    assert (run.code, run.err) == (0, "")
    return run.out


def test_the_counts_are_those_of_the_gold(told):
    said = json.loads(told)
    assert said["gold"] == {
        "documents": 3,
        "records": 3,
        "characters": sum(len(text) for text, _ in TEXTS),
        "mentions": {"DATE": 1, "EMAIL": 1, "PERSON": 3},
    }
    assert (said["judged"], said["kept_by_the_policy"]) == (["EMAIL", "PERSON"], ["DATE"])
    (ours,) = said["systems"]
    people = ours["classes"]["PERSON"]
    assert (people["counts"]["gold"], people["counts"]["touched"]) == (3, 2)
    assert people["figures"]["recall"]["value"] == pytest.approx(2 / 3, abs=1e-5)
    assert ours["classes"]["EMAIL"]["figures"]["strict_f1"]["value"] == 1.0
    assert ours["documents"]["counts"]["untouched"] == 1
    assert ours["identifiers"]["DIRECT"]["counts"] == {"covered": 3, "gold": 5, "touched": 3}
    assert "rule" in ours["sources"]
    assert "misses" not in ours


def test_the_systems_stand_side_by_side(printed):
    out, other = printed
    rows = [line.split() for line in out.splitlines() if line.startswith("PERSON")]
    assert [row[1:4] for row in rows[:2]] == [["3", "redactor", "0.667"], ["3", other, "0.333"]]
    assert "not judged, since the policy keeps them: DATE" in out
    assert "any class that the gold never marks" in out


def test_no_text_of_the_gold_is_printed(printed, told):
    for word in WORDS:
        assert word not in printed[0]
        assert word not in told


def test_the_same_call_prints_the_same(cli, gold, told):
    assert cli("evaluate", gold, "--json", "--bootstrap", "50").out == told


def test_misses_are_printed_only_when_asked_for(cli, gold):
    plain = cli("evaluate", gold, "--show-text", "--type", "PERSON", "--bootstrap", "0")
    assert (plain.code, plain.err) == (0, "")
    assert MISSED in plain.out.splitlines()[-1]
    assert "Ostrander" not in plain.out
    said = cli("evaluate", gold, "--show-text", "--json", "--limit", "2", "--bootstrap", "0")
    (miss,) = json.loads(said.out)["systems"][0]["misses"]
    assert (miss["record"], miss["class"], miss["touched"], miss["text"]) == (
        2,
        "PERSON",
        False,
        MISSED,
    )


def test_the_seeds_are_gold(cli):
    run = cli("evaluate", SEEDS, "--json", "--bootstrap", "50")
    assert (run.code, run.err) == (0, "")
    said = json.loads(run.out)
    assert said["gold"]["documents"] == len(list(SEEDS.glob("*.gold.json")))
    assert said["gold"]["mentions"]["PERSON"] == 288
    figures = said["systems"][0]["classes"]["PERSON"]["figures"]
    assert figures["touched"]["value"] > 0.9
    low, high = figures["touched"]["low"], figures["touched"]["high"]
    assert low <= figures["touched"]["value"] <= high
    texts = {
        mention["text"]
        for path in SEEDS.glob("*.gold.json")
        for mention in json.loads(path.read_text("utf-8"))["mentions"]
        if len(mention["text"]) > 4
    }
    assert not [text for text in texts if text in run.out]


BAD = {
    "empty": (b"", (), 3, "there is no record"),
    "no JSON": (b'{"text": "Quillfeather', (), 3, "record 1 is no JSON"),
    "out of range": (
        b'{"text": "Quillfeather", "spans": [{"start": 0, "end": 99, "label": "PERSON"}]}',
        (),
        3,
        "record 1: span 1 is out of range",
    ),
    "unknown label": (
        b'{"text": "Quillfeather", "spans": [{"start": 0, "end": 9, "label": "Quillfeather"}]}',
        (),
        3,
        "record 1: span 1 has a label that is not known",
    ),
    "missing model": (
        b'{"text": "Quillfeather", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}',
        ("--compare", "spacy:en_core_web_none"),
        3,
        "python -m spacy download en_core_web_none",
    ),
    "unknown system": (
        b'{"text": "Quillfeather", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}',
        ("--compare", "other"),
        2,
        "none of stock",
    ),
    "unknown type": (
        b'{"text": "Quillfeather", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}',
        ("--type", "EMAIL"),
        2,
        "gold marks only PERSON",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_without_a_word_of_it(case, cli, tmp_path):
    data, options, code, said = case
    path = tmp_path / "gold.jsonl"
    path.write_bytes(data)
    run = cli("evaluate", path, *options)
    assert (run.code, run.out) == (code, "")
    assert len(run.error_lines) == 1
    assert said in run.err
    assert "Quillfeather" not in run.err
