"""`redactor model`, `--model`, and models that cannot be used: processes and their exit codes."""

from __future__ import annotations

import json
import shutil

import pytest

from redactor.detect.ner.models import CARD, SHIPPED, about, shipped, write_sums
from redactor.errors import ExitCode
from redactor.model import NameModel

POLICY = """
name: mine
about: For tests.
remove: {PERSON: }
"""
LETTER = b"Mr Teodor Vance met us.\n"


@pytest.fixture
def damaged(tmp_path):
    """Return a copy of a shipped model with one byte of its weights changed."""
    folder = tmp_path / "en_damaged"
    shutil.copytree(shipped("fast"), folder)
    write_sums(folder)
    weights = max(folder.rglob("*"), key=lambda path: path.is_file() and path.stat().st_size)
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    return folder


def test_the_list_names_every_shipped_model_and_stars_the_default(cli):
    run = cli("model", "list")
    assert run.code == ExitCode.DONE
    rows = [line.split() for line in run.out.splitlines()[1:]]
    assert [row[0] for row in rows if row[0] != "*"] == ["fast"]
    assert [row[1] for row in rows if row[0] == "*"] == ["accurate"]
    for name in SHIPPED:
        assert about(NameModel(name)).version in run.out


def test_show_gives_the_digest_and_the_card(cli):
    found = about(NameModel("fast"))
    run = cli("model", "show", "fast")
    assert run.code == ExitCode.DONE
    assert found.digest in run.out
    assert str(found.folder) in run.out
    assert (found.folder / CARD).read_text("utf-8").splitlines()[0] in run.out


def test_path_is_what_spacy_loads(cli):
    run = cli("model", "path", "fast")
    assert run.out.strip() == str(shipped("fast"))


def test_a_scan_with_a_model_of_choice_tells_scores_and_review(cli):
    run = cli("scan", "-", "--json", "--model", str(shipped("fast")), stdin=LETTER)
    assert run.code == ExitCode.DONE
    [finding] = json.loads(run.out)["findings"]
    assert (finding["start"], finding["end"], finding["entity"]) == (3, 15, "PERSON")
    assert 0 < finding["score"] <= 1
    assert finding["review"] == []


def test_a_scan_marks_what_is_in_doubt(cli, tmp_path):
    """The fast model tells no probabilities; what all it finds is given lies below `review`."""
    (tmp_path / "mine.yaml").write_text(POLICY.replace("{PERSON: }", "{PERSON: {review: 0.9}}"))
    table = cli("scan", "-", "--policy", tmp_path / "mine.yaml", "--model", "fast", stdin=LETTER)
    head, row = (line.split() for line in table.out.splitlines())
    assert dict(zip(head, row, strict=True))["review"] == "score"


def test_a_damaged_model_stops_a_run_before_it_begins(cli, damaged, tmp_path):
    (tmp_path / "letter.txt").write_bytes(LETTER)
    out = tmp_path / "out"
    run = cli("redact", tmp_path / "letter.txt", "--out", out, "--model", damaged)
    assert run.code == ExitCode.CONFIG
    [line] = run.error_lines
    assert "en_damaged is not as it was made" in line
    assert "reinstall" in line
    assert not out.exists()


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("model: {spacy: fast, labels: {PERSN: PERSON}}", "gives no label PERSN"),
        ("model: {spacy: fast, labels: {ORG: MARVEL}}", "nothing finds MARVEL"),
        ("model: en_core_nowhere", "python -m spacy download en_core_nowhere"),
        ("model: {huggingface: some/tagger}", "hf download"),
    ],
)
def test_a_policy_whose_model_cannot_be_had(cli, tmp_path, model, words):
    (tmp_path / "mine.yaml").write_text(POLICY + model)
    run = cli("policy", "check", tmp_path / "mine.yaml")
    assert run.code == ExitCode.CONFIG
    [line] = run.error_lines
    assert words in line


def test_a_check_takes_another_model_than_the_policys(cli, tmp_path):
    (tmp_path / "mine.yaml").write_text(POLICY + "model: en_core_nowhere")
    assert cli("policy", "check", tmp_path / "mine.yaml", "--model", "fast").code == ExitCode.DONE
    assert cli("model", "show", "nowhere").code == ExitCode.CONFIG
