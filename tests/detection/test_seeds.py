"""The seeds, redacted, against their gold annotations."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from redactor import redact_folder, scan

SEEDS = Path(__file__).parents[2] / "seeds"
GOLD = {path.name: json.loads(path.read_text("utf-8")) for path in SEEDS.glob("*.gold.json")}
LEAST_PEOPLE = 0.9
# Of these types no mention may survive. People are counted instead, addresses and birth dates are
# the matter of later issues.
ALL_GONE = {
    "EMAIL_ADDRESS",
    "HANDLE",
    "USERNAME",
    "PROFILE_URL",
    "SHORT_LINK",
    "PHONE_NUMBER",
    "CREDENTIAL",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "CREDIT_CARD",
    "IBAN_CODE",
    "US_SSN",
    "US_PASSPORT",
    "UK_NHS",
    "UK_NINO",
    "UK_PASSPORT",
}
COUNTED = {"PERSON", "STREET_ADDRESS", "DATE_OF_BIRTH"}


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Each seed's copy, by the name of its gold file."""
    out = tmp_path_factory.mktemp("seeds") / "redacted"
    report = redact_folder(SEEDS, out, workers=1)
    assert (report.exit_code, len(list(out.iterdir()))) == (0, len(GOLD))
    return {name: _text(out / gold["document"]) for name, gold in GOLD.items()}


def _source(name: str) -> str:
    return _text(SEEDS / GOLD[name]["document"])


def _text(path: Path) -> str:
    """Read a seed, line ends as they are; one of them is an old page in cp1252."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_there_are_seeds_of_every_kind():
    assert len(GOLD) >= 8
    types = {mention["type"] for gold in GOLD.values() for mention in gold["mentions"]}
    direct = {m["type"] for gold in GOLD.values() for m in gold["mentions"] if m["direct"]}
    assert direct == ALL_GONE | COUNTED
    assert types > direct
    documents = {path.name for path in SEEDS.iterdir() if path.suffix in {".txt", ".md"}}
    assert {gold["document"] for gold in GOLD.values()} == documents


@pytest.mark.parametrize("name", GOLD)
def test_the_gold_is_sound(name):
    text, gold = _source(name), GOLD[name]
    spans = [(mention["start"], mention["end"]) for mention in gold["mentions"]]
    assert len(text.split()) >= 300
    assert all(text[m["start"] : m["end"]] == m["text"] != "" for m in gold["mentions"])
    assert spans == sorted(spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert all(isinstance(mention["direct"], bool) for mention in gold["mentions"])
    assert gold["keep"]
    assert all(kept in text for kept in gold["keep"])


@pytest.mark.parametrize("name", GOLD)
def test_no_direct_identifier_survives(name, copies):
    copy = _squeezed(copies[name])
    direct = [m for m in GOLD[name]["mentions"] if m["direct"] and m["type"] in ALL_GONE]
    assert not [(m["type"], m["text"]) for m in direct if _squeezed(m["text"]) in copy]


def test_nine_of_ten_mentions_of_people_are_gone():
    """A mention is gone if what is removed covers all of it."""
    missed, total = [], 0
    for name, gold in GOLD.items():
        text = _source(name)
        covered = {at for finding in scan(text) for at in range(finding.start, finding.end)}
        people = [m for m in gold["mentions"] if m["type"] == "PERSON"]
        total += len(people)
        missed += [(name, m["text"]) for m in people if not _covers(covered, text, m)]
    assert total >= 200
    assert len(missed) <= (1 - LEAST_PEOPLE) * total, missed


def _covers(covered: set[int], text: str, mention: dict) -> bool:
    span = range(mention["start"], mention["end"])
    return all(at in covered or not text[at].isalnum() for at in span)


@pytest.mark.parametrize("name", GOLD)
def test_what_is_to_be_kept_stays(name, copies):
    lost = [kept for kept in GOLD[name]["keep"] if kept not in copies[name]]
    assert lost == []
